/**
 * How the sensors do: one quiet line while all is well, the sensor's name in a bold box where not.
 *
 * @typedef {import("./messages.js").Sensor} Sensor
 */

import { Drawn, html } from "./elements.js";
import { capital, counted, known, segmentName } from "./wording.js";

const LOW_BATTERY_PERCENT = 15;
const MANY_LOST_PERCENT = 5;

/**
 * What is wrong with a sensor, or an empty text.
 *
 * @param {Sensor} sensor
 */
export function fault(sensor) {
  if (sensor.problem) return sensor.problem;
  if (!sensor.streams) return sensor.state || "sends nothing";
  const { battery_percent: battery, lost_percent: lost } = sensor;
  if (battery !== null && battery < LOW_BATTERY_PERCENT) return `battery ${Math.round(battery)} %`;
  if (lost !== null && lost > MANY_LOST_PERCENT) return `${Math.round(lost)} % lost`;
  return "";
}

export class SensorHealth {
  #drawn = new Drawn();
  #summary = html("summary");
  #list = html("ul");
  #bad = html("ul", { class: "bad-sensors" });
  #details = html("details", {}, this.#summary, this.#list);
  element = html("div", { class: "health", hidden: true }, this.#bad, this.#details);

  /** @param {Sensor[]} sensors */
  draw(sensors) {
    const rounded = sensors.map((s) => ({
      ...s,
      rate_hz: Math.round(s.rate_hz),
      lost: Math.round(s.lost_percent ?? 0),
    }));
    if (!this.#drawn.changed("sensors", rounded)) return;
    this.element.hidden = sensors.length === 0;
    const bad = sensors.filter((sensor) => fault(sensor));
    const well = sensors.length - bad.length;
    this.#bad.hidden = bad.length === 0;
    this.#bad.replaceChildren(
      ...bad.map((s) =>
        html(
          "li",
          { "data-segment": s.segment },
          `${capital(segmentName(s.segment))}: ${fault(s)}`,
        ),
      ),
    );
    this.#summary.textContent = [
      bad.length === 0
        ? `${counted(well, "sensor")} well`
        : `${well} of ${counted(sensors.length, "sensor")} well`,
      ...lowest(sensors),
    ].join(" · ");
    this.#list.replaceChildren(...sensors.map((s) => html("li", {}, described(s))));
  }
}

/** @param {Sensor[]} sensors */
function lowest(sensors) {
  const streaming = sensors.filter((s) => s.streams);
  if (streaming.length === 0) return [];
  const parts = [`${Math.round(Math.min(...streaming.map((s) => s.rate_hz)))} Hz`];
  const batteries = streaming.map((s) => s.battery_percent).filter(known);
  if (batteries.length) parts.push(`battery ${Math.round(Math.min(...batteries.map(Number)))} %`);
  return parts;
}

/** @param {Sensor} sensor */
function described(sensor) {
  const parts = [fault(sensor) || sensor.state, `${Math.round(sensor.rate_hz)} Hz`];
  if (sensor.lost_percent !== null) parts.push(`${sensor.lost_percent.toFixed(1)} % lost`);
  if (sensor.battery_percent !== null)
    parts.push(`battery ${Math.round(sensor.battery_percent)} %`);
  return `${capital(segmentName(sensor.segment))}: ${parts.join(", ")}`;
}
