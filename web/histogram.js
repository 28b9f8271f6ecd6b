// @ts-check
/* How many events there are along the axis. They are counted once, into fine bins of folded time; what a pixel
 * shows is a sum of bins, so that neither a new event nor another width means counting anew. When the axis outgrows
 * its bins, they are joined in pairs. */
import {is_error} from './kinds.js';

const BINS = 8192;
const BIN_US = 4096;

export class Histogram {
  constructor() {
    this.count = 0;
    this.axis_revision = -1;
    this.bin_us = BIN_US;
    this.events = new Uint32Array(BINS);
    this.errors = new Uint32Array(BINS);
    /** @type {boolean[]} by type */
    this.is_bad = [];
  }

  /**
   * Take in the events that came since. @param {import('./model.js').Columns} columns
   * @param {import('./axis.js').Axis} axis
   * @param {number} [count] up to here
   */
  take(columns, axis, count = columns.count) {
    if (axis.revision !== this.axis_revision) this.#restart(axis);
    for (let type = this.is_bad.length; type < columns.type_names.length; type++)
      this.is_bad.push(is_error(columns.type_names[type]));
    while (axis.length / this.bin_us >= BINS) this.#join();
    const {times_us, types} = columns;
    for (let i = this.count; i < count; i++) {
      const bin = Math.floor(axis.fold(times_us[i]) / this.bin_us);
      this.events[bin]++;
      if (this.is_bad[types[i]]) this.errors[bin]++;
    }
    this.count = Math.max(this.count, count);
  }

  /** @param {import('./axis.js').Axis} axis */
  #restart(axis) {
    this.count = 0;
    this.bin_us = BIN_US;
    this.events.fill(0);
    this.errors.fill(0);
    this.axis_revision = axis.revision;
  }

  #join() {
    for (const bins of [this.events, this.errors]) {
      for (let i = 0; i < BINS / 2; i++) bins[i] = bins[2 * i] + bins[2 * i + 1];
      bins.fill(0, BINS / 2);
    }
    this.bin_us *= 2;
  }

  /**
   * Sums for so many equal buckets of a length of folded time from its beginning.
   * @param {number} length @param {number} count @returns {{events: Uint32Array, errors: Uint32Array, most: number}}
   */
  buckets(length, count) {
    const events = new Uint32Array(count);
    const errors = new Uint32Array(count);
    let most = 0;
    const last = Math.min(BINS - 1, Math.floor(length / this.bin_us));
    for (let bin = 0; bin <= last; bin++) {
      if (this.events[bin] === 0) continue;
      const bucket = Math.min(count - 1, Math.floor(((bin + 0.5) * this.bin_us * count) / length));
      events[bucket] += this.events[bin];
      errors[bucket] += this.errors[bin];
      most = Math.max(most, events[bucket]);
    }
    return {events, errors, most};
  }
}
