// @ts-check
/* The scrubber: all of a workflow in one strip. Milestones above, how many events there were below, gaps with their
 * length, the point with its handle, the range from pin A, and the window of the big timeline as a frame. Dragging
 * anywhere moves the point to the event that is nearest in time. */
import {axis_ticks, days_first, gap_label} from '../axis.js';
import {colours_now, gutter_now, rounded, set_font, sized, vertical, width_of} from '../canvas.js';
import {patch, h, widget} from '../dom.js';
import {clock, line_of} from '../format.js';
import {bind_gestures} from '../gestures.js';
import {summary_of} from '../kinds.js';
import {draw_later_if_behind, time_of} from '../time_model.js';
import {at_of, x_of} from '../timeline_paint.js';
import {hide_tip, show_tip} from './tooltip.js';

/** @typedef {import('../model.js').Model} Model */
/** @typedef {import('../model.js').Actions} Actions */
/** @typedef {{k: CanvasRenderingContext2D, width: number, height: number, gutter: number, from: number, to: number,
 *   time: import('../time_model.js').TimeModel, model: Model, colours: import('../canvas.js').Colours}} Strip */

const BAR = 4;
const TOP = 14;
const FOOT = 15;
const STEP_LARGE = 10;
const PHONE = 760;
/* A hand that hovers this long wants to know. */
const HOVER_MS = 150;

/** @param {Model} model @param {Actions} actions */
export function scrubber(model, actions) {
  return widget('div', make_scrubber, {key: 'scrubber', model, actions});
}

/** @type {import('../dom.js').Factory} */
function make_scrubber(element, props) {
  const made = new Scrubber(/** @type {HTMLElement} */ (element), props);
  return {update: (next) => made.update(next), destroy: () => made.destroy()};
}

class Scrubber {
  /** @param {HTMLElement} element @param {import('../dom.js').Props} props */
  constructor(element, props) {
    this.element = element;
    /** @type {Model} */
    this.model = props.model;
    /** @type {Actions} */
    this.actions = props.actions;
    this.width = 0;
    this.height = 0;
    this.gutter = 0;
    this.base_key = '';
    this.point_key = '';
    /** @type {any} */
    this.hover_timer = null;
    this.redraw = () => this.draw();
    element.className = 'scrub';
    element.tabIndex = 0;
    element.setAttribute('role', 'slider');
    element.setAttribute('aria-label', 'Point in time');
    patch(element, [h('canvas', {'aria-hidden': 'true'}), h('canvas', {'aria-hidden': 'true'})]);
    this.base = /** @type {HTMLCanvasElement} */ (element.children[0]);
    this.point = /** @type {HTMLCanvasElement} */ (element.children[1]);
    this.observer = new ResizeObserver(() => this.#resized());
    this.observer.observe(element);
    element.addEventListener('keydown', (event) => this.#key(event));
    bind_gestures(element, {
      begin: (x) => this.#scrub(x, 'begin'),
      drag: (x, y, phase) => this.#scrub(x, phase),
      click: (x) => this.#scrub(x, 'end'),
      hover: (x, y, event) => this.#hover(x, event),
      leave: () => this.#leave(),
    });
  }

  /** @param {import('../dom.js').Props} props */
  update(props) {
    this.model = props.model;
    this.actions = props.actions;
    this.#tell();
    this.draw();
  }

  destroy() {
    this.observer.disconnect();
    this.#leave();
  }

  #resized() {
    this.width = this.element.clientWidth;
    this.height = this.element.clientHeight;
    this.gutter = innerWidth <= PHONE ? 0 : gutter_now();
    this.#tell();
    this.draw();
  }

  /** Say the value to those who hear it. */
  #tell() {
    const {element, model} = this;
    const us = model.columns.times_us[model.point - 1];
    const type = model.columns.type_names[model.columns.types[model.point - 1]] ?? '';
    element.setAttribute('aria-valuemin', String(Math.min(1, model.head)));
    element.setAttribute('aria-valuemax', String(model.head));
    element.setAttribute('aria-valuenow', String(model.point));
    const text = model.point > 0 && us !== undefined ? `event ${model.point}, ${clock(us)}, ${type}` : 'no event';
    element.setAttribute('aria-valuetext', model.live ? `live, ${text}` : text);
  }

