/**
 * The line to the server: it comes back by itself, ever more patiently, and says how it is.
 *
 * @typedef {import("./messages.js").Message} Message
 * @typedef {"connecting" | "open" | "lost"} LineState
 */

import { parsed } from "./messages.js";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5000;

export class Connection {
  /** @type {WebSocket | null} */
  #socket = null;
  #token = "";
  #wait_ms = FIRST_WAIT_MS;
  #timer = 0;
  #onMessage;
  #onState;

  /**
   * @param {(message: Message) => void} onMessage
   * @param {(state: LineState, reason: string) => void} onState
   */
  constructor(onMessage, onState) {
    this.#onMessage = onMessage;
    this.#onState = onState;
    addEventListener("online", () => this.#again());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.#again();
    });
  }

  /** What a changing request must carry, as told by the server. */
  get token() {
    return this.#token;
  }

  open() {
    clearTimeout(this.#timer);
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/live`);
    this.#socket = socket;
    socket.onmessage = (event) => {
      const message = parsed(event.data);
      if (message === null) return;
      if (message.type === "hello") {
        this.#token = message.token;
        this.#wait_ms = FIRST_WAIT_MS;
        this.#onState("open", "");
      }
      this.#onMessage(message);
    };
    socket.onclose = (event) => this.#closed(socket, event.reason);
  }

  /**
   * Send a message; false where the line is down, and then nothing is kept for later: a command
   * that arrives late would do harm.
   *
   * @param {{type: string, [field: string]: unknown}} message
   */
  send(message) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify({ ...message, token: this.#token }));
    return true;
  }

  /**
   * @param {WebSocket} socket
   * @param {string} reason
   */
  #closed(socket, reason) {
    if (socket !== this.#socket) return;
    this.#socket = null;
    this.#onState("lost", reason);
    this.#timer = setTimeout(() => this.open(), this.#wait_ms);
    this.#wait_ms = Math.min(this.#wait_ms * 2, LONGEST_WAIT_MS);
  }

  #again() {
    if (this.#socket === null) this.open();
  }
}
