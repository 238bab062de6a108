// The picture of one groove, a part of the page by itself: bare, or with its voices' names and the
// numbers of its bars.

import { element, put, style } from "./dom.js";
import { unpackGroove } from "./groove.js";
import { placeOf, Roll } from "./roll.js";

export class Picture {
  // The style sheet makes it visible: nothing is shown before it can be shown rightly.
  root = element("section", { class: "player picture", style: "visibility: hidden" });
  #roll = new Roll();
  #names = element("div", { class: "names" });
  #bars = element("div", { class: "numbers" });

  constructor() {
    this.root.append(this.#names, this.#roll.root, this.#bars);
  }

  /**
   * groove: as Python sends it; rows: the voices that have one, low drums first. names: theirs, or
   * null for the bare picture; accent: its colour, or null for the blend's; label: for screen readers.
   */
  receive({ groove, rows, names, accent, label }) {
    const shown = unpackGroove(groove);
    this.#roll.show(shown, rows, { ruled: Boolean(names) });
    this.root.classList.toggle("named", Boolean(names));
    style(this.root, "--rows", rows.length);
    if (accent) style(this.root, "--mix", accent);
    put(this.root, "role", "img");
    put(this.root, "aria-label", label);
    const top = [...(names ?? [])].reverse().map((name) => element("span", {}, name));
    this.#names.replaceChildren(...top);
    this.#bars.replaceChildren(...(names ? Array.from({ length: shown.bars }, numberOf(shown)) : []));
  }
}

/** Below its first line, the number of a bar. */
const numberOf = (groove) => (_, bar) =>
  element("span", { style: `left: ${100 * placeOf(bar * groove.steps, groove)}%` }, bar + 1);
