// @ts-check
/* The page's folds against the projections in C, on made-up histories:
 *
 *     node tests/web/fold_random.mjs build/tests/web/fold_states SEED COUNT
 *
 * folds COUNT histories, of the seeds from SEED on, and compares the states, to the order of their keys, behind every
 * event; also those of folds that go on from a state in C, and that what json() gave before is still what it was.
 * Prints TAP; a failure names its seed: `… fold_states SEED 1` shows it again. */

import {FOLDS} from '../../web/fold.js';
import {draws, random_history} from './histories.mjs';
import {difference, NAMES, states_in_c} from './twin.mjs';

/** @typedef {import('./twin.mjs').Name} Name */

/** @param {Name} name @param {any[]} events @param {any[]} wanted @param {(limit: number) => number} draw */
function check_projection(name, events, wanted, draw) {
  const fold = FOLDS[name];
  const kept = new Map();
  let state = fold.init();
  let resumed = 0;
  for (let i = 0; i < events.length; i++) {
    fold.apply(state, events[i]);
    if (draw(8) === 0) fold.apply(state, events[draw(i + 1)]);
    const json = fold.json(state);
    const found = difference(json, wanted[i]);
    if (found !== '') return `#${i + 1} (from #${resumed}): ${found}`;
    kept.set(json, i);
    if (draw(12) !== 0) continue;
    state = fold.from_json(draw(2) === 0 ? wanted[i] : json, i + 1);
    resumed = i + 1;
  }
  for (const [json, i] of kept) {
    const found = difference(json, wanted[i]);
    if (found !== '') return `#${i + 1} was changed later: ${found}`;
  }
  return '';
}

/** @param {string} program @param {number} seed */
function check(program, seed) {
  const draw = draws(seed ^ 0x5bd1e995);
  const lines = random_history(seed, 20 + draw(180));
  const events = lines.map((line) => JSON.parse(line));
  const states = states_in_c(program, lines);
  for (const name of NAMES) {
    const found = check_projection(name, events, states[name].map((json) => JSON.parse(json)), draw);
    if (found !== '') return `${name} ${found}`;
  }
  return '';
}

const [program, first = '1', count = '100'] = process.argv.slice(2);
if (program === undefined || !(Number(first) >= 0) || !(Number(count) > 0)) {
  console.error('usage: fold_random.mjs FOLD_STATES [SEED [COUNT]]');
  process.exit(2);
}
let failed = 0;
for (let seed = Number(first); seed < Number(first) + Number(count) && failed < 5; seed++) {
  const found = check(program, seed);
  if (found !== '') {
    failed++;
    console.log(`not ok ${failed} - the folds are equal on the history of seed ${seed}\n# ${found}`);
  }
}
if (failed === 0) console.log(`ok 1 - the folds are equal on ${count} histories, of the seeds from ${first} on`);
console.log(`1..${Math.max(failed, 1)}`);
process.exit(failed > 0 ? 1 : 0);
