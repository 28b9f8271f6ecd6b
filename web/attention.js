// @ts-check
/* What a person should look at, derived from the states at a point: docs/API.md, "Attention". Pure.
 *
 * The server derives the same from the same states (src/query/attention.c): the texts here are its texts, and what
 * lacks the time at which it began is no matter there, nor here. */
import {time_us} from './format.js';

/** @typedef {import('./model.js').Attention} Attention */

const UNREAD_US = 60e6;
const OPEN_US = 120e6;

const BAD = new Set(['workflow_failed', 'feature_failed', 'blocker']);

/**
 * @param {import('./model.js').States | null} states @param {number} as_of_us
 * @returns {Attention[]} bad before warn, the newest first
 */
export function attention_of(states, as_of_us) {
  if (!states) return [];
  const asked = questions_of(states.notes);
  const others = sorted(matters(states, as_of_us));
  return others.length > 0 ? [...asked, ...others].sort(worst_first) : asked;
}

/** @type {WeakMap<object, Attention[]>} */
const known_questions = new WeakMap();

/** What notes ask for, which does not depend on the time: the same array for the same state. @param {any} notes */
function questions_of(notes) {
  const is_state = typeof notes === 'object' && notes !== null;
  const known = is_state ? known_questions.get(notes) : undefined;
  if (known) return known;
  const made = sorted(of_notes(notes));
  if (is_state) known_questions.set(notes, made);
  return made;
}

/** The earliest of each key. @param {Iterable<Attention>} all */
function sorted(all) {
  /** @type {Map<string, Attention>} */
  const found = new Map();
  for (const each of all) {
    const before = found.get(each.key);
    if (!Number.isNaN(time_us(each.at)) && !(before && began_before(before, each))) found.set(each.key, each);
  }
  return [...found.values()].sort(worst_first);
}

/** All but questions. @param {import('./model.js').States} states @param {number} as_of_us */
function* matters(states, as_of_us) {
  yield* of_workflow(states.workflow);
  if (has_ended(states.workflow)) return;
  yield* of_agents(states.agents);
  yield* of_calls(states.agents, as_of_us);
  yield* of_messages(states.mailbox, as_of_us);
}

/** Is the workflow over? @param {any} workflow */
export const has_ended = (workflow) => workflow?.status === 'completed' || workflow?.status === 'failed';

/** Times of one form sort as texts, exactly. @param {Attention} a @param {Attention} b */
function began_before(a, b) {
  return a.at !== b.at ? a.at < b.at : a.sequence <= b.sequence;
}

/** @param {Attention} a @param {Attention} b */
function worst_first(a, b) {
  if (a.severity !== b.severity) return a.severity === 'bad' ? -1 : 1;
  return b.sequence - a.sequence || compare_texts(a.key, b.key);
}

/** By code points, as bytes of UTF-8 are ordered, too. @param {string} a @param {string} b */
function compare_texts(a, b) {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  if (at > 0 && /[\udc00-\udfff]/.test(a[at] ?? '') && /[\ud800-\udbff]/.test(a[at - 1])) at--;
  return (a.codePointAt(at) ?? -1) - (b.codePointAt(at) ?? -1);
}

/** @param {any} workflow */
function* of_workflow(workflow) {
  const {status, error, pause_reason, status_sequence, status_since} = workflow ?? {};
  const began = {sequence: status_sequence, at: status_since};
  if (status === 'failed') yield item('workflow_failed', undefined, began, 'Workflow failed', error);
  if (status === 'paused') yield item('workflow_paused', undefined, began, 'Paused', pause_reason);
  for (const feature of list(workflow?.features)) {
    const name = feature?.name ?? feature?.feature_id;
    if (feature?.status !== 'failed' || typeof name !== 'string') continue;
    const failed = {sequence: feature.status_sequence, at: feature.status_since};
    yield item('feature_failed', name, failed, `${name} failed`, feature.error);
  }
}

/** Those that may wait for an answer: by the index, where there is one, as most of 100,000 notes never do.
 * @param {any} notes @returns {any[]} */
function asking(notes) {
  const all = list(notes?.notes);
  const {by_category} = notes ?? {};
  if (typeof by_category !== 'object' || by_category === null) return all;
  return ['question', 'blocker'].flatMap((category) => list(by_category[category]).map((place) => all[place]));
}

/** @param {any} notes */
function* of_notes(notes) {
  for (const note of asking(notes)) {
    const category = note?.category;
    if ((category !== 'question' && category !== 'blocker') || note.answered_at !== undefined) continue;
    const asked = {sequence: note.sequence, at: note.created_at, agent_id: note.agent_id};
    yield item(category, note.id, asked, note.title, note.content);
  }
}

/** @param {any} agents */
function* of_agents(agents) {
  for (const agent of list(agents?.agents)) {
    if (agent?.status !== 'waiting') continue;
    const id = agent.agent_id;
    const waits = {sequence: agent.waiting_sequence, at: agent.waiting_since, agent_id: id};
    const tool = agent.waiting_for;
    if (typeof tool === 'string') yield item('permission', id, waits, `${text(id)} waits for a permission`, tool);
    else yield item('permission', id, waits, `${text(id)} waits for you`, agent.waiting_message);
  }
}

/** @param {any} mailbox @param {number} as_of_us */
function* of_messages(mailbox, as_of_us) {
  const agents = mailbox?.agents;
  if (typeof agents !== 'object' || agents === null) return;
  for (const name of Object.keys(agents)) {
    for (const message of list(agents[name]?.inbox)) {
      if (message?.acknowledged_at !== undefined || message?.completed_at !== undefined) continue;
      if (!(as_of_us - time_us(message?.received_at) > UNREAD_US)) continue;
      const sent = {sequence: message.sequence, at: message.received_at, agent_id: name};
      yield item('message_unread', message.correlation_id, sent, `Unread by ${name}`, message.content);
    }
  }
}

/** @param {any} agents @param {number} as_of_us */
function* of_calls(agents, as_of_us) {
  for (const call of open_calls(agents)) {
    if (!(as_of_us - time_us(call?.started_at) > OPEN_US)) continue;
    const began = {sequence: call.sequence, at: call.started_at, agent_id: call.agent_id};
    yield item('tool_open', call.tool_use_id, began, `${text(call.tool_name)} has not come back`, call.agent_id);
  }
}

/** The calls of tools that are open, of all sessions and of none. @param {any} agents @returns {any[]} */
export function open_calls(agents) {
  return [...list(agents?.sessions), agents].flatMap((holder) => list(holder?.open_calls));
}

/** @param {string} kind @param {unknown} subject that its key goes by; absent: the workflow
 * @param {{sequence: unknown, at: unknown, agent_id?: unknown}} began @param {unknown} title @param {unknown} more
 * @returns {Attention} */
function item(kind, subject, began, title, more) {
  return {
    key: typeof subject === 'string' ? `${kind}:${subject}` : kind,
    kind,
    severity: BAD.has(kind) ? 'bad' : 'warn',
    sequence: typeof began.sequence === 'number' ? began.sequence : 0,
    at: text(began.at),
    ...(typeof began.agent_id === 'string' ? {agent_id: began.agent_id} : {}),
    title: text(title),
    text: text(more),
  };
}

/** @param {unknown} value @returns {any[]} */
const list = (value) => (Array.isArray(value) ? value : []);

/** @param {unknown} value */
const text = (value) => (typeof value === 'string' ? value : '');
