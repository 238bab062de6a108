// A take on the wall: its picture, what it is, and what can be done with it. All of the card plays
// it; the other buttons stand above that. It can be dragged out of the page as a MIDI file.

/** @import { Act, Groove, ServedFile, TakeData } from "../types" */

import { element, focusedBeside, icon, put, write } from "./dom.js";
import { canDrag, giveTo, save } from "../page/file.js";
import { unpackGroove } from "../state/groove.js";
import { Roll } from "./roll.js";

const NEAR = "Closest in the training data, and how much of the pattern it shares";
const SAVE = "M11 3h2v8.6l3.1-3 1.4 1.4-5.5 5.5L6.5 10l1.4-1.4 3.1 3zM5 18h14v2H5z";
const MARK = "M6 3h12v18l-6-3-6 3z";
const KEEP = `${MARK}M8 5v12.9l4-2 4 2V5z`;
const DISCARD =
  "M6.4 5 12 10.6 17.6 5 19 6.4 13.4 12 19 17.6 17.6 19 12 13.4 6.4 19 5 17.6 10.6 12 5 6.4z";
const STARS = 3;
const MIDI = "audio/midi";

export class Card {
  /** @type {Groove | null} */
  groove = null;
  root;
  #roll = new Roll();
  #play;
  #name;
  #stars;
  #given = 0; // stars
  /** @type {string} */
  #called = "";
  #alike = element("span");
  #near = element("span");
  #nearest = element(
    "div",
    { class: "line", title: NEAR },
    element("span", {}, "closest bar"),
    this.#near,
  );
  #keep;
  #actions;
  /** @type {boolean | null} as its button shows */
  #kept = null;
  #shown = ""; // what the picture was drawn for
  /** @type {ServedFile | null} */
  #file = null;

  /** @param {number} number of the take @param {(act: Act, value?: string | number) => void} act does something with it */
  constructor(number, act) {
    this.#play = element("button", { class: "hear" });
    this.#name = element("b", {
      class: "called",
      role: "textbox",
      spellcheck: "false",
      title: "Rename",
      "aria-label": "Name",
      onkeydown: (event) => {
        if (event.key !== "Enter") return;
        event.preventDefault();
        this.#name.blur();
      },
      onblur: () => this.#rename(act),
    });
    this.#stars = element("button", {
      class: "stars",
      title: "Stars: press for more",
      onclick: () => act("stars", (this.#given + 1) % (STARS + 1)),
    });
    this.#keep = element("button", {
      class: "keep",
      "aria-label": "Keep",
      onclick: () => act(this.#kept ? "let go" : "keep"),
    });
    /** @type {(name: string, title: string, press: () => void, face: Node | string) => Element} */
    const button = (name, title, press, face) =>
      element("button", { class: name.toLowerCase(), "aria-label": name, title, onclick: press }, face);
    this.#actions = element(
      "div",
      { class: "actions" },
      button("A", "Make it A", () => act("a"), "A"),
      button("B", "Make it B", () => act("b"), "B"),
      button("MIDI", this.#hint, () => this.#file && save(this.#file), icon(SAVE)),
      this.#stars,
      this.#keep,
      button("Discard", "Discard", () => act("discard"), icon(DISCARD)),
    );
    const line = element("div", { class: "line" }, this.#name, this.#alike);
    this.root = element(
      "div",
      {
        class: "card",
        role: "group",
        "data-take": number,
        onclick: (event) => this.#isOwn(event.composedPath()) || act("play"),
        ondragstart: (event) => this.#file && giveTo(event, this.#file),
      },
      ...[this.#play, this.#roll.root, line, this.#nearest, this.#actions],
    );
  }

  /**
   * Show a take as Python sends it.
   *
   * @param {TakeData} take
   * @param {number[]} rows the voices that the picture has a row for
   * @param {string[]} families of all voices
   * @param {{ kept: boolean, small: boolean, name: string, alike: string, stars: number }} how
   */
  show(take, rows, families, { kept, small, name, alike, stars }) {
    const shown = [take.id, families.length, ...rows].join();
    if (shown !== this.#shown) {
      this.#shown = shown;
      this.groove = unpackGroove(take);
      this.#roll.show(this.groove, rows, { families });
    }
    write(this.#play, `Play ${name}`);
    this.#called = name;
    if (focusedBeside(this.#name) !== this.#name) write(this.#name, name);
    put(this.#name, "contenteditable", small ? "false" : "plaintext-only");
    this.#given = stars;
    write(this.#stars, stars ? "★".repeat(stars) : "☆");
    put(this.#stars, "aria-label", `${stars} of ${STARS} stars`);
    this.#stars.classList.toggle("given", stars > 0);
    write(this.#alike, alike);
    write(this.#near, take.near);
    this.#nearest.hidden = !take.near;
    this.#actions.hidden = small;
    this.#file = take.file ? { ...take.file, type: MIDI } : null;
    this.root.draggable = Boolean(this.#file) && canDrag();
    put(this.root, "aria-label", name);
    this.root.classList.toggle("kept", kept);
    if (kept !== this.#kept) this.#keptIs(kept);
  }

  /** Frame it, or not, as what sounds. @param {boolean} plays */
  mark(plays) {
    put(this.#play, "aria-current", plays);
    this.root.classList.toggle("plays", plays);
  }

  get name() {
    return this.#called;
  }

  /** Whether an event is of something that does not play the take. @param {EventTarget[]} path */
  #isOwn(path) {
    return path.includes(this.#actions) || (path.includes(this.#name) && this.#name.isContentEditable);
  }

  /** @param {(act: Act, value: string) => void} act */
  #rename(act) {
    const typed = (this.#name.textContent ?? "").trim();
    if (typed && typed !== this.#called) act("name", typed);
    write(this.#name, typed || this.#called);
  }

  /** @param {boolean} kept */
  #keptIs(kept) {
    this.#kept = kept;
    put(this.#keep, "aria-pressed", kept);
    put(this.#keep, "title", kept ? "Kept when varying again" : "Keep when varying again");
    this.#keep.replaceChildren(icon(kept ? MARK : KEEP));
  }

  get #hint() {
    return canDrag() ? "Download as MIDI, or drag the card out" : "Download as MIDI";
  }
}
