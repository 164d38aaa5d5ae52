/**
 * The crossed leg's shin against the horizontal, the knee on its own side.
 *
 * @typedef {import("./wording.js").Side} Side
 * @typedef {object} ShinMarks
 * @property {{value_deg: number, sem_deg: number} | null} reach what is measured so far
 * @property {number[]} counted repetitions that count
 * @property {number | null} last_time result of last time
 * @property {number | null} best best angle of this bout
 */

import { Drawn, svg } from "./elements.js";
import { outward } from "./wording.js";

const SHIN = 150;
const RADIUS = 78;
const ANKLE_X = -75;

export class Shin {
  #drawn = new Drawn();
  #marks = svg("g");
  #front = svg("g");
  #needle = svg(
    "g",
    { class: "needle" },
    svg("line", { class: "needle-edge" }),
    svg("line", { class: "needle-line" }),
    svg("circle", { r: 8, class: "hub" }),
  );
  element;

  /** @param {Side} side */
  constructor(side) {
    this.side = side;
    this.element = svg(
      "svg",
      {
        class: "dial shin",
        viewBox: "-112 -160 224 190",
        "aria-hidden": "true",
        focusable: "false",
      },
      this.#marks,
      this.#needle,
      this.#front,
    );
    const [x, y] = this.#point(0, SHIN);
    for (const line of this.#needle.querySelectorAll("line")) place(line, this.#ankle, 0, x, y);
    this.#needle.querySelector("circle")?.setAttribute("cx", String(this.#ankle));
  }

  get #ankle() {
    return ANKLE_X * outward(this.side);
  }

  /** @param {ShinMarks} marks */
  draw(marks) {
    if (!this.#drawn.changed("marks", marks)) return;
    const back = [this.#wedge(0, 90, RADIUS, "track"), ...this.#horizontal()];
    if (marks.reach !== null) {
      const { value_deg, sem_deg } = marks.reach;
      back.push(this.#wedge(value_deg - sem_deg, value_deg + sem_deg, SHIN, "unsure"));
      back.push(this.#ray(value_deg, 0, SHIN, "value"));
    }
    const front = marks.counted.map((slope) => this.#dot(slope));
    if (marks.last_time !== null)
      front.push(this.#ray(marks.last_time, RADIUS - 8, SHIN + 6, "last-time"));
    if (marks.best !== null) front.push(this.#ray(marks.best, 0, SHIN, "best"));
    this.#marks.replaceChildren(...back);
    this.#front.replaceChildren(...front);
  }

  /**
   * Tilt the shin; null hides it.
   *
   * @param {number | null} slope_deg
   * @param {boolean} old whether the angle is not from now
   */
  turn(slope_deg, old) {
    const shown = slope_deg !== null;
    if (this.#drawn.changed("shown", [shown, old])) {
      this.#needle.setAttribute("class", `needle${old ? " old" : ""}${shown ? "" : " away"}`);
    }
    if (!shown) return;
    const turn = (-outward(this.side) * Math.max(-20, Math.min(90, slope_deg))).toFixed(1);
    if (this.#drawn.changed("turn", turn)) {
      this.#needle.setAttribute("transform", `rotate(${turn} ${this.#ankle} 0)`);
    }
  }

  #horizontal() {
    const sign = outward(this.side);
    const end = -this.#ankle + 20 * sign;
    const anchor = sign > 0 ? "end" : "start";
    return [
      place(svg("line", { class: "zero" }), this.#ankle, 0, end, 0),
      svg("text", { x: end + 8 * sign, y: 20, "text-anchor": anchor }, "horizontal"),
      svg("text", { x: this.#ankle, y: 20, "text-anchor": "middle" }, "ankle"),
    ];
  }

  /** @param {number} slope_deg */
  #dot(slope_deg) {
    const [x, y] = this.#point(slope_deg, RADIUS + 8);
    return svg("circle", { cx: x, cy: y, r: 3.5, class: "counted" });
  }

  /**
   * @param {number} slope_deg
   * @param {number} radius
   * @returns {[number, number]}
   */
  #point(slope_deg, radius) {
    const slope = (slope_deg * Math.PI) / 180;
    return [this.#ankle + outward(this.side) * radius * Math.cos(slope), -radius * Math.sin(slope)];
  }

  /**
   * @param {number} slope_deg
   * @param {number} inner
   * @param {number} outer
   * @param {string} kind
   */
  #ray(slope_deg, inner, outer, kind) {
    const [x0, y0] = this.#point(slope_deg, inner);
    const [x1, y1] = this.#point(slope_deg, outer);
    return place(svg("line", { class: kind }), x0, y0, x1, y1);
  }

  /**
   * @param {number} start_deg
   * @param {number} end_deg
   * @param {number} radius
   * @param {string} kind
   */
  #wedge(start_deg, end_deg, radius, kind) {
    const at = (/** @type {number} */ slope) =>
      this.#point(slope, radius)
        .map((n) => n.toFixed(1))
        .join(" ");
    const sweep = outward(this.side) > 0 ? 0 : 1;
    const d = `M${this.#ankle} 0L${at(start_deg)}A${radius} ${radius} 0 0 ${sweep} ${at(end_deg)}Z`;
    return svg("path", { d, class: kind });
  }
}

/**
 * @param {SVGElement} line
 * @param {number} x1
 * @param {number} y1
 * @param {number} x2
 * @param {number} y2
 */
function place(line, x1, y1, x2, y2) {
  for (const [name, value] of Object.entries({ x1, y1, x2, y2 }))
    line.setAttribute(name, value.toFixed(1));
  return line;
}
