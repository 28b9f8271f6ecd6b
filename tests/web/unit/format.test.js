import assert from 'node:assert/strict';
import {test} from 'node:test';
import {
  ago, beginning, clock, counted, day, duration, line_of, money, short_number, time_us, visible, whole_number,
} from '../../../web/format.js';

/** @param {(value: any) => string} format @param {[any, string][]} rows */
function says(format, rows) {
  for (const [value, text] of rows) assert.equal(format(value), text, `of ${value}`);
}

test('a time keeps its microseconds', () => {
  assert.equal(time_us('2026-01-09T09:30:00.123456Z') % 1e6, 123456);
  assert.equal(time_us('1970-01-01T00:00:01.000002Z'), 1000002);
});

test('what is no time is no number', () => {
  for (const odd of [undefined, null, 5, {}, '', 'yesterday']) assert.ok(Number.isNaN(time_us(odd)), `of ${odd}`);
});

test('a time of day has as many digits as asked for', () => {
  const us = time_us('2026-01-09T08:31:27.004056Z');
  assert.deepEqual([clock(us), clock(us, 3), clock(us, 6)], ['08:31:27', '08:31:27.004', '08:31:27.004056']);
});

test('the day is that of UTC', () => assert.equal(day(time_us('2026-01-09T23:59:59.999999Z')), '2026-01-09'));

test('no time is shown of what is none', () => {
  for (const odd of [NaN, Infinity, -1e12, 1e30]) assert.equal(clock(odd) + day(odd), '');
});

test('durations have one or two units', () => says(duration, [
  [0, '0 ms'], [479, '479 ms'], [479.4, '479 ms'], [999.7, '1 s'], [1000, '1 s'], [4210, '4.2 s'], [11000, '11 s'],
  [59499, '59 s'], [59600, '1 m'], [332000, '5 m 32 s'], [3600000, '1 h'], [4800000, '1 h 20 m'],
  [86400000, '1 d'], [273600000, '3 d 4 h'],
]));

test('a duration below nothing is nothing, and none is not shown', () => {
  says(duration, [[-5, '0 ms'], [NaN, ''], [Infinity, '']]);
});

test('what was is told by how long ago', () => says((seconds) => ago(seconds * 1e6), [
  [-20, 'now'], [0, 'now'], [4.9, 'now'], [8, '8 s ago'], [59.9, '59 s ago'], [60, '1 min ago'], [1140, '19 min ago'],
  [11160, '3 h 6 min ago'], [10800, '3 h ago'], [86400, '1 d ago'], [NaN, ''],
  [-59, 'now'], [-3 * 3600, 'in 3 h'],
]));

test('money has cents, and more digits below one', () => says(money, [
  [2.92, '$2.92'], [0.0015, '$0.0015'], [0, '$0.00'], [0.01, '$0.01'], [1204.5, '$1,204.50'], [-0.33, '−$0.33'],
  [1234567.891, '$1,234,567.89'], [NaN, ''],
]));

test('large numbers are short', () => says(short_number, [
  [0, '0'], [7.25, '7.3'], [953, '953'], [9500, '9.5 k'], [9960, '10 k'], [95000, '95 k'], [453490, '453 k'],
  [999499, '999 k'], [999600, '1 M'], [1960000, '1.96 M'], [12345678, '12.3 M'], [2100000000, '2.1 G'], [NaN, ''],
]));

test('whole numbers have commas', () => {
  says(whole_number, [[0, '0'], [999, '999'], [1000, '1,000'], [-1234567, '-1,234,567']]);
});

test('nouns agree with their numbers', () => {
  assert.deepEqual([counted(1, 'note'), counted(2, 'note'), counted(0, 'note')], ['1 note', '2 notes', '0 notes']);
  assert.deepEqual([counted(1, 'retry', 'retries'), counted(2, 'retry', 'retries')], ['1 retry', '2 retries']);
});

test('characters that turn a text are shown', () => {
  assert.equal(visible('a\u202eb\u2066c\u200fd'), 'a\\u202eb\\u2066c\\u200fd');
});

test('characters that nobody sees are shown', () => {
  assert.equal(visible('\u200b\ufeff\u{e0041}'), '\\u200b\\ufeff\\u{e0041}');
});

test('controls are shown, lines and tabs kept', () => {
  assert.equal(visible('a\u0000b\u0007c\u0085d\u007fe\tf\ng\r\nh\ri'),
    'a\\u0000b\\u0007c\\u0085d\\u007fe\tf\ng\nh\\u000di');
});

test('terminal sequences are left out', () => {
  const text = '\u001b[1;31mred\u001b[0m \u001b]0;title\u0007text \u001b]8;;http://x\u001b\\link\u001b(B \u009b2Jend';
  assert.equal(visible(text), 'red text link end');
});

test('a sequence without an end hides nothing', () => {
  assert.equal(visible('\u001b]0;all of this'), '\\u001b]0;all of this');
});

test('text of any script stays as it is', () => {
  const texts = ['naïve', 'שלום', 'مرحبا', '日本語', '👩‍🚀', 'e\u0301', 'می‌خواهم'];
  for (const text of texts) assert.equal(visible(text), text);
});

test('a beginning never ends in half a character', () => {
  assert.equal(beginning('ab😀cd', 3), 'ab…');
  assert.equal(beginning('abc', 3), 'abc');
});

test('a line of anything is short and single', () => {
  assert.equal(line_of('  a\n\tb  '), 'a b');
  assert.equal(line_of(5), '5');
  assert.equal(line_of(true), 'true');
  for (const odd of [null, undefined, {}, [], Symbol('x')]) assert.equal(line_of(odd), '');
});

test('a line of a megabyte is cut', () => assert.equal(line_of('x'.repeat(1 << 20)).length, 301));

test('a line that begins with much white space still says that there is more', () => {
  assert.equal(line_of(' '.repeat(1e6) + 'x'), '…');
});