  /** @returns {Strip} */
  #strip() {
    const {width, height, gutter, model} = this;
    const time = time_of(model);
    const k = /** @type {CanvasRenderingContext2D} */ (this.point.getContext('2d'));
    return {k, width, height, gutter, from: 0, to: time.whole, time, model, colours: colours_now()};
  }

  draw() {
    if (this.width === 0) return;
    if (this.model.columns.count === 0) return this.#clear();
    if (draw_later_if_behind(this.model, this.redraw)) return;
    const strip = this.#strip();
    const {model} = this;
    const base_key = [
      model.workflow_id, strip.time.axis.count, strip.time.axis.revision, strip.to, this.width, this.height,
      devicePixelRatio,
      document.documentElement.dataset.theme,
    ].join();
    if (base_key !== this.base_key) {
      paint_strip({...strip, k: sized(this.base, this.width, this.height)});
      this.base_key = base_key;
      this.point_key = '';
    }
    const zoom = model.view === 'timeline' ? model.zoom : null;
    const point_key = [model.point, model.live, model.compare, model.since, zoom].join();
    if (point_key === this.point_key) return;
    this.point_key = point_key;
    strip.k = sized(this.point, this.width, this.height);
    paint_strip_point(strip, zoom);
  }

  #clear() {
    this.base_key = '';
    for (const canvas of [this.base, this.point]) sized(canvas, this.width, this.height);
  }

  /** The event at a pixel. @param {number} x */
  #sequence_at(x) {
    const strip = this.#strip();
    const at = at_of(strip, Math.max(x, this.gutter));
    return at >= strip.time.axis.length ? this.model.head : strip.time.axis.nearest(at);
  }

  /** @param {number} x @param {'begin' | 'move' | 'end'} phase */
  #scrub(x, phase) {
    if (this.model.columns.count > 0) this.actions.go(this.#sequence_at(x), phase);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const {actions} = this;
    const step = event.shiftKey ? STEP_LARGE : 1;
    const page = Math.max(STEP_LARGE, Math.round(this.model.head / 20));
    /** @type {Record<string, () => void>} */
    const acts = {
      ArrowLeft: () => actions.step(-step), ArrowDown: () => actions.step(-step),
      ArrowRight: () => actions.step(step), ArrowUp: () => actions.step(step),
      PageDown: () => actions.step(-page), PageUp: () => actions.step(page),
      Home: () => actions.go(1), End: () => actions.go_live(),
    };
    if (!Object.hasOwn(acts, event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    acts[event.key]();
  }

  /** @param {number} x @param {PointerEvent} event */
  #hover(x, event) {
    if (this.model.columns.count === 0 || x < this.gutter) return this.#leave();
    const sequence = this.#sequence_at(x);
    this.#tip(sequence, event.clientX, event.clientY);
    clearTimeout(this.hover_timer);
    if (this.model.events.get(sequence)) return;
    this.hover_timer = setTimeout(() => this.actions.want(sequence, sequence), HOVER_MS);
  }

  #leave() {
    clearTimeout(this.hover_timer);
    hide_tip();
  }

  /** @param {number} sequence @param {number} x @param {number} y */
  #tip(sequence, x, y) {
    const {columns, events} = this.model;
    const event = events.get(sequence);
    const said = event ? summary_of(event) : {strong: '', text: ''};
    const type = columns.type_names[columns.types[sequence - 1]] ?? '';
    const agent = columns.agent_names[columns.agents[sequence - 1]] ?? '';
    show_tip({
      title: `#${sequence}  ${clock(columns.times_us[sequence - 1])}`,
      text: [said.strong, said.text].filter(Boolean).join(' '),
      facts: [type, line_of(agent, 60)].filter(Boolean).join(' · '),
    }, x, y);
  }
}

/** @param {Strip} strip */
function paint_strip(strip) {
  const {k, colours, gutter, width, height, time} = strip;
  const base = height - FOOT;
  const gaps = time.axis.gaps(0, strip.to);
  k.fillStyle = colours.hover;
  for (const gap of gaps)
    k.fillRect(x_of(strip, gap.at), TOP, Math.max(1, x_of(strip, gap.to) - x_of(strip, gap.at)), base - TOP);
  paint_bars(strip, base);
  k.strokeStyle = colours.line2;
  k.beginPath();
  k.moveTo(gutter, base + 0.5);
  k.lineTo(width, base + 0.5);
  k.stroke();
  paint_milestones(strip);
  paint_foot(strip, gaps, base);
  if (gutter === 0) return;
  set_font(k, colours, 11);
  k.fillStyle = colours.ink3;
  k.fillText('Milestones', 12, 7);
  k.fillText('Events', 12, (TOP + base) / 2 + 4);
}

/** @param {Strip} strip @param {number} base */
function paint_bars(strip, base) {
  const {k, colours, gutter, width, time} = strip;
  const count = Math.max(1, Math.floor((width - gutter - 6) / BAR));
  const {events, errors, most} = time.histogram.buckets(strip.to, count);
  const each = (width - gutter - 6) / count;
  for (let i = 0; i < count; i++) {
    if (events[i] === 0) continue;
    const x = gutter + i * each;
    const high = Math.max(2, Math.sqrt(events[i] / Math.max(3, most)) * (base - TOP - 3));
    k.fillStyle = colours.ink3;
    k.fillRect(x, base - high, each - 1, high);
    if (errors[i] === 0) continue;
    k.fillStyle = colours.bad;
    const share = errors[i] / events[i];
    const red = Math.min(high, Math.max(share > 0.1 ? 4 : 1.5, high * share));
    k.fillRect(x, base - red, each - 1, red);
  }
}

/** @type {Record<string, [string, (k: CanvasRenderingContext2D, x: number, y: number) => void]>} */
const SHAPES = {
  phase: ['ink3', (k, x, y) => k.rect(x - 0.75, y - 5, 1.5, 10)],
  started: ['run', (k, x, y) => k.arc(x, y, 1.8, 0, 7)],
  completed: ['ok', (k, x, y) => k.arc(x, y, 3.2, 0, 7)],
  paused: ['warn', triangle],
  question: ['warn', triangle],
  failed: ['bad', (k, x, y) => k.rect(x - 3, y - 3, 6, 6)],
};

