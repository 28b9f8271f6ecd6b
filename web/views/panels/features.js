// @ts-check
/* Features: status, attempts, tests, cost and time. A workflow that has none, as a recorded session, shows its
 * prompts instead. */
import {h} from '../../dom.js';
import {icon} from '../../icons.js';
import {counted, duration, line_of, money, time_us} from '../../format.js';
import {status_look} from '../../kinds.js';
import {changed, dot, goes, leads, nothing, panel, said} from './parts.js';

/** @typedef {import('../../model.js').Model} Model */
/** @typedef {import('../../model.js').Actions} Actions */
/** @typedef {import('../../model.js').Span} Span */

const ROWS_MAX = 200;
const BARS_MAX = 5;
const PROMPTS_MAX = 60;

/** @param {Model} model @param {Actions} actions */
export function features(model, actions) {
  const list = model.states?.workflow?.features ?? [];
  if (list.length > 0) return features_panel(model, actions, list);
  const turns = model.states && !model.states.workflow?.features_total ? prompts_of(model) : [];
  if (turns.length > 0) return prompts_panel(model, actions, turns);
  return panel({title: 'Features'}, nothing(model, 'features', 'They come with feature.planned or feature.started.'));
}

/** @param {Model} model @param {Actions} actions @param {any[]} list */
function features_panel(model, actions, list) {
  const {features_completed = 0, features_total = list.length, retries} = model.states?.workflow ?? {};
  /** @type {Map<string, any[]>} */
  const attempts = new Map();
  for (const each of model.states?.timings?.features ?? []) attempts.set(each.name, each.attempts);
  const rows = list.slice(0, ROWS_MAX).map((each) => feature_row(model, actions, each, attempts.get(each.name) ?? []));
  return panel(
    {title: 'Features', count: `${features_completed} of ${features_total}`, more: retries_said(retries)},
    h('div', {class: 'pb'},
      h('div', {class: 'fhead', 'aria-hidden': 'true'},
        h('span', null, 'Feature'), h('span', null, 'Attempts'), h('span', {class: 'r not-s'}, 'Tests'),
        h('span', {class: 'r'}, 'Cost'), h('span', {class: 'r'}, 'Time')),
      h('ul', null, rows),
      list.length > ROWS_MAX ? h('p', {class: 'cap rest'}, `and ${list.length - ROWS_MAX} more`) : null));
}

/** @param {unknown} retries */
function retries_said(retries) {
  if (typeof retries !== 'number' || retries === 0) return null;
  return h('span', {class: 'cap num'}, counted(retries, 'retry', 'retries'));
}

/** @param {Model} model @param {Actions} actions @param {any} feature @param {any[]} attempts */
function feature_row(model, actions, feature, attempts) {
  const [shape, tone] = status_look(feature.status);
  const css = `frow ${changed(model, `feature:${feature.name}`)}`;
  const planned = feature.status === 'planned';
  return h('li', {key: feature.name},
    h('button', {...leads(css, () => sequence_of(model, feature), actions), title: tip_of(feature)},
      h('span', {class: 'fname'},
        icon(shape, `${tone}${shape === 'running' ? ' spin' : ''}`),
        h('span', {class: 'sr'}, `${feature.status}: `),
        said(feature.name, 'cut strong')),
      planned ? null : attempt_bars(attempts.length > 0 ? attempts : attempts_told(feature)),
      planned ? null : h('span', {class: 'r not-s'}, tests_of(feature)),
      planned ? null : h('span', {class: 'r'}, typeof feature.cost_usd === 'number' ? money(feature.cost_usd) : ''),
      h('span', {class: planned ? 'r dim planned' : 'r'}, planned ? 'planned' : time_of(model, feature)),
      feature.error && feature.status === 'failed' ? said(feature.error, 'ferr cut bad') : null));
}

/** @param {any} feature */
function tip_of(feature) {
  return line_of(feature.description) || null;
}

/** A bar an attempt, the last ones when there are many. @param {any[]} attempts */
function attempt_bars(attempts) {
  const last = attempts.slice(-BARS_MAX);
  const words = last.map((each) => each.status + (each.duration_ms ? ` after ${duration(each.duration_ms)}` : ''));
  return h('span', {class: 'att', title: words.join(', ')},
    last.map((each) => h('i', {class: status_look(each.status)[1]})),
    h('span', {class: 'dim num'}, String(attempts.length)),
    h('span', {class: 'sr'}, attempts.length === 1 ? ' attempt' : ' attempts'));
}

