// The blend from A to B: one wide slider, or a pad where pattern and feel are moved apart.

/** @import { Player } from "../state/player.js" */

import { text } from "../language.js";
import { element, focusedBeside, icon, isCommand, put, write } from "./dom.js";
import { onPercent, percent } from "../state/names.js";
import { Pad } from "./pad.js";
import { PathPicture } from "./path.js";

const STEP = 0.001;
/** @type {Record<string, number>} */
const KEY_STEPS = {
  ArrowLeft: -0.01,
  ArrowDown: -0.01,
  ArrowRight: 0.01,
  ArrowUp: 0.01,
  PageDown: -0.1,
  PageUp: 0.1,
  Home: -1,
  End: 1,
};
const FARTHER = 10; // times a key's step with shift
const SLIDER = "M2 11h7a3.2 3.2 0 0 1 6 0h7v2h-7a3.2 3.2 0 0 1-6 0H2z";
const PAD =
  "M3 3h18v18H3zm2 2v14h14V5zm9.5 1.8a2.9 2.9 0 1 1 0 5.8 2.9 2.9 0 0 1 0-5.8z";

export class BlendControl {
  #player;
  #slider;
  #pad;
  #picture;
  #modes;
  #pattern = new PercentField(text("blend.percent.pattern"), (place) => this.#typed(place, undefined));
  #feel = new PercentField(text("blend.percent.feel"), (place) => this.#typed(undefined, place));
  #words = ["", " B"].map((words) => element("span", {}, words));
  #feelWords = element("span", {}, ` B, ${text("blend.feel")} `);
  #readout = element(
    "span",
    { class: "readout" },
    this.#words[0],
    this.#pattern.root,
    this.#feelWords,
    this.#feel.root,
    this.#words[1],
  );

  /** @param {Player} player */
  constructor(player) {
    this.#player = player;
    this.#pad = new Pad(player);
    this.#picture = new PathPicture(player);
    this.#slider = element("input", {
      type: "range",
      class: "together",
      min: 0,
      max: 1,
      step: STEP,
      "aria-label": text("blend"),
      oninput: () => player.drag(Number(this.#slider.value)),
      onchange: () => player.release(),
      onpointerup: () => player.release(),
      onkeydown: (event) => this.#onKey(event),
      onkeyup: () => player.releaseSoon(),
      onblur: () => player.release(),
    });
    this.#modes = [
      this.#mode(text("blend.linked"), SLIDER, text("blend.linked.hint"), false),
      this.#mode(text("blend.apart"), PAD, text("blend.apart.hint"), true),
    ];
    const modes = { class: "modes", role: "group", "aria-label": text("blend.apart") };
    this.root = element(
      "div",
      { class: "blend" },
      element("div", { class: "ends" }, this.#corner("a", "b"), this.#corner("a", "a")),
      element("div", { class: "track" }, this.#picture.root, this.#slider, this.#pad.root),
      element("div", { class: "ends" }, this.#corner("b", "b"), this.#corner("b", "a")),
      element("div", { class: "caption" }, this.#readout, element("div", modes, ...this.#modes)),
    );
  }

  update() {
    const { isBlend, position, feel } = this.#player.scene;
    const apart = feel !== null;
    this.root.hidden = !isBlend;
    this.root.classList.toggle("apart", apart);
    this.root.classList.toggle("slim", this.#player.isSlim);
    this.root.classList.toggle("waits", this.#player.scene.take !== null);
    this.#slider.hidden = apart;
    this.#pad.root.hidden = !apart;
    this.#slider.value = String(position);
    put(this.#slider, "aria-valuetext", text("blend.at", { percent: percent(position) }));
    const [together, moved] = this.#modes;
    put(together, "aria-pressed", !apart);
    put(moved, "aria-pressed", apart);
    write(this.#words[0], apart ? `${text("blend.pattern")} ` : "");
    this.#feelWords.hidden = this.#feel.root.hidden = !apart;
    this.#pattern.show(position);
    this.#feel.show(feel ?? position);
    this.#pad.update();
    this.#picture.update();
  }

  close() {
    this.#picture.close();
  }

  /** @param {number | undefined} pattern @param {number | undefined} feel */
  #typed(pattern = this.#player.position, feel = undefined) {
    this.#player.drag(pattern, feel ?? this.#player.feel);
    this.#player.release();
  }

  /**
   * A button that goes to a corner of the pad; two of them are the ends of the slider.
   *
   * @param {"a" | "b"} pattern
   * @param {"a" | "b"} feel
   */
  #corner(pattern, feel) {
    const player = this.#player;
    const [x, y] = [pattern, feel].map((name) => (name === "b" ? 1 : 0));
    const [of, as] = [pattern, feel].map((name) => name.toUpperCase());
    const crossed = pattern !== feel;
    const go = () => {
      player.drag(x, player.feel === null ? null : y);
      player.release();
    };
    return element(
      "button",
      {
        class: `end ${pattern}${crossed ? ` crossed feel-${feel}` : ""}`,
        "aria-label": crossed
          ? text("blend.corner", { pattern: of, feel: as })
          : text("blend.all", { side: of }),
        onclick: go,
      },
      of,
      ...(crossed ? [" ", element("small", {}, text("blend.corner.short", { side: as }))] : []),
    );
  }

  /** @param {string} name @param {string} path @param {string} title @param {boolean} apart */
  #mode(name, path, title, apart) {
    const press = () => {
      if (apart) this.#player.moveApart();
      else this.#player.moveTogether();
    };
    return element("button", { title, onclick: press }, icon(path), name);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const step = KEY_STEPS[event.key];
    if (step === undefined || isCommand(event)) return;
    event.preventDefault();
    const moved = this.#player.position + step * (event.shiftKey ? FARTHER : 1);
    this.#player.drag(onPercent(moved));
  }
}

/** Where pattern or feel stands, in percent, to read and to type. */
class PercentField {
  #input;
  #shown = "";

  /** @param {string} label @param {(place: number) => void} typed gets 0 to 1 */
  constructor(label, typed) {
    const take = () => {
      const place = readPercent(this.#input.value);
      if (place !== null && percent(place) !== this.#shown) typed(place);
      this.#input.value = this.#shown;
    };
    this.#input = element("input", {
      type: "text",
      inputmode: "decimal",
      class: "percent",
      autocomplete: "off",
      size: 4,
      title: text("blend.percent"),
      "aria-label": label,
      onfocus: () => this.#input.select(),
      onchange: take,
      onkeydown: (event) => event.key === "Enter" && this.#input.blur(),
    });
    this.root = this.#input;
  }

  /** @param {number} place */
  show(place) {
    this.#shown = percent(place);
    if (focusedBeside(this.#input) !== this.#input) this.#input.value = this.#shown;
  }
}

/** What was typed as 0 to 1, a comma for a point allowed; null for no number. @param {string} typed */
export function readPercent(typed) {
  const digits = typed.replace(",", ".").replace("%", "").trim();
  const number = Number(digits);
  return digits && Number.isFinite(number) ? Math.min(1, Math.max(0, number / 100)) : null;
}
