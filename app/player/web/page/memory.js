// What the browser keeps of the page, so that a reload finds it again. Each tab keeps its own; a new
// one goes on from what was last kept in any.
//
// It is a text, and after a blank each the files on the decks, which come in parts of their own.

import { element } from "../views/dom.js";
import { Reminder } from "./reminder.js";

const ITEM = "beatgen";

const files = new Map(); // texts by name, all that ever came
let arrived = () => {};

/** A file on a deck. */
export class KeptFile {
  root = element("div", { hidden: true });

  receive({ name, text }) {
    files.set(name, text);
    arrived();
  }
}

export class Memory {
  root = element("div", { hidden: true });
  #isHeard = false;
  #say = () => {};
  #reminder = new Reminder(() => this.#isHeard, () => this.#tell());

  /** Keep `page`, a text, and the files of these names; or, where Python does not know it yet, say
   * what was kept. */
  receive({ page, files: names }, say) {
    this.#say = say;
    this.#isHeard = page !== null;
    arrived = () => this.#isHeard && names.every((name) => files.has(name)) &&
      keep([page, ...names.map((name) => files.get(name))].join(" "));
    if (this.#isHeard) arrived();
    else setTimeout(() => this.#tell()); // not while it is being mounted
  }

  close() {
    this.#reminder.stop();
  }

  #tell() {
    this.#say("recalled", recall());
    this.#reminder.start();
  }
}

// A browser may forbid storage or have run out of it: then a reload starts anew.
const STORAGES = [() => sessionStorage, () => localStorage];

function keep(text) {
  for (const storage of STORAGES) {
    try {
      storage().setItem(ITEM, text);
    } catch (error) {
      console.warn(`BeatGen is not kept for a reload: ${error.message}`);
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
