import assert from "node:assert/strict";
import { test } from "node:test";

import { History } from "../state/history.js";

test("undo and redo go through the states", () => {
  const history = new History();
  history.record("a");
  history.record("b");
  assert.equal(history.undo("c"), "b");
  assert.equal(history.undo("b"), "a");
  assert.equal(history.undo("a"), undefined);
  assert.ok(!history.canUndo);
  assert.equal(history.redo("a"), "b");
  assert.equal(history.redo("b"), "c");
  assert.equal(history.redo("c"), undefined);
});

test("what was undone is gone once something else is done", () => {
  const history = new History();
  history.record("a");
  history.undo("b");
  history.record("a");
  assert.ok(!history.canRedo);
});

test("undo with nothing before leaves redo as it is", () => {
  const history = new History();
  history.record("a");
  history.undo("b");
  history.undo("a");
  assert.equal(history.redo("a"), "b");
});

test("it goes 200 steps back", () => {
  const history = new History();
  for (let i = 0; i < 250; i++) history.record(i);
  let steps = 0;
  while (history.canUndo) history.undo(steps++);
  assert.equal(steps, 200);
});

test("past states of a kind are forgotten, what was undone stays", () => {
  const history = new History();
  for (const state of [1, 2, 3, 4]) history.record(state);
  history.undo(5);
  history.drop((state) => state % 2 === 1);
  assert.equal(history.undo(4), 2);
  assert.ok(!history.canUndo);
  assert.equal(history.redo(2), 4);
  history.clear();
  assert.ok(!history.canUndo && !history.canRedo);
});

test("what past states hold is bounded, and several may hold the same", () => {
  const paths = Array.from({ length: 8 }, (_, i) => ({ i }));
  const history = new History(({ path }) => [path, 60_000]);
  for (const path of paths) for (const place of [0, 1]) history.record({ path, place });
  const left = [];
  for (let state = history.undo({}); state; state = history.undo({})) left.push(state.path.i);
  assert.deepEqual(left, [7, 7, 6, 6, 5, 5, 4, 4, 3, 3]);
});

test("one state is remembered, however large", () => {
  const history = new History(() => [{}, 1e9]);
  history.record("a");
  history.record("b");
  assert.equal(history.undo("c"), "b");
  assert.equal(history.undo("b"), undefined);
});
