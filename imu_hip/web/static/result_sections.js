/**
 * The picture and table of one test, and what became of every repetition.
 *
 * @typedef {import("./messages.js").View} View
 * @typedef {import("./messages.js").Result} Result
 */

import { Dial } from "./dial.js";
import { html } from "./elements.js";
import { dialMarks, shinMarks } from "./marks.js";
import { Shin } from "./shin.js";
import { endsOf, turnWords } from "./turn_words.js";
import {
  FOOT,
  SIDES,
  TURN,
  capital,
  degrees,
  giveOrTake,
  measureName,
  taskName,
} from "./wording.js";

/** @param {View} view */
export function taskSection(view) {
  const results = view.results.filter((result) => result.task === view.task);
  return html(
    "section",
    {},
    html("h2", {}, taskName(view.task)),
    html("div", { class: "legs" }, ...SIDES.map((side) => pictured(view, side))),
    turnWords(view.task === "cross-legged"),
    html(
      "p",
      { class: "key" },
      "pale: uncertainty · grey bar: target",
      view.last_time.length ? " · thin line: last time" : "",
    ),
    html(
      "table",
      {},
      html("caption", {}, `${taskName(view.task)}, results`),
      html(
        "thead",
        {},
        html(
          "tr",
          {},
          ...["Movement", "Angle", "Repetitions"].map((words) =>
            html("th", { scope: "col" }, words),
          ),
        ),
      ),
      html("tbody", {}, ...results.map(row)),
    ),
  );
}

/** @param {Result} result */
function row(result) {
  const words = `${capital(result.side)}, ${measureName(result.measure)}`;
  return html(
    "tr",
    {
      "data-task": result.task,
      "data-side": result.side,
      "data-measure": result.measure,
      "data-value-deg": result.value_deg,
    },
    html("th", { scope: "row", class: `side-word ${result.side}` }, words),
    html("td", {}, html("b", {}, degrees(result.value_deg)), ` ${giveOrTake(result.sem_deg)}`),
    html("td", {}, String(result.repetitions)),
  );
}

/**
 * @param {View} view
 * @param {import("./wording.js").Side} side
 */
function pictured(view, side) {
  const crossed = view.task === "cross-legged";
  const picture = crossed ? new Shin(side) : new Dial(side);
  if (picture instanceof Shin) picture.draw(shinMarks(view, side));
  else picture.draw(dialMarks(view, side));
  picture.turn(null, true);
  const found = (/** @type {string} */ measure) =>
    view.results.find((r) => r.task === view.task && r.side === side && r.measure === measure);
  const ends = crossed
    ? [reading(found("shin_slope"), measureName("shin_slope"))]
    : endsOf(side).map((direction) =>
        reading(found(direction), `${TURN[direction]}, ${FOOT[direction]}`),
      );
  return html(
    "section",
    { class: `leg ${side}`, "aria-label": `${capital(side)} hip` },
    html("h3", {}, `${capital(side)} hip`),
    picture.element,
    html("div", { class: "ends" }, ...ends),
  );
}

/**
 * @param {Result | undefined} result
 * @param {string} words
 */
function reading(result, words) {
  const value = result === undefined ? "not measured" : degrees(result.value_deg);
  const give = result === undefined ? null : html("small", {}, ` ${giveOrTake(result.sem_deg)}`);
  return html(
    "div",
    { class: "end" },
    html("span", { class: "unseen" }, `${words}: `),
    html("b", { class: "value-words" }, value, give),
  );
}

/** @param {View} view */
export function repetitionSection(view) {
  if (view.repetitions.length === 0) return [];
  const rows = view.repetitions.map((r) =>
    html(
      "tr",
      { class: r.counted ? "" : "leftout" },
      html(
        "th",
        { scope: "row" },
        `${capital(r.side)}, ${r.direction === null ? "leg crossed" : TURN[r.direction]}, ${r.number}`,
      ),
      html("td", {}, degrees(r.peak_deg)),
      html("td", {}, r.counted ? "counted" : `not counted: ${r.reason}`),
    ),
  );
  const head = html(
    "thead",
    {},
    html(
      "tr",
      {},
      ...["Repetition", "Angle", "Counted"].map((words) => html("th", { scope: "col" }, words)),
    ),
  );
  const left_out = view.repetitions.filter((r) => !r.counted).length;
  const summary = `${view.repetitions.length} repetitions, ${left_out === 0 ? "all counted" : `${left_out} not counted`}`;
  return [
    html(
      "details",
      { class: "repetitions" },
      html("summary", {}, summary),
      html(
        "table",
        {},
        html("caption", { class: "unseen" }, "Repetitions"),
        head,
        html("tbody", {}, ...rows),
      ),
    ),
  ];
}
