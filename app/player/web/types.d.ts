// What the modules hand to each other, and what Python sends and is sent (wire.py, parts.py, wall.py).

import type { Player } from "./state/player.js";
import type { Transport } from "./sound/transport.js";

// Grooves (state/groove.js)

/** A hit on the grid. */
export interface Hit {
  step: number; // from the first step of the groove
  voice: number; // its number, as in beatgen/kit.py
  velocity: number; // 1 to 127; in an edit, 0 takes the hit out
  timing: number; // distance from the step, in steps
  feels?: Feel[]; // in a frame of a path: what A's feel and B's feel make of the hit
}

/** What a feel makes of a hit of a frame. */
export interface Feel {
  velocity: number; // 1 to 127
  later: number; // in steps, against the frame's own timing
}

/** How many bars, and how they are divided. Steps are counted from the first bar to the last. */
export interface Shape {
  bars: number;
  steps: number; // of a bar of 4/4
  meters?: string[]; // of each bar in turn, as in "3/4"; none: 4/4
}

/** Hits sorted by cell (see `cellOf`). */
export interface Groove extends Shape {
  tempo: number; // quarters per minute
  hits: Hit[];
}

export interface Voice {
  name: string;
  family: string;
  relative?: string; // of percussion: the kit's voice that sounds where it has no recording
}

/** The grooves from A to B, evenly spaced. */
export interface Path extends Shape {
  id: string;
  voices: Voice[]; // by their numbers
  frames: Groove[];
  ends: Groove[]; // A and B
  used: Set<number>; // voices that sound anywhere on it
  hasFeels: boolean;
}

/** Cells that stay as they are (state/lock.js). */
export interface Lock extends Shape {
  voices: Set<number>;
  sixteenths: Set<number>; // from the start of the groove
  cells: Set<number>; // one voice in one sixteenth each (state/lock.js)
  hits: Hit[]; // that stand in the locked cells
}

export type Edits = Map<number, Hit>; // by cell; velocity 0 takes a hit out
export type Monitor = "a" | "blend" | "b";

/** The groove that Python decoded for a place of the blend. */
export interface Settled {
  position: number;
  feel: number;
  id: string;
  groove: Groove;
  label: string; // its name, whatever its shape
  take: "take" | "bar" | null; // what stands in for the blend
  shaped: boolean;
}

/** What undo goes back to. */
export interface Snapshot {
  path: Path | null;
  shaped: boolean; // whether the path is
  bars: number;
  position: number;
  feel: number | null;
  edits: Edits;
  keepsEdits: boolean;
  lock: Lock;
  settled: Settled | null;
  discarded?: number[]; // takes that went from the wall then
}

// Sound

/** A stroke on the endless line of beats; those of a groove have its step, and their beat in it. */
export interface Stroke {
  beat: number;
  voice: number; // CLICK for the metronome
  velocity: number;
  step?: number;
  place?: number;
  turn?: number; // how many strokes of its voice go before it in its bar
}

/** A stroke that the sampler has been given. */
export interface Scheduled extends Stroke {
  time: number; // s on the audio clock
  handle: unknown; // of the sampler, to cancel it
}

/** A groove laid out for looping, in beats. */
export interface Layout {
  length: number;
  strokes: Stroke[];
  clicks: Stroke[];
  before: Stroke[]; // of a bar of clicks before it
}

/** What the transport plays on. */
export interface Instrument {
  readonly now: number; // s on the audio clock
  play(voice: number, velocity: number, time: number, turn?: number): unknown;
  cancel(handle: any): void;
  choke(): void;
  silence(): void;
  tick?(transport: Transport | null): void; // hand on what cannot be taken back, and is due
}

/** What wakes the transport, every 25 ms between start and stop. */
export interface Ticker {
  start(): void;
  stop(): void;
}

