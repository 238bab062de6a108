import assert from "node:assert/strict";
import { test } from "node:test";

import { unpackPoints, unpackWords, viewOf } from "../state/words.js";

async function zipped(numbers) {
  const stream = new Blob([Uint8Array.from(numbers)]).stream();
  const zip = stream.pipeThrough(new CompressionStream("deflate"));
  return btoa(String.fromCharCode(...new Uint8Array(await new Response(zip).arrayBuffer())));
}

test("words that travelled alone are base64", () => {
  assert.equal(viewOf(btoa("\x01\x02\x03\x04")).getUint32(0, true), 0x04030201);
});

test("zipped words come with all first bytes before all second ones", async () => {
  const words = await zipped([1, 3, 5, 2, 4, 6]);
  const views = await unpackWords({ counts: [1, 0, 2], words }, 2);
  const numbers = views.map((view) =>
    Array.from({ length: view.byteLength / 2 }, (_, i) => view.getUint16(2 * i, true)),
  );
  assert.deepEqual(numbers, [[0x0201], [], [0x0403, 0x0605]]);
});

test("damaged words are an error", async () => {
  await assert.rejects(unpackWords({ counts: [1], words: btoa("no zlib") }, 2));
  await assert.rejects(unpackWords({ counts: [1], words: "?" }, 2));
});

test("points are gaps between cells whose bits are columns and rows in turn", async () => {
  const cell = (column, row) => {
    let found = 0;
    for (let bit = 0; bit < 10; bit++) {
      found |= ((column >> bit) & 1) << (2 * bit);
      found |= ((row >> bit) & 1) << (2 * bit + 1);
    }
    return found;
  };
  const sevens = (number) => {
    const bytes = [];
    let rest = number;
    for (; rest > 0x7f; rest >>= 7) bytes.push((rest & 0x7f) | 0x80);
    return [...bytes, rest];
  };
  const [first, second] = [cell(3, 0), cell(1023, 512)];
  const gaps = [...sevens(first), ...sevens(second - first), ...sevens(cell(0, 1023))];
  const packed = { counts: [2, 1], cells: await zipped(gaps), grid: 1024 };
  assert.deepEqual(await unpackPoints(packed), [
    { x: [3 / 1023, 1], y: [0, 512 / 1023] },
    { x: [0], y: [1] },
  ]);
});
