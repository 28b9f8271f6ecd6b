// @ts-check
/* The time axis: what timeline and scrubber share, so that the point is one line through both.
 *
 *     time     |···|··|·|                                  |··|·|···|
 *     folded   |···|··|·|<gap>|··|·|···|
 *
 * Time in which nothing happens for over 75 s is folded: it takes `gap_us` of folded time, whatever its true
 * length. Folded time is microseconds from the first event; what lies between gaps keeps its scale.
 *
 * Events come in any order of time. `quiet` holds the stretches without anything, sorted; a time that falls into
 * one splits it, so that the axis grows with each event and is never made anew. How wide a gap is follows
 * from how much time is left beside them, in steps; a stretch that folding would not make much shorter is left. */
import {clock} from './format.js';

const QUIET_US = 75e6;
const GAP_US_MIN = 8e6;
const GAP_STEP = 1.5;
/* A gap takes a twentieth of what is not folded, all of them together a third of it. */
const GAP_SHARE = 1 / 20;
const GAPS_SHARE = 1 / 3;
/* With more late events than this at once, sorting anew is cheaper than moving what lies behind each. */
const LATE_MAX = 32;

const SECOND = 1e6;
const MINUTE = 60e6;
const HOUR = 3600e6;
const DAY = 24 * HOUR;
const STEPS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30].map((n) => n * SECOND)
  .concat([1, 2, 5, 10, 15, 30].map((n) => n * MINUTE), [1, 2, 3, 6, 12].map((n) => n * HOUR),
    [1, 2, 7, 14, 28, 91, 364].map((n) => n * DAY));
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** @typedef {{from_us: number, to_us: number, at: number, to: number}} Gap  at and to in folded time */
/** @typedef {{at: number, us: number, label: string, day: boolean}} Tick */

/**
 * The number of values in an ascending list that are at or below one.
 * @param {ArrayLike<number>} sorted @param {number} count @param {number} value
 */