export interface Settings {
  tempo: number | null; // null: the groove's own
  swing: number; // 0.5 to 0.75
  metronome: boolean;
  countIn: boolean;
  allVoices: boolean;
  allPercussion: boolean;
  kit: string; // name of the recordings that play
  editsNotes: boolean; // the tools for notes are shown
  showsKeys: boolean; // the sheet of keys is open
}

/** Level, in decibels, and pan, -1 (left) to 1 (right), of a drum family. */
export interface Strip {
  level: number;
  pan: number;
}

/** A part of the kit's file: seconds `offset` to `offset + duration` of `buffer`. */
export interface Sample {
  buffer: AudioBuffer;
  offset?: number;
  duration?: number;
  gain: number;
  rate?: number; // of playback, 1 by default
}

/** A recorded kit: what is where in its file. */
export interface Samples {
  table: KitTable;
  buffer: AudioBuffer;
}

/** kit.json, percussion.json. */
export interface KitTable {
  sample_rate: number;
  pan: Record<string, number>;
  chokes: Record<string, string[]>;
  voices: Record<string, { velocity: number; start: number; samples: number }[]>;
}

// From Python

export interface PackedWords {
  counts: number[];
  words: string; // base64 of zlib
}

export interface PackedPoints {
  counts: number[];
  cells: string; // base64 of zlib
  grid: number;
}

export interface PackedGroove {
  id?: string;
  bars: number;
  steps: number;
  meters?: string[] | null;
  tempo: number;
  hits: string; // base64
}

export interface PackedPath {
  id: string;
  bars: number;
  steps: number;
  meters?: string[] | null;
  tempi: number[];
  frames: PackedWords;
  ends: string[] | null;
  voices: [name: string, family: string, relative: string | null][] | null; // null: as before
  feels: PackedWords | null;
}

/** A path that Python has sent before. */
export interface PathName {
  id: string;
  felt: boolean; // whether its feels have been sent
  frames?: undefined;
}

export interface PackedLock {
  bars: number;
  steps: number;
  meters?: string[] | null;
  voices: number[];
  sixteenths: number[];
  cells: number[];
  hits: string;
}

/** What the player is set to once: as a shared page was, or the page before a reload. */
export interface Opening {
  name: string;
  tempo: number | null;
  swing: number;
  kit: string;
  mix: Record<string, [level: number, pan: number]>;
  lock: PackedLock | null;
}

/** What the page shows (app/player/__init__.py). */
export interface PlayerData<P = Path | PathName> {
  part?: undefined;
  player: string; // the player's key
  path: P;
  bars: number;
  position: number;
  feel: number | null;
  settled: (PackedGroove & { id: string }) | null;
  label: string;
  take: "take" | "bar" | null; // what stands in for the blend
  shaped: boolean; // whether that is, and, where nothing stands in, the path
  accents: [a: string, b: string];
  kit: string; // name of the component that serves the kit
  answered: number; // the last message that Python had read
  opening: Opening | null;
  starts: number; // when it grows, play starts
  waits?: boolean; // for what the browser has kept: what comes before it is a new page's
  slim: boolean; // whether the blend is low
  probe?: boolean; // for tests: expose window.beatgen
}

export interface PartData {
  part: string;
  player: string;
}

/** Drum maps: notes written for each of the voices, and the voice that each note is read as. */
export interface PackedMaps {
  voices: string[];
  // base64 of bytes: a note for each voice; a place among the voices for each note, 255 for none
  maps: [name: string, title: string, written: string, read: string][];
}

/** A file that the server has; its path starts where the page lies. */
export interface ServedFile {
  name: string;
  type: string;
  path: string;
}

/** file: null where there is none now; answered: the last message that Python had read. */
export interface DownloadData {
  label: string;
  hint: string;
  file: ServedFile | null;
  answered: number;
}

export type FileKind = "midi" | "wav";

export interface FilesData {
  files: Record<FileKind, ServedFile>;
  answered: number;
}

export interface TakeData extends PackedGroove {
  id: string;
  number: number;
  near: string;
  path?: string; // of its MIDI file
  file?: { name: string; path: string };
}

