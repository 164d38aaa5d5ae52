/**
 * A comparison or a trend as the server tells it: sentences, a picture, a table.
 *
 * @typedef {{sentences?: string[], svg?: string, key?: string,
 *   table?: {head: string[], rows: string[][]}}} Finding
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
  const made = [html("h2", {}, title), html("p", { class: "headline" }, first), ...rest.map((words) => html("p", { class: "sentence" }, words))];
  if (found.svg) {
    made.push(html("figure", { class: "paper" }, picture(found.svg, `${title}. ${sentences.join(" ")}`), found.key ? html("figcaption", { class: "key" }, found.key) : null));
  }
  if (found.table) made.push(table(found.table, title));
  return made;
}

/**
 * A picture is shown as an image: nothing in it can run or reach the page.
 *
 * @param {string} svg
 * @param {string} words
 */
function picture(svg, words) {
  return html("img", { class: "chart", src: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`, alt: words });
}

/**
 * @param {{head: string[], rows: string[][]}} grid
 * @param {string} title
 */
function table(grid, title) {
  const head = html("tr", {}, ...grid.head.map((words) => html("th", { scope: "col" }, words)));
  const rows = grid.rows.map(([name, ...cells]) => html("tr", {}, html("th", { scope: "row" }, name), ...cells.map((words) => html("td", {}, words))));
  return html("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": title }, html("table", {}, html("caption", { class: "unseen" }, title), html("thead", {}, head), html("tbody", {}, ...rows)));
}
