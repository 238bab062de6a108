// A link to a file that the server makes once it is fetched, such as stems; it looks like the page's
// buttons. What is pressed is about what sounds: a click waits until Python has read that.

/** @import { DownloadData, ServedFile } from "../types" */
/** @import { Player } from "../state/player.js" */

import { addressOf, save } from "../page/file.js";
import { element, icon, put, write } from "./dom.js";

const DOWN = "M11 4h2v8.2l3-3 1.4 1.4L12 16l-5.4-5.4L8 9.2l3 3zM5 18h14v2H5z";

export class DownloadLink {
  #player;
  #words = element("span");
  #link = element("a", { onclick: (/** @type {MouseEvent} */ event) => this.#click(event) }, icon(DOWN), this.#words);
  root = element("div", { class: "download" }, this.#link);
  /** @type {ServedFile | null} */
  #file = null;
  #answered = 0;
  #wanted = false;

  /** @param {Player} player */
  constructor(player) {
    this.#player = player;
  }

  /** @param {DownloadData} data */
  receive({ label, hint, file, answered }) {
    this.#file = file;
    this.#answered = answered;
    write(this.#words, label);
    put(this.#link, "title", hint);
    put(this.#link, "aria-disabled", !file);
    if (file) {
      put(this.#link, "href", addressOf(file));
      put(this.#link, "download", file.name);
    } else {
      this.#link.removeAttribute("href");
    }
    if (this.#wanted && this.#isOfNow) this.#take();
  }

  get #isOfNow() {
    return this.#player.hasRead(this.#answered);
  }

  #take() {
    this.#wanted = false;
    put(this.#link, "aria-busy", false);
    if (this.#file) save(this.#file);
  }

  /** @param {MouseEvent} event */
  #click(event) {
    this.#player.finish();
    if (this.#isOfNow) return; // the link is followed
    event.preventDefault();
    this.#wanted = true;
    put(this.#link, "aria-busy", true);
  }
}
