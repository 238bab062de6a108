// A pad to tap a rhythm on, by hand or key, along with the metronome; once its bars have passed,
// Python has the taps.

/** @import { Send, TapData } from "../types" */
/** @import { Player } from "../state/player.js" */

import { Reminder } from "../page/reminder.js";
import { straight, BEATS } from "../state/groove.js";
import { loudnessAt, Tapping } from "../state/tapping.js";
import { text } from "../language.js";
import { element, isCommand, style, write } from "./dom.js";

const LOOK = 25; // ms between looks at the beat
const STEPS = 64; // of a bar of 4/4
const SOUND = "cross-stick"; // what a tap sounds as
/** @type {Record<string, number>} velocity of a tap */
const KEYS = { " ": 85, Enter: 120 };

/** @typedef {{ metronome: boolean, countIn: boolean }} Clicks */

export class TapPad {
  #player;
  #bars = element(
    "select",
    { "aria-label": text("tap.bars") },
    element("option", { value: 1 }, text("tap.bars.one")),
    element("option", { value: 2 }, text("tap.bars.two")),
  );
  #words = element("span", {}, text("tap.start"));
  #marks = element("div", { class: "marks", "aria-hidden": "true" });
  #pad;
  #hint = element("p", { "aria-live": "polite" }, text("tap.about"));
  /** @type {Tapping | null} while one taps */
  #tapping = null;
  /** @type {Clicks | null} as they were before */
  #before = null;
  #timer = 0;
  #turn = 0;
  #answered = 0;
  /** @type {unknown[]} the last rhythm */
  #rhythm = [];
  /** @type {Send} */
  #send = () => {};
  #reminder = new Reminder(() => this.#answered >= this.#turn, () => this.#report());
  root;

  /** @param {Player} player */
  constructor(player) {
    this.#player = player;
    this.#pad = element(
      "button",
      {
        class: "tap-pad",
        onpointerdown: (event) => this.#down(event),
        onclick: (event) => this.#click(event),
      },
      this.#marks,
      this.#words,
    );
    // The style sheet makes it visible: nothing is shown before it can be shown rightly.
    this.root = element(
      "section",
      { class: "player tap-rhythm", "aria-label": text("tap"), style: "visibility: hidden" },
      element("div", { class: "tapped" }, this.#pad, this.#bars),
      this.#hint,
    );
    // Before the page's own keys: while one taps, space is a tap.
    window.addEventListener("keydown", this.#key, true);
    window.addEventListener("keyup", this.#keyUp, true);
  }

  /** @param {TapData} data @param {Send} send */
  receive({ answered }, send) {
    this.#answered = answered;
    this.#turn = Math.max(this.#turn, answered);
    this.#send = send;
  }

  close() {
    if (this.#tapping) this.#end();
    this.#reminder.stop();
    window.removeEventListener("keydown", this.#key, true);
    window.removeEventListener("keyup", this.#keyUp, true);
  }

  async #start() {
    const player = this.#player;
    const tapping = (this.#tapping = new Tapping(Number(this.#bars.value)));
    const { metronome, countIn } = player.settings;
    this.#before = { metronome, countIn };
    this.#marks.replaceChildren();
    write(this.#hint, text("tap.about"));
    this.root.dataset.on = "true";
    player.live.onStrike = (beat, velocity) => this.#take(this.#straight(beat), velocity);
    player.stop();
    player.set({ metronome: true, countIn: true });
    const { tempo } = player.transport;
    player.preview({ bars: tapping.bars, steps: STEPS, tempo, hits: [] }, { name: text("tap") });
    await player.play();
    if (tapping !== this.#tapping) return;
    if (!player.playing) return this.#end("tap.silent");
    this.#timer = setInterval(() => this.#look(), LOOK);
  }

  /** Go along with play. */
  #look() {
    const beat = this.#beatAt(performance.now());
    if (!this.#tapping || beat === null) return this.#end(); // play was stopped
    if (this.#tapping.isOver(beat)) return this.#finish();
    const bar = Math.floor(beat / BEATS);
    const place = Math.floor(beat) - bar * BEATS + 1;
    const words = beat < 0 ? text("tap.count_in", { beat: place }) : text("tap.now", { bar: bar + 1, beat: place });
    write(this.#words, words);
    style(this.#pad, "--at", Math.max(0, beat) / this.#tapping.beats);
  }

  #finish() {
    const tapping = /** @type {Tapping} */ (this.#tapping);
    const { tempo } = this.#player.transport;
    if (!tapping.taps.length) return this.#end("tap.nothing");
    this.#end();
    this.#turn++;
    this.#rhythm = [tapping.bars, tempo, tapping.taps];
    this.#report();
  }

  /** @param {"tap.about" | "tap.nothing" | "tap.silent"} hint */
  #end(hint = "tap.about") {
    clearInterval(this.#timer);
    const before = this.#before;
    this.#tapping = this.#before = null;
    delete this.root.dataset.on;
    this.#player.live.onStrike = null;
    write(this.#words, text("tap.start"));
    write(this.#hint, text(hint));
    this.#player.stop();
    this.#player.preview(null);
    if (before) this.#player.set(before);
  }

  #report() {
    this.#send("tapped", [this.#turn, ...this.#rhythm]);
    this.#reminder.start();
  }

  /** The beat that was heard at a time of the page's clock; null where nothing plays. @param {number} stamp */
  #beatAt(stamp) {
    const beat = this.#player.live.beatAt(stamp);
    return beat === null ? null : this.#straight(beat);
  }

  /** Swing comes with what is played here later. @param {number} beat */
  #straight(beat) {
    return straight(beat, this.#player.settings.swing);
  }

  /** A tap of this page's. @param {number} stamp @param {number} velocity */
  #tap(stamp, velocity) {
    const voice = this.#player.voices?.findIndex(({ name }) => name === SOUND) ?? -1;
    if (voice >= 0) this.#player.strike(voice, velocity);
    const beat = this.#beatAt(stamp);
    if (beat !== null) this.#take(beat, velocity);
  }

  /** @param {number} beat @param {number} velocity */
  #take(beat, velocity) {
    if (!this.#tapping?.tap(beat, velocity)) return;
    const place = Math.max(0, beat) / this.#tapping.beats;
    this.#marks.append(element("i", { style: `--place: ${place}; --loud: ${velocity / 127}` }));
  }

  /** @param {PointerEvent} event */
  #down({ button, clientY, timeStamp }) {
    if (!this.#tapping || button !== 0) return;
    const { bottom, height } = this.#pad.getBoundingClientRect();
    this.#tap(timeStamp, loudnessAt((bottom - clientY) / height));
  }

  /** @param {MouseEvent} event */
  #click({ detail, timeStamp }) {
    if (!this.#tapping) this.#start();
    // Screen readers click without a pointer.
    else if (detail === 0) this.#tap(timeStamp, KEYS[" "]);
  }

  #key = (/** @type {KeyboardEvent} */ event) => {
    if (!this.#tapping || isCommand(event)) return;
    if (event.key === "Escape") this.#end();
    else if (event.key in KEYS && !event.repeat) this.#tap(event.timeStamp, KEYS[event.key]);
    else if (!(event.key in KEYS)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  // Browsers press a button when space comes up
  #keyUp = (/** @type {KeyboardEvent} */ event) => {
    if (this.#tapping && event.key in KEYS) event.preventDefault();
  };
}
