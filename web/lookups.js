// @ts-check
/* What the server is asked for beside the history: words in events, traces, whether the chain holds. Each keeps
 * what was found for as long as the question is the same. */

/** @typedef {import('./api.js').Api} Api */
/** @typedef {import('./model.js').Search} Search */
/** @typedef {import('./model.js').Trace} Trace */
/** @typedef {import('./model.js').Model['verification']} Verification */

const TYPING_MS = 180;
const HITS_MAX = 1000;
const TRACE_AGAIN_MS = 1500;

/** @type {Search} */
const NO_SEARCH = {state: 'idle', sequences: null, excerpts: new Map(), more: false, problem: ''};

/** Words that are searched for. @param {Api} api @param {() => void} on_change */
export function make_finder(api, on_change) {
  let asked = '';
  /** @type {any} */
  let timer = null;

  const self = {
    /** @type {Search} */
    search: NO_SEARCH,

    /** Look for these words, once no more are typed. @param {string | null} workflow_id @param {string} q */
    find(workflow_id, q) {
      const words = q.trim();
      const question = words && workflow_id ? `${workflow_id}\n${words}` : '';
      if (question === asked) return;
      asked = question;
      clearTimeout(timer);
      if (!question) {
        self.search = NO_SEARCH;
        return;
      }
      self.search = {...self.search, state: 'loading', problem: ''};
      timer = setTimeout(() => ask(question, /** @type {string} */ (workflow_id), words), TYPING_MS);
    },
  };

  /** @param {string} question @param {string} workflow_id @param {string} words */
  async function ask(question, workflow_id, words) {
    /** @type {Search} */
    let found;
    try {
      found = read_hits(await api.search(words, workflow_id, HITS_MAX));
    } catch (error) {
      found = {...NO_SEARCH, state: 'failed', problem: /** @type {Error} */ (error).message};
    }
    if (question !== asked) return;
    self.search = found;
    on_change();
  }

  return self;
}

/** @param {{hits: {event: import('./model.js').Event, excerpt: string}[], more: boolean}} answer @returns {Search} */
function read_hits(answer) {
  const sequences = Int32Array.from(answer.hits, (hit) => hit.event.sequence).sort();
  const excerpts = new Map(answer.hits.map((hit) => [hit.event.sequence, hit.excerpt]));
  return {state: 'ready', sequences, excerpts, more: answer.more, problem: ''};
}

/** One trace, read again when events of it may have come. @param {Api} api @param {() => void} on_change */
export function make_tracer(api, on_change) {
  let asked = '';
  let revision = -1;
  let asked_at = 0;
  let asking = false;

  const self = {
    /** @type {Trace | null} */
    trace: null,

    /**
     * @param {string} workflow_id @param {string | null} correlation
     * @param {number} events  how many of it there are: more than last time, and it is read again
     */
    show(workflow_id, correlation, events) {
      if (correlation === null) {
        self.trace = null;
        asked = '';
        return;
      }
      const question = `${workflow_id}\n${correlation}`;
      const again = question === asked;
      if (again && (events === revision || asking || performance.now() - asked_at < TRACE_AGAIN_MS)) return;
      asked = question;
      revision = events;
      if (!again) self.trace = {state: 'loading', correlation_id: correlation, events: []};
      ask(question, workflow_id, correlation);
    },
  };

  /** @param {string} question @param {string} workflow_id @param {string} correlation */
  async function ask(question, workflow_id, correlation) {
    asking = true;
    asked_at = performance.now();
    /** @type {Trace} */
    let trace = {state: 'failed', correlation_id: correlation, events: []};
    try {
      const answer = await api.trace(correlation, workflow_id);
      trace = {...trace, state: answer.events.length ? 'ready' : 'missing', events: tree_of(answer.events)};
    } catch (error) {
      if (/** @type {any} */ (error).status === 404) trace.state = 'missing';
    }
    asking = false;
    if (question !== asked) return;
    self.trace = trace;
    on_change();
  }

  return self;
}

/**
 * The parents of what came in tree order with depths.
 * @param {{event: import('./model.js').Event, depth: number, offset_ms: number}[]} rows @returns {Trace['events']}
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

/** Whether the workflow's chain holds. @param {Api} api @param {() => void} on_change */
export function make_verifier(api, on_change) {
  let serial = 0;

  const self = {
    /** @type {Verification} */
    verification: {state: 'unknown', sequence: 0, text: 'Chain not verified'},

    forget() {
      serial++;
      self.verification = {state: 'unknown', sequence: 0, text: 'Chain not verified'};
    },

    /** @param {string} workflow_id @param {number} head */
    async verify(workflow_id, head) {
      const mine = ++serial;
      self.verification = {state: 'checking', sequence: head, text: 'Verifying the chain'};
      on_change();
      /** @type {Verification} */
      let told;
      try {
        told = read_verdict(await api.verify(workflow_id), head);
      } catch (error) {
        told = {state: 'failed', sequence: 0, text: `Not verified: ${/** @type {Error} */ (error).message}`};
      }
      if (mine !== serial) return;
      self.verification = told;
      on_change();
    },
  };
  return self;
}

/** @param {any} answer @param {number} head @returns {Verification} */
function read_verdict(answer, head) {
  const sequence = Number(answer.events) || head;
  if (answer.damages === 0) return {state: 'intact', sequence, text: `Chain verified to #${sequence}`};
  const first = (answer.findings ?? []).find((/** @type {any} */ finding) => finding.damage);
  const where = first ? `: ${first.where}: ${first.what}` : '';
  return {state: 'damaged', sequence, text: `Damaged (${answer.damages})${where}`};
}
