// @ts-check
/* Goldens: histories, and the states in C behind their events, for tests that need no build.
 *
 *     node tests/web/goldens.mjs write build/tests/web/fold_states     make them anew
 *     node tests/web/goldens.mjs check build/tests/web/fold_states     does C still make the same?
 *
 * Histories are goldens/NAME.jsonl, lines without position and hash, the goldens of tests/agents, and made-up ones of
 * a seed. States are goldens/NAME.states: a line for each point, {"sequence":N,"changes":{PROJECTION:CHANGE}}, where a
 * change is what the state has become since the line before: [VALUE] is a new value, null nothing, {MEMBER:CHANGE}
 * changes of members (of a list's elements, by their places; `length` is a list's new length). */

import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {id_of, line_of, random_history, time_of} from './histories.mjs';
import {FOLDS} from '../../web/fold.js';
import {NAMES, states_in_c, versions_in_c} from './twin.mjs';

/** @typedef {import('./twin.mjs').Name} Name */
/** @typedef {{sequence: number, states: Record<Name, any>}} Point */

const HERE = new URL('.', import.meta.url);
const AGENTS = new URL('../agents/', HERE);

/** The line of an event that lacks what a log adds. @param {string} short @param {number} sequence */
function line_of_short(short, sequence) {
  const {id = id_of(sequence), timestamp = time_of(Date.UTC(2026, 8, 1) * 1000 + sequence * 250000), ...event} =
    JSON.parse(short);
  const data = short.slice(short.indexOf('"data":') + '"data":'.length, -1);
  return line_of({...event, id, workflow_id: 'wf', sequence, timestamp}, data);
}

/** @param {URL[]} files */
function lines_of_files(files) {
  const shorts = files.flatMap((file) => readFileSync(file, 'utf8').split('\n').filter((line) => line !== ''));
  return shorts.map((short, i) => line_of_short(short, i + 1));
}

/** @param {string} folder */
function expected_in(folder) {
  const names = readdirSync(new URL(folder, AGENTS)).filter((name) => name.endsWith('.expected.jsonl')).sort();
  return names.map((name) => new URL(`${folder}${name}`, AGENTS));
}

/** @param {string} name */
function told(name) {
  return lines_of_files([new URL(`goldens/${name}.jsonl`, HERE)]);
}

/**
 * What there is: the lines of a history, and at which events its states are kept.
 * @type {Record<string, {lines: () => string[], stride: number}>}
 */
export const GOLDENS = {
  story: {lines: () => told('story'), stride: 1},
  edges: {lines: () => told('edges'), stride: 1},
  hooks: {lines: () => lines_of_files(expected_in('hooks/')), stride: 4},
  transcripts: {lines: () => lines_of_files(expected_in('transcripts/')), stride: 4},
  random_1: {lines: () => random_history(1, 100), stride: 10},
  random_2: {lines: () => random_history(2, 100), stride: 10},
  random_5: {lines: () => random_history(5, 100), stride: 10},
};

/* ---- Changes ---- */

/** @param {any} value */
function is_object(value) {
  return typeof value === 'object' && value !== null;
}

/** What makes `before` into `after`; null: nothing. @param {any} before @param {any} after @returns {any} */
function change_between(before, after) {
  if (JSON.stringify(before) === JSON.stringify(after)) return null;
  const same_kind = is_object(before) && is_object(after) && Array.isArray(before) === Array.isArray(after);
  if (!same_kind) return [after];
  if (!Array.isArray(after) && Object.keys(before).some((key) => !Object.hasOwn(after, key))) return [after];
  const members = [];
  if (Array.isArray(after) && before.length !== after.length) members.push(['length', after.length]);
  for (const key of Object.keys(after)) {
    const change = Object.hasOwn(before, key) ? change_between(before[key], after[key]) : [after[key]];
    if (change !== null) members.push([key, change]);
  }
  return Object.fromEntries(members);
}

/** @param {any} before @param {any} change @returns {any} */
function changed(before, change) {
  if (change === null) return before;
  if (Array.isArray(change)) return change[0];
  if (Array.isArray(before)) {
    const list = before.slice(0, change.length ?? before.length);
    for (const key of Object.keys(change).filter((each) => each !== 'length'))
      list[Number(key)] = changed(list[Number(key)], change[key]);
    return list;
  }
  const kept = Object.keys(before).filter((key) => !Object.hasOwn(change, key)).map((key) => [key, before[key]]);
  const others = Object.keys(change).map((key) => [key, changed(before[key], change[key])]);
  return Object.fromEntries([...kept, ...others]);
}

/* ---- Files ---- */

/** @param {string} name */
function file_of(name) {
  return new URL(`goldens/${name}.states`, HERE);
}

/** @param {string} name @param {string} program */
function text_of(name, program) {
  const {lines, stride} = GOLDENS[name];
  const states = states_in_c(program, lines());
  const count = states.workflow.length;
  /** @type {Record<string, any>} */
  const before = {};
  let text = '';
  for (let sequence = stride; sequence <= count; sequence += stride) {
    const changes = [];
    for (const each of NAMES) {
      const state = JSON.parse(states[each][sequence - 1]);
      const change = each in before ? change_between(before[each], state) : [state];
      if (change !== null) changes.push([each, change]);
      before[each] = state;
    }
    text += `${JSON.stringify({sequence, changes: Object.fromEntries(changes)})}\n`;
  }
  return text;
}

/**
 * The states that are kept of a history. Their members may stand in another order than in C.
 * @param {string} name @returns {Point[]}
 */
export function golden_points(name) {
  /** @type {any} */
  let states = Object.fromEntries(NAMES.map((each) => [each, null]));
  return readFileSync(file_of(name), 'utf8').split('\n').filter((line) => line !== '').map((line) => {
    const {sequence, changes} = JSON.parse(line);
    states = Object.fromEntries(NAMES.map((each) => [each, changed(states[each], changes[each] ?? null)]));
    return {sequence, states};
  });
}

/** @param {string} program */
function check(program) {
  let number = 0;
  let failed = 0;
  for (const name of Object.keys(GOLDENS)) {
    const same = existsSync(file_of(name)) && readFileSync(file_of(name), 'utf8') === text_of(name, program);
    failed += same ? 0 : 1;
    console.log(`${same ? 'ok' : 'not ok'} ${++number} - the states of ${name} are those that C makes`);
  }
  const versions = versions_in_c(program);
  const same = Object.keys(versions).length === NAMES.length &&
    Object.values(FOLDS).every((fold) => fold.version === versions[fold.name]);
  failed += same ? 0 : 1;
  console.log(`${same ? 'ok' : 'not ok'} ${++number} - the folds have the versions of the projections in C`);
  console.log(`1..${number}`);
  if (failed > 0) console.log('# when that is meant: node tests/web/goldens.mjs write build/tests/web/fold_states');
  return failed > 0 ? 1 : 0;
}

if (import.meta.url === new URL(process.argv[1], 'file:').href) {
  const [, , verb, program] = process.argv;
  if (program === undefined || !['write', 'check'].includes(verb)) {
    console.error('usage: goldens.mjs write|check FOLD_STATES');
    process.exit(2);
  }
  if (verb === 'check') process.exit(check(program));
  for (const name of Object.keys(GOLDENS)) writeFileSync(file_of(name), text_of(name, program));
}
