import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { loudnessAt, Tapping } from "../state/tapping.js";

describe("a rhythm that is tapped", () => {
  test("has the taps of its bars, an early first one included, and no others", () => {
    const tapping = new Tapping(2);
    assert.equal(tapping.tap(-3, 80), false, "in the count-in");
    assert.equal(tapping.tap(-0.05, 120), true);
    assert.equal(tapping.tap(7.8, 60), true);
    assert.equal(tapping.tap(7.95, 60), false, "the next round's first");
    assert.deepEqual(tapping.taps, [[-0.05, 120], [7.8, 60]]);
  });

  test("ends with its last bar", () => {
    assert.equal(new Tapping(1).isOver(3.99), false);
    assert.equal(new Tapping(1).isOver(4), true);
    assert.equal(new Tapping(2).isOver(4), false);
  });
});

test("a tap is louder higher on the pad", () => {
  assert.deepEqual([-1, 0, 1, 2].map(loudnessAt), [40, 40, 127, 127]);
  assert.ok(loudnessAt(0.6) > loudnessAt(0.4));
});
