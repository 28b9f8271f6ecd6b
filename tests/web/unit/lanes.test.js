import assert from 'node:assert/strict';
import {test} from 'node:test';
import {Axis} from '../../../web/axis.js';
import {rows_of} from '../../../web/lane_rows.js';
import {Lanes, Track, tool_track} from '../../../web/lanes.js';
import {big_history, columns_of, spans_of} from '../big_history.mjs';

const NOON = Date.UTC(2026, 10, 27, 12) * 1000;
const SECOND = 1e6;
let serial = 0;

/** A span from and to seconds after noon; null: open. */
function span(kind, agent_id, from, to, more = {}) {
  serial++;
  return {
    id: `${kind}:${serial}`, kind, name: kind, agent_id, started_us: NOON + from * SECOND,
    ended_us: to === null ? null : NOON + to * SECOND, status: to === null ? 'open' : 'completed',
    sequence: serial, ...more,
  };
}

function model_of(spans, parents = {}, agent_names = []) {
  return {spans, spans_revision: 1, parent_of: new Map(Object.entries(parents)), columns: {agent_names}};
}

function lanes_of(spans, parents, agent_names) {
  const axis = new Axis();
  const lanes = new Lanes();
  const model = model_of(spans, parents, agent_names);
  lanes.update(model, axis);
  return {axis, lanes, model};
}

/** All that tracks hold, to compare two ways of coming to it. */
function content(lanes) {
  const columns = ['from', 'to', 'reach', 'bad', 'span'];
  const of = (track) => [track.count, ...columns.map((column) => [...track[column].subarray(0, track.count)])];
  return {
    agents: lanes.agents.map((lane) => [lane.agent_id, lane.depth, of(lane.turns), of(lane.sessions), of(lane.stays),
      [...lane.tools].filter(([, track]) => track.count > 0).map(([kind, track]) => [kind, of(track)]).sort()]),
    features: [...lanes.features].map(([name, track]) => [name, of(track)]),
    attempts: of(lanes.attempts),
    messages: of(lanes.messages),
  };
}

test('subagents stand below their parent, in the order in which they came up', () => {
  const spans = ['helper', 'deep', 'other'].map((name, i) => span('subagent', name, i, i + 1));
  const {lanes} = lanes_of(spans, {helper: 'coder', deep: 'helper', other: 'coder'},
    ['coder', 'reviewer', 'helper', 'other', 'deep']);

  assert.deepEqual(lanes.agents.map((lane) => [lane.agent_id, lane.depth]),
    [['coder', 0], ['helper', 1], ['deep', 2], ['other', 1], ['reviewer', 0]]);
});

test('agents who are each other\'s parents have a lane each', () => {
  const {lanes} = lanes_of([span('turn', 'a', 0, 1), span('turn', 'b', 0, 1)], {a: 'b', b: 'a'}, ['a', 'b']);

  assert.deepEqual(lanes.agents.map((lane) => lane.agent_id).sort(), ['a', 'b']);
});

test('a line of 50,000 subagents below each other is placed', () => {
  const names = Array.from({length: 50_000}, (_, i) => `agent-${i}`);
  const spans = names.map((name, i) => span('subagent', name, i, null));
  const parents = Object.fromEntries(names.slice(1).map((name, i) => [name, names[i]]));

  assert.equal(lanes_of(spans, parents, names).lanes.agents.at(-1).depth, 49_999);
});

test('an agent that is named only by its spans has a lane', () => {
  const {lanes} = lanes_of([span('tool', 'ghost', 0, 1)]);

  assert.deepEqual(lanes.agents.map((lane) => lane.agent_id), ['ghost']);
});

test('tools are put into the track of their kind', () => {
  const tools = ['Read', 'Grep', 'MultiEdit', 'Bash', 'Task', 'exec_command', 'mcp__github__search_issues',
    'Frobnicate', '__proto__'];

  assert.deepEqual(tools.map(tool_track),
    ['search', 'search', 'edit', 'shell', 'task', 'shell', 'search', 'other', 'other']);
});

test('a failed or denied call is marked', () => {
  const {lanes} = lanes_of([
    span('tool', 'a', 0, 1, {name: 'Bash', status: 'failed'}),
    span('tool', 'a', 2, 3, {name: 'Bash', status: 'denied'}),
    span('tool', 'a', 4, 5, {name: 'Bash'}),
  ]);

  assert.deepEqual([...lanes.by_agent.get('a').tools.get('shell').bad.subarray(0, 3)], [1, 1, 0]);
});

test('what a window shows is found although a long span began far before it', () => {
  const track = new Track('turn');
  track.push(0, 100, false, 0);
  for (let i = 1; i < 50; i++) track.push(i, i + 0.5, false, i);

  assert.deepEqual(track.range(60, 70), {first: 0, end: 50});
  assert.deepEqual(new Track('turn').range(0, 1), {first: 0, end: 0});
});

