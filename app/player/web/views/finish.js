// Buttons that have the beat finished: around what is locked, or with locks that they set
// themselves. Python's proposals hang on the wall.

/** @import { Finish } from "../types" */
/** @import { Player } from "../state/player.js" */

import { text } from "../language.js";
import { element } from "./dom.js";

export class FinishPanel {
  root;

  /** @param {Player} player */
  constructor(player) {
    /** @type {(what: Finish, words: string, hint: string) => Element} */
    const button = (what, words, hint) =>
      element("button", { title: hint, onclick: () => player.finishBeat(what) }, words);
    const keeps = text("finish.choice.hint");
    // The style sheet makes it visible: nothing is shown before it can be shown rightly.
    this.root = element(
      "div",
      { class: "player finish", role: "group", "aria-label": text("finish"), style: "visibility: hidden" },
      button("rest", text("finish.rest"), text("finish.rest.hint")),
      button("hats", text("finish.hats"), keeps),
      button("kick", text("finish.kick"), keeps),
      button("fill", text("finish.fill"), keeps),
    );
  }

  receive() {}
}
