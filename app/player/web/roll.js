// A groove, small: a drum grid that fills its place, louder hits stronger.

import { drawing, put } from "./dom.js";

const SHADES = 4; // of velocity
const FAINTEST = 0.3; // opacity of the softest
const EDGE = 2; // steps before the first bar and after the last
const SHORT = 1 / 22; // of a bar that a hit takes

export class Roll {
  #bars = drawing("path", { class: "bars", "vector-effect": "non-scaling-stroke" });
  #shades = Array.from({ length: SHADES }, (_, i) =>
    drawing("path", { opacity: FAINTEST + ((1 - FAINTEST) * i) / (SHADES - 1) }),
  );
  root = drawing(
    "svg",
    { class: "roll", preserveAspectRatio: "none", "aria-hidden": true },
    this.#bars,
    ...this.#shades,
  );

  /** rows: the voices that have one, low drums first. */
  show({ bars, steps, hits }, rows) {
    const length = bars * steps;
    put(this.root, "viewBox", `${-EDGE} -0.5 ${length + 2 * EDGE} ${rows.length}`);
    const lines = Array.from({ length: bars }, (_, bar) => `M${bar * steps} -.5v${rows.length}`);
    put(this.#bars, "d", lines.join(""));
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
