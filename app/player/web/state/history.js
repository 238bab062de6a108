// Undo and redo over snapshots: as many as there is room for.

const DEPTH = 200;
const ROOM = 300_000; // hits of all that past states hold: some 30 MB

/**
 * What a state holds that is large, and how large; several may hold the same.
 *
 * @template State
 * @typedef {(state: State) => [held: object, size: number] | undefined} Weigh
 */

/** @template State */
export class History {
  #weigh;
  /** @type {State[]} */
  #past = [];
  /** @type {State[]} */
  #future = [];

  /** @param {Weigh<State>} weigh */
  constructor(weigh = () => undefined) {
    this.#weigh = weigh;
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  /** What undo would go back to, and redo. */
  get last() {
    return this.#past[this.#past.length - 1];
  }

  get next() {
    return this.#future[this.#future.length - 1];
  }

  /** Remember the state that is about to be left. @param {State} state */
  record(state) {
    this.#past = this.#fitting([...this.#past, state].slice(-DEPTH));
    this.#future = [];
  }

  /** The latest of these states that there is room for, one at least. @param {State[]} states */
  #fitting(states) {
    const held = new Set();
    let [first, size] = [states.length, 0];
    while (first > 0) {
      const [what, weight] = this.#weigh(states[first - 1]) ?? [];
      if (what && weight && !held.has(what)) {
        held.add(what);
        size += weight;
        if (size > ROOM && first < states.length) break;
      }
      first--;
    }
    return states.slice(first);
  }

  /**
   * The state before, given the present one; undefined where there is none.
   *
   * @param {State} present
   */
  undo(present) {
    if (this.canUndo) this.#future.push(present);
    return this.#past.pop();
  }

  /** @param {State} present */
  redo(present) {
    if (this.canRedo) this.#past.push(present);
    return this.#future.pop();
  }

  /**
   * Forget past states of a kind; what was undone stays.
   *
   * @param {(state: State) => boolean} isGone
   */
  drop(isGone) {
    this.#past = this.#past.filter((state) => !isGone(state));
  }

  clear() {
    this.#past = [];
    this.#future = [];
  }
}
