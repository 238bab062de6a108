// A handle to drag a file out of the page, into a DAW or a folder. Chromium alone can do this; the
// download button beside it does the same everywhere.

import { element, icon } from "./dom.js";

const GRIP =
  "M8 4h3v3H8zm5 0h3v3h-3zM8 10.5h3v3H8zm5 0h3v3h-3zM8 17h3v3H8zm5 0h3v3h-3z";
const TYPE = "DownloadURL"; // of dragged data: media type, file name and address of a file
const canDrag = () => "chrome" in window;

export class DragHandle {
  root;
  #file = null; // {name, type, content}, content in base64

  constructor() {
    this.root = element(
      "div",
      {
        class: "drag",
        draggable: "true",
        hidden: !canDrag(),
        "aria-hidden": "true",
        ondragstart: (event) => this.#give(event),
      },
      icon(GRIP),
    );
  }

  receive({ file }) {
    this.#file = file;
    this.root.title = `Drag ${file.name} into your DAW or a folder`;
  }

  #give({ dataTransfer }) {
    const { name, type, content } = this.#file;
    dataTransfer.effectAllowed = "copy";
    dataTransfer.setData(TYPE, `${type}:${name}:data:${type};base64,${content}`);
  }
}
