// Live MIDI against ports, clocks and an audio context of the test's own.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";

import { Live } from "../live/live.js";
import { DrumMap, unpackMaps } from "../live/maps.js";
import { MidiOut } from "../live/output.js";
import { Ports } from "../live/ports.js";
import { hitAt } from "../live/recorder.js";
import { TimeBase } from "../live/timebase.js";
import { Ensemble } from "../live/ensemble.js";
import { beatOf, straight, withEdits, cellOf } from "../state/groove.js";
import { dice, fakeTransport, grooveOf, randomFrom } from "./fake.js";

const [KICK, SNARE, HAT, OPEN] = [0, 1, 2, 3];
const NOTES = [36, 38, 42, 46];
const [ON, OFF] = [0x99, 0x89];
const QUANTUM = 0.01; // s by which the audio clock leaps from one look to the next

/** A context whose clock runs at `rate` beside the page's, which it says in leaps. */
function contextOf(clock, { rate = 1, start = 4321, random = randomFrom(1) } = {}) {
  return {
    get currentTime() {
      return clock.now;
    },
    getOutputTimestamp() {
      const leap = random() * QUANTUM;
      const contextTime = Math.max(0, clock.now - 0.02 - leap);
      const wrong = (random() - 0.5) * 16; // ms by which browsers are wrong about a look
      return { contextTime, performanceTime: start + (contextTime * 1000) / rate + wrong };
    },
  };
}

/** A transport on samples and a port; `sent` is what the port was given, [stamp, ...bytes]. */
function setUp({ rate, sending = {} } = {}) {
  const made = fakeTransport();
  made.sampler.now = 1; // the sound has been open for a while
  const sent = [];
  const port = { send: (bytes, stamp) => sent.push([stamp, ...bytes]) };
  const time = new TimeBase(contextOf(made.sampler, { rate }));
  const now = {
    port,
    channel: 9,
    clock: false,
    noteOf: (voice) => NOTES[voice],
    isHeard: () => true,
    chokes: (voice, ringing) => voice === HAT && ringing === OPEN,
    rings: (voice) => voice === OPEN,
    ...sending,
  };
  const out = new MidiOut(time, () => now);
  const instrument = new Ensemble(made.sampler, out, () => {});
  return { ...made, out, sent, instrument, time, sending: now };
}

const notesOn = (sent) => sent.filter(([, status, , velocity]) => status === ON && velocity);

