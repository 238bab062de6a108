// From the kit's files to a sampler that sounds, once per page.

/** @import { Kit } from "./kit.js" */
/** @import { Voice } from "../types" */

import { KIT } from "../state/groove.js";
import { text } from "../language.js";
import { loadKit, loadSamples, messageOf } from "./kit.js";
import { Sampler } from "./sampler.js";

const FIRST = "kit"; // the kit that is loaded at once
const RATE = 44100; // hertz, as the kit is recorded
const REST = 20_000; // ms without need until the sound sleeps; the longest cymbal rings for six seconds
const GESTURES = ["pointerup", "click", "keydown"]; // at which a browser lets sound begin

export class Sound {
  /** @type {AudioContext | null} there from the first `open` on */
  context = null;
  /** @type {Sampler | null} there once it is open */
  sampler = null;
  /** @type {Promise<Kit> | null} */
  kit = null;
  /** @type {URL | null} where the kit lies */
  #base = null;
  #chosen = FIRST;
  #hasPercussion = false; // or is loading it
  /** @type {Kit | null} there once it is open */
  loaded = null;
  trouble = ""; // a sentence where there is no sound
  #changed;
  #isNeeded;
  #resting = 0;

  /**
   * @param {() => void} changed called when the system takes the sound away, and when it is back
   * @param {() => boolean} isNeeded whether it may not sleep now
   */
  constructor(changed, isNeeded = () => true) {
    this.#changed = changed;
    this.#isNeeded = isNeeded;
  }

  /** Start loading the kit that Streamlit serves as this component. @param {string} component */
  load(component) {
    if (this.kit) return;
    this.#base = new URL(`../../${component}/`, import.meta.url);
    this.kit = loadKit(this.#base);
    this.kit.then((kit) => this.#takeTurns(kit)).catch(() => {}); // reported when play is pressed
  }

  /** Load more recordings of the first kit, which sounds without them until they are there. @param {Kit} kit */
  async #takeTurns(kit) {
    if (!this.#base) return;
    const turns = await loadSamples("turns", this.#base);
    if (this.#chosen === FIRST) kit.takeTurns(turns);
  }

  /**
   * Load percussion where some of these voices are. Until it is there, and where it cannot be
   * loaded, the kit's voices sound that are nearest.
   *
   * @param {Iterable<number>} voices
   */
  async offer(voices) {
    if (this.#hasPercussion || !this.#base || ![...voices].some((voice) => voice >= KIT)) return;
    this.#hasPercussion = true;
    try {
      const [kit, more] = await Promise.all([this.kit, loadSamples("percussion", this.#base)]);
      kit?.add(more);
    } catch {
      this.#hasPercussion = false; // the next scene tries again
    }
  }

  /**
   * Play another of the recorded kits from the next strokes on that are scheduled, within a second;
   * where it cannot be loaded, the one before goes on.
   *
   * @param {string} name
   */
  async choose(name) {
    if (name === this.#chosen || !this.#base) return;
    this.#chosen = name;
    try {
      const [kit, samples] = await Promise.all([this.kit, loadSamples(name, this.#base)]);
      if (name === this.#chosen) kit?.change(samples);
      this.trouble = "";
      if (name === FIRST && kit) await this.#takeTurns(kit);
    } catch (error) {
      this.#chosen = "";
      this.trouble = messageOf(error);
    }
    this.#changed();
  }

  get isRunning() {
    return this.context?.state === "running";
  }

  /**
   * Be ready to sound `voices`; call it within a gesture of the musician. True where it works.
   *
   * @param {Voice[]} voices
   */
  async open(voices) {
    try {
      const [context, kit] = await Promise.all([this.#start(), this.kit]);
      this.loaded = kit;
      if (kit) this.sampler ??= new Sampler(context, kit, voices);
      this.trouble = "";
    } catch (error) {
      this.trouble = messageOf(error);
    }
    return !this.trouble;
  }

  /** Go on after the system took the sound away; where it does not give it back, all waits. */
  resume() {
    this.context?.resume().catch(() => {});
    this.rest();
  }

  /** Let the sound sleep in a while, where nothing needs it then: open, it keeps a processor busy. */
  rest() {
    clearTimeout(this.#resting);
    if (!this.context) return;
    const sleep = () => this.#isNeeded() || this.context?.suspend().catch(() => {});
    this.#resting = setTimeout(sleep, REST);
  }

  async #start() {
    try {
      // Browsers let a context start only before anything in the gesture is awaited.
      this.context ??= this.#newContext();
      await this.context.resume();
      this.rest();
      return this.context;
    } catch (error) {
      const sentence = text("sound.none", { reason: messageOf(error) });
      throw new Error(sentence, { cause: error });
    }
  }

  #newContext() {
    const context = new AudioContext({ sampleRate: RATE, latencyHint: "interactive" });
    context.onstatechange = () => this.#changed();
    for (const gesture of GESTURES) document.addEventListener(gesture, () => this.resume(), true);
    return context;
  }
}
