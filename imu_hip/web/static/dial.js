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
import { HalfDial, INNER, OUTER } from "./half_dial.js";
import { TARGET_DEG, outward } from "./wording.js";

const DOTS = 53;
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
  #needle = svg(
    "g",
    { class: "needle" },
    this.#edge,
    this.#line,
    svg("circle", { r: 8, class: "hub" }),
  );
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
    for (const line of [this.#line, this.#edge])
      line.setAttribute("y2", String(marks.up ? -OUTER : OUTER));
    const picture = new HalfDial(marks.up);
    this.#marks.replaceChildren(
      ...scale(picture),
      ...marks.reaches.flatMap((r) => this.#reach(picture, r)),
    );
    this.#front.replaceChildren(
      ...marks.last_time.map((m) => picture.ray(this.#angle(m), INNER - 3, OUTER + 9, "last-time")),
      ...targets(picture),
      ...marks.counted.map((m) => this.#dot(picture, m)),
      ...(marks.asked === null
        ? []
        : picture.arrow(pictured(this.side, marks.asked, 1), "asked-arrow")),
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
    if (this.#drawn.changed("turn", turn))
      this.#needle.setAttribute("transform", `rotate(${turn})`);
  }

  /** @param {Mark} mark */
  #angle(mark) {
    return pictured(this.side, mark.direction, mark.value_deg);
  }

  /**
   * @param {HalfDial} picture
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
   * @param {HalfDial} picture
   * @param {Mark} mark
   */
  #dot(picture, mark) {
    const [x, y] = picture.point(this.#angle(mark), DOTS);
    return svg("circle", { cx: x, cy: y, r: 3.5, class: "counted" });
  }
}

/** @param {HalfDial} picture */
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

/** @param {HalfDial} picture */
function targets(picture) {
  return [-TARGET_DEG, TARGET_DEG].flatMap((angle) => [
    picture.ray(angle, INNER - 5, OUTER + 6, "target"),
    picture.text(angle, `${TARGET_DEG}°`),
  ]);
}
