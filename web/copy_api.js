// @ts-check
/* What api.js gives, from events that are in the page itself: for a copy of it in one file, and for tests. */

import {Refusal} from './api.js';
import {FOLDS} from './fold.js';
import {time_us} from './format.js';
import {breathe, slice_clock} from './slices.js';

/** @typedef {import('./model.js').Event} Event */
/** @typedef {{made_at: string | null, workflow: any, events: Event[]}} Copy */

const BLOCK = 2000;
const EXCERPT = 120;
const NO_SERVER = 'this is a copy of the page: it has no server';

const refuse = async () => {
  throw new Refusal(0, 'copy', NO_SERVER);
};

/** Indexes of names, and those that are new in a block. */
function make_table() {
  /** @type {Map<string, number>} */
  const known = new Map();
  /** @type {string[]} */
  let added = [];
  return {
    /** @param {string | undefined} name */
    index(name) {
      if (name === undefined) return -1;
      if (!known.has(name)) {
        known.set(name, known.size);
        added.push(name);
      }
      return /** @type {number} */ (known.get(name));
    },
    take_new() {
      const these = added;
      added = [];
      return these;
    },
  };
}

/** @param {Event[]} events @param {(block: import('./columns.js').Block) => void} on_block */
function tell_outline(events, on_block) {
  const types = make_table();
  const agents = make_table();
  const correlations = make_table();
  for (let at = 0; at < events.length; at += BLOCK) {
    const some = events.slice(at, at + BLOCK);
    let before = 0;
    const times = some.map((event) => {
      const now = time_us(event.timestamp);
      const difference = now - before;
      before = now;
      return difference;
    });
    on_block({
      from: some[0].sequence,
      times,
      types: some.map((event) => types.index(event.event_type)),
      agents: some.map((event) => agents.index(event.agent_id)),
      correlations: some.map((event) => correlations.index(event.correlation_id)),
      new_types: types.take_new(),
      new_agents: agents.take_new(),
      new_correlations: correlations.take_new(),
    });
  }
}

/** @param {Event[]} events @param {number} at @param {keyof typeof FOLDS} name */
async function fold(events, at, name) {
  const state = FOLDS[name].init();
  const used_up = slice_clock();
  for (let i = 0; i < at; i++) {
    FOLDS[name].apply(state, events[i]);
    if (i % 64 === 0 && used_up()) await breathe();
  }
  return FOLDS[name].json(state);
}

/** Events of a correlation as a tree by their causes. @param {Event[]} events */
function trace_of(events) {
  const ids = new Set(events.map((event) => event.id));
  /** @type {Map<string | undefined, Event[]>} */
  const caused = new Map();
  for (const event of events) {
    const cause = event.causation_id !== undefined && ids.has(event.causation_id) ? event.causation_id : undefined;
    const siblings = caused.get(cause);
    if (siblings) siblings.push(event);
    else caused.set(cause, [event]);
  }
  const first_us = Math.min(...events.map((event) => time_us(event.timestamp)));
  /** @type {{event: Event, depth: number, offset_ms: number}[]} */
  const rows = [];
  /* A stack of its own: causes can go deep. */
  const stack = (caused.get(undefined) ?? []).map((event) => ({event, depth: 0})).reverse();
  for (let next = stack.pop(); next; next = stack.pop()) {
    const {event, depth} = next;
    rows.push({event, depth, offset_ms: (time_us(event.timestamp) - first_us) / 1000});
    for (const child of (caused.get(event.id) ?? []).toReversed()) stack.push({event: child, depth: depth + 1});
  }
  return rows;
}

/** @param {string} text @param {string} word */
function excerpt_of(text, word) {
  const at = text.toLowerCase().indexOf(word);
  const from = Math.max(0, at - EXCERPT / 3);
  const before = text.slice(from, at);
  const after = text.slice(at + word.length, from + EXCERPT);
  return `${from > 0 ? '…' : ''}${before}\u0001${text.slice(at, at + word.length)}\u0002${after}`;
}

/** @param {Event[]} events @param {string} q @param {number} limit */
function search(events, q, limit) {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  const hits = [];
  for (const event of events) {
    const text = `${event.event_type} ${event.agent_id ?? ''} ${JSON.stringify(event.data)}`;
    const lower = text.toLowerCase();
    if (!words.every((word) => lower.includes(word))) continue;
    if (hits.length === limit) return {hits, more: true};
    hits.push({event, excerpt: excerpt_of(text, words[0]), rank: 0});
  }
  return {hits, more: false};
}

/** @param {Copy} copy @returns {import('./api.js').Api} */
export function copy_api({made_at, workflow, events}) {
  const missing = () => new Refusal(404, 'not_found', 'this copy does not hold it');
  return {
    copied_at: made_at,
    workflows: async () => ({workflows: [workflow], position: workflow.last_position}),
    async outline(workflow_id, after, on_block) {
      if (workflow_id !== workflow.workflow_id) throw missing();
      tell_outline(events.slice(after), on_block);
    },
    events: async (workflow_id, from, to) => events.slice(from - 1, to).map((event) => ({event, size: 600})),
    async event(id) {
      const found = events.find((event) => event.id.startsWith(id));
      if (!found) throw missing();
      return found;
    },
    async state(workflow_id, projections, at) {
      const sequence = at ?? events.length;
      /** @type {Record<string, any>} */
      const states = {};
      for (const name of /** @type {(keyof typeof FOLDS)[]} */ (projections)) states[name] = await fold(events, sequence, name);
      return {sequence, states};
    },
    async timeline(workflow_id, on_line) {
      const {spans} = await fold(events, events.length, 'timeline');
      on_line({workflow_id, sequence: events.length, spans: spans.length});
      for (const span of spans) on_line(span);
    },
    trace: async (correlation) => ({events: trace_of(events.filter((event) => event.correlation_id === correlation))}),
    search: async (q, workflow_id, limit) => search(events, q, limit),
    verify: refuse,
    add_note: refuse,
    add_event: refuse,
    stream: () => null,
    source: refuse,
  };
}
