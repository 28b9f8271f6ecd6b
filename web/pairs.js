// @ts-check
/* Which event ended what another one began: calls of tools, turns, subagents, sessions.
 *
 *     const pairs = pairing();
 *     pairs.update(columns, spans, revision)
 *     pairs.other(9)  →  10        the end of the call that #9 began, and the other way round; 0: none is known
 *     pairs.tool(10)  →  'Glob'    the tool of a call's beginning or end; '' when that is not known
 *     pairs.took_us(10)
 *
 * No event needs to be loaded: a span names the event that began it and when it ended, the columns tell which
 * event of the same agent ended something of that kind at that very time. With a call only what came since the last
 * one is looked at: new events, and the spans that changed; those whose end was not there are looked at again. */
import {is_continued} from './filter.js';
import {changes_since} from './spans.js';

/** @typedef {import('./model.js').Columns} Columns */
/** @typedef {import('./model.js').Span} Span */

/** @type {Record<string, string>} kinds of spans by the types that end them */
const ENDS = {
  'agent.tool.completed': 'tool', 'agent.tool.failed': 'tool', 'turn.completed': 'turn', 'turn.failed': 'turn',
  'subagent.completed': 'subagent', 'session.ended': 'session',
};
const KINDS = new Set(Object.values(ENDS));
const WAITING_MAX = 512; // spans that ended where no event is known to end them
const LOOK_BACK = 4096; // spans, of a list that does not tell its changes
const LOWS_MAX = 256;

/** @param {Columns} columns @param {number} sequence */
const agent_of = (columns, sequence) => columns.agent_names[columns.agents[sequence - 1]] ?? '';

/** A larger array when so many do not fit. @param {Int32Array} array @param {number} count */
function with_room(array, count) {
  if (array.length > count) return array;
  const larger = new Int32Array(Math.max(1024, 2 * count));
  larger.set(array);
  return larger;
}

