/**
 * Numbers and names as people read them; the same words as in the reports.
 *
 * @typedef {"left" | "right"} Side
 * @typedef {"internal" | "external"} Direction
 */

/** @type {readonly Side[]} */
export const SIDES = ["left", "right"];
/** @type {readonly Direction[]} */
export const DIRECTIONS = ["internal", "external"];
export const TARGET_DEG = 45;

/** @type {Record<string, string>} */
export const TURN = { internal: "inward turn", external: "outward turn" };
/** @type {Record<string, string>} */
export const FOOT = { internal: "foot moves out", external: "foot moves in" };

const MINUS = "\u2212";

/** @type {Record<string, string>} */
const TASK = {
  seated: "Seated test",
  prone: "Prone test",
  "cross-legged": "Cross-legged test",
  walk: "Walking",
  run: "Running",
};

/** @type {Record<string, string>} */
const MEASURE = {
  internal: `${TURN.internal}, ${FOOT.internal}`,
  external: `${TURN.external}, ${FOOT.external}`,
  total_arc: "both turns together",
  shin_slope: "shin from the horizontal",
};

/** @param {string | null} task */
export const taskName = (task) => (task === null ? "" : (TASK[task] ?? task));

/** @param {string} measure */
export const measureName = (measure) => MEASURE[measure] ?? measure.replaceAll("_", " ");

/** @param {string} words */
export const capital = (words) => words.charAt(0).toUpperCase() + words.slice(1);

/** @param {string} segment such as "left_thigh" */
export const segmentName = (segment) => segment.replaceAll("_", " ");

/**
 * Which side of the vertical, seen by the person, an inward turn moves the foot to: -1 is left.
 *
 * @param {Side} side
 */
export const outward = (side) => (side === "right" ? 1 : -1);

/** @param {number | null | undefined} value */
export const known = (value) => typeof value === "number" && Number.isFinite(value);

/**
 * An angle such as "31°"; "not measured" where there is none.
 *
 * @param {number | null | undefined} value
 */
export function degrees(value) {
  if (!known(value)) return "not measured";
  const rounded = Math.round(/** @type {number} */ (value));
  return `${rounded < 0 ? MINUS : ""}${Math.abs(rounded)}°`;
}

/** @param {number | null | undefined} value */
export const giveOrTake = (value) => (known(value) ? `±${degrees(value)}` : "not measured");

/**
 * A rotation with the word for its direction, such as "31° inward"; near zero only the angle.
 *
 * @param {number} value + is inward
 */
export function turned(value) {
  const size = Math.abs(Math.round(value));
  if (size === 0) return "0°";
  return `${size}° ${value > 0 ? "inward" : "outward"}`;
}

/**
 * Minutes and seconds, such as "0:24".
 *
 * @param {number} seconds
 */
export function clock(seconds) {
  const whole = Math.max(Math.ceil(seconds), 0);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/**
 * A duration such as "48 s" or "3 min 20 s".
 *
 * @param {number} seconds
 */
export function duration(seconds) {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const rest = whole % 60;
  return `${Math.floor(whole / 60)} min${rest ? ` ${rest} s` : ""}`;
}

/**
 * A number of things, such as "1 bout" or "4 bouts".
 *
 * @param {number} count
 * @param {string} thing
 */
export const counted = (count, thing) => `${count} ${thing}${count === 1 ? "" : "s"}`;

/**
 * A day and time of day in the words of the reader's place.
 *
 * @param {string} iso
 */
export function dateTime(iso) {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  return date.toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
}
