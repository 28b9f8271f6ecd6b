// @ts-check
/* The projection `timings`: every attempt at every feature, when it began, when and how it ended. The twin of
 * src/projection/timings.c. An attempt that nobody ended ends where the next begins. */

import {names_change, names_find, names_new, names_read, names_write} from './names.js';
import {add, data_of, duration_between, list_in, list_json, start_told} from './values.js';

/** @typedef {import('./values.js').Event} Event */
/** @typedef {Record<string, any>} Data */
/** @typedef {{status: string, started_at?: string, ended_at?: string}} Attempt */
/** @typedef {{place: number, status: string, planned_at?: string, attempts: import('./values.js').Listed<Attempt>,
 *   json: any}} Feature */
/** @typedef {ReturnType<typeof init>} State */

function init() {
  return {names: names_new(), features: /** @type {import('./values.js').Listed<Feature>} */ ({items: [], json: null}),
    whole: /** @type {any} */ (null)};
}

/** @param {State} state @returns {Feature} */
function add_feature(state) {
  const {items} = state.features;
  const feature = {place: items.length, status: 'planned', attempts: {items: [], json: null}, json: null};
  items.push(feature);
  return feature;
}

/** @param {State} state @param {number} place */
function touch(state, place) {
  const feature = state.features.items[place];
  if (feature !== undefined) feature.json = null;
  state.features.json = state.whole = null;
}

/** @param {Feature} feature @param {Attempt} attempt */
function add_attempt(feature, attempt) {
  feature.attempts.items.push(attempt);
}

/** @param {Feature} feature @param {string} time */
function start(feature, time) {
  const before = feature.attempts.items.at(-1);
  if (before?.status === 'running') Object.assign(before, {status: 'abandoned', ended_at: time});
  feature.status = 'started';
  add_attempt(feature, {status: 'running', started_at: time});
}

/** An end without a start is an attempt all the same; a second end corrects the first.
 * @param {Feature} feature @param {Event} event @param {string} status */
function end(feature, event, status) {
  const attempt = feature.attempts.items.at(-1);
  const ended_at = event.timestamp;
  feature.status = status;
  if (attempt === undefined) add_attempt(feature, {status, started_at: start_told(data_of(event), ended_at), ended_at});
  else Object.assign(attempt, {status, ended_at});
}

/** @param {Feature} feature */
function revert(feature) {
  const attempt = feature.attempts.items.at(-1);
  feature.status = 'started';
  if (attempt?.status === 'completed') attempt.status = 'reverted';
}

/** @type {Record<string, (feature: Feature, event: Event) => void>} */
const HANDLERS = Object.assign(Object.create(null), {
  'feature.planned': (/** @type {Feature} */ feature, /** @type {Event} */ event) => {
    feature.status = 'planned';
    feature.planned_at ??= event.timestamp;
  },
  'feature.started': (/** @type {Feature} */ feature, /** @type {Event} */ event) => start(feature, event.timestamp),
  'feature.completed': (/** @type {Feature} */ feature, /** @type {Event} */ event) => end(feature, event, 'completed'),
  'feature.failed': (/** @type {Feature} */ feature, /** @type {Event} */ event) => end(feature, event, 'failed'),
  'feature.completion_reverted': revert,
  'feature.renamed': () => {},
});

/** @param {State} state @param {Event} event */
function apply(state, event) {
  const take = HANDLERS[event.event_type];
  if (take === undefined) return;
  const data = data_of(event);
  const touched = (/** @type {number} */ at) => touch(state, at);
  const place = names_find(state.names, data, touched);
  if (place < 0) return;
  const feature = state.features.items[place] ?? add_feature(state);
  feature.attempts.json = null;
  touched(place);
  take(feature, event);
  if (event.event_type === 'feature.renamed') names_change(state.names, place, data, touched);
}

/** @param {Attempt} attempt */
function attempt_json({status, started_at, ended_at}) {
  const duration_ms = ended_at !== undefined ? duration_between(started_at, ended_at) : undefined;
  return add({}, {status, started_at, ended_at, duration_ms});
}

/** @param {State} state @param {Feature} feature */
function feature_json(state, feature) {
  if (feature.json !== null) return feature.json;
  /** @type {Record<string, any>} */
  const object = {};
  names_write(state.names, feature.place, object);
  feature.json = add(object, {status: feature.status, planned_at: feature.planned_at,
    attempts: list_json(feature.attempts, attempt_json)});
  return feature.json;
}

/** @param {State} state */
function json(state) {
  state.whole ??= {features: list_json(state.features, (feature) => feature_json(state, feature))};
  return state.whole;
}

/** @param {any} from @returns {State} */
function from_json(from) {
  const state = init();
  for (const object of list_in(from, 'features')) {
    names_read(state.names, object);
    const feature = add_feature(state);
    Object.assign(feature, {status: object.status, planned_at: object.planned_at, json: object});
    for (const {status, started_at, ended_at} of list_in(object, 'attempts'))
      add_attempt(feature, {status, started_at, ended_at});
    feature.attempts.json = object.attempts;
  }
  state.features.json = from.features ?? null;
  state.whole = from;
  return state;
}

export const timings = {name: 'timings', version: 1, init, apply, json, from_json};
