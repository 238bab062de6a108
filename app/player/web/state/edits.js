// Edits on the grid. They belong to the groove that they were made on: when another one sounds they
// stay behind, and when theirs sounds again they are there again.

const REMEMBERED = 64; // grooves

export class Edits {
  cells = new Map(); // edited hits by cell, of the groove that sounds; velocity 0 is taken out
  #name = null; // of that groove; null: of none that can be edited
  #kept = new Map(); // cells by name, of grooves that sounded before

  /** Take over to the groove `name`: with its own edits, or as it is the `same` groove with these. */
  turnTo(name, same = () => false) {
    if (name === this.#name) return;
    if (!same(this.#name)) {
      this.#keep();
      this.cells = this.#kept.get(name) ?? new Map();
    }
    this.#name = name;
  }

  set(cell, hit) {
    this.cells = new Map(this.cells).set(cell, hit);
  }

  #keep() {
    if (this.#name === null) return;
    this.#kept.delete(this.#name);
    if (this.cells.size) this.#kept.set(this.#name, this.cells);
    if (this.#kept.size > REMEMBERED) this.#kept.delete(this.#kept.keys().next().value);
  }
}
