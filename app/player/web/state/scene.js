// The scene: what sounds. A place on the path from A to B, the groove that has settled there, and
// over it what was edited and what is locked.
//
// Python holds the same scene (app/player/__init__.py); the player sends it what becomes of this one.

/**
 * @import {
 *   Groove, Hit, Lock, Monitor, Path, PathName, PackedLock, PlayerData, Settled, Snapshot
 * } from "../types"
 */

import { Edits } from "./edits.js";
import { withFeel } from "./feel.js";
import {
  cellOf,
  grooveAt,
  packHit,
  repeated,
  shapeOf,
  unpackGroove,
  withEdits,
} from "./groove.js";
import {
  NO_LOCK,
  fit,
  fits,
  isLocked,
  keep,
  lockedCell,
  packLock,
  relock,
  unpackLock,
  withHit,
} from "./lock.js";
import { blendName, nameWith } from "./names.js";

const SAME = 1e-6; // positions nearer than this are one
const PATHS_HELD = 8;
const PLACES_KNOWN = 256;

/**
 * The tempo of a blend, a whole one; at its ends, and where A and B have one tempo, it is theirs. As
 * in Python (app/engine.py).
 *
 * @param {number} tempo
 * @param {number} position
 * @param {Groove[]} ends
 */
const blendTempo = (tempo, position, [a, b]) =>
  position === 0 || position === 1 || a.tempo === b.tempo ? tempo : Math.floor(tempo + 0.5);

/** @typedef {{ position: number, feel: number }} Place */

/**
 * What is previewed: its name; or the take or blend that stands here, shaped or not.
 *
 * @typedef {{ name?: string, shaped?: boolean }} Previewed
 */

/** @param {Place} one @param {Place} other */
const isNear = (one, other) =>
  Math.abs(one.position - other.position) < SAME && Math.abs(one.feel - other.feel) < SAME;

/** @param {number} amount */
const inside = (amount) => Math.min(1, Math.max(0, amount));

export class Scene {
  /** @type {Path | null} */
  path = null;
  bars = 1; // of what sounds; the path is repeated to as many
  position = 0;
  /** @type {number | null} where the feel is, apart from the pattern; null: it goes with it */
  feel = null;
  /** @type {Monitor} what is listened to */
  monitor = "blend";
  /** @type {Set<number>} voices of other grooves on the page that may be previewed */
  offered = new Set();
  moving = false; // in hand: nothing settles until it is let go
  /** @type {Groove | null} that is heard and shown, as of the last `refresh` */
  groove = null;
  /** @type {Map<string, Path>} the last few, by id */
  #paths = new Map();
  /** @type {Map<string, string>} id of what settled first at a place, by its name */
  #firsts = new Map();
  keepsEdits = false; // edits go along when something else sounds: their cells are locked
  #edits = new Edits();
  #edited = ""; // name of what was edited last
  /** @type {string | null} name of what was left, with its edits */
  #left = null;
  #lock = NO_LOCK;
  /** @type {Settled | null} */
  #settled = null;
  #shaped = false; // whether the path is
  /** @type {Groove | null} sounds for a while in place of all else */
  #previewed = null;
  /** @type {Previewed} */
  #previewedAs = {};
  #returns = 0; // counts snapshots that were restored
  /** @type {[string, string] | null} ids of the restored path and settled groove; null: the blend
   * has moved on since, or nothing had settled */
  #back = null;

  // What Python sends

  /**
   * Take a path, or one named by its id, to sound as so many bars; false where it, or its feels, are
   * not known here.
   *
   * @param {Path | PathName} sent
   * @param {number} bars
   */
  enter(sent, bars) {
    if (sent.frames) this.#hold(sent);
    const path = this.#paths.get(sent.id);
    if (!path || (!sent.frames && sent.felt && !path.hasFeels)) return false;
    Object.assign(this, { path, bars });
    return true;
  }

  /**
   * Take the settled groove; true where it is another one at the same place.
   *
   * @param {Pick<PlayerData, "settled" | "position" | "feel" | "take" | "label" | "shaped">} data
   */
  settle({ settled, position, feel, take, label, shaped }) {
    const old = this.#settled;
    this.#shaped = shaped && !take; // the shape of a take is gone once the blend is moved
    const place = { position, feel: feel ?? position };
    const what = { label, take, shaped };
    this.#settled = settled && { ...place, ...what, id: settled.id, groove: unpackGroove(settled) };
    return Boolean(old && settled && isNear(old, place) && old.id !== settled.id);
  }

  /**
   * Lock what the shared page, or the page before a reload, had locked.
   *
   * @param {PackedLock | null} lock
   */
  openWith(lock) {
    this.#lock = lock ? unpackLock(lock) : NO_LOCK;
    this.keepsEdits = this.#lock.cells.size > 0;
  }

