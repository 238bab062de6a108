// The mixer: volume, and which voices are heard.

export class Mixer {
  volume = 0.9; // 0 to 1
  #muted = new Set();
  #soloed = new Set();

  mute(voice) {
    flip(this.#muted, voice);
  }

  solo(voice) {
    flip(this.#soloed, voice);
  }

  isMuted(voice) {
    return this.#muted.has(voice);
  }

  isSoloed(voice) {
    return this.#soloed.has(voice);
  }

  /** Solo goes before mute. */
  isHeard(voice) {
    return this.#soloed.size ? this.#soloed.has(voice) : !this.#muted.has(voice);
  }
}

const flip = (set, value) => (set.has(value) ? set.delete(value) : set.add(value));
