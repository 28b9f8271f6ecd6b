// @ts-check
/* One event in full: what it is, what it holds, why it happened, and what came of it.
 *
 *     event_detail(model, actions)                  one column, beside a list
 *     event_detail(model, actions, {wide: true})    three columns, below the timeline */
import {log_command} from '../command.js';
import {causes_of, effects_of} from '../causes.js';
import {h, widget} from '../dom.js';
import {parts_of} from '../event_parts.js';
import {clock, day, duration, line_of, time_us, visible, whole_number} from '../format.js';
import {icon} from '../icons.js';
import {icon_of, is_error, status_look, summary_of, tone_of} from '../kinds.js';
import {pairs_of} from '../pairs.js';
import {answer_form, is_answerable} from './answer.js';
import {diff_amount, diff_block} from './diff.js';
import {agent_name, summary, type_icon, type_name} from './event_bits.js';
import {holds_rounded, json_tree} from './json_tree.js';
import {size_of, text_block} from './output.js';
import {part} from './part.js';

/** @typedef {import('../model.js').Model} Model */
/** @typedef {import('../model.js').Actions} Actions */
/** @typedef {import('../model.js').Event} Event */
/** @typedef {import('../event_parts.js').EventPart} EventPart */
/** @typedef {import('../dom.js').Child} Child */
/** `loaded` is the revision of the events.
 * @typedef {{model: Model, actions: Actions, wide: boolean, event: Event, loaded: number}} Props */

const LINKS_SHOWN = 8;

/** @param {string} text @param {string} what @param {Actions} actions @param {string} [shown] */
function copyable(text, what, actions, shown = text) {
  return h('button', {class: 'cp mono', type: 'button', title: `Copy ${visible(text)}`,
    on: {click: () => actions.copy(text, what)}},
    h('span', {class: 'cut said'}, visible(shown)), icon('copy', 's'));
}

/**
 * @param {Props} props @param {{answering: boolean, rounded: boolean}} state
 * @param {(change: {answering: boolean}) => void} set
 */
function buttons({event, actions, model}, {answering, rounded}, set) {
  /** @param {string} name @param {string} text @param {() => void} click @param {Record<string, any>} [more] */
  const button = (name, text, click, more = {}) =>
    h('button', {class: 'btn line', type: 'button', on: {click}, ...more}, icon(name, 's'), text);
  return h('div', {class: 'acts'},
    is_answerable(event)
      && button('answered', 'Answer', () => set({answering: !answering}), {'aria-expanded': String(answering)}),
    button('copy', 'JSON', () =>
      actions.copy(JSON.stringify(event, null, 2), rounded ? 'Event as JSON (large numbers rounded)' : 'Event as JSON'),
      {title: 'Copy the event as JSON'}),
    button('command', 'jc command', () => actions.copy(log_command(event.workflow_id, event.sequence), 'Command'),
      {title: visible(log_command(event.workflow_id, event.sequence))}),
    event.correlation_id !== undefined && model.view !== 'trace'
      && button('trace', 'Trace', () => actions.show_trace(/** @type {string} */ (event.correlation_id)),
        {title: 'All that belongs together'}));
}

/** @param {Props} props */
function head({event}) {
  const {event_type, data} = event;
  const {strong, text} = summary_of(event);
  const said = [strong, text].filter(Boolean).join(' ');
  return h('div', {class: 'dh'},
    h('h2', {class: 'mono'}, icon(icon_of(event_type, data?.tool_name), tone_of(event_type)), type_name(event_type)),
    said !== event_type && h('p', {class: is_error(event_type) ? 'said bad' : 'said mid'}, said));
}

/**
 * How long it took, in milliseconds: as the event says, else from its beginning to its end. @param {Props} props
 * @returns {number | null}
 */
function took_ms({event, model}) {
  const told = event.data?.duration_ms;
  if (typeof told === 'number' && told >= 0) return told;
  const us = event.event_type.endsWith('.started') ? null : pairs_of(model).took_us(event.sequence);
  return us === null ? null : us / 1000;
}

/** @param {Props} props @returns {Child[]} */
function other_half({event, model, actions}) {
  const other = event.workflow_id === model.workflow_id ? pairs_of(model).other(event.sequence) : 0;
  if (other === 0) return [];
  const {columns} = model;
  const type = columns.type_names[columns.types[other - 1]];
  const word = type.slice(type.lastIndexOf('.') + 1);
  const label = other > event.sequence ? 'Ended by' : 'Began with';
  const button = h('button', {class: 'link num', type: 'button', on: {click: () => actions.go(other)}},
    `#${other}`, ' ', h('span', {class: 'dim'}, word));
  return [h('dt', null, label), h('dd', null, button)];
}

