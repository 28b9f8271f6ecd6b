// @ts-check
/* What happened at one time, or kept somebody waiting, read from the columns: notes, errors, milestones; waits for
 * a permission, until that agent's next event; pauses, until the workflow goes on. Taken in as events come. Each
 * list is by time, whatever the order of the events was. */
import {is_error} from './kinds.js';

/** @typedef {{us: number, sequence: number, agent: string, what: string}} Moment */
/** @typedef {{us: number, to_us: number, sequence: number, agent: string}} Stretch  to_us is Infinity while it lasts */

/** @type {Record<string, string>} what the scrubber marks */
const MILESTONES = {
  'feature.started': 'started', 'feature.completed': 'completed', 'feature.failed': 'failed',
  'workflow.completed': 'completed', 'workflow.failed': 'failed', 'workflow.paused': 'paused',
  'workflow.resumed': 'started',
  'workflow.phase_changed': 'phase', 'phase.changed': 'phase', 'agent.note.question': 'question',
  'agent.note.blocker': 'question',
};
const RESUMES = new Set(['workflow.resumed', 'workflow.started', 'workflow.completed', 'workflow.failed']);
/* Errors that are seen as the red span which they end. */
const ENDS_OF_SPANS = new Set(['agent.tool.failed', 'feature.failed', 'workflow.failed']);
const NOTE = 'agent.note.';

/**
 * Put one in by its time; nearly always it is the last. @template {{us: number}} T @param {T[]} list @param {T} item
 */
function put(list, item) {
  let i = list.length;
  while (i > 0 && list[i - 1].us > item.us) i--;
  list.splice(i, 0, item);
}

/** The number of those in a list by time that are before a time. @param {{us: number}[]} list @param {number} us */
export function count_before(list, us) {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle].us < us) low = middle + 1;
    else high = middle;
  }
  return low;
}

export class Moments {
  constructor() {
    this.count = 0;
    /** @type {Moment[]} `what` is the category */
    this.notes = [];
    /** @type {Moment[]} `what` is the event's type */
    this.errors = [];
    /** @type {Moment[]} `what` is started, completed, failed, paused, question or phase */
    this.milestones = [];
    /** @type {Stretch[]} */
    this.waits = [];
    /** @type {Stretch[]} */
    this.pauses = [];
    /** @type {Map<number, Stretch>} by the agent that waits */
    this.waiting = new Map();
    /** @type {Stretch | null} */
    this.pause = null;
    /** @type {boolean[]} by type: is there anything to do but for those who wait */
    this.matters = [];
  }

  /**
   * Take in the events that came since. @param {import('./model.js').Columns} columns
   * @param {number} [count] up to here
   */
  take(columns, count = columns.count) {
    const {types, agents, type_names} = columns;
    for (let type = this.matters.length; type < type_names.length; type++)
      this.matters.push(matters(type_names[type]));
    for (let i = this.count; i < count; i++) {
      if (this.waiting.size > 0) this.#end_wait(agents[i], columns.times_us[i]);
      if (this.matters[types[i]]) this.#take(columns, i);
    }
    this.count = Math.max(this.count, count);
  }

  /** @param {number} agent @param {number} us */
  #end_wait(agent, us) {
    const wait = this.waiting.get(agent);
    if (!wait) return;
    wait.to_us = Math.max(us, wait.us);
    this.waiting.delete(agent);
  }

  /** @param {import('./model.js').Columns} columns @param {number} i */
  #take(columns, i) {
    const type = columns.type_names[columns.types[i]];
    const us = columns.times_us[i];
    const agent = columns.agent_names[columns.agents[i]] ?? '';
    const sequence = i + 1;
    const milestone = MILESTONES[type];
    if (type.startsWith(NOTE)) put(this.notes, {us, sequence, agent, what: type.slice(NOTE.length)});
    if (milestone) put(this.milestones, {us, sequence, agent, what: milestone});
    if (is_error(type) && !ENDS_OF_SPANS.has(type)) put(this.errors, {us, sequence, agent, what: type});
    if (type === 'permission.requested') {
      const wait = {us, to_us: Infinity, sequence, agent};
      put(this.waits, wait);
      this.waiting.set(columns.agents[i], wait);
    }
    if (type === 'workflow.paused' && !this.pause) {
      this.pause = {us, to_us: Infinity, sequence, agent};
      put(this.pauses, this.pause);
    } else if (this.pause && RESUMES.has(type)) {
      this.pause.to_us = Math.max(us, this.pause.us);
      this.pause = null;
    }
  }
}

/** @param {string} type */
function matters(type) {
  return type.startsWith(NOTE) || Object.hasOwn(MILESTONES, type) || is_error(type) || RESUMES.has(type) ||
    type === 'permission.requested';
}