describe("what goes out of a port", () => {
  const groove = grooveOf([[0, KICK], [16, SNARE, 90, 1.5], [32, KICK, 70, -1], [48, SNARE]]);

  test("is every stroke, once, at the time at which it is heard, for ten minutes of clocks that drift", () => {
    const { transport, instrument, elapse, sent, sampler } = setUp({ rate: 1 + 80e-6 });
    transport.setGroove(groove);
    transport.start(instrument);
    elapse(600);
    const heard = sampler.sounding.filter(({ time }) => time < 600);
    const got = notesOn(sent).slice(0, heard.length);
    assert.equal(got.length, heard.length);
    const errors = heard.map(({ time, voice }, i) => {
      assert.equal(got[i][2], NOTES[voice]);
      return Math.abs(got[i][0] - (4321 + (time * 1000) / (1 + 80e-6)));
    });
    errors.sort((a, b) => a - b);
    assert.ok(errors[Math.floor(errors.length * 0.95)] < 3, `${errors[Math.floor(errors.length * 0.95)]} ms`);
    const late = errors.slice(-200);
    assert.ok(Math.max(...late) < 8, `${late.slice(-5)}: no drift, and nothing far off`);
  });

  test("is ended before it is struck again, and all of it at the end", () => {
    const { transport, instrument, elapse, sent } = setUp();
    transport.setGroove(grooveOf([[0, KICK], [2, KICK], [4, KICK], [20, SNARE]], { tempo: 140 }));
    transport.start(instrument);
    elapse(3.33);
    transport.stop();
    const sounding = new Set();
    for (const [, status, note, velocity] of sent) {
      if (status === ON) {
        assert.ok(!sounding.has(note) && velocity > 0);
        sounding.add(note);
      } else if (status === OFF) sounding.delete(note);
    }
    assert.equal(sounding.size, 0);
    assert.deepEqual(sent.at(-1).slice(1), [0xb9, 123, 0]);
  });

  test("rings as an open hat until a closed one is struck", () => {
    const { transport, instrument, elapse, sent } = setUp();
    transport.setGroove(grooveOf([[0, OPEN], [24, HAT]]));
    transport.start(instrument);
    elapse(2);
    const on = sent.filter(([, status, note]) => status === ON && note === 42)[0];
    const off = sent.filter(([, status, note]) => status === OFF && note === 46)[0];
    assert.ok(Math.abs(on[0] - off[0]) < 1, "the open hat ends where the closed one begins");
  });

  test("keeps to the groove through random changes: none twice, none lost", () => {
    const random = dice(randomFrom(7));
    const { transport, instrument, elapse, sent, sampler } = setUp();
    const other = grooveOf([[0, KICK], [16, SNARE, 90, 1.2], [33, KICK, 70, -1], [48, SNARE]]);
    transport.setGroove(groove);
    transport.start(instrument);
    for (let i = 0; i < 400; i++) {
      elapse(random.between(0.01, 0.3));
      if (random.happens(0.7)) transport.setGroove(random.happens(0.5) ? groove : other);
      else transport.setSwing(random.between(0.5, 0.6));
    }
    const times = notesOn(sent);
    for (const note of NOTES.slice(0, 2)) {
      const stamps = times.filter(([, , n]) => n === note).map(([stamp]) => stamp);
      const gaps = stamps.slice(1).map((stamp, i) => stamp - stamps[i]);
      assert.ok(Math.min(...gaps) > 100, `${note} twice: ${Math.min(...gaps)} ms`);
    }
    const heard = sampler.sounding.filter(({ time }) => time < sampler.now - 0.2).length;
    const given = times.filter(([stamp]) => stamp < 4321 + (sampler.now - 0.2) * 1000).length;
    assert.ok(Math.abs(heard - given) <= 1 + heard * 0.02, `${heard} heard, ${given} sent`);
  });

  test("is what is not muted, on the channel chosen", () => {
    const { transport, instrument, elapse, sent, sending } = setUp();
    sending.isHeard = (voice) => voice !== KICK;
    sending.channel = 0;
    transport.setGroove(groove);
    transport.start(instrument);
    elapse(2);
    assert.deepEqual([...new Set(sent.filter(([, s]) => s === 0x90).map(([, , note]) => note))], [38]);
  });

  test("waits while there is no port, and goes on with one that comes back", () => {
    const { transport, instrument, elapse, sent, sending } = setUp();
    const { port } = sending;
    sending.port = null;
    transport.setGroove(groove);
    transport.start(instrument);
    elapse(4);
    assert.equal(sent.length, 0);
    sending.port = port;
    elapse(4);
    assert.ok(notesOn(sent).length >= 6);
  });

  test("is a clock of 24 pulses a beat, with start and stop", () => {
    const { transport, instrument, elapse, sent } = setUp({ sending: { clock: true } });
    transport.setGroove(groove);
    transport.start(instrument);
    elapse(4);
    transport.stop();
    const pulses = sent.filter(([, status]) => status === 0xf8);
    assert.equal(sent.findIndex(([, status]) => status === 0xfa) + 1, sent.findIndex(([, s]) => s === 0xf8));
    const span = pulses.at(-1)[0] - pulses[0][0];
    assert.ok(Math.abs(span / (pulses.length - 1) - 500 / 24) < 0.05, `${span / (pulses.length - 1)}`);
    assert.equal(sent.filter(([, status]) => status === 0xfc).length, 1);
  });
});

describe("drum maps", () => {
  const packed = {
    voices: ["kick", "snare"],
    maps: [["mine", "My map", btoa("\x24\x26"), btoa(`\xff\x00\x01${"\xff".repeat(125)}`)]],
  };

  test("say which note is sent, and which voice is meant", () => {
    const [map] = unpackMaps(packed);
    assert.deepEqual([map.noteOf("kick"), map.noteOf("snare"), map.noteOf("gong")], [36, 38, undefined]);
    assert.deepEqual([map.voiceOf(1), map.voiceOf(2), map.voiceOf(3)], ["kick", "snare", undefined]);
    assert.equal(map.noteOf("note 95"), 95);
  });
});

