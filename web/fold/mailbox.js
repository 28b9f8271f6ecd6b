// @ts-check
/* The projection `mailbox`: who wrote to whom, what was read, and what came of it. The twin of
 * src/projection/{mailbox,mailbox_json}.c; the rules stand in include/jc/mailbox.h.
 *
 *     agent ── inbox, outbox, history ── place ── mail ── thread ── party (thread and agent)
 *
 * A message is kept once and has two places, its sender's and its recipient's. An answer comes from a party of a
 * thread, whose queues hold what it may still change; it empties them. */

import {add, data_of, flag_in, is_id, list_in, put, text_in, text_of} from './values.js';

/** @typedef {import('./values.js').Event} Event */
/** @typedef {Record<string, any>} Data */
/** @typedef {'inbox' | 'outbox' | 'conversation_history'} BoxName */
/** @typedef {{agent: Agent, name: BoxName, places: Set<Place>, json: any[] | null}} Box */
/** @typedef {{name: string, inbox: Box, outbox: Box, conversation_history: Box, json: any}} Agent */
/** @typedef {{mail: Mail, box: Box | null, json: any}} Place */
/** @typedef {{head: any, from: Agent, to: Agent, sent_at: string, acknowledged: any, completed: any, sent: Place,
 *   received: Place}} Mail  `head` are the members that never change, the two others those of answers */
/** @typedef {{has_received: boolean, unread: Mail[], received: Mail[], sent: Mail[]}} Party */
/** @typedef {{mail_count: number, parties: Map<Agent, Party>}} Thread */
/** @typedef {ReturnType<typeof init>} State */

const PRIORITIES = ['low', 'normal', 'high', 'urgent'];
const BOXES = /** @type {const} */ (['inbox', 'outbox', 'conversation_history']);

function init() {
  return {
    agents: /** @type {Map<string, Agent>} */ (new Map()),
    threads: /** @type {Map<string, Thread>} */ (new Map()),
    strays: /** @type {any[]} */ ([]),
    strays_json: /** @type {any[] | null} */ (null),
    whole: /** @type {any} */ (null),
  };
}

/* ---- Agents, threads, parties, boxes ---- */

/** @param {State} state @param {string} name @returns {Agent} */
function agent_of(state, name) {
  let agent = state.agents.get(name);
  if (agent !== undefined) return agent;
  agent = /** @type {Agent} */ ({name, json: null});
  for (const box of BOXES) agent[box] = {agent, name: box, places: new Set(), json: null};
  state.agents.set(name, agent);
  state.whole = null;
  return agent;
}

/** @param {State} state @param {string} correlation_id @returns {Thread} */
function thread_of(state, correlation_id) {
  let thread = state.threads.get(correlation_id);
  if (thread === undefined) state.threads.set(correlation_id, thread = {mail_count: 0, parties: new Map()});
  return thread;
}

/** @param {Thread} thread @param {Agent} agent @returns {Party} */
function party_of(thread, agent) {
  let party = thread.parties.get(agent);
  if (party === undefined)
    thread.parties.set(agent, party = {has_received: false, unread: [], received: [], sent: []});
  return party;
}

/** @param {Box | null} box */
function touch(box) {
  if (box !== null) box.json = box.agent.json = null;
}

/** @param {Place} place */
function take_out(place) {
  place.box?.places.delete(place);
  touch(place.box);
  place.box = null;
}

/** @param {Place} place @param {Box} box */
function move(place, box) {
  if (place.box === box) return;
  take_out(place);
  place.box = box;
  box.places.add(place);
  touch(box);
}

/* ---- Mails ---- */

/** A mail in no box and no thread. @param {State} state @param {any} head @param {string} sent_at @returns {Mail} */
function mail_new(state, head, sent_at) {
  const mail = /** @type {Mail} */ ({head, from: agent_of(state, head.from_agent), to: agent_of(state, head.to_agent),
    sent_at, acknowledged: null, completed: null});
  mail.sent = {mail, box: null, json: null};
  mail.received = {mail, box: null, json: null};
  return mail;
}

/** @param {State} state @param {Mail} mail */
function mail_join(state, mail) {
  const thread = thread_of(state, mail.head.correlation_id);
  const sender = party_of(thread, mail.from);
  const recipient = party_of(thread, mail.to);
  thread.mail_count++;
  recipient.has_received = true;
  if (mail.acknowledged === null) recipient.unread.push(mail);
  if (mail.completed !== null) return;
  recipient.received.push(mail);
  sender.sent.push(mail);
}

