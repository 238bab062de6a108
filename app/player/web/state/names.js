// What sounds, in a word or two, as in Python (app/names.py): the same name in the bar, in the strip,
// on the wall and in the names of files.

import { text } from "../language.js";

/** A place from A to B. At the ends alone it is 0% and 100%. @param {number} place */
export function percent(place) {
  const rounded = Math.floor(100 * place + 0.5);
  const number = place > 0 && place < 1 ? Math.min(99, Math.max(1, rounded)) : rounded;
  return text("number.percent", { number });
}

/**
 * The blend at a place.
 *
 * @param {number} pattern 0 to 1
 * @param {number} feel
 */
export function blendName(pattern, feel) {
  const ends = [0, 1];
  if (pattern !== feel && ends.includes(pattern) && ends.includes(feel)) {
    return text("name.crossed", { pattern: "AB"[pattern], feel: "AB"[feel] });
  }
  if (pattern !== feel) {
    return text("name.apart", { pattern: percent(pattern), feel: percent(feel) });
  }
  if (ends.includes(pattern)) return "AB"[pattern];
  return text("name.blend", { percent: percent(pattern) });
}

/**
 * A name with what was done to it.
 *
 * @param {string} name
 * @param {{ shaped?: boolean, edited?: boolean, locked?: boolean }} done
 */
export const nameWith = (name, { shaped, edited, locked }) =>
  [
    name,
    shaped && text("name.shaped"),
    edited && text("name.edited"),
    locked && text("name.locked"),
  ]
    .filter(Boolean)
    .join(", ");

/** The nearest whole percent of the path. @param {number} place */
export const onPercent = (place) => Math.round(place * 100) / 100;
