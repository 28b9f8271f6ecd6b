import assert from 'node:assert/strict';
import {test} from 'node:test';
import {add_event, make_columns, next_milestone, outline_reader} from '../../../web/columns.js';

const block = (from, times, more = {}) => ({
  from, times, types: times.map(() => 0), agents: times.map(() => -1), correlations: times.map(() => -1),
  new_types: from === 1 ? ['a.b'] : [], new_agents: [], new_correlations: [], ...more,
});
const event = (sequence, event_type = 'a.b', more = {}) => ({
  sequence, event_type, timestamp: `2026-01-01T00:00:${String(sequence).padStart(2, '0')}.000001Z`, data: {}, ...more,
});
const types_of = (columns) => [...columns.types.slice(0, columns.count)].map((at) => columns.type_names[at]);

test('times are sums of the differences, whole at the start of each block', () => {
  const columns = make_columns();
  const read = outline_reader(columns);
  read(block(1, [1000, 5, -3]));
  read(block(4, [2000, 1]));
  assert.deepEqual([...columns.times_us.slice(0, columns.count)], [1000, 1005, 1002, 2000, 2001]);
});

test('tables grow from block to block', () => {
  const columns = make_columns();
  const read = outline_reader(columns);
  read(block(1, [1, 1], {types: [0, 1], new_types: ['x', 'y']}));
  read(block(3, [1, 1], {types: [2, 0], new_types: ['z']}));
  assert.deepEqual(types_of(columns), ['x', 'y', 'z', 'x']);
});

test('another answer begins with empty tables of its own', () => {
  const columns = make_columns();
  outline_reader(columns)(block(1, [1, 1], {types: [0, 1], new_types: ['x', 'y']}));
  outline_reader(columns)(block(3, [1, 1], {types: [0, 1], new_types: ['y', 'x']}));
  assert.deepEqual(types_of(columns), ['x', 'y', 'y', 'x']);
});

test('events that are there are passed over', () => {
  const columns = make_columns();
  outline_reader(columns)(block(1, [10, 1, 1]));
  outline_reader(columns)(block(2, [99, 7, 7], {new_types: ['new']}));
  assert.equal(columns.count, 4);
  assert.deepEqual([...columns.times_us.slice(0, 4)], [10, 11, 12, 113]);
});

test('a block behind a gap is refused', () => {
  const columns = make_columns();
  assert.throws(() => outline_reader(columns)(block(2, [1])), /missing before 2/);
});

test('columns grow beyond their first size and keep what they hold', () => {
  const columns = make_columns();
  outline_reader(columns)(block(1, Array.from({length: 5000}, (_, i) => (i === 0 ? 7 : 1))));
  assert.equal(columns.times_us[0], 7);
  assert.equal(columns.times_us[4999], 7 + 4999);
});

test('only the next event is added', () => {
  const columns = make_columns();
  assert.equal(add_event(columns, event(2)), false);
  assert.equal(add_event(columns, event(1, 'a.b', {agent_id: 'x', correlation_id: 'c'})), true);
  assert.equal(add_event(columns, event(1)), false);
  assert.equal(columns.count, 1);
  assert.equal(columns.agent_names[columns.agents[0]], 'x');
  assert.equal(columns.correlation_names[columns.correlations[0]], 'c');
});

test('names such as __proto__ are names', () => {
  const columns = make_columns();
  add_event(columns, event(1, '__proto__', {agent_id: 'constructor'}));
  assert.deepEqual([columns.type_names, columns.agent_names], [['__proto__'], ['constructor']]);
});

test('milestones are found in both directions, and none beyond the ends', () => {
  const columns = make_columns();
  for (const [at, type] of ['workflow.started', 'a.b', 'feature.started', 'a.b', 'agent.error'].entries()) {
    add_event(columns, event(at + 1, type));
  }
  assert.equal(next_milestone(columns, 1, 1), 3);
  assert.equal(next_milestone(columns, 3, 1), 5);
  assert.equal(next_milestone(columns, 5, 1), null);
  assert.equal(next_milestone(columns, 4, -1), 3);
  assert.equal(next_milestone(columns, 3, -1), null);
});
