// @ts-check
/* What an event holds that deserves more than a tree of JSON: what was edited, a command and its output, texts.
 * Pure; data can hold anything, so each member is looked at before it is believed. */

import {todos_done, todos_of} from './todos.js';

/** @typedef {import('./model.js').Event} Event */
/** @typedef {{kind: 'diff', title: string, before: string, after: string, hunks: unknown}} DiffPart */
/** @typedef {{kind: 'command', command: string, output: string | null, failed: boolean}} CommandPart */
/** @typedef {{kind: 'text', title: string, text: string, prose: boolean, failed: boolean}} TextPart */
/** @typedef {{kind: 'todos', title: string, todos: import('./todos.js').Todo[]}} TodosPart */
/** @typedef {DiffPart | CommandPart | TextPart | TodosPart} EventPart */

const EDITS_MAX = 50;

/** @type {[string, string][]} members of data that hold what somebody said */
const PROSE = [
  ['prompt', 'Prompt'], ['last_assistant_message', 'Answer'], ['text', 'Answer'], ['delta', 'Answer'],
    ['thinking', 'Thinking'],
  ['content', 'Text'], ['result', 'Result'], ['message', 'Message'], ['description', 'Description'],
    ['details', 'Details'],
];

/** @param {unknown} value @returns {Record<string, any> | null} */
const object_of = (value) => (typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null);

/** @param {unknown} value @returns {value is string} */
const is_text = (value) => typeof value === 'string' && value.trim() !== '';

/** The text of what a tool answered; null: it is none. @param {unknown} value @returns {string | null} */
export function answer_text(value) {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) {
    const texts = value.filter((each) => typeof each?.text === 'string').map((each) => each.text);
    return texts.length > 0 ? texts.join('\n') : null;
  }
  const answer = object_of(value);
  if (!answer) return null;
  if (typeof answer.stdout === 'string' || typeof answer.stderr === 'string') {
    return [answer.stdout, answer.stderr].filter(is_text).join('\n');
  }
  if (Array.isArray(answer.filenames) && !is_text(answer.content)) return answer.filenames.map(String).join('\n');
  for (const member of [answer.content, object_of(answer.file)?.content, answer.output, answer.result, answer.text]) {
    if (typeof member === 'string') return member;
    if (Array.isArray(member)) return answer_text(member);
  }
  return null;
}

/** @param {Record<string, any>} input @param {unknown} answer @returns {DiffPart[]} */
function edits_of(input, answer) {
  const path = [input.file_path, input.notebook_path, input.path].find(is_text) ?? 'Edit';
  const result = object_of(answer);
  const hunks = result?.structuredPatch;
  /** @param {unknown} before @param {unknown} after @returns {DiffPart} */
  const diff = (before, after) =>
    ({kind: 'diff', title: path, hunks, before: typeof before === 'string' ? before : '',
      after: typeof after === 'string' ? after : ''});
  if (Array.isArray(input.edits)) {
    const edits = input.edits.slice(0, EDITS_MAX).map(object_of).filter((edit) => edit !== null);
    const shown = edits.filter((edit) => typeof edit.old_string === 'string' || typeof edit.new_string === 'string');
    if (Array.isArray(hunks) && hunks.length > 0 && shown.length > 0) return [diff('', '')];
    return shown.map((edit) => diff(edit.old_string, edit.new_string));
  }
  if (typeof input.old_string === 'string'
    || typeof input.new_string === 'string') return [diff(input.old_string, input.new_string)];
  if (typeof input.new_source === 'string') return [diff(input.old_source, input.new_source)];
  if (typeof input.content === 'string' && is_text(input.file_path)) return [diff(result?.originalFile, input.content)];
  return [];
}

/** @param {Record<string, any>} input @returns {string | null} */
function command_of(input) {
  for (const command of [input.command, input.cmd]) {
    if (is_text(command)) return command;
    if (Array.isArray(command) && command.length > 0
      && command.every((word) => typeof word === 'string')) return command.join(' ');
  }
  return null;
}

/** @param {Event} event @returns {EventPart[]} */
function tool_parts(event) {
  const {data} = event;
  const input = object_of(data.tool_input) ?? object_of(data.input) ?? {};
  const answer = data.tool_response ?? data.output ?? data.response;
  const failed = event.event_type.endsWith('.failed');
  const output = answer_text(answer) ?? (failed && is_text(data.error) ? data.error : null);
  const edits = edits_of(input, answer);
  if (edits.length > 0) return failed && output ? [...edits, text_part('Result', output, true)] : edits;
  const todos = todos_of(data);
  if (todos.length > 0) return [{kind: 'todos', title: `To do: ${todos_done(todos)}`, todos}];
  const command = command_of(input);
  if (command !== null) return [{kind: 'command', command, output, failed}];
  /** @type {EventPart[]} */
  const parts = [];
  if (is_text(input.prompt)) parts.push({...text_part('Prompt', input.prompt, false), prose: true});
  if (is_text(output)) parts.push(text_part('Result', output, failed));
  return parts;
}

/** @param {string} title @param {string} text @param {boolean} failed @returns {TextPart} */
const text_part = (title, text, failed) => ({kind: 'text', title, text, prose: false, failed});

/** @param {Record<string, any>} data @returns {EventPart[]} */
function said_parts(data) {
  /** @type {EventPart[]} */
  const parts = [];
  for (const [member, title] of PROSE) {
    const text = Object.hasOwn(data, member) ? data[member] : undefined;
    if (is_text(text)) parts.push({...text_part(title, text, false), prose: true});
  }
  return parts;
}

/** What a tool said, of a part. @param {EventPart} part @returns {string | null} */
function said_in(part) {
  if (part.kind === 'command') return part.output;
  return part.kind === 'text' ? part.text : null;
}

/** The parts of an event, the most telling first. @param {Event} event @returns {EventPart[]} */
export function parts_of(event) {
  const data = object_of(event.data) ?? {};
  const parts = event.event_type.startsWith('agent.tool') || event.event_type.startsWith('permission.')
    ? tool_parts({...event, data}) : said_parts(data);
  const is_told = parts.some((part) => said_in(part) === data.error);
  if (is_text(data.error) && !is_told
    && (data.error.length > 120 || data.error.includes('\n'))) parts.unshift(text_part('Error', data.error, true));
  if (Array.isArray(data.failures) && data.failures.length > 0) {
    const failures = data.failures.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)));
    parts.unshift(text_part('Failures', failures.join('\n'), false));
  }
  return parts;
}
