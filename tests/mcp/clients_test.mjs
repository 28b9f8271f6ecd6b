// The official clients of the Model Context Protocol against `jc mcp`, a claim a line.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { cases } from './cases.mjs';
import { kinds, oldKind, oldVersions, open } from './clients.mjs';
import { makeStory, Project, story } from './project.mjs';

// Sessions of these kinds at once, in a project of their own, to their end.
async function meet(which, make, environment, run) {
    const project = make();
    const sessions = [];
    try {
        for (const kind of which)
            sessions.push(await open(kind, project, environment));
        await run(...sessions, project);
        for (const session of sessions)
            await session.close();
    } finally {
        await Promise.all(sessions.map(session => session.client.close()));
        project.remove();
    }
}

// A claim that must hold for each kind of session.
function claim(which, name, run, make = makeStory) {
    for (const kind of which)
        test(`${kind.name}: ${name}`, { skip: kind.skip, timeout }, () => meet([kind], make, {}, run));
}

const timeout = 60_000;
const all = kinds;
const old = oldVersions.map(oldKind);
const names = Object.keys(cases);

// ---- What the server is ----

claim(all, 'the protocol is the one that was asked for', session => {
    assert.equal(session.version(), session.kind.version);
    if (session.client.getProtocolEra)
        assert.equal(session.client.getProtocolEra(), session.kind.isModern ? 'modern' : 'legacy');
});

claim(all, 'the server says who it is and what it is for', session => {
    assert.equal(session.client.getServerVersion().name, 'jc');
    assert.match(session.client.getServerVersion().version, /^\d+\.\d+/);
    assert.ok(session.client.getInstructions().length > 100);
    assert.ok(session.client.getServerCapabilities().tools);
    assert.ok(session.client.getServerCapabilities().resources);
});

claim(all, 'every tool that is listed has a case here, and every case its tool', session => {
    assert.deepEqual(session.tools.map(tool => tool.name).sort(), [...names].sort());
});

claim(all, 'every tool has a title, a description, schemas and hints', session => {
    for (const tool of session.tools) {
        assert.ok(tool.title?.length > 3, tool.name);
        assert.ok(tool.description?.length > 40, tool.name);
        assert.equal(tool.inputSchema.type, 'object', tool.name);
        assert.equal(tool.outputSchema?.type, 'object', tool.name);
        assert.equal(typeof tool.annotations?.readOnlyHint, 'boolean', tool.name);
        assert.equal(tool.annotations.openWorldHint, false, tool.name);
    }
});

claim(all, 'a tool that says it only reads appends nothing', async (session, project) => {
    const before = project.log().length;
    for (const tool of session.tools.filter(each => each.annotations.readOnlyHint))
        await session.ask(tool.name, cases[tool.name].ask);
    assert.equal(project.log().length, before);
});

// ---- Tools ----

for (const name of names) {
    claim(all, `${name} answers, and as its schema says`, async (session, project) => {
        const answer = await session.ask(name, cases[name].ask);
        cases[name].check(answer, project);
    });
}

claim(all, 'what a tool refuses is told to the model, and appends nothing', async (session, project) => {
    const before = project.log().length;
    for (const name of names) {
        const [args, says] = cases[name].refuse;
        assert.match(await session.refusal(name, args), says, name);
    }
    assert.equal(project.log().length, before);
});

claim(all, 'what every tool refuses: arguments that it does not have', async session => {
    for (const name of names)
        assert.match(await session.refusal(name, { ...cases[name].ask, colour: 'blue' }), /colour/, name);
});

claim(all, 'a tool that does not exist is an error of the protocol', async session => {
    await assert.rejects(session.call('make_coffee', {}), error => error.code === -32602 && /make_coffee/.test(error.message));
});

claim(all, 'every list that has cursors comes by the page as it comes at once', async session => {
    const paged = session.tools.filter(tool => tool.inputSchema.properties.cursor).map(tool => tool.name);
    assert.deepEqual(paged.sort(), names.filter(name => cases[name].pages).sort());
    for (const name of paged) {
        const [args, key] = cases[name].pages;
        const whole = await session.ask(name, { ...args, limit: 1000 });
        assert.equal(whole.next_cursor, undefined, name);
        const items = [];
        for (let cursor, page; page === undefined || cursor !== undefined; cursor = page.next_cursor) {
            page = await session.ask(name, { ...args, limit: 1, ...(cursor && { cursor }) });
            assert.equal(page[key].length, 1, name);
            items.push(...page[key]);
        }
        assert.ok(items.length > 1, name);
        assert.deepEqual(items, whole[key], name);
    }
});

claim(all, 'pages go on exactly while the log grows', async (session, project) => {
    const seen = [];
    for (let cursor, page; page === undefined || cursor !== undefined; cursor = page.next_cursor) {
        page = await session.ask('get_events', { workflow_id: 'story', limit: 3, ...(cursor && { cursor }) });
        seen.push(...page.events.map(event => event.sequence));
        project.jc('emit', 'story', 'step.done');
    }
    assert.deepEqual(seen, story.map((_, i) => story.length - i));
});

