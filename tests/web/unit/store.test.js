import assert from 'node:assert/strict';
import {afterEach, test} from 'node:test';
import {make_actions} from '../../../web/actions.js';
import {copy_api} from '../../../web/copy_api.js';
import {Store} from '../../../web/store.js';
import {read_url} from '../../../web/url.js';

const wait = (ms = 5) => new Promise((resolve) => setTimeout(resolve, ms));
const FIRST_US = Date.UTC(2026, 0, 1) * 1000;

function event(sequence, event_type, data = {}, workflow_id = 'w') {
  const time = new Date(FIRST_US / 1000 + sequence * 1000).toISOString().replace('Z', '000Z');
  return {
    position: sequence, id: `id-${sequence}`, workflow_id, sequence, timestamp: time, event_type, agent_id: 'coder',
    correlation_id: sequence > 2 ? 'c-1' : undefined, data, hash: '',
  };
}

const EVENTS = [
  event(1, 'workflow.started', {description: 'Fix it'}),
  event(2, 'feature.started', {name: 'login'}),
  event(3, 'agent.note.question', {title: 'May I?', content: 'May I?', tags: []}),
  event(4, 'feature.completed', {name: 'login'}),
  event(5, 'commit.created', {commit_sha: 'abc', message: 'Login'}),
];
const listed = (workflow_id) => ({
  workflow_id, events: 5, first_at: EVENTS[0].timestamp, last_at: EVENTS[4].timestamp, last_position: 5,
  features: [], features_completed: 0, features_total: 0, agents: 1, agents_active: [], attention: {count: 0},
});

let stores = [];
afterEach(() => {
  for (const store of stores) store.close();
  stores = [];
});

/** A page without a page. */
async function open(search = '', more = {}, whole = true) {
  const posted = [];
  const urls = [];
  const copied = [];
  const api = {
    ...copy_api({made_at: null, workflow: listed('w'), events: EVENTS}),
    workflows: async () => ({workflows: [listed('w'), listed('other')], position: 5}),
    outline: async (workflow_id, after, on_block) =>
      copy_api({made_at: null, workflow: listed(workflow_id), events: EVENTS}).outline(workflow_id, after, on_block),
    verify: async () => ({events: 5, workflows: 1, damages: 0, findings: []}),
    add_note: async (note) => posted.push(note),
    add_event: async (one) => posted.push(one),
    ...more,
  };
  const themes = {kept: null};
  const store = new Store({
    api,
    now_us: () => FIRST_US + 3600e6,
    default_theme: () => 'light',
    kept_theme: () => themes.kept,
    keep_theme: (theme) => (themes.kept = theme),
    put_url: (url, push) => urls.push([url, push]),
    link: () => 'http://page/',
    copy: async (text) => copied.push(text),
    request_frame: () => {},
    save_file: () => {},
  }, read_url(search));
  stores.push(store);
  const actions = make_actions(store, {export_page: async () => {}});
  await store.directory.load();
  if (whole) await store.history?.loaded;
  await wait();
  return {store, actions, posted, urls, copied, themes};
}

test('without a name the workflow heard of last is shown, live', async () => {
  const {store} = await open();
  const model = store.model();
  assert.deepEqual([model.workflow_id, model.live, model.point, model.head], ['w', true, 5, 5]);
  assert.equal(model.as_of_us, FIRST_US + 3600e6);
  assert.equal(model.marks.keys.size, 0);
});

test('a link shows its point, and the time is the one of the point', async () => {
  const {store} = await open('?wf=w&at=3');
  const model = store.model();
  assert.deepEqual([model.live, model.point, model.as_of_us], [false, 3, FIRST_US + 3e6]);
  assert.equal(model.event.id, 'id-3');
  assert.equal(model.states.workflow.features[0].status, 'started');
});

test('a point behind the head is the head', async () => {
  const {store} = await open('?wf=w&at=99');
  assert.equal(store.model().point, 5);
});