/** @param {Props} props */
function facts(props) {
  const {event, model, actions} = props;
  const us = time_us(event.timestamp);
  const took = took_ms(props);
  /** @param {string} name @param {...Child} value @returns {Child[]} */
  const fact = (name, ...value) => [h('dt', null, name), h('dd', null, ...value)];
  return h('dl', {class: 'kv'},
    fact('Event', h('span', {class: 'num', title: `${day(us)} ${clock(us, 6)} UTC`},
      `#${event.sequence}  ${clock(us, 3)}`)),
    fact('Type', only_type(event.event_type, actions)),
    fact('Agent', agent_name(model, event.agent_id, 'none')),
    took !== null && fact('Took', h('span', {class: 'num', title: `${whole_number(took)} ms`}, duration(took))),
    other_half(props),
    event.correlation_id !== undefined && fact('Correlation', correlation(event.correlation_id, actions)),
    fact('Id', copyable(event.id, 'Id', actions)),
    fact('Hash', copyable(event.hash, 'Hash', actions, `${event.hash.slice(0, 20)}…`)),
    fact('Position', copyable(String(event.position), 'Position', actions)));
}

/** @param {string} id @param {Actions} actions */
const correlation = (id, actions) => only(id, {correlation: id}, actions);

/** @param {string} type @param {Actions} actions */
const only_type = (type, actions) => only(type, {types: [type]}, actions);

/** What leads to all events that have it. @param {string} text @param {Partial<Model['filters']>} filters
 * @param {Actions} actions */
function only(text, filters, actions) {
  return h('span', {class: 'corr'},
    h('button', {class: 'link mono cut said', type: 'button', title: `Only events of ${visible(text)}`,
      on: {click: () => {
        actions.filter(filters);
        actions.show('events');
      }}}, visible(text)));
}

/** @param {string} title @param {Child | Child[]} aside @param {...(Child | Child[])} body */
function block(title, aside, ...body) {
  return h('section', {class: 'blk', key: title},
    h('h3', null, h('span', {class: 'cut said'}, title), h('span', {class: 'grow'}), aside), ...body);
}

/** @param {import('../todos.js').Todo[]} todos */
function todo_list(todos) {
  return h('ul', {class: 'todos'}, todos.map(({text, status}) => {
    const [shape, tone] = status_look(status);
    return h('li', {class: status}, icon(shape, `s ${tone}`), h('span', {class: 'sr'}, `${status}: `),
      h('span', {class: 'said'}, line_of(text)));
  }));
}

/** @param {EventPart} shown @param {number} at */
function part_block(shown, at) {
  const key = `p${at}`;
  if (shown.kind === 'diff') {
    return {...block(visible(shown.title), h('span', {class: 'num'}, diff_amount(shown)), diff_block(shown, key)), key};
  }
  if (shown.kind === 'todos') return {...block(shown.title, '', todo_list(shown.todos)), key};
  if (shown.kind === 'command') {
    const {command, output, failed} = shown;
    const [first, ...rest] = command.split('\n');
    const text = [...rest, ...(output ? [output] : [])].join('\n');
    return {...block(output === null ? 'Command' : 'Command and output', output ? size_of(output) : '',
      text_block({key, first: `$ ${first}`, text, at_end: failed && rest.length === 0})), key};
  }
  return {...block(shown.title, size_of(shown.text),
    text_block({key, text: shown.text, wraps: shown.prose, at_end: shown.failed})), key};
}

/** @param {Event} event @param {Props} props @param {string} [css] */
function link(event, {model, actions}, css = '') {
  const here = event.workflow_id === model.workflow_id;
  const go = () => (here ? actions.go(event.sequence) : actions.open(event.workflow_id));
  return h('li', {key: event.id}, h('button', {class: `cause ${css}`, type: 'button', on: {click: go}},
    type_icon(event.event_type, event.data?.tool_name), h('span', {class: 'mono dim'}, `#${event.sequence}`),
    h('span', {class: 'cut said'}, here ? null : h('span', {class: 'dim'}, `${event.workflow_id} `), summary(event))));
}

