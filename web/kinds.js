// @ts-check
/* What an event is to a reader: its kind, the shape and tone that show it, and the line that says what happened.
 *
 * Everything here is a table: of types by their beginnings (the first row that fits counts), of tools by their
 * names. A type that no row knows is an event like any other. Data can hold anything; what is not of the kind
 * that a row expects is passed over. */
import {counted, duration, line_of, money, whole_number} from './format.js';
import {todos_line} from './todos.js';

/** Kinds, in the order of the filter chips. */
export const KINDS = ['workflow', 'features', 'tools', 'turns', 'notes', 'messages', 'tests', 'errors', 'other'];

/** Categories of notes, those that ask for a person first. */
export const CATEGORIES = [
  'question', 'blocker', 'warning', 'decision', 'todo', 'idea', 'reflection', 'observation', 'learning', 'context',
  'accomplishment',
];

/** @type {[string, string][]} */
const KIND_ROWS = [
  ['agent.note.', 'notes'],
  ['agent.message.', 'messages'],
  ['agent.tool', 'tools'],
  ['agent.test_result', 'tests'],
  ['agent.response.', 'turns'],
  ['tests.', 'tests'],
  ['feature.', 'features'],
  ['workflow.', 'workflow'],
  ['phase.', 'workflow'],
  ['commit.', 'workflow'],
  ['worktree.', 'workflow'],
  ['permission.', 'tools'],
  ['turn.', 'turns'],
  ['session.', 'turns'],
  ['subagent.', 'turns'],
  ['task.', 'turns'],
  ['context.', 'turns'],
];

/** The kind of an event type; 'errors' is a kind besides: see is_error. @param {string} type @returns {string} */
export function kind_of(type) {
  return find(KIND_ROWS, type) ?? 'other';
}

/** @template T @param {[string, T][]} rows @param {string} type @returns {T | undefined} */
function find(rows, type) {
  for (const [beginning, value] of rows) if (type.startsWith(beginning)) return value;
  return undefined;
}

/** Does an event of this type tell of something that went wrong? @param {string} type */
export function is_error(type) {
  return /(^|\.)(failed|error|denied)$/.test(type);
}

/** @type {[RegExp, string][]} tools of the agents that we know, by what their names say */
const TOOL_ROWS = [
  [/^mcp__/, 'tool'],
  [/^(web|fetch|browser|open_url)|fetch$|^url/, 'web'],
  [/^(task|agent|subagent|delegate|spawn)(_|$)|^task(create|update|list|get|output|stop)?$/, 'task'],
  [/todo|update_plan/, 'todo'],
  [/ask(_?user|_?followup)|question/, 'question'],
  [/bash|shell|exec|terminal|command|^kill/, 'shell'],
  [/edit|write|patch|replace|create_?file|insert|delete_?file/, 'edit'],
  [/glob|grep|search|^ls$|list|find/, 'search'],
  [/read|view|^cat$|open|notebook/, 'file'],
];

/** The name of the icon for a tool. @param {string} tool_name */
export function tool_icon(tool_name) {
  const name = tool_name.slice(0, 128).toLowerCase();
  for (const [pattern, shape] of TOOL_ROWS) if (pattern.test(name)) return shape;
  return 'tool';
}

/** @type {[string, string][]} */
const ICON_ROWS = [
  ['permission.denied', 'lock'],
  ['feature.planned', 'planned'],
  ['feature.started', 'started'],
  ['feature.completed', 'completed'],
  ['feature.completion_reverted', 'reflection'],
  ['feature.', 'feature'],
  ['workflow.completed', 'completed'],
  ['workflow.paused', 'paused'],
  ['workflow.resumed', 'play'],
  ['workflow.phase_changed', 'forward'],
  ['phase.', 'forward'],
  ['workflow.', 'workflow'],
  ['agent.message.acknowledged', 'read'],
  ['agent.message.completed', 'answered'],
  ['agent.message.', 'message'],
  ['agent.tool', 'tool'],
  ['agent.test_result', 'test'],
  ['agent.response.', 'turn'],
  ['agent.notified', 'notified'],
  ['tests.', 'test'],
  ['commit.', 'commit'],
  ['worktree.', 'branch'],
  ['permission.', 'permission'],
  ['turn.', 'turn'],
  ['session.', 'session'],
  ['subagent.', 'subagent'],
  ['task.', 'todo'],
  ['context.', 'collapse'],
];

