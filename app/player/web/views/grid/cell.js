// The grid for screen readers: of its rows and columns the one cell that the keyboard stands on, as
// the grid's canvas has it in place of what it paints.

/** @import { Geometry } from "../../types" */

import { element, put, write } from "../dom.js";

export class SpokenCell {
  #canvas;
  #name = element("span", { role: "rowheader" });
  #row = element("span", { role: "row" });
  #turn = 0;
  #said = "";

  /** @param {HTMLCanvasElement} canvas which is the grid */
  constructor(canvas) {
    this.#canvas = canvas;
    this.#row.append(this.#name);
    canvas.append(this.#row);
  }

  /** How many rows and columns there are. @param {Geometry} grid */
  resize({ rows, sixteenths }) {
    put(this.#canvas, "aria-rowcount", rows.length);
    put(this.#canvas, "aria-colcount", sixteenths);
  }

  /**
   * Say what stands in a cell: by a new element where that is new, for screen readers do not read one
   * again.
   *
   * @param {{ row: number, column: number, name: string, words: string, selected: boolean }} cell
   */
  show(cell) {
    const said = JSON.stringify(cell);
    if (said === this.#said) return;
    this.#said = said;
    const { row, column, name, words, selected } = cell;
    write(this.#name, name);
    put(this.#row, "aria-rowindex", row + 1);
    const id = `cell-${(this.#turn = 1 - this.#turn)}`;
    const attributes = { role: "gridcell", id, "aria-colindex": column + 1, "aria-selected": String(selected) };
    this.#row.replaceChildren(this.#name, element("span", attributes, words));
    put(this.#canvas, "aria-activedescendant", id);
  }
}
