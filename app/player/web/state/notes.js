// Notes: hits that are moved in time, multiplied and copied. Each function gives the cells that
// change, as edits.

/** @import { Groove, Hit } from "../types" */

/** @typedef {{ voice: number, velocity: number, at: number }} Note a hit at a place, in steps */

import { barAround, BEATS, SIXTEENTHS, cellOf, reach, stepsOf as length } from "./groove.js";
import { barsOf } from "./meter.js";

const ONE = 0.5; // steps: nearer than this, two hits of a voice are one
const GRACE = 30; // ms from a grace note to the next stroke
const GRACE_LEVEL = 0.45; // of the main stroke's velocity
const ROLL_LEVEL = 0.75;
const ROLL = [1, 2, 3]; // thirty-seconds that follow the main stroke

/** Units that a bar is divided into when a hit is moved; 0: none. @type {Record<string, number>} */
export const SNAPS = { "1/16": 16, "1/32": 32, "1/16 triplet": 24, off: 0 };

/** @param {Hit} hit @returns {Note} */
export const noteOf = ({ voice, velocity, step, timing }) => ({ voice, velocity, at: step + timing });

/** @param {number} velocity */
export const playable = (velocity) => Math.min(127, Math.max(1, Math.round(velocity)));

/**
 * Milliseconds in steps.
 *
 * @param {number} ms
 * @param {{ steps: number }} groove
 * @param {number} tempo
 */
export const stepsOf = (ms, { steps }, tempo) => (((ms / 60000) * tempo) / BEATS) * steps;

/**
 * The edits that take `gone` out and put `come` in. A note that comes to where another of its voice
 * is takes its place.
 *
 * @param {Groove} groove
 * @param {Hit[]} gone
 * @param {Note[]} come
 * @returns {Hit[]}
 */
export function rewrite(groove, gone, come) {
  const taken = new Map(groove.hits.map((hit) => [cellOf(hit), hit]));
  /** @type {Map<number, Hit>} */
  const edits = new Map();
  for (const hit of gone) {
    taken.delete(cellOf(hit));
    edits.set(cellOf(hit), { ...hit, velocity: 0 });
  }
  for (const note of come.toSorted((a, b) => a.at - b.at)) {
    const hit = placed(note, groove, taken);
    taken.set(cellOf(hit), hit);
    edits.set(cellOf(hit), hit);
  }
  return [...edits.values()];
}

/**
 * A note in its cell: that of the nearest step, or a free one beside it. From half a sixteenth before
 * a bar on, notes stand in that bar, as in Python (beatgen/groove.py).
 *
 * @param {Note} note
 * @param {Groove} groove
 * @param {Map<number, Hit>} taken
 * @returns {Hit}
 */
function placed({ voice, velocity, at: wanted }, groove, taken) {
  const most = reach(groove.steps);
  const end = length(groove);
  const early = groove.steps / (2 * SIXTEENTHS);
  const at = wanted < -early ? wanted + end : wanted >= end - 0.5 ? wanted - end : wanted;
  const [first, last] = barAround(at + early, groove);
  const nearest = Math.min(last, Math.max(first, Math.round(at)));
  const steps_ = Array.from({ length: 2 * Math.ceil(most) + 3 }, (_, i) => nearest + i - Math.ceil(most) - 1);
  const inBar = steps_.filter((step) => step >= first && step <= last);
  inBar.sort((one, other) => Math.abs(at - one) - Math.abs(at - other));
  const near = inBar.filter((step) => Math.abs(at - step) <= most + 1e-9);
  const of = (/** @type {number} */ step) => taken.get(cellOf({ step, voice }));
  const same = near.find((step) => {
    const other = of(step);
    return other && Math.abs(other.step + other.timing - at) < ONE;
  });
  // Just out of reach, a free cell is still better than the cell of another note.
  const almost = inBar.filter((step) => Math.abs(at - step) <= most + ONE);
  const step = same ?? [...near, ...almost].find((free) => !of(free)) ?? nearest;
  return { step, voice, velocity, timing: Math.min(most, Math.max(-most, at - step)) };
}