claim(all, 'a trace that the client is in becomes the correlation of what it writes', async (session, project) => {
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    await session.ask('take_note', { workflow_id: 'story', title: 'Traced' }, { traceparent: `00-${trace}-00f067aa0ba902b7-01` });
    assert.equal(project.log().at(-1).correlation_id, trace);
});

// ---- Texts ----

const texts = {
    scripts: 'Größe, длина, 長さ, طول, ขนาด',
    emoji: '👩‍👩‍👧‍👦 🏳️‍🌈 🇩🇪 \u{1F9D1}\u{1F3FD}\u200D\u{1F680}',
    separators: 'a\u2028b\u2029c\u0085d\u00A0e\uFEFFf',
    marks: 'e\u0301 \u202Ertl\u202C 0\u0338',
    escapes: 'quote " backslash \\ slash / tab \t line \n return \r end',
};

claim(all, 'texts of all kinds come back as they were given', async (session, project) => {
    for (const [title, content] of Object.entries(texts))
        await session.ask('take_note', { workflow_id: 'texts', title, content });
    const { notes } = await session.ask('read_notes', { workflow_id: 'texts' });
    assert.deepEqual(Object.fromEntries(notes.map(note => [note.title, note.content]).reverse()), texts);
    assert.deepEqual(project.log().slice(-5).map(event => event.data.content), Object.values(texts));
});

claim(all, 'half of a surrogate pair is answered', async session => {
    const result = await session.call('take_note', { workflow_id: 'texts', title: 'half \uD83D of it' });
    assert.equal(result.content[0].type, 'text');
    await session.ask('read_notes', { workflow_id: 'story' });
});

// Words, and not one of them twice in a row, as nothing else looks like text to people.
const longText = size => Array.from({ length: size / 8 }, (_, i) => `word${String(i % 1000).padStart(3, '0')}`).join(' ');

claim(all, 'a long text is kept in full, and an answer stays short unless it is asked to be long', async (session, project) => {
    const content = longText(300_000);
    await session.ask('take_note', { workflow_id: 'story', title: 'Long', content });
    assert.equal(project.log().at(-1).data.content, content);

    const short = await session.call('read_notes', { workflow_id: 'story' });
    assert.ok(short.content[0].text.length < 30_000, `${short.content[0].text.length} characters`);
    const { notes } = await session.ask('read_notes', { workflow_id: 'story', max_characters: 1_000_000 });
    assert.equal(notes[0].content, content);
});

claim(all, 'more than an event can hold is refused, and the server lives on', async (session, project) => {
    const before = project.log().length;
    const text = await session.refusal('log_event', { workflow_id: 'story', event_type: 'file.read', data: { text: longText(2_000_000) } });
    assert.match(text, /1 MiB|1048576|too large|too long|bytes/);
    assert.equal(project.log().length, before);
    await session.ask('timings', { workflow_id: 'story' });
});

// ---- Resources ----

const expand = (template, id) => template.uriTemplate.replace(/\{[^}]*\}/, id);

claim(all, 'every resource that is listed can be read', async session => {
    const resources = await session.pages('listResources', 'resources');
    assert.ok(resources.some(resource => resource.uri === 'jc://workflows'));
    for (const part of ['state', 'notes', 'events'])
        assert.ok(resources.some(resource => resource.uri === `jc://workflow/story/${part}`), part);
    for (const resource of resources) {
        const { contents } = await session.client.readResource({ uri: resource.uri });
        assert.equal(contents[0].uri, resource.uri);
        assert.equal(contents[0].mimeType, resource.mimeType);
        if (resource.mimeType === 'application/json')
            JSON.parse(contents[0].text);
        assert.ok(contents[0].text.length > 1, resource.uri);
    }
});

claim(all, 'every template, filled in, is a resource that can be read', async session => {
    const templates = await session.pages('listResourceTemplates', 'resourceTemplates');
    assert.deepEqual(templates.map(template => template.uriTemplate).map(uri => uri.replace(/\{[^}]*\}/, 'ID')).sort(),
        ['events', 'notes', 'state'].map(part => `jc://workflow/ID/${part}`));
    for (const template of templates) {
        const { contents } = await session.client.readResource({ uri: expand(template, 'story') });
        assert.match(contents[0].text, /login|middleware/, template.uriTemplate);
    }
});

// Older protocols have a code of their own for this, which the newer client translates.
claim(all, 'what is no resource is the error that the protocol has for it', async session => {
    const code = session.kind.library === 'sdk' ? -32002 : -32602;
    for (const uri of ['jc://workflow/nowhere/state', 'jc://workflow/story/horoscope', 'file:///etc/passwd', 'jc://']) {
        await assert.rejects(session.client.readResource({ uri }), error => error.code === code, uri);
    }
});

function makeMany() {
    const project = new Project();
    project.append(Array.from({ length: 150 }, (_, i) => ({ workflow_id: `flow-${i}`, event_type: 'step.done', data: {} })));
    return project;
}

