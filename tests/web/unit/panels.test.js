import assert from 'node:assert/strict';
import {test} from 'node:test';
import {agents, in_tree} from '../../../web/views/panels/agents.js';
import {features} from '../../../web/views/panels/features.js';
import {log} from '../../../web/views/panels/log.js';
import {note_article, notes_panel} from '../../../web/views/panels/notes.js';
import {message_article} from '../../../web/views/panels/messages.js';
import {messages_of} from '../../../web/messages.js';
import {notes} from '../../../web/views/notes.js';
import {time_us} from '../../../web/format.js';

const AT = '2026-01-09T09:30:00.000000Z';
const NOW = time_us(AT) + 90e6;

/** A model of nothing but what is given. @param {any} [given] @returns {any} */
const model_of = (given = {}) => ({
  workflow_id: 'w', workflows: [], live: true, point: 9, head: 9, as_of_us: NOW, spans: [], attention: [], note_category: null,
  hues: new Map(), parent_of: new Map(), marks: {keys: new Set(), summary: []},
  columns: {count: 0, times_us: [], types: [], agents: [], correlations: [], type_names: [], agent_names: []},
  events: {get: () => undefined, by_id: () => undefined, revision: 0},
  ...given,
  states: given.states === null ? null : {
    workflow: {features: []}, agents: {agents: []}, notes: {notes: []}, mailbox: {agents: {}}, timings: {features: []},
    ...given.states,
  },
});

/** Actions that write down what was asked for. */
function recorder() {
  /** @type {any[]} */
  const asked = [];
  const actions = /** @type {any} */ (new Proxy({}, {get: (_, name) => (...values) => asked.push([name, ...values])}));
  return {asked, actions};
}

/** All text of a description. @param {any} node @returns {string} */
const text_of = (node) => words_of(node).join(' ').replace(/\s+/g, ' ').trim();

/** @param {any} node @returns {string[]} */
function words_of(node) {
  if (typeof node === 'object' && node !== null) return node.children.flatMap(words_of);
  return node || node === 0 ? [String(node)] : [];
}

/** Every description in a tree. @param {any} node @returns {any[]} */
const all_of = (node) => (typeof node === 'object' && node !== null ? [node, ...node.children.flatMap(all_of)] : []);

/** @param {any} node @param {string} css */
const find_all = (node, css) => all_of(node).filter((each) => String(each.props.class ?? '').split(' ').includes(css));

/** @param {any} given */
const shown = (panel, given = {}) => text_of(panel(model_of(given), recorder().actions));

test('empty panels say what will come', () => {
  assert.match(shown(features), /No features yet They come with/);
  assert.match(shown(agents), /No agents yet/);
  assert.match(shown(notes_panel), /No notes yet/);
});

test('in the past they promise nothing', () => {
  assert.match(shown(notes_panel, {live: false}), /No notes at this point/);
});

test('while states are on their way nothing is denied', () => {
  assert.match(shown(features, {states: null}), /Reading the log/);
});

test('a feature shows its attempts, tests, cost and time', () => {
  const workflow = {features: [{name: 'login', status: 'completed', attempts: 2, duration_ms: 61000, cost_usd: 1.5,
    tests_passing: true}]};
  const timings = {features: [{name: 'login',
    attempts: [{status: 'failed', duration_ms: 1000}, {status: 'completed'}]}]};
  const made = features(model_of({states: {workflow, timings}}), recorder().actions);

  assert.match(text_of(made), /completed: login 2 attempts tests pass \$1\.50 1 m 1 s/);
  const bars = find_all(made, 'att')[0].children.filter((each) => each.tag === 'i');
  assert.deepEqual(bars.map((each) => each.props.class), ['bad', 'ok']);
});

test('a feature that failed shows its error', () => {
  assert.match(shown(features, {states: {workflow: {features: [{name: 'a', status: 'failed', error: 'no space'}]}}}),
    /no space/);
});

test('a feature at work counts up to the point', () => {
  const workflow = {features: [{name: 'a', status: 'started', attempts: 1, started_at: AT}]};
  assert.match(shown(features, {states: {workflow}}), /1 m 30 s/);
});

test('a click on a feature leads to the event that made it what it is', () => {
  const {asked, actions} = recorder();
  const workflow = {features: [{name: 'a', status: 'failed', status_sequence: 7}]};
  find_all(features(model_of({states: {workflow}}), actions), 'frow')[0].props.on.click();

  assert.deepEqual(asked, [['go', 7]]);
});

const turn = {id: 't', kind: 'turn', name: 'Fix it', agent_id: 'main', started_us: time_us(AT), ended_us: NOW + 1,
  status: 'completed', sequence: 3};

test('a workflow without features shows its prompts, as they stood at the point', () => {
  const made = features(model_of({spans: [turn, {...turn, id: 'u', name: 'Later', sequence: 10}]}), recorder().actions);

  assert.match(text_of(made), /^Prompts 1 1 at work open: Fix it 1 m 30 s$/);
});

