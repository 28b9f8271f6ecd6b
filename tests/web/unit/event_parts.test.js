import {test} from 'node:test';
import assert from 'node:assert/strict';
import {answer_text, parts_of} from '../../../web/event_parts.js';
import {clusters} from '../../../web/views/events.js';
import {holds_rounded, slices} from '../../../web/views/json_tree.js';
import {lines_shown, size_of, text_lines} from '../../../web/views/output.js';

const tool = (tool_name, tool_input, tool_response, event_type = 'agent.tool.completed') =>
  parts_of({event_type, data: {tool_name, tool_input, tool_response}});

test('an edit is a difference', () => {
  const [part] = tool('Edit', {file_path: 'a.ts', old_string: 'x', new_string: 'y'}, '1 replacement');
  assert.deepEqual([part.kind, part.title, part.before, part.after], ['diff', 'a.ts', 'x', 'y']);
});

test('several edits at once are a difference each', () => {
  const parts = tool('MultiEdit',
    {file_path: 'a', edits: [{old_string: 'x', new_string: 'y'}, null, {old_string: 'p', new_string: 'q'}]}, 'ok');
  assert.deepEqual(parts.map(({after}) => after), ['y', 'q']);
});

test('a new file is all new, an overwritten one differs from what it was', () => {
  const before = (answer) => tool('Write', {file_path: 'a', content: 'new'}, answer)[0].before;
  assert.deepEqual([before('ok'), before({originalFile: 'old'})], ['', 'old']);
});

test('an edit that failed tells why', () => {
  const parts = tool('Edit', {file_path: 'a', old_string: 'x', new_string: 'y'}, 'no such text', 'agent.tool.failed');
  assert.deepEqual(parts.map(({kind}) => kind), ['diff', 'text']);
});

test('a command has its output', () => {
  const [part] = tool('Bash', {command: 'ls'}, {stdout: 'a.txt', stderr: 'oh', interrupted: false});
  assert.deepEqual([part.kind, part.command, part.output], ['command', 'ls', 'a.txt\noh']);
});

test('what a failed command said is in its error, and is told once', () => {
  const error = 'exit code 1\nnot ok 1';
  const parts = parts_of({event_type: 'agent.tool.failed', data: {tool_name: 'Bash', tool_input: {command: 'make'}, error}});
  assert.deepEqual(parts.map(({kind, output}) => [kind, output]), [['command', error]]);
});

test('a command may be a list of words', () => {
  assert.equal(tool('shell', {command: ['git', 'log']}, '')[0].command, 'git log');
});

test('a call that has begun shows what was asked', () => {
  const [part] = tool('Bash', {command: 'ls'}, undefined, 'agent.tool.started');
  assert.equal(part.output, null);
});

test('what a reading tool answered is a text', () => {
  assert.equal(tool('Read', {file_path: 'a'}, {file: {content: 'text'}})[0].text, 'text');
});

test('prompts and answers are prose', () => {
  const [part] = parts_of({event_type: 'turn.started', data: {prompt: 'Do it'}});
  assert.deepEqual([part.title, part.text, part.prose], ['Prompt', 'Do it', true]);
});

test('failures of tests come first', () => {
  assert.equal(parts_of({event_type: 'tests.failed', data: {failures: ['a', 7]}})[0].text, 'a\n7');
});

test('the texts of a list of blocks are joined', () => {
  assert.equal(answer_text([{type: 'text', text: 'a'}, {type: 'image'}, {type: 'text', text: 'b'}]), 'a\nb');
});

for (const data of [null, [], 7, {}, {tool_input: 7, tool_response: 7}, {tool_input: {edits: [7]}},
  {tool_input: {command: [7]}},
  {tool_input: {command: {}}}, {prompt: 7}, {failures: 'x'}, JSON.parse('{"__proto__":{"prompt":"x"}}')]) {
  test(`data of any shape is looked at before it is believed: ${JSON.stringify(data)}`, () => {
    for (const event_type of ['agent.tool.completed', 'turn.started']) assert.deepEqual(parts_of({event_type, data}),
      []);
  });
}

test('what a carriage return wrote over is gone', () => {
  assert.deepEqual(text_lines('1%\r50%\r100%\ndone\r\n'), ['100%', 'done']);
});

test('a fold hides lines only when it gains some', () => {
  assert.deepEqual(lines_shown(11, true, false, 0), {from: 0, end: 11});
  assert.deepEqual(lines_shown(26, true, false, 0), {from: 0, end: 9});
});

test('a fold of what failed shows the end', () => {
  assert.deepEqual(lines_shown(26, true, true, 0), {from: 17, end: 26});
});

test('never more than 2,000 lines are shown', () => {
  assert.deepEqual(lines_shown(300_000, false, false, 2), {from: 4000, end: 6000});
});

test('a text tells its lines, or its length', () => {
  assert.deepEqual([size_of('a'), size_of('a\nb\n'), size_of('a'.repeat(5000))], ['', '2 lines', '5,000 characters']);
});

test('a long list is cut so that no part has more than 100', () => {
  for (const count of [0, 1, 100, 101, 9999, 10_001, 1_000_000]) {
    const parts = slices(0, count);
    assert.ok(parts.length <= 100, `${count}`);
    assert.equal(parts.reduce((sum, {from, end}) => sum + end - from, 0), count);
  }
});

test('numbers that the browser rounds are found', () => {
  assert.equal(holds_rounded(JSON.parse('{"a":[{"b":9007199254740993}]}')), true);
  assert.equal(holds_rounded(JSON.parse('{"a":9007199254740991,"b":0.1}')), false);
});

test('missing events near each other are loaded together', () => {
  assert.deepEqual(clusters([1, 2, 200, 5000, 5001]), [[1, 200], [5000, 5001]]);
});

test('a list of things to do is a list, whatever an agent calls it', () => {
  const todos = [{content: 'Plan', status: 'completed'}, {content: 'Build', status: 'in_progress'}, {content: 'Rest'}];
  const [part] = tool('TodoWrite', {todos}, {oldTodos: [], newTodos: todos});
  assert.deepEqual([part.kind, part.title, part.todos.map(({status}) => status)],
    ['todos', 'To do: 1 of 3 done', ['completed', 'running', 'planned']]);
  const [plan] = tool('update_plan', {plan: [{step: 'Look', status: 'completed'}, null, {step: 7}]}, 'ok');
  assert.deepEqual(plan.todos, [{text: 'Look', status: 'completed'}]);
});

test('a call that names files to do something with is no list of things to do', () => {
  assert.deepEqual(tool('Bash', {command: 'ls', todos: 'none'}, 'a').map(({kind}) => kind), ['command']);
});
