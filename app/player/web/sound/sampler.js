// The sampler: turns strokes into sound on the audio clock.
//
// stroke > its own gain (velocity, choke) > its voice's channel (mute, the kit's pan)
//   > its family's bus (level, pan) > volume > soft clip

/** @import { Kit } from "./kit.js" */
/** @import { Mixer } from "./mixer.js" */
/** @import { Sample, Voice } from "../types" */

/**
 * A stroke that was started.
 *
 * @typedef {{ source: AudioBufferSourceNode, gain: GainNode, name: string,
 *   time: number, dampedAt: number }} Handle
 */

import { gainOf } from "./mixer.js";
import { CLICK } from "./strokes.js";

const GLIDE = 0.008; // s, for mutes and chokes not to click
const CHOKE = 0.02; // s, time constant of a damped cymbal

export class Sampler {
  #context;
  #kit;
  #voices;
  /** @type {Map<number, GainNode>} by voice, each from its first stroke on */
  #channels = new Map();
  /** @type {Map<string, { gain: GainNode, place: StereoPannerNode }>} by family, likewise */
  #buses = new Map();
  /** @type {Mixer | null} */
  #mixer = null;
  #click;
  #volume;
  /** @type {Set<Handle>} */
  #live = new Set();

  /**
   * @param {BaseAudioContext} context
   * @param {Kit} kit
   * @param {Voice[]} voices by their numbers
   */
  constructor(context, kit, voices) {
    this.#context = context;
    this.#kit = kit;
    this.#voices = voices;
    const clip = new WaveShaperNode(context, { curve: softClip() });
    this.#volume = new GainNode(context, { gain: 0.8 });
    this.#volume.connect(clip).connect(context.destination);
    this.output = clip;
    this.#click = clickSound(context);
  }

  get now() {
    return this.#context.currentTime;
  }

