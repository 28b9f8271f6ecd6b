import {test} from 'node:test';
import assert from 'node:assert/strict';
import {causes_of, effects_of} from '../../../web/causes.js';
import {correlations} from '../../../web/correlations.js';
import {QUIET_US, current_row, quiet_axis, trace_rows, visible_rows} from '../../../web/waterfall.js';

let serial = 0;

/** A node of a trace: [type, parent, seconds, data]. */
function tree(...nodes) {
  return nodes.map(([event_type, parent, seconds, data = {}]) => ({parent, event: {
    id: `e${++serial}`, event_type, data, sequence: serial, workflow_id: 'w', seconds, causation_id: undefined}}))
    .map((node, _, all) => {
      if (node.parent >= 0) node.event.causation_id = all[node.parent].event.id;
      return node;
    });
}

const rows_of = (...nodes) => trace_rows(tree(...nodes), (event) => event.seconds * 1e6);
const drawn = (rows) => rows.map((row) => `${'  '.repeat(row.depth)}${row.event.event_type}${row.end ? ' …' : ''}`);

test('a call and its end are one row', () => {
  const rows = rows_of(['agent.tool.started', -1, 0], ['agent.tool.completed', 0, 4]);
  assert.deepEqual(drawn(rows), ['agent.tool.started …']);
  assert.equal(rows[0].end_us, 4e6);
});

test('a call that failed is a failed row', () => {
  const [row] = rows_of(['agent.tool.started', -1, 0], ['agent.tool.failed', 0, 4]);
  assert.equal(row.failed, true);
});

test('a call without an end is open', () => {
  assert.equal(rows_of(['agent.tool.started', -1, 0])[0].end_us, null);
});

test('tests end with the next result of the same file, whatever caused it', () => {
  const rows = rows_of(['turn.started', -1, 0], ['tests.started', 0, 1, {test_file: 'a'}],
    ['tests.started', 0, 2, {test_file: 'b'}], ['tests.failed', 0, 5, {test_file: 'a'}],
    ['tests.passed', 0, 6, {test_file: 'b'}]);
  assert.deepEqual(drawn(rows), ['turn.started', '  tests.started …', '  tests.started …']);
  assert.deepEqual(rows.map((row) => row.end_us), [null, 5e6, 6e6]);
  assert.deepEqual(rows.map((row) => row.failed), [false, true, false]);
});

test('tests without a file end with the next result of the same feature', () => {
  const rows = rows_of(['tests.started', -1, 0, {feature: 'f'}], ['tests.passed', -1, 3, {feature: 'f'}]);
  assert.deepEqual(rows.map((row) => row.end_us), [3e6]);
});

test('a result from which others hang keeps its row, and ends the tests all the same', () => {
  const rows = rows_of(['tests.started', -1, 0, {feature: 'f'}], ['tests.failed', -1, 3, {feature: 'f'}],
    ['agent.note.reflection', 1, 4]);
  assert.deepEqual(drawn(rows), ['tests.started', 'tests.failed', '  agent.note.reflection']);
  assert.equal(rows[0].end_us, 3e6);
});

test('what has no event for its end is never open', () => {
  assert.equal(rows_of(['deploy.started', -1, 2])[0].end_us, 2e6);
});

test('what ended outside of the trace is not open', () => {
  const known = {ended_us: () => 9e6, is_over: () => false};
  assert.equal(trace_rows(tree(['session.started', -1, 0]), (event) => event.seconds * 1e6, known)[0].end_us, 9e6);
});

test('in a workflow that is over, what never ended goes as far as what stands below it', () => {
  const known = {ended_us: () => null, is_over: () => true};
  const rows = trace_rows(tree(['turn.started', -1, 0], ['agent.tool.started', 0, 2], ['agent.tool.completed', 1, 5]),
    (event) => event.seconds * 1e6, known);
  assert.deepEqual(rows.map((row) => row.end_us), [5e6, 5e6]);
});