test('what ended before a window is left out', () => {
  const track = new Track('tool');
  for (let i = 0; i < 100; i++) track.push(i, i + 0.5, false, i);

  assert.deepEqual(track.range(50.2, 52.2), {first: 50, end: 53});
});

test('an end that becomes known changes how far the spans before reach', () => {
  const track = new Track('tool');
  track.push(0, Infinity, false, 0);
  track.push(1, 2, false, 1);
  track.push(3, 4, false, 2);
  track.change(0, 0.5, true);

  assert.deepEqual([...track.reach.subarray(0, 3)], [0.5, 2, 4]);
  assert.equal(track.bad[0], 1);
});

test('turns that overlap have rows of their own, the others share one', () => {
  const track = new Track('turn');
  for (const [from, to] of [[0, 10], [2, 4], [5, 8], [10, 12]]) track.push(from, to, false, 0);
  track.lay_out();

  assert.deepEqual([...track.row.subarray(0, 4)], [0, 1, 1, 0]);
  assert.equal(track.row_count, 2);
});

test('however many overlap, there are at most three rows', () => {
  const track = new Track('turn');
  for (let i = 0; i < 20; i++) track.push(i, 100 + i, false, i);
  track.lay_out();

  assert.equal(track.row_count, 3);
});

test('a track grows beyond its first room and keeps what it holds', () => {
  const track = new Track('tool');
  for (let i = 0; i < 1000; i++) track.push(i, i + 0.5, i % 7 === 0, i);

  assert.deepEqual([track.from[0], track.from[999], track.bad[7], track.span[500]], [0, 999, 1, 500]);
});

test('an end that comes later is taken over without making anything anew', () => {
  const open = span('tool', 'a', 1, null, {name: 'Bash'});
  const {lanes, axis, model} = lanes_of([span('turn', 'a', 0, null), open, span('tool', 'a', 2, 3, {name: 'Read'})]);
  const track = lanes.by_agent.get('a').tools.get('shell');
  assert.equal(track.to[0], Infinity);
  open.ended_us = NOON + 3 * SECOND;
  open.status = 'failed';
  lanes.update({...model, spans_revision: 2}, axis);

  assert.deepEqual([track.to[0], track.bad[0]], [3 * SECOND, 1]);
});

test('nothing is done when nothing has changed', () => {
  const {lanes, axis, model} = lanes_of([span('turn', 'a', 0, 1)]);
  const {revision} = lanes;
  lanes.update(model, axis);

  assert.equal(lanes.revision, revision);
});

test('spans that came one by one give the same as all at once', () => {
  const events = big_history(1500, 5);
  const columns = columns_of(events);
  const all = spans_of(events);
  const axis = new Axis();
  axis.take(columns.times_us, columns.count);
  const grown = new Lanes();
  const parent_of = new Map();
  for (let count = 1; count <= all.length; count++)
    grown.update({spans: all.slice(0, count), spans_revision: count, parent_of, columns}, axis);

  const whole = new Lanes();
  whole.update({spans: all, spans_revision: 1, parent_of, columns}, axis);
  assert.deepEqual(content(grown), content(whole));
});

test('a span that is put in among the others gives the same as if it had been there', () => {
  const spans = [span('turn', 'a', 0, 9), span('tool', 'a', 1, 2), span('tool', 'b', 5, 6),
    span('feature', 'a', 6, 7, {name: 'f'})];
  const {lanes, axis, model} = lanes_of([spans[0], spans[1], spans[3]]);
  lanes.update({...model, spans, spans_revision: 2}, axis);

  assert.deepEqual(content(lanes), content(lanes_of(spans).lanes));
});

test('a feature that is renamed has one row, under its new name', () => {
  const attempt = span('feature', 'a', 0, 5, {name: 'old'});
  const {lanes, axis, model} = lanes_of([attempt, span('tool', 'a', 1, 2)]);
  attempt.name = 'new';
  lanes.update({...model, spans_revision: 2}, axis);

  assert.deepEqual([...lanes.features.keys()], ['new']);
  assert.equal(lanes.attempts.count, 1);
});

test('a list that is not in order is read as if it were', () => {
  const late = span('tool', 'a', 1, 2);
  const {lanes} = lanes_of([span('tool', 'a', 5, 6), late, span('tool', 'a', 7, 8)]);

  assert.deepEqual([...lanes.by_agent.get('a').tools.get('other').from.subarray(0, 3)],
    [0, 4, 6].map((n) => n * SECOND));
});

