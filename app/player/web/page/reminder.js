// Send again what Python has not answered: on a busy machine a message is now and then lost between
// the browser and it.
//
// Not while the script runs, or is asked to: until it has begun, Streamlit sends every message with
// the page that was open before, so that one behind a click on a page's link would undo the click.

const UNANSWERED = 5000; // ms

function scriptRests() {
  const app = globalThis.document?.querySelector?.("[data-test-script-state]");
  const state = app?.getAttribute("data-test-script-state");
  return state !== "running" && state !== "rerunRequested";
}

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
