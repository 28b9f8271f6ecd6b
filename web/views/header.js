// @ts-check
/* The workflow at the point: status, name, where it stands, what it took, who works; and the tabs. */

import {open_calls} from '../attention.js';
import {h} from '../dom.js';
import {duration, line_of, money, short_number, time_us, visible, whole_number} from '../format.js';
import {is_person} from '../hues.js';
import {icon} from '../icons.js';
import {status_look, tool_label} from '../kinds.js';
import {totals_of} from '../marks.js';
import {changes_since} from '../spans.js';
import {VIEWS} from '../url.js';
import {NO_STATUS, segments, STATUS} from './sidebar.js';
import {workers_line} from './workers.js';

/** @typedef {import('../model.js').Model} Model */
/** @typedef {import('../model.js').Actions} Actions */

const PHASES_MAX = 4;

/** @type {Record<Model['view'], string>} */
const TITLES = {overview: 'Overview', timeline: 'Timeline', events: 'Events', notes: 'Notes', trace: 'Trace'};

/** @param {Model} model */
export function title_of(model) {
  const listed = model.workflows.find((workflow) => workflow.workflow_id === model.workflow_id);
  const workflow = model.states?.workflow;
  return line_of(workflow?.description ?? workflow?.name ?? listed?.name ?? model.workflow_id ?? '');
}

/** The status at the point: the workflow's own, else that of its sessions. @param {Model} model */
function status_of(model) {
  const status = model.states?.workflow?.status;
  if (status) return status;
  const sessions = model.states?.agents?.sessions ?? [];
  if (sessions.length === 0) return undefined;
  return sessions.some((/** @type {any} */ session) => session.status !== 'ended') ? 'running' : 'completed';
}

/** @param {Model} model */
function pill(model) {
  if (!model.states) return null;
  const [shape, tone, word] = STATUS[status_of(model)] ?? NO_STATUS;
  const changed = model.marks.keys.has('metric:status') ? 'chgp' : '';
  const turns = shape === 'running' && model.live ? 'spin' : '';
  return h('span', {class: `pill ${tone} ${changed}`}, icon(shape, `s ${turns}`), word);
}

/**
 * A button that is an icon.
 * @param {string} shape @param {string} label @param {string} key that does the same
 * @param {() => void} click @param {string} [css]
 */
function square(shape, label, key, click, css = '') {
  const title = key ? `${label}  ${key}` : label;
  return h('button', {class: `btn sq ${css}`, 'aria-label': label, title, on: {click}}, icon(shape));
}

/** @param {Model} model @param {Actions} actions */
function title_row(model, actions) {
  const id = model.workflow_id ?? '';
  const title = title_of(model);
  return h('div', {class: 'title', key: 'title'},
    square('menu', 'Workflows', '', () => actions.sidebar(true), 'only-s'),
    pill(model),
    h('h1', {class: 'cut said', title}, title),
    title === line_of(id) ? null : h('button', {
      class: 'mono wf-id cut said not-s', title: 'Copy the id', on: {click: () => actions.copy(id, 'Id')},
    }, visible(id)),
    h('span', {class: 'grow'}),
    model.copied_at === null && model.loading === 'ready' ?
      h('button', {class: 'btn not-s', title: 'This page in one file', on: {click: actions.export_page}},
        icon('export'), 'Export') : null,
    square('theme', 'Light or dark', 't', actions.theme_toggle),
    square('keyboard', 'Keyboard', '?', () => actions.help(true), 'not-s'));
}

/** @type {{spans: import('../model.js').Span[] | null, revision: number, phases: import('../model.js').Span[]}} */
const phase_spans = {spans: null, revision: -1, phases: []};

/** @param {import('../model.js').Span} span */
const is_phase = (span) => span.kind === 'phase';

/** Spans of phases, looked for again only when one of them may have changed. @param {Model} model */
function phase_spans_of({spans, spans_revision}) {
  const is_same = phase_spans.spans === spans;
  if (is_same && phase_spans.revision === spans_revision) return phase_spans.phases;
  const changes = is_same ? changes_since(spans, phase_spans.revision) : null;
  if (!changes || changes.spans.some(is_phase)) phase_spans.phases = spans.filter(is_phase);
  phase_spans.spans = spans;
  phase_spans.revision = spans_revision;
  return phase_spans.phases;
}

