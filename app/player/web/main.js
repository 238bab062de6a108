// Entry of the component: Streamlit calls the default function at every change of the data.

import { Bar } from "./views/bar.js";
import { BlendControl } from "./views/blend.js";
import { element } from "./views/dom.js";
import { Grid } from "./views/grid/grid.js";
import { unpackPath } from "./state/groove.js";
import { listenToKeys } from "./page/keys.js";
import { Look } from "./views/look.js";
import { KeptFile, Memory } from "./page/memory.js";
import { mountIn } from "./page/mounts.js";
import { Picture } from "./views/picture.js";
import { Player } from "./state/player.js";
import { expose } from "./testing/probe.js";
import { Region } from "./views/region.js";
import { ShapePanel } from "./views/shape.js";
import { ShareButton } from "./views/share.js";
import { Handover } from "./views/takeaway.js";
import { Theme } from "./page/theme.js";
import { Wall } from "./views/wall.js";

const GRACE = 2000; // ms for a component taken out of the page to be put back

const MOVES = /^(Arrow|Shift|Control|Alt|Meta)/; // keys that move the blend, or go with others

const PARTS = {
  file: KeptFile,
  files: Handover,
  memory: Memory,
  picture: Picture,
  region: Region,
  shape: ShapePanel,
  share: ShareButton,
  theme: Theme,
  wall: Wall,
};

const players = new Map(); // by the player's key: they outlive their views

export default function mount({ data: [data], parentElement, setStateValue, setTriggerValue }) {
  const make = () => {
    if (!players.has(data.player)) players.set(data.player, new Player());
    const player = players.get(data.player);
    return data.part ? showPart(player, data.part, parentElement) : show(player, parentElement);
  };
  const [mounted, leave] = mountIn(parentElement, make);
  if (data.part) mounted.views[0].receive(data, setTriggerValue, setStateValue);
  else receive(mounted, data, (value) => setStateValue("played", value));
  return leave;
}

/**
 * Give the player what Python sends, and start it where Python did since the last time. To unzip a
 * path takes a moment; what comes in it waits.
 */
function receive(mounted, data, say) {
  const { player, starts } = mounted;
  const take = (path) => {
    player.receive({ ...data, path }, say);
    if (data.starts > starts) player.play();
  };
  mounted.starts = data.starts;
  player.coming++;
  const path = unpackPath(data.path);
  const taken = mounted.coming.then(() => path.then(take));
  mounted.coming = taken.catch(reportError).finally(() => player.coming--);
}

/** Put the views of `player` into `parent`. */
function show(player, parent) {
  // The style sheet makes it visible: nothing is shown before it can be shown rightly.
  const root = element("section", {
    class: "player",
    "aria-label": "Player",
    style: "visibility: hidden",
  });
  const views = [new Look(player, root), new BlendControl(player), new Grid(player), new Bar(player)];
  root.append(...views.map((view) => view.root).filter((view) => view !== root));
  parent.append(root);
  clearTimeout(player.leaving);
  expose(player);
  const end = [listenToKeys(player), ...views.map((view) => player.watch(() => view.update()))];
  // What was moved by keys is let go a little later, unless something else is pressed.
  const finish = () => player.finish();
  const onKey = ({ key }) => MOVES.test(key) || finish();
  document.addEventListener("pointerdown", finish, true);
  document.addEventListener("keydown", onKey, true);
  window.addEventListener("blur", finish); // the key may come up elsewhere
  const stop = () => {
    document.removeEventListener("pointerdown", finish, true);
    document.removeEventListener("keydown", onKey, true);
    window.removeEventListener("blur", finish);
    player.leaving = setTimeout(() => player.stop(), GRACE);
  };
  return { player, views, close: closing(root, views, [...end, stop]), coming: Promise.resolve() };
}

/** Put another part of the page into `parent`: one that works with the player, but is not it. */
function showPart(player, part, parent) {
  const view = new PARTS[part](player);
  parent.append(view.root);
  return { player, views: [view], close: closing(view.root, [view], []) };
}

/** What takes views out of the page. end: what is to be ended with them. */
function closing(root, views, end) {
  return () => {
    end.forEach((stop) => stop());
    views.forEach((view) => view.close?.());
    root.remove();
  };
}
