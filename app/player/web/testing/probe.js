// A window into the running player for tests and measurements: window.beatgen. It changes nothing,
// and is mounted only where the server asks for it (app/player/__init__.py).

/** @import { Player } from "../state/player.js" */
/** @import { Sound } from "../sound/sound.js" */

import { packLock } from "../state/lock.js";

const BLOCK_WAIT = 0.2; // s beyond the wanted end, for the last block to arrive
const LOOK = 20; // ms from look to look at the audio clock: it may go slower than the wall's

/** Whether Python knows all that was done. @param {Player} player */
const isRead = ({ isAnswered, coming, scene }) => isAnswered && !coming && !scene.moving;

/** @param {Player} player */
export function expose(player) {
  window.beatgen = {
    /** The player's state now. */
    get state() {
      const { transport } = player;
      const { context } = player.sound;
      return {
        playing: player.playing,
        label: player.label,
        answered: isRead(player),
        position: player.position,
        feel: player.feel,
        lock: packLock(player.lock),
        monitor: player.scene.monitor,
        path: player.path?.id ?? null,
        tempo: transport.tempo,
        hits: player.groove?.hits ?? [],
        contextState: context?.state ?? "none",
        contextTime: context?.currentTime ?? 0,
        beat: player.playing && context ? transport.beatAt(context.currentTime) : null,
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
    /** Beat from which the last change is heard. */
    get changedFrom() {
      return player.transport.changedFrom;
    },
    /** Call `watcher` after every change; returns a function that ends it. */
    watch: (/** @type {() => void} */ watcher) => player.watch(watcher),
    /** Resolves when the samples are decoded. */
    get kitReady() {
      return player.sound.kit;
    },
    /** The audio clock beside the page's, as the browser says it: {contextTime, performanceTime}. */
    get clocks() {
      return player.sound.context?.getOutputTimestamp();
    },
    timeAt: (/** @type {number} */ beat) => player.transport.timeAt(beat),
    listen: () => listen(player.sound),
  };
}

/**
 * Listens behind the last node, so to what the loudspeakers get. Resolves as soon as it does, to a
 * function that listens for some more seconds and then gives all that was heard:
 * {start, sampleRate, left, right}, from audio time `start` on; silence is 0.
 *
 * @param {Sound} sound
 */
async function listen({ context, sampler }) {
  if (!context || !sampler) throw new Error("There is no sound yet.");
  await context.audioWorklet.addModule(new URL("./tap.js", import.meta.url));
  const tap = new AudioWorkletNode(context, "tap", { numberOfOutputs: 0, channelCount: 2 });
  /** @type {Block[]} */
  const blocks = [];
  tap.port.onmessage = ({ data }) => blocks.push(data);
  const { sampleRate } = context;
  const start = Math.ceil(context.currentTime * sampleRate);
  sampler.output.connect(tap);
  return async (/** @type {number} */ seconds) => {
    const end = Math.round((context.currentTime + seconds) * sampleRate);
    while (context.currentTime < end / sampleRate + BLOCK_WAIT) {
      await new Promise((done) => setTimeout(done, LOOK));
    }
    sampler.output.disconnect(tap);
    tap.port.postMessage("end");
    return { start: start / sampleRate, sampleRate, ...joined(blocks, start, end) };
  };
}

/**
 * @typedef {{ first: number, sides: Float32Array[] }} Block samples of both sides from a frame on
 */

/**
 * The samples {left, right} of frames `start` to `end`.
 *
 * @param {Block[]} blocks
 * @param {number} start
 * @param {number} end
 */
function joined(blocks, start, end) {
  const sides = [new Float32Array(end - start), new Float32Array(end - start)];
  for (const { first, sides: heard } of blocks) {
    const from = Math.max(0, start - first);
    const to = Math.min(heard[0].length, end - first);
    if (from >= to) continue;
    sides.forEach((side, i) => side.set(heard[i].subarray(from, to), first + from - start));
  }
  const [left, right] = sides;
  return { left, right };
}
