// @ts-check
/* What belongs together: the correlations of the workflow, the tree of causes of one of them with its times, and
 * the event at the point in full. */
import {trace_command} from '../command.js';
import {correlations} from '../correlations.js';
import {h, widget} from '../dom.js';
import {beginning, counted, duration, time_us, visible} from '../format.js';
import {icon} from '../icons.js';
import {is_over} from '../kinds.js';
import {pairs_of} from '../pairs.js';
import {virtual_list} from '../virtual.js';
import {QUIET_US, current_row, quiet_axis, trace_rows, visible_rows} from '../waterfall.js';
import {is_phone} from './event_bits.js';
import {detail_panel} from './events.js';
import {part} from './part.js';
import {gap_stripes, ruler, trace_row} from './trace_rows.js';

/** @typedef {import('../model.js').Model} Model */
/** @typedef {import('../model.js').Actions} Actions */
/** @typedef {import('../model.js').Trace} Trace */
/** @typedef {import('../waterfall.js').TraceRow} TraceRow */
/** @typedef {{model: Model, actions: Actions}} Props */
/** @typedef {import('./part.js').Part<Props, ReturnType<typeof begin>>} Self */

const SEARCHED_ABOVE = 12;
const PICKED_MAX = 300; // correlations in the list of a narrow page
const NOW_STEP_US = 1e6; // how often bars that are open grow
const MANY_ROWS = 4000; // of more, ends are looked for no oftener than that

function begin() {
  return {
    stats: correlations(), words: '',
    /** @type {Set<string>} ids of events whose rows are closed */
    closed: new Set(),
    /** @type {Trace | null} what the rest was made of */
    of: null,
    /** @type {TraceRow[]} */
    rows: [],
    /** @type {number[]} */
    seen: [],
    axis: quiet_axis([], 0),
    /** What is known of ends that are not in the trace, as a text. */
    ends: '',
    /** When ends were last looked for. */
    looked_us: 0,
    /** The last that is known of any row. */
    known_us: 0,
    end_us: 0,
  };
}

/** @param {number} us */
const step_of = (us) => Math.floor(us / NOW_STEP_US) * NOW_STEP_US;

/** @param {Self} self */
function read_trace({state, props: {model}}) {
  const {trace} = model;
  if (!trace) return;
  const ends = `${pairs_of(model).revision} ${is_over(model.workflows, model.workflow_id)}`;
  const looked_us = step_of(model.as_of_us);
  const is_settled = ends === state.ends || (state.rows.length > MANY_ROWS && looked_us === state.looked_us)
    || state.rows.every((row) => row.end_us !== null);
  const is_same = trace === state.of && is_settled;
  if (!is_same) {
    if (trace.correlation_id !== state.of?.correlation_id) state.closed = new Set();
    state.rows = trace_rows(trace.events, (event) => time_us(event.timestamp), known_of(model));
    state.seen = visible_rows(state.rows, state.closed);
    state.known_us = state.rows.reduce((most, row) => Math.max(most, row.end_us ?? row.start_us), 0);
    state.of = trace;
    state.ends = ends;
    state.looked_us = looked_us;
  }
  const end_us = last_us(model, state.known_us);
  /* A point that moves through the past changes no bar, so nothing is made anew then. */
  if (is_same && end_us === state.end_us) return;
  state.end_us = end_us;
  state.axis = quiet_axis(state.rows, end_us);
}

/** @param {Model} model @returns {import('../waterfall.js').Known} */
function known_of(model) {
  const pairs = pairs_of(model);
  return {
    ended_us(event) {
      const took = event.workflow_id === model.workflow_id ? pairs.took_us(event.sequence) : null;
      return took === null ? null : time_us(event.timestamp) + took;
    },
    is_over: (event) => is_over(model.workflows, event.workflow_id),
  };
}

/**
 * Where open bars end: now when the trace is alive, else with the last that is known of it. @param {Model} model
 * @param {number} known_us
 */
function last_us({live, as_of_us}, known_us) {
  const now_us = step_of(as_of_us);
  return live ? Math.max(known_us, Math.min(now_us, known_us + QUIET_US)) : known_us;
}

/**
 * A name for a correlation: what its first event was about, where a span tells. @param {Model} model
 * @param {import('../correlations.js').Correlation} each
 */
function name_of(model, each) {
  const span = pairs_of(model).span(each.first);
  return span?.kind === 'turn' && span.sequence === each.first && span.name ? span.name : '';
}

