// MIDI ports of the system, by the browser's Web MIDI: what there is, and the one chosen of each kind,
// taken again by its name when it comes back.

import { text } from "../language.js";

/** @typedef {"input" | "output"} Kind */

export class Ports {
  trouble = ""; // a sentence where there are none to be had
  /** @type {Record<Kind, string>} the names of the chosen ones; "" for none */
  chosen = { input: "", output: "" };
  /** @type {MIDIAccess | null} */
  #access = null;
  #changed;
  #browser;

  /**
   * @param {() => void} changed called when ports come or go
   * @param {{ requestMIDIAccess?: Navigator["requestMIDIAccess"] }} browser
   */
  constructor(changed, browser = navigator) {
    this.#changed = changed;
    this.#browser = browser;
  }

  get isOpen() {
    return this.#access !== null;
  }

  /** Ask the browser, which asks the musician at the first time. True where it works. */
  async open() {
    if (this.#access) return true;
    if (!this.#browser.requestMIDIAccess) {
      this.trouble = text(globalThis.isSecureContext === false ? "live.insecure" : "live.no_midi");
      return false;
    }
    try {
      this.#access = await this.#browser.requestMIDIAccess();
      this.#access.onstatechange = () => this.#changed();
      this.trouble = "";
    } catch {
      this.trouble = text("live.refused");
    }
    return this.isOpen;
  }

  /** Names of the ports that are there. @param {Kind} kind */
  names(kind) {
    return [...new Set(this.#all(kind).map(nameOf))];
  }

  /** The chosen output, where it is there. @returns {MIDIOutput | null} */
  get output() {
    return /** @type {MIDIOutput | null} */ (this.#find("output"));
  }

  /** The chosen input, where it is there. @returns {MIDIInput | null} */
  get input() {
    return /** @type {MIDIInput | null} */ (this.#find("input"));
  }

  /** @param {Kind} kind */
  #find(kind) {
    return this.#all(kind).find((port) => nameOf(port) === this.chosen[kind]) ?? null;
  }

  /** @param {Kind} kind @returns {MIDIPort[]} */
  #all(kind) {
    if (!this.#access) return [];
    const { inputs, outputs } = this.#access;
    const ports = kind === "input" ? inputs : outputs;
    return [...ports.values()].filter(({ state }) => state === "connected");
  }
}

/** @param {MIDIPort} port */
const nameOf = ({ name, id }) => name || id;
