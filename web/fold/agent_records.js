// @ts-check
/* The records of the projection `agents`: agents and sessions, which are kept, and open calls, recent messages and
 * ends without a start, which come and go; and the state as JSON, and back. The twin of
 * src/projection/{agents_records,agents_json}.c. */

import {add, list_in, list_json, text_of} from './values.js';
import {nano_read, tally_new, tally_read, tally_write, tokens_json, tokens_read, usd_of} from './tally.js';

/** @typedef {import('./tally.js').Tally} Tally */
/** @typedef {import('./tally.js').Tokens} Tokens */
/** @typedef {import('./values.js').Listed<any>} Listed */
/** @typedef {{id: string, type?: string, model?: string, parent_id?: string, status: string, since?: string,
 *   waiting: Waiting, is_running: boolean, tally: Tally, open_calls: number, session: Session | null,
 *   sessions: Set<Session>, json: any, listed: Listed}} Agent  `waiting` counts while that is its status */
/** @typedef {{tool?: string, message?: string, since?: string, sequence?: number}} Waiting */
/** @typedef {{id: string, model?: string, status: string, since?: string, started_at?: string, ended_at?: string,
 *   tally: Tally, agent: Agent | null, calls: Set<Call>, recent: Message[], unstarted: Map<string, string>,
 *   turn: string, json: any, listed: Listed}} Session  `unstarted` are times of ends by key, oldest first */
/** @typedef {{key: string, tool: string, agent: Agent | null, session: Session, started_at?: string,
 *   sequence: number}} Call */
/** @typedef {{id: string, tokens: Tokens, agent: Agent | null, agent_cost: number | undefined,
 *   session_cost: number | undefined, json: any}} Message */
/** @typedef {ReturnType<typeof init>} State */

const UNSTARTED_MAX = 32;

/** @param {string} id @param {Listed} listed @returns {Session} */
function session_new(id, listed) {
  return {id, status: '', tally: tally_new(), agent: null, calls: new Set(), recent: [],
    unstarted: new Map(), turn: '', json: null, listed};
}

export function init() {
  return {
    agent_list: /** @type {Listed} */ ({items: [], json: null}),
    session_list: /** @type {Listed} */ ({items: [], json: null}),
    agents: /** @type {Map<string, Agent>} */ (new Map()),
    sessions: /** @type {Map<string, Session>} */ (new Map()),
    calls: /** @type {Map<string, Call>} */ (new Map()),
    /** Pairs of agent and session that were seen. @type {Set<string>} */
    pairs: new Set(),
    /** That of what names no session. */
    no_session: session_new('', {items: [], json: null}),
  };
}

/** A record is not what its JSON says any more. @param {Agent | Session} record */
export function touch(record) {
  record.json = record.listed.json = null;
}

/** The agent of that id, which may be a new one. @param {State} state @param {string} id @returns {Agent} */
export function agent_of(state, id) {
  let agent = state.agents.get(id);
  if (agent !== undefined) return agent;
  agent = {id, status: '', waiting: {}, is_running: false, tally: tally_new(), open_calls: 0, session: null,
    sessions: new Set(), json: null, listed: state.agent_list};
  state.agents.set(id, agent);
  state.agent_list.items.push(agent);
  touch(agent);
  return agent;
}

/** @param {State} state @param {string} id @returns {Session} */
export function session_of(state, id) {
  let session = state.sessions.get(id);
  if (session !== undefined) return session;
  session = session_new(id, state.session_list);
  state.sessions.set(id, session);
  state.session_list.items.push(session);
  touch(session);
  return session;
}

/**
 * Remember that an agent was seen in a session, and that it was the last.
 * @param {State} state @param {Agent} agent @param {Session} session
 */
export function join(state, agent, session) {
  if (agent.session === session || session === state.no_session) return;
  const pair = `${agent.id}\0${session.id}`;
  agent.session = session;
  if (!state.pairs.has(pair)) agent.sessions.add(session);
  state.pairs.add(pair);
  touch(agent);
}

/** @param {State} state @param {Call} call */
export function open_call(state, call) {
  state.calls.set(call.key, call);
  call.session.calls.add(call);
  touch(call.session);
  if (call.agent === null) return;
  call.agent.open_calls++;
  touch(call.agent);
}

/** @param {State} state @param {Call} call */
export function close_call(state, call) {
  state.calls.delete(call.key);
  call.session.calls.delete(call);
  touch(call.session);
  if (call.agent === null) return;
  call.agent.open_calls--;
  touch(call.agent);
}

/**
 * Remember what ended without a start; of too many, the oldest is forgotten.
 * @param {Session} session @param {string} key @param {string} ended_at
 */
export function put_unstarted(session, key, ended_at) {
  session.unstarted.delete(key);
  if (session.unstarted.size === UNSTARTED_MAX) {
    const [oldest] = session.unstarted.keys();
    session.unstarted.delete(oldest);
  }
  session.unstarted.set(key, ended_at);
}

/** Its start is here: when did it end before? It is forgotten. @param {Session} session @param {string} key */
export function take_unstarted(session, key) {
  const ended_at = session.unstarted.get(key);
  session.unstarted.delete(key);
  return ended_at;
}

/* ---- JSON ---- */

