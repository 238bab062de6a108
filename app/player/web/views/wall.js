// The wall of takes: pointing at a card sounds its take while play goes on, a click starts play as
// well and it stays. What is done shows at once; Python answers, and what it answers then holds.

/** @import { Act, Done, Groove, Send, TakeData, WallData } from "../types" */
/** @import { Player } from "../state/player.js" */

import { text } from "../language.js";
import { Card } from "./card.js";
import { element, focusedBeside, put } from "./dom.js";
import { Reminder } from "../page/reminder.js";

const LINGER = 90; // ms on a card before it is heard: the pointer may only be passing

/**
 * By the wall's name, its takes by their ids: they outlive its views.
 *
 * @type {Map<string, Map<string, TakeData>>}
 */
const hung = new Map();

export class Wall {
  // The style sheet makes it visible: nothing is shown before it can be shown rightly.
  root = element("section", {
    class: "player wall",
    "aria-label": text("wall"),
    style: "visibility: hidden",
  });
  #player;
  /** @type {WallData<TakeData> | null} */
  #data = null;
  #lacks = false; // Python named a take that is not known here
  /** @type {Send} */
  #send = () => {};
  /** @type {Map<number, Card>} by the take's number */
  #cards = new Map();
  /** @type {Done[]} what was done that Python has yet to answer */
  #unanswered = [];
  #turn = 0; // counts what was done
  /** @type {number | null} of the take that the pointer is on */
  #pointed = null;
  #soon = 0;
  /** @type {number | null} how often all takes but the kept ones went */
  #swept = null;
  /** @type {Groove | null} that the player was given to sound */
  #given = null;
  /** @type {number | null} of the take that it is */
  #sounding = null;
  #reminder = new Reminder(() => !this.#unanswered.length && !this.#lacks, () => this.#sendActs());
  #leave = new AbortController();
  #stop;

  /** @param {Player} player */
  constructor(player) {
    this.#player = player;
    this.#stop = player.watch(() => this.#giveWay());
    const { signal } = this.#leave;
    // What goes on from one card to another is not heard outside of the component.
    /** @param {PointerEvent} event */
    const point = (event) => this.#point(event);
    /** @param {FocusEvent} event */
    const focus = (event) => this.#focus(event);
    document.addEventListener("pointerover", point, { signal });
    document.addEventListener("focusin", focus, { signal });
    this.root.addEventListener("pointerover", point, { signal });
    this.root.addEventListener("focusin", focus, { signal });
  }

  /**
   * takes: in full, or by their ids; files: what their files are called; how: the query of the
   * files' addresses; kept: numbers of those that are; plays: number of the take that sounds, null
   * for none; swept: how often all but the kept ones went, and which last; answered: the last turn
   * that Python has read.
   *
   * @param {WallData} data
   * @param {Send} send
   */
  receive(data, send) {
    this.#send = send;
    const takes = inFull(data);
    this.#lacks = !takes;
    if (!takes) return this.#askAgain();
    const { files, how } = data;
    this.#data = { ...data, takes: takes.map((take, i) => withFile(take, files?.[i], how)) };
    this.#turn = Math.max(this.#turn, data.answered);
    const [swept, numbers] = data.swept;
    if (swept > (this.#swept ?? swept)) this.#player.recordDiscard(...numbers);
    this.#swept = swept;
    this.#unanswered = this.#unanswered.filter(([turn]) => turn > data.answered);
    this.#draw();
    const hits = [...this.#cards.values()].flatMap(({ groove }) => groove?.hits ?? []);
    this.#player.offer(hits.map(({ voice }) => voice));
    if (this.#given) this.#sound();
  }

  close() {
    this.#leave.abort();
    clearTimeout(this.#soon);
    this.#reminder.stop();
    this.#stop();
    this.#send = () => {};
    this.#player.offer([]);
    this.#player.preview(null);
  }

  // What is done on the cards

  /** @param {number} number @param {Act} act @param {string | number} [value] */
  #act(number, act, value) {
    this.#turn++;
    if (act === "discard") this.#player.recordDiscard(number);
    this.#unanswered.push(value === undefined ? [this.#turn, act, number] : [this.#turn, act, number, value]);
    this.#draw();
    this.#sound();
    if (act === "play") this.#player.play();
    this.#sendActs();
  }

  #sendActs() {
    this.#send("acts", { acts: this.#unanswered, lacks: this.#lacks });
    this.#reminder.start();
  }

  /** Have Python send all takes, once this run of its has been taken in; until then all stays. */
  #askAgain() {
    setTimeout(() => this.#sendActs());
  }

  /** @param {PointerEvent} event */
  #point(event) {
    if (event.pointerType !== "touch") this.#turnTo(this.#takeAt(event));
  }

  /** @param {FocusEvent} event */
  #focus(event) {
    const [target] = event.composedPath();
    if (target instanceof Element && target.matches(":focus-visible")) {
      this.#turnTo(this.#takeAt(event));
    }
  }

  /** @param {number | null} number */
  #turnTo(number) {
    if (number === this.#pointed) return;
    this.#pointed = number;
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => this.#sound(), LINGER);
  }

  /** Number of the take whose card an event is on; null beside the cards. @param {Event} event */
  #takeAt(event) {
    const [target] = event.composedPath();
    const card = target instanceof Element ? this.#cardOf(target) : null;
    return card ? Number(card.dataset.take) : null;
  }

