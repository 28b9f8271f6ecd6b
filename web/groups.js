// @ts-check
/* Rows of the list of events: one an event, or one for calls of the same tool by the same agent that follow each other.
 *
 *     started Read │ completed Read │ started Read │ completed Read │ note    →    Read × 2 │ note
 *
 * A group is a stretch of what is listed, so order and filters hold, and the point is in it or is not. Whatever
 * else stands between parts it. A call that failed stands alone. An open group is followed by its members. */
import {count_up_to} from './filter.js';

/** @typedef {import('./model.js').Columns} Columns */
/** @typedef {import('./filter.js').Selection} Selection */
/**
 * @typedef {{tool_number(sequence: number): number, other(sequence: number): number, revision: number,
 * readings: number, same_before(revision: number): number}} Pairs
 */

/** A row: `first` and `last` are places in the selection. A member has the level 2.
 * @typedef {{first: number, last: number, level: 1 | 2, open: boolean}} Row */

const STARTED = 'agent.tool.started';
const FAILED = 'agent.tool.failed';

/**
 * What a stretch is found in: `started` and `failed` are the numbers of these types, as comparing 100,000 names takes
 * a frame and more.
 * @typedef {{columns: Columns, sequences: Int32Array, pairs: Pairs, started: number, failed: number}} Run
 */

/** @param {Columns} columns @param {Int32Array} sequences @param {Pairs} pairs @returns {Run} */
function run_of(columns, sequences, pairs) {
  const {type_names} = columns;
  return {columns, sequences, pairs, started: type_names.indexOf(STARTED), failed: type_names.indexOf(FAILED)};
}

/** @param {Run} run @param {number} at */
const type_at = ({columns, sequences}, at) => columns.types[sequences[at] - 1];

/**
 * Where the group that begins at a place ends. @param {Run} run @param {number} first
 * @returns {number} its last place
 */
function group_end(run, first) {
  const {columns, sequences, pairs} = run;
  const tool = pairs.tool_number(sequences[first]);
  if (tool === 0) return first;
  if (fails_at_once(run, first)) return first + 1;
  const agent = columns.agents[sequences[first] - 1];
  let last = first;
  while (last + 1 < sequences.length) {
    const next = sequences[last + 1];
    if (columns.agents[next - 1] !== agent || pairs.tool_number(next) !== tool) break;
    if (type_at(run, last) === run.failed || fails_at_once(run, last + 1)) break;
    last++;
  }
  return last;
}

/** Does a call begin here whose failure is the next thing listed? @param {Run} run @param {number} at */
function fails_at_once(run, at) {
  const {sequences, pairs} = run;
  return at + 1 < sequences.length && type_at(run, at) === run.started
    && type_at(run, at + 1) === run.failed && pairs.other(sequences[at]) === sequences[at + 1];
}

const REDONE = 2; // groups before what changed, which it may belong to

/** Keeps the groups of a selection, and which of them are open. */
export function grouping() {
  /** @type {number[]} places where groups begin */
  let starts = [];
  let generation = -1;
  let grouped = true;
  let count = 0;
  let revision = -1;
  let readings = -1;
  /** @type {Int32Array} */
  let sequences = new Int32Array(0);
  /** @type {Set<number>} sequences at which open groups begin */
  const open = new Set();
  /** @type {{group: number, row: number, size: number}[]} open groups in order, with the rows they stand in */
  let opened = [];

  /** @param {Columns} columns @param {Pairs} pairs */
  function read_on(columns, pairs) {
    const run = run_of(columns, sequences, pairs);
    let at = starts.pop() ?? 0;
    while (at < count) {
      starts.push(at);
      at = grouped ? group_end(run, at) + 1 : at + 1;
    }
  }

  /** @param {number} group */
  const end_of = (group) => (group + 1 < starts.length ? starts[group + 1] : count) - 1;

  function place_open() {
    opened = [];
    let more = 0;
    for (const sequence of [...open].sort((a, b) => a - b)) {
      const group = group_of(count_up_to(sequences, sequence) - 1);
      if (group < 0 || sequences[starts[group]] !== sequence || end_of(group) === starts[group]) continue;
      const size = end_of(group) - starts[group] + 1;
      opened.push({group, row: group + more, size});
      more += size;
    }
  }

  /** @param {number} place */
  function group_of(place) {
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (starts[middle] <= place) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  return {
    /** @param {Selection} selection @param {Columns} columns @param {Pairs} pairs @param {boolean} as_groups */
    update(selection, columns, pairs, as_groups) {
      const same = selection.generation === generation && as_groups === grouped && pairs.readings === readings;
      if (same && selection.count === count && pairs.revision === revision) return;
      const kept = same ? group_of(count_up_to(sequences, pairs.same_before(revision) - 1) - 1) : -1;
      starts.length = Math.max(0, kept + 1 - REDONE);
      ({generation, sequences, count} = selection);
      ({revision, readings} = pairs);
      grouped = as_groups;
      read_on(columns, pairs);
      place_open();
    },
    /** How many rows there are. */
    get count() {
      return starts.length + opened.reduce((sum, group) => sum + group.size, 0);
    },
    /** @param {number} index @returns {Row} */
    row(index) {
      let more = 0;
      for (const {row, group, size} of opened) {
        if (index < row) break;
        if (index === row) return {first: starts[group], last: end_of(group), level: 1, open: true};
        if (index <= row + size) {
          const place = starts[group] + index - row - 1;
          return {first: place, last: place, level: 2, open: false};
        }
        more += size;
      }
      const group = index - more;
      return {first: starts[group], last: end_of(group), level: 1, open: false};
    },
    /**
     * The row of a place in the selection: of the member when its group is open. @param {number} place
     * @returns {number}
     */
    row_of(place) {
      const group = group_of(place);
      let more = 0;
      for (const each of opened) {
        if (each.group === group) return each.row + 1 + place - starts[group];
        if (each.group > group) break;
        more += each.size;
      }
      return group + more;
    },
    /** Open or close the group that begins at a sequence. @param {number} sequence */
    toggle(sequence) {
      if (!open.delete(sequence)) open.add(sequence);
      place_open();
    },
  };
}
