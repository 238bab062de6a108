// Records what is played into the loop: each strike becomes an edit of what sounds, its timing and
// velocity kept. A round of the loop is one step of undo.

/** @import { Hit, Shape } from "../types" */
/** @import { Player } from "../state/player.js" */

import { BEATS, cellOf, reach, stepsOf, straight } from "../state/groove.js";
import { lengthOf, QUARTER } from "../state/meter.js";

const EARLY = 0.25; // beats before the loop begins at which a strike is its first hit, early

export class Recorder {
  on = false;
  replaces = false; // whether the first strike clears the loop; else all is added to what is there
  #player;
  #round = 0;
  #isFresh = true; // nothing was played yet

  /** @param {Player} player */
  constructor(player) {
    this.#player = player;
  }

  /** Record what is played from now on, onto what sounds. */
  start() {
    const { scene } = this.#player;
    if (!scene.canEdit) {
      // A and B are places of the blend, and what is recorded stays with its place.
      this.#player.drag(scene.place, scene.feel === null ? null : scene.feelPlace);
      this.#player.release();
    }
    this.on = true;
    this.#round = 0;
    this.#isFresh = true;
  }

  stop() {
    if (!this.on) return;
    this.on = false;
    this.#player.keepEdits();
  }

  /** Go along with play, up to `beat`. @param {number} beat */
  follow(beat) {
    const { groove } = this.#player;
    if (!this.on || !groove || beat < 0) return;
    const round = Math.floor((beat - EARLY) / quartersOf(groove));
    if (round > this.#round) this.#player.keepEdits();
    this.#round = Math.max(round, this.#round);
  }

  /**
   * Record a strike.
   *
   * @param {number} voice
   * @param {number} velocity
   * @param {number} beat at which it was played
   */
  strike(voice, velocity, beat) {
    if (!this.on || !this.#player.groove || beat < -EARLY) return;
    if (this.#isFresh && this.replaces) this.#clear();
    this.#isFresh = false;
    const { groove, settings } = this.#player;
    const taken = new Set(groove.hits.map(cellOf));
    this.#player.edit(hitAt(groove, voice, velocity, straight(beat, settings.swing), taken));
  }

  #clear() {
    for (const hit of this.#player.groove?.hits ?? []) this.#player.edit({ ...hit, velocity: 0 });
  }
}

/** @param {Shape} groove */
const quartersOf = (groove) => lengthOf(groove) / QUARTER;

/**
 * The hit of a strike: in the cell of its nearest step, or where that is taken in the nearest free
 * one that it can stand in; where all are taken, in place of what is nearest.
 *
 * @param {Shape} groove
 * @param {number} voice
 * @param {number} velocity
 * @param {number} beat without swing, from where play began
 * @param {Set<number>} taken cells
 * @returns {Hit}
 */
export function hitAt(groove, voice, velocity, beat, taken) {
  const { steps } = groove;
  const total = stepsOf(groove);
  const length = quartersOf(groove);
  let place = ((((beat % length) + length) % length) * steps) / BEATS;
  if (Math.round(place) >= total) place -= total; // an early first hit
  const far = Math.floor(reach(steps));
  const near = Math.round(place);
  const cells = Array.from({ length: 2 * far + 1 }, (_, i) => near - far + i)
    .filter((step) => step >= 0 && step < total && Math.abs(place - step) <= reach(steps))
    .sort((a, b) => Math.abs(place - a) - Math.abs(place - b));
  const free = cells.find((step) => !taken.has(cellOf({ step, voice })));
  const step = free ?? cells[0] ?? Math.max(0, near);
  return { step, voice, velocity, timing: place - step };
}
