/** Choices that the page remembers: sound, voice, and light or dark. */

import { html } from "./elements.js";

/**
 * What was chosen last; where nothing can be remembered, the usual choice.
 *
 * @param {string} name
 * @param {string} usual
 */
export function remembered(name, usual) {
  try {
    return localStorage.getItem(`imu_hip.${name}`) ?? usual;
  } catch {
    return usual;
  }
}

/**
 * @param {string} name
 * @param {string} value
 */
export function remember(name, value) {
  try {
    localStorage.setItem(`imu_hip.${name}`, value);
  } catch {
    // A browser that keeps nothing still gets what it was told, until the page is closed.
  }
}

/**
 * A switch with a word for itself.
 *
 * @param {string} name
 * @param {string} words
 * @param {boolean} on
 * @param {(on: boolean) => void} onChange
 */
export function switchButton(name, words, on, onChange) {
  const state = html("span", { class: "state", "aria-hidden": "true" });
  const button = html(
    "button",
    { type: "button", class: "switch", "data-switch": name },
    `${words} `,
    state,
  );
  /** @param {boolean} now */
  const set = (now) => {
    button.setAttribute("aria-pressed", String(now));
    state.textContent = now ? "on" : "off";
  };
  set(on);
  button.addEventListener("click", () => {
    const now = button.getAttribute("aria-pressed") !== "true";
    set(now);
    remember(name, now ? "on" : "off");
    onChange(now);
  });
  return button;
}

/** A switch between light and dark that begins with what the system asks for. */
export function themeSwitch() {
  const system = matchMedia("(prefers-color-scheme: dark)").matches;
  const chosen = remembered("dark", "");
  if (chosen) setTheme(chosen === "on");
  return switchButton("dark", "Dark", chosen ? chosen === "on" : system, setTheme);
}

/** @param {boolean} dark */
function setTheme(dark) {
  document.documentElement.dataset.theme = dark ? "dark" : "light";
}
