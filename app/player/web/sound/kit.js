// The kit: every voice at several velocities, one behind the other in one file, which is fetched
// and decoded once per page.

/** @import { KitTable, Sample } from "../types" */

/** What went wrong, in words. @param {unknown} error */
export const messageOf = (error) => (error instanceof Error ? error.message : String(error));

// The files' address holds a digest of their content, so what the browser has is never stale.
/** @param {string} name @param {URL} base */
async function fetchOnce(name, base) {
  const answer = await fetch(new URL(name, base), { cache: "force-cache" });
  if (!answer.ok) throw new Error(`${name}: the server answered ${answer.status}`);
  return answer;
}

/** Load the kit that lies at `base`; rejects with a sentence to be shown. @param {URL} base */
export async function loadKit(base) {
  const [table, bytes] = await Promise.all([
    fetchOnce("kit.json", base).then((answer) => /** @type {Promise<KitTable>} */ (answer.json())),
    fetchOnce("kit.flac", base).then((answer) => answer.arrayBuffer()),
  ]).catch((error) => {
    const sentence = `The drum samples could not be loaded (${messageOf(error)}). Reload the page.`;
    throw new Error(sentence, { cause: error });
  });
  try {
    // Decoding needs no gesture of the musician in an offline context, unlike in a live one.
    const decoder = new OfflineAudioContext(1, 1, table.sample_rate);
    return new Kit(table, await decoder.decodeAudioData(bytes));
  } catch (error) {
    const sentence = `This browser cannot decode the drum samples (${messageOf(error)}).`;
    throw new Error(sentence, { cause: error });
  }
}

export class Kit {
  #table;
  #buffer;

  /** @param {KitTable} table @param {AudioBuffer} buffer */
  constructor(table, buffer) {
    this.#table = table;
    this.#buffer = buffer;
  }

  /** Where the voice stands, -1 (left) to 1 (right). @param {string} name */
  pan(name) {
    return this.#table.pan[name] ?? 0;
  }

  /**
   * Whether a hit of the first voice damps what rings of the second.
   *
   * @param {string} name
   * @param {string} ringing
   */
  chokes(name, ringing) {
    return this.#table.chokes[name]?.includes(ringing) ?? false;
  }

  /** Whether a voice rings until another damps it. @param {string} name */
  isChoked(name) {
    return Object.values(this.#table.chokes).some((ringing) => ringing.includes(name));
  }

  /**
   * What sounds for a velocity of 1 to 127, the layer nearest by ratio, scaled by square: seconds
   * `offset` to `offset + duration` of `buffer`, and its gain.
   *
   * @param {string} name
   * @param {number} velocity
   * @returns {Sample | undefined}
   */
  sample(name, velocity) {
    /** @param {{ velocity: number }} layer */
    const away = (layer) => Math.abs(Math.log(layer.velocity / velocity));
    const layer = this.#table.voices[name]?.reduce((a, b) => (away(b) < away(a) ? b : a));
    if (!layer) return undefined;
    const { sample_rate: rate } = this.#table;
    return {
      buffer: this.#buffer,
      offset: layer.start / rate,
      duration: layer.samples / rate,
      gain: (velocity / layer.velocity) ** 2,
    };
  }
}
