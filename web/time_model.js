// @ts-check
/* What timeline, scrubber and player make of a workflow's columns and spans, made once for all of them and kept up with
 * the model; and the window that the big timeline shows. */
import {Axis} from './axis.js';
import {Histogram} from './histogram.js';
import {Lanes} from './lanes.js';
import {Moments} from './moments.js';
import {slice_clock} from './slices.js';

/** @typedef {import('./model.js').Model} Model */

/* So many events are taken in at once, and spans for so long; a longer history takes some frames, so that none is
 * late. */
const EVENTS_SLICE = 20_000;
const SPANS_MS = 8;
/* Room behind the last event. */
const END_ROOM = 1.006;
const WINDOW_US_MIN = 2e6;
/* Of a single event there is something to see, too. */
const WHOLE_US_MIN = 1e4;

export class TimeModel {
  /** @param {Model} model */
  constructor(model) {
    this.workflow_id = model.workflow_id;
    this.axis = new Axis();
    this.lanes = new Lanes();
    this.moments = new Moments();
    this.histogram = new Histogram();
    this.first_us = model.columns.times_us[0];
    this.last_us = NaN;
    /** There is more to take in: draw again. */
    this.is_behind = false;
    /** @type {Model | null} that was taken in last */
    this.model = null;
  }

  /** Are these columns those that were taken in, and perhaps more? @param {Model} model */
  fits(model) {
    const {columns} = model;
    const {count} = this.axis;
    return this.workflow_id === model.workflow_id && columns.count >= count &&
      (count === 0 || (columns.times_us[0] === this.first_us && columns.times_us[count - 1] === this.last_us));
  }

  /** Take in what the model has more, or the next of it. @param {Model} model */
  update(model) {
    const {columns} = model;
    const count = Math.min(columns.count, this.axis.count + EVENTS_SLICE);
    this.model = model;
    this.axis.take(columns.times_us, count);
    this.moments.take(columns, count);
    this.first_us = columns.times_us[0];
    this.last_us = columns.times_us[count - 1];
    if (count === columns.count) this.lanes.update(model, this.axis, slice_clock(SPANS_MS));
    this.histogram.take(columns, this.axis, count);
    this.is_behind = count < columns.count || this.lanes.is_behind;
  }

  /** Where the point is, in folded time. @param {Model} model */
  point_at(model) {
    if (model.live) return this.axis.length;
    return this.at(model, model.point);
  }

  /** Where an event is, in folded time. @param {Model} model @param {number} sequence */
  at(model, sequence) {
    const i = Math.min(sequence, model.columns.count) - 1;
    return i < 0 ? 0 : this.axis.fold(model.columns.times_us[i]);
  }

  /** How much the scrubber shows. */
  get whole() {
    return Math.max(this.axis.length * END_ROOM, WHOLE_US_MIN);
  }

  /** What the big timeline shows. @param {Model} model @returns {[number, number]} */
  window(model) {
    return model.zoom ? (this.clamp(model.zoom) ?? [0, this.whole]) : [0, this.whole];
  }

  /** A window as it may be; null when it is all. @param {[number, number]} window @returns {[number, number] | null} */
  clamp([from, to]) {
    const {whole} = this;
    const length = Math.min(Math.max(to - from, Math.min(WINDOW_US_MIN, whole)), whole);
    if (!(length < whole * 0.999)) return null;
    /* Around the middle of what was asked for, when that is too narrow. */
    const begin = to - from < length ? (from + to - length) / 2 : from;
    const start = Math.max(0, Math.min(begin, whole - length));
    return [start, start + length];
  }

  /**
   * The window that shows so many times as much. @param {Model} model @param {number} factor
   * @param {number} [around] what stays where it is; without it the point, when that is seen
   * @returns {[number, number] | null}
   */
  zoomed(model, factor, around) {
    const [from, to] = this.window(model);
    const at = this.point_at(model);
    const middle = around ?? (at > from && at < to ? at : (from + to) / 2);
    return this.clamp([middle - (middle - from) * factor, middle + (to - middle) * factor]);
  }
}

/** @type {TimeModel | null} */
let kept = null;

/** What there is of a model; it looks at each model once. @param {Model} model @returns {TimeModel} */
export function time_of(model) {
  if (kept?.model === model) return kept;
  if (!kept?.fits(model)) kept = new TimeModel(model);
  kept.update(model);
  return kept;
}

/** @type {Set<() => void>} */
const waiting = new Set();

/**
 * Is there more to take in, before it makes sense to draw? Then it is done in the next frame.
 * @param {Model} model @param {() => void} draw
 */
export function draw_later_if_behind(model, draw) {
  if (!time_of(model).is_behind) return false;
  if (waiting.size === 0) requestAnimationFrame(take_more);
  waiting.add(draw);
  return true;
}

function take_more() {
  if (kept?.is_behind && kept.model) kept.update(kept.model);
  const all = [...waiting];
  waiting.clear();
  for (const draw of all) draw();
}

/**
 * For the keys + and −: the window to give to actions.zoom. @param {Model} model
 * @param {number} factor below 1: closer
 */
export function zoom_by(model, factor) {
  return time_of(model).zoomed(model, factor);
}
