import assert from "node:assert/strict";
import { test } from "node:test";

import {
  beatOf,
  cellOf,
  grooveAt,
  grooveOf as unpack,
  reach,
  repeated,
  unpackGroove,
  unpackPath,
  withEdits,
} from "../state/groove.js";
import { cellsOf, dice, grooveOf, randomFrom } from "./fake.js";

const word = (gap, voice, velocity, timing) =>
  gap | (voice << 8) | (velocity << 16) | ((timing & 0x1ff) << 23);

const wordsOf = (...words) => {
  const view = new DataView(new ArrayBuffer(4 * words.length));
  words.forEach((value, i) => view.setInt32(4 * i, value, true));
  return view;
};

const base64 = (view) => btoa(String.fromCharCode(...new Uint8Array(view.buffer)));

async function zipped(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
  return base64(new DataView(await new Response(stream).arrayBuffer()));
}

/** Runs of words of `size` bytes as Python packs them: all first bytes, then all second ones. */
async function packed(runs, size) {
  const bytes = runs.flatMap((view) => [...new Uint8Array(view.buffer)]);
  const total = bytes.length / size;
  const planes = bytes.map((_, i) => bytes[(i % total) * size + Math.floor(i / total)]);
  const counts = runs.map((view) => view.byteLength / size);
  return { counts, words: await zipped(new Uint8Array(planes)) };
}

test("a groove is read from its words: gaps, rests, signed timing", () => {
  const view = wordsOf(
    word(0, 0, 127, 0),
    ...Array(8).fill(word(255, 0, 0, 0)),
    word(3, 5, 1, -255),
    word(0, 255, 64, 255),
  );
  const { hits } = unpack(view, { bars: 40, steps: 64, tempo: 100 });
  assert.deepEqual(hits, [
    { step: 0, voice: 0, velocity: 127, timing: 0 },
    { step: 2043, voice: 5, velocity: 1, timing: -2 },
    { step: 2043, voice: 255, velocity: 64, timing: 2 },
  ]);
  const alone = unpackGroove({ bars: 40, steps: 64, tempo: 100, hits: base64(view) });
  assert.deepEqual(alone.hits, hits);
});

test("hits may stand half a sixteenth from their step, or half a step where that is more", () => {
  assert.equal(reach(64), 2);
  assert.equal(reach(16), 0.5);
  assert.equal(reach(12), 0.5);
});

test("a path is unpacked with its feels, ends and voices", async () => {
  const frames = [wordsOf(word(4, 1, 90, 0)), wordsOf(word(8, 2, 80, 0))];
  const feels = [90, 100, 70, 80].map((velocity, i) => velocity | (((i - 2) & 0x1ff) << 7));
  const feelViews = [feels.slice(0, 2), feels.slice(2)].map((pair) => {
    const view = new DataView(new ArrayBuffer(4));
    pair.forEach((value, i) => view.setInt16(2 * i, value, true));
    return view;
  });
  const sent = {
    id: "path",
    bars: 1,
    steps: 64,
    tempi: [100, 120],
    frames: await packed(frames, 4),
    feels: await packed(feelViews, 2),
    ends: null,
    voices: [["kick", "kick"], ["snare", "snare"], ["tom 1", "tom"]],
  };
  const path = await unpackPath(sent);
  assert.ok(path.frames && path.hasFeels);
  assert.deepEqual(path.frames.map(cellsOf), [[[4, 1]], [[8, 2]]]);
  assert.deepEqual(path.frames.map(({ tempo }) => tempo), [100, 120]);
  const [own, other] = path.frames[0].hits[0].feels;
  assert.deepEqual([own.velocity, other.velocity], [90, 100]);
  assert.ok(Math.abs(own.later - (-2 * 4) / 255) < 1e-12 && own.later < other.later);
  assert.deepEqual([...path.used].sort(), [1, 2]);
  assert.equal(path.ends[0], path.frames[0]);
  const apart = await unpackPath({
    ...sent,
    feels: null,
    ends: [base64(wordsOf(word(1, 0, 1, 0))), base64(wordsOf(word(2, 0, 1, 0)))],
  });
  assert.ok(apart.frames && !apart.hasFeels);
  assert.deepEqual(apart.ends.map(cellsOf), [[[1, 0]], [[2, 0]]]);
  assert.deepEqual(apart.ends.map(({ tempo }) => tempo), [100, 120]);
  const later = await unpackPath({ ...sent, voices: null }, path.voices);
  assert.equal(later.voices, path.voices, "they are as before");
  const lost = await unpackPath({ ...sent, voices: null });
  assert.deepEqual(lost, { id: "path", felt: true }, "that is unknown here: Python is asked again");
});

