// What is chosen on a chart: a point that is clicked, and the regions that are lassoed or boxed. Only
// places and outlines are told, for the points in them would be hundreds of kilobytes.

import { element, style } from "./dom.js";

const WAIT = 200; // ms until a chart that is not drawn yet is looked for again

export class Region {
  root = element("div", { hidden: true });
  #player;
  #chart = null;
  #again = 0;
  #say = () => {};
  #keep = () => {};

  constructor(player) {
    this.#player = player;
  }

  /** chart: a CSS selector of what holds it. */
  receive({ chart }, say, keep) {
    this.#say = say;
    this.#keep = keep;
    this.#listen(chart);
  }

  #listen(chart) {
    clearTimeout(this.#again);
    const plot = document.querySelector(`${chart} .js-plotly-plot`);
    if (!plot?.on) {
      this.#again = setTimeout(() => this.#listen(chart), WAIT);
    } else if (plot !== this.#chart) {
      this.#chart = plot;
      plot.on("plotly_click", ({ points: [{ x, y }] }) => {
        this.#player.openSound();
        this.#say("chosen", [x, y]);
      });
      // A click is told as a selection, too, one without an event; the outlines stay.
      plot.on("plotly_selected", (event) => event && this.#tell(event.selections ?? []));
      plot.on("plotly_deselect", () => this.#tell([]));
      const holder = document.querySelector(chart);
      for (const event of ["plotly_relayout", "plotly_relayouting"]) {
        plot.on(event, () => lay(holder, plot));
      }
      lay(holder, plot);
    }
  }

  close() {
    clearTimeout(this.#again);
    this.#say = this.#keep = () => {};
  }

  #tell(selections) {
    this.#keep("region", selections.map(outline));
  }
}

/** Tell the style sheet where the whole of a chart lies while a part of it is shown. */
function lay(holder, { layout: { xaxis, yaxis } }) {
  const [left, right] = xaxis.range;
  const [bottom, top] = yaxis.range;
  const percent = (name, length, shown) => style(holder, name, `${(100 * length) / shown}%`);
  percent("--left", xaxis.minallowed - left, right - left);
  percent("--wide", xaxis.maxallowed - xaxis.minallowed, right - left);
  percent("--top", top - yaxis.maxallowed, top - bottom);
  percent("--high", yaxis.maxallowed - yaxis.minallowed, top - bottom);
}

/** The corners [x, y] of a lasso or a box. */
function outline({ type, path, x0, x1, y0, y1 }) {
  if (type === "rect") return [[x0, y0], [x1, y0], [x1, y1], [x0, y1]].map(whole);
  return path.replace(/[MZ]/g, "").split("L").map((corner) => whole(corner.split(",")));
}

const whole = (corner) => corner.map((value) => Math.round(Number(value)));
