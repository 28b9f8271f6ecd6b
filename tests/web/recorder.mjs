/* Made-up histories for the page's tests and pictures: agents that keep the books of what they do, with a
 * clock each, and events as `jc import` takes them. The same arguments always give the same bytes.
 *
 *     const recorder = new Recorder('invoice-import', '2026-10-06T08:00:00Z', 7);
 *     const builder = recorder.agent('builder', {at: 4, model: 'claude-opus-5'});
 *     builder.session().turn('Read the statement.').tool('Read', {file_path: 'a.ts'}, '120 lines').end('Read.');
 *     const events = recorder.finish();   // in order of time
 */

/** Numbers from a seed, 0 ≤ x < 1 (a 32-bit xorshift). */
export function random_from(seed) {
  let state = (seed * 2654435761) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 4294967296;
  };
}

export class Recorder {
  constructor(workflow_id, began_at, seed) {
    this.workflow_id = workflow_id;
    this.began_ms = Date.parse(began_at);
    this.random = random_from(seed);
    this.seed = seed;
    this.events = [];
    this.calls = 0;
    this.messages = 0;
  }

  /** Record an event `seconds` after the beginning. @returns the event, which later ones may name as their cause */
  put(seconds, event_type, data, {agent_id, cause, correlation_id} = {}) {
    const number = this.events.length + 1;
    const event = {
      id: `019a${this.seed.toString(16).padStart(4, '0')}-0000-7000-8000-${number.toString(16).padStart(12, '0')}`,
      workflow_id: this.workflow_id,
      ms: Math.round(this.began_ms + seconds * 1000),
      event_type,
      agent_id,
      correlation_id: correlation_id ?? cause?.correlation_id,
      causation_id: cause?.id,
      data,
    };
    this.events.push(event);
    return event;
  }

  between(low, high) {
    return low + (high - low) * this.random();
  }

  pick(list) {
    return list[Math.floor(this.random() * list.length)];
  }

  agent(agent_id, {at, model, parent} = {}) {
    return new Agent(this, agent_id, at ?? 0, model, parent);
  }

  /** The events as lines take them, in order of time. */
  finish() {
    const ordered = this.events.map((event, index) => ({event, index})).sort((a, b) => a.event.ms - b.event.ms || a.index - b.index);
    return ordered.map(({event}) => {
      const {id, workflow_id, ms, event_type, agent_id, correlation_id, causation_id, data} = event;
      const line = {id, workflow_id, timestamp: new Date(ms).toISOString().replace('Z', '000Z'), event_type};
      if (agent_id !== undefined) line.agent_id = agent_id;
      if (correlation_id !== undefined) line.correlation_id = correlation_id;
      if (causation_id !== undefined) line.causation_id = causation_id;
      return {...line, data};
    });
  }
}

/** An agent with a clock of its own; every method moves it on and gives the agent back, unless it says otherwise. */
class Agent {
  constructor(recorder, agent_id, at, model, parent) {
    this.recorder = recorder;
    this.agent_id = agent_id;
    this.at = at;
    this.model = model;
    this.parent = parent;
    this.cause = undefined;
    this.correlation_id = undefined;
    this.tools = 0;
  }

  wait(seconds) {
    this.at += seconds;
    return this;
  }

  /** Record an event now. @returns the event */
  put(event_type, data, cause = this.cause) {
    return this.recorder.put(this.at, event_type, data, {agent_id: this.agent_id, cause, correlation_id: this.correlation_id});
  }

  about(correlation_id) {
    this.correlation_id = correlation_id;
    return this;
  }

  session() {
    this.session_id = `${this.recorder.workflow_id}-${this.agent_id}`;
    this.opened = this.put('session.started', {session_id: this.session_id, model: this.model, source: 'startup', cwd: '/home/ada/books'});
    this.cause = this.opened;
    return this;
  }

  turn(prompt, cause = this.cause) {
    this.wait(this.recorder.between(2, 6));
    this.prompt_id = `p-${this.recorder.events.length}`;
    this.before_turn = this.cause;
    this.cause = this.put('turn.started', {session_id: this.session_id, prompt_id: this.prompt_id, prompt}, cause);
    this.tools = 0;
    return this;
  }