export function count_up_to(sorted, count, value) {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

export class Axis {
  constructor() {
    this.start_us = 0;
    this.end_us = 0;
    this.is_empty = true;
    /** How many events are in. */
    this.count = 0;
    /** Rises when what lies before the end has moved; not when the axis only grew at its end. */
    this.revision = 0;
    this.gap_us = GAP_US_MIN;
    /** @type {number[]} */
    this.quiet_from = [];
    /** @type {number[]} */
    this.quiet_to = [];
    this.quiet_us = 0;
    /** @type {number[]} the stretches that are folded: from, to, and where they begin in folded time */
    this.gap_from = [];
    /** @type {number[]} */
    this.gap_to = [];
    /** @type {number[]} */
    this.gap_at = [];
    /** Events by time: their times, ascending, and which they are. */
    this.sorted_us = new Float64Array(64);
    this.sorted = new Int32Array(64);
    this.near = 0;
  }

  /** How long the axis is, in folded time. */
  get length() {
    return this.is_empty ? 0 : this.fold(this.end_us);
  }

  /**
   * Take in the events that came since. @param {ArrayLike<number>} times_us of the events from sequence 1 on
   * @param {number} count of them
   */
  take(times_us, count) {
    this.#reserve(count);
    let late = 0;
    for (let i = this.count; i < count; i++) {
      this.include(times_us[i]);
      if (i > 0 && times_us[i] < this.sorted_us[i - 1]) late++;
      if (late > 0 && late <= LATE_MAX) this.#insert(i, times_us[i]);
      else {
        this.sorted_us[i] = times_us[i];
        this.sorted[i] = i + 1;
      }
    }
    this.count = Math.max(this.count, count);
    if (late > LATE_MAX) this.#sort(times_us);
  }

  /** @param {number} count */
  #reserve(count) {
    if (count <= this.sorted.length) return;
    const capacity = Math.max(count, 2 * this.sorted.length);
    const times = new Float64Array(capacity);
    const sequences = new Int32Array(capacity);
    times.set(this.sorted_us);
    sequences.set(this.sorted);
    this.sorted_us = times;
    this.sorted = sequences;
  }

  /** @param {number} count of those that are sorted @param {number} us */
  #insert(count, us) {
    const place = count_up_to(this.sorted_us, count, us);
    this.sorted_us.copyWithin(place + 1, place, count);
    this.sorted.copyWithin(place + 1, place, count);
    this.sorted_us[place] = us;
    this.sorted[place] = count + 1;
  }

  /** @param {ArrayLike<number>} times_us */
  #sort(times_us) {
    const order = this.sorted.subarray(0, this.count);
    for (let i = 0; i < order.length; i++) order[i] = i + 1;
    order.sort((a, b) => times_us[a - 1] - times_us[b - 1] || a - b);
    for (let i = 0; i < order.length; i++) this.sorted_us[i] = times_us[order[i] - 1];
  }

  /** Something happens at this time: an event, or where a span begins or ends. @param {number} us */
  include(us) {
    if (!Number.isFinite(us)) return;
    if (this.is_empty) {
      this.is_empty = false;
      this.start_us = us;
      this.end_us = us;
    } else if (us > this.end_us) this.#grow(us);
    else if (us < this.start_us) this.#grow_back(us);
    else if (this.quiet_from.length > 0) this.#split(us);
  }

  /** @param {number} us */
  #grow(us) {
    const is_quiet = us - this.end_us > QUIET_US;
    if (is_quiet) this.#put_quiet(this.quiet_from.length, this.end_us, us);
    this.end_us = us;
    if (is_quiet || !this.#gap_fits()) this.#derive(this.quiet_from.length - 1);
  }

  /** @param {number} us */
  #grow_back(us) {
    if (this.start_us - us > QUIET_US) this.#put_quiet(0, us, this.start_us);
    this.start_us = us;
    this.#derive(0);
  }

  /** @param {number} us */
  #split(us) {
    const i = count_up_to(this.quiet_from, this.quiet_from.length, us) - 1;
    if (i < 0 || us <= this.quiet_from[i] || us >= this.quiet_to[i]) return;
    const from = this.quiet_from[i];
    const to = this.quiet_to[i];
    this.quiet_from.splice(i, 1);
    this.quiet_to.splice(i, 1);
    this.quiet_us -= to - from;
    if (to - us > QUIET_US) this.#put_quiet(i, us, to);
    if (us - from > QUIET_US) this.#put_quiet(i, from, us);
    this.#derive(0);
  }

  /** @param {number} i @param {number} from @param {number} to */
  #put_quiet(i, from, to) {
    this.quiet_from.splice(i, 0, from);
    this.quiet_to.splice(i, 0, to);
    this.quiet_us += to - from;
  }

  #gap_target() {
    const busy_us = this.end_us - this.start_us - this.quiet_us;
    return busy_us * Math.min(GAP_SHARE, GAPS_SHARE / Math.max(1, this.quiet_from.length));
  }

  #gap_fits() {
    const target = this.#gap_target();
    return target < this.gap_us * GAP_STEP && (target >= this.gap_us || this.gap_us === GAP_US_MIN);
  }

  #gap_wanted() {
    const target = this.#gap_target();
    if (target <= GAP_US_MIN) return GAP_US_MIN;
    return GAP_US_MIN * GAP_STEP ** Math.floor(Math.log(target / GAP_US_MIN) / Math.log(GAP_STEP));
  }

  /**
   * Fold anew from a quiet stretch on; those before it only when the width of gaps has changed. @param {number} first
   */
  #derive(first) {
    const gap_us = this.#gap_wanted();
    if (gap_us !== this.gap_us) first = 0;
    this.gap_us = gap_us;
    if (first === 0) {
      this.revision++;
      this.gap_from.length = this.gap_to.length = this.gap_at.length = 0;
    }
    for (let i = first; i < this.quiet_from.length; i++) {
      if (this.quiet_to[i] - this.quiet_from[i] < 1.5 * gap_us) continue;
      this.gap_at.push(this.fold(this.quiet_from[i]));
      this.gap_from.push(this.quiet_from[i]);
      this.gap_to.push(this.quiet_to[i]);
    }
  }

  /** The folded time of a time. @param {number} us */
  fold(us) {
    const {gap_from} = this;
    let i = this.near;
    const is_near = i < gap_from.length && gap_from[i] <= us && (i + 1 === gap_from.length || us < gap_from[i + 1]);
    if (!is_near) i = count_up_to(gap_from, gap_from.length, us) - 1;
    if (i < 0) return us - this.start_us;
    this.near = i;
    const into = us - gap_from[i];
    const length = this.gap_to[i] - gap_from[i];
    return this.gap_at[i] + (into < length ? (into / length) * this.gap_us : this.gap_us + into - length);
  }

  /** The time of a folded time. @param {number} at */
  unfold(at) {
    const i = count_up_to(this.gap_at, this.gap_at.length, at) - 1;
    if (i < 0) return this.start_us + at;
    const into = at - this.gap_at[i];
    const length = this.gap_to[i] - this.gap_from[i];
    return into < this.gap_us ? this.gap_from[i] + (into / this.gap_us) * length : this.gap_to[i] + into - this.gap_us;
  }

  /**
   * The event that is nearest to a folded time; of several at one time the last. 0: there is none. @param {number} at
   */
  nearest(at) {
    if (this.count === 0) return 0;
    const below = count_up_to(this.sorted_us, this.count, this.unfold(at)) - 1;
    if (below < 0) return this.sorted[count_up_to(this.sorted_us, this.count, this.sorted_us[0]) - 1];
    if (below + 1 === this.count) return this.sorted[below];
    const above_us = this.sorted_us[below + 1];
    if (at - this.fold(this.sorted_us[below]) <= this.fold(above_us) - at) return this.sorted[below];
    return this.sorted[count_up_to(this.sorted_us, this.count, above_us) - 1];
  }

  /** The gaps within a window of folded time. @param {number} from @param {number} to @returns {Gap[]} */
  gaps(from, to) {
    /** @type {Gap[]} */
    const found = [];
    let i = Math.max(0, count_up_to(this.gap_at, this.gap_at.length, from - this.gap_us));
    for (; i < this.gap_at.length && this.gap_at[i] < to; i++)
      found.push({from_us: this.gap_from[i], to_us: this.gap_to[i], at: this.gap_at[i],
        to: this.gap_at[i] + this.gap_us});
    return found;
  }
}

