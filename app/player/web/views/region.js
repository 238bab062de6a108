// What is chosen on a chart: a point that is clicked, and the regions that are lassoed or boxed. Only
// places and outlines are sent, for the points in them would be hundreds of kilobytes.

/** @import { Keep, Send } from "../types" */
/** @import { Player } from "../state/player.js" */

/**
 * What Plotly adds to the element of a chart, of what is used here.
 *
 * @typedef {HTMLElement & { on(event: string, act: (event: any) => void): void, layout: any }} Plot
 */

import { element, style } from "./dom.js";

const WAIT = 200; // ms until a chart that is not drawn yet is looked for again

export class Region {
  root = element("div", { hidden: true });
  #player;
  /** @type {Plot | null} */
  #chart = null;
  #again = 0;
  /** @type {Send} */
  #send = () => {};
  /** @type {Keep} */
  #keep = () => {};

  /** @param {Player} player */
  constructor(player) {
    this.#player = player;
  }

  /**
   * @param {{ chart: string }} data a CSS selector of what holds the chart
   * @param {Send} send
   * @param {Keep} keep
   */
  receive({ chart }, send, keep) {
    this.#send = send;
    this.#keep = keep;
    this.#listen(chart);
  }

  /** @param {string} chart */
  #listen(chart) {
    clearTimeout(this.#again);
    /** @type {HTMLElement | null} */
    const holder = document.querySelector(chart);
    /** @type {Plot | null | undefined} */
    const plot = holder?.querySelector(".js-plotly-plot");
    if (!holder || !plot?.on) {
      this.#again = setTimeout(() => this.#listen(chart), WAIT);
    } else if (plot !== this.#chart) {
      this.#chart = plot;
      plot.on("plotly_click", ({ points: [{ x, y }] }) => {
        this.#player.openSound();
        this.#send("chosen", [x, y]);
      });
      // A click is reported as a selection, too, one without an event; the outlines stay.
      plot.on("plotly_selected", (event) => event && this.#report(event.selections ?? []));
      plot.on("plotly_deselect", () => this.#report([]));
      for (const event of ["plotly_relayout", "plotly_relayouting"]) {
        plot.on(event, () => lay(holder, plot));
      }
      lay(holder, plot);
    }
  }

  close() {
    clearTimeout(this.#again);
    this.#send = this.#keep = () => {};
  }

  /** @param {Selection[]} selections */
  #report(selections) {
    this.#keep("region", selections.map(outline));
  }
}

/**
 * Give the style sheet the place of the whole chart while a part of it is shown.
 *
 * @param {HTMLElement} holder
 * @param {Plot} plot
 */
function lay(holder, { layout: { xaxis, yaxis } }) {
  const [left, right] = xaxis.range;
  const [bottom, top] = yaxis.range;
  /** @type {(name: string, length: number, shown: number) => void} */
  const percent = (name, length, shown) => style(holder, name, `${(100 * length) / shown}%`);
  percent("--left", xaxis.minallowed - left, right - left);
  percent("--wide", xaxis.maxallowed - xaxis.minallowed, right - left);
  percent("--top", top - yaxis.maxallowed, top - bottom);
  percent("--high", yaxis.maxallowed - yaxis.minallowed, top - bottom);
}

/**
 * A lasso or a box, as Plotly has it.
 *
 * @typedef {{ type: string, path: string, x0: number, x1: number, y0: number, y1: number }} Selection
 */

/** The corners [x, y] of a lasso or a box. @param {Selection} selection */
function outline({ type, path, x0, x1, y0, y1 }) {
  if (type === "rect") return [[x0, y0], [x1, y0], [x1, y1], [x0, y1]].map(whole);
  return path.replace(/[MZ]/g, "").split("L").map((corner) => whole(corner.split(",")));
}

/** @param {(number | string)[]} corner */
const whole = (corner) => corner.map((value) => Math.round(Number(value)));