test('a step marks what changed since the point before', async () => {
  const {store, actions} = await open('?wf=w&at=1');
  store.model();
  actions.step(1);
  const model = store.model();
  assert.deepEqual([model.point, model.since], [2, 1]);
  assert.ok(model.marks.keys.has('feature:login'));
});

test('while the states of the point are on their way the page says that it shows others', async () => {
  let answer = async () => {};
  const copy = copy_api({made_at: null, workflow: listed('w'), events: EVENTS});
  const {store, actions} = await open('?wf=w', {
    events: () => new Promise(() => {}),
    state: async (workflow_id, projections, at) => {
      if (at !== null) await new Promise((resolve) => (answer = resolve));
      return copy.state(workflow_id, projections, at);
    },
  }, false);
  await wait();
  assert.equal(store.model().stale, false);
  actions.go(2);
  assert.deepEqual([store.model().stale, store.model().states.workflow.features[0].status], [true, 'completed']);
  answer();
  await wait();
  assert.deepEqual([store.model().stale, store.model().states.workflow.features[0].status], [false, 'started']);
});

test('a drag marks what changed since it began', async () => {
  const {store, actions} = await open('?wf=w&at=1');
  actions.go(2, 'begin');
  actions.go(3, 'move');
  actions.go(4, 'move');
  actions.go(4, 'end');
  const model = store.model();
  assert.deepEqual([model.point, model.since], [4, 1]);
});

test('going to the last event is going live, and live marks nothing', async () => {
  const {store, actions} = await open('?wf=w&at=2');
  actions.go(5);
  const model = store.model();
  assert.deepEqual([model.live, model.since, model.marks.keys.size], [true, null, 0]);
});

test('a pin is compared with wherever the point goes, in both directions', async () => {
  const {store, actions} = await open('?wf=w&at=2');
  actions.compare_toggle();
  actions.go(4);
  assert.ok(store.model().marks.keys.has('feature:login'));
  actions.go(1);
  const model = store.model();
  assert.deepEqual([model.compare, model.since], [2, 2]);
  assert.ok(model.marks.keys.has('feature:login'));
  actions.compare_toggle();
  assert.equal(store.model().compare, null);
});

test('milestones are stepped along; behind the last is live', async () => {
  const {store, actions} = await open('?wf=w&at=1');
  actions.milestone(1);
  assert.equal(store.model().point, 2);
  actions.milestone(1);
  assert.equal(store.model().point, 4);
  actions.milestone(1);
  assert.equal(store.model().live, true);
});

test('views and workflows are places to come back to; points are not', async () => {
  const {actions, urls} = await open('?wf=w');
  actions.go(3);
  actions.show('events');
  actions.open('other');
  assert.deepEqual(urls, [['?wf=w&at=3', false], ['?wf=w&view=events&at=3', true], ['?wf=other&view=events', true]]);
});

test('another workflow begins live, without filters and pins', async () => {
  const {store, actions} = await open('?wf=w&at=2&from=1&q=x&agent=coder');
  actions.open('other');
  const model = store.model();
  assert.deepEqual([model.live, model.compare, model.filters.q, model.filters.agents.length], [true, null, '', 0]);
});

test('a link of the past goes where it says', async () => {
  const {store} = await open('?wf=w');
  store.go_to(read_url('?wf=w&view=notes&at=2&category=question'));
  const model = store.model();
  assert.deepEqual([model.view, model.point, model.note_category], ['notes', 2, 'question']);
});

test('the theme is in the address only when it differs from what the system prefers', async () => {
  const {actions, urls, themes} = await open('?wf=w');
  actions.theme_toggle();
  assert.equal(themes.kept, 'dark');
  actions.theme_toggle();
  assert.equal(themes.kept, null);
  assert.deepEqual(urls.map(([url]) => url), ['?wf=w&theme=dark', '?wf=w']);
});

test('a note is posted to the workflow that is shown', async () => {
  const {actions, posted} = await open('?wf=w');
  assert.equal(await actions.add_note({title: 'Yes', causation_id: 'id-3'}), true);
  assert.deepEqual(posted, [{workflow_id: 'w', title: 'Yes', causation_id: 'id-3'}]);
});

