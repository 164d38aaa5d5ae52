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
import { arrow, bone, head, limb } from "./strokes.js";
import { turning } from "./turning_figures.js";
import { outward } from "./wording.js";

const TURN_DEG = 34;

/** @typedef {(pose: Pose) => SVGElement[]} Figure */

/** @type {Record<string, Figure>} */
const FIGURES = {
  stand: () => standing(),
  wear: () => [...standing(), ...[126, 164].flatMap((y) => [88, 112].map((x) => strapped(x, y)))],
  sit: () => [...chair(), ...sittingSideways(), ...bentKnee("body")],
  rest: () => [...chair(), ...sittingSideways(), ...bentKnee("body")],
  straighten_knee: (pose) => [
    ...chair(),
    ...sittingSideways(limb(pose.side)),
    ...straightening(limb(pose.side)),
  ],
  lift_knee: (pose) => [...chair(), ...lifting(limb(pose.side))],
  lie_face_down: (pose) => lying(limb(pose.side)),
  cross_leg: (pose) => crossed(pose, 0),
  stretch: (pose) => [
    ...crossed(pose, 14),
    arrow("M60 22V44", 60, 48, 180),
    arrow("M140 22V44", 140, 48, 180),
  ],
  ease_off: (pose) => [
    ...crossed(pose, 8),
    arrow("M60 50V28", 60, 24, 0),
    arrow("M140 50V28", 140, 24, 0),
  ],
  turn: (pose) => turning(pose, TURN_DEG, 1),
  hold: (pose) => (crosses(pose) ? crossed(pose, 0) : turning(pose, TURN_DEG, 0)),
  return: (pose) => (crosses(pose) ? FIGURES.sit(pose) : turning(pose, TURN_DEG, -1)),
  be_ready: (pose) => (crosses(pose) ? FIGURES.sit(pose) : turning(pose, 0, 0)),
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

/** @param {Pose} pose */
const crosses = (pose) => pose.task === "cross-legged" || pose.task === "stretch";

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
const strapped = (x, y) =>
  svg("rect", { x: x - 9, y: y - 7, width: 18, height: 14, rx: 4, class: "sensor" });

const chair = () => [
  bone([40, 122, 118, 122], "seat"),
  bone([50, 122, 50, 180], "seat"),
  bone([106, 122, 106, 180], "seat"),
];

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
