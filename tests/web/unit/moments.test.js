import assert from 'node:assert/strict';
import {test} from 'node:test';
import {axis_of} from '../../../web/axis.js';
import {Histogram} from '../../../web/histogram.js';
import {Moments, count_before} from '../../../web/moments.js';
import {big_history, columns_of} from '../big_history.mjs';

/** Events as [second, type, agent]. */
function columns(...events) {
  return columns_of(events.map(([second, event_type, agent_id]) => ({
    timestamp: new Date(Date.UTC(2026, 10, 27, 12) + second * 1000).toISOString().replace('Z', '000Z'),
    event_type, agent_id,
  })));
}

function moments_of(...events) {
  const moments = new Moments();
  moments.take(columns(...events));
  return moments;
}

test('notes are told with their category and their agent', () => {
  const {notes} = moments_of([0, 'agent.note.warning', 'coder']);

  assert.deepEqual([notes[0].what, notes[0].agent, notes[0].sequence], ['warning', 'coder', 1]);
});

test('a wait for a permission lasts until that agent\'s next event', () => {
  const {waits} = moments_of([0, 'permission.requested', 'a'], [5, 'turn.started', 'b'],
    [9, 'agent.tool.completed', 'a']);

  assert.equal(waits[0].to_us - waits[0].us, 9e6);
});

test('a wait lasts while nothing comes', () => {
  assert.equal(moments_of([0, 'permission.requested', 'a'], [5, 'turn.started', 'b']).waits[0].to_us, Infinity);
});

test('asking again ends one wait and begins another', () => {
  const {waits} = moments_of([0, 'permission.requested', 'a'], [2, 'permission.requested', 'a'],
    [3, 'turn.completed', 'a']);

  assert.deepEqual(waits.map((wait) => (wait.to_us - wait.us) / 1e6), [2, 1]);
});

test('a pause lasts until the workflow goes on or ends', () => {
  const {pauses} = moments_of([0, 'workflow.paused'], [4, 'agent.note.idea', 'a'], [7, 'workflow.resumed'],
    [9, 'workflow.paused'], [10, 'workflow.failed']);

  assert.deepEqual(pauses.map((pause) => (pause.to_us - pause.us) / 1e6), [7, 1]);
});

test('an error is a moment of its own unless a span shows it', () => {
  const {errors} = moments_of([0, 'agent.tool.failed', 'a'], [1, 'agent.error', 'a'], [2, 'tests.failed', 'a'],
    [3, 'feature.failed', 'a']);

  assert.deepEqual(errors.map((error) => error.what), ['agent.error', 'tests.failed']);
});

test('milestones are what features, phases, pauses and questions do', () => {
  const {milestones} = moments_of([0, 'workflow.phase_changed'], [1, 'feature.started'], [2, 'feature.failed'],
    [3, 'agent.note.question', 'a'],
    [4, 'workflow.paused'], [5, 'feature.completed'], [6, 'agent.note.idea', 'a']);

  assert.deepEqual(milestones.map((milestone) => milestone.what),
    ['phase', 'started', 'failed', 'question', 'paused', 'completed']);
});

test('moments are by time, whatever the order of their events', () => {
  const {notes} = moments_of([5, 'agent.note.idea', 'a'], [1, 'agent.note.todo', 'a'], [3, 'agent.note.context', 'a']);

  assert.deepEqual(notes.map((note) => note.sequence), [2, 3, 1]);
});

test('events taken in one by one give the same as all at once', () => {
  const all = columns_of(big_history(2000, 4));
  const grown = new Moments();
  for (let count = 0; count <= all.count; count += 7) grown.take(all, count);
  grown.take(all);

  const whole = new Moments();
  whole.take(all);
  for (const list of ['notes', 'errors', 'milestones', 'waits', 'pauses'])
    assert.deepEqual(grown[list], whole[list], list);
});

test('the number before a time does not count those at it', () => {
  assert.equal(count_before([{us: 1}, {us: 2}, {us: 2}, {us: 5}], 2), 1);
});

test('every event is in one bucket', () => {
  const all = columns_of(big_history(5000, 6));
  const axis = axis_of(all.times_us, all.count);
  const histogram = new Histogram();
  histogram.take(all, axis);

  const {events, most} = histogram.buckets(axis.length * 1.006, 240);

  assert.equal(events.reduce((sum, n) => sum + n, 0), 5000);
  assert.equal(most, Math.max(...events));
});

test('errors are counted besides', () => {
  const all = columns([0, 'turn.started', 'a'], [1, 'agent.tool.failed', 'a'], [2, 'turn.completed', 'a']);
  const axis = axis_of(all.times_us, all.count);
  const histogram = new Histogram();
  histogram.take(all, axis);

  const {events, errors} = histogram.buckets(axis.length, 3);

  assert.deepEqual([[...events], [...errors]], [[1, 1, 1], [0, 1, 0]]);
});

test('counts that grew event by event equal those made at once', () => {
  const all = columns_of(big_history(3000, 8));
  const axis = axis_of(new Float64Array(0));
  const grown = new Histogram();
  for (let count = 0; count <= 3000; count += 11) {
    axis.take(all.times_us, count);
    grown.take(all, axis, count);
  }
  axis.take(all.times_us, 3000);
  grown.take(all, axis);

  const whole = new Histogram();
  whole.take(all, axis);
  assert.deepEqual(grown.events, whole.events);
  assert.equal(grown.bin_us, whole.bin_us);
});

test('buckets are no finer than what a pixel shows is off by', () => {
  const all = columns(...Array.from({length: 100}, (_, i) => [i, 'turn.started', 'a']));
  const axis = axis_of(all.times_us, all.count);
  const histogram = new Histogram();
  histogram.take(all, axis);

  assert.ok(axis.length / histogram.bin_us >= 4096);
});
