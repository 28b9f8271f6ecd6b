// @ts-check
/* The timeline as a widget: two canvases, the base below and what depends on the point above, and a list of what is
 * near the keyboard's place for those who hear the page.
 *
 *     compact   drag anywhere moves the point; as high as its lanes
 *     full      drag pans, the ruler moves the point, the wheel zooms at the pointer, two fingers pinch */
import {colours_now, gutter_now, sized} from '../canvas.js';
import {h, patch, widget} from '../dom.js';
import {bind_gestures} from '../gestures.js';
import {RULER, rows_of} from '../lane_rows.js';
import {draw_later_if_behind, time_of} from '../time_model.js';
import {item_at, item_at_point, words_of} from '../timeline_items.js';
import {at_of, paint_base} from '../timeline_paint.js';
import {paint_point, paint_ring} from '../timeline_point.js';
import {Cursor} from './timeline_cursor.js';
import {hide_tip, show_tip} from './tooltip.js';

/** @typedef {import('../model.js').Model} Model */
/** @typedef {import('../model.js').Actions} Actions */
/** @typedef {import('../timeline_items.js').Item} Item */
/** @typedef {import('../timeline_paint.js').Scene} Scene */

const WHEEL = 0.0016;
const WHEEL_PINCH = 0.01;
const LINE_PX = 16;

/** @param {Model} model @param {Actions} actions @param {{compact: boolean}} options */
export function timeline_canvas(model, actions, {compact}) {
  return widget('div', make_timeline, {key: compact ? 'timeline-compact' : 'timeline-full', model, actions, compact});
}

/** @type {import('../dom.js').Factory} */
function make_timeline(element, props) {
  const timeline = new TimelineCanvas(/** @type {HTMLElement} */ (element), props);
  return {update: (next) => timeline.update(next), destroy: () => timeline.destroy()};
}

export class TimelineCanvas {
  /** @param {HTMLElement} element @param {import('../dom.js').Props} props */
  constructor(element, props) {
    this.element = element;
    /** @type {Model} */
    this.model = props.model;
    /** @type {Actions} */
    this.actions = props.actions;
    this.compact = Boolean(props.compact);
    this.width = 0;
    this.height = 0;
    this.gutter = 168;
    this.scroll = 0;
    /** @type {[number, number] | null | undefined} what was asked for since the last frame; undefined: nothing */
    this.asked = undefined;
    /** @type {Map<string, string>} features of which no attempt is known, by what they are known by */
    this.planned = new Map();
    this.base_key = '';
    this.point_key = '';
    /** @type {import('../timeline_paint.js').RulerText[]} */
    this.texts = [];
    /** @type {import('../lane_rows.js').Rows | null} */
    this.rows = null;
    this.rows_key = '';
    this.redraw = () => this.draw();
    this.#make();
    const [base, point, near] = element.children;
    this.base = /** @type {HTMLCanvasElement} */ (base);
    this.point = /** @type {HTMLCanvasElement} */ (point);
    this.near = /** @type {HTMLElement} */ (near);
    this.cursor = new Cursor(this);
    this.observer = new ResizeObserver(() => this.#resized());
    this.observer.observe(element);
    this.zoom_asked = (/** @type {Event} */ event) => this.zoom_by(/** @type {CustomEvent} */ (event).detail);
    this.#bind();
  }

  #make() {
    const {element} = this;
    element.className = this.compact ? 'tl compact' : 'tl full';
    element.tabIndex = 0;
    element.setAttribute('role', 'listbox');
    element.setAttribute('aria-label', 'Timeline: arrow keys go along its spans and lanes, Enter goes to one');
    patch(element, [
      h('canvas', {'aria-hidden': 'true'}),
      h('canvas', {'aria-hidden': 'true'}),
      h('div', {class: 'sr', role: 'group'}),
    ]);
  }

  /** @param {import('../dom.js').Props} props */
  update(props) {
    if (this.model.workflow_id !== props.model.workflow_id) {
      this.planned.clear();
      this.scroll = 0;
      this.cursor.forget();
    }
    const has_moved = this.model.point !== props.model.point;
    this.model = props.model;
    this.actions = props.actions;
    this.asked = undefined;
    if (has_moved) this.#follow();
    this.draw();
  }