test('what an end led to stands below the row that it is part of', () => {
  const rows = rows_of(['turn.started', -1, 0], ['turn.completed', 0, 5], ['agent.note.idea', 1, 6]);
  assert.deepEqual(drawn(rows), ['turn.started …', '  agent.note.idea']);
});

test('the end of another call is a row of its own', () => {
  const rows = rows_of(['agent.tool.started', -1, 0, {tool_use_id: 'a'}],
    ['agent.tool.completed', 0, 1, {tool_use_id: 'b'}]);
  assert.equal(rows.length, 2);
});

test('a second end is a row of its own', () => {
  const rows = rows_of(['feature.started', -1, 0], ['feature.failed', 0, 1], ['feature.completed', 0, 2]);
  assert.deepEqual(drawn(rows), ['feature.started …', '  feature.completed']);
});

test('a closed row hides all that stands below it, and nothing else', () => {
  const rows = rows_of(['a.b', -1, 0], ['a.c', 0, 1], ['a.d', 1, 2], ['a.e', -1, 3]);
  assert.deepEqual(visible_rows(rows, new Set([rows[0].event.id])), [0, 3]);
  assert.deepEqual(visible_rows(rows, new Set([rows[1].event.id])), [0, 1, 3]);
});

test('a chain of 20,000 causes is laid out', () => {
  const rows = trace_rows(tree(...Array.from({length: 20_000}, (_, at) => ['a.b', at - 1, at])), (event) =>
    event.seconds * 1e6);
  assert.equal(rows[0].size, 19_999);
});

const at_point = (rows, closed, point) =>
  current_row(rows, visible_rows(rows, closed), {point, workflow_id: 'w'});

test('the row of the point is that of its event, be it a beginning or an end', () => {
  const rows = rows_of(['a.b', -1, 0], ['agent.tool.started', 0, 1], ['agent.tool.completed', 1, 2]);
  const {sequence} = rows[1].event;
  for (const point of [sequence, sequence + 1]) {
    assert.deepEqual(at_point(rows, new Set(), point), {index: 1, between: false});
  }
});

test('the point below a closed row is at that row', () => {
  const rows = rows_of(['a.b', -1, 0], ['a.c', 0, 1], ['a.d', -1, 2]);
  assert.deepEqual(at_point(rows, new Set([rows[0].event.id]), rows[1].event.sequence), {index: 0, between: false});
});

test('a point that is not of the trace is behind the last event before it', () => {
  const rows = rows_of(['a.b', -1, 0], ['a.c', 0, 1]);
  assert.deepEqual(at_point(rows, new Set(), rows[1].event.sequence + 5), {index: 1, between: true});
  assert.equal(at_point(rows, new Set(), rows[0].event.sequence - 1).index, -1);
});

test('without long waits times are in proportion', () => {
  const axis = quiet_axis(rows_of(['a.b', -1, 0], ['a.b', -1, 20], ['a.b', -1, 40]), 0);
  assert.deepEqual([axis.at(0), axis.at(20e6), axis.at(40e6)], [0, 0.5, 1]);
  assert.equal(axis.gaps.length, 0);
});

test('a long wait takes little room and keeps its true length', () => {
  const axis = quiet_axis(rows_of(['a.b', -1, 0], ['a.b', -1, 60], ['a.b', -1, 3660], ['a.b', -1, 3720]), 0);
  const [gap] = axis.gaps;
  assert.equal(gap.to_us - gap.from_us, 3600e6);
  assert.ok(gap.width < 0.1);
  assert.ok(Math.abs(axis.at(60e6) - 0.48) < 0.01);
});

test('a wait of just the limit is not folded', () => {
  assert.equal(quiet_axis(rows_of(['a.b', -1, 0], ['a.b', -1, QUIET_US / 1e6]), 0).gaps.length, 0);
});

test('later is never to the left of earlier', () => {
  const axis = quiet_axis(rows_of(...[0, 10, 500, 510, 5000, 5001, 90_000].map((seconds) => ['a.b', -1, seconds])), 0);
  let before = -1;
  for (let seconds = -10; seconds < 91_000; seconds += 7) {
    const at = axis.at(seconds * 1e6);
    assert.ok(at >= before && at >= 0 && at <= 1, `${seconds} s at ${at}`);
    before = at;
  }
});

