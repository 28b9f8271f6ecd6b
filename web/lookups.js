// @ts-check
/* What the server is asked for beside the history: the list of workflows, words in events, traces, whether the
 * chain holds. Each keeps what was found for as long as the question is the same. */

import {breathe} from './slices.js';

/** @typedef {import('./api.js').Api} Api */
/** @typedef {import('./model.js').Event} Event */
/** @typedef {import('./model.js').Search} Search */
/** @typedef {import('./model.js').Trace} Trace */
/** @typedef {import('./model.js').Model['verification']} Verification */

const LIST_MS = 30000;
const LIST_SOON_MS = 1000;
const LIST_AGAIN_MS = 4000;
const TYPING_MS = 180;
const HITS_MAX = 1000;
const SEARCH_AGAIN_MS = 3000;
const TRACE_AGAIN_MS = 1500;
const TRACE_LONG = 2000;

/** The list of workflows: read every 30 seconds, a second after something happened, or four after it failed. */
export class Directory {
  /** @type {import('./model.js').Workflow[]} */
  workflows = [];
  /** @type {import('./model.js').Model['workflows_state']} */
  state = 'loading';
  problem = '';
  /** Of the log, when the list was made. */
  position = 0;

  #api;
  #on_answer;
  /** @type {any} */
  #timer = null;
  #asked_at = -Infinity;
  #asking = false;
  /* Something happened behind the question that is asked: its answer may not know. */
  #again = false;
  #closed = false;

  /** @param {Api} api @param {() => void} on_answer */
  constructor(api, on_answer) {
    this.#api = api;
    this.#on_answer = on_answer;
  }

  /** @param {string | null} workflow_id */
  has(workflow_id) {
    return this.workflows.some((workflow) => workflow.workflow_id === workflow_id);
  }