test('a message is an event of a person, with a correlation of its own', async () => {
  const {actions, posted} = await open('?wf=w');
  await actions.send_message({to_agent: 'coder', content: 'Stop', priority: 'urgent'});
  const [{event_type, agent_id, correlation_id, data}] = posted;
  assert.deepEqual([event_type, agent_id], ['agent.message.sent', 'person']);
  assert.deepEqual([data.to_agent, data.priority, data.correlation_id], ['coder', 'urgent', correlation_id]);
  assert.match(correlation_id, /^[0-9a-f-]{36}$/);
});

test('nothing is written from the past', async () => {
  const {store, actions, posted} = await open('?wf=w&at=2');
  assert.equal(await actions.add_note({title: 'Yes'}), false);
  assert.equal(posted.length, 0);
  assert.match(store.model().toast.text, /past/);
});

test('a refusal is said in the server\'s words', async () => {
  const {store, actions} = await open('?wf=w', {
    add_note: async () => {
      throw new Error('the log is full');
    },
  });
  assert.equal(await actions.add_note({title: 'x'}), false);
  assert.match(store.model().toast.text, /the log is full/);
});

test('the chain is verified once the workflow is there', async () => {
  const {store} = await open('?wf=w');
  assert.deepEqual(store.model().verification, {state: 'intact', sequence: 5, text: 'Chain verified to #5'});
});

