import assert from "node:assert/strict";
import { test } from "node:test";

/** The module as a document in this language has it. */
async function spoken(lang) {
  globalThis.document = { documentElement: { lang } };
  try {
    return await import(`../language.js?${lang}`);
  } finally {
    delete globalThis.document;
  }
}

test("texts are those of the document's language, with values in their places", async () => {
  const [en, de] = [await spoken("en"), await spoken("de")];
  assert.equal(en.text("deck.bars", { count: 1 }), "1 bar");
  assert.equal(en.text("deck.bars", { count: 0 }), "0 bars");
  assert.equal(de.text("deck.bars", { count: 2 }), "2 Takte");
  assert.equal(de.text("name.blend", { percent: "40 %" }), "Mix 40 %");
});

test("numbers are written as the language does, as in Python", async () => {
  const [en, de] = [await spoken("en"), await spoken("de")];
  assert.deepEqual([1234.5, 112.13, 120].map((n) => en.writeNumber(n)), ["1,234.5", "112.13", "120"]);
  assert.deepEqual([1234.5, 112.13, 120].map((n) => de.writeNumber(n)), ["1.234,5", "112,13", "120"]);
  assert.equal(de.writeNumber(2, 1, 1), "2,0");
  assert.equal(de.text("grid.late", { ms: 1500 }), "1.500 ms später");
});

test("the package's names are translated where there is another one", async () => {
  const [en, de] = [await spoken("en"), await spoken("de")];
  assert.equal(en.nameOf("open hat"), "open hat");
  assert.deepEqual(["open hat", "note 39", "", "mine"].map(de.nameOf), ["Hi-Hat offen", "Note 39", "", "mine"]);
});

test("a language that there is not is English", async () => {
  const { text } = await spoken("xx");
  assert.equal(text("bar.play"), "Play");
});
