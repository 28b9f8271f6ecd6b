// @ts-check
/* Why an event happened, and what it led to, as far as the events are known to the page. */

/** @typedef {import('./model.js').Event} Event */
/** @typedef {import('./model.js').Model} Model */

const STEPS_MAX = 40;
const LOOK_AHEAD = 512; // events behind one, whose causes are looked at
const EFFECTS_MAX = 200;

/**
 * The causes of an event, the first of all first. `unknown` is the id at which the way ends, because it is not
 * loaded yet or was never recorded; `cut`, that there is more or that they go round in a circle.
 * @param {Event} event @param {Model['events']} events @returns {{chain: Event[], unknown: string | null,
 * cut: boolean}}
 */
export function causes_of(event, events) {
  /** @type {Event[]} */
  const chain = [];
  const seen = new Set([event.id]);
  let id = event.causation_id;
  while (id !== undefined) {
    if (seen.has(id) || chain.length >= STEPS_MAX) return {chain: chain.reverse(), unknown: null, cut: true};
    seen.add(id);
    const cause = events.by_id(id);
    if (!cause) return {chain: chain.reverse(), unknown: id, cut: false};
    chain.push(cause);
    id = cause.causation_id;
  }
  return {chain: chain.reverse(), unknown: null, cut: false};
}

/**
 * Events whose cause is this one: of the whole trace when that is loaded (`whole`), else of the next events that are.
 * @param {Event} event @param {Model} model @returns {{effects: Event[], whole: boolean}}
 */
export function effects_of(event, model) {
  const {trace} = model;
  const is_traced = trace?.state === 'ready' && trace.correlation_id === event.correlation_id;
  if (is_traced) {
    const effects = trace.events.filter((each) => each.event.causation_id === event.id).map((each) => each.event);
    return {effects: effects.slice(0, EFFECTS_MAX), whole: true};
  }
  /** @type {Event[]} */
  const effects = [];
  const end = Math.min(model.head, event.sequence + LOOK_AHEAD);
  for (let sequence = event.sequence + 1; sequence <= end && effects.length < EFFECTS_MAX; sequence++) {
    const each = model.events.get(sequence);
    if (each?.causation_id === event.id) effects.push(each);
  }
  return {effects, whole: false};
}