/** The icon of a note's category: its own, or that of any note. @param {string} category */
export function category_icon(category) {
  return CATEGORIES.includes(category) ? category : 'note';
}

/** The name of the icon (icons.js) for an event. @param {string} type @param {string} [tool_name] @returns {string} */
export function icon_of(type, tool_name) {
  if (type.startsWith('agent.note.')) return category_icon(type.slice('agent.note.'.length));
  if (is_error(type) && type !== 'permission.denied') return 'failed';
  if (tool_name && type.startsWith('agent.tool')) return tool_icon(tool_name);
  return find(ICON_ROWS, type) ?? 'event';
}

/** @type {Record<string, string>} */
const CATEGORY_TONES = {
  question: 'warn', warning: 'warn', blocker: 'bad', accomplishment: 'ok',
  reflection: 'know', observation: 'know', learning: 'know', context: 'know',
};

/** @type {[string, string][]} */
const TONE_ROWS = [
  ['feature.completion_reverted', 'warn'],
  ['feature.completed', 'ok'],
  ['feature.started', 'run'],
  ['workflow.completed', 'ok'],
  ['workflow.paused', 'warn'],
  ['tests.passed', 'ok'],
  ['permission.requested', 'warn'],
];

/** The tone of a note's category. @param {string} category */
export function category_tone(category) {
  return Object.hasOwn(CATEGORY_TONES, category) ? CATEGORY_TONES[category] : 'ink';
}

/** Its tone: 'ok' | 'bad' | 'warn' | 'run' | 'know' | 'ink'. @param {string} type @returns {string} */
export function tone_of(type) {
  if (is_error(type)) return 'bad';
  if (type.startsWith('agent.note.')) return category_tone(type.slice('agent.note.'.length));
  return find(TONE_ROWS, type) ?? 'ink';
}

/** @type {Record<string, [string, string]>} icon and tone of a status of workflows, features, agents and spans */
const STATUSES = {
  completed: ['completed', 'ok'],
  failed: ['failed', 'bad'],
  started: ['running', 'run'],
  running: ['running', 'run'],
  active: ['running', 'run'],
  open: ['running', 'run'],
  paused: ['paused', 'warn'],
  waiting: ['permission', 'warn'],
  planned: ['planned', 'idle'],
  idle: ['idle', 'idle'],
  ended: ['idle', 'idle'],
};

/** Icon and tone of a status. @param {unknown} status @returns {[string, string]} */
export function status_look(status) {
  return typeof status === 'string' && Object.hasOwn(STATUSES, status) ? STATUSES[status] : ['planned', 'idle'];
}

/* What an event's line says: paths of data for what it is about, then parts. The first path ('|' parts them, dots lead
 * into objects and into the elements of arrays) that holds a text or a number counts. A part is "before%paths". */
const FEATURE = 'name|feature_name|feature_id';
const TOOL_ARGUMENT =
  'tool_input.file_path|tool_input.notebook_path|tool_input.command|tool_input.cmd|tool_input.pattern|' +
  'tool_input.query|tool_input.url|tool_input.path|tool_input.description|tool_input.prompt|input.file_path|' +
  'input.command|command|file_path|path';

