// Entry of the component: Streamlit calls the default function at every change of the data.

import { Bar } from "./bar.js";
import { BlendSlider } from "./blend.js";
import { element } from "./dom.js";
import { Grid } from "./grid.js";
import { listenToKeys } from "./keys.js";
import { Look } from "./look.js";
import { Player } from "./player.js";
import { expose } from "./probe.js";

const GRACE = 2000; // ms for a component taken out of the page to be put back

const players = new Map(); // by the player's key: they outlive their views
const mounts = new WeakMap(); // by parent element

export default function mount({ data, parentElement, setStateValue }) {
  let mounted = mounts.get(parentElement);
  if (!mounted) {
    if (!players.has(data.player)) players.set(data.player, new Player());
    mounted = show(players.get(data.player), parentElement);
    mounts.set(parentElement, mounted);
    expose(mounted.player);
  }
  mounted.generation++;
  mounted.player.receive(data, (value) => setStateValue("played", value));
  const { generation } = mounted;
  return () => {
    // A later call has taken over: the component is still in the page.
    if (mounted.generation === generation) takeDown(mounted, parentElement);
  };
}

/** Put the views of `player` into `parent`. */
function show(player, parent) {
  // The style sheet makes it visible: nothing is shown before it can be shown rightly.
  const root = element("section", {
    class: "player",
    "aria-label": "Player",
    style: "visibility: hidden",
  });
  const views = [new Look(player, root), new BlendSlider(player), new Grid(player), new Bar(player)];
  root.append(...views.map((view) => view.root).filter((view) => view !== root));
  parent.append(root);
  clearTimeout(player.leaving);
  const end = [listenToKeys(player), ...views.map((view) => player.watch(() => view.update()))];
  return { player, root, views, end, generation: 0 };
}

function takeDown({ player, root, views, end }, parent) {
  end.forEach((stop) => stop());
  views.forEach((view) => view.close?.());
  root.remove();
  mounts.delete(parent);
  player.leaving = setTimeout(() => player.stop(), GRACE);
}
