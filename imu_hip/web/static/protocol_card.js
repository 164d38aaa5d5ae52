/** A protocol to choose, with its picture. */

import { html } from "./elements.js";
import { HoldRing } from "./hold_ring.js";

/** @type {Record<string, import("./pictures.js").Pose>} */
const CARD_PICTURE = {
  test: { doing: "turn", side: "left", direction: "internal", task: "seated" },
  prone: { doing: "turn", side: "left", direction: "internal", task: "prone" },
  crossed: { doing: "cross_leg", side: "left", direction: null, task: "cross-legged" },
  stretch: { doing: "stretch", side: "left", direction: null, task: "stretch" },
  calibration: { doing: "stand", side: null, direction: null, task: null },
};

/**
 * @param {import("./messages.js").ProtocolOffer} protocol
 * @param {boolean} disabled
 * @param {(protocol: string) => void} start
 */
export function protocolCard(protocol, disabled, start) {
  const ring = new HoldRing();
  ring.draw(cardPicture(protocol), null);
  return html(
    "button",
    {
      type: "button",
      class: "card",
      "data-protocol": protocol.name,
      disabled,
      onclick: () => start(protocol.name),
    },
    ring.element,
    html(
      "span",
      { class: "card-words" },
      html("b", {}, protocol.title),
      html("span", {}, protocol.about),
    ),
  );
}

/** @param {import("./messages.js").ProtocolOffer} protocol */
function cardPicture(protocol) {
  if (protocol.kind !== "test") return CARD_PICTURE[protocol.kind] ?? CARD_PICTURE.test;
  if (protocol.name.includes("prone")) return CARD_PICTURE.prone;
  return protocol.name.includes("cross") ? CARD_PICTURE.crossed : CARD_PICTURE.test;
}
