import assert from "node:assert/strict";
import { test } from "node:test";

import {
  NO_LOCK,
  fit,
  isLocked,
  isOpen,
  keep,
  lockFor,
  packLock,
  relock,
  sixteenthOf,
  withHit,
} from "../state/lock.js";
import { cellsOf, dice, grooveOf, randomFrom } from "./fake.js";

const KICK = 0;
const SNARE = 1;
const A = grooveOf([[0, KICK], [16, SNARE], [32, KICK], [62, SNARE]]);
const B = grooveOf([[8, KICK], [24, SNARE], [40, KICK], [63, KICK]]);
const TWO = grooveOf([[0, KICK], [16, SNARE], [126, SNARE]], { bars: 2 });

const places = ({ voices = [], sixteenths = [], cells = [] }) => {
  return { voices: new Set(voices), sixteenths: new Set(sixteenths), cells: new Set(cells) };
};
const lockOf = (groove, locked) => relock(NO_LOCK, groove, places(locked));

test("nothing locked changes nothing", () => {
  assert.ok(isOpen(NO_LOCK));
  assert.equal(keep(NO_LOCK, B), B);
  assert.equal(packLock(NO_LOCK), null);
});

test("a locked voice stays, whatever sounds; the others are free", () => {
  const lock = lockOf(A, { voices: [KICK] });
  assert.deepEqual(cellsOf(keep(lock, B)), [[0, KICK], [24, SNARE], [32, KICK]]);
  assert.deepEqual(keep(lock, A), A);
});

test("a locked sixteenth stays in all voices, silence too", () => {
  const lock = lockOf(A, { sixteenths: [4, 6] });
  assert.deepEqual(cellsOf(keep(lock, B)), [[8, KICK], [16, SNARE], [40, KICK], [63, KICK]]);
});

test("the last steps of a loop belong to its first sixteenth", () => {
  assert.equal(sixteenthOf(61, A), 15);
  assert.equal(sixteenthOf(62, A), 0);
  assert.equal(sixteenthOf(62, TWO), 16);
  assert.equal(sixteenthOf(126, TWO), 0);
  const lock = lockOf(A, { sixteenths: [0] });
  assert.deepEqual(cellsOf(keep(lock, B)), [
    [0, KICK],
    [8, KICK],
    [24, SNARE],
    [40, KICK],
    [62, SNARE],
  ]);
});

test("on a longer loop a lock is repeated, on a shorter one cut off", () => {
  const lock = lockOf(A, { sixteenths: [4] });
  const longer = fit(lock, 2);
  assert.deepEqual([...longer.sixteenths], [4, 20]);
  assert.deepEqual(cellsOf(longer), [[16, SNARE], [80, SNARE]]);
  assert.deepEqual(fit(longer, 1), lock);
  assert.equal(fit(lock, 1), lock);
});

test("a lock that is longer than the loop holds the sixteenths that are left of it", () => {
  const lock = lockOf(TWO, { sixteenths: [0, 1, 2, 3] });
  const loop = grooveOf([[8, KICK], [62, KICK]]);
  const kept = keep(lock, loop);
  assert.deepEqual(cellsOf(kept), [[0, KICK]], "the last two steps are the first sixteenth's");
});

test("a lock on other steps than the groove's changes nothing", () => {
  const coarse = grooveOf([[3, KICK]], { steps: 16 });
  assert.equal(keep(lockOf(A, { voices: [KICK] }), coarse), coarse);
});

test("cells that are new to a lock are held as they sound, those of before as they were", () => {
  const kick = lockOf(A, { voices: [KICK] });
  const both = relock(kick, keep(kick, B), places({ voices: [KICK, SNARE] }));
  assert.deepEqual(cellsOf(both), [[0, KICK], [24, SNARE], [32, KICK]]);
  const snare = relock(both, A, places({ voices: [SNARE] }));
  assert.deepEqual(cellsOf(snare), [[24, SNARE]]);
});

