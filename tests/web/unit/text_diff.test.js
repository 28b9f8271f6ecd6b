import {test} from 'node:test';
import assert from 'node:assert/strict';
import {DIFF_LINES_MAX, diff_lines, diff_of_hunks, fold_context, lines_of} from '../../../web/text_diff.js';

const drawn = ({rows}) => rows.map(({sign, text}) => sign + text).join('\n');
const side = ({rows}, without) => rows.filter(({sign}) => sign !== without).map(({text}) => text);

/** Numbers that are the same in every run. */
function random(seed) {
  return () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
}

test('a changed line is taken away and added', () => {
  assert.equal(drawn(diff_lines('a\nb\nc', 'a\nx\nc')), ' a\n-b\n+x\n c');
});

test('equal texts have no difference', () => {
  const diff = diff_lines('a\nb', 'a\nb');
  assert.deepEqual([diff.added, diff.removed], [0, 0]);
});

test('a new file is all added', () => {
  assert.equal(drawn(diff_lines('', 'a\nb\n')), '+a\n+b');
});

test('an emptied file is all taken away', () => {
  assert.equal(drawn(diff_lines('a\nb\n', '')), '-a\n-b');
});

test('lines keep their numbers on both sides', () => {
  const {rows} = diff_lines('a\nb\nc', 'a\nc\nd');
  assert.deepEqual(rows.map(({before, after}) => [before, after]), [[1, 1], [2, 0], [3, 2], [0, 3]]);
});

test('an inserted block is not torn by repeated lines', () => {
  const before = 'f() {\n  one\n}\n\ng() {\n  two\n}';
  const after = 'f() {\n  one\n}\n\nh() {\n  new\n}\n\ng() {\n  two\n}';
  const diff = diff_lines(before, after);
  assert.deepEqual([diff.added, diff.removed], [4, 0]);
});

test('both texts can be read back from any difference', () => {
  const next = random(7);
  for (let round = 0; round < 300; round++) {
    const text = () => Array.from({length: Math.floor(next() * 30)}, () => 'abcdef'[Math.floor(next() * 6)]).join('\n');
    const [before, after] = [text(), text()];
    const diff = diff_lines(before, after);
    assert.deepEqual(side(diff, '+'), lines_of(before));
    assert.deepEqual(side(diff, '-'), lines_of(after));
  }
});

test('few differences are found where few are enough', () => {
  const lines = Array.from({length: 500}, (_, at) => `line ${at % 7}`);
  const changed = lines.toSpliced(250, 1, 'other');
  const diff = diff_lines(lines.join('\n'), changed.join('\n'));
  assert.deepEqual([diff.added, diff.removed], [1, 1]);
});

test('more lines than the limit are not compared', () => {
  assert.equal(diff_lines('x\n'.repeat(DIFF_LINES_MAX + 1), ''), null);
});

test('the worst texts within the limit are compared within half a second', () => {
  const next = random(3);
  const text = () => Array.from({length: DIFF_LINES_MAX}, () => String(Math.floor(next() * 20))).join('\n');
  const begin = performance.now();
  const [before, after] = [text(), text()];
  const diff = diff_lines(before, after);
  const took = performance.now() - begin;
  assert.deepEqual(side(diff, '-'), lines_of(after));
  assert.ok(took < 500, `${took} ms`);
});

test('names of members of objects are lines like any other', () => {
  assert.equal(drawn(diff_lines('__proto__\nconstructor', 'constructor')), '-__proto__\n constructor');
});

test('context far from a difference is folded', () => {
  const before = Array.from({length: 20}, (_, at) => String(at)).join('\n');
  const parts = fold_context(diff_lines(before, before.replace('10', 'ten')).rows);
  assert.deepEqual(parts.map(({folded, rows}) => [folded, rows.length]), [[true, 7], [false, 8], [true, 6]]);
});

test('a single line is not folded', () => {
  const parts = fold_context(diff_lines('a\nb\nc\nd\ne', 'a\nb\nc\nd\nx').rows);
  assert.equal(parts.some(({folded}) => folded), false);
});

test('hunks of another tool keep their line numbers', () => {
  const diff = diff_of_hunks([{oldStart: 10, newStart: 12, lines: [' a', '-b', '+c', '\\ No newline at end of file']}]);
  assert.deepEqual(diff.rows.map(({sign, before, after}) => [sign, before, after]),
    [[' ', 10, 12], ['-', 11, 0], ['+', 0, 13]]);
});

for (const hunks of [null, [], [{}], [{oldStart: 1, newStart: 1, lines: 'x'}], [{oldStart: 1, newStart: 1, lines: [7]}],
  [null], [{oldStart: 1, newStart: 1, lines: ['?']}]]) {
  test(`hunks that are none are refused: ${JSON.stringify(hunks)}`, () => {
    assert.equal(diff_of_hunks(hunks), null);
  });
}
