// @ts-check
/* The projection `agents`: who did what. Per agent and session: when it was seen, events, turns, tools, errors,
 * tokens and cost, notes and messages; the calls that are open, an agent's parent, its model, and whether it is at
 * work. The twin of src/projection/agents.c, where the rules are explained; records and their JSON are in
 * agent_records.js. */

import {data_of, flag_in, call_key, duration_between, launched_by, start_told, subagent_of, text_in, text_of, tool_in,
  us_between} from './values.js';
import {agent_of, close_call, from_json, init, join, json, open_call, put_unstarted, session_of, take_unstarted, touch}
  from './agent_records.js';
import {cost_add, cost_of, cost_subtract, tally_see, tally_tool, tokens_add, tokens_of} from './tally.js';

/** @typedef {import('./values.js').Event} Event */
/** @typedef {import('./agent_records.js').Agent} Agent */
/** @typedef {import('./agent_records.js').Session} Session */
/** @typedef {import('./agent_records.js').State} State */

/**
 * An event on its way into the state. `status` is what the agent and the session are from now on, '' as they are;
 * `settled` is the agent whose status is set already.
 * @typedef {{state: State, event: Event, type: string, time: string, data: Record<string, any>, agent: Agent | null,
 *   session: Session, status: string, settled: Agent | null}} Acting
 */

const ANCESTORS_MAX = 1000;
const RECENT_MAX = 32;

/* A subagent that starts behind its end by no more is one that was overtaken, not one that was resumed. */
const OVERTAKEN_US = 5000000;

/** @param {Acting} acting @param {string} name */
function count(acting, name) {
  acting.session.tally.counts[name]++;
  if (acting.agent !== null) acting.agent.tally.counts[name]++;
}

/** Did it happen before what decided a status? @param {Acting} acting @param {string | undefined} since */
function is_earlier(acting, since) {
  return since !== undefined && acting.time < since;
}

/* ---- Tools ---- */

/**
 * Add to the tallies of a tool.
 * @param {Agent | null} agent @param {Session} session @param {string} tool @param {Record<string, number>} numbers
 */
function count_tool(agent, session, tool, numbers) {
  for (const record of agent !== null ? [session, agent] : [session]) {
    const tally = tally_tool(record.tally, tool);
    for (const name in numbers) tally[name] += numbers[name];
    touch(record);
  }
}

/**
 * A start that came in behind its end: nobody is at work for it.
 * @param {Acting} acting @param {string | undefined} key
 */
function is_overtaken(acting, key) {
  if (key === undefined || take_unstarted(acting.session, key) === undefined) return false;
  acting.status = '';
  return true;
}

/** @param {Acting} acting */
function start_tool(acting) {
  const {state, data, agent, session} = acting;
  const key = call_key(data, acting.event);
  if (state.calls.has(key) || is_overtaken(acting, text_in(data, 'tool_use_id'))) return;
  const tool = tool_in(data);
  count_tool(agent, session, tool, {calls: 1});
  open_call(state, {key, tool, agent, session, started_at: acting.time, sequence: acting.event.sequence});
}

/** What came back of a call names the agent that it started. @param {Acting} acting @param {Agent | null} caller */
function see_launched(acting, caller) {
  const {state, data} = acting;
  const id = launched_by(data);
  if (id === undefined || caller === null) return;
  const sub = agent_of(state, id);
  if (sub.parent_id === caller.id || stands_above(state, sub, caller)) return;
  const before = sub.parent_id !== undefined ? state.agents.get(sub.parent_id) : undefined;
  if (before !== undefined && before.tally.counts.subagents > 0) {
    before.tally.counts.subagents--;
    caller.tally.counts.subagents++;
    touch(before);
    touch(caller);
  }
  sub.parent_id = caller.id;
  touch(sub);
}

/** @param {State} state @param {Agent} agent @param {Agent} caller */
function stands_above(state, agent, caller) {
  for (let steps = 0; steps < ANCESTORS_MAX; steps++) {
    if (caller === agent) return true;
    const above = caller.parent_id !== undefined ? state.agents.get(caller.parent_id) : undefined;
    if (above === undefined) return false;
    caller = above;
  }
  return true;
}

/** @param {string} type @param {boolean} success */
function end_of(type, success) {
  if (type === 'permission.denied') return 'denied';
  return type === 'agent.tool.failed' || !success ? 'failed' : 'completed';
}

