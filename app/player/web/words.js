// Words on the wire: the numbers that hits are packed in (see wire.py).

const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/** A run of words that travelled alone, as base64. */
export const viewOf = (text) => new DataView(bytesOf(text).buffer);

/** Runs of words of `size` bytes that were zipped together; a view of each. */
export async function unpackWords({ counts, words }, size) {
  const zipped = new Blob([bytesOf(words)]).stream();
  const unzipped = zipped.pipeThrough(new DecompressionStream("deflate"));
  const planes = new Uint8Array(await new Response(unzipped).arrayBuffer());
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
