// Editing on the grid: click sets and removes a hit, dragging up and down sets its velocity.

/** @import { Player } from "../../state/player.js" */
/** @import { Geometry, Groove, Hit } from "../../types" */

/** @typedef {{ hit: Hit, wasThere: boolean }} Found a hit, or the empty cell in its place */
/** @typedef {{ pointer: number, y: number, moved: boolean, armed: boolean, timer: number }} Press */
/** @typedef {{ row: number, sixteenth: number }} Cursor */

import { isCommand } from "../dom.js";
import { BEATS, SIXTEENTHS, stepsOf } from "../../state/groove.js";
import { beatAt } from "../../state/meter.js";
import { isLocked, sixteenthOf } from "../../state/lock.js";

const FRESH = 96; // velocity of a new hit
const NEAR = 7; // px around a hit that still mean it
const DRAG = 4; // px before a press becomes a drag
const HOLD = 300; // ms a finger rests before it drags velocity instead of the page
const KEY_VELOCITY = 8;

/** @type {Record<string, [down: number, right: number]>} */
const MOVES = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
};
/** @type {Record<string, number>} */
const LOUDER = { "+": KEY_VELOCITY, "-": -KEY_VELOCITY };

/** @type {Groove} */
const NO_GROOVE = { bars: 1, steps: SIXTEENTHS, tempo: 120, hits: [] };

export class GridEditor {
  #player;
  #grid;
  #canvas;
  #show;
  /** @type {(Found & Press) | null} */
  #press = null;
  /** @type {Cursor | null} where the keyboard stands */
  #cursor = null;

