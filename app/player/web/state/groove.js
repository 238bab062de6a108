// Grooves in the browser: hits by cell, mixed along a path, changed by edits.
//
// A groove is {bars, steps, tempo, hits}; its hits are sorted by cell and each is
// {step, voice, velocity, timing}: step from the first of the groove, velocity 1 to 127,
// timing in steps. A path is {id, bars, steps, voices, frames, ends, used, hasFeels}: ends are A and
// B, used the voices that sound anywhere on it. Hits of its frames may carry feels, see feel.js.

import { mixFeels } from "./feel.js";
import { unpackWords, viewOf } from "./words.js";

const TIMING_UNITS = 255;

export const BEATS = 4;

/** How far from its step a hit may stand, in steps. */
export const reach = (steps) => Math.max(0.5, steps / 32);

/** One number per cell, in the order in which hits are sorted. */
export const cellOf = (hit) => hit.step * 32 + hit.voice;

/** A hit as Python reads it. */
export const packHit = ({ step, voice, velocity, timing }) => [step, voice, velocity, timing];

export const unpackGroove = ({ hits, ...told }) => grooveOf(viewOf(hits), told);

/** A groove from its words (see wire.py). */
export function grooveOf(view, { bars, steps, tempo }) {
  const unit = reach(steps) / TIMING_UNITS;
  const hits = [];
  let step = 0;
  for (let i = 0; i < view.byteLength; i += 4) {
    const word = view.getInt32(i, true);
    step += word & 0x7ff;
    const velocity = (word >> 16) & 0x7f;
    const voice = (word >> 11) & 0x1f;
    if (velocity) hits.push({ step, voice, velocity, timing: (word >> 23) * unit });
  }
  return { bars, steps, tempo, hits };
}

/** Give the hits of `frame` what the feels of A and of B make of them. */
function addFeels(view, { hits, steps }) {
  const unit = (2 * reach(steps)) / TIMING_UNITS;
  const feelAt = (byte) => {
    const word = view.getInt16(byte, true);
    return { velocity: word & 0x7f, later: (word >> 7) * unit };
  };
  hits.forEach((hit, i) => (hit.feels = [feelAt(4 * i), feelAt(4 * i + 2)]));
}

/** A path as Python sends it; what is named by its id alone stays as it is. */
export async function unpackPath(packed) {
  if (!packed.frames) return packed;
  const { id, bars, steps, tempi } = packed;
  const voices = packed.voices.map(([name, family]) => ({ name, family }));
  const [words, felt] = await Promise.all(
    [[packed.frames, 4], [packed.feels, 2]].map(([runs, size]) => runs && unpackWords(runs, size)),
  );
  const frames = words.map((view, i) => grooveOf(view, { bars, steps, tempo: tempi[i] }));
  felt?.forEach((view, i) => addFeels(view, frames[i]));
  const ends = [0, -1].map((i) => {
    const hits = packed.ends?.at(i);
    return hits ? unpackGroove({ bars, steps, tempo: tempi.at(i), hits }) : frames.at(i);
  });
  const used = new Set([...frames, ...ends].flatMap(({ hits }) => hits.map(({ voice }) => voice)));
  return { id, bars, steps, voices, frames, ends, used, hasFeels: felt !== null };
}

/** The groove at `position` (0 to 1) of a path; exactly a frame where the position meets one. */
export function grooveAt(path, position) {
  const place = position * (path.frames.length - 1);
  const index = Math.min(Math.floor(place), path.frames.length - 1);
  const amount = place - index;
  const near = path.frames[index];
  return amount < 1e-9 ? near : mix(near, path.frames[index + 1], amount);
}

/** Between two grooves: common hits move over, a hit of one alone stays on its nearer side. */
function mix(a, b, amount) {
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
    i += order <= 0;
    j += order >= 0;
  }
  return { ...a, tempo: between(a.tempo, b.tempo), hits };
}

/** `groove` over and over until it is `bars` long; cut off where it is longer. */
export function repeated(groove, bars) {
  if (groove.bars === bars) return groove;
  const rounds = Array.from({ length: Math.ceil(bars / groove.bars) }, (_, round) => round);
  const hits = rounds.flatMap((round) => {
    const later = round * groove.bars * groove.steps;
    return groove.hits.map((hit) => ({ ...hit, step: hit.step + later }));
  });
  return { ...groove, bars, hits: hits.filter(({ step }) => step < bars * groove.steps) };
}

/** `groove` with edited cells in place of its own. `edits` maps cell to hit; velocity 0 removes. */
export function withEdits(groove, edits) {
  if (!edits.size) return groove;
  const kept = groove.hits.filter((hit) => !edits.has(cellOf(hit)));
  const added = [...edits.values()].filter((hit) => hit.velocity > 0);
  return { ...groove, hits: [...kept, ...added].sort((a, b) => cellOf(a) - cellOf(b)) };
}

/**
 * Where beats fall when swung: each eighth's first sixteenth takes the share `swing` of it
 * (0.5 straight, 2/3 triplets), and all that lies within is stretched along.
 */
function swung(beat, swing) {
  const eighth = Math.floor(beat * 2);
  const phase = beat * 2 - eighth;
  const moved =
    phase < 0.5 ? phase * 2 * swing : swing + (phase - 0.5) * 2 * (1 - swing);
  return (eighth + moved) / 2;
}

/** Beat of a hit from the start of its groove, as played: with timing and swing. */
export const beatOf = (hit, steps, swing = 0.5) =>
  swung(((hit.step + hit.timing) * BEATS) / steps, swing);
