/**
 * One hip as a half dial, from the person's own point of view: the needle is the shin, 0° is
 * vertical. An inward turn moves the foot out, which is to the left on the left leg. Prone, the
 * shin stands above the knee, so that the dial stands above its hub.
 *
 * @typedef {import("./wording.js").Side} Side
 * @typedef {import("./wording.js").Direction} Direction
 * @typedef {{direction: Direction, value_deg: number, sem_deg: number}} Reach
 * @typedef {{direction: Direction, value_deg: number}} Mark
 * @typedef {object} DialMarks
 * @property {boolean} up whether the shin stands above the knee
 * @property {Reach[]} reaches what is measured so far, with its uncertainty
 * @property {Mark[]} counted repetitions that count
 * @property {Mark[]} last_time results of last time
 * @property {Direction | null} asked the turn that is asked for now
 */

import { Drawn, svg } from "./elements.js";
import { TARGET_DEG, outward } from "./wording.js";

const INNER = 62;
const OUTER = 96;
const TEXT = 115;
const DOTS = 53;
const ARROW = 34;
const MOST_DEG = 100;

/**
 * Angle on the picture of a turn: + is to the right of the vertical.
 *
 * @param {Side} side
 * @param {Direction} direction
 * @param {number} value_deg
 */
export const pictured = (side, direction, value_deg) =>
  outward(side) * (direction === "internal" ? value_deg : -value_deg);

/**
 * How far the needle is turned clockwise from where it rests.
 *
 * @param {Side} side
 * @param {number} rotation_deg + is inward
 * @param {boolean} up
 */
export function needleTurn(side, rotation_deg, up) {
  const angle = Math.max(-MOST_DEG, Math.min(MOST_DEG, outward(side) * rotation_deg));
  return up ? angle : -angle;
}

export class Dial {
  #drawn = new Drawn();
  #up = false;
  #marks = svg("g");
  #front = svg("g");
  #line = svg("line", { y1: 0, class: "needle-line" });
  #edge = svg("line", { y1: 0, class: "needle-edge" });
  #needle = svg("g", { class: "needle" }, this.#edge, this.#line, svg("circle", { r: 8, class: "hub" }));
  element;

  /** @param {Side} side */
  constructor(side) {
    this.side = side;
    this.element = svg(
      "svg",
      { class: "dial", "aria-hidden": "true", focusable: "false" },
      this.#marks,
      this.#needle,
      this.#front,
    );
  }

