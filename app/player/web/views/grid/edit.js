// Editing on the grid: a click sets and removes a hit, dragging it up and down sets its velocity, and
// sideways moves it in time. Several are selected by a rectangle; what is done then is done to all.

/** @import { Player } from "../../state/player.js" */
/** @import { Geometry, Groove, Hit } from "../../types" */

/** @typedef {{ hit: Hit, wasThere: boolean }} Found a hit, or the empty cell in its place */
/**
 * @typedef {{ pointer: number, x: number, y: number, axis: "x" | "y" | null, armed: boolean,
 *   timer: number, hits: Hit[] }} Press hits: that the press is about
 */
/** @typedef {{ x: number, y: number, toX: number, toY: number }} Box a rectangle that selects */
/** @typedef {{ voice: number, sixteenth: number }} Cursor */

import { nameOf, text } from "../../language.js";
import { isCommand } from "../dom.js";
import { SpokenCell } from "./cell.js";
import { BEATS, cellOf, SIXTEENTHS, stepsOf } from "../../state/groove.js";
import { beatAt } from "../../state/meter.js";
import { isLocked, sixteenthOf } from "../../state/lock.js";
import * as notes from "../../state/notes.js";

/** @import { Note } from "../../state/notes.js" */

const FRESH = 96; // velocity of a new hit
const NEAR = 7; // px around a hit that still mean it
const DRAG = 4; // px before a press becomes a drag
const HOLD = 300; // ms a finger rests before it drags velocity instead of the page
const KEY_VELOCITY = 8;
const NUDGE = 5; // ms
const SOFTER = 0.9; // a step of velocity for several hits

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

/** What keys do to the selection, or to the hit at the cursor. @type {Record<string, Deed>} */
const DEEDS = {
  f: "flam",
  d: "drag",
  r: "roll",
  b: "duplicate",
  Delete: "remove",
  Backspace: "remove",
  "Ctrl+c": "copy",
  "Ctrl+v": "paste",
  "Ctrl+a": "all",
  "Alt+ArrowLeft": "earlier",
  "Alt+ArrowRight": "later",
  "Alt+ArrowUp": "louder",
  "Alt+ArrowDown": "softer",
  Escape: "none",
};

/**
 * @typedef {"flam" | "drag" | "roll" | "duplicate" | "remove" | "copy" | "paste" | "all" | "none" |
 *   "earlier" | "later" | "louder" | "softer"} Deed
 */

export class GridEditor {
  snap = "1/16"; // one of notes.SNAPS
  selects = false; // a press selects: nothing is set and nothing goes
  #player;
  #grid;
  #canvas;
  #show;
  /** @type {(Found & Press) | null} */
  #press = null;
  /** @type {Box | null} */
  #box = null;
  /** @type {Set<number>} cells of the selected hits */
  #selected = new Set();
  /** @type {Note[]} */
  #clipboard = [];
  /** @type {Cursor | null} where the keyboard stands, and the last click was */
  #cursor = null;
  #spoken;
  #hasFocus = false;

