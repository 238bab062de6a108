// What Python and the browser both compute, held together by one file of cases that both run:
// tests/cases/shared.json, whose first entry says what its cases hold.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { Kit } from "../sound/kit.js";
import { gainOf } from "../sound/mixer.js";
import { dampedAt } from "../sound/sampler.js";
import { layOut } from "../sound/strokes.js";
import { beatOf, cellOf, grooveAt, packHit, withEdits } from "../state/groove.js";
import { keep } from "../state/lock.js";
import { beatsOf } from "../state/meter.js";
import { blendName, nameWith } from "../state/names.js";
import { grooveOf } from "./fake.js";

const ROOT = new URL("../../../../", import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(name, ROOT), "utf8"));

const CASES = read("tests/cases/shared.json");
const TABLE = read("assets/kit/kit.json");
const NAMES = Object.keys(TABLE.voices); // in the order of beatgen/kit.py
const NEAR = 2e-6; // steps or beats, as in Python

const groove = ({ hits, ...shape }) => grooveOf(hits, shape);
const hits = (played) => played.hits.map(packHit);

const layersOf = (velocities) => velocities.map((velocity, i) => {
  return { velocity, start: i * TABLE.sample_rate, samples: 1 };
});

const COMPUTED = {
  mix: ({ a, b, amount }) => {
    const mixed = grooveAt({ frames: [groove(a), groove(b)] }, amount);
    return { tempo: mixed.tempo, hits: hits(mixed) };
  },
  swing: ({ groove: straight, swing }) =>
    groove(straight)
      .hits.map((hit) => [hit.voice, beatOf(hit, straight.steps, swing), hit.velocity])
      .sort(([voice, beat], [other, later]) => voice - other || beat - later),
  lock: ({ lock: { voices, sixteenths, cells = [], ...held }, groove: free }) => {
    const numbered = cells.map(([sixteenth, voice]) => sixteenth * 256 + voice);
    const places = {
      voices: new Set(voices),
      sixteenths: new Set(sixteenths),
      cells: new Set(numbered),
    };
    return hits(keep({ ...groove(held), ...places }, groove(free)));
  },
  edits: ({ groove: before, edits }) => {
    const changed = edits.map(([step, voice, velocity, timing]) => {
      return { step, voice, velocity, timing };
    });
    return hits(withEdits(groove(before), new Map(changed.map((hit) => [cellOf(hit), hit]))));
  },
  beats: (shape) => beatsOf(shape).map(({ bar, number, at }) => [bar, number, at]),
  chokes: ({ strokes }) => {
    const kit = new Kit({ table: TABLE, buffer: null });
    const live = strokes.map(([time, voice]) => ({ time, name: NAMES[voice] }));
    const times = live.map((stroke) => dampedAt(stroke, live, kit));
    return times.map((time) => (time === Infinity ? null : time));
  },
  name: ({ pattern, feel, done }) => nameWith(blendName(pattern, feel), done),
  velocity: ({ layers, velocity, turn }) => {
    const kit = new Kit({ table: { ...TABLE, voices: { drum: layersOf(layers) } }, buffer: null });
    const { offset, gain } = kit.sample("drum", velocity, turn);
    return { layer: offset, gain };
  },
  level: ({ level }) => gainOf(level),
  turns: ({ groove: laid }) => {
    const strokes = layOut(groove(laid), 0.5).strokes;
    const numbered = strokes.map(({ step, voice, turn }) => [step, voice, turn]);
    return numbered.sort(([step, voice], [other, its]) => step - other || voice - its);
  },
};

/** Equal but for what rounding loses, down to the numbers. */
function assertNear(found, expected, name) {
  if (typeof expected === "number") {
    assert.ok(Math.abs(found - expected) <= NEAR, `${name}: ${found} is not ${expected}`);
  } else if (expected === null || typeof expected === "string") {
    assert.equal(found, expected, name);
  } else {
    const keys = Object.keys(expected);
    assert.deepEqual(Object.keys(found), keys, name);
    for (const key of keys) assertNear(found[key], expected[key], name);
  }
}

test("every function of the file is run here", () => {
  const { about, ...functions } = CASES;
  assert.ok(about);
  assert.deepEqual(Object.keys(functions), Object.keys(COMPUTED));
});

for (const [name, compute] of Object.entries(COMPUTED)) {
  test(`the browser computes what the cases of ${name} say`, () => {
    for (const { name: of, input, expected } of CASES[name]) {
      assertNear(compute(input), expected, `${name}: ${of}`);
    }
  });
}
