// What each tool is asked of the story, what it must answer, what it must refuse, and how its list is paged.
//
//   ask      arguments of a call that succeeds
//   check    what must be true of the answer, and of the log behind it
//   refuse   arguments that are refused, and what the model must be told then
//   pages    arguments whose answer has a list that is longer than two, and the list's name
import assert from 'node:assert/strict';

import { story, uuid } from './project.mjs';

const workflow_id = 'story';
const last = story.length;
const titles = ['Argon2 for passwords', 'Keys are missing', 'Tokens are checked in the middleware'];

export const cases = {
    take_note: {
        ask: { workflow_id, title: 'Cookies are strict', content: 'See RFC 6265', category: 'decision', tags: ['auth', 'http'], agent_id: 'coder' },
        check(answer, project) {
            assert.equal(answer.sequence, last + 1);
            const event = project.log().at(-1);
            assert.equal(event.id, answer.id);
            assert.equal(event.event_type, 'agent.note.decision');
            assert.equal(event.agent_id, 'coder');
            assert.deepEqual(event.data.tags, ['auth', 'http']);
        },
        refuse: [{ workflow_id, content: 'no title' }, /title/],
    },
    read_notes: {
        ask: { workflow_id },
        check(answer) {
            assert.deepEqual(answer.notes.map(note => note.title), titles);
            assert.equal(answer.notes[1].category, 'blocker');
            assert.equal(answer.notes[1].content, 'Nothing of OAuth can be tested.');
        },
        refuse: [{ workflow_id: 'nowhere' }, /nowhere.*other.*story|nowhere.*story.*other/s],
        pages: [{ workflow_id }, 'notes'],
    },
    search_notes: {
        ask: { workflow_id, query: 'middleware' },
        check(answer) {
            assert.deepEqual(answer.notes.map(note => note.title).sort(), [titles[0], titles[2]]);
        },
        refuse: [{ workflow_id, query: ' ' }, /query|word/],
        pages: [{ query: 'auth' }, 'notes'],
    },
    get_notes_summary: {
        ask: { workflow_id },
        check(answer) {
            assert.equal(answer.total, 3);
            assert.deepEqual(answer.categories.map(each => each.category).sort(), ['blocker', 'decision', 'learning']);
        },
        refuse: [{ workflow_id, at: 'the other day' }, /at/],
    },
    log_event: {
        ask: { workflow_id, event_type: 'deploy.finished', data: { target: 'staging', seconds: 4.5, nested: { list: [1, null, true] } }, id: uuid(900) },
        check(answer, project) {
            assert.equal(answer.id, uuid(900));
            assert.equal(answer.already_stored, false);
            const event = project.log().at(-1);
            assert.equal(event.event_type, 'deploy.finished');
            assert.deepEqual(event.data, { target: 'staging', seconds: 4.5, nested: { list: [1, null, true] } });
        },
        refuse: [{ workflow_id, event_type: 'feature.started', data: {} }, /name/],
    },
    get_events: {
        ask: { workflow_id, event_type: 'feature.*', order: 'oldest', include_data: true },
        check(answer) {
            assert.deepEqual(answer.events.map(event => event.id), story.filter(event => event.event_type.startsWith('feature.')).map(event => event.id));
            assert.deepEqual(answer.events[0].data, story[1].data);
        },
        refuse: [{ workflow_id, limit: 0 }, /limit/],
        pages: [{ workflow_id }, 'events'],
    },
    get_state: {
        ask: { workflow_id, at: 10 },
        check(answer) {
            assert.equal(answer.sequence, 10);
            assert.deepEqual(answer.state.features.map(feature => [feature.name, feature.status]), [['login', 'failed'], ['logout', 'planned']]);
        },
        refuse: [{ workflow_id, projection: 'horoscope' }, /horoscope.*workflow/s],
        pages: [{ workflow_id, projection: 'notes', pointer: '/notes' }, 'state'],
    },
    diff_state: {
        ask: { workflow_id, from: 10, to: 12 },
        check(answer) {
            assert.ok(answer.changes.some(change => change.pointer === '/features/0/status' && change.before === 'failed' && change.after === 'completed'));
        },
        refuse: [{ workflow_id, from: 10_000 }, /10000/],
        pages: [{ workflow_id, from: 0, projection: 'notes' }, 'changes'],
    },
    search: {
        ask: { query: 'exit code' },
        check(answer) {
            assert.deepEqual(answer.events.map(event => event.id), [uuid(6)]);
        },
        refuse: [{}, /query/],
        pages: [{ query: 'login' }, 'events'],
    },
    trace: {
        ask: { correlation_id: 'trace-1' },
        check(answer) {
            assert.deepEqual(answer.events.map(event => [event.id, event.depth]), [[uuid(4), 0], [uuid(5), 1], [uuid(6), 2]]);
        },
        refuse: [{ correlation_id: 'never-seen' }, /never-seen/],
        pages: [{ correlation_id: 'trace-1' }, 'events'],
    },
    send_message: {
        ask: { workflow_id, agent_id: 'reviewer', to_agent: 'coder', content: 'Looks good', reply_to: 'mail-1', priority: 'high' },
        check(answer, project) {
            assert.equal(answer.correlation_id, 'mail-1');
            const event = project.log().at(-1);
            assert.equal(event.event_type, 'agent.message.sent');
            assert.equal(event.data.to_agent, 'coder');
        },
        refuse: [{ workflow_id, to_agent: 'coder' }, /content/],
    },
    read_inbox: {
        ask: { workflow_id, agent_id: 'reviewer', acknowledge: true },
        check(answer, project) {
            assert.deepEqual(answer.messages.map(message => message.content), ['Please look at login', 'The suite is green']);
            assert.equal(project.log().filter(event => event.event_type === 'agent.message.acknowledged').length, 2);
        },
        refuse: [{ workflow_id, priority: 'whenever' }, /priority/],
        pages: [{ workflow_id, agent_id: 'reviewer' }, 'messages'],
    },
    complete_message: {
        ask: { workflow_id, agent_id: 'reviewer', correlation_id: 'mail-1', result: 'Approved' },
        check(answer, project) {
            assert.equal(answer.correlation_id, 'mail-1');
            const event = project.log().at(-1);
            assert.equal(event.event_type, 'agent.message.completed');
            assert.deepEqual([event.data.result, event.data.success], ['Approved', true]);
        },
        refuse: [{ workflow_id, agent_id: 'reviewer', correlation_id: 'mail-99' }, /mail-99/],
    },
    timings: {
        ask: { workflow_id },
        check(answer) {
            assert.deepEqual([answer.summary.features, answer.summary.attempts, answer.summary.retries], [2, 3, 1]);
            assert.deepEqual(answer.features.map(feature => feature.name).sort(), ['login', 'logout']);
        },
        refuse: [{ workflow_id, at: last + 100 }, new RegExp(last + 100)],
        pages: [{ workflow_id }, 'features'],
    },
};
