// The playhead: a line that walks over the grid with the sound, and hits that light up under it.

/** @import { Player } from "../../state/player.js" */
/** @import { Grid } from "./grid.js" */

import { QUARTER } from "../../state/meter.js";
import { element, fitted } from "../dom.js";

const GLOW = 0.18; // s that a hit shines after it sounded
const FOLLOW = 0.15; // of the visible width left before the grid scrolls on
const AT = { step: 0, timing: 0 }; // a stroke is drawn at its place
const HANDS_OFF = 4000; // ms that the grid stays where the musician scrolled it

export class Playhead {
  #player;
  #grid;
  #field;
  #scroller;
  #line = element("div", { class: "playhead", hidden: true });
  #lights = element("canvas", { class: "lights", "aria-hidden": "true" });
  #frame = 0;
  #lit = false;
  #followed = 0; // where following put the grid
  #handled = -Infinity; // when the musician last scrolled it
  #pointed = false; // a pointer is on it, or pressed
  #calm = window.matchMedia("(prefers-reduced-motion: reduce)");

  /**
   * @param {Player} player
   * @param {Grid} grid
   * @param {HTMLElement} field
   * @param {HTMLElement} scroller
   */
  constructor(player, grid, field, scroller) {
    this.#player = player;
    this.#grid = grid;
    this.#field = field;
    this.#scroller = scroller;
    field.append(this.#lights, this.#line);
    scroller.addEventListener("scroll", () => {
      if (scroller.scrollLeft !== this.#followed) this.#handled = performance.now();
    });
    const point = (/** @type {PointerEvent} */ { type, pointerType, buttons }) => {
      const over = type !== "pointerleave" && type !== "pointercancel";
      const up = type === "pointerup" && pointerType === "touch";
      this.#pointed = buttons > 0 || (over && !up);
    };
    for (const name of /** @type {const} */ ([
      ...["pointerenter", "pointermove", "pointerdown"],
      ...["pointerup", "pointerleave", "pointercancel"],
    ])) {
      scroller.addEventListener(name, /** @type {any} */ (point));
    }
  }

  update() {
    const { playing } = this.#player;
    if (playing && this.#line.hidden) this.#handled = -Infinity;
    this.#line.hidden = !playing;
    if (playing) this.#frame ||= requestAnimationFrame(() => this.#step());
  }

  close() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  #step() {
    this.#frame = 0;
    const { playing, transport } = this.#player;
    const heard = this.#heardTime();
    const beat = playing ? transport.beatAt(heard) : -1;
    const shown = this.#calm.matches ? Math.floor(beat) : beat;
    const length = this.#grid.sixteenths / QUARTER;
    // The last half sixteenth belongs to the next bar, like the hits that stand in it.
    const x = this.#grid.xOf(((shown + 1 / 8) % length) - 1 / 8);
    this.#line.style.transform = `translateX(${x.toFixed(2)}px)`;
    this.#line.style.opacity = beat < 0 ? "0" : "1";
    if (playing) this.#follow(x); // by jumps, which are few: no motion
    if (playing && !this.#calm.matches) this.#shine(heard);
    if (playing) this.#frame = requestAnimationFrame(() => this.#step());
    else this.#shine(Infinity);
  }

  /** Audio time of what leaves the loudspeaker at this moment. */
  #heardTime() {
    const { context, isRunning } = this.#player.sound;
    if (!context) return 0;
    if (!isRunning) return context.currentTime; // it stands, and the timestamp would walk on
    const { contextTime = 0, performanceTime } = context.getOutputTimestamp();
    const behind = context.currentTime - contextTime;
    if (!performanceTime || behind < 0 || behind > 0.5) return context.currentTime;
    return contextTime + (performance.now() - performanceTime) / 1000;
  }

  /** @param {number} x */
  #follow(x) {
    const { scrollLeft, clientWidth, scrollWidth } = this.#scroller;
    // Never under a pointer: it would hit another cell than the one it was brought to.
    if (scrollWidth <= clientWidth || this.#pointed) return;
    if (performance.now() - this.#handled < HANDS_OFF) return;
    const outside = x < scrollLeft || x > scrollLeft + clientWidth * (1 - FOLLOW / 3);
    if (!outside) return;
    this.#scroller.scrollLeft = Math.max(0, x - clientWidth * FOLLOW);
    this.#followed = this.#scroller.scrollLeft; // the end of the grid may be nearer
  }

  /** @param {number} time */
  #shine(time) {
    const strokes = this.#grid.strokesSince(time, GLOW);
    if (!strokes.length && !this.#lit) return;
    this.#lit = strokes.length > 0;
    const context = fitted(this.#lights);
    context.fillStyle = getComputedStyle(this.#field).getPropertyValue("--shine");
    for (const stroke of strokes) {
      if (!this.#player.mixer.isHeard(stroke.voice)) continue;
      const box = this.#grid.boxOf({ ...AT, ...stroke }, stroke.place);
      const fade = 1 - (time - stroke.time) / GLOW;
      const grow = 2 * fade;
      context.globalAlpha = 0.85 * fade;
      context.beginPath();
      context.roundRect(
        box.x - box.width / 2 - grow,
        box.y - box.height / 2 - grow,
        box.width + 2 * grow,
        box.height + 2 * grow,
        5,
      );
      context.fill();
    }
  }
}
