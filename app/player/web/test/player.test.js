// The player against a Python that answers by hand: what it sounds, what it sends, and undo.

import assert from "node:assert/strict";
import { beforeEach, describe, mock, test } from "node:test";

import { Player } from "../state/player.js";
import { cellsOf, fakeTransport, grooveOf, packGroove, pathOf } from "./fake.js";

const KICK = 0;
const SNARE = 1;
const HAT = 2;
const TOM = 3;
const CRASH = 4; // in what the model decodes, in no mixture
const A = grooveOf([[0, KICK], [16, SNARE], [32, KICK], [48, SNARE]], { tempo: 100 });
const B = grooveOf([[0, HAT], [16, SNARE], [40, KICK], [48, SNARE]], { tempo: 120 });
const TAKE = grooveOf([[0, TOM], [8, TOM]], { bars: 1 });
const PATH = pathOf("path", [A, B]);
const OTHER = pathOf("other", [B, A]);

/** What the model decodes at a place: the nearer end, and a crash where it is neither. */
function decode({ ends }, position, feel) {
  const { hits, ...end } = ends[position < 0.5 ? 0 : 1];
  if (position === 0 || position === 1) return { ...end, hits };
  const felt = feel === null ? position : feel;
  const crash = { step: 60, voice: CRASH, velocity: 1 + Math.round(felt * 100), timing: 0 };
  return { ...end, hits: [...hits, crash] };
}

let player, sent, python;

/** Python's run: it answers the last message, with its own mind in place of what was not sent. */
function answer(changes = {}) {
  const last = sent[sent.length - 1];
  Object.assign(python, last && { position: last.position, feel: last.feel }, changes);
  const { path, position, feel, groove = decode(path, position, feel) } = python;
  const id = python.id ?? `${path.id} ${position} ${feel}`;
  player.receive(
    {
      player: "player",
      path: "frames" in python.sends ? python.sends : path,
      bars: groove.bars,
      position,
      feel,
      settled: packGroove(id, groove),
      label: python.label,
      take: python.take,
      shaped: python.shaped,
      accents: ["#a", "#b"],
      kit: "kit",
      answered: python.deaf ? 0 : (last?.turn ?? 0),
      opening: python.opening,
      starts: 0,
      waits: python.waits,
    },
    (message) => sent.push(message),
  );
}

/** Python plays a take, or the blend again. */
const playTake = (id, groove = TAKE) => answer({ groove, id, label: id, take: "take" });
const playBlend = (changes = {}) =>
  answer({ groove: undefined, id: undefined, label: "Blend", take: null, ...changes });

const cells = () => cellsOf(player.groove);
const has = (step, voice) => cells().some(([at, of]) => at === step && of === voice);
const hit = (step, voice, velocity = 96) => ({ step, voice, velocity, timing: 0 });
const lastSent = () => sent[sent.length - 1];

function edit(change) {
  player.rewrite([change]);
  player.keepEdits();
}

function moveTo(position, feel = player.feel) {
  player.drag(position, feel);
  player.release();
}

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  player = new Player(fakeTransport().transport);
  player.sound.load = () => {};
  sent = [];
  python = { path: PATH, sends: PATH, position: 0, feel: null, label: "Blend", take: null, shaped: false };
  python.opening = null;
  answer();
});

