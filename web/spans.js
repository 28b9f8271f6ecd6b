// @ts-check
/* The spans of the timeline, sorted by their start, with times read: what the canvas draws. The fold (fold.js)
 * keeps them in its own order and says which of them changed; here they keep their object for as long as they
 * are, so that whoever holds one sees it end. */

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

export class Spans {
  /** @type {Span[]} sorted */
  list = [];
  /** Rises whenever the list, or a span in it, changed. */
  revision = 0;
  /** @type {Span[]} in the order of the fold */
  #folded = [];

  /** All spans at once, in the order of the fold. @param {any[]} all */
  fill(all) {
    this.#folded = all.map((json) => read_span(json, /** @type {Span} */ ({})));
    this.list = this.#folded.toSorted(earlier);
    this.revision++;
  }

  /** The fold's span `index` is new, or is now this. @param {number} index @param {any} json */
  take(index, json) {
    const known = this.#folded[index];
    const started_us = known?.started_us;
    const span = read_span(json, known ?? /** @type {Span} */ ({}));
    this.revision++;
    if (known && started_us === span.started_us) return;
    const {list} = this;
    if (known) list.splice(list.indexOf(known), 1);
    this.#folded[index] = span;
    let at = list.length;
    while (at > 0 && earlier(list[at - 1], span) > 0) at--;
    list.splice(at, 0, span);
  }
}
