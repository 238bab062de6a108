// The tools for notes, under the grid: what is done to the selected hits, or to the one at the cursor.

/** @import { Player } from "../../state/player.js" */
/** @import { GridEditor, Deed } from "./edit.js" */

import { nameOf, text } from "../../language.js";
import { element, put } from "../dom.js";
import { SNAPS } from "../../state/notes.js";

/** @type {Exclude<Deed, "all" | "none">[][]} */
const DEEDS = [
  ["flam", "drag", "roll"],
  ["earlier", "later", "softer", "louder"],
  ["copy", "paste", "duplicate", "remove"],
];

export class GridTools {
  #player;
  #editor;
  #selects;
  #voices;
  #named = ""; // the voices that are offered

  /** @param {Player} player @param {GridEditor} editor */
  constructor(player, editor) {
    this.#player = player;
    this.#editor = editor;
    this.#selects = element(
      "button",
      {
        "aria-pressed": false,
        title: text("notes.select.hint"),
        onclick: () => this.#turnSelect(),
      },
      text("notes.select"),
    );
    const snaps = Object.keys(SNAPS).map((snap) => {
      const unit = snap === "off" ? text("notes.snap.off") : snap;
      return element("option", { value: snap }, text("notes.snap.to", { unit }));
    });
    /** @type {HTMLSelectElement} */
    const snap = element(
      "select",
      {
        "aria-label": text("notes.snap"),
        title: text("notes.snap.hint"),
        onchange: () => (editor.snap = snap.value),
      },
      ...snaps,
    );
    this.#voices = element("select", {
      "aria-label": text("notes.copy_to.label"),
      title: text("notes.copy_to.hint"),
      onchange: () => this.#copy(),
    });
    const groups = DEEDS.map((group) => element("div", {}, ...group.map((deed) => this.#button(deed))));
    this.root = element(
      "div",
      { class: "tools", role: "toolbar", "aria-label": text("notes"), hidden: true },
      element("div", {}, snap, this.#selects),
      ...groups,
      this.#voices,
    );
  }

  update() {
    const { voices, settings } = this.#player;
    this.root.hidden = !settings.editsNotes;
    const names = voices?.map(({ name }) => name) ?? [];
    if (names.join() === this.#named) return;
    this.#named = names.join();
    const option = (/** @type {string} */ name, /** @type {number} */ voice) =>
      element("option", { value: voice }, nameOf(name));
    const all = names.map(option).reverse();
    this.#voices.replaceChildren(element("option", { value: "" }, text("notes.copy_to")), ...all);
  }

  /** @param {Exclude<Deed, "all" | "none">} deed */
  #button(deed) {
    const title = text(`notes.${deed}.hint`);
    return element("button", { title, onclick: () => this.#editor.do(deed) }, text(`notes.${deed}`));
  }

  #turnSelect() {
    this.#editor.selects = !this.#editor.selects;
    put(this.#selects, "aria-pressed", this.#editor.selects);
  }

  #copy() {
    if (this.#voices.value) this.#editor.copyTo(Number(this.#voices.value));
    this.#voices.value = "";
  }
}
