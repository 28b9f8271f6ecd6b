// @ts-check
/* A long made-up history, the same for the same seed: sessions of several agents over days, turns, tools in parallel,
 * subagents, features with attempts, notes, messages, permissions, errors, pauses and idle gaps.
 *
 *     big_history(100_000, 1)                    an array of events as `jc import` takes them, in order of time
 *     node big_history.mjs COUNT SEED > FILE     the same as JSON lines; then: jc import FILE
 *
 * `columns_of(events)` and `spans_of(events)` make of them what the page holds (model.js), for tests that have no
 * program at hand. */
import {createHash} from 'node:crypto';
import {fileURLToPath} from 'node:url';

const START_US = Date.UTC(2026, 0, 5, 8) * 1000;
const SECOND = 1e6;
const AGENTS = ['coder', 'reviewer', 'designer', 'tester'];
const TOOLS = ['Read', 'Read', 'Read', 'Grep', 'Glob', 'Edit', 'Edit', 'Write', 'Bash', 'Bash', 'WebFetch',
  'TodoWrite'];
const NOTES = ['decision', 'learning', 'observation', 'question', 'warning', 'idea', 'todo', 'context',
  'accomplishment'];
const FILES = ['src/auth/login.ts', 'src/store/log.c', 'web/axis.js', 'README.md', 'tests/store_test.c',
  'src/api/users.ts'];
const PROMPTS = ['Make the tests pass.', 'Review what changed since yesterday.', 'Find out why the build is slow.',
  'Write the migration, then run it on a copy.', 'Explain the error and fix its cause.'];
const WORKFLOW = 'big-history';

/** Numbers from 0 to below 1 that follow from a seed (mulberry32). @param {number} seed */
function numbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** @param {number} us */
function timestamp_of(us) {
  return `${new Date(Math.floor(us / 1000)).toISOString().slice(0, 23)}${String(us % 1000).padStart(3, '0')}Z`;
}

