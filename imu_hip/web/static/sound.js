/** Short tones that differ by pitch and by rhythm, so that neither alone has to be heard. */

/**
 * Notes as [start in s, length in s, pitch in Hz].
 *
 * @type {Record<string, [number, number, number][]>}
 */
export const TONES = {
  plateau: [[0, 0.22, 740]],
  counted: [
    [0, 0.1, 660],
    [0.14, 0.18, 990],
  ],
  not_counted: [
    [0, 0.26, 233],
    [0.36, 0.26, 196],
  ],
  change: [
    [0, 0.12, 523],
    [0.2, 0.12, 523],
    [0.4, 0.12, 523],
  ],
  done: [
    [0, 0.16, 523],
    [0.18, 0.16, 659],
    [0.36, 0.4, 784],
  ],
};

const LOUDNESS = 0.25;
const RAMP_S = 0.015;

export class Sound {
  /** @type {AudioContext | null} */
  #context = null;
  on = true;

  /** Must run inside a click or key press: browsers let no page sound before one. */
  unlock() {
    if (typeof AudioContext === "undefined") return;
    this.#context ??= new AudioContext();
    if (this.#context.state === "suspended") this.#context.resume().catch(() => {});
  }

  /** @param {string | null} tone */
  play(tone) {
    const context = this.#context;
    if (!this.on || context === null || tone === null || !Object.hasOwn(TONES, tone)) return;
    for (const [start_s, length_s, pitch_hz] of TONES[tone]) {
      note(context, context.currentTime + start_s, length_s, pitch_hz);
    }
  }
}

/**
 * @param {AudioContext} context
 * @param {number} start_s
 * @param {number} length_s
 * @param {number} pitch_hz
 */
function note(context, start_s, length_s, pitch_hz) {
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  oscillator.frequency.value = pitch_hz;
  // Ramps instead of steps: a step is heard as a click.
  gain.gain.setValueAtTime(0, start_s);
  gain.gain.linearRampToValueAtTime(LOUDNESS, start_s + RAMP_S);
  gain.gain.setValueAtTime(LOUDNESS, start_s + length_s - RAMP_S);
  gain.gain.linearRampToValueAtTime(0, start_s + length_s);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(start_s);
  oscillator.stop(start_s + length_s);
}
