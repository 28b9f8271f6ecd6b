import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {test} from 'node:test';
import {attention_of} from '../../../web/attention.js';
import {time_us} from '../../../web/format.js';

const AT = '2026-01-09T09:30:00.000000Z';
const NOW = time_us(AT);

/* What the program is tried with, too. @type {{name: string, states: any, as_of: string, attention: any[]}[]} */
const VECTORS = JSON.parse(readFileSync(new URL('../../vectors/attention.json', import.meta.url), 'utf8'));

/** States of nothing but what is given. @param {any} given @returns {any} */
const states = (given) => ({
  workflow: {status: 'running', features: []}, agents: {agents: [], sessions: []}, notes: {notes: []},
  mailbox: {agents: {}}, ...given,
});

/** @param {any} given @param {number} [since_s] */
const attention = (given, since_s = 0) => attention_of(states(given), NOW + since_s * 1e6);

const question = {id: 'n1', category: 'question', agent_id: 'coder', title: 'May I?', content: 'Or not.',
  created_at: AT, sequence: 7};
const message = {correlation_id: 'm1', content: 'Look.', sequence: 9, received_at: AT};
const call = {tool_use_id: 't1', tool_name: 'Bash', agent_id: 'coder', started_at: AT, sequence: 4};
const failed_feature = {name: 'login', status: 'failed', error: 'no', status_since: AT, status_sequence: 5};

for (const vector of VECTORS) {
  test(`as in the program: ${vector.name}`, () => {
    assert.deepEqual(attention_of(vector.states, time_us(vector.as_of)), vector.attention);
  });
}

test('there are vectors', () => assert.ok(VECTORS.length > 10));

test('nothing needs anybody in a workflow that runs', () => assert.deepEqual(attention({}), []));

test('there is none without states', () => assert.deepEqual(attention_of(null, NOW), []));

test('a workflow that failed is bad', () => {
  const workflow = {status: 'failed', error: 'no space', status_since: AT, status_sequence: 12};
  assert.deepEqual(attention({workflow}), [
    {key: 'workflow_failed', kind: 'workflow_failed', severity: 'bad', sequence: 12, at: AT, title: 'Workflow failed',
      text: 'no space'},
  ]);
});

test('a workflow that is paused warns, with its reason', () => {
  const workflow = {status: 'paused', pause_reason: 'lunch', status_since: AT, status_sequence: 12};
  assert.deepEqual(attention({workflow}), [
    {key: 'workflow_paused', kind: 'workflow_paused', severity: 'warn', sequence: 12, at: AT, title: 'Paused',
      text: 'lunch'},
  ]);
});

test('a feature that failed is bad, one that was tried again is not', () => {
  const again = {...failed_feature, name: 'other', status: 'started'};
  assert.deepEqual(attention({workflow: {status: 'running', features: [failed_feature, again]}}), [
    {key: 'feature_failed:login', kind: 'feature_failed', severity: 'bad', sequence: 5, at: AT, title: 'login failed',
      text: 'no'},
  ]);
});

test('a question warns until it is answered', () => {
  assert.deepEqual(attention({notes: {notes: [question]}}), [
    {key: 'question:n1', kind: 'question', severity: 'warn', sequence: 7, at: AT, agent_id: 'coder', title: 'May I?',
      text: 'Or not.'},
  ]);
  assert.deepEqual(attention({notes: {notes: [{...question, answered_at: AT}]}}), []);
});

test('a blocker is bad', () => {
  assert.equal(attention({notes: {notes: [{...question, category: 'blocker'}]}})[0].severity, 'bad');
});

test('other notes need nobody', () => {
  assert.deepEqual(attention({notes: {notes: [{...question, category: 'warning'}]}}), []);
});

test('an agent that waits for a permission warns, with the tool', () => {
  const agent = {agent_id: 'coder', status: 'waiting', waiting_for: 'Bash', waiting_since: AT, waiting_sequence: 3};
  assert.deepEqual(attention({agents: {agents: [agent]}}), [{
    key: 'permission:coder', kind: 'permission', severity: 'warn', sequence: 3, at: AT, agent_id: 'coder',
    title: 'coder waits for a permission', text: 'Bash',
  }]);
});

test('an agent that waits without a tool waits for you, with what it told', () => {
  const agent = {agent_id: 'coder', status: 'waiting', waiting_message: 'Which?', waiting_since: AT,
    waiting_sequence: 3};
  const [{kind, title, text}] = attention({agents: {agents: [agent]}});
  assert.deepEqual([kind, title, text], ['permission', 'coder waits for you', 'Which?']);
});