/**
 * All phases of the workflow, each once, in the order in which they were first entered; a few around the current one.
 * Those behind the point stand there as what is to come, so that nothing jumps while the point moves.
 * @param {Model} model @param {string | undefined} current
 */
function phases_of(model, current) {
  /** @type {Map<string, boolean>} whether it was entered up to the point */
  const seen = new Map();
  for (const {name, sequence} of phase_spans_of(model)) seen.set(name, seen.get(name) || sequence <= model.point);
  if (current !== undefined) seen.set(current, true);
  const list = [...seen].map(([name, entered]) => ({name, entered}));
  const at = Math.max(0, list.findIndex((phase) => phase.name === current));
  const from = Math.max(0, Math.min(at - PHASES_MAX + 2, list.length - PHASES_MAX));
  return list.slice(from, from + PHASES_MAX);
}

/** @param {Model} model */
function phase_steps(model) {
  const current = model.states?.workflow?.phase;
  const phases = phases_of(model, current);
  if (phases.length === 0) return null;
  const now = status_look(status_of(model));
  const steps = phases.flatMap(({name, entered}, index) => {
    const on = name === current;
    const [shape, tone] = on ? now : entered ? ['completed', 'ok'] : ['planned', 'idle'];
    const changed = on && model.marks.keys.has('metric:phase');
    return [
      index > 0 ? h('u', null) : null,
      h('span', {class: `step ${on ? 'on' : ''} ${changed ? 'chgt' : ''}`, 'aria-current': on ? 'step' : null},
        icon(shape, `s ${tone}`), line_of(name, 40)),
    ];
  });
  return metric('Phase', 'p', h('div', {class: 'steps'}, steps));
}

/** @param {string} caption @param {string} css @param {...any} value */
function metric(caption, css, ...value) {
  return h('div', {class: `m ${css}`, key: caption},
    h('div', {class: 'cap'}, caption),
    h('div', {class: 'v'}, ...value));
}

/** @param {Model} model @param {string} name */
const mark = (model, name) => (model.marks.keys.has(`metric:${name}`) ? 'chgt' : '');

/** @param {Model} model */
function progress(model) {
  const workflow = model.states?.workflow;
  /** @type {any[]} */
  const features = workflow?.features ?? [];
  if (features.length === 0) {
    const turns = agents_of(model).reduce((sum, agent) => sum + (agent.turns ?? 0), 0);
    if (!workflow?.status && turns) return metric('Turns', '', h('span', null, whole_number(turns)));
    return metric('Progress', '', h('small', null, 'nothing planned yet'));
  }
  const done = workflow.features_completed ?? 0;
  const total = workflow.features_total ?? features.length;
  return metric('Progress', '', h('span', {class: mark(model, 'progress')}, `${done}/${total}`),
    segments(features.slice(0, 60).map((feature) => feature.status), 'bar'));
}

/** How long it has run at the point. @param {Model} model */
function elapsed(model) {
  const {columns} = model;
  if (columns.count === 0) return '';
  const {started_at, completed_at} = model.states?.workflow ?? {};
  const started_us = started_at ? time_us(started_at) : columns.times_us[0];
  const status = status_of(model);
  const goes_on = status === 'running' || status === 'paused';
  const last_us = goes_on ? model.as_of_us : columns.times_us[model.point - 1];
  const until_us = completed_at ? time_us(completed_at) : last_us;
  return duration(Math.max(0, until_us - started_us) / 1000);
}

/** @param {Model} model @returns {any[]} */
const agents_of = (model) => model.states?.agents?.agents ?? [];

/** What an agent does, in a few words. @param {any} agent @param {any[]} calls */
function doing(agent, calls) {
  if (agent.status === 'waiting') return agent.waiting_for ? 'waits for a permission' : 'waits for you';
  const call = calls.findLast((one) => one.agent_id === agent.agent_id);
  return call ? tool_label(line_of(call.tool_name, 24)) : 'thinking';
}

/** @param {any} agent */
function is_at_work({status, agent_id}) {
  return (status === 'active' || status === 'waiting') && !is_person(agent_id);
}

