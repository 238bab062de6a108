// The feel, apart from the pattern: the hits of a groove, moved and struck as another feel has it.
//
// The hits of a path's frames carry what the feels of A and of B make of them, as [A's, B's].

/** @import { Feel, Groove, Hit, Shape } from "../types" */

import { barAround, cellOf, reach } from "./groove.js";

const SAME = 1e-9;

/**
 * `groove`, the path's at `position`, with the feel at `feel`. The frame has the feel of its own
 * position; from there hits move in a straight line towards A's feel and towards B's.
 *
 * @param {Groove} groove
 * @param {number} position
 * @param {number} feel
 * @returns {Groove}
 */
export function withFeel(groove, position, feel) {
  if (Math.abs(feel - position) < SAME) return groove;
  const [side, amount] =
    feel < position ? [0, 1 - feel / position] : [1, (feel - position) / (1 - position)];
  const felt = groove.hits.map((hit) => moved(hit, hit.feels?.[side], amount));
  return { ...groove, hits: intoCells(felt, groove) };
}

/**
 * A hit `amount` of the distance to a feel, with its time in steps from the start of the groove.
 *
 * @param {Hit} hit
 * @param {Feel | undefined} feel
 * @param {number} amount
 */
function moved({ step, voice, velocity, timing }, feel, amount) {
  const at = step + timing;
  if (!feel) return { step, voice, velocity, at };
  const louder = (feel.velocity - velocity) * amount;
  return { step, voice, velocity: Math.round(velocity + louder), at: at + feel.later * amount };
}

/**
 * Hits with a cell for each: the nearest step of their bar, or the next where that is taken. One
 * that finds none by the end of the bar would sound with the one before, and goes.
 *
 * @param {ReturnType<typeof moved>[]} hits
 * @param {Shape} shape
 */
function intoCells(hits, shape) {
  const most = reach(shape.steps);
  /** @type {Map<number, Hit>} */
  const placed = new Map();
  for (const { step: from, voice, velocity, at } of hits.toSorted((a, b) => a.at - b.at)) {
    const [first, last] = barAround(from, shape);
    let step = Math.min(last, Math.max(first, Math.round(at)));
    while (placed.has(cellOf({ step, voice }))) step++;
    const timing = Math.min(most, Math.max(-most, at - step));
    if (step <= last) placed.set(cellOf({ step, voice }), { step, voice, velocity, timing });
  }
  return [...placed.values()].sort((a, b) => cellOf(a) - cellOf(b));
}
