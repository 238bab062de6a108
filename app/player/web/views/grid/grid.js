// The grid of the groove that sounds: hits where they are played, and a playhead over them.

/** @import { Colours, Geometry, Groove, Hit, Path, Shape } from "../../types" */
/** @import { Player } from "../../state/player.js" */

import { nameOf, text } from "../../language.js";
import { element, fitted, onResolution, perFrame, put, style } from "../dom.js";
import { drawBack } from "./back.js";
import { GridEditor } from "./edit.js";
import { GridFoot } from "./foot.js";
import { LockRuler, drawLock } from "./lock.js";
import { BEATS, beatOf, SIXTEENTHS } from "../../state/groove.js";
import { lengthOf } from "../../state/meter.js";
import { coloursOf } from "../look.js";
import { GridTools } from "./tools.js";
import { Playhead } from "./playhead.js";
import { RowHeads, rowsOf } from "./rows.js";
import { CLICK } from "../../sound/strokes.js";

// px above the rows: a finger needs more
const RULER = window.matchMedia("(pointer: coarse)").matches ? 40 : 26;
const HIT_WIDTH = 0.5; // of a sixteenth
const WIDEST_HIT = 16; // px
const HIT_HEIGHT = { least: 0.26, most: 0.86 }; // of the row, softest and loudest

/** @implements {Geometry} */
export class Grid {
  #player;
  #heads;
  #back = element("canvas", { "aria-hidden": "true" });
  #backDrawn = ""; // what the back was drawn for
  #canvas;
  #field;
  #foot;
  #editor;
  #tools;
  #playhead;
  /** @type {number[]} */
  #rows = [];
  #size = { width: 0, height: 0 }; // as it was drawn last
  #drawSoon = perFrame(() => this.#draw());
  #observer = new ResizeObserver(this.#drawSoon);
  #stop = onResolution(this.#drawSoon);