/** @param {CanvasRenderingContext2D} k @param {number} x @param {number} y */
function triangle(k, x, y) {
  k.moveTo(x, y - 4);
  k.lineTo(x + 4, y + 3.5);
  k.lineTo(x - 4, y + 3.5);
  k.closePath();
}

/** Those that matter most are drawn last. @param {Strip} strip */
function paint_milestones(strip) {
  const {k, colours, time} = strip;
  for (const [what, [colour, shape]] of Object.entries(SHAPES)) {
    let before = -Infinity;
    k.fillStyle = colours[colour];
    for (const milestone of time.moments.milestones) {
      if (milestone.what !== what) continue;
      const x = x_of(strip, time.axis.fold(milestone.us));
      if (x < before + 4) continue;
      before = x;
      k.beginPath();
      shape(k, x, 7);
      k.fill();
    }
  }
}

/** @param {Strip} strip @param {import('../axis.js').Gap[]} gaps @param {number} base */
function paint_foot(strip, gaps, base) {
  const {k, colours, gutter, width, time} = strip;
  /** @type {[number, number][]} */
  const taken = [];
  set_font(k, colours, 11);
  k.fillStyle = colours.ink3;
  k.textAlign = 'center';
  /** @param {string} text @param {number} x @param {number} apart */
  const put = (text, x, apart) => {
    const half = width_of(k, text) / 2 + apart;
    if (x - half < gutter - 16 || x + half > width + 8
      || taken.some(([from, to]) => x - half < to && x + half > from)) return;
    taken.push([x - half, x + half]);
    k.fillText(text, x, base + 8);
  };
  for (const gap of gaps) {
    const room = x_of(strip, gap.to) - x_of(strip, gap.at);
    if (room > 6) put(gap_label(gap), (x_of(strip, gap.at) + x_of(strip, gap.to)) / 2, 6);
  }
  const us_per_pixel = strip.to / Math.max(1, width - gutter);
  const ticks = axis_ticks(time.axis, 0, strip.to, us_per_pixel * (gutter === 0 ? 60 : 84));
  for (const tick of days_first(ticks)) put(tick.label, x_of(strip, tick.at), 8);
  k.textAlign = 'left';
}

/** @param {Strip} strip @param {[number, number] | null} zoom */
function paint_strip_point(strip, zoom) {
  const {k, colours, width, height, time, model} = strip;
  const base = height - FOOT;
  const x = x_of(strip, time.point_at(model));
  if (!model.live) {
    k.globalAlpha = 0.66;
    k.fillStyle = colours.panel;
    k.fillRect(x, 0, width - x, base);
    k.globalAlpha = 1;
  }
  const pin = model.compare ?? (model.live ? null : model.since);
  if (pin !== null) {
    const from = x_of(strip, time.at(model, pin));
    k.globalAlpha = model.compare === null ? 0.1 : 0.15;
    k.fillStyle = colours.point;
    k.fillRect(Math.min(from, x), TOP - 2, Math.abs(x - from), base - TOP + 2);
    k.globalAlpha = 1;
  }
  if (zoom) paint_frame(strip, zoom, base);
  if (model.compare !== null) paint_pin(strip, x_of(strip, time.at(model, model.compare)), base);
  paint_handle(strip, x, base);
}

/** What the big timeline shows. @param {Strip} strip @param {[number, number]} zoom @param {number} base */
function paint_frame(strip, zoom, base) {
  const {k, colours} = strip;
  const from = x_of(strip, zoom[0]);
  const to = x_of(strip, zoom[1]);
  k.strokeStyle = colours.ink;
  k.lineWidth = 1.5;
  k.beginPath();
  k.roundRect(from, TOP - 1, Math.max(3, to - from), base - TOP + 1, 2);
  k.stroke();
  k.lineWidth = 1;
}

/** @param {Strip} strip @param {number} x @param {number} base */
function paint_pin(strip, x, base) {
  const {k, colours} = strip;
  k.strokeStyle = k.fillStyle = colours.point;
  k.setLineDash([2, 2]);
  vertical(k, x, 2, base);
  k.setLineDash([]);
  rounded(k, x - 7, 0, 14, 13, 3);
  set_font(k, colours, 10, 600);
  k.fillStyle = colours['point-ink'];
  k.textAlign = 'center';
  k.fillText('A', x, 7);
  k.textAlign = 'left';
}

/** @param {Strip} strip @param {number} x @param {number} base */
function paint_handle(strip, x, base) {
  const {k, colours, model} = strip;
  k.fillStyle = model.live ? colours.ink : colours.point;
  k.fillRect(x - 0.75, 10, 1.5, base - 10);
  rounded(k, x - 5, base - 9, 10, 15, 3);
  k.fillStyle = model.live ? colours.panel : colours['point-ink'];
  for (const side of [-1.8, 0.8]) k.fillRect(x + side, base - 5, 1, 7);
}
