/** A half dial: a ring around a hub, with the vertical at 0°. */

import { svg } from "./elements.js";

export const INNER = 62;
export const OUTER = 96;
const TEXT = 115;
const ARROW = 34;

/** Places on a half dial, y downward. */
export class HalfDial {
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
    const at = (/** @type {number} */ angle, /** @type {number} */ radius) =>
      this.point(angle, radius).join(" ");
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
    const at = (/** @type {number} */ angle, /** @type {number} */ radius) =>
      this.point(sign * angle, radius).join(" ");
    const sweep = sign > 0 === this.up ? 1 : 0;
    return [
      svg("path", {
        d: `M${at(14, ARROW)}A${ARROW} ${ARROW} 0 0 ${sweep} ${at(50, ARROW)}`,
        class: kind,
      }),
      svg("path", {
        d: `M${at(46, ARROW - 9)}L${at(72, ARROW)}L${at(46, ARROW + 9)}Z`,
        class: `${kind}-head`,
      }),
    ];
  }
}
