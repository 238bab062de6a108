// A handle to drag a file out of the page, into a DAW or a folder. The download button beside it does
// the same in every browser.

import { element, icon } from "./dom.js";
import { canDrag, giveTo } from "./file.js";

const GRIP =
  "M8 4h3v3H8zm5 0h3v3h-3zM8 10.5h3v3H8zm5 0h3v3h-3zM8 17h3v3H8zm5 0h3v3h-3z";

export class DragHandle {
  root;
  #file = null;

  constructor() {
    this.root = element(
      "div",
      {
        class: "drag",
        draggable: "true",
        hidden: !canDrag(),
        "aria-hidden": "true",
        ondragstart: (event) => giveTo(event, this.#file),
      },
      icon(GRIP),
    );
  }

  receive({ file }) {
    this.#file = file;
    this.root.title = `Drag ${file.name} into your DAW or a folder`;
  }
}
