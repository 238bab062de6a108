// Playback: play and stop, with which settings and how loud, over a kit that may still be loading
// and a system that may take the sound away.

/** @import { Instrument, Settings, Voice } from "../types" */

import { KIT } from "../state/groove.js";
import { Mixer } from "./mixer.js";
import { Sound } from "./sound.js";
import { Transport } from "./transport.js";

export class Playback {
  /** @type {Settings} */
  settings = {
    tempo: null,
    swing: 0.5,
    metronome: false,
    countIn: false,
    allVoices: false,
    allPercussion: false,
    editsNotes: false,
    kit: "kit",
    showsKeys: false,
  };
  mixer = new Mixer();
  sound = new Sound(
    () => this.announce(),
    () => this.needsSound,
  );
  transport;
  /** @type {Voice[] | null} of what there is to play */
  voices = null;
  isStarting = false; // play is pressed, and the sound is not open yet
  #auditions = 0;
  /** @type {Set<() => void>} */
  #watchers = new Set();

  /** @param {Transport} transport */
  constructor(transport = new Transport()) {
    this.transport = transport;
  }

  /**
   * Call `watcher` after every change; returns a function that ends it.
   *
   * @param {() => void} watcher
   */
  watch(watcher) {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  announce() {
    for (const watcher of this.#watchers) watcher();
  }

  get playing() {
    return this.transport.playing;
  }

  /** Whether the sound may not sleep. */
  get needsSound() {
    return this.playing || this.isStarting;
  }

  /** Whether the system has taken the sound away while it plays; the beat waits there. */
  get isInterrupted() {
    return this.playing && !this.sound.isRunning;
  }

  async play() {
    if (this.playing || this.isStarting || !this.voices) return;
    this.isStarting = true;
    this.#auditions++; // what waits for the kit is over
    this.announce();
    const opened = await this.#open();
    if (!this.isStarting) return; // stopped meanwhile
    this.isStarting = false;
    if (opened && this.instrument) this.transport.start(this.instrument, this.settings);
    this.announce();
  }

  /** Open the sound within a gesture that has Python start play: by then it is over, and some
   * browsers let no sound begin. */
  openSound() {
    if (this.voices) this.#open();
  }

  stop() {
    this.isStarting = false;
    this.transport.stop();
    this.sound.rest();
    this.announce();
  }

  toggle() {
    if (this.isInterrupted) return this.sound.resume();
    return this.playing || this.isStarting ? this.stop() : this.play();
  }

  /**
   * Sound one stroke now, as an answer to the hand; of those that wait for the kit, the last.
   *
   * @param {number} voice
   * @param {number} velocity
   */
  async audition(voice, velocity) {
    if (this.playing) return;
    const turn = ++this.#auditions;
    if (!(await this.#open())) return this.announce();
    if (turn === this.#auditions && !this.playing) this.#sound(voice, velocity);
  }

  /**
   * Sound a stroke that was played on pads at once, also over what plays.
   *
   * @param {number} voice
   * @param {number} velocity
   */
  strike(voice, velocity) {
    this.sound.offer([voice]);
    if (!this.sound.sampler) return this.openSound(); // heard from the next one on
    const { sampler } = this.sound;
    if (!this.sound.isRunning) this.sound.resume();
    sampler.play(voice, velocity, sampler.now);
    sampler.choke();
  }

  /** What plays: the samples. @returns {Instrument | null} */
  get instrument() {
    return this.sound.sampler;
  }

  /** @param {number} voice @param {number} velocity */
  #sound(voice, velocity) {
    const { instrument } = this;
    instrument?.play(voice, velocity, instrument.now);
    instrument?.choke();
    instrument?.tick?.(null);
  }

  async #open() {
    const opened = await this.sound.open(this.voices ?? []);
    if (opened) this.sound.sampler?.mix(this.mixer);
    return opened;
  }

  /** Change settings, also while a control moves. @param {Partial<Settings>} changes */
  set(changes) {
    Object.assign(this.settings, changes);
    const { tempo, swing, metronome } = this.settings;
    if ("tempo" in changes) this.transport.setTempo(tempo);
    if (changes.allPercussion) this.sound.offer([KIT]);
    if (changes.kit) this.sound.choose(changes.kit);
    if ("swing" in changes) this.transport.setSwing(swing);
    if ("metronome" in changes) this.transport.setMetronome(metronome);
    this.announce();
  }

  /** Change the mixer. @param {(mixer: Mixer) => void} turn does so */
  mix(turn) {
    turn(this.mixer);
    this.sound.sampler?.mix(this.mixer);
    this.announce();
  }
}
