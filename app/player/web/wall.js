// The wall of takes, heard: pointing at a card sounds its take while play goes on, a click starts
// play as well. The cards themselves are Streamlit's; here are their grooves.

import { element } from "./dom.js";
import { unpackGroove } from "./groove.js";

const LINGER = 90; // ms on a card before it is heard: the pointer may only be passing

export class Wall {
  root = element("div", { class: "wall", hidden: true });
  #player;
  #packed = new Map(); // by the take's number
  #pointed = null; // number of the take that the pointer is on
  #chosen = null; // number of the take that was clicked and that Python has yet to play
  #soon = 0;
  #leave = new AbortController();

  constructor(player) {
    this.#player = player;
    const { signal } = this.#leave;
    document.addEventListener("pointerover", (event) => this.#point(event), { signal });
    document.addEventListener("focusin", (event) => this.#focus(event), { signal });
    document.addEventListener("click", (event) => this.#choose(event), { signal, capture: true });
  }

  /** takes: [[number, groove]]; plays: number of the one that sounds, null for none. */
  receive({ takes, plays }) {
    this.#packed = new Map(takes);
    const voices = takes.flatMap(([, packed]) => unpackGroove(packed, packed).hits);
    this.#player.offer(voices.map(({ voice }) => voice));
    if (plays === this.#chosen) this.#chosen = null;
    this.#show();
  }

  close() {
    this.#leave.abort();
    clearTimeout(this.#soon);
    this.#player.offer([]);
    this.#player.preview(null);
  }

  #point({ target, pointerType }) {
    if (pointerType !== "touch") this.#turnTo(takeAt(target));
  }

  #focus({ target }) {
    if (target instanceof Element && target.matches(":focus-visible")) this.#turnTo(takeAt(target));
  }

  #turnTo(number) {
    if (number === this.#pointed) return;
    this.#pointed = number;
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => this.#show(), LINGER);
  }

  #choose({ target }) {
    const number = target instanceof Element && target.closest('[class*="st-key-play-"] button')
      ? takeAt(target)
      : null;
    if (number === null) return;
    this.#chosen = number;
    this.#show();
    this.#player.play();
  }

  #show() {
    const number = this.#chosen ?? (this.#player.playing ? this.#pointed : null);
    const packed = this.#packed.get(number);
    this.#player.preview(packed ? unpackGroove(packed, packed) : null);
  }
}

/** Number of the take whose card holds `target`; null beside the cards. */
function takeAt(target) {
  const card = target instanceof Element && target.closest('[class*="st-key-take-"]');
  return card ? Number(/st-key-take-(\d+)/.exec(card.className)[1]) : null;
}
