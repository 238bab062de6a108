// What the browser and Python both compute: the cases of tests/cases/shared.json, which
// tests/test_shared_cases.py drives Python with. Its first entry says what the cases hold.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { Kit } from "../sound/kit.js";
import { Sampler } from "../sound/sampler.js";
import { beatOf, cellOf, grooveAt, packHit, withEdits } from "../state/groove.js";
import { keep } from "../state/lock.js";

const read = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));
const CASES = read("../../../../tests/cases/shared.json");
const TABLE = read("../../../../assets/kit/kit.json");
const NEAR = 2e-6; // steps or beats: what 32-bit floats and six digits lose
const BUFFER = /** @type {any} */ ({});

const unpack = ([step, voice, velocity, timing]) => ({ step, voice, velocity, timing });
const grooveFrom = ({ hits, ...rest }) => ({ ...rest, hits: hits.map(unpack) });

/** A node of the audio graph, of any kind, that plays nothing. */
class SilentNode {
  gain = { setTargetAtTime() {}, cancelScheduledValues() {} };

  connect(next) {
    return next;
  }

  start() {}
}

class SilentBuffer {
  getChannelData() {
    return [];
  }
}

Object.assign(globalThis, {
  AudioBuffer: SilentBuffer,
  AudioBufferSourceNode: SilentNode,
  GainNode: SilentNode,
  StereoPannerNode: SilentNode,
  WaveShaperNode: SilentNode,
});

/** @type {Record<string, (input: any) => unknown>} */
const COMPUTED = {
  mix({ a, b, amount }) {
    const { tempo, hits } = grooveAt({ frames: [grooveFrom(a), grooveFrom(b)] }, amount);
    return { tempo, hits: hits.map(packHit) };
  },

  swing({ groove, swing }) {
    const played = grooveFrom(groove).hits.map((hit) => [
      hit.voice,
      beatOf(hit, groove.steps, swing),
      hit.velocity,
    ]);
    return played.sort((one, other) => one[0] - other[0] || one[1] - other[1]);
  },

  lock({ lock, groove }) {
    const sets = { voices: new Set(lock.voices), sixteenths: new Set(lock.sixteenths) };
    return keep({ ...grooveFrom(lock), ...sets }, grooveFrom(groove)).hits.map(packHit);
  },

  edits({ groove, edits }) {
    const cells = new Map(edits.map(unpack).map((hit) => [cellOf(hit), hit]));
    return withEdits(grooveFrom(groove), cells).hits.map(packHit);
  },

  chokes({ strokes }) {
    const voices = Object.keys(TABLE.voices).map((name) => ({ name }));
    const context = /** @type {any} */ ({ currentTime: -1, sampleRate: 1 });
    const sampler = new Sampler(context, new Kit(TABLE, BUFFER), voices);
    const played = strokes.map(([time, voice]) => sampler.play(voice, 100, time));
    sampler.choke();
    return played.map(({ dampedAt }) => (dampedAt === Infinity ? null : dampedAt));
  },

  velocity({ layers, velocity }) {
    const recordings = layers.map((layer, start) => ({ velocity: layer, start, samples: 1 }));
    const table = { ...TABLE, sample_rate: 1, voices: { drum: recordings } };
    const { offset, gain } = new Kit(table, BUFFER).sample("drum", velocity);
    return { layer: offset, gain };
  },
};

/** Equal but for what rounding loses, down to the numbers. */
function assertNear(found, expected, name) {
  if (typeof expected === "number") {
    assert.ok(Math.abs(found - expected) < NEAR, `${name}: ${found}, expected ${expected}`);
  } else if (expected === null) {
    assert.equal(found, null, name);
  } else {
    assert.deepEqual(Object.keys(found), Object.keys(expected), name);
    for (const key of Object.keys(expected)) assertNear(found[key], expected[key], name);
  }
}

for (const [name, compute] of Object.entries(COMPUTED)) {
  test(`${name}: the browser computes what the cases say`, () => {
    assert.ok(CASES[name].length >= 200);
    for (const { name: which, input, expected } of CASES[name]) {
      assertNear(compute(input), expected, `${name}: ${which}`);
    }
  });
}
