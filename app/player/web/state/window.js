// The window of a loop over all bars of a file.

/**
 * The bar that a window of `length` bars begins with, as near to `start` as there are bars.
 *
 * @param {number} start from 0
 * @param {number} length
 * @param {number} bars of the file
 */
export const within = (start, length, bars) =>
  Math.max(0, Math.min(Math.round(start), bars - length));

/**
 * The bar that was typed, from 0; null for no number. Beyond the file it is the last possible one.
 *
 * @param {string} text
 * @param {number} length of the window
 * @param {number} bars
 */
export function readBar(text, length, bars) {
  const number = Number(text.trim());
  return text.trim() && Number.isFinite(number) ? within(number - 1, length, bars) : null;
}
