// @ts-check
/* Time passing: which event the point is at after some milliseconds of play. */

const SPEEDS = [1, 4, 8, 20, 60];

const QUIET_US = 75e6;
const QUIET_MS = 600;

/** @param {number} speed @returns {number} the next one, the first after the last */
export function speed_after(speed) {
  return SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length];
}

/**
 * How long the step from an event to the next one is shown. Quiet stretches pass quickly, and so do those
 * events that are of an earlier time than the one before.
 * @param {import('./model.js').Columns} columns @param {number} sequence @param {number} speed
 */
export function step_ms(columns, sequence, speed) {
  const gap_us = Math.max(0, columns.times_us[sequence] - columns.times_us[sequence - 1]);
  return gap_us > QUIET_US ? QUIET_MS : gap_us / 1000 / speed;
}

/**
 * Let time pass. `left_ms` is what has passed since the event at the point.
 * @param {import('./model.js').Columns} columns @param {{point: number, left_ms: number}} from
 * @param {number} elapsed_ms @param {number} speed
 * @returns {{point: number, left_ms: number, ended: boolean}} ended: the last event is reached
 */
export function play_on(columns, from, elapsed_ms, speed) {
  let {point, left_ms} = from;
  left_ms += elapsed_ms;
  while (point < columns.count) {
    const step = point < 1 ? 0 : step_ms(columns, point, speed);
    if (left_ms < step) return {point, left_ms, ended: false};
    left_ms -= step;
    point++;
  }
  return {point, left_ms: 0, ended: true};
}
