// @ts-check
/* The states of the projections at any point: kept for a while, else folded on from the nearest point before
 * that is known, else asked of the server.
 *
 *     at(300) ── kept? ── folded from a checkpoint, when all events between are loaded
 *                  └───── asked for: one question at a time, the latest wish next; null until then
 *
 * Checkpoints lie every 200 events where the fold came by, and wherever the server told a state. How many there are
 * depends on how large they are: behind 100,000 events a state may take megabytes, and a browser that has to tidy up
 * hundreds of them stands still meanwhile. For the same reason states share the notes that they have in common. */

import {FOLDS} from './fold.js';
import {breathe, slice_clock} from './slices.js';

/** @typedef {import('./model.js').States} States */
/** @typedef {import('./model.js').Event} Event */
/** @typedef {{sequence: number, folds: Record<string, any>}} Cursor */
/** @typedef {'point' | 'other'} Hand */

/** @type {(keyof States)[]} */
export const PROJECTIONS = ['workflow', 'agents', 'notes', 'mailbox', 'timings'];

const STEP = 200;
const KEPT_MAX = 96;
const CHECKPOINTS_MAX = 160;
/* So many things in the states that are kept, and in the checkpoints; but a few states at least. */
const WEIGHT_MAX = 100_000;
const STATES_MIN = 8;
/* Further than this nothing is folded for a point: the server has snapshots. */
const REACH = 5000;

/** @returns {Cursor} */
function begin_cursor() {
  return {sequence: 0, folds: Object.fromEntries(PROJECTIONS.map((name) => [name, FOLDS[name].init()]))};
}

/** @param {number} sequence @param {States} states @returns {Cursor} */
export function resume_cursor(sequence, states) {
  const folds = PROJECTIONS.map((name) => [name, FOLDS[name].from_json(states[name], sequence)]);
  return {sequence, folds: Object.fromEntries(folds)};
}

/** @param {Cursor} cursor @param {Event} event */
export function fold_on(cursor, event) {
  for (const name of PROJECTIONS) FOLDS[name].apply(cursor.folds[name], event);
  cursor.sequence = event.sequence;
}

/** @param {Cursor} cursor @returns {States} */
export function states_of(cursor) {
  return /** @type {any} */ (
    Object.fromEntries(PROJECTIONS.map((name) => [name, FOLDS[name].json(cursor.folds[name])]))
  );
}

/** How large a state is: the things that its lists hold. @param {States} states */
function weight_of({workflow, agents, notes, mailbox}) {
  const lists = [workflow?.features, workflow?.commits, agents?.sessions, notes?.notes];
  for (const agent of Object.values(mailbox?.agents ?? {})) lists.push(agent?.inbox, agent?.outbox);
  return lists.reduce((sum, list) => sum + (list?.length ?? 0), 0);
}

/**
 * @typedef {object} Options
 * @property {(sequence: number) => Event | undefined} get  a loaded event
 * @property {(sequence: number) => Promise<States>} ask    the server
 * @property {() => void} on_change
 * @property {number} [budget_ms]   what `at` may take
 * @property {number} [retry_ms]
 */

export class StateStore {
  /** Why the last question failed, or ''. */
  problem = '';

  #options;
  /** @type {Map<number, States>} those that were shown, the latest last */
  #kept = new Map();
  #kept_weight = 0;
  #checkpoints_weight = 0;
  /** @type {any[]} the notes that states share */
  #notes = [];
  /** @type {{sequence: number, states: States}[]} ascending */
  #checkpoints = [];
  /* Two hands: one at the point, one where marks compare it with, so that neither drags the other back. */
  /** @type {Record<Hand, Cursor | null>} */
  #cursors = {point: null, other: null};
  /** @type {Record<Hand | 'base', number | null>} */
  #wanted = {point: null, other: null, base: null};
  #asking = false;
  #closed = false;

  /** @param {Options} options */
  constructor(options) {
    this.#options = {budget_ms: 8, retry_ms: 3000, ...options};
  }

  /**
   * The states behind an event, or null: then they are on their way, and `on_change` says when to ask again.
   * @param {number} sequence @param {Hand} [hand] @returns {States | null}
   */
  at(sequence, hand = 'point') {
    this.#wanted[hand] = null;
    const known = this.#kept.get(sequence);
    if (known) return this.#keep(sequence, known);
    const cursor = this.#nearest(sequence, hand);
    if (!cursor) {
      this.#wanted[hand] = sequence;
      this.#question();
      return null;
    }
    const folded = this.#fold_to(sequence, cursor);
    return folded && this.#keep(sequence, folded);
  }

  /** Somebody told these. @param {number} sequence @param {States} states */
  take(sequence, states) {
    const at = this.#checkpoint_before(sequence);
    if (at >= 0 && this.#checkpoints[at].sequence === sequence) return;
    this.#checkpoints.splice(at + 1, 0, {sequence, states});
    this.#checkpoints_weight += weight_of(states);
    const list = this.#checkpoints;
    const is_heavy = () => this.#checkpoints_weight > WEIGHT_MAX && list.length > STATES_MIN;
    while (list.length > CHECKPOINTS_MAX || is_heavy()) this.#thin_out();
  }

  /** A note says the same at every point until it is answered. @param {States} states that the server told */
  #share_notes({notes}) {
    /** @type {any[]} */
    const list = notes?.notes ?? [];
    const known = this.#notes;
    for (let i = 0; i < list.length; i++) {
      const same = i < known.length && known[i].id === list[i].id && known[i].answered_at === list[i].answered_at;
      if (same) list[i] = known[i];
    }
    if (list.length > known.length) this.#notes = list;
  }

