// @ts-check
/* The projection `workflow`: where a workflow stands, and each of its features with its attempts. The twin of
 * src/projection/{workflow,workflow_json,feature}.c. */

import {names_change, names_find, names_new, names_read, names_write} from './names.js';
import {add, amount_in, data_of, duration_between, flag_in, list_in, list_json, member, text_in, text_of, whole}
  from './values.js';

/** @typedef {import('./values.js').Event} Event */
/** @typedef {Record<string, any>} Data */
/** @typedef {{place: number, status: string, attempts: number, description?: string, error?: string,
 *   started_at?: string, completed_at?: string, duration_ms?: number, tests_passing?: boolean, cost_usd?: number,
 *   since?: Since, json: any}} Feature */
/** The event that decided a status. @typedef {{at: string, sequence: number}} Since */
/** @typedef {ReturnType<typeof init>} State */

function init() {
  return {
    status: '', phase: '', description: '', error: '', pause_reason: '',
    since: /** @type {Since | undefined} */ (undefined),
    started_at: /** @type {string | undefined} */ (undefined),
    completed_at: /** @type {string | undefined} */ (undefined),
    duration_ms: /** @type {number | undefined} */ (undefined),
    cost_usd: /** @type {number | undefined} */ (undefined),
    names: names_new(),
    features: /** @type {import('./values.js').Listed<Feature>} */ ({items: [], json: null}),
    tests: {started: 0, passed: 0, failed: 0},
    commits: /** @type {import('./values.js').Listed<any>} */ ({items: [], json: null}),
    commits_failed: 0,
    worktrees: /** @type {import('./values.js').Listed<any>} */ ({items: [], json: null}),
    last_event: /** @type {any} */ (null),
  };
}

/** @param {Event} event @returns {Since} */
function since_of(event) {
  return {at: event.timestamp, sequence: event.sequence};
}

/** Let the event decide where the workflow stands. @param {State} state @param {string} status @param {Event} event */
function set_status(state, status, event) {
  state.status = status;
  state.since = since_of(event);
}

/* ---- Features ---- */

/** @param {State} state @returns {Feature} */
function add_feature(state) {
  const feature = {place: state.features.items.length, status: 'planned', attempts: 0, json: null};
  state.features.items.push(feature);
  state.features.json = null;
  return feature;
}

/** @param {State} state @param {number} place */
function touch(state, place) {
  const feature = state.features.items[place];
  if (feature !== undefined) feature.json = null;
  state.features.json = null;
}

/** @param {Feature} feature @param {Event} event */
function start_attempt(feature, event) {
  feature.status = 'started';
  feature.attempts++;
  feature.started_at ??= event.timestamp;
  feature.completed_at = feature.duration_ms = feature.error = undefined;
}

/** @param {Feature} feature @param {Data} data @param {string} status */
function end_attempt(feature, data, status) {
  feature.status = status;
  feature.attempts ||= 1;
  feature.completed_at = feature.duration_ms = feature.error = undefined;
  const cost = amount_in(data, 'cost_usd');
  const sum = (feature.cost_usd ?? 0) + (cost ?? 0);
  if (cost !== undefined && Number.isFinite(sum)) feature.cost_usd = sum;
  feature.tests_passing = flag_in(data, 'tests_passing') ?? feature.tests_passing;
}

/** @param {Feature} feature @param {Event} event @param {Data} data */
function complete_feature(feature, event, data) {
  end_attempt(feature, data, 'completed');
  feature.completed_at = event.timestamp;
  feature.duration_ms = duration_between(feature.started_at, event.timestamp) ?? whole(amount_in(data, 'duration_ms'));
}

/** @param {Feature} feature */
function revert_completion(feature) {
  feature.status = 'started';
  feature.completed_at = feature.duration_ms = undefined;
}

/** What each type does to its feature. @type {Record<string, (feature: Feature, event: Event, data: Data) => void>} */
const FEATURE_TYPES = {
  'feature.planned': (feature) => { feature.status = 'planned'; },
  'feature.started': start_attempt,
  'feature.completed': complete_feature,
  'feature.failed': (feature, event, data) => {
    end_attempt(feature, data, 'failed');
    feature.error = text_in(data, 'error', 'reason');
  },
  'feature.completion_reverted': revert_completion,
};

