import {test} from 'node:test';
import assert from 'node:assert/strict';
import {pairing} from '../../../web/pairs.js';

const TYPES = ['agent.tool.started', 'agent.tool.completed', 'agent.tool.failed', 'turn.started', 'turn.completed',
  'agent.note.idea'];

/** Columns of events given as [type, agent, time]. */
function columns_of(events) {
  const agent_names = ['a', 'b'];
  return {
    count: events.length, type_names: TYPES, agent_names, correlation_names: [],
      correlations: new Int32Array(events.length),
    types: Int32Array.from(events, ([type]) => TYPES.indexOf(type)),
      agents: Int32Array.from(events, ([, agent]) => agent_names.indexOf(agent)),
    times_us: Float64Array.from(events, ([, , time]) => time),
  };
}

const span = (kind, sequence, agent_id, started_us, ended_us, name = 'Read') =>
  ({kind, sequence, agent_id, started_us, ended_us, name});

function paired(events, spans) {
  const pairs = pairing();
  pairs.update(columns_of(events), spans, 1);
  return pairs;
}

const CALL = [['agent.tool.started', 'a', 10], ['agent.tool.completed', 'a', 25]];

test('a call has two halves that know each other', () => {
  const pairs = paired(CALL, [span('tool', 1, 'a', 10, 25)]);
  assert.deepEqual([pairs.other(1), pairs.other(2)], [2, 1]);
});

test('an end knows its tool and how long it took', () => {
  const pairs = paired(CALL, [span('tool', 1, 'a', 10, 25)]);
  assert.deepEqual([pairs.tool(2), pairs.took_us(2)], ['Read', 15]);
});

test('an open call has a tool and no other half', () => {
  const pairs = paired(CALL.slice(0, 1), [span('tool', 1, 'a', 10, null)]);
  assert.deepEqual([pairs.tool(1), pairs.other(1), pairs.took_us(1)], ['Read', 0, null]);
});

test('another agent that ends a call at the same time is not taken for it', () => {
  const events = [['agent.tool.started', 'a', 10], ['agent.tool.completed', 'b', 25],
    ['agent.tool.completed', 'a', 25]];
  assert.equal(paired(events, [span('tool', 1, 'a', 10, 25)]).other(1), 3);
});

test('two calls that end at the same time get an end each', () => {
  const events = [['agent.tool.started', 'a', 1], ['agent.tool.started', 'a', 2], ['agent.tool.completed', 'a', 9],
    ['agent.tool.failed', 'a', 9]];
  const pairs = paired(events, [span('tool', 1, 'a', 1, 9), span('tool', 2, 'a', 2, 9)]);
  assert.deepEqual([pairs.other(1), pairs.other(2)], [3, 4]);
});

test('the end of a turn is not that of a call', () => {
  const events = [['agent.tool.started', 'a', 1], ['turn.completed', 'a', 9]];
  assert.equal(paired(events, [span('tool', 1, 'a', 1, 9)]).other(1), 0);
});

test('a beginning that was recorded behind its end finds it', () => {
  const events = [['agent.tool.completed', 'a', 25], ['agent.tool.started', 'a', 10]];
  assert.equal(paired(events, [span('tool', 2, 'a', 10, 25)]).other(2), 1);
});

test('an event that ends nothing has no other half and no tool', () => {
  const pairs = paired([...CALL, ['agent.note.idea', 'a', 30]], [span('tool', 1, 'a', 10, 25)]);
  assert.deepEqual([pairs.other(3), pairs.tool(3), pairs.took_us(3)], [0, '', null]);
});

test('an end that comes later is joined without reading all again', () => {
  const pairs = pairing();
  const columns = columns_of(CALL);
  pairs.update({...columns, count: 1}, [span('tool', 1, 'a', 10, null)], 1);
  const {readings} = pairs;
  pairs.update(columns, [span('tool', 1, 'a', 10, 25)], 2);
  assert.deepEqual([pairs.other(1), pairs.readings], [2, readings]);
});

test('a span that comes after its events is found with the next revision', () => {
  const pairs = pairing();
  const events = [...CALL, ['agent.tool.started', 'a', 30]];
  const spans = [span('tool', 1, 'a', 10, 25)];
  pairs.update({...columns_of(events), count: 2}, spans, 1);
  const columns = {...columns_of(events)};
  pairs.update(columns, spans, 1);
  pairs.update(columns, [...spans, span('tool', 3, 'a', 30, null, 'Bash')], 2);
  assert.equal(pairs.tool(3), 'Bash');
});

test('another workflow forgets the first', () => {
  const pairs = paired(CALL, [span('tool', 1, 'a', 10, 25)]);
  pairs.update({...columns_of([['agent.note.idea', 'a', 1]]), type_names: [...TYPES]}, [], 1);
  assert.deepEqual([pairs.other(1), pairs.tool(1)], [0, '']);
});
