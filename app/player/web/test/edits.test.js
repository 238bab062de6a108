import assert from "node:assert/strict";
import { test } from "node:test";

import { Edits } from "../state/edits.js";

const hit = (step) => ({ step, voice: 0, velocity: 96, timing: 0 });

test("edits stay behind with their groove, and are there again with it", () => {
  const edits = new Edits();
  edits.turnTo("a");
  edits.set(3, hit(3));
  edits.turnTo("b");
  assert.equal(edits.cells.size, 0);
  edits.set(5, hit(5));
  edits.turnTo("a");
  assert.deepEqual([...edits.cells.keys()], [3]);
  edits.turnTo("b");
  assert.deepEqual([...edits.cells.keys()], [5]);
});

test("each change makes new cells: snapshots keep theirs", () => {
  const edits = new Edits();
  edits.turnTo("a");
  const before = edits.cells;
  edits.set(3, hit(3));
  assert.equal(before.size, 0);
});

test("in hand nothing is edited, and nothing is remembered of it", () => {
  const edits = new Edits();
  edits.turnTo("a");
  edits.set(3, hit(3));
  edits.turnTo(null);
  assert.equal(edits.cells.size, 0);
  edits.turnTo("a");
  assert.equal(edits.cells.size, 1);
});

test("the last 64 grooves are remembered", () => {
  const edits = new Edits();
  for (let i = 0; i < 70; i++) {
    edits.turnTo(`groove ${i}`);
    edits.set(i, hit(i));
  }
  edits.turnTo("groove 0");
  assert.equal(edits.cells.size, 0);
  edits.turnTo("groove 10");
  assert.equal(edits.cells.size, 1);
});
