// What tempo there may be, and how it is written; Python has the same limits (messages.py).

import { writeNumber } from "../language.js";

export const TEMPO = { least: 30, most: 300 }; // beats per minute

/** @param {number} tempo */
export const clampTempo = (tempo) => Math.min(TEMPO.most, Math.max(TEMPO.least, tempo));

/** To two digits, as it is shown and as files are named. @param {number} tempo */
const rounded = (tempo) => Math.floor(100 * tempo + 0.5) / 100;

/** As it is shown; as in Python (app/names.py). @param {number} tempo */
export const writeTempo = (tempo) => writeNumber(rounded(tempo));

/** What was typed, a comma for a point allowed; null where it is no number. @param {string} text */
export function readTempo(text) {
  const tempo = Number(text.replace(",", "."));
  return text.trim() && Number.isFinite(tempo) ? clampTempo(rounded(tempo)) : null;
}
