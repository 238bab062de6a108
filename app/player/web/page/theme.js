// The page's theme: dark for who comes first, light for who chooses it in Streamlit's menu.
//
// Streamlit can be given a dark and a light theme, and then follows the system of a first visitor. It
// remembers a choice for the address of one page only, and does not have Python draw again. So the
// theme that was shown last is kept here, and chosen in the menu where Streamlit begins with the
// other one; but a first visitor may have used the menu before this script ran: that choice holds.

/** @import { Send } from "../types" */

import { element } from "../views/dom.js";
import { isLight } from "../views/look.js";

const ITEM = "beatgen theme";
const CHOSEN = `stActiveTheme-${location.pathname}-v`; // how the name of Streamlit's item begins
const UNCHOSEN = '"System"'; // what it holds before
const FIRST = "Dark";
const MENU = '[data-testid="stMainMenu"]';
const PATIENCE = 5000; // ms for the menu, and for Python, to answer
const TRIES = 3;

/**
 * @type {Promise<void> | null} a choice that goes on in the menu; one, however many parts there are
 */
let choosing = null;

export class Theme {
  root = element("div", { hidden: true });
  #observer = new MutationObserver(() => this.#report());
  #drawn = ""; // theme that Python draws for
  /** @type {Send} */
  #send = () => {};
  #reminder = 0;

  constructor() {
    const wanted = recall() ?? (chosenHere() ? shown() : FIRST);
    this.#observer.observe(page(), { attributeFilter: ["class"] });
    keep(wanted);
    if (wanted !== shown()) choosing ??= choose(wanted).finally(() => (choosing = null));
  }

  /** @param {{ drawn: string }} data @param {Send} send */
  receive({ drawn }, send) {
    this.#send = send;
    this.#drawn = drawn;
    setTimeout(() => this.#report()); // not while it is being mounted
  }

  close() {
    this.#observer.disconnect();
    clearTimeout(this.#reminder);
  }

  /** Have Python draw for the theme that is shown. */
  #report(tries = TRIES) {
    if (!choosing) keep(shown());
    clearTimeout(this.#reminder);
    if (shown().toLowerCase() === this.#drawn) return;
    this.#send("shown", shown().toLowerCase());
    // The run that this asks for may begin before Streamlit has given it the theme.
    if (tries > 1) this.#reminder = setTimeout(() => this.#report(tries - 1), PATIENCE);
  }
}

const page = () => document.querySelector(".stApp") ?? document.body;

function shown() {
  return isLight(getComputedStyle(page()).backgroundColor) ? "Light" : "Dark";
}

/**
 * Choose a theme in the menu, as a hand would: look, press, wait for what comes of it.
 *
 * @param {string} name
 */
async function choose(name) {
  /** @type {(selector: string) => HTMLElement | null} */
  const find = (selector) => document.querySelector(selector);
  const button = () => find(`${MENU} button, button${MENU}`);
  const item = () => find(`[data-testid="stMainMenuItem-theme-${name}"]`);
  await until(button);
  if (!button()) return; // the page is embedded without its menu
  for (let tries = 0; tries < TRIES && shown() !== name; tries++) {
    await press(button, item); // a busy page may close its menu again
    await press(item, () => shown() === name);
  }
  await press(button, () => !item()); // it stays open
  await until(() => document.activeElement === button());
  button()?.blur(); // or it would take the space bar, which plays
}

/**
 * Press what is found, unless what it is for is already done.
 *
 * @param {() => HTMLElement | null} find
 * @param {() => unknown} done
 */
async function press(find, done) {
  await until(() => find() || done());
  if (!done()) find()?.click();
  await until(done);
}

/** Resolves once `holds`, or after a while. @param {() => unknown} holds */
async function until(holds) {
  const end = performance.now() + PATIENCE;
  while (!holds() && performance.now() < end) await new Promise(requestAnimationFrame);
}

// A browser may forbid storage: then every visit is the first.

/** @param {string} name */
function keep(name) {
  try {
    localStorage.setItem(ITEM, name);
  } catch (error) {
    console.warn("The theme is not kept:", error);
  }
}

function recall() {
  try {
    return localStorage.getItem(ITEM);
  } catch {
    return null;
  }
}

function chosenHere() {
  try {
    const items = Object.entries(localStorage);
    return items.some(([name, value]) => name.startsWith(CHOSEN) && value !== UNCHOSEN);
  } catch {
    return false;
  }
}
