// The shape panel: sliders along directions of the latent space, heard while they are turned.
//
// For each slider Python sends a few grooves, decoded along its path with all others where they are.
// What lies between is mixed here; on release Python decodes the very place.

import { element, perFrame, put, style, write } from "./dom.js";
import { grooveAt, grooveOf } from "../state/groove.js";
import { Look } from "./look.js";
import { Reminder } from "../page/reminder.js";
import { unpackWords } from "../state/words.js";

const STEP = 0.1;
const KEYS_REST = 250; // ms after the last key, a slider counts as let go

export class ShapePanel {
  #player;
  #look;
  #stop;
  #say = () => {};
  #sliders = [];
  #drawn = ""; // the sliders that stand there
  #data = null; // with its paths unpacked, once they are
  #packed = null; // those paths as they came
  #turning = null; // index of the slider in hand
  #turned = 0; // counts what was said to Python
  #amounts = []; // that were said last
  #reminder = new Reminder(() => this.#data.heard >= this.#turned, () => this.#tell());
  #letGo = 0;
  #sounds = false; // what is heard comes from here
  #sound = perFrame(() => this.#preview());

  constructor(player) {
    this.#player = player;
    this.root = element("section", { class: "player shape", "aria-label": "Shape" });
    this.#look = new Look(player, this.root);
    this.#stop = player.watch(() => this.#look.update());
  }

  receive(data, say) {
    this.#say = say;
    this.#data = { ...data, paths: null };
    this.#packed = data.paths;
    unpackPaths(data).then((paths) => this.#take(data, paths));
    const names = JSON.stringify(data.sliders);
    if (names !== this.#drawn) this.#build(data.sliders);
    this.#drawn = names;
    this.#look.update();
    if (this.#turning !== null) return; // in hand: what Python says is of before
    if (data.heard < this.#turned) return;
    data.amounts.forEach((amount, i) => this.#sliders[i].show(amount));
    this.#giveBack();
  }

  /** The grooves along the sliders are there. */
  #take(data, paths) {
    if (data.paths !== this.#packed) return; // others are coming
    this.#data.paths = paths;
    this.#sound();
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

  #build(told) {
    this.#sliders = told.map((slider, i) => {
      const { reach } = this.#data;
      const turn = () => this.#turn(i);
      return new Slider(slider, reach, turn, (slowly) => this.#release(slowly));
    });
    this.root.replaceChildren(...this.#sliders.map(({ root }) => root));
  }

  #turn(i) {
    clearTimeout(this.#letGo);
    this.#turning = i;
    this.#sound();
  }

  /** Sound the place of the slider in hand. */
  #preview() {
    if (this.#turning === null) return;
    const { paths, reach } = this.#data;
    if (!paths) return; // they are coming
    const { value } = this.#sliders[this.#turning];
    this.#sounds = true;
    this.#player.preview(grooveAt(paths[this.#turning](), (value + reach) / (2 * reach)));
  }

  #release(slowly) {
    clearTimeout(this.#letGo);
    if (this.#turning === null) return;
    if (slowly) this.#letGo = setTimeout(() => this.#report(), KEYS_REST);
    else this.#report();
  }

  #report() {
    this.#preview(); // the last place, though no frame was drawn since
    this.#turning = null;
    this.#turned = Math.max(this.#turned, this.#data.heard) + 1;
    this.#amounts = this.#sliders.map(({ value }) => value);
    this.#tell();
  }

  #tell() {
    this.#say("turned", { turn: this.#turned, amounts: this.#amounts });
    this.#reminder.start();
  }
}

/** For each slider a function that gives its path; parsed when first asked for. */
async function unpackPaths({ paths, ...told }) {
  const views = await unpackWords(paths, 4);
  return paths.frames.map((count) => {
    const own = views.splice(0, count);
    let path = null;
    return () => (path ??= { frames: own.map((view) => grooveOf(view, told)) });
  });
}

/** One direction: its name, both ends named, and a slider with 0 in the middle. */
class Slider {
  #told;
  #reach;
  #input;
  #output = element("span", { class: "value", "aria-hidden": "true" });
  #byKey = false;

  constructor(told, reach, turn, release) {
    this.#told = told;
    this.#reach = reach;
    const { name, low, high } = told;
    this.#input = element("input", {
      type: "range",
      min: -reach,
      max: reach,
      step: STEP,
      value: 0,
      "aria-label": name,
      onkeydown: () => (this.#byKey = true),
      onpointerdown: () => (this.#byKey = false),
      oninput: () => (this.#tell(), turn()),
      onchange: () => this.#byKey || release(false),
      onkeyup: () => ((this.#byKey = false), release(true)), // a key that is held is one turn
      onblur: () => release(false),
      ondblclick: () => {
        this.show(0);
        turn();
        release(false);
      },
    });
    this.root = element(
      "label",
      { class: "turn", title: "Double click: back to 0" },
      element("span", { class: "name" }, name),
      this.#output,
      this.#input,
      element("span", { class: "low", "aria-hidden": "true" }, low),
      element("span", { class: "high", "aria-hidden": "true" }, high),
    );
    this.#tell();
  }

  get value() {
    return Number(this.#input.value);
  }

  show(amount) {
    this.#input.value = amount;
    this.#tell();
  }

  #tell() {
    const { value } = this;
    const { low, high } = this.#told;
    const size = Math.abs(value).toFixed(1);
    write(this.#output, value === 0 ? "0" : `${value > 0 ? "+" : "−"}${size}`);
    const words = value === 0 ? "as it is" : `${size} towards ${value > 0 ? high : low}`;
    put(this.#input, "aria-valuetext", words);
    this.root.classList.toggle("turned", value !== 0);
    const at = (value + this.#reach) / (2 * this.#reach);
    style(this.root, "--from", Math.min(at, 0.5));
    style(this.root, "--to", Math.max(at, 0.5));
  }
}
