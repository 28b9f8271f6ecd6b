// @ts-check
/* The folds of the page beside those in C: what both come to behind every event. */

import {spawnSync} from 'node:child_process';
import {FOLDS} from '../../web/fold.js';

/** @typedef {keyof typeof FOLDS} Name */

export const NAMES = /** @type {Name[]} */ (Object.keys(FOLDS));

/**
 * The states in C behind every event of a history, as JSON: by projection, in order; and `attention`, all that follows
 * from them, due or not.
 * @param {string} program  fold_states @param {string[]} lines @returns {Record<Name | 'attention', string[]>}
 */
export function states_in_c(program, lines) {
  const run = spawnSync(program, {input: lines.join('\n') + '\n', maxBuffer: 2 ** 31, encoding: 'utf8'});
  if (run.status !== 0) throw new Error(`${program}: ${run.error ?? run.stderr}`);
  const kept = [...NAMES, 'attention'].map((name) => [name, []]);
  const states = /** @type {Record<Name | 'attention', string[]>} */ (Object.fromEntries(kept));
  for (const line of run.stdout.split('\n')) {
    const [name, , json] = cut_twice(line);
    if (Object.hasOwn(states, name)) states[/** @type {Name} */ (name)].push(json);
  }
  return states;
}

/** The projections in C, and their versions. @param {string} program @returns {Record<string, number>} */
export function versions_in_c(program) {
  const lines = spawnSync(program, ['versions'], {encoding: 'utf8'}).stdout.trim().split('\n');
  return Object.fromEntries(lines.map((line) => line.split(' ')).map(([name, version]) => [name, Number(version)]));
}

/** @param {string} line "NAME SEQUENCE JSON" @returns {[string, string, string]} */
function cut_twice(line) {
  const first = line.indexOf(' ');
  const second = line.indexOf(' ', first + 1);
  return [line.slice(0, first), line.slice(first + 1, second), line.slice(second + 1)];
}

/**
 * Where two JSON values part, as a path and what stands there; '' when they do not.
 * @param {any} got @param {any} wanted @param {string} [path] @returns {string}
 */
export function difference(got, wanted, path = '') {
  if (JSON.stringify(got) === JSON.stringify(wanted)) return '';
  const objects = typeof got === 'object' && typeof wanted === 'object' && got !== null && wanted !== null;
  if (objects && Array.isArray(got) === Array.isArray(wanted)) {
    for (const key of new Set([...Object.keys(wanted), ...Object.keys(got)])) {
      const found = difference(got[key], wanted[key], `${path}.${key}`);
      if (found !== '') return found;
    }
    return `${path}: its keys stand in another order: ${Object.keys(got)} instead of ${Object.keys(wanted)}`;
  }
  return `${path}: ${JSON.stringify(got)} instead of ${JSON.stringify(wanted)}`.slice(0, 600);
}
