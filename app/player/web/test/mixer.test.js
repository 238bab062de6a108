import assert from "node:assert/strict";
import { test } from "node:test";

import { Mixer } from "../sound/mixer.js";

test("a muted voice is not heard, and heard again once it is muted no more", () => {
  const mixer = new Mixer();
  mixer.mute(3);
  assert.ok(mixer.isMuted(3) && !mixer.isHeard(3) && mixer.isHeard(4));
  mixer.mute(3);
  assert.ok(mixer.isHeard(3));
});

test("levels and pans are over the kit's own, travel, and are flat again", () => {
  const mixer = new Mixer();
  assert.deepEqual([mixer.strip("hat"), mixer.isFlat, mixer.packed], [{ level: 0, pan: 0 }, true, {}]);
  mixer.turn("hat", { level: -6 });
  mixer.turn("hat", { pan: 0.5 });
  mixer.turn("kick", { level: 2 });
  assert.deepEqual(mixer.packed, { hat: [-6, 0.5], kick: [2, 0] });
  const other = new Mixer();
  other.turn("ride", { pan: 1 });
  other.packed = mixer.packed;
  assert.deepEqual([other.strip("hat"), other.strip("ride")], [{ level: -6, pan: 0.5 }, { level: 0, pan: 0 }]);
  other.turn("hat", { level: 0, pan: 0 });
  other.turn("kick", { level: 0 });
  assert.ok(other.isFlat);
  mixer.flatten();
  assert.deepEqual([mixer.isFlat, mixer.packed], [true, {}]);
});

test("solo goes before mute", () => {
  const mixer = new Mixer();
  mixer.mute(3);
  mixer.solo(3);
  assert.ok(mixer.isSoloed(3) && mixer.isHeard(3) && !mixer.isHeard(4));
  mixer.solo(4);
  assert.ok(mixer.isHeard(4));
  mixer.solo(3);
  mixer.solo(4);
  assert.ok(!mixer.isHeard(3) && mixer.isHeard(5));
});