  async load() {
    if (this.#closed) return;
    if (this.#asking) {
      this.#again = true;
      return;
    }
    this.#asking = true;
    this.#again = false;
    try {
      const answer = await this.#api.workflows();
      this.workflows = answer.workflows;
      this.position = answer.position;
      this.state = 'ready';
      this.problem = '';
    } catch (error) {
      this.state = this.workflows.length > 0 ? 'ready' : 'failed';
      this.problem = /** @type {Error} */ (error).message;
    }
    this.#asking = false;
    this.#asked_at = performance.now();
    this.#load_in(this.problem ? LIST_AGAIN_MS : this.#again ? LIST_SOON_MS : LIST_MS);
    if (!this.#closed) this.#on_answer();
  }

  /** Something happened somewhere. */
  load_soon() {
    this.#load_in(Math.max(0, this.#asked_at + LIST_SOON_MS - performance.now()));
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  /** @param {number} ms */
  #load_in(ms) {
    clearTimeout(this.#timer);
    if (!this.#closed) this.#timer = setTimeout(() => this.load(), ms);
  }
}

/** @type {Search} */
const NO_SEARCH = {state: 'idle', sequences: null, excerpts: new Map(), more: false, problem: ''};

/** Words that are searched for. */
export class Finder {
  search = NO_SEARCH;

  #api;
  #on_change;
  #asked = '';
  #events = -1;
  /** @type {any} */
  #timer = null;

  /** @param {Api} api @param {() => void} on_change */
  constructor(api, on_change) {
    this.#api = api;
    this.#on_change = on_change;
  }

  /**
   * Look for these words, once no more are typed; and again, now and then, while events come.
   * @param {string | null} workflow_id @param {string} q
   * @param {number} events  how many the workflow has
   */
  find(workflow_id, q, events) {
    const words = q.trim();
    const question = words && workflow_id ? `${workflow_id}\n${words}` : '';
    const again = question === this.#asked;
    const rests = this.#timer !== null || this.search.state !== 'ready';
    if (again && (rests || events === this.#events)) return;
    this.#asked = question;
    this.#events = events;
    if (!again) this.search = question ? {...this.search, state: 'loading', problem: ''} : NO_SEARCH;
    clearTimeout(this.#timer);
    this.#timer = null;
    if (workflow_id === null || !question) return;
    this.#timer = setTimeout(() => this.#ask(question, workflow_id, words), again ? SEARCH_AGAIN_MS : TYPING_MS);
  }

  /** @param {string} question @param {string} workflow_id @param {string} words */
  async #ask(question, workflow_id, words) {
    this.#timer = null;
    /** @type {Search} */
    let found;
    try {
      found = read_hits(await this.#api.search(words, workflow_id, HITS_MAX));
    } catch (error) {
      if (question !== this.#asked) return;
      found = this.#failed(error, () => this.#ask(question, workflow_id, words));
    }
    if (question !== this.#asked) return;
    this.search = found;
    this.#on_change();
  }

  /** @param {any} error @param {() => void} ask @returns {Search} */
  #failed(error, ask) {
    if (may_pass(error)) this.#timer = setTimeout(ask, SEARCH_AGAIN_MS);
    return {...NO_SEARCH, state: 'failed', problem: error.message};
  }
}

/** Is it trouble that may be over in a while, not a question that will never be answered? @param {any} error */
const may_pass = (error) => error.status === undefined || error.status === 0 || error.status >= 500;

/** @param {{hits: {event: Event, excerpt: string}[], more: boolean}} answer @returns {Search} */
function read_hits(answer) {
  const sequences = Int32Array.from(answer.hits, (hit) => hit.event.sequence).sort();
  const excerpts = new Map(answer.hits.map((hit) => [hit.event.sequence, hit.excerpt]));
  return {state: 'ready', sequences, excerpts, more: answer.more, problem: ''};
}

/** One trace, read again when events of it may have come. */
export class Tracer {
  /** @type {Trace | null} */
  trace = null;

  #api;
  #on_change;
  #asked = '';
  #events = -1;
  #asked_at = 0;
  #asking = false;

  /** @param {Api} api @param {() => void} on_change */
  constructor(api, on_change) {
    this.#api = api;
    this.#on_change = on_change;
  }

  /**
   * @param {string} workflow_id @param {string | null} correlation
   * @param {number} events  how many the workflow has: more than last time, and it is read again
   */
  show(workflow_id, correlation, events) {
    const question = correlation === null ? '' : `${workflow_id}\n${correlation}`;
    const again = question === this.#asked;
    const early = this.#asking || performance.now() - this.#asked_at < TRACE_AGAIN_MS;
    if (again && (events === this.#events || early || correlation === null)) return;
    this.#asked = question;
    this.#events = events;
    if (correlation === null) {
      this.trace = null;
      return;
    }
    if (!again) this.trace = {state: 'loading', correlation_id: correlation, events: []};
    this.#ask(question, workflow_id, correlation);
  }

  /** @param {string} question @param {string} workflow_id @param {string} correlation */
  async #ask(question, workflow_id, correlation) {
    this.#asking = true;
    this.#asked_at = performance.now();
    /** @type {Trace} */
    let trace = {state: 'failed', correlation_id: correlation, events: []};
    try {
      const answer = await this.#api.trace(correlation, workflow_id);
      /* To read a long answer took long already. */
      if (answer.events.length > TRACE_LONG) await breathe();
      trace = {...trace, state: answer.events.length ? 'ready' : 'missing', events: tree_of(answer.events)};
    } catch (error) {
      if (/** @type {any} */ (error).status === 404) trace.state = 'missing';
    }
    if (question !== this.#asked) return;
    this.#asking = false;
    if (trace.state === 'failed') {
      this.#events = -1;
      setTimeout(this.#on_change, TRACE_AGAIN_MS);
    }
    if (trace.state !== 'failed' || this.trace?.state !== 'ready') this.trace = trace;
    this.#on_change();
  }
}

/**
 * The parents of what came in tree order with depths.
 * @param {{event: Event, depth: number, offset_ms: number}[]} rows @returns {Trace['events']}
 */
export function tree_of(rows) {
  /** @type {number[]} the last index at each depth */
  const path = [];
  return rows.map(({event, depth, offset_ms}, index) => {
    const parent = depth > 0 ? path[depth - 1] ?? -1 : -1;
    path[depth] = index;
    path.length = depth + 1;
    return {event, depth, parent, offset_us: offset_ms * 1000};
  });
}

/** @type {Verification} */
const NOT_VERIFIED = {state: 'unknown', sequence: 0, text: 'Chain not verified'};

/** Whether the workflow's chain holds. */
export class Verifier {
  verification = NOT_VERIFIED;

  #api;
  #on_change;
  #serial = 0;

  /** @param {Api} api @param {() => void} on_change */
  constructor(api, on_change) {
    this.#api = api;
    this.#on_change = on_change;
  }

  forget() {
    this.#serial++;
    this.verification = NOT_VERIFIED;
  }

  /** @param {string} workflow_id @param {number} head */
  async verify(workflow_id, head) {
    const mine = ++this.#serial;
    this.verification = {state: 'checking', sequence: head, text: 'Verifying the chain'};
    this.#on_change();
    /** @type {Verification} */
    let told;
    try {
      told = read_verdict(await this.#api.verify(workflow_id), head);
    } catch (error) {
      told = {state: 'failed', sequence: 0, text: `Not verified: ${/** @type {Error} */ (error).message}`};
    }
    if (mine !== this.#serial) return;
    this.verification = told;
    this.#on_change();
  }
}

/** @param {any} answer @param {number} head @returns {Verification} */
function read_verdict(answer, head) {
  const sequence = Number(answer.events) || head;
  if (answer.damages === 0) return {state: 'intact', sequence, text: `Chain verified to #${sequence}`};
  const first = (answer.findings ?? []).find((/** @type {any} */ finding) => finding.damage);
  const where = first ? `: ${first.where}: ${first.what}` : '';
  return {state: 'damaged', sequence, text: `Damaged (${answer.damages})${where}`};
}