/** @param {number} seed @param {number} serial */
function id_of(seed, serial) {
  const hex = createHash('sha256').update(`${seed} ${serial}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

class Story {
  /** @param {number} count @param {number} seed */
  constructor(count, seed) {
    this.count = count;
    this.seed = seed;
    this.next = numbers(seed);
    this.us = START_US;
    /** @type {any[]} */
    this.events = [];
    this.calls = 0;
    this.feature = 0;
    /** @type {Map<string, string>} */
    this.sessions = new Map();
  }

  /** @param {number} from @param {number} to a whole number from one up to below the other */
  between(from, to) {
    return from + Math.floor(this.next() * (to - from));
  }

  /** @template T @param {T[]} list @returns {T} */
  one_of(list) {
    return list[this.between(0, list.length)];
  }

  /** @param {number} from_ms @param {number} to_ms */
  wait(from_ms, to_ms) {
    this.us += this.between(from_ms * 1000, to_ms * 1000);
  }

  /**
   * @param {string} event_type @param {string | undefined} agent_id @param {any} data @param {any} [more]
   * @returns {string} its id
   */
  tell(event_type, agent_id, data, more = {}) {
    const id = id_of(this.seed, this.events.length);
    this.events.push({
      id, workflow_id: WORKFLOW, timestamp: timestamp_of(this.us), event_type, ...(agent_id ? {agent_id} : {}),
      ...more, data,
    });
    return id;
  }

  /** @param {string} agent */
  session_of(agent) {
    let session_id = this.sessions.get(agent);
    if (!session_id) {
      session_id = `s-${agent}-${this.events.length}`;
      this.sessions.set(agent, session_id);
      this.tell('session.started', agent, {session_id, model: 'large'});
    }
    return session_id;
  }

  /** @param {string} agent @param {string} session_id @param {string} cause @param {string} correlation_id */
  tool(agent, session_id, cause, correlation_id) {
    const tool_name = this.one_of(TOOLS);
    const tool_use_id = `call-${++this.calls}`;
    const common = {session_id, tool_name, tool_use_id};
    const tool_input = tool_name === 'Bash' ? {command: 'npm test'} : {file_path: this.one_of(FILES)};
    const more = {correlation_id, causation_id: cause};
    const id = this.tell('agent.tool.started', agent, {...common, tool_input}, more);
    if (tool_name === 'Bash' && this.next() < 0.02) {
      this.tell('permission.requested', agent, {session_id, tool_name, tool_use_id}, more);
      this.wait(2000, 40_000);
    }
    this.wait(tool_name === 'Bash' ? 400 : 30, tool_name === 'Bash' ? 9000 : 700);
    if (this.next() < 0.03)
      this.tell('agent.tool.failed', agent, {...common, error: 'exit 1'}, {...more, causation_id: id});
    else this.tell('agent.tool.completed', agent, {...common, tool_response: {ok: true}}, {...more, causation_id: id});
  }

  /** @param {string} agent @param {string} correlation_id */
  turn(agent, correlation_id) {
    const session_id = this.session_of(agent);
    const turn_id = `turn-${this.events.length}`;
    const cause = this.tell('turn.started', agent, {session_id, turn_id, prompt: this.one_of(PROMPTS)},
      {correlation_id});
    for (let i = this.between(3, 18); i > 0; i--) {
      this.wait(300, 7000);
      if (this.next() < 0.012) this.subagent(agent, session_id, cause, correlation_id);
      else this.tool(agent, session_id, cause, correlation_id);
      if (this.next() < 0.03) this.note(agent, cause, correlation_id);
    }
    this.wait(300, 3000);
    const usage = {input_tokens: this.between(500, 9000), output_tokens: this.between(50, 2000)};
    this.tell('agent.response.received', agent,
      {session_id, message_id: `m-${this.events.length}`, model: 'large', usage}, {correlation_id});
    this.tell('turn.completed', agent, {session_id, turn_id}, {correlation_id, causation_id: cause});
  }

  /** @param {string} agent @param {string} session_id @param {string} cause @param {string} correlation_id */
  subagent(agent, session_id, cause, correlation_id) {
    const name = `${agent}-helper-${this.between(1, 4)}`;
    const tool_use_id = `call-${++this.calls}`;
    const call = {session_id, tool_name: 'Task', tool_use_id};
    const more = {correlation_id, causation_id: cause};
    this.tell('agent.tool.started', agent, {...call, tool_input: {description: 'look around'}}, more);
    this.tell('subagent.started', name,
      {session_id, agent_id: name, agent_type: 'helper', parent_agent_id: agent}, more);
    for (let i = this.between(4, 14); i > 0; i--) {
      this.wait(100, 2500);
      this.tool(name, session_id, cause, correlation_id);
    }
    this.tell('subagent.completed', name,
      {session_id, agent_id: name, agent_type: 'helper', parent_agent_id: agent}, more);
    this.tell('agent.tool.completed', agent, {...call, tool_response: {ok: true}}, more);
  }

  /** @param {string} agent_id @param {string} causation_id @param {string} correlation_id */
  note(agent_id, causation_id, correlation_id) {
    const title = `Note ${this.events.length} about ${this.one_of(FILES)}`;
    this.tell(`agent.note.${this.one_of(NOTES)}`, agent_id,
      {agent_id, title, content: `${title}. It says why.`, tags: []}, {causation_id, correlation_id});
  }

  /** @param {string} from_agent */
  message(from_agent) {
    const to_agent = this.one_of(AGENTS.filter((agent) => agent !== from_agent));
    const correlation_id = `message-${this.events.length}`;
    this.tell('agent.message.sent', from_agent,
      {from_agent, to_agent, content: 'Please look at this.', correlation_id}, {correlation_id});
    this.wait(500, 20_000);
    this.tell('agent.message.acknowledged', to_agent, {correlation_id, from_agent: to_agent}, {correlation_id});
    this.wait(500, 20_000);
    this.tell('agent.message.completed', to_agent,
      {correlation_id, from_agent: to_agent, result: 'done', success: true}, {correlation_id});
  }

  feature_attempts() {
    const name = `feature-${++this.feature}`;
    this.tell('feature.planned', 'coder', {name}, {correlation_id: name});
    for (let attempt = 1; attempt <= 3; attempt++) {
      this.tell('feature.started', 'coder', {name, attempt}, {correlation_id: name});
      for (let i = this.between(20, 60); i > 0 && !this.is_full(); i--) {
        this.turn(this.next() < 0.6 ? 'coder' : this.one_of(AGENTS), name);
        if (this.next() < 0.06) this.message(this.one_of(AGENTS));
        if (this.next() < 0.02) this.tell('tests.failed', 'tester', {passed: 40, failed: 2}, {correlation_id: name});
        if (this.next() < 0.01) this.tell('agent.error', 'coder', {error: 'connection reset'}, {correlation_id: name});
        this.idle();
      }
      if (this.is_full()) return;
      const is_done = this.next() < 0.75 || attempt === 3;
      if (is_done) this.tell('feature.completed', 'coder', {name}, {correlation_id: name});
      else this.tell('feature.failed', 'coder', {name, error: 'tests fail'}, {correlation_id: name});
      if (is_done) return;
      this.pause();
    }
  }

  pause() {
    if (this.next() < 0.5) return;
    this.tell('workflow.paused', undefined, {reason: 'a question'});
    this.wait(120_000, 5_400_000);
    this.tell('workflow.resumed', undefined, {});
  }

  /** Mostly a few seconds; now and then a coffee; nights. */
  idle() {
    const luck = this.next();
    if (luck < 0.004) this.us += this.between(6 * 3600, 15 * 3600) * SECOND;
    else if (luck < 0.02) this.us += this.between(100, 3000) * SECOND;
    else this.wait(500, 20_000);
    if (luck >= 0.004) return;
    for (const [agent, session_id] of this.sessions) this.tell('session.ended', agent, {session_id});
    this.sessions.clear();
  }

  is_full() {
    return this.events.length >= this.count;
  }
}

/**
 * So many events that follow from a seed, in order of time. @param {number} count @param {number} [seed]
 * @returns {any[]}
 */
export function big_history(count, seed = 1) {
  const story = new Story(count, seed);
  story.tell('workflow.started', undefined, {description: `A long history of ${count} events`});
  story.tell('workflow.phase_changed', undefined, {to_phase: 'implementing'});
  while (!story.is_full()) story.feature_attempts();
  return story.events.slice(0, count);
}

/** @param {string} timestamp */
const us_of = (timestamp) => Date.parse(`${timestamp.slice(0, 23)}Z`) * 1000 + Number(timestamp.slice(23, 26));

/** What the page holds of all events. @param {any[]} events @returns {import('../../web/model.js').Columns} */
export function columns_of(events) {
  /** @type {Record<string, string[]>} */
  const tables = {type_names: [], agent_names: [], correlation_names: []};
  /** @type {Record<string, Map<string, number>>} */
  const places = {type_names: new Map(), agent_names: new Map(), correlation_names: new Map()};
  /** @param {string} table @param {string | undefined} name */
  const place = (table, name) => {
    if (name === undefined) return -1;
    const known = places[table].get(name);
    if (known !== undefined) return known;
    places[table].set(name, tables[table].length);
    return tables[table].push(name) - 1;
  };
  return /** @type {any} */ ({
    count: events.length,
    times_us: Float64Array.from(events, (event) => us_of(event.timestamp)),
    types: Int32Array.from(events, (event) => place('type_names', event.event_type)),
    agents: Int32Array.from(events, (event) => place('agent_names', event.agent_id)),
    correlations: Int32Array.from(events, (event) => place('correlation_names', event.correlation_id)),
    ...tables,
  });
}

/** Starts and what ends them, by the key of a span. @type {Record<string, [string, 'start' | 'end', string]>} */
const SPANS = {
  'session.started': ['session', 'start', 'session_id'], 'session.ended': ['session', 'end', 'session_id'],
  'turn.started': ['turn', 'start', 'turn_id'], 'turn.completed': ['turn', 'end', 'turn_id'],
  'agent.tool.started': ['tool', 'start', 'tool_use_id'], 'agent.tool.completed': ['tool', 'end', 'tool_use_id'],
  'agent.tool.failed': ['tool', 'end', 'tool_use_id'],
  'subagent.started': ['subagent', 'start', 'agent_id'], 'subagent.completed': ['subagent', 'end', 'agent_id'],
  'feature.started': ['feature', 'start', 'name'], 'feature.completed': ['feature', 'end', 'name'],
  'feature.failed': ['feature', 'end', 'name'],
  'agent.message.sent': ['message', 'start', 'correlation_id'],
  'agent.message.completed': ['message', 'end', 'correlation_id'],
};

/**
 * The spans of such a history, and no other: it has no late starts. @param {any[]} events
 * @returns {import('../../web/model.js').Span[]}
 */
export function spans_of(events) {
  /** @type {any[]} */
  const spans = [];
  /** @type {Map<string, any>} */
  const open = new Map();
  events.forEach((event, i) => {
    const [kind, side, member] = SPANS[event.event_type] ?? [];
    if (!kind) return;
    const key = `${kind} ${event.data[/** @type {string} */ (member)]}`;
    const us = us_of(event.timestamp);
    if (side === 'end') {
      const span = open.get(key);
      if (!span) return;
      span.ended_us = us;
      span.status = event.event_type.endsWith('failed') ? 'failed' : 'completed';
      open.delete(key);
      return;
    }
    const {data} = event;
    const name = data.tool_name ?? data.prompt ?? data.name
      ?? (data.to_agent ? `${data.from_agent} → ${data.to_agent}` : data.agent_type) ?? data.session_id;
    const span = {
      id: `${kind}:${i + 1}`, kind, name, agent_id: event.agent_id, started_us: us, ended_us: null, status: 'open',
      sequence: i + 1,
    };
    spans.push(span);
    open.set(key, span);
  });
  return spans;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [count = '100000', seed = '1'] = process.argv.slice(2);
  process.stdout.write(big_history(Number(count), Number(seed)).map((event) => `${JSON.stringify(event)}\n`).join(''));
}
