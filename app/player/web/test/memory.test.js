import assert from "node:assert/strict";
import { test } from "node:test";

const kept = new Map();
let isFull = false;
const storage = {
  getItem: (/** @type {string} */ name) => kept.get(name) ?? null,
  setItem: (/** @type {string} */ name, /** @type {string} */ text) => {
    if (isFull) throw new Error("QuotaExceededError");
    kept.set(name, text);
  },
};
const made = () => ({ hidden: false, textContent: "", setAttribute() {}, append() {} });
Object.assign(globalThis, { sessionStorage: storage, localStorage: storage });
globalThis.document = /** @type {any} */ ({ createElement: made, documentElement: { lang: "en" } });
const { KeptFile, Memory } = await import("../page/memory.js");

test("a page is kept once its files are there, and files that nothing names are forgotten", () => {
  const [memory, file] = [new Memory(), new KeptFile()];
  const send = () => {};
  memory.receive({ page: "page", files: ["a", "b"] }, send);
  assert.equal(kept.get("beatgen"), undefined);
  for (const name of ["a", "b"]) file.receive({ name, text: name.toUpperCase() });
  assert.equal(kept.get("beatgen"), "page A B");
  for (const name of ["c", "d", "e"]) file.receive({ name, text: name });
  memory.receive({ page: "later", files: ["b", "e"] }, send);
  assert.equal(kept.get("beatgen"), "later B e");
  file.receive({ name: "f", text: "f" });
  memory.receive({ page: "lacks", files: ["a"] }, send);
  assert.equal(kept.get("beatgen"), "later B e", "the oldest is gone");
});

test("a full storage is told", () => {
  const memory = new Memory();
  isFull = true;
  memory.receive({ page: "page", files: [] }, () => {});
  assert.equal(memory.root.hidden, false);
  assert.match(memory.root.textContent ?? "", /keeps nothing for a reload/);
  isFull = false;
  memory.receive({ page: "page", files: [] }, () => {});
  assert.equal(memory.root.hidden, true);
});
