import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";

const made = () => ({
  append() {},
  replaceChildren() {},
  setAttribute() {},
  getAttribute() {},
  addEventListener() {},
  classList: { toggle() {}, add() {}, remove() {} },
  style: { setProperty() {}, getPropertyValue() {} },
  value: "0",
});
globalThis.document = /** @type {any} */ ({ createElement: made, documentElement: { lang: "en" } });
globalThis.getComputedStyle = /** @type {any} */ (() => ({ backgroundColor: "rgb(0, 0, 0)" }));
globalThis.reportError = () => {};
globalThis.requestAnimationFrame = (draw) => Number(setTimeout(draw));
const { ShapePanel } = await import("../views/shape.js");

const player = /** @type {any} */ ({ watch: () => () => {}, preview() {}, accents: ["", ""], scene: {} });
const slider = { name: "Density", low: "sparse", high: "busy" };
const empty = deflateSync(Buffer.alloc(0)).toString("base64");
const data = (/** @type {string} */ words, answered = 0) =>
  /** @type {any} */ ({
    sliders: [slider],
    amounts: [0.5],
    reach: 3,
    bars: 1,
    steps: 64,
    tempo: 120,
    paths: { frames: [2], counts: [0, 0], words },
    others: false,
    answered,
  });
const settled = () => new Promise((resolve) => setTimeout(resolve, 30));

test("damaged paths are asked for again, a few times in a row, and sound ones not", async () => {
  /** @type {any[]} */
  const sent = [];
  const panel = new ShapePanel(player);
  const receive = async (/** @type {any} */ given) => {
    panel.receive(given, (_, message) => sent.push(message));
    await settled();
  };
  await receive(data("AAAA"));
  assert.deepEqual(sent, [{ turn: 1, amounts: [0.5] }]);
  await receive(data(empty, 1));
  assert.equal(sent.length, 1);
  for (let turn = 1; turn < 9; turn++) await receive(data("AAAA", turn));
  assert.equal(sent.length, 4, "and no more, until some have come");
  panel.close();
});
