// A take on the wall: its picture, what it is, and what can be done with it. All of the card plays
// it; the other buttons stand above that. It can be dragged out of the page as a MIDI file.

/** @import { Act, Groove, ServedFile, TakeData } from "../types" */

import { text } from "../language.js";
import { element, focusedBeside, icon, put, write } from "./dom.js";
import { canDrag, giveTo, save } from "../page/file.js";
import { unpackGroove } from "../state/groove.js";
import { Roll } from "./roll.js";

const SAVE = "M11 3h2v8.6l3.1-3 1.4 1.4-5.5 5.5L6.5 10l1.4-1.4 3.1 3zM5 18h14v2H5z";
const MARK = "M6 3h12v18l-6-3-6 3z";
const KEEP = `${MARK}M8 5v12.9l4-2 4 2V5z`;
const DISCARD =
  "M6.4 5 12 10.6 17.6 5 19 6.4 13.4 12 19 17.6 17.6 19 12 13.4 6.4 19 5 17.6 10.6 12 5 6.4z";
const STARS = 3;
const MIDI = "audio/midi";
const MIDI_NAME = "MIDI";

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
    { class: "line", title: text("wall.near.hint") },
    element("span", {}, text("wall.near")),
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
      title: text("wall.rename"),
      "aria-label": text("wall.name"),
      onkeydown: (event) => {
        if (event.key !== "Enter") return;
        event.preventDefault();
        this.#name.blur();
      },
      onblur: () => this.#rename(act),
    });
    this.#stars = element("button", {
      class: "stars",
      title: text("wall.stars.hint"),
      onclick: () => act("stars", (this.#given + 1) % (STARS + 1)),
    });
    this.#keep = element("button", {
      class: "keep",
      "aria-label": text("wall.keep"),
      onclick: () => act(this.#kept ? "let go" : "keep"),
    });
    /** @type {(name: string, label: string, title: string, press: () => void, face: Node | string) => Element} */
    const button = (name, label, title, press, face) =>
      element("button", { class: name, "aria-label": label, title, onclick: press }, face);
    const deck = (/** @type {"a" | "b"} */ side) => {
      const letter = side.toUpperCase();
      return button(side, letter, text("wall.make", { side: letter }), () => act(side), letter);
    };
    const download = () => this.#file && save(this.#file);
    const discard = text("wall.discard");
    this.#actions = element(
      "div",
      { class: "actions" },
      deck("a"),
      deck("b"),
      button("midi", MIDI_NAME, this.#hint, download, icon(SAVE)),
      this.#stars,
      this.#keep,
      button("discard", discard, discard, () => act("discard"), icon(DISCARD)),
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
    write(this.#play, text("wall.play", { name }));
    this.#called = name;
    if (focusedBeside(this.#name) !== this.#name) write(this.#name, name);
    put(this.#name, "contenteditable", small ? "false" : "plaintext-only");
    this.#given = stars;
    write(this.#stars, stars ? "★".repeat(stars) : "☆");
    put(this.#stars, "aria-label", text("wall.stars", { count: stars, most: STARS }));
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
    put(this.#keep, "title", text(kept ? "wall.kept.hint" : "wall.keep.hint"));
    this.#keep.replaceChildren(icon(kept ? MARK : KEEP));
  }

  get #hint() {
    return text(canDrag() ? "wall.file.drag" : "wall.file");
  }
}
