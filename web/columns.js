// @ts-check
/* What all events of a workflow are, in columns of numbers: 100,000 of them take 2 MB, and a scan of one column
 * takes a tenth of a millisecond. They come as the blocks of an outline (docs/API.md), then one by one, live.
 *
 * The object stays the same for the life of a workflow; the arrays in it are replaced when they grow, and are
 * longer than `count`. */

import {time_us} from './format.js';

/** @typedef {import('./model.js').Columns} Columns */
/** @typedef {{from: number, times: number[], types: number[], agents: number[], correlations: number[],
 *   new_types: string[], new_agents: string[], new_correlations: string[]}} Block */

/** @typedef {Map<string, number>} Index */
/** @type {WeakMap<Columns, {type: Index, agent: Index, correlation: Index}>} */
const indexes = new WeakMap();

const FIRST_SIZE = 1024;

/** @returns {Columns} */
export function make_columns() {
  /** @type {Columns} */
  const columns = {
    count: 0,
    times_us: new Float64Array(FIRST_SIZE),
    types: new Int32Array(FIRST_SIZE),
    agents: new Int32Array(FIRST_SIZE),
    correlations: new Int32Array(FIRST_SIZE),
    type_names: [],
    agent_names: [],
    correlation_names: [],
  };
  indexes.set(columns, {type: new Map(), agent: new Map(), correlation: new Map()});
  return columns;
}

/**
 * @template {Float64Array | Int32Array} T
 * @param {T} array @param {number} size @returns {T}
 */
function grown(array, size) {
  const larger = new /** @type {any} */ (array.constructor)(size);
  larger.set(array);
  return larger;
}

/** @param {Columns} columns @param {number} count */
function reserve(columns, count) {
  if (count <= columns.times_us.length) return;
  const size = Math.max(count, columns.times_us.length * 2);
  columns.times_us = grown(columns.times_us, size);
  columns.types = grown(columns.types, size);
  columns.agents = grown(columns.agents, size);
  columns.correlations = grown(columns.correlations, size);
}

/** @param {Index} index @param {string[]} names @param {string | undefined} name */
function index_of(index, names, name) {
  if (name === undefined) return -1;
  let found = index.get(name);
  if (found === undefined) {
    found = names.push(name) - 1;
    index.set(name, found);
  }
  return found;
}

/**
 * A reader of the blocks of one answer, whose tables begin empty. Events that are there already are passed over.
 * It throws when events are missing before the block.
 * @param {Columns} columns @returns {(block: Block) => void}
 */
export function outline_reader(columns) {
  const index = /** @type {NonNullable<ReturnType<typeof indexes.get>>} */ (indexes.get(columns));
  /** @type {number[]} */
  const types = [];
  /** @type {number[]} */
  const agents = [];
  /** @type {number[]} */
  const correlations = [];
  return (block) => {
    for (const name of block.new_types) types.push(index_of(index.type, columns.type_names, name));
    for (const name of block.new_agents) agents.push(index_of(index.agent, columns.agent_names, name));
    for (const name of block.new_correlations) {
      correlations.push(index_of(index.correlation, columns.correlation_names, name));
    }
    if (block.from > columns.count + 1) throw new Error(`events are missing before ${block.from}`);
    reserve(columns, block.from - 1 + block.times.length);
    let time = 0;
    for (let i = 0; i < block.times.length; i++) {
      time += block.times[i];
      const at = block.from - 1 + i;
      if (at < columns.count) continue;
      columns.times_us[at] = time;
      columns.types[at] = types[block.types[i]] ?? -1;
      columns.agents[at] = agents[block.agents[i]] ?? -1;
      columns.correlations[at] = correlations[block.correlations[i]] ?? -1;
      columns.count = at + 1;
    }
  };
}

/**
 * Add the next event; false when it is not the next.
 * @param {Columns} columns @param {import('./model.js').Event} event
 */
export function add_event(columns, event) {
  if (event.sequence !== columns.count + 1) return false;
  const index = /** @type {NonNullable<ReturnType<typeof indexes.get>>} */ (indexes.get(columns));
  const at = columns.count;
  reserve(columns, at + 1);
  columns.times_us[at] = time_us(event.timestamp);
  columns.types[at] = index_of(index.type, columns.type_names, event.event_type);
  columns.agents[at] = index_of(index.agent, columns.agent_names, event.agent_id);
  columns.correlations[at] = index_of(index.correlation, columns.correlation_names, event.correlation_id);
  columns.count = at + 1;
  return true;
}

/* What a person steps along: what began, ended or went wrong, and where a person was needed. */
const MILESTONE =
  /^(feature\.(started|completed|failed)|workflow\.(phase_changed|paused|resumed|completed|failed)|phase\.changed)$/;
const WENT_WRONG = /^(agent\.error|turn\.failed|permission\.denied)$/;

/**
 * The nearest milestone before (-1) or behind (1) a sequence, or null.
 * @param {Columns} columns @param {number} sequence @param {-1 | 1} direction @returns {number | null}
 */
export function next_milestone(columns, sequence, direction) {
  const is = columns.type_names.map((name) => MILESTONE.test(name) || WENT_WRONG.test(name));
  for (let at = sequence - 1 + direction; at >= 0 && at < columns.count; at += direction) {
    if (is[columns.types[at]]) return at + 1;
  }
  return null;
}
