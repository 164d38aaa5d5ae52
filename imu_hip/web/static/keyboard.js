/** Keys for the whole page; keys that belong to a field, a button or a question stay there. */

/**
 * Call `press` with each key that is free; what it takes is taken from the browser.
 *
 * @param {(key: string) => boolean} press
 */
export function listen(press) {
  document.addEventListener("keydown", (event) => {
    if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented)
      return;
    if (document.querySelector("dialog[open]")) return;
    const target = /** @type {Element | null} */ (event.target);
    // A key of function writes nothing, so it means the same in a field.
    if (event.key !== "F1" && target?.closest("input, select, textarea")) return;
    const own = event.key === "Enter" || event.key === " ";
    if (own && target?.closest("button, a, summary")) return;
    if (press(event.key)) event.preventDefault();
  });
}
