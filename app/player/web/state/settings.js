// What tempo there may be, and how it is written; Python has the same limits (messages.py).

export const TEMPO = { least: 30, most: 300 }; // beats per minute

/** @param {number} tempo */
export const clampTempo = (tempo) => Math.min(TEMPO.most, Math.max(TEMPO.least, tempo));

/** As it is shown. @param {number} tempo */
export const writeTempo = (tempo) => String(Math.round(tempo * 10) / 10);

/** What was typed, a comma for a point allowed; null where it is no number. @param {string} text */
export function readTempo(text) {
  const tempo = Number(text.replace(",", "."));
  return text.trim() && Number.isFinite(tempo) ? clampTempo(tempo) : null;
}
