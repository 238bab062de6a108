// The ground of the grid: a lane per voice in its family's colour, and lines for the time.

/** @import { Colours, Geometry } from "../../types" */

import { fitted } from "../dom.js";
import { beatsOf, QUARTER } from "../../state/meter.js";

const RULER_MARK = 4; // px above the marks of bars and beats

/**
 * Draw lanes and lines on `canvas`, in the geometry of `grid`.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {Geometry} grid
 * @param {string[]} families of the rows
 * @param {Colours} colours
 */
export function drawBack(canvas, grid, families, colours) {
  const context = fitted(canvas);
  const width = canvas.clientWidth;
  families.forEach((family, row) => {
    context.fillStyle = colours[family];
    context.globalAlpha = Number(colours.lane) * (row % 2 ? 0.6 : 1);
    context.fillRect(0, grid.topOf(row), width, grid.rowHeight);
    if (family === families[row - 1]) return;
    context.fillStyle = colours.ground;
    context.globalAlpha = 1;
    context.fillRect(0, grid.topOf(row) - 0.5, width, 1);
  });
  context.globalAlpha = 1;
  context.font = `11px ${colours.font}`;
  const beats = new Map(beatsOf(grid.shape).map((beat) => [beat.at, beat]));
  for (let i = 0; i < grid.sixteenths; i++) drawLine(context, grid, i, beats.get(i), colours);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Geometry} grid
 * @param {number} sixteenth
 * @param {{ bar: number, number: number } | undefined} beat that begins there
 * @param {Colours} colours
 */
function drawLine(context, grid, sixteenth, beat, colours) {
  const kind = !beat ? "sixteenth" : beat.number === 1 ? "bar" : "beat";
  const x = Math.round(grid.xOf(sixteenth / QUARTER));
  const top = kind === "sixteenth" ? grid.topOf(0) : RULER_MARK;
  context.fillStyle = colours[`line-${kind}`];
  context.fillRect(x - 0.5, top, 1, grid.topOf(grid.rows.length) - top);
  if (!beat) return;
  const bar = beat.bar + 1;
  context.fillStyle = kind === "bar" ? colours.ink : colours.faint;
  const number = kind === "bar" ? String(bar) : `${bar}.${beat.number}`;
  context.fillText(number, x + 5, grid.topOf(0) - 7);
}
