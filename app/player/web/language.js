// The page's texts in the musician's language: app/texts, as Python has them (app/language.py).

/** @import en from "../../texts/en.json" */

/** @typedef {keyof typeof en} Key */
/** @typedef {{ one: string, other: string }} Forms by what `count` is */

const FIRST = "en";
const COOKIE = "beatgen_language"; // holds the one chosen on the page, as language.py has it
const OF_PACKAGE = "package."; // how the keys of the package's own words begin
const YEAR = 365 * 24 * 60 * 60; // s

// Streamlit serves the texts as a component that is called like this one (component.py); in a
// checkout, where the tests run, they are beside the player.
const HERE = new URL(".", import.meta.url).href;
const FOLDER = HERE.startsWith("file:") ? new URL("../../texts/", HERE).href : `${HERE.slice(0, -1)}-texts/`;

/** @param {string} name @returns {Promise<{ default: Record<string, string | Forms> }>} */
const load = (name) => import(`${FOLDER}${name}.json`, { with: { type: "json" } });

/** As the server has put it into the document; a browser that translates pages may have changed it. */
export const language = globalThis.document?.documentElement.lang || FIRST;
const { default: texts } = await load(language).catch(() => load(FIRST));
const plurals = new Intl.PluralRules(language);

/** A number as the language writes it; digits: behind the point, at most and at least. @param {number} value */
export const writeNumber = (value, digits = 2, least = 0) =>
  value.toLocaleString(language, { maximumFractionDigits: digits, minimumFractionDigits: least });

/**
 * A text by its key, with values in their places; numbers as the language writes them.
 *
 * @param {Key} key
 * @param {Record<string, string | number>} [values]
 */
export function text(key, values = {}) {
  const found = texts[key];
  const form = typeof found === "string" ? found : found[plurals.select(Number(values.count)) === "one" ? "one" : "other"];
  return form.replace(/\{(\w+)\}/g, (_, name) => {
    const value = values[name];
    return typeof value === "number" ? writeNumber(value) : value;
  });
}

/** What the package calls a voice or a family of drums, as the language has it. @param {string} word @returns {string} */
export function nameOf(word) {
  const known = texts[OF_PACKAGE + word];
  if (typeof known === "string") return known;
  const [, head, number] = word.match(/^(.+) (\d+)$/) ?? []; // as in "note 39"
  return head && texts[OF_PACKAGE + head] ? `${nameOf(head)} ${number}` : word;
}

/** Have the page in another language from now on: it loads anew. @param {string} name */
export function choose(name) {
  document.cookie = `${COOKIE}=${name}; path=/; max-age=${YEAR}; samesite=lax`;
  location.reload();
}
