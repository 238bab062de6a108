// Locks: cells that stay as they are, whatever becomes of the rest. Whole voices, whole sixteenths
// and single cells are locked, as in Python (beatgen/lock.py).

/** @import { Finish, Groove, Hit, Lock, PackedLock, Shape } from "../types" */

import { cellOf, packHit, shapeOf, SIXTEENTHS, unpackGroove, VOICES } from "./groove.js";
import { beatsOf, lengthOf, sameMeters } from "./meter.js";

/** @type {Lock} */
export const NO_LOCK = {
  bars: 1,
  steps: 64,
  voices: new Set(),
  sixteenths: new Set(),
  cells: new Set(),
  hits: [],
};

const CELLS = VOICES; // as in wire.py

/** Whether nothing is locked. @param {Pick<Lock, "voices" | "sixteenths" | "cells">} lock */
export const isOpen = ({ voices, sixteenths, cells }) =>
  !voices.size && !sixteenths.size && !cells.size;

/**
 * The sixteenth that a step belongs to, the nearest one: the last steps belong to the first.
 *
 * @param {number} step
 * @param {Shape} groove
 */
export const sixteenthOf = (step, groove) =>
  Math.floor((step * SIXTEENTHS) / groove.steps + 0.5) % lengthOf(groove);

/**
 * Whether a lock can be kept in a groove: of the same steps and meters.
 *
 * @param {Lock} lock
 * @param {Shape} groove
 */
export const fits = (lock, groove) => lock.steps === groove.steps && sameMeters(lock, groove);

/**
 * Whether a cell is locked, in a groove as long as the lock.
 *
 * @param {Lock} lock
 * @param {Pick<Hit, "step" | "voice">} cell
 */
export const isLocked = (lock, { step, voice }) =>
  lock.voices.has(voice) ||
  lock.sixteenths.has(sixteenthOf(step, lock)) ||
  lock.cells.has(lockedCell({ step, voice }, lock));

/**
 * The number of the cell, one voice in one sixteenth, that a hit stands in.
 *
 * @param {Pick<Hit, "step" | "voice">} hit
 * @param {Shape} groove
 */
export const lockedCell = ({ step, voice }, groove) => sixteenthOf(step, groove) * CELLS + voice;

/** Sixteenth and voice of a locked cell's number. @param {number} cell */
export const placeOfCell = (cell) => ({ sixteenth: Math.floor(cell / CELLS), voice: cell % CELLS });

/**
 * `groove` with the locked cells in place of its own.
 *
 * @param {Lock} lock
 * @param {Groove} groove
 */
export function keep(lock, groove) {
  if (isOpen(lock) || !fits(lock, groove)) return groove;
  const fitted = fit(lock, groove.bars);
  const free = groove.hits.filter((hit) => !isLocked(fitted, hit));
  return { ...groove, hits: sorted([...free, ...fitted.hits]) };
}

/**
 * `lock` for a groove of so many bars: repeated, or cut off.
 *
 * @param {Lock} lock
 * @param {number} bars
 * @returns {Lock}
 */
export function fit(lock, bars) {
  if (bars === lock.bars) return lock;
  const rounds = Array.from({ length: Math.ceil(bars / lock.bars) }, (_, round) => round);
  const [own, all] = [lengthOf(lock), lengthOf({ ...lock, bars })];
  /** @param {number} place @param {number} per places in a sixteenth */
  const over = (place, per) =>
    rounds.map((round) => place + round * own * per).filter((at) => at < all * per);
  const longer = {
    ...lock,
    bars,
    sixteenths: new Set([...lock.sixteenths].flatMap((at) => over(at, 1))),
    cells: new Set([...lock.cells].flatMap((cell) => over(cell, CELLS))),
  };
  const hits = lock.hits.flatMap((hit) =>
    over(hit.step, lock.steps / SIXTEENTHS).map((step) => ({ ...hit, step })),
  );
  return { ...longer, hits: hits.filter((hit) => isLocked(longer, hit)) };
}

/**
 * `lock` with other voices, sixteenths and cells: what is new to it is locked as it is in `groove`.
 *
 * @param {Lock} lock
 * @param {Groove} groove
 * @param {Pick<Lock, "voices" | "sixteenths" | "cells">} places
 * @returns {Lock}
 */
export function relock(lock, groove, { voices, sixteenths, cells }) {
  const fitted = fits(lock, groove) ? fit(lock, groove.bars) : { ...NO_LOCK, ...shapeOf(groove) };
  const next = { ...shapeOf(groove), voices, sixteenths, cells, hits: [] };
  const fresh = groove.hits.filter((hit) => !isLocked(fitted, hit));
  const hits = [...fitted.hits, ...fresh].filter((hit) => isLocked(next, hit));
  return { ...next, hits: sorted(hits) };
}

/**
 * What is locked so that a beat can be finished with hats, a kick or a fill: all drums that play
 * but those, or all beats but the last; null where what is locked already stays. Drums that do not
 * play have no row on the grid, and need none for this: Python proposes none of them.
 *
 * @param {Finish} what
 * @param {Groove} groove
 * @param {{ family: string }[]} voices all of them
 * @returns {Pick<Lock, "voices" | "sixteenths" | "cells"> | null}
 */
export function lockFor(what, groove, voices) {
  if (what === "rest") return null;
  const none = { voices: new Set(), sixteenths: new Set(), cells: new Set() };
  if (what === "fill") {
    const last = beatsOf(groove).at(-1)?.at ?? 0;
    return { ...none, sixteenths: new Set(Array.from({ length: last }, (_, at) => at)) };
  }
  const family = what === "hats" ? "hat" : what;
  const used = groove.hits.map(({ voice }) => voice);
  return { ...none, voices: new Set(used.filter((voice) => voices[voice]?.family !== family)) };
}

/** A lock as Python sends it. @param {PackedLock} packed @returns {Lock} */
export function unpackLock(packed) {
  const { voices, sixteenths, cells, hits } = packed;
  const shape = shapeOf(packed);
  const held = unpackGroove({ ...shape, tempo: 0, hits });
  const sets = { voices: new Set(voices), sixteenths: new Set(sixteenths), cells: new Set(cells) };
  return { ...shape, ...sets, hits: held.hits };
}

/**
 * `lock` holding another hit in a locked cell; velocity 0 takes it out.
 *
 * @param {Lock} lock
 * @param {Hit} hit
 * @returns {Lock}
 */
export function withHit(lock, hit) {
  const others = lock.hits.filter((other) => cellOf(other) !== cellOf(hit));
  return { ...lock, hits: sorted(hit.velocity ? [...others, hit] : others) };
}

/** @param {Hit[]} hits */
const sorted = (hits) => hits.sort((a, b) => cellOf(a) - cellOf(b));

/** A lock for Python; null where nothing is locked. @param {Lock} lock */
export function packLock(lock) {
  if (isOpen(lock)) return null;
  const { bars, meters, hits } = lock;
  const [voices, sixteenths, cells] = [lock.voices, lock.sixteenths, lock.cells].map((set) => [...set]);
  return { bars, ...(meters && { meters }), voices, sixteenths, cells, hits: hits.map(packHit) };
}