export function pairing() {
  /** @type {(Span | undefined)[]} by the sequence of their beginning */
  let spans_at = [];
  /** The other half, by sequence, both ways; 0: none. @type {Int32Array} */
  let others = new Int32Array(0);
  /** The tool of a call's beginning, a number for each name; 0: it is none. @type {Int32Array} */
  let tools = new Int32Array(0);
  /** @type {Map<string, number>} */
  const tool_numbers = new Map();
  /** @type {number[]} sequences of ends, by their time and then as they came */
  let ends = [];
  /** @type {Set<Span>} that have ended, but whose end was not found yet */
  let waiting = new Set();
  /** @type {Columns | null} */
  let before = null;
  /** @type {readonly Span[]} */
  let list = [];
  let done = 0;
  let seen_revision = -1;
  let readings = 0;
  let revision = 0;
  /** @type {number[]} the first sequence that each of the last updates told of */
  let lows = [];
  let low = 0;

  function forget() {
    spans_at = [];
    others.fill(0);
    tools.fill(0);
    ends = [];
    waiting = new Set();
    list = [];
    done = 0;
    readings++;
  }

  /** @param {Columns} columns */
  function read_ends(columns) {
    const kinds = columns.type_names.map((name) => ENDS[name]);
    const {times_us, types} = columns;
    for (let sequence = done + 1; sequence <= columns.count; sequence++) {
      if (kinds[types[sequence - 1]] === undefined) continue;
      ends.push(sequence);
      /* Nearly always it is the latest already. */
      let at = ends.length - 1;
      for (; at > 0 && times_us[ends[at - 1] - 1] > times_us[sequence - 1]; at--) ends[at] = ends[at - 1];
      ends[at] = sequence;
    }
  }

  /** The place of the first end that is not before a time. @param {Columns} columns @param {number} us */
  function first_end(columns, us) {
    let from = 0;
    let to = ends.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (columns.times_us[ends[middle] - 1] < us) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  /** Join a span to the first end that fits and that has no other. @param {Columns} columns @param {Span} span */
  function find_end(columns, span) {
    const {ended_us, sequence} = span;
    if (ended_us === null || others[sequence] > 0 || sequence > columns.count) return;
    for (let at = first_end(columns, ended_us); at < ends.length; at++) {
      const end = ends[at];
      if (columns.times_us[end - 1] !== ended_us) break;
      const fits = ENDS[columns.type_names[columns.types[end - 1]]] === span.kind &&
        agent_of(columns, end) === (span.agent_id ?? '');
      if (!fits || others[end] > 0 || end === sequence) continue;
      others[sequence] = end;
      others[end] = sequence;
      low = Math.min(low, sequence, end);
      return;
    }
    waiting.add(span);
  }

  /** @param {Columns} columns @param {Span} span */
  function take(columns, span) {
    if (!KINDS.has(span.kind)) return;
    const {sequence} = span;
    others = with_room(others, sequence);
    tools = with_room(tools, sequence);
    const tool = span.kind === 'tool' ? number_of(span.name) : 0;
    if (spans_at[sequence] !== span || tools[sequence] !== tool) low = Math.min(low, sequence);
    spans_at[sequence] = span;
    tools[sequence] = tool;
    find_end(columns, span);
  }

  /** @param {string} name */
  function number_of(name) {
    const known = tool_numbers.get(name);
    if (known !== undefined) return known;
    tool_numbers.set(name, tool_numbers.size + 1);
    return tool_numbers.size;
  }

  /** Spans that are new or changed. @param {readonly Span[]} spans */
  function changed(spans) {
    const changes = spans === list ? changes_since(spans, seen_revision) : null;
    return changes ? new Set(changes.spans) : spans.slice(Math.max(0, list.length - LOOK_BACK));
  }

  /** The span that an event began, or ended. @param {number} sequence @returns {Span | undefined} */
  function span_of(sequence) {
    return spans_at[sequence] ?? spans_at[others[sequence] ?? 0];
  }

  return {
    /** @param {Columns} columns @param {readonly Span[]} spans @param {number} spans_revision */
    update(columns, spans, spans_revision) {
      const continued = is_continued(before, columns, done);
      if (continued && columns.count === done && spans_revision === seen_revision) return;
      if (!continued) forget();
      /* Where spans come to events that were there without any, everything is another. */
      else if (list.length === 0 && spans.length > 0) readings++;
      low = done + 1;
      others = with_room(others, columns.count);
      read_ends(columns);
      const again = waiting;
      waiting = new Set();
      for (const span of again) find_end(columns, span);
      for (const span of changed(spans)) take(columns, span);
      if (waiting.size > WAITING_MAX) waiting = new Set([...waiting].slice(-WAITING_MAX));
      before = {...columns};
      list = spans;
      done = columns.count;
      seen_revision = spans_revision;
      revision++;
      lows.push(low);
      if (lows.length > 2 * LOWS_MAX) lows = lows.slice(-LOWS_MAX);
    },
    /** Rises by one when pairs came. */
    get revision() {
      return revision;
    },
    /** How often all was read. */
    get readings() {
      return readings;
    },
    /** Everything before this sequence is as it was at that revision. @param {number} then */
    same_before(then) {
      const count = revision - then;
      return count > lows.length ? 1 : lows.slice(lows.length - count).reduce((a, b) => Math.min(a, b), done + 1);
    },
    /** @param {number} sequence */
    other: (sequence) => others[sequence] ?? 0,
    span: span_of,
    /** @param {number} sequence */
    tool(sequence) {
      const span = span_of(sequence);
      return span?.kind === 'tool' ? span.name : '';
    },
    /** A number that calls of the same tool have in common; 0: it is no call's. @param {number} sequence */
    tool_number: (sequence) => tools[sequence] || tools[others[sequence] ?? 0] || 0,
    /** @param {number} sequence @returns {number | null} */
    took_us(sequence) {
      const span = span_of(sequence);
      return span && span.ended_us !== null && others[sequence] > 0 ? span.ended_us - span.started_us : null;
    },
  };
}

/** @type {ReturnType<typeof pairing> | null} */
let shared = null;
/** @type {string | null} */
let shared_of = null;

/** Those of the workflow that is shown. @param {import('./model.js').Model} model */
export function pairs_of(model) {
  if (shared === null || shared_of !== model.workflow_id) {
    shared = pairing();
    shared_of = model.workflow_id;
  }
  shared.update(model.columns, model.spans, model.spans_revision);
  return shared;
}
