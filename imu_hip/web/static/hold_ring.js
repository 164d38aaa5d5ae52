/** The picture of what to do, in a ring that fills up as a pose, hold or bout gets done. */

import { Drawn, svg } from "./elements.js";
import { picture } from "./pictures.js";

export class HoldRing {
  #drawn = new Drawn();
  #figure = svg("g");
  #done = svg("circle", {
    class: "ring-done",
    cx: 100,
    cy: 100,
    r: 95,
    pathLength: 1,
    transform: "rotate(-90 100 100)",
  });
  #track = svg("circle", { class: "ring-track", cx: 100, cy: 100, r: 95 });
  element = svg(
    "svg",
    { class: "figure", viewBox: "0 0 200 200", "aria-hidden": "true", focusable: "false" },
    this.#track,
    this.#done,
    this.#figure,
  );

  /**
   * @param {import("./pictures.js").Pose} pose
   * @param {number | null} fraction
   */
  draw(pose, fraction) {
    if (this.#drawn.changed("pose", pose)) this.#figure.replaceChildren(picture(pose));
    if (!this.#drawn.changed("fraction", fraction)) return;
    const part = Math.max(0, Math.min(1, fraction ?? 0));
    this.#done.setAttribute("stroke-dasharray", `${part.toFixed(3)} 2`);
    this.#track.classList.toggle("timed", fraction !== null);
    this.#done.classList.toggle("nothing", part === 0);
  }
}