describe("what is played in", () => {
  const empty = { bars: 2, steps: 64 };

  test("stands where it was played, timing and velocity kept, with swing or without", () => {
    const random = dice(randomFrom(3));
    for (let i = 0; i < 2000; i++) {
      const swing = random.between(0.5, 0.75);
      const beat = random.between(-0.05, 40);
      const hit = hitAt(empty, SNARE, 77, straight(beat, swing), new Set());
      const off = beatOf(hit, 64, swing) - beat;
      const rounds = Math.round(off / 8) * 8;
      assert.ok(Math.abs(off - rounds) < 1e-6, `${beat} at ${swing}`);
      assert.ok(hit.step >= 0 && hit.step < 128 && Math.abs(hit.timing) <= 2);
    }
  });

  test("just before the loop's start is its first hit, early", () => {
    const hit = hitAt(empty, KICK, 100, 7.99, new Set());
    assert.equal(hit.step, 0);
    assert.ok(hit.timing < 0);
  });

  test("twice within a step is two hits: a flam", () => {
    let groove = { ...empty, tempo: 120, hits: [] };
    for (const beat of [1, 1.02, 1.04]) {
      const hit = hitAt(groove, SNARE, 90, beat, new Set(groove.hits.map(cellOf)));
      groove = withEdits(groove, new Map([[cellOf(hit), hit]]));
    }
    const beats = groove.hits.map((hit) => beatOf(hit, 64)).sort();
    assert.deepEqual(beats.map((beat) => beat.toFixed(2)), ["1.00", "1.02", "1.04"]);
  });
});

