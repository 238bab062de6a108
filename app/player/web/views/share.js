// The share button: the address that opens this page elsewhere, copied at a click.

import { text } from "../language.js";
import { element, icon, write } from "./dom.js";

const LINK =
  "M10.6 13.4a1 1 0 0 1-1.4 0 5 5 0 0 1 0-7.1l3-3a5 5 0 0 1 7.1 7.1l-1.6 1.6a1 1 0 1 1-1.4-1.4" +
  "l1.6-1.6a3 3 0 0 0-4.3-4.3l-3 3a3 3 0 0 0 0 4.3 1 1 0 0 1 0 1.4zm2.8-2.8a1 1 0 0 1 1.4 0 5 5" +
  " 0 0 1 0 7.1l-3 3a5 5 0 0 1-7.1-7.1l1.6-1.6a1 1 0 1 1 1.4 1.4l-1.6 1.6a3 3 0 0 0 4.3 4.3l3-3" +
  "a3 3 0 0 0 0-4.3 1 1 0 0 1 0-1.4z";
const SHARE = text("share"); // what the button says
const SHOWN = 2500; // ms that "Link copied" stands there

export class ShareButton {
  #text = "";
  #words = element("span", { "aria-live": "polite" }, SHARE);
  #field = element("input", {
    readonly: true,
    hidden: true,
    "aria-label": text("share.link"),
    onblur: () => (this.#field.hidden = true),
  });
  #back = 0;

  constructor() {
    const attributes = {
      title: text("share.hint"),
      onclick: () => this.#copy(),
    };
    const button = element("button", attributes, icon(LINK), this.#words);
    this.root = element("div", { class: "share" }, button, this.#field);
  }

  /** @param {{ text: string }} data */
  receive({ text: packed }) {
    this.#text = packed;
  }

  get #address() {
    const address = new URL(location.href);
    address.search = new URLSearchParams({ groove: this.#text }).toString();
    address.hash = "";
    return address.href;
  }

  async #copy() {
    const address = this.#address;
    try {
      await navigator.clipboard.writeText(address);
      this.#write(text("share.copied"), true);
    } catch {
      // Not over plain http, and not where the browser forbids it: the hand copies.
      this.#field.value = address;
      this.#field.hidden = false;
      this.#field.focus();
      this.#field.select();
      this.#write(text("share.copy"));
    }
  }

  /** @param {string} words */
  #write(words, copied = false) {
    write(this.#words, words);
    this.root.classList.toggle("copied", copied);
    clearTimeout(this.#back);
    if (words !== SHARE) this.#back = setTimeout(() => this.#write(SHARE), SHOWN);
  }
}
