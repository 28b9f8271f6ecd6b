import assert from 'node:assert/strict';
import {test} from 'node:test';
import {copy_api} from '../../../web/copy_api.js';
import {History} from '../../../web/history.js';
import {PROJECTIONS, StateStore} from '../../../web/states.js';

const wait = (ms = 5) => new Promise((resolve) => setTimeout(resolve, ms));

async function until(holds) {
  for (let i = 0; i < 400; i++) {
    if (holds()) return;
    await wait();
  }
  assert.fail('it did not come about');
}

function event(sequence, event_type = 'commit.created') {
  const time = new Date(Date.UTC(2026, 0, 1) + sequence * 1000).toISOString().replace('Z', '000Z');
  return {
    position: sequence + 100, id: `id-${sequence}`, workflow_id: 'w', sequence, timestamp: time,
    event_type: sequence === 1 ? 'workflow.started' : event_type, data: {}, hash: '',
  };
}
const events_to = (count) => Array.from({length: count}, (_, i) => event(i + 1));

/** A stream by hand. */
class Source {
  readyState = 1;
  listeners = {};
  constructor(after) {
    this.after = after;
  }
  addEventListener(type, listener) {
    this.listeners[type] = listener;
  }
  close() {
    this.readyState = 2;
  }
  tell(type, value, position = 0) {
    this.listeners[type]({data: JSON.stringify(value), lastEventId: String(position)});
  }
  log(one) {
    this.tell('log', one, one.position);
  }
}

/** A log in memory, with what was asked of it. */
function fake_api(events) {
  const sources = [];
  const asked = [];
  const inner = () => copy_api({made_at: null, workflow: {workflow_id: 'w', last_position: 0}, events});
  const api = {
    ...inner(),
    sources,
    asked,
    outline: (...rest) => inner().outline(...rest),
    events: (workflow_id, from, to) => {
      asked.push(['events', from, to]);
      return inner().events(workflow_id, from, to);
    },
    state: (workflow_id, projections, at) => {
      asked.push(['state', at]);
      return inner().state(workflow_id, projections, at);
    },
    stream(workflow_id, after) {
      sources.push(new Source(after));
      return sources.at(-1);
    },
  };
  return api;
}

async function open(events, more = {}) {
  const api = {...fake_api(events), ...more};
  const calls = {changes: 0, heads: [], replaced: 0};
  const history = new History({
    api,
    workflow_id: 'w',
    after: 50,
    on_change: () => calls.changes++,
    on_head: (head) => calls.heads.push(head),
    on_replaced: () => calls.replaced++,
  });
  await history.loaded;
  return {api, history, calls, source: api.sources[0], [Symbol.dispose]: () => history.close()};
}

/** Ask for a point as frames do, until it is there. */
async function states_at(history, sequence, hand) {
  let states = null;
  await until(() => (states = history.states_at(sequence, hand)) !== null);
  return states;
}
const last_of = (states) => states.workflow.last_event?.sequence;

test('a small workflow is loaded wholly, and any point is folded without asking', async () => {
  const {api, history} = await open(events_to(1234));

  assert.equal(history.loading, 'ready');
  assert.equal(history.whole, true);
  const before = api.asked.length;
  for (const point of [1, 199, 200, 201, 700, 650, 1233]) assert.equal(last_of(await states_at(history, point)), point);
  assert.equal(api.asked.length, before);
  history.close();
});

test('a long workflow asks the server for a far point', async () => {
  const {api, history} = await open(events_to(6000));

  assert.equal(history.whole, false);
  assert.equal(history.states_at(3000), null);
  assert.equal(last_of(await states_at(history, 3000)), 3000);
  assert.deepEqual(api.asked.filter(([what]) => what === 'state'), [['state', null], ['state', 3000]]);
  history.close();
});

test('once the point rests, steps on and back from it ask nothing', async () => {
  const {api, history} = await open(events_to(6000));
  await states_at(history, 3100);
  history.look_at(3100);
  await until(() => history.pages.has(2900, 3200) && api.asked.some(([what, at]) => what === 'state' && at === 3000));
  await wait(20);

  const before = api.asked.length;
  for (const point of [3101, 3102, 3099, 3001]) assert.equal(last_of(history.states_at(point)), point);
  assert.equal(api.asked.length, before);
  history.close();
});

