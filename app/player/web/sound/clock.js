// Musical time on the audio clock: beats to seconds and back, through changes of tempo.

const REMEMBERED = 64;

export class Clock {
  #stretches = []; // {beat, time, tempo}: from that beat and time on at that tempo

  start(beat, time, tempo) {
    this.#stretches = [{ beat, time, tempo }];
  }

  get tempo() {
    return this.#stretches.at(-1).tempo;
  }

  /** From `beat` on, go at `tempo`; what was before that beat stays as it was. */
  change(beat, tempo) {
    const time = this.timeAt(beat);
    this.#stretches = this.#stretches.filter((stretch) => stretch.beat < beat).slice(-REMEMBERED);
    this.#stretches.push({ beat, time, tempo });
  }

  timeAt(beat) {
    const from = this.#stretches.findLast((s) => s.beat <= beat) ?? this.#stretches[0];
    return from.time + ((beat - from.beat) * 60) / from.tempo;
  }

  beatAt(time) {
    const from = this.#stretches.findLast((s) => s.time <= time) ?? this.#stretches[0];
    return from.beat + ((time - from.time) * from.tempo) / 60;
  }
}
