/**
 * Who is measured, and how: the name, and what is asked beside it.
 *
 * @typedef {import("./messages.js").Hello} Hello
 */

import { html, say, show } from "./elements.js";

const MOST_CHIPS = 6;

export class Who {
  #name = /** @type {HTMLInputElement} */ (
    html("input", {
      id: "person",
      name: "person",
      type: "text",
      maxlength: 80,
      autocomplete: "off",
      list: "known",
      spellcheck: "false",
      "aria-describedby": "person-problem",
    })
  );
  #sex = /** @type {HTMLSelectElement} */ (html("select", { id: "sex", name: "sex" }));
  #mode = /** @type {HTMLSelectElement} */ (html("select", { id: "mode", name: "mode" }));
  #nameProblem = html("p", { id: "person-problem", role: "alert", class: "field-problem" });
  #people = html("div", { class: "chips", role: "group", "aria-label": "Known people" });
  #known = html("datalist", { id: "known" });
  /** @type {import("./messages.js").PersonOffer[]} */
  #offered = [];
  element;

  constructor() {
    this.#name.addEventListener("input", () => this.#chosen());
    this.element = html(
      "section",
      { class: "who" },
      html("h2", {}, "Who is it?"),
      this.#people,
      html(
        "div",
        { class: "field" },
        html("label", { for: "person" }, "Name or alias"),
        this.#name,
        this.#known,
        this.#nameProblem,
      ),
      html(
        "details",
        {},
        html("summary", {}, "More about the test"),
        html(
          "div",
          { class: "field" },
          html("label", { for: "sex" }, "Sex, for comparison with others (optional)"),
          this.#sex,
        ),
        html(
          "div",
          { class: "field" },
          html("label", { for: "mode" }, "Who moves the leg"),
          this.#mode,
        ),
      ),
    );
  }

  /** Who is written in the field, without blanks around it. */
  get person() {
    return this.#name.value.trim();
  }

  /** What was answered; null where no name is there, and then it is asked for. */
  answer() {
    const person = this.person;
    if (person === "") {
      say(this.#nameProblem, "Write a name first; an alias is enough.");
      this.#name.setAttribute("aria-invalid", "true");
      this.#name.focus();
      return null;
    }
    return { person, sex: this.#sex.value || null, mode: this.#mode.value || "active" };
  }

  /** @param {Hello} hello */
  draw(hello) {
    this.#offered = hello.people;
    const {
      sexes = { female: "woman", male: "man" },
      modes = { active: "you move the leg yourself" },
    } = hello.words;
    options(this.#sex, { "": "not said", ...sexes });
    options(this.#mode, modes);
    const aliases = hello.people.map((person) => person.alias);
    show(this.#people, aliases.length > 0);
    this.#known.replaceChildren(...aliases.map((alias) => html("option", { value: alias })));
    this.#people.replaceChildren(
      ...aliases.slice(0, MOST_CHIPS).map((alias) =>
        html(
          "button",
          {
            type: "button",
            class: "chip",
            "data-person": alias,
            "aria-pressed": "false",
            onclick: () => this.choose(alias),
          },
          alias,
        ),
      ),
    );
    this.#chosen();
  }

  /**
   * Fill in a person who is known, or anybody.
   *
   * @param {string} alias
   */
  choose(alias) {
    this.#name.value = alias;
    const person = this.#offered.find((p) => p.alias === alias);
    if (person) this.#sex.value = person.sex ?? "";
    this.#chosen();
  }

  #chosen() {
    say(this.#nameProblem, "");
    this.#name.removeAttribute("aria-invalid");
    for (const chip of this.#people.children) {
      chip.setAttribute("aria-pressed", String(chip.getAttribute("data-person") === this.person));
    }
  }
}

/**
 * @param {HTMLSelectElement} select
 * @param {Record<string, string>} words
 */
function options(select, words) {
  const before = select.value;
  select.replaceChildren(
    ...Object.entries(words).map(([value, text]) => html("option", { value }, text)),
  );
  select.value = Object.hasOwn(words, before) ? before : (Object.keys(words)[0] ?? "");
}
