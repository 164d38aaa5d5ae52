/**
 * A comparison or a trend as the server tells it: sentences, pictures, tables.
 *
 * @typedef {{heading: string, svg: string, key: string}} FoundPicture
 * @typedef {{caption: string, head: string[], rows: string[][]}} FoundTable
 * @typedef {{sentences?: string[], pictures?: FoundPicture[], tables?: FoundTable[]}} Finding
 */

import { html } from "./elements.js";

/** @param {Finding} found */
export const comparison = (found) => parts(found, "The two sessions compared");

/**
 * @param {Finding} found
 * @param {string} task
 */
export const trend = (found, task) => parts(found, `${task} over time`);

/**
 * @param {Finding} found
 * @param {string} title
 * @returns {HTMLElement[]}
 */
function parts(found, title) {
  const sentences = found.sentences ?? [];
  const [first, ...rest] = sentences.length ? sentences : ["There is nothing to compare yet."];
  return [
    html("h2", {}, title),
    html("p", { class: "headline" }, first),
    ...rest.map((words) => html("p", { class: "sentence" }, words)),
    ...(found.pictures ?? []).map(picture),
    ...(found.tables ?? []).map(table),
  ];
}

/**
 * A picture is shown as an image: nothing in it can run or reach the page.
 *
 * @param {FoundPicture} found
 */
function picture(found) {
  const address = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(found.svg)}`;
  return html(
    "figure",
    { class: "paper" },
    html("h3", {}, found.heading),
    html("img", { class: "chart", src: address, alt: `${found.heading}. ${found.key}` }),
    html("figcaption", { class: "key" }, found.key),
  );
}

/** @param {FoundTable} found */
function table(found) {
  const head = html(
    "tr",
    {},
    ...found.head.map((words) => (words ? html("th", { scope: "col" }, words) : html("td"))),
  );
  const rows = found.rows.map(([name, ...cells]) =>
    html(
      "tr",
      {},
      html("th", { scope: "row" }, name),
      ...cells.map((words) => html("td", {}, words)),
    ),
  );
  return html(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": found.caption },
    html(
      "table",
      {},
      html("caption", {}, found.caption),
      html("thead", {}, head),
      html("tbody", {}, ...rows),
    ),
  );
}
