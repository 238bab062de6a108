// Locks on the grid: the ruler locks steps, and locked cells are hatched.

import { element } from "../dom.js";
import { isOpen } from "../../state/lock.js";

const SIXTEENTHS = 16;
const BEAT = 4; // sixteenths that a click on the ruler means
const HATCH = 7; // px between its lines
const SHADE = 0.05; // opacity of the ground of locked cells
const LINES = 0.13; // and of the hatching
const PADLOCK = new Path2D("M3 5.5V4a3 3 0 0 1 6 0v1.5h1.5V12h-9V5.5zm1.4 0h3.2V4a1.6 1.6 0 0 0-3.2 0z");

/** The ruler over the grid: drag along it to lock steps, click a lock to open it. */
export class LockRuler {
  #player;
  #grid;
  #say;
  #sweep = element("div", { class: "sweep", hidden: true });
  #from = null; // sixteenth where a drag began
  #to = null;

  /** `say(text)` shows a line; "" for nothing. */
  constructor(player, grid, say) {
    this.#player = player;
    this.#grid = grid;
    this.#say = say;
    this.root = element(
      "div",
      {
        class: "ruler",
        "aria-hidden": "true", // the keyboard locks steps on the grid
        onpointerdown: (event) => this.#down(event),
        onpointermove: (event) => this.#move(event),
        onpointerup: () => this.#up(),
        onpointercancel: () => this.#end(),
        onpointerleave: () => this.#from ?? this.#say(""),
      },
      this.#sweep,
    );
  }

  #at({ clientX }) {
    const { left, width } = this.root.getBoundingClientRect();
    const count = this.#grid.bars * SIXTEENTHS;
    const place = Math.floor(((clientX - left) / width) * count);
    return Math.min(count - 1, Math.max(0, place));
  }

  #down(event) {
    if (event.button !== 0) return;
    this.#from = this.#at(event);
    this.root.setPointerCapture(event.pointerId);
    this.#move(event);
  }

  #move(event) {
    const at = this.#at(event);
    if (this.#from === null) {
      const locked = this.#player.lock.sixteenths.has(at);
      return this.#say(locked ? "Click to unlock these steps" : "Drag to lock steps: they stay");
    }
    this.#to = at;
    const [first, last] = this.#range();
    this.#sweep.hidden = false;
    this.#sweep.style.left = `${first * this.#grid.sixteenth}px`;
    this.#sweep.style.width = `${(last - first + 1) * this.#grid.sixteenth}px`;
  }

  #up() {
    if (this.#from === null) return;
    const locked = this.#player.lock.sixteenths;
    const on = !locked.has(this.#from);
    const [first, last] = on || this.#from !== this.#to ? this.#range() : this.#runAround(locked);
    const some = Array.from({ length: last - first + 1 }, (_, i) => first + i);
    this.#end();
    this.#player.lockSixteenths(some, on);
  }

  #end() {
    this.#from = this.#to = null;
    this.#sweep.hidden = true;
    this.#say("");
  }

  /** First and last sixteenth in hand: of a click, its beat. */
  #range() {
    const [from, to] = [this.#from, this.#to];
    if (from !== to) return [Math.min(from, to), Math.max(from, to)];
    const beat = Math.floor(from / BEAT) * BEAT;
    return [beat, beat + BEAT - 1];
  }

  /** First and last of the locked sixteenths that hang together around the one in hand. */
  #runAround(locked) {
    let [first, last] = [this.#from, this.#from];
    while (locked.has(first - 1)) first--;
    while (locked.has(last + 1)) last++;
    return [first, last];
  }
}

/** Hatch what `lock` holds on a canvas in the geometry of `grid`, and mark it on the ruler. */
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

/** A bar with a padlock over locked steps. */
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

/** Runs [first, last] of whole numbers that follow each other. */
function runs(numbers) {
  const found = [];
  for (const n of [...numbers].sort((a, b) => a - b)) {
    if (found.length && found.at(-1)[1] === n - 1) found.at(-1)[1] = n;
    else found.push([n, n]);
  }
  return found;
}
