// @ts-check
/* All events of the workflow: what is searched for and filtered, the rows, and the event at the point in full. */
import {h, widget} from '../dom.js';
import {count_up_to, selection, tally} from '../filter.js';
import {counted, visible, whole_number} from '../format.js';
import {grouping} from '../groups.js';
import {HUE_NONE} from '../hues.js';
import {icon} from '../icons.js';
import {KINDS} from '../kinds.js';
import {pairs_of} from '../pairs.js';
import {virtual_list} from '../virtual.js';
import {event_detail} from './detail.js';
import {is_phone} from './event_bits.js';
import {event_row} from './event_rows.js';
import {part} from './part.js';

/** @typedef {import('../model.js').Model} Model */
/** @typedef {import('../model.js').Actions} Actions */
/** @typedef {import('../dom.js').Child} Child */
/** @typedef {{model: Model, actions: Actions}} Props */
/** @typedef {import('./part.js').Part<Props, ReturnType<typeof begin>>} Self */

/* Below that, the whole story is a few screens and every event may count; above, most rows are calls of tools. */
const GROUPED_ABOVE = 200;
const AGENTS_SHOWN = 6;
const KEPT = 'jc-grouped';
const SETTLED_MS = 80;
const NEAR = 256; // missing events so close to each other are loaded with what is between
const COLUMNS = 6;

/** @returns {boolean | null} what a person chose */
function kept_choice() {
  try {
    const kept = localStorage.getItem(KEPT);
    return kept === null ? null : kept === 'true';
  } catch {
    return null;
  }
}

/** @param {boolean} grouped */
function keep_choice(grouped) {
  try {
    localStorage.setItem(KEPT, String(grouped));
  } catch {
    /* Without storage the choice lasts as long as the page. */
  }
}

function begin() {
  return {
    selected: selection(), counts: tally(), groups: grouping(), all_agents: false,
    /** @type {boolean | null} */
    chosen: kept_choice(),
    /** @type {string | null} the workflow for which it was decided, and what */
    decided_for: null,
    decided: true,
    want: wanting(),
  };
}

/** Ask for events that are missing: at once, but while rows fly past only when they have come to rest. */
function wanting() {
  let asked_at = -Infinity;
  /** @type {any} */
  let timer = null;
  /** @param {number[]} sequences ascending @param {Actions} actions */
  return (sequences, actions) => {
    clearTimeout(timer);
    if (sequences.length === 0) return;
    const ask = () => {
      asked_at = performance.now();
      for (const [from, to] of clusters(sequences)) actions.want(from, to);
    };
    if (performance.now() - asked_at > SETTLED_MS) ask();
    else timer = setTimeout(ask, SETTLED_MS);
  };
}

/** @param {number[]} sequences ascending @returns {[number, number][]} */
export function clusters(sequences) {
  /** @type {[number, number][]} */
  const made = [];
  for (const sequence of sequences) {
    const last = made[made.length - 1];
    if (last && sequence - last[1] <= NEAR) last[1] = sequence;
    else made.push([sequence, sequence]);
  }
  return made;
}

/** @template T @param {T[]} list @param {T} item */
const toggled = (list, item) => (list.includes(item) ? list.filter((each) => each !== item) : [...list, item]);

/** @param {string} key @param {boolean} pressed @param {() => void} click @param {...Child} children */
function chip(key, pressed, click, ...children) {
  return h('button', {class: 'chip', key, type: 'button', 'aria-pressed': String(pressed), on: {click}}, ...children);
}

/**
 * @param {Model} model @param {Actions} actions @param {{agents: number[], nobody: number}} counts @param {boolean} all
 * @param {() => void} show_all
 */
function agent_chips(model, actions, counts, all, show_all) {
  const {columns: {agent_names}, filters} = model;
  const many = agent_names.length > AGENTS_SHOWN + 1 && !all;
  const by_count = agent_names.map((name, at) => ({name, count: counts.agents[at] ?? 0}));
  const busiest = many
    ? new Set([...by_count].sort((a, b) => b.count - a.count).slice(0, AGENTS_SHOWN).map(({name}) => name)) : null;
  const shown = by_count.filter(({name}) => !busiest || busiest.has(name) || filters.agents.includes(name));
  return [
    shown.map(({name, count}) => {
      const hue = model.hues.get(name) ?? HUE_NONE;
      const click = () => actions.filter({agents: toggled(filters.agents, name)});
      return chip(`a:${name}`, filters.agents.includes(name), click,
        h('i', {class: model.parent_of.has(name) ? 'dot sub' : 'dot', vars: {'--c': `var(${hue})`}}),
        h('span', {class: 'cut said', title: counted(count, 'event')}, visible(name)));
    }),
    nobody_chip(model, actions, counts.nobody),
    shown.length < agent_names.length
      && h('button', {class: 'chip', key: 'more', type: 'button', on: {click: show_all}},
        `${agent_names.length - shown.length} more agents`),
  ];
}

