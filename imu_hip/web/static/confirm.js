/** A question that must be answered before something is ended or deleted. */

import { html } from "./elements.js";

/**
 * Ask; true where the person says yes. Esc and the second button say no.
 *
 * @param {string} question
 * @param {string} explanation
 * @param {string} yes
 * @param {string} no
 * @returns {Promise<boolean>}
 */
export function confirmed(question, explanation, yes, no) {
  return new Promise((resolve) => {
    const dialog = /** @type {HTMLDialogElement} */ (
      html(
        "dialog",
        { class: "question", "aria-labelledby": "question", "aria-describedby": "explanation" },
        html("h2", { id: "question" }, question),
        html("p", { id: "explanation" }, explanation),
        html(
          "div",
          { class: "choices" },
          html(
            "button",
            {
              type: "button",
              class: "main",
              "data-answer": "no",
              autofocus: true,
              onclick: () => dialog.close("no"),
            },
            no,
          ),
          html(
            "button",
            { type: "button", "data-answer": "yes", onclick: () => dialog.close("yes") },
            yes,
          ),
        ),
      )
    );
    const before = /** @type {HTMLElement | null} */ (document.activeElement);
    dialog.addEventListener("close", () => {
      dialog.remove();
      before?.focus?.();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
