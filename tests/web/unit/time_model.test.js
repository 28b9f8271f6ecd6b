import assert from 'node:assert/strict';
import {test} from 'node:test';
import {rows_of} from '../../../web/lane_rows.js';
import {TimeModel, time_of, zoom_by} from '../../../web/time_model.js';
import {item_at, lines_of, nearest_in, words_of} from '../../../web/timeline_items.js';
import {x_of} from '../../../web/timeline_paint.js';
import {big_history, columns_of, spans_of} from '../big_history.mjs';

/** A model of a made-up history, at its head. */
function model_of(count, more = {}) {
  const events = big_history(count, 1);
  const columns = columns_of(events);
  return {
    workflow_id: 'w', workflows: [], columns, spans: spans_of(events), spans_revision: 1, parent_of: new Map(), zoom: null,
    live: true, point: count, head: count, events: {get: () => undefined}, ...more,
  };
}

/** What the full timeline would draw on. */
function scene_of(model) {
  const time = new TimeModel(model);
  do time.update(model);
  while (time.is_behind);
  const rows = rows_of(time.lanes, [], false, 0);
  return {width: 1200, height: rows.height, gutter: 168, from: 0, to: time.whole, scroll: 0, compact: false, rows,
    time, model};
}

/** The first place of a span of a kind that takes some pixels. */
function wide_item(scene, label) {
  const line = lines_of(scene).find((one) => one.label === label);
  return Array.from({length: line.count},
    (_, i) => line.item(i)).find((item) => x_of(scene, item.to) - x_of(scene, item.from) > 3);
}

test('a window that shows all is none', () => {
  const model = model_of(500);

  assert.equal(time_of(model).clamp([0, time_of(model).whole]), null);
});

test('zooming in keeps what it is around where it is', () => {
  const model = model_of(500);
  const {whole} = time_of(model);

  const [from, to] = time_of(model).zoomed(model, 0.5, whole / 4);

  assert.ok(Math.abs((whole / 4 - from) / (to - from) - 0.25) < 1e-9);
  assert.ok(Math.abs(to - from - whole / 2) < 1);
});

test('zooming out ends with all', () => {
  const model = model_of(500);
  const {whole} = time_of(model);

  assert.equal(zoom_by({...model, zoom: [whole * 0.4, whole * 0.6]}, 8), null);
});

test('a window stays within the axis', () => {
  const model = model_of(500);
  const {whole} = time_of(model);

  const [from, to] = time_of(model).clamp([whole * 0.9, whole * 1.3]);

  assert.ok(Math.abs(to - whole) < 1 && from > 0);
});

test('a window has a least width, around its middle', () => {
  const model = model_of(500);
  const {whole} = time_of(model);

  const [from, to] = time_of(model).clamp([whole / 2, whole / 2 + 10]);

  assert.ok(Math.abs(to - from - 2e6) < 1 && from < whole / 2 && to > whole / 2);
});

test('a model is looked at once, and events that came are added', () => {
  const model = model_of(800);
  const first = time_of({...model, columns: {...model.columns, count: 700}});
  const second = time_of(model);

  assert.equal(first, second);
  assert.equal(second.axis.count, 800);
});

test('another workflow, or a log that was replaced, begins anew', () => {
  const model = model_of(800);
  const first = time_of(model);

  assert.notEqual(time_of({...model, workflow_id: 'other'}), first);
  const fewer = time_of({...model, workflow_id: 'other', columns: {...model.columns, count: 10}});
  assert.equal(fewer.axis.count, 10);
});

test('a long history is taken in over several frames', () => {
  const model = model_of(70_000);
  const time = new TimeModel(model);
  time.update(model);
  assert.ok(time.is_behind);
  for (let frames = 0; time.is_behind && frames < 3000; frames++) time.update(model);

  assert.equal(time.is_behind, false);
  assert.equal(time.lanes.known.length, model.spans.length);
});

test('the point is where its event is, live at the end', () => {
  const model = model_of(500, {live: false, point: 250});
  const time = time_of(model);

  assert.equal(time.point_at(model), time.axis.fold(model.columns.times_us[249]));
  assert.equal(time.point_at({...model, live: true}), time.axis.length);
  assert.equal(time.at(model, 0), 0);
});

test('what the pointer is on is found', () => {
  const scene = scene_of(model_of(300));
  const item = wide_item(scene, 'coder, shell');

  const found = item_at(scene, (x_of(scene, item.from) + x_of(scene, item.to)) / 2, item.y + item.h / 2);

  assert.equal(found.sequence, item.sequence);
});

test('nothing is found in the gutter, and in the room below the lanes', () => {
  const scene = scene_of(model_of(300));

  assert.equal(item_at(scene, 20, 100), null);
  assert.equal(item_at(scene, 600, scene.rows.height + 50), null);
});

test('a line knows the nearest of its items', () => {
  const line = {label: '', count: 3, item: (i) => ({from: [10, 20, 40][i]})};

  assert.deepEqual([0, 14, 16, 29, 31, 99].map((at) => nearest_in(line, at)), [0, 0, 1, 1, 2, 2]);
});

test('what is said of a span has its name, how long it took, and where it is', () => {
  const model = model_of(300);
  const scene = scene_of(model);
  const item = wide_item(scene, 'coder, shell');

  const {title, agent, facts} = words_of(scene, item);

  assert.deepEqual([title, agent, facts.at(-1)], ['Bash', 'coder', `#${item.sequence}`]);
});

test('what agents wrote is said with its controls made visible', () => {
  const model = model_of(300);
  const scene = scene_of(model);
  const item = wide_item(scene, 'coder, shell');
  model.spans.find((span) => span.sequence === item.sequence).name = 'a\u202eb';

  assert.equal(words_of(scene, item).title, 'a\\u202eb');
});
