// The tempo: typed, dragged up and down, tapped, and set back to the groove's own.

import { element, isCommand } from "./dom.js";
import { TEMPO } from "../state/player.js";

const DRAG = 3; // px before a press becomes a drag
const PER_PIXEL = 0.5; // beats per minute
const TAPS = 5; // the tempo is the mean of so many last taps
const PAUSE = 2000; // ms after which tapping begins anew

const clamp = (tempo) => Math.min(TEMPO.most, Math.max(TEMPO.least, tempo));

export class TempoControl {
  tap; // the button; where it stands is the bar's to say
  #player;
  #input;
  #own;
  #drag = null;
  #taps = [];

  constructor(player) {
    this.#player = player;
    this.#input = element("input", {
      type: "text",
      inputmode: "decimal",
      class: "number",
      autocomplete: "off",
      title: "Type, or drag up and down",
      "aria-label": "Tempo in beats per minute",
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
        title: "Tap the tempo",
        onpointerdown: (event) => this.#tap(event),
        // Keys and screen readers click without a pointer.
        onclick: (event) => event.detail === 0 && this.#tap(event),
      },
      "Tap",
    );
    this.#own = element(
      "button",
      {
        class: "own",
        "aria-label": "The groove's own tempo",
        title: "The groove's own tempo",
        onclick: () => this.#set(null, true),
      },
      "↺",
    );
    const attributes = { class: "tempo", role: "group", "aria-label": "Tempo" };
    this.root = element("div", attributes, this.#input, this.#own);
  }

  get #tempo() {
    return this.#player.transport.tempo;
  }

  update() {
    const focused = this.#input.getRootNode().activeElement === this.#input;
    if (!focused || this.#drag) this.#show();
    this.#own.disabled = this.#player.settings.tempo === null;
  }

  #show() {
    const shown = String(Math.round(this.#tempo * 10) / 10);
    if (this.#input.value !== shown) this.#input.value = shown;
  }

  #set(tempo, last) {
    this.#player.set({ tempo });
    this.#show();
    if (last) this.#player.keepSettings();
  }

  #typed() {
    const tempo = Number(this.#input.value.replace(",", "."));
    if (this.#input.value.trim() && Number.isFinite(tempo)) this.#set(clamp(tempo), true);
    this.#show();
  }

  #key(event) {
    const change = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (event.key === "Enter") this.#input.blur();
    if (!change || isCommand(event)) return;
    event.preventDefault();
    this.#set(clamp(Math.round(this.#tempo) + change), false);
    this.#player.keepSettingsSoon();
  }

  #press({ button, clientY, pointerId }) {
    if (button !== 0) return;
    this.#drag = { y: clientY, tempo: this.#tempo };
    this.#input.setPointerCapture(pointerId); // it may be let go anywhere
  }

  #dragged({ clientY }) {
    if (!this.#drag) return;
    const rise = this.#drag.y - clientY;
    if (!this.#drag.moved && Math.abs(rise) < DRAG) return;
    this.#drag.moved = true;
    this.#set(clamp(Math.round(this.#drag.tempo + rise * PER_PIXEL)), false);
  }

  #letGo() {
    const moved = this.#drag?.moved;
    this.#drag = null;
    if (!moved) return this.#input.select();
    this.#input.blur();
    this.#player.keepSettings();
  }

  #tap({ timeStamp: now }) {
    if (now - this.#taps.at(-1) > PAUSE) this.#taps = [];
    this.#taps = [...this.#taps, now].slice(-TAPS);
    if (this.#taps.length < 2) return;
    const beat = (now - this.#taps[0]) / (this.#taps.length - 1);
    this.#set(clamp(Math.round(600000 / beat) / 10), true);
  }
}
