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
  #hits = drawing("g");
  /** @type {Map<string, SVGElement>} by family and shade */
  #paths = new Map();
  root = drawing(
    "svg",
    { class: "roll", preserveAspectRatio: "none", "aria-hidden": true },
    this.#rules,
    this.#bars,
    this.#hits,
  );

  /**
   * @param {Groove} groove
   * @param {number[]} rows the voices that have one, low drums first
   * @param {{ ruled?: boolean, families?: string[] }} how ruled: with a line for each row and beat;
   *   families: of all voices, each of which has its colour
   */
  show(groove, rows, { ruled = false, families = [] } = {}) {
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
    /** @type {Map<string, string>} */
    const strokes = new Map();
    for (const { step, timing, voice, velocity } of hits) {
      const row = rows.length - 1 - rows.indexOf(voice);
      const shade = Math.min(SHADES - 1, Math.floor((velocity / 127) * SHADES));
      const kind = `${families[voice] ?? ""} ${shade}`;
      const line = `M${(step + timing).toFixed(2)} ${row}h${width.toFixed(2)}`;
      strokes.set(kind, (strokes.get(kind) ?? "") + line);
    }
    for (const kind of new Set([...this.#paths.keys(), ...strokes.keys()])) {
      put(this.#pathOf(kind), "d", strokes.get(kind) ?? "");
    }
  }

  /** The path of a family's hits of one shade. @param {string} kind */
  #pathOf(kind) {
    const [family, shade] = kind.split(" ");
    const opacity = FAINTEST + ((1 - FAINTEST) * Number(shade)) / (SHADES - 1);
    const made = () => {
      const path = drawing("path", { opacity, ...(family && { style: `stroke: var(--${family})` }) });
      this.#hits.append(path);
      return path;
    };
    const path = this.#paths.get(kind) ?? made();
    this.#paths.set(kind, path);
    return path;
  }
}
