/**
 * A running session: the cue first, then the picture of both hips, then what can be done.
 *
 * @typedef {import("./messages.js").View} View
 * @typedef {import("./messages.js").Sensor} Sensor
 * @typedef {import("./live_angles.js").LiveAngles} LiveAngles
 */

import { Commands } from "./commands.js";
import { Curve } from "./curve.js";
import { Drawn, html, say, show } from "./elements.js";
import { HoldRing } from "./hold_ring.js";
import { LegPanel } from "./leg_panel.js";
import { ofShin } from "./marks.js";
import { SensorHealth } from "./sensor_health.js";
import { key, pose } from "./shown_pose.js";
import { turnWords } from "./turn_words.js";
import { watchingNote } from "./watching.js";
import { SIDES, clock, counted, degrees, duration, known, taskName, turned } from "./wording.js";

/** Stages in which the angles are what matters; in all others the picture of the pose is. */
const WITH_ANGLES = ["familiarise", "measure", "stretch"];

/** Cues longer than this are set smaller, so that the dials stay in sight. */
const LONG_CUE = 26;
const LONG_WARNING = 110;

/** @type {Record<string, string>} */
const STAGE = {
  familiarise: "to try, not counted",
  retest: "test again",
  assign: "which sensor is where",
};

export class SessionView {
  #drawn = new Drawn();
  #facts = html("p", { class: "facts" });
  #cue = html("h1", { id: "cue", "aria-live": "assertive", "aria-atomic": "true" });
  #notice = html("p", { id: "notice", role: "status" });
  #warning = html("p", { id: "warning", role: "alert" });
  #stopRules = html("ul", { id: "stop-rules" });
  #stretch = html("p", { class: "stretch-facts" });
  #ring = new HoldRing();
  #legs = SIDES.map((side) => new LegPanel(side));
  #turnWords = html("div");
  #curve = new Curve();
  #key = html("p", { class: "key" });
  #health = new SensorHealth();
  #now = html("p", { id: "angle-now", role: "status" });
  #watching;
  #commands;
  #angles;
  #speak;
  /** @type {View | null} */
  #view = null;
  element;

