// The transport: plays a groove in a loop, sample-accurate, through every change.
//
// Strokes are handed to the sampler 1 s before they sound, for redraws block the page for 0.3 s,
// and on a busy machine for longer. A change of groove, tempo, swing or metronome takes effect at
// the next step: what was handed over and has not sounded by then is taken back and scheduled anew.

/** @import { Groove, Instrument, Layout, Scheduled, Stroke, Ticker } from "../types" */

import { Clock } from "./clock.js";
import { BEATS, SIXTEENTHS } from "../state/groove.js";
import { goOver, layOut, strokesBetween } from "./strokes.js";

const AHEAD = 1; // s
const AHEAD_HIDDEN = 1.5; // s, where the browser slows a hidden page's timers
const SAFE = 0.015; // s, nearer than this a stroke may already be on its way out
const LEAD_IN = 0.05; // s from pressing play to the first stroke
const TOO_LATE = 0.03; // s, later than this a stroke is better dropped
const LEAP = 2; // steps that a change of swing or feel moves a stroke at most
const KEPT_BEATS = 2; // how long past strokes are remembered

/** @type {Instrument} what there is before the first start: it makes no sound */
const NONE = { now: 0, play: () => null, cancel() {}, choke() {}, silence() {} };

export class Transport {
  playing = false;
  late = 0; // strokes handed over after their time
  dropped = 0; // strokes not played because they came too late
  changedFrom = 0; // beat from which the last change is heard
  #clock = new Clock();
  /** @type {Instrument} */
  #sampler = NONE;
  /** @type {Ticker} */
  #ticker;
  #isHidden;
  /** @type {Groove | null} */
  #groove = null;
  /** @type {Layout} */
  #layout = { length: BEATS, strokes: [], clicks: [], before: [] };
  /** @type {Scheduled[]} */
  #scheduled = [];
  #cursor = 0; // all strokes before this beat are scheduled
  /** @type {number | null} set by the musician; null: the groove's own */
  #tempo = null;
  #swing = 0.5;
  #metronome = false;

  /**
   * @param {(tick: () => void) => Ticker} ticker what calls `tick` again and again while it is started
   * @param {() => boolean} isHidden whether timers may be slow
   */
  constructor(ticker = workerTicker, isHidden = () => document.hidden) {
    this.#ticker = ticker(() => this.#fill());
    this.#isHidden = isHidden;
  }

  get now() {
    return this.#sampler.now;
  }

  get tempo() {
    return this.#tempo ?? this.#groove?.tempo ?? 120;
  }

  /** Audio time from which a change made now would be heard. */
  get changeableFrom() {
    return this.#clock.timeAt(this.#nextStep());
  }

  /** Strokes lately scheduled, soonest first: {beat, time, voice, velocity, step}. */
  get scheduled() {
    return this.#scheduled;
  }

  /** @param {number} time */
  beatAt(time) {
    return this.#clock.beatAt(time);
  }

  /** @param {number} beat */
  timeAt(beat) {
    return this.#clock.timeAt(beat);
  }

  /**
   * Play from the start of the groove, after a bar of clicks where `countIn`.
   *
   * @param {Instrument} sampler
   * @param {{ countIn?: boolean }} settings
   */
  start(sampler, { countIn = false } = {}) {
    if (this.playing || !this.#groove) return;
    this.#sampler = sampler;
    const first = Math.min(0, this.#layout.strokes[0]?.beat ?? 0);
    this.#cursor = countIn ? this.#layout.before[0].beat : first;
    this.#scheduled = [];
    this.#clock.start(this.#cursor, this.now + LEAD_IN, this.tempo);
    this.playing = true;
    this.#ticker.start();
    this.#fill();
  }

  stop() {
    if (!this.playing) return;
    this.playing = false;
    this.#ticker.stop();
    this.#sampler.silence();
    this.#scheduled = [];
  }

  /** @param {Groove} groove */
  setGroove(groove) {
    this.#groove = groove;
    this.#layout = layOut(groove, this.#swing);
    this.#change();
  }

  /** @param {number | null} tempo null: the groove's own */
  setTempo(tempo) {
    this.#tempo = tempo;
    this.#change();
  }

  /** @param {number} swing */
  setSwing(swing) {
    this.#swing = swing;
    if (this.#groove) this.setGroove(this.#groove);
  }

  /** @param {boolean} on */
  setMetronome(on) {
    this.#metronome = on;
    this.#change();
  }

  /** Steps in a beat. */
  get #perBeat() {
    return (this.#groove?.steps ?? SIXTEENTHS) / BEATS;
  }

  /** First step that can still be changed, as a beat. */
  #nextStep() {
    const perBeat = this.#perBeat;
    return Math.ceil(this.#clock.beatAt(this.now + SAFE) * perBeat - 1e-9) / perBeat;
  }

  /** Go over to what is wanted now, from the next step on. */
  #change() {
    if (!this.playing) return;
    const from = (this.changedFrom = this.#nextStep());
    const retimed = Math.abs(this.#clock.tempo - this.tempo) > 1e-9;
    if (retimed) this.#clock.change(from, this.tempo);
    const near = LEAP / this.#perBeat;
    const wanted = strokesBetween(this.#layout, from - near, this.#cursor, this.#metronome);
    const { cancel, add } = goOver(this.#scheduled, wanted, from, near);
    this.#takeBack(cancel);
    if (retimed) add.push(...this.#takeBack(this.#scheduled.filter((s) => s.beat >= from)));
    this.#schedule(add);
    this.#fill();
  }

  /** @param {Scheduled[]} strokes */
  #takeBack(strokes) {
    const gone = new Set(strokes);
    for (const stroke of strokes) this.#sampler.cancel(stroke.handle);
    this.#scheduled = this.#scheduled.filter((stroke) => !gone.has(stroke));
    return strokes;
  }

  /** Schedule up to the look-ahead. */
  #fill() {
    if (!this.playing) return;
    this.#sampler.tick?.(this);
    const ahead = this.#isHidden() ? AHEAD_HIDDEN : AHEAD;
    const to = this.#clock.beatAt(this.now + ahead);
    if (to <= this.#cursor) return;
    this.#schedule(strokesBetween(this.#layout, this.#cursor, to, this.#metronome));
    this.#cursor = to;
    const old = this.#clock.beatAt(this.now) - KEPT_BEATS;
    this.#scheduled = this.#scheduled.filter((stroke) => stroke.beat >= old);
  }

  /** @param {Stroke[]} strokes */
  #schedule(strokes) {
    const now = this.now;
    for (const stroke of strokes) {
      const time = this.#clock.timeAt(stroke.beat);
      if (time < now) this.late++;
      if (time < now - TOO_LATE) {
        this.dropped++;
        continue;
      }
      const { voice, velocity, turn } = stroke;
      const handle = this.#sampler.play(voice, velocity, Math.max(time, now), turn);
      this.#scheduled.push({ ...stroke, time, handle });
    }
    this.#scheduled.sort((a, b) => a.beat - b.beat);
    this.#sampler.choke();
  }
}

/**
 * A worker ticks: its timers keep time where those of a hidden page do not.
 *
 * @param {() => void} tick
 * @returns {Ticker}
 */
function workerTicker(tick) {
  const worker = new Worker(new URL("./ticker.js", import.meta.url));
  worker.onmessage = tick;
  return { start: () => worker.postMessage("start"), stop: () => worker.postMessage("stop") };
}
