// The keyboard: space plays, left and right blend, V varies, Z undoes.

import { onPercent } from "../state/names.js";

/** @import { Player } from "../state/player.js" */

const FINE = 0.01;
const COARSE = 0.1;

const TYPING = "input:not([type=range],[type=checkbox],[type=radio],[type=button]),textarea,select";
const OWN_ARROWS = [
  "input[type=range],input[type=radio],canvas[tabindex]",
  "[role=slider],[role=tab],[role=radio],[role=option],[role=combobox],[role=listbox]",
  "[role=menu],[role=menuitem],[role=grid],[role=spinbutton]",
].join();
const WALKED = "[role=toolbar] button";
const PRESSABLE = "button,a[href],summary,input[type=checkbox],input[type=radio],[role=button]";

// Whether the focus came by a pointer. The style :focus-visible cannot tell: browsers give it to a
// clicked button, too, as soon as a key goes down.
let pointed = false;
document.addEventListener("pointerdown", () => (pointed = true), true);
document.addEventListener("keydown", ({ key }) => (pointed &&= key !== "Tab"), true);

/** Listen on the whole page; returns a function that ends it. @param {Player} player */
export function listenToKeys(player) {
  /** @type {string | null} the key that was ours when it went down */
  let taken = null;

  const blend = (/** @type {number} */ amount) => {
    if (!player.scene.isBlend) return false;
    player.drag(onPercent(player.position + amount));
    return true;
  };

  const undo = (/** @type {KeyboardEvent} */ event) => {
    if (event.shiftKey) player.redo();
    else player.undo();
    return true;
  };

  // Streamlit's own shortcut is deaf while a slider has the focus, as the blend has after a drag, and
  // of several presses in one run it counts one.
  const vary = (/** @type {KeyboardEvent} */ event) => {
    event.stopPropagation();
    if (!event.repeat) player.vary(); // the takes are those of what sounds now
    return true;
  };

  /** @type {Record<string, (event: KeyboardEvent) => boolean>} true where the key was ours */
  const actions = {
    " ": ({ repeat }) => (repeat || player.toggle(), true),
    ArrowLeft: (event) => blend(event.shiftKey ? -COARSE : -FINE),
    ArrowRight: (event) => blend(event.shiftKey ? COARSE : FINE),
    "?": () => (player.set({ showsKeys: !player.settings.showsKeys }), true),
    v: vary,
    z: undo,
    y: () => (player.redo(), true),
  };

  const onKey = (/** @type {KeyboardEvent} */ event) => {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (!(key in actions) || event.altKey || event.defaultPrevented) return;
    if ((event.ctrlKey || event.metaKey) && key !== "z" && key !== "y") return;
    if (belongsElsewhere(event.composedPath()[0], key)) return;
    if (!actions[key](event)) return;
    event.preventDefault();
    taken = key;
  };

  const onKeyUp = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== taken) return;
    event.preventDefault(); // Firefox presses a button when space comes up, whatever it did before
    taken = null;
    if (event.key.startsWith("Arrow")) player.releaseSoon();
  };

  // Before Streamlit's own buttons see it: space after a click on one still means play.
  document.addEventListener("keydown", onKey, true);
  document.addEventListener("keyup", onKeyUp, true);
  return () => {
    document.removeEventListener("keydown", onKey, true);
    document.removeEventListener("keyup", onKeyUp, true);
  };
}

/**
 * Whether a key means something else where it was pressed.
 *
 * @param {EventTarget} target
 * @param {string} key
 */
function belongsElsewhere(target, key) {
  if (!(target instanceof Element)) return false;
  if (target instanceof HTMLElement && target.isContentEditable) return true;
  if (target.matches(TYPING)) return true;
  // Whoever came to a button by the keyboard means it; whoever clicked it does not.
  if (key.startsWith("Arrow")) {
    return target.matches(OWN_ARROWS) || (target.matches(WALKED) && !pointed);
  }
  return key === " " && target.matches(PRESSABLE) && !pointed;
}
