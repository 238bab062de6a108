// Shows the page once it has come together. Streamlit draws it piece by piece, and each is small
// before its script is there; first_paint.py hides all of it until then.

const LOOK = 40; // ms
const RESTS = 3; // looks in a row at which nothing has moved
const PATIENCE = 3000; // ms after which it is shown as it is
const MAIN = ".stMainBlockContainer";
const PIECES = `${MAIN} :is([class*="st-key-"], .stVerticalBlock)`;
const COMING = `${MAIN} [data-testid="stSkeleton"]`; // what Streamlit shows in place of a piece

let isOn = false;

/** Show the page as soon as nothing moves any more. */
export function reveal() {
  const { dataset } = document.documentElement;
  if (isOn || dataset.drawn) return;
  isOn = true;
  const until = performance.now() + PATIENCE;
  let before = "";
  let rests = 0;
  const look = () => {
    const now = placesOf(document.querySelectorAll(PIECES));
    rests = now === before && !document.querySelector(COMING) ? rests + 1 : 0;
    before = now;
    if (rests < RESTS && performance.now() < until) setTimeout(look, LOOK);
    else dataset.drawn = "whole";
  };
  look();
}

/** Where elements stand. @param {Iterable<Element>} elements */
const placesOf = (elements) =>
  Array.from(elements, (element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return [x, y, width, height].map(Math.round).join();
  }).join(" ");
