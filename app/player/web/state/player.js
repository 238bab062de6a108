// The player: what sounds, and everything the musician can do to it.
//
// It outlives its views: Streamlit may take the component out of the page and put it back, and
// play goes on. Views call the methods and redraw when `watch` tells them that something changed.

import { History } from "./history.js";
import { Playback } from "../sound/playback.js";
import { Reminder } from "../page/reminder.js";
import { Scene } from "./scene.js";

export const TEMPO = { least: 30, most: 300 };
const KEYS_REST = 250; // ms after the last key, the blend counts as let go

export class Player extends Playback {
  accents = [];
  coming = 0; // how much is still being unzipped of what Python sent, or about to be asked for
  files = null; // of what sounds, {midi, wav}, each as file.js has it
  history = new History();
  scene = new Scene();
  #letGo = 0;
  #reminder = new Reminder(() => this.isHeard, () => this.#report());
  #settingsSoon = 0;
  #editing = null; // snapshot of before an edit that goes on
  #told = {}; // the place that Python said last
  #heard = 0; // the last turn that Python had heard of when it sent what is here
  #turn = 0; // counts what was said to Python
  #filed = 0; // the last turn that Python had heard of when it handed over the files
  #say = () => {};
  #opened = null; // name of the settings that Python had the player open with

  /** Take what Python sends; `say(value)` answers it. */
  receive(data, say) {
    this.#say = say;
    this.#heard = data.heard;
    this.sound.load(data.kit);
    const { scene } = this;
    if (scene.isBack && !this.#isUpToDate(data)) return; // what was undone is on its way back there
    const before = scene.path && scene.snapshot();
    const isNew = data.path.id !== scene.path?.id;
    if (!scene.enter(data.path, data.bars)) return this.#askAgain();
    this.voices = scene.path.voices;
    const opened = this.#open(data.opening);
    this.accents = data.accents;
    const { edits } = scene;
    const other = scene.settle(data);
    this.#follow(data, isNew);
    if (opened) this.history.clear(); // it begins here
    this.#refresh();
    // What had not settled on the path before, Python could not bring back.
    if (isNew) this.history.drop(({ settled }) => !settled);
    if ((isNew || other) && !scene.moving) this.#another(opened ? null : before);
    const changed = edits !== scene.edits && edits.size + scene.edits.size > 0;
    if (changed || opened) this.#askAgain();
  }

  /** Take the files of what sounds, as Python had heard of it. */
  keepFiles(files, heard) {
    this.files = files;
    this.#filed = heard;
    this.announce();
  }

  /** Whether the files are of what sounds now. */
  get hasFiles() {
    return this.files !== null && this.#filed >= this.#turn;
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

  /** Whether Python knows all that was done here. */
  get isHeard() {
    return this.#heard >= this.#turn;
  }

  /** Whether Python had heard of all that was done here when it sent these data. */
  #isUpToDate({ heard }) {
    return heard >= this.#turn;
  }

  // Blend

  /** Move the blend, its feel too where that is apart; Python hears of it on `release`. */
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

  /** What is pressed next is about what sounds now: Python hears of it at once. */
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

  listenTo(monitor) {
    this.scene.listenTo(monitor);
    this.#keep();
  }

  /** Show and sound another groove until the blend is moved, or something else is to be heard;
   * null: again what is to sound anyway. */
  preview(groove) {
    if (this.scene.preview(groove) && this.path) this.#refresh();
  }

  /** Make room for voices that grooves on the page have which may be previewed. */
  offer(voices) {
    this.scene.offered = new Set(voices);
    this.announce();
  }

  // Edit

  /** Show and sound a changed hit, as Scene.edit does; `keepEdits` makes it last. */
  edit(hit) {
    this.#editing ??= this.scene.snapshot();
    this.scene.edit(hit);
    this.#refresh();
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
    this.#restore(this.history.undo(this.scene.snapshot()));
  }

  redo() {
    this.release();
    this.#restore(this.history.redo(this.scene.snapshot()));
  }

  // Lock

  /** Lock a voice as it sounds now, or let it go. */
  lockVoice(voice) {
    const voices = new Set(this.lock.voices);
    if (!voices.delete(voice)) voices.add(voice);
    this.#relock({ voices });
  }

  /** Lock some sixteenths as they sound now, or let them go. */
  lockSixteenths(some, on) {
    const sixteenths = new Set(this.lock.sixteenths);
    for (const sixteenth of some) {
      if (on) sixteenths.add(sixteenth);
      else sixteenths.delete(sixteenth);
    }
    this.#relock({ sixteenths });
  }

  #relock(cells) {
    this.#record();
    this.scene.relock(cells);
    this.#keep();
  }

  // Settings

  /** Tell Python of settings that were changed. */
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

  /** Be set as a page was that was made elsewhere, or before a reload; true where this is new. */
  #open(opening) {
    if (!opening || opening.name === this.#opened) return false;
    this.#opened = opening.name;
    const { tempo, swing, lock } = opening;
    Object.assign(this.settings, { tempo, swing });
    this.transport.tempo = tempo;
    this.transport.swing = swing;
    this.scene.openWith(lock);
    return true;
  }

  /** Another groove sounds: it is what is listened to. before: a snapshot of what sounded, to go
   * back to; null, or one that had not settled, which Python could not bring back, is no step. */
  #another(before) {
    this.scene.monitor = "blend";
    this.#editing = null;
    if (before?.settled) this.history.record(before);
    this.#refresh();
  }

  /** Go where Python is, unless the musician has moved on since. */
  #follow(data, isNew) {
    const { position, feel } = data;
    const moved = position !== this.#told.position || feel !== this.#told.feel || isNew;
    this.#told = { position, feel };
    if (this.scene.moving || !this.#isUpToDate(data) || !moved) return;
    Object.assign(this.scene, { position, feel: feel ?? null });
  }

  #record() {
    this.history.record(this.scene.snapshot());
  }

  #restore(snapshot) {
    if (!snapshot) return;
    this.scene.restore(snapshot);
    this.#keep();
  }

  /** Sound what has become of the scene, and tell Python. */
  #keep() {
    this.#refresh();
    this.#report();
  }

  #refresh() {
    this.scene.refresh();
    this.transport.groove = this.groove;
    this.announce();
  }

  #report() {
    const { tempo, swing } = this.settings;
    this.#turn++;
    this.#say({ turn: this.#turn, ...this.scene.pack(), tempo, swing, opened: this.#opened });
    this.#reminder.start();
  }

  /** Have Python run again, once this run of its has been taken in. */
  #askAgain() {
    this.coming++;
    setTimeout(() => {
      this.coming--;
      this.#report();
    });
  }
}
