// @ts-check
/* What stands under every view: playing and stepping, the point in words, what changed, compare, and the scrubber. */
import {diff_command, state_command} from '../command.js';
import {h} from '../dom.js';
import {ago, clock} from '../format.js';
import {icon} from '../icons.js';
import {is_over} from '../kinds.js';
import {scrubber} from './scrubber.js';

/** @typedef {import('../model.js').Model} Model */
/** @typedef {import('../model.js').Actions} Actions */

/** @param {Model} model @param {Actions} actions */
export function transport(model, actions) {
  return h('div', {key: 'transport', class: 'deck'},
    h('div', {class: 'deck-row'},
      keys(model, actions),
      as_of(model, actions),
      since(model),
      h('span', {class: 'grow'}),
      command(model, actions),
      compare(model, actions),
      model.live ? null : to_live(model, actions)),
    scrubber(model, actions));
}

/** What shows in a terminal what is shown here: the state at the point, or what differs. @param {Model} model
 * @param {Actions} actions */
function command({workflow_id, compare, point}, actions) {
  if (workflow_id === null) return null;
  const text = compare === null || compare === point
    ? state_command(workflow_id, point) : diff_command(workflow_id, compare, point);
  return h('button', {key: 'command', type: 'button', class: 'btn sq not-s', title: `Copy ${text}`,
    'aria-label': 'Copy as a jc command', on: {click: () => actions.copy(text, 'Command')}}, icon('command', 's'));
}

/* On phones each of these is a word or an icon, so that both stand beside the keys. */

/** @param {Model} model @param {Actions} actions */
function compare(model, actions) {
  const words = model.compare === null ? 'Compare from here' : 'Stop comparing';
  return h('button', {
    key: 'compare', type: 'button', class: 'btn compare', 'aria-pressed': String(model.compare !== null),
    'aria-label': words, title: 'Compare with this point  c', disabled: model.head === 0,
    on: {click: actions.compare_toggle},
  }, icon('pin', 's'), h('span', {class: 'not-s'}, words));
}

/** @param {Model} model @param {Actions} actions */
function to_live(model, actions) {
  const [long, short] = has_ended(model) ? ['To the end', 'End'] : ['Back to live', 'Live'];
  return h('button',
    {key: 'live', type: 'button', class: 'btn solid', title: 'Follow the log  End', on: {click: actions.go_live}},
    h('span', {class: 'not-s'}, long), h('span', {class: 'only-s'}, short));
}

/** @param {Model} model @param {Actions} actions */
function keys(model, actions) {
  const at_first = model.point <= 1;
  return h('div', {key: 'keys', class: 'deck-keys', role: 'group', 'aria-label': 'Playing and stepping'},
    key('first', 'First event  Home', () => actions.go(1), at_first),
    key('back', 'Step back  ←', () => actions.step(-1), at_first),
    key(model.player.playing ? 'pause' : 'play', 'Play or pause  Space', () => actions.play(), model.head < 2),
    key('forward', 'Step on  →', () => actions.step(1), model.live),
    key('last', 'Live  End', () => actions.go_live(), model.live, 'not-s'),
    h('button', {
      key: 'speed', type: 'button', class: 'btn speed', title: 'Speed  s',
      'aria-label': `Speed ${model.player.speed} times`,
      on: {click: actions.next_speed},
    }, `${model.player.speed}×`));
}

/**
 * @param {string} name @param {string} title @param {() => void} act @param {boolean} disabled
 * @param {string} [css]
 */
function key(name, title, act, disabled, css = '') {
  const slot = name === 'pause' ? 'play' : name;
  const label = title.replace(/ {2}.*/, '');
  return h('button', {key: slot, type: 'button', class: `btn ${css}`, title, 'aria-label': label, disabled,
    on: {click: act}}, icon(name, 's'));
}

/** The workflow is over, at its head. @param {Model} model */
const has_ended = (model) => is_over(model.workflows, model.workflow_id);

/** The point in words: where it is, its time, how long ago. @param {Model} model @param {Actions} actions */
function as_of(model, actions) {
  const us = model.columns.times_us[model.point - 1];
  if (model.point === 0 || us === undefined) return h('div', {key: 'asof', class: 'asof'}, 'Before the first event');
  const when = `· ${clock(us)} ·`;
  if (model.live) {
    const {word, css} = live_state(model);
    return h('div', {key: 'asof', class: 'asof', title: 'Following the log'},
      h('span', {class: `dot ${css}`}), word, h('span', {}, `#${model.point}`), h('span', {}, when),
      h('span', {}, ago(model.as_of_us - us)));
  }
  const past = ago(Date.now() * 1000 - us);
  return h('button', {
    key: 'asof', type: 'button', class: 'asof then', title: 'Copy a link to this point  y',
    on: {click: actions.copy_link},
  }, h('span', {}, 'as of'), `#${model.point}`, h('span', {}, when), h('span', {}, past));
}

/** @param {Model} model */
function live_state(model) {
  if (has_ended(model)) return {word: 'Ended', css: 'over'};
  if (model.connection === 'live') return {word: 'Live', css: 'beat'};
  if (model.connection === 'behind') return {word: 'Catching up', css: 'off beat'};
  return {word: model.connection === 'failed' ? 'Not connected' : 'Reconnecting', css: 'off'};
}

/** What changed since the move began, or since pin A. @param {Model} model */
function since(model) {
  const from = model.compare ?? model.since;
  if (from === null || from === model.point || (model.live && model.compare === null)) return null;
  const {summary} = model.marks;
  return h('div', {key: 'since', class: 'since'},
    h('b', {}, `${model.compare === null ? 'since' : 'A'} #${from}`),
    h('span', {class: summary.length > 0 ? 'cut' : 'cut dim', title: summary.join(', ')},
      summary.join(', ') || 'no change of state'));
}
