// Grooves in the browser: hits by cell, mixed along a path, changed by edits.

/**
 * @import {
 *   Edits, Feel, Groove, Hit, PackedGroove, PackedPath, Path, PathName, Shape, Voice
 * } from "../types"
 */

import { barsOf, lengthOf } from "./meter.js";
import { unpackWords, viewOf } from "./words.js";

const TIMING_UNITS = 255;

export const BEATS = 4; // quarters in a bar of 4/4
export const SIXTEENTHS = 16; // in a bar of 4/4
export const VOICES = 256; // numbers that a voice can have, as in wire.py
export const KIT = 22; // voices of the kit; those of higher numbers are extras, percussion
const UNKNOWN = "cross-stick"; // sounds for a note of no known instrument
const NOTE = 128; // number of the voice that is MIDI note 0, where that is no known instrument

/** How far from its step a hit may stand, in steps. @param {number} steps of a bar of 4/4 */
export const reach = (steps) => Math.max(0.5, steps / (2 * SIXTEENTHS));

/**
 * One number per cell, in the order in which hits are sorted.
 *
 * @param {Pick<Hit, "step" | "voice">} hit
 */
export const cellOf = ({ step, voice }) => step * VOICES + voice;

/** A hit as Python reads it. @param {Hit} hit */
export const packHit = ({ step, voice, velocity, timing }) => [step, voice, velocity, timing];

/** @param {PackedGroove} packed @returns {Groove} */
export const unpackGroove = ({ hits, bars, steps, tempo, meters }) =>
  grooveOf(viewOf(hits), { bars, steps, tempo, meters });

/**
 * A groove from its words (see wire.py).
 *
 * @param {DataView} view
 * @param {{ bars: number, steps: number, tempo: number, meters?: string[] | null }} shape
 * @returns {Groove}
 */
export function grooveOf(view, { bars, steps, tempo, meters }) {
  const unit = reach(steps) / TIMING_UNITS;
  const hits = [];
  let step = 0;
  for (let i = 0; i < view.byteLength; i += 4) {
    const word = view.getInt32(i, true);
    step += word & 0xff;
    const velocity = (word >> 16) & 0x7f;
    const voice = (word >> 8) & 0xff;
    if (velocity) hits.push({ step, voice, velocity, timing: (word >> 23) * unit });
  }
  return { ...shapeOf({ bars, steps, meters }), tempo, hits };
}

/**
 * Bars, steps and meters of a groove, a lock or what Python sends; no meters where all are 4/4.
 *
 * @param {{ bars: number, steps: number, meters?: string[] | null }} of
 * @returns {Shape}
 */
export const shapeOf = ({ bars, steps, meters }) =>
  meters ? { bars, steps, meters } : { bars, steps };

/** Steps of a groove in all. @param {Shape} shape */
export const stepsOf = (shape) => (lengthOf(shape) * shape.steps) / SIXTEENTHS;

/**
 * First and last step of the bar that a step stands in.
 *
 * @param {number} step
 * @param {Shape} shape
 */
export function barAround(step, shape) {
  const unit = shape.steps / SIXTEENTHS;
  const bar = barsOf(shape).findLast(({ first }) => first * unit <= step);
  const { first, sixteenths } = bar ?? barsOf(shape)[0];
  return [Math.ceil(first * unit), Math.ceil((first + sixteenths) * unit) - 1];
}

/**
 * Give the hits of a frame what the feels of A and of B make of them.
 *
 * @param {DataView} view
 * @param {Groove} frame
 */
function addFeels(view, { hits, steps }) {
  const unit = (2 * reach(steps)) / TIMING_UNITS;
  const feelAt = (/** @type {number} */ byte) => {
    const word = view.getInt16(byte, true);
    return { velocity: word & 0x7f, later: (word >> 7) * unit };
  };
  hits.forEach((hit, i) => (hit.feels = [feelAt(4 * i), feelAt(4 * i + 2)]));
}

/** All voices, by their numbers. @param {NonNullable<PackedPath["voices"]>} packed */
function voicesOf(packed) {
  /** @type {Voice[]} */
  const voices = packed.map(([name, family, relative]) => {
    return { name, family, relative: relative ?? undefined };
  });
  while (voices.length < VOICES) {
    const note = voices.length - NOTE; // numbers before the notes are free
    const name = note < 0 ? "" : `note ${note}`;
    voices.push({ name, family: "percussion", relative: UNKNOWN });
  }
  return voices;
}

/**
 * A path as Python sends it; one that is named by its id alone stays as it is.
 *
 * @param {PackedPath | PathName} packed
 * @param {Voice[] | null} known the voices of a path that came before
 * @returns {Promise<Path | PathName>}
 */
