// @ts-check
/* What changed between two points: the rows to mark, and what to say of it. Pure.
 *
 * States of a page share what did not change, so most of a comparison is one of identity; only what is another
 * object is looked into, and only at what a row shows. */
import {counted, money} from './format.js';
import {messages_of, receipt_of} from './messages.js';

/** @typedef {import('./model.js').States} States */
/** @typedef {import('./model.js').Attention} Attention */

/** @type {import('./model.js').Marks} nothing changed */
export const NO_MARKS = {keys: new Set(), summary: []};

/**
 * @param {States | null} before @param {States | null} after
 * @param {Attention[]} attention_before @param {Attention[]} attention_after
 * @returns {import('./model.js').Marks}
 */
export function marks_between(before, after, attention_before, attention_after) {
  if (!before || !after || before === after) return NO_MARKS;
  /** @type {Set<string>} */
  const keys = new Set();
  const summary = [
    ...compare_workflow(before.workflow, after.workflow, keys),
    ...compare_notes(before.notes, after.notes, keys),
    ...compare_messages(before.mailbox, after.mailbox, keys),
    ...compare_totals(before, after, keys),
    ...compare_counts(before.workflow, after.workflow),
  ];
  compare_agents(before.agents, after.agents, keys);
  const known = new Set(attention_before.map((each) => each.key));
  for (const each of attention_after) if (!known.has(each.key)) keys.add(`attention:${each.key}`);
  return {keys, summary};
}

/** @param {any} before @param {any} after @param {Set<string>} keys */
function compare_workflow(before, after, keys) {
  if (before === after) return [];
  const said = [];
  for (const metric of ['status', 'phase']) {
    if (before?.[metric] === after?.[metric]) continue;
    keys.add(`metric:${metric}`);
    if (typeof after?.[metric] === 'string') said.push(after[metric]);
  }
  if (before?.features_completed !== after?.features_completed || before?.features_total !== after?.features_total) {
    keys.add('metric:progress');
  }
  return [...said, ...compare_features(list(before?.features), list(after?.features), keys)];
}

const FEATURE_STATUSES = ['completed', 'failed', 'started', 'planned'];

/** @param {any[]} before @param {any[]} after @param {Set<string>} keys */
function compare_features(before, after, keys) {
  if (before === after) return [];
  const known = new Map(before.map((each) => [each?.name, each]));
  /** @type {Map<string, number>} */
  const moved = new Map();
  for (const feature of after) {
    const old = known.get(feature?.name);
    if (old === feature || (old && same(feature_look(old), feature_look(feature)))) continue;
    keys.add(`feature:${feature?.name}`);
    if (old?.status !== feature?.status) moved.set(feature?.status, (moved.get(feature?.status) ?? 0) + 1);
  }
  return FEATURE_STATUSES.filter((status) => moved.has(status)).map((status) => `${moved.get(status)} ${status}`);
}

/** @param {any} feature */
const feature_look = (feature) =>
  [feature.status, feature.attempts, feature.error, feature.tests_passing, feature.cost_usd, feature.description];

/** @param {any} before @param {any} after @param {Set<string>} keys */
function compare_notes(before, after, keys) {
  const old = list(before?.notes);
  const now = list(after?.notes);
  if (old === now) return [];
  /* Notes are only ever added behind the others, so each stands where it stood: no map of 100,000 is needed. */
  for (let i = 0; i < now.length; i++) {
    const was = old[i];
    if (now[i] === was) continue;
    if (was?.id !== now[i]?.id || was?.answered_at !== now[i]?.answered_at) keys.add(`note:${now[i]?.id}`);
  }
  return said_number(now.length - old.length, 'note');
}

