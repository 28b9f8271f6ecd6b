// @ts-check
/* The workflows, the one heard of last first, and at the foot what is known of the log. */

import {h} from '../dom.js';
import {ago, clock, counted, line_of, sentence, time_us, visible, whole_number} from '../format.js';
import {is_person} from '../hues.js';
import {icon} from '../icons.js';

/** @typedef {import('../model.js').Model} Model */
/** @typedef {import('../model.js').Actions} Actions */
/** @typedef {import('../model.js').Workflow} Workflow */

const SEARCH_FROM = 12;
/* More segments than this stand without gaps. */
const SEGMENTS_APART = 20;

/** What a status looks like: icon, tone, and the word. @type {Record<string, [string, string, string]>} */
export const STATUS = {
  running: ['running', 'run', 'Running'],
  paused: ['paused', 'warn', 'Waiting'],
  completed: ['completed', 'ok', 'Completed'],
  failed: ['failed', 'bad', 'Failed'],
};
/** @type {[string, string, string]} */
export const NO_STATUS = ['planned', 'idle', 'Recorded'];

/** @param {Workflow} workflow */
const name_of = (workflow) => line_of(workflow.name ?? workflow.workflow_id, 200);

/** @param {string} text @param {Workflow} workflow */
function holds(text, workflow) {
  const words = text.toLowerCase().split(/\s+/);
  const all = `${workflow.name ?? ''} ${workflow.workflow_id} ${workflow.status ?? ''}`.toLowerCase();
  return words.every((word) => all.includes(word));
}

/** A segment a feature. @param {string[]} features @param {string} [css] */
export function segments(features, css = '') {
  const list = features.length > 0 ? features : [''];
  const room = list.length > SEGMENTS_APART ? 'many' : '';
  return h('div', {class: `segs ${room} ${css}`, 'aria-hidden': 'true'},
    list.map((status) => h('i', {class: status})));
}

/** @param {Workflow} workflow */
function flag(workflow) {
  const {count, severity} = workflow.attention;
  if (!count) return null;
  const words = `${count} need${count === 1 ? 's' : ''} attention`;
  return h('span', {class: `flag ${severity === 'bad' ? 'bad' : ''}`, title: words}, icon('warning', 's'),
    String(count), h('span', {class: 'sr'}, ' ', words));
}

/** @param {Workflow} workflow */
function at_work(workflow) {
  const count = workflow.agents_active.filter((agent) => !is_person(agent)).length;
  if (workflow.status === 'running' || (!workflow.status && count)) {
    return count ? `${count} agent${count === 1 ? '' : 's'} at work` : 'No agent at work';
  }
  return STATUS[workflow.status ?? '']?.[2] ?? 'No agent at work';
}

/** @param {Workflow} workflow @param {Model} model @param {Actions} actions @param {number} now_us */
function item(workflow, model, actions, now_us) {
  const [shape, tone, word] = STATUS[workflow.status ?? ''] ?? NO_STATUS;
  const progress = workflow.features_total ? `${workflow.features_completed}/${workflow.features_total}` :
    counted(workflow.events, 'event');
  const current = workflow.workflow_id === model.workflow_id ? 'true' : null;
  const name = name_of(workflow);
  return h('li', {key: workflow.workflow_id},
    h('button', {class: 'wf', 'aria-current': current, on: {click: () => actions.open(workflow.workflow_id)}},
      h('div', {class: 'l1'},
        icon(shape, `${tone} ${shape === 'running' ? 'spin' : ''}`),
        h('span', {class: 'sr'}, word),
        h('span', {class: 'grow said', title: name}, name),
        flag(workflow)),
      h('div', {class: 'l2'},
        workflow.name === undefined ? null : h('span', {class: 'mono cut grow said'}, visible(workflow.workflow_id)),
        h('span', null, progress)),
      segments(workflow.features),
      h('div', {class: 'l2'},
        h('span', {class: 'cut grow'}, at_work(workflow)),
        h('span', null, ago(now_us - time_us(workflow.last_at))))));
}

