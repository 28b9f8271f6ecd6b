// @ts-check
/* The projection `timeline`: the Gantt of a workflow, as spans that have a parent. The twin of
 * src/projection/{timeline,timeline_json}.c, where the rules are explained.
 *
 * An event makes at most two spans or changes a few; nothing is copied, and spans are found by their keys. A chart
 * asks for what changed() since it asked last, and for each span() of these. */

import {names_change, names_find, names_label, names_new, names_read, names_write} from './names.js';
import {add, call_key, cut, data_of, duration_between, flag_in, launched_by, list_in, start_told, subagent_of, text_in,
  text_of, tool_in, us_between} from './values.js';

/** @typedef {import('./values.js').Event} Event */
/** @typedef {import('./values.js').Text} Text */
/** @typedef {Record<string, any>} Data */
/** @typedef {{kind: string, status: string, is_before: boolean, sequence: number, parent: Span | null, name: Text,
 *   agent_id: Text, key: Text, session: Text, feature: number, started_at: Text, ended_at: Text, place: number,
 *   id: string, json: any}} Span  `place` is its index among the spans; a span to be has -1 */
/** @typedef {ReturnType<typeof init>} State */

const KINDS = ['workflow', 'phase', 'feature', 'session', 'turn', 'tool', 'subagent', 'message'];
const NAME_SIZE_MAX = 120;

/* A subagent that starts behind its end by no more is one that was overtaken, not one that was resumed. */
const OVERTAKEN_US = 5000000;

function init() {
  return {
    names: names_new(),
    spans: /** @type {Span[]} */ ([]),
    /** Of each feature, by place, its attempts; the last one is the one that events mean. @type {Span[][]} */
    attempts: [],
    /** The newest span of a key, by kind. @type {Map<string, Map<string, Span>>} */
    by_key: new Map(KINDS.map((kind) => [kind, new Map()])),
    /** The newest turn of a session. @type {Map<string, Span>} */
    turn_of_session: new Map(),
    /** The one that is open. @type {Span | null} */
    phase: null,
    /** Places of spans that changed since changed() was asked. @type {Set<number>} */
    changed: new Set(),
    /** Of each feature, by place, what it is called, as JSON; null once that changed. @type {any[]} */
    feature_json: [],
    features_json: /** @type {any[] | null} */ (null),
    whole: /** @type {any} */ (null),
  };
}

/* ---- Spans ---- */

/** @param {State} state @param {string} kind @param {Text} key @returns {Span | undefined} */
function find(state, kind, key) {
  return key !== undefined ? state.by_key.get(kind)?.get(key) : undefined;
}

/** A span to be. @param {string} kind @param {Span | null} parent @param {Partial<Span>} more @returns {Span} */
function span_new(kind, parent, more) {
  return {kind, status: 'open', is_before: false, sequence: 0, parent, name: undefined, agent_id: undefined,
    key: undefined, session: undefined, feature: -1, started_at: undefined, ended_at: undefined, place: -1, id: '',
    json: null, ...more};
}

/** @param {State} state @param {Span} span */
function touch(state, span) {
  span.json = state.whole = null;
  state.changed.add(span.place);
}

/** Put a span behind the others; its key means it from now on. @param {State} state @param {Span} span */
function put_span(state, span) {
  span.id = `${span.kind}:${span.sequence}${span.is_before ? ':before' : ''}`;
  span.place = state.spans.length;
  state.spans.push(span);
  if (span.key !== undefined) state.by_key.get(span.kind)?.set(span.key, span);
  if (span.feature >= 0) (state.attempts[span.feature] ??= []).push(span);
  touch(state, span);
  return span;
}

/** @param {State} state @param {Event} event @param {Span} span */
function make(state, event, span) {
  span.sequence = event.sequence;
  if (span.name !== undefined) span.name = cut(span.name, NAME_SIZE_MAX);
  return put_span(state, span);
}

/** @param {Span | null | undefined} span @returns {span is Span} */
function is_open(span) {
  return span !== null && span !== undefined && span.ended_at === undefined;
}

/** @param {State} state @param {Span} span @param {string} status @param {string} time */
function end(state, span, status, time) {
  span.status = status;
  span.ended_at = time;
  touch(state, span);
}

/**
 * An end that no start is known of.
 * @param {State} state @param {Event} event @param {Span} span @param {string} status
 */