describe("the blend", () => {
  test("in hand is a mixture, let go it is sent, and then the model's own decoding sounds", () => {
    player.drag(0.3);
    assert.deepEqual(cells(), cellsOf(A));
    assert.equal(sent.length, 0, "nothing is sent while it moves");
    player.release();
    assert.equal(sent.length, 1);
    assert.equal(lastSent().position, 0.3);
    answer();
    assert.ok(has(60, CRASH));
    player.drag(0.35);
    assert.ok(!has(60, CRASH), "in hand again");
  });

  test("at its ends it is exactly A and B", () => {
    moveTo(1);
    answer();
    assert.deepEqual(player.groove.hits, B.hits);
    assert.equal(player.groove.tempo, 120);
    player.drag(0.337);
    assert.equal(player.groove.tempo, 107, "on the way it is a whole one");
    moveTo(0);
    answer();
    assert.deepEqual(player.groove.hits, A.hits);
  });

  test("it goes from 0 to 1, no farther, and a move to where it is is none", () => {
    moveTo(-3);
    assert.deepEqual([player.position, sent.length], [0, 0]);
    moveTo(7);
    assert.equal(player.position, 1);
  });

  test("a run of keys is one move, sent once it rests", () => {
    for (let i = 1; i <= 4; i++) {
      player.drag(i / 32);
      player.releaseSoon();
      mock.timers.tick(100);
    }
    assert.equal(sent.length, 0);
    mock.timers.tick(250);
    assert.equal(sent.length, 1);
    answer();
    player.undo();
    assert.equal(player.position, 0);
    assert.ok(!player.history.canUndo);
  });

  test("a run of keys is undone before it has come to rest, too", () => {
    player.drag(1 / 32);
    player.releaseSoon();
    player.undo();
    assert.equal(player.position, 0);
    mock.timers.tick(1000);
    assert.equal(lastSent().position, 0);
  });

  test("what is pressed next has what was moved sent at once", () => {
    player.drag(0.5);
    player.releaseSoon();
    player.finish();
    assert.equal(lastSent().position, 0.5);
  });

  test("pattern and feel are moved apart and together again", () => {
    moveTo(0.5);
    player.moveApart();
    assert.equal(lastSent().feel, 0.5);
    moveTo(0.5, 0.25);
    assert.deepEqual([player.position, player.feel], [0.5, 0.25]);
    answer();
    player.moveTogether();
    assert.equal(lastSent().feel, null);
    player.undo();
    assert.equal(player.feel, 0.25);
  });

  test("an answer to what was before does not put it back", () => {
    moveTo(0.25);
    const before = sent.length;
    moveTo(0.75);
    player.receive({ ...asSent(), answered: sent[before - 1].turn, position: 0.25 }, () => {});
    assert.equal(player.position, 0.75);
  });
});

/** What Python sends now. */
function asSent() {
  const settled = packGroove("some", decode(python.path, python.position, python.feel));
  const { path, position, feel, label, take, opening } = python;
  const shown = { path, bars: 1, position, feel, settled, label, take, opening };
  return { ...shown, player: "player", accents: ["#a", "#b"], kit: "kit", answered: 0, starts: 0 };
}

