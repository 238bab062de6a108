// Say again what Python has not heard: on a busy machine a message is now and then lost between the
// browser and it.

const UNHEARD = 5000; // ms without an answer

export class Reminder {
  #isHeard;
  #say;
  #timer = 0;

  constructor(isHeard, say) {
    this.#isHeard = isHeard;
    this.#say = say;
  }

  /** Something was said just now. */
  start() {
    this.stop();
    this.#timer = setTimeout(() => this.#isHeard() || this.#say(), UNHEARD);
  }

  stop() {
    clearTimeout(this.#timer);
  }
}
