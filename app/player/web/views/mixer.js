// The mixer, opened from the bar: level and place of each drum family.

/** @import { Player } from "../state/player.js" */
/** @import { Strip } from "../types" */

import { text, writeNumber } from "../language.js";
import { LEVELS } from "../sound/mixer.js";
import { percent } from "../state/names.js";
import { element, put, style, write } from "./dom.js";
import { Drawer } from "./drawer.js";

const FADERS =
  "M6 4h2v5H6zm0 9h2v7H6zM4 9.6h6v2.8H4zM16 4h2v8h-2zm0 12h2v4h-2zM14 12.6h6v2.8h-6z";
const FAMILIES = /** @type {const} */ (["kick", "snare", "tom", "hat", "ride", "crash", "percussion"]);

/** @param {number} level */
const writeLevel = (level) =>
  text("mixer.level.value", { level: `${level > 0 ? "+" : ""}${writeNumber(level)}`.replace("-", "\u2212") });

/**
 * Where a family stands, in short and to be read out.
 *
 * @param {number} pan
 * @returns {[short: string, spoken: string]}
 */
function writePan(pan) {
  if (!pan) return [text("mixer.centre.short"), text("mixer.centre")];
  const side = pan < 0 ? "mixer.left" : "mixer.right";
  const amount = Math.round(100 * Math.abs(pan));
  return [text(`${side}.short`, { amount }), text(side, { percent: percent(Math.abs(pan)) })];
}

export class MixerPanel {
  drawer;
  #player;
  #strips;
  #reset;

  /** @param {Player} player */
  constructor(player) {
    this.#player = player;
    const flatten = { class: "reset", onclick: () => this.#flatten() };
    this.#reset = element("button", flatten, text("mixer.reset"));
    this.#strips = FAMILIES.map((family) => this.#strip(family));
    const rows = this.#strips.map(({ root }) => root);
    const words = { name: "mixer", label: text("mixer"), title: text("mixer.hint"), picture: FADERS };
    this.drawer = new Drawer(words, [...rows, this.#reset], () => this.update());
  }

  update() {
    const { isFlat } = this.#player.mixer;
    this.drawer.button.classList.toggle("turned", !isFlat);
    if (!this.drawer.isOpen) return;
    this.#reset.disabled = isFlat;
    for (const { show } of this.#strips) show();
  }

  #flatten() {
    this.#player.mix((mixer) => mixer.flatten());
    this.#player.keepSettings();
  }

  /** @param {typeof FAMILIES[number]} family */
  #strip(family) {
    const player = this.#player;
    const name = text(`mixer.${family}`);
    const turn = (/** @type {Partial<Strip>} */ changes) => {
      player.mix((mixer) => mixer.turn(family, changes));
    };
    const keep = () => player.keepSettingsSoon();
    const level = new Knob(text("mixer.level", { family: name }), LEVELS.least, LEVELS.most, 0.5, (to) => turn({ level: to }), keep);
    const pan = new Knob(text("mixer.pan", { family: name }), -1, 1, 0.05, (to) => turn({ pan: to }), keep);
    const root = element(
      "div",
      { class: "channel", "data-family": family, role: "group", "aria-label": name },
      element("span", { class: "name" }, name),
      level.input,
      level.output,
      pan.input,
      pan.output,
    );
    const show = () => {
      const strip = player.mixer.strip(family);
      level.show(strip.level, writeLevel(strip.level));
      pan.show(strip.pan, ...writePan(strip.pan));
    };
    return { root, show };
  }
}

/** A slider with its value beside it; a double click puts it back to 0. */
class Knob {
  input;
  output = element("span", { class: "value", "aria-hidden": "true" });

  /**
   * @param {string} label
   * @param {number} min
   * @param {number} max
   * @param {number} step
   * @param {(value: number) => void} turn called while it moves
   * @param {() => void} keep called when it rests
   */
  constructor(label, min, max, step, turn, keep) {
    const back = () => {
      turn(0);
      keep();
    };
    this.input = element("input", { type: "range", min, max, step, "aria-label": label, ondblclick: back });
    this.input.addEventListener("input", () => turn(Number(this.input.value)));
    this.input.addEventListener("change", keep);
  }

  /** @param {number} value @param {string} written @param {string} spoken */
  show(value, written, spoken = written) {
    const { input } = this;
    const place = (/** @type {number} */ at) => (at - Number(input.min)) / (Number(input.max) - Number(input.min));
    input.value = String(value);
    style(input, "--from", Math.min(place(0), place(value)));
    style(input, "--to", Math.max(place(0), place(value)));
    put(input, "aria-valuetext", spoken);
    write(this.output, written);
  }
}
