/** The words for both turns below the two dials; both dials share those of their inner ends. */

import { html } from "./elements.js";
import { DIRECTIONS, FOOT, TURN } from "./wording.js";

/**
 * The directions at the ends of a leg's dial from left to right: an inward turn moves the foot
 * out, so it stands at the outer end.
 *
 * @param {import("./wording.js").Side} side
 */
export const endsOf = (side) => (side === "left" ? DIRECTIONS : [...DIRECTIONS].reverse());

/**
 * Words below the pictures of both legs; each end also says its words to a screen reader.
 *
 * @param {boolean} ofShin whether the pictures are of shins
 */
export function turnWords(ofShin) {
  const order = ["internal", "external", "internal"];
  const cells = ofShin
    ? [html("span", {}, "shin from the horizontal: lower is further")]
    : order.map((turn) => html("span", {}, `${TURN[turn]},`, html("br"), FOOT[turn]));
  return html("p", { class: "turn-words", "aria-hidden": "true" }, ...cells);
}
