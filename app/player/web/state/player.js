// The player: what sounds, and everything the musician can do to it.
//
// It outlives its views: Streamlit may take the component out of the page and put it back, and
// play goes on. Views call the methods and redraw when `watch` calls them.

/**
 * @import {
 *   FileKind, Finish, Groove, Hit, Instrument, Lock, Monitor, Opening, Path, PlayerData, ServedFile, Snapshot
 * } from "../types"
 */

import { History } from "./history.js";
import { lockFor } from "./lock.js";
import { Live } from "../live/live.js";
import { Playback } from "../sound/playback.js";
import { Reminder } from "../page/reminder.js";
import { behindClicks } from "../page/script.js";
import { Scene } from "./scene.js";

/** @typedef {[turn: number, act: "put back" | "discard", number: number]} WallAct */

const WALL_ACTS = 100; // that are sent: Python may have missed some
const KEYS_REST = 250; // ms after the last key, the blend counts as let go

/** @type {WeakMap<Path, number>} hits of all frames */
const sizes = new WeakMap();

/** @param {Path} path */
function sizeOf(path) {
  const size = sizes.get(path) ?? path.frames.reduce((sum, { hits }) => sum + hits.length, 0);
  sizes.set(path, size);
  return size;
}

export class Player extends Playback {
  /** @type {string[]} CSS colours of A and B */
  accents = [];
  isSlim = false; // on a page that has much above the grid
  coming = 0; // how much is still being unzipped of what Python sent, or about to be asked for
  /** @type {Record<FileKind, ServedFile> | null} of what sounds */
  files = null;
  /** @type {History<Snapshot>} */
  history = new History(({ path }) => (path ? [path, sizeOf(path)] : undefined));
  live = new Live(this);
  scene = new Scene();
  leaving = 0; // timer that stops play once its views are out of the page
  #letGo = 0;
  #reminder = new Reminder(() => this.isAnswered, () => this.#report());
  #settingsSoon = 0;
  #varied = 0; // how often takes were asked for
  /** @type {[count: number, what: Finish]} how often a beat was to be finished, and with what */
  #finished = [0, "rest"];
  /** @type {WallAct[]} discards of takes that were undone, or done again */
  #wallActs = [];
  /** @type {Snapshot | null} of before an edit that goes on */
  #editing = null;
  /** @type {Groove | null} what sounded then */
  #grooveBefore = null;
  /** @type {{ position?: number, feel?: number | null }} the place that Python sent last */
  #sent = {};
  #answered = 0; // the last message that Python had read when it sent what is here
  #turn = 0; // number of the last message to Python
  #filed = 0; // the last message that Python had read when it sent the files
  /** @type {(message: object) => void} */
  #send = () => {};
  /** @type {string | null} name of the settings that Python had the player open with */
  #opened = null;

  /**
   * Take what Python sends; `send(message)` answers it.
   *
   * @param {PlayerData} data
   * @param {(message: object) => void} send
   */
  receive(data, send) {
    this.#send = send;
    // A server that does not know the page yet is about to be told it: until then this goes on.
    if (data.waits && this.scene.path) return;
    this.#answered = data.answered;
    this.sound.load(data.kit);
    const { scene } = this;
    if (scene.isBack && !this.#isUpToDate(data)) return; // what was undone is on its way back there
    const before = scene.path && scene.snapshot();
    const isNew = data.path.id !== scene.path?.id;
    if (!scene.enter(data.path, data.bars) || !scene.path) return this.#askAgain();
    this.voices = scene.path.voices;
    this.sound.offer(scene.path.used);
    this.accents = data.accents;
    this.isSlim = data.slim;
    this.#change(data, isNew, before);
  }

  /**
   * Sound what was sent: settings, settled groove and place.
   *
   * @param {PlayerData} data
   * @param {boolean} isNew whether the path is another one
   * @param {Snapshot | null} before
   */
  #change(data, isNew, before) {
    const { scene } = this;
    const opened = this.#open(data.opening);
    const { edits } = scene;
    const other = scene.settle(data);
    this.#follow(data, isNew);
    if (opened) this.history.clear(); // it begins here
    this.#refresh();
    // What had not settled on the path before, Python could not bring back.
    if (isNew) this.history.drop(({ settled, discarded }) => !settled && discarded === undefined);
    if ((isNew || other) && !scene.moving) this.#another(opened ? null : before);
    const changed = edits !== scene.edits && edits.size + scene.edits.size > 0;
    if (changed || opened) this.#askAgain();
  }

