// Send again what Python has not answered: on a busy machine a message is now and then lost between
// the browser and it.
//
// Not while the script runs, or is asked to: see script.js.

import { scriptRests } from "./script.js";

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
    this.#timer = setTimeout(() => this.#remind(), UNANSWERED);
  }

  #remind() {
    if (this.#isAnswered()) return;
    if (scriptRests()) this.#send();
    else this.start();
  }

  stop() {
    clearTimeout(this.#timer);
  }
}
