// @ts-check
/* The states of the projections at any point: kept for a while, else folded on from the nearest point before
 * that is known, else asked of the server.
 *
 *     at(300) ── kept? ── folded from a checkpoint, when all events between are loaded
 *                  └───── asked for: one question at a time, the latest wish next; null until then
 *
 * Checkpoints lie every 200 events where the fold came by, and wherever the server told a state. */

import {FOLDS} from './fold.js';
import {breathe, slice_clock} from './slices.js';

/** @typedef {import('./model.js').States} States */
/** @typedef {import('./model.js').Event} Event */
/** @typedef {{sequence: number, folds: Record<string, any>}} Cursor */

/** @type {(keyof States)[]} */
export const PROJECTIONS = ['workflow', 'agents', 'notes', 'mailbox', 'timings'];

const STEP = 200;
const KEPT_MAX = 96;
const CHECKPOINTS_MAX = 160;
/* Further than this nothing is folded for a point: the server has snapshots. */
const REACH = 5000;

/** @returns {Cursor} */
export function begin_cursor() {
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

/**
 * @typedef {object} Options
 * @property {(sequence: number) => Event | undefined} get  a loaded event
 * @property {(sequence: number) => Promise<States>} ask    the server
 * @property {() => void} on_change
 * @property {number} [budget_ms]   what `at` may take
 * @property {number} [retry_ms]
 */

/** @param {Options} options */
export function make_states({get, ask, on_change, budget_ms = 8, retry_ms = 3000}) {
  /** @type {Map<number, States>} the last ones that were shown, the latest last */
  const kept = new Map();
  /** @type {{sequence: number, states: States}[]} ascending */
  const checkpoints = [];
  /* Two hands: one at the point, one where marks compare it with, so that neither drags the other back. */
  /** @type {Record<'point' | 'other', Cursor | null>} */
  const cursors = {point: null, other: null};
  /** @type {Record<'point' | 'other' | 'base', number | null>} */
  const wanted = {point: null, other: null, base: null};
  let asking = false;
  let closed = false;

  const self = {
    problem: '',

    /**
     * The states behind an event, or null: then they are on their way, and `on_change` says when to ask again.
     * @param {number} sequence @param {'point' | 'other'} [hand] @returns {States | null}
     */
    at(sequence, hand = 'point') {
      wanted[hand] = null;
      const known = kept.get(sequence);
      if (known) return keep(sequence, known);
      const folded = fold_to(sequence, hand);
      if (folded === 'far') {
        wanted[hand] = sequence;
        question();
        return null;
      }
      return folded && keep(sequence, folded);
    },

    /** Somebody told these. @param {number} sequence @param {States} states */
    take(sequence, states) {
      const at = checkpoint_before(sequence);
      if (at < 0 || checkpoints[at].sequence !== sequence) checkpoints.splice(at + 1, 0, {sequence, states});
      if (checkpoints.length > CHECKPOINTS_MAX) thin_out();
    },

    /** The point rests here: have a checkpoint before it, so that steps back need no question. @param {number} sequence */
    prepare(sequence) {
      const base = Math.floor((sequence - 1) / STEP) * STEP;
      const at = checkpoint_before(sequence - 1);
      if (base <= 0 || (at >= 0 && checkpoints[at].sequence >= base)) return;
      wanted.base = base;
      question();
    },

    /** Fold from the first event up to `head`, in slices, for checkpoints on the way. @param {number} head */
    async warm(head) {
      const cursor = begin_cursor();
      const used_up = slice_clock(budget_ms);
      for (let sequence = 1; sequence <= head && !closed; sequence++) {
        const event = get(sequence);
        if (!event) return;
        fold_on(cursor, event);
        if (sequence % STEP === 0) self.take(sequence, states_of(cursor));
        if (used_up()) await breathe();
      }
    },

    close() {
      closed = true;
    },
  };

  /** @param {number} sequence @param {States} states */
  function keep(sequence, states) {
    kept.delete(sequence);
    kept.set(sequence, states);
    if (kept.size > KEPT_MAX) kept.delete(kept.keys().next().value ?? -1);
    return states;
  }

  /** The index of the last checkpoint at or before, or -1. @param {number} sequence */
  function checkpoint_before(sequence) {
    let low = 0;
    let high = checkpoints.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (checkpoints[middle].sequence <= sequence) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /* Of two that lie closest together one is spared most easily. */
  function thin_out() {
    let least = 1;
    let distance = Infinity;
    for (let i = 1; i + 1 < checkpoints.length; i++) {
      const between = checkpoints[i + 1].sequence - checkpoints[i - 1].sequence;
      if (between < distance) [least, distance] = [i, between];
    }
    checkpoints.splice(least, 1);
  }

  /**
   * @param {number} sequence @param {'point' | 'other'} hand
   * @returns {States | 'far' | null} null: it is being folded, and takes a few slices
   */
  function fold_to(sequence, hand) {
    const cursor = nearest(sequence, hand);
    if (!cursor) return 'far';
    const end = performance.now() + budget_ms;
    while (cursor.sequence < sequence) {
      fold_on(cursor, /** @type {Event} */ (get(cursor.sequence + 1)));
      if (cursor.sequence % STEP === 0) self.take(cursor.sequence, states_of(cursor));
      if (cursor.sequence % 16 === 0 && performance.now() > end && cursor.sequence < sequence) {
        breathe().then(() => closed || on_change());
        return null;
      }
    }
    return states_of(cursor);
  }

  /** A cursor from which all events up to `sequence` are here. @param {number} sequence @param {'point' | 'other'} hand */
  function nearest(sequence, hand) {
    const at = checkpoint_before(sequence);
    const base = at < 0 ? 0 : checkpoints[at].sequence;
    const held = cursors[hand];
    const goes_on = held !== null && held.sequence <= sequence && held.sequence >= base;
    const from = goes_on ? held.sequence : base;
    if (sequence - from > REACH) return null;
    for (let i = from + 1; i <= sequence; i++) if (!get(i)) return null;
    if (goes_on) return held;
    return (cursors[hand] = at < 0 ? begin_cursor() : resume_cursor(base, checkpoints[at].states));
  }

  /** Ask for what is wanted now; what is wanted meanwhile is asked for next, and only the latest of it. */
  async function question() {
    if (asking || closed) return;
    const sequence = wanted.point ?? wanted.other ?? wanted.base;
    if (sequence === null) return;
    asking = true;
    try {
      const states = await ask(sequence);
      if (closed) return;
      self.take(sequence, states);
      if (wanted.point === sequence || wanted.other === sequence) keep(sequence, states);
      if (wanted.point === sequence) wanted.point = null;
      if (wanted.other === sequence) wanted.other = null;
      if (wanted.base === sequence) wanted.base = null;
      self.problem = '';
    } catch (error) {
      self.problem = String(/** @type {Error} */ (error).message);
      await new Promise((resolve) => setTimeout(resolve, retry_ms));
    } finally {
      asking = false;
    }
    if (closed) return;
    on_change();
    question();
  }

  return self;
}
