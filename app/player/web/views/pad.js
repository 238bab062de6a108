// The pad: pattern across, feel up. Its diagonal is the slider from A to B.

/** @import { Player } from "../state/player.js" */

import { text } from "../language.js";
import { onPercent, percent } from "../state/names.js";
import { drawing, element, isCommand, put, style } from "./dom.js";
import { shade } from "./look.js";

const MARGIN = 17; // px between the pad's edge and its field, as in the style sheet
const STEP = 0.001;
/** @type {Record<string, [across: number, up: number]>} */
const KEY_MOVES = {
  ArrowLeft: [-0.01, 0],
  ArrowRight: [0.01, 0],
  ArrowDown: [0, -0.01],
  ArrowUp: [0, 0.01],
};
const FARTHER = 10; // times a key's step with shift

export class Pad {
  #player;
  #inputs;
  // Each fills the field and is moved as a whole, which costs no layout and no painting.
  #across = element("div", { class: "across" });
  #up = element("div", { class: "up" });
  #dot = element("div", { class: "dot" });
  #dragging = false;

  /** @param {Player} player */
  constructor(player) {
    this.#player = player;
    this.#inputs = [
      this.#input(text("pad.pattern"), (pattern) => player.drag(pattern)),
      this.#input(text("pad.feel"), (feel) => player.drag(player.position, feel)),
    ];
    this.root = element(
      "div",
      {
        class: "pad",
        role: "group",
        "aria-label": text("pad"),
        onpointerdown: (event) => this.#down(event),
        onpointermove: (event) => this.#dragging && event.isPrimary && this.#move(event),
        onpointerup: (event) => event.isPrimary && this.#letGo(),
        onpointercancel: () => this.#letGo(),
        onkeydown: (event) => this.#key(event),
        onkeyup: () => this.#dragging || player.releaseSoon(),
      },
      diagonal(),
      this.#across,
      this.#up,
      element("span", { class: "axis pattern", "aria-hidden": "true" }, text("pad.pattern.axis")),
      element("span", { class: "axis feel", "aria-hidden": "true" }, text("pad.feel.axis")),
      this.#dot,
      ...this.#inputs,
    );
  }

  update() {
    const { position, feel } = this.#player;
    const places = [position, feel ?? position];
    /** @type {import("../language.js").Key[]} */
    const keys = ["pad.pattern.at", "pad.feel.at"];
    places.forEach((place, i) => {
      this.#inputs[i].value = String(place);
      put(this.#inputs[i], "aria-valuetext", text(keys[i], { percent: percent(place) }));
    });
    const [x, y] = places;
    style(this.#up, "--x", x);
    style(this.#across, "--y", y);
    style(this.#dot, "--x", x);
    style(this.#dot, "--y", y);
    style(this.#dot, "--feel-place", shade(this.#player.scene.feelPlace));
  }

  focus() {
    /** @type {FocusOptions & { focusVisible: boolean }} which is newer than the types */
    const quietly = { preventScroll: true, focusVisible: false };
    this.#inputs[0].focus(quietly);
  }

  /** @param {string} label @param {(place: number) => void} drag */
  #input(label, drag) {
    /** @type {HTMLInputElement} */
    const input = element("input", {
      type: "range",
      min: 0,
      max: 1,
      step: STEP,
      "aria-label": label,
      oninput: () => drag(Number(input.value)),
      onchange: () => this.#player.release(),
      onblur: ({ relatedTarget: next }) =>
        this.#dragging || this.#inputs.some((other) => other === next) || this.#player.release(),
    });
    return input;
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (event.button !== 0 || !event.isPrimary) return; // one finger drags
    event.preventDefault();
    this.focus();
    this.root.setPointerCapture(event.pointerId);
    this.#dragging = true;
    this.#move(event);
  }

  /** @param {PointerEvent} event */
  #move({ clientX, clientY }) {
    const { left, bottom, width, height } = this.root.getBoundingClientRect();
    this.#player.drag(
      (clientX - left - MARGIN) / (width - 2 * MARGIN),
      (bottom - MARGIN - clientY) / (height - 2 * MARGIN),
    );
  }

  #letGo() {
    this.#dragging = false;
    this.#player.release();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const move = KEY_MOVES[event.key];
    if (!move || isCommand(event)) return;
    event.preventDefault();
    const [across, up] = move.map((amount) => amount * (event.shiftKey ? FARTHER : 1));
    const { position, feel } = this.#player;
    const moved = this.#inputs[across ? 0 : 1];
    moved.focus({ preventScroll: true }); // screen readers read where it stands now
    this.#player.drag(onPercent(position + across), onPercent((feel ?? position) + up));
  }
}

function diagonal() {
  const ends = { x1: 0, y1: 100, x2: 100, y2: 0, "vector-effect": "non-scaling-stroke" };
  const field = { viewBox: "0 0 100 100", preserveAspectRatio: "none", class: "diagonal" };
  return drawing("svg", { ...field, "aria-hidden": true }, drawing("line", ends));
}
