/** The spoken cue: a new one cuts the old one off, because only the newest is true. */

export class Speech {
  on = true;

  /** @param {string} words */
  say(words) {
    if (!this.on || !words || !("speechSynthesis" in window)) return;
    speechSynthesis.cancel();
    const spoken = new SpeechSynthesisUtterance(words);
    spoken.lang = "en-GB";
    speechSynthesis.speak(spoken);
  }

  quiet() {
    if ("speechSynthesis" in window) speechSynthesis.cancel();
  }
}
