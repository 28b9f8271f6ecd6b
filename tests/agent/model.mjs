// A stand-in for the API of a model, on the loopback interface: it answers what the script says, so that a
// real coding agent plays a whole session with no account and no network.
//
//   node model.mjs FOLDER
//
// The port stands in FOLDER/port once it listens. Every answer that an agent got is a line of
// FOLDER/answers.jsonl, with the tokens it is said to have cost: what a record must come to.
import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';

import { answerTo } from './script.mjs';

const folder = process.argv[2];
let count = 0;

// Tokens that differ from answer to answer, so that one counted twice or left out shows in the sum.
function usage(number) {
    return {
        input_tokens: 10 + number,
        output_tokens: 100 + 7 * number,
        cache_creation_input_tokens: 1000 + 13 * number,
        cache_read_input_tokens: 10_000 + 17 * number,
    };
}

function message(body, { agent, content }) {
    const number = ++count;
    const id = `msg_stand_in_${String(number).padStart(4, '0')}`;
    const parts = content.map((part, i) => (part.type === 'tool_use' ? { ...part, id: `toolu_stand_in_${number}_${i}` } : part));
    const made = {
        id,
        type: 'message',
        role: 'assistant',
        model: body.model,
        content: parts,
        stop_reason: parts.some(part => part.type === 'tool_use') ? 'tool_use' : 'end_turn',
        stop_sequence: null,
        usage: usage(number),
    };
    appendFileSync(join(folder, 'answers.jsonl'), JSON.stringify({ agent, ...made }) + '\n');
    return made;
}

// The parts of a message, one after the other, as the API streams them.
function* stream(made) {
    const { output_tokens, ...first } = made.usage;
    yield { type: 'message_start', message: { ...made, content: [], stop_reason: null, usage: { ...first, output_tokens: 1 } } };
    for (const [index, part] of made.content.entries()) {
        const isText = part.type === 'text';
        yield { type: 'content_block_start', index, content_block: isText ? { type: 'text', text: '' } : { ...part, input: {} } };
        const delta = isText ? { type: 'text_delta', text: part.text } : { type: 'input_json_delta', partial_json: JSON.stringify(part.input) };
        yield { type: 'content_block_delta', index, delta };
        yield { type: 'content_block_stop', index };
    }
    yield { type: 'message_delta', delta: { stop_reason: made.stop_reason, stop_sequence: null }, usage: { output_tokens } };
    yield { type: 'message_stop' };
}

function answer(request, response, body) {
    const json = (status, value) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    const path = new URL(request.url, 'http://127.0.0.1').pathname;
    if (path === '/v1/messages/count_tokens')
        return json(200, { input_tokens: 10 });
    if (path !== '/v1/messages')
        return json(404, { type: 'error', error: { type: 'not_found_error', message: path } });
    const made = message(body, answerTo(body));
    if (!body.stream)
        return json(200, made);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of stream(made))
        response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    response.end();
}

const server = http.createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', data => (text += data));
    request.on('end', () => answer(request, response, text === '' ? {} : JSON.parse(text)));
});

server.listen(0, '127.0.0.1', () => {
    writeFileSync(join(folder, 'port.new'), String(server.address().port));
    renameSync(join(folder, 'port.new'), join(folder, 'port'));
});