  /**
   * Take the files of what sounds, as of the last message that Python had read.
   *
   * @param {Record<FileKind, ServedFile>} files
   * @param {number} answered
   */
  keepFiles(files, answered) {
    this.files = files;
    this.#filed = answered;
    this.announce();
  }

  /** Whether the files are of what sounds now. */
  get hasFiles() {
    return this.files !== null && this.#filed >= this.#turn;
  }

  /** With ports open, what comes in is heard at once, and what goes out keeps its clock. @override */
  get needsSound() {
    return super.needsSound || this.live.ports.isOpen;
  }

  /** Whether Python, having read the message of this number, has read all. @param {number} turn */
  hasRead(turn) {
    return turn >= this.#turn;
  }

  /** What plays: the samples, and a MIDI port beside them. @override @returns {Instrument | null} */
  get instrument() {
    return this.sound.sampler && this.live.over(this.sound.sampler);
  }

  /** @override */
  stop() {
    this.live.recorder.stop();
    super.stop();
  }

  // Of the scene, what is most asked for

  get path() {
    return this.scene.path;
  }

  get groove() {
    return this.scene.groove;
  }

  get position() {
    return this.scene.position;
  }

  get feel() {
    return this.scene.feel;
  }

  get lock() {
    return this.scene.lock;
  }

  get label() {
    return this.scene.label;
  }

  /** Whether Python has read all that was done here. */
  get isAnswered() {
    return this.#answered >= this.#turn;
  }

