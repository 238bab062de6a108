// All keys, in a sheet over the page: opened and closed by "?".

/** @import { Player } from "../state/player.js" */

import { element } from "./dom.js";

/** @type {[title: string, keys: [keys: string, does: string][]][]} */
const KEYS = [
  [
    "Everywhere",
    [
      ["Space", "Play, stop"],
      ["\u2190 \u2192", "Blend by 1 %; with Shift by 10 %"],
      ["V", "New takes"],
      ["Z, Shift Z", "Undo, redo"],
      ["?", "These keys"],
    ],
  ],
  [
    "On the grid",
    [
      ["\u2190 \u2192 \u2191 \u2193", "Move the cursor; with Shift select hits on the way"],
      ["Enter", "Set a hit, or take it out"],
      ["+ \u2212", "Louder, softer"],
      ["L", "Lock a beat, or unlock it"],
      ["Alt \u2190 \u2192", "Earlier, later by 5 ms"],
      ["Alt \u2191 \u2193", "All selected louder, softer"],
      ["F, D, R", "Flam, drag, roll"],
      ["Ctrl C, Ctrl V", "Copy, paste at the cursor"],
      ["B", "Put this bar into the next one, too"],
      ["Ctrl A, Escape", "Select all, none"],
      ["Delete", "Take the selected hits out"],
      ["Ctrl drag", "Select hits with the mouse"],
      ["Shift click", "Set a hit on any step"],
    ],
  ],
];

export class Shortcuts {
  root;
  #player;

  /** @param {Player} player */
  constructor(player) {
    this.#player = player;
    const close = () => player.set({ showsKeys: false });
    this.root = element(
      "dialog",
      {
        class: "shortcuts",
        "aria-label": "Keys",
        onclose: close,
        onclick: (event) => event.target === this.root && close(),
      },
      ...KEYS.map(([title, keys]) =>
        element(
          "section",
          {},
          element("h3", {}, title),
          element(
            "dl",
            {},
            ...keys.flatMap(([key, does]) => [element("dt", {}, key), element("dd", {}, does)]),
          ),
        ),
      ),
      element("button", { onclick: close }, "Close"),
    );
  }

  update() {
    const { showsKeys } = this.#player.settings;
    if (showsKeys === this.root.open) return;
    if (showsKeys) this.root.showModal();
    else this.root.close();
  }
}
