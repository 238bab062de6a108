// Elements, briefly.

/** @import { Attributes } from "../types" */

/**
 * An element with attributes, listeners (on...), and children.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} attributes
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/**
 * Set an attribute, if it is another: browsers redo styles and screen readers speak even so.
 *
 * @param {Element} target
 * @param {string} name
 * @param {string | number | boolean} value
 */
export function put(target, name, value) {
  if (target.getAttribute(name) !== String(value)) target.setAttribute(name, String(value));
}

/** Set the text, if it is another. @param {Element} target @param {string} text */
export function write(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/**
 * Set a custom property, if it is another.
 *
 * @param {HTMLElement} target
 * @param {string} name
 * @param {string | number} value
 */
export function style(target, name, value) {
  if (target.style.getPropertyValue(name) === String(value)) return;
  target.style.setProperty(name, String(value));
}

/** The element with the focus in the document or shadow root of `target`. @param {Node} target */
export const focusedBeside = (target) =>
  /** @type {Document | ShadowRoot} */ (target.getRootNode()).activeElement;

/**
 * Fit a canvas to its size on the screen; returns its context, in CSS pixels.
 *
 * @param {HTMLCanvasElement} canvas
 */
export function fitted(canvas) {
  const scale = window.devicePixelRatio;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
  }
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/**
 * Call `act` when the page comes to another screen, or is zoomed; returns a function that ends it.
 *
 * @param {() => void} act
 */
export function onResolution(act) {
  const changed = () => {
    query = listen();
    act();
  };
  const listen = () => {
    const fresh = matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    fresh.addEventListener("change", changed, { once: true });
    return fresh;
  };
  let query = listen();
  return () => query.removeEventListener("change", changed);
}

/**
 * An SVG element with attributes and children.
 *
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number | boolean>} attributes
 * @param {Node[]} children
 * @returns {SVGElementTagNameMap[Tag]}
 */
export function drawing(tag, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

// Padlocks
export const LOCKED = "M7 10V8a5 5 0 0 1 10 0v2h1.5v10h-13V10zm2.2 0h5.6V8a2.8 2.8 0 0 0-5.6 0z";
export const OPEN = "M7 10V7a5 5 0 0 1 9.6-2l-2 .9A2.8 2.8 0 0 0 9.2 7v3h9.3v10h-13V10z";

/** A picture drawn as one path on a 24 by 24 field. @param {string} path */
export function icon(path) {
  const line = drawing("path", { d: path });
  return drawing("svg", { viewBox: "0 0 24 24", "aria-hidden": true }, line);
}

/**
 * Whether a key is pressed for the browser or the system: with Ctrl, Alt or the command key.
 *
 * @param {KeyboardEvent} event
 */
export const isCommand = ({ ctrlKey, metaKey, altKey }) => ctrlKey || metaKey || altKey;

/**
 * Call `draw` at the next animation frame, once however often it is asked for.
 *
 * @param {() => void} draw
 */
export function perFrame(draw) {
  let asked = 0;
  return () => {
    asked ||= requestAnimationFrame(() => {
      asked = 0;
      draw();
    });
  };
}
