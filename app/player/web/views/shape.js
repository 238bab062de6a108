// The shape panel: sliders along directions of the latent space, heard while they are turned.
//
// For each slider Python sends a few grooves, decoded along its path with all others where they are.
// What lies between is mixed here; on release Python decodes the very place.

/** @import { Groove, Path, Send, ShapeData, SliderData } from "../types" */
/** @import { Player } from "../state/player.js" */

import { text, writeNumber } from "../language.js";
import { element, perFrame, put, style, write } from "./dom.js";
import { grooveAt, grooveOf, shapeOf } from "../state/groove.js";
import { Look } from "./look.js";
import { Reminder } from "../page/reminder.js";
import { unpackWords } from "../state/words.js";

const STEP = 0.1;
const MOST_ASKED = 3;
const KEYS_REST = 250; // ms after the last key, a slider counts as let go

export class ShapePanel {
  #player;
  #look;
  #stop;
  /** @type {Send} */
  #send = () => {};
  /** @type {Slider[]} */
  #sliders = [];
  #drawn = ""; // the sliders that stand there
  #reach = 1;
  #others = false; // whether a direction without a slider here is turned
  #answered = 0; // the last message that Python had read when it sent what is here
  /** @type {(() => Pick<Path, "frames">)[] | null} of each slider, once they are unpacked */
  #paths = null;
  /** @type {ShapeData["paths"] | null} as they came */
  #packed = null;
  /** @type {number | null} index of the slider in hand */
  #turning = null;
  #turn = 0; // number of the last message to Python
  /** @type {number[]} that were sent last */
  #amounts = [];
  #reminder = new Reminder(() => this.#answered >= this.#turn, () => this.#sendTurned());
  #letGo = 0;
  #asked = 0; // times in a row that what came was damaged
  #sounds = false; // what is heard comes from here
  #sound = perFrame(() => this.#preview());

  /** @param {Player} player */
  constructor(player) {
    this.#player = player;
    this.root = element("section", { class: "player shape", "aria-label": text("shape") });
    this.#look = new Look(player, this.root);
    this.#stop = player.watch(() => this.#look.update());
  }

