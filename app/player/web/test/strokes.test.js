import assert from "node:assert/strict";
import { test } from "node:test";

import { CLICK, goOver, layOut, strokesBetween } from "../sound/strokes.js";
import { grooveOf } from "./fake.js";

const stroke = (beat, voice = 0, velocity = 100) => ({ beat, voice, velocity });
const beatsOf = (strokes) => strokes.map(({ beat }) => beat + 0); // not -0
const NEAR = 0.125; // two steps of 64

test("a groove is laid out in beats, by time, with its swing", () => {
  const layout = layOut(grooveOf([[16, 0], [4, 1, 90, 1], [8, 2, 90, -3.9]], { bars: 2 }), 0.75);
  assert.equal(layout.length, 8);
  assert.deepEqual(layout.strokes.map(({ voice }) => voice), [2, 1, 0]);
  assert.deepEqual(layout.strokes.map(({ step }) => step), [8, 4, 16]);
  assert.equal(layout.strokes[1].beat, 0.40625);
  assert.equal(layout.strokes[1].place, 0.40625);
});

test("a loop goes round and round, with what reaches over its ends", () => {
  const loop = layOut(grooveOf([[0, 0, 90, -1], [32, 1], [63, 2, 90, 2]]), 0.5);
  const found = strokesBetween(loop, 0, 8, false);
  assert.deepEqual(found.map(({ beat, voice }) => [beat, voice]), [
    [2, 1],
    [3.9375, 0],
    [4.0625, 2],
    [6, 1],
    [7.9375, 0],
  ]);
});

test("parts of time follow one another without a gap and without a stroke twice", () => {
  const loop = layOut(grooveOf([[0, 0, 90, -1], [5, 1], [32, 1], [63, 2, 90, 2]]), 0.6);
  const whole = strokesBetween(loop, -1, 30, true);
  const parts = [];
  for (let at = -1; at < 30; at += 0.31) {
    parts.push(...strokesBetween(loop, at, Math.min(30, at + 0.31), true));
  }
  assert.deepEqual(beatsOf(parts), beatsOf(whole));
});

test("the metronome clicks on each beat, louder on the first; a count-in always does", () => {
  const loop = layOut(grooveOf([]), 0.5);
  const clicks = strokesBetween(loop, -4, 5, true);
  assert.deepEqual(beatsOf(clicks), [-4, -3, -2, -1, 0, 1, 2, 3, 4]);
  assert.ok(clicks.every(({ voice }) => voice === CLICK));
  const loud = clicks.filter(({ velocity }) => velocity === 120);
  assert.deepEqual(beatsOf(loud), [-4, 0, 4]);
  assert.deepEqual(beatsOf(strokesBetween(loop, -4, 5, false)), [-4, -3, -2, -1]);
});

test("what does not change stays scheduled, the rest is taken back and scheduled anew", () => {
  const scheduled = [stroke(1), stroke(2), stroke(3)];
  const { cancel, add } = goOver(scheduled, [stroke(2), stroke(2.5), stroke(3, 0, 90)], 1.5, NEAR);
  assert.deepEqual(cancel, [scheduled[2]]);
  assert.deepEqual(add, [stroke(2.5), stroke(3, 0, 90)]);
});

test("what stands before the change sounds as it was scheduled", () => {
  const { cancel, add } = goOver([stroke(1)], [stroke(1.2)], 1.5, NEAR);
  assert.deepEqual([cancel, add], [[], []]);
});

test("a stroke that moves behind the change sounds once, as scheduled", () => {
  const { cancel, add } = goOver([stroke(1.45)], [stroke(1.55)], 1.5, NEAR);
  assert.deepEqual([cancel, add], [[], []]);
});

test("a stroke that moves before the change is not lost: it sounds as scheduled", () => {
  const { cancel, add } = goOver([stroke(1.55)], [stroke(1.45)], 1.5, NEAR);
  assert.deepEqual([cancel, add], [[], []]);
});

test("other voices, and strokes farther away, are other strokes", () => {
  const voices = goOver([stroke(1.45, 0)], [stroke(1.55, 1)], 1.5, NEAR);
  assert.deepEqual(beatsOf(voices.add), [1.55]);
  const far = goOver([stroke(1.4)], [stroke(1.6)], 1.5, NEAR);
  assert.deepEqual(beatsOf(far.add), [1.6]);
});

test("of several strokes the nearest are paired", () => {
  const scheduled = [stroke(1.42), stroke(1.49)];
  const { add } = goOver(scheduled, [stroke(1.5), stroke(1.56)], 1.5, NEAR);
  assert.deepEqual(add, [stroke(1.56)], "1.42 and 1.56 are too far from each other");
});
