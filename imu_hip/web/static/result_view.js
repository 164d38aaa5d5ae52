/**
 * What came out: sentences first, then the picture, then the table, and what can be done next.
 *
 * @typedef {import("./messages.js").View} View
 */

import { Commands } from "./commands.js";
import { Drawn, html, show } from "./elements.js";
import { repetitionSection, taskSection } from "./result_sections.js";
import { watchingNote } from "./watching.js";

export class ResultView {
  #drawn = new Drawn();
  #body = html("div", { class: "result-body" });
  #commands;
  #actions;
  #watching;
  element;

  /**
   * @param {(command: string) => void} give
   * @param {{leave: () => void, drive: () => void, history: (person: string) => void}} actions
   */
  constructor(give, actions) {
    this.#commands = new Commands(give);
    this.#actions = actions;
    this.#watching = watchingNote(() => actions.drive());
    this.element = html("div", { class: "result" }, this.#watching, this.#body);
  }

  /**
   * @param {View} view
   * @param {boolean} drives
   */
  draw(view, drives) {
    // Going back is this view's own button: a session that is over has nothing to stop.
    this.#commands.draw(drives ? view.buttons.filter((button) => button.command !== "stop") : []);
    show(this.#watching, !drives);
    if (!this.#drawn.changed("all", { ...view, buttons: [], drives })) return;
    const tasks = [...new Set(view.results.map((result) => result.task))];
    const [first, ...rest] = view.sentences.length ? view.sentences : [view.cue.text];
    this.#body.replaceChildren(
      html(
        "p",
        { class: "facts" },
        [view.person, view.title].filter(Boolean).join(" · "),
        " ",
        view.simulated
          ? html("strong", { class: "badge" }, "simulated: not measured on a person")
          : null,
      ),
      html("h1", { id: "cue", "aria-live": "assertive" }, first),
      ...rest.map((sentence) => html("p", { class: "sentence" }, sentence)),
      // The last repetition's notice is no part of a result.
      html("p", { id: "notice", role: "status" }, view.stage === "result" ? "" : view.notice),
      html("p", { id: "warning", role: "alert" }, view.warning),
      this.#next(view, drives),
      ...tasks.map((task) => taskSection({ ...view, task })),
      ...repetitionSection(view),
    );
  }

  /** @param {string} key */
  press(key) {
    return this.#commands.press(key);
  }

  /**
   * @param {View} view
   * @param {boolean} drives
   */
  #next(view, drives) {
    const report = view.report && view.session !== null ? `/reports/${view.session}` : "";
    const target = { target: "_blank", rel: "noopener" };
    return html(
      "div",
      { class: "next" },
      report &&
        html(
          "a",
          { class: "button main", href: report, ...target, "data-action": "report" },
          "Open the report",
        ),
      report &&
        html(
          "a",
          { class: "button", href: `${report}.pdf`, download: "", "data-action": "pdf" },
          "PDF",
        ),
      this.#commands.element,
      html(
        "button",
        {
          type: "button",
          "data-action": "history",
          onclick: () => this.#actions.history(view.person),
        },
        "Compare with earlier",
      ),
      drives &&
        html(
          "button",
          { type: "button", "data-action": "leave", onclick: () => this.#actions.leave() },
          "Back to the start",
        ),
    );
  }
}
