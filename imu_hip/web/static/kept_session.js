/**
 * One earlier session in the list.
 *
 * @typedef {{task: string, side: import("./wording.js").Side, measure: string, moment: string,
 *   value_deg: number, sem_deg: number, repetitions: number}} KeptResult
 * @typedef {{session: number, protocol: string, title: string, mode: string, state: string,
 *   started: string, ended: string | null, simulated: boolean, comment: string,
 *   results: KeptResult[]}} KeptSession
 */

import { html } from "./elements.js";
import { capital, dateTime, degrees, giveOrTake, measureName } from "./wording.js";

/**
 * @param {KeptSession} session
 * @param {(chosen: boolean) => void} choose called when it is chosen for a comparison, or not
 */
export function keptSession(session, choose) {
  const id = `chosen-${session.session}`;
  const box = /** @type {HTMLInputElement} */ (
    html("input", {
      type: "checkbox",
      id,
      "data-session": session.session,
      disabled: session.results.length === 0,
    })
  );
  box.addEventListener("change", () => choose(box.checked));
  const ended =
    session.state === "finished"
      ? ""
      : session.state === "running"
        ? " · not finished"
        : " · stopped early";
  const reported = session.state === "finished" && session.results.length > 0;
  return html(
    "li",
    {},
    html(
      "div",
      { class: "session-head" },
      box,
      html(
        "label",
        { for: id },
        html("b", {}, dateTime(session.started)),
        ` ${session.title}${ended}`,
      ),
      session.simulated && html("strong", { class: "badge" }, "simulated"),
    ),
    html(
      "ul",
      { class: "kept" },
      ...session.results.filter((r) => r.measure !== "total_arc").map(kept),
    ),
    reported &&
      html(
        "a",
        {
          class: "button",
          href: `/reports/${session.session}`,
          target: "_blank",
          rel: "noopener",
        },
        "Report",
        html("span", { class: "unseen" }, ` of ${dateTime(session.started)}`),
      ),
  );
}

/** @param {KeptResult} result */
function kept(result) {
  const moment = result.moment === "retest" ? ", tested again" : "";
  const words = `${capital(result.side)} ${measureName(result.measure)}${moment}: `;
  return html(
    "li",
    {},
    html("span", { class: `side-word ${result.side}` }, words),
    `${degrees(result.value_deg)} ${giveOrTake(result.sem_deg)}`,
  );
}
