import assert from 'node:assert/strict';
import {test} from 'node:test';
import {marks_between, totals_of} from '../../../web/marks.js';
import {messages_of, receipt_of} from '../../../web/messages.js';

const AT = '2026-01-09T09:30:00.000000Z';

/** @param {any} [given] @returns {any} */
const states = (given = {}) => ({
  workflow: {status: 'running', phase: 'building', features: [], commits: []}, agents: {agents: []}, notes: {notes: []},
  mailbox: {agents: {}}, timings: {}, ...given,
});

/** @param {any} before @param {any} after */
function between(before, after) {
  const marks = marks_between(states(before), states(after), [], []);
  return {keys: [...marks.keys].sort(), summary: marks.summary};
}

/** @param {any[]} features */
const workflow = (...features) => ({workflow: {status: 'running', phase: 'building', features, commits: []}});

/** @param {any} message */
const mailbox = (message) => ({mailbox: {agents: {
  a: {inbox: [], outbox: [{...message, sent_at: AT}], conversation_history: []},
  b: {inbox: [{...message, received_at: AT}], outbox: [], conversation_history: []},
}}});

const message = {id: 'i1', correlation_id: 'c1', sequence: 3, from_agent: 'a', to_agent: 'b', content: 'x'};

test('nothing changed between equal states', () => assert.deepEqual(between({}, {}), {keys: [], summary: []}));

test('nothing is marked while states are missing', () => {
  assert.equal(marks_between(null, states(), [], []).keys.size, 0);
  assert.equal(marks_between(states(), null, [], []).keys.size, 0);
});

test('a feature that moved is marked and counted by where it came', () => {
  const before = workflow({name: 'a', status: 'started', attempts: 1}, {name: 'b', status: 'planned', attempts: 0});
  const after = workflow({name: 'a', status: 'completed', attempts: 1}, {name: 'b', status: 'started', attempts: 1});
  assert.deepEqual(between(before, after), {keys: ['feature:a', 'feature:b'], summary: ['1 completed', '1 started']});
});

test('a feature that was tried again is marked, though it stands where it stood', () => {
  const before = workflow({name: 'a', status: 'started', attempts: 1});
  assert.deepEqual(between(before, workflow({name: 'a', status: 'started', attempts: 2})),
    {keys: ['feature:a'], summary: []});
});

test('a feature named like a built-in property is one like any other', () => {
  assert.deepEqual(between({}, workflow({name: '__proto__', status: 'planned'})).keys, ['feature:__proto__']);
});

test('a phase and a status say where they came', () => {
  const after = {workflow: {status: 'paused', phase: 'testing', features: [], commits: []}};
  assert.deepEqual(between({}, after), {keys: ['metric:phase', 'metric:status'], summary: ['paused', 'testing']});
});

test('progress is marked', () => {
  const before = {workflow: {...states().workflow, features_completed: 1}};
  assert.deepEqual(between(before, {workflow: {...states().workflow, features_completed: 2}}).keys,
    ['metric:progress']);
});

test('new notes are marked and counted', () => {
  const notes = [{id: '1'}, {id: '2'}, {id: '3'}];
  assert.deepEqual(between({notes: {notes: notes.slice(0, 1)}}, {notes: {notes}}),
    {keys: ['note:2', 'note:3'], summary: ['2 notes']});
});

test('a question that was answered is marked', () => {
  const after = {notes: {notes: [{id: '1', answered_at: AT}]}};
  assert.deepEqual(between({notes: {notes: [{id: '1'}]}}, after), {keys: ['note:1'], summary: []});
});

test('on the way back there are fewer', () => {
  const notes = [{id: '1'}, {id: '2'}];
  assert.deepEqual(between({notes: {notes}}, {notes: {notes: notes.slice(0, 1)}}).summary, ['1 note fewer']);
});

test('a message is marked when it comes and at each receipt', () => {
  assert.deepEqual(between({}, mailbox(message)), {keys: ['message:c1'], summary: ['1 message']});
  const read = {...message, acknowledged_at: AT};
  assert.deepEqual(between(mailbox(message), mailbox(read)), {keys: ['message:c1'], summary: []});
  assert.deepEqual(between(mailbox(read), mailbox({...read, completed_at: AT})),
    {keys: ['message:c1'], summary: ['1 answer']});
});

test('an agent is marked when its row would differ, not when it was merely seen', () => {
  const agent = {agent_id: 'a', status: 'active', events: 1, tools: [{name: 'Bash', calls: 1}]};
  const to = (change) => between({agents: {agents: [agent]}}, {agents: {agents: [{...agent, ...change}]}}).keys;

  assert.deepEqual(to({events: 9, last_seen: AT}), []);
  assert.deepEqual(to({tools: [{name: 'Bash', calls: 2}]}), ['agent:a']);
});

test('costs and tokens are those of the agents together', () => {
  const before = {agents: {agents: [{agent_id: 'a', cost_usd: 1}]}};
  const after = {agents: {agents: [{agent_id: 'a', cost_usd: 1},
    {agent_id: 'b', cost_usd: 0.33, tokens: {input: 5, output: 2}}]}};
  assert.deepEqual(between(before, after), {keys: ['agent:b', 'metric:cost', 'metric:tokens'], summary: ['+$0.33']});
  assert.deepEqual(between(after, before).summary, ['−$0.33']);
});

test('without costs of agents those of the workflow count', () => {
  assert.equal(totals_of(states({workflow: {cost_usd: 4}})).cost_usd, 4);
  assert.equal(totals_of(states({workflow: {cost_usd: 4}, agents: {agents: [{cost_usd: 3}]}})).cost_usd, 3);
});

test('commits and failed tests are counted', () => {
  const after = {workflow: {...states().workflow, commits: [{}], tests: {failed: 2}}};
  assert.deepEqual(between({}, after).summary, ['1 commit', '2 failed tests']);
});

test('what newly needs a person is marked', () => {
  const item = /** @type {any} */ ({key: 'question:1'});
  const marks = marks_between(states(), states(), [], [item]);
  assert.ok(marks.keys.has('attention:question:1'));
  assert.equal(marks_between(states(), states(), [item], [item]).keys.size, 0);
});

test('the summary reads from work to cost', () => {
  const after = {...workflow({name: 'a', status: 'completed'}), notes: {notes: [{id: '1'}]}, ...mailbox(message),
    agents: {agents: [{agent_id: 'a', cost_usd: 0.5}]}};
  assert.deepEqual(between({}, after).summary, ['1 completed', '1 note', '1 message', '+$0.50']);
});

test('notes that are the same objects are not looked into', () => {
  const notes = [{get id() { throw new Error('looked into'); }}];
  const after = {notes: {notes: [...notes]}};

  assert.deepEqual(between({notes: {notes}}, after).keys, []);
});

test('a message is known once, with what both ends know of it', () => {
  const [found, ...more] = messages_of(mailbox(message).mailbox);
  assert.equal(more.length, 0);
  assert.deepEqual([found.from, found.to, receipt_of(found), Number.isNaN(found.sent_us)], ['a', 'b', 'unread', false]);
});

test('the newest message comes first', () => {
  const box = {agents: {a: {outbox: [{...message, id: '1', sequence: 1}, {...message, id: '2', sequence: 2}]}}};
  assert.deepEqual(messages_of(box).map((each) => each.id), ['2', '1']);
});

test('a mailbox of any shape is borne', () => {
  for (const odd of [null, undefined, {}, {agents: null}, {agents: {a: null, b: 5, c: {inbox: 7, outbox: [null]}}}]) {
    assert.ok(Array.isArray(messages_of(odd)));
  }
});
