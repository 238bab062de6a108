// Entry of a second component: a chart of many points, drawn by Plotly.
//
// It lies open in the page, for Plotly's style sheet does not reach into a component that is closed.

/** @import { ChartData, Mounting } from "./types" */

import { element } from "./views/dom.js";
import { mountIn } from "./page/mounts.js";
import { unpackPoints } from "./state/words.js";

/** @type {Promise<any> | null} of Plotly */
let script = null;

/** @param {Mounting} mounting */
export default function mount({ data: [data], parentElement }) {
  const [chart, leave] = mountIn(parentElement, () => new Chart(parentElement));
  chart.receive(data);
  return leave;
}

/**
 * Plotly, from the files of the component of this name, whose address holds a digest.
 *
 * @param {string} component
 * @param {string} trouble what is shown where that fails
 */
function loadPlotly(component, trouble) {
  script ??= new Promise((loaded, failed) => {
    const src = new URL(`../${component}/plotly.min.js`, import.meta.url).href;
    const onerror = () => {
      script = null;
      failed(new Error(trouble));
    };
    document.head.append(element("script", { src, onload: () => loaded(window.Plotly), onerror }));
  });
  return script;
}

class Chart {
  #root = element("div");
  /** @type {any} Plotly, once it has drawn */
  #plotly = null;
  #id = ""; // of the figure
  #closed = false;

  /** @param {HTMLElement} parent */
  constructor(parent) {
    parent.append(this.#root);
  }

  /** See chart.py for what Python sends. @param {ChartData} data */
  receive(data) {
    if (data.id === this.#id) return;
    this.#id = data.id;
    this.#root.style.height = `${data.figure.layout.height}px`; // nothing moves once it is drawn
    this.#root.setAttribute("role", "figure"); // with buttons of its own
    this.#root.setAttribute("aria-label", data.label);
    this.#draw(data).catch((error) => {
      this.#root.textContent = error.message;
      reportError(error);
    });
  }

  /** @param {ChartData} data */
  async #draw({ id, plotly, figure, points, config, trouble }) {
    const [loaded, placed] = await Promise.all([loadPlotly(plotly, trouble), unpackPoints(points)]);
    await new Promise((go) => setTimeout(go)); // both take long: between them strokes are scheduled
    if (this.#closed || id !== this.#id) return;
    this.#plotly = loaded;
    const { xaxis, yaxis } = figure.layout;
    /** @param {[number, number]} range @param {number[]} shares */
    const between = ([low, high], shares) => shares.map((share) => low + share * (high - low));
    const traces = figure.data.map((trace, i) => ({
      ...trace,
      x: between(xaxis.range, placed[i].x),
      y: between(yaxis.range, placed[i].y),
    }));
    await loaded.react(this.#root, traces, figure.layout, { responsive: true, ...config });
    if (this.#closed) this.#purge();
  }

  close() {
    this.#closed = true;
    this.#purge();
  }

  /** Plotly would keep its part of the graphics card, of which a page has 16; so may its canvases,
   * until they are collected. */
  #purge() {
    const canvases = [...this.#root.querySelectorAll("canvas")];
    this.#plotly?.purge(this.#root);
    for (const canvas of canvases) {
      canvas.getContext("webgl")?.getExtension("WEBGL_lose_context")?.loseContext();
    }
  }
}
