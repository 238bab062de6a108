// The line under the grid: what stands under the pointer, rows for all voices, and undo and redo.

/** @import { Player } from "../../state/player.js" */

import { text } from "../../language.js";
import { element, icon, put, write } from "../dom.js";

const UNDO =
  "M12.5 8c-2.65 0-5.05 1-6.9 2.6L2 7v9h9l-3.62-3.62A8 8 0 0 1 20.1 16l2.37-.78" +
  "A10.5 10.5 0 0 0 12.5 8z";
const REDO =
  "M18.4 10.6C16.55 9 14.15 8 11.5 8A10.5 10.5 0 0 0 1.53 15.22L3.9 16a8 8 0 0 1 12.72-3.62" +
  "L13 16h9V7z";
const ALL = "M4 6h16v2H4zm0 5h8v2H4zm0 5h8v2H4zm13-5h2v3h3v2h-3v3h-2v-3h-3v-2h3z";
const SHAKER =
  "M8.5 3a5.5 5.5 0 0 1 4.4 8.8l6.6 6.6-1.6 1.6-6.6-6.6A5.5 5.5 0 1 1 8.5 3z" +
  "M18 3h2v3h3v2h-3v3h-2V8h-3V6h3z";
const KEEP =
  "M4 20v-4L15 5l4 4L8 20zm12.4-16.4 1-1a1.4 1.4 0 0 1 2 0l2 2a1.4 1.4 0 0 1 0 2l-1 1zM13 18h8v2h-8z";
const NOTES = "M9 4h11v11.5a3 3 0 1 1-2-2.8V8h-7v9.5a3 3 0 1 1-2-2.8z";
const IS_COARSE = window.matchMedia("(pointer: coarse)").matches;
const HINT = text(IS_COARSE ? "grid.hint.touch" : "grid.hint");

export class GridFoot {
  #player;
  #status = element("div", { class: "status", "aria-live": "polite" });
  #all;
  #percussion;
  #notes;
  #keep;
  #undo;
  #redo;

  /** @param {Player} player */
  constructor(player) {
    this.#player = player;
    /** @type {(label: string, path: string, press: () => void) => HTMLButtonElement} */
    const button = (label, path, press) =>
      element("button", { "aria-label": label, title: label, onclick: press }, icon(path));
    this.#all = button(text("grid.all"), ALL, () =>
      player.set({ allVoices: !player.settings.allVoices }),
    );
    this.#percussion = button(text("grid.percussion"), SHAKER, () => {
      player.set({ allPercussion: !player.settings.allPercussion });
    });
    this.#keep = button(text("grid.keep"), KEEP, () =>
      player.letEditsGoAlong(!player.scene.keepsEdits),
    );
    this.#notes = button(text("grid.notes"), NOTES, () =>
      player.set({ editsNotes: !player.settings.editsNotes }),
    );
    this.#undo = button(text("grid.undo"), UNDO, () => player.undo());
    this.#redo = button(text("grid.redo"), REDO, () => player.redo());
    const steps = element("div", { class: "steps" }, this.#notes, this.#keep, this.#all, this.#percussion, this.#undo, this.#redo);
    this.root = element("div", { class: "foot" }, this.#status, steps);
    this.show("");
  }

  update() {
    put(this.#all, "aria-pressed", this.#player.settings.allVoices);
    put(this.#percussion, "aria-pressed", this.#player.settings.allPercussion);
    put(this.#notes, "aria-pressed", this.#player.settings.editsNotes);
    put(this.#keep, "aria-pressed", this.#player.scene.keepsEdits);
    this.#undo.disabled = !this.#player.history.canUndo;
    this.#redo.disabled = !this.#player.history.canRedo;
    if (this.#status.classList.contains("hint")) this.show("");
  }

  /**
   * Show a line; without one, what can be done here.
   *
   * @param {string} line
   * @param {boolean} quietly of what the pointer is on, or what the grid itself says to screen readers
   */
  show(line, quietly = !line) {
    put(this.#status, "aria-live", quietly ? "off" : "polite");
    write(this.#status, line || this.#hint);
    this.#status.classList.toggle("hint", !line);
  }

  get #hint() {
    const { scene, history } = this.#player;
    const { monitor, leftEdits } = scene;
    if (monitor !== "blend") return text("grid.fixed", { side: monitor.toUpperCase() });
    if (leftEdits === null) return HINT;
    return text(history.canUndo ? "grid.edits.return" : "grid.edits", { name: leftEdits });
  }
}
