// @ts-check
/* A text of any length, as an agent or a tool wrote it: folded first, then in pages, never more lines or longer ones
 * at once than a browser lays out without a pause. Terminal sequences are left out, never interpreted. */
import {h, widget} from '../dom.js';
import {beginning, counted, visible, whole_number} from '../format.js';
import {part} from './part.js';

const FOLDED_LINES = 9;
const PAGE_LINES = 2000;
export const LINE_LENGTH = 2000;
const MORE_LENGTH = 16_000;

/**
 * Lines of a text; what a carriage return wrote over is gone, as on a terminal. @param {string} text
 * @returns {string[]}
 */
export function text_lines(text) {
  if (text === '') return [];
  const lines = text.split('\n');
  if (lines.length > 1 && lines[lines.length - 1] === '') lines.pop();
  if (!text.includes('\r')) return lines;
  return lines.map((line) => {
    const whole = line.endsWith('\r') ? line.slice(0, -1) : line;
    return whole.slice(whole.lastIndexOf('\r') + 1);
  });
}

/**
 * Which lines to show.
 * @param {number} count @param {boolean} folded @param {boolean} at_end  a fold shows the last lines, not the first
 * @param {number} page
 */
export function lines_shown(count, folded, at_end, page) {
  if (folded && count > FOLDED_LINES + 2) {
    return at_end ? {from: count - FOLDED_LINES, end: count} : {from: 0, end: FOLDED_LINES};
  }
  return {from: page * PAGE_LINES, end: Math.min(count, (page + 1) * PAGE_LINES)};
}

const LONG_LINE = part('long-line', () => ({length: LINE_LENGTH}), ({props, state, set}) => {
  const text = /** @type {{text: string}} */ (props).text;
  const rest = text.length - state.length;
  const more = () => set({length: state.length + MORE_LENGTH});
  return [
    visible(beginning(text, state.length)),
    rest > 0 && h('button', {class: 'more', type: 'button', on: {click: more}},
      rest > MORE_LENGTH ? `Show ${whole_number(MORE_LENGTH)} of ${whole_number(rest)} more characters`
        : `Show ${counted(rest, 'more character')}`),
  ];
});

/**
 * Lines as elements: those of usual length together, since one text is cheaper than many. @param {string[]} lines
 * @param {number} from
 */
function blocks(lines, from) {
  /** @type {import('../dom.js').Child[]} */
  const made = [];
  /** @type {string[]} */
  let usual = [];
  const flush = () => {
    if (usual.length > 0) made.push(h('pre', null, visible(usual.join('\n')) + '\n'));
    usual = [];
  };
  lines.forEach((line, at) => {
    if (line.length <= LINE_LENGTH) return usual.push(line);
    flush();
    return made.push(widget('pre', LONG_LINE, {key: from + at, text: line}));
  });
  flush();
  return made;
}

/** @typedef {{key?: string, text: string, wraps?: boolean, at_end?: boolean, first?: string}} TextProps */

const TEXT = part('code', (/** @type {TextProps} */ props) =>
  ({of: '', lines: /** @type {string[]} */ ([]), folded: true, page: 0, props}),
  ({props, state, set}) => {
    if (state.of !== props.text) Object.assign(state, {of: props.text, lines: text_lines(props.text)});
    const {lines, folded, page} = state;
    const {from, end} = lines_shown(lines.length, folded, props.at_end === true, page);
    const pages = Math.ceil(lines.length / PAGE_LINES);
    const hidden = lines.length - (end - from);
    const offer = lines.length > PAGE_LINES
      ? `Show the first ${whole_number(PAGE_LINES)} of ${counted(lines.length, 'line')}`
      : `Show ${counted(hidden, 'more line')}`;
    const unfold = hidden > 0 && folded
      && h('button', {class: 'more', type: 'button', on: {click: () => set({folded: false})}}, offer);
    /** @param {number} to @param {string} text */
    const turn = (to, text) => h('button', {class: 'more', type: 'button', on: {click: () => set({page: to})}}, text);
    return [
      h('div', {class: props.wraps ? 'text wraps said' : 'text said', tabindex: 0, role: 'region',
        'aria-label': 'Text'},
        props.first && h('pre', {class: 'first'}, visible(beginning(props.first, LINE_LENGTH))),
        props.at_end && unfold, blocks(lines.slice(from, end), from)),
      !props.at_end && unfold,
      !folded && pages > 1 && h('div', {class: 'turns'},
        page > 0 && turn(page - 1, `Previous ${whole_number(PAGE_LINES)}`),
        h('span', {class: 'dim num'},
          `Lines ${whole_number(from + 1)}–${whole_number(end)} of ${whole_number(lines.length)}`),
        page < pages - 1 && turn(page + 1, `Next ${whole_number(Math.min(PAGE_LINES, lines.length - end))}`)),
    ];
  }, (before, after) => before.text === after.text);

/** `first` is a line above it, such as a command. @param {TextProps} props */
export function text_block(props) {
  return widget('div', TEXT, props);
}

/** How long a text is, for its heading. @param {string} text */
export function size_of(text) {
  let lines = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < text.length - 1; at = text.indexOf('\n', at + 1)) lines++;
  return lines > 1 ? counted(lines, 'line') : text.length > 400 ? counted(text.length, 'character') : '';
}