test("a path that is named by its id alone stays so", async () => {
  const name = { id: "path", felt: true };
  assert.equal(await unpackPath(name), name);
});

const A = grooveOf([[0, 0, 100], [16, 1, 60, 1], [32, 0, 90]], { tempo: 100 });
const B = grooveOf([[0, 0, 50], [16, 1, 80, -1], [48, 2, 70]], { tempo: 140 });
const PATH = { frames: [A, B] };

test("the ends of a path are its first and last frame, themselves", () => {
  assert.equal(grooveAt(PATH, 0), A);
  assert.equal(grooveAt(PATH, 1), B);
});

test("between two frames common hits move over, a hit of one alone is there on its half", () => {
  const quarter = grooveAt(PATH, 0.25);
  assert.equal(quarter.tempo, 110);
  assert.deepEqual(quarter.hits.map(({ step, velocity, timing }) => [step, velocity, timing]), [
    [0, 88, 0],
    [16, 65, 0.5],
    [32, 90, 0],
  ]);
  assert.deepEqual(cellsOf(grooveAt(PATH, 0.5)), [[0, 0], [16, 1], [48, 2]]);
});

test("wherever on a path, hits are sorted, each cell once, and no velocity leaves its ends", () => {
  const { below, between, happens } = dice(randomFrom(3));
  const frames = Array.from({ length: 9 }, () => {
    const cells = [];
    for (let step = 0; step < 64; step++) {
      if (happens(0.3)) cells.push([step, below(22), 1 + below(127), between(-2, 2)]);
    }
    return grooveOf(cells);
  });
  for (let i = 0; i <= 200; i++) {
    const { hits } = grooveAt({ frames }, i / 200);
    hits.reduce((before, hit) => {
      assert.ok(cellOf(hit) > before);
      assert.ok(hit.velocity >= 1 && hit.velocity <= 127 && Number.isInteger(hit.velocity));
      return cellOf(hit);
    }, -1);
  }
});

test("a groove is repeated to a length, and cut off at one", () => {
  assert.deepEqual(cellsOf(repeated(A, 2)), [[0, 0], [16, 1], [32, 0], [64, 0], [80, 1], [96, 0]]);
  assert.equal(repeated(A, 1), A);
  const three = repeated(repeated(A, 2), 3);
  assert.equal(three.bars, 3);
  assert.equal(three.hits.length, 9);
  assert.deepEqual(repeated(repeated(A, 2), 1), A);
});

test("edited cells stand in place of the groove's own; velocity 0 takes a hit out", () => {
  const hit = (step, voice, velocity) => ({ step, voice, velocity, timing: 0 });
  const edits = [hit(0, 0, 0), hit(16, 1, 99), hit(8, 3, 96), hit(40, 4, 0)];
  const edited = withEdits(A, new Map(edits.map((edit) => [cellOf(edit), edit])));
  assert.deepEqual(cellsOf(edited), [[8, 3], [16, 1], [32, 0]]);
  assert.equal(edited.hits[1].velocity, 99);
  assert.equal(withEdits(A, new Map()), A);
});

test("swing moves the second sixteenth of an eighth, and what lies within along", () => {
  const beats = (swing) => [0, 4, 8, 12].map((step) => beatOf({ step, timing: 0 }, 64, swing));
  assert.deepEqual(beats(0.5), [0, 0.25, 0.5, 0.75]);
  const triplets = [0, 1 / 3, 1 / 2, 1 / 2 + 1 / 3];
  beats(2 / 3).forEach((beat, i) => assert.ok(Math.abs(beat - triplets[i]) < 1e-12));
  assert.equal(beatOf({ step: 2, timing: 0 }, 64, 0.75), 0.1875);
});

test("swing keeps the order of hits, and leaves no beat that it does not fill", () => {
  for (const swing of [0.5, 0.6, 0.75]) {
    let before = -Infinity;
    for (let step = -2; step < 130; step += 0.25) {
      const beat = beatOf({ step: 0, timing: step }, 64, swing);
      assert.ok(beat > before);
      before = beat;
    }
    for (let eighth = 0; eighth < 16; eighth++) {
      assert.equal(beatOf({ step: eighth * 8, timing: 0 }, 64, swing), eighth / 2);
    }
  }
});