/** @param {Self} self */
function rail({state, set, props: {model, actions}}) {
  const all = state.stats.update(model.columns);
  const words = state.words.trim().toLowerCase();
  const found = words === '' ? all
    : all.filter((each) => `${each.id} ${name_of(model, each)}`.toLowerCase().includes(words));
  const current = found.findIndex((each) => each.id === model.correlation);
  /** @param {any} event */
  const typed = (event) => set({words: event.target.value});
  return h('section', {class: 'corr-rail', key: 'rail', 'aria-label': 'Correlations'},
    h('h2', {class: 'cap'}, 'Correlations', h('span', {class: 'grow'}), all.length > 1 && String(all.length)),
    matchMedia('(max-width: 1180px)').matches && picker(model, actions, all),
    all.length > SEARCHED_ABOVE && h('label', {class: 'find'}, icon('search', 's'),
      h('input', {type: 'search', placeholder: 'Find one', 'aria-label': 'Find a correlation',
        dom: {value: state.words}, on: {input: typed}})),
    virtual_list({
      key: 'list', id: 'correlations', css: 'corr-list', role: 'listbox', label: 'Correlations', columns: 0,
      count: found.length, current: Math.max(0, current), between: current < 0, moved: model.correlation,
      listed: `${model.workflow_id}/${words}`, follows: false,
      render: (index) => correlation_row(model, actions, found[index]),
      go: (index) => actions.show_trace(found[index].id),
    }));
}

/**
 * The same as a control, where there is no room for a list.
 * @param {Model} model @param {Actions} actions @param {import('../correlations.js').Correlation[]} all
 */
function picker(model, actions, all) {
  const current = all.findIndex((each) => each.id === model.correlation);
  const from = Math.max(0, Math.min(current - PICKED_MAX / 2, all.length - PICKED_MAX));
  const options = all.slice(from, from + PICKED_MAX).map((each) =>
    h('option', {key: each.id, value: each.id, dom: {selected: each.id === model.correlation}},
      beginning(visible(name_of(model, each) || each.id), 80), ` · ${counted(each.count, 'event')}`,
      each.failed > 0 && ` · ${each.failed} failed`));
  /** @param {any} event */
  const chosen = (event) => actions.show_trace(event.target.value);
  return h('select', {class: 'field corr-pick', 'aria-label': 'Correlation', on: {change: chosen}}, options);
}

/** @param {Model} model @param {Actions} actions @param {import('../correlations.js').Correlation} each */
function correlation_row(model, actions, each) {
  const name = name_of(model, each);
  return h('div', {class: 'crl', role: 'option', 'aria-selected': String(each.id === model.correlation),
    title: visible(each.id),
    on: {click: () => actions.show_trace(each.id)}},
  h('b', {class: 'cut said'}, visible(name || each.id)),
  h('span', {class: 'cut'}, counted(each.count, 'event'),
    each.failed > 0 && h('i', {class: 'bad'}, `  ${each.failed} failed`),
    each.to_us > each.from_us && `  ${duration((each.to_us - each.from_us) / 1000)}`));
}

/** @param {Self} self @param {string} id */
function toggle({state, set}, id) {
  const closed = new Set(state.closed);
  if (!closed.delete(id)) closed.add(id);
  set({closed, seen: visible_rows(state.rows, closed)});
}

/** Keys of a tree. @param {Self} self @param {KeyboardEvent} event @param {number} index */
function tree_key(self, event, index) {
  const {state, props: {actions}} = self;
  const at = state.seen[index];
  const row = state.rows[at];
  if (!row || !['ArrowLeft', 'ArrowRight', 'Enter'].includes(event.key)) return false;
  const is_closed = state.closed.has(row.event.id);
  if (event.key === 'Enter') {
    if (row.size > 0) toggle(self, row.event.id);
  } else if (event.key === 'ArrowRight') {
    if (row.size > 0 && is_closed) toggle(self, row.event.id);
    else if (row.size > 0) actions.go(state.rows[at + 1].event.sequence);
  } else if (row.size > 0 && !is_closed) toggle(self, row.event.id);
  else {
    let above = at - 1;
    while (above >= 0 && state.rows[above].depth >= row.depth) above--;
    if (above >= 0) actions.go(state.rows[above].event.sequence);
  }
  return true;
}

