// Live MIDI: what sounds here goes out of a port, and what is played on pads comes in, sounds at once
// and can be recorded.

/** @import { Instrument } from "../types" */
/** @import { Sampler } from "../sound/sampler.js" */
/** @import { Player } from "../state/player.js" */
/** @import { DrumMap } from "./maps.js" */

import { text } from "../language.js";
import { nearestBeat } from "../state/meter.js";
import { Ensemble } from "./ensemble.js";
import { loadMaps } from "./maps.js";
import { MidiOut } from "./output.js";
import { Pedal, PEDAL } from "./pedal.js";
import { Ports } from "./ports.js";
import { Recorder } from "./recorder.js";
import { TimeBase, median } from "./timebase.js";

const ITEM = "beatgen-midi"; // in the browser's storage
const NOTE_ON = 0x90;
const CONTROL = 0xb0;
const TAPS = 8; // of a measured latency
const MOST_LATENCY = 300; // ms
const TENTH = 9; // channel of drums, from 0

export class Live {
  ports;
  /** @type {DrumMap[]} */
  maps = [];
  settings = {
    output: "",
    input: "",
    map: "gm", // of the output
    inputMap: "gm",
    channel: TENTH,
    clock: false,
    pedalUp: false, // whether the hi-hat's pedal sends 0, not 127, where it is down
    latency: 0, // ms from a strike to its message, as tapped along
  };
  notice = ""; // about what came in last
  recorder;
  #pedal = new Pedal();
  /** @type {number[] | null} ms by which taps came after their beats, while they are counted */
  taps = null;
  /** @type {((beat: number, velocity: number) => void) | null} takes what is played, instead of the recorder */
  onStrike = null;
  #player;
  /** @type {TimeBase | null} there once there is sound */
  #time = null;
  /** @type {MidiOut | null} */
  #out = null;
  /** @type {Ensemble | null} */
  #ensemble = null;
  /** @type {MIDIInput | null} that is listened to */
  #input = null;

