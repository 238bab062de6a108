// What is to sound when: strokes on an endless line of beats, and what a change makes of them.
//
// Beat 0 is where play began. Voice CLICK is the metronome.

/** @import { Groove, Layout, Stroke } from "../types" */

import { beatOf, SIXTEENTHS } from "../state/groove.js";
import { barsOf, beatsOf, lengthOf, QUARTER } from "../state/meter.js";

export const CLICK = -1;
const ACCENT = 120; // velocity of the first click of a bar
const PLAIN = 80;
const SAME = 1e-9; // beats

/**
 * A groove laid out for looping, in beats (quarters), its strokes by beat; the clicks of its bars, and
 * those of a bar before it.
 *
 * @param {Groove} groove
 * @param {number} swing
 * @returns {Layout}
 */
export function layOut(groove, swing) {
  const strokes = groove.hits.map((hit) => {
    const place = beatOf(hit, groove.steps, swing);
    return { beat: place, place, voice: hit.voice, velocity: hit.velocity, step: hit.step, turn: 0 };
  });
  strokes.sort((a, b) => a.beat - b.beat);
  countTurns(strokes, groove);
  const clicks = beatsOf(groove).map(({ number, at }) => ({
    beat: at / QUARTER,
    voice: CLICK,
    velocity: number === 1 ? ACCENT : PLAIN,
  }));
  const countIn = lengthOf({ ...groove, bars: 1 }) / QUARTER;
  return {
    length: lengthOf(groove) / QUARTER,
    strokes,
    clicks,
    before: clicks
      .filter(({ beat }) => beat < countIn)
      .map((click) => ({ ...click, beat: click.beat - countIn })),
  };
}

/**
 * Count which stroke of its voice each is in its bar, so that a bar always sounds alike.
 *
 * @param {{ voice: number, step: number, turn: number }[]} strokes in the order of their beats
 * @param {Groove} groove
 */
function countTurns(strokes, groove) {
  const bars = barsOf(groove);
  const sixteenth = groove.steps / SIXTEENTHS;
  /** @type {Map<string, number>} how many strokes each voice had so far in each bar */
  const counts = new Map();
  for (const stroke of strokes) {
    const bar = bars.findLastIndex(({ first }) => first * sixteenth <= stroke.step);
    const name = `${bar} ${stroke.voice}`;
    stroke.turn = counts.get(name) ?? 0;
    counts.set(name, stroke.turn + 1);
  }
}

/**
 * Strokes of the loop and clicks with from <= beat < to, by beat; the loop begins at beat 0.
 *
 * @param {Layout} layout
 * @param {number} from
 * @param {number} to
 * @param {boolean} metronome
 */
export function strokesBetween({ length, strokes, clicks, before }, from, to, metronome) {
  /** @type {Stroke[]} */
  const found = before.filter(({ beat }) => beat >= from && beat < to);
  const all = metronome ? [...strokes, ...clicks] : strokes;
  // Early and late hits reach over the loop's ends, so its neighbours are looked at, too.
  for (let round = Math.max(0, Math.floor(from / length) - 1); round * length < to + 1; round++) {
    for (const stroke of all) {
      const beat = stroke.beat + round * length;
      if (beat >= from && beat < to) found.push({ ...stroke, beat });
    }
  }
  return found.sort((a, b) => a.beat - b.beat);
}

/**
 * How to go over from the scheduled strokes to the wanted ones at the beat `from`.
 *
 * What stands before `from` sounds as scheduled. A stroke that the change moves across `from`
 * (same voice, at most `near` beats away) is one stroke and sounds once, as it was scheduled.
 *
 * @template {Stroke} Old
 * @param {Old[]} scheduled
 * @param {Stroke[]} wanted
 * @param {number} from
 * @param {number} near
 * @returns {{ cancel: Old[], add: Stroke[] }} scheduled strokes to take back and wanted ones to
 *   schedule
 */
export function goOver(scheduled, wanted, from, near) {
  const pairs = pairUp(scheduled, wanted, from, near);
  /** @type {Set<Stroke>} */
  const moved = new Set();
  for (const [old, fresh] of pairs) {
    if (old.beat < from !== fresh.beat < from) moved.add(old).add(fresh);
  }
  const pending = scheduled.filter((stroke) => stroke.beat >= from && !moved.has(stroke));
  const coming = wanted.filter((stroke) => stroke.beat >= from && !moved.has(stroke));
  const same = new Map(pending.map((stroke) => [nameOf(stroke), stroke]));
  const add = coming.filter((stroke) => !same.delete(nameOf(stroke)));
  return { cancel: pending.filter((stroke) => same.get(nameOf(stroke)) === stroke), add };
}

/** @param {Stroke} stroke */
const nameOf = ({ voice, velocity, beat }) => `${voice} ${velocity} ${beat.toFixed(5)}`;

/**
 * Pairs [scheduled, wanted] near `from` that are the same stroke of a voice: the nearest first.
 *
 * @param {Stroke[]} scheduled
 * @param {Stroke[]} wanted
 * @param {number} from
 * @param {number} near
 */
function pairUp(scheduled, wanted, from, near) {
  const around = (/** @type {Stroke} */ { beat }) => Math.abs(beat - from) <= near + SAME;
  const fresh = wanted.filter(around);
  const candidates = scheduled.filter(around).flatMap((old) =>
    fresh
      .filter(({ voice, beat }) => voice === old.voice && Math.abs(beat - old.beat) <= near + SAME)
      .map((other) => /** @type {[Stroke, Stroke]} */ ([old, other])),
  );
  /** @type {Set<Stroke>} */
  const taken = new Set();
  return candidates
    .sort(([a, b], [c, d]) => Math.abs(a.beat - b.beat) - Math.abs(c.beat - d.beat))
    .filter(([old, other]) => {
      if (taken.has(old) || taken.has(other)) return false;
      taken.add(old).add(other);
      return true;
    });
}
