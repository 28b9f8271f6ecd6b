/* Spans that tell what changed, and what is made of them with that: the same as from all spans at once. */
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {Axis} from '../../../web/axis.js';
import {FOLDS} from '../../../web/fold.js';
import {grouping} from '../../../web/groups.js';
import {Lanes} from '../../../web/lanes.js';
import {pairing} from '../../../web/pairs.js';
import {Spans, changes_since} from '../../../web/spans.js';
import {big_history, columns_of} from '../big_history.mjs';

const START = '2026-01-09T09:30:00.000000Z';
const LATER = '2026-01-09T09:40:00.000000Z';

const line = (sequence, more = {}) =>
  ({id: `tool:${sequence}`, kind: 'tool', name: 'Read', started_at: START, status: 'open', sequence, ...more});

function spans_of(...lines) {
  const spans = new Spans();
  for (const each of lines) spans.read(each);
  spans.sort();
  return spans;
}

test('spans are sorted by their start, then by their sequence', () => {
  const {list} = spans_of(line(3), line(1, {started_at: LATER}), line(2));
  assert.deepEqual(list.map(({sequence}) => sequence), [2, 3, 1]);
});

test('a span that ends stays where it is, and is told', () => {
  const spans = spans_of(line(1), line(2));
  const {list, revision} = spans;
  spans.take(0, line(1, {ended_at: LATER, status: 'completed'}));
  assert.deepEqual(changes_since(list, revision), {from: Infinity, spans: [list[0]]});
});

test('a span that is put in among the others tells the place from which on all is another', () => {
  const spans = spans_of(line(1), line(2, {started_at: LATER}));
  const {list, revision} = spans;
  spans.take(2, line(3));
  assert.deepEqual(changes_since(list, revision), {from: 1, spans: [list[1]]});
});

test('a span whose start becomes another moves', () => {
  const spans = spans_of(line(1), line(2), line(3));
  const {list, revision} = spans;
  spans.take(0, line(1, {started_at: LATER}));
  assert.deepEqual(list.map(({sequence}) => sequence), [2, 3, 1]);
  assert.equal(changes_since(list, revision).from, 0);
});

test('when nothing changed, nothing is told', () => {
  const spans = spans_of(line(1));
  assert.deepEqual(changes_since(spans.list, spans.revision), {from: Infinity, spans: []});
});

test('of a list that is nobody\'s, and of a revision before all were there, nobody knows what changed', () => {
  const spans = spans_of(line(1));
  assert.equal(changes_since([], 0), null);
  assert.equal(changes_since(spans.list, spans.revision - 1), null);
});

test('what changed very long ago is forgotten', () => {
  const spans = spans_of(line(1));
  const {list, revision} = spans;
  for (let i = 0; i < 20_000; i++) spans.take(0, line(1));
  assert.equal(changes_since(list, revision), null);
  assert.equal(changes_since(list, spans.revision - 3).spans.length, 3);
});

/** A long history as it comes live: columns and spans at each of some points, in steps of an odd size. */
function* live(count, seed) {
  const events = big_history(count, seed).map((event, i) => ({...event, sequence: i + 1}));
  const columns = columns_of(events);
  const fold = FOLDS.timeline.init();
  const spans = new Spans();
  spans.sort();
  let shown = 0;
  for (const event of events) {
    FOLDS.timeline.apply(fold, event);
    if (event.sequence % 7 !== 0 && event.sequence < count) continue;
    /* Now and then spans are behind their events, as in a burst. */
    if (event.sequence % 3 !== 0 || event.sequence === count)
      for (const index of FOLDS.timeline.changed(fold)) spans.take(index, FOLDS.timeline.span(fold, index));
    shown = event.sequence;
    yield {columns: {...columns, count: shown}, spans: spans.list, spans_revision: spans.revision, parent_of: NOBODY};
  }
}

const NOBODY = new Map();

function tracks_of(lanes) {
  const columns = ['from', 'to', 'reach', 'bad', 'span'];
  const of = (track) => [track.count, ...columns.map((column) => [...track[column].subarray(0, track.count)])];
  return {
    lanes: lanes.agents.map((lane) => [lane.agent_id, of(lane.turns), of(lane.sessions), of(lane.stays),
      [...lane.tools].filter(([, track]) => track.count > 0).map(([kind, track]) => [kind, of(track)]).sort()]),
    features: [...lanes.features].map(([name, track]) => [name, of(track)]),
    messages: of(lanes.messages),
  };
}

test('lanes that follow what spans tell are those of all spans at once', () => {
  const axis = new Axis();
  const lanes = new Lanes();
  let last = null;
  for (const model of live(2500, 3)) {
    axis.take(model.columns.times_us, model.columns.count);
    lanes.update(model, axis);
    last = model;
  }

  const whole = new Lanes();
  whole.update({...last, spans: [...last.spans]}, axis);
  assert.ok(lanes.known.length > 500);
  assert.deepEqual(tracks_of(lanes), tracks_of(whole));
});

test('pairs that follow what spans tell are those of all spans at once', () => {
  const pairs = pairing();
  let last = null;
  for (const model of live(2500, 4)) pairs.update((last = model).columns, model.spans, model.spans_revision);

  const whole = pairing();
  whole.update(last.columns, [...last.spans], 1);
  const told = (of) => Array.from({length: last.columns.count}, (_, at) =>
    [of.other(at + 1), of.tool(at + 1), of.took_us(at + 1)]);
  assert.ok(told(pairs).filter(([other]) => other > 0).length > 1500);
  assert.deepEqual(told(pairs), told(whole));
});

test('groups that follow what pairs tell are those of all events at once', () => {
  const pairs = pairing();
  const groups = grouping();
  const all = Int32Array.from({length: 2500}, (_, at) => at + 1);
  const selection = (count) => ({sequences: all.subarray(0, count), count, generation: 1});
  let last = null;
  for (const model of live(2500, 5)) {
    pairs.update(model.columns, model.spans, model.spans_revision);
    groups.update(selection(model.columns.count), model.columns, pairs, true);
    last = model;
  }

  const whole = grouping();
  whole.update(selection(2500), last.columns, pairs, true);
  const rows = (of) => Array.from({length: of.count}, (_, at) => of.row(at));
  assert.ok(groups.count < 2000);
  assert.deepEqual(rows(groups), rows(whole));
});

test('pairs are read anew as a whole only once, however many events come at a time', () => {
  const pairs = pairing();
  let readings = 0;
  for (const model of live(3000, 6)) {
    pairs.update(model.columns, model.spans, model.spans_revision);
    if (readings === 0 && model.spans.length > 0) ({readings} = pairs);
  }
  assert.equal(pairs.readings, readings);
});
