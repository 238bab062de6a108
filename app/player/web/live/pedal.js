// Hi-hats that are opened by their pedal alone: one note for all hits, and controller 4 before each.
// Files are read so by beatgen/midi/pedal.py, with the same positions.
//
// Most e-kits send other notes for open hats, and their pedal's position all the time: there the notes
// say what is open. They do not where an open hat is struck with the pedal down, or a closed one with it
// up, as long as all hats that came in were of one kind.

export const PEDAL = 4; // the controller
const DOWN = 90; // from this position on the hats are closed; below they are half open, or open
const FULLY_DOWN = 112;
const FULLY_UP = 16;
const OPEN = new Map([["hi-hat", "open hat"], ["hi-hat edge", "open hat edge"]]);
const CLOSED = new Map([...OPEN].map(([closed, open]) => [open, closed]));

export class Pedal {
  inverted = false; // whether it sends 0 where it is down
  /** @type {number | null} 127 where it is down */
  #at = null;
  #kinds = new Set(); // of hats that came in by their notes: open, or not
  #decides = false;

  /** @param {number} value of the controller */
  move(value) {
    this.#at = this.inverted ? 127 - value : value;
  }

  /** The voice that a hit means, of the one that its note means. @param {string} name */
  voiceOf(name) {
    const isOpen = CLOSED.has(name);
    if (!isOpen && !OPEN.has(name)) return name;
    this.#kinds.add(isOpen);
    if (this.#at === null || this.#kinds.size > 1) return name;
    this.#decides ||= isOpen ? this.#at >= FULLY_DOWN : this.#at <= FULLY_UP;
    if (!this.#decides) return name;
    return (this.#at >= DOWN ? CLOSED : OPEN).get(name) ?? name;
  }
}