/** A call that nobody started is counted as one all the same. @param {Acting} acting */
function end_tool(acting) {
  const {state, data, type, time} = acting;
  const call = state.calls.get(call_key(data, acting.event));
  const {agent, session} = call ?? acting;
  const started_at = call !== undefined ? call.started_at : start_told(data, time);
  count_tool(agent, session, call?.tool ?? tool_in(data), {
    calls: call === undefined ? 1 : 0,
    [end_of(type, flag_in(data, 'success') ?? true)]: 1,
    duration_ms: duration_between(started_at, time) ?? 0,
  });
  if (type === 'agent.tool.completed') see_launched(acting, agent);
  const id = text_in(data, 'tool_use_id');
  if (call !== undefined) close_call(state, call);
  else if (type !== 'agent.tool_use' && id !== undefined) put_unstarted(acting.session, id, time);
}

/* ---- Responses ---- */

/** Take away what a message added. @param {Session} session @param {import('./agent_records.js').Message} message */
function take_back(session, message) {
  session.tally.counts.responses--;
  tokens_add(session.tally.tokens, message.tokens, -1);
  cost_subtract(session.tally.cost, message.session_cost);
  if (message.agent === null) return;
  message.agent.tally.counts.responses--;
  tokens_add(message.agent.tally.tokens, message.tokens, -1);
  cost_subtract(message.agent.tally.cost, message.agent_cost);
  touch(message.agent);
}

/** Add what a response used, and say what that was. What names no session adds to none. @param {Acting} acting */
function add_usage(acting) {
  const {state, agent, session} = acting;
  const tokens = tokens_of(acting.data);
  const cost = cost_of(acting.data);
  count(acting, 'responses');
  tokens_add(session.tally.tokens, tokens, 1);
  const session_cost = session !== state.no_session ? cost_add(session.tally.cost, cost) : undefined;
  if (agent === null) return {tokens, agent, session_cost, agent_cost: undefined};
  tokens_add(agent.tally.tokens, tokens, 1);
  return {tokens, agent, session_cost, agent_cost: cost_add(agent.tally.cost, cost)};
}

/** @param {Acting} acting */
function take_model(acting) {
  const model = text_in(acting.data, 'model');
  if (model === undefined) return;
  acting.session.model = model;
  if (acting.agent !== null) acting.agent.model = model;
}

/** @param {Acting} acting */
function take_response(acting) {
  const id = text_in(acting.data, 'message_id');
  const {recent} = acting.session;
  take_model(acting);
  if (id === undefined) {
    add_usage(acting);
    return;
  }
  const place = recent.findIndex((message) => message.id === id);
  if (place >= 0) take_back(acting.session, recent[place]);
  else if (recent.length === RECENT_MAX) recent.shift();
  const message = {id, ...add_usage(acting), json: null};
  if (place >= 0) recent[place] = message;
  else recent.push(message);
}

/* ---- Sessions and turns ---- */

/** @param {Acting} acting */
function start_session(acting) {
  const {state, session, agent, time} = acting;
  if (session !== state.no_session) {
    if (session.started_at === undefined || time < session.started_at) session.started_at = time;
    if (session.ended_at !== undefined && time >= session.ended_at) session.ended_at = undefined;
    if (agent !== null) session.agent = agent;
  }
  take_model(acting);
}

/** What the session leaves open will not end any more. @param {Acting} acting */
function end_session(acting) {
  const {state, session} = acting;
  acting.status = 'ended';
  if (session === state.no_session || is_earlier(acting, session.since)) return;
  session.ended_at = acting.time;
  session.recent = [];
  for (const call of [...session.calls]) {
    count_tool(call.agent, session, call.tool, {abandoned: 1});
    close_call(state, call);
  }
}

/** @param {Acting} acting */
function turn_id(acting) {
  return text_in(acting.data, 'turn_id', 'prompt_id');
}

/** What the machine asked of itself is counted apart. @param {Acting} acting */
function start_turn(acting) {
  count(acting, flag_in(acting.data, 'human') ?? true ? 'turns' : 'machine_turns');
  if (!is_overtaken(acting, turn_id(acting))) acting.session.turn = turn_id(acting) ?? '';
}

