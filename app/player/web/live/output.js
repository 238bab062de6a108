// Drums out of a MIDI port: the strokes that the transport schedules, as notes with their ends, and the
// MIDI clock.
//
// The transport schedules 1 s ahead and takes back what changes. What a port was given cannot be taken
// back, so strokes wait here and are handed over HORIZON before they sound, stamped with the moment at
// which the browser sends them.

/** @import { Transport } from "../sound/transport.js" */
/** @import { TimeBase } from "./timebase.js" */

const HORIZON = 0.1; // s; a few ticks of the transport, in case one comes late
const UNSURE = 0.02; // s; the same while it is not known when the sound is heard
const GATE = 0.1; // s from a note to its end
const RING = 2; // s the same of what rings until it is choked
const SAME = 0.06; // s; a stroke that was given, taken back and scheduled anew this near is the same
const PULSES = 24; // of MIDI clock in a quarter note
const [NOTE_OFF, NOTE_ON, CONTROL] = [0x80, 0x90, 0xb0];
const [PULSE, START, STOP] = [0xf8, 0xfa, 0xfc];
const ALL_NOTES_OFF = 123;

/**
 * A note that waits, or was given to the port.
 *
 * @typedef {{ voice: number, note: number, velocity: number, time: number, given: boolean }} Waiting
 */

/**
 * What the notes are sent as, and what to.
 *
 * @typedef {object} Sending
 * @property {{ send(data: number[], stamp?: number): void } | null} port
 * @property {number} channel 0 to 15
 * @property {boolean} clock whether the MIDI clock is sent
 * @property {(voice: number) => number | undefined} noteOf
 * @property {(voice: number) => boolean} isHeard
 * @property {(voice: number, ringing: number) => boolean} chokes whether a stroke of the first damps
 *   what rings of the second
 * @property {(voice: number) => boolean} rings whether a voice rings until another chokes it
 */

export class MidiOut {
  #time;
  #sending;
  /** @type {Set<Waiting>} */
  #waiting = new Set();
  /** @type {Waiting[]} given, taken back before they sounded */
  #ghosts = [];
  /** @type {Map<number, { at: number, voice: number, channel: number }>} ends of notes that sound, s */
  #ends = new Map();
  /** @type {number | null} the next pulse of the MIDI clock; null while it stands */
  #pulse = null;

  /**
   * @param {TimeBase} time
   * @param {() => Sending} sending as the musician has it now
   */
  constructor(time, sending) {
    this.#time = time;
    this.#sending = sending;
  }

  /**
   * Have a stroke sent for `time` on the audio clock; returns a handle for `cancel`.
   *
   * @param {number} voice
   * @param {number} velocity
   * @param {number} time
   * @returns {Waiting | null}
   */
  play(voice, velocity, time) {
    const { port, noteOf } = this.#sending();
    const note = noteOf(voice);
    if (!port || note === undefined) return null;
    const ghost = this.#ghosts.findIndex((g) => g.note === note && Math.abs(g.time - time) < SAME);
    if (ghost >= 0) return this.#ghosts.splice(ghost, 1)[0];
    const stroke = { voice, note, velocity, time, given: false };
    this.#waiting.add(stroke);
    return stroke;
  }

  /** Take back a stroke that has not sounded. @param {Waiting | null} stroke */
  cancel(stroke) {
    if (!stroke) return;
    this.#waiting.delete(stroke);
    if (stroke.given) this.#ghosts.push(stroke);
  }

  /**
   * Send what is due soon.
   *
   * @param {number} now on the audio clock
   * @param {Pick<Transport, "playing" | "beatAt" | "timeAt"> | null} transport whose beats the clock is
   */
  tick(now, transport) {
    this.#time.look();
    this.#ghosts = this.#ghosts.filter(({ time }) => time > now - SAME);
    const to = now + (this.#time.isSure ? HORIZON : UNSURE);
    const due = [...this.#waiting].filter(({ time }) => time < to);
    for (const stroke of due.sort((a, b) => a.time - b.time)) this.#give(stroke);
    this.#endNotes(to);
    if (transport?.playing) this.#beat(to, transport);
  }

  /** End all notes at once and forget what waits. */
  silence() {
    const { port, channel } = this.#sending();
    this.#waiting.clear();
    this.#ghosts = [];
    // After what was given already, which the port sends in any case.
    const last = this.#ends.size ? performance.now() + HORIZON * 1000 : undefined;
    for (const [note, { channel: its }] of this.#ends) port?.send([NOTE_OFF | its, note, 0], last);
    this.#ends.clear();
    port?.send([CONTROL | channel, ALL_NOTES_OFF, 0], last);
    if (this.#pulse !== null) port?.send([STOP]);
    this.#pulse = null;
  }

  /** @param {Waiting} stroke */
  #give(stroke) {
    this.#waiting.delete(stroke);
    const { port, channel, isHeard, chokes, rings } = this.#sending();
    if (!port || !isHeard(stroke.voice)) return;
    stroke.given = true;
    const { voice, note, velocity, time } = stroke;
    for (const [ringing, end] of this.#ends) {
      if (ringing === note || chokes(voice, end.voice)) end.at = Math.min(end.at, time);
    }
    this.#endNotes(time);
    port.send([NOTE_ON | channel, note, velocity], this.#time.heardAt(time));
    this.#ends.set(note, { at: time + (rings(voice) ? RING : GATE), voice, channel });
  }

  /** End the notes whose ends lie before `time`. @param {number} time */
  #endNotes(time) {
    const { port } = this.#sending();
    const due = [...this.#ends].filter(([, { at }]) => at <= time);
    for (const [note, { at, channel }] of due.sort(([, a], [, b]) => a.at - b.at)) {
      port?.send([NOTE_OFF | channel, note, 0], this.#time.heardAt(at));
      this.#ends.delete(note);
    }
  }

  /**
   * Send the pulses of the MIDI clock that are due; it starts with the groove's first beat.
   *
   * @param {number} to time until which they are
   * @param {Pick<Transport, "beatAt" | "timeAt">} transport
   */
  #beat(to, transport) {
    const { port, clock } = this.#sending();
    if (!port || !clock) return;
    const next = Math.max(0, Math.ceil(transport.beatAt(to - HORIZON) * PULSES));
    const starts = this.#pulse === null;
    let pulse = this.#pulse ?? next;
    for (; transport.timeAt(pulse / PULSES) < to; pulse++) {
      const stamp = this.#time.heardAt(transport.timeAt(pulse / PULSES));
      if (starts && this.#pulse === null) port.send([START], stamp);
      port.send([PULSE], stamp);
      this.#pulse = pulse + 1;
    }
  }
}