  /** The window goes along when the point leaves it. */
  #follow() {
    const {model} = this;
    if (this.compact || !model.zoom || model.columns.count === 0) return;
    const [from, to] = this.window();
    const at = this.time.point_at(model);
    if (at >= from && at <= to) return;
    const length = to - from;
    const begin = at > to ? at - length * 0.8 : at - length * 0.2;
    this.asked = this.time.clamp([begin, begin + length]);
    this.actions.zoom(this.asked);
  }

  destroy() {
    this.observer.disconnect();
    document.getElementById('view')?.removeEventListener('jc-zoom', this.zoom_asked);
    hide_tip();
  }

  #resized() {
    this.width = this.element.clientWidth;
    this.height = this.element.clientHeight;
    this.gutter = gutter_now();
    if (!this.compact) document.getElementById('view')?.addEventListener('jc-zoom', this.zoom_asked);
    this.draw();
  }

  get time() {
    return time_of(this.model);
  }

  /** @returns {[number, number]} */
  window() {
    if (this.compact) return [0, this.time.whole];
    if (this.asked !== undefined) return this.asked ?? [0, this.time.whole];
    return this.time.window(this.model);
  }

  /** @returns {Scene} */
  scene() {
    const [from, to] = this.window();
    const {width, height, gutter, compact, model, time} = this;
    const rows = this.#rows();
    this.scroll = Math.max(0, Math.min(this.scroll, rows.height - height));
    const k = /** @type {CanvasRenderingContext2D} */ (this.point.getContext('2d'));
    return {k, width, height, gutter, from, to, scroll: this.scroll, compact, rows, time, model,
      colours: colours_now()};
  }

  #rows() {
    this.#remember_planned();
    const {time} = this;
    const key = [time.lanes.revision, this.planned.size, this.compact ? 0 : this.height, this.model.workflow_id].join();
    if (this.rows && key === this.rows_key) return this.rows;
    const names = [...this.planned.values()].filter((name) => !time.lanes.features.has(name));
    this.rows = rows_of(time.lanes, names, this.compact, this.height);
    this.rows_key = key;
    if (this.compact) this.element.style.setProperty('--h', `${this.rows.height}px`);
    return this.rows;
  }

  /** Rows stay when the point goes before the event that planned them. */
  #remember_planned() {
    const features = this.model.states?.workflow?.features;
    if (!Array.isArray(features)) return;
    for (const feature of features) this.planned.set(String(feature.feature_id ?? feature.name), String(feature.name));
  }

  draw() {
    if (this.width === 0) return;
    if (this.model.columns.count === 0) return this.#clear();
    if (draw_later_if_behind(this.model, this.redraw)) return;
    const scene = this.scene();
    const {model, time} = this;
    const base_key = [
      time.lanes.revision, time.axis.revision, time.axis.length, time.moments.count, scene.from, scene.to, this.width,
      this.height, this.scroll, this.rows_key, devicePixelRatio, document.documentElement.dataset.theme,
      model.hues.size, model.workflow_id,
    ].join();
    if (base_key !== this.base_key) {
      this.texts = paint_base({...scene, k: sized(this.base, this.width, this.height)});
      this.base_key = base_key;
      this.point_key = '';
    }
    const cursor = this.cursor.item;
    const point_key = [model.point, model.live, model.compare, cursor?.sequence, cursor?.y,
      model.states !== null].join();
    if (point_key === this.point_key) return;
    this.point_key = point_key;
    this.#draw_point(scene);
  }

  #clear() {
    this.base_key = '';
    for (const canvas of [this.base, this.point]) sized(canvas, this.width, this.height);
  }

  /** @param {Scene} scene */
  #draw_point(scene) {
    scene.k = sized(this.point, this.width, this.height);
    paint_point(scene, this.texts);
    const selected = this.model.live ? null : item_at_point(scene);
    if (selected) paint_ring(scene, selected, scene.colours.point, 1.5);
    const {item} = this.cursor;
    if (item && this.element.matches(':focus-visible')) paint_ring(scene, item, scene.colours.ink, 2);
  }

  /** Draw what depends on the point again. */
  touch() {
    this.point_key = '';
    this.draw();
  }

  /** @param {[number, number] | null} window */
  zoom(window) {
    this.asked = window;
    this.actions.zoom(window);
    this.draw();
  }

  /** @param {number} factor @param {number} [around] */
  zoom_by(factor, around) {
    const model = this.asked === undefined ? this.model : {...this.model, zoom: this.asked};
    this.zoom(this.time.zoomed(model, factor, around));
  }

  /** @param {number} at folded time */
  #move_by(at) {
    const [from, to] = this.window();
    this.zoom(this.time.clamp([from + at, to + at]));
  }

  /** @param {number} px */
  scroll_by(px) {
    const before = this.scroll;
    this.scroll += px;
    this.draw();
    return this.scroll !== before;
  }

  #bind() {
    /** @type {{scrubs: boolean, x: number, y: number, window: [number, number], scroll: number}} */
    let hold = {scrubs: false, x: 0, y: 0, window: [0, 1], scroll: 0};
    bind_gestures(this.element, {
      begin: (x, y) => {
        const scrubs = x >= this.gutter && (this.compact || y < RULER);
        hold = {scrubs, x, y, window: this.window(), scroll: this.scroll};
        if (scrubs && y < RULER) this.#scrub(x, 'begin');
      },
      drag: (x, y, phase) => {
        if (hold.scrubs) return this.#drag_point(hold, x, phase);
        this.#pan(hold, x, y);
      },
      click: (x, y) => {
        if (hold.scrubs && y < RULER) return this.#scrub(x, 'end');
        const item = this.model.columns.count > 0 ? item_at(this.scene(), x, y) : null;
        if (item) this.actions.go(item.sequence);
      },
      pinch: this.compact ? undefined : (x, factor, moved) => {
        const scene = this.scene();
        this.zoom_by(factor, at_of(scene, x));
        this.#move_by(-moved * ((scene.to - scene.from) / (this.width - this.gutter)));
      },
      wheel: (event, x, y) => this.#wheel(event, x, y),
      hover: (x, y, event) => this.#hover(x, y, event),
      leave: hide_tip,
    });
  }

  /** @param {{y: number, x: number}} hold @param {number} x @param {'move' | 'end'} phase */
  #drag_point(hold, x, phase) {
    const is_first = /** @type {any} */ (hold).moved !== true;
    if (is_first && hold.y >= RULER) this.#scrub(hold.x, 'begin');
    /** @type {any} */ (hold).moved = true;
    this.#scrub(x, phase);
  }

  /** @param {number} x @param {'begin' | 'move' | 'end'} phase */
  #scrub(x, phase) {
    if (this.model.columns.count === 0) return;
    const at = at_of(this.scene(), Math.max(x, this.gutter));
    this.actions.go(at >= this.time.axis.length ? this.model.head : this.time.axis.nearest(at), phase);
  }

  /**
   * @param {{x: number, y: number, window: [number, number], scroll: number}} hold @param {number} x @param {number}
   *   y
   */
  #pan(hold, x, y) {
    this.element.classList.add('held');
    addEventListener('pointerup', () => this.element.classList.remove('held'), {once: true});
    this.scroll = hold.scroll + hold.y - y;
    if (this.compact || hold.x < this.gutter) return this.draw();
    const [from, to] = hold.window;
    const moved = ((hold.x - x) / (this.width - this.gutter)) * (to - from);
    const wanted = this.time.clamp([from + moved, to + moved]);
    if (wanted) this.zoom(wanted);
    else this.draw();
  }

  /** @param {WheelEvent} event @param {number} x @param {number} y */
  #wheel(event, x, y) {
    const unit = event.deltaMode === 1 ? LINE_PX : 1;
    const across = event.deltaX * unit;
    const down = event.deltaY * unit;
    if (this.compact || x < this.gutter) {
      if (!event.ctrlKey && this.scroll_by(down)) event.preventDefault();
      return;
    }
    event.preventDefault();
    const scene = this.scene();
    const sideways = event.shiftKey ? across || down : Math.abs(across) > Math.abs(down) ? across : 0;
    if (sideways) return this.#move_by((sideways / (this.width - this.gutter)) * (scene.to - scene.from));
    const factor = Math.exp(Math.max(-400, Math.min(400, down)) * (event.ctrlKey ? WHEEL_PINCH : WHEEL));
    this.zoom_by(factor, at_of(scene, x));
    this.#hover(x, y, null);
  }

  /** @param {number} x @param {number} y @param {PointerEvent | null} event */
  #hover(x, y, event) {
    if (this.model.columns.count === 0) return;
    const scene = this.scene();
    const item = event ? item_at(scene, x, y) : null;
    this.element.classList.toggle('hit', item !== null);
    this.element.classList.toggle('ruler', !this.compact && y < RULER);
    if (!item || !event) return hide_tip();
    if (!this.model.events.get(item.sequence)) this.actions.want(item.sequence, item.sequence);
    const {title, text, agent, facts} = words_of(scene, item);
    show_tip({title, text, facts: [agent, ...facts].filter(Boolean).join(' · ')}, event.clientX, event.clientY);
  }
}
