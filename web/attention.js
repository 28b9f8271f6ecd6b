// @ts-check
/* What a person should look at, derived from the states at a point: docs/API.md, "Attention". Pure.
 *
 * The server derives the same from the same states; the texts here are its texts. */
import {time_us} from './format.js';

/** @typedef {import('./model.js').Attention} Attention */

const UNREAD_US = 60e6;
const OPEN_US = 120e6;

/**
 * @param {import('./model.js').States | null} states @param {number} as_of_us
 * @returns {Attention[]} bad before warn, the newest first
 */
export function attention_of(states, as_of_us) {
  if (!states) return [];
  const found = [...of_workflow(states.workflow), ...of_features(states.workflow), ...of_notes(states.notes)];
  if (!has_ended(states.workflow)) {
    found.push(...of_agents(states.agents));
    found.push(...of_messages(states.mailbox, as_of_us));
    found.push(...of_calls(states.agents, as_of_us));
  }
  return found.sort(worst_first);
}

/** Is the workflow over? @param {any} workflow */
export const has_ended = (workflow) => workflow?.status === 'completed' || workflow?.status === 'failed';

/** @param {Attention} a @param {Attention} b */
function worst_first(a, b) {
  if (a.severity !== b.severity) return a.severity === 'bad' ? -1 : 1;
  if (a.at !== b.at) return a.at > b.at ? -1 : 1;
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

/** @param {any} workflow */
function* of_workflow(workflow) {
  const at = text(workflow?.status_since) || text(workflow?.completed_at) || text(workflow?.last_event?.timestamp);
  const sequence = workflow?.status_sequence ?? workflow?.last_event?.sequence;
  const {status, error, pause_reason} = workflow ?? {};
  if (status === 'failed') yield item('workflow_failed', '', sequence, at, '', 'Workflow failed', error);
  if (status === 'paused') yield item('workflow_paused', '', sequence, at, '', 'Paused', pause_reason);
}

/** @param {any} workflow */
function* of_features(workflow) {
  for (const feature of list(workflow?.features)) {
    if (feature?.status !== 'failed') continue;
    const name = text(feature.name);
    const at = text(feature.status_since) || text(feature.started_at);
    yield item('feature_failed', name, feature.status_sequence, at, '', `${name} failed`, feature.error);
  }
}

/** @param {any} notes */
function* of_notes(notes) {
  for (const note of list(notes?.notes)) {
    const category = note?.category;
    if ((category !== 'question' && category !== 'blocker') || note.answered_at !== undefined) continue;
    yield item(category, text(note.id), note.sequence, note.created_at, note.agent_id, note.title, note.content);
  }
}

/** @param {any} agents */
function* of_agents(agents) {
  for (const agent of list(agents?.agents)) {
    if (agent?.status !== 'waiting') continue;
    const id = text(agent.agent_id);
    const at = text(agent.waiting_since) || text(agent.status_since);
    yield item('permission', id, agent.waiting_sequence, at, id, `${id} waits for a permission`, agent.waiting_for);
  }
}

/** @param {any} mailbox @param {number} as_of_us */
function* of_messages(mailbox, as_of_us) {
  const agents = mailbox?.agents;
  if (typeof agents !== 'object' || agents === null) return;
  for (const name of Object.keys(agents)) {
    for (const message of list(agents[name]?.inbox)) {
      if (message?.acknowledged_at !== undefined || message?.completed_at !== undefined) continue;
      const at = message?.received_at ?? message?.sent_at;
      if (!(as_of_us - time_us(at) > UNREAD_US)) continue;
      const key = text(message.correlation_id) || text(message.id);
      yield item('message_unread', key, message.sequence, at, name, `Unread by ${name}`, message.content);
    }
  }
}

/** @param {any} agents @param {number} as_of_us */
function* of_calls(agents, as_of_us) {
  for (const call of open_calls(agents)) {
    if (!(as_of_us - time_us(call?.started_at) > OPEN_US)) continue;
    const title = `${text(call.tool_name)} has not come back`;
    const agent = call.agent_id;
    yield item('tool_open', text(call.tool_use_id), call.sequence, call.started_at, agent, title, agent);
  }
}

/** The calls of tools that are open, of all sessions and of none. @param {any} agents @returns {any[]} */
export function open_calls(agents) {
  return [agents, ...list(agents?.sessions)].flatMap((holder) => list(holder?.open_calls));
}

/** @param {string} kind @param {string} key @param {unknown} sequence @param {unknown} at @param {unknown} agent_id
 * @param {unknown} title @param {unknown} more @returns {Attention} */
function item(kind, key, sequence, at, agent_id, title, more) {
  /** @type {Attention} */
  const made = {
    key: `${kind}:${key}`,
    kind,
    severity: BAD.has(kind) ? 'bad' : 'warn',
    sequence: Number(sequence) || 0,
    at: text(at),
    title: text(title),
    text: text(more),
  };
  if (text(agent_id) !== '') made.agent_id = text(agent_id);
  return made;
}

const BAD = new Set(['workflow_failed', 'feature_failed', 'blocker']);

/** @param {unknown} value @returns {any[]} */
const list = (value) => (Array.isArray(value) ? value : []);

/** @param {unknown} value */
const text = (value) => (typeof value === 'string' ? value : '');
