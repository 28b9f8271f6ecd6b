// @ts-check
/* Who is at work, in the room that there is: all with what they do; else all by their names; else as many names as
 * fit, and how many more there are. */
import {colours_now, set_font, width_of} from '../canvas.js';
import {h, patch, widget} from '../dom.js';

/** @typedef {{agent_id: string, name: string, hue: string, is_sub: boolean, does: string}} Worker */
/** @typedef {{count: number, with_doing: boolean}} Shown */

const DOT = 14; // with the gap behind it
const DOING_GAP = 6;
const GAP = 14;
const SHOWN_MAX = 8;
/* As in shell.css. */
const TEXT_PX = 12;
const NAME_MAX = 180;
const DOING_MAX = 190;

/**
 * How many of them to show, and whether what they do fits besides.
 * @param {number[]} names widths @param {number[]} doings widths @param {number} more the width of "+9"
 * @param {number} room @returns {Shown}
 */
export function fit(names, doings, more, room) {
  const lone = names.map((width) => DOT + width);
  const sum = (/** @type {number[]} */ widths) => widths.reduce((all, width) => all + width + GAP, -GAP);
  const is_few = names.length <= SHOWN_MAX;
  if (is_few && sum(lone.map((width, at) => width + DOING_GAP + doings[at])) <= room) {
    return {count: names.length, with_doing: true};
  }
  if (is_few && sum(lone) <= room) return {count: names.length, with_doing: false};
  let count = Math.min(names.length, SHOWN_MAX);
  while (count > 1 && sum(lone.slice(0, count)) + (count < names.length ? GAP + more : 0) > room) count--;
  return {count, with_doing: false};
}

/** @param {Worker} worker @param {boolean} with_doing */
function worker_item(worker, with_doing) {
  return h('span', {class: 'worker', key: worker.agent_id, title: `${worker.name}: ${worker.does}`},
    h('span', {class: worker.is_sub ? 'dot sub' : 'dot', vars: {'--c': `var(${worker.hue})`}}),
    h('b', {class: 'cut said'}, worker.name),
    with_doing ? h('small', {class: 'cut said'}, worker.does) : null);
}

/** @type {import('../dom.js').Factory} */
function make_workers(element, first) {
  /** @type {Worker[]} */
  let list = first.list;
  let room = Infinity;
  const k = new OffscreenCanvas(1, 1).getContext('2d');

  /** @param {string[]} texts @param {number} weight @param {number} most */
  function widths(texts, weight, most) {
    const pen = /** @type {CanvasRenderingContext2D} */ (/** @type {unknown} */ (k));
    set_font(pen, colours_now(), TEXT_PX, weight);
    return texts.map((text) => Math.min(most, Math.ceil(width_of(pen, text))));
  }

  function show() {
    const names = widths(list.map(({name}) => name), 550, NAME_MAX);
    const doings = widths(list.map(({does}) => does), 400, DOING_MAX);
    const [more] = widths([`+${list.length}`], 400, NAME_MAX);
    const {count, with_doing} = fit(names, doings, more, room);
    const rest = list.slice(count);
    patch(element, [
      ...list.slice(0, count).map((worker) => worker_item(worker, with_doing)),
      rest.length > 0 ? h('small', {key: '+', title: rest.map(({name}) => name).slice(0, 40).join(', ')},
        `+${rest.length}`) : null,
    ]);
  }

  const observer = new ResizeObserver(() => {
    room = element.clientWidth;
    show();
  });
  element.className = 'work';
  observer.observe(element);
  show();
  return {
    update(next) {
      list = next.list;
      show();
    },
    destroy: () => observer.disconnect(),
  };
}

/** @param {Worker[]} list */
export function workers_line(list) {
  return widget('div', make_workers, {key: 'work', list});
}
