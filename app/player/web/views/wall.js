// The wall of takes: pointing at a card sounds its take while play goes on, a click starts play as
// well and it stays. What is done shows at once; Python answers, and what it says then holds.

import { Card } from "./card.js";
import { element, put } from "./dom.js";
import { Reminder } from "../page/reminder.js";

const LINGER = 90; // ms on a card before it is heard: the pointer may only be passing

const hung = new Map(); // by the wall's name, its takes by their ids: they outlive its views

export class Wall {
  // The style sheet makes it visible: nothing is shown before it can be shown rightly.
  root = element("section", {
    class: "player wall",
    "aria-label": "Takes",
    style: "visibility: hidden",
  });
  #player;
  #data = null;
  #lacks = false; // Python named a take that is not known here
  #say = () => {};
  #cards = new Map(); // by the take's number
  #unanswered = []; // what was done that Python has yet to hear of: [turn, act, number]
  #turn = 0; // counts what was done
  #pointed = null; // number of the take that the pointer is on
  #soon = 0;
  #given = null; // groove that the player was given to sound
  #reminder = new Reminder(() => !this.#unanswered.length && !this.#lacks, () => this.#tell());
  #leave = new AbortController();
  #stop;

  constructor(player) {
    this.#player = player;
    this.#stop = player.watch(() => this.#giveWay());
    const { signal } = this.#leave;
    // What goes on from one card to another is not heard outside of the component.
    for (const place of [document, this.root]) {
      place.addEventListener("pointerover", (event) => this.#point(event), { signal });
      place.addEventListener("focusin", (event) => this.#focus(event), { signal });
    }
  }

  /**
   * takes: in full, or by their ids; files: what their files are called; how: the query of the
   * files' addresses; kept: numbers of those that are; plays: number of the take that sounds, null
   * for none; heard: the last turn that is answered.
   */
  receive(data, say) {
    this.#say = say;
    const takes = inFull(data);
    this.#lacks = !takes;
    if (!takes) return this.#askAgain();
    const { files, how } = data;
    this.#data = { ...data, takes: takes.map((take, i) => withFile(take, files?.[i], how)) };
    this.#turn = Math.max(this.#turn, data.heard);
    this.#unanswered = this.#unanswered.filter(([turn]) => turn > data.heard);
    this.#draw();
    const hits = [...this.#cards.values()].flatMap(({ groove }) => groove.hits);
    this.#player.offer(hits.map(({ voice }) => voice));
    if (this.#given) this.#sound();
  }

  close() {
    this.#leave.abort();
    clearTimeout(this.#soon);
    this.#reminder.stop();
    this.#stop();
    this.#say = () => {};
    this.#player.offer([]);
    this.#player.preview(null);
  }

  // What is done on the cards

  #act(number, act) {
    this.#turn++;
    this.#unanswered.push([this.#turn, act, number]);
    this.#draw();
    this.#sound();
    if (act === "play") this.#player.play();
    this.#tell();
  }

  #tell() {
    this.#say("told", { acts: this.#unanswered, lacks: this.#lacks });
    this.#reminder.start();
  }

  /** Have Python send all takes, once this run of its has been taken in; until then all stays. */
  #askAgain() {
    setTimeout(() => this.#tell());
  }

  #point(event) {
    if (event.pointerType !== "touch") this.#turnTo(this.#takeAt(event));
  }

  #focus(event) {
    const [target] = event.composedPath();
    if (target instanceof Element && target.matches(":focus-visible")) {
      this.#turnTo(this.#takeAt(event));
    }
  }

  #turnTo(number) {
    if (number === this.#pointed) return;
    this.#pointed = number;
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => this.#sound(), LINGER);
  }

  /** Number of the take whose card an event is on; null beside the cards. */
  #takeAt(event) {
    const [target] = event.composedPath();
    const card = this.root.contains(target) ? target.closest(".card") : null;
    return card ? Number(card.dataset.take) : null;
  }

  // What becomes of it

  /** The take that was clicked and that Python has yet to play. */
  get #chosen() {
    return this.#done("play").at(-1) ?? null;
  }

  /** Numbers of the takes with which this was done, unanswered. */
  #done(...acts) {
    return this.#unanswered.filter(([, act]) => acts.includes(act)).map(([, , number]) => number);
  }

  #sound() {
    const number = this.#chosen ?? (this.#player.playing ? this.#pointed : null);
    this.#given = this.#cards.get(number)?.groove ?? null;
    this.#player.preview(this.#given);
  }

  /** Where the musician has moved on to something else, a pointer that rests on a card means
   * nothing any more. */
  #giveWay() {
    if (this.#player.scene.previewed === this.#given) return;
    this.#given = this.#pointed = null;
    clearTimeout(this.#soon);
  }

  #draw() {
    const { takes, kept, rows, plays, small } = this.#data;
    const discarded = this.#done("discard");
    const shown = takes.filter(({ number }) => !discarded.includes(number));
    const focused = this.#focused();
    this.root.classList.toggle("small", small);
    put(this.root, "aria-busy", this.#unanswered.length > 0);
    this.#arrange(shown.map(({ number }) => number));
    for (const take of shown) {
      const { number } = take;
      const last = this.#unanswered.findLast(([, act, on]) => on === number && isKeeping(act));
      this.#cards.get(number).show(take, rows, {
        plays: number === (this.#chosen ?? plays),
        kept: last ? last[1] === "keep" : kept.includes(number),
        small,
      });
    }
    this.#focusAgain(focused);
  }

  /** Have a card for each of these numbers, in their order; those that stay are not touched. */
  #arrange(numbers) {
    for (const [number, card] of this.#cards) {
      if (numbers.includes(number)) continue;
      card.root.remove();
      this.#cards.delete(number);
    }
    numbers.forEach((number, place) => {
      if (!this.#cards.has(number)) {
        this.#cards.set(number, new Card(number, (act) => this.#act(number, act)));
      }
      const { root } = this.#cards.get(number);
      const there = this.root.children[place];
      if (there !== root) this.root.insertBefore(root, there ?? null);
    });
  }

  // The focus stays on its button, or goes to that of the card which takes the place of its own

  #focused() {
    const target = this.root.getRootNode().activeElement;
    const card = this.root.contains(target) ? target.closest(".card") : null;
    return card && { target, place: [...this.root.children].indexOf(card) };
  }

  #focusAgain(focused) {
    if (!focused || focused.target.isConnected) return;
    const { target, place } = focused;
    const card = this.root.children[Math.min(place, this.root.children.length - 1)];
    card?.querySelector(`.${target.className}`).focus({ preventScroll: true });
  }
}

/** All takes of a wall in full; null where one was sent before and is not known here. */
function inFull({ wall, takes }) {
  const known = hung.get(wall);
  const full = takes.map((take) => (typeof take === "string" ? known?.get(take) : take));
  if (full.includes(undefined)) return null;
  hung.set(wall, new Map(full.map((take) => [take.id, take])));
  return full;
}

/** A take with its file as it is now: name and query follow tempo, swing and pitches. */
function withFile(take, name, how) {
  return take.path ? { ...take, file: { name, path: `${take.path}?${how}` } } : take;
}

const isKeeping = (act) => act === "keep" || act === "let go";
