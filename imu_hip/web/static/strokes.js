/** The strokes of which figures are made. */

import { svg } from "./elements.js";

/** @param {import("./wording.js").Side | null} side */
export const limb = (side) => (side === null ? "body" : `limb ${side}`);

/** @param {number[]} places x and y of each joint @param {string} kind */
export const bone = (places, kind) => svg("polyline", { points: places.join(" "), class: kind });

/** @param {number} x @param {number} y */
export const head = (x, y) => svg("circle", { cx: x, cy: y, r: 16, class: "head" });

/**
 * @param {string} d
 * @param {number} x
 * @param {number} y
 * @param {number} turn_deg direction of the tip, 0 is up
 */
export function arrow(d, x, y, turn_deg) {
  const tip = svg("path", {
    d: "M0 -8L9 7H-9Z",
    transform: `translate(${x.toFixed(1)} ${y.toFixed(1)}) rotate(${turn_deg.toFixed(0)})`,
    class: "move-head",
  });
  return svg("g", {}, svg("path", { d, class: "move" }), tip);
}
