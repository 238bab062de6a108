import assert from "node:assert/strict";
import { test } from "node:test";

import { CLICK } from "../sound/strokes.js";
import { fakeTransport, grooveOf } from "./fake.js";

const BEAT = grooveOf([[0, 0], [16, 0], [32, 0], [48, 0]]);
const OTHER = grooveOf([[0, 1], [16, 1], [32, 1], [48, 1]]);

const timesOf = (strokes, voice) =>
  strokes.filter((stroke) => stroke.voice === voice).map(({ time }) => time);

/** A transport that plays a groove since beat 0, and how far that is from time 0. */
function playing(groove = BEAT, settings = {}) {
  const fake = fakeTransport();
  fake.transport.setGroove(groove);
  fake.transport.start(fake.sampler, settings);
  return { ...fake, zero: fake.transport.timeAt(0) };
}

const near = (found, expected) => {
  assert.equal(found.length, expected.length);
  found.forEach((time, i) => assert.ok(Math.abs(time - expected[i]) < 1e-9, `${time}`));
};

test("without a groove there is nothing to play", () => {
  const { transport, sampler } = fakeTransport();
  transport.start(sampler);
  assert.ok(!transport.playing);
  assert.equal(transport.tempo, 120);
});

test("strokes are handed over a second before they sound, each once", () => {
  const { sampler, elapse, zero } = playing();
  near(timesOf(sampler.strokes, 0), [0, 0.5].map((time) => zero + time));
  elapse(10);
  const expected = Array.from({ length: 22 }, (_, i) => zero + i / 2);
  near(timesOf(sampler.strokes, 0), expected);
});

test("a groove that begins early is heard from its first stroke", () => {
  const { transport, sampler } = playing(grooveOf([[0, 0, 100, -2], [32, 0]]));
  assert.ok(sampler.strokes[0].time > 0);
  assert.ok(Math.abs(transport.beatAt(sampler.strokes[0].time) + 0.125) < 1e-9);
});

test("a count-in is a bar of clicks", () => {
  const { sampler, elapse, zero } = playing(BEAT, { countIn: true });
  elapse(3);
  near(timesOf(sampler.strokes, CLICK), [-2, -1.5, -1, -0.5].map((time) => zero + time));
  assert.ok(timesOf(sampler.strokes, 0).every((time) => time >= zero - 1e-9));
});

test("another groove takes over at the next step, in its place of the loop", () => {
  const { transport, sampler, elapse, zero } = playing();
  elapse(1.3);
  const from = transport.changeableFrom;
  transport.setGroove(OTHER);
  elapse(2);
  assert.ok(from - sampler.now < 0 && from > 1.3);
  const last = Math.max(...timesOf(sampler.sounding, 0));
  assert.ok(last < from);
  near(timesOf(sampler.sounding, 1).slice(0, 3), [1.5, 2, 2.5].map((time) => zero + time));
});

test("a change of tempo goes on from the beat that it is at", () => {
  const { transport, sampler, elapse } = playing();
  elapse(1.3);
  const [from, beat] = [transport.changeableFrom, transport.beatAt(transport.changeableFrom)];
  transport.setTempo(240);
  assert.equal(transport.tempo, 240);
  elapse(1);
  const next = Math.ceil(beat);
  const time = timesOf(sampler.sounding, 0).find((at) => at >= from);
  assert.ok(Math.abs(time - (from + (next - beat) / 4)) < 1e-9);
  transport.setTempo(null);
  assert.equal(transport.tempo, 120);
});

test("the metronome can be turned on and off while it plays", () => {
  const { transport, sampler, elapse, zero } = playing();
  elapse(0.2);
  transport.setMetronome(true);
  elapse(1.5);
  transport.setMetronome(false);
  elapse(2);
  near(timesOf(sampler.sounding, CLICK), [0.5, 1, 1.5].map((time) => zero + time));
});

test("a change that keeps a stroke leaves it scheduled as it is", () => {
  const { transport, sampler, elapse } = playing();
  elapse(0.7);
  const before = sampler.strokes.length;
  transport.setGroove(grooveOf([[0, 0], [16, 0], [32, 0], [48, 0], [56, 2]]));
  assert.equal(timesOf(sampler.strokes, 0).length, before);
  assert.ok(sampler.strokes.every(({ isCancelled }) => !isCancelled));
});

test("stop ends it, and play begins anew at the start", () => {
  const { transport, sampler, elapse, counts } = playing();
  elapse(0.7);
  transport.stop();
  assert.deepEqual([transport.playing, transport.scheduled], [false, []]);
  const before = sampler.strokes.length;
  elapse(2);
  assert.equal(sampler.strokes.length, before);
  transport.start(sampler);
  assert.ok(Math.abs(transport.timeAt(0) - sampler.now - 0.05) < 1e-9);
  assert.deepEqual(counts, { starts: 2, stops: 1 });
});

test("a page that was blocked for long drops what is over, and counts it", () => {
  const { transport, sampler, elapse } = playing();
  elapse(0.5);
  sampler.now = 6.2; // no tick in between
  elapse(1);
  assert.ok(transport.dropped > 0 && transport.late >= transport.dropped);
});

test("a hidden page, whose timers are slow, is filled farther ahead", () => {
  const ahead = [false, true].map((hidden) => {
    const { transport, sampler, elapse } = fakeTransport({ isHidden: () => hidden });
    transport.setGroove(BEAT);
    transport.start(sampler);
    elapse(5.01);
    return Math.max(...timesOf(sampler.strokes, 0)) - sampler.now;
  });
  assert.ok(ahead[0] > 0.5 && ahead[0] <= 1, `${ahead[0]}`);
  assert.ok(ahead[1] > 1 && ahead[1] <= 1.5, `${ahead[1]}`);
});
