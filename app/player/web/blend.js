// The blend: one wide slider from A to B over a picture of the way.

import { element, fitted, perFrame, put } from "./dom.js";
import { coloursOf } from "./look.js";

const STEP = 0.001;
const KEY_STEPS = {
  ArrowLeft: -1 / 32,
  ArrowDown: -1 / 32,
  ArrowRight: 1 / 32,
  ArrowUp: 1 / 32,
  PageDown: -1 / 8,
  PageUp: 1 / 8,
  Home: -1,
  End: 1,
};
const FINER = 1 / 4; // of a key's step with shift
const FAMILIES = ["crash", "ride", "hat", "tom", "snare", "kick"]; // from the top down

export class BlendSlider {
  #player;
  #slider;
  #canvas;
  #drawn = null; // way that the picture shows
  #drawSoon = perFrame(() => this.#draw());
  #observer = new ResizeObserver(() => ((this.#drawn = null), this.#drawSoon()));

  constructor(player) {
    this.#player = player;
    this.#canvas = element("canvas", { class: "way", "aria-hidden": "true" });
    this.#slider = element("input", {
      type: "range",
      min: 0,
      max: 1,
      step: STEP,
      "aria-label": "Blend from A to B",
      oninput: () => player.drag(Number(this.#slider.value)),
      onchange: () => player.release(),
      onpointerup: () => player.release(),
      onkeydown: (event) => this.#onKey(event),
      onkeyup: () => player.release(),
      onblur: () => player.release(),
    });
    const end = (name, position) =>
      element(
        "button",
        {
          class: `end ${name}`,
          "aria-label": `All ${name.toUpperCase()}`,
          onclick: () => (player.drag(position), player.release()),
        },
        name.toUpperCase(),
      );
    this.root = element(
      "div",
      { class: "blend" },
      end("a", 0),
      element("div", { class: "track" }, this.#canvas, this.#slider),
      end("b", 1),
    );
    this.#observer.observe(this.#canvas);
  }

  update() {
    const { isBlend, position } = this.#player;
    this.root.hidden = !isBlend;
    this.#slider.value = position;
    const percent = Math.round(position * 100);
    put(this.#slider, "aria-valuetext", `${percent} % of the way from A to B`);
    if (this.#player.way !== this.#drawn) this.#drawSoon();
  }

  close() {
    this.#observer.disconnect();
  }

  #onKey(event) {
    const step = KEY_STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    this.#player.drag(this.#player.position + step * (event.shiftKey ? FINER : 1));
  }

  /** The way as it is: a ribbon per family, as wide as it is played there. */
  #draw() {
    const { way } = this.#player;
    if (!way || way === this.#drawn || !this.#canvas.clientWidth) return;
    this.#drawn = way;
    const context = fitted(this.#canvas);
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const colours = coloursOf(this.root);
    const energies = way.frames.map((frame) => energyByFamily(frame, way.voices));
    const lanes = FAMILIES.filter((family) => energies.some((energy) => energy[family] > 0));
    const lane = height / lanes.length;
    const x = (i) => (i / (energies.length - 1)) * width;
    lanes.forEach((family, row) => {
      const most = Math.max(...energies.map((energy) => energy[family]));
      const half = (i) => Math.max(0.5, lane * 0.42 * (energies[i][family] / most));
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

/** Sum of velocities per family. */
function energyByFamily({ hits }, voices) {
  const energy = Object.fromEntries(FAMILIES.map((family) => [family, 0]));
  for (const { voice, velocity } of hits) energy[voices[voice].family] += velocity;
  return energy;
}
