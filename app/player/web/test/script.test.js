import assert from "node:assert/strict";
import { mock, test } from "node:test";

mock.timers.enable({ apis: ["setTimeout"] });
let now = 0;
mock.method(performance, "now", () => now);

let state = "notRunning";
/** @type {(event: object) => void} */
let click = () => {};
Object.assign(globalThis, {
  document: {
    addEventListener: (/** @type {string} */ _, /** @type {typeof click} */ act) => (click = act),
    querySelector: () => ({ getAttribute: () => state }),
  },
});
const { behindClicks } = await import("../page/script.js");

const on = (/** @type {boolean} */ pressed) => ({ target: { closest: () => (pressed ? {} : null) } });

function pass(/** @type {number} */ ms) {
  for (let i = 0; i < ms; i += 10) {
    now += 10;
    mock.timers.tick(10);
  }
}

test("what the player sends waits for the run of a click on the page, and is sent once", () => {
  let sent = 0;
  const act = () => sent++;
  behindClicks(act);
  assert.equal(sent, 1, "without a click at once");
  click(on(false));
  behindClicks(act);
  assert.equal(sent, 2, "nor behind one on something else");
  click(on(true));
  behindClicks(act);
  pass(50);
  state = "running"; // it was sent in between
  behindClicks(act);
  pass(2000);
  assert.equal(sent, 2);
  state = "notRunning";
  pass(50);
  assert.equal(sent, 3);
});

test("a click that asks for no run holds nothing up for long", () => {
  let sent = 0;
  click(on(true));
  behindClicks(() => sent++);
  pass(150);
  assert.equal(sent, 1);
});
