// Random changes of groove, tempo, swing and metronome while it plays: no stroke doubled, lost, late
// or taken back after its time.

import assert from "node:assert/strict";
import { test } from "node:test";

import { CLICK } from "../sound/strokes.js";
import { beatOf } from "../state/groove.js";
import { dice, fakeTransport, grooveOf, randomFrom } from "./fake.js";

const SEED = 20261128;
const NEAR = 0.125; // beats: two steps, which a change of swing or feel moves a stroke at most
const AHEAD = 1.1; // s: what is nearer the end may not be scheduled yet
const EPSILON = 1.1e-5; // beats: a stroke that is moved by less stays where it is
const APART = 0.002; // steps between two hits of a voice, so that swing leaves them more than EPSILON

const VOICES = 6;

/** Hits of random voices in random steps, on the grid and off it, no two of a voice at once. */
function randomGroove({ below, between, happens, one }) {
  const bars = 1 + below(2);
  const cells = [];
  const isFree = (voice, place) =>
    cells.every(([step, other, , timing]) => {
      const away = Math.abs(step + timing - place);
      return other !== voice || Math.min(away, bars * 64 - away) > APART;
    });
  const addHit = (step, voice) => {
    const [velocity, timing] = [1 + below(127), happens(0.5) ? between(-2, 2) : 0];
    if (isFree(voice, step + timing)) cells.push([step, voice, velocity, timing]);
  };
  for (let step = 0; step < bars * 64; step++) {
    for (let voice = 0; voice < VOICES; voice++) {
      if (happens(step % 4 ? 0.01 : 0.25)) addHit(step, voice);
    }
  }
  return grooveOf(cells, { bars, tempo: one([70, 90, 120, 120, 133.7, 174]) });
}

/**
 * The same hits with another feel: none is farther than .25 steps from its step, so that together
 * with a swing of up to .68 all is within two steps of where it was.
 */
function withOtherFeel(groove, { below, between }) {
  const hits = groove.hits.map((hit) => {
    return { ...hit, velocity: 1 + below(127), timing: between(-0.25, 0.25) };
  });
  return { ...groove, hits };
}

/** Lets time pass by little, mostly: many changes come within one step. */
function passSome({ between, happens }, elapse) {
  if (happens(0.3)) return;
  elapse(happens(0.03) ? between(0.5, 3) : between(0, 0.06));
}

/** What was to sound of a part of a groove, reckoned in the plainest way: [voice, beat]. */
function wantedOf({ groove, swing, metronome }, from, to) {
  const wanted = [];
  const length = groove.bars * 4;
  for (const hit of groove.hits) {
    const place = beatOf(hit, groove.steps, swing);
    const first = Math.max(0, Math.ceil((from - place) / length));
    for (let beat = place + first * length; beat < to; beat += length) wanted.push([hit.voice, beat]);
  }
  for (let beat = Math.ceil(from); metronome && beat < to; beat++) wanted.push([CLICK, beat]);
  return wanted;
}

/**
 * Any change at all. Of what lies more than two steps from every change, exactly that sounds which
 * was to sound then; nearby, nothing sounds twice at once.
 */
function changeAnything(seed, changes) {
  const random = dice(randomFrom(seed));
  const { transport, sampler, elapse } = fakeTransport();
  const state = { groove: randomGroove(random), swing: 0.5, metronome: false };
  transport.setGroove(state.groove);
  transport.start(sampler);
  const beats = new Map(); // of what was scheduled, by its handle
  const parts = [{ from: -1, ...state }];
  const note = () => {
    for (const { handle, beat } of transport.scheduled) beats.set(handle, beat);
  };
  note();
  for (let i = 0; i < changes; i++) {
    const turn = random.below(10);
    if (turn < 4) transport.setGroove((state.groove = randomGroove(random)));
    else if (turn < 6) transport.setTempo(random.happens(0.2) ? null : random.between(30, 300));
    else if (turn < 8) transport.setSwing((state.swing = random.between(0.5, 0.75)));
    else transport.setMetronome((state.metronome = !state.metronome));
    parts.push({ from: transport.changedFrom, ...state });
    note();
    passSome(random, (seconds) => elapse(seconds, note));
  }
  const until = transport.beatAt(sampler.now);
  elapse(AHEAD, note);
  assert.equal(transport.late, 0, "nothing was late");
  assert.equal(transport.dropped, 0);
  compare(parts, until, sampler.sounding.map((stroke) => [stroke.voice, beats.get(stroke)]));
  return parts.length;
}

/**
 * `parts` are what was to sound from which beat on; `sounding` is [voice, beat] of all that did.
 */
