// All keys, in a sheet over the page: opened and closed by "?".

/** @import { Player } from "../state/player.js" */

import { text } from "../language.js";
import { element } from "./dom.js";

/** @import { Key } from "../language.js" */

/** @type {[title: Key, keys: [keys: Key, does: Key][]][]} */
const KEYS = [
  [
    "keys.everywhere",
    [
      ["keys.space", "keys.space.does"],
      ["keys.blend", "keys.blend.does"],
      ["keys.vary", "keys.vary.does"],
      ["keys.undo", "keys.undo.does"],
      ["keys.keys", "keys.keys.does"],
    ],
  ],
  [
    "keys.grid",
    [
      ["keys.cursor", "keys.cursor.does"],
      ["keys.set", "keys.set.does"],
      ["keys.velocity", "keys.velocity.does"],
      ["keys.lock", "keys.lock.does"],
      ["keys.nudge", "keys.nudge.does"],
      ["keys.scale", "keys.scale.does"],
      ["keys.grace", "keys.grace.does"],
      ["keys.copy", "keys.copy.does"],
      ["keys.duplicate", "keys.duplicate.does"],
      ["keys.all", "keys.all.does"],
      ["keys.remove", "keys.remove.does"],
      ["keys.select", "keys.select.does"],
      ["keys.any_step", "keys.any_step.does"],
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
        "aria-label": text("keys"),
        onclose: close,
        onclick: (event) => event.target === this.root && close(),
      },
      ...KEYS.map(([title, keys]) =>
        element(
          "section",
          {},
          element("h3", {}, text(title)),
          element(
            "dl",
            {},
            ...keys.flatMap(([key, does]) => [element("dt", {}, text(key)), element("dd", {}, text(does))]),
          ),
        ),
      ),
      element("button", { onclick: close }, text("keys.close")),
    );
  }

  update() {
    const { showsKeys } = this.#player.settings;
    if (showsKeys === this.root.open) return;
    if (showsKeys) this.root.showModal();
    else this.root.close();
  }
}
