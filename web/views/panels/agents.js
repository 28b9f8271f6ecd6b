// @ts-check
/* Agents, each with its subagents below it: what it does at the point, what it cost. */
import {h} from '../../dom.js';
import {clock, counted, line_of, money, short_number, time_us} from '../../format.js';
import {tool_argument, tool_label} from '../../kinds.js';
import {has_ended, open_calls} from '../../attention.js';
import {calls_of, tokens_of, totals_of} from '../../marks.js';
import {changed, dot, leads, nothing, panel, said} from './parts.js';
import {HUE_NONE, is_person} from '../../hues.js';

/** @typedef {import('../../model.js').Model} Model */
/** @typedef {import('../../model.js').Actions} Actions */

const ROWS_MAX = 100;
const DEPTH_SHOWN_MAX = 4;
const SPANS_LOOKED_AT_MAX = 4000;

/** @param {Model} model @param {Actions} actions */
export function agents(model, actions) {
  const tree = in_tree(model.states?.agents?.agents ?? []);
  if (tree.length === 0) return panel({title: 'Agents'}, nothing(model, 'agents', 'One appears with its first event.'));
  const {cost_usd} = totals_of(model.states);
  const dearest = Math.max(...tree.map(({agent}) => cost_of(agent)));
  const calls = calls_by_agent(model);
  const mark = model.marks.keys.has('metric:cost') ? 'chgt' : '';
  const more = cost_usd > 0 ? h('span', {class: `cap num ${mark}`}, money(cost_usd)) : null;
  return panel({title: 'Agents', count: tree.length, more},
    h('div', {class: 'pb'},
      h('ul', null, tree.slice(0, ROWS_MAX).map(({agent, depth}) =>
        agent_row(model, actions, agent, depth, dearest, calls.get(agent.agent_id) ?? []))),
      tree.length > ROWS_MAX ? h('p', {class: 'cap rest'}, `and ${tree.length - ROWS_MAX} more`) : null));
}

/** Parents before their subagents, which keep the order in which they came up.
 * @param {any[]} list @returns {{agent: any, depth: number}[]} */
export function in_tree(list) {
  const ids = new Set(list.map((each) => each.agent_id));
  /** @type {Map<string | undefined, any[]>} */
  const children = new Map();
  for (const agent of list) {
    const parent = ids.has(agent.parent_agent_id) ? agent.parent_agent_id : undefined;
    const siblings = children.get(parent);
    if (siblings) siblings.push(agent);
    else children.set(parent, [agent]);
  }
  /** @type {{agent: any, depth: number}[]} */
  const rows = [];
  const placed = new Set();
  /** @param {any} agent @param {number} depth */
  const place = (agent, depth) => {
    if (placed.has(agent)) return;
    placed.add(agent);
    rows.push({agent, depth});
    for (const child of children.get(agent.agent_id) ?? []) place(child, depth + 1);
  };
  for (const agent of children.get(undefined) ?? []) place(agent, 0);
  for (const agent of list) place(agent, 0);
  return rows;
}

/** @param {Model} model */
function calls_by_agent(model) {
  /** @type {Map<string, any[]>} */
  const found = new Map();
  for (const call of open_calls(model.states?.agents)) {
    const before = found.get(call.agent_id);
    if (before) before.push(call);
    else found.set(call.agent_id, [call]);
  }
  return found;
}

/** @param {any} agent */
const cost_of = (agent) => (typeof agent.cost_usd === 'number' ? agent.cost_usd : 0);

/** @param {Model} model @param {Actions} actions @param {any} agent @param {number} depth @param {number} dearest
 * @param {any[]} calls */
