// A groove, small: a drum grid that fills its place, louder hits stronger.

/** @import { Groove, Shape } from "../types" */

import { SIXTEENTHS, stepsOf } from "../state/groove.js";
import { barsOf, beatsOf } from "../state/meter.js";
import { drawing, put } from "./dom.js";

const SHADES = 4; // of velocity
const FAINTEST = 0.3; // opacity of the softest
const EDGE = 2; // steps before the first bar and after the last
const SHORT = 1 / 22; // of a bar that a hit takes

/**
 * How far from its left edge a step stands, 0 to 1 of a picture's width.
 *
 * @param {number} step
 * @param {Shape} groove
 */
export const placeOf = (step, groove) => (step + EDGE) / (stepsOf(groove) + 2 * EDGE);

export class Roll {
  #rules = drawing("path", { class: "rules", "vector-effect": "non-scaling-stroke" });
  #bars = drawing("path", { class: "bars", "vector-effect": "non-scaling-stroke" });
  #shades = Array.from({ length: SHADES }, (_, i) =>
    drawing("path", { opacity: FAINTEST + ((1 - FAINTEST) * i) / (SHADES - 1) }),
  );
  root = drawing(
    "svg",
    { class: "roll", preserveAspectRatio: "none", "aria-hidden": true },
    this.#rules,
    this.#bars,
    ...this.#shades,
  );

  /**
   * @param {Groove} groove
   * @param {number[]} rows the voices that have one, low drums first
   * @param {{ ruled?: boolean }} how ruled: with a line for each row and beat
   */
  show(groove, rows, { ruled = false } = {}) {
    const { steps, hits } = groove;
    const length = stepsOf(groove);
    put(this.root, "viewBox", `${-EDGE} -0.5 ${length + 2 * EDGE} ${rows.length}`);
    const upright = (/** @type {number} */ step) => `M${step} -.5v${rows.length}`;
    /** @type {(count: number, line: (i: number) => string) => string} */
    const lines = (count, line) => Array.from({ length: count }, (_, i) => line(i)).join("");
    const level = (/** @type {number} */ row) => `M0 ${row}h${length}`;
    const stepOf = (/** @type {number} */ sixteenth) => (sixteenth * steps) / SIXTEENTHS;
    const beats = () => beatsOf(groove).map(({ at }) => upright(stepOf(at))).join("");
    const rules = () => lines(rows.length, level) + beats();
    put(this.#rules, "d", ruled ? rules() : "");
    put(this.#bars, "d", barsOf(groove).map(({ first }) => upright(stepOf(first))).join(""));
    const width = Math.max(1, steps * SHORT);
    const paths = this.#shades.map(() => "");
    for (const { step, timing, voice, velocity } of hits) {
      const row = rows.length - 1 - rows.indexOf(voice);
      const shade = Math.min(SHADES - 1, Math.floor((velocity / 127) * SHADES));
      paths[shade] += `M${(step + timing).toFixed(2)} ${row}h${width.toFixed(2)}`;
    }
    this.#shades.forEach((path, i) => put(path, "d", paths[i]));
  }
}
