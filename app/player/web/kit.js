// The kit: samples of every voice at several velocities, fetched and decoded once per page.

// The files' address holds a digest of their content, so what the browser has is never stale.
const fetchOnce = (url) => fetch(url, { cache: "force-cache" });

/** Load the kit whose kit.json lies at `base`. Resolves to a Kit. */
export async function loadKit(base) {
  const answer = await fetchOnce(new URL("kit.json", base));
  if (!answer.ok) throw new Error(`kit.json: the server answered ${answer.status}`);
  const table = await answer.json();
  // Decoding needs no gesture of the musician in an offline context, unlike in a live one.
  const decoder = new OfflineAudioContext(2, 1, table.sample_rate);
  const layersOf = async ([name, layers]) => [
    name,
    await Promise.all(
      layers.map(async ({ file, velocity }) => {
        const bytes = await (await fetchOnce(new URL(file, base))).arrayBuffer();
        return { velocity, buffer: await decoder.decodeAudioData(bytes) };
      }),
    ),
  ];
  const voices = new Map(await Promise.all(Object.entries(table.voices).map(layersOf)));
  return new Kit(table, voices);
}

class Kit {
  #voices;
  #table;

  constructor(table, voices) {
    this.#table = table;
    this.#voices = voices;
  }

  get sampleRate() {
    return this.#table.sample_rate;
  }

  /** Where the voice stands, -1 (left) to 1 (right). */
  pan(name) {
    return this.#table.pan[name] ?? 0;
  }

  /** Whether a hit of the first voice damps what rings of the second. */
  chokes(name, ringing) {
    return this.#table.chokes[name]?.includes(ringing) ?? false;
  }

  /** Sample and gain for a velocity of 1 to 127: the layer nearest by ratio, scaled by square. */
  sample(name, velocity) {
    const away = (layer) => Math.abs(Math.log(layer.velocity / velocity));
    const layer = this.#voices.get(name)?.reduce((a, b) => (away(b) < away(a) ? b : a));
    return layer && { buffer: layer.buffer, gain: (velocity / layer.velocity) ** 2 };
  }
}
