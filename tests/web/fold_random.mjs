// @ts-check
/* The page's folds against the projections in C, on made-up histories:
 *
 *     node tests/web/fold_random.mjs build/tests/web/fold_states SEED COUNT
 *
 * folds COUNT histories, of the seeds from SEED on, and compares the states, to the order of their keys, behind every
 * event; also those of folds that go on from a state in C, and that what json() gave before is still what it was; and
 * what needs a person (web/attention.js), now and as time goes on.
 * Prints TAP; a failure names its seed: `… fold_states SEED 1` shows it again. */

import {attention_of} from '../../web/attention.js';
import {FOLDS} from '../../web/fold.js';
import {time_us} from '../../web/format.js';
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

/* Until the year 2255 whole microseconds are exact; later times do not come near each other here. */
const EXACT_US_MAX = 2 ** 53;

/**
 * The moments at which to look: the event's own, and those around which something comes due.
 * @param {any} event @param {any[]} all @param {(limit: number) => number} draw
 */
function moments(event, all, draw) {
  const due = all.map((each) => each.due_us).filter((us) => us < EXACT_US_MAX);
  const near = due.length > 0 ? [due[draw(due.length)], due[draw(due.length)] - 1] : [];
  return [time_us(event.timestamp), time_us(event.timestamp) + draw(200) * 1e6, ...near];
}

/** @param {any[]} events @param {Record<string, any[]>} states @param {(limit: number) => number} draw */
function check_attention(events, states, draw) {
  for (let i = 0; i < events.length; i++) {
    const {workflow, agents, notes, mailbox, attention} = states;
    const now = /** @type {any} */ ({workflow: workflow[i], agents: agents[i], notes: notes[i], mailbox: mailbox[i]});
    for (const as_of_us of moments(events[i], attention[i], draw)) {
      const wanted = attention[i].filter(({due_us}) => due_us <= as_of_us).map(({item}) => item);
      const found = difference(attention_of(now, as_of_us), wanted);
      if (found !== '') return `attention #${i + 1} as of ${as_of_us}: ${found}`;
    }
  }
  return '';
}

/** @param {string} program @param {number} seed */
function check(program, seed) {
  const draw = draws(seed ^ 0x5bd1e995);
  const lines = random_history(seed, 20 + draw(180));
  const events = lines.map((line) => JSON.parse(line));
  const texts = Object.entries(states_in_c(program, lines));
  const states = Object.fromEntries(texts.map(([name, list]) => [name, list.map((json) => JSON.parse(json))]));
  for (const name of NAMES) {
    const found = check_projection(name, events, states[name], draw);
    if (found !== '') return `${name} ${found}`;
  }
  return check_attention(events, states, draw);
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
    console.log(`not ok ${failed} - the folds and the attention are equal on the history of seed ${seed}\n# ${found}`);
  }
}
if (failed === 0)
  console.log(`ok 1 - the folds and the attention are equal on ${count} histories, of the seeds from ${first} on`);
console.log(`1..${Math.max(failed, 1)}`);
process.exit(failed > 0 ? 1 : 0);
