// The picture of one groove, with its voices' names and the numbers of its bars: a part of the page
// by itself.

/** @import { Groove, PictureData } from "../types" */

import { element, put, style } from "./dom.js";
import { stepsOf, unpackGroove } from "../state/groove.js";
import { placeOf, Roll } from "./roll.js";

export class Picture {
  // The style sheet makes it visible: nothing is shown before it can be shown rightly.
  root = element("div", { class: "player picture", role: "img", style: "visibility: hidden" });
  #roll = new Roll();
  #names = element("div", { class: "names" });
  #numbers = element("div", { class: "numbers" });

  constructor() {
    this.root.append(this.#names, this.#roll.root, this.#numbers);
  }

  /**
   * groove: as Python sends it; rows: the voices that have one, low drums first; names: theirs;
   * accent: its colour; label: what it shows, for screen readers;
   * first: number of its first bar.
   *
   * @param {PictureData} data
   */
  receive({ groove, rows, names, accent, label, first }) {
    const shown = unpackGroove(groove);
    this.#roll.show(shown, rows, { ruled: true });
    style(this.root, "--rows", rows.length);
    style(this.root, "--mix", accent);
    put(this.root, "aria-label", label);
    const top = names.map((name) => element("span", {}, name)).reverse();
    this.#names.replaceChildren(...top);
    this.#numbers.replaceChildren(...Array.from({ length: shown.bars }, numberIn(shown, first)));
  }
}

/**
 * The number of a bar, below its first line.
 *
 * @param {Groove} groove
 * @param {number} number of its first bar
 */
const numberIn = (groove, number) => (/** @type {unknown} */ _, /** @type {number} */ bar) => {
  const first = stepsOf({ ...groove, bars: bar });
  const left = `left: ${100 * placeOf(first, groove)}%`;
  return element("span", { style: left }, String(bar + number));
};