function agent_row(model, actions, agent, depth, dearest, calls) {
  const id = agent.agent_id;
  const share = dearest > 0 ? cost_of(agent) / dearest : 0;
  const css = `arow sub-${Math.min(depth, DEPTH_SHOWN_MAX)} ${changed(model, `agent:${id}`)}`;
  const vars = {'--c': `var(${model.hues.get(id) ?? HUE_NONE})`, '--share': share};
  return h('li', {key: id},
    h('button', {...leads(css, () => sequence_of(model, agent, calls), actions), vars},
      h('span', {class: 'nm'}, dot(model, id), said(id, 'cut strong'), said(about(agent, depth), 'cut cap')),
      h('span', {class: 'c num'}, cost_of(agent) > 0 ? money(cost_of(agent)) : ''),
      h('span', {class: 'st cut'}, doing(model, actions, agent, calls)),
      h('span', {class: 't num'}, used(agent)),
      share > 0 ? h('span', {class: 'meter', 'aria-hidden': 'true'}, h('i', null)) : null));
}

/** @param {any} agent @param {number} depth */
function about(agent, depth) {
  if (agent.agent_type && agent.agent_type !== agent.agent_id) return agent.agent_type;
  return agent.model ?? (depth > 0 ? 'subagent' : '');
}

/** "1.03 M tok, 101 tools, 2 errors". @param {any} agent */
function used(agent) {
  const tokens = tokens_of(agent);
  const tools = counted(calls_of(agent), 'tool');
  const errors = agent.errors > 0 ? [', ', h('span', {class: 'bad'}, counted(agent.errors, 'error'))] : null;
  return [tokens > 0 ? `${short_number(tokens)} tok, ${tools}` : tools, errors];
}

/** What it does now, in words. @param {Model} model @param {Actions} actions @param {any} agent @param {any[]} calls */
function doing(model, actions, agent, calls) {
  if (agent.status === 'waiting') {
    const {waiting_for, waiting_message} = agent;
    const what = waiting_for ?? waiting_message;
    return h('span', {class: 'warn'}, waiting_for ? 'waiting for a permission' : 'waiting for you',
      what ? [': ', said(what)] : null);
  }
  if (agent.status === 'ended') return since('ended', agent.status_since);
  if (has_ended(model.states?.workflow) || is_person(agent.agent_id)) return since('last seen', agent.last_seen);
  if (calls.length > 0) return call_words(model, actions, calls);
  if (agent.status === 'active') return h('span', {class: 'run'}, 'thinking');
  return agent.status === 'idle' ? since('idle since', agent.status_since) : '';
}

/** @param {string} word @param {string} timestamp */
const since = (word, timestamp) => `${word} ${clock(time_us(timestamp))}`;

/** @param {Model} model @param {Actions} actions @param {any[]} calls */
function call_words(model, actions, calls) {
  const call = calls[calls.length - 1];
  const sequence = call_sequence(model, call);
  const event = sequence > 0 ? model.events.get(sequence) : undefined;
  if (sequence > 0 && !event) actions.want(sequence, sequence);
  return [
    said(tool_label(line_of(call.tool_name, 60)), 'mid'), ' ',
    event ? h('span', {class: 'mono said'}, tool_argument(event.data)) : null,
    calls.length > 1 ? ` and ${calls.length - 1} more` : null,
  ];
}

/** The start of a call: as its state says, else as its span does. @param {Model} model @param {any} call */
function call_sequence(model, call) {
  if (call.sequence > 0) return call.sequence;
  const from = Math.max(0, model.spans.length - SPANS_LOOKED_AT_MAX);
  for (let i = model.spans.length - 1; i >= from; i--) {
    if (model.spans[i].kind === 'tool' && model.spans[i].key === call.tool_use_id) return model.spans[i].sequence;
  }
  return 0;
}

/** Where a click on an agent leads: what it does, else its last event up to the point.
 * @param {Model} model @param {any} agent @param {any[]} calls */
function sequence_of(model, agent, calls) {
  const open = calls.length > 0 ? call_sequence(model, calls[calls.length - 1]) : 0;
  if (open > 0) return open;
  const index = model.columns.agent_names.indexOf(agent.agent_id);
  for (let sequence = model.point; sequence > 0 && index >= 0; sequence--) {
    if (model.columns.agents[sequence - 1] === index) return sequence;
  }
  return model.point;
}
