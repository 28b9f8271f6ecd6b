import {test} from 'node:test';
import assert from 'node:assert/strict';
import {count_up_to, selection, tally} from '../../../web/filter.js';

const ALL = {q: '', agents: [], kinds: [], types: [], correlation: null};
const NO_SEARCH = {state: 'idle', sequences: null, excerpts: new Map(), more: false, problem: ''};

/** Columns of events given as [type, agent, correlation]. */
function columns_of(events) {
  const names = {types: [], agents: [], correlations: []};
  const index = (table, name) => {
    if (name === undefined || name === null) return -1;
    if (!table.includes(name)) table.push(name);
    return table.indexOf(name);
  };
  return {
    count: events.length,
    times_us: Float64Array.from(events, (_, at) => at * 1e6),
    types: Int32Array.from(events, ([type]) => index(names.types, type)),
    agents: Int32Array.from(events, ([, agent]) => index(names.agents, agent)),
    correlations: Int32Array.from(events, ([, , correlation]) => index(names.correlations, correlation)),
    type_names: names.types, agent_names: names.agents, correlation_names: names.correlations,
  };
}

const STORY = columns_of([
  ['workflow.started', null, null],
  ['agent.tool.started', 'coder', 'c1'],
  ['agent.tool.failed', 'coder', 'c1'],
  ['agent.note.idea', 'reviewer', 'c2'],
  ['agent.tool.completed', 'reviewer', 'c2'],
]);

const found = (filters, search = NO_SEARCH, columns = STORY) =>
  [...selection().update(columns, {...ALL, ...filters}, search).sequences];

test('without filters all events are selected', () => {
  assert.deepEqual(found({}), [1, 2, 3, 4, 5]);
});

test('several kinds select what is of any of them', () => {
  assert.deepEqual(found({kinds: ['notes', 'workflow']}), [1, 4]);
});

test('errors are a kind besides the kind of their type', () => {
  assert.deepEqual(found({kinds: ['errors']}), [3]);
  assert.deepEqual(found({kinds: ['tools']}), [2, 3, 5]);
});

test('agent and kind must both fit', () => {
  assert.deepEqual(found({agents: ['coder'], kinds: ['tools']}), [2, 3]);
});

test('the empty agent selects events of nobody', () => {
  assert.deepEqual(found({agents: ['']}), [1]);
});

test('a type may be a GLOB', () => {
  assert.deepEqual(found({types: ['agent.tool.*']}), [2, 3, 5]);
  assert.deepEqual(found({types: ['agent.tool']}), []);
});

test('characters that mean something in expressions mean nothing in a type', () => {
  assert.deepEqual(found({types: ['agent.tool.(*']}), []);
});

test('a correlation selects its events', () => {
  assert.deepEqual(found({correlation: 'c2'}), [4, 5]);
});

test('a correlation that is not there selects nothing, not what has none', () => {
  assert.deepEqual(found({correlation: 'elsewhere'}), []);
});

test('an agent that is not there selects nothing', () => {
  assert.deepEqual(found({agents: ['elsewhere']}), []);
});

test('what the search found is intersected with the filters', () => {
  const search = {...NO_SEARCH, state: 'ready', sequences: Int32Array.of(2, 4, 5, 99)};
  assert.deepEqual(found({q: 'word', kinds: ['tools']}, search), [2, 5]);
});

test('an old search result does nothing once no words are searched for', () => {
  assert.deepEqual(found({q: ' '}, {...NO_SEARCH, sequences: Int32Array.of(2)}), [1, 2, 3, 4, 5]);
});

test('events that come are added without a new generation', () => {
  const grown = {...STORY, count: 2};
  const events = selection();
  const before = events.update(grown, ALL, NO_SEARCH);
  const after = events.update({...grown, count: 5}, ALL, NO_SEARCH);
  assert.equal(after.generation, before.generation);
  assert.deepEqual([...after.sequences], [1, 2, 3, 4, 5]);
});

test('types that come later are judged too', () => {
  const early = {...STORY, count: 3};
  const events = selection();
  const filters = {...ALL, kinds: ['notes']};
  events.update(early, filters, NO_SEARCH);
  assert.deepEqual([...events.update(STORY, filters, NO_SEARCH).sequences], [4]);
});

test('another workflow begins a new generation', () => {
  const events = selection();
  const before = events.update(STORY, ALL, NO_SEARCH).generation;
  const other = columns_of([['turn.started', 'x', null]]);
  const after = events.update(other, ALL, NO_SEARCH);
  assert.notEqual(after.generation, before);
  assert.deepEqual([...after.sequences], [1]);
});

test('nothing changed: the selection is the very object of the last time', () => {
  const events = selection();
  assert.equal(events.update(STORY, ALL, NO_SEARCH), events.update(STORY, ALL, NO_SEARCH));
});

test('100,000 events are filtered within 10 ms', () => {
  const count = 100_000;
  const types = ['agent.tool.started', 'agent.tool.completed', 'agent.note.idea', 'turn.started'];
  const large = {
    count, times_us: new Float64Array(count), correlations: new Int32Array(count).fill(-1),
    types: Int32Array.from({length: count}, (_, at) => at % 4),
      agents: Int32Array.from({length: count}, (_, at) => at % 3),
    type_names: types, agent_names: ['a', 'b', 'c'], correlation_names: [],
  };
  const events = selection();
  for (const kinds of [['notes'], ['turns'], []]) events.update(large, {...ALL, kinds}, NO_SEARCH);
  const best = Math.min(...'abcabcabc'.split('').map((agent) => {
    const begin = performance.now();
    events.update(large, {...ALL, agents: [agent], kinds: ['tools']}, NO_SEARCH);
    return performance.now() - begin;
  }));
  assert.ok(best <= 10, `${best} ms`);
});

test('the tally counts agents, nobody and kinds, errors besides', () => {
  const {agents, nobody, kinds} = tally().update(STORY);
  assert.deepEqual(agents, [2, 2]);
  assert.equal(nobody, 1);
  assert.deepEqual([kinds.tools, kinds.errors, kinds.notes, kinds.workflow], [3, 1, 1, 1]);
});

test('the tally counts what came once', () => {
  const counts = tally();
  counts.update({...STORY, count: 3});
  counts.update({...STORY, count: 3});
  assert.deepEqual(counts.update(STORY), tally().update(STORY));
});

test('count_up_to finds places in an ascending list', () => {
  const list = Int32Array.of(2, 4, 9);
  assert.deepEqual([1, 2, 3, 4, 9, 10].map((sequence) => count_up_to(list, sequence)), [0, 1, 1, 2, 3, 3]);
});
