// Live MIDI, opened from the bar: ports and maps, recording, latency.

/** @import { Player } from "../state/player.js" */

import { text } from "../language.js";
import { element, put, write } from "./dom.js";
import { Drawer } from "./drawer.js";

const SOCKET =
  "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zm0 1.8a7.2 7.2 0 1 0 0 14.4 7.2 7.2 0 0 0 0-14.4z" +
  "M12 6.4a1.3 1.3 0 1 1 0 2.6 1.3 1.3 0 0 1 0-2.6zM7.9 8.2a1.3 1.3 0 1 1 0 2.6 1.3 1.3 0 0 1 0-2.6z" +
  "m8.2 0a1.3 1.3 0 1 1 0 2.6 1.3 1.3 0 0 1 0-2.6zM6.9 12.4a1.3 1.3 0 1 1 0 2.6 1.3 1.3 0 0 1 0-2.6z" +
  "m10.2 0a1.3 1.3 0 1 1 0 2.6 1.3 1.3 0 0 1 0-2.6z";
const CHANNELS = 16;

export class LivePanel {
  drawer;
  #player;
  #live;
  #out = choice((output) => this.#live.set({ output }));
  #map = choice((map) => this.#live.set({ map }));
  #channel = choice((channel) => this.#live.set({ channel: Number(channel) }));
  #in = choice((input) => this.#live.set({ input }));
  #inMap = choice((inputMap) => this.#live.set({ inputMap }));
  #here = check(() => this.#player.mix((mixer) => (mixer.here = this.#here.checked)));
  #clock = check(() => this.#live.set({ clock: this.#clock.checked }));
  #pedalUp = check(() => this.#live.set({ pedalUp: this.#pedalUp.checked }));
  #replaces = check(() => (this.#live.recorder.replaces = this.#replaces.checked));
  #record = element("button", { class: "record", onclick: () => this.#toggleRecord() });
  #tap = element("button", { onclick: () => this.#live.tapAlong(!this.#live.taps) });
  #state = element("p", { class: "state", "aria-live": "polite" });
  #ports = element("div", { class: "ports" });

  /** @param {Player} player */
  constructor(player) {
    this.#player = player;
    this.#live = player.live;
    this.#ports.append(
      element(
        "fieldset",
        {},
        element("legend", {}, text("live.out")),
        labelled(text("live.port"), this.#out),
        labelled(text("live.map"), this.#map),
        labelled(text("live.channel"), this.#channel),
        labelled(text("live.here"), this.#here),
        labelled(text("live.clock"), this.#clock),
      ),
      element(
        "fieldset",
        {},
        element("legend", {}, text("live.in")),
        labelled(text("live.port"), this.#in),
        labelled(text("live.map"), this.#inMap),
        labelled(text("live.pedal"), this.#pedalUp),
        labelled(text("live.replaces"), this.#replaces),
        element("div", { class: "row" }, this.#record, this.#tap),
      ),
    );
    const words = { name: "live", label: text("live"), title: text("live.hint"), picture: SOCKET };
    this.drawer = new Drawer(words, [this.#ports, this.#state], () => {
      this.#live.open();
      this.update();
    });
    this.#live.reopen();
  }

  update() {
    const { ports, recorder, settings, maps, taps } = this.#live;
    const isUsed = Boolean(ports.output ?? ports.input);
    put(this.drawer.button, "aria-pressed", isUsed);
    this.drawer.button.classList.toggle("recording", recorder.on);
    if (!this.drawer.isOpen) return;
    this.#ports.hidden = !ports.isOpen;
    fill(this.#out, portsOf(ports.names("output"), settings.output), settings.output);
    fill(this.#in, portsOf(ports.names("input"), settings.input), settings.input);
    const titles = maps.map(({ name, title }) => /** @type {[string, string]} */ ([name, title]));
    fill(this.#map, titles, settings.map);
    fill(this.#inMap, titles, settings.inputMap);
    const channels = Array.from({ length: CHANNELS }, (_, i) => String(i));
    const numbers = channels.map((i) => /** @type {[string, string]} */ ([i, String(Number(i) + 1)]));
    fill(this.#channel, numbers, String(settings.channel));
    this.#here.checked = this.#player.mixer.here;
    this.#clock.checked = settings.clock;
    this.#pedalUp.checked = settings.pedalUp;
    write(this.#record, text(recorder.on ? "live.record.stop" : "live.record"));
    put(this.#record, "aria-pressed", recorder.on);
    const tap = taps ? text("live.latency.tap", { taps: taps.length }) : text("live.latency");
    write(this.#tap, tap);
    const latency = settings.latency ? text("live.latency.is", { ms: settings.latency }) : "";
    const sentences = [ports.trouble, this.#live.state, this.#live.notice, latency];
    write(this.#state, sentences.filter(Boolean).join(" "));
  }

  #toggleRecord() {
    this.#live.record(!this.#live.recorder.on);
  }
}

/**
 * The ports to choose from, with one that was chosen and is gone.
 *
 * @param {string[]} names
 * @param {string} chosen
 * @returns {[value: string, words: string][]}
 */
function portsOf(names, chosen) {
  const gone = chosen && !names.includes(chosen) ? [chosen] : [];
  const ports = [...names, ...gone].map((name) => /** @type {[string, string]} */ ([name, name]));
  return [["", text("live.port.none")], ...ports];
}

/** @param {(value: string) => void} choose */
const choice = (choose) =>
  element("select", {
    onchange: (/** @type {Event} */ { target }) =>
      choose(/** @type {HTMLSelectElement} */ (target).value),
  });

/** @param {() => void} press */
const check = (press) => element("input", { type: "checkbox", onchange: press });

/** @param {string} words @param {HTMLElement} control */
const labelled = (words, control) => element("label", {}, element("span", {}, words), control);

/**
 * Have a choice offer these, if they are others.
 *
 * @param {HTMLSelectElement} select
 * @param {[value: string, words: string][]} options
 * @param {string} chosen
 */
function fill(select, options, chosen) {
  const offered = JSON.stringify(options);
  if (select.dataset.offered !== offered) {
    select.dataset.offered = offered;
    select.replaceChildren(...options.map(([value, words]) => element("option", { value }, words)));
  }
  select.value = chosen;
}