describe("what is listened to", () => {
  test("A and B sound as they are, wherever the blend stands", () => {
    moveTo(0.25);
    answer();
    player.listenTo("b");
    assert.deepEqual(cells(), cellsOf(B));
    assert.deepEqual([player.label, player.scene.canEdit, lastSent().monitor], ["B", false, "b"]);
    answer();
    player.listenTo("blend");
    assert.ok(has(60, CRASH));
    assert.equal(player.position, 0.25);
  });

  test("another groove is heard, whatever was listened to", () => {
    player.listenTo("a");
    playTake("Take 1");
    assert.deepEqual([player.scene.monitor, player.label], ["blend", "Take 1"]);
    assert.ok(player.scene.take);
  });

  test("what sounds has its own name at every moment", () => {
    const name = () => player.label;
    answer({ position: 0.5, label: "Blend 50%" });
    assert.equal(name(), "Blend 50%");
    player.drag(0.37);
    assert.equal(name(), "Blend 37%");
    player.release();
    assert.equal(name(), "Blend 37%");
    answer({ label: "Blend 37%" });
    edit(hit(20, KICK));
    assert.equal(name(), "Blend 37%, edited");
    player.lockVoice(SNARE);
    player.drag(0);
    assert.equal(name(), "A, with locks");
    player.release();
    player.listenTo("b");
    assert.equal(name(), "B", "as loaded");
    player.preview(TAKE, { name: "Take 16" });
    assert.equal(name(), "Take 16, with locks");
    player.preview(null);
    assert.equal(name(), "B");
  });

  test("what is shaped is called so while a slider is turned, at the moment it is heard", () => {
    const name = () => player.label;
    answer({ position: 0.5, label: "Blend 50%" });
    player.preview(TAKE, { shaped: true });
    assert.equal(name(), "Blend 50%, shaped");
    answer({ id: "shaped", shaped: true });
    player.preview(null);
    assert.equal(name(), "Blend 50%, shaped");
    player.preview(TAKE, { shaped: false });
    assert.equal(name(), "Blend 50%", "turned back");
    player.preview(null);
    player.drag(0.3);
    assert.equal(name(), "Blend 30%, shaped");
    player.release();
    player.listenTo("a");
    player.preview(TAKE, { shaped: true });
    assert.equal(name(), "Blend 30%, shaped", "not what was listened to before");
  });

  test("a take that is shaped is left without its shape", () => {
    playTake("Take 1");
    player.preview(TAKE, { shaped: true });
    assert.equal(player.label, "Take 1, shaped");
    answer({ shaped: true, id: "shaped", groove: TAKE });
    assert.equal(player.label, "Take 1, shaped");
    player.preview(null);
    assert.equal(player.label, "Take 1, shaped");
    player.drag(0.4);
    assert.equal(player.label, "Blend 40%");
  });

  test("what undo brings back has its name before Python answers", () => {
    answer({ position: 0.5, label: "Blend 50%", shaped: true, id: "shaped" });
    playTake("Take 1");
    answer({ shaped: false });
    assert.equal(player.label, "Take 1");
    player.undo();
    assert.equal(player.label, "Blend 50%, shaped");
    player.redo();
    assert.equal(player.label, "Take 1");
  });

  test("edits that go along are in what is pointed at, and in its name", () => {
    edit(hit(20, KICK));
    player.letEditsGoAlong(true);
    player.preview(TAKE, { name: "Take 16" });
    assert.ok(has(20, KICK));
    assert.equal(player.label, "Take 16, edited");
  });

  test("a preview sounds until it ends or the blend is moved, and cannot be edited", () => {
    player.preview(TAKE);
    assert.deepEqual(cells(), cellsOf(TAKE));
    assert.ok(!player.scene.canEdit);
    player.preview(null);
    assert.deepEqual(cells(), cellsOf(A));
    player.preview(TAKE);
    player.drag(0.25);
    assert.deepEqual(cells(), cellsOf(A));
    assert.equal(player.scene.previewed, null);
  });
});

