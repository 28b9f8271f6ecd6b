// @ts-check
/* Rows of the list of events: an event, or calls of a tool that stand together. A row is complete once its event
 * is loaded; before, it says what the columns know. */
import {h} from '../dom.js';
import {clock, duration, visible} from '../format.js';
import {icon} from '../icons.js';
import {is_error, summary_of, tool_icon} from '../kinds.js';
import {agent_name, keep_focus, marked, summary, type_icon, type_name} from './event_bits.js';

/** @typedef {import('../model.js').Model} Model */
/** @typedef {import('../dom.js').Child} Child */
/** @typedef {import('../groups.js').Row} Row */
/** @typedef {ReturnType<typeof import('../pairs.js').pairing>} Pairs */
/** @typedef {{model: Model, sequences: Int32Array, pairs: Pairs, place: number, current: number, between: boolean,
 *   go(sequence: number): void, toggle(sequence: number): void}} Rows */

const LOOKED_AT = 400; // members of a group
const NAMED = 6;

/** @param {Model} model @param {number} sequence */
const type_of = (model, sequence) => model.columns.type_names[model.columns.types[sequence - 1]] ?? '';

/**
 * What a group comes to: how many calls, how many of them failed, and what the first of them were about.
 * @param {Rows} rows @param {Row} row
 */
function group_facts({model, sequences, pairs}, {first, last}) {
  let calls = 0;
  let failed = 0;
  let read = 0;
  /** @type {Set<string>} */
  const names = new Set();
  const end = Math.min(last, first + LOOKED_AT - 1);
  for (let place = first; place <= end; place++) {
    const sequence = sequences[place];
    const type = type_of(model, sequence);
    const other = pairs.other(sequence);
    const is_begun_here = other >= sequences[first] && other < sequence;
    if (is_error(type)) failed++;
    if (is_begun_here) continue;
    calls++;
    const event = names.size < NAMED && read < NAMED * 4 ? model.events.get(sequence) : undefined;
    if (!event) continue;
    read++;
    names.add(short_name(summary_of(event).text));
  }
  names.delete('');
  return {calls, failed, names: [...names], more: last > end};
}

/** The last part of a path. @param {string} text */
function short_name(text) {
  return /^\S*\/\S+$/.test(text) ? text.slice(text.lastIndexOf('/') + 1) : text;
}

/** @param {Rows} rows @param {Row} row @param {number} shown */
function group_text(rows, row, shown) {
  const tool = rows.pairs.tool(shown);
  const {calls, failed, names, more} = group_facts(rows, row);
  const event = rows.model.events.get(shown);
  if (calls === 1 && event) return summary(event);
  return [h('b', null, calls > 1 || more ? `${visible(tool)} × ${calls}${more ? '+' : ''}` : visible(tool)),
    failed > 0 && h('b', {class: 'bad'}, ` ${failed} failed`), names.length > 0 && ' ', names.join(', ')];
}

/** @param {Rows} rows @param {Row} row @param {number} shown */
function what(rows, row, shown) {
  const {model, sequences} = rows;
  const excerpt = model.filters.q.trim() === '' ? undefined : model.search.excerpts.get(shown);
  if (excerpt !== undefined && row.first === row.last) return marked(excerpt);
  if (row.last > row.first) return group_text(rows, row, shown);
  const event = model.events.get(sequences[row.first]);
  if (event) return summary(event);
  const tool = rows.pairs.tool(shown);
  return tool ? h('b', null, visible(tool)) : h('span', {class: 'ghost', 'aria-label': 'loading'});
}

/** How long it took, of a row. @param {Rows} rows @param {Row} row @param {number} shown */
function took({model, sequences, pairs}, row, shown) {
  if (row.last - row.first > 1) {
    const {times_us} = model.columns;
    return duration((times_us[sequences[row.last] - 1] - times_us[sequences[row.first] - 1]) / 1000);
  }
  const told = model.events.get(shown)?.data?.duration_ms;
  if (typeof told === 'number' && told >= 0) return duration(told);
  const us = type_of(model, shown).endsWith('.started') ? null : pairs.took_us(shown);
  return us === null ? '' : duration(us / 1000);
}

/**
 * The sequence that a row shows: its last, or how far the point has come in it. @param {Rows} rows @param {Row} row
 * @param {boolean} is_current
 */
function shown_of({place, sequences}, row, is_current) {
  return sequences[is_current && !row.open ? place : row.last];
}

/** @param {Rows} rows @param {Row} row */
function opener(rows, row) {
  if (row.last === row.first) return null;
  const sequence = rows.sequences[row.first];
  /** @param {Event} event */
  const click = (event) => {
    event.stopPropagation();
    rows.toggle(sequence);
  };
  const label = row.open ? 'Close the group' : 'Open the group';
  return h('button', {class: row.open ? 'op open' : 'op', type: 'button', tabindex: -1, 'aria-label': label,
    on: {click, mousedown: keep_focus}}, icon('forward', 's'));
}

/** @param {Rows} rows @param {Row} row @param {number} index @returns {import('../dom.js').Node_} */
export function event_row(rows, row, index) {
  const {model, sequences} = rows;
  const {columns, point} = model;
  const is_here = index === rows.current;
  const is_current = is_here && !rows.between;
  const shown = shown_of(rows, row, is_current);
  const type = type_of(model, shown);
  const tool = rows.pairs.tool(shown) || model.events.get(shown)?.data?.tool_name;
  const is_group = row.last > row.first;
  const is_run = row.last - row.first > 1;
  const is_tools = is_run && typeof tool === 'string' && !is_error(type);
  const css = [
    'ev', is_current && 'cur', is_here && rows.between && 'edge', sequences[row.first] > point && 'after',
    is_error(type) && 'err', row.level === 2 && 'member', is_run && 'many', row.open && 'open',
  ].filter(Boolean).join(' ');
  return h('div', {
    class: css, role: 'row', 'aria-level': row.level, 'aria-expanded': is_group ? String(row.open) : undefined,
    'aria-selected': String(is_current), on: {click: () => rows.go(sequences[row.last])},
  },
  h('span', {class: 'e-q', role: 'gridcell'}, String(shown)),
  h('span', {class: 'e-tm', role: 'gridcell'}, clock(columns.times_us[shown - 1])),
  h('span', {class: 'e-ag', role: 'gridcell'},
    agent_name(model, columns.agent_names[columns.agents[shown - 1]], 'workflow')),
  h('span', {class: 'e-ty', role: 'gridcell'},
    is_tools ? icon(tool_icon(tool), 's') : type_icon(type, tool), type_name(is_run ? 'agent.tool' : type)),
  h('span', {class: 'e-sm', role: 'gridcell'}, opener(rows, row),
    h('span', {class: 'cut said'}, what(rows, row, shown))),
  h('span', {class: 'e-du', role: 'gridcell'}, took(rows, row, shown)));
}

