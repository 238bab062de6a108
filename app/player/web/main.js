// Entry of the component: Streamlit calls the default function at every change of the data.

/** @import { Mounting, PackedPath, Part, PartData, PathName, PlayerData, View } from "./types" */

import { Bar } from "./views/bar.js";
import { BlendControl } from "./views/blend.js";
import { element } from "./views/dom.js";
import { DownloadLink } from "./views/download.js";
import { FinishPanel } from "./views/finish.js";
import { Grid } from "./views/grid/grid.js";
import { unpackPath } from "./state/groove.js";
import { Heading } from "./views/heading.js";
import { text } from "./language.js";
import { LanguageChoice } from "./views/language.js";
import { listenToKeys } from "./page/keys.js";
import { Look } from "./views/look.js";
import { KeptFile, Memory } from "./page/memory.js";
import { mountIn } from "./page/mounts.js";
import { Overview } from "./views/overview.js";
import { Picture } from "./views/picture.js";
import { Player } from "./state/player.js";
import { reveal } from "./page/reveal.js";
import { Region } from "./views/region.js";
import { ShapePanel } from "./views/shape.js";
import { ShareButton } from "./views/share.js";
import { Handover } from "./views/takeaway.js";
import { Shortcuts } from "./views/shortcuts.js";
import { TapPad } from "./views/tap.js";
import { Theme } from "./page/theme.js";
import { Wall } from "./views/wall.js";

const GRACE = 2000; // ms for a component taken out of the page to be put back

const MOVES = /^(Arrow|Shift|Control|Alt|Meta)/; // keys that move the blend, or go with others

/** @type {Record<string, new (player: Player) => Part>} */
const PARTS = {
  download: DownloadLink,
  file: KeptFile,
  files: Handover,
  finish: FinishPanel,
  heading: Heading,
  language: LanguageChoice,
  memory: Memory,
  overview: Overview,
  picture: Picture,
  region: Region,
  shape: ShapePanel,
  share: ShareButton,
  tap: TapPad,
  theme: Theme,
  wall: Wall,
};

/** @type {Map<string, Player>} by the player's key: they outlive their views */
const players = new Map();

/** @param {Mounting} mounting */
export default function mount({ data: [data], parentElement, setStateValue, setTriggerValue }) {
  if (data.part) {
    const [part, leavePart] = mountIn(parentElement, () => showPart(data, parentElement));
    part.receive(data, setTriggerValue, setStateValue);
    return leavePart;
  }
  const [mounted, leave] = mountIn(parentElement, () => show(data, parentElement));
  receive(mounted, data, (message) => setStateValue("played", message));
  return leave;
}

/** @param {string} key */
function playerOf(key) {
  const player = players.get(key) ?? new Player();
  players.set(key, player);
  return player;
}

/**
 * Give the player what Python sends, and start it where Python did since the last time. To unzip a
 * path takes a moment; what comes in it waits.
 *
 * @param {ReturnType<typeof show>} mounted
 * @param {PlayerData<PackedPath | PathName>} data
 * @param {(message: object) => void} send
 */
function receive(mounted, data, send) {
  const { player, starts } = mounted;
  mounted.starts = data.starts;
  player.coming++;
  const path = unpackPath(data.path, player.voices);
  const taken = mounted.coming.then(async () => {
    player.receive({ ...data, path: await path }, send);
    if (data.starts > starts) player.play();
  });
  mounted.coming = taken.catch(reportError).finally(() => player.coming--);
  mounted.coming.then(reveal);
}

/**
 * Put the views of a player into `parent`.
 *
 * @param {PlayerData<unknown>} data
 * @param {HTMLElement} parent
 */
function show(data, parent) {
  const player = playerOf(data.player);
  // The style sheet makes it visible: nothing is shown before it can be shown rightly.
  const root = element("section", {
    class: "player",
    "aria-label": text("player"),
    style: "visibility: hidden",
  });
  /** @type {View[]} */
  const views = [new Look(player, root), new BlendControl(player), new Grid(player), new Bar(player), new Shortcuts(player)];
  root.append(...views.map((view) => view.root).filter((view) => view !== root));
  parent.append(root);
  clearTimeout(player.leaving);
  if (data.probe) import("./testing/probe.js").then(({ expose }) => expose(player));
  const end = [listenToKeys(player), ...views.map((view) => player.watch(() => view.update()))];
  // A move by keys ends a little after the last key, or when something else is pressed.
  const finish = () => player.finish();
  const onKey = (/** @type {KeyboardEvent} */ { key }) => MOVES.test(key) || finish();
  document.addEventListener("pointerdown", finish, true);
  document.addEventListener("keydown", onKey, true);
  window.addEventListener("blur", finish); // the key may come up elsewhere
  const stop = () => {
    document.removeEventListener("pointerdown", finish, true);
    document.removeEventListener("keydown", onKey, true);
    window.removeEventListener("blur", finish);
    player.leaving = setTimeout(() => player.stop(), GRACE);
  };
  const close = () => {
    for (const act of [...end, stop]) act();
    for (const view of views) view.close?.();
    root.remove();
  };
  return { player, starts: data.starts, coming: Promise.resolve(), close };
}

/**
 * Put another part of the page into `parent`: one that works with the player, but is not it.
 *
 * @param {PartData} data
 * @param {HTMLElement} parent
 */
function showPart({ part, player }, parent) {
  const view = new PARTS[part](playerOf(player));
  parent.append(view.root);
  const close = () => {
    view.close?.();
    view.root.remove();
  };
  return { receive: view.receive.bind(view), close };
}