/** @param {Waiting} waiting */
function waiting_json({tool, message, since, sequence}) {
  return {waiting_for: tool, waiting_message: message, waiting_since: since, waiting_sequence: sequence};
}

/** @param {Agent} agent */
function agent_json(agent) {
  if (agent.json !== null) return agent.json;
  const object = add({}, {agent_id: agent.id, agent_type: agent.type, model: agent.model,
    parent_agent_id: agent.parent_id, status: agent.status, status_since: agent.since,
    ...(agent.status === 'waiting' ? waiting_json(agent.waiting) : {}), running: agent.is_running || undefined});
  tally_write(agent.tally, object);
  if (agent.open_calls > 0) object.open_calls = agent.open_calls;
  if (agent.session !== null) {
    object.session_id = agent.session.id;
    object.sessions = Array.from(agent.sessions, (session) => session.id);
  }
  return agent.json = object;
}

/** @param {Call} call */
function call_json(call) {
  return add({}, {tool_use_id: call.key, tool_name: call.tool, agent_id: call.agent?.id, started_at: call.started_at,
    sequence: call.sequence});
}

/** @param {Message} message */
function message_json(message) {
  message.json ??= add({}, {message_id: message.id, agent_id: message.agent?.id, tokens: tokens_json(message.tokens),
    cost_usd: usd_of(message.agent_cost), session_cost_usd: usd_of(message.session_cost)});
  return message.json;
}

/** What events to come depend on. @param {Session} session @param {Record<string, any>} object */
function write_open(session, object) {
  const {calls, recent, unstarted} = session;
  return add(object, {
    open_calls: calls.size > 0 ? Array.from(calls, call_json) : undefined,
    recent_messages: recent.length > 0 ? recent.map(message_json) : undefined,
    turn_id: session.turn,
    unstarted: unstarted.size > 0 ? Array.from(unstarted, ([key, ended_at]) => ({key, ended_at})) : undefined,
  });
}

/** @param {Session} session */
function session_json(session) {
  if (session.json !== null) return session.json;
  const object = add({}, {session_id: session.id, agent_id: session.agent?.id, model: session.model,
    status: session.status, status_since: session.since, started_at: session.started_at, ended_at: session.ended_at});
  tally_write(session.tally, object);
  return session.json = write_open(session, object);
}

/** @param {State} state */
export function json(state) {
  return write_open(state.no_session, {agents: list_json(state.agent_list, agent_json),
    sessions: list_json(state.session_list, session_json)});
}

/* ---- Back ---- */

/** The agent that a member names. @param {State} state @param {any} object @returns {Agent | null} */
function read_agent_of(state, object) {
  const id = text_of(object.agent_id);
  return id !== undefined ? agent_of(state, id) : null;
}

/** All of an agent but its sessions, which are still to come. @param {State} state @param {any} object */
function read_agent(state, object) {
  Object.assign(agent_of(state, object.agent_id), {type: object.agent_type, model: object.model,
    parent_id: object.parent_agent_id, status: object.status ?? '', since: object.status_since,
    waiting: {tool: object.waiting_for, message: object.waiting_message, since: object.waiting_since,
      sequence: object.waiting_sequence},
    is_running: object.running === true, tally: tally_read(object)});
}

/** @param {State} state @param {Session} session @param {any} object */
function read_open(state, session, object) {
  for (const each of list_in(object, 'open_calls'))
    open_call(state, {key: each.tool_use_id, tool: each.tool_name, agent: read_agent_of(state, each), session,
      started_at: each.started_at, sequence: each.sequence});
  for (const each of list_in(object, 'recent_messages'))
    session.recent.push({id: each.message_id, tokens: tokens_read(each.tokens), agent: read_agent_of(state, each),
      agent_cost: nano_read(each.cost_usd), session_cost: nano_read(each.session_cost_usd), json: each});
  for (const each of list_in(object, 'unstarted')) session.unstarted.set(each.key, each.ended_at);
  session.turn = object.turn_id ?? '';
}

/** @param {State} state @param {any} object */
function read_session(state, object) {
  const session = session_of(state, object.session_id);
  Object.assign(session, {agent: read_agent_of(state, object), model: object.model, status: object.status ?? '',
    since: object.status_since, started_at: object.started_at, ended_at: object.ended_at, tally: tally_read(object)});
  read_open(state, session, object);
}

/** @param {State} state @param {any} object */
function read_sessions_of(state, object) {
  const agent = agent_of(state, object.agent_id);
  for (const id of list_in(object, 'sessions')) join(state, agent, session_of(state, id));
  if (object.session_id !== undefined) join(state, agent, session_of(state, object.session_id));
}

/** @param {any} from @returns {State} */
export function from_json(from) {
  const state = init();
  const agents = list_in(from, 'agents');
  const sessions = list_in(from, 'sessions');
  for (const object of agents) read_agent(state, object);
  for (const object of sessions) read_session(state, object);
  for (const object of agents) read_sessions_of(state, object);
  read_open(state, state.no_session, from);
  agents.forEach((object, place) => { state.agent_list.items[place].json = object; });
  sessions.forEach((object, place) => { state.session_list.items[place].json = object; });
  state.agent_list.json = agents;
  state.session_list.json = sessions;
  return state;
}
