// A rhythm that is tapped once through its bars, after a bar of clicks.

import { BEATS } from "./groove.js";

const EARLY = 0.25; // beats before the first one at which a tap is its, early
const NEXT = 0.125; // beats before the end from which a tap is the next round's first, early

export class Tapping {
  bars;
  /** @type {[beat: number, velocity: number][]} */
  taps = [];

  /** @param {number} bars of 4/4 */
  constructor(bars) {
    this.bars = bars;
  }

  get beats() {
    return BEATS * this.bars;
  }

  /**
   * Take a tap; false where it is too early or too late.
   *
   * @param {number} beat from the first one, below 0 in the count-in
   * @param {number} velocity 1 to 127
   */
  tap(beat, velocity) {
    if (beat < -EARLY || beat >= this.beats - NEXT) return false;
    this.taps.push([beat, velocity]);
    return true;
  }

  /** Whether all bars have passed. @param {number} beat */
  isOver(beat) {
    return beat >= this.beats;
  }
}

const [SOFTEST, LOUDEST] = [40, 127];

/** How loud a tap is at a height of the pad, 0 (its lower edge) to 1. @param {number} height */
export function loudnessAt(height) {
  const inside = Math.min(1, Math.max(0, height));
  return Math.round(SOFTEST + inside * (LOUDEST - SOFTEST));
}