/** Something of it changed. @param {State} state @param {Mail} mail */
function changed(state, mail) {
  for (const place of [mail.sent, mail.received]) {
    place.json = null;
    touch(place.box);
  }
  state.whole = null;
}

/** A completed message leaves the outbox; the inbox only when its recipient has read it. @param {Mail} mail */
function move_to_history(mail) {
  move(mail.sent, mail.from.conversation_history);
  if (mail.from === mail.to) take_out(mail.received);
  else if (mail.acknowledged !== null || mail.completed.completed_by === mail.head.to_agent)
    move(mail.received, mail.to.conversation_history);
}

/* ---- Events ---- */

/** @param {Event} event @param {Data} data */
function correlation_of(event, data) {
  const given = text_of(event.correlation_id) ?? text_in(data, 'correlation_id');
  return given !== undefined && is_id(given) ? given : undefined;
}

/** @param {any} value */
function priority_of(value) {
  return PRIORITIES.includes(value) ? value : 'normal';
}

/** @param {State} state @param {Event} event @param {Data} data */
function send(state, event, data) {
  const from_agent = text_in(data, 'from_agent');
  const to_agent = text_in(data, 'to_agent');
  const content = text_in(data, 'content');
  if (from_agent === undefined || to_agent === undefined || content === undefined) return;
  const head = add({}, {
    id: event.id, sequence: event.sequence, correlation_id: correlation_of(event, data) ?? event.id,
    causation_id: text_of(event.causation_id), from_agent, to_agent,
    message_type: text_in(data, 'message_type') ?? 'notification', priority: priority_of(data.priority), content,
    awaiting_response: flag_in(data, 'awaiting_response') ?? false,
  });
  const mail = mail_new(state, head, event.timestamp);
  mail_join(state, mail);
  move(mail.sent, mail.from.outbox);
  move(mail.received, mail.to.inbox);
  state.whole = null;
}

/**
 * An answer: who says it, of which thread; undefined when the event lacks one of the two.
 * @param {State} state @param {Event} event @param {Data} data
 */
function answer_of(state, event, data) {
  const correlation_id = correlation_of(event, data);
  const name = text_in(data, 'from_agent');
  if (correlation_id === undefined || name === undefined) return undefined;
  const thread = state.threads.get(correlation_id);
  const agent = state.agents.get(name);
  return {correlation_id, name, thread, party: agent !== undefined ? thread?.parties.get(agent) : undefined};
}

/** An answer that changed nothing. @param {State} state @param {any} stray */
function add_stray(state, stray) {
  thread_of(state, stray.correlation_id);
  state.strays.push(stray);
  state.strays_json = state.whole = null;
}

/** @param {Event} event @param {NonNullable<ReturnType<typeof answer_of>>} answer @param {string} problem */
function stray_of(event, answer, problem) {
  return {id: event.id, sequence: event.sequence, event_type: event.event_type,
    correlation_id: answer.correlation_id, from_agent: answer.name,
    problem: (answer.thread?.mail_count ?? 0) > 0 ? problem : 'not_sent', created_at: event.timestamp};
}

/** @param {State} state @param {Event} event @param {Data} data */
function acknowledge(state, event, data) {
  const answer = answer_of(state, event, data);
  if (answer === undefined) return;
  if (!answer.party?.has_received) {
    add_stray(state, stray_of(event, answer, 'not_recipient'));
    return;
  }
  for (const mail of answer.party.unread) {
    mail.acknowledged = {acknowledged_at: event.timestamp, acknowledged_sequence: event.sequence};
    if (mail.completed !== null) move_to_history(mail);
    changed(state, mail);
  }
  answer.party.unread = [];
}

/** Complete what is open of these. @param {State} state @param {Mail[]} mails @param {any} how @returns {number} */
function complete_all(state, mails, how) {
  let count = 0;
  for (const mail of mails) {
    if (mail.completed !== null) continue;
    mail.completed = how;
    move_to_history(mail);
    changed(state, mail);
    count++;
  }
  return count;
}