describe("edits", () => {
  test("an edit sounds while it is made, and is sent once it is kept, as one step of undo", () => {
    player.rewrite([hit(20, KICK, 80)]);
    player.rewrite([hit(24, KICK, 80)]);
    assert.ok(!has(20, KICK), "one move in hand takes the place of the one before");
    player.rewrite([hit(20, KICK, 100)]);
    assert.ok(has(20, KICK));
    assert.equal(sent.length, 0);
    player.keepEdits();
    assert.deepEqual(lastSent().edits, [[20, KICK, 100, 0]]);
    player.undo();
    assert.ok(!has(20, KICK));
    assert.deepEqual(lastSent().edits, []);
    player.redo();
    assert.ok(has(20, KICK));
  });

  test("a hit is taken out by velocity 0", () => {
    edit(hit(16, SNARE, 0));
    assert.ok(!has(16, SNARE));
    player.undo();
    assert.ok(has(16, SNARE));
  });

  test("edits stay with their groove, and are there again with it or by undo", () => {
    edit(hit(20, KICK));
    answer();
    assert.equal(player.scene.leftEdits, null);
    moveTo(1);
    answer();
    assert.ok(!has(20, KICK));
    assert.equal(player.scene.leftEdits, "Blend");
    player.undo();
    assert.ok(has(20, KICK));
    assert.equal(player.scene.leftEdits, null);
    answer();
    playTake("Take 1");
    assert.ok(!has(20, KICK));
    playBlend({ position: 0 });
    assert.ok(has(20, KICK));
  });

  test("an edit made before the groove has settled is an edit of the groove that settles", () => {
    moveTo(0.25);
    edit(hit(20, KICK));
    answer();
    assert.ok(has(60, CRASH) && has(20, KICK));
  });

  test("edits are there again when the blend comes back to their place", () => {
    moveTo(0.5);
    answer();
    edit(hit(20, KICK));
    answer();
    moveTo(0.51);
    answer();
    assert.ok(!has(20, KICK));
    moveTo(0.51 - 0.01);
    assert.ok(has(20, KICK), "at once");
    assert.equal(lastSent().edits.length, 1);
    answer();
    assert.ok(has(20, KICK), "and once it has settled");
  });

  test("kept, edits go along with the blend and into takes, and stay once they are no longer", () => {
    moveTo(0.5);
    answer();
    edit(hit(20, KICK));
    edit(hit(16, SNARE, 0));
    player.letEditsGoAlong(true);
    edit(hit(24, KICK));
    assert.deepEqual([lastSent().edits, lastSent().lock.cells.length], [[], 3]);
    moveTo(0.9);
    answer();
    const changed = () => [has(20, KICK), has(24, KICK), has(16, SNARE)];
    assert.deepEqual(changed(), [true, true, false]);
    playTake("Take 1");
    assert.deepEqual(changed(), [true, true, false]);
    playBlend({ position: 0.9 });
    player.letEditsGoAlong(false);
    assert.deepEqual(changed(), [true, true, false], "here");
    assert.equal(lastSent().lock, null);
    moveTo(0.2);
    answer();
    assert.deepEqual(changed(), [false, false, true], "elsewhere no longer");
    player.undo();
    player.undo();
    assert.ok(player.scene.keepsEdits, "undo keeps them again");
  });

  test("an edit that is undone at once stays undone", () => {
    edit(hit(20, KICK));
    player.drag(1 / 32);
    player.releaseSoon();
    player.undo();
    player.undo();
    assert.deepEqual(cells(), cellsOf(A));
    answer();
    assert.deepEqual(cells(), cellsOf(A));
    moveTo(1 / 16);
    answer();
    player.undo();
    answer();
    assert.deepEqual(cells(), cellsOf(A));
  });
});

describe("locks", () => {
  const kicks = () => cells().filter(([, voice]) => voice === KICK);

  test("a locked voice stays wherever the blend goes, in a take, and no longer once unlocked", () => {
    player.lockVoice(KICK);
    assert.deepEqual(lastSent().lock.voices, [KICK]);
    const held = kicks();
    for (const position of [0.2, 0.6, 0.9]) {
      player.drag(position);
      assert.deepEqual(kicks(), held, "while it is dragged");
    }
    player.release();
    answer();
    assert.deepEqual(kicks(), held, "settled");
    playTake("Take 1");
    assert.deepEqual(kicks(), held, "in a take");
    player.lockVoice(KICK);
    assert.deepEqual(kicks(), []);
    assert.equal(lastSent().lock, null);
    player.undo();
    assert.deepEqual(kicks(), held);
  });

  test("a beat that is to be finished is sent with its locks at once, and undo opens them again", () => {
    player.lockVoice(KICK);
    player.finishBeat("rest");
    assert.deepEqual([lastSent().finished, lastSent().lock.voices], [[1, "rest"], [KICK]]);
    const messages = sent.length;
    player.finishBeat("fill");
    assert.equal(sent.length, messages + 1);
    assert.deepEqual(lastSent().finished, [2, "fill"]);
    assert.deepEqual([lastSent().lock.voices, lastSent().lock.sixteenths.length], [[], 12]);
    player.undo();
    assert.deepEqual(lastSent().lock.voices, [KICK]);
    assert.deepEqual(lastSent().finished, [2, "fill"], "nothing more is asked for");
  });

  test("locked steps stay, and are opened", () => {
    player.lockSixteenths([0, 1, 2, 3], true);
    moveTo(1);
    answer();
    assert.ok(has(0, KICK) && !has(0, HAT) && has(40, KICK));
    player.lockSixteenths([0, 1], false);
    assert.ok(has(0, HAT) && !has(0, KICK));
    assert.deepEqual(lastSent().lock.sixteenths, [2, 3]);
  });

  test("an edit in a locked voice is held by the lock", () => {
    player.lockVoice(KICK);
    edit(hit(20, KICK));
    assert.equal(lastSent().edits.length, 0);
    moveTo(1);
    answer();
    assert.ok(has(20, KICK));
    player.undo();
    player.undo();
    assert.equal(player.position, 0);
    assert.ok(!has(20, KICK));
  });

  test("a lock takes from A what the blend then keeps", () => {
    moveTo(1);
    answer();
    player.listenTo("a");
    player.lockVoice(KICK);
    answer();
    player.listenTo("blend");
    assert.deepEqual(kicks(), [[0, KICK], [32, KICK]]);
    assert.ok(has(0, HAT));
  });

  test("on a loop of two bars a lock of one is heard in both", () => {
    player.lockVoice(KICK);
    playTake("Take 2", grooveOf([[70, TOM]], { bars: 2 }));
    assert.deepEqual(kicks(), [[0, KICK], [32, KICK], [64, KICK], [96, KICK]]);
  });
});

