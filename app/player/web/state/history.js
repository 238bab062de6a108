// Undo and redo over snapshots.

const DEPTH = 200;

/** @template State */
export class History {
  /** @type {State[]} */
  #past = [];
  /** @type {State[]} */
  #future = [];

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
    this.#past = [...this.#past, state].slice(-DEPTH);
    this.#future = [];
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
