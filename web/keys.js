// @ts-check
/* The keyboard: what each key does, once, for the hand and for the help. */

/** @typedef {import('./model.js').Model} Model */
/** @typedef {import('./model.js').Actions} Actions */
/** @typedef {(actions: Actions, model: Model, page: Page) => void} Act */
/** @typedef {{focus_search(): void, zoom(factor: number): void}} Page  what only the page can do */

import {VIEWS} from './url.js';

/** What the help lists: a title, then what a key does and how it is called. @type {[string, [string, string[]][]][]} */
export const HELP = [
  ['Point in time', [
    ['Play, pause', ['Space']],
    ['Step one event', ['←', '→']],
    ['Step ten', ['⇧', '←', '→']],
    ['Milestone before, after', ['[', ']']],
    ['First event', ['Home']],
    ['Live', ['End', 'l']],
    ['Speed', ['s']],
    ['Compare from here', ['c']],
    ['Copy link to this point', ['y']],
  ]],
  ['Views', [
    ['The five views', ['1', '2', '3', '4', '5']],
    ['Search', ['/']],
    ['Trace of this event', ['g']],
    ['Workflow before, after', ['k', 'j']],
    ['Zoom in, out, fit', ['+', '−', '0']],
    ['Light or dark', ['t']],
    ['This help', ['?']],
    ['Close, end compare', ['Esc']],
  ]],
];

/** @param {Actions} actions @param {Model} model @param {1 | -1} by */
function other_workflow(actions, model, by) {
  const at = model.workflows.findIndex((workflow) => workflow.workflow_id === model.workflow_id);
  const next = model.workflows[at + by];
  if (next) actions.open(next.workflow_id);
}

/** @param {Model} model */
function correlation_of(model) {
  const at = model.columns.correlations[model.point - 1] ?? -1;
  return at < 0 ? null : model.columns.correlation_names[at];
}

/** What Escape closes: the nearest thing first. @param {Actions} actions @param {Model} model */
function close(actions, model) {
  if (model.sidebar_open) actions.sidebar(false);
  else if (model.detail_open) actions.detail(false);
  else if (model.compare !== null) actions.compare_toggle();
}

/** @type {Record<string, Act>} */
const ACTS = {
  ' ': (actions) => actions.play(),
  ArrowLeft: (actions) => actions.step(-1),
  ArrowRight: (actions) => actions.step(1),
  'Shift+ArrowLeft': (actions) => actions.step(-10),
  'Shift+ArrowRight': (actions) => actions.step(10),
  '[': (actions) => actions.milestone(-1),
  ']': (actions) => actions.milestone(1),
  Home: (actions) => actions.go(1),
  End: (actions) => actions.go_live(),
  l: (actions) => actions.go_live(),
  s: (actions) => actions.next_speed(),
  c: (actions) => actions.compare_toggle(),
  y: (actions) => actions.copy_link(),
  t: (actions) => actions.theme_toggle(),
  '?': (actions) => actions.help(true),
  '/': (actions, model, page) => page.focus_search(),
  g: (actions, model) => {
    const correlation = correlation_of(model);
    if (correlation === null) actions.toast('This event belongs to no trace');
    else actions.show_trace(correlation);
  },
  j: (actions, model) => other_workflow(actions, model, 1),
  k: (actions, model) => other_workflow(actions, model, -1),
  '+': (actions, model, page) => page.zoom(0.5),
  '=': (actions, model, page) => page.zoom(0.5),
  '-': (actions, model, page) => page.zoom(2),
  '−': (actions, model, page) => page.zoom(2),
  0: (actions) => actions.zoom(null),
  Escape: (actions, model) => close(actions, model),
};
for (const [index, view] of VIEWS.entries()) ACTS[index + 1] = (actions) => actions.show(view);

/* A key that is held does these once. */
const ONCE = new Set([' ', 't', 'c', 'y']);
const STEPS = new Set(['ArrowLeft', 'ArrowRight', 'Shift+ArrowLeft', 'Shift+ArrowRight', '[', ']', 'Home', 'End', 'l']);

/** Is this a place where keys are text, or mean something of their own? @param {any} target @param {string} key */
function takes_keys(target, key) {
  if (!target?.matches) return false;
  if (target.matches('input, textarea, select, [contenteditable]')) return true;
  if (key === ' ' && target.matches('button, a, summary, [role="button"], [role="tab"], [role="option"]')) return true;
  return /^(Arrow|Home|End)/.test(key) && target.closest?.('[data-keys], [role="tablist"], [role="tree"]') !== null;
}

/**
 * What a key does, or null. `data-keys` marks parts that take arrows, Home and End themselves.
 * @param {{key: string, repeat?: boolean, shiftKey?: boolean, ctrlKey?: boolean, metaKey?: boolean, altKey?: boolean,
 *   target?: any}} event
 * @returns {{act: Act, step: boolean} | null} step: it moves the point
 */
export function act_of(event) {
  /* On some keyboards [ and ] are typed with Alt, or with AltGr, which some systems tell as Ctrl and Alt. */
  const types = event.altKey && (event.key === '[' || event.key === ']') && !event.metaKey;
  if (!types && (event.ctrlKey || event.metaKey || event.altKey)) return null;
  const name = event.shiftKey && /^Arrow/.test(event.key) ? `Shift+${event.key}` : event.key;
  if (!Object.hasOwn(ACTS, name) || takes_keys(event.target, event.key)) return null;
  if (event.repeat && ONCE.has(name)) return {act: () => {}, step: false};
  return {act: ACTS[name], step: STEPS.has(name)};
}
