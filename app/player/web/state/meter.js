// Meters of bars: how many sixteenths they have, and where their beats are (beatgen/meter.py).

/** @import { Shape } from "../types" */

export const QUARTER = 4; // sixteenths
const COMMON = "4/4";

/**
 * Sixteenths of a bar, and from one beat to the next: in 6/8 and its kin a beat is three eighths,
 * where eighths are counted one.
 *
 * @param {string} label as in "12/8"
 */
export function meterOf(label) {
  const [count, unit] = label.split("/").map(Number);
  const compound = unit === 8 && count % 3 === 0;
  return { sixteenths: (16 * count) / unit, beat: compound ? 6 : 16 / Math.max(unit, 4) };
}

/** The meter of a bar, from 0. @param {Pick<Shape, "meters">} shape @param {number} bar */
export const labelAt = ({ meters }, bar) => meters?.[bar % meters.length] ?? COMMON;

/**
 * The bars of a groove, in sixteenths from its start: where each begins, how long it is, and how
 * far its beats are apart.
 *
 * @param {Pick<Shape, "bars" | "meters">} shape
 */
export function barsOf(shape) {
  let first = 0;
  return Array.from({ length: shape.bars }, (_, bar) => {
    const found = { bar, first, ...meterOf(labelAt(shape, bar)) };
    first += found.sixteenths;
    return found;
  });
}

/** Length of a groove in sixteenths. @param {Pick<Shape, "bars" | "meters">} shape */
export const lengthOf = (shape) =>
  barsOf(shape).reduce((length, { sixteenths }) => length + sixteenths, 0);

/**
 * The beats of a groove, in sixteenths from its start.
 *
 * @param {Pick<Shape, "bars" | "meters">} shape
 */
export const beatsOf = (shape) =>
  barsOf(shape).flatMap(({ bar, first, sixteenths, beat }) =>
    Array.from({ length: Math.ceil(sixteenths / beat) }, (_, i) => ({
      bar,
      number: i + 1,
      at: first + i * beat,
      end: first + Math.min(sixteenths, (i + 1) * beat),
    })),
  );

/**
 * The bar and the beat that a sixteenth stands in.
 *
 * @param {number} sixteenth
 * @param {Pick<Shape, "bars" | "meters">} shape
 */
export const beatAt = (sixteenth, shape) =>
  beatsOf(shape).findLast(({ at }) => at <= sixteenth) ?? beatsOf(shape)[0];

/**
 * The beat of a looping groove that is nearest to a place, both in quarters from its start.
 *
 * @param {number} place may be before the start, or rounds behind it
 * @param {Pick<Shape, "bars" | "meters">} shape
 */
export function nearestBeat(place, shape) {
  const length = lengthOf(shape) / QUARTER;
  const round = Math.floor(place / length) * length;
  const beats = [...beatsOf(shape).map(({ at }) => at / QUARTER), length];
  const away = (/** @type {number} */ beat) => Math.abs(place - round - beat);
  return round + beats.reduce((a, b) => (away(b) < away(a) ? b : a));
}

/**
 * Quarters that a musician counts one along with a groove: one and a half in 6/8 and its kin.
 *
 * @param {Pick<Shape, "bars" | "meters">} shape
 */
export const pulseOf = (shape) => Math.max(1, meterOf(labelAt(shape, 0)).beat / QUARTER);

/**
 * Whether two grooves, or a groove and a lock, have the same meters as far as both go.
 *
 * @param {Pick<Shape, "bars" | "meters">} one
 * @param {Pick<Shape, "bars" | "meters">} other
 */
export const sameMeters = (one, other) =>
  Array.from({ length: Math.max(one.bars, other.bars) }, (_, bar) => bar).every(
    (bar) => labelAt(one, bar) === labelAt(other, bar),
  );
