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