  /**
   * @param {Player} player
   * @param {Geometry} grid
   * @param {HTMLCanvasElement} canvas
   * @param {(line: string, quietly?: boolean) => void} show shows a line about what stands under the
   *   pointer; "" for nothing; quietly: not read out by screen readers
   */
  constructor(player, grid, canvas, show) {
    this.#player = player;
    this.#grid = grid;
    this.#canvas = canvas;
    this.#show = show;
    this.#spoken = new SpokenCell(canvas);
    canvas.addEventListener("pointerdown", (event) => this.#down(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    canvas.addEventListener("pointerup", (event) => this.#up(event));
    canvas.addEventListener("pointercancel", () => this.#cancel());
    canvas.addEventListener("pointerleave", () => this.#press || this.#show(""));
    const scroll = (/** @type {Event} */ event) => {
      if (this.#press?.armed || this.#box) event.preventDefault();
    };
    canvas.addEventListener("touchmove", scroll, { passive: false });
    canvas.addEventListener("contextmenu", (event) => this.#press && event.preventDefault());
    canvas.addEventListener("keydown", (event) => this.#key(event));
    canvas.addEventListener("focus", () => this.#focus(true));
    canvas.addEventListener("blur", () => this.#focus(false));
  }

  get #groove() {
    return this.#player.groove ?? NO_GROOVE;
  }

  /** Units of a bar that hits come onto; 0 for none. */
  get #units() {
    return notes.SNAPS[this.snap];
  }

  /**
   * The hit or empty cell at a place of the canvas.
   *
   * @param {PointerEvent} event
   * @returns {Found}
   */
  #at({ offsetX, offsetY, shiftKey }) {
    const voice = this.#grid.rows[this.#grid.rowAt(offsetY)];
    const away = (/** @type {Hit} */ hit) => Math.abs(this.#grid.boxOf(hit).x - offsetX);
    const ofVoice = this.#groove.hits.filter((hit) => hit.voice === voice);
    const [nearest] = ofVoice.sort((one, other) => away(one) - away(other));
    // With shift every step can be reached, without it a click means a unit of the grid.
    const reach = shiftKey ? 2 : Math.min(NEAR, this.#grid.sixteenth * 0.45);
    if (nearest && away(nearest) <= reach) return { hit: nearest, wasThere: true };
    return { hit: this.#free(voice, this.#grid.beatOfX(offsetX), shiftKey), wasThere: false };
  }

  /**
   * A new hit at a beat: on the unit that is nearest, or beside the hit that stands there.
   *
   * @param {number} voice
   * @param {number} beat
   * @param {boolean} exact whether every step is a unit
   */
  #free(voice, beat, exact) {
    const groove = this.#groove;
    const { steps } = groove;
    const unit = exact ? 1 : this.#units ? steps / this.#units : 0;
    const place = (beat * steps) / BEATS;
    const snapped = unit ? Math.round(place / unit) * unit : place;
    const last = stepsOf(groove) - (unit || 1);
    const [hit] = [snapped, place].map((at) => {
      const note = { voice, velocity: FRESH, at: Math.min(last, Math.max(0, at)) };
      return notes.rewrite(groove, [], [note])[0];
    }).filter((made) => !groove.hits.some((other) => cellOf(other) === cellOf(made)));
    return hit ?? this.#cell(Math.min(last, Math.max(0, Math.round(place))), voice);
  }

  /** @param {number} step @param {number} voice @returns {Hit} */
  #cell(step, voice) {
    const hit = this.#groove.hits.find((other) => other.step === step && other.voice === voice);
    return hit ?? { step, voice, velocity: FRESH, timing: 0 };
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (this.#press || this.#box || !event.isPrimary) return this.#cancel(); // two fingers zoom
    if (event.button !== 0 || !this.#player.scene.canEdit) return;
    const found = this.#at(event);
    this.#cursor = { voice: found.hit.voice, sixteenth: sixteenthOf(found.hit.step, this.#groove) };
    if (!this.#isSelecting(event) || this.#selectAt(event, found)) this.#take(event, found);
  }

  /** Begin a press on a hit, all that are selected with it, or an empty cell. */
  #take(/** @type {PointerEvent} */ event, /** @type {Found} */ found) {
    const { pointerId: pointer, clientX: x, clientY: y } = event;
    const waits = event.pointerType === "touch" && !this.selects;
    const timer = waits ? setTimeout(() => this.#arm(), HOLD) : 0;
    const hits = this.#selected.has(cellOf(found.hit)) ? this.selection : [found.hit];
    if (hits.length === 1) this.#select([]);
    this.#press = { ...found, pointer, x, y, axis: null, armed: false, timer, hits };
    if (waits) return;
    this.#arm();
    this.#canvas.setPointerCapture(pointer);
  }

  /** @param {PointerEvent} event */
  #isSelecting = ({ ctrlKey, metaKey }) => this.selects || ctrlKey || metaKey;

  /**
   * Select the hit that is pressed, or begin a rectangle; true where selected hits are in hand now.
   *
   * @param {PointerEvent} event
   * @param {Found} found
   */
  #selectAt({ offsetX: x, offsetY: y, pointerId }, { hit, wasThere }) {
    const cell = cellOf(hit);
    if (wasThere && this.selects && this.#selected.has(cell)) return true;
    if (wasThere) {
      const others = this.#selected.has(cell)
        ? this.selection.filter((other) => cellOf(other) !== cell)
        : [...this.selection, hit];
      this.#select(others);
      return false;
    }
    this.#box = { x, y, toX: x, toY: y };
    this.#select([]);
    this.#canvas.setPointerCapture(pointerId);
    return false;
  }

  /** From here on the press edits: an empty cell gets its hit at once. */
  #arm() {
    if (!this.#press) return;
    this.#press.armed = true;
    if (this.#press.wasThere) return;
    this.#player.rewrite([this.#press.hit]);
    this.#player.audition(this.#press.hit.voice, this.#press.hit.velocity);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (this.#box) return this.#stretch(event);
    const press = this.#press;
    if (!press) return this.#describe(this.#at(event));
    if (event.pointerId !== press.pointer || !press.armed) return;
    const [across, rise] = [event.clientX - press.x, press.y - event.clientY];
    if (!press.axis) {
      if (Math.max(Math.abs(across), Math.abs(rise)) < DRAG) return;
      press.axis = Math.abs(across) > Math.abs(rise) ? "x" : "y";
    }
    if (press.axis === "y") this.#turn(press, rise);
    else if (press.wasThere) this.#shift(press, across);
  }

  /** Louder, or softer. @param {Found & Press} press @param {number} rise px */
  #turn({ hits }, rise) {
    const turned = hits.map((hit) => ({ ...hit, velocity: notes.playable(hit.velocity + rise) }));
    this.#player.rewrite(turned);
    this.#describe({ hit: turned[0], wasThere: true });
  }

  /** Later, or earlier. @param {Found & Press} press @param {number} across px */
  #shift({ hit, hits }, across) {
    const groove = this.#player.grooveBefore;
    if (!groove) return;
    const steps = (across / this.#grid.sixteenth) * (groove.steps / SIXTEENTHS);
    const inHand = [hit, ...hits.filter((other) => cellOf(other) !== cellOf(hit))];
    const edits = notes.moved(groove, inHand, steps, this.#units);
    this.#player.rewrite(edits);
    const come = edits.filter(({ velocity }) => velocity);
    if (hits.length > 1) this.#select(come.length ? come : hits);
    this.#describe({ hit: come.find(({ voice }) => voice === hit.voice) ?? hit, wasThere: true });
  }

  /** @param {PointerEvent} event */
  #stretch({ offsetX, offsetY }) {
    if (!this.#box) return;
    Object.assign(this.#box, { toX: offsetX, toY: offsetY });
    const [left, right] = [this.#box.x, offsetX].sort((a, b) => a - b);
    const [top, bottom] = [this.#box.y, offsetY].sort((a, b) => a - b).map((y) => this.#grid.rowAt(y));
    const voices = this.#grid.rows.slice(top, bottom + 1);
    const inside = (/** @type {Hit} */ hit) => {
      const { x } = this.#grid.boxOf(hit);
      return voices.includes(hit.voice) && x >= left && x <= right;
    };
    this.#select(this.#groove.hits.filter(inside));
  }

  /** @param {PointerEvent} event */
  #up({ pointerId }) {
    this.#box = null;
    this.#grid.redraw();
    const press = this.#press;
    if (!press || press.pointer !== pointerId) return;
    clearTimeout(press.timer);
    if (!press.armed && !press.wasThere) this.#arm(); // a tap
    const isClick = press.wasThere && !press.axis;
    if (isClick && this.selects) this.#select(press.hits.length > 1 ? [press.hit] : []);
    else if (isClick) this.#player.rewrite([{ ...press.hit, velocity: 0 }]);
    this.#press = null;
    this.#player.keepEdits();
  }

  /** The page took the finger over for scrolling, or a second one came to it. */
  #cancel() {
    clearTimeout(this.#press?.timer);
    this.#press = this.#box = null;
    this.#grid.redraw();
    this.#player.keepEdits();
  }

  // Several hits

  /** The selected hits that sound. */
  get selection() {
    return this.#groove.hits.filter((hit) => this.#selected.has(cellOf(hit)));
  }

  /** @param {Hit[]} hits */
  #select(hits) {
    this.#selected = new Set(hits.map(cellOf));
    if (hits.length) this.#show(text("notes.selected", { count: hits.length }));
    this.#grid.redraw();
  }

  /** What a deed is done to: the selected hits, or the one at the cursor. */
  get #meant() {
    if (this.selection.length) return this.selection;
    const found = this.#cursor && this.#atCursor(this.#cursor);
    return found?.wasThere ? [found.hit] : [];
  }

  /**
   * Do something to the selected hits, or to the one at the cursor.
   *
   * @param {Deed} deed
   */
  do(deed) {
    const groove = this.#groove;
    if (deed === "all") return this.#select(groove.hits);
    if (deed === "none") return this.#select([]);
    if (!this.#player.scene.canEdit) return;
    const hits = this.#meant;
    if (!hits.length && deed !== "paste" && deed !== "duplicate") {
      return this.#show(text("notes.select.none"));
    }
    if (deed === "copy") return this.#copy(hits);
    this.#keep(this.#edited(deed, hits), deed);
  }

  /** @param {Deed} deed @param {Hit[]} hits @returns {Hit[]} the edits */
  #edited(deed, hits) {
    const groove = this.#groove;
    const { tempo } = this.#player.transport;
    const nudge = (/** @type {number} */ ms) =>
      notes.moved(groove, hits, notes.stepsOf(ms, groove, tempo));
    const { sixteenth } = this.#cursor ?? { sixteenth: 0 };
    const at = hits.length ? sixteenthOf(hits[0].step, groove) : sixteenth;
    /** @type {Partial<Record<Deed, () => Hit[]>>} */
    const deeds = {
      flam: () => notes.graced(groove, hits, 1, tempo),
      drag: () => notes.graced(groove, hits, 2, tempo),
      roll: () => notes.rolled(groove, hits),
      earlier: () => nudge(-NUDGE),
      later: () => nudge(NUDGE),
      louder: () => notes.scaled(groove, hits, 1 / SOFTER),
      softer: () => notes.scaled(groove, hits, SOFTER),
      remove: () => hits.map((hit) => ({ ...hit, velocity: 0 })),
      paste: () => notes.pasted(groove, this.#clipboard, (sixteenth * groove.steps) / SIXTEENTHS),
      duplicate: () => notes.duplicated(groove, beatAt(at, groove).bar),
    };
    return deeds[deed]?.() ?? [];
  }

  /** Copy the hits of the cursor's voice, or the selected ones, to another voice. @param {number} voice */
  copyTo(voice) {
    const own = this.#cursor?.voice;
    const hits = this.selection.length
      ? this.selection
      : this.#groove.hits.filter((hit) => hit.voice === own);
    if (this.#player.scene.canEdit) this.#keep(notes.inVoice(this.#groove, hits, voice), "paste");
  }

  /** @param {Hit[]} hits */
  #copy(hits) {
    this.#clipboard = notes.copied(this.#groove, hits);
    this.#show(text("notes.copied", { count: hits.length }));
  }

  /** Make edits last, as one step of undo. @param {Hit[]} edits @param {Deed} deed */
  #keep(edits, deed) {
    if (!edits.length) return this.#show(NOTHING[deed] ?? "");
    this.#player.rewrite(edits);
    this.#player.keepEdits();
    const come = edits.filter(({ velocity }) => velocity);
    if (MOVE.includes(deed) && (this.#selected.size || deed === "paste")) this.#select(come);
    const [{ voice, velocity } = { voice: 0, velocity: 0 }] = come;
    if (velocity) this.#player.audition(voice, velocity);
  }

  // Keys

  /** @param {KeyboardEvent} event */
  #key(event) {
    const deed = DEEDS[keyOf(event)];
    const move = MOVES[event.key];
    if (deed) this.do(deed);
    else if (isCommand(event)) return;
    else if (move) this.#walk(move, event.shiftKey);
    else if (!this.#pressed(event.key)) return;
    event.preventDefault();
  }

  /**
   * Move the cursor; with shift all hits from where it was are selected.
   *
   * @param {[down: number, right: number]} move
   * @param {boolean} selects
   */
  #walk([down, right], selects) {
    const { voice, sixteenth } = this.#shown;
    const row = Math.max(0, this.#grid.rows.indexOf(voice));
    this.#moveCursor(row + down, sixteenth + right);
    if (!selects) return this.#select([]);
    const there = [{ voice, sixteenth }, this.#shown].map((cursor) => this.#atCursor(cursor));
    const found = there.filter(({ wasThere }) => wasThere).map(({ hit }) => hit);
    this.#select([...this.selection, ...found]);
  }

  /** Act on what stands at the cursor; false where the key means nothing. @param {string} key */
  #pressed(key) {
    const cursor = this.#shown;
    this.#cursor = cursor;
    if (key.toLowerCase() === "l") {
      this.#lockBeat(cursor);
      return true;
    }
    if (!this.#player.scene.canEdit || !(key === "Enter" || key in LOUDER)) return false;
    const { hit, wasThere } = this.#atCursor(cursor);
    if (key === "Enter") this.#change({ ...hit, velocity: wasThere ? 0 : FRESH });
    else if (wasThere) {
      this.#change({ ...hit, velocity: notes.playable(hit.velocity + LOUDER[key]) });
    }
    return true;
  }

  /** The cursor, at the top left before it was moved. @returns {Cursor} */
  get #shown() {
    const { rows } = this.#grid;
    const there = this.#cursor && rows.includes(this.#cursor.voice);
    return there && this.#cursor ? this.#cursor : { voice: rows[0] ?? 0, sixteenth: 0 };
  }

  /** @param {boolean} has */
  #focus(has) {
    this.#hasFocus = has;
    if (has) this.#speak();
    this.#grid.redraw();
  }

  /** Lock the cursor's beat, or unlock it. @param {Cursor} cursor */
  #lockBeat(cursor) {
    const { at, end } = beatAt(cursor.sixteenth, this.#groove);
    const on = !this.#player.lock.sixteenths.has(cursor.sixteenth);
    const beat = Array.from({ length: end - at }, (_, i) => at + i);
    this.#player.lockSixteenths(beat, on);
    this.#speak();
  }

  /** @param {Hit} hit */
  #change(hit) {
    this.#player.rewrite([hit]);
    this.#player.keepEdits();
    if (hit.velocity) this.#player.audition(hit.voice, hit.velocity);
    this.#speak();
  }

  /**
   * What stands in the cursor's sixteenth: its first hit, or the empty cell.
   *
   * @param {Cursor} cursor
   * @returns {Found}
   */
  #atCursor(cursor) {
    const unit = this.#grid.stepsPerSixteenth;
    const { voice } = cursor;
    const step = cursor.sixteenth * unit;
    const { hits } = this.#groove;
    const last = stepsOf(this.#groove); // what stands half a sixteenth before it is the first's
    const inside = (/** @type {Hit} */ hit) =>
      hit.voice === voice && (Math.round(hit.step / unit) * unit) % last === step;
    const hit = hits.find(inside);
    return { hit: hit ?? this.#cell(step, voice), wasThere: Boolean(hit) };
  }

  /** @param {number} row @param {number} sixteenth */
  #moveCursor(row, sixteenth) {
    const { rows } = this.#grid;
    /** @param {number} value @param {number} most */
    const clamp = (value, most) => Math.min(most, Math.max(0, value));
    const sixteenths = stepsOf(this.#groove) / this.#grid.stepsPerSixteenth;
    this.#cursor = {
      voice: rows[clamp(row, rows.length - 1)],
      sixteenth: clamp(sixteenth, sixteenths - 1),
    };
    this.#speak();
    this.#grid.redraw();
  }

  /** The cursor, what is selected, and the rectangle. @param {CanvasRenderingContext2D} context @param {string} colour */
  drawCursor(context, colour) {
    const { sixteenth, rowHeight, rows } = this.#grid;
    context.strokeStyle = colour;
    context.lineWidth = 2;
    for (const hit of this.selection) {
      const { x, y, width, height } = this.#grid.boxOf(hit);
      context.strokeRect(x - width / 2 - 2, y - height / 2 - 2, width + 4, height + 4);
    }
    if (this.#box) {
      const { x, y, toX, toY } = this.#box;
      context.setLineDash([4, 3]);
      context.strokeRect(x, y, toX - x, toY - y);
      context.setLineDash([]);
    }
    if (!this.#hasFocus) return;
    const { voice, sixteenth: at } = this.#shown;
    const top = this.#grid.topOf(rows.indexOf(voice));
    context.strokeRect(at * sixteenth + 1, top + 1, sixteenth - 2, rowHeight - 2);
  }

  /** Show what stands at the cursor, and have it read out. */
  #speak() {
    this.#describe(this.#atCursor(this.#shown));
    this.update();
  }

  /** Have what stands at the cursor for screen readers, as it is now. */
  update() {
    const cursor = this.#shown;
    const found = this.#atCursor(cursor);
    const { rows } = this.#grid;
    const words = found.wasThere ? this.#wordsOf(found) : [...this.#wordsOf(found), text("grid.empty")];
    this.#spoken.resize(this.#grid);
    this.#spoken.show({
      row: rows.indexOf(cursor.voice),
      column: cursor.sixteenth,
      name: this.#nameOf(found.hit),
      words: words.join(", "),
      selected: this.#selected.has(cellOf(found.hit)),
    });
  }

  /** Show in words what stands under the pointer or cursor. @param {Found} found */
  #describe(found) {
    this.#show([this.#nameOf(found.hit), ...this.#wordsOf(found)].join(" · "), true);
  }

  /** @param {Hit} hit */
  #nameOf({ voice }) {
    return nameOf(this.#player.path?.voices[voice]?.name ?? "");
  }

  /** Where it stands, and what is to be said of it. @param {Found} found */
  #wordsOf({ hit, wasThere }) {
    const groove = this.#groove;
    const { lock, transport } = this.#player;
    const velocity = text("grid.velocity", { velocity: hit.velocity });
    const heard = wasThere ? [velocity, timingOf(hit, groove, transport.tempo)] : [];
    const held = isLocked(lock, hit) ? [text("grid.locked")] : [];
    return [placeOf(hit, groove), ...heard, ...held];
  }
}

/** @type {Deed[]} after which what has moved is selected */
const MOVE = ["earlier", "later", "paste"];

/** What to say where a deed changes nothing. @type {Partial<Record<Deed, string>>} */
const NOTHING = {
  paste: text("notes.paste.nothing"),
  duplicate: text("notes.duplicate.last"),
};

/** A key with what is held with it, such as "Ctrl+c". @param {KeyboardEvent} event */
const keyOf = ({ key, ctrlKey, metaKey, altKey }) =>
  `${ctrlKey || metaKey ? "Ctrl+" : ""}${altKey ? "Alt+" : ""}${key.length > 1 ? key : key.toLowerCase()}`;

/** As in "bar 2, 3.1": bar, beat and sixteenth. @param {Hit} hit @param {Groove} groove */
function placeOf(hit, groove) {
  const at = sixteenthOf(hit.step, groove);
  const beat = beatAt(at, groove);
  const place = { bar: beat.bar + 1, beat: beat.number, sixteenth: at - beat.at + 1 };
  return text("grid.place", place);
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
  if (ms === 0) return text("grid.on_time");
  return text(ms > 0 ? "grid.late" : "grid.early", { ms: Math.abs(ms) });
}