/** @param {Model} model @param {Actions} actions */
function search(model, actions) {
  if (model.workflows.length <= SEARCH_FROM && !model.sidebar_filter) return null;
  return h('div', {class: 'find', key: 'find'}, icon('search', 's'),
    h('input', {
      type: 'search',
      placeholder: 'Find a workflow',
      'aria-label': 'Find a workflow',
      spellcheck: 'false',
      dom: {value: model.sidebar_filter},
      on: {input: (/** @type {any} */ event) => actions.sidebar_search(event.target.value)},
    }));
}

/** Icon, tone, and what a click is for. @type {Record<Model['verification']['state'], [string, string]>} */
const CHAIN = {
  unknown: ['verified', 'idle'],
  checking: ['verified', 'idle beat'],
  intact: ['verified', 'ok'],
  damaged: ['damaged', 'bad'],
  failed: ['damaged', 'warn'],
};

/** @type {Record<Model['connection'], [string, string]>} */
const STREAM = {
  connecting: ['idle beat', 'Connecting'],
  live: ['ok', 'Live'],
  behind: ['run beat', 'Catching up'],
  reconnecting: ['warn beat', 'Reconnecting'],
  failed: ['bad', 'Not connected, trying again'],
};

/** @param {Model} model @param {Actions} actions */
function foot(model, actions) {
  const [shape, tone] = CHAIN[model.verification.state];
  const [stream_tone, words] = STREAM[model.connection];
  const position = model.connection === 'failed' ? '' : `, position ${whole_number(model.position)}`;
  const at = model.copied_at;
  const copied = at === null ? null : `A copy of ${at.slice(0, 10)}, ${clock(time_us(at))} UTC`;
  return h('div', {class: 'side-foot', key: 'foot'},
    model.workflow_id === null || copied ? null :
      h('button', {class: 'foot-row', title: 'Verify the chain of hashes now', on: {click: actions.verify}},
        icon(shape, `s ${tone}`), h('span', {class: 'said'}, model.verification.text)),
    h('div', {class: 'foot-row'},
      h('span', {class: `state ${copied ? 'idle' : stream_tone}`, 'aria-hidden': 'true'}),
      h('span', null, h('span', {role: 'status'}, copied ?? words), copied ? null : position)));
}

/** @param {Model} model */
function none(model) {
  if (model.workflows_state === 'loading') return h('p', {class: 'side-none'}, 'Reading the log');
  if (model.workflows_state === 'failed') return h('p', {class: 'side-none bad'}, sentence(model.workflows_problem));
  if (model.workflows.length === 0) return h('p', {class: 'side-none'}, 'None yet');
  return h('p', {class: 'side-none'}, 'None holds these words');
}

/** @param {Model} model @param {Actions} actions @param {number} now_us the clock's, whatever the point is */
export function sidebar(model, actions, now_us) {
  const words = model.sidebar_filter.trim();
  const shown = words ? model.workflows.filter((one) => holds(words, one)) : model.workflows;
  const attention = model.workflows.reduce((sum, workflow) => sum + workflow.attention.count, 0);
  return [
    h('div', {class: 'brand', key: 'brand'},
      mark(), h('b', null, 'jc'), h('span', {class: 'dim grow'}, 'flight recorder'),
      h('button', {class: 'btn sq only-s', 'aria-label': 'Close the list', on: {click: () => actions.sidebar(false)}},
        icon('close'))),
    h('div', {class: 'sect', key: 'sect'}, h('h2', {class: 'cap'}, 'Workflows'),
      attention ? h('span', {class: 'cap'}, `${attention} need${attention === 1 ? 's' : ''} attention`) : null),
    search(model, actions),
    shown.length === 0 ? none(model) :
      h('ul', {id: 'wfs', key: 'list'}, shown.map((workflow) => item(workflow, model, actions, now_us))),
    foot(model, actions),
  ];
}

/** The recorder: a reel with its needle. */
function mark() {
  return h('svg', {class: 'i mark', viewBox: '0 0 20 20', 'aria-hidden': 'true'},
    h('circle', {cx: 10, cy: 10, r: 7.25}), h('path', {d: 'M10 2.75v4M17.25 10h-4M10 10h.01'}));
}
