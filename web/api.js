// @ts-check
/* The network: the only file that knows of it. What it gives is what docs/API.md says; a refusal is thrown as
 * `Refusal`, with the server's own words. copy_api.js gives the same from events that are there already. */

import {breathe, slice_clock} from './slices.js';

/** @typedef {import('./model.js').Event} Event */
/** @typedef {ReturnType<typeof http_api>} Api */

export class Refusal extends Error {
  /** @param {number} status @param {string} code @param {string} message */
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** @param {Record<string, any>} parameters */
function query_of(parameters) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== null) query.set(name, String(value));
  }
  const text = query.toString();
  return text && '?' + text;
}

/** @param {Response} response */
async function refusal_of(response) {
  try {
    const {error} = await response.json();
    return new Refusal(response.status, String(error.code), String(error.message));
  } catch {
    return new Refusal(response.status, 'failed', `the server answered ${response.status}`);
  }
}

/** @param {string} path @param {RequestInit} [options] */
async function request(path, options) {
  let response;
  try {
    response = await fetch(path, {cache: 'no-store', ...options});
  } catch (error) {
    if (options?.signal?.aborted) throw error;
    throw new Refusal(0, 'unreachable', 'the server cannot be reached: is `jc dashboard` running?');
  }
  if (!response.ok) throw await refusal_of(response);
  return response;
}

/** @param {string} path @param {AbortSignal} [signal] */
async function get_json(path, signal) {
  return (await request(path, {signal})).json();
}

/**
 * JSON lines, parsed while they come, in slices.
 * @param {string} path @param {(value: any) => void} on_line @param {AbortSignal} [signal]
 */
async function get_lines(path, on_line, signal) {
  const response = await request(path, {signal});
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
  const decoder = new TextDecoder();
  const used_up = slice_clock();
  let rest = '';
  for (;;) {
    const {done, value} = await reader.read();
    rest += decoder.decode(value, {stream: !done});
    const lines = rest.split('\n');
    rest = done ? '' : /** @type {string} */ (lines.pop());
    for (const line of lines) {
      if (line === '') continue;
      on_line(JSON.parse(line));
      if (used_up()) await breathe();
    }
    if (done) return;
  }
}

/** @param {string} path @param {any} body */
async function post(path, body) {
  const headers = {'Content-Type': 'application/json'};
  return (await request(path, {method: 'POST', headers, body: JSON.stringify(body)})).json();
}

export function http_api() {
  /** @param {string} what @param {string} id */
  const of = (what, id) => `/api/${what}/${encodeURIComponent(id)}`;

  return {
    /** Is this a copy of the page, without a server? */
    copied_at: /** @type {string | null} */ (null),

    workflows: () => get_json('/api/workflows'),

    /**
     * @param {string} workflow_id @param {number} after @param {(block: any) => void} on_block
     * @param {AbortSignal} [signal]
     */
    outline: (workflow_id, after, on_block, signal) =>
      get_lines(of('outline', workflow_id) + query_of({after: after || undefined}), on_block, signal),

    /**
     * All events from one sequence to another, however many answers that takes, with the lengths of their lines.
     * @param {string} workflow_id @param {number} from @param {number} to @param {AbortSignal} [signal]
     * @returns {Promise<{event: Event, size: number}[]>}
     */
    async events(workflow_id, from, to, signal) {
      const found = [];
      let after = from - 1;
      while (after < to) {
        const path = of('events', workflow_id) + query_of({after, limit: Math.min(1000, to - after)});
        const text = await (await request(path, {signal})).text();
        /** @type {Event[]} */
        const events = JSON.parse(text).events;
        if (events.length === 0) break;
        const size = Math.ceil(text.length / events.length);
        for (const event of events) found.push({event, size});
        after = events[events.length - 1].sequence;
      }
      return found;
    },

    /** @param {string} id @returns {Promise<Event>} */
    event: (id) => get_json(of('event', id)),

    /**
     * @param {string} workflow_id @param {string[]} projections @param {number | null} at @param {AbortSignal} [signal]
     * @returns {Promise<{sequence: number, states: any}>}
     */
    async state(workflow_id, projections, at, signal) {
      const query = query_of({projection: projections.join(','), at});
      const answer = await get_json(of('state', workflow_id) + query, signal);
      /** @type {any[]} */
      const list = answer.states ?? [answer];
      return {
        sequence: Math.max(...list.map((one) => one.sequence)),
        states: Object.fromEntries(list.map((one) => [one.projection, one.state])),
      };
    },

    /**
     * The first line says what follows.
     * @param {string} workflow_id @param {(value: any) => void} on_line @param {AbortSignal} [signal]
     */
    timeline: (workflow_id, on_line, signal) => get_lines(of('timeline', workflow_id), on_line, signal),

    /** @param {string} correlation @param {string} workflow_id */
    trace: (correlation, workflow_id) => get_json(of('trace', correlation) + query_of({workflow: workflow_id})),

    /** @param {string} q @param {string} workflow_id @param {number} limit */
    search: (q, workflow_id, limit) => get_json('/api/search' + query_of({q, workflow: workflow_id, limit})),

    /** @param {string} workflow_id */
    verify: (workflow_id) => get_json('/api/verify' + query_of({workflow: workflow_id})),

    /** @param {any} note */
    add_note: (note) => post('/api/notes', note),

    /** @param {any} event */
    add_event: (event) => post('/api/events', event),

    /**
     * @param {string | null} workflow_id null: of all workflows @param {number} after
     * @returns {EventSource | null}
     */
    stream(workflow_id, after) {
      if (workflow_id === null) return new EventSource('/api/stream' + query_of({after}));
      return new EventSource(of('events', workflow_id) + '/stream' + query_of({heads: 1, after}));
    },

    /** A file of the page itself. @param {string} path */
    source: async (path) => (await request(path)).text(),
  };
}