test('a message warns when it has been unread for more than a minute', () => {
  const mailbox = {agents: {reviewer: {inbox: [message], outbox: []}}};
  assert.deepEqual(attention({mailbox}, 60), []);
  assert.deepEqual(attention({mailbox}, 60.000001), [{
    key: 'message_unread:m1', kind: 'message_unread', severity: 'warn', sequence: 9, at: AT, agent_id: 'reviewer',
    title: 'Unread by reviewer', text: 'Look.',
  }]);
});

test('a message that was read or done does not', () => {
  for (const seen of ['acknowledged_at', 'completed_at']) {
    assert.deepEqual(attention({mailbox: {agents: {reviewer: {inbox: [{...message, [seen]: AT}]}}}}, 100), [], seen);
  }
});

test('a call warns when it has been open for more than two minutes', () => {
  const agents = {sessions: [{open_calls: [call]}]};
  assert.deepEqual(attention({agents}, 120), []);
  assert.deepEqual(attention({agents}, 120.000001), [{
    key: 'tool_open:t1', kind: 'tool_open', severity: 'warn', sequence: 4, at: AT, agent_id: 'coder',
    title: 'Bash has not come back', text: 'coder',
  }]);
});

test('calls of no session are seen, too', () => assert.equal(attention({agents: {open_calls: [call]}}, 200).length, 1));

test('nobody waits in a workflow that is over', () => {
  for (const status of ['completed', 'failed']) {
    const given = {
      workflow: {status}, agents: {agents: [{agent_id: 'a', status: 'waiting', waiting_since: AT}], open_calls: [call]},
      mailbox: {agents: {b: {inbox: [message]}}}, notes: {notes: [question]},
    };
    assert.deepEqual(attention(given, 1000).map((each) => each.kind), ['question'], status);
  }
});

test('bad comes before warn, then the newest, then by key', () => {
  const notes = [
    {...question, id: 'b', sequence: 30}, {...question, id: 'a', sequence: 30}, {...question, id: 'c', sequence: 40},
    {...question, id: 'd', category: 'blocker', sequence: 1},
  ];
  assert.deepEqual(attention({notes: {notes}}).map((each) => each.key),
    ['blocker:d', 'question:c', 'question:a', 'question:b']);
});

test('keys are ordered as their bytes are', () => {
  const notes = ['\u{1f600}', '\uffee', 'é'].map((id) => ({...question, id}));
  assert.deepEqual(attention({notes: {notes}}).map((each) => each.key.slice(9)), ['é', '\uffee', '\u{1f600}']);
});

test('of several with one key the earliest stands for all', () => {
  const later = {...call, sequence: 2, started_at: '2026-01-09T09:30:00.000001Z'};
  const agents = {sessions: [{open_calls: [later]}, {open_calls: [{...call, sequence: 8}]}]};
  assert.deepEqual(attention({agents}, 200).map((each) => each.sequence), [8]);
});

test('of those of one time, it is the lowest sequence', () => {
  const agents = {sessions: [{open_calls: [{...call, sequence: 8}]}, {open_calls: [{...call, sequence: 4}]}]};
  assert.deepEqual(attention({agents}, 200).map((each) => each.sequence), [4]);
});

test('what nobody knows the beginning of is left out', () => {
  assert.deepEqual(attention({workflow: {status: 'failed'}, notes: {notes: [{...question, created_at: 'soon'}]}}), []);
});

test('states of any shape are borne', () => {
  const lists = [{features: 5, agents: 7, notes: {}, sessions: 'x'}, {agents: [null], notes: [null], features: [null]}];
  for (const odd of [null, undefined, 5, 'x', [], ...lists]) {
    const given = {workflow: odd, agents: odd, notes: odd, mailbox: odd};
    assert.deepEqual(attention(given, 1000), []);
  }
});

test('what notes ask for is the same array for the same state, whatever the time', () => {
  const notes = {notes: [
    {id: 'a', category: 'question', title: 'Which?', sequence: 3, created_at: '2026-01-09T09:30:00.000000Z'},
    {id: 'b', category: 'idea', title: 'This', sequence: 4, created_at: '2026-01-09T09:31:00.000000Z'}]};
  const states = {workflow: {}, agents: {}, notes, mailbox: {}, timings: {}};
  const indexed = {...states, notes: {...notes, by_category: {question: [0], idea: [1]}}};

  assert.equal(attention_of(states, 1), attention_of(states, 1e15));
  assert.deepEqual(attention_of(indexed, 1), attention_of(states, 1));
  assert.equal(attention_of(indexed, 1).length, 1);
});
