// From the kit's files to a sampler that sounds, once per page.

import { loadKit } from "./kit.js";
import { Sampler } from "./sampler.js";

const RATE = 44100; // hertz, as the kit is recorded

export class Sound {
  context = null; // there from the first `open` on
  sampler = null;
  kit = null; // promise of a Kit
  trouble = ""; // a sentence where there is no sound

  /** Start loading the kit that Streamlit serves as this component. */
  load(component) {
    if (this.kit) return;
    this.kit = loadKit(new URL(`../${component}/`, import.meta.url));
    this.kit.catch(() => {}); // told when play is pressed
  }

  /** Be ready to sound `voices`; call it within a gesture of the musician. True where it works. */
  async open(voices) {
    // Browsers let a context start only before anything in the gesture is awaited.
    this.context ??= new AudioContext({ sampleRate: RATE, latencyHint: "interactive" });
    this.context.resume();
    try {
      this.sampler ??= new Sampler(this.context, await this.kit, voices);
      return true;
    } catch (error) {
      this.trouble = `The drum samples could not be loaded (${error.message}). Reload the page.`;
      return false;
    }
  }
}
