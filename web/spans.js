// @ts-check
/* The spans of the timeline, sorted by their start, with times read: what the canvas draws. The fold (fold.js)
 * keeps them in its own order and says which of them changed; here they keep their object for as long as they
 * are, so that whoever holds one sees it end.
 *
 * Whoever makes something of all spans asks changes_since() what is to be made again: with 50,000 of them, a look
 * at each for every event that comes would be most of a frame. */

import {time_us} from './format.js';

/** @typedef {import('./model.js').Span} Span */

/** @param {any} json @param {Span} span */
function read_span(json, span) {
  span.id = json.id;
  span.parent_id = json.parent_id;
  span.kind = json.kind;
  span.name = json.name;
  span.agent_id = json.agent_id;
  span.started_us = time_us(json.started_at);
  span.ended_us = json.ended_at === undefined ? null : time_us(json.ended_at);
  span.status = json.status;
  span.sequence = json.sequence;
  span.key = json.key;
  return span;
}

/** @param {Span} a @param {Span} b */
const earlier = (a, b) => a.started_us - b.started_us || a.sequence - b.sequence;

/**
 * What happened to a list of spans: `from` is the first place at which another span stands now (Infinity: none),
 * `spans` are those that are new or were changed, some of them more than once.
 * @typedef {{from: number, spans: Span[]}} Changes
 */

const JOURNAL_MAX = 4096;
/** @type {WeakMap<readonly Span[], Spans>} whose list it is */
const owners = new WeakMap();

/**
 * What changed in a model's spans since a revision; null: nobody knows, so anything may have.
 * @param {readonly Span[]} list @param {number} revision @returns {Changes | null}
 */
export function changes_since(list, revision) {
  return owners.get(list)?.changes_since(revision) ?? null;
}

export class Spans {
  /** @type {Span[]} sorted */
  list = [];
  /** Rises by one whenever the list, or a span in it, changed. */
  revision = 0;
  /** @type {Span[]} in the order of the fold */
  #folded = [];
  /** @type {{from: number, span: Span}[]} of the last revisions, one each */
  #journal = [];

  /** The next of all spans, in the order of the fold; they are shown once all are there: sort(). @param {any} json */
  read(json) {
    this.#folded.push(read_span(json, /** @type {Span} */ ({})));
  }

  sort() {
    this.list = this.#folded.toSorted(earlier);
    owners.set(this.list, this);
    this.#journal = [];
    this.revision++;
  }

  /** @param {number} revision @returns {Changes | null} */
  changes_since(revision) {
    const count = this.revision - revision;
    if (count < 0 || count > this.#journal.length) return null;
    const told = count > 0 ? this.#journal.slice(-count) : [];
    return {from: told.reduce((least, {from}) => Math.min(least, from), Infinity), spans: told.map(({span}) => span)};
  }

  /** @param {number} from @param {Span} span */
  #note(from, span) {
    this.revision++;
    this.#journal.push({from, span});
    /* Cut in halves, so that it is seldom. */
    if (this.#journal.length > 2 * JOURNAL_MAX) this.#journal = this.#journal.slice(-JOURNAL_MAX);
  }

  /** The fold's span `index` is new, or is now this. @param {number} index @param {any} json */
  take(index, json) {
    const known = this.#folded[index];
    const started_us = known?.started_us;
    const span = read_span(json, known ?? /** @type {Span} */ ({}));
    if (known && Object.is(started_us, span.started_us)) return this.#note(Infinity, span);
    const {list} = this;
    const was = known ? list.indexOf(known) : list.length;
    list.splice(was, 1);
    this.#folded[index] = span;
    let at = list.length;
    while (at > 0 && earlier(list[at - 1], span) > 0) at--;
    list.splice(at, 0, span);
    this.#note(Math.min(was, at), span);
  }
}