  end(text) {
    this.wait(this.recorder.between(2, 5));
    const calls = this.tools + 1;
    const usage = {
      input_tokens: Math.round(this.recorder.between(700, 2100) * calls),
      output_tokens: Math.round(this.recorder.between(180, 520) * calls),
      cache_read_input_tokens: Math.round(this.recorder.between(4200, 9600) * calls),
    };
    const cost = (usage.input_tokens * 5 + usage.output_tokens * 25 + usage.cache_read_input_tokens * 0.5) / 1e6;
    this.put('agent.response.received', {
      session_id: this.session_id,
      message_id: `msg_${this.recorder.seed}_${this.recorder.events.length}`,
      model: this.model,
      usage,
      cost_usd: Number(cost.toFixed(4)),
    });
    this.put('turn.completed', {session_id: this.session_id, prompt_id: this.prompt_id, last_assistant_message: text});
    this.cause = this.before_turn;
    return this;
  }

  begin_tool(tool_name, tool_input) {
    this.wait(this.recorder.between(2, 11));
    this.tools++;
    const call = {session_id: this.session_id, tool_name, tool_use_id: `toolu_${this.recorder.seed}_${++this.recorder.calls}`, tool_input};
    return {call, started: this.put('agent.tool.started', call), began: this.at};
  }

  /** A call and what came of it; `asks` seconds for a person to allow it, `inside` what happens meanwhile. */
  tool(tool_name, tool_input, answer, {takes, fails, asks, inside} = {}) {
    const {call, started, began} = this.begin_tool(tool_name, tool_input);
    if (asks) {
      this.wait(0.4);
      this.put('permission.requested', {session_id: this.session_id, tool_name, tool_use_id: call.tool_use_id, tool_input}, started);
      this.wait(asks);
    }
    if (inside) inside(started, call);
    this.wait(takes ?? this.recorder.between(0.1, 1.9));
    const duration_ms = Math.round((this.at - began) * 1000);
    if (fails) this.put('agent.tool.failed', {...call, error: answer ? `${fails}\n${answer}` : fails, duration_ms}, started);
    else this.put('agent.tool.completed', {...call, tool_response: answer, duration_ms}, started);
    return this;
  }

  /** A subagent that works on its own while this one waits for it. */
  subagent(agent_id, prompt, work) {
    return this.tool('Agent', {subagent_type: agent_id, description: prompt.slice(0, 40), prompt}, undefined, {
      takes: 0.3,
      inside: (started, call) => {
        const sub = this.recorder.agent(agent_id, {at: this.at + 0.5, model: 'claude-haiku-5', parent: this.agent_id});
        sub.session_id = this.session_id;
        sub.correlation_id = this.correlation_id;
        const about = {session_id: this.session_id, agent_id, agent_type: agent_id};
        sub.cause = sub.put('subagent.started', {...about, parent_agent_id: this.agent_id, parent_tool_use_id: call.tool_use_id}, started);
        const result = work(sub);
        sub.wait(1);
        sub.end_silently();
        sub.put('subagent.completed', {...about, last_assistant_message: result});
        this.at = sub.at;
      },
    });
  }

  /** What a subagent's answer cost, without a turn of its own. */
  end_silently() {
    const calls = this.tools + 1;
    const usage = {input_tokens: 900 * calls, output_tokens: 210 * calls, cache_read_input_tokens: 3100 * calls};
    this.put('agent.response.received', {
      session_id: this.session_id,
      message_id: `msg_${this.recorder.seed}_${this.recorder.events.length}`,
      model: this.model,
      usage,
      cost_usd: Number(((usage.input_tokens + usage.output_tokens * 5 + usage.cache_read_input_tokens * 0.1) / 1e6).toFixed(4)),
    });
  }

  /** @returns the note's event */
  note(category, title, content, {tags = [], file, feature, cause} = {}) {
    this.wait(this.recorder.between(1, 3));
    const data = {agent_id: this.agent_id, title, content, tags};
    if (file) data.related_file = file;
    if (feature) data.related_feature = feature;
    return this.put(`agent.note.${category}`, data, cause);
  }

  /** @returns the message's event */
  send(to_agent, content, {priority = 'normal', message_type = 'notification', awaiting_response = false} = {}) {
    this.wait(1);
    const correlation_id = `message-${this.recorder.seed}-${++this.recorder.messages}`;
    return this.recorder.put(this.at, 'agent.message.sent',
      {from_agent: this.agent_id, to_agent, content, priority, message_type, awaiting_response},
      {agent_id: this.agent_id, cause: this.cause, correlation_id});
  }

  read(message) {
    this.wait(1.2);
    this.recorder.put(this.at, 'agent.message.acknowledged', {from_agent: this.agent_id}, {agent_id: this.agent_id, cause: message});
    return this;
  }

  answer(message, result, success = true) {
    this.wait(1);
    this.recorder.put(this.at, 'agent.message.completed', {from_agent: this.agent_id, result, success}, {agent_id: this.agent_id, cause: message});
    return this;
  }
}