export type Act = "play" | "a" | "b" | "keep" | "let go" | "discard" | "name" | "stars";

/** What a beat is finished with: all that is not locked, or what stands in its place. */
export type Finish = "rest" | "hats" | "kick" | "fill";

/** What was done to the take of a number, and the name or stars that it was given. */
export type Done = [turn: number, act: Act, number: number, value?: string | number];

export interface WallData<T = TakeData | string> {
  wall: string; // its key
  takes: T[]; // in full, or by their ids
  files: (string | null)[]; // names of their files
  how: string; // query of the files' addresses
  kept: number[];
  stars: number[];
  names: string[];
  alike: string[];
  rows: number[];
  plays: number | null; // number of the take that sounds
  small: boolean;
  swept: [count: number, numbers: number[]]; // how often all but the kept ones went, and which last
  answered: number;
}

export interface SliderData {
  name: string;
  low: string;
  high: string;
}

export interface ShapeData {
  sliders: SliderData[];
  amounts: number[];
  reach: number;
  bars: number;
  steps: number;
  meters?: string[] | null;
  tempo: number;
  paths: PackedWords & { frames: number[] };
  others: boolean; // whether a direction without a slider here is turned
  answered: number;
}

export interface PictureData {
  groove: PackedGroove;
  rows: number[];
  names: string[];
  accent: string;
  label: string;
  first: number; // number of the first bar
}

/** All bars of a file, and those of the loop. */
export interface OverviewData {
  busy: string; // a digit for each bar: how many hits it has
  start: number; // from 0
  bars: number; // of the loop
  accent: string;
  answered: number;
}

export interface TapData {
  answered: number; // the last rhythm that Python has taken
}

export interface ChartData {
  id: string;
  plotly: string; // name of the component that serves Plotly
  figure: { data: object[]; layout: any };
  points: PackedPoints;
  config: object;
  label: string;
  trouble: string; // what is shown where Plotly cannot be loaded
}

// To Python

/** Send a trigger: an event that Python hears of once. */
export type Send = (event: string, value: unknown) => void;
/** Set a state: a value that Python reads at every run. */
export type Keep = (name: string, value: unknown) => void;

/** A part of the page, mounted by main.js. */
export interface Part {
  root: Element;
  receive(data: any, send: Send, keep: Keep): void;
  close?(): void;
}

/** A part of the player's own view. */
export interface View {
  root: Element;
  update(): void;
  close?(): void;
}

/** What the harness that mounts a component gives it (Streamlit components v2). */
export interface Mounting {
  data: any[];
  parentElement: HTMLElement;
  setStateValue(name: string, value: unknown): void;
  setTriggerValue(name: string, value: unknown): void;
}

/** Where the grid draws what, in CSS pixels (views/grid/grid.js). */
export interface Geometry {
  readonly rows: number[]; // voices, top row first
  readonly bars: number;
  readonly sixteenths: number; // of the groove
  readonly shape: Shape;
  readonly size: { width: number; height: number };
  readonly rowHeight: number;
  readonly sixteenth: number;
  readonly stepsPerSixteenth: number;
  topOf(row: number): number;
  rowAt(y: number): number;
  xOf(beat: number): number;
  beatOfX(x: number): number;
  boxOf(hit: Hit, beat?: number): { x: number; y: number; width: number; height: number };
  redraw(): void;
}

type Listeners = {
  [Name in keyof HTMLElementEventMap as `on${Name}`]?: (event: HTMLElementEventMap[Name]) => void;
};

/** Attributes of an element, and listeners: on..., without capitals. */
export interface Attributes extends Listeners {
  [name: string]: any;
}

/** Colours of the style sheet by their names, the font, and the opacity of a lane. */
export type Colours = Record<string, string>;

declare global {
  interface Window {
    beatgen?: object;
    Plotly?: any;
  }
}

export type { Player };
