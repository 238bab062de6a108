// Edits on the grid. They belong to the groove that they were made on: when another one sounds they
// stay behind, and when theirs sounds again they are there again.

/** @import { Edits as Cells, Hit } from "../types" */

const REMEMBERED = 64; // grooves

export class Edits {
  /** @type {Cells} of the groove that sounds */
  cells = new Map();
  /** @type {string | null} of that groove; null: of none that can be edited */
  #name = null;
  /** @type {Map<string, Cells>} cells by name, of grooves that sounded before */
  #kept = new Map();

  /**
   * Change to the groove `name` and its own edits. Where `same` of the name before says that both
   * are one groove, the edits go along.
   *
   * @param {string | null} name
   * @param {(before: string | null) => boolean} same
   */
  turnTo(name, same = () => false) {
    if (name === this.#name) return;
    if (!same(this.#name)) {
      this.#keep();
      this.cells = (name !== null && this.#kept.get(name)) || new Map();
    }
    this.#name = name;
  }

  /** @param {number} cell @param {Hit} hit */
  set(cell, hit) {
    this.cells = new Map(this.cells).set(cell, hit);
  }

  #keep() {
    if (this.#name === null) return;
    this.#kept.delete(this.#name);
    if (this.cells.size) this.#kept.set(this.#name, this.cells);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > REMEMBERED) this.#kept.delete(oldest);
  }
}