  /**
   * Schedule a stroke at `time` on the audio clock; returns a handle for `cancel`.
   *
   * @param {number} voice
   * @param {number} velocity
   * @param {number} time
   * @param {number} turn how many strokes of the voice went before in the bar
   * @returns {Handle | null}
   */
  play(voice, velocity, time, turn = 0) {
    const isClick = voice === CLICK;
    const sample = isClick ? this.#clickSample(velocity) : this.#drumSample(voice, velocity, turn);
    if (!sample) return null;
    const source = new AudioBufferSourceNode(this.#context, {
      buffer: sample.buffer,
      playbackRate: sample.rate ?? 1,
    });
    const gain = new GainNode(this.#context, { gain: sample.gain });
    source.connect(gain).connect(isClick ? this.#volume : this.#channel(voice));
    source.start(time, sample.offset, sample.duration); // all of the click, which has neither
    const name = this.#voices[voice]?.name ?? ""; // of the click: it damps nothing and rings on
    const handle = { source, gain, name, time, dampedAt: Infinity };
    this.#live.add(handle);
    source.onended = () => {
      gain.disconnect();
      this.#live.delete(handle);
    };
    return handle;
  }

  /** Take back a stroke that has not sounded. @param {Handle | null} handle */
  cancel(handle) {
    if (!handle || !this.#live.delete(handle)) return;
    handle.source.stop();
    handle.gain.disconnect();
  }

  /** Let every ringing voice be damped by the first later stroke that chokes it. */
  choke() {
    const now = this.now;
    for (const ringing of this.#live) {
      if (ringing.dampedAt <= now) continue;
      const at = dampedAt(ringing, this.#live, this.#kit);
      if (at === ringing.dampedAt) continue;
      ringing.dampedAt = at;
      ringing.gain.gain.cancelScheduledValues(now);
      if (at < Infinity) ringing.gain.gain.setTargetAtTime(0, at, CHOKE);
    }
  }

  /** Fade out all that sounds and forget all that is scheduled. */
  silence() {
    const now = this.now;
    for (const { source, gain } of this.#live) {
      gain.gain.cancelScheduledValues(now);
      gain.gain.setTargetAtTime(0, now, GLIDE);
      source.stop(now + GLIDE * 8);
    }
    this.#live.clear();
  }

  /** Sound as the mixer says. @param {Mixer} mixer */
  mix(mixer) {
    this.#mixer = mixer;
    this.#volume.gain.setTargetAtTime(mixer.volume ** 2, this.now, GLIDE);
    this.#channels.forEach((channel, voice) => {
      channel.gain.setTargetAtTime(mixer.here && mixer.isHeard(voice) ? 1 : 0, this.now, GLIDE);
    });
    this.#buses.forEach(({ gain, place }, family) => {
      const { level, pan } = mixer.strip(family);
      gain.gain.setTargetAtTime(gainOf(level), this.now, GLIDE);
      place.pan.setTargetAtTime(pan, this.now, GLIDE);
    });
  }

  /** Where a voice is muted and has its place. @param {number} voice */
  #channel(voice) {
    let channel = this.#channels.get(voice);
    if (!channel) {
      const { name, family } = this.#voices[voice];
      const pan = this.#kit.pan(name);
      channel = new GainNode(this.#context, { gain: this.#mixer?.isHeard(voice) === false ? 0 : 1 });
      channel.connect(new StereoPannerNode(this.#context, { pan })).connect(this.#bus(family));
      this.#channels.set(voice, channel);
    }
    return channel;
  }

  /** What a family goes through. @param {string} family */
  #bus(family) {
    const { level, pan } = this.#mixer?.strip(family) ?? { level: 0, pan: 0 };
    const bus = this.#buses.get(family) ?? {
      gain: new GainNode(this.#context, { gain: gainOf(level) }),
      place: new StereoPannerNode(this.#context, { pan }),
    };
    if (!this.#buses.has(family)) bus.gain.connect(bus.place).connect(this.#volume);
    this.#buses.set(family, bus);
    return bus.gain;
  }

  /** @param {number} voice @param {number} velocity @param {number} turn */
  #drumSample(voice, velocity, turn) {
    const { name, relative = name } = this.#voices[voice];
    return this.#kit.sample(name, velocity, turn) ?? this.#kit.sample(relative, velocity, turn);
  }

  /** @param {number} velocity @returns {Sample} */
  #clickSample(velocity) {
    return { buffer: this.#click, gain: velocity / 127, rate: velocity > 100 ? 1.5 : 1 };
  }
}

/**
 * When a voice that rings is damped: at the first later stroke that chokes it; Infinity for never.
 *
 * @param {{ name: string, time: number }} ringing
 * @param {Iterable<{ name: string, time: number }>} strokes
 * @param {Pick<Kit, "chokes">} kit
 */
export function dampedAt({ name, time }, strokes, kit) {
  let at = Infinity;
  for (const other of strokes) {
    if (other.time > time && other.time < at && kit.chokes(other.name, name)) at = other.time;
  }
  return at;
}

/** Straight up to 0.7, then bending towards 1, so that loud strokes together do not crackle. */
function softClip() {
  const knee = 0.7;
  const bend = (/** @type {number} */ x) => knee + (1 - knee) * Math.tanh((x - knee) / (1 - knee));
  return Float32Array.from({ length: 4097 }, (_, i) => {
    const x = (i / 4096) * 2 - 1;
    return Math.sign(x) * (Math.abs(x) < knee ? Math.abs(x) : bend(Math.abs(x)));
  });
}

/** The metronome: a short woody blip. @param {BaseAudioContext} context */
function clickSound(context) {
  const length = Math.round(context.sampleRate * 0.04);
  const buffer = new AudioBuffer({ length, sampleRate: context.sampleRate });
  const wave = buffer.getChannelData(0);
  for (let i = 0; i < length; i++) {
    const time = i / context.sampleRate;
    wave[i] = 0.5 * Math.sin(2 * Math.PI * 1000 * time) * Math.exp(-time * 120);
  }
  return buffer;
}
