import assert from "node:assert/strict";
import { test } from "node:test";

import { readBar, within } from "../state/window.js";

test("a window stays inside the file", () => {
  assert.equal(within(-3, 4, 20), 0);
  assert.equal(within(7.6, 4, 20), 8);
  assert.equal(within(19, 4, 20), 16);
  assert.equal(within(3, 4, 2), 0);
});

test("a bar that is typed counts from 1, and beyond the file it is the last", () => {
  assert.equal(readBar("397", 2, 400), 396);
  assert.equal(readBar("999", 4, 400), 396);
  assert.equal(readBar("0", 4, 400), 0);
  assert.equal(readBar(" 9 ", 4, 400), 8);
  for (const text of ["", "abc", "Infinity"]) assert.equal(readBar(text, 4, 400), null);
});
