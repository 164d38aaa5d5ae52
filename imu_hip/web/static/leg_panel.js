/**
 * One leg of the picture of both hips: its dial or shin, its angle now, the words for both
 * directions and how many repetitions are done.
 *
 * @typedef {import("./messages.js").View} View
 * @typedef {import("./live_angles.js").LiveAngles} LiveAngles
 * @typedef {import("./wording.js").Side} Side
 */

import { Dial } from "./dial.js";
import { Drawn, html, say } from "./elements.js";
import { dialMarks, ofShin, shinMarks } from "./marks.js";
import { Shin } from "./shin.js";
import { FOOT, TURN, capital, degrees, turned } from "./wording.js";
import { endsOf } from "./turn_words.js";

export class LegPanel {
  #drawn = new Drawn();
  #dial;
  #shin;
  #number = html("p", { class: "number", "aria-hidden": "true" });
  #ends = html("div", { class: "ends" });
  #ofShin = false;
  element;

  /** @param {Side} side */
  constructor(side) {
    this.side = side;
    this.#dial = new Dial(side);
    this.#shin = new Shin(side);
    this.element = html(
      "section",
      { class: `leg ${side}`, "aria-label": `${capital(side)} hip`, "data-leg": side },
      html("div", { class: "leg-head" }, html("h2", {}, `${capital(side)} hip`), this.#number),
      this.#dial.element,
      this.#shin.element,
      this.#ends,
    );
  }

  /** @param {View} view */
  draw(view) {
    this.#ofShin = ofShin(view);
    if (this.#drawn.changed("kind", this.#ofShin)) {
      this.#dial.element.classList.toggle("absent", this.#ofShin);
      this.#shin.element.classList.toggle("absent", !this.#ofShin);
    }
    if (this.#ofShin) this.#shin.draw(shinMarks(view, this.side));
    else this.#dial.draw(dialMarks(view, this.side));
    this.element.classList.toggle("tested", view.side === this.side);
    if (this.#drawn.changed("ends", [view.task, view.done, this.#ofShin])) this.#drawEnds(view);
  }

  /**
   * Draw the angle of now.
   *
   * @param {LiveAngles} angles
   * @param {number} now_ms
   */
  turn(angles, now_ms) {
    const quantity = this.#ofShin ? "shin_slope_deg" : "rotation_deg";
    const old = angles.isOld(now_ms);
    (this.#ofShin ? this.#shin : this.#dial).turn(angles.at(this.side, quantity, now_ms), old);
    const newest = angles.newest?.legs[this.side]?.[quantity] ?? null;
    say(
      this.#number,
      newest === null || old ? "–" : this.#ofShin ? degrees(newest) : turned(newest),
    );
  }

  /** @param {View} view */
  #drawEnds(view) {
    const done = view.done.filter((d) => d.task === view.task && d.side === this.side);
    if (this.#ofShin) {
      const crossing = done.find((d) => d.direction === null);
      this.#ends.replaceChildren(
        html("div", { class: "end" }, crossing ? progress(crossing, "leg crossed") : null),
      );
      return;
    }
    this.#ends.replaceChildren(
      ...endsOf(this.side).map((direction) => {
        const count = done.find((d) => d.direction === direction);
        const words = `${TURN[direction]}, ${FOOT[direction]}`;
        return html(
          "div",
          { class: "end", "data-direction": direction },
          count ? progress(count, words) : null,
        );
      }),
    );
  }
}

/**
 * Repetitions done of those wanted, as dots and in words.
 *
 * @param {import("./messages.js").Done} done
 * @param {string} movement
 */
function progress(done, movement) {
  const dots = "●".repeat(done.counted) + "○".repeat(Math.max(0, done.wanted - done.counted));
  const words = `${movement}: ${done.counted} of ${done.wanted} counted`;
  return html(
    "span",
    { class: "progress" },
    html("span", { "aria-hidden": "true" }, dots),
    html("span", { class: "unseen" }, words),
  );
}