/** @param {Props} props */
function why(props) {
  const {chain, unknown, cut} = causes_of(props.event, props.model.events);
  if (chain.length === 0 && unknown === null) return null;
  return block('Why it happened', '', h('ul', {class: 'chain'},
    unknown !== null && h('li', {class: 'cause dim', title: visible(unknown)}, h('span', {class: 'cut said'},
      `${visible(unknown.slice(0, 13))}… is not here: not loaded yet, or never recorded`)),
    cut && h('li', {class: 'cause dim'}, '⋯'),
    chain.map((event) => link(event, props)), link(props.event, props, 'cur')));
}

/** @param {Props} props @param {boolean} all @param {(change: {all_effects: boolean}) => void} set */
function led_to(props, all, set) {
  const {effects, whole} = effects_of(props.event, props.model);
  if (effects.length === 0) return null;
  const shown = all ? effects : effects.slice(0, LINKS_SHOWN);
  const rest = effects.length - shown.length;
  const limit = h('span', {class: 'dim', title: 'Among the events that the page has loaded'}, 'as far as loaded');
  return block('What it led to', whole ? '' : limit,
    h('ul', {class: 'chain'}, shown.map((event) => link(event, props))),
    rest > 0 && h('button', {class: 'more', type: 'button', on: {click: () => set({all_effects: true})}},
      `Show ${rest} more`));
}

/** @param {Props} props @param {boolean} rounded */
function data_block({event}, rounded) {
  const note = rounded && h('p', {class: 'cap'}, '≈ marks numbers larger than a browser counts exactly');
  const has_data = typeof event.data === 'object' && event.data !== null;
  return block('Data', '', has_data ? json_tree(event.data) : h('p', {class: 'dim'}, 'Erased'), note);
}

/** What is made of an event once. @param {Event} event */
const read = (event) => ({of: event, parts: parts_of(event), rounded: holds_rounded(event.data)});

const DETAIL = part('dt',
  (/** @type {Props} */ props) => ({answering: false, all_effects: false, ...read(props.event)}),
  ({props, state, set, element}) => {
    element.classList.toggle('wide', props.wide);
    if (state.of !== props.event) Object.assign(state, read(props.event));
    const about = [
      head(props), buttons(props, state, set),
      state.answering && answer_form(props.event, props.model, props.actions, () => set({answering: false})),
      facts(props),
    ];
    const holds = state.parts.map(part_block);
    const around = [why(props), led_to(props, state.all_effects, set)];
    const data = data_block(props, state.rounded);
    if (!props.wide) return [...about, ...holds, ...around, data];
    const columns = holds.length > 0 ? [about, holds, [...around, data]] : [about, [data], around];
    return columns.map((children, at) => h('div', {class: 'col', key: at}, children));
  }, is_same);

/** @param {Props} before @param {Props} after */
function is_same(before, after) {
  const [a, b] = [before.model, after.model];
  return before.event === after.event && before.wide === after.wide && before.loaded === after.loaded
    && a.trace === b.trace && a.live === b.live && a.view === b.view && a.hues === b.hues
    && a.spans_revision === b.spans_revision && a.head === b.head;
}

/** What is known of an event before it is loaded. @param {Model} model @param {boolean} wide */
function loading(model, wide) {
  const {columns, point} = model;
  const at = point - 1;
  const type = columns.type_names[columns.types[at]] ?? '';
  return h('div', {class: wide ? 'dt wide' : 'dt', key: 'loading', 'aria-busy': 'true'},
    h('div', {class: 'dh'}, h('h2', {class: 'mono'}, icon(icon_of(type), tone_of(type)), type_name(type))),
    h('dl', {class: 'kv'}, h('dt', null, 'Event'),
      h('dd', {class: 'num'}, `#${point}  ${clock(columns.times_us[at], 3)}`),
      h('dt', null, 'Agent'), h('dd', null, agent_name(model, columns.agent_names[columns.agents[at]], 'none'))),
    h('p', {class: 'dim'}, 'Loading…'));
}

/**
 * The event at the point.
 * @param {Model} model @param {Actions} actions @param {{wide?: boolean}} [look]
 */
export function event_detail(model, actions, {wide = false} = {}) {
  const {event, point} = model;
  if (point < 1) {
    return h('div', {class: 'empty', key: 'none'}, icon('event'), h('b', null, 'No event yet'),
      'What happens first is shown here in full.');
  }
  if (!event) return loading(model, wide);
  return widget('div', DETAIL, {key: event.id, model, actions, wide, event, loaded: model.events.revision});
}