/** @param {Self} self */
function tree(self) {
  const {state, props: {model, actions}} = self;
  const {rows, seen, axis} = state;
  const {index: current, between} = current_row(rows, seen, model);
  /** @param {TraceRow} row */
  const go = (row) => {
    if (row.event.workflow_id !== model.workflow_id) return actions.open(row.event.workflow_id);
    actions.go((row.end ?? row.event).sequence);
    if (is_phone()) actions.detail(true);
    return undefined;
  };
  return [
    ruler(axis),
    virtual_list({
      key: 'tree', id: 'trace-tree', css: 'trace-tree', role: 'tree', label: 'Trace', columns: 0, count: seen.length,
      current, between, moved: model.point, listed: model.correlation, follows: model.live || model.player.playing,
      vars: {'--gaps': gap_stripes(axis)},
      render: (index) => {
        const row = rows[seen[index]];
        return trace_row({model, axis, row, is_current: index === current && !between,
          is_closed: state.closed.has(row.event.id),
          go: () => go(row), toggle: () => toggle(self, row.event.id)});
      },
      go: (index) => go(rows[seen[index]]),
      key_down: (event) => tree_key(self, event, current),
    }),
  ];
}

/** @param {Model} model */
function nothing({trace, correlation, columns, loading}) {
  /** @param {string} strong @param {string} [text] */
  const say = (strong, text = '') =>
    h('div', {class: 'empty', key: 'empty'}, icon('trace'), h('b', null, strong), text);
  if (loading === 'loading' || trace?.state === 'loading') return h('div', {class: 'empty', key: 'empty'}, 'Loading…');
  if (columns.correlation_names.length === 0) {
    return say('No correlations', 'Events that carry a correlation_id are shown here as a tree.');
  }
  if (correlation === null) return say('No correlation chosen', 'Choose one at the left, or press g on an event.');
  if (trace?.state === 'failed') return say('The trace could not be read', 'It is tried again as events come.');
  return say('Nothing belongs together here', 'There is no event with this correlation id.');
}

/** @param {string} command @param {Actions} actions */
function command_button(command, actions) {
  const click = () => actions.copy(command, 'Command');
  return h('button', {class: 'btn', type: 'button', title: `Copy ${visible(command)}`, on: {click}},
    icon('command', 's'), h('span', {class: 'mono not-s'}, 'jc trace'), h('span', {class: 'sr'}, 'Copy the command'));
}

/** @param {Self} self */
function tree_panel(self) {
  const {state, set, props: {model, actions}} = self;
  const {correlation} = model;
  const {rows, closed} = state;
  const is_ready = model.trace !== null && model.trace.events.length > 0 && model.trace.correlation_id === correlation;
  const {from_us, to_us} = state.axis;
  const parents = rows.filter((row) => row.size > 0);
  const all_closed = closed.size > 0;
  const fold_all = () => {
    /* What all the rest hangs from stays open. */
    const kept = parents.length > 0 && parents[0].size === rows.length - 1 ? parents[0] : null;
    const now = new Set(all_closed ? [] : parents.filter((row) => row !== kept).map((row) => row.event.id));
    set({closed: now, seen: visible_rows(rows, now)});
  };
  return h('section', {class: 'panel', key: 'tree', 'aria-label': 'Trace'},
    h('div', {class: 'ph'}, h('h2', {class: 'cut mono said'}, visible(correlation ?? 'Trace')),
      is_ready && h('span', {class: 'n'},
        `${counted(model.trace?.events.length ?? 0, 'event')}, ${duration((to_us - from_us) / 1000)}`),
      h('span', {class: 'grow'}),
      is_ready && parents.length > 1 && h('button', {class: 'btn', type: 'button', on: {click: fold_all},
        'aria-label': all_closed ? 'Open all' : 'Close all'},
        icon(all_closed ? 'expand' : 'collapse', 's'),
        h('span', {class: 'not-s'}, all_closed ? 'Open all' : 'Close all')),
      correlation !== null && command_button(trace_command(correlation), actions)),
    is_ready ? tree(self) : nothing(model));
}

const TRACE = part('trace-view', begin, (/** @type {Self} */ self) => {
  read_trace(self);
  return [rail(self), tree_panel(self), detail_panel(self.props.model, self.props.actions)];
});

/** @param {Model} model @param {Actions} actions */
export function trace(model, actions) {
  return widget('div', TRACE, {key: 'trace', model, actions});
}
