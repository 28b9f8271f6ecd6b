// @ts-check
/* Histories of one workflow as the lines of their events (docs/FORMAT.md), for tests of the folds.
 *
 * random_history() makes one up from a seed: every built-in type and some others, fields in every mixture, few names
 * so that they meet again, some of them hostile; times mostly rising, with ties, some late, some early, some in years
 * far away; causes that are ids of events before. The same seed makes the same history. Values are JSON as text, so
 * that numbers and escapes of every spelling occur.
 *
 * Two kinds of number are left out, in which the folds may differ (web/fold.js): integers beyond 64 bits, and so many
 * tokens that a sum of them passes 2^53. */

const NO_HASH = '0'.repeat(64);
const START_MS = Date.UTC(2026, 0, 9, 9);

/**
 * The line of an event; `data` is text.
 * @param {{id: string, workflow_id: string, sequence: number, timestamp: string, event_type: string, agent_id?: string,
 *   correlation_id?: string, causation_id?: string}} event
 * @param {string} data
 */
export function line_of({id, workflow_id, sequence, timestamp, event_type, ...ids}, data) {
  const {agent_id, correlation_id, causation_id} = ids;
  const head = JSON.stringify({position: sequence, id, workflow_id, sequence, timestamp, event_type, agent_id,
    correlation_id, causation_id});
  return `${head.slice(0, -1)},"data":${data},"hash":"${NO_HASH}"}`;
}

/** The same id for the same number. @param {number} number */
export function id_of(number) {
  return `0197c0de-0000-7000-8000-a${number.toString(16).padStart(11, '0')}`;
}

/** @param {number} us  since 1970 @returns {string} */
export function time_of(us) {
  const ms = Math.floor(us / 1000);
  return `${new Date(ms).toISOString().slice(0, -1)}${String(us - ms * 1000).padStart(3, '0')}Z`;
}