  /** @param {Path} path */
  #hold(path) {
    this.#paths.delete(path.id);
    this.#paths.set(path.id, path);
    const [oldest] = this.#paths.keys();
    if (this.#paths.size > PATHS_HELD) this.#paths.delete(oldest);
  }

  // What there is

  get isBlend() {
    return this.path !== null && this.path.frames.length > 1;
  }

  /** What sounds, in a word or two, with what was done to it. */
  get label() {
    if (this.monitor !== "blend" && !this.#previewed) return this.#name;
    const { voices, sixteenths, cells } = this.#lock;
    const edited = cells.size > 0 || (!this.#previewed && this.edits.size > 0);
    return nameWith(this.#name, { edited, locked: voices.size + sixteenths.size > 0 });
  }

  /** What sounds, but for edits and locks. */
  get #name() {
    const { name, shaped } = this.#previewedAs;
    if (this.#previewed) return name ?? nameWith(this.#unshaped, { shaped });
    if (this.monitor !== "blend") return this.monitor.toUpperCase();
    return nameWith(this.#unshaped, { shaped: this.#settledHere?.shaped ?? this.#shaped });
  }

  /** The take or the blend that sounds, whatever its shape. */
  get #unshaped() {
    const { position, feel } = this;
    return this.#settledHere?.label ?? blendName(position, feel ?? position);
  }

  /** What stands in for the blend: a take or a training bar; null for nothing. */
  get take() {
    return this.#settledHere?.take ?? null;
  }

  /** Whether it is as a snapshot was, the blend not moved since. */
  get isBack() {
    return this.#back !== null;
  }

  get canEdit() {
    return this.monitor === "blend" && !this.#previewed;
  }

  /** Edited hits by cell, of the groove at this place. */
  get edits() {
    return this.#edits.cells;
  }

  /** Name of what was left with edits of it; null where there is none. */
  get leftEdits() {
    return this.edits.size ? null : this.#left;
  }

  /** What is locked, for a groove as long as the one that sounds. */
  get lock() {
    if (!this.groove) return this.#lock;
    const open = { ...NO_LOCK, ...shapeOf(this.groove) }; // a lock of another meter waits for it
    return fits(this.#lock, this.groove) ? fit(this.#lock, this.groove.bars) : open;
  }

  /**
   * Whether it is this place that is heard, and no move would change anything.
   *
   * @param {number} position
   * @param {number | null} feel
   */
  isAt(position, feel) {
    const heard = this.monitor === "blend" && !this.#previewed;
    const aside = feel === null ? null : inside(feel);
    return heard && inside(position) === this.position && aside === this.feel;
  }

  /** Where between A and B the pattern of the sounding groove stands. */
  get place() {
    return { a: 0, b: 1, blend: this.position }[this.monitor];
  }

  /** And where its feel does. */
  get feelPlace() {
    return { a: 0, b: 1, blend: this.feel ?? this.position }[this.monitor];
  }

  /** Of the settled groove, where it is the one for this place. */
  get #settledHere() {
    const here = { position: this.position, feel: this.feel ?? this.position };
    return this.#settled && !this.moving && isNear(this.#settled, here) ? this.#settled : null;
  }

  // What becomes of it; `refresh` makes it sound

  /** @param {number} position @param {number | null} feel */
  move(position, feel) {
    if (!this.moving) this.#left = null;
    this.moving = true;
    this.#back = null;
    this.listenTo("blend");
    this.position = inside(position);
    this.feel = feel === null ? null : inside(feel);
  }

  /** @param {Monitor} monitor */
  listenTo(monitor) {
    this.monitor = monitor;
    this.#previewed = null;
  }

  get previewed() {
    return this.#previewed;
  }

  /**
   * Show and sound another groove for a while; true where that changes anything.
   *
   * @param {Groove | null} groove
   * @param {Previewed} as
   */
  preview(groove, as) {
    const { name, shaped } = this.#previewedAs;
    const changes = groove !== this.#previewed || as.name !== name || as.shaped !== shaped;
    this.#previewed = groove;
    this.#previewedAs = as;
    return changes;
  }

  /**
   * Change a hit; velocity 0 takes it out. In a locked cell it is what the lock holds from now on.
   *
   * @param {Hit} hit
   */
  edit(hit) {
    if (this.keepsEdits && this.groove && !isLocked(this.lock, hit)) {
      this.relock({ cells: new Set(this.lock.cells).add(lockedCell(hit, this.groove)) });
    }
    if (isLocked(this.lock, hit)) this.#lock = withHit(this.lock, hit);
    else {
      this.#edits.set(cellOf(hit), hit);
      this.#edited = this.#name;
    }
  }

  /**
   * Change hits of what was there at a snapshot of this place.
   *
   * @param {Snapshot} before
   * @param {Hit[]} hits
   */
  editFrom({ edits, lock }, hits) {
    this.#edits.cells = edits;
    this.#lock = lock;
    this.refresh();
    for (const hit of hits) this.edit(hit);
  }

  /**
   * Lock other voices, sixteenths and cells than so far: new ones as they sound now.
   *
   * @param {Partial<Pick<Lock, "voices" | "sixteenths" | "cells">>} places
   */
  relock(places) {
    if (!this.groove) return;
    this.#lock = relock(this.#lock, this.groove, { ...this.lock, ...places });
  }

  /**
   * Have edits go along wherever the blend goes, in locked cells; or have those that did belong to
   * this place. Either way what sounds stays as it is.
   *
   * @param {boolean} on
   */
  keepEdits(on) {
    const { groove } = this;
    if (!groove || on === this.keepsEdits) return;
    this.keepsEdits = on;
    if (on) {
      const edited = [...this.edits.values()].map((hit) => lockedCell(hit, groove));
      this.relock({ cells: new Set([...this.lock.cells, ...edited]) });
      this.#edits.cells = new Map();
      return;
    }
    const { cells } = this.lock;
    this.relock({ cells: new Set() });
    this.refresh();
    const inCells = (/** @type {Hit} */ hit) =>
      cells.has(lockedCell(hit, groove)) && !isLocked(this.lock, hit);
    for (const hit of this.groove?.hits.filter(inCells) ?? []) {
      this.#edits.set(cellOf(hit), { ...hit, velocity: 0 });
    }
    for (const hit of groove.hits.filter(inCells)) this.#edits.set(cellOf(hit), hit);
    this.#edited = this.#name;
  }

  refresh() {
    const { path } = this;
    if (!path) return;
    this.#takeUpEdits(path);
    const [a, b] = path.ends;
    const own = {
      a: () => repeated(a, this.bars),
      b: () => repeated(b, this.bars),
      blend: () => keep(this.#lock, withEdits(this.#base(path), this.edits)),
    };
    const preview = this.#previewed && keep(this.#lock, this.#previewed);
    this.groove = preview ?? own[this.monitor]();
  }

  /** What sounds before edits and locks. @param {Path} path */
  #base(path) {
    const { position, feel } = this;
    const blend = () => {
      const felt = withFeel(grooveAt(path, position), position, feel ?? position);
      return { ...felt, tempo: blendTempo(felt.tempo, position, path.ends) };
    };
    return this.#settledHere?.groove ?? repeated(blend(), this.bars);
  }

  /** Take up the edits of what sounds now: of a take, or of a place on the path. @param {Path} path */
  #takeUpEdits(path) {
    const before = this.edits;
    const place = [this.position, this.feel ?? this.position].map((at) => at.toFixed(6));
    const here = [path.id, ...place].join(" ");
    this.#edits.turnTo(this.moving ? null : this.#nameOf(here));
    if (before !== this.edits && before.size) this.#left = this.#edited;
  }

  /**
   * A name for edits: that of the place, or of what else has settled there than what did at first.
   *
   * @param {string} place
   */
  #nameOf(place) {
    const { take, id } = this.#settledHere ?? {};
    if (take) return id ?? place;
    const first = this.#firsts.get(place) ?? id;
    if (first) {
      this.#firsts.delete(place);
      this.#firsts.set(place, first);
    }
    const [oldest] = this.#firsts.keys();
    if (this.#firsts.size > PLACES_KNOWN) this.#firsts.delete(oldest);
    return id && id !== first ? id : place;
  }

  // Going back, and sending

  /** @returns {Snapshot} */
  snapshot() {
    const { path, bars, position, feel, edits, keepsEdits } = this;
    const [lock, settled, shaped] = [this.#lock, this.#settledHere, this.#shaped];
    return { path, shaped, bars, position, feel, edits, keepsEdits, lock, settled };
  }

  /**
   * Go back to a snapshot; the decks, shape or take that sounded then sound again, once Python has
   * read of it.
   *
   * @param {Snapshot} snapshot
   */
  restore({ path, shaped, bars, position, feel, edits, keepsEdits, lock, settled }) {
    if (!path) return;
    this.#hold(path);
    Object.assign(this, { path, bars, position, feel, keepsEdits, moving: false });
    this.listenTo("blend");
    this.#lock = lock;
    this.#shaped = shaped;
    this.#settled = settled ?? this.#settled;
    this.#returns++;
    this.#back = settled && [path.id, settled.id];
    this.#takeUpEdits(path);
    this.#edits.cells = edits;
    this.#left = null;
  }

  /** The scene as Python reads it. */
  pack() {
    return {
      path: this.path?.id ?? null,
      felt: this.path?.hasFeels ?? false,
      position: this.position,
      feel: this.feel,
      monitor: this.monitor,
      base: this.#settledHere?.id ?? null,
      back: this.#back && [this.#returns, ...this.#back],
      edits: [...this.edits.values()].map(packHit),
      lock: packLock(this.#lock),
    };
  }
}
