// The tempo: typed, dragged up and down, tapped, and set back to the groove's own.

/** @import { Player } from "../state/player.js" */

import { clampTempo, readTempo, writeTempo } from "../state/settings.js";
import { text } from "../language.js";
import { pulseOf } from "../state/meter.js";
import { Taps } from "../state/taps.js";
import { element, focusedBeside, icon, isCommand, LOCKED, OPEN, put } from "./dom.js";

const DRAG = 3; // px before a press becomes a drag
const PER_PIXEL = 0.5; // beats per minute
/** @type {Record<string, number>} */
const KEYS = { ArrowUp: 1, ArrowDown: -1 };

export class TempoControl {
  tap; // the button; where it stands is the bar's to say
  #player;
  #input;
  #lock;
  /** @type {{ y: number, tempo: number, moved: boolean } | null} */
  #drag = null;
  #taps = new Taps();

  /** @param {Player} player */
  constructor(player) {
    this.#player = player;
    this.#input = element("input", {
      type: "text",
      inputmode: "decimal",
      class: "number",
      autocomplete: "off",
      title: text("tempo.number.hint"),
      "aria-label": text("tempo.number"),
      onchange: () => this.#typed(),
      onkeydown: (event) => this.#key(event),
      onpointerdown: (event) => this.#press(event),
      onpointermove: (event) => this.#dragged(event),
      onlostpointercapture: () => this.#letGo(),
    });
    this.tap = element(
      "button",
      {
        class: "tap",
        title: text("tempo.tap.hint"),
        onpointerdown: (event) => this.#tap(event),
        // Keys and screen readers click without a pointer.
        onclick: (event) => event.detail === 0 && this.#tap(event),
      },
      text("tempo.tap"),
    );
    this.#lock = element("button", { class: "own", onclick: () => this.#turnLock() });
    const attributes = { class: "tempo", role: "group", "aria-label": text("tempo") };
    this.root = element("div", attributes, this.#input, this.#lock);
  }

  get #tempo() {
    return this.#player.transport.tempo;
  }

  update() {
    const focused = focusedBeside(this.#input) === this.#input;
    if (!focused || this.#drag) this.#show();
    const locked = this.#player.settings.tempo !== null;
    if (this.#lock.dataset.locked === String(locked)) return;
    this.#lock.dataset.locked = String(locked);
    this.#lock.replaceChildren(icon(locked ? LOCKED : OPEN));
    const label = text(locked ? "tempo.reset" : "tempo.lock");
    put(this.#lock, "aria-label", label);
    this.#lock.title = label;
  }

  /** Keep to the tempo that sounds, or go with each groove's own again. */
  #turnLock() {
    const locked = this.#player.settings.tempo !== null;
    this.#set(locked ? null : (readTempo(writeTempo(this.#tempo)) ?? this.#tempo), true);
  }

  #show() {
    const shown = writeTempo(this.#tempo);
    if (this.#input.value !== shown) this.#input.value = shown;
  }

  /** @param {number | null} tempo @param {boolean} last whether the control rests there */
  #set(tempo, last) {
    this.#player.set({ tempo });
    this.#show();
    if (last) this.#player.keepSettings();
  }

  #typed() {
    const tempo = readTempo(this.#input.value);
    if (tempo !== null) this.#set(tempo, true);
    this.#show();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const change = KEYS[event.key];
    if (event.key === "Enter") this.#input.blur();
    if (!change || isCommand(event)) return;
    event.preventDefault();
    this.#set(clampTempo(Math.round(this.#tempo) + change), false);
    this.#player.keepSettingsSoon();
  }

  /** @param {PointerEvent} event */
  #press({ button, clientY, pointerId }) {
    if (button !== 0) return;
    this.#drag = { y: clientY, tempo: this.#tempo, moved: false };
    this.#input.setPointerCapture(pointerId); // it may be let go anywhere
  }

  /** @param {PointerEvent} event */
  #dragged({ clientY }) {
    if (!this.#drag) return;
    const rise = this.#drag.y - clientY;
    if (!this.#drag.moved && Math.abs(rise) < DRAG) return;
    this.#drag.moved = true;
    this.#set(clampTempo(Math.round(this.#drag.tempo + rise * PER_PIXEL)), false);
  }

  #letGo() {
    const moved = this.#drag?.moved;
    this.#drag = null;
    if (!moved) return this.#input.select();
    this.#input.blur();
    this.#player.keepSettings();
  }

  /** @param {Event} event */
  #tap({ timeStamp }) {
    const { groove } = this.#player;
    const pulse = groove ? pulseOf(groove) : 1; // in 12/8 a foot taps dotted quarters
    const tempo = this.#taps.tap(timeStamp, pulse);
    if (tempo !== null) this.#set(tempo, true);
  }
}
