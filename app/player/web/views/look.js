// Colours that depend on the scene and the page's theme.

/** @import { Colours } from "../types" */
/** @import { Player } from "../state/player.js" */

import { style } from "./dom.js";

const NAMES = [
  ...["kick", "snare", "tom", "hat", "ride", "crash", "percussion"],
  ...["muted", "ink", "faint", "ground", "lane"],
  ...["line-sixteenth", "line-beat", "line-bar", "shine", "mix"],
];

/**
 * The colours of the style sheet for drawing on a canvas below `target`, and its font.
 *
 * @param {Element} target
 * @returns {Colours}
 */
export function coloursOf(target) {
  const computed = getComputedStyle(target);
  const entries = NAMES.map((name) => [name, computed.getPropertyValue(`--${name}`).trim()]);
  return { ...Object.fromEntries(entries), font: computed.fontFamily };
}

// Colours from A to B: more are not seen, and for each the browser computes all styles anew.
const SHADES = 50;
/** @param {number} place */
export const shade = (place) => Math.round(place * SHADES) / SHADES;

export class Look {
  #player;

  /** @param {Player} player @param {HTMLElement} root whose colours they are */
  constructor(player, root) {
    this.#player = player;
    this.root = root;
  }

  update() {
    const { accents, scene } = this.#player;
    const light = isLight(getComputedStyle(this.root).backgroundColor);
    this.root.classList.toggle("light", light);
    // An accent chosen for a dark ground is too pale for a light one.
    const fit = (/** @type {string} */ accent) =>
      light ? `oklch(from ${accent} min(l, 0.5) c h)` : accent;
    style(this.root, "--a", fit(accents[0]));
    style(this.root, "--b", fit(accents[1]));
    style(this.root, "--place", shade(scene.place));
  }
}

/**
 * Whether a computed colour, rgb(...) or rgba(...), is nearer white than black.
 *
 * @param {string} colour
 */
export function isLight(colour) {
  const [red, green, blue] = (colour.match(/[\d.]+/g) ?? [0, 0, 0]).map(Number);
  return 0.299 * red + 0.587 * green + 0.114 * blue > 128;
}
