/** Figures of a leg that is turned, sitting and lying face down. */

import { pictured } from "./dial.js";
import { svg } from "./elements.js";
import { arrow, bone, head } from "./strokes.js";
import { SIDES, outward } from "./wording.js";

const SHIN = 52;

/**
 * Both shins from the front, the tested one turned; prone they stand above the knees.
 *
 * @param {import("./pictures.js").Pose} pose
 * @param {number} turn_deg
 * @param {number} moves 1 out to the turn, -1 back from it, 0 not at all
 */
export function turning(pose, turn_deg, moves) {
  const up = pose.task === "prone";
  const knee = up ? 148 : 116;
  const down = up ? -1 : 1;
  const parts = up ? proneBody() : sittingBody();
  for (const side of SIDES) {
    const tested = side === pose.side;
    const angle = tested && pose.direction !== null ? pictured(side, pose.direction, turn_deg) : 0;
    const x = 100 + 26 * outward(side);
    parts.push(hangingShin(x, knee, down * angle, down, tested ? `limb ${side}` : "body"));
    if (tested && moves !== 0 && angle !== 0) parts.push(swing(x, knee, angle, down, moves));
  }
  return parts;
}

function sittingBody() {
  return [
    bone([36, 112, 164, 112], "seat"),
    head(100, 20),
    bone([100, 50, 100, 92], "trunk"),
    bone([80, 50, 66, 104], "body thin"),
    bone([120, 50, 134, 104], "body thin"),
    bone([90, 104, 74, 116], "body"),
    bone([110, 104, 126, 116], "body"),
  ];
}

const proneBody = () => [
  bone([24, 164, 176, 164], "seat"),
  svg("path", { d: "M58 157C58 112 142 112 142 157Z", class: "mound" }),
  svg("circle", { cx: 100, cy: 112, r: 13, class: "mound" }),
];

/**
 * @param {number} x
 * @param {number} y
 * @param {number} angle_deg
 * @param {1 | -1} down 1 where the shin hangs, -1 where it stands
 * @param {string} kind
 */
function hangingShin(x, y, angle_deg, down, kind) {
  const turn = `translate(${x} ${y}) rotate(${-angle_deg})`;
  return svg(
    "g",
    { transform: turn },
    bone([0, 0, 0, down * SHIN], kind),
    bone([-5, down * (SHIN + 4), 5, down * (SHIN + 4)], kind),
  );
}

/**
 * @param {number} x
 * @param {number} y
 * @param {number} angle_deg + is to the right of the page
 * @param {1 | -1} down
 * @param {number} moves
 */
function swing(x, y, angle_deg, down, moves) {
  const radius = SHIN + 20;
  const at = (/** @type {number} */ part) => {
    const angle = (angle_deg * part * Math.PI) / 180;
    return [x + radius * Math.sin(angle), y + down * radius * Math.cos(angle)];
  };
  const [from, to] = moves > 0 ? [at(0.05), at(0.8)] : [at(1), at(0.25)];
  const clockwise = angle_deg * moves * down < 0 ? 1 : 0;
  const heading = (Math.atan2(to[0] - from[0], -(to[1] - from[1])) * 180) / Math.PI;
  const d = `M${from.map((n) => n.toFixed(1)).join(" ")}A${radius} ${radius} 0 0 ${clockwise} ${to.map((n) => n.toFixed(1)).join(" ")}`;
  return arrow(d, to[0], to[1], heading);
}