/** @param {Model} model */
function workers(model) {
  const status = status_of(model);
  const ended = status === 'completed' || status === 'failed';
  const list = ended ? [] : agents_of(model).filter(is_at_work);
  const calls = open_calls(model.states?.agents);
  const caption = model.live ? 'Agents at work' : 'Agents at work then';
  if (list.length === 0) return metric(caption, 'w', h('small', null, 'None'));
  return metric(caption, 'w', workers_line(list.map((agent) => ({
    agent_id: agent.agent_id,
    name: line_of(agent.agent_id, 40),
    hue: model.hues.get(agent.agent_id) ?? '--agent-none',
    is_sub: agent.parent_agent_id !== undefined,
    does: doing(agent, calls),
  }))));
}

/** @param {Model} model */
function strip(model) {
  const {cost_usd, tokens, output} = totals_of(model.states);
  const phase = phase_steps(model);
  return h('div', {class: phase ? 'strip' : 'strip no-phase', key: 'strip'},
    phase,
    progress(model),
    metric('Elapsed', '', h('span', null, elapsed(model))),
    metric('Cost', '', h('span', {class: mark(model, 'cost')}, money(cost_usd))),
    metric('Tokens', '',
      h('span', {class: mark(model, 'tokens')}, short_number(tokens)),
      h('small', {class: 'not-s'}, `${short_number(output)} out`)),
    workers(model));
}

/** @param {Model} model @returns {Partial<Record<Model['view'], number>>} */
function counts(model) {
  const notes = model.states?.notes?.notes?.length;
  return {events: model.point, ...(notes === undefined ? {} : {notes})};
}

/**
 * Arrows move between tabs, as everywhere.
 * @param {KeyboardEvent} event @param {Model} model @param {Actions} actions
 */
function tab_key(event, model, actions) {
  const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
  const at = event.key === 'Home' ? 0 : event.key === 'End' ? VIEWS.length - 1 : VIEWS.indexOf(model.view) + by;
  if (at === VIEWS.indexOf(model.view) || !VIEWS[at]) return;
  event.preventDefault();
  actions.show(VIEWS[at]);
  /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.currentTarget).children[at])?.focus();
}

/** @param {Model} model @param {Actions} actions */
function tabs(model, actions) {
  const count = counts(model);
  const keydown = (/** @type {any} */ event) => tab_key(event, model, actions);
  return h('div', {class: 'tabs-row', key: 'tabs'},
    h('div', {class: 'tabs', role: 'tablist', 'aria-label': 'Views', on: {keydown}},
      VIEWS.map((view) => h('button', {
        class: 'tab',
        role: 'tab',
        key: view,
        id: `tab-${view}`,
        'aria-selected': String(view === model.view),
        'aria-controls': 'view',
        tabindex: view === model.view ? 0 : -1,
        on: {click: () => actions.show(view)},
      }, TITLES[view], count[view] === undefined ? null : h('span', {class: 'n'}, whole_number(count[view] ?? 0))))),
    model.view === 'events' ? null : find(actions));
}

/** The search box of the events view, everywhere else: Enter opens it. @param {Actions} actions */
function find(actions) {
  const search = (/** @type {any} */ event) => {
    if (event.key !== 'Enter') return;
    actions.filter({q: event.target.value});
    actions.show('events');
  };
  return h('label', {class: 'find head-find not-s', key: 'find'}, icon('search', 's'),
    h('input', {
      type: 'search',
      id: 'find',
      placeholder: 'Search events',
      'aria-label': 'Search events',
      spellcheck: 'false',
      on: {keydown: search},
    }),
    h('kbd', {'aria-hidden': 'true'}, '/'));
}

/** @param {Model} model @param {Actions} actions */
export function header(model, actions) {
  if (model.workflow_id === null) return [bare(actions)];
  if (model.loading === 'missing' || model.loading === 'failed') return [title_row(model, actions)];
  return [title_row(model, actions), strip(model), tabs(model, actions)];
}

/** @param {Actions} actions */
function bare(actions) {
  return h('div', {class: 'title bare', key: 'title'},
    square('menu', 'Workflows', '', () => actions.sidebar(true), 'only-s'),
    h('h1', null, 'Flight recorder'),
    h('span', {class: 'grow'}),
    square('theme', 'Light or dark', 't', actions.theme_toggle));
}