  /** @param {ShapeData} data @param {Send} send */
  receive(data, send) {
    this.#send = send;
    this.#answered = data.answered;
    this.#reach = data.reach;
    this.#others = data.others;
    this.#packed = data.paths;
    this.#paths = null;
    unpackPaths(data)
      .then((paths) => this.#take(data, paths))
      .catch((error) => this.#askAgain(data, error)); // what is let go is decoded all the same
    const names = JSON.stringify(data.sliders);
    if (names !== this.#drawn) this.#build(data.sliders);
    this.#drawn = names;
    this.#look.update();
    if (this.#turning !== null) return; // in hand: what Python sends is of before
    if (data.answered < this.#turn) return;
    data.amounts.forEach((amount, i) => this.#sliders[i].show(amount));
    this.#giveBack();
  }

  /**
   * The grooves along the sliders are there.
   *
   * @param {ShapeData} data
   * @param {(() => Pick<Path, "frames">)[]} paths
   */
  #take(data, paths) {
    if (data.paths !== this.#packed) return; // others are coming
    this.#paths = paths;
    this.#asked = 0;
    this.#sound();
  }

  /**
   * What came was damaged: have it sent again, unless a slider is in hand, which does so when it is
   * let go.
   *
   * @param {ShapeData} data
   * @param {unknown} error
   */
  #askAgain(data, error) {
    reportError(error);
    if (data.paths !== this.#packed || this.#turning !== null || this.#asked >= MOST_ASKED) return;
    this.#asked++;
    this.#report();
  }

  close() {
    this.#stop();
    clearTimeout(this.#letGo);
    this.#reminder.stop();
    this.#turning = null;
    this.#giveBack();
  }

  /** Let the player sound what is to sound anyway; another panel may be heard just now. */
  #giveBack() {
    if (this.#sounds) this.#player.preview(null);
    this.#sounds = false;
  }

  /** @param {SliderData[]} sliders */
  #build(sliders) {
    this.#sliders = sliders.map((slider, i) => {
      const turn = () => this.#turnTo(i);
      return new Slider(slider, this.#reach, turn, (slowly) => this.#release(slowly));
    });
    this.root.replaceChildren(...this.#sliders.map(({ root }) => root));
  }

  /** @param {number} i */
  #turnTo(i) {
    clearTimeout(this.#letGo);
    this.#turning = i;
    this.#sound();
  }

  /** Sound the place of the slider in hand. */
  #preview() {
    if (this.#turning === null) return;
    const path = this.#paths?.[this.#turning]();
    if (!path) return; // they are coming
    const { place } = this.#sliders[this.#turning];
    this.#sounds = true;
    const shaped = this.#others || this.#sliders.some(({ value }) => value !== 0);
    this.#player.preview(grooveAt(path, place), { shaped });
  }

  /** @param {boolean} slowly whether another key may follow */
  #release(slowly) {
    clearTimeout(this.#letGo);
    if (this.#turning === null) return;
    if (slowly) this.#letGo = setTimeout(() => this.#report(), KEYS_REST);
    else this.#report();
  }

  #report() {
    this.#preview(); // the last place, though no frame was drawn since
    this.#turning = null;
    this.#turn = Math.max(this.#turn, this.#answered) + 1;
    this.#amounts = this.#sliders.map(({ value }) => value);
    this.#sendTurned();
  }

  #sendTurned() {
    this.#send("turned", { turn: this.#turn, amounts: this.#amounts });
    this.#reminder.start();
  }
}

/**
 * For each slider a function that gives its path; parsed when first asked for.
 *
 * @param {ShapeData} data
 */
async function unpackPaths({ paths, tempo, ...shape }) {
  const views = await unpackWords(paths, 4);
  return paths.frames.map((count) => {
    const own = views.splice(0, count);
    /** @type {{ frames: Groove[] } | null} */
    let path = null;
    return () => (path ??= { frames: own.map((view) => grooveOf(view, { ...shapeOf(shape), tempo })) });
  });
}

/** One direction: its name, both ends named, and a slider with 0 in the middle. */
class Slider {
  #ends;
  #reach;
  #input;
  #output = element("span", { class: "value", "aria-hidden": "true" });
  #byKey = false;

  /**
   * @param {SliderData} words
   * @param {number} reach
   * @param {() => void} turn
   * @param {(slowly: boolean) => void} release
   */
  constructor({ name, low, high }, reach, turn, release) {
    this.#ends = { low, high };
    this.#reach = reach;
    this.#input = element("input", {
      type: "range",
      min: -reach,
      max: reach,
      step: STEP,
      value: 0,
      "aria-label": name,
      onkeydown: ({ key }) => {
        this.#byKey = true;
        if (key === "Delete" || key === "Backspace") this.#reset(turn);
      },
      onpointerdown: () => (this.#byKey = false),
      oninput: () => {
        this.#write();
        turn();
      },
      onchange: () => this.#byKey || release(false),
      onkeyup: () => {
        this.#byKey = false;
        release(true); // a key that is held is one turn
      },
      onblur: () => release(false),
      ondblclick: () => {
        this.#reset(turn);
        release(false);
      },
    });
    /** @type {HTMLElement} */
    this.root = element(
      "label",
      { class: "turn", title: text("shape.slider.hint") },
      element("span", { class: "name" }, name),
      this.#output,
      this.#input,
      element("span", { class: "low", "aria-hidden": "true" }, low),
      element("span", { class: "high", "aria-hidden": "true" }, high),
    );
    this.#write();
  }

  /** @param {() => void} turn */
  #reset(turn) {
    this.show(0);
    turn();
  }

  get value() {
    return Number(this.#input.value);
  }

  /** Where it stands, 0 to 1 of its reach. */
  get place() {
    return (this.value + this.#reach) / (2 * this.#reach);
  }

  /** @param {number} amount */
  show(amount) {
    this.#input.value = String(amount);
    this.#write();
  }

  #write() {
    const { value, place } = this;
    const { low, high } = this.#ends;
    const size = writeNumber(Math.abs(value), 1, 1);
    write(this.#output, value === 0 ? "0" : `${value > 0 ? "+" : "−"}${size}`);
    const towards = { amount: size, end: value > 0 ? high : low };
    const words = value === 0 ? text("shape.slider.at_rest") : text("shape.slider.towards", towards);
    put(this.#input, "aria-valuetext", words);
    this.root.classList.toggle("turned", value !== 0);
    style(this.root, "--from", Math.min(place, 0.5));
    style(this.root, "--to", Math.max(place, 0.5));
  }
}
