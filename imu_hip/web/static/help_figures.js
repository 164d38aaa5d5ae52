/** Figures of the help: where the sensors sit, and what the two words for a turn mean. */

import { html, svg } from "./elements.js";
import { picture } from "./pictures.js";
import { bone, head } from "./strokes.js";
import { FOOT, TURN, capital } from "./wording.js";

/** Places of the sensors as [x, y], and of the end of the line that leads to their words. */
const LEFT_THIGH = [131, 152];
const RIGHT_THIGH = [189, 152];
const LEFT_SHIN = [146, 206];
const RIGHT_SHIN = [174, 206];
const PELVIS = [160, 104];

/** A person from the front, the own left on the left as everywhere on the page. */
export function wearing() {
  return svg(
    "svg",
    {
      class: "figure places",
      viewBox: "0 0 320 262",
      role: "img",
      "aria-label":
        "A standing person with a sensor low on the outside of each thigh, one flat on each " +
        "shinbone, and perhaps one at the back of the pelvis.",
    },
    head(160, 22),
    bone([160, 52, 160, 94], "trunk"),
    bone([140, 50, 120, 118], "body thin"),
    bone([180, 50, 200, 118], "body thin"),
    bone([149, 106, 143, 170, 146, 240, 136, 244], "body"),
    bone([171, 106, 177, 170, 174, 240, 184, 244], "body"),
    ...named(LEFT_THIGH, 112, "left thigh:", "low, outside", "end"),
    ...named(RIGHT_THIGH, 208, "right thigh:", "low, outside", "start"),
    ...named(LEFT_SHIN, 112, "left shin:", "on the bone", "end"),
    ...named(RIGHT_SHIN, 208, "right shin:", "on the bone", "start"),
    ...named(PELVIS, 216, "pelvis, back:", "if you like", "start"),
  );
}

/** The left leg of a sitting person turned both ways, each with its two words. */
export function bothTurns() {
  return html(
    "div",
    { class: "turns left" },
    ...["internal", "external"].map((direction) =>
      html(
        "figure",
        {},
        svg(
          "svg",
          { class: "figure", viewBox: "0 0 200 200", "aria-hidden": "true", focusable: "false" },
          picture({
            doing: "turn",
            side: "left",
            direction: /** @type {import("./wording.js").Direction} */ (direction),
            task: "seated",
          }),
        ),
        html("figcaption", {}, html("b", {}, capital(TURN[direction])), `: ${FOOT[direction]}`),
      ),
    ),
  );
}

/**
 * A sensor with a line that leads to two lines of words.
 *
 * @param {number[]} place
 * @param {number} edge where the words begin or end
 * @param {string} what
 * @param {string} where
 * @param {"start" | "end"} anchor
 */
function named([x, y], edge, what, where, anchor) {
  const words = (/** @type {string} */ text, /** @type {number} */ down) =>
    svg("text", { x: edge, y: y + down, "text-anchor": anchor }, text);
  const near = edge + (anchor === "end" ? 4 : -4);
  return [
    svg("line", { x1: near, y1: y, x2: x, y2: y, class: "leader" }),
    svg("rect", { x: x - 10, y: y - 8, width: 20, height: 16, rx: 4, class: "sensor" }),
    words(what, -3),
    words(where, 14),
  ];
}
