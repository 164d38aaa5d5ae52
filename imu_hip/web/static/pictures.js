/**
 * Simple figures of what to do now. Seen from the front they are as in a mirror: the left leg is
 * on the left, as on the dials. The leg that is meant has its side's colour.
 *
 * @typedef {import("./wording.js").Side} Side
 * @typedef {import("./wording.js").Direction} Direction
 * @typedef {object} Pose
 * @property {string} doing
 * @property {Side | null} side
 * @property {Direction | null} direction
 * @property {string | null} task
 */

import { svg } from "./elements.js";
import { pictured } from "./dial.js";
import { SIDES, outward } from "./wording.js";

const TURN_DEG = 34;
const SHIN = 52;

/** @typedef {(pose: Pose) => SVGElement[]} Figure */

/** @type {Record<string, Figure>} */
const FIGURES = {
  stand: () => standing(),
  wear: () => [...standing(), ...[126, 164].flatMap((y) => [88, 112].map((x) => strapped(x, y)))],
  sit: () => [...chair(), ...sittingSideways(), ...bentKnee("body")],
  rest: () => [...chair(), ...sittingSideways(), ...bentKnee("body")],
  straighten_knee: (pose) => [...chair(), ...sittingSideways(limb(pose.side)), ...straightening(limb(pose.side))],
  lift_knee: (pose) => [...chair(), ...lifting(limb(pose.side))],
  lie_face_down: (pose) => lying(limb(pose.side)),
  cross_leg: (pose) => crossed(pose, 0),
  stretch: (pose) => [...crossed(pose, 14), arrow("M60 22V44", 60, 48, 180), arrow("M140 22V44", 140, 48, 180)],
  ease_off: (pose) => [...crossed(pose, 8), arrow("M60 50V28", 60, 24, 0), arrow("M140 50V28", 140, 24, 0)],
  turn: (pose) => turning(pose, TURN_DEG, 1),
  hold: (pose) => turning(pose, TURN_DEG, 0),
  return: (pose) => turning(pose, TURN_DEG, -1),
  be_ready: (pose) => turning(pose, 0, 0),
};

/**
 * A picture in a ring that fills up as a pose, hold or bout gets done.
 *
 * @param {Pose} pose
 */
export function picture(pose) {
  const draw = FIGURES[pose.doing] ?? FIGURES.rest;
  const centred = "translate(100 100) scale(.84) translate(-100 -100)";
  return svg("g", { transform: centred }, ...draw(pose));
}

/** @param {Side | null} side */
const limb = (side) => (side === null ? "body" : `limb ${side}`);

/** @param {number[]} places x and y of each joint @param {string} kind */
const bone = (places, kind) => svg("polyline", { points: places.join(" "), class: kind });

/** @param {number} x @param {number} y */
const head = (x, y) => svg("circle", { cx: x, cy: y, r: 16, class: "head" });

/**
 * @param {string} d
 * @param {number} x
 * @param {number} y
 * @param {number} turn_deg direction of the tip, 0 is up
 */
function arrow(d, x, y, turn_deg) {
  const tip = svg("path", {
    d: "M0 -8L9 7H-9Z",
    transform: `translate(${x.toFixed(1)} ${y.toFixed(1)}) rotate(${turn_deg.toFixed(0)})`,
    class: "move-head",
  });
  return svg("g", {}, svg("path", { d, class: "move" }), tip);
}

function standing() {
  return [
    head(100, 22),
    bone([100, 50, 100, 98], "trunk"),
    bone([80, 50, 72, 104], "body thin"),
    bone([120, 50, 128, 104], "body thin"),
    bone([90, 104, 88, 184, 80, 186], "body"),
    bone([110, 104, 112, 184, 120, 186], "body"),
  ];
}

/** @param {number} x @param {number} y */
const strapped = (x, y) => svg("rect", { x: x - 9, y: y - 7, width: 18, height: 14, rx: 4, class: "sensor" });

const chair = () => [bone([40, 122, 118, 122], "seat"), bone([50, 122, 50, 180], "seat"), bone([106, 122, 106, 180], "seat")];

/** @param {string} thigh */
function sittingSideways(thigh = "body") {
  return [head(70, 26), bone([70, 54, 70, 96], "trunk"), bone([74, 106, 130, 106], thigh)];
}

/** @param {string} kind */
const bentKnee = (kind) => [bone([130, 106, 130, 172, 146, 174], kind)];

/** @param {string} kind */
function straightening(kind) {
  return [
    bone([130, 106, 130, 172], "ghost"),
    bone([130, 106, 192, 98, 196, 84], kind),
    arrow("M146 166A62 62 0 0 0 178 132", 181, 125, 24),
  ];
}

/** @param {string} kind */
function lifting(kind) {
  return [
    head(70, 26),
    bone([70, 54, 70, 96], "trunk"),
    bone([74, 106, 130, 106], "ghost"),
    bone([74, 106, 126, 82, 126, 146, 142, 148], kind),
    arrow("M160 120V86", 160, 80, 0),
  ];
}

/** @param {string} kind */
function lying(kind) {
  return [
    bone([10, 140, 190, 140], "seat"),
    bone([24, 140, 24, 176], "seat"),
    bone([176, 140, 176, 176], "seat"),
    head(26, 112),
    bone([56, 118, 100, 118], "trunk"),
    bone([104, 122, 154, 124, 154, 66, 168, 62], kind),
  ];
}

/**
 * Both shins from the front, the tested one turned; prone they stand above the knees.
 *
 * @param {Pose} pose
 * @param {number} turn_deg
 * @param {number} moves 1 out to the turn, -1 back from it, 0 not at all
 */
function turning(pose, turn_deg, moves) {
  if (pose.task === "cross-legged" || pose.task === "stretch") return crossed(pose, 0);
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
  return svg("g", { transform: turn }, bone([0, 0, 0, down * SHIN], kind), bone([-5, down * (SHIN + 4), 5, down * (SHIN + 4)], kind));
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

/**
 * Seated with one ankle on the other knee, the trunk hinged forward by some height.
 *
 * @param {Pose} pose
 * @param {number} hinged
 */
function crossed(pose, hinged) {
  const side = pose.side ?? "left";
  const x = (/** @type {number} */ offset) => 100 + offset * outward(side);
  const kind = pose.side === null ? "body" : `limb ${side}`;
  const knee = 84 + hinged;
  return [
    bone([36, 118, 164, 118], "seat"),
    head(100, 20 + 1.5 * hinged),
    bone([100, 50 + hinged, 100, 92], "trunk"),
    bone([x(-10), 106, x(-28), 120, x(-28), 178, x(-36), 180], "body"),
    bone([x(12), 94, x(62), knee], kind),
    bone([x(62), knee, x(-28), 112, x(-42), 106], "gap"),
    bone([x(62), knee, x(-28), 112, x(-42), 106], kind),
  ];
}
