// The player's state: which groove sounds, and everything the musician can do to it.
//
// It outlives its views: Streamlit may take the component out of the page and put it back, and
// play goes on. Views call the methods and redraw when `watch` tells them that something changed.

import { cellOf, grooveAt, unpackGroove, unpackWay, withEdits } from "./groove.js";
import { History } from "./history.js";
import { Mixer } from "./mixer.js";
import { Sound } from "./sound.js";
import { Transport } from "./transport.js";

const SAME = 1e-6; // positions nearer than this are one
const WAYS_HELD = 8;

export const TEMPO = { least: 30, most: 300 };

export class Player {
  way = null;
  label = "";
  accents = [];
  position = 0;
  monitor = "blend"; // what is listened to: "a", "blend" or "b"
  settings = { tempo: null, swing: 0.5, metronome: false, countIn: false };
  mixer = new Mixer();
  sound = new Sound();
  transport = new Transport();
  history = new History();
  #ways = new Map(); // the last few, by id
  #edits = new Map(); // by cell
  #editing = null; // snapshot of before an edit that goes on
  #settled = null; // {position, id, groove}
  #told = null; // the position that Python said last
  #turn = 0; // counts what was said to Python
  #say = () => {};
  #watchers = new Set();
  #dragging = false;
  #sounding = null;

