// The mixer: volume, which voices are heard, and level and place of each drum family. What a family
// has is put over the kit's own, as in WAV files (beatgen/audio/mix.py).

/** @import { Strip } from "../types" */

export const LEVELS = { least: -40, most: 6 }; // decibels

/** @type {Readonly<Strip>} as the kit was recorded */
const FLAT = { level: 0, pan: 0 };

/** What a level in decibels multiplies the amplitude by. @param {number} level */
export const gainOf = (level) => 10 ** (level / 20);

export class Mixer {
  volume = 0.9; // 0 to 1
  here = true; // whether the drums sound here, and not only on a MIDI port
  /** @type {Set<number>} */
  #muted = new Set();
  /** @type {Set<number>} */
  #soloed = new Set();
  /** @type {Map<string, Strip>} by family, where it is not flat */
  #strips = new Map();

  /** Mute a voice, or unmute it. @param {number} voice */
  mute(voice) {
    flip(this.#muted, voice);
  }

  /** @param {number} voice */
  solo(voice) {
    flip(this.#soloed, voice);
  }

  /** Hear all voices again. */
  open() {
    this.#muted.clear();
    this.#soloed.clear();
  }

  get isOpen() {
    return !this.#muted.size && !this.#soloed.size;
  }

  /** @param {number} voice */
  isMuted(voice) {
    return this.#muted.has(voice);
  }

  /** @param {number} voice */
  isSoloed(voice) {
    return this.#soloed.has(voice);
  }

  /** Solo goes before mute. @param {number} voice */
  isHeard(voice) {
    return this.#soloed.size ? this.#soloed.has(voice) : !this.#muted.has(voice);
  }

  /** Level and pan of a family. @param {string} family @returns {Readonly<Strip>} */
  strip(family) {
    return this.#strips.get(family) ?? FLAT;
  }

  /** @param {string} family @param {Partial<Strip>} changes */
  turn(family, changes) {
    const strip = { ...this.strip(family), ...changes };
    if (strip.level || strip.pan) this.#strips.set(family, strip);
    else this.#strips.delete(family);
  }

  /** Have all families as the kit was recorded. */
  flatten() {
    this.#strips.clear();
  }

  get isFlat() {
    return !this.#strips.size;
  }

  /** Levels and pans as they travel: [level, pan] of each family that is not flat. */
  get packed() {
    const pairs = [...this.#strips].map(([family, { level, pan }]) => [family, [level, pan]]);
    return /** @type {Record<string, [level: number, pan: number]>} */ (Object.fromEntries(pairs));
  }

  set packed(strips) {
    this.flatten();
    for (const [family, [level, pan]] of Object.entries(strips)) this.turn(family, { level, pan });
  }
}

/** @param {Set<number>} set @param {number} value */
const flip = (set, value) => (set.has(value) ? set.delete(value) : set.add(value));
