import assert from 'node:assert/strict';
import {mock, test} from 'node:test';
import {Directory, Finder, Tracer, tree_of} from '../../../web/lookups.js';

const settle = () => new Promise((resolve) => setImmediate(resolve));
const ok = () => {};

/** Let time pass, and what waited for it. */
async function pass(ms) {
  mock.timers.tick(ms);
  await settle();
}

function finder() {
  const asked = [];
  const made = new Finder({
    search: async (q) => {
      asked.push(q);
      return {hits: [{event: {sequence: asked.length}, excerpt: q}], more: false};
    },
  }, ok);
  return {finder: made, asked};
}

test('words are asked for once no more are typed', async () => {
  mock.timers.enable({apis: ['setTimeout']});
  const {finder: of, asked} = finder();
  for (const q of ['l', 'lo', 'log']) {
    of.find('w', q, 5);
    await pass(100);
  }
  await pass(100);
  assert.deepEqual(asked, ['log']);
  mock.timers.reset();
});

test('while events come the same words are asked for every three seconds', async () => {
  mock.timers.enable({apis: ['setTimeout']});
  const {finder: of, asked} = finder();
  for (let frame = 0; frame < 100; frame++) {
    of.find('w', 'log', frame);
    await pass(100);
  }
  assert.equal(asked.length, 4);
  mock.timers.reset();
});

test('what was found stays while it is asked again', async () => {
  mock.timers.enable({apis: ['setTimeout']});
  const {finder: of} = finder();
  of.find('w', 'log', 1);
  await pass(200);
  of.find('w', 'log', 2);
  assert.equal(of.search.state, 'ready');
  mock.timers.reset();
});

test('an answer to words that are no longer asked for is dropped', async () => {
  mock.timers.enable({apis: ['setTimeout']});
  let answer;
  const of = new Finder({search: () => new Promise((resolve) => (answer = resolve))}, ok);
  of.find('w', 'old', 1);
  await pass(200);
  of.find('w', '', 1);
  answer({hits: [{event: {sequence: 1}, excerpt: ''}], more: false});
  await settle();
  assert.equal(of.search.state, 'idle');
  mock.timers.reset();
});

test('parents of a trace follow from depths', () => {
  const rows = [0, 1, 2, 2, 1, 0, 1].map((depth, at) => ({event: {sequence: at}, depth, offset_ms: at / 4}));
  assert.deepEqual(tree_of(rows).map((row) => row.parent), [-1, 0, 1, 1, 0, -1, 5]);
  assert.equal(tree_of(rows)[1].offset_us, 250);
});

test('a trace of another correlation is not shown for this one', async () => {
  const answers = {};
  const tracer = new Tracer({trace: (id) => new Promise((resolve) => (answers[id] = resolve))}, ok);
  tracer.show('w', 'a', 1);
  tracer.show('w', 'b', 1);
  answers.b({events: [{event: {sequence: 2}, depth: 0, offset_ms: 0}]});
  await settle();
  answers.a({events: [{event: {sequence: 1}, depth: 0, offset_ms: 0}]});
  await settle();
  assert.deepEqual([tracer.trace.correlation_id, tracer.trace.events[0].event.sequence], ['b', 2]);
});

test('a trace that does not exist is missing', async () => {
  const tracer = new Tracer({trace: async () => Promise.reject(Object.assign(new Error('no'), {status: 404}))}, ok);
  tracer.show('w', 'a', 1);
  await settle();
  assert.equal(tracer.trace.state, 'missing');
});

test('the list is read a second after something happened, however often that is', async () => {
  mock.timers.enable({apis: ['setTimeout']});
  let asked = 0;
  const directory = new Directory({workflows: async () => ({workflows: [], position: ++asked})}, ok);
  await directory.load();
  for (let i = 0; i < 50; i++) directory.load_soon();
  await pass(990);
  assert.equal(asked, 1);
  await pass(20);
  assert.equal(asked, 2);
  directory.close();
  mock.timers.reset();
});

test('a list that was there stays when it cannot be read anew', async () => {
  let fails = false;
  const answer = async () => {
    if (fails) throw new Error('gone');
    return {workflows: [{workflow_id: 'w'}], position: 1};
  };
  const directory = new Directory({workflows: answer}, ok);
  await directory.load();
  fails = true;
  await directory.load();
  assert.deepEqual([directory.state, directory.problem, directory.has('w')], ['ready', 'gone', true]);
  directory.close();
});

test('what happens while the list is being read is in the next one, a second later', async () => {
  mock.timers.enable({apis: ['setTimeout']});
  const answers = [];
  const directory = new Directory({workflows: () => new Promise((resolve) => answers.push(resolve))}, ok);
  directory.load();
  directory.load_soon();
  await pass(0);
  answers[0]({workflows: [], position: 1});
  await settle();
  await pass(1010);
  assert.equal(answers.length, 2);
  directory.close();
  mock.timers.reset();
});

test('words that could not be searched are searched again by themselves, unless nothing can answer them', async () => {
  for (const [status, times] of [[0, 2], [503, 2], [400, 1]]) {
    mock.timers.enable({apis: ['setTimeout']});
    let asked = 0;
    const search = async () => {
      if (++asked === 1) throw Object.assign(new Error('no'), {status});
      return {hits: [], more: false};
    };
    const of = new Finder({search}, ok);
    of.find('w', 'log', 5);
    await pass(200);
    assert.equal(of.search.state, 'failed');
    await pass(3000);
    assert.deepEqual([status, asked], [status, times]);
    mock.timers.reset();
  }
});

test('a trace that could not be read is read again; one that was there stays meanwhile', async () => {
  mock.timers.enable({apis: ['setTimeout']});
  let now = 0;
  const clock = mock.method(performance, 'now', () => now);
  let fails = true;
  const trace = async () => {
    if (fails) throw new Error('gone');
    return {events: [{event: {sequence: 1}, depth: 0, offset_ms: 0}]};
  };
  const tracer = new Tracer({trace}, ok);
  /* As frames do. */
  const look = async (events) => {
    now += 2000;
    tracer.show('w', 'a', events);
    await settle();
    return tracer.trace.state;
  };
  assert.equal(await look(1), 'failed');
  fails = false;
  assert.equal(await look(1), 'ready');
  fails = true;
  assert.equal(await look(2), 'ready');
  clock.mock.restore();
  mock.timers.reset();
});
