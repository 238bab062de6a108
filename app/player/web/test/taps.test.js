import assert from "node:assert/strict";
import { test } from "node:test";

import { clampTempo, readTempo, writeTempo } from "../state/settings.js";
import { Taps } from "../state/taps.js";

const CASES = [
  { times: [0], tempo: null, why: "one tap says nothing" },
  { times: [0, 500], tempo: 120 },
  { times: [1000, 1750, 2500], tempo: 80 },
  { times: [0, 470, 1010, 1500], tempo: 120, why: "the mean of uneven taps" },
  { times: [0, 1000, 2000, 2500, 3000, 3500, 4000], tempo: 120, why: "of the last five" },
  { times: [0, 400, 4000, 4480], tempo: 125, why: "anew after a pause" },
  { times: [0, 1990], tempo: 30.2 },
  { times: [0, 1], tempo: 300, why: "faster than can be played" },
  { times: [7, 7], tempo: 300, why: "two at once" },
];

for (const { times, tempo, why = "" } of CASES) {
  test(`taps at ${times.join(", ")} ms are ${tempo} BPM ${why}`, () => {
    const taps = new Taps();
    const read = times.map((time) => taps.tap(time));
    assert.equal(read.pop(), tempo);
  });
}

test("a tempo is read as it is typed", () => {
  assert.equal(readTempo("87.5"), 87.5);
  assert.equal(readTempo("87,5"), 87.5);
  assert.equal(readTempo(" 90 "), 90);
  assert.equal(readTempo("999"), 300);
  assert.equal(readTempo("0"), 30);
  for (const text of ["", "  ", "abc", "1,2,3", "Infinity"]) assert.equal(readTempo(text), null);
});

test("a tempo is written with two digits at most, and typed so", () => {
  assert.equal(writeTempo(112.125), "112.13");
  assert.equal(writeTempo(119.9999), "120");
  assert.equal(readTempo("87,123"), 87.12);
  assert.equal(writeTempo(120), "120");
  assert.equal(clampTempo(29), 30);
});

test("in 12/8 taps are dotted quarters", () => {
  const taps = new Taps();
  taps.tap(0, 1.5);
  assert.equal(taps.tap(500, 1.5), 180);
});
