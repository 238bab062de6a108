// What the browser keeps of the page, so that a reload finds it again. Each tab keeps its own; a new
// one goes on from what was last kept in any.

import { element } from "./dom.js";

const ITEM = "beatgen";

export class Memory {
  root = element("div", { hidden: true });

  /** Keep `page`, a text; or, where Python does not know it yet, say what was kept. */
  receive({ page }, say) {
    if (page !== null) keep(page);
    else setTimeout(() => say("recalled", recall())); // not while it is being mounted
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
