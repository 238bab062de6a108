// What the transport plays on: the samples that sound here, and a MIDI port beside them.

/** @import { Sampler } from "../sound/sampler.js" */
/** @import { Transport } from "../sound/transport.js" */
/** @import { MidiOut } from "./output.js" */

/** @typedef {{ heard: ReturnType<Sampler["play"]>, sent: ReturnType<MidiOut["play"]> }} Played */

export class Ensemble {
  #sampler;
  #out;
  #atBeat;

  /**
   * @param {Sampler} sampler
   * @param {MidiOut} out
   * @param {(beat: number) => void} atBeat called every few ms while it plays
   */
  constructor(sampler, out, atBeat) {
    this.#sampler = sampler;
    this.#out = out;
    this.#atBeat = atBeat;
  }

  get now() {
    return this.#sampler.now;
  }

  /**
   * @param {number} voice
   * @param {number} velocity
   * @param {number} time
   * @returns {Played}
   */
  play(voice, velocity, time, turn = 0) {
    return {
      heard: this.#sampler.play(voice, velocity, time, turn),
      sent: this.#out.play(voice, velocity, time),
    };
  }

  /** @param {Played} played */
  cancel({ heard, sent }) {
    this.#sampler.cancel(heard);
    this.#out.cancel(sent);
  }

  choke() {
    this.#sampler.choke();
  }

  silence() {
    this.#sampler.silence();
    this.#out.silence();
  }

  /** @param {Transport | null} transport */
  tick(transport) {
    this.#out.tick(this.now, transport);
    if (transport?.playing) this.#atBeat(transport.beatAt(this.now));
  }
}
