// Notes: what moving, multiplying and copying hits makes of a groove.

import assert from "node:assert/strict";
import { test } from "node:test";

import { cellOf, withEdits } from "../state/groove.js";
import {
  copied,
  duplicated,
  graced,
  inVoice,
  moved,
  pasted,
  rewrite,
  rolled,
  scaled,
  stepsOf,
} from "../state/notes.js";
import { dice, grooveOf, randomFrom } from "./fake.js";

const KICK = 0;
const SNARE = 1;

const changed = (groove, edits) =>
  withEdits(groove, new Map(edits.map((hit) => [cellOf(hit), hit])));
const places = ({ hits }, voice) =>
  hits
    .filter((hit) => hit.voice === voice)
    .map(({ step, timing }) => Math.round(100 * (step + timing)) / 100)
    .sort((a, b) => a - b);
const at = (groove, step, voice) => groove.hits.filter((hit) => hit.step === step && hit.voice === voice);

test("a hit is moved in time, onto the units of the bar or to where it is dropped", () => {
  const groove = grooveOf([[16, SNARE, 100, 0.7]]);
  const to = (by, units) => places(changed(groove, moved(groove, groove.hits, by, units)), SNARE);
  assert.deepEqual(to(4, 16), [20]);
  assert.deepEqual(to(2, 32), [18]);
  assert.deepEqual(to(3, 24), [18.67]);
  assert.deepEqual(to(1.3, 0), [18]);
  assert.deepEqual(to(-1.1, 0), [15.6]);
  assert.deepEqual(moved(groove, groove.hits, 0.4, 16), [], "a small move is none");
});

test("a hit that is moved onto another takes its place, beside it both stand", () => {
  const groove = grooveOf([[16, SNARE, 100], [20, SNARE, 50]]);
  const first = at(groove, 16, SNARE);
  const onto = changed(groove, moved(groove, first, 4, 16));
  assert.deepEqual(onto.hits.map(({ velocity }) => velocity), [100]);
  const beside = changed(groove, moved(groove, first, 3.2, 0));
  assert.deepEqual(places(beside, SNARE), [19.2, 20]);
});

test("several hits keep their distances", () => {
  const groove = grooveOf([[0, KICK, 100, 0.5], [6, KICK], [10, SNARE, 80, -0.3]]);
  const later = changed(groove, moved(groove, groove.hits, 4, 16));
  assert.deepEqual(places(later, KICK), [4, 9.5]);
  assert.deepEqual(places(later, SNARE), [13.2]);
});

test("half a sixteenth before a bar a hit belongs to that bar", () => {
  const groove = grooveOf([[60, KICK]], { bars: 2 });
  const [hit] = changed(groove, moved(groove, groove.hits, 2.5, 0)).hits;
  assert.deepEqual([hit.step, hit.timing], [64, -1.5]);
});

test("the grace note of an early first beat takes no other's place", () => {
  const groove = grooveOf([[0, SNARE, 112, -0.18]]);
  const flam = changed(groove, graced(groove, groove.hits, 1, 105));
  assert.equal(flam.hits.length, 2);
  assert.deepEqual(places(flam, SNARE), [-1, -0.18]);
});

test("a flam is one grace note, a drag two, also before the first beat", () => {
  const groove = grooveOf([[0, SNARE, 100], [16, SNARE, 100]], { tempo: 120 });
  const apart = stepsOf(30, groove, 120);
  assert.ok(Math.abs(apart - 0.96) < 1e-9);
  const flam = changed(groove, graced(groove, groove.hits, 1, 120));
  assert.deepEqual(places(flam, SNARE), [-0.96, 0, 15.04, 16]);
  const drag = changed(groove, graced(groove, at(groove, 16, SNARE), 2, 120));
  assert.deepEqual(places(drag, SNARE), [0, 14.08, 15.04, 16]);
  const soft = drag.hits.map(({ velocity }) => velocity).sort((a, b) => a - b);
  assert.deepEqual(soft, [45, 45, 100, 100]);
});

test("a roll goes on in thirty-seconds, not beyond the end", () => {
  const groove = grooveOf([[8, SNARE, 100], [60, SNARE, 100]]);
  assert.deepEqual(places(changed(groove, rolled(groove, groove.hits)), SNARE), [8, 10, 12, 14, 60, 62]);
});

test("what is copied is pasted from a sixteenth on, with its feel", () => {
  const groove = grooveOf([[0, KICK, 100, 0.4], [8, SNARE, 70, -0.2]], { bars: 2 });
  const notes = copied(groove, groove.hits);
  const twice = changed(groove, pasted(groove, notes, 64));
  assert.deepEqual(places(twice, KICK), [0.4, 64.4]);
  assert.deepEqual(places(twice, SNARE), [7.8, 71.8]);
  assert.deepEqual(places(changed(groove, pasted(groove, notes, 124)), SNARE), [7.8]);
});

test("a bar is duplicated into the next, the last one nowhere", () => {
  const groove = grooveOf([[4, KICK, 100, -0.3], [64, KICK], [70, SNARE]], { bars: 2 });
  const both = changed(groove, duplicated(groove, 0));
  assert.deepEqual(places(both, KICK), [3.7, 67.7]);
  assert.deepEqual(places(both, SNARE), []);
  assert.deepEqual(duplicated(groove, 1), []);
});

test("a voice is copied to another, and velocities are scaled within what can be played", () => {
  const groove = grooveOf([[4, KICK, 120], [8, KICK, 10], [8, SNARE, 60]]);
  const kicks = groove.hits.filter(({ voice }) => voice === KICK);
  assert.deepEqual(places(changed(groove, inVoice(groove, kicks, SNARE)), SNARE), [4, 8]);
  assert.deepEqual(scaled(groove, kicks, 1.2).map(({ velocity }) => velocity), [127, 12]);
  assert.deepEqual(scaled(groove, kicks, 0.01).map(({ velocity }) => velocity), [1, 1]);
});

test("whatever is rewritten: timing stays in reach, and nothing but the hits that are met goes", () => {
  const { below, between } = dice(randomFrom(3));
  for (let i = 0; i < 300; i++) {
    const bars = 1 + below(3);
    const cells = new Map();
    for (let n = below(20); n > 0; n--) cells.set(below(bars * 64), 1 + below(127));
    const groove = grooveOf([...cells].map(([step, velocity]) => [step, SNARE, velocity, between(-0.5, 0.5)]), { bars });
    const note = { voice: SNARE, velocity: 90, at: between(-2, bars * 64 - 0.6) };
    const after = changed(groove, rewrite(groove, [], [note]));
    assert.ok(after.hits.every(({ step, timing }) => Math.abs(timing) <= 2 && step >= 0 && step < bars * 64));
    assert.ok(after.hits.length >= groove.hits.length);
    assert.ok(places(after, SNARE).some((place) => Math.abs(place - note.at) < 1.6));
  }
});
