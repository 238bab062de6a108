// The picture of one groove, a part of the page by itself.

import { element } from "./dom.js";
import { unpackGroove } from "./groove.js";
import { Roll } from "./roll.js";

export class Picture {
  // The style sheet makes it visible: nothing is shown before it can be shown rightly.
  root = element("section", { class: "player picture", style: "visibility: hidden" });
  #roll = new Roll();

  constructor() {
    this.root.append(this.#roll.root);
  }

  /** groove: as Python sends it; rows: the voices that have one, low drums first. */
  receive({ groove, rows }) {
    this.#roll.show(unpackGroove(groove), rows);
  }
}
