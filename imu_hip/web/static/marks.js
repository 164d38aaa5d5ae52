/**
 * What a view marks on the pictures: what is measured, what counts, last time, what is asked for.
 *
 * @typedef {import("./messages.js").View} View
 * @typedef {import("./messages.js").Result} Result
 * @typedef {import("./wording.js").Side} Side
 */

import { DIRECTIONS } from "./wording.js";

/**
 * Standard uncertainty of a repeated test and of the sensors together (2 degrees). Until the
 * session's own uncertainty is known, nothing is drawn as surer than this.
 */
export const USUAL_SEM_DEG = 2;

/**
 * Whether the picture is of the shin against the horizontal, not of a rotation.
 *
 * @param {View} view
 */
export const ofShin = (view) =>
  view.task === "cross-legged" || view.kind === "stretch" || view.stage === "stretch";

/**
 * @param {View} view
 * @param {Side} side
 * @returns {import("./dial.js").DialMarks}
 */
export function dialMarks(view, side) {
  const counted = counting(view, side);
  const asked = view.asked;
  const turns = asked !== null && asked.side === side && asked.doing === "turn";
  return {
    up: view.task === "prone",
    reaches: DIRECTIONS.flatMap((direction) => {
      const peaks = counted.filter((r) => r.direction === direction).map((r) => r.peak_deg);
      const reach = measured(view.results, view.task, side, direction) ?? soFar(peaks);
      return reach === null ? [] : [{ direction, ...reach }];
    }),
    counted: counted.flatMap((r) =>
      r.direction === null ? [] : [{ direction: r.direction, value_deg: r.peak_deg }],
    ),
    last_time: DIRECTIONS.flatMap((direction) => {
      const last = measured(view.last_time, view.task, side, direction);
      return last === null ? [] : [{ direction, value_deg: last.value_deg }];
    }),
    asked: turns && asked !== null ? asked.direction : null,
  };
}

/**
 * @param {View} view
 * @param {Side} side
 * @returns {import("./shin.js").ShinMarks}
 */
export function shinMarks(view, side) {
  const task = "cross-legged";
  const slopes = counting({ ...view, task }, side).map((r) => r.peak_deg);
  const stretched = view.stretch !== null && view.stretch.side === side;
  return {
    reach: measured(view.results, task, side, "shin_slope") ?? soFar(slopes),
    counted: slopes,
    last_time: measured(view.last_time, task, side, "shin_slope")?.value_deg ?? null,
    best: stretched ? (view.stretch?.best_deg ?? null) : null,
  };
}

/**
 * @param {View} view
 * @param {Side} side
 */
function counting(view, side) {
  return view.repetitions.filter((r) => r.counted && r.task === view.task && r.side === side);
}

/**
 * @param {Result[]} results
 * @param {string | null} task
 * @param {Side} side
 * @param {string} measure
 */
function measured(results, task, side, measure) {
  const result = results.find((r) => r.task === task && r.side === side && r.measure === measure);
  return result === undefined ? null : { value_deg: result.value_deg, sem_deg: result.sem_deg };
}

/** @param {number[]} peaks */
function soFar(peaks) {
  if (peaks.length === 0) return null;
  const mean = peaks.reduce((sum, peak) => sum + peak, 0) / peaks.length;
  const squares = peaks.reduce((sum, peak) => sum + (peak - mean) ** 2, 0);
  const variance = peaks.length > 1 ? squares / (peaks.length - 1) : 0;
  return { value_deg: mean, sem_deg: Math.sqrt(USUAL_SEM_DEG ** 2 + variance / peaks.length) };
}
