// @ts-check
/* JSON as a tree. The children of a member are made when it is opened; a long list is opened slice by slice, a long
 * text piece by piece: what is shown is always little, however large or deep the value is. */
import {h, widget} from '../dom.js';
import {beginning, counted, visible, whole_number} from '../format.js';
import {part} from './part.js';

const SLICE = 100;
const TEXT_LENGTH = 300;
const TEXT_MORE = 32_000;
const OPEN_AT_ONCE = 16; // members of one that is open from the beginning

/**
 * Parts of a long list, so that none has more than 100: [0, 100, 200 …], or thousands of hundreds.
 * @param {number} from @param {number} end @returns {{from: number, end: number}[]}
 */
export function slices(from, end) {
  let size = 1;
  while ((end - from) / size > SLICE) size *= SLICE;
  const made = [];
  for (let at = from; at < end; at += size) made.push({from: at, end: Math.min(end, at + size)});
  return made;
}

/** A whole number that the browser may have rounded. @param {unknown} value */
function is_rounded(value) {
  return typeof value === 'number'
    && (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value)));
}

/** Does a value hold such a number? Looks at a bounded part of it. @param {unknown} value */
export function holds_rounded(value, most = 20_000) {
  const waiting = [value];
  while (waiting.length > 0 && most-- > 0) {
    const each = waiting.pop();
    if (is_rounded(each)) return true;
    if (!is_branch(each)) continue;
    for (const member of Object.values(each).slice(0, most)) waiting.push(member);
  }
  return false;
}

const TEXT = part('jt-text', () => ({length: TEXT_LENGTH}), ({props, state, set}) => {
  const text = /** @type {{text: string}} */ (props).text;
  const rest = text.length - state.length;
  return [
    h('span', {class: 'said'}, `"${visible(rest > 0 ? beginning(text, state.length) : text)}"`),
    rest > 0 && h('button', {class: 'more', type: 'button', on: {click: () => set({length: state.length + TEXT_MORE})}},
      rest > TEXT_MORE ? `show ${whole_number(TEXT_MORE)} of ${whole_number(rest)} more`
        : `show all, ${counted(rest, 'more character')}`),
  ];
});

/** @param {unknown} value */
function leaf(value) {
  if (typeof value === 'string') return widget('span', TEXT, {key: 'text', text: value});
  if (is_rounded(value)) {
    const title = 'Larger than a browser counts exactly: copy the jc command to see it as it is written';
    return h('span', {class: 'jt-number', title}, `≈ ${value}`);
  }
  return h('span', {class: typeof value === 'number' ? 'jt-number' : 'jt-word'}, String(value));
}

/** @param {unknown} value @returns {value is object} */
const is_branch = (value) => typeof value === 'object' && value !== null;

/** @param {object} value */
const size_of = (value) =>
  (Array.isArray(value) ? `[${whole_number(value.length)}]` : `{${whole_number(Object.keys(value).length)}}`);

/** @typedef {{value: object, from: number, end: number, depth: number, keys: string[] | null}} Range */

/** @param {object} value @param {number} depth @returns {Range} */
function whole(value, depth) {
  const keys = Array.isArray(value) ? null : Object.keys(value);
  return {value, keys, depth, from: 0, end: keys ? keys.length : /** @type {unknown[]} */ (value).length};
}

/** @param {Range} range @returns {import('../dom.js').Child[]} */
function members({value, keys, from, end, depth}) {
  return slices(from, end).map((slice) => {
    if (slice.end - slice.from > 1) {
      const name = `${whole_number(slice.from)} … ${whole_number(slice.end - 1)}`;
      return branch(`s${slice.from}`, name, '', {value, keys, depth: depth + 1, ...slice}, false);
    }
    const name = keys ? keys[slice.from] : String(slice.from);
    return member(name, /** @type {any} */ (value)[name], depth, keys !== null && keys.length <= OPEN_AT_ONCE);
  });
}

/** @param {string} name @param {unknown} value @param {number} depth @param {boolean} few */
function member(name, value, depth, few) {
  const label = visible(beginning(name, TEXT_LENGTH));
  if (is_branch(value)) {
    const range = whole(value, depth + 1);
    return branch(`m${name}`, label, size_of(value), range, few && depth < 1 && range.end <= OPEN_AT_ONCE);
  }
  return h('li', {key: `m${name}`, class: 'jt-row'}, h('span', {class: 'jt-key said'}, label), ': ', leaf(value));
}

const BRANCH = part('jt-branch', (/** @type {{open: boolean}} */ props) => ({open: props.open}),
  ({props, state, set}) => {
  const {name, size, range} = /** @type {{name: string, size: string, range: Range, open: boolean}} */ (props);
  /** @param {any} event */
  const toggled = (event) => event.currentTarget.open !== state.open && set({open: event.currentTarget.open});
  return [h('details', {open: state.open, on: {toggle: toggled}},
    h('summary', null, h('span', {class: 'jt-key said'}, name), ' ', h('span', {class: 'dim'}, size)),
    state.open && h('ul', {class: 'jt-in'}, members(range)))];
});

/** @param {string} key @param {string} name @param {string} size @param {Range} range @param {boolean} open */
const branch = (key, name, size, range, open) => widget('li', BRANCH, {key, name, size, range, open});

/** @param {object} value an event's data */
export function json_tree(value) {
  return h('ul', {class: 'jt'}, members(whole(value, 0)));
}
