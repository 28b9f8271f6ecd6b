// @ts-check
/* A row of a trace: its place in the tree, what it is, and its bar in the waterfall. */
import {h} from '../dom.js';
import {duration, visible} from '../format.js';
import {HUE_NONE} from '../hues.js';
import {icon} from '../icons.js';
import {keep_focus, summary, type_icon} from './event_bits.js';

/** @typedef {import('../model.js').Model} Model */
/** @typedef {import('../waterfall.js').Axis} Axis */
/** @typedef {import('../waterfall.js').TraceRow} TraceRow */

const DEPTH_SHOWN = 24; // deeper ones are told by their number
const GAPS_NAMED = 6;
const LETTER_SHARE = 0.036; // of the width of the times, where they have least room

/** @param {number} share */
const percent = (share) => `${(share * 100).toFixed(3)}%`;

/** The gaps as one background, for all rows. @param {Axis} axis */
export function gap_stripes({gaps}) {
  if (gaps.length === 0) return 'none';
  const stops = gaps.flatMap(({left, width}) =>
    [`transparent ${percent(left)}`, `var(--gap-fill) ${percent(left)}`, `var(--gap-fill) ${percent(left + width)}`,
      `transparent ${percent(left + width)}`]);
  return `linear-gradient(90deg, ${stops.join(', ')})`;
}

/** Times from the beginning, and the true length of what is folded. @param {Axis} axis */
export function ruler(axis) {
  const widest = [...axis.gaps].sort((a, b) => b.to_us - b.from_us - (a.to_us - a.from_us)).slice(0, GAPS_NAMED);
  const length = axis.to_us - axis.from_us;
  return h('div', {class: 'tn tn-head', key: 'ruler', 'aria-hidden': 'true'},
    h('span', {class: 't-name'}, 'Event'), h('span', {class: 't-no'}, '#'),
    h('span', {class: 't-time'}, h('em', {vars: {'--x': '0%'}}, '0'),
      widest.length === 0 && length > 0 && [
        h('em', {class: 'gap', vars: {'--x': '50%'}}, `+${duration(length / 2000)}`),
        h('em', {class: 'late', vars: {'--x': '100%'}}, `+${duration(length / 1000)}`),
      ],
      widest.map((gap) => h('em', {class: 'gap', vars: {'--x': percent(gap.left + gap.width / 2)}},
        `⋯ ${duration((gap.to_us - gap.from_us) / 1000)}`))));
}

/**
 * Where the name of a bar stands: behind it; where there is no room, before it; else at the end, over it.
 * @param {number} left @param {number} right @param {string} text @returns {[string, number]}
 */
function label_place(left, right, text) {
  const needs = text.length * LETTER_SHARE + LETTER_SHARE;
  if (right + needs <= 1) return ['', right];
  return left >= needs ? ['late', left] : ['over', 1];
}

/** @param {TraceRow} row @param {Axis} axis @param {Model} model */
function bar(row, axis, model) {
  const left = axis.at(row.start_us);
  const end_us = row.end_us ?? axis.to_us;
  const right = axis.at(end_us);
  const hue = model.hues.get(row.event.agent_id ?? '') ?? HUE_NONE;
  const css = ['t-bar', row.failed && 'failed', row.end_us === null && 'open'].filter(Boolean).join(' ');
  const told = row.end?.data?.duration_ms;
  const ms = typeof told === 'number' && told >= 0 ? told : (end_us - row.start_us) / 1000;
  const is_known = row.end !== null || end_us > row.start_us;
  const text = row.end_us === null ? 'open' : is_known ? duration(ms) : '';
  const [place, share] = label_place(left, right, text);
  return h('span', {class: 't-time', vars: {'--c': `var(${hue})`}},
    h('i', {class: css, vars: {'--x': percent(left), '--w': percent(Math.max(0, right - left))}}),
    text && h('em', {class: place, vars: {'--x': percent(share)}}, text));
}

/** Is all of the row behind the point? @param {TraceRow} row @param {Model} model */
function is_after({event}, {point, workflow_id, as_of_us}) {
  return event.workflow_id === workflow_id ? event.sequence > point : Date.parse(event.timestamp) * 1000 > as_of_us;
}

/** @param {boolean} is_closed @param {() => void} toggle */
function opener(is_closed, toggle) {
  /** @param {Event} event */
  const click = (event) => {
    event.stopPropagation();
    toggle();
  };
  return h('button', {class: is_closed ? 'op' : 'op open', type: 'button', tabindex: -1,
    'aria-label': is_closed ? 'Open' : 'Close', on: {click, mousedown: keep_focus}}, icon('forward', 's'));
}

/**
 * @param {{model: Model, axis: Axis, row: TraceRow, is_current: boolean, is_closed: boolean, go(): void,
 * toggle(): void}} props
 * @returns {import('../dom.js').Node_}
 */
export function trace_row({model, axis, row, is_current, is_closed, go, toggle}) {
  const {event, end} = row;
  const marks = ['tn', is_current && 'cur', is_after(row, model) && 'after', row.failed && 'err'];
  const shown = end && row.failed ? {...event, event_type: end.event_type} : event;
  const said = event.data?.tool_name === undefined && end ? event : (end ?? event);
  const is_elsewhere = event.workflow_id !== model.workflow_id;
  return h('div', {
    class: marks.filter(Boolean).join(' '), role: 'treeitem',
    'aria-level': row.depth + 1, 'aria-selected': String(is_current),
    'aria-expanded': row.size > 0 ? String(!is_closed) : undefined, on: {click: go},
  },
  h('span', {class: 't-name'},
    h('i', {class: 't-levels', vars: {'--depth': Math.min(row.depth, DEPTH_SHOWN)}}),
    row.depth > DEPTH_SHOWN && h('span', {class: 'dim mono'}, `${row.depth} `),
    row.size > 0 ? opener(is_closed, toggle) : h('i', {class: 'op'}),
    type_icon(shown.event_type, event.data?.tool_name),
    h('span', {class: 'cut said'}, is_elsewhere ? h('span', {class: 'dim'}, `${visible(event.workflow_id)} `) : null,
      summary(said)),
    is_closed && h('span', {class: 'below'}, `+${row.size}`)),
  h('span', {class: 't-no'}, `#${event.sequence}`),
  bar(row, axis, model));
}
