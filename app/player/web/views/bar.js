// The bar at the bottom of every page: play, tempo, swing, click, volume, A / blend / B, and what
// sounds as files.

/** @import { Player } from "../state/player.js" */
/** @import { Monitor } from "../types" */

import { text } from "../language.js";
import { percent } from "../state/names.js";
import { element, icon, put, style, write } from "./dom.js";
import { LivePanel } from "./live.js";
import { MixerPanel } from "./mixer.js";
import { TakeawayLinks } from "./takeaway.js";
import { TempoControl } from "./tempo.js";

const PLAY = "M8 5.2v13.6c0 .8.9 1.3 1.6.9l10.6-6.8c.6-.4.6-1.4 0-1.8L9.6 4.3C8.9 3.9 8 4.4 8 5.2z";
const STOP =
  "M7.5 6h9c.8 0 1.5.7 1.5 1.5v9c0 .8-.7 1.5-1.5 1.5h-9c-.8 0-1.5-.7-1.5-1.5v-9" +
  "c0-.8.7-1.5 1.5-1.5z";
const CLICK = "M10 3h4l4.5 18h-13zm1.6 2-3 12h6.8l-3-12zM17.3 5l1.5 1-6.5 9-1.6-1.1z";
const COUNT = "M4 5h2v14H4zM9 9h2v6H9zm4.5 0h2v6h-2zM18 9h2v6h-2z";
const VOLUME =
  "M4 9.5v5h3.5L12 19V5L7.5 9.5zM15 8.3c1.3.9 2 2.2 2 3.7s-.7 2.8-2 3.7zM15 4.5" +
  "c3 1 5 4 5 7.5s-2 6.5-5 7.5v-2c1.9-.9 3-3 3-5.5s-1.1-4.6-3-5.5z";
const MORE =
  "M4 7h9v2H4zm12-2h2v2h2v2h-2v2h-2V9h-2V7h2zM4 15h4v2H4zm7-2h2v2h7v2h-7v2h-2v-2H9v-2h2z";
const KITS = [
  ["kit", text("bar.kit.acoustic")],
  ["brushes", text("bar.kit.brushes")],
  ["electronic", text("bar.kit.electronic")],
  ["808", text("bar.kit.808")],
];

export class Bar {
  #player;
  #play;
  #tempo;
  #toggles;
  #sliders;
  #switch;
  #kit;
  #files;
  #live;
  #mixer;
  #extras;
  #label = element("div", { class: "label", "aria-live": "polite" });
  #page = document.querySelector('[data-testid="stMain"]') ?? document.body;
  #phone = window.matchMedia("(max-width: 640px)"); // as in bar.css
  #arranged = () => this.#arrange();
  #observer = new ResizeObserver(() => this.#place());

