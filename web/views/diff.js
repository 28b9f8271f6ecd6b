// @ts-check
/* What was edited: lines with a sign, their numbers, and a colour; what is far from a difference is folded. */
import {h, widget} from '../dom.js';
import {beginning, counted, visible, whole_number} from '../format.js';
import {diff_lines, diff_of_hunks, fold_context, lines_of} from '../text_diff.js';
import {LINE_LENGTH, text_block} from './output.js';
import {part} from './part.js';

/** @typedef {import('../event_parts.js').DiffPart} DiffPart */
/** @typedef {import('../text_diff.js').Diff} Diff */
/** @typedef {import('../text_diff.js').DiffRow} DiffRow */

const ROWS_MAX = 200; // at once

/** @type {Record<string, [string, string, string]>} class, sign, and how it is read aloud */
const LOOKS = {'+': ['add', '+', 'added: '], '-': ['del', '−', 'removed: '], ' ': ['', ' ', '']};

/** @param {DiffRow} row */
function line(row) {
  const [css, sign, said] = LOOKS[row.sign];
  return h('div', {class: `dl ${css}`},
    h('span', {class: 'dn'}, row.before ? String(row.before) : ''),
    h('span', {class: 'dn'}, row.after ? String(row.after) : ''),
    h('span', {class: 'ds', 'aria-hidden': 'true'}, sign),
    h('span', {class: 'said'}, said && h('span', {class: 'sr'}, said),
      visible(beginning(row.text, LINE_LENGTH)) || ' '));
}

/** @param {DiffPart} props @returns {Diff | null} */
function compared(props) {
  return diff_of_hunks(props.hunks) ?? diff_lines(props.before, props.after);
}

const DIFF = part('code diff',
  (/** @type {DiffPart} */ props) => ({of: props, diff: compared(props), opened: new Set(), most: ROWS_MAX}),
  ({props, state, set}) => {
    if (state.of.before !== props.before || state.of.after !== props.after) {
      Object.assign(state, {of: props, diff: compared(props), opened: new Set(), most: ROWS_MAX});
    }
    if (!state.diff) return too_long(props);
    /** @type {import('../dom.js').Child[]} */
    const lines = [];
    let left = state.most;
    let hidden = 0;
    fold_context(state.diff.rows).forEach(({folded, rows}, at) => {
      if (folded && !state.opened.has(at)) {
        lines.push(h('button',
          {class: 'df', type: 'button', on: {click: () => set({opened: new Set(state.opened).add(at)})}},
          `⋯ ${counted(rows.length, 'line')} the same`));
        return;
      }
      lines.push(...rows.slice(0, left).map(line));
      hidden += Math.max(0, rows.length - left);
      left = Math.max(0, left - rows.length);
    });
    return [
      h('div', {class: 'text', tabindex: 0, role: 'region', 'aria-label': 'Difference'},
        h('div', {class: 'dls'}, lines)),
      hidden > 0 && h('button', {class: 'more', type: 'button', on: {click: () => set({most: state.most + ROWS_MAX})}},
        `Show ${whole_number(Math.min(ROWS_MAX, hidden))} of ${counted(hidden, 'more line')}`),
    ];
  }, (before, after) => before.before === after.before && before.after === after.after);

/** @param {DiffPart} props */
function too_long({before, after}) {
  return [
    h('p', {class: 'diff-note'}, `Too long to be compared here: ${counted(lines_of(before).length, 'line')} before, ` +
      `${counted(lines_of(after).length, 'line')} after.`),
    before !== '' && h('h4', {class: 'diff-note'}, 'Before'),
    before !== '' && text_block({key: 'before', text: before}),
    h('h4', {class: 'diff-note'}, 'After'), text_block({key: 'after', text: after}),
  ];
}

/** How much was changed, for a heading: "+4 −1". @param {DiffPart} props */
function amount(props) {
  const diff = compared(props);
  return diff && [h('span', {class: 'ok'}, `+${whole_number(diff.added)}`), ' ',
    h('span', {class: 'bad'}, `−${whole_number(diff.removed)}`)];
}

/** @type {WeakMap<DiffPart, ReturnType<typeof amount>>} */
const amounts = new WeakMap();

/** @param {DiffPart} props */
export function diff_amount(props) {
  if (!amounts.has(props)) amounts.set(props, amount(props));
  return amounts.get(props) ?? null;
}

/** @param {DiffPart} props @param {string} key */
export function diff_block(props, key) {
  return widget('div', DIFF, {...props, key});
}