test('damage is told with its place', async () => {
  const {store} = await open('?wf=w', {
    verify: async () => ({events: 5, damages: 1, findings: [{damage: true, where: 'w #3', what: 'the hash differs'}]}),
  });
  const {state, text} = store.model().verification;
  assert.equal(state, 'damaged');
  assert.match(text, /w #3: the hash differs/);
});

test('words are found once, in ascending order', async () => {
  let asked = 0;
  const {store, actions} = await open('?wf=w', {
    search: async () => {
      asked++;
      return {hits: [{event: EVENTS[3], excerpt: 'd'}, {event: EVENTS[1], excerpt: 'b'}], more: false};
    },
  });
  actions.filter({q: 'log'});
  actions.filter({q: 'login'});
  assert.equal(store.model().search.state, 'loading');
  await wait(250);
  const {search} = store.model();
  assert.deepEqual([asked, search.state, [...search.sequences], search.excerpts.get(2)], [1, 'ready', [2, 4], 'b']);
  actions.filter({q: ''});
  assert.equal(store.model().search.state, 'idle');
});

test('the trace view shows the correlation of the point', async () => {
  const {store, actions} = await open('?wf=w&at=3');
  actions.show('trace');
  assert.equal(store.model().correlation, 'c-1');
  await wait();
  const {trace} = store.model();
  assert.deepEqual([trace.state, trace.events.map((row) => row.event.sequence)], ['ready', [3, 4, 5]]);
});

test('no workflow at all is no failure', async () => {
  const {store} = await open('', {workflows: async () => ({workflows: [], position: 0})});
  const model = store.model();
  assert.deepEqual([model.workflow_id, model.workflows_state, model.head], [null, 'ready', 0]);
});

test('workflows that cannot be read are said, and can be tried again', async () => {
  let fails = true;
  const {store, actions} = await open('', {
    workflows: async () => {
      if (fails) throw new Error('unreachable');
      return {workflows: [listed('w')], position: 5};
    },
  });
  assert.deepEqual([store.model().workflows_state, store.model().workflows_problem], ['failed', 'unreachable']);
  fails = false;
  actions.retry();
  await wait(20);
  assert.equal(store.model().workflow_id, 'w');
});

test('a name that no workflow can have is that of no workflow', async () => {
  const {store} = await open('?wf=a/b', {
    outline: async () => Promise.reject(Object.assign(new Error('a character'), {status: 400})),
  });
  assert.equal(store.model().loading, 'missing');
});

test('an unknown workflow is shown as soon as it begins', async () => {
  const sources = [];
  let known = false;
  const {store} = await open('?wf=late', {
    workflows: async () => ({workflows: known ? [listed('late')] : [], position: 5}),
    outline: async (workflow_id, after, on_block) => {
      if (!known) throw Object.assign(new Error('no such workflow'), {status: 404});
      return copy_api({made_at: null, workflow: listed('late'), events: EVENTS}).outline('late', after, on_block);
    },
    stream(workflow_id) {
      const listeners = {};
      const addEventListener = (type, run) => (listeners[type] = run);
      const source = {workflow_id, readyState: 1, listeners, addEventListener, close() {}};
      sources.push(source);
      return source;
    },
  });
  assert.equal(store.model().loading, 'missing');
  assert.deepEqual(sources.map((source) => source.workflow_id), [null]);

  known = true;
  sources[0].listeners.log({data: '{}', lastEventId: '6'});
  await wait(1100);
  assert.deepEqual([store.model().loading, store.model().head], ['ready', 5]);
  assert.equal(sources.at(-1).workflow_id, 'late');
});

test('a workflow that could not be read is read again with the next list of workflows', async () => {
  let fails = true;
  const {store} = await open('?wf=w', {
    outline: async (workflow_id, after, on_block) => {
      if (fails) throw Object.assign(new Error('busy'), {status: 503});
      return copy_api({made_at: null, workflow: listed('w'), events: EVENTS}).outline('w', after, on_block);
    },
  });
  assert.deepEqual([store.model().loading, store.model().problem], ['failed', 'busy']);
  fails = false;
  await store.directory.load();
  await store.history.loaded;
  assert.equal(store.model().loading, 'ready');
});

test('the workflow that was chosen is in the address, so that a copied link names it', async () => {
  const {urls} = await open('');
  assert.deepEqual(urls, [['?wf=w', false]]);
});

test('a link without a workflow means the one that is shown', async () => {
  const {store} = await open('?wf=other');
  const {history} = store;
  store.go_to(read_url('?view=events'));
  assert.deepEqual([store.model().workflow_id, store.history === history], ['other', true]);
});

test('a link that is followed while time passes stops it, and the point is the link\'s', async () => {
  const {store, actions} = await open('?wf=w&at=1');
  actions.play();
  store.go_to(read_url('?wf=other&at=2'));
  await wait(60);
  const model = store.model();
  assert.deepEqual([model.player.playing, model.point, model.live], [false, 2, false]);
});

test('time stands still while the workflow is read anew, and then goes on', async () => {
  let held = Promise.resolve();
  const whole = copy_api({made_at: null, workflow: listed('w'), events: EVENTS});
  const {store, actions} = await open('?wf=w&at=1', {
    outline: async (...asked) => {
      await held;
      return whole.outline(...asked);
    },
  });
  let go_on = () => {};
  held = new Promise((resolve) => (go_on = resolve));
  actions.play();
  store.open();
  await wait(60);
  assert.deepEqual([store.player.playing, store.at], [true, 1]);
  go_on();
  await store.history.loaded;
  for (let tries = 0; store.at !== null && tries < 100; tries++) await wait(20);
  assert.equal(store.at, null, 'it does not come to the end');
});

test('a point and a pin behind the last event are the last event, and stay there when more come', async () => {
  const {store, urls} = await open('?wf=w&at=99&from=77');
  store.work();
  assert.deepEqual([store.at, store.model().compare, urls.at(-1)], [5, 5, ['?wf=w&at=5&from=5', false]]);
});

test('no trace is chosen before all events are known; then the one of the point, and the address says it', async () => {
  let go_on = () => {};
  const held = new Promise((resolve) => (go_on = resolve));
  const {store, urls} = await open('?wf=w&view=trace&at=4', {timeline: () => held}, false);
  assert.equal(store.model().correlation, null);
  go_on();
  await store.history.loaded;
  assert.equal(store.model().correlation, 'c-1');
  assert.deepEqual(urls.at(-1), ['?wf=w&view=trace&at=4&trace=c-1', false]);
});
