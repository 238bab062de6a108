import assert from "node:assert/strict";
import { test } from "node:test";

import { withFeel } from "../state/feel.js";
import { cellOf, grooveAt } from "../state/groove.js";
import { dice, grooveOf, randomFrom } from "./fake.js";

const feel = (velocity, later) => ({ velocity, later });

const withFeels = (groove, feels) => {
  groove.hits.forEach((hit, i) => (hit.feels = feels[i]));
  return groove;
};

const timesOf = ({ hits }) => hits.map(({ step, timing }) => step + timing);
const velocitiesOf = ({ hits }) => hits.map(({ velocity }) => velocity);

const FRAME = withFeels(grooveOf([[4, 0, 100], [20, 1, 60, 0.5]]), [
  [feel(80, -1), feel(120, 1)],
  [feel(60, 0), feel(40, 2)],
]);

test("the feel of its own place leaves a groove as it is", () => {
  assert.equal(withFeel(FRAME, 0.5, 0.5), FRAME);
});

test("hits move in a straight line to the feel of A and to that of B", () => {
  const half = withFeel(FRAME, 0.5, 0.25);
  assert.deepEqual(timesOf(half), [3.5, 20.5]);
  assert.deepEqual(velocitiesOf(half), [90, 60]);
  const b = withFeel(FRAME, 0.5, 1);
  assert.deepEqual(timesOf(b), [5, 22.5]);
  assert.deepEqual(velocitiesOf(b), [120, 40]);
});

test("a hit without feels stays", () => {
  const plain = grooveOf([[4, 0, 100, 0.25]]);
  assert.deepEqual(withFeel(plain, 0.5, 1).hits, plain.hits);
});

test("a hit stands at the nearest step, or the next where that is taken", () => {
  const crowded = withFeels(grooveOf([[4, 0], [5, 0]]), [
    [feel(100, 0), feel(100, 1)],
    [feel(100, 0), feel(100, 0.2)],
  ]);
  const { hits } = withFeel(crowded, 0, 1);
  assert.deepEqual(hits.map(({ step }) => step), [5, 6]);
  assert.ok(Math.abs(hits[1].timing + 0.8) < 1e-12, "it sounds where it should all the same");
});

test("a hit stays in its bar", () => {
  const early = withFeels(grooveOf([[64, 0]], { bars: 2 }), [[feel(100, -2), feel(100, 0)]]);
  const [hit] = withFeel(early, 1, 0).hits;
  assert.deepEqual([hit.step, hit.timing], [64, -2]);
});

test("one that finds no cell by the end of its bar goes", () => {
  const last = withFeels(grooveOf([[62, 0], [63, 0]]), [
    [feel(100, 0), feel(100, 1)],
    [feel(100, 0), feel(100, 0.5)],
  ]);
  assert.equal(withFeel(last, 0, 1).hits.length, 1);
});

test("whatever the feels, hits are sorted, each cell once, and within reach of their step", () => {
  const { below, between, happens } = dice(randomFrom(4));
  const random = () => {
    const cells = [];
    for (let step = 0; step < 128; step++) {
      if (happens(0.4)) cells.push([step, below(4), 1 + below(127), between(-2, 2)]);
    }
    const groove = grooveOf(cells, { bars: 2 });
    const feels = groove.hits.map(() => [1, 2].map(() => feel(1 + below(127), between(-4, 4))));
    return withFeels(groove, feels);
  };
  const path = { frames: Array.from({ length: 5 }, random) };
  for (let i = 0; i < 300; i++) {
    const [position, at] = [between(0, 1), between(0, 1)];
    let before = -1;
    for (const hit of withFeel(grooveAt(path, position), position, at).hits) {
      assert.ok(cellOf(hit) > before);
      assert.ok(Math.abs(hit.timing) <= 2 && hit.step >= 0 && hit.step < 128);
      assert.ok(hit.velocity >= 1 && hit.velocity <= 127);
      before = cellOf(hit);
    }
  }
});
