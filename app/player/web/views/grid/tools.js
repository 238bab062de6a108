// The tools for notes, under the grid: what is done to the selected hits, or to the one at the cursor.

/** @import { Player } from "../../state/player.js" */
/** @import { GridEditor, Deed } from "./edit.js" */

import { element, put } from "../dom.js";
import { SNAPS } from "../../state/notes.js";

/** @type {[deed: Deed, name: string, hint: string][][]} */
const DEEDS = [
  [
    ["flam", "Flam", "A grace note before each hit (F)"],
    ["drag", "Drag", "Two grace notes before each hit (D)"],
    ["roll", "Roll", "Go on in thirty-seconds over an eighth (R)"],
  ],
  [
    ["earlier", "\u2212 5 ms", "Earlier by 5 ms (Alt left)"],
    ["later", "+ 5 ms", "Later by 5 ms (Alt right)"],
    ["softer", "Softer", "All velocities down by a tenth (Alt down)"],
    ["louder", "Louder", "All velocities up by a tenth (Alt up)"],
  ],
  [
    ["copy", "Copy", "Copy the selected hits (Ctrl C)"],
    ["paste", "Paste", "Paste from the cell that was clicked last (Ctrl V)"],
    ["duplicate", "Duplicate bar", "Put this bar into the next one, too (B)"],
    ["remove", "Delete", "Take the selected hits out (Delete)"],
  ],
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
        title: "Drag over hits to select them; a click takes one in or out (or hold Ctrl)",
        onclick: () => this.#turnSelect(),
      },
      "Select",
    );
    const snaps = Object.keys(SNAPS).map((snap) => element("option", { value: snap }, `Snap ${snap}`));
    /** @type {HTMLSelectElement} */
    const snap = element(
      "select",
      { "aria-label": "Snap", title: "Where hits go when they are set or moved", onchange: () => (editor.snap = snap.value) },
      ...snaps,
    );
    this.#voices = element("select", {
      "aria-label": "Copy to another drum",
      title: "Copy the selected hits, or all of the drum that was clicked last, to another drum",
      onchange: () => this.#copy(),
    });
    const groups = DEEDS.map((group) => element("div", {}, ...group.map((deed) => this.#button(deed))));
    this.root = element(
      "div",
      { class: "tools", role: "toolbar", "aria-label": "Notes", hidden: true },
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
    const all = names.map((name, voice) => element("option", { value: voice }, name)).reverse();
    this.#voices.replaceChildren(element("option", { value: "" }, "Copy to\u2026"), ...all);
  }

  /** @param {[deed: Deed, name: string, hint: string]} deed */
  #button([deed, name, title]) {
    return element("button", { title, onclick: () => this.#editor.do(deed) }, name);
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