/**
 * Hits moved by as many steps; so that the first of them comes onto a unit of the bar, where there is
 * one.
 *
 * @param {Groove} groove
 * @param {Hit[]} hits
 * @param {number} by steps
 * @param {number} units of a bar, 0 for none
 */
export function moved(groove, hits, by, units = 0) {
  const unit = units && groove.steps / units;
  const [first] = hits.map(noteOf);
  const wanted = first.at + by;
  const all = unit ? Math.round(wanted / unit) * unit - first.at : by;
  if (unit && Math.abs(by) < unit / 2) return [];
  return rewrite(groove, hits, hits.map(noteOf).map((note) => ({ ...note, at: note.at + all })));
}

/** @param {Groove} groove @param {Hit[]} hits @param {number} factor of their velocity */
export const scaled = (groove, hits, factor) =>
  hits.map((hit) => ({ ...hit, velocity: playable(hit.velocity * factor) }));

/**
 * Grace notes before hits: one is a flam, two are a drag.
 *
 * @param {Groove} groove
 * @param {Hit[]} hits
 * @param {number} count
 * @param {number} tempo
 */
export function graced(groove, hits, count, tempo) {
  const apart = stepsOf(GRACE, groove, tempo);
  const graces = hits.flatMap((hit) =>
    Array.from({ length: count }, (_, i) => {
      const note = noteOf(hit);
      return { ...note, velocity: playable(hit.velocity * GRACE_LEVEL), at: note.at - (i + 1) * apart };
    }),
  );
  return rewrite(groove, [], graces);
}

/** Hits that go on in thirty-seconds over an eighth. @param {Groove} groove @param {Hit[]} hits */
export function rolled(groove, hits) {
  const apart = groove.steps / 32;
  const strokes = hits.map(noteOf).flatMap((note) =>
    ROLL.map((i) => {
      return { ...note, velocity: playable(note.velocity * ROLL_LEVEL), at: note.at + i * apart };
    }),
  );
  return rewrite(groove, [], strokes.filter(({ at }) => at < length(groove)));
}

/**
 * Hits to be pasted elsewhere: notes, from the sixteenth of the first on.
 *
 * @param {Groove} groove
 * @param {Hit[]} hits
 * @returns {Note[]}
 */
export function copied(groove, hits) {
  const sixteenth = groove.steps / SIXTEENTHS;
  const notes = hits.map(noteOf);
  const start = Math.round(Math.min(...notes.map(({ at }) => at)) / sixteenth) * sixteenth;
  return notes.map((note) => ({ ...note, at: note.at - start }));
}

/**
 * Copied notes from a step on; what would stand behind the end is left out.
 *
 * @param {Groove} groove
 * @param {Note[]} notes
 * @param {number} step
 */
export function pasted(groove, notes, step) {
  const there = notes.map((note) => ({ ...note, at: note.at + step }));
  return rewrite(groove, [], there.filter(({ at }) => at < length(groove) - ONE));
}

/**
 * A bar once more in the next one, in place of what is there; nothing where it is the last.
 *
 * @param {Groove} groove
 * @param {number} bar from 0
 */
export function duplicated(groove, bar) {
  const [from, to] = barsOf(groove).slice(bar, bar + 2);
  if (!to) return [];
  const unit = groove.steps / SIXTEENTHS;
  const of = (/** @type {{ first: number, sixteenths: number }} */ { first, sixteenths }) =>
    groove.hits.filter(({ step }) => step >= first * unit && step < (first + sixteenths) * unit);
  const there = of(from).map(noteOf).map((note) => ({ ...note, at: note.at + (to.first - from.first) * unit }));
  const end = (to.first + to.sixteenths) * unit - ONE;
  return rewrite(groove, of(to), there.filter(({ at }) => at < end));
}

/**
 * A voice's hits in another voice, too.
 *
 * @param {Groove} groove
 * @param {Hit[]} hits
 * @param {number} voice
 */
export const inVoice = (groove, hits, voice) =>
  rewrite(groove, [], hits.map((hit) => ({ ...noteOf(hit), voice })));