  /** @param {Player} player */
  constructor(player) {
    this.#player = player;
    this.#play = element("button", { class: "play", onclick: () => player.toggle() });
    this.#tempo = new TempoControl(player);
    this.#toggles = [
      this.#toggle("metronome", text("bar.metronome"), CLICK),
      this.#toggle("countIn", text("bar.count_in"), COUNT),
    ];
    this.#sliders = [this.#swing(), this.#volume()];
    this.#kit = this.#kitChoice();
    this.#switch = this.#listenSwitch();
    const more = element(
      "details",
      { class: "more" },
      element("summary", { "aria-label": text("bar.more") }, icon(MORE)),
    );
    this.#files = new TakeawayLinks(player);
    this.#live = new LivePanel(player);
    this.#mixer = new MixerPanel(player);
    this.#extras = element(
      "div",
      { class: "extras" },
      this.#sliders[0].root,
      this.#kit,
      element(
        "div",
        { class: "toggles" },
        this.#mixer.drawer.button,
        ...this.#toggles.map(({ root }) => root),
        this.#live.drawer.button,
      ),
      this.#sliders[1].root,
    );
    this.root = element(
      "div",
      { class: "bar", role: "group", "aria-label": text("bar") },
      this.#play,
      this.#tempo.root,
      this.#label,
      this.#switch.root,
      more,
      this.#extras,
      this.#mixer.drawer.root,
      this.#live.drawer.root,
    );
    this.#arrange();
    this.#phone.addEventListener("change", this.#arranged);
    this.#observer.observe(this.#page);
    this.#observer.observe(this.root);
  }

  update() {
    const { settings, label, sound, scene, isInterrupted } = this.#player;
    this.#updatePlay();
    this.#tempo.update();
    for (const { root, name } of this.#toggles) put(root, "aria-pressed", settings[name]);
    for (const { show } of this.#sliders) show();
    this.#kit.value = settings.kit;
    const trouble = isInterrupted ? text("bar.interrupted") : sound.trouble;
    write(this.#label, trouble || label);
    this.#label.classList.toggle("trouble", Boolean(trouble));
    this.#switch.root.hidden = !scene.isBlend;
    this.#switch.show(scene.monitor);
    this.#files.update();
    this.#live.update();
    this.#mixer.update();
  }

  #updatePlay() {
    const { playing, isStarting, isInterrupted } = this.#player;
    const stops = (playing || isStarting) && !isInterrupted;
    put(this.#play, "aria-busy", isStarting);
    if (this.#play.dataset.stops === String(stops)) return;
    this.#play.dataset.stops = String(stops);
    this.#play.replaceChildren(icon(stops ? STOP : PLAY));
    this.#play.setAttribute("aria-label", text(stops ? "bar.stop" : "bar.play"));
    this.#play.title = text(stops ? "bar.stop.hint" : "bar.play.hint");
  }

  close() {
    this.#observer.disconnect();
    this.#phone.removeEventListener("change", this.#arranged);
  }

  /** On a phone, what there is no room for stands among the extras. */
  #arrange() {
    const { tap, root } = this.#tempo;
    if (this.#phone.matches) this.#extras.append(tap, this.#files.root);
    else {
      root.append(tap);
      this.root.append(this.#files.root);
    }
  }

  /** Stand under the page, beside a sidebar, and keep the page's end free of the bar. */
  #place() {
    const { left, width } = this.#page.getBoundingClientRect();
    this.root.style.left = `${left}px`;
    this.root.style.width = `${width}px`;
    document.documentElement.style.setProperty("--beatgen-bar", `${this.root.offsetHeight}px`);
  }

  /** @param {"metronome" | "countIn"} name @param {string} label @param {string} path */
  #toggle(name, label, path) {
    const player = this.#player;
    const press = () => player.set({ [name]: !player.settings[name] });
    const attributes = { class: "toggle", title: label, "aria-label": label, onclick: press };
    const root = element("button", attributes, icon(path));
    return { root, name };
  }

  #swing() {
    const player = this.#player;
    const label = text("bar.swing");
    const input = rangeInput(label, 0.5, 0.75, (swing) => player.set({ swing }));
    input.addEventListener("change", () => player.keepSettingsSoon());
    return slider("swing", element("span", {}, label), input, () => player.settings.swing);
  }

  #kitChoice() {
    const player = this.#player;
    /** @type {HTMLSelectElement} */
    const choice = element(
      "select",
      {
        class: "kit",
        title: text("bar.kit.hint"),
        "aria-label": text("bar.kit"),
        onchange: () => {
          player.set({ kit: choice.value });
          player.keepSettings();
        },
      },
      ...KITS.map(([value, name]) => element("option", { value }, name)),
    );
    return choice;
  }

  #volume() {
    const player = this.#player;
    const input = rangeInput(text("bar.volume"), 0, 1, (volume) => {
      player.mix((mixer) => (mixer.volume = volume));
    });
    return slider("volume", icon(VOLUME), input, () => player.mixer.volume);
  }

  #listenSwitch() {
    const player = this.#player;
    const names = { a: "A", blend: text("bar.listen.blend"), b: "B" };
    /** @type {Monitor[]} */
    const monitors = ["a", "blend", "b"];
    const buttons = monitors.map((of) =>
      element("button", { "data-of": of, onclick: () => player.listenTo(of) }, names[of]),
    );
    const attributes = { class: "switch", role: "group", "aria-label": text("bar.listen") };
    const root = element("div", attributes, ...buttons);
    const show = (/** @type {Monitor} */ monitor) => {
      for (const button of buttons) put(button, "aria-pressed", button.dataset.of === monitor);
      write(buttons[1], text(`bar.listen.${player.scene.take ?? "blend"}`));
    };
    return { root, show };
  }
}

/**
 * @param {string} label
 * @param {number} min
 * @param {number} max
 * @param {(value: number) => void} turn
 */
function rangeInput(label, min, max, turn) {
  const input = element("input", { type: "range", min, max, step: 0.01, "aria-label": label });
  input.addEventListener("input", () => turn(Number(input.value)));
  return input;
}

/**
 * A captioned slider that shows its value in percent: {root, show}.
 *
 * @param {string} name
 * @param {Element} caption
 * @param {HTMLInputElement} input
 * @param {() => number} valueOf
 */
function slider(name, caption, input, valueOf) {
  const output = element("span", { class: "value", "aria-hidden": "true" });
  const attributes = { class: `slider ${name}`, title: input.ariaLabel };
  const root = element("label", attributes, caption, input, output);
  const show = () => {
    const value = valueOf();
    const [min, max] = [Number(input.min), Number(input.max)];
    input.value = String(value);
    style(root, "--filled", (value - min) / (max - min));
    const shown = percent(Math.round(value * 100) / 100);
    write(output, shown);
    put(input, "aria-valuetext", shown);
  };
  return { root, show };
}