  /** Take what Python sends; `say(value)` answers it. */
  receive(data, say) {
    this.#say = say;
    this.sound.load(data.kit);
    const isNew = data.way.id !== this.way?.id;
    if (data.way.frames) this.#hold(unpackWay(data.way));
    if (!this.#ways.has(data.way.id)) return this.#askAgain();
    if (isNew) this.#enter(this.#ways.get(data.way.id));
    this.label = data.label;
    this.accents = data.accents;
    const replaced = this.#settle(data, isNew);
    this.#follow(data, isNew);
    this.#refresh();
    if (replaced) this.#askAgain();
  }

  /** Call `watcher` after every change; returns a function that ends it. */
  watch(watcher) {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** The groove that is heard and shown. */
  get groove() {
    return this.#sounding;
  }

  get isBlend() {
    return this.way !== null && this.way.frames.length > 1;
  }

  get canEdit() {
    return this.monitor === "blend";
  }

  /** Where on the way the sounding groove stands. */
  get place() {
    return { a: 0, b: 1, blend: this.position }[this.monitor];
  }

  // Play

  get playing() {
    return this.transport.playing;
  }

  async play() {
    if (this.playing || !this.way) return;
    if (await this.sound.open(this.way.voices)) {
      this.sound.sampler.mix(this.mixer);
      this.transport.start(this.sound.sampler, this.settings);
    }
    this.#announce();
  }

  stop() {
    this.transport.stop();
    this.#announce();
  }

  toggle() {
    return this.playing ? this.stop() : this.play();
  }

  /** Sound one stroke now, as an answer to the hand. */
  audition(voice, velocity) {
    const { sampler } = this.sound;
    if (sampler && !this.playing) sampler.play(voice, velocity, sampler.now);
  }

  // Blend

  /** Move the blend; Python hears of it on `release`. */
  drag(position) {
    if (!this.#dragging) this.history.record(this.#snapshot());
    this.#dragging = true;
    this.monitor = "blend";
    this.position = Math.min(1, Math.max(0, position));
    this.#edits = new Map();
    this.#refresh();
  }

  release() {
    if (!this.#dragging) return;
    this.#dragging = false;
    this.#report();
    this.#announce();
  }

  listenTo(monitor) {
    this.monitor = monitor;
    this.#refresh();
  }

  // Edit

  /** Show and sound a changed hit; velocity 0 takes it out. `keepEdits` makes it last. */
  edit(hit) {
    if (!this.#editing) this.#editing = this.#snapshot();
    this.#edits = new Map(this.#edits).set(cellOf(hit), hit);
    this.#refresh();
  }

  keepEdits() {
    if (!this.#editing) return;
    this.history.record(this.#editing);
    this.#editing = null;
    this.#report();
    this.#announce();
  }

  undo() {
    this.#restore(this.history.undo(this.#snapshot()));
  }

  redo() {
    this.#restore(this.history.redo(this.#snapshot()));
  }

  // Settings

  /** Change settings while a control moves; `keepSettings` tells Python. */
  set(changes) {
    Object.assign(this.settings, changes);
    const { tempo, swing, metronome } = this.settings;
    if ("tempo" in changes) this.transport.tempo = tempo;
    if ("swing" in changes) this.transport.swing = swing;
    if ("metronome" in changes) this.transport.metronome = metronome;
    this.#announce();
  }

  keepSettings() {
    this.#report();
  }

  /** Change the mixer: `turn` gets it and does so. */
  mix(turn) {
    turn(this.mixer);
    this.sound.sampler?.mix(this.mixer);
    this.#announce();
  }

  #hold(way) {
    this.#ways.delete(way.id);
    this.#ways.set(way.id, way);
    if (this.#ways.size > WAYS_HELD) this.#ways.delete(this.#ways.keys().next().value);
  }

  #enter(way) {
    this.way = way;
    this.monitor = "blend";
    this.#forget();
  }

  /**
   * Take the settled groove. Another one at the same place is another groove: edits of the old one
   * go, and the answer is true where there were any.
   */
  #settle({ settled, position }, isNew) {
    const old = this.#settled;
    const other = old && settled && old.position === position && old.id !== settled.id;
    this.#settled = settled && {
      position,
      id: settled.id,
      groove: unpackGroove(settled, this.way),
    };
    if (!other || isNew || this.#dragging) return false;
    const edited = this.#edits.size > 0;
    this.#forget();
    return edited;
  }

  #forget() {
    this.#edits = new Map();
    this.#editing = null;
    this.history.clear();
  }

  /** Go where Python is, unless the musician has moved on since. */
  #follow({ position, heard }, isNew) {
    const moved = position !== this.#told || isNew;
    this.#told = position;
    if (this.#dragging || heard < this.#turn || !moved) return;
    if (Math.abs(position - this.position) > SAME) this.#edits = new Map();
    this.position = position;
  }

  /** The settled groove where it is the one for this position, else null. */
  get #settledHere() {
    const settled = this.#settled;
    const here = settled && Math.abs(settled.position - this.position) < SAME && !this.#dragging;
    return here ? settled : null;
  }

  #base() {
    return this.#settledHere?.groove ?? grooveAt(this.way, this.position);
  }

  #refresh() {
    const { frames } = this.way;
    this.#sounding = {
      a: () => frames[0],
      b: () => frames.at(-1),
      blend: () => withEdits(this.#base(), this.#edits),
    }[this.monitor]();
    this.transport.groove = this.#sounding;
    this.#announce();
  }

  #snapshot() {
    return { position: this.position, edits: this.#edits };
  }

  #restore(snapshot) {
    if (!snapshot) return;
    this.position = snapshot.position;
    this.#edits = snapshot.edits;
    this.monitor = "blend";
    this.#refresh();
    this.#report();
  }

  #report() {
    const edits = [...this.#edits.values()].map((hit) => [
      hit.step,
      hit.voice,
      hit.velocity,
      hit.timing,
    ]);
    this.#turn++;
    this.#say({
      turn: this.#turn,
      way: this.way?.id ?? null,
      position: this.position,
      tempo: this.settings.tempo,
      swing: this.settings.swing,
      base: this.#settledHere?.id ?? null,
      edits,
    });
  }

  /** Have Python run again, once this run of its has been taken in. */
  #askAgain() {
    setTimeout(() => this.#report());
  }

  #announce() {
    for (const watcher of this.#watchers) watcher();
  }
}
