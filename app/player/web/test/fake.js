// What the tests play on in place of the browser: a sampler that keeps books, a clock that is set by
// hand, a ticker that ticks when asked, and random numbers from a seed.

import assert from "node:assert/strict";

import { Transport } from "../sound/transport.js";

/** Random numbers from 0 to below 1 (mulberry32). */
export function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Whole numbers, choices and the like of one source of random numbers. */
export function dice(random) {
  const below = (end) => Math.floor(random() * end);
  return {
    below,
    between: (low, high) => low + random() * (high - low),
    one: (choices) => choices[below(choices.length)],
    happens: (share) => random() < share,
  };
}

/** Keeps every stroke that it was given: {voice, velocity, time, isCancelled}. */
export class FakeSampler {
  now = 0;
  strokes = [];

  play(voice, velocity, time) {
    assert.ok(time >= this.now, "a stroke is given before its time");
    const stroke = { voice, velocity, time, isCancelled: false };
    this.strokes.push(stroke);
    return stroke;
  }

  cancel(stroke) {
    assert.ok(!stroke.isCancelled, "a stroke is taken back once");
    assert.ok(stroke.time > this.now, "a stroke is taken back before its time");
    stroke.isCancelled = true;
  }

  choke() {}

  silence() {}

  /** What sounded or will. */
  get sounding() {
    return this.strokes.filter(({ isCancelled }) => !isCancelled);
  }
}

/**
 * A transport on a fake sampler; `elapse(seconds, each)` lets time pass, with a tick every 25 ms and
 * a call of `each` after it.
 */
export function fakeTransport({ isHidden = () => false } = {}) {
  const sampler = new FakeSampler();
  let tick = () => {};
  const counts = { starts: 0, stops: 0 };
  const ticker = (act) => {
    tick = act;
    return { start: () => counts.starts++, stop: () => counts.stops++ };
  };
  const transport = new Transport(ticker, isHidden);
  const elapse = (seconds, each = () => {}) => {
    const end = sampler.now + seconds;
    while (sampler.now < end) {
      sampler.now = Math.min(end, sampler.now + 0.025);
      tick();
      each();
    }
  };
  return { transport, sampler, elapse, counts };
}

/** A groove from [step, voice, velocity = 100, timing = 0] of each hit. */
export function grooveOf(cells, { bars = 1, steps = 64, tempo = 120, meters } = {}) {
  const hits = cells.map(([step, voice, velocity = 100, timing = 0]) => {
    return { step, voice, velocity, timing };
  });
  hits.sort((a, b) => a.step * 256 + a.voice - (b.step * 256 + b.voice));
  return meters ? { bars, steps, meters, tempo, hits } : { bars, steps, tempo, hits };
}

/** Hits as [step, voice]. */
export const cellsOf = ({ hits }) => hits.map(({ step, voice }) => [step, voice]);

/** A groove as Python packs it; timing 0 to 2, in steps, and gaps of less than 256 steps. */
export function packGroove(id, { bars, steps, tempo, hits }) {
  const view = new DataView(new ArrayBuffer(4 * hits.length));
  let before = 0;
  hits.forEach(({ step, voice, velocity, timing }, i) => {
    const units = Math.round((timing / 2) * 255);
    const word = (step - before) | (voice << 8) | (velocity << 16) | ((units & 0x1ff) << 23);
    view.setInt32(4 * i, word, true);
    before = step;
  });
  return { id, bars, steps, tempo, hits: btoa(String.fromCharCode(...new Uint8Array(view.buffer))) };
}

/** A path through these grooves, as it is once it is unpacked. */
export function pathOf(id, frames, { voices = 22, hasFeels = false } = {}) {
  const { bars, steps } = frames[0];
  const used = new Set(frames.flatMap(({ hits }) => hits.map(({ voice }) => voice)));
  const named = Array.from({ length: voices }, (_, i) => ({ name: `voice ${i}`, family: "tom" }));
  const ends = [frames[0], frames[frames.length - 1]];
  return { id, bars, steps, voices: named, frames, ends, used, hasFeels };
}