export async function unpackPath(packed, known = null) {
  if (!packed.frames) return packed;
  const { id, tempi } = packed;
  const shape = shapeOf(packed);
  const voices = packed.voices ? voicesOf(packed.voices) : known;
  if (!voices) return { id, felt: packed.feels !== null }; // the one before got lost: ask for all
  const [words, felt] = await Promise.all([
    unpackWords(packed.frames, 4),
    packed.feels && unpackWords(packed.feels, 2),
  ]);
  const frames = words.map((view, i) => grooveOf(view, { ...shape, tempo: tempi[i] }));
  felt?.forEach((view, i) => addFeels(view, frames[i]));
  const ends = [0, frames.length - 1].map((frame, side) => {
    const hits = packed.ends?.[side];
    return hits ? unpackGroove({ ...shape, tempo: tempi[frame], hits }) : frames[frame];
  });
  const used = new Set([...frames, ...ends].flatMap(({ hits }) => hits.map(({ voice }) => voice)));
  return { id, ...shape, voices, frames, ends, used, hasFeels: felt !== null };
}

/**
 * The groove at `position` (0 to 1) of a path; exactly a frame where the position meets one.
 *
 * @param {Pick<Path, "frames">} path
 * @param {number} position
 */
export function grooveAt({ frames }, position) {
  const place = position * (frames.length - 1);
  const index = Math.min(Math.floor(place), frames.length - 1);
  const amount = place - index;
  const near = frames[index];
  return amount < 1e-9 ? near : mix(near, frames[index + 1], amount);
}

/**
 * Between two grooves: a hit of both moves from the one to the other, a hit of one alone is there
 * on its own half.
 *
 * @param {Groove} a
 * @param {Groove} b
 * @param {number} amount
 * @returns {Groove}
 */
function mix(a, b, amount) {
  /** @param {number} x @param {number} y */
  const between = (x, y) => x + (y - x) * amount;
  const hits = [];
  let i = 0;
  let j = 0;
  while (i < a.hits.length || j < b.hits.length) {
    const one = a.hits[i];
    const other = b.hits[j];
    const order = !one ? 1 : !other ? -1 : cellOf(one) - cellOf(other);
    if (order === 0) {
      hits.push({
        ...one,
        velocity: Math.round(between(one.velocity, other.velocity)),
        timing: between(one.timing, other.timing),
        feels: mixFeels(one.feels, other.feels, between),
      });
    } else if (order < 0 ? amount < 0.5 : amount >= 0.5) {
      hits.push(order < 0 ? one : other);
    }
    if (order <= 0) i++;
    if (order >= 0) j++;
  }
  return { ...a, tempo: between(a.tempo, b.tempo), hits };
}

/**
 * Between two hits' feels, where both have them.
 *
 * @param {Feel[] | undefined} one
 * @param {Feel[] | undefined} other
 * @param {(x: number, y: number) => number} between
 */
function mixFeels(one, other, between) {
  if (!one || !other) return one ?? other;
  return one.map((feel, i) => ({
    velocity: between(feel.velocity, other[i].velocity),
    later: between(feel.later, other[i].later),
  }));
}

/**
 * `groove` over and over until it is `bars` long; cut off where it is longer.
 *
 * @param {Groove} groove
 * @param {number} bars
 * @returns {Groove}
 */
export function repeated(groove, bars) {
  if (groove.bars === bars) return groove;
  const rounds = Array.from({ length: Math.ceil(bars / groove.bars) }, (_, round) => round);
  const hits = rounds.flatMap((round) => {
    const later = round * stepsOf(groove);
    return groove.hits.map((hit) => ({ ...hit, step: hit.step + later }));
  });
  const steps = stepsOf({ ...groove, bars });
  return { ...groove, bars, hits: hits.filter(({ step }) => step < steps) };
}

/**
 * `groove` with edited cells in place of its own.
 *
 * @param {Groove} groove
 * @param {Edits} edits
 * @returns {Groove}
 */
export function withEdits(groove, edits) {
  if (!edits.size) return groove;
  const kept = groove.hits.filter((hit) => !edits.has(cellOf(hit)));
  const added = [...edits.values()].filter((hit) => hit.velocity > 0);
  return { ...groove, hits: [...kept, ...added].sort((a, b) => cellOf(a) - cellOf(b)) };
}

/**
 * Where beats fall when swung: each eighth's first sixteenth takes the share `swing` of it
 * (0.5 straight, 2/3 triplets), and all that lies within is stretched along.
 *
 * @param {number} beat
 * @param {number} swing
 */
function swung(beat, swing) {
  const eighth = Math.floor(beat * 2);
  const phase = beat * 2 - eighth;
  const moved = phase < 0.5 ? phase * 2 * swing : swing + (phase - 0.5) * 2 * (1 - swing);
  return (eighth + moved) / 2;
}

/**
 * Where a beat that is played with swing stands without it.
 *
 * @param {number} beat
 * @param {number} swing
 */
export function straight(beat, swing) {
  const eighth = Math.floor(beat * 2);
  const moved = beat * 2 - eighth;
  const phase = moved < swing ? moved / (2 * swing) : 0.5 + (moved - swing) / (2 * (1 - swing));
  return (eighth + phase) / 2;
}

/**
 * Beat (quarter) of a hit from the start of its groove, as played: with timing and swing.
 *
 * @param {Pick<Hit, "step" | "timing">} hit
 * @param {number} steps of a bar of 4/4
 */
export const beatOf = (hit, steps, swing = 0.5) =>
  swung(((hit.step + hit.timing) * BEATS) / steps, swing);
