/**
 * The first view: who it is, what to do, and what was cut off last time.
 *
 * @typedef {import("./messages.js").Hello} Hello
 * @typedef {import("./messages.js").Unfinished} Unfinished
 */

import { html, say, show } from "./elements.js";
import { HoldRing } from "./hold_ring.js";
import { watchingNote } from "./watching.js";
import { capital, counted } from "./wording.js";

/** @type {Record<string, import("./pictures.js").Pose>} */
const CARD_PICTURE = {
  test: { doing: "turn", side: "left", direction: "internal", task: "seated" },
  prone: { doing: "turn", side: "left", direction: "internal", task: "prone" },
  crossed: { doing: "cross_leg", side: "left", direction: null, task: "cross-legged" },
  stretch: { doing: "stretch", side: "left", direction: null, task: "stretch" },
  calibration: { doing: "stand", side: null, direction: null, task: null },
};

/**
 * @typedef {object} StartActions
 * @property {(wish: {person: string, sex: string | null, protocol: string, mode: string}) => void} start
 * @property {(session: number) => void} resume
 * @property {(person: string) => void} history
 * @property {() => void} drive
 */

export class StartView {
  #actions;
  #name = /** @type {HTMLInputElement} */ (
    html("input", { id: "person", name: "person", type: "text", maxlength: 80, autocomplete: "off", list: "known", spellcheck: "false", "aria-describedby": "person-problem" })
  );
  #sex = /** @type {HTMLSelectElement} */ (html("select", { id: "sex", name: "sex" }));
  #mode = /** @type {HTMLSelectElement} */ (html("select", { id: "mode", name: "mode" }));
  #nameProblem = html("p", { id: "person-problem", role: "alert", class: "field-problem" });
  #people = html("div", { class: "chips", role: "group", "aria-label": "Known people" });
  #known = html("datalist", { id: "known" });
  #cards = html("div", { class: "cards" });
  #unfinished = html("section", { class: "unfinished", "aria-label": "Not finished", hidden: true });
  #virtual = html("p", { class: "note", hidden: true }, "The sensors are virtual: nobody is measured, everything is simulated.");
  #watching;
  #device = html("p");
  #version = html("p", { class: "soft" });
  /** @type {Hello | null} */
  #hello = null;
  element;

  /** @param {StartActions} actions */
  constructor(actions) {
    this.#actions = actions;
    this.#name.addEventListener("input", () => this.#chosen());
    this.#watching = watchingNote(() => actions.drive());
    this.element = html(
      "div",
      { class: "start" },
      html("h1", {}, "How far do your hips turn?"),
      this.#virtual,
      this.#watching,
      this.#unfinished,
      this.#who(),
      html("section", {}, html("h2", {}, "What do you want to do?"), this.#cards),
      html("section", {}, html("button", { type: "button", "data-action": "history", onclick: () => actions.history(this.#name.value.trim()) }, "Earlier results")),
      html("details", { class: "device" }, html("summary", {}, "What this measures, and when not to use it"), this.#device, this.#version),
    );
  }

  /**
   * @param {Hello} hello
   * @param {boolean} drives
   */
  draw(hello, drives) {
    this.#hello = hello;
    show(this.#virtual, hello.virtual);
    show(this.#watching, !drives);
    say(this.#device, hello.words.device ?? "");
    say(this.#version, `imu_hip ${hello.version}`);
    this.#drawPeople(hello);
    this.#options(this.#sex, { "": "not said", ...(hello.words.sexes ?? { female: "woman", male: "man" }) });
    this.#options(this.#mode, hello.words.modes ?? { active: "you move the leg yourself" });
    this.#cards.replaceChildren(...hello.protocols.map((protocol) => this.#card(protocol, !drives)));
    show(this.#unfinished, hello.unfinished.length > 0 && drives);
    this.#unfinished.replaceChildren(html("h2", {}, "Not finished"), ...hello.unfinished.map((u) => this.#goOn(u)));
  }

  /**
   * Fill in who was here last.
   *
   * @param {string} person
   */
  suggest(person) {
    if (person) this.#choose(person);
  }

  #who() {
    return html(
      "section",
      { class: "who" },
      html("h2", {}, "Who is it?"),
      this.#people,
      html("div", { class: "field" }, html("label", { for: "person" }, "Name or alias"), this.#name, this.#known, this.#nameProblem),
      html(
        "details",
        {},
        html("summary", {}, "More about the test"),
        html("div", { class: "field" }, html("label", { for: "sex" }, "Sex, for comparison with others (optional)"), this.#sex),
        html("div", { class: "field" }, html("label", { for: "mode" }, "Who moves the leg"), this.#mode),
      ),
    );
  }

  /** @param {Hello} hello */
  #drawPeople(hello) {
    const aliases = hello.people.map((person) => person.alias);
    show(this.#people, aliases.length > 0);
    this.#known.replaceChildren(...aliases.map((alias) => html("option", { value: alias })));
    this.#people.replaceChildren(
      ...aliases.slice(0, 6).map((alias) =>
        html("button", { type: "button", class: "chip", "data-person": alias, "aria-pressed": "false", onclick: () => this.#choose(alias) }, alias),
      ),
    );
    this.#chosen();
  }

  /** @param {string} alias */
  #choose(alias) {
    this.#name.value = alias;
    const person = this.#hello?.people.find((p) => p.alias === alias);
    if (person) this.#sex.value = person.sex ?? "";
    this.#chosen();
  }

  #chosen() {
    say(this.#nameProblem, "");
    this.#name.removeAttribute("aria-invalid");
    for (const chip of this.#people.children) {
      chip.setAttribute("aria-pressed", String(chip.getAttribute("data-person") === this.#name.value.trim()));
    }
  }

  /**
   * @param {HTMLSelectElement} select
   * @param {Record<string, string>} words
   */
  #options(select, words) {
    const before = select.value;
    select.replaceChildren(...Object.entries(words).map(([value, text]) => html("option", { value }, text)));
    select.value = Object.hasOwn(words, before) ? before : (Object.keys(words)[0] ?? "");
  }

  /**
   * @param {import("./messages.js").ProtocolOffer} protocol
   * @param {boolean} disabled
   */
  #card(protocol, disabled) {
    const ring = new HoldRing();
    ring.draw(cardPicture(protocol), null);
    return html(
      "button",
      { type: "button", class: "card", "data-protocol": protocol.name, disabled, onclick: () => this.#start(protocol.name) },
      ring.element,
      html("span", { class: "card-words" }, html("b", {}, protocol.title), html("span", {}, protocol.about)),
    );
  }

  /** @param {string} protocol */
  #start(protocol) {
    const person = this.#name.value.trim();
    if (person === "") {
      say(this.#nameProblem, "Write a name first; an alias is enough.");
      this.#name.setAttribute("aria-invalid", "true");
      this.#name.focus();
      return;
    }
    this.#actions.start({ person, sex: this.#sex.value || null, protocol, mode: this.#mode.value || "active" });
  }

  /** @param {Unfinished} unfinished */
  #goOn(unfinished) {
    const title = unfinished.title.charAt(0).toLowerCase() + unfinished.title.slice(1);
    const words = `Go on with the ${title} of ${unfinished.person}, ${counted(unfinished.repetitions, "repetition")} done`;
    return html("button", { type: "button", class: "main", "data-resume": unfinished.session, onclick: () => this.#actions.resume(unfinished.session) }, capital(words));
  }
}

/** @param {import("./messages.js").ProtocolOffer} protocol */
function cardPicture(protocol) {
  if (protocol.kind !== "test") return CARD_PICTURE[protocol.kind] ?? CARD_PICTURE.test;
  if (protocol.name.includes("prone")) return CARD_PICTURE.prone;
  return protocol.name.includes("cross") ? CARD_PICTURE.crossed : CARD_PICTURE.test;
}
