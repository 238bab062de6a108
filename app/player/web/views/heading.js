// What sounds, by its name, with its bars and tempo: a part of the page by itself, that follows the
// player at once.

/** @import { Player } from "../state/player.js" */

import { text } from "../language.js";
import { writeTempo } from "../state/settings.js";
import { element, write } from "./dom.js";

export class Heading {
  #player;
  #name = element("h2");
  #bars = element("span");
  #tempo = element("span");
  // The style sheet makes it visible: nothing is shown before it can be shown rightly.
  root = element(
    "div",
    { class: "player heading", style: "visibility: hidden" },
    this.#name,
    element("div", { class: "facts" }, this.#bars, this.#tempo),
  );
  #stop;

  /** @param {Player} player */
  constructor(player) {
    this.#player = player;
    this.#stop = player.watch(() => this.receive());
  }

  receive() {
    const { groove, label, transport } = this.#player;
    if (!groove) return;
    write(this.#name, label);
    this.#name.title = label;
    write(this.#bars, text("deck.bars", { count: groove.bars }));
    write(this.#tempo, text("tempo.bpm", { tempo: writeTempo(transport.tempo) }));
  }

  close() {
    this.#stop();
  }
}
