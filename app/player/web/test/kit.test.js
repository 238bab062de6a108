import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { Kit } from "../sound/kit.js";

const SHIPPED = ["kit", "percussion"].map(
  (name) => new URL(`../../../../assets/kit/${name}.json`, import.meta.url),
);
const TABLE = {
  sample_rate: 1000,
  pan: { kick: 0, ride: 0.5 },
  chokes: { "hi-hat": ["open hat"] },
  voices: {
    kick: [
      { velocity: 20, start: 0, samples: 500 },
      { velocity: 80, start: 500, samples: 1000 },
    ],
  },
};
const BUFFER = /** @type {any} */ ({});

test("a velocity sounds from the layer nearest by ratio, scaled by square", () => {
  const kit = new Kit({ table: TABLE, buffer: BUFFER });
  assert.deepEqual(kit.sample("kick", 30), { buffer: BUFFER, offset: 0, duration: 0.5, gain: 2.25 });
  assert.deepEqual(kit.sample("kick", 80), { buffer: BUFFER, offset: 0.5, duration: 1, gain: 1 });
  assert.equal(kit.sample("kick", 41)?.offset, 0.5, "41 is nearer 80 than 20, by ratio");
  assert.equal(kit.sample("cowbell", 80), undefined);
  const more = { ...TABLE, pan: { cowbell: -1 }, voices: { cowbell: TABLE.voices.kick } };
  kit.add({ table: more, buffer: BUFFER });
  assert.equal(kit.sample("cowbell", 80)?.gain, 1);
  assert.deepEqual([kit.pan("cowbell"), kit.pan("ride")], [-1, 0.5]);
});

test("pan and chokes are those of the table", () => {
  const kit = new Kit({ table: TABLE, buffer: BUFFER });
  assert.equal(kit.pan("ride"), 0.5);
  assert.equal(kit.pan("unknown"), 0);
  assert.ok(kit.chokes("hi-hat", "open hat"));
  assert.ok(!kit.chokes("open hat", "hi-hat"));
  assert.ok(!kit.chokes("unknown", "open hat"));
});

test("the shipped kit sounds every velocity of every voice", () => {
  const parts = SHIPPED.map((url) => ({ table: JSON.parse(readFileSync(url, "utf8")), buffer: BUFFER }));
  const kit = new Kit(...parts);
  assert.ok(kit.chokes("mute triangle", "triangle"));
  const names = parts.flatMap(({ table }) => Object.keys(table.voices));
  assert.equal(names.length, 64);
  for (const name of names) {
    for (let velocity = 1; velocity <= 127; velocity++) {
      const sample = kit.sample(name, velocity);
      assert.ok(sample && sample.gain > 0 && sample.duration > 0, `${name} at ${velocity}`);
    }
  }
});

test("another kit's recordings take the place of the first ones, percussion stays", () => {
  const table = (start, pan) => ({
    sample_rate: 100,
    pan: { [pan]: 0.5 },
    chokes: {},
    voices: { [pan]: [{ velocity: 100, start, samples: 10 }] },
  });
  const kit = new Kit({ table: table(0, "kick"), buffer: null });
  kit.add({ table: table(300, "clap"), buffer: null });
  kit.change({ table: table(200, "kick"), buffer: null });
  assert.equal(kit.sample("kick", 100).offset, 2);
  assert.equal(kit.sample("clap", 100).offset, 3);
});

test("recordings of one velocity take turns, until another kit is chosen", () => {
  const table = (voices) => ({ sample_rate: 100, pan: {}, chokes: {}, voices });
  const layers = (...starts) => starts.map(([velocity, start]) => ({ velocity, start, samples: 10 }));
  const kit = new Kit({ table: table({ hat: layers([50, 0], [100, 100]), kick: layers([100, 200]) }), buffer: null });
  kit.takeTurns({ table: table({ hat: layers([100, 300], [100, 400]) }), buffer: null });
  const offsets = (name, velocity) => [0, 1, 2, 3].map((turn) => kit.sample(name, velocity, turn).offset);
  assert.deepEqual(offsets("hat", 110), [1, 3, 4, 1]);
  assert.deepEqual(offsets("hat", 40), [0, 0, 0, 0]);
  assert.deepEqual(offsets("kick", 90), [2, 2, 2, 2]);
  kit.change({ table: table({ hat: layers([100, 500]) }), buffer: null });
  assert.deepEqual(offsets("hat", 110), [5, 5, 5, 5]);
});