/** When no timings tell of the attempts: all but the last one failed. @param {any} feature */
function attempts_told(feature) {
  const count = Math.min(Number(feature.attempts) || 0, 1000);
  return Array.from({length: count}, (_, i) => ({status: i === count - 1 ? feature.status : 'failed'}));
}

/** @param {any} feature */
function tests_of(feature) {
  if (typeof feature.tests_passing !== 'boolean') return h('span', {class: 'dim'}, '–');
  const passing = feature.tests_passing;
  return h('span', {class: passing ? 'tests ok' : 'tests bad'},
    icon(passing ? 'check' : 'close', 's'), h('span', {class: 'sr'}, passing ? 'tests pass' : 'tests fail'));
}

/** @param {Model} model @param {any} feature */
function time_of(model, feature) {
  if (typeof feature.duration_ms === 'number') return duration(feature.duration_ms);
  const started_us = time_us(feature.started_at);
  return Number.isNaN(started_us) || feature.status !== 'started' ? '' : duration((model.as_of_us - started_us) / 1000);
}

/** The event that made the feature what it is: as its state says, else the start of its last attempt.
 * @param {Model} model @param {any} feature */
function sequence_of(model, feature) {
  if (feature.status_sequence > 0) return feature.status_sequence;
  const fits = (/** @type {Span} */ each) => each.kind === 'feature' && each.name === feature.name;
  return model.spans.findLast((each) => fits(each) && each.sequence <= model.point)?.sequence ?? 0;
}

/** Turns of agents that people speak to, up to the point, the newest first. @param {Model} model @returns {Span[]} */
function prompts_of(model) {
  const found = [];
  for (let i = model.spans.length - 1; i >= 0 && found.length < PROMPTS_MAX; i--) {
    const span = model.spans[i];
    if (span.kind !== 'turn' || span.sequence > model.point) continue;
    if (span.agent_id !== undefined && model.parent_of.has(span.agent_id)) continue;
    if (is_human(model, span)) found.push(span);
  }
  return found;
}

/* How agents' programs begin what they say to themselves in the shape of a prompt. */
const MACHINE =
  /^\s*(<(task-notification|system-reminder|local-command-|bash-std|tick\b|environment_context)|\[SYSTEM NOTIF)/;

/** Did somebody write this prompt? The event says so; until it is loaded, its first words do.
 * @param {Model} model @param {Span} span */
function is_human(model, span) {
  const human = model.events.get(span.sequence)?.data?.human;
  return typeof human === 'boolean' ? human : !MACHINE.test(span.name);
}

/** @param {Model} model @param {Actions} actions @param {Span[]} turns */
function prompts_panel(model, actions, turns) {
  const open = turns.filter((each) => is_open(model, each)).length;
  const count = turns.length === PROMPTS_MAX ? `the last ${PROMPTS_MAX}` : turns.length;
  return panel({title: 'Prompts', count, more: open > 0 ? h('span', {class: 'cap'}, `${open} at work`) : null},
    h('div', {class: 'pb'}, h('ul', null, turns.map((each) => prompt_row(model, actions, each)))));
}

/** @param {Model} model @param {Span} span */
const is_open = (model, span) => span.ended_us === null || span.ended_us > model.as_of_us;

/** @param {Model} model @param {Actions} actions @param {Span} span */
function prompt_row(model, actions, span) {
  const status = is_open(model, span) ? 'open' : span.status;
  const [shape, tone] = status_look(status === 'abandoned' ? 'idle' : status);
  const ended_us = is_open(model, span) ? model.as_of_us : Number(span.ended_us);
  const prompt = said(span.name || 'A turn without a prompt');
  return h('li', {key: span.id},
    h('button', goes('item prow', span.sequence, actions),
      icon(shape, `${tone}${shape === 'running' ? ' spin' : ''}`),
      h('span', {class: 't1'}, h('span', {class: 'sr'}, `${status}: `), prompt),
      h('span', {class: 'w'}, dot(model, span.agent_id), duration((ended_us - span.started_us) / 1000))));
}