function make_ended(state, event, span, status) {
  span.started_at = start_told(data_of(event), event.timestamp);
  span.status = status;
  span.ended_at = event.timestamp;
  return make(state, event, span);
}

/**
 * Does a start belong to an end that is there without one?
 * @param {Span} known @param {boolean} once @param {string} time
 */
function is_late_start(known, once, time) {
  if (known.ended_at === undefined || known.started_at !== undefined) return false;
  const leeway_us = known.kind === 'subagent' ? OVERTAKEN_US : 0;
  return once || us_between(known.ended_at, time) <= leeway_us;
}

/**
 * A start. `once`: the key never means another span, so that this may be a repetition.
 * @param {State} state @param {Event} event @param {Span} span @param {boolean} once
 */
function begin(state, event, span, once) {
  const known = find(state, span.kind, span.key);
  const time = event.timestamp;
  if (known !== undefined && is_late_start(known, once, time)) {
    const ended_at = /** @type {string} */ (known.ended_at);
    known.started_at = time < ended_at ? time : ended_at;
    touch(state, known);
    return known;
  }
  if (known !== undefined && (once || is_open(known))) return known;
  span.started_at = time;
  return make(state, event, span);
}

/**
 * An end. `once`: as above.
 * @param {State} state @param {Event} event @param {Span} span @param {boolean} once @param {string} status
 */
function finish(state, event, span, once, status) {
  const known = find(state, span.kind, span.key);
  if (known === undefined || (!is_open(known) && !once)) make_ended(state, event, span, status);
  else if (is_open(known)) end(state, known, status, event.timestamp);
}

/** @param {State} state @returns {Span} */
function root_of(state) {
  return state.spans[0];
}

/**
 * Below what an event's spans stand: its agent's subagent, its session's turn, or the session.
 * @param {State} state @param {Event} event @param {Data} data @returns {Span}
 */
function place_of(state, event, data) {
  const session_id = text_in(data, 'session_id');
  const sub = find(state, 'subagent', text_of(event.agent_id));
  if (is_open(sub)) return sub;
  const turn = session_id !== undefined ? state.turn_of_session.get(session_id) : undefined;
  if (is_open(turn)) return turn;
  return find(state, 'session', session_id) ?? root_of(state);
}

/* ---- Workflow, phases, features ---- */

/** @param {State} state */
function open_workflow(state) {
  const root = root_of(state);
  root.status = 'open';
  root.ended_at = undefined;
  touch(state, root);
}

/** @param {State} state */
function pause(state) {
  const root = root_of(state);
  if (!is_open(root)) return;
  root.status = 'paused';
  touch(state, root);
}

/** @param {State} state @param {Event} event */
function end_workflow(state, event) {
  const status = event.event_type === 'workflow.failed' ? 'failed' : 'completed';
  end(state, root_of(state), status, event.timestamp);
  if (state.phase !== null) end(state, state.phase, status, event.timestamp);
  state.phase = null;
}

/**
 * The phase before, when this is the first to be heard of, ends without a start.
 * @param {State} state @param {Event} event @param {Data} data
 */
function change_phase(state, event, data) {
  const to = text_in(data, 'to_phase');
  if (to === undefined || (state.phase !== null && state.phase.name === cut(to, NAME_SIZE_MAX))) return;
  const span = {agent_id: text_of(event.agent_id), key: 'phase'};
  const before = text_in(data, 'from_phase');
  if (state.phase !== null) end(state, state.phase, 'completed', event.timestamp);
  else if (find(state, 'phase', 'phase') === undefined && before !== undefined)
    make_ended(state, event, span_new('phase', root_of(state), {...span, name: before, is_before: true}), 'completed');
  state.phase = make(state, event, span_new('phase', root_of(state), {...span, name: to, started_at: event.timestamp}));
}

/**
 * @param {State} state @param {Event} event @param {Span} span @param {Span | undefined} last @param {string} status
 */
function end_attempt(state, event, span, last, status) {
  if (last === undefined) make_ended(state, event, span, status);
  else end(state, last, status, event.timestamp);
}

/** Its attempts are called what the feature is called now. @param {State} state @param {number} place */
function touch_feature(state, place) {
  for (const span of state.attempts[place] ?? []) touch(state, span);
  state.feature_json[place] = state.features_json = state.whole = null;
}

