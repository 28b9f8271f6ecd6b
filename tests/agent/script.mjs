// What the model says, turn by turn. The turn is the number of its answers that the request already holds,
// so the script needs no memory, and requests may come in any order.

const text = words => ({ type: 'text', text: words });
const use = (name, input) => ({ type: 'tool_use', name, input });

// The first words of the job that a subagent is given: its requests are known by them.
const job = 'Count the lines of the project';

const main = tools => [
    [text('I will look around first.'), use('Bash', { command: 'echo ready', description: 'Say ready' })],
    [use('Bash', { command: 'echo one', description: 'One of two at once' }), use('Bash', { command: 'echo two', description: 'The other' })],
    [use('Write', { file_path: `${process.env.JC_AGENT_PROJECT}/hello.txt`, content: 'Grüße\n' })],
    [use('Bash', { command: 'echo wrong >&2; exit 3', description: 'Fail' })],
    [use('Read', { file_path: `${process.env.JC_AGENT_PROJECT}/missing.txt` })],
    [use('mcp__jc__take_note', { title: 'The greeting is in hello.txt', category: 'learning', content: 'export DB_PASSWORD=correct-horse-battery' })],
    [use(tools.includes('Agent') ? 'Agent' : 'Task', { description: 'Count lines', prompt: `${job}.`, subagent_type: 'general-purpose' })],
    [text('All is done.')],
];

const subagent = [
    [use('Bash', { command: 'wc -l hello.txt', description: 'Count' })],
    [text('One line.')],
];

const words = content => (typeof content === 'string' ? content : content.map(part => part.text ?? '').join(' '));

export function answerTo(body) {
    const tools = (body.tools ?? []).map(tool => tool.name);
    if (tools.length === 0)
        return { agent: 'title', content: [text('{"title":"A greeting"}')] };
    const messages = body.messages.filter(each => each.role !== 'system');
    const turn = messages.filter(each => each.role === 'assistant').length;
    const isSubagent = messages.filter(each => each.role === 'user').slice(0, 2).some(each => words(each.content).includes(job));
    const script = isSubagent ? subagent : main(tools);
    return { agent: isSubagent ? 'subagent' : 'main', content: script[Math.min(turn, script.length - 1)] };
}
