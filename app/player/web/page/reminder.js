// Send again what Python has not answered: on a busy machine a message is now and then lost between
// the browser and it.

const UNANSWERED = 5000; // ms

export class Reminder {
  #isAnswered;
  #send;
  #timer = 0;

  /** @param {() => boolean} isAnswered @param {() => void} send */
  constructor(isAnswered, send) {
    this.#isAnswered = isAnswered;
    this.#send = send;
  }

  /** Something was sent just now. */
  start() {
    this.stop();
    this.#timer = setTimeout(() => this.#isAnswered() || this.#send(), UNANSWERED);
  }

  stop() {
    clearTimeout(this.#timer);
  }
}