describe("undo", () => {
  test("takes, edits and the blend come back one by one, and Python is sent which", () => {
    playTake("Take 3");
    edit(hit(20, KICK));
    answer();
    moveTo(0.6);
    playBlend();
    const blend = cells();
    player.undo();
    assert.ok(has(20, KICK) && has(0, TOM));
    assert.deepEqual(lastSent().back, [1, "path", "Take 3"]);
    playTake("Take 3");
    assert.ok(has(20, KICK), "the edit, too");
    player.undo();
    playTake("Take 3");
    assert.deepEqual(cells(), cellsOf(TAKE));
    player.undo();
    playBlend({ position: 0 });
    assert.deepEqual(cells(), cellsOf(A));
    for (let i = 0; i < 3; i++) player.redo();
    playBlend({ position: 0.6 });
    assert.deepEqual(cells(), blend);
    assert.ok(!player.history.canRedo);
  });

  test("other decks are one step, and the path of before comes back", () => {
    const before = cells();
    answer({ path: OTHER, sends: OTHER });
    assert.notDeepEqual(cells(), before);
    player.undo();
    assert.deepEqual(cells(), before);
    assert.equal(lastSent().path, "path");
    assert.deepEqual(lastSent().back, [1, "path", "path 0 null"]);
  });

  test("while what was undone is on its way back, Python's older answers change nothing", () => {
    answer({ path: OTHER, sends: OTHER });
    player.undo();
    const undone = cells();
    player.receive({ ...asSent(), path: OTHER }, () => {});
    assert.deepEqual(cells(), undone);
  });

  test("what had not settled is no step once the path is another one", () => {
    moveTo(0.25);
    moveTo(0.5);
    moveTo(0.75);
    answer();
    answer({ path: OTHER, sends: OTHER });
    let steps = 0;
    while (player.history.canUndo) {
      player.undo();
      steps++;
    }
    assert.equal(steps, 2, "to 0.75, and to where it began");
    assert.equal(player.position, 0);
  });

  test("takes that went from the wall at once come back at once", () => {
    player.recordDiscard(4, 7);
    player.undo();
    assert.deepEqual(lastSent().wall, [[1, "put back", 4], [2, "put back", 7]]);
    player.redo();
    assert.deepEqual(lastSent().wall.slice(2), [[3, "discard", 4], [4, "discard", 7]]);
  });

  test("moving on forgets that it was back", () => {
    moveTo(0.5);
    answer();
    player.undo();
    assert.ok(player.scene.isBack);
    answer();
    moveTo(0.75);
    assert.ok(!player.scene.isBack);
    assert.equal(lastSent().back, null);
  });
});