function compare(parts, until, sounding) {
  const found = new Book(sounding);
  const expected = new Book([]);
  parts.forEach((part, i) => {
    const to = Math.min(until, parts[i + 1]?.from ?? until);
    const isCalm = ([, beat]) => beat > part.from + NEAR + EPSILON && beat < to - NEAR - EPSILON;
    // What sounds may lie beside what was wanted, and so on the other side of that line.
    const isSurelyCalm = ([, beat]) => isCalm([0, beat - EPSILON]) && isCalm([0, beat + EPSILON]);
    if (to - part.from <= 2 * NEAR) return;
    const wanted = wantedOf(part, part.from, to);
    for (const stroke of wanted.filter(isCalm)) {
      assert.equal(found.count(stroke), 1, `${stroke} is to sound once`);
      expected.add(stroke);
    }
    for (const stroke of found.between(part.from, to).filter(isSurelyCalm)) {
      assert.equal(expected.count(stroke), 1, `${stroke} is not to sound`);
    }
  });
  for (const stroke of sounding) assert.equal(found.count(stroke), 1, `${stroke} sounds twice`);
}

/** Strokes [voice, beat], found again though their beats are not the same to the last bit. */
class Book {
  #pages = new Map(); // of a tenth of a beat

  constructor(strokes) {
    for (const stroke of strokes) this.add(stroke);
  }

  add(stroke) {
    const page = Math.floor(stroke[1] * 10);
    this.#pages.set(page, [...this.#page(page), stroke]);
  }

  #page(page) {
    return this.#pages.get(page) ?? [];
  }

  between(from, to) {
    const pages = [];
    for (let page = Math.floor(from * 10); page <= to * 10; page++) pages.push(...this.#page(page));
    return pages;
  }

  count([voice, beat]) {
    const isIt = ([other, at]) => other === voice && Math.abs(at - beat) < EPSILON;
    return this.between(beat - EPSILON, beat + EPSILON).filter(isIt).length;
  }
}

/** Changes that keep the hits: every one of each round sounds once. */
function changeFeel(seed, changes) {
  const random = dice(randomFrom(seed));
  const { transport, sampler, elapse } = fakeTransport();
  // Hits of a voice four steps apart: nearer ones might change places.
  const cells = [];
  for (let step = 0; step < 128; step += 4) {
    for (let voice = 0; voice < VOICES; voice++) if (random.happens(0.25)) cells.push([step, voice]);
  }
  let groove = grooveOf(cells, { bars: 2 });
  let metronome = false;
  transport.setGroove(groove);
  transport.start(sampler);
  const names = new Map(); // of what was scheduled, by its handle
  const note = () => {
    for (const { handle, beat, voice, step, place } of transport.scheduled) {
      if (voice !== CLICK) names.set(handle, `${voice} ${step} ${Math.round((beat - place) / 8)}`);
    }
  };
  for (let i = 0; i < changes; i++) {
    const turn = random.below(4);
    if (turn === 0) transport.setGroove((groove = withOtherFeel(groove, random)));
    else if (turn === 1) transport.setTempo(random.between(30, 300));
    else if (turn === 2) transport.setSwing(random.between(0.5, 0.68));
    else transport.setMetronome((metronome = !metronome));
    note();
    passSome(random, (seconds) => elapse(seconds, note));
  }
  const until = transport.beatAt(sampler.now);
  elapse(AHEAD, note);
  assert.equal(transport.late, 0, "nothing was late");
  const drums = sampler.sounding.filter(({ voice }) => voice !== CLICK);
  const sounded = drums.map((stroke) => names.get(stroke));
  const once = new Set(sounded);
  assert.equal(once.size, sounded.length, "no hit sounds twice");
  for (let round = 0; round * 8 < until; round++) {
    for (const { voice, step } of groove.hits) {
      if (round * 8 + step / 16 > until - NEAR) continue;
      assert.ok(once.has(`${voice} ${step} ${round}`), `${voice} ${step} ${round} is lost`);
    }
  }
}

// Some runs of many changes rather than one: what comes early in a run is tried as well.
const RUNS = 36;

for (const [name, run] of [["anything", changeAnything], ["the feel alone", changeFeel]]) {
  test(`36,000 random changes of ${name} lose and double no stroke`, () => {
    for (let i = 0; i < RUNS; i++) run(SEED + i, 1000);
  });

  test(`1,000 more of ${name}, at random`, (t) => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    t.diagnostic(`seed ${seed}`);
    try {
      run(seed, 1000);
    } catch (error) {
      error.message = `seed ${seed}: ${error.message}`;
      throw error;
    }
  });
}
