/**
 * The first view: who it is, what to do, and what was cut off last time.
 *
 * @typedef {import("./messages.js").Hello} Hello
 * @typedef {import("./messages.js").Unfinished} Unfinished
 */

import { Drawn, html, say, show } from "./elements.js";
import { protocolCard } from "./protocol_card.js";
import { watchingNote } from "./watching.js";
import { Who } from "./who.js";
import { capital, counted } from "./wording.js";

/**
 * @typedef {object} StartActions
 * @property {(wish: {person: string, sex: string | null, protocol: string, mode: string}) => void} start
 * @property {(session: number) => void} resume
 * @property {(person: string) => void} history
 * @property {() => void} drive
 */

export class StartView {
  #actions;
  #drawn = new Drawn();
  #who = new Who();
  #cards = html("div", { class: "cards" });
  #unfinished = html("section", {
    class: "unfinished",
    "aria-label": "Not finished",
    hidden: true,
  });
  #virtual = html(
    "p",
    { class: "note", hidden: true },
    "The sensors are virtual: nobody is measured, everything is simulated.",
  );
  #watching;
  #device = html("p");
  #version = html("p", { class: "soft" });
  element;

  /** @param {StartActions} actions */
  constructor(actions) {
    this.#actions = actions;
    this.#watching = watchingNote(() => actions.drive());
    this.element = html(
      "div",
      { class: "start" },
      html("h1", {}, "How far do your hips turn?"),
      this.#virtual,
      this.#watching,
      this.#unfinished,
      this.#who.element,
      html("section", {}, html("h2", {}, "What do you want to do?"), this.#cards),
      html(
        "section",
        {},
        html(
          "button",
          {
            type: "button",
            "data-action": "history",
            onclick: () => actions.history(this.#who.person),
          },
          "Earlier results",
        ),
      ),
      html(
        "details",
        { class: "device" },
        html("summary", {}, "What this measures, and when not to use it"),
        this.#device,
        this.#version,
      ),
    );
  }

  /**
   * @param {Hello} hello
   * @param {boolean} drives
   */
  draw(hello, drives) {
    if (!this.#drawn.changed("hello", [hello, drives])) return;
    show(this.#virtual, hello.virtual);
    show(this.#watching, !drives);
    say(this.#device, hello.words.device ?? "");
    say(this.#version, `imu_hip ${hello.version}`);
    this.#who.draw(hello);
    this.#cards.replaceChildren(
      ...hello.protocols.map((protocol) =>
        protocolCard(protocol, !drives, (name) => this.#start(name)),
      ),
    );
    show(this.#unfinished, hello.unfinished.length > 0 && drives);
    this.#unfinished.replaceChildren(
      html("h2", {}, "Not finished"),
      ...hello.unfinished.map((u) => this.#goOn(u)),
    );
  }

  /**
   * Fill in who was here last.
   *
   * @param {string} person
   */
  suggest(person) {
    if (person) this.#who.choose(person);
  }

  /** @param {string} protocol */
  #start(protocol) {
    const who = this.#who.answer();
    if (who !== null) this.#actions.start({ ...who, protocol });
  }

  /** @param {Unfinished} unfinished */
  #goOn(unfinished) {
    const title = unfinished.title.charAt(0).toLowerCase() + unfinished.title.slice(1);
    const words = `Go on with the ${title} of ${unfinished.person}, ${counted(unfinished.repetitions, "repetition")} done`;
    return html(
      "button",
      {
        type: "button",
        class: "main",
        "data-resume": unfinished.session,
        onclick: () => this.#actions.resume(unfinished.session),
      },
      capital(words),
    );
  }
}
