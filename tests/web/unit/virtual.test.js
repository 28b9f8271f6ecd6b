import {test} from 'node:test';
import assert from 'node:assert/strict';
import {row_for_key, scroll_for, top_for, window_of} from '../../../web/virtual.js';

test('only rows near what is in sight are shown', () => {
  const {first, end} = window_of(100_000, 28, 600, 28 * 5000);
  assert.ok(first <= 5000 && first >= 4990);
  assert.ok(end >= 5022 && end <= 5030);
});

test('a list that fits is shown whole', () => {
  assert.deepEqual(window_of(3, 28, 600, 0), {first: 0, end: 3, size: 84, shift: 0});
});

test('an empty list shows nothing', () => {
  assert.deepEqual(window_of(0, 28, 600, 0), {first: 0, end: 0, size: 0, shift: 0});
});

test('scrolled beyond the end, the last rows are shown', () => {
  const {end, first} = window_of(100, 28, 280, 1e9);
  assert.equal(end, 100);
  assert.ok(first >= 80);
});

test('a list too high for a browser is mapped onto less, down to its last row', () => {
  const {first, end, size, shift} = window_of(1_000_000, 28, 600, 12_000_000 - 600);
  assert.equal(size, 12_000_000);
  assert.equal(end, 1_000_000);
  assert.ok(first > 999_900);
  assert.equal(999_999 * 28 + shift + 28, size);
});

test('what scroll_for gives brings the wanted top into sight', () => {
  for (const [count, top] of [[1000, 9000], [1_000_000, 14_000_000], [1_000_000, 0]]) {
    const {shift} = window_of(count, 28, 600, scroll_for(top, count, 28, 600));
    const scroll = scroll_for(top, count, 28, 600);
    assert.ok(Math.abs(scroll - shift - top) < 1, `${scroll - shift}`);
  }
});

test('a row in sight does not move the list', () => {
  assert.equal(top_for(10, 200, 28, 600), 200);
});

test('the row below the edge moves the list a little', () => {
  const top = top_for(30, 0, 28, 600);
  assert.ok(top > 0 && top < 28 * 12);
});

test('a far row comes to a third of the height', () => {
  assert.equal(top_for(1000, 0, 28, 600), 28000 - 200);
});

test('keys move by rows and pages, within the list', () => {
  const to = (key, at) => row_for_key(key, at, false, 100, 20);
  assert.deepEqual([to('ArrowDown', 5), to('ArrowUp', 0), to('PageDown', 95), to('PageUp', 50), to('Home', 9),
    to('End', 9)],
    [6, 0, 99, 30, 0, 99]);
});

test('from between two rows, up goes to the one above and down to the one below', () => {
  assert.equal(row_for_key('ArrowUp', 5, true, 100, 20), 5);
  assert.equal(row_for_key('ArrowDown', 5, true, 100, 20), 6);
});

test('from before the first row, down goes to it', () => {
  assert.equal(row_for_key('ArrowDown', -1, true, 100, 20), 0);
});

test('other keys, and an empty list, are not for the list', () => {
  assert.equal(row_for_key('x', 5, false, 100, 20), null);
  assert.equal(row_for_key('constructor', 5, false, 100, 20), null);
  assert.equal(row_for_key('End', 0, false, 0, 20), null);
});
