import assert from 'node:assert/strict';
import {test} from 'node:test';
import {Live} from '../../../web/live.js';

class Source {
  readyState = 1;
  listeners = {};
  addEventListener(type, listener) {
    this.listeners[type] = listener;
  }
  close() {
    this.readyState = 2;
  }
  tell(type, data = {}, position = '') {
    this.listeners[type]({data: JSON.stringify(data), lastEventId: String(position)});
  }
  fail(gives_up) {
    if (gives_up) this.readyState = 2;
    this.listeners.error({});
  }
}

/** A stream whose time passes by hand. */
function fixture() {
  const sources = [];
  const said = [];
  const waits = [];
  const live = new Live({
    open(after) {
      sources.push(Object.assign(new Source(), {after}));
      return sources.at(-1);
    },
    after: 10,
    on_log: (line) => said.push(['log', line]),
    on_head: (head) => said.push(['head', head]),
    on_replaced: () => said.push(['replaced']),
    on_state: () => {},
    timers: {
      setTimeout: (run, ms) => waits.push({run, ms}) && waits.at(-1),
      clearTimeout: (wait) => waits.includes(wait) && waits.splice(waits.indexOf(wait), 1),
    },
  });
  const pass = () => waits.shift()?.run();
  return {live, sources, said, waits, pass};
}
const READY = {store_id: 's', epoch: 1, position: 20};

test('it is live once the server says that everything before was sent', () => {
  const {live, sources} = fixture();
  assert.equal(live.connection, 'connecting');
  sources[0].tell('open');
  assert.equal(live.connection, 'behind');
  sources[0].tell('ready', READY);
  assert.deepEqual([live.connection, live.position], ['live', 20]);
});

test('lines and heads move the position on', () => {
  const {live, sources, said} = fixture();
  sources[0].tell('log', {a: 1}, 11);
  sources[0].tell('head', {workflow_id: 'x'}, 12);
  assert.deepEqual(said, [['log', '{"a":1}'], ['head', {workflow_id: 'x'}]]);
  assert.equal(live.position, 12);
});

test('where the browser comes back by itself nothing is opened', () => {
  const {live, sources, waits} = fixture();
  sources[0].fail(false);
  assert.equal(live.connection, 'reconnecting');
  assert.equal(waits.length, 0);
});

test('where it gave up, it is tried after 1, 2, 4, 8, 15 and 15 seconds', () => {
  const {sources, waits, pass} = fixture();
  const waited = [];
  for (let i = 0; i < 6; i++) {
    sources.at(-1).fail(true);
    waited.push(waits[0].ms);
    pass();
  }
  assert.deepEqual(waited, [1000, 2000, 4000, 8000, 15000, 15000]);
});

test('it comes back behind the last position that came', () => {
  const {sources, pass} = fixture();
  sources[0].tell('log', {}, 17);
  sources[0].fail(true);
  pass();
  assert.equal(sources[1].after, 17);
});

test('after some failures it says so, and a success forgets them', () => {
  const {live, sources, waits, pass} = fixture();
  for (let i = 0; i < 4; i++) {
    sources.at(-1).fail(true);
    pass();
  }
  assert.equal(live.connection, 'failed');
  sources.at(-1).tell('ready', READY);
  sources.at(-1).fail(true);
  assert.deepEqual([live.connection, waits[0].ms], ['reconnecting', 1000]);
});

test('another log behind the same address is told once', () => {
  const {sources, said} = fixture();
  sources[0].tell('ready', READY);
  sources[0].tell('ready', {...READY, epoch: 2});
  sources[0].tell('log', {}, 99);
  assert.deepEqual(said, [['replaced']]);
});

test('a page that nobody looks at lets go after a minute, and comes back when it is looked at', () => {
  const {live, sources, waits, pass} = fixture();
  sources[0].tell('log', {}, 15);
  live.set_hidden(true);
  assert.equal(waits[0].ms, 60000);
  pass();
  assert.equal(sources[0].readyState, 2);
  live.set_hidden(false);
  assert.deepEqual([sources.length, sources[1].after], [2, 15]);
});

test('a page that is looked at again soon keeps its stream', () => {
  const {live, sources, waits} = fixture();
  live.set_hidden(true);
  live.set_hidden(false);
  assert.deepEqual([waits.length, sources.length], [0, 1]);
});

test('nothing is opened or told once it is closed', () => {
  const {live, sources, said, waits} = fixture();
  sources[0].fail(true);
  live.close();
  assert.equal(waits.length, 0);
  sources[0].listeners.log({data: '{}', lastEventId: '30'});
  assert.deepEqual(said, []);
});
