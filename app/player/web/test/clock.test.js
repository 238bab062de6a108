import assert from "node:assert/strict";
import { test } from "node:test";

import { Clock } from "../sound/clock.js";
import { dice, randomFrom } from "./fake.js";

test("beats and seconds go by the tempo", () => {
  const clock = new Clock();
  clock.start(0, 10, 120);
  assert.equal(clock.timeAt(4), 12);
  assert.equal(clock.beatAt(12), 4);
  assert.equal(clock.tempo, 120);
});

test("a change of tempo leaves what was before it", () => {
  const clock = new Clock();
  clock.start(0, 0, 120);
  clock.change(8, 60);
  assert.equal(clock.timeAt(4), 2);
  assert.equal(clock.timeAt(8), 4);
  assert.equal(clock.timeAt(9), 5);
  assert.equal(clock.beatAt(6), 10);
});

test("a later change at an earlier beat takes the place of those after it", () => {
  const clock = new Clock();
  clock.start(0, 0, 120);
  clock.change(8, 60);
  clock.change(4, 240);
  assert.equal(clock.timeAt(8), 3);
});

test("before it starts it counts back: a count-in has negative beats", () => {
  const clock = new Clock();
  clock.start(-4, 1, 120);
  assert.equal(clock.beatAt(1), -4);
  assert.equal(clock.timeAt(0), 3);
});

test("there and back again is the same, through many changes", () => {
  const { between } = dice(randomFrom(1));
  const clock = new Clock();
  clock.start(0, 0, 120);
  for (let beat = 0; beat < 500; beat += between(0, 4)) clock.change(beat, between(30, 300));
  for (let beat = 480; beat < 520; beat += 0.37) {
    assert.ok(Math.abs(clock.beatAt(clock.timeAt(beat)) - beat) < 1e-9);
  }
});
