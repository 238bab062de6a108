// The rows of the grid: which voices are shown, and their heads with mute and solo.

import { element, put } from "./dom.js";

const ALWAYS = ["kick", "snare", "hi-hat"];

/** Indices of the voices to show, top row first: all that the way uses, and the basic kit. */
export function rowsOf(way, groove) {
  const played = new Set([...way.used, ...groove.hits.map((hit) => hit.voice)]);
  return [...way.voices.keys()]
    .filter((voice) => played.has(voice) || ALWAYS.includes(way.voices[voice].name))
    .reverse();
}

/** The column of row heads. */
export class RowHeads {
  root = element("div", { class: "heads", role: "group", "aria-label": "Voices" });
  #player;
  #heads = [];

  constructor(player) {
    this.#player = player;
  }

  /** Show these rows. */
  fill(rows) {
    this.#heads = rows.map((voice) => this.#head(voice));
    this.root.replaceChildren(...this.#heads.map(({ row }) => row));
    this.update();
  }

  update() {
    const { mixer } = this.#player;
    for (const { voice, row, mute, solo } of this.#heads) {
      put(mute, "aria-pressed", mixer.isMuted(voice));
      put(solo, "aria-pressed", mixer.isSoloed(voice));
      row.classList.toggle("silent", !mixer.isHeard(voice));
    }
  }

  #head(voice) {
    const player = this.#player;
    const { name, family } = player.way.voices[voice];
    const button = (letter, label, press) =>
      element(
        "button",
        { class: label.toLowerCase(), "aria-label": `${label} ${name}`, onclick: press },
        letter,
      );
    const mute = button("M", "Mute", () => player.mix((mixer) => mixer.mute(voice)));
    const solo = button("S", "Solo", () => player.mix((mixer) => mixer.solo(voice)));
    const hear = element(
      "button",
      { class: "name", "aria-label": `Hear ${name}`, onclick: () => player.audition(voice, 100) },
      name,
    );
    const row = element("div", { class: "head", "data-family": family }, hear, mute, solo);
    return { voice, row, mute, solo };
  }
}