/** @type {[string, string[]][]} */
const SUMMARY_ROWS = [
  ['feature.renamed', [FEATURE, '→ %new_name']],
  ['feature.planned', [FEATURE, '%description']],
  ['feature.', [FEATURE, '%error|reason', '%duration_ms', '%cost_usd']],
  ['workflow.phase_changed', ['', '%from_phase', '→ %to_phase', '%reason']],
  ['phase.changed', ['', '%from_phase', '→ %to_phase', '%reason']],
  ['workflow.resumed', ['', '%user_decision.message|user_decision|message|reason']],
  ['workflow.', ['name|workflow_name|task|title|description', '%description', '%error|reason|message', '%duration_ms',
    '%cost_usd|total_cost_usd|total_cost']],
  ['agent.note.', ['title', '%content']],
  ['agent.message.sent', ['from_agent', '→ %to_agent', '%subject', '%content']],
  ['agent.message.acknowledged', ['from_agent', 'read %correlation_id|message_id']],
  ['agent.message.', ['from_agent', '%result|content']],
  ['agent.response.received', ['model', 'in %usage.input_tokens', 'out %usage.output_tokens', '%cost_usd']],
  ['agent.response.displayed', ['', '%delta']],
  ['agent.error', ['', '%error.message|error|message|reason']],
  ['agent.test_result', ['test_file|suite|name', 'passed %passed', 'failed %failed', '%duration_ms']],
  ['agent.notified', ['title', '%message']],
  ['agent.hook.received', ['hook_event_name|hook_event',
    '%command_name|trigger|mcp_server_name|teammate_name|from_model|old_cwd|directory|tool_name|load_reason|event|' +
    'source|name',
    '→ %to_model|new_cwd', '%file_path|message|command_args|custom_instructions|team_name', '%action']],
  ['commit.', ['commit_sha|sha', '%message', '%error']],
  ['worktree.', ['path|worktree', '%branch', '%commit_sha', '%reason']],
  ['permission.', ['tool_name|tool', `%${TOOL_ARGUMENT}`, '%reason']],
  ['session.', ['model', '%source|reason', '%cwd|session_id']],
  ['turn.started', ['', '%prompt|content|text']],
  ['turn.failed', ['', '%error', '%error_details|last_assistant_message']],
  ['turn.', ['', '%last_assistant_message|content|text|reason', '%duration_ms']],
  ['subagent.', ['agent_type|subagent_type|name', '%description|last_assistant_message|result|prompt']],
  ['task.', ['', '%task_subject|subject|title|name|content']],
  ['context.compacted', ['', '%trigger|reason', 'from %pre_tokens', 'to %post_tokens']],
];

/**
 * What happened, in one line: `strong` is what it is about, `text` the rest. What agents wrote is cut, and never
 * interpreted.
 * @param {import('./model.js').Event} event @returns {{strong: string, text: string}}
 */
export function summary_of(event) {
  const data = event.data;
  if (event.event_type.startsWith('agent.tool')) return tool_summary(event.event_type, data);
  if (event.event_type.startsWith('tests.')) return tests_summary(data);
  const row = find(SUMMARY_ROWS, event.event_type);
  const strong = row ? value_at(data, row[0]) : '';
  const parts = row ? parts_of(data, row.slice(1), strong) : '';
  return strong === '' && parts === '' ? {strong: '', text: any_text(data) || event.event_type} : {strong, text: parts};
}

/** @param {string} type @param {unknown} data */
function tool_summary(type, data) {
  if (type.startsWith('agent.tool_batch.')) return {strong: '', text: value_at(data, 'tool_calls.tool_name') || type};
  const strong = tool_label(tool_name_of(data));
  const parts = [tool_argument(data), is_error(type) ? error_line(data) : ''];
  return {strong: strong || 'tool', text: joined(parts)};
}

/** The first line of an error, whose rest is often all that a command said. @param {unknown} data */
function error_line(data) {
  const error = member(data, 'error');
  const first = typeof error === 'string' ? line_of(/\S[^\n]*/.exec(error)?.[0] ?? '') : '';
  return first || value_at(data, 'error|tool_response.error|message');
}

/** @param {unknown} data */
function tests_summary(data) {
  const failures = member(data, 'failures');
  const names = Array.isArray(failures) ? failures.slice(0, ELEMENTS_MAX).map((each) => line_of(each, 80)) : [];
  const what = [tests_counted(data), names.filter(Boolean).join(', '), value_at(data, 'error|message')];
  const strong = value_at(data, 'test_file|suite|feature|name');
  return {strong, text: joined([...what, value_at(data, 'duration_ms')])};
}

/** "3 of 14 failed", "14 passed". @param {unknown} data */
function tests_counted(data) {
  const failures = member(data, 'failures');
  const failed = Array.isArray(failures) ? whole_number(failures.length) : value_at(data, 'failed');
  const count = value_at(data, 'count|total');
  if (failed !== '' && failed !== '0') return `${failed}${count && ` of ${count}`} failed`;
  const passed = count || value_at(data, 'passed');
  return passed && `${passed} passed`;
}