  /** @param {Player} player @param {Ports} [ports] */
  constructor(player, ports) {
    this.#player = player;
    this.ports = ports ?? new Ports(() => this.#connect());
    this.recorder = new Recorder(player);
    globalThis.addEventListener?.("pagehide", () => this.#out?.silence());
  }

  /**
   * What the transport plays on, once there is sound.
   *
   * @param {Sampler} sampler
   * @returns {Instrument}
   */
  over(sampler) {
    const { context } = this.#player.sound;
    if (!context) return sampler;
    this.#time ??= new TimeBase(context);
    this.#out ??= new MidiOut(this.#time, () => this.#sending);
    this.#ensemble ??= new Ensemble(sampler, this.#out, (beat) => this.recorder.follow(beat));
    return this.#ensemble;
  }

  /** Ask for the ports, and take up what was chosen when the page was last open. */
  async open() {
    Object.assign(this.settings, remembered());
    if (!(await this.ports.open())) return this.#player.announce();
    if (!this.maps.length) this.maps = await loadMaps();
    if (!this.maps.length) this.notice = text("live.no_maps");
    this.#connect();
  }

  /** Open without being asked, where the musician has allowed it before and chosen a port. */
  async reopen() {
    const { output, input } = remembered();
    if (!output && !input) return;
    const name = /** @type {PermissionName} */ ("midi");
    const asked = await navigator.permissions?.query({ name }).catch(() => null);
    if (asked?.state === "granted") await this.open();
  }

  /** @param {Partial<Live["settings"]>} changes */
  set(changes) {
    if ("output" in changes || "channel" in changes) this.#out?.silence();
    Object.assign(this.settings, changes);
    remember(this.settings);
    this.#connect();
  }

  /** Whether what was chosen is there. */
  get state() {
    const { output, input } = this.settings;
    const lost = [output && !this.ports.output && output, input && !this.ports.input && input];
    const [first, second] = lost.filter((name) => typeof name === "string");
    if (second) return text("live.gone.both", { first, second });
    return first ? text("live.gone", { port: first }) : "";
  }

  /** Start or end recording; it begins with play. @param {boolean} on */
  record(on) {
    if (on) {
      this.recorder.start();
      this.#player.play();
    } else this.recorder.stop();
    this.#player.announce();
  }

  /** Count the latency of what is played along with the metronome. @param {boolean} on */
  tapAlong(on) {
    this.taps = on ? [] : null;
    if (on) {
      this.#player.set({ metronome: true });
      this.#player.play();
    }
    this.#player.announce();
  }

  /** A message of the input. @param {{ data: Uint8Array | null, timeStamp: number }} message */
  hear({ data, timeStamp }) {
    const [status, note, velocity] = data ?? [];
    if ((status & 0xf0) === CONTROL && note === PEDAL) return this.#pedal.move(velocity);
    if ((status & 0xf0) !== NOTE_ON || !velocity) return;
    if (this.taps) this.#count(timeStamp);
    const voice = this.#voiceOf(note);
    this.notice = voice < 0 ? text("live.note_unknown", { note }) : "";
    if (voice < 0) return this.#player.announce();
    this.#player.strike(voice, velocity);
    const beat = this.beatAt(timeStamp - this.settings.latency);
    if (beat === null || this.taps) return;
    if (this.onStrike) this.onStrike(beat, velocity);
    else this.recorder.strike(voice, velocity, beat);
  }

  /** The voice of this groove that a note of the input means, by its place; -1 for none. @param {number} note */
  #voiceOf(note) {
    const meant = this.#map(this.settings.inputMap)?.voiceOf(note);
    if (!meant) return -1;
    const name = this.#pedal.voiceOf(meant);
    return this.#player.voices?.findIndex((known) => known.name === name) ?? -1;
  }

  /** The beat that was heard at a time of the page's clock; null while nothing plays. @param {number} stamp */
  beatAt(stamp) {
    const { transport, sound } = this.#player;
    if (!transport.playing || !this.#time || !sound.isRunning) return null;
    return transport.beatAt(this.#time.audioAt(stamp));
  }

  /** Count a tap along with the metronome. @param {number} stamp */
  #count(stamp) {
    const beat = this.beatAt(stamp);
    const { groove, transport } = this.#player;
    if (!this.taps || !groove || beat === null || beat < -0.5) return;
    this.taps.push(((beat - nearestBeat(beat, groove)) * 60_000) / transport.tempo);
    if (this.taps.length >= TAPS) {
      const latency = Math.round(Math.min(MOST_LATENCY, Math.max(0, median(this.taps))));
      this.taps = null;
      this.set({ latency });
    }
    this.#player.announce();
  }

  /** Listen to the chosen input, and let the musician know what there is. */
  #connect() {
    const { output, input } = this.settings;
    Object.assign(this.ports.chosen, { output, input });
    const port = this.ports.input;
    if (port !== this.#input) {
      this.#pedal = new Pedal(); // another kit
      if (this.#input) this.#input.onmidimessage = null;
      this.#input = port;
      if (port) port.onmidimessage = (message) => this.hear(message);
    }
    this.#pedal.inverted = this.settings.pedalUp;
    this.#player.announce();
  }

  /** @param {string} name */
  #map(name) {
    return this.maps.find((map) => map.name === name) ?? this.maps[0];
  }

  /** What notes are sent as now. */
  get #sending() {
    const { ports, settings } = this;
    const { voices, mixer, sound } = this.#player;
    const map = this.#map(settings.map);
    const kit = sound.loaded;
    const nameOf = (/** @type {number} */ voice) => voices?.[voice]?.name ?? "";
    return {
      port: ports.output,
      channel: settings.channel,
      clock: settings.clock,
      noteOf: (/** @type {number} */ voice) => map?.noteOf(nameOf(voice)),
      isHeard: (/** @type {number} */ voice) => mixer.isHeard(voice),
      chokes: (/** @type {number} */ voice, /** @type {number} */ ringing) =>
        kit?.chokes(nameOf(voice), nameOf(ringing)) ?? false,
      rings: (/** @type {number} */ voice) => kit?.isChoked(nameOf(voice)) ?? false,
    };
  }
}

/** @param {Live["settings"]} settings */
function remember(settings) {
  try {
    localStorage.setItem(ITEM, JSON.stringify(settings));
  } catch {} // a browser may forbid storage: then the next visit starts anew
}

/** @returns {Partial<Live["settings"]>} */
function remembered() {
  try {
    return JSON.parse(localStorage.getItem(ITEM) ?? "{}") ?? {};
  } catch {
    return {};
  }
}
