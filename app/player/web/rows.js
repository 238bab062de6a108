// The rows of the grid: which voices are shown, and their heads with mute and solo.

import { element, icon, put } from "./dom.js";

const HOLD =
  "Lock: these hits stay while you blend, vary and shape. You can still edit them; unlocked, " +
  "they are the blend's again.";
const ALWAYS = ["kick", "snare", "hi-hat"];

const LOCKED = "M7 10V8a5 5 0 0 1 10 0v2h1.5v10h-13V10zm2.2 0h5.6V8a2.8 2.8 0 0 0-5.6 0z";
const OPEN = "M7 10V7a5 5 0 0 1 9.6-2l-2 .9A2.8 2.8 0 0 0 9.2 7v3h9.3v10h-13V10z";

/** Indices of the voices to show, top row first: `all`, or what may sound here and the basic kit. */
export function rowsOf({ way, groove, lock, offered }, all) {
  const hit = groove.hits.map(({ voice }) => voice);
  const played = new Set([...way.used, ...hit, ...lock.voices, ...offered]);
  return [...way.voices.keys()]
    .filter((voice) => all || played.has(voice) || ALWAYS.includes(way.voices[voice].name))
    .reverse();
}

/** The column of row heads. */
export class RowHeads {
  root = element("div", { class: "heads", role: "group", "aria-label": "Voices" });
  /** On a narrow screen mute and solo are behind it. */
  opener = element(
    "button",
    { class: "opener", "aria-expanded": false, onclick: () => this.#toggle() },
    "Mute, solo",
  );
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
    const { mixer, lock } = this.#player;
    for (const { voice, row, hold, mute, solo } of this.#heads) {
      const held = lock.voices.has(voice);
      if (hold.getAttribute("aria-pressed") !== String(held)) {
        hold.replaceChildren(icon(held ? LOCKED : OPEN));
        put(hold, "aria-pressed", held);
      }
      put(mute, "aria-pressed", mixer.isMuted(voice));
      put(solo, "aria-pressed", mixer.isSoloed(voice));
      row.classList.toggle("silent", !mixer.isHeard(voice));
    }
  }

  #toggle() {
    const open = this.root.parentNode.classList.toggle("mixing");
    put(this.opener, "aria-expanded", open);
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
    const hold = element("button", {
      class: "hold",
      "aria-label": `Lock ${name}`,
      title: HOLD,
      onclick: () => player.lockVoice(voice),
    });
    const mute = button("M", "Mute", () => player.mix((mixer) => mixer.mute(voice)));
    const solo = button("S", "Solo", () => player.mix((mixer) => mixer.solo(voice)));
    const hear = element(
      "button",
      { class: "name", "aria-label": `Hear ${name}`, onclick: () => player.audition(voice, 100) },
      name,
    );
    const row = element("div", { class: "head", "data-family": family }, hold, hear, mute, solo);
    return { voice, row, hold, mute, solo };
  }
}
