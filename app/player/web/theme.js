// The page's theme: dark for who comes first, light for who chooses it in Streamlit's menu.
//
// Streamlit can be given a dark and a light theme, and then shows a newcomer the one that his system
// has. It keeps a choice for the address of one page only, and does not have Python draw anew. So
// what was shown last is kept here, and asked for in the menu where Streamlit begins otherwise; but
// a newcomer may have been in the menu before this script came, and then what he chose holds.

import { element } from "./dom.js";
import { isLight } from "./look.js";

const ITEM = "beatgen theme";
const CHOSEN = `stActiveTheme-${location.pathname}-v`; // how the name of Streamlit's item begins
const UNCHOSEN = '"System"'; // what it holds before
const FIRST = "Dark";
const MENU = '[data-testid="stMainMenu"]';
const PATIENCE = 5000; // ms for the menu to open

export class Theme {
  root = element("div", { hidden: true });
  #page = document.querySelector(".stApp");
  #observer = new MutationObserver(() => this.#tell());
  #drawn = null; // theme that Python draws for
  #say = () => {};

  constructor() {
    const wanted = recall() ?? (chosenHere() ? this.#shown : FIRST);
    if (this.#page) this.#observer.observe(this.#page, { attributeFilter: ["class"] });
    if (wanted !== this.#shown) choose(wanted);
    else keep(wanted);
  }

  receive({ drawn }, say) {
    this.#say = say;
    this.#drawn = drawn;
    setTimeout(() => this.#tell()); // not while it is being mounted
  }

  close() {
    this.#observer.disconnect();
  }

  get #shown() {
    return isLight(getComputedStyle(this.#page ?? document.body).backgroundColor)
      ? "Light"
      : "Dark";
  }

  /** Have Python draw for the theme that is shown. */
  #tell() {
    const shown = this.#shown;
    if (shown.toLowerCase() === this.#drawn) return;
    keep(shown);
    this.#drawn = shown.toLowerCase();
    this.#say("shown", this.#drawn);
  }
}

/** Choose a theme in the menu, as a hand would. */
async function choose(name) {
  const button = document.querySelector(`${MENU} button, button${MENU}`);
  if (!button) return; // the page is embedded without its menu
  const find = () => document.querySelector(`[data-testid="stMainMenuItem-theme-${name}"]`);
  button.click();
  await until(() => find() !== null);
  find()?.click();
  button.click(); // the menu stays open
  await until(() => document.activeElement === button);
  button.blur(); // or it would take the space bar, which plays
}

/** Resolves once `holds`, or after a while. */
async function until(holds) {
  const end = performance.now() + PATIENCE;
  while (!holds() && performance.now() < end) await new Promise(requestAnimationFrame);
}

// A browser may forbid storage: then every visit is the first.

function keep(name) {
  try {
    localStorage.setItem(ITEM, name);
  } catch (error) {
    console.warn(`The theme is not kept: ${error.message}`);
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