  /**
   * Whether Python had read all that was done here when it sent these data.
   *
   * @param {PlayerData} data
   */
  #isUpToDate({ answered }) {
    return answered >= this.#turn;
  }

  // Blend

  /**
   * Move the blend, its feel too where that is apart; `release` sends it to Python.
   *
   * @param {number} position
   * @param {number | null} feel
   */
  drag(position, feel = this.feel) {
    clearTimeout(this.#letGo);
    if (!this.scene.moving && this.scene.isAt(position, feel)) return;
    if (!this.scene.moving) this.#record();
    this.scene.move(position, feel);
    this.#refresh();
  }

  release() {
    clearTimeout(this.#letGo);
    if (!this.scene.moving) return;
    this.scene.moving = false;
    this.#keep();
  }

  /** What is pressed next is about what sounds now: send that to Python at once. */
  finish() {
    this.release();
    if (this.#settingsSoon) this.keepSettings();
  }

  /** Let go where no other key follows soon: a run of them is one move, as a drag is. */
  releaseSoon() {
    clearTimeout(this.#letGo);
    this.#letGo = setTimeout(() => this.release(), KEYS_REST);
  }

  /** Let pattern and feel be moved apart; they start from where they are. */
  moveApart() {
    if (this.feel !== null) return;
    this.#record();
    this.scene.feel = this.position;
    this.#keep();
  }

  /** Let the feel go with the pattern again. */
  moveTogether() {
    if (this.feel === null) return;
    this.drag(this.position, null);
    this.release();
  }

  /** @param {Monitor} monitor */
  listenTo(monitor) {
    this.scene.listenTo(monitor);
    this.#keep();
  }

  /**
   * Show and sound another groove until the blend is moved, or something else is to be heard;
   * null: again what is to sound anyway.
   *
   * @param {Groove | null} groove
   * @param {Parameters<Scene["preview"]>[1]} as as Scene.preview has it
   */
  preview(groove, as = {}) {
    if (this.scene.preview(groove, as) && this.path) this.#refresh();
  }

  /** Make room for voices of grooves on the page that may be previewed. @param {number[]} voices */
  offer(voices) {
    this.scene.offered = new Set(voices);
    this.sound.offer(voices);
    this.announce();
  }

  // Edit

  /**
   * Show and sound a changed hit, as Scene.edit does, beside those that were changed before;
   * `keepEdits` makes them last.
   *
   * @param {Hit} hit
   */
  edit(hit) {
    if (!this.#editing) this.#grooveBefore = this.groove;
    this.#editing ??= this.scene.snapshot();
    this.scene.edit(hit);
    this.#refresh();
  }

  /**
   * Show and sound changed hits, as Scene.edit does, in place of those that the same hand changed
   * before; `keepEdits` makes them last.
   *
   * @param {Hit[]} hits
   */
  rewrite(hits) {
    if (!this.#editing) this.#grooveBefore = this.groove;
    this.#editing ??= this.scene.snapshot();
    this.scene.editFrom(this.#editing, hits);
    this.#refresh();
  }

  /** What sounded before the edit that is in hand. */
  get grooveBefore() {
    return this.#editing ? this.#grooveBefore : this.groove;
  }

  /** Have edits go along while the blend moves, or stay with their place. @param {boolean} on */
  letEditsGoAlong(on) {
    this.#record();
    this.scene.keepEdits(on);
    this.#keep();
  }

  keepEdits() {
    if (!this.#editing) return;
    this.history.record(this.#editing);
    this.#editing = null;
    this.#report();
    this.announce();
  }

  undo() {
    this.release();
    const present = this.#marked(this.history.last);
    this.#goTo(this.history.undo(present), "put back");
  }

  redo() {
    this.release();
    const present = this.#marked(this.history.next);
    this.#goTo(this.history.redo(present), "discard");
  }

  /** Takes go from the wall: undo puts them back. @param {number[]} numbers */
  recordDiscard(...numbers) {
    this.history.record({ ...this.scene.snapshot(), discarded: numbers });
    this.announce();
  }

  /** Ask for new takes, as the Vary page is set; as often as it is asked. */
  vary() {
    this.release();
    this.#varied++;
    this.#report();
  }

  /**
   * Have what sounds finished: Python proposes all that is not locked. Where it says with what, that
   * alone is unlocked.
   *
   * @param {Finish} what
   */
  finishBeat(what) {
    this.release();
    const lock = this.groove && lockFor(what, this.groove, this.voices ?? []);
    if (lock) {
      this.#record();
      this.scene.relock(lock);
      this.#refresh();
    }
    this.#finished = [this.#finished[0] + 1, what];
    this.#report();
  }

  /** What sounds now, with the discard that leads from or to another state. @param {Snapshot | undefined} other */
  #marked(other) {
    return { ...this.scene.snapshot(), discarded: other?.discarded };
  }

  /** @param {Snapshot | undefined} snapshot @param {"put back" | "discard"} act */
  #goTo(snapshot, act) {
    if (snapshot?.discarded === undefined) return this.#restore(snapshot);
    const turn = (this.#wallActs.at(-1)?.[0] ?? 0) + 1;
    const acts = snapshot.discarded.map((number, i) => /** @type {WallAct} */ ([turn + i, act, number]));
    this.#wallActs = [...this.#wallActs, ...acts].slice(-WALL_ACTS);
    this.#report();
    this.announce();
  }

  // Lock

  /** Lock a voice as it sounds now, or unlock it. @param {number} voice */
  lockVoice(voice) {
    const voices = new Set(this.lock.voices);
    if (!voices.delete(voice)) voices.add(voice);
    this.#relock({ voices });
  }

  /**
   * Lock some sixteenths as they sound now, or unlock them.
   *
   * @param {number[]} some
   * @param {boolean} on
   */
  lockSixteenths(some, on) {
    const sixteenths = new Set(this.lock.sixteenths);
    for (const sixteenth of some) {
      if (on) sixteenths.add(sixteenth);
      else sixteenths.delete(sixteenth);
    }
    this.#relock({ sixteenths });
  }

  /** Lock all voices of a family as they sound now; unlock them where all are. @param {string} family */
  lockFamily(family) {
    const own = [...(this.voices?.keys() ?? [])].filter((i) => this.voices?.[i].family === family);
    const voices = new Set(this.lock.voices);
    const all = own.every((voice) => voices.has(voice));
    for (const voice of own) {
      if (all) voices.delete(voice);
      else voices.add(voice);
    }
    this.#relock({ voices });
  }

  /** Unlock all that is locked. */
  unlockAll() {
    this.#relock({ voices: new Set(), sixteenths: new Set(), cells: new Set() });
  }

  /** @param {Partial<Pick<Lock, "voices" | "sixteenths" | "cells">>} cells */
  #relock(cells) {
    this.#record();
    this.scene.relock(cells);
    this.#keep();
  }

  // Settings

  /** Send changed settings to Python. */
  keepSettings() {
    clearTimeout(this.#settingsSoon);
    this.#settingsSoon = 0;
    this.#report();
  }

  /** The same where no other key follows soon. */
  keepSettingsSoon() {
    clearTimeout(this.#settingsSoon);
    this.#settingsSoon = setTimeout(() => this.keepSettings(), KEYS_REST);
  }

  /**
   * Take the settings of a shared page, or of the page before a reload; true where they are new.
   *
   * @param {Opening | null} opening
   */
  #open(opening) {
    if (!opening || opening.name === this.#opened) return false;
    this.#opened = opening.name;
    const { tempo, swing, lock, kit, mix } = opening;
    Object.assign(this.settings, { tempo, swing, kit });
    this.sound.choose(kit);
    this.mix((mixer) => (mixer.packed = mix));
    this.transport.setTempo(tempo);
    this.transport.setSwing(swing);
    this.scene.openWith(lock);
    return true;
  }

  /**
   * Another groove sounds: it is what is listened to.
   *
   * @param {Snapshot | null} before of what sounded, to go back to; null, or one that had not
   *   settled, which Python could not bring back, is no step
   */
  #another(before) {
    this.scene.monitor = "blend";
    this.#editing = null;
    if (before?.settled) this.history.record(before);
    this.#refresh();
  }

  /**
   * Go where Python is, unless the musician has moved on since.
   *
   * @param {PlayerData} data
   * @param {boolean} isNew
   */
  #follow(data, isNew) {
    const { position, feel } = data;
    const moved = position !== this.#sent.position || feel !== this.#sent.feel || isNew;
    this.#sent = { position, feel };
    if (this.scene.moving || !this.#isUpToDate(data) || !moved) return;
    Object.assign(this.scene, { position, feel: feel ?? null });
  }

  #record() {
    this.history.record(this.scene.snapshot());
  }

  /** @param {Snapshot | undefined} snapshot */
  #restore(snapshot) {
    if (!snapshot) return;
    this.scene.restore(snapshot);
    this.#keep();
  }

  /** Sound what has become of the scene, and send it to Python. */
  #keep() {
    this.#refresh();
    this.#report();
  }

  #refresh() {
    this.scene.refresh();
    if (this.groove) this.transport.setGroove(this.groove);
    this.announce();
  }

  #report() {
    this.#turn++;
    behindClicks(this.#sendAll);
  }

  #sendAll = () => {
    const { tempo, swing, kit } = this.settings;
    const [opened, varied, wall] = [this.#opened, this.#varied, this.#wallActs];
    const mix = this.mixer.packed;
    const asked = { varied, finished: this.#finished, wall };
    this.#send({ turn: this.#turn, ...this.scene.pack(), tempo, swing, kit, mix, opened, ...asked });
    this.#reminder.start();
  };

  /** Have Python run again, once what it sent in this run has been taken in. */
  #askAgain() {
    this.coming++;
    setTimeout(() => {
      this.coming--;
      this.#report();
    }, 0);
  }
}
