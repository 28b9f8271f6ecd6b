// @ts-check
/* The keyboard's place in a timeline: arrows go along a line of spans and from line to line, Enter goes there. What
 * lies around the place is in the document as options of a list, so that it is read aloud. */
import {h, patch} from '../dom.js';
import {RULER} from '../lane_rows.js';
import {lines_of, nearest_in, words_of} from '../timeline_items.js';

/** @typedef {import('../timeline_items.js').Item} Item */
/** @typedef {import('../timeline_items.js').Line} Line */

const AROUND = 3;
let serial = 0;

export class Cursor {
  /** @param {import('./timeline_canvas.js').TimelineCanvas} timeline */
  constructor(timeline) {
    this.timeline = timeline;
    this.id = `timeline-${++serial}`;
    /** @type {{label: string, i: number} | null} */
    this.place = null;
    /** @type {Item | null} */
    this.item = null;
    const {element} = timeline;
    this.forget();
    element.addEventListener('keydown', (event) => this.#key(event));
    element.addEventListener('focus', () => this.#focus());
    element.addEventListener('blur', () => timeline.touch());
  }

  forget() {
    this.place = null;
    this.item = null;
    this.#tell([h('div', {key: 'none', role: 'option', 'aria-selected': 'false'}, 'Nothing chosen')]);
  }

  #focus() {
    const {timeline} = this;
    if (!this.place && timeline.model.columns.count > 0 && timeline.width > 0) this.#start();
    timeline.touch();
  }

  /** Begin with what is nearest to the point. */
  #start() {
    const {timeline} = this;
    const lines = lines_of(timeline.scene());
    const at = timeline.time.point_at(timeline.model);
    /** @type {Line | null} */
    let best = null;
    let best_distance = Infinity;
    for (const line of lines) {
      const distance = Math.abs(line.item(nearest_in(line, at)).from - at);
      if (distance < best_distance) [best, best_distance] = [line, distance];
    }
    if (best) this.#go(lines, lines.indexOf(best), nearest_in(best, at));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.#act(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {string} key @returns {boolean} whether it means anything here */
  #act(key) {
    const {timeline} = this;
    if (timeline.model.columns.count === 0) return false;
    if (key === 'Enter' && this.item) {
      timeline.actions.go(this.item.sequence);
      return true;
    }
    if (!/^(Arrow|Home$|End$|Page)/.test(key)) return false;
    const lines = lines_of(timeline.scene());
    const at = lines.findIndex((line) => line.label === this.place?.label);
    if (!this.place || at < 0) {
      this.#start();
      return true;
    }
    const {i} = this.place;
    const {count} = lines[at];
    const along = {ArrowLeft: i - 1, ArrowRight: i + 1, Home: 0, End: count - 1, PageUp: i - 10, PageDown: i + 10}[key];
    if (along !== undefined) this.#go(lines, at, along);
    else this.#go_line(lines, at, key === 'ArrowUp' ? -1 : 1);
    return true;
  }

  /** @param {Line[]} lines @param {number} at @param {number} by */
  #go_line(lines, at, by) {
    const next = lines[at + by];
    if (next && this.item) this.#go(lines, at + by, nearest_in(next, this.item.from));
  }

  /** @param {Line[]} lines @param {number} at @param {number} wanted */
  #go(lines, at, wanted) {
    const line = lines[at];
    const i = Math.max(0, Math.min(wanted, line.count - 1));
    this.place = {label: line.label, i};
    this.item = line.item(i);
    this.#show(this.item);
    this.#tell(this.#options(line, i));
    this.timeline.touch();
  }

  /** Bring it into the window. @param {Item} item */
  #show(item) {
    const {timeline} = this;
    const {scroll, height} = timeline;
    if (item.y - scroll < RULER + 4) timeline.scroll = item.y - RULER - 8;
    else if (item.y + item.h - scroll > height - 4) timeline.scroll = item.y + item.h - height + 8;
    const [from, to] = timeline.window();
    if (timeline.compact || (item.from >= from && item.from <= to)) return;
    const length = to - from;
    timeline.zoom(timeline.time.clamp([item.from - length * 0.4, item.from + length * 0.6]));
  }

  /** @param {Line} line @param {number} i */
  #options(line, i) {
    const {timeline} = this;
    const scene = timeline.scene();
    const first = Math.max(0, i - AROUND);
    const count = Math.min(line.count, i + AROUND + 1) - first;
    return Array.from({length: count}, (_, k) => {
      const words = words_of(scene, line.item(first + k));
      const text = [line.label, words.title, words.text, ...words.facts].filter(Boolean).join(', ');
      return h('div', {
        key: `${line.label} ${first + k}`, id: `${this.id}-${first + k}`, role: 'option',
        'aria-selected': String(first + k === i),
        'aria-posinset': first + k + 1, 'aria-setsize': line.count,
      }, text);
    });
  }

  /** @param {ReturnType<typeof h>[]} options */
  #tell(options) {
    const {element, near} = this.timeline;
    patch(near, options);
    if (this.place) element.setAttribute('aria-activedescendant', `${this.id}-${this.place.i}`);
    else element.removeAttribute('aria-activedescendant');
  }
}