test('the states at the head are those of the tip, and grow with live events', async () => {
  const {history, source} = await open(events_to(10));
  assert.equal(last_of(history.states_at(10)), 10);

  source.log(event(11));
  assert.deepEqual(history.work(50), {added: 1, more: false});
  assert.equal(history.columns.count, 11);
  assert.equal(last_of(history.states_at(11)), 11);
  assert.equal(history.pages.get(11).id, 'id-11');
  history.close();
});

test('live events leave the states of the past as they are', async () => {
  const {history, source} = await open(events_to(10));
  const past = await states_at(history, 5);

  for (let sequence = 11; sequence < 500; sequence++) source.log(event(sequence));
  history.work(1000);
  assert.equal(history.states_at(5), past);
  assert.equal(last_of(past), 5);
  assert.equal(last_of(await states_at(history, 450)), 450);
  history.close();
});

test('an event that comes twice counts once', async () => {
  const {history, source} = await open(events_to(10));
  source.log(event(10));
  source.log(event(11));
  source.log(event(11));
  assert.equal(history.work(50).added, 1);
  assert.equal(history.columns.count, 11);
  history.close();
});

test('events that are missing before one that came are fetched', async () => {
  const log = events_to(10);
  const {history, source} = await open(log);
  for (let sequence = 11; sequence <= 20; sequence++) log.push(event(sequence));

  source.log(event(20));
  history.work(50);
  await until(() => history.columns.count === 20);
  await until(() => history.work(50) && history.head_states.workflow.last_event.sequence === 20);
  assert.equal(history.columns.count, 20);
  history.close();
});

test('the stream begins at the position from before the load', async () => {
  const {source, history} = await open(events_to(3));
  assert.equal(source.after, 50);
  source.log(event(4));
  assert.equal(history.position, 104);
  history.close();
});

test('heads of other workflows are told, and a log that was replaced is, once', async () => {
  const {history, source, calls} = await open(events_to(3));
  source.tell('head', {workflow_id: 'other', sequence: 1}, 300);
  source.tell('replaced', {store_id: 'b', epoch: 2});
  source.tell('replaced', {store_id: 'b', epoch: 2});
  assert.equal(calls.heads[0].workflow_id, 'other');
  assert.equal(calls.replaced, 1);
  history.close();
});

test('spans end where they are when a live event ends them', async () => {
  const {history, source} = await open(events_to(3));
  const [span] = history.spans.list;
  const before = history.spans.revision;
  assert.equal(span.ended_us, null);

  source.log(event(4, 'workflow.completed'));
  history.work(50);
  assert.equal(history.spans.list[0], span);
  assert.notEqual(span.ended_us, null);
  assert.ok(history.spans.revision > before);
  history.close();
});

test('a workflow without events is missing; one that cannot be read has failed', async () => {
  const missing = await open([]);
  assert.equal(missing.history.loading, 'missing');
  const failed = await open(events_to(3), {
    outline: async () => {
      throw Object.assign(new Error('the disk is gone'), {status: 500});
    },
  });
  assert.equal(failed.history.loading, 'failed');
  assert.equal(failed.history.problem, 'the disk is gone');
});

test('a burst is taken in slices', async () => {
  const {history, source} = await open(events_to(2));
  for (let sequence = 3; sequence < 5003; sequence++) source.log(event(sequence));
  const first = history.work(0);
  assert.equal(first.more, true);
  assert.ok(first.added < 5000);
  while (history.work(5).more);
  assert.equal(history.columns.count, 5002);
  history.close();
});

/* states.js alone, with a server by hand. */

function by_hand(more = {}) {
  const questions = [];
  const changes = {count: 0};
  const states = new StateStore({
    get: () => undefined,
    ask: (sequence) => new Promise((resolve, reject) => questions.push({sequence, resolve, reject})),
    on_change: () => changes.count++,
    retry_ms: 5,
    ...more,
  });
  return {states, questions, changes};
}
const told = (sequence) => Object.fromEntries(PROJECTIONS.map((name) => [name, {sequence}]));

