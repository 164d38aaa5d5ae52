/** A person's own data: take it away as an archive, or have it deleted. */

import { confirmed } from "./confirm.js";
import { html } from "./elements.js";
import { change } from "./requests.js";

/**
 * @param {string} person
 * @param {() => string} token
 * @param {() => void} forgotten called when everything is deleted
 * @param {(problem: string) => void} tell
 * @returns {HTMLElement[]}
 */
export function personData(person, token, forgotten, tell) {
  const recordings = /** @type {HTMLInputElement} */ (
    html("input", { type: "checkbox", id: "with-recordings" })
  );
  /** @param {() => Promise<void>} work */
  const trying = (work) =>
    work().catch((error) => tell(error instanceof Error ? error.message : String(error)));
  return [
    html("h2", {}, `Data of ${person}`),
    html(
      "button",
      {
        type: "button",
        "data-action": "export",
        onclick: () => trying(() => exported(person, token())),
      },
      "Save a copy of everything",
    ),
    html(
      "details",
      {},
      html("summary", {}, "Delete this person"),
      html(
        "div",
        { class: "session-head" },
        recordings,
        html("label", { for: "with-recordings" }, "Delete the recordings, too"),
      ),
      html(
        "button",
        {
          type: "button",
          "data-action": "delete",
          onclick: () => trying(() => deleted(person, token(), recordings.checked, forgotten)),
        },
        `Delete ${person}`,
      ),
    ),
  ];
}

/**
 * @param {string} person
 * @param {string} token
 */
async function exported(person, token) {
  const archive = await (await change("/api/export", { person, token })).blob();
  const address = URL.createObjectURL(archive);
  html("a", { href: address, download: `${person}.zip` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}

/**
 * @param {string} person
 * @param {string} token
 * @param {boolean} recordings
 * @param {() => void} forgotten
 */
async function deleted(person, token, recordings, forgotten) {
  const kept = recordings
    ? "The recordings are deleted, too."
    : "The recordings stay where they are.";
  const sure = await confirmed(
    `Delete ${person}?`,
    `All sessions and results are deleted and cannot be brought back. ${kept}`,
    "Delete",
    "Keep",
  );
  if (!sure) return;
  await change("/api/delete", { person, token, recordings });
  forgotten();
}
