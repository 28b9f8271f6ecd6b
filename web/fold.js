// @ts-check
/* The projections that the server has (src/projection), folded in the page: a state, and events applied to it one by
 * one, come to the very JSON that `jc state` prints. So moving the point needs no question to the server.
 *
 *     const state = FOLDS.workflow.from_json(json, 200);       // what the server told, as of #200
 *     for (const event of events) FOLDS.workflow.apply(state, event);
 *     FOLDS.workflow.json(state);                              // as of the last event
 *
 * json() gives what later events never change: an object in it (a feature, an agent, a note, a message, a span, each
 * list of them) that did not change since the last json(), or since the JSON that the state was made of, is the same
 * object. What changed is another one. So equal means ===, and a kept JSON costs only what is new in it.
 *
 * Every projection is a file in fold/, whose twin in C is named at its head; tests/web compares the two at every
 * point of many histories. They are equal but for what a Number cannot hold: a sum beyond 2^53 is rounded here; and
 * a cost that is written as an integer beyond 64 bits is one here and none there. */

import {is_event} from './fold/values.js';
import {agents} from './fold/agents.js';
import {mailbox} from './fold/mailbox.js';
import {notes} from './fold/notes.js';
import {timeline} from './fold/timeline.js';
import {timings} from './fold/timings.js';
import {workflow} from './fold/workflow.js';

/** @typedef {import('./model.js').Event} Event */

/**
 * @typedef {object} Fold
 * @property {string} name
 * @property {number} version  of the projection in C whose equal this is
 * @property {() => any} init  the state before the first event
 * @property {(state: any, event: Event) => void} apply  take an event in; nothing when it is not above the last
 * @property {(state: any) => any} json
 * @property {(json: any, sequence: number) => any} from_json  the state whose json() that is, behind that event
 */

/**
 * Keep in a state the sequence of its last event.
 * @template {{init: () => any, apply: (state: any, event: Event) => void, from_json: (json: any) => any}} T
 * @param {T} projection @returns {T & Fold}
 */
function fold_of(projection) {
  return /** @type {any} */ ({
    ...projection,
    init: () => Object.assign(projection.init(), {sequence: 0}),
    apply(/** @type {any} */ state, /** @type {Event} */ event) {
      if (!is_event(event) || event.sequence <= state.sequence) return;
      projection.apply(state, event);
      state.sequence = event.sequence;
    },
    from_json: (/** @type {any} */ json, /** @type {number} */ sequence) =>
      Object.assign(projection.from_json(json), {sequence}),
  });
}

/** `timeline` has changed(state) and span(state, place) besides: see fold/timeline.js. */
export const FOLDS = {
  workflow: fold_of(workflow),
  agents: fold_of(agents),
  notes: fold_of(notes),
  mailbox: fold_of(mailbox),
  timings: fold_of(timings),
  timeline: fold_of(timeline),
};
