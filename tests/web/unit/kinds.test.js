import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {test} from 'node:test';
import {
  KINDS, icon_of, is_error, kind_of, status_look, summary_of, tone_of, tool_argument, tool_icon, tool_label, value_at,
} from '../../../web/kinds.js';
import {icon} from '../../../web/icons.js';

const header = readFileSync(new URL('../../../include/jc/event_types.h', import.meta.url), 'utf8');
/** @param {RegExp} pattern */
const named = (pattern) => [...header.matchAll(pattern)].map((each) => each[1]);
const categories = named(/LINE\(X, JC_TYPE_AGENT_NOTE_\w+,\s+"(\w+)"/g).map((each) => `agent.note.${each}`);
const types = [...named(/X\(JC_TYPE_\w+,\s+"([a-z_.]+)"/g), ...categories];

/** @param {string} event_type @param {any} data */
const summary = (event_type, data) => summary_of(/** @type {any} */ ({event_type, data}));

const EVENT_PATH = icon('event').children[0].props.d;

test('the types are all read from the header', () => assert.ok(types.length >= 55 && categories.length >= 11));

test('every built-in type has a kind', () => {
  for (const type of types) assert.ok(KINDS.includes(kind_of(type)), type);
});

test('only what fits nowhere is of the kind other', () => {
  assert.deepEqual(types.filter((type) => kind_of(type) === 'other').sort(),
    ['agent.error', 'agent.hook.received', 'agent.notified']);
});

test('every built-in type but a hook without a type has a shape of its own', () => {
  const plain = types.filter((type) => icon(icon_of(type)).children[0].props.d === EVENT_PATH);
  assert.deepEqual(plain, ['agent.hook.received']);
});

test('errors are told by the last word of their type', () => {
  assert.deepEqual(types.filter(is_error).sort(),
    ['agent.error', 'agent.tool.failed', 'commit.failed', 'feature.failed', 'permission.denied',
    'tests.failed', 'turn.failed', 'workflow.failed']);
  assert.equal(is_error('deploy.undefiled'), false);
});

test('an error is bad in tone and in shape', () => {
  assert.deepEqual([tone_of('agent.tool.failed'), icon_of('agent.tool.failed', 'Bash')], ['bad', 'failed']);
});

test('tools have shapes by what they do', () => {
  const rows = {
    file: ['Read', 'read_file', 'NotebookRead'], search: ['Glob', 'Grep', 'LS', 'list_directory', 'grep_search'],
    edit: ['Edit', 'Write', 'MultiEdit', 'NotebookEdit', 'apply_patch', 'replace'],
    shell: ['Bash', 'shell', 'exec_command', 'BashOutput', 'KillShell'], task: ['Task', 'Agent'],
    web: ['WebFetch', 'WebSearch'], todo: ['TodoWrite', 'update_plan'], question: ['AskUserQuestion'],
    tool: ['mcp__github__create_issue', 'Mystery', '', '__proto__'],
  };
  for (const [shape, names] of Object.entries(rows)) {
    for (const name of names) assert.equal(tool_icon(name), shape, name);
  }
});

test('a tool of a server is named with its server', () => {
  assert.equal(tool_label('mcp__github__create__issue'), 'github: create__issue');
  assert.equal(tool_label('Read'), 'Read');
});

test('a file of the working folder is named from there', () => {
  const data = {cwd: '/home/ada/shop', tool_input: {file_path: '/home/ada/shop/src/a.c'}};
  assert.equal(tool_argument(data), 'src/a.c');
  assert.equal(tool_argument({...data, cwd: '/home/ada/sh'}), '/home/ada/shop/src/a.c');
});

test('a call says its tool and what it is about', () => {
  assert.deepEqual(summary('agent.tool.started', {tool_name: 'Bash', tool_input: {command: 'make\n test'}}),
    {strong: 'Bash', text: 'make test'});
  assert.deepEqual(summary('agent.tool.failed', {tool_name: 'Bash', tool_input: {command: 'make'}, error: 'exit 2'}),
    {strong: 'Bash', text: 'make · exit 2'});
});

test('a tool that nobody knows says the first text of its input', () => {
  const text = (tool_input) => summary('agent.tool.started', {tool_name: 'mcp__x__y', tool_input}).text;
  assert.equal(text({limit: 5, topic: 'cats'}), '5');
  assert.equal(text({list: [1], topic: 'cats'}), 'cats');
});

test('an error says its message, wherever it stands', () => {
  assert.equal(summary('agent.error', {prompt_id: 'p', error: {status: 529, message: 'overloaded'}}).text, 'overloaded');
  assert.equal(summary('agent.error', {error: 'no space'}).text, 'no space');
});

test('features say what came of them', () => {
  assert.deepEqual(summary('feature.completed', {name: 'login', duration_ms: 334994, cost_usd: 0.61}),
    {strong: 'login', text: '5 m 35 s · $0.61'});
  assert.deepEqual(summary('feature.renamed', {name: 'a', new_name: 'b'}), {strong: 'a', text: '→ b'});
});

test('of an error with many lines the first is said', () => {
  assert.equal(summary('agent.tool.failed', {tool_name: 'Bash', error: '\n exit code 1 \nnot ok 1\n'}).text,
    'exit code 1');
});

test('tests say how many failed, and which', () => {
  assert.equal(summary('tests.failed', {count: 14, failures: ['one', 'two', 3]}).text, '3 of 14 failed · one, two, 3');
  assert.equal(summary('tests.passed', {count: 14}).text, '14 passed');
});

test('a phase says where it came from', () => {
  assert.equal(summary('workflow.phase_changed', {from_phase: 'planning', to_phase: 'building'}).text,
    'planning → building');
});

test('what was said before is not said again', () => {
  assert.deepEqual(summary('agent.note.idea', {title: 'same', content: 'same'}), {strong: 'same', text: ''});
});

test('an event without data that tells something is named by its type', () => {
  for (const data of [undefined, null, 5, 'text', [], {}]) {
    assert.notEqual(summary('some.thing.happened', data).text, '', `of ${data}`);
  }
  assert.equal(summary('some.thing.happened', {}).text, 'some.thing.happened');
});

test('a type that nobody knows says its first text', () => {
  assert.equal(summary('deploy.finished', {session_id: 's', target: 'production'}).text, 'production');
});

test('no type throws, whatever its data', () => {
  const odd = [null, 5, true, [], {}, [[]], 'x', {a: {b: {}}}, NaN, {name: null}];
  const names = ['name', 'title', 'content', 'tool_name', 'tool_input', 'usage', 'tool_calls', 'failures', 'error',
    'duration_ms', 'cwd', '__proto__'];
  for (const type of [...types, 'x', '']) {
    for (const value of odd) {
      const made = summary(type, Object.fromEntries(names.map((name) => [name, value])));
      assert.equal(typeof made.strong + typeof made.text, 'stringstring', type);
    }
  }
});

test('a megabyte in every member comes to a few hundred characters', () => {
  const big = '\u202e' + 'x'.repeat(1 << 20);
  const made = summary('agent.tool.failed', {tool_name: big, tool_input: {command: big}, error: big});

  assert.ok(made.strong.length + made.text.length < 1000);
  assert.ok(!made.text.includes('\u202e'));
});

test('members that an object only inherits are not there', () => {
  assert.equal(value_at({}, 'constructor.name|toString'), '');
  assert.equal(summary('feature.started', JSON.parse('{"__proto__": {"name": "x"}}')).strong, '');
});

test('of a list five elements are shown', () => {
  const calls = ['a', 'b', 'c', 'd', 'e', 'f'].map((tool_name) => ({tool_name}));
  assert.equal(summary('agent.tool_batch.completed', {tool_calls: calls}).text, 'a, b, c, d, e, …');
});

test('statuses differ in shape', () => {
  const statuses = ['completed', 'failed', 'started', 'paused', 'planned', 'idle', 'waiting'];
  const shapes = statuses.map((status) => icon(status_look(status)[0]).children[0].props.d);
  assert.equal(new Set(shapes).size, shapes.length);
});

test('a status that nobody knows looks like one that has not begun', () => {
  for (const odd of ['odd', '__proto__', 5, null]) assert.deepEqual(status_look(odd), ['planned', 'idle']);
});

test('a list of things to do is told by how far it is, and by what is done now', () => {
  const of = (todos) => summary('agent.tool.completed', {tool_name: 'TodoWrite', tool_input: {todos}}).text;
  assert.equal(of([{content: 'a', status: 'completed'}, {content: 'b', status: 'in_progress'}]), '1 of 2 done · b');
  assert.equal(of([{content: 'a', status: 'pending'}]), '0 of 1 done');
});
