// The mixer, opened from the bar: level and place of each drum family.

/** @import { Player } from "../state/player.js" */
/** @import { Strip } from "../types" */

import { LEVELS } from "../sound/mixer.js";
import { element, put, style, write } from "./dom.js";
import { Drawer } from "./drawer.js";

const FADERS =
  "M6 4h2v5H6zm0 9h2v7H6zM4 9.6h6v2.8H4zM16 4h2v8h-2zm0 12h2v4h-2zM14 12.6h6v2.8h-6z";
const FAMILIES = {
  kick: "Kick",
  snare: "Snare",
  tom: "Toms",
  hat: "Hats",
  ride: "Ride",
  crash: "Crash",
  percussion: "Percussion",
};
const WORDS = { name: "mixer", label: "Mixer", title: "Level and pan of each drum family", picture: FADERS };

/** @param {number} level */
const writeLevel = (level) => `${level > 0 ? "+" : ""}${level} dB`.replace("-", "\u2212");

/** @param {number} pan */
const writePan = (pan) => (pan ? `${pan < 0 ? "L" : "R"} ${Math.round(100 * Math.abs(pan))}` : "C");

/** @param {number} pan */
const readPan = (pan) =>
  pan ? `${Math.round(100 * Math.abs(pan))}% ${pan < 0 ? "left" : "right"}` : "Centre";

export class MixerPanel {
  drawer;
  #player;
  #strips;
  #reset;

  /** @param {Player} player */
  constructor(player) {
    this.#player = player;
    this.#reset = element("button", { class: "reset", onclick: () => this.#flatten() }, "Reset");
    this.#strips = Object.entries(FAMILIES).map(([family, name]) => this.#strip(family, name));
    const rows = this.#strips.map(({ root }) => root);
    this.drawer = new Drawer(WORDS, [...rows, this.#reset], () => this.update());
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

  /** @param {string} family @param {string} name */
  #strip(family, name) {
    const player = this.#player;
    const turn = (/** @type {Partial<Strip>} */ changes) => {
      player.mix((mixer) => mixer.turn(family, changes));
    };
    const keep = () => player.keepSettingsSoon();
    const level = new Knob(`${name} level`, LEVELS.least, LEVELS.most, 0.5, (to) => turn({ level: to }), keep);
    const pan = new Knob(`${name} pan`, -1, 1, 0.05, (to) => turn({ pan: to }), keep);
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
      pan.show(strip.pan, writePan(strip.pan), readPan(strip.pan));
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

  /** @param {number} value @param {string} text @param {string} spoken */
  show(value, text, spoken = text) {
    const { input } = this;
    const place = (/** @type {number} */ at) => (at - Number(input.min)) / (Number(input.max) - Number(input.min));
    input.value = String(value);
    style(input, "--from", Math.min(place(0), place(value)));
    style(input, "--to", Math.max(place(0), place(value)));
    put(input, "aria-valuetext", spoken);
    write(this.output, text);
  }
}
