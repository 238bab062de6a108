// What sounds, as files: links in the bar, to download or, where the browser can, to drag out of the
// page, into a DAW or a folder.

/** @import { FileKind, FilesData } from "../types" */
/** @import { Player } from "../state/player.js" */

import { text } from "../language.js";
import { element, icon, put } from "./dom.js";
import { addressOf, canDrag, giveTo, save } from "../page/file.js";

const GRIP =
  "M8 4h3v3H8zm5 0h3v3h-3zM8 10.5h3v3H8zm5 0h3v3h-3zM8 17h3v3H8zm5 0h3v3h-3z";
const DOWN = "M11 4h2v8.2l3-3 1.4 1.4L12 16l-5.4-5.4L8 9.2l3 3zM5 18h14v2H5z";
// With a finger nothing is dragged out of the page.
const DRAGS = canDrag() && window.matchMedia("(pointer: fine)").matches;
/** @type {Record<FileKind, string>} */
const KINDS = { midi: "MIDI", wav: "WAV" };

/** The part of the page by which Python hands the files to the player: nothing that is seen. */
export class Handover {
  root = element("div", { hidden: true });
  #player;

  /** @param {Player} player */
  constructor(player) {
    this.#player = player;
  }

  /** @param {FilesData} data */
  receive({ files, answered }) {
    this.#player.keepFiles(files, answered);
  }
}

export class TakeawayLinks {
  root;
  #player;
  #links;
  /** @type {FileKind | null} of a file that is downloaded once it is of what sounds */
  #wanted = null;

  /** @param {Player} player */
  constructor(player) {
    this.#player = player;
    this.#links = /** @type {FileKind[]} */ (["midi", "wav"]).map((kind) => ({
      kind,
      link: this.#link(kind),
    }));
    const attributes = { class: "files", role: "group", "aria-label": text("bar.files") };
    const links = this.#links.map(({ link }) => link);
    this.root = element("div", { ...attributes, hidden: true }, ...links);
  }

  update() {
    const { files, hasFiles } = this.#player;
    this.root.hidden = !files;
    if (!files) return;
    for (const { kind, link } of this.#links) {
      const file = files[kind];
      put(link, "href", addressOf(file));
      put(link, "download", file.name);
      put(link, "title", DRAGS ? text("bar.file.drag", { name: file.name }) : file.name);
      put(link, "aria-busy", kind === this.#wanted && !hasFiles);
    }
    if (!this.#wanted || !hasFiles) return;
    save(files[this.#wanted]);
    this.#wanted = null;
  }

  /** @param {FileKind} kind */
  #link(kind) {
    const attributes = {
      class: "file",
      "data-kind": kind,
      "aria-label": text("bar.file", { kind: KINDS[kind] }),
      draggable: String(DRAGS),
      onclick: (/** @type {MouseEvent} */ event) => this.#click(event, kind),
      ondragstart: (/** @type {DragEvent} */ event) => this.#drag(event, kind),
    };
    return element("a", attributes, icon(DRAGS ? GRIP : DOWN), KINDS[kind]);
  }

  /**
   * Let the link be followed; where Python has yet to read what sounds, its file comes then.
   *
   * @param {MouseEvent} event
   * @param {FileKind} kind
   */
  #click(event, kind) {
    this.#player.finish();
    this.#wanted = null;
    if (this.#player.hasFiles) return;
    event.preventDefault();
    this.#wanted = kind;
    this.update();
  }

  /**
   * A drag cannot wait: of what no longer sounds there is none.
   *
   * @param {DragEvent} event
   * @param {FileKind} kind
   */
  #drag(event, kind) {
    const { files, hasFiles } = this.#player;
    if (files && hasFiles) giveTo(event, files[kind]);
    else event.preventDefault();
  }
}
