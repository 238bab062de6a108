// A picture of the path from A to B: a ribbon for each family, as wide as it is played there.

/** @import { Groove, Path, Voice } from "../types" */
/** @import { Player } from "../state/player.js" */

import { element, fitted, onResolution, perFrame } from "./dom.js";
import { coloursOf } from "./look.js";

const FAMILIES = ["percussion", "crash", "ride", "hat", "tom", "snare", "kick"]; // from the top down

const NOTHING = { path: null, light: false };

export class PathPicture {
  root = element("canvas", { class: "path", "aria-hidden": "true" });
  #player;
  /** @type {{ path: Path | null, light: boolean }} what the picture shows, and in which theme */
  #drawn = NOTHING;
  #drawSoon = perFrame(() => this.#draw());
  #drawAnew = () => {
    this.#drawn = NOTHING;
    this.#drawSoon();
  };
  #observer = new ResizeObserver(this.#drawAnew);
  #stop = onResolution(this.#drawAnew);

  /** @param {Player} player */
  constructor(player) {
    this.#player = player;
    this.#observer.observe(this.root);
  }

  update() {
    if (!this.#isDrawn) this.#drawSoon();
  }

  close() {
    this.#observer.disconnect();
    this.#stop();
  }

  get #isLight() {
    return this.root.closest(".light") !== null;
  }

  get #isDrawn() {
    return this.#player.path === this.#drawn.path && this.#isLight === this.#drawn.light;
  }

  #draw() {
    const { path } = this.#player;
    if (!path || this.#isDrawn || !this.root.clientWidth) return;
    this.#drawn = { path, light: this.#isLight };
    const context = fitted(this.root);
    const { clientWidth: width, clientHeight: height } = this.root;
    const colours = coloursOf(this.root);
    const energies = path.frames.map((frame) => energyByFamily(frame, path.voices));
    const lanes = FAMILIES.filter((family) => energies.some((energy) => energy[family] > 0));
    const lane = height / lanes.length;
    const x = (/** @type {number} */ i) => (i / (energies.length - 1)) * width;
    lanes.forEach((family, row) => {
      const most = Math.max(...energies.map((energy) => energy[family]));
      const half = (/** @type {number} */ i) => Math.max(0.5, lane * 0.42 * (energies[i][family] / most));
      const middle = (row + 0.5) * lane;
      context.fillStyle = colours[family];
      context.beginPath();
      energies.forEach((_, i) => context.lineTo(x(i), middle - half(i)));
      energies.forEach((_, i) => {
        const back = energies.length - 1 - i;
        context.lineTo(x(back), middle + half(back));
      });
      context.fill();
    });
  }
}

/**
 * Sum of velocities per family.
 *
 * @param {Groove} frame
 * @param {Voice[]} voices
 */
function energyByFamily({ hits }, voices) {
  /** @type {Record<string, number>} */
  const energy = Object.fromEntries(FAMILIES.map((family) => [family, 0]));
  for (const { voice, velocity } of hits) energy[voices[voice].family] += velocity;
  return energy;
}