test('one question is open at a time, and the newest wish is asked next', async () => {
  const {states, questions} = by_hand();
  for (const sequence of [100, 200, 300, 400]) assert.equal(states.at(sequence), null);
  assert.deepEqual(questions.map((one) => one.sequence), [100]);

  questions[0].resolve(told(100));
  await wait();
  assert.deepEqual(questions.map((one) => one.sequence), [100, 400]);
});

test('an answer is there for its point, and a change is told', async () => {
  const {states, questions, changes} = by_hand();
  states.at(70);
  questions[0].resolve(told(70));
  await wait();
  assert.equal(changes.count, 1);
  assert.equal(states.at(70).workflow.sequence, 70);
  assert.equal(questions.length, 1);
});

test('the point is asked for before the one that marks compare it with', async () => {
  const {states, questions} = by_hand();
  states.at(1);
  states.at(20, 'other');
  states.at(10);
  questions[0].resolve(told(1));
  await wait();
  questions[1].resolve(told(10));
  await wait();
  assert.deepEqual(questions.map((one) => one.sequence), [1, 10, 20]);
});

test('a question that failed says why and is asked again', async () => {
  const {states, questions} = by_hand();
  states.at(10);
  questions[0].reject(new Error('busy'));
  await until(() => questions.length === 2);
  assert.equal(states.problem, 'busy');
  questions[1].resolve(told(10));
  await wait();
  assert.equal(states.problem, '');
  assert.equal(states.at(10).workflow.sequence, 10);
});

test('a long fold gives the page back in between, and goes on', async () => {
  const log = events_to(3000);
  const {states, changes} = by_hand({get: (sequence) => log[sequence - 1], budget_ms: 0});
  assert.equal(states.at(2999), null);
  await until(() => states.at(2999) !== null);
  assert.ok(changes.count > 1);
  assert.equal(last_of(states.at(2999)), 2999);
});

test('the two hands do not drag each other back', async () => {
  const log = events_to(400);
  let read = 0;
  const {states} = by_hand({
    get: (sequence) => {
      read++;
      return log[sequence - 1];
    },
    budget_ms: 1000,
  });
  states.at(150, 'point');
  states.at(20, 'other');
  read = 0;
  states.at(151, 'point');
  assert.ok(read <= 4, `${read} events were read for one step`);
});

/** States with so many notes, of which the first was answered at event 50. */
const with_notes = (sequence, count) => ({...told(sequence), notes: {notes: Array.from({length: count}, (_, at) =>
  ({id: `note-${at}`, tags: [], ...(at === 0 && sequence >= 50 ? {answered_at: 'then'} : {})}))}});

/** Ask for the states at each of these points, and be told. */
async function ask_all({states, questions}, sequences, count) {
  for (const sequence of sequences) {
    if (states.at(sequence)) continue;
    questions.at(-1).resolve(with_notes(sequence, count));
    await wait(1);
  }
}

test('of large states fewer are kept, the latest at any rate', async () => {
  const hand = by_hand();
  const points = Array.from({length: 20}, (_, at) => (at + 1) * 10_000);
  await ask_all(hand, points, 20_000);
  const {length} = hand.questions;
  assert.equal(length, 20);

  await ask_all(hand, points.slice(-5), 20_000);
  assert.equal(hand.questions.length, length);
  const lost = points.filter((point) => hand.states.at(point) === null);
  assert.ok(lost.length >= 5, `${lost}`);
});

test('of small states many are kept', async () => {
  const hand = by_hand();
  const points = Array.from({length: 90}, (_, at) => (at + 1) * 10_000);
  await ask_all(hand, points, 5);
  await ask_all(hand, points, 5);
  assert.equal(hand.questions.length, 90);
});

test('states share the notes that say the same in them', async () => {
  const hand = by_hand();
  await ask_all(hand, [40, 10_000], 3);
  const [before, then] = [hand.states.at(40).notes.notes, hand.states.at(10_000).notes.notes];
  assert.deepEqual(before.map((note, at) => note === then[at]), [false, true, true]);
  assert.deepEqual([before[0].answered_at, then[0].answered_at], [undefined, 'then']);
});