/** @param {State} state @param {Event} event @param {Data} data */
function take_feature(state, event, data) {
  const touched = (/** @type {number} */ at) => touch(state, at);
  const place = names_find(state.names, data, touched);
  if (place < 0) return;
  const feature = state.features.items[place] ?? add_feature(state);
  touched(place);
  if (state.status === '') set_status(state, 'running', event);
  if (event.event_type === 'feature.renamed') {
    names_change(state.names, place, data, touched);
    return;
  }
  feature.since = since_of(event);
  FEATURE_TYPES[event.event_type](feature, event, data);
  feature.description = text_in(data, 'description') ?? feature.description;
}

/* ---- The rest ---- */

/** @param {State} state @param {Event} event @param {Data} data */
function start(state, event, data) {
  set_status(state, 'running', event);
  state.started_at ??= event.timestamp;
  state.completed_at = state.duration_ms = undefined;
  state.error = state.pause_reason = '';
  state.description = text_in(data, 'description', 'task', 'title', 'name') ?? state.description;
}

/** @param {State} state @param {Event} event @param {Data} data @param {string} status */
function end(state, event, data, status) {
  set_status(state, status, event);
  state.completed_at = event.timestamp;
  state.duration_ms = duration_between(state.started_at, event.timestamp) ?? whole(amount_in(data, 'duration_ms'));
  state.cost_usd = amount_in(data, 'total_cost_usd', 'total_cost', 'cost_usd') ?? state.cost_usd;
  state.pause_reason = '';
  state.error = (status === 'failed' ? text_in(data, 'error', 'reason', 'message') : undefined) ?? '';
}

/** @param {State} state @param {Event} event @param {Data} data */
function pause(state, event, data) {
  set_status(state, 'paused', event);
  state.pause_reason = text_in(data, 'reason') ?? '';
}

/** @param {State} state @param {Event} event */
function resume(state, event) {
  set_status(state, 'running', event);
  state.pause_reason = '';
}

/** @param {State} state @param {Event} event @param {Data} data */
function change_phase(state, event, data) {
  if (state.status === '') set_status(state, 'running', event);
  state.phase = text_in(data, 'to_phase') ?? state.phase;
}

/** @param {State} state @param {Event} event @param {Data} data */
function add_commit(state, event, data) {
  const commit = {commit_sha: text_in(data, 'commit_sha', 'sha', 'commit'), message: text_in(data, 'message'),
    created_at: event.timestamp};
  state.commits.items.push(add({}, commit));
  state.commits.json = null;
}

/** The verb of the event is the work tree's status. @param {State} state @param {Event} event @param {Data} data */
function see_worktree(state, event, data) {
  const path = text_in(data, 'path', 'worktree', 'branch');
  if (path === undefined) return;
  const list = state.worktrees.items;
  let place = list.findIndex((each) => each.path === path);
  if (place < 0) place = list.length;
  list[place] = add({}, {path, branch: text_in(data, 'branch') ?? list[place]?.branch,
    status: event.event_type.slice('worktree.'.length), updated_at: event.timestamp});
  state.worktrees.json = null;
}

/** @type {Record<string, (state: State, event: Event, data: Data) => void>} */
const HANDLERS = Object.assign(Object.create(null), {
  'workflow.started': start,
  'workflow.paused': pause,
  'workflow.resumed': resume,
  'workflow.completed': (/** @type {State} */ state, /** @type {Event} */ event, /** @type {Data} */ data) =>
    end(state, event, data, 'completed'),
  'workflow.failed': (/** @type {State} */ state, /** @type {Event} */ event, /** @type {Data} */ data) =>
    end(state, event, data, 'failed'),
  'workflow.phase_changed': change_phase,
  'phase.changed': change_phase,
  'feature.planned': take_feature,
  'feature.started': take_feature,
  'feature.completed': take_feature,
  'feature.failed': take_feature,
  'feature.renamed': take_feature,
  'feature.completion_reverted': take_feature,
  'tests.started': (/** @type {State} */ state) => { state.tests.started++; },
  'tests.passed': (/** @type {State} */ state) => { state.tests.passed++; },
  'tests.failed': (/** @type {State} */ state) => { state.tests.failed++; },
  'commit.created': add_commit,
  'commit.failed': (/** @type {State} */ state) => { state.commits_failed++; },
  'worktree.created': see_worktree,
  'worktree.active': see_worktree,
  'worktree.merged': see_worktree,
  'worktree.deleted': see_worktree,
});

