/**
 * What a session's picture shows, and what the marks on its dials mean.
 *
 * @typedef {import("./messages.js").View} View
 */

import { ofShin } from "./marks.js";

/** Stages in which the picture shows where the sensors sit. */
const WORN = ["connect", "check", "assign"];

/**
 * What the marks on the pictures mean.
 *
 * @param {View} view
 */
export function key(view) {
  const parts =
    view.stage === "stretch"
      ? ["dashed: best of this bout"]
      : ["dots: counted", "pale: uncertainty"];
  if (!ofShin(view)) parts.unshift("grey bar: target");
  if (view.last_time.some((result) => result.task === view.task))
    parts.push("thin line: last time");
  return parts.join(" · ");
}

/**
 * What the picture shows: what is asked, or else the position.
 *
 * @param {View} view
 * @returns {import("./pictures.js").Pose}
 */
export function pose(view) {
  const task = view.kind === "stretch" ? "stretch" : view.task;
  if (view.asked === null && WORN.includes(view.stage))
    return { doing: "wear", side: null, direction: null, task };
  if (task === "stretch" && view.asked?.doing === "rest" && view.side !== null) {
    return { doing: "cross_leg", side: view.side, direction: null, task };
  }
  if (view.asked !== null) return { ...view.asked, task };
  return {
    doing: POSITION[view.picture] ?? POSITION[view.task ?? ""] ?? "rest",
    side: view.side,
    direction: null,
    task,
  };
}

/** @type {Record<string, string>} */
const POSITION = {
  stand: "stand",
  sit: "sit",
  seated: "sit",
  prone: "lie_face_down",
  "cross-legged": "cross_leg",
  cross_legged: "cross_leg",
  stretch: "stretch",
};
