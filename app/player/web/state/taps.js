// The tempo of taps: the mean of the last few.

import { clampTempo } from "./settings.js";

const TAPS = 5; // that count
const PAUSE = 2000; // ms after which tapping begins anew

export class Taps {
  /** @type {number[]} times in ms */
  #times = [];

  /**
   * Take a tap at `time` (ms); the tempo in quarters per minute, null after a first tap.
   *
   * @param {number} time
   * @param {number} pulse quarters from one tap to the next
   */
  tap(time, pulse = 1) {
    if (time - this.#times[this.#times.length - 1] > PAUSE) this.#times = [];
    this.#times = [...this.#times, time].slice(-TAPS);
    if (this.#times.length < 2) return null;
    const beat = (time - this.#times[0]) / (this.#times.length - 1);
    return clampTempo(Math.round((600000 * pulse) / beat) / 10);
  }
}
