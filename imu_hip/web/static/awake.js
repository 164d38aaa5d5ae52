/** Keeps the screen on while a session runs: nobody touches it from two metres away. */

export class Awake {
  #wanted = false;
  /** @type {WakeLockSentinel | null} */
  #lock = null;

  constructor() {
    // The browser lets go of the screen whenever the page is hidden.
    document.addEventListener("visibilitychange", () => this.keep(this.#wanted));
  }

  /** @param {boolean} wanted */
  async keep(wanted) {
    this.#wanted = wanted;
    if (!wanted) {
      await this.#lock?.release();
      this.#lock = null;
      return;
    }
    const held = this.#lock !== null && !this.#lock.released;
    if (held || !("wakeLock" in navigator) || document.visibilityState !== "visible") return;
    try {
      this.#lock = await navigator.wakeLock.request("screen");
    } catch {
      // A browser may refuse, as with a low battery; the session goes on all the same.
    }
  }
}