/** An axis of events. @param {ArrayLike<number>} times_us @param {number} [count] */
export function axis_of(times_us, count = times_us.length) {
  const axis = new Axis();
  axis.take(times_us, count);
  return axis;
}

/** The length of a gap in one unit: "90 s", "47 min", "3 h", "2 d". @param {Gap} gap */
export function gap_label({from_us, to_us}) {
  const us = to_us - from_us;
  if (us < 100 * SECOND) return `${Math.round(us / SECOND)} s`;
  if (us < 100 * MINUTE) return `${Math.round(us / MINUTE)} min`;
  return us < 2 * DAY ? `${Math.round(us / HOUR)} h` : `${Math.round(us / DAY)} d`;
}

/** The smallest nice step that is not below another. @param {number} us_min */
export function nice_step(us_min) {
  return STEPS.find((step) => step >= us_min) ?? STEPS[STEPS.length - 1];
}

/** "27 Nov", "27 Nov 2026" @param {number} us @param {boolean} with_year */
function day_of(us, with_year) {
  const date = new Date(Math.floor(us / 1000));
  const day = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
  return with_year ? `${day} ${date.getUTCFullYear()}` : day;
}

/** @param {number} us */
const year_of = (us) => new Date(Math.floor(us / 1000)).getUTCFullYear();

/** @param {number} us @param {number} step @param {string} day */
function label_of(us, step, day) {
  if (step >= DAY || us % DAY === 0) return day;
  if (step < 0.1 * SECOND) return clock(us, 3);
  if (step < SECOND) return clock(us, 3).slice(0, 10);
  return step < MINUTE ? clock(us) : clock(us).slice(0, 5);
}

/**
 * Where the ruler has its lines within a window, and what stands there. Nothing stands within gaps; a stretch between
 * two that is shorter than a step has one where it begins. The day is told where it changes,
 * and the year when there are several.
 * @param {Axis} axis @param {number} from @param {number} to @param {number} us_min between two @returns {Tick[]}
 */
export function axis_ticks(axis, from, to, us_min) {
  const step = nice_step(us_min);
  /** @type {Tick[]} */
  const ticks = [];
  let begin_us = Math.max(axis.start_us, axis.unfold(from));
  const last_us = axis.unfold(to);
  const many_days = Math.floor(axis.start_us / DAY) !== Math.floor(axis.end_us / DAY);
  const many_years = year_of(axis.start_us) !== year_of(axis.end_us);
  let day = many_days ? -1 : Math.floor(axis.start_us / DAY);
  /** @param {number} us */
  const put = (us) => {
    const is_new_day = Math.floor(us / DAY) !== day;
    const said_day = day_of(us, many_years);
    const label = label_of(us, step, said_day);
    day = Math.floor(us / DAY);
    const whole = is_new_day && label !== said_day ? `${said_day} ${label}` : label;
    ticks.push({at: axis.fold(us), us, label: whole, day: is_new_day || us % DAY === 0});
  };
  const gaps = axis.gaps(from, to);
  for (let i = 0; i <= gaps.length; i++) {
    const end_us = i < gaps.length ? gaps[i].from_us : last_us;
    const first = Math.ceil(begin_us / step) * step;
    if (first >= end_us && i > 0 && begin_us < last_us) put(begin_us);
    for (let us = first; us < end_us; us += step) put(us);
    if (i < gaps.length) begin_us = gaps[i].to_us;
  }
  return ticks;
}

/** Where there is no room for all, days matter more. @param {Tick[]} ticks @returns {Tick[]} */
export function days_first(ticks) {
  return [...ticks.filter((tick) => tick.day), ...ticks.filter((tick) => !tick.day)];
}
