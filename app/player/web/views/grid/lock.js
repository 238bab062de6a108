// Locks on the grid: the ruler locks steps, and locked cells are hatched.

/** @import { Player } from "../../state/player.js" */
/** @import { Colours, Geometry, Lock, Shape } from "../../types" */

import { text } from "../../language.js";
import { element } from "../dom.js";
import { beatAt } from "../../state/meter.js";
import { isOpen, placeOfCell } from "../../state/lock.js";

const HATCH = 7; // px between its lines
const SHADE = 0.05; // opacity of the ground of locked cells
const LINES = 0.13; // and of the hatching
const PADLOCK = new Path2D("M3 5.5V4a3 3 0 0 1 6 0v1.5h1.5V12h-9V5.5zm1.4 0h3.2V4a1.6 1.6 0 0 0-3.2 0z");

/** The ruler over the grid: drag along it to lock steps, click a lock to open it. */
export class LockRuler {
  #player;
  #grid;
  #show;
  #sweep = element("div", { class: "sweep", hidden: true });
  /** @type {{ from: number, to: number } | null} sixteenths that a drag goes over */
  #drag = null;

  /**
   * @param {Player} player
   * @param {Geometry} grid
   * @param {(text: string) => void} show shows a line; "" for nothing
   */
  constructor(player, grid, show) {
    this.#player = player;
    this.#grid = grid;
    this.#show = show;
    this.root = element(
      "div",
      {
        class: "ruler",
        "aria-hidden": "true", // the keyboard locks steps on the grid
        onpointerdown: (event) => this.#down(event),
        onpointermove: (event) => this.#move(event),
        onpointerup: () => this.#up(),
        onpointercancel: () => this.#end(),
        onpointerleave: () => this.#drag ?? this.#show(""),
      },
      this.#sweep,
    );
  }

  /** @param {PointerEvent} event */
  #at({ clientX }) {
    const { left, width } = this.root.getBoundingClientRect();
    const count = this.#grid.sixteenths;
    const place = Math.floor(((clientX - left) / width) * count);
    return Math.min(count - 1, Math.max(0, place));
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (event.button !== 0) return;
    const at = this.#at(event);
    this.#drag = { from: at, to: at };
    this.root.setPointerCapture(event.pointerId);
    this.#move(event);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const at = this.#at(event);
    if (!this.#drag) {
      const locked = this.#player.lock.sixteenths.has(at);
      return this.#show(text(locked ? "grid.unlock" : "grid.lock"));
    }
    this.#drag.to = at;
    const [first, last] = rangeOf(this.#drag, this.#grid.shape);
    this.#sweep.hidden = false;
    this.#sweep.style.left = `${first * this.#grid.sixteenth}px`;
    this.#sweep.style.width = `${(last - first + 1) * this.#grid.sixteenth}px`;
  }

  #up() {
    if (!this.#drag) return;
    const { from, to } = this.#drag;
    const locked = this.#player.lock.sixteenths;
    const on = !locked.has(from);
    const [first, last] = on || from !== to ? rangeOf(this.#drag, this.#grid.shape) : runAround(from, locked);
    const some = Array.from({ length: last - first + 1 }, (_, i) => first + i);
    this.#end();
    this.#player.lockSixteenths(some, on);
  }

  #end() {
    this.#drag = null;
    this.#sweep.hidden = true;
    this.#show("");
  }
}

/**
 * First and last sixteenth of a drag: of a click, its beat.
 *
 * @param {{ from: number, to: number }} drag
 * @param {Shape} groove
 */
function rangeOf({ from, to }, groove) {
  if (from !== to) return [Math.min(from, to), Math.max(from, to)];
  const { at, end } = beatAt(from, groove);
  return [at, end - 1];
}

/**
 * First and last of the locked sixteenths that hang together around one.
 *
 * @param {number} at
 * @param {Set<number>} locked
 */
function runAround(at, locked) {
  let [first, last] = [at, at];
  while (locked.has(first - 1)) first--;
  while (locked.has(last + 1)) last++;
  return [first, last];
}

/**
 * Hatch what `lock` holds on a canvas in the geometry of `grid`, and mark it on the ruler.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Geometry} grid
 * @param {Lock} lock
 * @param {Colours} colours
 */
export function drawLock(context, grid, lock, colours) {
  if (isOpen(lock)) return;
  const { sixteenth, rowHeight, rows, size } = grid;
  const top = grid.topOf(0);
  const field = new Path2D();
  rows.forEach((voice, row) => {
    if (lock.voices.has(voice)) field.rect(0, grid.topOf(row), size.width, rowHeight);
  });
  for (const [first, last] of runs(lock.sixteenths)) {
    const [x, width] = [first * sixteenth, (last - first + 1) * sixteenth];
    rows.forEach((voice, row) => {
      if (!lock.voices.has(voice)) field.rect(x, grid.topOf(row), width, rowHeight);
    });
    drawMark(context, x, width, top, colours);
  }
  for (const cell of lock.cells) {
    const { sixteenth: at, voice } = placeOfCell(cell);
    const row = rows.indexOf(voice);
    if (row < 0 || lock.voices.has(voice) || lock.sixteenths.has(at)) continue;
    field.rect(at * sixteenth, grid.topOf(row), sixteenth, rowHeight);
  }
  context.save();
  context.clip(field);
  context.fillStyle = context.strokeStyle = colours.ink;
  context.globalAlpha = SHADE;
  context.fillRect(0, top, size.width, size.height);
  context.globalAlpha = LINES;
  context.beginPath();
  for (let x = -size.height; x < size.width; x += HATCH) {
    context.moveTo(x, size.height);
    context.lineTo(x + size.height, 0);
  }
  context.stroke();
  context.restore();
}

/**
 * A bar with a padlock over locked steps.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} width
 * @param {number} height
 * @param {Colours} colours
 */
function drawMark(context, x, width, height, colours) {
  context.save();
  context.fillStyle = colours.ink;
  context.globalAlpha = 0.14;
  context.beginPath();
  context.roundRect(x + 1, 3, width - 2, height - 5, 5);
  context.fill();
  context.globalAlpha = 0.8;
  context.translate(x + width - 18, height / 2 - 7);
  context.fill(PADLOCK, "evenodd");
  context.restore();
}

/** Runs [first, last] of whole numbers that follow each other. @param {Set<number>} numbers */
function runs(numbers) {
  /** @type {[first: number, last: number][]} */
  const found = [];
  for (const n of [...numbers].sort((a, b) => a - b)) {
    const run = found[found.length - 1];
    if (run?.[1] === n - 1) run[1] = n;
    else found.push([n, n]);
  }
  return found;
}