test('prompts that subagents or machines wrote are not shown', () => {
  const spans = [{...turn, id: 'a', agent_id: 'sub'}, {...turn, id: 'b', name: '<task-notification> x'},
    {...turn, id: 'c', sequence: 5}];
  const events = {get: (sequence) => (sequence === 5 ? {data: {human: false}} : undefined)};

  assert.match(text_of(features(model_of({spans, events, parent_of: new Map([['sub', 'main']])}), recorder().actions)),
    /No features/);
});

test('subagents stand below their parents', () => {
  const rows = in_tree([{agent_id: 'c', parent_agent_id: 'b'}, {agent_id: 'a'}, {agent_id: 'b', parent_agent_id: 'a'},
    {agent_id: 'd', parent_agent_id: 'gone'}]);
  assert.deepEqual(rows.map(({agent, depth}) => agent.agent_id + depth), ['a0', 'b1', 'c2', 'd0']);
});

test('agents whose parents form a ring are all shown', () => {
  assert.equal(in_tree([{agent_id: 'a', parent_agent_id: 'b'}, {agent_id: 'b', parent_agent_id: 'a'},
    {agent_id: 'c', parent_agent_id: 'c'}]).length, 3);
});

/** What an agent does. @param {any} agent @param {any} [more] @param {any} [given] */
const doing = (agent, more = {}, given = {}) => text_of(find_all(
  agents(model_of({...given, states: {agents: {agents: [{agent_id: 'a', ...agent}], ...more}, ...given.states}}),
    recorder().actions), 'st')[0]);

test('an agent says what it does', () => {
  const calls = {sessions: [{open_calls: [{agent_id: 'a', tool_name: 'Bash', tool_use_id: 't', sequence: 4}]}]};
  const events = {get: () => ({data: {tool_input: {command: 'make test'}}})};

  assert.equal(doing({status: 'active'}), 'thinking');
  assert.equal(doing({status: 'active'}, calls, {events}), 'Bash make test');
  assert.equal(doing({status: 'waiting', waiting_for: 'Bash'}), 'waiting for a permission : Bash');
  assert.equal(doing({status: 'waiting', waiting_message: 'Which branch?'}), 'waiting for you : Which branch?');
  assert.equal(doing({status: 'idle', status_since: AT}), 'idle since 09:30:00');
  assert.equal(doing({status: 'ended', status_since: AT}), 'ended 09:30:00');
});

test('a person is no agent at work', () => {
  assert.equal(doing({agent_id: 'person', status: 'active', last_seen: AT}), 'last seen 09:30:00');
});

test('nobody thinks in a workflow that is over', () => {
  assert.equal(doing({status: 'active', last_seen: AT}, {}, {states: {workflow: {status: 'failed'}}}),
    'last seen 09:30:00');
});

test('an event that is needed for its words is asked for', () => {
  const {asked, actions} = recorder();
  const list = {agents: [{agent_id: 'a', status: 'active'}],
    open_calls: [{agent_id: 'a', tool_name: 'Bash', sequence: 4}]};
  agents(model_of({states: {agents: list}}), actions);

  assert.deepEqual(asked, [['want', 4, 4]]);
});

test('what agents wrote is shown without its tricks', () => {
  const note = {id: 'n', category: 'idea', title: '\u202eevil\u001b[31m', content: '<b>\u0000', sequence: 1,
    created_at: AT, agent_id: 'a', tags: [{}]};
  const words = text_of(note_article(model_of(), recorder().actions, note, null));

  assert.match(words, /\\u202eevil <b>\\u0000/);
});

test('rows that changed are marked', () => {
  const given = {marks: {keys: new Set(['note:n']), summary: []},
    states: {notes: {notes: [{id: 'n', category: 'idea', title: 't', sequence: 1}]}}};
  assert.equal(find_all(notes_panel(model_of(given), recorder().actions), 'chg').length, 1);
});

test('the log asks once for what it lacks, and shows types until it comes', () => {
  const {asked, actions} = recorder();
  const columns = {count: 9, times_us: Array(9).fill(NOW), types: Array(9).fill(0), agents: Array(9).fill(-1),
    type_names: ['turn.started'], agent_names: []};
  const made = log(model_of({columns, point: 5}), actions);

  assert.deepEqual(asked, [['want', 1, 5]]);
  assert.equal(find_all(made, 'lrow').length, 5);
  assert.match(text_of(made), /turn\.started/);
});

test('a message tells its way', () => {
  const box = {agents: {b: {inbox: [{id: 'i', correlation_id: 'c', sequence: 2, from_agent: 'a', to_agent: 'b',
    content: 'Look', received_at: AT}]}}};
  const words = text_of(message_article(model_of(), recorder().actions, messages_of(box)[0]));

  assert.match(words, /a to b #2 Look sent 09:30:00 unread for 1 m 30 s/);
});

test('the notes view counts categories, those that nobody knows too', () => {
  const list = [{id: '1', category: 'question'}, {id: '2', category: 'question', answered_at: AT},
    {id: '3', category: 'omen'}];
  const by_category = {question: [0, 1], omen: [2]};
  const model = model_of({states: {notes: {notes: list, by_category}}});
  const rail = find_all(notes(model, recorder().actions), 'rail')[0];

  assert.match(text_of(rail), /^All notes 3 Question 1 open 2 Blocker .* Omen 1$/);
});
