// The official clients, each in what it speaks by default and, where it can, in the newest protocol. A session
// is a client with a server of its own, started as an agent starts it; closing it checks what nobody
// else would: that the server ended by itself with 0, said nothing on standard error, and sent nothing that is
// no message.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { program } from './project.mjs';

const node = Number(process.versions.node.split('.')[0]);

// What the library calls itself, and whether this node can run it.
const libraries = {
    sdk: {
        node: 18,
        load: async () => ({
            ...(await import('@modelcontextprotocol/sdk/client/index.js')),
            ...(await import('@modelcontextprotocol/sdk/client/stdio.js')),
        }),
    },
    client: {
        node: 20,
        load: async () => ({
            ...(await import('@modelcontextprotocol/client')),
            ...(await import('@modelcontextprotocol/client/stdio')),
        }),
    },
};

function kind(name, library, version, options = {}) {
    const needs = libraries[library].node;
    return {
        name,
        library,
        version,
        isModern: version >= '2026',
        options,
        skip: node < needs && `node ${node} is older than ${needs}`,
    };
}

export const kinds = [
    kind('sdk', 'sdk', '2025-11-25'),
    kind('client', 'client', '2025-11-25'),
    kind('client, modern', 'client', '2026-07-28', { versionNegotiation: { mode: 'auto' } }),
];

// The protocols before, which the sdk still reads.
export const oldVersions = ['2025-06-18', '2025-03-26', '2024-11-05', '2024-10-07'];

let started = 0;

class Session {
    constructor(kind, project, client, transport, exits) {
        Object.assign(this, { kind, project, client, transport, exits, errors: [], said: '' });
        client.onerror = error => this.errors.push(error);
        transport.stderr?.on('data', data => (this.said += data));
    }

    version() {
        return this.client.getNegotiatedProtocolVersion?.() ?? this.transport.agreed;
    }

    call(name, args, meta) {
        return this.client.callTool({ name, arguments: args, ...(meta && { _meta: meta }) });
    }

    // What a tool that succeeds says: the same as structure and as text.
    async ask(name, args, meta) {
        const result = await this.call(name, args, meta);
        const text = result.content.map(part => part.text).join('');
        assert.ok(!result.isError, `${name} was refused: ${text}`);
        assert.deepEqual(JSON.parse(text), result.structuredContent);
        return result.structuredContent;
    }

    // What a tool that is refused says.
    async refusal(name, args) {
        const result = await this.call(name, args);
        const text = result.content.map(part => part.text).join('');
        assert.equal(result.isError, true, `${name} was not refused: ${text}`);
        return text;
    }

    // Everything of a list that comes by the page, asked for page by page.
    async pages(method, key) {
        const items = [];
        const cursors = new Set();
        for (let cursor; ; ) {
            const page = await this.client[method](cursor === undefined ? {} : { cursor });
            items.push(...page[key]);
            cursor = page.nextCursor;
            if (cursor === undefined)
                return items;
            assert.ok(!cursors.has(cursor), `${method} gives the same cursor twice`);
            cursors.add(cursor);
        }
    }

    async close() {
        await this.client.close();
        const codes = existsSync(this.exits) ? readFileSync(this.exits, 'utf8') : 'killed';
        assert.match(codes, /^(0\n)+$/, `the server ended with: ${codes}`);
        assert.equal(this.said, '');
        assert.deepEqual(this.errors, []);
    }
}

// The server of a session: `sh` notes the code that it ends with, which no client tells.
function server(project, exits, environment) {
    return {
        command: 'sh',
        args: ['-c', '"$@"; echo $? >>"$0"', exits, program, 'mcp'],
        cwd: project.dir,
        env: { PATH: process.env.PATH, ...environment },
        stderr: 'pipe',
    };
}

// A transport that asks for an older protocol than the client would.
function asking(Transport, version) {
    return class extends Transport {
        send(message) {
            const isFirst = message.method === 'initialize';
            return super.send(isFirst ? { ...message, params: { ...message.params, protocolVersion: version } } : message);
        }

        setProtocolVersion(agreed) {
            this.agreed = agreed;
        }
    };
}

export async function open(kind, project, environment = {}) {
    const { Client, StdioClientTransport } = await libraries[kind.library].load();
    const exits = join(project.dir, `exits-${++started}`);
    const Transport = kind.library === 'sdk' ? asking(StdioClientTransport, kind.version) : StdioClientTransport;
    const client = new Client({ name: 'jc tests', version: '1.0.0' }, { capabilities: {}, ...kind.options });
    const transport = new Transport(server(project, exits, environment));
    const session = new Session(kind, project, client, transport, exits);
    await client.connect(transport);
    // Output schemas are held against answers only by a client that has seen them.
    session.tools = await session.pages('listTools', 'tools');
    await client.listTools();
    return session;
}

export const oldKind = version => kind(`sdk, ${version}`, 'sdk', version);
