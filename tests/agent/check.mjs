// What a session of the real agent must have left behind, as claims (TAP):
//
//   node check.mjs FOLDER
//
// FOLDER holds what run.sh made: project/, home/, answers.jsonl (what the model said and what it cost),
// stream.jsonl (what the agent told while it ran), and the log before and after the import.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const folder = process.argv[2];
const at = name => join(folder, name);
const lines = name => readFileSync(at(name), 'utf8').split('\n').filter(Boolean).map(line => JSON.parse(line));

const stream = lines('stream.jsonl');
const answers = lines('answers.jsonl').filter(answer => answer.agent !== 'title');
const live = lines('live.jsonl');
const imported = lines('imported.jsonl');
const again = lines('again.jsonl');
const session = stream.find(each => each.type === 'system' && each.subtype === 'init').session_id;

const jc = (...args) =>
    execFileSync(process.env.JC_PROGRAM, ['-C', at('project'), ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });
const of = (events, type) => events.filter(event => event.event_type === type);
const sum = (list, name) => list.reduce((total, each) => total + each.usage[name], 0);
const calls = answers.flatMap(answer => answer.content.filter(part => part.type === 'tool_use'));
const failing = calls.filter(call => call.input.command?.includes('exit 3') || call.input.file_path?.endsWith('missing.txt'));

test('the session came to its end', () => {
    const result = stream.findLast(each => each.type === 'result');
    assert.equal(result.subtype, 'success');
    assert.equal(result.result, 'All is done.');
});

test('the agent talked to jc mcp', () => {
    const init = stream.find(each => each.type === 'system' && each.subtype === 'init');
    assert.equal(init.mcp_servers.find(server => server.name === 'jc')?.status, 'connected');
    assert.ok(init.tools.includes('mcp__jc__take_note'));
});

test('every hook said nothing and exited with 0', () => {
    const told = stream.filter(each => each.subtype === 'hook_response');
    assert.ok(told.length > 25, `${told.length} hooks`);
    for (const hook of told) {
        assert.equal(`${hook.output ?? ''}${hook.stdout}${hook.stderr}`, '', hook.hook_event);
        // An asynchronous one that runs when the agent ends is told off, and is recorded all the same.
        assert.ok(hook.exit_code === 0 || hook.outcome === 'cancelled', `${hook.hook_event}: ${hook.exit_code}`);
    }
});

test('every event of the session is in one workflow', () => {
    assert.deepEqual([...new Set(live.map(event => event.workflow_id))], [session]);
});

test('the session started and ended once', () => {
    assert.equal(of(live, 'session.started').length, 1);
    assert.equal(of(live, 'session.ended').length, 1);
});

test('the prompt of a person is the one human turn', () => {
    const human = of(live, 'turn.started').filter(event => event.data.human);
    assert.deepEqual(human.map(event => event.data.prompt), ['Please greet']);
});

test('that a subagent came to its end is a turn of the machine', () => {
    const machine = of(live, 'turn.started').filter(event => event.data.human === false);
    assert.ok(machine.length > 0);
    assert.ok(machine.every(event => event.data.prompt.startsWith('<task-notification>')));
});

test('every call of a tool started once', () => {
    assert.deepEqual(of(live, 'agent.tool.started').map(event => event.data.tool_use_id).sort(), calls.map(call => call.id).sort());
});

test('every call of a tool ended once, and failed or not as it did', () => {
    const ended = { completed: of(live, 'agent.tool.completed'), failed: of(live, 'agent.tool.failed') };
    assert.deepEqual(ended.failed.map(event => event.data.tool_use_id).sort(), failing.map(call => call.id).sort());
    assert.deepEqual(ended.completed.map(event => event.data.tool_use_id).sort(),
        calls.filter(call => !failing.includes(call)).map(call => call.id).sort());
});

test('the end of a call names its start as its cause', () => {
    const starts = new Map(of(live, 'agent.tool.started').map(event => [event.data.tool_use_id, event.id]));
    for (const event of [...of(live, 'agent.tool.completed'), ...of(live, 'agent.tool.failed')])
        assert.equal(event.causation_id, starts.get(event.data.tool_use_id), event.data.tool_name);
});

test('the subagent started and completed, and its call is its own', () => {
    const [start] = of(live, 'subagent.started');
    assert.equal(of(live, 'subagent.started').length, 1);
    assert.equal(of(live, 'subagent.completed').length, 1);
    const own = of(live, 'agent.tool.started').filter(event => event.agent_id === start.agent_id);
    assert.deepEqual(own.map(event => event.data.tool_input.command), ['wc -l hello.txt']);
});

test('the note that the agent took is one', () => {
    const notes = of(live, 'agent.note.learning');
    assert.deepEqual(notes.map(event => event.data.title), ['The greeting is in hello.txt']);
    assert.deepEqual(notes.map(event => event.data.content), ['export DB_PASSWORD=[redacted:password]']);
});

test('the password that the agent wrote down is nowhere', () => {
    const files = name => readdirSync(name, { withFileTypes: true }).flatMap(each =>
        each.isDirectory() ? files(join(name, each.name)) : [join(name, each.name)]);
    for (const part of ['.jc', 'agents'])
        for (const file of files(join(at('project'), part)))
            assert.ok(!readFileSync(file).includes('correct-horse-battery'), file);
});

test('nothing is left in the spool, and nothing went wrong', () => {
    const spool = join(at('project'), '.jc', 'spool');
    assert.deepEqual(existsSync(spool) ? readdirSync(spool).filter(name => !name.startsWith('.')) : [], []);
    const log = join(at('project'), '.jc', 'hook.log');
    assert.equal(existsSync(log) ? readFileSync(log, 'utf8') : '', '');
});

// ---- What the transcript adds ----

test('the import changes nothing that was recorded live', () => {
    assert.deepEqual(imported.slice(0, live.length), live);
});

test('the import doubles no call, no turn and no subagent', () => {
    for (const type of ['agent.tool.started', 'agent.tool.completed', 'agent.tool.failed', 'turn.started', 'subagent.started', 'subagent.completed', 'session.started', 'session.ended'])
        assert.equal(of(imported, type).length, of(live, type).length, type);
});

test('the import has every answer of the model', () => {
    const told = new Set(of(imported, 'agent.response.received').map(event => event.data.message_id));
    assert.deepEqual([...told].sort(), answers.map(answer => answer.id).sort());
});

test('the tokens of all agents come to what the model says it was asked for', () => {
    const { state } = JSON.parse(jc('state', session, '-p', 'agents', '--json'));
    const tokens = name => state.agents.reduce((total, agent) => total + (agent.tokens?.[name] ?? 0), 0);
    assert.deepEqual(
        { input: tokens('input'), output: tokens('output'), read: tokens('cache_read'), written: tokens('cache_creation') },
        {
            input: sum(answers, 'input_tokens'),
            output: sum(answers, 'output_tokens'),
            read: sum(answers, 'cache_read_input_tokens'),
            written: sum(answers, 'cache_creation_input_tokens'),
        });
});

test('the import again adds nothing', () => {
    assert.deepEqual(again, imported);
});

test('the record is sound', () => {
    jc('verify');
});
