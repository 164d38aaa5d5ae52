/**
 * The page: one line to the server, one view at a time, one loop that draws.
 *
 * @typedef {import("./messages.js").Message} Message
 * @typedef {import("./messages.js").View} View
 */

import { Awake } from "./awake.js";
import { confirmed } from "./confirm.js";
import { Connection } from "./connection.js";
import { say } from "./elements.js";
import { Help, helpButton } from "./help.js";
import { HistoryView } from "./history_view.js";
import { listen } from "./keyboard.js";
import { LiveAngles } from "./live_angles.js";
import { ResultView } from "./result_view.js";
import { SessionView } from "./session_view.js";
import { Sound } from "./sound.js";
import { Speech } from "./speech.js";
import { StartView } from "./start_view.js";
import { remembered, switchButton, themeSwitch } from "./switches.js";

const FINISHED = ["result", "stopped"];

const main = /** @type {HTMLElement} */ (document.querySelector("main"));
const line = /** @type {HTMLElement} */ (document.getElementById("line"));
const problem = /** @type {HTMLElement} */ (document.getElementById("problem"));
const sound = new Sound();
const speech = new Speech();
const awake = new Awake();
const angles = new LiveAngles();
const help = new Help();
const connection = new Connection(follow, (state, reason) => {
  document.body.dataset.line = state;
  say(
    line,
    state === "lost"
      ? `The connection to imu_hip is lost. Trying again by itself.${reason ? ` (${reason})` : ""}`
      : "",
  );
  if (state === "lost") angles.clear();
});

/** @type {import("./messages.js").Hello | null} */
let hello = null;
/** @type {View | null} */
let view = null;
let drives = false;
/** Whether earlier results are looked at, beside whatever the server does. */
let browsing = false;

const startView = new StartView({
  start: (wish) => begin({ type: "start", ...wish }),
  resume: (session) => begin({ type: "resume", session }),
  history: (person) => browse(person),
  drive,
});
const sessionView = new SessionView(angles, {
  give,
  drive,
  speak: (words) => speech.say(words),
});
const resultView = new ResultView(give, {
  leave: () => connection.send({ type: "leave" }),
  drive,
  history: (person) => browse(person),
});
const historyView = new HistoryView(
  () => connection.token,
  () => {
    browsing = false;
    draw();
  },
);

/** @param {Message} message */
function follow(message) {
  if (message.type === "frame") {
    angles.take(message, performance.now());
    sessionView.take(message);
    return;
  }
  if (message.type === "sensors") {
    sessionView.drawSensors(message.sensors);
    return;
  }
  if (message.type === "problem") {
    say(problem, message.problem);
    return;
  }
  if (message.type === "hello") {
    hello = message;
    drives = message.drives;
  } else if (message.type === "drives") drives = message.drives;
  else if (message.type === "idle") over();
  else if (message.type === "view") show(message.view);
  draw();
}

/** @param {View} newer */
function show(newer) {
  const older = view;
  view = newer;
  if (older === null || older.session !== newer.session) {
    browsing = false;
    sessionView.forget();
  }
  // What was said before this page looked is not said again; a page that only watches is quiet.
  if (!drives) return;
  if (older === null || older.cue_number !== newer.cue_number) speech.say(newer.cue.speech);
  if (older !== null && older.tone_number !== newer.tone_number) sound.play(newer.tone);
  if (older !== null && older.cue_number !== newer.cue_number) say(problem, "");
}

function over() {
  startView.suggest(view?.person ?? "");
  view = null;
  angles.clear();
  speech.quiet();
  sessionView.drawSensors([]);
}

function draw() {
  if (hello === null) return;
  if (browsing) return place("history", historyView.element);
  if (view === null) {
    startView.draw(hello, drives);
    return place("start", startView.element);
  }
  main.dataset.stage = view.stage;
  main.dataset.cueNumber = String(view.cue_number);
  if (FINISHED.includes(view.stage)) {
    resultView.draw(view, drives);
    return place("result", resultView.element);
  }
  sessionView.draw(view, drives);
  return place("session", sessionView.element);
}

/**
 * @param {string} name
 * @param {HTMLElement} element
 */
function place(name, element) {
  if (name !== "session" && name !== "result") {
    delete main.dataset.stage;
    delete main.dataset.cueNumber;
  }
  if (main.firstElementChild === element) return;
  const first = main.dataset.view === undefined;
  main.dataset.view = name;
  awake.keep(name === "session");
  main.replaceChildren(element);
  scrollTo(0, 0);
  if (!first) main.focus({ preventScroll: true });
}

/** @param {{type: string, [field: string]: unknown}} message */
function begin(message) {
  sound.unlock();
  say(problem, "");
  if (!connection.send(message))
    say(problem, "The connection to imu_hip is lost; try again when it is back.");
}

function drive() {
  sound.unlock();
  connection.send({ type: "drive" });
}

/** @param {string} command */
async function give(command) {
  sound.unlock();
  if (command === "stop") {
    const sure = await confirmed(
      "Stop here?",
      "What was measured so far is kept.",
      "Stop",
      "Go on",
    );
    if (!sure) return;
  }
  connection.send({ type: "command", command });
}

/** @param {string} person */
function browse(person) {
  browsing = true;
  // Whoever is measured now may be new, and not among those of the greeting.
  const aliases = [
    ...(hello?.people.map((p) => p.alias) ?? []),
    ...(view === null ? [] : [view.person]),
  ];
  historyView.open([...new Set(aliases)], person);
  draw();
}

function openHelp() {
  help.open(hello?.words.device ?? "", main.dataset.view === "session" && view?.paused === false);
}

/** @param {number} now_ms */
function animate(now_ms) {
  if (main.dataset.view === "session") {
    sessionView.animate(Math.max(now_ms, performance.now()));
    angles.wasDrawn();
  }
  requestAnimationFrame(animate);
}

const switches = /** @type {HTMLElement} */ (document.querySelector(".switches"));
sound.on = remembered("sound", "on") === "on";
speech.on = remembered("voice", "on") === "on";
switches.append(
  switchButton("sound", "Sound", sound.on, (on) => {
    sound.on = on;
    sound.unlock();
    sound.play("counted");
  }),
  switchButton("voice", "Voice", speech.on, (on) => {
    speech.on = on;
    if (on) speech.say("The voice is on.");
    else speech.quiet();
  }),
  themeSwitch(),
  helpButton(openHelp),
);
listen((key) => {
  if (key === "?" || key === "F1") {
    openHelp();
    return true;
  }
  if (drives && main.dataset.view === "session") {
    if (key.toLowerCase() === "a") {
      sessionView.sayAngles();
      return true;
    }
    return sessionView.press(key);
  }
  return drives && main.dataset.view === "result" && resultView.press(key);
});
Object.assign(window, { imuHipDelays: angles.delays });
connection.open();
requestAnimationFrame(animate);