test("an edit in a locked cell is held by the lock", () => {
  const lock = lockOf(A, { voices: [KICK] });
  const edited = withHit(lock, { step: 20, voice: KICK, velocity: 96, timing: 0 });
  assert.deepEqual(cellsOf(keep(edited, B)), [[0, KICK], [20, KICK], [24, SNARE], [32, KICK]]);
  const taken = withHit(edited, { step: 0, voice: KICK, velocity: 0, timing: 0 });
  assert.deepEqual(cellsOf(taken), [[20, KICK], [32, KICK]]);
  assert.deepEqual(cellsOf(lock), [[0, KICK], [32, KICK]], "the lock of before is as it was");
});

test("a locked cell is one voice in one sixteenth", () => {
  const lock = lockOf(A, { cells: [8 * 256 + KICK, 6 * 256 + KICK] });
  assert.deepEqual(lock.hits.map(({ step, voice }) => [step, voice]), [[32, KICK]]);
  assert.deepEqual(cellsOf(keep(lock, B)), cellsOf(keep(lock, keep(lock, B))));
  assert.ok(cellsOf(keep(lock, B)).some(([step, voice]) => step === 32 && voice === KICK));
  assert.ok(!cellsOf(keep(lock, B)).some(([step, voice]) => step === 24 && voice === KICK));
});

test("a lock is sent as lists", () => {
  assert.deepEqual(packLock(lockOf(A, { voices: [KICK], sixteenths: [4], cells: [12 * 256] })), {
    bars: 1,
    voices: [KICK],
    sixteenths: [4],
    cells: [12 * 256],
    hits: [[0, KICK, 100, 0], [16, SNARE, 100, 0], [32, KICK, 100, 0]],
  });
});

test("whatever is locked: locked cells are the lock's, free ones the groove's, twice is once", () => {
  const { below, happens } = dice(randomFrom(5));
  const random = (bars) => {
    const cells = [];
    for (let cell = 0; cell < bars * 64 * 4; cell++) {
      if (happens(0.2)) cells.push([cell >> 2, cell & 3, 1 + below(127)]);
    }
    return grooveOf(cells, { bars });
  };
  for (let i = 0; i < 300; i++) {
    const [source, target] = [random(1 + below(3)), random(1 + below(3))];
    const some = (end, share) => Array.from({ length: end }, (_, n) => n).filter(() => happens(share));
    const cells = {
      voices: some(4, 0.3),
      sixteenths: some(source.bars * 16, 0.3),
      cells: some(source.bars * 16 * 256, 0.02),
    };
    const lock = lockOf(source, cells);
    const fitted = fit(lock, target.bars);
    const kept = keep(lock, target);
    const locked = kept.hits.filter((hit) => isLocked(fitted, hit));
    assert.deepEqual(locked, keep(lock, grooveOf([], target)).hits);
    assert.deepEqual(
      kept.hits.filter((hit) => !isLocked(fitted, hit)),
      target.hits.filter((hit) => !isLocked(fitted, hit)),
    );
    assert.deepEqual(keep(lock, kept), kept);
  }
});

test("a beat is finished with hats or a kick where all other drums are locked, or a fill where all but the last beat is", () => {
  const families = Array.from({ length: 60 }, (_, i) => ({ family: ["kick", "snare", "hat"][i] ?? "tom" }));
  const groove = grooveOf([[0, KICK], [16, SNARE], [32, 2], [40, 50]]);
  assert.equal(lockFor("rest", groove, families), null, "what is locked stays so");
  assert.deepEqual(lockFor("hats", groove, families), places({ voices: [KICK, SNARE, 50] }));
  assert.deepEqual(lockFor("kick", groove, families), places({ voices: [SNARE, 2, 50] }));
  const before = (count) => places({ sixteenths: [...Array(count).keys()] });
  assert.deepEqual(lockFor("fill", groove, families), before(12));
  assert.deepEqual(lockFor("fill", { ...groove, bars: 2, meters: ["4/4", "6/8"] }, families), before(22));
});