/** @param {Acting} acting */
function end_turn(acting) {
  const id = turn_id(acting);
  acting.status = 'idle';
  if (id !== undefined && id !== acting.session.turn) put_unstarted(acting.session, id, acting.time);
}

/* ---- Subagents ---- */

/** The subagent and who started it: the one named, else whose session it is. @param {Acting} acting */
function find_subagent(acting) {
  const {state, session, data} = acting;
  const named = subagent_of(data, acting.event);
  /** @type {Agent | null} */
  let parent = named.parent_id !== undefined ? agent_of(state, named.parent_id) : session.agent;
  if (named.id === undefined) return {sub: null, parent};
  const sub = agent_of(state, named.id);
  sub.type = named.type ?? sub.type;
  join(state, sub, session);
  if (named.parent_id === undefined && sub.parent_id !== undefined) parent = agent_of(state, sub.parent_id);
  touch(sub);
  return {sub, parent: parent !== sub ? parent : null};
}

/**
 * Let the subagent be what it became; it may be who tells it.
 * @param {Acting} acting @param {Agent} sub @param {string} status
 */
function settle(acting, sub, status) {
  acting.settled = sub;
  if (is_earlier(acting, sub.since)) return;
  sub.status = status;
  sub.since = acting.time;
}

/** @param {Acting} acting */
function start_subagent(acting) {
  const {session, time} = acting;
  const {sub, parent} = find_subagent(acting);
  session.tally.counts.subagents++;
  if (parent !== null) {
    parent.tally.counts.subagents++;
    touch(parent);
  }
  if (sub === null) return;
  if (parent !== null) sub.parent_id = parent.id;
  tally_see(sub.tally, time);
  const ended_at = take_unstarted(session, sub.id);
  if (ended_at !== undefined && us_between(ended_at, time) <= OVERTAKEN_US) {
    acting.status = '';
    return;
  }
  sub.is_running = true;
  settle(acting, sub, 'active');
}

/** @param {Acting} acting */
function end_subagent(acting) {
  const {sub, parent} = find_subagent(acting);
  if (sub === null) return;
  if (parent !== null && sub.parent_id === undefined) sub.parent_id = parent.id;
  tally_see(sub.tally, acting.time);
  settle(acting, sub, 'ended');
  if (sub.is_running) sub.is_running = false;
  else put_unstarted(acting.session, sub.id, acting.time);
}

/* ---- The rest ---- */

/** What an agent tells its user says what it does; most of it says nothing about that. @param {Acting} acting */
function see_notification(acting) {
  const type = acting.data.notification_type;
  acting.status = type === 'permission_prompt' || type === 'agent_needs_input' ? 'waiting' :
    type === 'idle_prompt' ? 'idle' : '';
}

/** @param {Acting} acting */
function send_message(acting) {
  const to = text_in(acting.data, 'to_agent');
  count(acting, 'messages_sent');
  if (to === undefined) return;
  const recipient = agent_of(acting.state, to);
  recipient.tally.counts.messages_received++;
  touch(recipient);
}

/** @param {Acting} acting */
function add_feature_cost(acting) {
  const cost = cost_of(acting.data);
  cost_add(acting.session.tally.feature_cost, cost);
  if (acting.agent !== null) cost_add(acting.agent.tally.feature_cost, cost);
}

const only_count = () => {};

/**
 * What each type does beyond being counted as an event. The data of these is read.
 * @type {Record<string, (acting: Acting) => void>}
 */
const HANDLERS = Object.assign(Object.create(null), {
  'agent.error': (/** @type {Acting} */ acting) => count(acting, 'errors'),
  'agent.hook.received': only_count,
  'agent.message.acknowledged': only_count,
  'agent.message.completed': only_count,
  'agent.message.sent': send_message,
  'agent.notified': see_notification,
  'agent.response.received': take_response,
  'agent.response.displayed': only_count,
  'agent.test_result': only_count,
  'agent.tool_batch.completed': only_count,
  'agent.tool.completed': end_tool,
  'agent.tool.failed': end_tool,
  'agent.tool.started': start_tool,
  'agent.tool_use': end_tool,
  'context.compacted': (/** @type {Acting} */ acting) => count(acting, 'compactions'),
  'feature.completed': add_feature_cost,
  'feature.failed': add_feature_cost,
  'permission.denied': (/** @type {Acting} */ acting) => {
    count(acting, 'permissions_denied');
    end_tool(acting);
  },
  'permission.requested': (/** @type {Acting} */ acting) => {
    count(acting, 'permissions_requested');
    acting.status = 'waiting';
  },
  'session.ended': end_session,
  'session.started': start_session,
  'subagent.completed': end_subagent,
  'subagent.started': start_subagent,
  'task.completed': only_count,
  'task.created': only_count,
  'turn.completed': end_turn,
  'turn.failed': (/** @type {Acting} */ acting) => {
    count(acting, 'errors');
    end_turn(acting);
  },
  'turn.started': start_turn,
});

