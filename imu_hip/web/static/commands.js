/**
 * The buttons of a session and their keys. Buttons stay the same elements while their command
 * makes sense, so that focus is not lost.
 *
 * @typedef {import("./messages.js").ButtonView} ButtonView
 */

import { Drawn, html } from "./elements.js";

/** The key of each command that has one. @type {Record<string, string>} */
export const KEY = { keep: "K", redo: "R", skip: "S", pain: "X", pause: "P", resume: "P", stop: "Escape" };

export class Commands {
  #drawn = new Drawn();
  /** @type {Map<string, HTMLButtonElement>} */
  #buttons = new Map();
  /** @type {ButtonView[]} */
  #shown = [];
  #give;
  element = html("div", {
    class: "commands",
    role: "group",
    "aria-label": "What you can do",
    tabindex: -1,
  });

  /** @param {(command: string) => void} give */
  constructor(give) {
    this.#give = give;
  }

  /** @param {ButtonView[]} views */
  draw(views) {
    this.#shown = views;
    if (!this.#drawn.changed("buttons", views)) return;
    const focused = this.element.contains(document.activeElement);
    const wanted = views.map((view) => this.#button(view));
    for (const [command, button] of this.#buttons) {
      if (wanted.includes(button)) continue;
      button.remove();
      this.#buttons.delete(command);
    }
    wanted.forEach((button, i) => {
      if (this.element.children[i] !== button)
        this.element.insertBefore(button, this.element.children[i] ?? null);
    });
    if (focused && !this.element.contains(document.activeElement)) this.element.focus();
  }

  /**
   * Give the command that a key stands for; whether there was one.
   *
   * @param {string} key as in KeyboardEvent
   */
  press(key) {
    const view = this.#shown.find((v) =>
      key === "Enter" || key === " " ? v.main : KEY[v.command]?.toLowerCase() === key.toLowerCase(),
    );
    if (view === undefined) return false;
    this.#give(view.command);
    return true;
  }

  /** @param {ButtonView} view */
  #button(view) {
    const { command, words, main } = view;
    let button = this.#buttons.get(command);
    if (button === undefined) {
      button = /** @type {HTMLButtonElement} */ (
        html("button", {
          type: "button",
          "data-command": command,
          onclick: () => this.#give(command),
        })
      );
      this.#buttons.set(command, button);
    }
    const key = KEY[command];
    button.replaceChildren(words);
    button.classList.toggle("main", main);
    const keys = [...(key ? [key] : []), ...(main ? ["Enter"] : [])];
    if (keys.length) {
      button.setAttribute("aria-keyshortcuts", keys.join(" "));
      const label = main ? "Enter" : key === "Escape" ? "Esc" : key;
      button.append(" ", html("kbd", { "aria-hidden": "true" }, label));
    }
    return button;
  }
}
