// Audio time and the time of MIDI messages: the browser stamps those with its own clock, in ms from
// when the page was opened, and what is heard goes by the audio clock.
//
// Browsers say both times of the sound that comes out just now, but by leaps of several ms from one
// look to the next: the median of the last looks is true to well below 1 ms, and follows clocks that
// drift.

const KEPT = 81; // looks; 2 s of ticks
const LEAP = 40; // ms; a look that is further off than this is wrong, or the sound was interrupted
const LEAPS = 5; // as many in a row, and it was interrupted

export class TimeBase {
  #context;
  /** @type {number[]} ms between the clocks at the last looks, oldest first */
  #looks = [];
  /** @type {number[]} the same of looks that do not fit in */
  #odd = [];
  #offset = 0; // ms
  isSure = false; // whether it goes by the browser's own word: not before there is sound

  /** @param {AudioContext} context */
  constructor(context) {
    this.#context = context;
    this.look();
  }

  /** See how the clocks stand; to be called every few ms. */
  look() {
    const reported = reportedOffset(this.#context);
    if (reported === null && this.isSure) return;
    if (reported !== null && !this.isSure) this.#looks = [];
    this.isSure = reported !== null;
    this.#take(reported ?? likelyOffset(this.#context));
  }

  /** @param {number} offset */
  #take(offset) {
    const isOdd = this.#looks.length > 0 && Math.abs(offset - this.#offset) > LEAP;
    if (isOdd && this.#odd.push(offset) < LEAPS) return;
    if (isOdd) this.#looks = this.#odd;
    this.#odd = [];
    if (!isOdd) this.#looks.push(offset);
    if (this.#looks.length > KEPT) this.#looks.shift();
    this.#offset = median(this.#looks);
  }

  /** When what the audio clock has at `time` (s) is heard, in ms. @param {number} time */
  heardAt(time) {
    return time * 1000 + this.#offset;
  }

  /** What the audio clock had (s) when that was heard, at `stamp` in ms. @param {number} stamp */
  audioAt(stamp) {
    return (stamp - this.#offset) / 1000;
  }
}

/**
 * ms between the page's clock and the audio clock, as the browser says; null before it does.
 *
 * @param {AudioContext} context
 */
function reportedOffset(context) {
  const { contextTime = 0, performanceTime = 0 } = context.getOutputTimestamp?.() ?? {};
  return contextTime > 0 && performanceTime > 0 ? performanceTime - contextTime * 1000 : null;
}

/** The same by the latency of the output. @param {AudioContext} context */
function likelyOffset(context) {
  const latency = context.outputLatency || context.baseLatency || 0; // s
  return performance.now() - (context.currentTime - latency) * 1000;
}

/** @param {number[]} values one or more */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