test('only waits: all are as wide', () => {
  const axis = quiet_axis(rows_of(['a.b', -1, 0], ['a.b', -1, 1000], ['a.b', -1, 9000]), 0);
  assert.deepEqual(axis.gaps.map(({width}) => width), [0.5, 0.5]);
  assert.equal(axis.at(1000e6), 0.5);
});

test('many waits leave half the room to what happened', () => {
  const seconds = Array.from({length: 200}, (_, at) => ['a.b', -1, Math.floor(at / 2) * 1000 + (at % 2)]);
  const axis = quiet_axis(rows_of(...seconds), 0);
  assert.ok(axis.gaps.reduce((sum, {width}) => sum + width, 0) <= 0.5001);
});

test('one event is at the left', () => {
  assert.equal(quiet_axis(rows_of(['a.b', -1, 7]), 0).at(7e6), 0);
});

test('an open row reaches to now', () => {
  const axis = quiet_axis(rows_of(['agent.tool.started', -1, 0]), 30e6);
  assert.equal(axis.to_us, 30e6);
});

const EVENTS = [
  {id: 'a', sequence: 1}, {id: 'b', sequence: 2, causation_id: 'a'},
    {id: 'c', sequence: 3, causation_id: 'b', correlation_id: 'x'},
  {id: 'd', sequence: 4, causation_id: 'lost'}, {id: 'e', sequence: 5, causation_id: 'f'},
    {id: 'f', sequence: 6, causation_id: 'e'},
];
const loaded = {get: (sequence) => EVENTS[sequence - 1], by_id: (id) => EVENTS.find((event) => event.id === id),
  revision: 1};
const ids = (events) => events.map(({id}) => id);

test('causes lead from the first one down to the event', () => {
  const {chain, unknown, cut} = causes_of(EVENTS[2], loaded);
  assert.deepEqual([ids(chain), unknown, cut], [['a', 'b'], null, false]);
});

test('a cause that is not there is named', () => {
  assert.equal(causes_of(EVENTS[3], loaded).unknown, 'lost');
});

test('causes that go round in a circle end', () => {
  const {chain, cut} = causes_of(EVENTS[4], loaded);
  assert.deepEqual([ids(chain), cut], [['f'], true]);
});

test('an event without a cause has none', () => {
  assert.deepEqual(causes_of(EVENTS[0], loaded).chain, []);
});

test('effects are those among the events that are loaded', () => {
  const {effects, whole} = effects_of(EVENTS[0], {events: loaded, head: 6, trace: null});
  assert.deepEqual([ids(effects), whole], [['b'], false]);
});

test('effects are those of the whole trace when it is loaded', () => {
  const effect = {id: 'z', causation_id: 'c'};
  const trace = {state: 'ready', correlation_id: 'x', events: [{event: effect}]};
  const found = effects_of(EVENTS[2], {events: loaded, head: 6, trace});
  assert.deepEqual(found, {effects: [effect], whole: true});
});

test('correlations are counted with their failures and their time', () => {
  const columns = {
    count: 4, times_us: Float64Array.of(10, 30, 20, 40), types: Int32Array.of(0, 1, 0, 0),
      correlations: Int32Array.of(0, 0, 1, -1),
    type_names: ['turn.started', 'turn.failed'], agent_names: [], correlation_names: ['x', 'y'],
  };
  assert.deepEqual(correlations().update(columns), [
    {id: 'x', count: 2, failed: 1, first: 1, from_us: 10, to_us: 30},
    {id: 'y', count: 1, failed: 0, first: 3, from_us: 20, to_us: 20},
  ]);
});

test('correlations count what came once', () => {
  const columns = {
    count: 2, times_us: Float64Array.of(1, 2, 3), types: new Int32Array(3), correlations: new Int32Array(3),
    type_names: ['turn.started'], agent_names: [], correlation_names: ['x'],
  };
  const kept = correlations();
  kept.update(columns);
  assert.equal(kept.update({...columns, count: 3})[0].count, 3);
});
