// What the browser keeps of the page, so that a reload finds it again. Each tab keeps its own; a new
// one goes on from what was last kept in any.
//
// It is a text, and after a blank each the files on the decks, which come in parts of their own.

/** @import { Send } from "../types" */

import { text } from "../language.js";
import { element, write } from "../views/dom.js";
import { Reminder } from "./reminder.js";

const ITEM = "beatgen";

const SPARE = 2; // files that are no longer on the decks, for those that come just before their name does

/** @type {Map<string, string>} texts by name, the latest last */
const files = new Map();
let arrived = () => {};

/** A file on a deck. */
export class KeptFile {
  root = element("div", { hidden: true });

  /** @param {{ name: string, text: string }} data */
  receive({ name, text: content }) {
    files.delete(name);
    files.set(name, content);
    arrived();
  }
}

export class Memory {
  root = element("p", { class: "forgotten", role: "status", hidden: true });
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
      const isKept = keep([page, ...names.map((name) => files.get(name))].join(" "));
      forget(names);
      this.root.hidden = isKept;
      write(this.root, isKept ? "" : text("memory.full"));
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

/** Keep of the files those of these names, and the latest of the others. @param {string[]} names */
function forget(names) {
  const others = [...files.keys()].filter((name) => !names.includes(name));
  for (const name of others.slice(0, Math.max(0, others.length - SPARE))) files.delete(name);
}

// A browser may forbid storage or have run out of it: then a reload starts anew, and the page says so.
const STORAGES = [() => sessionStorage, () => localStorage];

/** Whether one storage at least has taken it. @param {string} page */
function keep(page) {
  let isKept = false;
  for (const storage of STORAGES) {
    try {
      storage().setItem(ITEM, page);
      isKept = true;
    } catch (error) {
      console.warn("BeatGen is not kept for a reload:", error);
    }
  }
  return isKept;
}

function recall() {
  for (const storage of STORAGES) {
    try {
      const page = storage().getItem(ITEM);
      if (page) return page;
    } catch {} // the next one may have it
  }
  return "";
}
