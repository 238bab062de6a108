// Words on the wire: the numbers that hits and points are packed in (see wire.py and chart.py).

/** @import { PackedPoints, PackedWords } from "../types" */

/** @param {string} text base64 */
const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/** A run of words that travelled alone. @param {string} text base64 */
export const viewOf = (text) => new DataView(bytesOf(text).buffer);

/** @param {string} text base64 of zlib */
async function unzip(text) {
  const zipped = new Blob([bytesOf(text)]).stream();
  const unzipped = zipped.pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(unzipped).arrayBuffer());
}

/**
 * Runs of words of `size` bytes that were zipped together; a view of each.
 *
 * @param {PackedWords} packed
 * @param {number} size
 */
export async function unpackWords({ counts, words }, size) {
  const planes = await unzip(words);
  const total = planes.length / size;
  const bytes = new Uint8Array(planes.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = planes[(i % size) * total + Math.floor(i / size)];
  let start = 0;
  return counts.map((count) => {
    const view = new DataView(bytes.buffer, start, count * size);
    start += count * size;
    return view;
  });
}

/**
 * Sets of points that were zipped together; of each, x and y as shares of the axes.
 *
 * @param {PackedPoints} packed
 */
export async function unpackPoints({ counts, cells, grid }) {
  const bytes = await unzip(cells);
  let next = 0;
  const gap = () => {
    let value = 0;
    let shift = 0;
    let byte;
    do {
      byte = bytes[next++];
      value |= (byte & 0x7f) << shift;
      shift += 7;
    } while (byte & 0x80);
    return value;
  };
  return counts.map((count) => {
    let last = 0;
    const all = Array.from({ length: count }, () => (last += gap()));
    const [x, y] = [0, 1].map((from) => all.map((cell) => everyOther(cell >> from) / (grid - 1)));
    return { x, y };
  });
}

/** Bits 0, 2, 4 ... of a number, next to each other. @param {number} number */
function everyOther(number) {
  let bits = number & 0x55555555;
  bits = (bits | (bits >> 1)) & 0x33333333;
  bits = (bits | (bits >> 2)) & 0x0f0f0f0f;
  bits = (bits | (bits >> 4)) & 0x00ff00ff;
  return (bits | (bits >> 8)) & 0xffff;
}
