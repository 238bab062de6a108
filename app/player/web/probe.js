// A window into the running player for tests and measurements: window.beatgen. It changes nothing.

import { packLock } from "./lock.js";

const CAPTURE_BLOCK_WAIT = 0.2; // s beyond the wanted end, for the last block to arrive

export function expose(player) {
  window.beatgen = {
    /** The player's state now. */
    get state() {
      const { transport } = player;
      const { context } = player.sound;
      return {
        playing: player.playing,
        position: player.position,
        feel: player.feel,
        lock: packLock(player.lock),
        monitor: player.scene.monitor,
        way: player.way?.id ?? null,
        tempo: transport.tempo,
        hits: player.groove?.hits ?? [],
        contextState: context?.state ?? "none",
        contextTime: context?.currentTime ?? 0,
        beat: player.playing ? transport.beatAt(context.currentTime) : null,
        late: transport.late,
        dropped: transport.dropped,
        trouble: player.sound.trouble,
      };
    },
    /** Strokes lately scheduled: [{beat, time, voice, velocity, step}]. */
    get scheduled() {
      return player.transport.scheduled.map(({ handle, ...stroke }) => stroke);
    },
    /** Audio time from which a change made now would be heard. */
    get nextStep() {
      return player.transport.changeableFrom;
    },
    /** Resolves when the samples are decoded. */
    get kitReady() {
      return player.sound.kit;
    },
    timeAt: (beat) => player.transport.timeAt(beat),
    capture: (seconds) => capture(player.sound, seconds),
  };
}

/**
 * The sound itself: {start, sampleRate, left, right}, from audio time `start` on; silence is 0.
 * It is taken behind the last node, so it is what the loudspeakers get.
 */
async function capture({ context, sampler }, seconds) {
  await context.audioWorklet.addModule(new URL("./tap.js", import.meta.url));
  const tap = new AudioWorkletNode(context, "tap", { numberOfOutputs: 0, channelCount: 2 });
  const blocks = [];
  tap.port.onmessage = ({ data }) => blocks.push(data);
  const start = Math.ceil(context.currentTime * context.sampleRate);
  sampler.output.connect(tap);
  await new Promise((done) => setTimeout(done, (seconds + CAPTURE_BLOCK_WAIT) * 1000));
  sampler.output.disconnect(tap);
  tap.port.postMessage("end");
  const length = Math.round(seconds * context.sampleRate);
  const sides = [new Float32Array(length), new Float32Array(length)];
  for (const { first, sides: heard } of blocks) {
    const from = Math.max(0, start - first);
    const to = Math.min(heard[0].length, start + length - first);
    if (from >= to) continue;
    sides.forEach((side, i) => side.set(heard[i].subarray(from, to), first + from - start));
  }
  const [left, right] = sides;
  return { start: start / context.sampleRate, sampleRate: context.sampleRate, left, right };
}
