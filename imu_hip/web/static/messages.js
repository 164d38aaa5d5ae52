/**
 * What the server says. Unknown kinds and broken text are let pass by: a page that is older or
 * newer than its server goes on with what it understands.
 *
 * @typedef {import("./wording.js").Side} Side
 * @typedef {import("./wording.js").Direction} Direction
 *
 * @typedef {{name: string, title: string, about: string, kind: string}} ProtocolOffer
 * @typedef {{alias: string, sex: string | null}} PersonOffer
 * @typedef {{session: number, person: string, title: string, started: string, repetitions: number}} Unfinished
 * @typedef {{device?: string, sexes?: Record<string, string>, modes?: Record<string, string>}} Words
 * @typedef {{type: "hello", drives: boolean, token: string, version: string, protocols: ProtocolOffer[],
 *   people: PersonOffer[], unfinished: Unfinished[], virtual: boolean, words: Words}} Hello
 *
 * @typedef {{rotation_deg: number | null, thigh_elevation_deg: number | null,
 *   knee_flexion_deg: number | null, shin_slope_deg: number | null}} Leg
 * @typedef {{type: "frame", time_s: number, sampled_unix_s: number,
 *   legs: Partial<Record<Side, Leg>>}} Frame
 *
 * @typedef {{segment: string, state: string, streams: boolean, rate_hz: number,
 *   lost_percent: number | null, battery_percent: number | null, problem: string}} Sensor
 *
 * @typedef {{doing: string, side: Side | null, direction: Direction | null}} Asked
 * @typedef {{command: string, words: string, main: boolean}} ButtonView
 * @typedef {{task: string, side: Side, direction: Direction | null, counted: number,
 *   wanted: number}} Done
 * @typedef {{task: string, side: Side, direction: Direction | null, number: number,
 *   peak_deg: number, counted: boolean, reason: string}} Repetition
 * @typedef {{task: string, side: Side, measure: string, value_deg: number, sem_deg: number,
 *   mdc95_deg: number, repetitions: number}} Result
 * @typedef {{bout: number, bouts: number, side: Side, bouts_of: Partial<Record<Side, number>>,
 *   left_s: number, best_deg: number | null, today_bouts: number, today_s: number}} Stretch
 * @typedef {{session: number | null, person: string, protocol: string, title: string,
 *   kind: string, simulated: boolean, stage: string, paused: boolean, task: string | null,
 *   side: Side | null, asked: Asked | null, cue: {text: string, speech: string},
 *   cue_number: number, tone: string | null, tone_number: number, notice: string,
 *   warning: string, fraction: number | null, picture: string, buttons: ButtonView[],
 *   done: Done[], repetitions: Repetition[], results: Result[], last_time: Result[],
 *   stretch: Stretch | null, sentences: string[], report: string, stop_rules: string[]}} View
 *
 * @typedef {Hello | Frame | {type: "idle"} | {type: "view", view: View}
 *   | {type: "sensors", sensors: Sensor[]} | {type: "drives", drives: boolean}
 *   | {type: "problem", problem: string}} Message
 */

/** @type {Record<string, (message: any) => boolean>} */
const WHOLE = {
  hello: (m) => typeof m.token === "string" && Array.isArray(m.protocols),
  idle: () => true,
  view: (m) => isObject(m.view) && typeof m.view.stage === "string" && isObject(m.view.cue),
  frame: (m) => isObject(m.legs) && Number.isFinite(m.time_s),
  sensors: (m) => Array.isArray(m.sensors),
  drives: (m) => typeof m.drives === "boolean",
  problem: (m) => typeof m.problem === "string",
};

/**
 * A message of the server, or null where it is not one that this page knows.
 *
 * @param {unknown} text
 * @returns {Message | null}
 */
export function parsed(text) {
  if (typeof text !== "string") return null;
  let message;
  try {
    message = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(message) || !Object.hasOwn(WHOLE, message.type)) return null;
  if (!WHOLE[message.type](message)) return null;
  if (message.type === "view") message.view = { ...EMPTY_VIEW, ...message.view };
  if (message.type === "hello") message = { ...EMPTY_HELLO, ...message };
  return message;
}

/** @param {unknown} value */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const EMPTY_HELLO = {
  drives: false,
  version: "",
  people: [],
  unfinished: [],
  virtual: false,
  words: {},
};

const EMPTY_VIEW = {
  session: null,
  person: "",
  protocol: "",
  title: "",
  kind: "test",
  simulated: false,
  paused: false,
  task: null,
  side: null,
  asked: null,
  cue_number: 0,
  tone: null,
  tone_number: 0,
  notice: "",
  stop_rules: [],
  warning: "",
  fraction: null,
  picture: "",
  buttons: [],
  done: [],
  repetitions: [],
  results: [],
  last_time: [],
  stretch: null,
  sentences: [],
  report: "",
};
