// @ts-check
/* What there is of each correlation in a workflow: events, failures, its time. From the columns, read once. */
import {is_continued} from './filter.js';
import {is_error} from './kinds.js';

/** @typedef {import('./model.js').Columns} Columns */
/**
 * @typedef {{id: string, count: number, failed: number, first: number, from_us: number, to_us: number}} Correlation
 * `first`: a sequence
 */

/** Kept up to date, in the order of their first events. */
export function correlations() {
  /** @type {Columns | null} */
  let before = null;
  let done = 0;
  /** @type {Correlation[]} */
  let list = [];

  /** @param {Columns} columns @param {number} at */
  function add(columns, at) {
    const index = columns.correlations[at];
    if (index === -1) return;
    const us = columns.times_us[at];
    const each = (list[index] ??= {id: columns.correlation_names[index], count: 0, failed: 0, first: at + 1,
      from_us: us, to_us: us});
    each.count++;
    each.from_us = Math.min(each.from_us, us);
    each.to_us = Math.max(each.to_us, us);
    if (is_error(columns.type_names[columns.types[at]])) each.failed++;
  }

  return {
    /** @param {Columns} columns @returns {Correlation[]} */
    update(columns) {
      if (!is_continued(before, columns, done)) {
        list = [];
        done = 0;
      }
      before = {...columns};
      for (; done < columns.count; done++) add(columns, done);
      return list;
    },
  };
}
