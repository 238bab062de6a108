// The kit: every voice at several velocities, one behind the other in one file, which is fetched
// and decoded once per page; percussion in another one, where a groove has some; and in a third more
// recordings of some voices, which take turns with the kit's.

/** @import { KitTable, Sample, Samples } from "../types" */

import { text } from "../language.js";

/** What went wrong, in words. @param {unknown} error */
export const messageOf = (error) => (error instanceof Error ? error.message : String(error));

// The files' address holds a digest of their content, so what the browser has is never stale.
/** @param {string} name @param {URL} base */
async function fetchOnce(name, base) {
  const answer = await fetch(new URL(name, base), { cache: "force-cache" });
  if (!answer.ok) throw new Error(text("sound.status", { name, status: answer.status }));
  return answer;
}

/** Load the kit that lies at `base`; rejects with a sentence to be shown. @param {URL} base */
export const loadKit = async (base) => new Kit(await loadSamples("kit", base));

/**
 * Load one of the recorded kits that lie at `base`; rejects with a sentence to be shown.
 *
 * @param {string} name
 * @param {URL} base
 * @returns {Promise<Samples>}
 */
export async function loadSamples(name, base) {
  const [table, bytes] = await Promise.all([
    fetchOnce(`${name}.json`, base).then((answer) => /** @type {Promise<KitTable>} */ (answer.json())),
    fetchOnce(`${name}.flac`, base).then((answer) => answer.arrayBuffer()),
  ]).catch((error) => {
    const sentence = text("sound.not_loaded", { reason: messageOf(error) });
    throw new Error(sentence, { cause: error });
  });
  try {
    // Decoding needs no gesture of the musician in an offline context, unlike in a live one.
    const decoder = new OfflineAudioContext(1, 1, table.sample_rate);
    return { table, buffer: await decoder.decodeAudioData(bytes) };
  } catch (error) {
    const sentence = text("sound.not_decoded", { reason: messageOf(error) });
    throw new Error(sentence, { cause: error });
  }
}

export class Kit {
  /** @type {Samples[]} */
  #parts;
  /** @type {Samples | null} */
  #turns = null;

  /** @param {Samples[]} parts none of which has a voice of another */
  constructor(...parts) {
    this.#parts = parts;
  }

  /** Have other recordings of the first part's voices. @param {Samples} part */
  change(part) {
    this.#parts[0] = part;
    this.#turns = null;
  }

  /** Have recordings that take turns with the first part's of their velocity. @param {Samples} turns */
  takeTurns(turns) {
    this.#turns = turns;
  }

  /** Have more voices. @param {Samples} part */
  add(part) {
    this.#parts.push(part);
  }

  /** Where the voice stands, -1 (left) to 1 (right). @param {string} name */
  pan(name) {
    return this.#parts.find(({ table }) => name in table.pan)?.table.pan[name] ?? 0;
  }


  /**
   * Whether a hit of the first voice damps what rings of the second.
   *
   * @param {string} name
   * @param {string} ringing
   */
  chokes(name, ringing) {
    return this.#parts.some(({ table }) => table.chokes[name]?.includes(ringing));
  }

  /** Whether a voice rings until another damps it. @param {string} name */
  isChoked(name) {
    return this.#parts.some(({ table }) =>
      Object.values(table.chokes).some((ringing) => ringing.includes(name)),
    );
  }

  /**
   * What sounds for a velocity of 1 to 127, the layer nearest by ratio, scaled by square: seconds
   * `offset` to `offset + duration` of `buffer`, and its gain. Layers of one velocity take turns.
   *
   * @param {string} name
   * @param {number} velocity
   * @param {number} turn how many hits of the voice went before in the bar
   * @returns {Sample | undefined}
   */
  sample(name, velocity, turn = 0) {
    /** @param {{ velocity: number }} layer */
    const away = (layer) => Math.abs(Math.log(layer.velocity / velocity));
    const part = this.#parts.find(({ table }) => name in table.voices);
    if (!part) return undefined;
    const nearest = part.table.voices[name].reduce((a, b) => (away(b) < away(a) ? b : a));
    const sources = this.#turns && part === this.#parts[0] ? [part, this.#turns] : [part];
    const alike = sources.flatMap(({ table, buffer }) =>
      (table.voices[name] ?? [])
        .filter((layer) => layer.velocity === nearest.velocity)
        .map((layer) => ({ layer, buffer, rate: table.sample_rate })),
    );
    const { layer, buffer, rate } = alike[turn % alike.length];
    return {
      buffer,
      offset: layer.start / rate,
      duration: layer.samples / rate,
      gain: (velocity / layer.velocity) ** 2,
    };
  }
}
