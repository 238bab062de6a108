// Edits on the grid. They belong to the place that they were made at: when something else sounds they
// stay behind, and when that place, or that take, sounds again they are there again.

/** @import { Edits as Cells, Hit } from "../types" */

const REMEMBERED = 64; // places

export class Edits {
  /** @type {Cells} of what sounds */
  cells = new Map();
  /** @type {string | null} of what sounds; null: it cannot be edited */
  #name = null;
  /** @type {Map<string, Cells>} cells by name, of what sounded before */
  #kept = new Map();

  /** Change to the place `name` and its own edits. @param {string | null} name */
  turnTo(name) {
    if (name === this.#name) return;
    this.#keep();
    this.cells = (name !== null && this.#kept.get(name)) || new Map();
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
