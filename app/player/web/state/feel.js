// The feel, apart from the pattern: the hits of a groove, moved and struck as another feel has it.
//
// A frame's hits carry what the feels of A and of B make of them: feels is [A's, B's], each
// {velocity, later}, later in steps than in the frame.

import { cellOf, reach } from "./groove.js";

const SAME = 1e-9;

/**
 * `groove`, the path's at `position`, with the feel at `feel`. The frame has the feel of its own
 * position; from there hits move in a straight line towards A's feel and towards B's.
 */
export function withFeel(groove, position, feel) {
  if (Math.abs(feel - position) < SAME) return groove;
  const [side, amount] =
    feel < position ? [0, 1 - feel / position] : [1, (feel - position) / (1 - position)];
  const felt = groove.hits.map((hit) => moved(hit, hit.feels?.[side], amount));
  return { ...groove, hits: intoCells(felt, groove) };
}

/** Between two hits' feels, where both have them. */
export function mixFeels(one, other, between) {
  if (!one || !other) return one ?? other;
  return one.map((feel, i) => ({
    velocity: between(feel.velocity, other[i].velocity),
    later: between(feel.later, other[i].later),
  }));
}

function moved({ step, voice, velocity, timing }, feel, amount) {
  const at = step + timing;
  if (!feel) return { step, voice, velocity, at };
  const louder = (feel.velocity - velocity) * amount;
  return { step, voice, velocity: Math.round(velocity + louder), at: at + feel.later * amount };
}

/**
 * Hits with a cell for each: the nearest step of their bar, or the next where that is taken. One
 * that finds none by the end of the bar would sound with the one before, and goes.
 */
function intoCells(hits, { steps }) {
  const most = reach(steps);
  const placed = new Map();
  for (const { step: from, voice, velocity, at } of hits.toSorted((a, b) => a.at - b.at)) {
    const first = Math.floor(from / steps) * steps;
    const last = first + steps - 1;
    let step = Math.min(last, Math.max(first, Math.round(at)));
    while (placed.has(cellOf({ step, voice }))) step++;
    const timing = Math.min(most, Math.max(-most, at - step));
    if (step <= last) placed.set(cellOf({ step, voice }), { step, voice, velocity, timing });
  }
  return [...placed.values()].sort((a, b) => cellOf(a) - cellOf(b));
}