  /** @param {Element} target @returns {HTMLElement | null} */
  #cardOf(target) {
    return this.root.contains(target) ? target.closest(".card") : null;
  }

  // What becomes of it

  /** The take that was clicked and that Python has yet to play. */
  get #chosen() {
    return this.#done("play").pop() ?? null;
  }

  /**
   * What was done to a take last, of a kind, and is not answered.
   *
   * @param {number} number
   * @param {(act: Act) => boolean} isKind
   */
  #last(number, isKind) {
    return this.#unanswered.findLast(([, act, on]) => on === number && isKind(act));
  }

  /** Numbers of the takes with which this was done, unanswered. @param {Act} wanted */
  #done(wanted) {
    return this.#unanswered.filter(([, act]) => act === wanted).map(([, , number]) => number);
  }

  #sound() {
    const number = this.#chosen ?? (this.#player.playing ? this.#pointed : null);
    const card = number === null ? undefined : this.#cards.get(number);
    this.#given = card?.groove ?? null;
    this.#sounding = this.#given && number;
    this.#player.preview(this.#given, { name: card?.name });
    this.#mark();
  }

  /** Frame the card of what sounds. */
  #mark() {
    const plays = this.#sounding ?? this.#chosen ?? this.#data?.plays;
    for (const [number, card] of this.#cards) card.mark(number === plays);
  }

  /** Where the musician has moved on to something else, a pointer that rests on a card means
   * nothing any more. */
  #giveWay() {
    if (this.#player.scene.previewed === this.#given) return;
    this.#given = this.#pointed = this.#sounding = null;
    clearTimeout(this.#soon);
    this.#mark();
  }

  #draw() {
    if (!this.#data) return;
    const { takes, kept, rows, small, stars, names, alike } = this.#data;
    const families = this.#player.voices?.map(({ family }) => family) ?? [];
    const discarded = this.#done("discard");
    const shown = takes.filter(({ number }) => !discarded.includes(number));
    const focused = this.#focused();
    this.root.classList.toggle("small", small);
    put(this.root, "aria-busy", this.#unanswered.length > 0);
    this.#arrange(shown.map(({ number }) => number));
    for (const take of shown) {
      const { number } = take;
      const last = this.#last(number, isKeeping);
      const place = takes.indexOf(take);
      this.#cards.get(number)?.show(take, rows, families, {
        kept: last ? last[1] === "keep" : kept.includes(number),
        name: String(this.#last(number, (act) => act === "name")?.[3] || names[place]),
        alike: alike[place],
        stars: Number(this.#last(number, (act) => act === "stars")?.[3] ?? stars[place]),
        small,
      });
    }
    this.#mark();
    this.#focusAgain(focused);
  }

  /**
   * Have a card for each of these numbers, in their order; those that stay are not touched.
   *
   * @param {number[]} numbers
   */
  #arrange(numbers) {
    for (const [number, card] of this.#cards) {
      if (numbers.includes(number)) continue;
      card.root.remove();
      this.#cards.delete(number);
    }
    numbers.forEach((number, place) => {
      const made = () => new Card(number, (act, value) => this.#act(number, act, value));
      const card = this.#cards.get(number) ?? made();
      this.#cards.set(number, card);
      const { root } = card;
      const there = this.root.children[place];
      if (there !== root) this.root.insertBefore(root, there ?? null);
    });
  }

  // The focus stays on its button, or goes to that of the card which takes the place of its own

  #focused() {
    const target = focusedBeside(this.root);
    const card = target && this.#cardOf(target);
    return card && { target, place: [...this.root.children].indexOf(card) };
  }

  /** @param {{ target: Element, place: number } | null} focused */
  #focusAgain(focused) {
    if (!focused || focused.target.isConnected) return;
    const { target, place } = focused;
    const card = this.root.children[Math.min(place, this.root.children.length - 1)];
    /** @type {HTMLElement | null | undefined} */
    const button = card?.querySelector(`.${target.className}`);
    button?.focus({ preventScroll: true });
  }
}

/**
 * All takes of a wall in full; null where one was sent before and is not known here.
 *
 * @param {WallData} data
 */
function inFull({ wall, takes }) {
  const known = hung.get(wall);
  const found = takes.map((take) => (typeof take === "string" ? known?.get(take) : take));
  const full = found.filter((take) => take !== undefined);
  if (full.length < takes.length) return null;
  hung.set(wall, new Map(full.map((take) => [take.id, take])));
  return full;
}

/**
 * A take with its file as it is now: name and query follow tempo, swing and pitches.
 *
 * @param {TakeData} take
 * @param {string | null} name
 * @param {string} how
 */
function withFile(take, name, how) {
  return take.path && name ? { ...take, file: { name, path: `${take.path}?${how}` } } : take;
}

/** @param {Act} act */
const isKeeping = (act) => act === "keep" || act === "let go";
