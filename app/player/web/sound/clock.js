// Musical time on the audio clock: beats to seconds and back, through changes of tempo.

const REMEMBERED = 64;

export class Clock {
  /**
   * @type {{ beat: number, time: number, tempo: number }[]} from that beat and time on, that tempo
   */
  #stretches = [];

  /**
   * @param {number} beat
   * @param {number} time in seconds
   * @param {number} tempo in beats per minute
   */
  start(beat, time, tempo) {
    this.#stretches = [{ beat, time, tempo }];
  }

  get tempo() {
    return this.#stretches[this.#stretches.length - 1].tempo;
  }

  /**
   * From `beat` on, go at `tempo`; what was before that beat stays as it was.
   *
   * @param {number} beat
   * @param {number} tempo
   */
  change(beat, tempo) {
    const time = this.timeAt(beat);
    this.#stretches = this.#stretches.filter((stretch) => stretch.beat < beat).slice(-REMEMBERED);
    this.#stretches.push({ beat, time, tempo });
  }

  /** @param {number} beat */
  timeAt(beat) {
    const from = this.#stretches.findLast((s) => s.beat <= beat) ?? this.#stretches[0];
    return from.time + ((beat - from.beat) * 60) / from.tempo;
  }

  /** @param {number} time */
  beatAt(time) {
    const from = this.#stretches.findLast((s) => s.time <= time) ?? this.#stretches[0];
    return from.beat + ((time - from.time) * from.tempo) / 60;
  }
}