/** @param {State} state @param {Event} event @param {Data} data */
function take_feature(state, event, data) {
  const touched = (/** @type {number} */ at) => touch_feature(state, at);
  const place = names_find(state.names, data, touched);
  if (place < 0) return;
  state.attempts[place] ??= [];
  const last = state.attempts[place].at(-1);
  const span = span_new('feature', state.phase ?? root_of(state), {agent_id: text_of(event.agent_id), feature: place});
  const type = event.event_type;
  if (type === 'feature.started') {
    if (is_open(last)) end(state, last, 'abandoned', event.timestamp);
    span.started_at = event.timestamp;
    make(state, event, span);
  } else if (type === 'feature.completed') end_attempt(state, event, span, last, 'completed');
  else if (type === 'feature.failed') end_attempt(state, event, span, last, 'failed');
  else if (type === 'feature.renamed') names_change(state.names, place, data, touched);
  else if (type === 'feature.completion_reverted' && last?.status === 'completed') {
    last.status = 'reverted';
    touch(state, last);
  }
}

/* ---- Sessions, turns ---- */

/** @param {State} state @param {Event} event @param {Data} data */
function session_span(state, event, data) {
  const key = text_in(data, 'session_id');
  const name = text_in(data, 'session_title', 'title') ?? key;
  return span_new('session', root_of(state), {name, agent_id: text_of(event.agent_id), key});
}

/** @param {State} state @param {Event} event @param {Data} data */
function start_session(state, event, data) {
  const span = session_span(state, event, data);
  if (span.key !== undefined) begin(state, event, span, false);
}

/** @param {State} state @param {Event} event @param {Data} data */
function end_session(state, event, data) {
  const span = session_span(state, event, data);
  if (span.key === undefined) return;
  const turn = state.turn_of_session.get(span.key);
  if (is_open(turn)) end(state, turn, 'abandoned', event.timestamp);
  finish(state, event, span, true, 'completed');
}

/** Its key is "SESSION/ID", undefined without an id. @param {State} state @param {Event} event @param {Data} data */
function turn_span(state, event, data) {
  const id = text_in(data, 'turn_id', 'prompt_id');
  const session_id = text_in(data, 'session_id');
  const session = session_id ?? '';
  return span_new('turn', find(state, 'session', session_id) ?? root_of(state), {
    name: text_in(data, 'prompt', 'content', 'text'), agent_id: text_of(event.agent_id), session,
    key: id !== undefined ? `${session}/${id}` : undefined});
}

/** @param {State} state @param {Event} event @param {Data} data */
function start_turn(state, event, data) {
  const span = turn_span(state, event, data);
  const session = /** @type {string} */ (span.session);
  const before = state.turn_of_session.get(session);
  const is_known = find(state, 'turn', span.key) !== undefined;
  if (is_open(before) && !is_known) end(state, before, 'abandoned', event.timestamp);
  const turn = begin(state, event, span, true);
  if (!is_known) state.turn_of_session.set(session, turn);
}

/** The turn that is named, else the one that is open. @param {State} state @param {Event} event @param {Data} data */
function end_turn(state, event, data) {
  const span = turn_span(state, event, data);
  const status = event.event_type === 'turn.failed' ? 'failed' : 'completed';
  const open = state.turn_of_session.get(/** @type {string} */ (span.session));
  if (find(state, 'turn', span.key) === undefined && is_open(open)) end(state, open, status, event.timestamp);
  else finish(state, event, span, true, status);
}

/* ---- Tools, subagents ---- */

/** @param {State} state @param {Event} event @param {Data} data */
function tool_span(state, event, data) {
  return span_new('tool', place_of(state, event, data), {name: tool_in(data), agent_id: text_of(event.agent_id),
    key: call_key(data, event)});
}

/** Does its key never mean another call? @param {Data} data */
function is_once(data) {
  return text_in(data, 'tool_use_id') !== undefined;
}

/** @param {State} state @param {Event} event @param {Data} data */
function start_tool(state, event, data) {
  begin(state, event, tool_span(state, event, data), is_once(data));
}

/** @param {Span | null} span @param {Span} other */
function lies_below(span, other) {
  while (span !== null && span !== other) span = span.parent;
  return span === other;
}

/**
 * What came back of a call names the agent that it started: that one's span belongs below the call's.
 * @param {State} state @param {Data} data @param {Text} call
 */
