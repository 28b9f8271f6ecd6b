import {test} from 'node:test';
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {diff_command, log_command, quote, state_command, trace_command} from '../../../web/command.js';

const words_of = (command) =>
  execFileSync('sh', ['-c', `jc() { for word; do printf '%s\\0' "$word"; done; }; ${command}`], {encoding: 'utf8'})
    .split('\0').slice(0, -1);

test('plain words are not quoted', () => {
  assert.equal(quote('shop-auth-7f3k'), 'shop-auth-7f3k');
});

test('an empty word is quoted', () => {
  assert.equal(quote(''), "''");
});

for (const word of ["it's", 'a b', '$(rm -rf .)', '`id`', 'two\nlines', '"', '\\', '~', '*', '=ls', '!!', 'é', '#x',
  ';', "'"]) {
  test(`a shell reads ${JSON.stringify(word)} as it was`, () => {
    assert.deepEqual(words_of(`jc ${quote(word)}`), [word]);
  });
}

test('one event is a range of one', () => {
  assert.equal(log_command('fix-login', 12), 'jc log fix-login --from 12 --to 12 --json');
});

test('several events are a range', () => {
  assert.equal(log_command('fix-login', 12, 20), 'jc log fix-login --from 12 --to 20 --json');
});

test('a correlation that looks like an option is an argument', () => {
  assert.equal(trace_command('--help'), 'jc trace -- --help');
});

test('a correlation with a new line stays one word', () => {
  assert.deepEqual(words_of(trace_command("a\n'b'")), ['trace', "a\n'b'"]);
});

test('states and differences name their points', () => {
  assert.equal(state_command('w', 7), 'jc state w --at 7');
  assert.equal(diff_command('w', 7, 9), 'jc diff w 7 9');
});
