// The script that Streamlit runs for the page, as the browser sees it.
//
// What was clicked on the page around the player comes first. Until the run that a click asks for has
// begun, Streamlit sends every message with the page that was open before, and it puts messages
// together that wait for one run: one from the player right behind a click on a page's link would undo
// the click, and one right behind "Make it A" would make A of what sounds by then.

const PRESSED = "[data-testid^=stBaseButton], [data-testid^=stPageLink]";
const SENT = 100; // ms from a click to when the browser has sent it
const LOOK = 30; // ms from one look to the next
const PATIENCE = 10000; // ms; a run that takes longer is not waited for

/** @type {Set<() => void>} */
const waiting = new Set();
let clicked = -Infinity; // ms, the last time
let comes = false; // the run of a click

globalThis.document?.addEventListener?.("click", onClick, true);

export function scriptRests() {
  const app = globalThis.document?.querySelector?.("[data-test-script-state]");
  const state = app?.getAttribute("data-test-script-state");
  return state !== "running" && state !== "rerunRequested";
}

/** Do this now, or once the run of a click has ended: once, however often it was asked for. @param {() => void} act */
export function behindClicks(act) {
  if (comes) waiting.add(act);
  else act();
}

/** @param {Event} event */
function onClick({ target }) {
  if (!(/** @type {Element} */ (target).closest(PRESSED))) return;
  clicked = performance.now();
  if (!comes) setTimeout(look, LOOK);
  comes = true;
}

function look() {
  const waited = performance.now() - clicked;
  if (waited < PATIENCE && (waited < SENT || !scriptRests())) {
    setTimeout(look, LOOK);
    return;
  }
  comes = false;
  const acts = [...waiting];
  waiting.clear();
  for (const act of acts) act();
}
