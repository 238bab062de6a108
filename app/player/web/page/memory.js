// What the browser keeps of the page, so that a reload finds it again. Each tab keeps its own; a new
// one goes on from what was last kept in any.
//
// It is a text, and after a blank each the files on the decks, which come in parts of their own.

/** @import { Send } from "../types" */

import { element } from "../views/dom.js";
import { Reminder } from "./reminder.js";

const ITEM = "beatgen";

/** @type {Map<string, string>} texts by name, all that ever came */
const files = new Map();
let arrived = () => {};

/** A file on a deck. */
export class KeptFile {
  root = element("div", { hidden: true });

  /** @param {{ name: string, text: string }} data */
  receive({ name, text }) {
    files.set(name, text);
    arrived();
  }
}

export class Memory {
  root = element("div", { hidden: true });
  #isAnswered = false;
  /** @type {Send} */
  #send = () => {};
  #reminder = new Reminder(() => this.#isAnswered, () => this.#recall());

  /**
   * Keep `page`, a text, and the files of these names; or, where Python does not know it yet, send
   * what was kept.
   *
   * @param {{ page: string | null, files: string[] }} data
   * @param {Send} send
   */
  receive({ page, files: names }, send) {
    this.#send = send;
    this.#isAnswered = page !== null;
    arrived = () => {
      if (!this.#isAnswered || !names.every((name) => files.has(name))) return;
      keep([page, ...names.map((name) => files.get(name))].join(" "));
    };
    if (this.#isAnswered) arrived();
    else setTimeout(() => this.#recall()); // not while it is being mounted
  }

  close() {
    this.#reminder.stop();
  }

  #recall() {
    this.#send("recalled", recall());
    this.#reminder.start();
  }
}

// A browser may forbid storage or have run out of it: then a reload starts anew.
const STORAGES = [() => sessionStorage, () => localStorage];

/** @param {string} text */
function keep(text) {
  for (const storage of STORAGES) {
    try {
      storage().setItem(ITEM, text);
    } catch (error) {
      console.warn("BeatGen is not kept for a reload:", error);
    }
  }
}

function recall() {
  for (const storage of STORAGES) {
    try {
      const text = storage().getItem(ITEM);
      if (text) return text;
    } catch {} // the next one may have it
  }
  return "";
}