/** Numbers below a limit, from a seed (mulberry32). @param {number} seed */
export function draws(seed) {
  let state = Math.imul(seed, 0x9e3779b9) >>> 0;
  return (/** @type {number} */ limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor(((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32 * limit);
  };
}

const TYPES = `agent.error agent.hook.received agent.message.acknowledged agent.message.completed agent.message.sent
  agent.note.accomplishment agent.note.blocker agent.note.context agent.note.decision agent.note.idea
  agent.note.learning agent.note.observation agent.note.question agent.note.reflection agent.note.todo
  agent.note.warning agent.notified agent.response.displayed agent.response.received agent.test_result
  agent.tool.completed agent.tool.failed agent.tool.started agent.tool_batch.completed agent.tool_use commit.created
  commit.failed context.compacted feature.completed feature.completion_reverted feature.failed feature.planned
  feature.renamed feature.started permission.denied permission.requested phase.changed session.ended session.started
  subagent.completed subagent.started task.completed task.created tests.failed tests.passed tests.started
  turn.completed turn.failed turn.started workflow.completed workflow.failed workflow.paused workflow.phase_changed
  workflow.resumed workflow.started worktree.active worktree.created worktree.deleted worktree.merged`.split(/\s+/);
const OTHER_TYPES = ['agent.note.risk', 'agent.note.a.b', 'agent.message.read', 'deploy.finished', 'feature.blessed',
  'subagent.waved', 'constructor.called', 'agent.notes.taken', 'workflow.archived', 'worktree.seen'];

/* Types that belong together, of which a history may be full. */
const SUBJECTS = [/^feature|^phase/, /^agent.message/, /^agent.note|^workflow.resumed|^agent.message/,
  /^agent.tool|^permission|^session|^subagent|^turn/, /^agent.response|^session|^subagent/, /^workflow|phase/,
  /^worktree|^commit|^tests/, /^subagent|^agent.tool/, /^turn|^session/, /./, /^subagent/,
  /^agent.response.received|^turn.completed|^agent.tool.(completed|failed)/];

const LONG = '"' + 'Ä very lông name '.repeat(9) + '"';
const EDGE = `"${'x'.repeat(118)}漢🚀${'y'.repeat(9)}"`;
const HOSTILE = ['"__proto__"', '"constructor"', '"toString"', '"7"', '"12"', '"a\\u0000b"', '"\\ud83d\\ude80 é"',
  '"\\u202ertl"', '"\\u001b[31mred"', '"<script>"', LONG, EDGE];

/* What a field may be; each is JSON. The first few are the most frequent. */
const NAMES = ['"auth"', '"login"', '"pages"', '"api"', '"auth"', '"login"'];
const AGENTS = ['"coder"', '"tester"', '"lead"', '"sub1"', '"sub2"'];
const AMOUNTS = ['0.25', '0.1', '3', '-1', '1e308', '0', '-0.0', '1.50', '2.5e-9', '1E2', '"much"', 'null', '1e999',
  '0.30000000000000004', '1999999', '9007199254740993'];
const DURATIONS = ['100', '12.5', '0', '-5', '1e300', '1.7e12', '"x"', '3600000', '0.0004', '9000000000000001', '1e15'];
/** @type {Record<string, string[]>} */
const FIELDS = {
  name: NAMES, feature_name: NAMES, feature_id: ['"f1"', '"f2"', '"f3"', '"auth"', 'null'],
  new_name: ['"auth"', '"login"', '"new"', '"pages"', '""', '"f1"'],
  description: ['"to do"', '"later"', '""', '1'], task: ['"a task"', '""', '[]'],
  to_phase: ['"planning"', '"building"', '"testing"', '"done"', '""'], from_phase: ['"planning"', '"building"', 'null'],
  error: ['"no link"', '"timeout"', '""', '{}'], reason: ['"asks"', '"waits"', '""'],
  cost_usd: AMOUNTS, total_cost: AMOUNTS, total_cost_usd: AMOUNTS, duration_ms: DURATIONS,
  tests_passing: ['true', 'false', 'null', '1'], human: ['false', 'true', '0'],
  title: ['"JWT"', '"argon2"', '"a title"', '5', '""'], content: ['"tokens expire"', '"see \\"x\\""', '"c"', 'null'],
  tags: ['["auth","api"]', '[]', '["auth","auth"]', '[1,"x",""]', '"no"', '["y",["z"],"auth"]',
    '["__proto__","7","3"]'],
  related_file: ['"src/a.py"', '"b.c"', '""', 'null'], related_feature: ['"auth"', '""', 'null'],
  agent_id: AGENTS, subagent_id: AGENTS, from_agent: AGENTS, to_agent: [...AGENTS, '"nobody"'],
  parent_agent_id: ['"lead"', '"coder"', 'null', '"sub1"', '""'],
  correlation_id: ['"c-1"', '"c-2"', '"c-3"', '""', '"tab\\there"'],
  message_type: ['"help_request"', '"notification"', '""', '5'],
  priority: ['"urgent"', '"high"', '"normal"', '"low"', '"URGENT"', '3'],
  awaiting_response: ['true', 'false', 'null', '0'], result: ['"done"', '"could not"', '""', '{}'],
  success: ['true', 'false', 'true', 'null'],
  session_id: ['"s1"', '"s2"', '"s1"', '""', '"s3"'], session_title: ['"Fix it"', '""'],
  turn_id: ['"t1"', '"t2"', '"t3"', '1'], prompt_id: ['"p1"', '"p2"', 'null'],
  prompt: ['"do this"', '"and that"', '""'],
  tool_use_id: ['"u1"', '"u2"', '"u3"', '"u4"', 'null'], tool_name: ['"Bash"', '"Edit"', '"Read"', '""'],
  tool: ['"grep"', '"Bash"', 'null'], parent_tool_use_id: ['"u1"', '"u2"', 'null', '""'],
  tool_response: ['{"agentId":"sub1"}', '{"agentId":"sub2"}', '{"agentId":7}', '"sub1"', '["sub1"]', 'null',
    '{"agentId":"lead"}', '{"agentId":"coder"}'],
  agent_type: ['"Explore"', '"reviewer"', 'null', '""'], subagent_type: ['"Plan"', 'null'],
  model: ['"opus"', '"haiku"', 'null', '""', '3'], message_id: ['"m1"', '"m2"', '"m3"', 'null'],
  usage: ['{"input_tokens":10,"output_tokens":5}',
    '{"input_tokens":7,"output_tokens":9,"cache_read_input_tokens":100,"cache_creation_input_tokens":20}',
    '{}', 'null', '[1]', '{"output_tokens":1.5,"input_tokens":-4}',
    '{"input_tokens":1e999,"output_tokens":1e16,"cache_read_input_tokens":123456789012}', '"input_tokens"'],
  subject: ['"write"', '""', 'null'], path: ['"/w/a"', '"/w/b"', '""', 'null'], branch: ['"main"', '"a"', '""'],
  commit_sha: ['"abc"', '"def"', 'null', '""'], message: ['"fix"', '""', 'null'],
  notification_type: ['"permission_prompt"', '"idle_prompt"', '"agent_needs_input"', '"x"', '1'],
  __proto__field: ['1'],
};
const FIELD_NAMES = Object.keys(FIELDS);

/* Fields that a type cannot do without; they are there in three of four events. */
/** @type {[RegExp, string[]][]} */
const WANTED = [[/^feature/, ['name']], [/^feature.renamed/, ['new_name']], [/phase/, ['to_phase']],
  [/^agent.note/, ['title', 'content']],
  [/^agent.message.sent/, ['from_agent', 'to_agent', 'content', 'correlation_id']],
  [/^agent.message.(ack|com)/, ['from_agent', 'correlation_id', 'result', 'success']],
  [/^(session|turn|agent.tool|subagent|agent.response|permission)/, ['session_id']], [/^turn/, ['turn_id']],
  [/^(agent.tool|permission)/, ['tool_use_id', 'tool_name']], [/^subagent/, ['agent_id']],
  [/^agent.tool.completed/, ['tool_response']], [/^agent.response/, ['usage', 'message_id', 'cost_usd']],
  [/^worktree/, ['path']], [/^agent.notified/, ['notification_type', 'message']]];

/** @param {(limit: number) => number} draw @param {string[]} list */
function one_of(draw, list) {
  return list[draw(list.length)];
}

/* Of these there are many in some histories, more than a state keeps. */
const WIDE = new Set(['message_id', 'turn_id', 'tool_use_id', 'agent_id', 'tool_name', 'name', 'correlation_id']);

/** How a history is: one value in so many is hostile, one field in so many is there, and of WIDE ones, how many
 * there are, if it has many. @typedef {{hostile: number, chance: number, wide: number}} Mood */

/** @param {(limit: number) => number} draw @param {string} name @param {Mood} mood */
function value_of(draw, name, {hostile, wide}) {
  if (draw(hostile) === 0) return one_of(draw, HOSTILE);
  if (wide > 0 && WIDE.has(name) && draw(4) > 0) return `"w${draw(wide)}"`;
  return one_of(draw, FIELDS[name]);
}

/** @param {(limit: number) => number} draw @param {string} type @param {Mood} mood */
function data_of(draw, type, mood) {
  const wanted = new Set(WANTED.flatMap(([pattern, names]) => pattern.test(type) ? names : []));
  const members = [];
  for (const name of FIELD_NAMES) {
    if (!(wanted.has(name) ? draw(4) > 0 : draw(mood.chance) === 0)) continue;
    members.push(`${JSON.stringify(name.replace('field', ''))}:${value_of(draw, name, mood)}`);
  }
  return `{${members.join(',')}}`;
}

/* Five seconds part a start that was overtaken by its end from one that resumes. */
const STEPS_US = [5e6, 5000001, 5.2e6, 1, 999, 1000, 9e6];

/** @param {(limit: number) => number} draw @param {number} calm one in so many is late, early or far away */
function clock_of(draw, calm) {
  let clock_us = START_MS * 1000;
  return () => {
    const what = draw(calm);
    if (what === 0) return time_of(clock_us - draw(60) * 1e6);
    if (what === 1) return time_of(clock_us - draw(86400) * 1e6 - draw(1000));
    if (what === 2) return time_of(clock_us + draw(3600) * 1e6);
    if (what === 3) return ['1970-01-01T00:00:00.000000Z', '9999-12-31T23:59:59.999999Z',
      '2300-02-28T23:59:59.000001Z', '2000-02-29T00:00:00.100001Z'][draw(4)];
    if (what > 6) clock_us += draw(6) === 0 ? STEPS_US[draw(STEPS_US.length)] : draw(5000) * 1000 + draw(9);
    return time_of(clock_us);
  };
}

/** @param {(limit: number) => number} draw @param {number} sequence */
function cause_of(draw, sequence) {
  const what = draw(12);
  if (what > 3) return undefined;
  const id = id_of(Math.max(sequence - 1 - draw(12), 1));
  return what === 0 ? id.toUpperCase() : what === 1 && draw(4) === 0 ? 'something else' : id;
}

/** @param {number} seed @param {number} count @returns {string[]} */
export function random_history(seed, count) {
  const draw = draws(seed);
  const subject = SUBJECTS[draw(SUBJECTS.length)];
  const favourites = TYPES.filter((type) => subject.test(type));
  const mood = {hostile: [10, 60, 100000][draw(3)], chance: 3 + draw(14), wide: [0, 0, 0, 20, 200][draw(5)]};
  const next_time = clock_of(draw, draw(2) === 0 ? 40 : 400);
  const lines = [];
  for (let sequence = 1; sequence <= count; sequence++) {
    const what = draw(20);
    const event_type = one_of(draw, what === 0 ? OTHER_TYPES : what < 5 ? TYPES : favourites);
    lines.push(line_of({
      id: id_of(sequence), workflow_id: 'wf', sequence, timestamp: next_time(), event_type,
      agent_id: draw(3) > 0 ? JSON.parse(one_of(draw, AGENTS)) : undefined,
      correlation_id: draw(4) === 0 ? `c-${draw(4)}` : undefined,
      causation_id: cause_of(draw, sequence),
    }, data_of(draw, event_type, mood)));
  }
  return lines;
}