test('a span of which only the end is known stands at its end', () => {
  const {lanes} = lanes_of([span('tool', 'a', 0, 1), span('tool', 'a', NaN, 4)]);
  const track = lanes.by_agent.get('a').tools.get('other');

  assert.deepEqual([track.from[1], track.to[1]], [4 * SECOND, 4 * SECOND]);
});

test('a span of which no time is known is left out', () => {
  const {lanes} = lanes_of([span('tool', 'a', 0, 1), span('tool', 'a', NaN, null)]);

  assert.equal(lanes.by_agent.get('a').tools.get('other').count, 1);
});

test('a span that ends before it starts has no length', () => {
  const {lanes} = lanes_of([span('tool', 'a', 5, 3)]);
  const track = lanes.by_agent.get('a').tools.get('other');

  assert.ok(track.to[0] >= track.from[0]);
});

test('where a span begins is no quiet stretch, though no event is there', () => {
  const {axis} = lanes_of([span('turn', 'a', 0, 1000), span('tool', 'a', 500, 1000)]);

  assert.equal(axis.gap_at.length, 2);
});

test('a slice at a time comes to the same', () => {
  const events = big_history(3000, 2);
  const model = {spans: spans_of(events), spans_revision: 1, parent_of: new Map(), columns: columns_of(events)};
  const axis = new Axis();
  const sliced = new Lanes();
  let rounds = 0;
  do {
    sliced.update(model, axis, () => true);
    rounds++;
  } while (sliced.is_behind);

  const whole = new Lanes();
  whole.update(model, axis);
  assert.ok(rounds > 10);
  assert.deepEqual(content(sliced), content(whole));
});

test('full rows: a row a feature, then agents with a track a kind of tools', () => {
  const {lanes} = lanes_of([
    span('feature', 'a', 0, 9, {name: 'one'}), span('feature', 'a', 0, 9, {name: 'two'}),
    span('tool', 'a', 1, 2, {name: 'Bash'}), span('tool', 'a', 3, 4, {name: 'Read'}),
  ]);

  const {rows} = rows_of(lanes, ['three'], false, 0);

  assert.deepEqual(rows.map((row) => row.name ?? row.lane.agent_id), ['one', 'two', 'three', 'a']);
  assert.deepEqual(rows[3].tools.map((tool) => tool.track.kind), ['search', 'shell']);
});

test('compact rows: one for all features', () => {
  const spans = [span('feature', 'a', 0, 4, {name: 'one'}), span('feature', 'a', 5, 9, {name: 'two'})];
  const {lanes} = lanes_of(spans, {}, ['a']);

  assert.deepEqual(rows_of(lanes, [], true, 0).rows.map((row) => row.kind), ['feature', 'agent']);
});

test('many features are packed, so that agents stay in sight', () => {
  const {lanes} = lanes_of(Array.from({length: 40}, (_, i) => span('feature', 'a', i, i + 1, {name: `f${i}`})));

  assert.equal(rows_of(lanes, [], false, 0).rows.filter((row) => row.kind === 'feature').length, 1);
});

test('rows lie below each other, without overlap', () => {
  const events = big_history(2000, 3);
  const {lanes} = lanes_of(spans_of(events));
  for (const compact of [true, false]) {
    const {rows, height} = rows_of(lanes, [], compact, 900);
    rows.slice(1).forEach((row, i) => assert.ok(row.y >= rows[i].y + rows[i].h));
    assert.ok(height >= rows.at(-1).y + rows.at(-1).h);
  }
});

test('full rows grow into the room there is, and not beyond it', () => {
  const {lanes} = lanes_of([span('turn', 'a', 0, 9), span('tool', 'a', 1, 2), span('turn', 'b', 0, 9)]);
  const needed = rows_of(lanes, [], false, 0).height;

  const {height} = rows_of(lanes, [], false, needed + 20);

  assert.ok(height > needed && height <= needed + 20, `${needed} ${height}`);
});

test('subagents that have names of their own share the lanes of those that are done', () => {
  const names = ['h1', 'h2', 'h3', 'h4', 'h5'];
  const parents = Object.fromEntries(names.map((name) => [name, 'coder']));
  const spans = names.map((name, i) => span('subagent', name, 10 * i, 10 * i + 5));

  const {lanes} = lanes_of(spans, parents, ['coder', ...names]);

  assert.deepEqual(lanes.agents.map((lane) => lane.agents), [['coder'], ['h1', 'h4', 'h5'], ['h2'], ['h3']]);
});

test('a subagent does not share the lane of one that is still at work', () => {
  const names = ['h1', 'h2', 'h3', 'h4'];
  const parents = Object.fromEntries(names.map((name) => [name, 'coder']));

  const {lanes} = lanes_of(names.map((name, i) => span('subagent', name, i, null)), parents, ['coder', ...names]);

  assert.equal(lanes.agents.length, 5);
});
