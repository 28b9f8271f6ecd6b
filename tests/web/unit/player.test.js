import assert from 'node:assert/strict';
import {test} from 'node:test';
import {play_on, speed_after, step_ms} from '../../../web/player.js';

function columns(...seconds) {
  return {count: seconds.length, times_us: Float64Array.from(seconds, (second) => second * 1e6)};
}

test('speeds go round', () => {
  assert.deepEqual([1, 4, 8, 20, 60].map(speed_after), [4, 8, 20, 60, 1]);
});

test('an event comes after its time, divided by the speed', () => {
  const three = columns(0, 8, 16);
  assert.deepEqual(play_on(three, {point: 1, left_ms: 0}, 999, 8), {point: 1, left_ms: 999, ended: false});
  assert.deepEqual(play_on(three, {point: 1, left_ms: 999}, 1, 8), {point: 2, left_ms: 0, ended: false});
});

test('several events come at once when much time passed, and the rest is kept', () => {
  const to = play_on(columns(0, 1, 2, 10), {point: 1, left_ms: 0}, 2500, 1);
  assert.deepEqual(to, {point: 3, left_ms: 500, ended: false});
});

test('a quiet stretch over 75 s takes 0.6 s at any speed', () => {
  assert.equal(step_ms(columns(0, 3600), 1, 1), 600);
  assert.equal(step_ms(columns(0, 3600), 1, 60), 600);
  assert.equal(step_ms(columns(0, 75), 1, 1), 75000);
});

test('an event of an earlier time takes none', () => {
  assert.equal(step_ms(columns(10, 4), 1, 1), 0);
});

test('it ends at the last event', () => {
  assert.deepEqual(play_on(columns(0, 1), {point: 1, left_ms: 0}, 60000, 1), {point: 2, left_ms: 0, ended: true});
});