claim(all, 'the resources of many workflows are all listed, each once', async session => {
    const uris = (await session.pages('listResources', 'resources')).map(resource => resource.uri);
    assert.equal(new Set(uris).size, uris.length);
    for (let i = 0; i < 150; i++)
        assert.ok(uris.includes(`jc://workflow/flow-${i}/state`), `flow-${i}`);
}, makeMany);

claim(all, 'a cursor that is not the server’s is refused', session =>
    assert.rejects(session.client.listResources({ cursor: 'zzz' }), error => error.code === -32602));

// ---- Sessions ----

claim(all, 'many calls at once are all answered, each with its own', async (session, project) => {
    const answers = await Promise.all(Array.from({ length: 40 }, (_, i) =>
        i % 2 === 0
            ? session.ask('log_event', { workflow_id: 'story', event_type: 'step.done', data: { i } })
            : session.ask('get_state', { workflow_id: 'story', at: i % story.length })));
    answers.forEach((answer, i) => i % 2 === 1 && assert.equal(answer.sequence, i % story.length));
    assert.equal(project.log().filter(event => event.event_type === 'step.done').length, 20);
});

claim(all, 'what another process appends is seen at once', async (session, project) => {
    project.jc('note', 'add', 'From beside', '-w', 'story', '-a', 'human');
    const { notes } = await session.ask('read_notes', { workflow_id: 'story', limit: 1 });
    assert.equal(notes[0].title, 'From beside');
});

test('without names, a tool means the workflow and the agent of the server', { timeout }, () =>
    meet([kinds[0]], makeStory, { JC_WORKFLOW: 'story', JC_AGENT: 'planner' }, async session => {
        const answer = await session.ask('take_note', { title: 'Mine' });
        assert.deepEqual([answer.workflow_id, answer.agent_id], ['story', 'planner']);
    }));

test('the second session writes into its own workflow and reads what the first one noted', { timeout }, () =>
    meet([kinds[0]], makeStory, { CLAUDE_CODE_SESSION_ID: 'second' }, async session => {
        const answer = await session.ask('take_note', { title: 'Of the second' });
        assert.equal(answer.workflow_id, 'second');
        const { notes, all_workflows } = await session.ask('read_notes', {});
        assert.equal(all_workflows, true);
        assert.deepEqual([...new Set(notes.map(note => note.workflow_id))], ['second', 'story']);
    }));

test('where there are several workflows and none is named, the model is told which', { timeout }, () =>
    meet([kinds[0]], makeStory, {}, async session => {
        assert.match(await session.refusal('get_state', {}), /workflow_id.*(other.*story|story.*other)/s);
    }));

test('two clients at once on one project lose nothing and see each other', { skip: kinds.at(-1).skip, timeout }, () =>
    meet([kinds[0], kinds.at(-1)], makeStory, {}, async (first, second, project) => {
        const take = (session, number) =>
            session.ask('take_note', { workflow_id: 'both', title: `${session.kind.name} ${number}`, agent_id: 'coder' });
        await Promise.all([first, second].flatMap(session => Array.from({ length: 25 }, (_, i) => take(session, i))));
        for (const session of [first, second]) {
            const { notes } = await session.ask('read_notes', { workflow_id: 'both', order: 'oldest', limit: 1000, max_characters: 100_000 });
            assert.deepEqual(notes.map(note => note.sequence), Array.from({ length: 50 }, (_, i) => i + 1));
            assert.equal(new Set(notes.map(note => note.title)).size, 50);
        }
        project.jc('verify');
    }));

test('a client that dies takes its server with it', { timeout }, () =>
    meet([kinds[0]], makeStory, {}, async (session, project) => {
        await session.ask('take_note', { workflow_id: 'story', title: 'Last words' });
        // As the death of the client's process does: both pipes are shut, and nothing is said before.
        session.transport._process.stdin.destroy();
        session.transport._process.stdout.destroy();
        assert.equal(project.log().at(-1).data.title, 'Last words');
    }));

// ---- Protocols of before ----

claim(old, 'the protocol is the one that was asked for', session => {
    assert.equal(session.version(), session.kind.version);
});

claim(old, 'every tool answers', async (session, project) => {
    assert.deepEqual(session.tools.map(tool => tool.name).sort(), [...names].sort());
    for (const name of names) {
        const result = await session.call(name, cases[name].ask);
        assert.ok(!result.isError, `${name}: ${result.content[0].text}`);
        JSON.parse(result.content[0].text);
    }
    project.jc('verify');
});

claim(old, 'a tool shows schemas of answers, and structure, only where the protocol knows them', async session => {
    const knows = session.kind.version >= '2025-06-18';
    const result = await session.call('timings', { workflow_id: 'story' });
    assert.equal(result.structuredContent !== undefined, knows);
    for (const tool of session.tools)
        assert.equal(tool.outputSchema !== undefined, knows, tool.name);
});

claim(old, 'every resource that is listed can be read', async session => {
    for (const resource of await session.pages('listResources', 'resources')) {
        const { contents } = await session.client.readResource({ uri: resource.uri });
        assert.ok(contents[0].text.length > 1, resource.uri);
    }
});
