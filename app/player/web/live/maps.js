// Drum maps in the browser: which MIDI note a voice is, out and in. The server has them all
// (app/downloads.py); they are fetched when MIDI ports are asked for.

/** @import { PackedMaps } from "../types" */

import { addressOf } from "../page/file.js";

const OWN = /^note (\d+)$/; // the name of a voice that is but a note

export class DrumMap {
  #notes;
  #voices;

  /**
   * @param {string} name
   * @param {string} title
   * @param {Map<string, number>} notes that are sent, by the voice's name
   * @param {Map<number, string>} voices that are meant, by note
   */
  constructor(name, title, notes, voices) {
    this.name = name;
    this.title = title;
    this.#notes = notes;
    this.#voices = voices;
  }

  /** The note of a voice; undefined where it has none. @param {string} voice */
  noteOf(voice) {
    const own = OWN.exec(voice);
    return own ? Number(own[1]) : this.#notes.get(voice);
  }

  /** The name of the voice that a note means; undefined for none. @param {number} note */
  voiceOf(note) {
    return this.#voices.get(note);
  }
}

/** All drum maps, General MIDI first; none where they cannot be loaded. @returns {Promise<DrumMap[]>} */
export async function loadMaps() {
  try {
    const answer = await fetch(addressOf({ path: "drum-maps" }));
    return unpackMaps(await answer.json());
  } catch {
    return [];
  }
}

/** @param {PackedMaps} packed @returns {DrumMap[]} */
export function unpackMaps({ voices, maps }) {
  return maps.map(([name, title, written, read]) => {
    const notes = bytesOf(written).map((note, i) => /** @type {[string, number]} */ ([voices[i], note]));
    const meant = bytesOf(read).map((voice, note) => /** @type {[number, string]} */ ([note, voices[voice]]));
    return new DrumMap(name, title, new Map(notes), new Map(meant.filter(([, voice]) => voice)));
  });
}

/** @param {string} text base64 */
const bytesOf = (text) => Array.from(atob(text), (letter) => letter.charCodeAt(0));

