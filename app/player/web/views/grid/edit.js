// Editing on the grid: click sets and removes a hit, dragging up and down sets its velocity.

import { isCommand } from "../dom.js";
import { BEATS } from "../../state/groove.js";
import { isLocked, sixteenthOf } from "../../state/lock.js";

const FRESH = 96; // velocity of a new hit
const NEAR = 7; // px around a hit that still mean it
const DRAG = 4; // px before a press becomes a drag
const HOLD = 300; // ms a finger rests before it drags velocity instead of the page
const KEY_VELOCITY = 8;

export class GridEditor {
  #player;
  #grid;
  #canvas;
  #say;
  #press = null; // {hit, wasThere, pointer, y, moved, armed, timer}
  #cursor = null; // {row, sixteenth}, where the keyboard stands

  /** `say(text)` shows a line about what stands under the pointer; "" for nothing. */
  constructor(player, grid, canvas, say) {
    this.#player = player;
    this.#grid = grid;
    this.#canvas = canvas;
    this.#say = say;
    const on = (name, act, options) => canvas.addEventListener(name, act.bind(this), options);
    on("pointerdown", this.#down);
    on("pointermove", this.#move);
    on("pointerup", this.#up);
    on("pointercancel", this.#cancel);
    on("pointerleave", () => this.#press || this.#tell(null));
    on("touchmove", (event) => this.#press?.armed && event.preventDefault(), { passive: false });
    on("contextmenu", (event) => this.#press && event.preventDefault());
    on("keydown", this.#key);
    on("blur", () => this.#moveCursor(null));
  }

  /** The hit or empty cell at a place of the canvas. */
  #at({ offsetX, offsetY, shiftKey }) {
    const { groove } = this.#player;
    const voice = this.#grid.rows[this.#grid.rowAt(offsetY)];
    const away = (hit) => Math.abs(this.#grid.boxOf(hit).x - offsetX);
    const nearest = groove.hits
      .filter((hit) => hit.voice === voice)
      .reduce((a, b) => (a && away(a) <= away(b) ? a : b), null);
    // With shift every step can be reached, without it a click means the sixteenth.
    const unit = shiftKey ? 1 : this.#grid.stepsPerSixteenth;
    const reach = shiftKey ? 2 : Math.min(NEAR, this.#grid.sixteenth * 0.45);
    if (nearest && away(nearest) <= reach) return { hit: nearest, wasThere: true };
    const place = (this.#grid.beatOfX(offsetX) * groove.steps) / BEATS / unit;
    const last = groove.bars * groove.steps - unit;
    const step = Math.min(last, Math.max(0, Math.round(place) * unit));
    return { hit: this.#cell(step, voice), wasThere: false };
  }

  #cell(step, voice) {
    const hit = this.#player.groove.hits.find((h) => h.step === step && h.voice === voice);
    return hit ?? { step, voice, velocity: FRESH, timing: 0 };
  }

  #down(event) {
    if (this.#press || !event.isPrimary) return this.#cancel(); // two fingers zoom the page
    if (event.button !== 0 || !this.#player.scene.canEdit) return;
    const { pointerId: pointer, clientY: y } = event;
    const touch = event.pointerType === "touch";
    this.#press = { ...this.#at(event), pointer, y, moved: false, armed: !touch };
    if (touch) this.#press.timer = setTimeout(() => this.#arm(), HOLD);
    else this.#arm();
    if (!touch) this.#canvas.setPointerCapture(pointer);
  }

  /** From here on the press edits: an empty cell gets its hit at once. */
  #arm() {
    this.#press.armed = true;
    if (this.#press.wasThere) return;
    this.#player.edit(this.#press.hit);
    this.#player.audition(this.#press.hit.voice, this.#press.hit.velocity);
  }

  #move(event) {
    if (!this.#press) return this.#tell(this.#at(event));
    if (event.pointerId !== this.#press.pointer || !this.#press.armed) return;
    const rise = this.#press.y - event.clientY;
    if (!this.#press.moved && Math.abs(rise) < DRAG) return;
    this.#press.moved = true;
    const velocity = Math.round(Math.min(127, Math.max(1, this.#press.hit.velocity + rise)));
    const hit = { ...this.#press.hit, velocity };
    this.#player.edit(hit);
    this.#tell({ hit, wasThere: true });
  }

  #up({ pointerId }) {
    const press = this.#press;
    if (press?.pointer !== pointerId) return;
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

  #key(event) {
    if (isCommand(event)) return;
    const moves = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
    const { row, sixteenth } = this.#cursor ?? { row: 0, sixteenth: 0 };
    if (event.key in moves) {
      const [down, right] = moves[event.key];
      const moved = { row: row + down, sixteenth: sixteenth + right };
      this.#moveCursor(this.#cursor ? moved : { row, sixteenth });
    } else if (event.key === "Enter" && this.#cursor && this.#player.scene.canEdit) {
      const { hit, wasThere } = this.#atCursor();
      this.#change({ ...hit, velocity: wasThere ? 0 : FRESH });
    } else if (["+", "-"].includes(event.key) && this.#cursor && this.#player.scene.canEdit) {
      const { hit, wasThere } = this.#atCursor();
      const velocity = hit.velocity + (event.key === "+" ? KEY_VELOCITY : -KEY_VELOCITY);
      if (wasThere) this.#change({ ...hit, velocity: Math.min(127, Math.max(1, velocity)) });
    } else if (event.key.toLowerCase() === "l" && this.#cursor) {
      this.#lockBeat();
    } else return;
    event.preventDefault();
  }

  /** Lock the cursor's beat, or let it go. */
  #lockBeat() {
    const first = Math.floor(this.#cursor.sixteenth / 4) * 4;
    const on = !this.#player.lock.sixteenths.has(this.#cursor.sixteenth);
    this.#player.lockSixteenths([first, first + 1, first + 2, first + 3], on);
    this.#tell(this.#atCursor());
  }

  #change(hit) {
    this.#player.edit(hit);
    this.#player.keepEdits();
    if (hit.velocity) this.#player.audition(hit.voice, hit.velocity);
    this.#tell(this.#atCursor());
  }

  /** What stands in the cursor's sixteenth: its first hit, or the empty cell. */
  #atCursor() {
    const unit = this.#grid.stepsPerSixteenth;
    const voice = this.#grid.rows[this.#cursor.row];
    const step = this.#cursor.sixteenth * unit;
    const { groove } = this.#player;
    const last = groove.bars * groove.steps; // what stands half a sixteenth before it is the first's
    const inside = (hit) =>
      hit.voice === voice && (Math.round(hit.step / unit) * unit) % last === step;
    const hit = groove.hits.find(inside);
    return { hit: hit ?? this.#cell(step, voice), wasThere: Boolean(hit) };
  }

  #moveCursor(cursor) {
    const { groove } = this.#player;
    const clamp = (value, most) => Math.min(most, Math.max(0, value));
    const sixteenths = (groove.bars * groove.steps) / this.#grid.stepsPerSixteenth;
    this.#cursor = cursor && {
      row: clamp(cursor.row, this.#grid.rows.length - 1),
      sixteenth: clamp(cursor.sixteenth, sixteenths - 1),
    };
    if (this.#cursor) this.#tell(this.#atCursor());
    this.#grid.redraw();
  }

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

  /** Say in words what stands under the pointer or cursor. */
  #tell(found) {
    if (!found) return this.#say("");
    const { hit, wasThere } = found;
    const { groove, path, transport, lock } = this.#player;
    const sixteenths = sixteenthOf(hit.step, groove);
    const bar = Math.floor(sixteenths / 16) + 1;
    const place = `bar ${bar}, ${(Math.floor(sixteenths / 4) % 4) + 1}.${(sixteenths % 4) + 1}`;
    const held = isLocked(lock, hit) ? " · locked" : "";
    const name = path.voices[hit.voice].name;
    if (!wasThere) return this.#say(`${name} · ${place}${held}`);
    const perSixteenth = groove.steps / 16;
    const onSixteenth = Math.round(hit.step / perSixteenth) * perSixteenth;
    const steps = hit.step + hit.timing - onSixteenth;
    const ms = Math.round(((steps * BEATS) / groove.steps) * (60000 / transport.tempo));
    const timing = ms === 0 ? "on the grid" : ms > 0 ? `${ms} ms late` : `${-ms} ms early`;
    this.#say(`${name} · ${place} · velocity ${hit.velocity} · ${timing}${held}`);
  }
}
