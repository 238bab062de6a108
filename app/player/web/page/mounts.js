// What components have in the page: made at the first call for a parent element, and closed once
// that is out of the page.

const RECHECK = 500; // ms until what Streamlit let go of is looked after again

/** @typedef {{ made: { close(): void }, calls: number }} Mounted */

/** @type {WeakMap<Element, Mounted>} by parent element */
const mounts = new WeakMap();

/**
 * What is mounted in `parent`, as `make()` makes it at first, and what Streamlit is to call when it
 * lets go of this call.
 *
 * @template {{ close(): void }} Made
 * @param {Element} parent
 * @param {() => Made} make
 * @returns {[Made, () => void]}
 */
export function mountIn(parent, make) {
  const mounted = mounts.get(parent) ?? { made: make(), calls: 0 };
  mounts.set(parent, mounted);
  const call = ++mounted.calls;
  return [/** @type {Made} */ (mounted.made), () => leave(parent, mounted, call)];
}

/**
 * Take down what is out of the page.
 *
 * Streamlit also lets go of a call whose data were outdated before it returned. The component then
 * stays in the page, and a later call is about to take over.
 *
 * @param {Element} parent
 * @param {Mounted} mounted
 * @param {number} call
 */
function leave(parent, mounted, call) {
  if (mounted.calls !== call) return;
  if (parent.isConnected) {
    setTimeout(() => leave(parent, mounted, call), RECHECK);
  } else {
    mounts.delete(parent);
    mounted.made.close();
  }
}
