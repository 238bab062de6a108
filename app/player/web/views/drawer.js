// A panel that stands over the bar while its button is pressed. One at a time.

import { element, icon, put } from "./dom.js";

/** @type {Drawer | null} */
let opened = null;

export class Drawer {
  button;
  root;
  #opening;

  /**
   * @param {{ name: string, label: string, title: string, picture: string }} words name: its class
   * @param {Node[]} content
   * @param {() => void} opening called when it opens
   */
  constructor({ name, label, title, picture }, content, opening) {
    this.#opening = opening;
    this.button = element(
      "button",
      {
        class: `toggle ${name}`,
        title,
        "aria-label": label,
        "aria-expanded": "false",
        onclick: () => (this.isOpen ? this.close() : this.#open()),
      },
      icon(picture),
    );
    const attributes = { class: `drawer ${name}-panel`, "aria-label": label, hidden: true };
    this.root = element("section", attributes, ...content);
    this.root.addEventListener("keydown", ({ key }) => {
      if (key !== "Escape") return;
      this.close();
      this.button.focus();
    });
  }

  get isOpen() {
    return !this.root.hidden;
  }

  #open() {
    opened?.close();
    opened = this;
    this.root.hidden = false;
    put(this.button, "aria-expanded", true);
    this.#opening();
  }

  close() {
    if (opened === this) opened = null;
    this.root.hidden = true;
    put(this.button, "aria-expanded", false);
  }
}
