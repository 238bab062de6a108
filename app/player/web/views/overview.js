// All bars of a file on a deck, with a window around those of the loop: dragged, typed, or moved by key.

/** @import { OverviewData, Send } from "../types" */

import { text } from "../language.js";
import { element, focusedBeside, isCommand, put, style } from "./dom.js";
import { Reminder } from "../page/reminder.js";
import { readBar, within } from "../state/window.js";

const MOST_COLUMNS = 200; // of a longer file some bars share one

/** @type {Record<string, number>} bars, or the window's length where it is not whole */
const KEYS = { ArrowLeft: -1, ArrowRight: 1, ArrowDown: -1, ArrowUp: 1, Home: -Infinity, End: Infinity };
/** @type {Record<string, number>} windows */
const PAGES = { PageDown: -1, PageUp: 1 };

export class Overview {
  #number;
  #strip;
  #columns = element("div", { class: "columns", "aria-hidden": "true" });
  #window = element("div", { class: "window" });
  /** @type {OverviewData | null} */
  #data = null;
  #drawn = ""; // the bars that the columns show
  /** @type {number | null} the bar that was chosen and that Python has yet to take */
  #chosen = null;
  #turn = 0;
  /** @type {{ x: number, start: number } | null} */
  #drag = null;
  /** @type {Send} */
  #send = () => {};
  #reminder = new Reminder(() => this.#chosen === null, () => this.#report());
  root;

  constructor() {
    this.#number = element("input", {
      type: "text",
      inputmode: "numeric",
      autocomplete: "off",
      size: 5,
      "aria-label": text("overview.start"),
      onfocus: () => this.#number.select(),
      onchange: () => this.#typed(),
      onkeydown: (event) => event.key === "Enter" && this.#number.blur(),
    });
    this.#strip = element(
      "div",
      {
        class: "strip",
        role: "slider",
        tabindex: 0,
        "aria-label": text("overview.window"),
        onpointerdown: (event) => this.#down(event),
        onpointermove: (event) => this.#move(event),
        onpointerup: () => this.#up(),
        onpointercancel: () => this.#up(),
        onkeydown: (event) => this.#key(event),
      },
      this.#columns,
      this.#window,
    );
    const label = element("label", {}, element("span", {}, text("overview.start")), this.#number);
    // The style sheet makes it visible: nothing is shown before it can be shown rightly.
    this.root = element(
      "section",
      { class: "player overview", "aria-label": text("overview"), style: "visibility: hidden" },
      this.#strip,
      label,
    );
  }

  /** @param {OverviewData} data @param {Send} send */
  receive(data, send) {
    this.#data = data;
    this.#send = send;
    this.#turn = Math.max(this.#turn, data.answered);
    if (data.answered >= this.#turn && !this.#drag) this.#chosen = null;
    if (this.#chosen !== null) this.#chosen = this.#inside(this.#chosen);
    style(this.root, "--mix", data.accent);
    this.#draw();
  }

  close() {
    this.#reminder.stop();
    this.#send = () => {};
  }

  get #all() {
    return this.#data?.busy.length ?? 1;
  }

  get #length() {
    return Math.min(this.#data?.bars ?? 1, this.#all);
  }

  get #start() {
    return this.#chosen ?? this.#data?.start ?? 0;
  }

  /** @param {number} start */
  #inside(start) {
    return within(start, this.#length, this.#all);
  }

  #draw() {
    const { busy } = this.#data ?? { busy: "" };
    if (busy !== this.#drawn) {
      this.#drawn = busy;
      const count = Math.min(busy.length, MOST_COLUMNS);
      const columns = Array.from({ length: count }, (_, i) => {
        const [from, to] = [i, i + 1].map((n) => Math.floor((n * busy.length) / count));
        const most = Math.max(...[...busy.slice(from, Math.max(to, from + 1))].map(Number));
        return element("i", { style: `--busy: ${most / 9}` });
      });
      this.#columns.replaceChildren(...columns);
    }
    const [start, length] = [this.#start, this.#length];
    style(this.#window, "--from", start / this.#all);
    style(this.#window, "--wide", length / this.#all);
    const first = String(start + 1);
    if (focusedBeside(this.#number) !== this.#number) this.#number.value = first;
    put(this.#strip, "aria-valuemin", 1);
    put(this.#strip, "aria-valuemax", this.#all - length + 1);
    put(this.#strip, "aria-valuenow", first);
    const last = start + length;
    const bars = text(length > 1 ? "overview.bars" : "overview.bar", { first, last, all: this.#all });
    put(this.#strip, "aria-valuetext", bars);
    this.#strip.title = text("overview.drag", { bars });
  }

  /** @param {number} start @param {boolean} last whether it rests there */
  #choose(start, last) {
    this.#chosen = this.#inside(start);
    this.#draw();
    if (!last) return;
    this.#turn++;
    this.#report();
  }

  #report() {
    this.#send("chosen", [this.#turn, this.#start]);
    this.#reminder.start();
  }

  #typed() {
    const bar = readBar(this.#number.value, this.#length, this.#all);
    if (bar !== null && bar !== this.#start) this.#choose(bar, true);
    this.#number.value = String(this.#start + 1);
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (event.button !== 0) return;
    this.#strip.setPointerCapture(event.pointerId);
    const bar = this.#barAt(event);
    const [start, length] = [this.#start, this.#length];
    const inside = bar >= start && bar < start + length;
    this.#drag = { x: event.clientX, start: inside ? start : this.#inside(bar - length / 2) };
    this.#choose(this.#drag.start, false);
  }

  /** @param {PointerEvent} event */
  #move({ clientX }) {
    if (!this.#drag) return;
    const bars = ((clientX - this.#drag.x) / this.#strip.clientWidth) * this.#all;
    this.#choose(this.#drag.start + bars, false);
  }

  #up() {
    if (!this.#drag) return;
    this.#drag = null;
    if (this.#start === this.#data?.start) this.#chosen = null;
    else this.#choose(this.#start, true);
  }

  /** @param {PointerEvent} event */
  #barAt({ clientX }) {
    const { left, width } = this.#strip.getBoundingClientRect();
    return ((clientX - left) / width) * this.#all;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const bars = KEYS[event.key] ?? PAGES[event.key] * this.#length;
    if (!bars || isCommand(event)) return;
    event.preventDefault();
    this.#choose(Math.max(-1, Math.min(this.#all, this.#start + bars)), true);
  }
}