  /**
   * @param {Player} player
   * @param {Geometry} grid
   * @param {HTMLCanvasElement} canvas
   * @param {(text: string) => void} show shows a line about what stands under the pointer; "" for
   *   nothing
   */
  constructor(player, grid, canvas, show) {
    this.#player = player;
    this.#grid = grid;
    this.#canvas = canvas;
    this.#show = show;
    canvas.addEventListener("pointerdown", (event) => this.#down(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    canvas.addEventListener("pointerup", (event) => this.#up(event));
    canvas.addEventListener("pointercancel", () => this.#cancel());
    canvas.addEventListener("pointerleave", () => this.#press || this.#show(""));
    const scroll = (/** @type {Event} */ event) => this.#press?.armed && event.preventDefault();
    canvas.addEventListener("touchmove", scroll, { passive: false });
    canvas.addEventListener("contextmenu", (event) => this.#press && event.preventDefault());
    canvas.addEventListener("keydown", (event) => this.#key(event));
    canvas.addEventListener("blur", () => this.#moveCursor(null));
  }

  get #groove() {
    return this.#player.groove ?? NO_GROOVE;
  }

  /**
   * The hit or empty cell at a place of the canvas.
   *
   * @param {PointerEvent} event
   * @returns {Found}
   */
  #at({ offsetX, offsetY, shiftKey }) {
    const groove = this.#groove;
    const voice = this.#grid.rows[this.#grid.rowAt(offsetY)];
    const away = (/** @type {Hit} */ hit) => Math.abs(this.#grid.boxOf(hit).x - offsetX);
    /** @type {Hit | null} */
    let nearest = null;
    for (const hit of groove.hits) {
      if (hit.voice === voice && (!nearest || away(hit) < away(nearest))) nearest = hit;
    }
    // With shift every step can be reached, without it a click means the sixteenth.
    const unit = shiftKey ? 1 : this.#grid.stepsPerSixteenth;
    const reach = shiftKey ? 2 : Math.min(NEAR, this.#grid.sixteenth * 0.45);
    if (nearest && away(nearest) <= reach) return { hit: nearest, wasThere: true };
    const place = (this.#grid.beatOfX(offsetX) * groove.steps) / BEATS / unit;
    const last = stepsOf(groove) - unit;
    const step = Math.min(last, Math.max(0, Math.round(place) * unit));
    return { hit: this.#cell(step, voice), wasThere: false };
  }

  /** @param {number} step @param {number} voice @returns {Hit} */
  #cell(step, voice) {
    const hit = this.#groove.hits.find((other) => other.step === step && other.voice === voice);
    return hit ?? { step, voice, velocity: FRESH, timing: 0 };
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (this.#press || !event.isPrimary) return this.#cancel(); // two fingers zoom the page
    if (event.button !== 0 || !this.#player.scene.canEdit) return;
    const { pointerId: pointer, clientY: y } = event;
    const touch = event.pointerType === "touch";
    const timer = touch ? setTimeout(() => this.#arm(), HOLD) : 0;
    this.#press = { ...this.#at(event), pointer, y, moved: false, armed: false, timer };
    if (touch) return;
    this.#arm();
    this.#canvas.setPointerCapture(pointer);
  }

  /** From here on the press edits: an empty cell gets its hit at once. */
  #arm() {
    if (!this.#press) return;
    this.#press.armed = true;
    if (this.#press.wasThere) return;
    this.#player.edit(this.#press.hit);
    this.#player.audition(this.#press.hit.voice, this.#press.hit.velocity);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const press = this.#press;
    if (!press) return this.#describe(this.#at(event));
    if (event.pointerId !== press.pointer || !press.armed) return;
    const rise = press.y - event.clientY;
    if (!press.moved && Math.abs(rise) < DRAG) return;
    press.moved = true;
    const hit = { ...press.hit, velocity: Math.round(playable(press.hit.velocity + rise)) };
    this.#player.edit(hit);
    this.#describe({ hit, wasThere: true });
  }

  /** @param {PointerEvent} event */
  #up({ pointerId }) {
    const press = this.#press;
    if (!press || press.pointer !== pointerId) return;
    clearTimeout(press.timer);
    if (!press.armed && !press.wasThere) this.#arm(); // a tap
    if (press.wasThere && !press.moved) this.#player.edit({ ...press.hit, velocity: 0 });
    this.#press = null;
    this.#player.keepEdits();
  }

  /** The page took the finger over for scrolling, or a second one came to it. */
  #cancel() {
    clearTimeout(this.#press?.timer);
    this.#press = null;
    this.#player.keepEdits();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (isCommand(event)) return;
    const move = MOVES[event.key];
    if (move) this.#walk(move);
    else if (!this.#cursor || !this.#pressed(event.key, this.#cursor)) return;
    event.preventDefault();
  }

  /**
   * Move the cursor; the first key puts it at the top left.
   *
   * @param {[down: number, right: number]} move
   */
  #walk([down, right]) {
    if (!this.#cursor) return this.#moveCursor({ row: 0, sixteenth: 0 });
    const { row, sixteenth } = this.#cursor;
    this.#moveCursor({ row: row + down, sixteenth: sixteenth + right });
  }

  /**
   * Act on what stands at the cursor; false where the key means nothing.
   *
   * @param {string} key
   * @param {Cursor} cursor
   */
  #pressed(key, cursor) {
    if (key.toLowerCase() === "l") {
      this.#lockBeat(cursor);
      return true;
    }
    if (!this.#player.scene.canEdit || !(key === "Enter" || key in LOUDER)) return false;
    const { hit, wasThere } = this.#atCursor(cursor);
    if (key === "Enter") this.#change({ ...hit, velocity: wasThere ? 0 : FRESH }, cursor);
    else if (wasThere) {
      this.#change({ ...hit, velocity: playable(hit.velocity + LOUDER[key]) }, cursor);
    }
    return true;
  }

  /** Lock the cursor's beat, or unlock it. @param {Cursor} cursor */
  #lockBeat(cursor) {
    const { at, end } = beatAt(cursor.sixteenth, this.#groove);
    const on = !this.#player.lock.sixteenths.has(cursor.sixteenth);
    const beat = Array.from({ length: end - at }, (_, i) => at + i);
    this.#player.lockSixteenths(beat, on);
    this.#describe(this.#atCursor(cursor));
  }

  /** @param {Hit} hit @param {Cursor} cursor */
  #change(hit, cursor) {
    this.#player.edit(hit);
    this.#player.keepEdits();
    if (hit.velocity) this.#player.audition(hit.voice, hit.velocity);
    this.#describe(this.#atCursor(cursor));
  }

  /**
   * What stands in the cursor's sixteenth: its first hit, or the empty cell.
   *
   * @param {Cursor} cursor
   * @returns {Found}
   */
  #atCursor(cursor) {
    const unit = this.#grid.stepsPerSixteenth;
    const voice = this.#grid.rows[cursor.row];
    const step = cursor.sixteenth * unit;
    const { hits } = this.#groove;
    const last = stepsOf(this.#groove); // what stands half a sixteenth before it is the first's
    const inside = (/** @type {Hit} */ hit) =>
      hit.voice === voice && (Math.round(hit.step / unit) * unit) % last === step;
    const hit = hits.find(inside);
    return { hit: hit ?? this.#cell(step, voice), wasThere: Boolean(hit) };
  }

  /** @param {Cursor | null} cursor */
  #moveCursor(cursor) {
    /** @param {number} value @param {number} most */
    const clamp = (value, most) => Math.min(most, Math.max(0, value));
    const sixteenths = stepsOf(this.#groove) / this.#grid.stepsPerSixteenth;
    this.#cursor = cursor && {
      row: clamp(cursor.row, this.#grid.rows.length - 1),
      sixteenth: clamp(cursor.sixteenth, sixteenths - 1),
    };
    if (this.#cursor) this.#describe(this.#atCursor(this.#cursor));
    this.#grid.redraw();
  }

  /** @param {CanvasRenderingContext2D} context @param {string} colour */
  drawCursor(context, colour) {
    if (!this.#cursor) return;
    const { sixteenth, rowHeight } = this.#grid;
    context.strokeStyle = colour;
    context.lineWidth = 2;
    context.strokeRect(
      this.#cursor.sixteenth * sixteenth + 1,
      this.#grid.topOf(this.#cursor.row) + 1,
      sixteenth - 2,
      rowHeight - 2,
    );
  }

  /** Show in words what stands under the pointer or cursor. @param {Found} found */
  #describe({ hit, wasThere }) {
    const { path, transport, lock } = this.#player;
    const groove = this.#groove;
    const held = isLocked(lock, hit) ? " · locked" : "";
    const name = path?.voices[hit.voice]?.name ?? "";
    const about = `${name} · ${placeOf(hit, groove)}`;
    if (!wasThere) return this.#show(`${about}${held}`);
    const timing = timingOf(hit, groove, transport.tempo);
    this.#show(`${about} · velocity ${hit.velocity} · ${timing}${held}`);
  }
}

/** @param {number} velocity */
const playable = (velocity) => Math.min(127, Math.max(1, velocity));

/** As in "bar 2, 3.1": bar, beat and sixteenth. @param {Hit} hit @param {Groove} groove */
function placeOf(hit, groove) {
  const at = sixteenthOf(hit.step, groove);
  const beat = beatAt(at, groove);
  return `bar ${beat.bar + 1}, ${beat.number}.${at - beat.at + 1}`;
}

/**
 * How far a hit stands from its sixteenth, in words.
 *
 * @param {Hit} hit
 * @param {Groove} groove
 * @param {number} tempo
 */
function timingOf(hit, { steps }, tempo) {
  const perSixteenth = steps / SIXTEENTHS;
  const onSixteenth = Math.round(hit.step / perSixteenth) * perSixteenth;
  const away = hit.step + hit.timing - onSixteenth;
  const ms = Math.round(((away * BEATS) / steps) * (60000 / tempo));
  if (ms === 0) return "on the grid";
  return ms > 0 ? `${ms} ms late` : `${-ms} ms early`;
}