/** @param {string[]} parts */
const joined = (parts) => parts.filter((part) => part !== '').join(' · ');

/**
 * Has a workflow ended, as far as the log goes: nothing in it is under way any more.
 * @param {import('./model.js').Workflow[]} workflows @param {string | null} workflow_id
 */
export function is_over(workflows, workflow_id) {
  const status = workflows.find((workflow) => workflow.workflow_id === workflow_id)?.status;
  return status === 'completed' || status === 'failed';
}

/** The name of the tool that an event's data tells of; "" when of none. @param {unknown} data */
export function tool_name_of(data) {
  return value_at(data, 'tool_name|tool|name');
}

/** A tool's name as people say it: "server: tool" for one that a server gives. @param {string} tool_name */
export function tool_label(tool_name) {
  const parts = tool_name.split('__');
  return parts.length >= 3 && parts[0] === 'mcp' ? `${parts[1]}: ${parts.slice(2).join('__')}` : tool_name;
}

/** What a call of a tool is about: its file, command or pattern, or the first text of its input.
 * @param {unknown} data */
export function tool_argument(data) {
  const found = value_at(data, TOOL_ARGUMENT) || line_of(todos_line(data)) || any_text(member(data, 'tool_input'));
  const folder = value_at(data, 'cwd');
  return folder !== '' && found.startsWith(`${folder}/`) ? found.slice(folder.length + 1) : found;
}

/** @param {unknown} data @param {string[]} parts @param {string} strong what was said already */
function parts_of(data, parts, strong) {
  let line = '';
  let said = strong;
  for (const part of parts) {
    const [before, paths] = part.split('%');
    const value = value_at(data, paths);
    if (value === '' || (before === '' && value === said)) continue;
    line += (line === '' ? '' : before.startsWith('→') ? ' ' : ' · ') + before + value;
    said = value;
  }
  return line;
}

/** The first of the paths that holds something to show; "" when none does.
 * @param {unknown} data @param {string} paths */
export function value_at(data, paths) {
  if (paths === '') return '';
  for (const path of paths.split('|')) {
    const steps = path.split('.');
    const found = shown(reach(data, steps), steps[steps.length - 1]);
    if (found !== '') return found;
  }
  return '';
}

const ELEMENTS_MAX = 5;

/** @param {unknown} value @param {string[]} steps @returns {unknown} */
function reach(value, steps) {
  for (let i = 0; i < steps.length; i++) {
    if (Array.isArray(value)) {
      const rest = steps.slice(i);
      const found = value.slice(0, ELEMENTS_MAX).map((each) => line_of(reach(each, rest), 60));
      return found.filter(Boolean).join(', ') + (value.length > ELEMENTS_MAX ? ', …' : '');
    }
    value = member(value, steps[i]);
  }
  return value;
}

/** A member of an object that is its own; undefined of anything else. @param {unknown} value @param {string} name */
function member(value, name) {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? /** @type {Record<string, unknown>} */ (value)[name] : undefined;
}

/** @param {unknown} value @param {string} name */
function shown(value, name) {
  if (typeof value !== 'number') return typeof value === 'string' ? line_of(value) : '';
  if (name.endsWith('_ms') && value >= 0) return duration(value);
  if (name.endsWith('_usd') || name === 'total_cost') return money(value);
  return Number.isInteger(value) ? whole_number(value) : line_of(value);
}

/** Members that say who and where an event is from, not what happened; nor does what ends in _id. */
const RECORD = new Set(['transcript_path', 'transcript_uuid', 'cwd', 'git_branch', 'hook_event_name', 'permission_mode']);

/** The first text among the members of an object, else how many it has; "" when it has none. @param {unknown} value */
function any_text(value) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return line_of(value);
  let count = 0;
  for (const name in value) {
    if (RECORD.has(name) || name.endsWith('_id') || count++ >= 32) continue;
    const text = line_of(member(value, name));
    if (text !== '') return text;
  }
  return count > 0 ? counted(count, 'value') : '';
}
