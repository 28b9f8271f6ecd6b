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
 * event of the same agent ended something of that kind at that very time. What came since the last call is
 * added; what a beginning or an end still lacks is looked for again with the next events. */
import {is_continued} from './filter.js';

/** @typedef {import('./model.js').Columns} Columns */
/** @typedef {import('./model.js').Span} Span */

/** @type {Record<string, string>} kinds of spans by the types that end them */
const ENDS = {
  'agent.tool.completed': 'tool', 'agent.tool.failed': 'tool', 'turn.completed': 'turn', 'turn.failed': 'turn',
  'subagent.completed': 'subagent', 'session.ended': 'session',
};
const KINDS = new Set(Object.values(ENDS));
const NEW_EVENTS_MAX = 1024; // more at once: all is read again
const PENDING_MAX = 64;
const LOOK_BACK = 4096; // spans

/** @param {Span} span @param {string} kind @param {string} agent @param {number} time_us */
function ended_by(span, kind, agent, time_us) {
  return span.ended_us === time_us && span.kind === kind && (span.agent_id ?? '') === agent;
}

/** @param {Columns} columns @param {number} sequence */
const agent_of = (columns, sequence) => columns.agent_names[columns.agents[sequence - 1]] ?? '';

/** @param {Columns} columns @param {number} sequence */
const end_kind = (columns, sequence) => ENDS[columns.type_names[columns.types[sequence - 1]]];

export function pairing() {
  /** @type {(Span | undefined)[]} by the sequence of their beginning */
  let spans_at = [];
  /** The other half, by sequence, both ways; 0: none. */
  let others = new Int32Array(0);
  /** @type {number[]} sequences whose other half was not found yet */
  let pending = [];
  /** @type {Columns | null} */
  let before = null;
  let done = 0;
  let seen_revision = -1;
  let seen_spans = 0;
  let readings = 0;
  let revision = 0;

  /** @param {number} start @param {number} end */
  function join(start, end) {
    others[start] = end;
    others[end] = start;
  }

  /** @param {number} count */
  function make_room(count) {
    if (others.length > count) return;
    const larger = new Int32Array(Math.max(1024, 2 * count));
    larger.set(others);
    others = larger;
  }

  /** @param {Columns} columns @param {Span[]} spans */
  function read_all(columns, spans) {
    spans_at = new Array(columns.count + 1).fill(undefined);
    others.fill(0);
    pending = [];
    readings++;
    /** @type {Map<number, Span | Span[]>} by when they ended; seldom several at once */
    const ended = new Map();
    for (const span of spans) {
      if (!KINDS.has(span.kind)) continue;
      spans_at[span.sequence] = span;
      if (span.ended_us === null) continue;
      const same = ended.get(span.ended_us);
      ended.set(span.ended_us, same === undefined ? span : Array.isArray(same) ? [...same, span] : [same, span]);
    }
    const kinds = columns.type_names.map((name) => ENDS[name]);
    for (let at = 0; at < columns.count; at++) {
      if (kinds[columns.types[at]] === undefined) continue;
      const found = ended.get(columns.times_us[at]);
      if (found !== undefined) take(Array.isArray(found) ? found : [found], columns, at + 1);
    }
    for (let sequence = Math.max(1, columns.count - PENDING_MAX); sequence <= columns.count; sequence++) {
      if (span_of(sequence) === undefined && matters(columns, sequence)) pending.push(sequence);
    }
  }

  /** Join an end to the first of the spans that it fits and that has none. @param {Span[]} spans
   * @param {Columns} columns
   * @param {number} end @returns {boolean} */
  function take(spans, columns, end) {
    const kind = end_kind(columns, end);
    const agent = agent_of(columns, end);
    for (const span of spans) {
      if (others[span.sequence] > 0 || span.sequence === end || span.sequence > columns.count) continue;
      if (!ended_by(span, kind, agent, columns.times_us[end - 1])) continue;
      join(span.sequence, end);
      return true;
    }
    return false;
  }

  /** @param {Columns} columns @param {Span[]} spans @param {number} sequence @returns {boolean} */
  function find_other(columns, spans, sequence) {
    if (end_kind(columns, sequence) !== undefined) {
      const time = columns.times_us[sequence - 1];
      for (const span of latest(spans)) if (span.ended_us === time && take([span], columns, sequence)) return true;
      return false;
    }
    for (const span of latest(spans)) {
      if (span.sequence !== sequence || !KINDS.has(span.kind)) continue;
      spans_at[sequence] = span;
      return true;
    }
    return false;
  }

  /** @param {Columns} columns @param {Span[]} spans */
  function read_on(columns, spans) {
    const look_for = pending;
    pending = [];
    for (let sequence = done + 1; sequence <= columns.count; sequence++) look_for.push(sequence);
    for (const sequence of look_for) {
      if (!find_other(columns, spans, sequence) && matters(columns, sequence)) pending.push(sequence);
    }
    pending = pending.slice(-PENDING_MAX);
  }

  /** The span that an event began, or ended. @param {number} sequence @returns {Span | undefined} */
  function span_of(sequence) {
    return spans_at[sequence] ?? spans_at[others[sequence] ?? 0];
  }

  return {
    /** @param {Columns} columns @param {Span[]} spans @param {number} spans_revision */
    update(columns, spans, spans_revision) {
      const continued = is_continued(before, columns, done);
      if (continued && columns.count === done && spans_revision === seen_revision) return;
      make_room(columns.count);
      const more = Math.max(columns.count - done, spans.length - seen_spans);
      if (continued && seen_spans > 0 && more <= NEW_EVENTS_MAX) read_on(columns, spans);
      else if (!continued || spans.length > 0) read_all(columns, spans);
      before = {...columns};
      done = columns.count;
      seen_spans = spans.length;
      seen_revision = spans_revision;
      revision++;
    },
    /** Rises when pairs came. */
    get revision() {
      return revision;
    },
    /** How often all was read. */
    get readings() {
      return readings;
    },
    /** @param {number} sequence */
    other: (sequence) => others[sequence] ?? 0,
    span: span_of,
    /** @param {number} sequence */
    tool(sequence) {
      const span = span_of(sequence);
      return span?.kind === 'tool' ? span.name : '';
    },
    /** @param {number} sequence @returns {number | null} */
    took_us(sequence) {
      const span = span_of(sequence);
      return span && span.ended_us !== null && others[sequence] > 0 ? span.ended_us - span.started_us : null;
    },
  };
}

/** The last spans, the latest first. @param {Span[]} spans @returns {Generator<Span>} */
function* latest(spans) {
  const stop = Math.max(0, spans.length - LOOK_BACK);
  for (let at = spans.length - 1; at >= stop; at--) yield spans[at];
}

/** Can it have another half at all? @param {Columns} columns @param {number} sequence */
function matters(columns, sequence) {
  const name = columns.type_names[columns.types[sequence - 1]];
  return ENDS[name] !== undefined || name.endsWith('.started');
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
