// @ts-check
/* Which events of a workflow are listed, and how many there are of each agent and kind.
 *
 *     const events = selection();
 *     events.update(columns, filters, search)  →  {sequences, count, generation}
 *     const counts = tally();
 *     counts.update(columns)                   →  {agents: [214, 90], kinds: {tools: 220, …}}
 *
 * Both read the columns only, once: what came since the last call is added, and all is read again when the
 * filters, the search or the workflow changed. Words are searched by the server; its answer is intersected. */
import {count_up_to as how_many} from './axis.js';
import {KINDS, is_error, kind_of} from './kinds.js';

/** @typedef {import('./model.js').Columns} Columns */
/** @typedef {import('./model.js').Filters} Filters */
/** @typedef {import('./model.js').Search} Search */

/** `generation` rises when what was selected before is no longer the beginning of what is selected now.
 * @typedef {{sequences: Int32Array, count: number, generation: number}} Selection */

const NONE = -2; // an index that no column holds

/**
 * Is it still the log that was read up to `done`? @param {Columns | null} before @param {Columns} now
 * @param {number} done
 */
export function is_continued(before, now, done) {
  return before !== null && before.type_names === now.type_names && before.agent_names === now.agent_names
    && now.count >= done;
}

/** May be a GLOB: '*' is any text. @param {string} pattern @returns {(text: string) => boolean} */
function matcher(pattern) {
  if (!pattern.includes('*')) return (text) => text === pattern;
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`^${parts.join('[^]*')}$`);
  return (text) => expression.test(text);
}

/** @param {string} type @param {string[]} kinds */
function is_of_kinds(type, kinds) {
  return kinds.includes(kind_of(type)) || (kinds.includes('errors') && is_error(type));
}

/**
 * Which types pass, by index: 1 does.
 * @param {Filters} filters @param {string[]} names
 */
function types_wanted(filters, names) {
  const patterns = filters.types.map(matcher);
  return Uint8Array.from(names, (name) => Number(
    (filters.kinds.length === 0 || is_of_kinds(name, filters.kinds))
    && (patterns.length === 0 || patterns.some((matches) => matches(name)))));
}

/**
 * A test for one event, by its sequence. @param {Columns} columns @param {Filters} filters
 * @returns {(sequence: number) => boolean}
 */
function test_of(columns, filters) {
  const types = types_wanted(filters, columns.type_names);
  const everyone = filters.agents.length === 0;
  const agents = Uint8Array.from(columns.agent_names, (name) => Number(filters.agents.includes(name)));
  const nobody = filters.agents.includes('');
  const correlation = filters.correlation === null ? NONE : columns.correlation_names.indexOf(filters.correlation);
  return (sequence) => {
    const at = sequence - 1;
    if (types[columns.types[at]] === 0) return false;
    if (filters.correlation !== null
      && columns.correlations[at] !== (correlation === -1 ? NONE : correlation)) return false;
    const agent = columns.agents[at];
    return everyone || (agent === -1 ? nobody : agents[agent] === 1);
  };
}

/** @param {Filters} filters */
const key_of = (filters) =>
  JSON.stringify([filters.agents, filters.kinds, filters.types, filters.correlation, filters.q.trim()]);

/**
 * The sequences that words were found in; null when none were searched for. @param {Filters} filters
 * @param {Search} search
 */
function found_by(filters, search) {
  return filters.q.trim() === '' ? null : search.sequences;
}

/** A list of sequences that grows. */
function sequence_list() {
  let room = new Int32Array(1024);
  let count = 0;
  return {
    /** @param {number} sequence */
    add(sequence) {
      if (count === room.length) {
        const larger = new Int32Array(room.length * 2);
        larger.set(room);
        room = larger;
      }
      room[count++] = sequence;
    },
    clear() {
      count = 0;
    },
    get count() {
      return count;
    },
    view: () => room.subarray(0, count),
  };
}

/** The events that pass, kept up to date. */
export function selection() {
  const list = sequence_list();
  let done = 0;
  let key = '';
  let generation = 0;
  /** @type {Columns | null} */
  let before = null;
  /** @type {Int32Array | null} */
  let found = null;
  /** @type {Selection} */
  let result = {sequences: new Int32Array(0), count: 0, generation};

  /** @param {Columns} columns @param {Filters} filters @param {Search} search */
  function begin(columns, filters, search) {
    const wanted = key_of(filters);
    const words = found_by(filters, search);
    if (is_continued(before, columns, done) && wanted === key && words === found) return;
    key = wanted;
    found = words;
    done = 0;
    list.clear();
    generation++;
  }

  /** @param {Columns} columns @param {Filters} filters */
  function read_on(columns, filters) {
    const passes = test_of(columns, filters);
    if (found === null) {
      for (let sequence = done + 1; sequence <= columns.count; sequence++) if (passes(sequence)) list.add(sequence);
    } else {
      for (const sequence of found) {
        if (sequence > done && sequence <= columns.count && passes(sequence)) list.add(sequence);
      }
    }
    done = columns.count;
  }

  return {
    /** @param {Columns} columns @param {Filters} filters @param {Search} search @returns {Selection} */
    update(columns, filters, search) {
      begin(columns, filters, search);
      before = {...columns};
      if (done < columns.count) read_on(columns, filters);
      if (result.generation !== generation || result.count !== list.count) {
        result = {sequences: list.view(), count: list.count, generation};
      }
      return result;
    },
  };
}

/** How many events there are of each agent (by index; of nobody: `nobody`) and each kind. */
export function tally() {
  /** @type {Columns | null} */
  let before = null;
  let done = 0;
  /** @type {number[]} */
  let types = [];
  /** @type {{agents: number[], nobody: number, kinds: Record<string, number>}} */
  let result = {agents: [], nobody: 0, kinds: {}};

  /** @param {Columns} columns */
  function count_on(columns) {
    const agents = result.agents.slice();
    let nobody = result.nobody;
    for (let at = done; at < columns.count; at++) {
      types[columns.types[at]] = (types[columns.types[at]] ?? 0) + 1;
      if (columns.agents[at] === -1) nobody++;
      else agents[columns.agents[at]] = (agents[columns.agents[at]] ?? 0) + 1;
    }
    done = columns.count;
    result = {agents, nobody, kinds: kinds_of(columns.type_names, types)};
  }

  return {
    /** @param {Columns} columns */
    update(columns) {
      if (!is_continued(before, columns, done)) {
        done = 0;
        types = [];
        result = {agents: [], nobody: 0, kinds: {}};
      }
      before = {...columns};
      if (done < columns.count) count_on(columns);
      return result;
    },
  };
}

/** @param {string[]} names @param {number[]} counts by type @returns {Record<string, number>} */
function kinds_of(names, counts) {
  /** @type {Record<string, number>} */
  const kinds = Object.fromEntries(KINDS.map((kind) => [kind, 0]));
  names.forEach((name, type) => {
    const count = counts[type] ?? 0;
    const kind = kind_of(name);
    if (kind !== 'errors') kinds[kind] = (kinds[kind] ?? 0) + count;
    if (is_error(name)) kinds.errors += count;
  });
  return kinds;
}

/** Where a sequence is, or would be, in an ascending list: how many are at or before it.
 * @param {Int32Array} sequences @param {number} sequence */
export const count_up_to = (sequences, sequence) => how_many(sequences, sequences.length, sequence);