/** @param {State} state @param {Event} event @param {Data} data */
function complete(state, event, data) {
  const answer = answer_of(state, event, data);
  const result = text_in(data, 'result');
  const success = flag_in(data, 'success');
  if (answer === undefined || result === undefined || success === undefined) return;
  const {party} = answer;
  if (party === undefined) {
    add_stray(state, stray_of(event, answer, 'not_party'));
    return;
  }
  const how = {completed_at: event.timestamp, completed_sequence: event.sequence, completed_by: answer.name, success,
    result};
  const count = complete_all(state, party.received, how) + complete_all(state, party.sent, how);
  party.received = [];
  party.sent = [];
  if (count === 0) add_stray(state, stray_of(event, answer, 'completed_again'));
}

/** @param {State} state @param {Event} event */
function apply(state, event) {
  if (event.event_type === 'agent.message.sent') send(state, event, data_of(event));
  else if (event.event_type === 'agent.message.acknowledged') acknowledge(state, event, data_of(event));
  else if (event.event_type === 'agent.message.completed') complete(state, event, data_of(event));
}

/* ---- JSON ---- */

/** @param {Place} place */
function place_json(place) {
  if (place.json !== null) return place.json;
  const {mail, box} = place;
  const agent = /** @type {Box} */ (box).agent;
  const object = {...mail.head};
  if (mail.from === agent && box !== agent.inbox) object.sent_at = mail.sent_at;
  if (mail.to === agent && box !== agent.outbox) object.received_at = mail.sent_at;
  place.json = Object.assign(object, mail.acknowledged, mail.completed);
  return place.json;
}

/** @param {Box} box */
function box_json(box) {
  box.json ??= Array.from(box.places, place_json);
  return box.json;
}

/** @param {Agent} agent */
function agent_json(agent) {
  agent.json ??= {inbox: box_json(agent.inbox), outbox: box_json(agent.outbox),
    conversation_history: box_json(agent.conversation_history)};
  return agent.json;
}

/** @param {State} state */
function json(state) {
  if (state.whole !== null) return state.whole;
  const agents = {};
  for (const agent of state.agents.values()) put(agents, agent.name, agent_json(agent));
  state.whole = {agents};
  if (state.strays.length > 0) state.whole.strays = state.strays_json ??= [...state.strays];
  return state.whole;
}

const ACKNOWLEDGED = ['acknowledged_at', 'acknowledged_sequence'];
const COMPLETED = ['completed_at', 'completed_sequence', 'completed_by', 'success', 'result'];
const OTHERS = ['sent_at', 'received_at', ...ACKNOWLEDGED, ...COMPLETED];

/** The members of these names. @param {any} object @param {string[]} names */
function pick(object, names) {
  return Object.fromEntries(names.map((name) => [name, object[name]]).filter((each) => each[1] !== undefined));
}

/** @param {State} state @param {any} object @returns {Mail} */
function read_mail(state, object) {
  const head = {...object};
  for (const name of OTHERS) delete head[name];
  const mail = mail_new(state, head, object.sent_at ?? object.received_at);
  if (object.acknowledged_at !== undefined) mail.acknowledged = pick(object, ACKNOWLEDGED);
  if (object.completed_at !== undefined) mail.completed = pick(object, COMPLETED);
  return mail;
}

/** @param {State} state @param {Map<number, Mail>} mails  by sequence @param {Box} box @param {any[]} list */
function read_box(state, mails, box, list) {
  for (const object of list) {
    let mail = mails.get(object.sequence);
    if (mail === undefined) mails.set(object.sequence, mail = read_mail(state, object));
    const place = mail.from === box.agent && box.name !== 'inbox' ? mail.sent : mail.received;
    move(place, box);
    place.json = object;
  }
  box.json = list;
}

/** A message stands there at both of its ends; it is known by its sequence. @param {any} from @returns {State} */
function from_json(from) {
  const state = init();
  /** @type {Map<number, Mail>} */
  const mails = new Map();
  for (const name of Object.keys(from.agents ?? {})) agent_of(state, name);
  for (const agent of state.agents.values()) {
    const object = from.agents[agent.name];
    for (const box of BOXES) read_box(state, mails, agent[box], list_in(object, box));
    agent.json = object;
  }
  for (const mail of [...mails.values()].sort((a, b) => a.head.sequence - b.head.sequence)) mail_join(state, mail);
  for (const stray of list_in(from, 'strays')) add_stray(state, stray);
  state.strays_json = from.strays ?? null;
  state.whole = from;
  return state;
}

export const mailbox = {name: 'mailbox', version: 1, init, apply, json, from_json};