describe("messages", () => {
  test("they are numbered; an answer says which was read", () => {
    moveTo(0.25);
    moveTo(0.5);
    assert.deepEqual(sent.map(({ turn }) => turn), [1, 2]);
    assert.ok(!player.isAnswered);
    answer();
    assert.ok(player.isAnswered);
  });

  test("what gets lost is sent again, what is answered is not", () => {
    moveTo(0.25);
    mock.timers.tick(5000);
    assert.deepEqual(sent.map(({ position }) => position), [0.25, 0.25]);
    answer();
    mock.timers.tick(20000);
    assert.equal(sent.length, 2);
  });

  test("a path that is not known here is asked for, by the name of the one that is", () => {
    answer({ sends: { id: "unknown", felt: false, frames: undefined } });
    mock.timers.tick(1);
    assert.equal(lastSent().path, "path");
    assert.deepEqual(cells(), cellsOf(A), "until then all stays");
  });

  test("a path without its feels is asked for once Python has them", () => {
    const name = { id: "path", felt: true, frames: undefined };
    answer({ sends: name });
    mock.timers.tick(1);
    assert.deepEqual([lastSent().path, lastSent().felt], ["path", false]);
    const withFeels = { ...PATH, hasFeels: true };
    answer({ sends: withFeels });
    const count = sent.length;
    answer({ sends: name });
    mock.timers.tick(1);
    assert.equal(sent.length, count);
  });

  test("files are of what sounds only until something else does", () => {
    assert.ok(!player.hasFiles);
    player.keepFiles({ midi: {}, wav: {} }, 0);
    assert.ok(player.hasFiles);
    moveTo(0.5);
    assert.ok(!player.hasFiles);
    player.keepFiles({ midi: {}, wav: {} }, lastSent().turn);
    assert.ok(player.hasFiles);
  });

  test("settings are sent when they rest, a run of keys once", () => {
    player.set({ tempo: 90 });
    player.keepSettingsSoon();
    player.set({ tempo: 91 });
    player.keepSettingsSoon();
    mock.timers.tick(250);
    assert.deepEqual(sent.map(({ tempo }) => tempo), [91]);
    assert.equal(player.transport.tempo, 91);
    player.set({ swing: 0.6 });
    player.keepSettingsSoon();
    player.finish();
    assert.equal(lastSent().swing, 0.6);
    mock.timers.tick(1000);
    assert.equal(sent.filter(({ swing }) => swing === 0.6).length, 1);
  });

  test("a shared page's settings are taken once; they are where undo begins", () => {
    moveTo(0.5);
    answer();
    const lock = { ...packGroove("lock", grooveOf([[4, SNARE]])), voices: [SNARE], sixteenths: [], cells: [] };
    const opening = { name: "shared", tempo: 87, swing: 0.6, lock, kit: "kit", mix: { hat: [-6, 0.5] } };
    answer({ opening });
    assert.deepEqual([player.settings.tempo, player.settings.swing], [87, 0.6]);
    assert.deepEqual([...player.lock.voices], [SNARE]);
    assert.deepEqual(player.mixer.strip("hat"), { level: -6, pan: 0.5 });
    assert.ok(!player.history.canUndo);
    mock.timers.tick(1);
    assert.equal(lastSent().opened, "shared");
    assert.deepEqual(lastSent().mix, { hat: [-6, 0.5] });
    player.set({ tempo: 100 });
    answer({ opening });
    assert.equal(player.settings.tempo, 100);
  });

  test("watchers are called after every change, until they end it", () => {
    let calls = 0;
    const end = player.watch(() => calls++);
    player.drag(0.5);
    assert.equal(calls, 1);
    end();
    player.drag(0.6);
    assert.equal(calls, 1);
  });
});

test("a server that is new to the page does not change what sounds before it is told the page", () => {
  answer();
  player.drag(0.25);
  player.release();
  const before = player.groove;
  answer({ path: OTHER, position: 0.5, waits: true });
  assert.equal(player.groove, before);
  assert.equal(player.position, 0.25);
  answer({ path: OTHER, position: 0.5, waits: false });
  assert.notEqual(player.groove, before);
});
