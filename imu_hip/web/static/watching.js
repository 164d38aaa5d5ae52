/** The note of a tab that only watches, with the button to lead from here. */

import { html } from "./elements.js";

/** @param {() => void} takeOver */
export function watchingNote(takeOver) {
  return html(
    "div",
    { class: "watching", hidden: true },
    html("p", {}, "Only watching: another tab leads."),
    html(
      "button",
      { type: "button", class: "main", "data-action": "drive", onclick: takeOver },
      "Take over",
    ),
  );
}