/** @param {any} before @param {any} after @param {Set<string>} keys */
function compare_messages(before, after, keys) {
  if (before === after) return [];
  const old = messages_of(before);
  const now = messages_of(after);
  const known = new Map(old.map((each) => [each.id, receipt_of(each)]));
  let answered = 0;
  for (const message of now) {
    const was = known.get(message.id);
    const is = receipt_of(message);
    if (was === is) continue;
    keys.add(`message:${message.key}`);
    if (was !== undefined && is === 'answered') answered++;
  }
  return [...said_number(now.length - old.length, 'message'), ...said_number(answered, 'answer')];
}

/** @param {States} before @param {States} after @param {Set<string>} keys */
function compare_totals(before, after, keys) {
  const old = totals_of(before);
  const now = totals_of(after);
  if (old.tokens !== now.tokens) keys.add('metric:tokens');
  const more = now.cost_usd - old.cost_usd;
  if (Math.abs(more) < 0.00005) return [];
  keys.add('metric:cost');
  return [`${more > 0 ? '+' : ''}${money(more)}`];
}

/** @param {any} before @param {any} after */
function compare_counts(before, after) {
  return [
    ...said_number(list(after?.commits).length - list(before?.commits).length, 'commit'),
    ...said_number(count_of(after?.tests?.failed) - count_of(before?.tests?.failed), 'failed test', 'failed tests'),
  ];
}

/** @param {any} before @param {any} after @param {Set<string>} keys */
function compare_agents(before, after, keys) {
  if (before === after) return;
  const known = new Map(list(before?.agents).map((each) => [each?.agent_id, each]));
  for (const agent of list(after?.agents)) {
    const old = known.get(agent?.agent_id);
    if (old === agent || (old && same(agent_look(old), agent_look(agent)))) continue;
    keys.add(`agent:${agent?.agent_id}`);
  }
}

/** @param {any} agent */
const agent_look = (agent) => [agent.status, agent.open_calls, agent.waiting_for, agent.waiting_message, agent.errors,
  agent.cost_usd, agent.tokens, calls_of(agent)];

/** How many calls of tools an agent has made. @param {any} agent */
export function calls_of(agent) {
  return list(agent?.tools).reduce((sum, tool) => sum + count_of(tool?.calls), 0);
}

/** @type {WeakMap<object, {cost_usd: number, tokens: number, output: number}>} */
const totals = new WeakMap();

/** What all agents cost and used, each response counted once; what features say they cost when no agent tells.
 * @param {States | null} states */
export function totals_of(states) {
  const agents = states?.agents;
  if (typeof agents !== 'object' || agents === null) return {cost_usd: 0, tokens: 0, output: 0};
  let sums = totals.get(agents);
  if (!sums) {
    sums = {cost_usd: 0, tokens: 0, output: 0};
    for (const agent of list(agents.agents)) {
      sums.cost_usd += count_of(agent?.cost_usd);
      sums.tokens += tokens_of(agent);
      sums.output += count_of(agent?.tokens?.output);
    }
    totals.set(agents, sums);
  }
  return sums.cost_usd > 0 ? sums : {...sums, cost_usd: count_of(states?.workflow?.cost_usd)};
}

/** All tokens of an agent: read, written, and from and into caches. @param {any} agent */
export function tokens_of(agent) {
  const tokens = agent?.tokens;
  if (typeof tokens !== 'object' || tokens === null) return 0;
  return Object.values(tokens).reduce((/** @type {number} */ sum, each) => sum + count_of(each), 0);
}

/** @param {number} more @param {string} noun @param {string} [plural] */
function said_number(more, noun, plural) {
  if (more === 0) return [];
  return [more > 0 ? counted(more, noun, plural) : `${counted(-more, noun, plural)} fewer`];
}

/** @param {unknown[]} a @param {unknown[]} b */
const same = (a, b) => a.every((each, i) => each === b[i] || JSON.stringify(each) === JSON.stringify(b[i]));

/** @param {unknown} value */
const count_of = (value) => (typeof value === 'number' && Number.isFinite(value) ? value : 0);

/** @type {any[]} */
const NONE = [];

/** @param {unknown} value @returns {any[]} */
const list = (value) => (Array.isArray(value) ? value : NONE);
