/**
 * Earlier sessions of a person: look, compare two, see the trend, take the data away.
 *
 * @typedef {import("./kept_session.js").KeptSession} KeptSession
 */

import { html, say, show } from "./elements.js";
import { comparison, trend } from "./findings.js";
import { keptSession } from "./kept_session.js";
import { personData } from "./person_data.js";
import { ask } from "./requests.js";
import { taskName } from "./wording.js";

export class HistoryView {
  #token;
  #people = html("div", { class: "chips", role: "group", "aria-label": "People" });
  #problem = html("p", { class: "field-problem", role: "alert" });
  #sessions = html("section", { class: "sessions", "aria-label": "Sessions" });
  #finding = html("section", { class: "finding", "aria-live": "polite" });
  #data = html("section", { class: "person-data" });
  #title = html("h1", {}, "Earlier results");
  /** @type {string[]} */
  #aliases = [];
  #person = "";
  /** @type {Set<number>} */
  #chosen = new Set();
  element;

  /**
   * @param {() => string} token
   * @param {() => void} back
   */
  constructor(token, back) {
    this.#token = token;
    this.element = html(
      "div",
      { class: "history" },
      html("button", { type: "button", "data-action": "back", onclick: back }, "Back"),
      this.#title,
      this.#people,
      this.#problem,
      this.#finding,
      this.#sessions,
      this.#data,
    );
  }

  /**
   * @param {string[]} aliases
   * @param {string} person the one to begin with; where unknown, none
   */
  open(aliases, person) {
    this.#aliases = aliases;
    this.#show(aliases.includes(person) ? person : aliases.length === 1 ? aliases[0] : "");
  }

  /** @param {string} person */
  async #show(person) {
    this.#person = person;
    this.#chosen.clear();
    say(this.#title, person ? `Earlier results of ${person}` : "Earlier results");
    for (const part of [this.#sessions, this.#finding, this.#data]) part.replaceChildren();
    this.#people.replaceChildren(
      ...this.#aliases.map((alias) =>
        html(
          "button",
          {
            type: "button",
            class: "chip",
            "data-person": alias,
            "aria-pressed": String(alias === person),
            onclick: () => this.#show(alias),
          },
          alias,
        ),
      ),
    );
    show(this.#people, this.#aliases.length > 0);
    say(this.#problem, "");
    if (person === "") {
      this.#sessions.append(
        html("p", {}, this.#aliases.length ? "Choose a person." : "Nothing has been measured yet."),
      );
      return;
    }
    await this.#trying(async () => {
      const kept = await ask("/api/history", { person });
      if (this.#person === person) this.#draw(kept.sessions);
    });
  }

  /** @param {KeptSession[]} sessions */
  #draw(sessions) {
    if (sessions.length === 0) this.#sessions.append(html("p", {}, "No sessions are kept."));
    else {
      this.#sessions.append(
        this.#choices(sessions),
        html("h2", {}, "Sessions"),
        html(
          "ul",
          { class: "session-list" },
          ...sessions.map((s) => keptSession(s, (chosen) => this.#choose(s, chosen))),
        ),
      );
    }
    const forget = () => {
      this.#aliases = this.#aliases.filter((alias) => alias !== this.#person);
      this.#show("");
    };
    this.#data.replaceChildren(
      ...personData(this.#person, this.#token, forget, (words) => say(this.#problem, words)),
    );
  }

  /** @param {KeptSession[]} sessions */
  #choices(sessions) {
    const groups = new Map(
      sessions.flatMap((s) =>
        s.results.map((r) => [`${r.task} ${s.mode}`, { task: r.task, mode: s.mode }]),
      ),
    );
    const manyModes = new Set([...groups.values()].map((g) => g.mode)).size > 1;
    const compare = html(
      "button",
      {
        type: "button",
        "data-action": "compare",
        "aria-describedby": "compare-hint",
        onclick: () => this.#compare(),
      },
      "Compare the two chosen",
    );
    const trends = [...groups.values()].map(({ task, mode }) =>
      html(
        "button",
        {
          type: "button",
          "data-action": "trend",
          "data-task": task,
          onclick: () => this.#trend(task, mode),
        },
        `${taskName(task)} over time${manyModes ? `, ${mode}` : ""}`,
      ),
    );
    return html(
      "div",
      { class: "choices" },
      ...trends,
      compare,
      html("p", { id: "compare-hint", class: "soft" }, "To compare, choose two sessions below."),
    );
  }

  /**
   * @param {KeptSession} session
   * @param {boolean} chosen
   */
  #choose(session, chosen) {
    if (chosen) this.#chosen.add(session.session);
    else this.#chosen.delete(session.session);
  }

  async #compare() {
    const [a, b, ...more] = [...this.#chosen].sort((first, second) => first - second);
    if (b === undefined || more.length > 0) {
      say(
        this.#problem,
        `Choose two sessions below; ${this.#chosen.size === 0 ? "none is" : this.#chosen.size === 1 ? "one is" : `${this.#chosen.size} are`} chosen.`,
      );
      return;
    }
    await this.#trying(async () => this.#found(comparison(await ask("/api/compare", { a, b }))));
  }

  /**
   * @param {string} task
   * @param {string} mode
   */
  async #trend(task, mode) {
    await this.#trying(async () =>
      this.#found(
        trend(await ask("/api/trend", { person: this.#person, task, mode }), taskName(task)),
      ),
    );
  }

  /** @param {HTMLElement[]} parts */
  #found(parts) {
    this.#finding.replaceChildren(...parts);
    this.#finding.scrollIntoView({ block: "start" });
  }

  /** @param {() => Promise<void>} work */
  async #trying(work) {
    say(this.#problem, "");
    try {
      await work();
    } catch (error) {
      say(this.#problem, error instanceof Error ? error.message : String(error));
    }
  }
}
