/**
 * The angles of the last 15 seconds, rolling.
 *
 * @typedef {import("./messages.js").Frame} Frame
 * @typedef {import("./messages.js").Leg} Leg
 */

import { html } from "./elements.js";
import { SIDES, TARGET_DEG, capital } from "./wording.js";

const SHOWN_S = 15;
const CAPACITY = 2048;
/** The curve moves slowly, so a third of the display's rate is smooth and costs little. */
const PAUSE_MS = 45;
const ANGLE_FRAME = { rotation_deg: [-75, 75], shin_slope_deg: [0, 95] };

export class Curve {
  #canvas = /** @type {HTMLCanvasElement} */ (
    html("canvas", { role: "img", "aria-label": "Angles of the last 15 seconds" })
  );
  #legend = SIDES.map((side) => html("span", { class: `side-word ${side}` }, capital(side)));
  #soft = html("span", { class: "soft" }, "last 15 s");
  #time = new Float64Array(CAPACITY);
  #angles = [new Float32Array(CAPACITY), new Float32Array(CAPACITY)];
  #count = 0;
  #last_ms = 0;
  /** @type {"rotation_deg" | "shin_slope_deg"} */
  #quantity = "rotation_deg";
  element = html(
    "figure",
    { class: "curve" },
    html("figcaption", {}, ...this.#legend, this.#soft),
    this.#canvas,
  );

  /** @param {"rotation_deg" | "shin_slope_deg"} quantity */
  show(quantity) {
    if (quantity === this.#quantity) return;
    this.#quantity = quantity;
    this.clear();
  }

  clear() {
    this.#count = 0;
  }

  /** @param {Frame} frame */
  take(frame) {
    // A session that was resumed counts its seconds anew.
    if (this.#count > 0 && frame.time_s < this.#time[(this.#count - 1) % CAPACITY]) this.clear();
    const at = this.#count % CAPACITY;
    this.#time[at] = frame.time_s;
    SIDES.forEach((side, i) => (this.#angles[i][at] = frame.legs[side]?.[this.#quantity] ?? NaN));
    this.#count += 1;
  }

  /** @param {number} now_ms */
  draw(now_ms) {
    if (now_ms - this.#last_ms < PAUSE_MS) return;
    this.#last_ms = now_ms;
    const context = this.#canvas.getContext("2d");
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    if (context === null || width === 0) return;
    const scale = Math.min(devicePixelRatio || 1, 2);
    if (
      this.#canvas.width !== Math.round(width * scale) ||
      this.#canvas.height !== Math.round(height * scale)
    ) {
      this.#canvas.width = Math.round(width * scale);
      this.#canvas.height = Math.round(height * scale);
    }
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    this.#grid(context, width, height);
    this.#lines(context, width, height);
  }

  /**
   * @param {number} angle_deg
   * @param {number} height
   */
  #y(angle_deg, height) {
    const [low, high] = ANGLE_FRAME[this.#quantity];
    const bounded = Math.max(low, Math.min(high, angle_deg));
    return height - ((bounded - low) / (high - low)) * height;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} width
   * @param {number} height
   */
  #grid(context, width, height) {
    const words = getComputedStyle(this.#soft).color;
    context.strokeStyle = context.fillStyle = words;
    context.font = "13px system-ui, sans-serif";
    context.textBaseline = "middle";
    context.lineWidth = 1;
    const turns = this.#quantity === "rotation_deg";
    /** @type {[number, string][]} */
    const rows = turns
      ? [
          [TARGET_DEG, "45° inward"],
          [0, "0°"],
          [-TARGET_DEG, "45° outward"],
        ]
      : [
          [90, "90°"],
          [45, "45°"],
          [0, "0°"],
        ];
    for (const [angle, label] of rows) {
      const y = Math.min(this.#y(angle, height), height - 1);
      const start = context.measureText(label).width + 8;
      context.setLineDash(turns && angle !== 0 ? [5, 5] : []);
      context.globalAlpha = 0.5;
      context.beginPath();
      context.moveTo(start, y);
      context.lineTo(width, y);
      context.stroke();
      context.globalAlpha = 1;
      context.fillText(label, 0, Math.max(8, Math.min(height - 8, y)));
    }
    context.setLineDash([]);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} width
   * @param {number} height
   */
  #lines(context, width, height) {
    if (this.#count === 0) return;
    const left = 84;
    const newest_s = this.#time[(this.#count - 1) % CAPACITY];
    const first = Math.max(0, this.#count - CAPACITY);
    context.lineWidth = 2.5;
    context.lineJoin = "round";
    this.#angles.forEach((angles, i) => {
      context.strokeStyle = getComputedStyle(this.#legend[i]).color;
      context.beginPath();
      let pen = false;
      for (let n = first; n < this.#count; n++) {
        const at = n % CAPACITY;
        const age_s = newest_s - this.#time[at];
        if (age_s > SHOWN_S || age_s < 0) continue;
        if (Number.isNaN(angles[at])) {
          pen = false;
          continue;
        }
        const x = width - (age_s / SHOWN_S) * (width - left);
        const y = this.#y(angles[at], height);
        if (pen) context.lineTo(x, y);
        else context.moveTo(x, y);
        pen = true;
      }
      context.stroke();
    });
  }
}
