import assert from "node:assert/strict";
import { test } from "node:test";

import { CLICK, layOut, strokesBetween } from "../sound/strokes.js";
import { withFeel } from "../state/feel.js";
import { repeated, stepsOf } from "../state/groove.js";
import { duplicated, moved } from "../state/notes.js";
import { fits, keep, NO_LOCK, relock } from "../state/lock.js";
import { beatAt, lengthOf, meterOf, nearestBeat, pulseOf } from "../state/meter.js";
import { cellsOf, grooveOf } from "./fake.js";

const clicks = (groove, from, to, on = true) =>
  strokesBetween(layOut(groove, 0.5), from, to, on)
    .filter(({ voice }) => voice === CLICK)
    .map(({ beat, velocity }) => [beat, velocity > 100]);

test("a meter's bar has its sixteenths, and its beats", () => {
  assert.deepEqual(meterOf("3/4"), { sixteenths: 12, beat: 4 });
  assert.deepEqual(meterOf("12/8"), { sixteenths: 24, beat: 6 });
  assert.deepEqual(meterOf("7/8"), { sixteenths: 14, beat: 2 });
  assert.equal(lengthOf({ bars: 3, meters: ["4/4", "2/4"] }), 16 + 8 + 16);
  assert.deepEqual(beatAt(19, { bars: 2, meters: ["7/8"] }), { bar: 1, number: 3, at: 18, end: 20 });
});

test("a place is near a beat of its meter, in every round", () => {
  const blues = { bars: 1, meters: ["12/8"] };
  assert.deepEqual([-0.1, 1.4, 1.6, 5.9, 6.1, 7.6].map((at) => nearestBeat(at, blues)), [0, 1.5, 1.5, 6, 6, 7.5]);
  assert.equal(nearestBeat(2.6, { bars: 1 }), 3);
  assert.equal(nearestBeat(3.4, { bars: 1, meters: ["7/8"] }), 3.5);
  assert.deepEqual(["12/8", "4/4", "7/8"].map((label) => pulseOf({ bars: 1, meters: [label] })), [1.5, 1, 1]);
});

test("the loop is as long as its bars, the metronome accents each, the count-in is one bar", () => {
  const mixed = grooveOf([[0, 0], [68, 1]], { bars: 2, meters: ["4/4", "2/4"] });
  const strokes = strokesBetween(layOut(mixed, 0.5), 0, 12.1, false);
  assert.deepEqual(strokes.map(({ beat }) => beat), [0, 4.25, 6, 10.25, 12]);
  const firsts = clicks(mixed, 0, 12).filter(([, accent]) => accent);
  assert.deepEqual(firsts.map(([beat]) => beat), [0, 4, 6, 10]);
  const six = grooveOf([[0, 0]], { meters: ["6/8"] });
  assert.deepEqual(clicks(six, 0, 3), [[0, true], [1.5, false]]);
  assert.deepEqual(clicks(six, -3, 0, false), [[-3, true], [-1.5, false]]);
  const seven = grooveOf([[0, 0]], { meters: ["7/8"] });
  assert.equal(clicks(seven, 0, 3.5).length, 7);
});

test("a groove is repeated bar by bar, each in its meter", () => {
  const mixed = grooveOf([[0, 0], [64, 1]], { bars: 2, meters: ["4/4", "2/4"] });
  assert.deepEqual(cellsOf(repeated(mixed, 3)), [[0, 0], [64, 1], [96, 0]]);
  assert.equal(stepsOf(repeated(mixed, 3)), 160);
});

test("a lock waits where the meter is another one", () => {
  const waltz = grooveOf([[0, 0], [16, 1]], { meters: ["3/4"] });
  const four = grooveOf([[8, 0]]);
  const lock = relock(NO_LOCK, waltz, { voices: new Set([0]), sixteenths: new Set(), cells: new Set() });
  assert.ok(fits(lock, waltz) && !fits(lock, four));
  assert.equal(keep(lock, four), four);
  assert.deepEqual(cellsOf(keep(lock, grooveOf([[24, 0]], { meters: ["3/4"] }))), [[0, 0]]);
});

test("a feel moves no hit out of its bar", () => {
  const waltz = grooveOf([[47, 0], [48, 0]], { bars: 2, meters: ["3/4"] });
  for (const hit of waltz.hits) hit.feels = Array(2).fill({ velocity: 90, later: 1.4 });
  assert.deepEqual(cellsOf(withFeel(waltz, 0, 1)), [[47, 0], [49, 0]]);
});

test("notes are moved and copied within bars of any length", () => {
  const mixed = grooveOf([[0, 0], [40, 1], [64, 2]], { bars: 2, meters: ["4/4", "2/4"] });
  const copy = duplicated(mixed, 0).map(({ step, voice, velocity }) => [step, voice, velocity > 0]);
  assert.deepEqual(copy, [[64, 2, false], [64, 0, true]]);
  assert.deepEqual(duplicated(mixed, 1), []);
  const [gone, come] = moved(mixed, [mixed.hits[2]], 31.6);
  assert.deepEqual([gone.step, gone.velocity], [64, 0]);
  assert.equal(come.step, 0); // what goes beyond the end comes in at the start, early
});