/** @param {State} state @param {Event} event */
function apply(state, event) {
  HANDLERS[event.event_type]?.(state, event, data_of(event));
  state.last_event = {sequence: event.sequence, event_type: event.event_type, timestamp: event.timestamp};
}

/* ---- JSON ---- */

/** @param {Since | undefined} since */
function since_json(since) {
  return {status_since: since?.at, status_sequence: since?.sequence};
}

/** @param {any} from @returns {Since | undefined} */
function since_read({status_since, status_sequence}) {
  return status_sequence !== undefined ? {at: status_since, sequence: status_sequence} : undefined;
}

/** @param {State} state @param {Feature} feature */
function feature_json(state, feature) {
  if (feature.json !== null) return feature.json;
  /** @type {Record<string, any>} */
  const object = {};
  names_write(state.names, feature.place, object);
  const {description, status, attempts, started_at, completed_at, duration_ms, error} = feature;
  feature.json = add(object, {description, status, attempts, started_at, completed_at, duration_ms, error,
    tests_passing: feature.tests_passing, cost_usd: feature.cost_usd, ...since_json(feature.since)});
  return feature.json;
}

/** @param {State} state */
function totals(state) {
  let completed = 0;
  let retries = 0;
  let cost_usd = 0;
  let has_cost = false;
  for (const feature of state.features.items) {
    if (feature.status === 'completed') completed++;
    if (feature.attempts > 1) retries += feature.attempts - 1;
    has_cost ||= feature.cost_usd !== undefined;
    cost_usd += feature.cost_usd ?? 0;
  }
  return {completed, retries, cost_usd: has_cost && Number.isFinite(cost_usd) ? cost_usd : undefined};
}

/** @param {State} state */
function json(state) {
  const all = totals(state);
  const {status, phase, description, started_at, completed_at, error, pause_reason, tests} = state;
  return add({}, {
    status, phase, description, started_at, completed_at, error, pause_reason,
    ...since_json(state.since),
    features: list_json(state.features, (feature) => feature_json(state, feature)),
    features_total: state.features.items.length,
    features_completed: all.completed,
    retries: all.retries,
    duration_ms: state.duration_ms,
    cost_usd: state.cost_usd ?? all.cost_usd,
    cost_source: state.cost_usd !== undefined ? 'workflow' : undefined,
    tests: tests.started + tests.passed + tests.failed > 0 ? {...tests} : undefined,
    commits: list_json(state.commits, (commit) => commit),
    commits_failed: state.commits_failed || undefined,
    worktrees: list_json(state.worktrees, (worktree) => worktree),
    last_event: state.last_event ?? undefined,
  });
}

/** @param {State} state @param {any} object */
function read_feature(state, object) {
  names_read(state.names, object);
  const {description, status, attempts, started_at, completed_at, duration_ms, error} = object;
  Object.assign(add_feature(state), {description, status, attempts, started_at, completed_at, duration_ms, error,
    tests_passing: object.tests_passing, cost_usd: object.cost_usd, since: since_read(object), json: object});
}

/** @param {any} from @returns {State} */
function from_json(from) {
  const state = init();
  for (const name of /** @type {const} */ (['status', 'phase', 'description', 'error', 'pause_reason']))
    state[name] = text_of(from[name]) ?? '';
  state.since = since_read(from);
  state.started_at = from.started_at;
  state.completed_at = from.completed_at;
  state.duration_ms = from.duration_ms;
  if (from.cost_source === 'workflow') state.cost_usd = from.cost_usd;
  for (const object of list_in(from, 'features')) read_feature(state, object);
  Object.assign(state.tests, member(from, 'tests'));
  state.commits_failed = from.commits_failed ?? 0;
  state.commits.items = [...list_in(from, 'commits')];
  state.worktrees.items = [...list_in(from, 'worktrees')];
  for (const name of /** @type {const} */ (['features', 'commits', 'worktrees']))
    state[name].json = Array.isArray(from[name]) ? from[name] : null;
  state.last_event = from.last_event ?? null;
  return state;
}

export const workflow = {name: 'workflow', version: 3, init, apply, json, from_json};