  /** @param {DialMarks} marks */
  draw(marks) {
    if (!this.#drawn.changed("marks", marks)) return;
    this.#up = marks.up;
    this.element.setAttribute("viewBox", `-112 ${marks.up ? -126 : -12} 224 138`);
    for (const line of [this.#line, this.#edge]) line.setAttribute("y2", String(marks.up ? -OUTER : OUTER));
    const picture = new Picture(marks.up);
    this.#marks.replaceChildren(...scale(picture), ...marks.reaches.flatMap((r) => this.#reach(picture, r)));
    this.#front.replaceChildren(
      ...marks.last_time.map((m) => picture.ray(this.#angle(m), INNER - 3, OUTER + 9, "last-time")),
      ...targets(picture),
      ...marks.counted.map((m) => this.#dot(picture, m)),
      ...(marks.asked === null ? [] : picture.arrow(pictured(this.side, marks.asked, 1), "asked-arrow")),
    );
  }

  /**
   * Turn the needle; null hides it.
   *
   * @param {number | null} rotation_deg
   * @param {boolean} old whether the angle is not from now
   */
  turn(rotation_deg, old) {
    const shown = rotation_deg !== null;
    if (this.#drawn.changed("shown", [shown, old])) {
      this.#needle.setAttribute("class", `needle${old ? " old" : ""}${shown ? "" : " away"}`);
    }
    if (!shown) return;
    const turn = needleTurn(this.side, rotation_deg, this.#up).toFixed(1);
    if (this.#drawn.changed("turn", turn)) this.#needle.setAttribute("transform", `rotate(${turn})`);
  }

  /** @param {Mark} mark */
  #angle(mark) {
    return pictured(this.side, mark.direction, mark.value_deg);
  }

  /**
   * @param {Picture} picture
   * @param {Reach} reach
   */
  #reach(picture, reach) {
    const sure = Math.max(reach.value_deg - reach.sem_deg, 0);
    const at = (/** @type {number} */ value) => pictured(this.side, reach.direction, value);
    return [
      picture.band(0, at(sure), "reach"),
      picture.band(at(sure), at(reach.value_deg + reach.sem_deg), "unsure"),
      picture.ray(at(reach.value_deg), INNER - 2, OUTER + 2, "value"),
    ];
  }

  /**
   * @param {Picture} picture
   * @param {Mark} mark
   */
  #dot(picture, mark) {
    const [x, y] = picture.point(this.#angle(mark), DOTS);
    return svg("circle", { cx: x, cy: y, r: 3.5, class: "counted" });
  }
}

/** Places on a half dial, y downward. */
export class Picture {
  /** @param {boolean} up */
  constructor(up) {
    this.up = up;
  }

  /**
   * @param {number} angle_deg
   * @param {number} radius
   * @returns {[string, string]}
   */
  point(angle_deg, radius) {
    const angle = (angle_deg * Math.PI) / 180;
    const y = radius * Math.cos(angle);
    return [(radius * Math.sin(angle)).toFixed(1), (this.up ? -y : y).toFixed(1)];
  }

  /**
   * The part of the ring between two angles.
   *
   * @param {number} start_deg
   * @param {number} end_deg
   * @param {string} kind
   */
  band(start_deg, end_deg, kind) {
    const [low, high] = start_deg < end_deg ? [start_deg, end_deg] : [end_deg, start_deg];
    const [there, back] = this.up ? [1, 0] : [0, 1];
    const at = (/** @type {number} */ angle, /** @type {number} */ radius) => this.point(angle, radius).join(" ");
    const d =
      `M${at(low, OUTER)}A${OUTER} ${OUTER} 0 0 ${there} ${at(high, OUTER)}` +
      `L${at(high, INNER)}A${INNER} ${INNER} 0 0 ${back} ${at(low, INNER)}Z`;
    return svg("path", { d, class: kind });
  }

  /**
   * A line outward at an angle.
   *
   * @param {number} angle_deg
   * @param {number} inner
   * @param {number} outer
   * @param {string} kind
   */
  ray(angle_deg, inner, outer, kind) {
    const [x1, y1] = this.point(angle_deg, inner);
    const [x2, y2] = this.point(angle_deg, outer);
    return svg("line", { x1, y1, x2, y2, class: kind });
  }

  /**
   * Words outside the ring.
   *
   * @param {number} angle_deg
   * @param {string} words
   */
  text(angle_deg, words) {
    const [x, y] = this.point(angle_deg, TEXT);
    return svg("text", { x, y }, words);
  }

  /**
   * An arrow from the vertical towards a turn.
   *
   * @param {number} turn + is to the right
   * @param {string} kind
   */
  arrow(turn, kind) {
    const sign = Math.sign(turn);
    const at = (/** @type {number} */ angle, /** @type {number} */ radius) => this.point(sign * angle, radius).join(" ");
    const sweep = sign > 0 === this.up ? 1 : 0;
    return [
      svg("path", { d: `M${at(14, ARROW)}A${ARROW} ${ARROW} 0 0 ${sweep} ${at(50, ARROW)}`, class: kind }),
      svg("path", { d: `M${at(46, ARROW - 9)}L${at(72, ARROW)}L${at(46, ARROW + 9)}Z`, class: `${kind}-head` }),
    ];
  }
}

/** @param {Picture} picture */
function scale(picture) {
  const ticks = [-75, -60, -30, -15, 15, 30, 60, 75];
  return [
    picture.band(-90, 0, "track"),
    picture.band(0, 90, "track"),
    ...ticks.map((angle) => picture.ray(angle, OUTER, OUTER + 4, "tick")),
    picture.ray(0, 0, OUTER + 4, "zero"),
    picture.text(0, "0°"),
  ];
}

/** @param {Picture} picture */
function targets(picture) {
  return [-TARGET_DEG, TARGET_DEG].flatMap((angle) => [
    picture.ray(angle, INNER - 5, OUTER + 6, "target"),
    picture.text(angle, `${TARGET_DEG}°`),
  ]);
}
