/**
 * The newest angles, as they are drawn at the display's rate.
 *
 * @typedef {import("./messages.js").Frame} Frame
 * @typedef {import("./messages.js").Leg} Leg
 * @typedef {import("./wording.js").Side} Side
 */

/** Silence after which an angle is old and is drawn pale. */
const OLD_MS = 400;
/** Between two frames the needle goes on as it went, this long and this far at most. */
const AHEAD_S = 0.025;
const AHEAD_DEG = 1.5;
const MOST_DELAYS = 10000;

export class LiveAngles {
  /** @type {Frame | null} */
  newest = null;
  /** @type {Frame | null} */
  #before = null;
  #arrived_ms = 0;
  #drawn = true;
  /** Milliseconds from a sample to the picture that shows it, newest last. @type {number[]} */
  delays = [];

  /**
   * @param {Frame} frame
   * @param {number} now_ms
   */
  take(frame, now_ms) {
    this.#before = this.newest;
    this.newest = frame;
    this.#arrived_ms = now_ms;
    this.#drawn = false;
  }

  clear() {
    this.newest = this.#before = null;
    this.#drawn = true;
  }

  /** @param {number} now_ms */
  isOld(now_ms) {
    return this.newest === null || now_ms - this.#arrived_ms > OLD_MS;
  }

  /**
   * The angle to draw now: the newest one, carried on a little until the next comes.
   *
   * @param {Side} side
   * @param {keyof Leg} quantity
   * @param {number} now_ms
   * @returns {number | null}
   */
  at(side, quantity, now_ms) {
    const angle = this.newest?.legs[side]?.[quantity];
    if (this.newest === null || typeof angle !== "number") return null;
    const before = this.#before?.legs[side]?.[quantity];
    const apart_s = this.#before === null ? 0 : this.newest.time_s - this.#before.time_s;
    if (typeof before !== "number" || apart_s <= 0 || apart_s > 0.2) return angle;
    const age_s = (now_ms - this.#arrived_ms) / 1000;
    if (age_s > 0.1) return angle;
    const ahead = ((angle - before) / apart_s) * Math.min(age_s, AHEAD_S);
    return angle + Math.max(-AHEAD_DEG, Math.min(AHEAD_DEG, ahead));
  }

  /** To be called when the newest frame has been drawn: keeps its delay, once. */
  wasDrawn() {
    if (this.#drawn || this.newest === null) return;
    this.#drawn = true;
    const now_ms = performance.timeOrigin + performance.now();
    this.delays.push(now_ms - this.newest.sampled_unix_s * 1000);
    if (this.delays.length > MOST_DELAYS * 1.1)
      this.delays.splice(0, this.delays.length - MOST_DELAYS);
  }
}
