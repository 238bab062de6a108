import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { mountIn } from "../page/mounts.js";
import { Reminder } from "../page/reminder.js";

beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
afterEach(() => mock.timers.reset());

/** What is mounted in a parent element: counts how often it was made and closed. */
function mounting() {
  const counts = { made: 0, closed: 0 };
  const parent = { isConnected: true };
  const make = () => {
    counts.made++;
    return { close: () => counts.closed++ };
  };
  return { counts, parent, call: () => mountIn(parent, make) };
}

test("a part is made once, however often it is called", () => {
  const { counts, call } = mounting();
  const [first] = call();
  const [second] = call();
  assert.equal(first, second);
  assert.equal(counts.made, 1);
});

test("a part stays while Streamlit lets go of outdated calls", () => {
  const { counts, parent, call } = mounting();
  const [, letGo] = call();
  letGo();
  const [, letGoAgain] = call();
  letGo();
  mock.timers.tick(10_000);
  assert.equal(counts.closed, 0);
  parent.isConnected = false;
  letGoAgain();
  assert.deepEqual(counts, { made: 1, closed: 1 });
});

test("a part that was let go goes when it is taken out of the page, and is made anew then", () => {
  const { counts, parent, call } = mounting();
  const [, letGo] = call();
  letGo();
  mock.timers.tick(2000);
  assert.equal(counts.closed, 0);
  parent.isConnected = false;
  mock.timers.tick(500);
  assert.equal(counts.closed, 1);
  call();
  assert.equal(counts.made, 2);
});

test("a reminder sends again until there is an answer", () => {
  let answered = false;
  let sent = 0;
  const reminder = new Reminder(
    () => answered,
    () => {
      sent++;
      reminder.start();
    },
  );
  reminder.start();
  mock.timers.tick(4999);
  assert.equal(sent, 0);
  mock.timers.tick(1);
  mock.timers.tick(5000);
  assert.equal(sent, 2);
  answered = true;
  mock.timers.tick(20_000);
  assert.equal(sent, 2);
});

test("a reminder that is stopped sends nothing", () => {
  const reminder = new Reminder(
    () => false,
    () => assert.fail(),
  );
  reminder.start();
  reminder.stop();
  mock.timers.tick(10_000);
});

test("a reminder waits while the script runs: a click on a page's link must not be undone", () => {
  let state = "rerunRequested";
  let sent = 0;
  const app = { getAttribute: () => state };
  const before = globalThis.document;
  Object.assign(globalThis, { document: { querySelector: () => app } });
  try {
    const reminder = new Reminder(
      () => false,
      () => sent++,
    );
    reminder.start();
    mock.timers.tick(5000);
    state = "running";
    mock.timers.tick(5000);
    assert.equal(sent, 0);
    state = "notRunning";
    mock.timers.tick(5000);
    assert.equal(sent, 1);
  } finally {
    Object.assign(globalThis, { document: before });
  }
});