/** What no agent did. @param {Model} model @param {Actions} actions @param {number} count */
function nobody_chip({columns, filters}, actions, count) {
  const pressed = filters.agents.includes('');
  if (!pressed && (count === 0 || columns.agent_names.length === 0)) return null;
  return chip('a:', pressed, () => actions.filter({agents: toggled(filters.agents, '')}),
    h('i', {class: 'dot', vars: {'--c': `var(${HUE_NONE})`}}), h('span', {title: counted(count, 'event')}, 'No agent'));
}

/** What a link filters by and this workflow does not have. @param {Model} model @param {Actions} actions */
function strange_chips({columns, filters: {agents, kinds}}, actions) {
  return [
    ...agents.filter((name) => name !== '' && !columns.agent_names.includes(name)).map((name) =>
      set_chip(`a:${name}`, 'Agent', name, () => actions.filter({agents: toggled(agents, name)}))),
    ...kinds.filter((kind) => !KINDS.includes(kind)).map((kind) =>
      set_chip(`k:${kind}`, 'Kind', kind, () => actions.filter({kinds: toggled(kinds, kind)}))),
  ];
}

/** @param {Model} model @param {Actions} actions @param {Record<string, number>} counts */
function kind_chips({filters}, actions, counts) {
  return KINDS.filter((kind) => counts[kind] > 0 || filters.kinds.includes(kind)).map((kind) =>
    chip(`k:${kind}`, filters.kinds.includes(kind), () => actions.filter({kinds: toggled(filters.kinds, kind)}),
      kind[0].toUpperCase() + kind.slice(1), h('span', {class: 'n'}, whole_number(counts[kind] ?? 0))));
}

/**
 * A filter that is set elsewhere, and can be taken off here. @param {string} key @param {string} label
 * @param {string} text @param {() => void} off
 */
function set_chip(key, label, text, off) {
  return h('button', {class: 'chip set', key, type: 'button', 'aria-pressed': 'true',
    title: `Take off: ${label} ${visible(text)}`, on: {click: off}},
    h('span', {class: 'n'}, label), h('span', {class: 'cut said'}, visible(text)), icon('close', 's'));
}

/** @param {Model} model @param {Actions} actions */
function search_box({filters, search}, actions) {
  /** @param {any} event */
  const typed = (event) => actions.filter({q: event.target.value});
  return h('label', {class: 'find', key: 'find'}, icon('search', 's'),
    h('input', {id: 'events-search', type: 'search', placeholder: 'Search in all events',
      'aria-label': 'Search in all events', autocomplete: 'off',
      spellcheck: 'false', 'data-search': true, dom: {value: filters.q}, on: {input: typed}}),
    search.state === 'loading' && h('span', {class: 'cap beat'}, '…'),
    filters.q === '' && h('kbd', {class: 'not-s'}, '/'));
}

/** @param {Model} model @param {number} count */
function tell({columns, filters, search}, count) {
  const is_searched = filters.q.trim() !== '';
  if (is_searched && search.state === 'failed') {
    return h('span', {class: 'bad cut', title: search.problem}, `Not searched: ${search.problem}`);
  }
  if (count === columns.count) return counted(count, 'event');
  const best = is_searched && search.more ? ', the best found' : '';
  return `${whole_number(count)} of ${whole_number(columns.count)}${best}`;
}

/** @param {Self} self */
function filter_bar({props: {model, actions}, state, set}) {
  const {filters} = model;
  const counts = state.counts.update(model.columns);
  const {correlation} = filters;
  return h('div', {class: 'filters', key: 'filters', role: 'group', 'aria-label': 'Filters'},
    search_box(model, actions),
    correlation !== null && set_chip('c', 'Correlation', correlation, () => actions.filter({correlation: null})),
    filters.types.map((type) =>
      set_chip(`t:${type}`, 'Type', type, () => actions.filter({types: toggled(filters.types, type)}))),
    strange_chips(model, actions),
    agent_chips(model, actions, counts, state.all_agents, () => set({all_agents: true})),
    h('span', {class: 'sep', key: 'sep'}),
    kind_chips(model, actions, counts.kinds));
}

/**
 * The names of the columns, how many rows there are, and whether they are grouped.
 * @param {Self} self @param {number} count @param {boolean} grouped
 */
function list_head({props: {model}, set}, count, grouped) {
  const click = () => {
    keep_choice(!grouped);
    set({chosen: !grouped});
  };
  /** @param {string} css @param {string} text */
  const name = (css, text) => h('span', {class: css, 'aria-hidden': 'true'}, text);
  return h('div', {class: 'ev ev-head', key: 'head'},
    name('e-q', '#'), name('e-tm', 'Time, UTC'), name('e-ag', 'Agent'), name('e-ty', 'Type'),
    h('span', {class: 'e-sm'}, name('not-s', 'What'),
      h('span', {class: 'told cut', 'aria-live': count === model.columns.count ? 'off' : 'polite'}, tell(model, count)),
      h('button', {class: 'toggle', type: 'button', 'aria-pressed': String(grouped),
        title: 'Calls of the same tool in one row', on: {click}},
        icon(grouped ? 'check' : 'minus', 's'), 'Grouped')),
    name('e-du', 'Took'));
}

