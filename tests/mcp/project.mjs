// A project in a temporary folder, made by the program that is tested, with a story in its log: a workflow
// of two features, notes of several categories, a message, and events that share a correlation.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const program = process.env.JC_PROGRAM ?? 'jc';

// Ids that are known beforehand.
export const uuid = number => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

const time = minute => `2026-01-09T09:${String(minute).padStart(2, '0')}:00.000000Z`;

const note = (category, title, content, more = {}) => ({
    event_type: `agent.note.${category}`,
    data: { agent_id: 'coder', title, content, tags: ['auth'], ...more },
});

const events = [
    { event_type: 'workflow.started', data: { description: 'Login' } },
    { event_type: 'feature.planned', data: { name: 'login', description: 'Let people in' } },
    { event_type: 'feature.planned', data: { name: 'logout', description: 'Let people out' } },
    { event_type: 'feature.started', data: { name: 'login' }, correlation_id: 'trace-1' },
    { event_type: 'agent.tool.started', data: { tool_name: 'Bash', tool_use_id: 't1' }, correlation_id: 'trace-1', causation_id: uuid(4) },
    { event_type: 'agent.tool.failed', data: { tool_name: 'Bash', tool_use_id: 't1', error: 'exit code 2' }, correlation_id: 'trace-1', causation_id: uuid(5) },
    note('learning', 'Tokens are checked in the middleware', 'So a new route needs nothing of its own.'),
    note('blocker', 'Keys are missing', 'Nothing of OAuth can be tested.', { related_feature: 'login' }),
    note('decision', 'Argon2 for passwords', 'The middleware hashes them.', { related_file: 'src/auth.c' }),
    { event_type: 'feature.failed', data: { name: 'login', error: 'no keys' } },
    { event_type: 'feature.started', data: { name: 'login' } },
    { event_type: 'feature.completed', data: { name: 'login', tests_passing: true } },
    { event_type: 'feature.started', data: { name: 'logout' } },
    {
        event_type: 'agent.message.sent',
        data: { from_agent: 'coder', to_agent: 'reviewer', content: 'Please look at login', priority: 'urgent', message_type: 'help_request' },
        correlation_id: 'mail-1',
    },
    {
        event_type: 'agent.message.sent',
        data: { from_agent: 'tester', to_agent: 'reviewer', content: 'The suite is green' },
        correlation_id: 'mail-2',
    },
    { event_type: 'feature.completed', data: { name: 'logout' } },
];

export const story = events.map((event, i) => ({ id: uuid(i + 1), workflow_id: 'story', timestamp: time(i + 1), ...event }));

export class Project {
    constructor() {
        this.dir = mkdtempSync(join(tmpdir(), 'jc-mcp-'));
        this.jc('init');
    }

    // Run jc here; what it prints.
    jc(...args) {
        return this.jcWith('', ...args);
    }

    jcWith(input, ...args) {
        return execFileSync(program, ['-C', this.dir, ...args], {
            input,
            encoding: 'utf8',
            stdio: ['pipe', 'pipe', 'pipe'],
            maxBuffer: 1 << 28,
        });
    }

    append(list) {
        this.jcWith(list.map(event => JSON.stringify(event)).join('\n'), 'emit', '--batch');
    }

    // Every event of the log, oldest first.
    log() {
        return this.jc('export').split('\n').filter(Boolean).map(line => JSON.parse(line));
    }

    remove() {
        rmSync(this.dir, { recursive: true, force: true });
    }
}

// A project with the story, and a second workflow beside it.
export function makeStory() {
    const project = new Project();
    project.append([...story, { workflow_id: 'other', event_type: 'workflow.started', timestamp: time(30), data: {} }]);
    return project;
}