function see_launched(state, data, call) {
  const sub = find(state, 'subagent', launched_by(data));
  const tool = find(state, 'tool', call);
  if (sub === undefined || tool === undefined || sub.parent?.kind === 'tool' || tool.sequence > sub.sequence ||
    lies_below(tool, sub)) return;
  sub.parent = tool;
  touch(state, sub);
}

/** @param {State} state @param {Event} event @param {Data} data */
function end_tool(state, event, data) {
  const span = tool_span(state, event, data);
  const success = event.event_type !== 'agent.tool.failed' && (flag_in(data, 'success') ?? true);
  if (success) see_launched(state, data, span.key);
  finish(state, event, span, is_once(data), success ? 'completed' : 'failed');
}

/**
 * It ends a call that is open; by itself it is no span.
 * @param {State} state @param {Event} event @param {Data} data
 */
function deny_tool(state, event, data) {
  const tool = find(state, 'tool', call_key(data, event));
  if (is_open(tool)) end(state, tool, 'denied', event.timestamp);
}

/**
 * Below the call that started it, else below its parent. Without an id it is known by its type.
 * @param {State} state @param {Event} event @param {Data} data
 */
function subagent_span(state, event, data) {
  const {id, type, parent_id} = subagent_of(data, event);
  const call = text_in(data, 'parent_tool_use_id', 'tool_use_id');
  const known = find(state, 'tool', call) ?? find(state, 'subagent', parent_id);
  const is_over = known === undefined || (known.kind === 'subagent' && !is_open(known));
  const parent = is_over ? place_of(state, event, data) : known;
  return span_new('subagent', parent, {name: type ?? id, agent_id: id, key: id ?? type});
}

/** @param {State} state @param {Event} event @param {Data} data */
function start_subagent(state, event, data) {
  const span = subagent_span(state, event, data);
  if (span.key !== undefined) begin(state, event, span, false);
}

/** @param {State} state @param {Event} event @param {Data} data */
function end_subagent(state, event, data) {
  const span = subagent_span(state, event, data);
  if (span.key !== undefined) finish(state, event, span, true, 'completed');
}

/* ---- Messages ---- */

/** @param {State} state @param {Event} event @param {Data} data */
function message_span(state, event, data) {
  return span_new('message', place_of(state, event, data), {
    name: text_in(data, 'subject', 'message_type'),
    agent_id: text_in(data, 'from_agent') ?? text_of(event.agent_id),
    key: text_of(event.correlation_id) ?? text_in(data, 'correlation_id')});
}

/** @param {State} state @param {Event} event @param {Data} data */
function send_message(state, event, data) {
  const span = message_span(state, event, data);
  span.name = `${span.agent_id ?? ''} → ${text_in(data, 'to_agent') ?? ''}`;
  begin(state, event, span, false);
}

/** @param {State} state @param {Event} event @param {Data} data */
function acknowledge_message(state, event, data) {
  const message = find(state, 'message', message_span(state, event, data).key);
  if (!is_open(message)) return;
  message.status = 'acknowledged';
  touch(state, message);
}

/** @param {State} state @param {Event} event @param {Data} data */
function complete_message(state, event, data) {
  const span = message_span(state, event, data);
  if (span.key !== undefined)
    finish(state, event, span, true, flag_in(data, 'success') ?? true ? 'completed' : 'failed');
}

/** @type {Record<string, (state: State, event: Event, data: Data) => void>} */
const HANDLERS = Object.assign(Object.create(null), {
  'agent.message.acknowledged': acknowledge_message,
  'agent.message.completed': complete_message,
  'agent.message.sent': send_message,
  'agent.tool.completed': end_tool,
  'agent.tool.failed': end_tool,
  'agent.tool.started': start_tool,
  'agent.tool_use': end_tool,
  'feature.completed': take_feature,
  'feature.completion_reverted': take_feature,
  'feature.failed': take_feature,
  'feature.planned': take_feature,
  'feature.renamed': take_feature,
  'feature.started': take_feature,
  'permission.denied': deny_tool,
  'phase.changed': change_phase,
  'session.ended': end_session,
  'session.started': start_session,
  'subagent.completed': end_subagent,
  'subagent.started': start_subagent,
  'turn.completed': end_turn,
  'turn.failed': end_turn,
  'turn.started': start_turn,
  'workflow.completed': end_workflow,
  'workflow.failed': end_workflow,
  'workflow.paused': pause,
  'workflow.phase_changed': change_phase,
  'workflow.resumed': open_workflow,
  'workflow.started': open_workflow,
});

