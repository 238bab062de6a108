// The mixer: volume, and which voices are heard.

export class Mixer {
  volume = 0.9; // 0 to 1
  here = true; // whether the drums sound here, and not only on a MIDI port
  /** @type {Set<number>} */
  #muted = new Set();
  /** @type {Set<number>} */
  #soloed = new Set();

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
}

/** @param {Set<number>} set @param {number} value */
const flip = (set, value) => (set.has(value) ? set.delete(value) : set.add(value));
