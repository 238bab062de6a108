// The rows of the grid: which voices are shown, and their heads with mute and solo.

/** @import { Scene } from "../../state/scene.js" */
/** @import { Player } from "../../state/player.js" */
/** @import { Groove, Path } from "../../types" */

import { KIT } from "../../state/groove.js";
import { isOpen } from "../../state/lock.js";
import { nameOf, text } from "../../language.js";
import { element, icon, isCommand, LOCKED, OPEN, put } from "../dom.js";

const OWN = /^note \d+$/; // a voice that is but a note
const ALWAYS = ["kick", "snare", "hi-hat"];

/** @type {Record<string, [down: number, right: number]>} */
const WALK = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };


/**
 * The voices to show, top row first: what may sound here and the basic kit, or `all` of the kit, and
 * all `percussion` that has a name.
 *
 * @param {{ path: Path, groove: Groove, scene: Pick<Scene, "lock" | "offered">, all: boolean,
 *   percussion: boolean }} shown
 */
export function rowsOf({ path, groove, scene: { lock, offered }, all, percussion }) {
  const hit = groove.hits.map(({ voice }) => voice);
  const played = new Set([...path.used, ...hit, ...lock.voices, ...offered]);
  /** @param {number} voice */
  const isShown = (voice) => {
    const { name } = path.voices[voice];
    if (voice >= KIT) return played.has(voice) || (percussion && name && !OWN.test(name));
    return all || played.has(voice) || ALWAYS.includes(name);
  };
  return [...path.voices.keys()]
    .filter((voice) => isShown(voice))
    .reverse();
}

/** The column of row heads: one stop of the tab key, where arrow keys go on. */
export class RowHeads {
  root = element("div", {
    class: "heads",
    role: "toolbar",
    "aria-label": text("drums"),
    onkeydown: (event) => this.#walk(event),
    onfocusin: ({ target }) => this.#stopAt(/** @type {HTMLElement} */ (target)),
  });
  /** Above the heads: a lock for each family, and what opens all locks, or all mutes. */
  families = element("div", {
    class: "families",
    role: "toolbar",
    "aria-label": text("drums.families"),
    onkeydown: (event) => this.#walkFamilies(event),
  });
  /** On a narrow screen mute and solo are behind it. */
  opener = element(
    "button",
    { class: "opener", "aria-expanded": false, onclick: () => this.#toggle() },
    text("drums.mix"),
  );
  #player;
  /**
   * @type {(Record<"row" | "hold" | "mute" | "solo", HTMLElement> & { voice: number })[]}
   */
  #heads = [];

  /** @type {{ family: string, button: HTMLElement }[]} */
  #locks = [];
  #unlock;
  #unmute;

  /** @param {Player} player */
  constructor(player) {
    this.#player = player;
    const open = (/** @type {string} */ name, /** @type {() => void} */ press) =>
      element("button", { class: "open", title: name, onclick: press }, name);
    this.#unlock = open(text("drums.unlock_all"), () => player.unlockAll());
    this.#unmute = open(text("drums.unmute_all"), () => player.mix((mixer) => mixer.open()));
  }

  /** Show these rows. @param {number[]} rows */
  fill(rows) {
    this.#heads = rows.map((voice) => this.#head(voice));
    this.root.replaceChildren(...this.#heads.map(({ row }) => row));
    this.#stopAt(this.#buttonsOf(0)[0]);
    this.#fillFamilies();
    this.update();
  }

  #fillFamilies() {
    const player = this.#player;
    const names = [...new Set(player.voices?.map(({ family }) => family))];
    this.#locks = names.map((family) => ({
      family,
      button: element("button", {
        class: "family",
        "data-family": family,
        title: text("drums.family.hint", { family: nameOf(family) }),
        "aria-label": text("drums.family", { family: nameOf(family) }),
        onclick: () => player.lockFamily(family),
      }),
    }));
    this.#locks.slice(1).forEach(({ button }) => (button.tabIndex = -1));
    this.families.replaceChildren(
      ...this.#locks.map(({ button }) => button),
      this.#unlock,
      this.#unmute,
    );
  }

  update() {
    const { mixer, lock, voices } = this.#player;
    for (const { family, button } of this.#locks) {
      const own = [...(voices?.keys() ?? [])].filter((i) => voices?.[i].family === family);
      put(button, "aria-pressed", own.every((voice) => lock.voices.has(voice)));
    }
    this.#unlock.hidden = isOpen(lock);
    this.#unmute.hidden = mixer.isOpen;
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
    const open = this.root.parentElement?.classList.toggle("mixing");
    put(this.opener, "aria-expanded", Boolean(open));
  }

  /** @param {KeyboardEvent} event */
  #walk(event) {
    const direction = WALK[event.key];
    if (!direction || event.defaultPrevented || isCommand(event)) return;
    event.preventDefault(); // or the page scrolls
    const [down, right] = direction;
    const target = /** @type {HTMLElement} */ (event.target);
    const row = this.#heads.findIndex((head) => head.row.contains(target));
    const column = this.#buttonsOf(row).findIndex((button) => button === target);
    this.#buttonsOf(row + down)[column + right]?.focus();
  }

  /** One stop of the tab key, where arrow keys go on. @param {KeyboardEvent} event */
  #walkFamilies(event) {
    const [, right] = WALK[event.key] ?? [0, 0];
    if (!right || isCommand(event)) return;
    event.preventDefault();
    const buttons = this.#locks.map(({ button }) => button);
    buttons[buttons.findIndex((button) => button === event.target) + right]?.focus();
  }

  /** Have the tab key come to this button, of all. @param {HTMLElement | undefined} button */
  #stopAt(button) {
    for (const other of this.root.querySelectorAll("button")) other.tabIndex = -1;
    if (button) button.tabIndex = 0;
  }

  /** The buttons of a row that are shown; none where there is no such row. @param {number} row */
  #buttonsOf(row) {
    const buttons = [...(this.#heads[row]?.row.querySelectorAll("button") ?? [])];
    return buttons.filter((button) => button.getClientRects().length || !this.root.isConnected);
  }

  /** @param {number} voice */
  #head(voice) {
    const player = this.#player;
    const { name, family } = player.voices?.[voice] ?? { name: "", family: "" };
    const shown = nameOf(name);
    /** @type {(kind: "mute" | "solo", press: () => void) => HTMLElement} */
    const button = (kind, press) => {
      const label = text(`drums.${kind}`, { voice: shown });
      const attributes = { class: kind, "aria-label": label, onclick: press };
      return element("button", attributes, text(`drums.${kind}.letter`));
    };
    const hold = element("button", {
      class: "hold",
      "aria-label": text("drums.lock", { voice: shown }),
      title: text("drums.lock.hint"),
      onclick: () => player.lockVoice(voice),
    });
    const mute = button("mute", () => player.mix((mixer) => mixer.mute(voice)));
    const solo = button("solo", () => player.mix((mixer) => mixer.solo(voice)));
    const hear = element(
      "button",
      {
        class: "name",
        "aria-label": text("drums.hear", { voice: shown }),
        onclick: () => player.audition(voice, 100),
      },
      shown,
    );
    const row = element("div", { class: "head", "data-family": family }, hold, hear, mute, solo);
    return { voice, row, hold, mute, solo };
  }
}
