// The transport: plays a groove in a loop, sample-accurate, through every change.
//
// Strokes are handed to the sampler 1 s before they sound, for redraws block the page for 0.3 s,
// and on a busy machine for longer. A change of groove, tempo, swing or metronome takes effect at
// the next step: what was handed over and has not sounded by then is taken back and scheduled anew.

import { Clock } from "./clock.js";
import { BEATS } from "../state/groove.js";
import { goOver, layOut, strokesBetween } from "./strokes.js";

const AHEAD = 1; // s
const AHEAD_HIDDEN = 1.5; // s, where the browser slows a hidden page's timers
const SAFE = 0.015; // s, nearer than this a stroke may already be on its way out
const LEAD_IN = 0.05; // s from pressing play to the first stroke
const TOO_LATE = 0.03; // s, later than this a stroke is better dropped
const LEAP = 2; // steps that a change of swing or feel moves a stroke at most
const KEPT_BEATS = 2; // how long past strokes are remembered

export class Transport {
  playing = false;
  late = 0; // strokes handed over after their time
  dropped = 0; // strokes not played because they came too late
  changedFrom = 0; // beat from which the last change is heard
  #clock = new Clock();
  #sampler = null; // there from the first start on
  #ticker = new Worker(new URL("./ticker.js", import.meta.url));
  #groove = null;
  #layout = null;
  #scheduled = [];
  #cursor = 0; // all strokes before this beat are scheduled
  #tempo = null; // set by the musician; null: the groove's own
  #swing = 0.5;
  #metronome = false;

  constructor() {
    this.#ticker.onmessage = () => this.#fill();
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

  beatAt(time) {
    return this.#clock.beatAt(time);
  }

  timeAt(beat) {
    return this.#clock.timeAt(beat);
  }

  /** Play from the start of the groove, after a bar of clicks where `countIn`. */
  start(sampler, { countIn = false } = {}) {
    if (this.playing || !this.#groove) return;
    this.#sampler = sampler;
    const first = Math.min(0, this.#layout.strokes[0]?.beat ?? 0);
    this.#cursor = countIn ? -BEATS : first;
    this.#scheduled = [];
    this.#clock.start(this.#cursor, this.now + LEAD_IN, this.tempo);
    this.playing = true;
    this.#ticker.postMessage("start");
    this.#fill();
  }

  stop() {
    if (!this.playing) return;
    this.playing = false;
    this.#ticker.postMessage("stop");
    this.#sampler.silence();
    this.#scheduled = [];
  }

  set groove(groove) {
    this.#groove = groove;
    this.#layout = layOut(groove, this.#swing);
    this.#change();
  }

  set tempo(tempo) {
    this.#tempo = tempo;
    this.#change();
  }

  set swing(swing) {
    this.#swing = swing;
    if (this.#groove) this.groove = this.#groove;
  }

  set metronome(on) {
    this.#metronome = on;
    this.#change();
  }

  /** First step that can still be changed, as a beat. */
  #nextStep() {
    const perBeat = this.#groove.steps / BEATS;
    return Math.ceil(this.#clock.beatAt(this.now + SAFE) * perBeat - 1e-9) / perBeat;
  }

  #change() {
    if (!this.playing) return;
    const from = (this.changedFrom = this.#nextStep());
    const retimed = Math.abs(this.#clock.tempo - this.tempo) > 1e-9;
    if (retimed) this.#clock.change(from, this.tempo);
    const near = (LEAP * BEATS) / this.#groove.steps;
    const wanted = strokesBetween(this.#layout, from - near, this.#cursor, this.#metronome);
    const { cancel, add } = goOver(this.#scheduled, wanted, from, near);
    this.#takeBack(cancel);
    if (retimed) add.push(...this.#takeBack(this.#scheduled.filter((s) => s.beat >= from)));
    this.#schedule(add);
    this.#fill();
  }

  #takeBack(strokes) {
    const gone = new Set(strokes);
    for (const stroke of strokes) this.#sampler.cancel(stroke.handle);
    this.#scheduled = this.#scheduled.filter((stroke) => !gone.has(stroke));
    return strokes;
  }

  /** Schedule up to the look-ahead. */
  #fill() {
    if (!this.playing) return;
    const ahead = document.hidden ? AHEAD_HIDDEN : AHEAD;
    const to = this.#clock.beatAt(this.now + ahead);
    if (to <= this.#cursor) return;
    this.#schedule(strokesBetween(this.#layout, this.#cursor, to, this.#metronome));
    this.#cursor = to;
    const old = this.#clock.beatAt(this.now) - KEPT_BEATS;
    this.#scheduled = this.#scheduled.filter((stroke) => stroke.beat >= old);
  }

  #schedule(strokes) {
    const now = this.now;
    for (const stroke of strokes) {
      const time = this.#clock.timeAt(stroke.beat);
      if (time < now) this.late++;
      if (time < now - TOO_LATE) {
        this.dropped++;
        continue;
      }
      const handle = this.#sampler.play(stroke.voice, stroke.velocity, Math.max(time, now));
      this.#scheduled.push({ ...stroke, time, handle });
    }
    this.#scheduled.sort((a, b) => a.beat - b.beat);
    this.#sampler.choke();
  }
}