/**
 * Decided once a workflow, so that rows do not move when it grows. @param {ReturnType<typeof begin>} state
 * @param {Model} model
 */
function is_grouped(state, model) {
  if (state.chosen !== null) return state.chosen;
  if (model.loading !== 'ready') return model.columns.count > GROUPED_ABOVE;
  if (state.decided_for !== model.workflow_id) {
    Object.assign(state, {decided_for: model.workflow_id, decided: model.columns.count > GROUPED_ABOVE});
  }
  return state.decided;
}

/** @param {Model} model @param {Actions} actions */
function nothing({columns, loading, filters}, actions) {
  if (loading === 'loading') return h('div', {class: 'empty', key: 'empty'}, 'Loading…');
  if (columns.count === 0) {
    return h('div', {class: 'empty', key: 'empty'}, icon('event'), h('b', null, 'No events yet'),
      'Each one appears here as it is recorded.');
  }
  const clear = () => actions.filter({q: '', agents: [], kinds: [], types: [], correlation: null});
  return h('div', {class: 'empty', key: 'empty'}, icon('search'),
    h('b', null, filters.q ? 'Nothing found' : 'No event fits'),
    h('button', {class: 'btn line', type: 'button', on: {click: clear}}, 'Clear all filters'));
}

/** @param {Self} self @param {import('../filter.js').Selection} selected @param {boolean} grouped */
function list({props: {model, actions}, state, set}, {sequences, count, generation}, grouped) {
  const {groups} = state;
  const pairs = pairs_of(model);
  const place = count_up_to(sequences, model.point) - 1;
  const current = groups.row_of(place);
  /* In a group the point may be an event that the filters hide. */
  const between = place < 0 || (sequences[place] !== model.point && sequences[groups.row(current).last] <= model.point);
  /** @param {number} sequence */
  const toggle = (sequence) => {
    groups.toggle(sequence);
    set({});
  };
  /** @param {number} sequence */
  const go = (sequence) => {
    actions.go(sequence);
    if (is_phone()) actions.detail(true);
  };
  const rows = {model, sequences, pairs, place, current, between, go, toggle};
  return virtual_list({
    key: 'list', id: 'events-list', css: 'ev-list', role: 'treegrid', label: 'Events', columns: COLUMNS,
    count: groups.count, current, between, moved: model.point,
    listed: `${model.workflow_id}/${generation}/${grouped ? pairs.readings : ''}`,
    follows: model.live || model.player.playing,
    render: (index) => event_row(rows, groups.row(index), index),
    go: (index, key) => {
      if (key === 'End' && sequences[count - 1] === model.head) actions.go_live();
      else actions.go(sequences[groups.row(index).last]);
    },
    key_down: (event) => {
      if (event.key !== 'Enter' || current < 0) return false;
      const row = groups.row(current);
      if (row.level === 1 && row.last > row.first) toggle(sequences[row.first]);
      else if (is_phone()) actions.detail(true);
      return true;
    },
    in_sight: (first, end) => state.want(missing(model, sequences, groups, first, end), actions),
  });
}

/**
 * Events in sight that are not loaded.
 * @param {Model} model @param {Int32Array} sequences @param {ReturnType<typeof grouping>} groups
 * @param {number} first @param {number} end
 */
function missing(model, sequences, groups, first, end) {
  const wanted = [];
  for (let index = first; index < end; index++) {
    const row = groups.row(index);
    const last = Math.min(row.last, row.first + 11);
    for (let place = row.first; place <= last; place++) wanted.push(sequences[place]);
    if (last < row.last) wanted.push(sequences[row.last]);
  }
  return wanted.filter((sequence) => !model.events.get(sequence));
}

/** The event at the point, beside a list. @param {Model} model @param {Actions} actions */
export function detail_panel(model, actions) {
  return h('section', {class: model.detail_open ? 'panel detail open' : 'panel detail', key: 'detail',
    'aria-label': 'Event'},
    h('div', {class: 'ph'},
      h('h2', null, model.live ? 'Latest event' : 'Event'),
      model.point > 0 && h('span', {class: 'n'}, `#${model.point}`),
      h('span', {class: 'grow'}),
      h('button', {class: 'btn sq only-s', type: 'button', 'aria-label': 'Close',
        on: {click: () => actions.detail(false)}}, icon('close'))),
    h('div', {class: 'pb'}, event_detail(model, actions)));
}

const EVENTS = part('events-view', begin, (/** @type {Self} */ self) => {
  const {props: {model, actions}, state} = self;
  const selected = state.selected.update(model.columns, model.filters, model.search);
  const grouped = is_grouped(state, model);
  state.groups.update(selected, model.columns, pairs_of(model), grouped);
  return [
    h('section', {class: 'panel', key: 'events', 'aria-label': 'Events'}, filter_bar(self),
      list_head(self, selected.count, grouped),
      selected.count > 0 ? list(self, selected, grouped) : nothing(model, actions)),
    detail_panel(model, actions),
  ];
});

/** @param {Model} model @param {Actions} actions */
export function events(model, actions) {
  return widget('div', EVENTS, {key: 'events', model, actions});
}