  /**
   * @param {LiveAngles} angles
   * @param {{give: (command: string) => void, drive: () => void,
   *   speak: (words: string) => void}} actions
   */
  constructor(angles, actions) {
    this.#angles = angles;
    this.#speak = actions.speak;
    this.#commands = new Commands(actions.give);
    this.#watching = watchingNote(actions.drive);
    this.element = html(
      "div",
      { class: "session" },
      html("div", { class: "strip" }, this.#facts, this.#health.element),
      html(
        "div",
        { class: "say" },
        this.#ring.element,
        html("div", { class: "words" }, this.#cue, this.#notice, this.#stopRules),
        this.#stretch,
        this.#warning,
      ),
      html(
        "div",
        { class: "angles" },
        html(
          "div",
          { class: "both" },
          html("div", { class: "legs" }, ...this.#legs.map((leg) => leg.element)),
          this.#turnWords,
        ),
        this.#curve.element,
        this.#key,
        this.#asking(),
      ),
      html("div", { class: "doing" }, this.#watching, this.#commands.element),
    );
  }

  /**
   * @param {View} view
   * @param {boolean} drives whether this tab leads
   */
  draw(view, drives) {
    this.#view = view;
    this.element.dataset.layout = WITH_ANGLES.includes(view.stage) ? "angles" : "pose";
    this.element.classList.toggle("paused", view.paused);
    say(this.#cue, view.cue.text);
    this.#cue.toggleAttribute("data-long", view.cue.text.length > LONG_CUE);
    say(this.#notice, view.notice);
    say(this.#warning, view.warning);
    this.#warning.toggleAttribute("data-long", view.warning.length > LONG_WARNING);
    this.#drawStopRules(view.stop_rules);
    this.#drawFacts(view);
    this.#drawStretch(view);
    this.#ring.draw(pose(view), view.fraction);
    for (const leg of this.#legs) leg.draw(view);
    if (this.#drawn.changed("words", ofShin(view)))
      this.#turnWords.replaceChildren(turnWords(ofShin(view)));
    this.#curve.show(ofShin(view) ? "shin_slope_deg" : "rotation_deg");
    say(this.#key, key(view));
    this.#commands.draw(drives ? view.buttons : []);
    show(this.#watching, !drives);
  }

  /** @param {Sensor[]} sensors */
  drawSensors(sensors) {
    this.#health.draw(sensors);
  }

  /** @param {import("./messages.js").Frame} frame */
  take(frame) {
    this.#curve.take(frame);
  }

  forget() {
    this.#curve.clear();
  }

  /** @param {number} now_ms */
  animate(now_ms) {
    if (this.element.dataset.layout !== "angles") return;
    for (const leg of this.#legs) leg.turn(this.#angles, now_ms);
    this.#curve.draw(now_ms);
  }

  /** @param {string} key */
  press(key) {
    return this.#commands.press(key);
  }

  /** Say the angles of now: aloud, to a screen reader, and in writing. */
  sayAngles() {
    const legs = this.#angles.newest?.legs ?? {};
    const shin = this.#view !== null && ofShin(this.#view);
    const words = SIDES.map((side) => {
      const angle = (shin ? legs[side]?.shin_slope_deg : legs[side]?.rotation_deg) ?? null;
      if (angle === null || !known(angle)) return `${side} not measured`;
      return `${side} ${shin ? `${degrees(angle)} from the horizontal` : turned(angle)}`;
    });
    this.#now.textContent = `Now: ${words.join(", ")}.`;
    this.#speak(words.join(", "));
  }

  #asking() {
    const ask = html(
      "button",
      {
        type: "button",
        class: "quiet",
        "data-action": "say-angle",
        "aria-keyshortcuts": "A",
        onclick: () => this.sayAngles(),
      },
      "Read the angles ",
      html("kbd", { "aria-hidden": "true" }, "A"),
    );
    return html("div", { class: "asking" }, ask, this.#now);
  }

  /** @param {string[]} rules */
  #drawStopRules(rules) {
    show(this.#stopRules, rules.length > 0);
    if (!this.#drawn.changed("stop rules", rules)) return;
    this.#stopRules.replaceChildren(...rules.map((rule) => html("li", {}, rule)));
  }

  /** @param {View} view */
  #drawFacts(view) {
    const parts = [view.person, view.title];
    const tasks = [...new Set(view.done.map((d) => d.task))];
    if (tasks.length > 1 && view.task !== null)
      parts.push(`${taskName(view.task)}, ${tasks.indexOf(view.task) + 1} of ${tasks.length}`);
    if (STAGE[view.stage]) parts.push(STAGE[view.stage]);
    if (view.paused) parts.push("paused");
    if (!this.#drawn.changed("facts", [parts, view.simulated])) return;
    this.#facts.replaceChildren(
      parts.filter(Boolean).join(" · "),
      ...(view.simulated ? [" ", html("strong", { class: "badge" }, "simulated")] : []),
    );
  }

  /** @param {View} view */
  #drawStretch(view) {
    const stretch = view.stretch;
    show(this.#stretch, stretch !== null);
    if (stretch === null) return;
    const seen = { ...stretch, left_s: Math.ceil(stretch.left_s) };
    if (!this.#drawn.changed("stretch", seen)) return;
    const of = SIDES.flatMap((side) =>
      stretch.bouts_of[side] ? [`${stretch.bouts_of[side]} ${side}`] : [],
    );
    const best = stretch.best_deg === null ? "" : ` · best ${degrees(stretch.best_deg)}`;
    this.#stretch.replaceChildren(
      html("b", { class: "clock", "aria-hidden": "true" }, clock(stretch.left_s)),
      html(
        "span",
        {},
        `Bout ${stretch.bout} of ${stretch.bouts}${of.length > 1 ? ` (${of.join(", ")})` : ""}${best}`,
      ),
      html(
        "span",
        { class: "soft" },
        `Today: ${counted(stretch.today_bouts, "bout")}, ${duration(stretch.today_s)}`,
      ),
    );
  }
}