/** @param {State} state @param {Event} event */
function apply(state, event) {
  if (state.spans.length === 0)
    make(state, event, span_new('workflow', null, {name: text_of(event.workflow_id), started_at: event.timestamp}));
  HANDLERS[event.event_type]?.(state, event, data_of(event));
}

/* ---- JSON ---- */

/** @param {State} state @param {Span} span */
function span_json(state, span) {
  if (span.json !== null) return span.json;
  const {id, parent, kind, agent_id, started_at, ended_at, status, sequence} = span;
  span.json = add({}, {
    id, parent_id: parent?.id, kind, name: kind === 'feature' ? names_label(state.names, span.feature) : span.name,
    agent_id, started_at, ended_at,
    duration_ms: ended_at !== undefined ? duration_between(started_at, ended_at) : undefined,
    status, sequence, key: kind !== 'phase' ? span.key : undefined, session_id: span.session,
    feature: kind === 'feature' ? span.feature : undefined,
  });
  return span.json;
}

/** @param {State} state @param {number} place */
function feature_json(state, place) {
  if (state.feature_json[place] === null) names_write(state.names, place, state.feature_json[place] = {});
  return state.feature_json[place];
}

/** @param {State} state */
function json(state) {
  if (state.whole !== null) return state.whole;
  state.whole = {spans: state.spans.map((span) => span_json(state, span))};
  if (state.names.items.length > 0)
    state.whole.features = state.features_json ??= state.names.items.map(({place}) => feature_json(state, place));
  return state.whole;
}

/**
 * The places of the spans that are new or changed since this was asked last, ascending.
 * @param {State} state @returns {number[]}
 */
function changed(state) {
  const places = [...state.changed].sort((a, b) => a - b);
  state.changed.clear();
  return places;
}

/** The span of that place, as JSON: another object once it has changed. @param {State} state @param {number} place */
function span(state, place) {
  return span_json(state, state.spans[place]);
}

/* ---- Back ---- */

/** What the state keeps beside the list and the keys. @param {State} state @param {Span} made */
function remember(state, made) {
  const open = is_open(made) ? made : null;
  if (made.kind === 'phase') state.phase = open;
  /* A session has at most one turn that is open, and those that ended matter no more. */
  if (made.kind === 'turn' && open !== null) state.turn_of_session.set(/** @type {string} */ (made.session), open);
}

/** @param {State} state @param {Map<string, Span>} by_id @param {any} object */
function read_span(state, by_id, object) {
  const {id, kind, status, sequence, started_at, ended_at} = object;
  const made = put_span(state, span_new(kind, by_id.get(object.parent_id) ?? null, {
    status, sequence, started_at, ended_at, is_before: id.endsWith(':before'), agent_id: text_of(object.agent_id),
    name: kind !== 'feature' ? text_of(object.name) : undefined,
    key: kind === 'phase' ? 'phase' : text_of(object.key),
    session: kind === 'turn' ? object.session_id ?? '' : undefined,
    feature: kind === 'feature' ? object.feature : -1,
  }));
  made.json = object;
  by_id.set(id, made);
  remember(state, made);
}

/**
 * A state from JSON that comes piece by piece: each span, then the features. These may be those of the projection
 * `workflow` at the same point: their names are the same, in the same order.
 */
function reader() {
  const state = init();
  const by_id = new Map();
  return {
    /** @param {any} object */
    span: (object) => read_span(state, by_id, object),
    /** @param {any[]} features @returns {State} */
    end(features) {
      for (const object of features) {
        names_read(state.names, object);
        state.feature_json.push(null);
      }
      features.forEach((_, place) => (state.attempts[place] ??= []));
      state.changed.clear();
      return state;
    },
  };
}

/** @param {{spans: any[], features?: any[]}} from @returns {State} */
function from_json(from) {
  const read = reader();
  for (const object of list_in(from, 'spans')) read.span(object);
  return read.end(list_in(from, 'features'));
}

export const timeline = {name: 'timeline', version: 3, init, apply, json, from_json, reader, changed, span};
