// From the kit's files to a sampler that sounds, once per page.

import { loadKit } from "./kit.js";
import { Sampler } from "./sampler.js";

const RATE = 44100; // hertz, as the kit is recorded
const GESTURES = ["pointerup", "click", "keydown"]; // at which a browser lets sound begin

export class Sound {
  context = null; // there from the first `open` on
  sampler = null;
  kit = null; // promise of a Kit
  trouble = ""; // a sentence where there is no sound
  #changed;

  /** changed: called when the system takes the sound away, and when it is back. */
  constructor(changed) {
    this.#changed = changed;
  }

  /** Start loading the kit that Streamlit serves as this component. */
  load(component) {
    if (this.kit) return;
    this.kit = loadKit(new URL(`../../${component}/`, import.meta.url));
    this.kit.catch(() => {}); // told when play is pressed
  }

  get isRunning() {
    return this.context?.state === "running";
  }

  /** Be ready to sound `voices`; call it within a gesture of the musician. True where it works. */
  async open(voices) {
    try {
      const [, kit] = await Promise.all([this.#start(), this.kit]);
      this.sampler ??= new Sampler(this.context, kit, voices);
      this.trouble = "";
    } catch (error) {
      this.trouble = error.message;
    }
    return !this.trouble;
  }

  /** Go on after the system took the sound away; where it does not give it back, all waits. */
  resume() {
    this.context.resume().catch(() => {});
  }

  async #start() {
    try {
      // Browsers let a context start only before anything in the gesture is awaited.
      this.context ??= this.#newContext();
      await this.context.resume();
    } catch (error) {
      throw new Error(`This browser cannot make sound (${error.message}).`, { cause: error });
    }
  }

  #newContext() {
    const context = new AudioContext({ sampleRate: RATE, latencyHint: "interactive" });
    context.onstatechange = () => this.#changed();
    for (const gesture of GESTURES) document.addEventListener(gesture, () => this.resume(), true);
    return context;
  }
}