  /**
   * The point rests here: have a checkpoint before it, so that steps back need no question.
   * @param {number} sequence
   */
  prepare(sequence) {
    const base = Math.floor((sequence - 1) / STEP) * STEP;
    const at = this.#checkpoint_before(sequence - 1);
    if (base <= 0 || (at >= 0 && this.#checkpoints[at].sequence >= base)) return;
    this.#wanted.base = base;
    this.#question();
  }

  /** Fold from the first event up to `head`, in slices, for checkpoints on the way. @param {number} head */
  async warm(head) {
    const cursor = begin_cursor();
    const used_up = slice_clock(this.#options.budget_ms);
    for (let sequence = 1; sequence <= head && !this.#closed; sequence++) {
      const event = this.#options.get(sequence);
      if (!event) return;
      fold_on(cursor, event);
      if (sequence % STEP === 0) this.take(sequence, states_of(cursor));
      if (used_up()) await breathe();
    }
  }

  close() {
    this.#closed = true;
  }

  /** @param {number} sequence @param {States} states */
  #keep(sequence, states) {
    const kept = this.#kept;
    if (!kept.delete(sequence)) this.#kept_weight += weight_of(states);
    kept.set(sequence, states);
    while (kept.size > KEPT_MAX || (this.#kept_weight > WEIGHT_MAX && kept.size > STATES_MIN)) {
      const [oldest, of_it] = /** @type {[number, States]} */ (kept.entries().next().value);
      this.#kept_weight -= weight_of(of_it);
      kept.delete(oldest);
    }
    return states;
  }

  /** The index of the last checkpoint at or before, or -1. @param {number} sequence */
  #checkpoint_before(sequence) {
    let low = 0;
    let high = this.#checkpoints.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#checkpoints[middle].sequence <= sequence) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /* Of all, the one between neighbours that lie closest together is spared most easily. */
  #thin_out() {
    const list = this.#checkpoints;
    let least = 1;
    let distance = Infinity;
    for (let i = 1; i + 1 < list.length; i++) {
      const between = list[i + 1].sequence - list[i - 1].sequence;
      if (between < distance) [least, distance] = [i, between];
    }
    for (const {states} of list.splice(least, 1)) this.#checkpoints_weight -= weight_of(states);
  }

  /**
   * Null when it takes more than a slice: it goes on with the next call.
   * @param {number} sequence @param {Cursor} cursor
   */
  #fold_to(sequence, cursor) {
    const {get, on_change, budget_ms} = this.#options;
    const end = performance.now() + budget_ms;
    while (cursor.sequence < sequence) {
      fold_on(cursor, /** @type {Event} */ (get(cursor.sequence + 1)));
      if (cursor.sequence % STEP === 0) this.take(cursor.sequence, states_of(cursor));
      if (cursor.sequence % 16 === 0 && performance.now() > end && cursor.sequence < sequence) {
        breathe().then(() => this.#closed || on_change());
        return null;
      }
    }
    return states_of(cursor);
  }

  /** A cursor from which all events up to `sequence` are here, or null. @param {number} sequence @param {Hand} hand */
  #nearest(sequence, hand) {
    const at = this.#checkpoint_before(sequence);
    const base = at < 0 ? 0 : this.#checkpoints[at].sequence;
    const held = this.#cursors[hand];
    const goes_on = held !== null && held.sequence <= sequence && held.sequence >= base;
    const from = goes_on ? held.sequence : base;
    if (sequence - from > REACH) return null;
    for (let i = from + 1; i <= sequence; i++) if (!this.#options.get(i)) return null;
    if (goes_on) return held;
    const made = at < 0 ? begin_cursor() : resume_cursor(base, this.#checkpoints[at].states);
    this.#cursors[hand] = made;
    return made;
  }

  /** Ask for what is wanted now; of what is wanted meanwhile only the latest is asked for next. */
  async #question() {
    const sequence = this.#wanted.point ?? this.#wanted.other ?? this.#wanted.base;
    if (this.#asking || this.#closed || sequence === null) return;
    this.#asking = true;
    try {
      const states = await this.#options.ask(sequence);
      if (this.#closed) return;
      this.#answer(sequence, states);
    } catch (error) {
      this.problem = String(/** @type {Error} */ (error).message);
      await new Promise((resolve) => setTimeout(resolve, this.#options.retry_ms));
    } finally {
      this.#asking = false;
    }
    if (this.#closed) return;
    this.#options.on_change();
    this.#question();
  }

  /** @param {number} sequence @param {States} states */
  #answer(sequence, states) {
    const wanted = this.#wanted;
    this.problem = '';
    this.#share_notes(states);
    this.take(sequence, states);
    if (wanted.point === sequence || wanted.other === sequence) this.#keep(sequence, states);
    if (wanted.point === sequence) wanted.point = null;
    if (wanted.other === sequence) wanted.other = null;
    if (wanted.base === sequence) wanted.base = null;
  }
}
