/** The help: one panel over the page, for whoever holds the sensors in the hand. */

import { KEY } from "./commands.js";
import { html, say, show } from "./elements.js";
import { bothTurns, wearing } from "./help_figures.js";

/** What a key does, by command. @type {Record<string, string>} */
const DOES = {
  keep: "takes the angle of now",
  redo: "does the last turn again",
  skip: "skips this movement",
  pain: "it hurts: ends this movement",
  pause: "pauses, and goes on",
  stop: "stops the session; what was measured is kept",
};

/** Keys that are no command's, and the key of each command once. */
const KEYS = [
  ["Enter", "presses the filled button"],
  ...Object.entries(DOES).map(([command, does]) => [shown(KEY[command]), does]),
  ["A", "says the angles of now"],
  ["? or F1", "opens this help"],
];

export class Help {
  #device = html("p");
  #running = html(
    "p",
    { class: "note", hidden: true },
    "The session goes on behind this help. To read at ease, close it and pause first.",
  );
  #dialog;

  constructor() {
    this.#dialog = /** @type {HTMLDialogElement} */ (
      html(
        "dialog",
        { class: "help", "aria-labelledby": "help-title" },
        html(
          "div",
          { class: "help-head" },
          html("h2", { id: "help-title" }, "Help"),
          html(
            "button",
            { type: "button", autofocus: true, onclick: () => this.#dialog.close() },
            "Close",
          ),
        ),
        this.#running,
        html("div", { class: "help-body" }, ...sections(this.#device)),
      )
    );
  }

  /**
   * Open the panel; Esc and its button close it, and the focus goes back to where it was.
   *
   * @param {string} device what imu_hip is and is not
   * @param {boolean} running whether a session goes on meanwhile
   */
  open(device, running) {
    if (this.#dialog.isConnected) return;
    const before = /** @type {HTMLElement | null} */ (document.activeElement);
    say(this.#device, device);
    show(this.#running, running);
    this.#dialog.addEventListener(
      "close",
      () => {
        this.#dialog.remove();
        before?.focus?.();
      },
      { once: true },
    );
    document.body.append(this.#dialog);
    this.#dialog.showModal();
    this.#dialog.scrollTop = 0;
  }
}

/** @param {() => void} open */
export function helpButton(open) {
  return html(
    "button",
    {
      type: "button",
      class: "switch",
      "data-action": "help",
      "aria-label": "Help",
      "aria-haspopup": "dialog",
      "aria-keyshortcuts": "? F1",
      onclick: open,
    },
    "?",
  );
}

/** @param {HTMLElement} device */
function sections(device) {
  return [
    section(
      "Where the sensors go",
      wearing(),
      paragraph(
        "One on each thigh, low on the outside; one on each shin, flat on the bone. Strap them " +
          "tight. Which way round they sit does not matter, but after the calibration they must " +
          "not move.",
      ),
    ),
    section(
      "What the two words mean",
      bothTurns(),
      paragraph(
        "The words are of the thigh bone. It turns inward when the foot of a bent leg moves out, " +
          "away from the other foot. The page says both each time, and shows you as in a mirror: " +
          "your left is on the left.",
      ),
    ),
    section(
      "What counts",
      list(
        "Turn slowly, as far as it goes without pain, hold until you are told, and go slowly back.",
        "A turn does not count where the thigh lifts, the knee leaves its angle, the hold is too " +
          "short or samples are lost. The page says which it was and asks again.",
        "What you take with a button counts as you say.",
        "A difference smaller than the measurement error is called no measurable difference.",
      ),
    ),
    section("Keys", keys()),
    section(
      "When a sensor is lost",
      list(
        "The page names it and waits. Only the turn that was running does not count.",
        "Go near the computer, and see whether the sensor is on and charged. It comes back by " +
          "itself and the session goes on.",
        "If it stays away, go on without it, or stop: what was measured is kept.",
        "If one slipped or was taken off, strap it on again and calibrate again.",
      ),
    ),
    section(
      "What is kept, and where",
      list(
        "The name or alias, the results, each turn, the recording and the report: on the " +
          "computer that runs imu_hip, or in the database that it was told to use. Nothing goes " +
          "to the internet.",
        "This browser remembers only whether sound, voice and dark are on.",
        "Under Earlier results everything of a person can be fetched or deleted.",
      ),
    ),
    section("Not a medical device", device),
  ];
}

/**
 * @param {string} title
 * @param {...Node} children
 */
const section = (title, ...children) => html("section", {}, html("h3", {}, title), ...children);

/** @param {string} words */
const paragraph = (words) => html("p", {}, words);

/** @param {...string} items */
const list = (...items) => html("ul", {}, ...items.map((item) => html("li", {}, item)));

const keys = () =>
  html(
    "dl",
    { class: "keys" },
    ...KEYS.map(([key, does]) =>
      html("div", {}, html("dt", {}, html("kbd", {}, key)), html("dd", {}, does)),
    ),
  );

/** @param {string} key */
function shown(key) {
  return key === "Escape" ? "Esc" : key;
}