describe("pads", () => {
  let player, live, struck, clock, input, access;

  beforeEach(async () => {
    const made = fakeTransport();
    clock = made.sampler;
    clock.now = 1;
    struck = [];
    const port = (name) => ({ name, id: name, state: "connected", send() {} });
    input = port("pads");
    access = { inputs: new Map([["i", input]]), outputs: new Map([["o", port("synth")]]) };
    player = {
      scene: { canEdit: true, feel: null },
      settings: { swing: 0.5 },
      voices: ["kick", "snare", "hi-hat", "open hat"].map((name) => ({ name })),
      mixer: { isHeard: () => true },
      sound: { context: contextOf(clock), isRunning: true, loaded: null },
      transport: made.transport,
      groove: grooveOf([[0, KICK]]),
      kept: 0,
      strike: (voice, velocity) => struck.push([voice, velocity]),
      play: () => made.transport.start(live.over(clock)),
      set() {},
      announce() {},
      keepEdits: () => player.kept++,
      edit(hit) {
        player.groove = withEdits(player.groove, new Map([[cellOf(hit), hit]]));
        made.transport.setGroove(player.groove);
      },
    };
    made.transport.setGroove(player.groove);
    const ports = new Ports(() => {}, { requestMIDIAccess: async () => access });
    live = new Live(player, ports);
    live.maps = [new DrumMap("gm", "GM", new Map(), new Map([[38, "snare"], [42, "hi-hat"], [46, "open hat"], [23, "open hat"]]))];
    await live.open();
    live.set({ input: "pads" });
    player.elapse = made.elapse;
  });

  /** A pad is hit so that it is heard with `time` on the audio clock. */
  const hit = (note, time, velocity = 90) =>
    input.onmidimessage({ data: [0x99, note, velocity], timeStamp: 4321 + time * 1000 });

  test("sound at once, and say which note is none", () => {
    hit(38, 0);
    assert.deepEqual(struck, [[SNARE, 90]]);
    hit(95, 0);
    assert.match(live.notice, /Note 95/);
    input.onmidimessage({ data: [0x99, 38, 0], timeStamp: 0 });
    input.onmidimessage({ data: [0xb9, 4, 90], timeStamp: 0 });
    assert.equal(struck.length, 1);
  });

  /** The pedal of the hi-hat moves. */
  const pedal = (value) => input.onmidimessage({ data: [0xb9, 4, value], timeStamp: 0 });
  const OPEN_NOTE = 46;
  const heard = () => struck.splice(0).map(([voice]) => voice);

  test("are hi-hats as their pedal has it, where all stand on one note", () => {
    for (const [note, closed, open] of [[OPEN_NOTE, 127, 0], [42, 127, 0]]) {
      live.set({ input: "" });
      live.set({ input: "pads" }); // another kit
      for (const value of [closed, 64, open, closed]) {
        pedal(value);
        hit(note, 0);
      }
      const halfOpen = note === OPEN_NOTE ? OPEN : HAT; // not known yet that the pedal decides
      assert.deepEqual(heard(), [HAT, halfOpen, OPEN, HAT]);
    }
    live.set({ input: "" });
    live.set({ input: "pads", pedalUp: true });
    pedal(0);
    hit(OPEN_NOTE, 0);
    pedal(127);
    hit(OPEN_NOTE, 0);
    assert.deepEqual(heard(), [HAT, OPEN]);
  });

  test("go to who taps a rhythm, and are not recorded then", () => {
    const taps = [];
    live.record(true);
    player.elapse(1);
    live.onStrike = (...tap) => taps.push(tap);
    const { groove } = player;
    hit(38, 1.5, 101);
    assert.equal(taps.length, 1);
    const [[beat, velocity]] = taps;
    assert.ok(Math.abs(beat - player.transport.beatAt(1.5)) < 0.03, `${beat}`);
    assert.equal(velocity, 101);
    assert.equal(player.groove, groove);
    live.onStrike = null;
    hit(38, 1.7);
    assert.notEqual(player.groove, groove);
  });

  test("are hi-hats as their notes say, where they say it", () => {
    pedal(80);
    hit(42, 0);
    pedal(0);
    hit(OPEN_NOTE, 0);
    pedal(127); // as e-kits send it all the time
    hit(OPEN_NOTE, 0);
    hit(23, 0); // half open
    assert.deepEqual(heard(), [HAT, OPEN, OPEN, OPEN]);
  });

  test("are recorded where they were played, a round of the loop one step of undo", () => {
    live.record(true);
    player.elapse(1.2);
    hit(38, player.transport.timeAt(1.1));
    player.elapse(2);
    live.record(false);
    const [, snare] = player.groove.hits;
    assert.equal(snare.voice, SNARE);
    assert.ok(Math.abs(beatOf(snare, 64) - 1.1) < 0.004, `${beatOf(snare, 64)}`);
    assert.equal(snare.velocity, 90);
    assert.ok(player.kept >= 2);
  });

  test("clear the loop with the first hit where that is wanted", () => {
    live.recorder.replaces = true;
    live.record(true);
    player.elapse(0.5);
    assert.equal(player.groove.hits.length, 1, "nothing is lost before");
    hit(42, player.transport.timeAt(0.5));
    hit(38, player.transport.timeAt(0.75));
    assert.deepEqual(player.groove.hits.map(({ voice }) => voice).sort(), [SNARE, HAT]);
  });

  test("are as much earlier as was measured along with the metronome", () => {
    live.tapAlong(true);
    for (let beat = 1; beat <= 8; beat++) {
      player.elapse(0.5);
      hit(38, player.transport.timeAt(beat) + 0.024);
    }
    assert.ok(Math.abs(live.settings.latency - 24) <= 1, `${live.settings.latency} ms`);
    assert.equal(live.taps, null);
    live.record(true);
    hit(38, player.transport.timeAt(9) + 0.024);
    const beats = player.groove.hits.map((found) => beatOf(found, 64) % 4);
    assert.ok(beats.some((beat) => Math.abs(beat - 1) < 0.005), `${beats}`);
  });

  test("go on when their port comes back", () => {
    input.state = "disconnected";
    access.onstatechange?.();
    live.set({});
    assert.match(live.state, /pads: not connected/);
    input.state = "connected";
    live.set({});
    assert.equal(live.state, "");
    hit(38, 0);
    assert.equal(struck.length, 1);
  });
});

test("a browser without Web MIDI says so in one sentence", async () => {
  const ports = new Ports(() => {}, {});
  assert.equal(await ports.open(), false);
  assert.match(ports.trouble, /no Web MIDI/);
  const refusing = new Ports(() => {}, { requestMIDIAccess: () => Promise.reject(new Error("no")) });
  assert.equal(await refusing.open(), false);
  assert.match(refusing.trouble, /allow it/);
});