  /** @param {Player} player */
  constructor(player) {
    this.#player = player;
    this.#heads = new RowHeads(player);
    this.#canvas = element("canvas", { class: "cells", tabindex: 0, role: "grid" });
    this.#foot = new GridFoot(player);
    /** @type {(line: string, quietly?: boolean) => void} */
    const show = (line, quietly) => this.#foot.show(line, quietly);
    const ruler = new LockRuler(player, this, show);
    this.#field = element("div", { class: "field" }, this.#back, this.#canvas, ruler.root);
    const scroller = element("div", { class: "scroller" }, this.#field);
    this.root = element(
      "div",
      { class: "grid" },
      element("div", { class: "sheet" }, this.#heads.families, this.#heads.root, this.#heads.opener, scroller),
      this.#foot.root,
    );
    this.#editor = new GridEditor(player, this, this.#canvas, show);
    this.#tools = new GridTools(player, this.#editor);
    this.root.append(this.#tools.root);
    this.#playhead = new Playhead(player, this, this.#field, scroller);
    style(this.root, "--ruler", `${RULER}px`);
    this.#observer.observe(this.#canvas);
  }

  update() {
    const { path, groove, scene, settings } = this.#player;
    if (!groove || !path) return;
    const { allVoices: all, allPercussion: percussion } = settings;
    const rows = rowsOf({ path, groove, scene, all, percussion });
    if (rows.join() !== this.#rows.join()) {
      this.#rows = rows;
      this.#heads.fill(rows);
      style(this.root, "--rows", rows.length);
    }
    style(this.root, "--bars", this.sixteenths / SIXTEENTHS); // of 4/4
    this.root.classList.toggle("fixed", !this.#player.scene.canEdit);
    put(this.#canvas, "aria-label", describe(groove, path, rows));
    this.#heads.update();
    this.#foot.update();
    this.#editor.update();
    this.#tools.update();
    this.#playhead.update();
    this.#drawSoon();
  }

  close() {
    this.#observer.disconnect();
    this.#stop();
    this.#playhead.close();
  }

  // Geometry, in CSS pixels of the canvas

  get rows() {
    return this.#rows;
  }

  get bars() {
    return this.#player.groove?.bars ?? 1;
  }

  /** Sixteenths of the groove. */
  get sixteenths() {
    return lengthOf(this.shape);
  }

  /** Bars and meters of the groove. @returns {Shape} */
  get shape() {
    return this.#player.groove ?? { bars: 1, steps: SIXTEENTHS };
  }

  get #steps() {
    return this.#player.groove?.steps ?? SIXTEENTHS;
  }

  get size() {
    return this.#size;
  }

  get rowHeight() {
    return (this.size.height - RULER) / Math.max(1, this.#rows.length);
  }

  /** Top of a row, counted from 0. @param {number} row */
  topOf(row) {
    return RULER + row * this.rowHeight;
  }

  /** The row at a height, the nearest one above and below the rows. @param {number} y */
  rowAt(y) {
    const row = Math.floor((y - RULER) / this.rowHeight);
    return Math.min(this.#rows.length - 1, Math.max(0, row));
  }

  get sixteenth() {
    return this.size.width / this.sixteenths;
  }

  /** Steps in a sixteenth: a click on an empty place means a sixteenth. */
  get stepsPerSixteenth() {
    const per = this.#steps / SIXTEENTHS;
    return Number.isInteger(per) ? per : 1;
  }

  /**
   * A beat stands in the middle of its sixteenth's cell, so that early hits have room.
   *
   * @param {number} beat
   */
  xOf(beat) {
    return (beat * SIXTEENTHS) / BEATS * this.sixteenth + this.sixteenth / 2;
  }

  /** @param {number} x */
  beatOfX(x) {
    return ((x - this.sixteenth / 2) / this.sixteenth) * (BEATS / SIXTEENTHS);
  }

  /**
   * Where a hit is drawn, wholly inside the grid: {x, y, width, height}, x and y of its middle.
   *
   * @param {Pick<Hit, "step" | "timing" | "voice" | "velocity">} hit
   */
  boxOf(hit, beat = beatOf(hit, this.#steps, this.#player.settings.swing)) {
    const loud = hit.velocity / 127;
    const height =
      this.rowHeight * (HIT_HEIGHT.least + (HIT_HEIGHT.most - HIT_HEIGHT.least) * loud);
    const width = Math.min(WIDEST_HIT, Math.max(3, this.sixteenth * HIT_WIDTH));
    return {
      x: Math.min(this.size.width - width / 2, Math.max(width / 2, this.xOf(beat))),
      y: this.topOf(this.#rows.indexOf(hit.voice) + 0.5),
      width,
      height,
    };
  }

  // Drawing

  #draw() {
    const { groove, path } = this.#player;
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    this.#size = { width, height };
    if (!groove || !path || !width) return;
    const colours = coloursOf(this.root);
    const { mix, ...still } = colours; // the blend's colour is not in the back
    const scale = window.devicePixelRatio;
    const back = [width, height, scale, groove.bars, groove.meters, ...this.#rows, ...Object.values(still)].join();
    if (back !== this.#backDrawn) {
      this.#backDrawn = back;
      const families = this.#rows.map((voice) => path.voices[voice].family);
      drawBack(this.#back, this, families, colours);
    }
    const context = fitted(this.#canvas);
    drawLock(context, this, this.#player.lock, colours);
    for (const hit of groove.hits) this.#drawHit(context, colours, hit);
    this.#editor.drawCursor(context, colours.mix);
  }

  /** @param {CanvasRenderingContext2D} context @param {Colours} colours @param {Hit} hit */
  #drawHit(context, colours, hit) {
    const { x, y, width, height } = this.boxOf(hit);
    const heard = this.#player.mixer.isHeard(hit.voice);
    const family = this.#player.path?.voices[hit.voice].family ?? "";
    context.fillStyle = colours[heard ? family : "muted"];
    context.globalAlpha = (heard ? 1 : 0.5) * (0.35 + (0.65 * hit.velocity) / 127);
    context.beginPath();
    context.roundRect(x - width / 2, y - height / 2, width, height, Math.min(4, width / 2.5));
    context.fill();
    context.globalAlpha = 1;
  }

  redraw() {
    this.#drawSoon();
  }

  /**
   * Strokes of the groove that sound around the audio time: what the playhead lights up.
   *
   * @param {number} time
   * @param {number} span
   */
  strokesSince(time, span) {
    return this.#player.transport.scheduled.filter(
      (stroke) => stroke.voice !== CLICK && stroke.time <= time && stroke.time > time - span,
    );
  }
}

/** The grid for screen readers. @param {Groove} groove @param {Path} path @param {number[]} rows */
function describe(groove, { voices }, rows) {
  const counts = rows.map((voice) => {
    const count = groove.hits.filter((hit) => hit.voice === voice).length;
    return `${nameOf(voices[voice].name)} ${count}`;
  });
  const bars = text("deck.bars", { count: groove.bars });
  const meters = [...new Set(groove.meters)].join(", ");
  const length = meters ? text("grid.meters", { bars, meters }) : bars;
  return text("grid", { bars: length, hits: counts.join(", ") });
}