/** Who acts, and in which session. @param {Acting} acting @param {boolean} has_data */
function find_actors(acting, has_data) {
  const {state, event, data, type} = acting;
  const session_id = has_data ? text_in(data, 'session_id') : undefined;
  let agent_id = text_of(event.agent_id);
  if (session_id !== undefined) acting.session = session_of(state, session_id);
  if (has_data && agent_id === undefined && type.startsWith('agent.message.')) agent_id = text_in(data, 'from_agent');
  acting.agent = agent_id !== undefined ? agent_of(state, agent_id) : acting.session.agent;
  const {agent, session} = acting;
  if (agent === null || session_id === undefined || type.startsWith('subagent.')) return;
  if (agent_id !== undefined && agent.type === undefined) agent.type = text_in(data, 'agent_type');
  /* A session is the agent's that is seen in it first and is no subagent: those have a type or a parent. */
  if (session.agent === null && agent.type === undefined && agent.parent_id === undefined) session.agent = agent;
}

/** @param {string} type */
function is_start(type) {
  return type === 'session.started' || type === 'turn.started' || type === 'subagent.started';
}

/** An agent that ended is not called back to life by what comes in late; nor is one whose turn is over, by the last
 * of its words. @param {string} type @param {string} status */
function may_revive(type, status) {
  return is_start(type) || (status !== 'ended' && (status !== 'idle' || type !== 'agent.response.displayed'));
}

/** @param {Acting} acting @param {Agent | Session} record @param {boolean} elsewhere */
function set_status(acting, record, elsewhere) {
  const {status, type} = acting;
  if (status === '' || is_earlier(acting, record.since)) return;
  if (!elsewhere && !may_revive(type, record.status)) return;
  record.status = status;
  if (is_start(type) || status === 'idle' || status === 'ended') record.since = acting.time;
}

/**
 * The agent waits, or goes on to wait. A request says for which tool, a notification what the user was told; the first
 * of each counts.
 * @param {Acting} acting @param {Agent} agent @param {string} before  its status
 */
function see_waiting({event, type, time, data}, agent, before) {
  if (before !== 'waiting') agent.waiting = {since: time, sequence: event.sequence};
  const {waiting} = agent;
  if (type === 'agent.notified') waiting.message ??= text_in(data, 'message');
  if (type === 'permission.requested') waiting.tool ??= text_in(data, 'tool_name', 'tool', 'name');
}

/** @param {Acting} acting */
function count_event(acting) {
  const {state, agent, session, time} = acting;
  count(acting, 'events');
  tally_see(session.tally, time);
  if (agent !== null) {
    tally_see(agent.tally, time);
    const elsewhere = session !== state.no_session && agent.session !== session;
    join(state, agent, session);
    const before = agent.status;
    if (agent !== acting.settled) set_status(acting, agent, elsewhere);
    if (acting.status === 'waiting' && agent.status === 'waiting') see_waiting(acting, agent, before);
    touch(agent);
  }
  set_status(acting, session, false);
  touch(session);
}

/** @param {State} state @param {Event} event */
function apply(state, event) {
  const type = event.event_type;
  const take = HANDLERS[type];
  if (take === undefined && text_of(event.agent_id) === undefined) return;
  const acting = {state, event, type, time: event.timestamp, data: data_of(event), agent: null,
    session: state.no_session, status: 'active', settled: null};
  find_actors(acting, take !== undefined);
  if (type.startsWith('agent.note.') && type.length > 'agent.note.'.length) count(acting, 'notes');
  take?.(acting);
  count_event(acting);
}

export const agents = {name: 'agents', version: 5, init, apply, json, from_json};
