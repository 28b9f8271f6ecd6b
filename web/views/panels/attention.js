// @ts-check
/* What needs a person, at the point. */
import {h} from '../../dom.js';
import {icon} from '../../icons.js';
import {ago, time_us} from '../../format.js';
import {changed, empty, goes, panel, said} from './parts.js';

/** @typedef {import('../../model.js').Model} Model */
/** @typedef {import('../../model.js').Actions} Actions */

const ITEMS_MAX = 50;

/** @type {Record<string, string>} */
const SHAPES = {
  workflow_failed: 'failed', feature_failed: 'failed', workflow_paused: 'paused', blocker: 'blocker',
  question: 'question', permission: 'permission', message_unread: 'message', tool_open: 'clock',
};

/** @param {Model} model @param {Actions} actions */
export function attention(model, actions) {
  const list = model.attention;
  if (list.length === 0) {
    const then = model.live ? 'Failures, questions and waiting agents show here.' : '';
    const said_empty = model.states ? empty('Nothing needs you', then, 'check') : empty('Reading the log …');
    return panel({title: 'Needs attention', css: 'attn'}, said_empty);
  }
  return panel({title: 'Needs attention', count: list.length, css: 'attn'},
    h('div', {class: 'pb'},
      h('ul', null, list.slice(0, ITEMS_MAX).map((each) => attention_item(model, actions, each))),
      list.length > ITEMS_MAX ? h('p', {class: 'cap rest'}, `and ${list.length - ITEMS_MAX} more`) : null));
}

/** @param {Model} model @param {Actions} actions @param {import('../../model.js').Attention} each */
function attention_item(model, actions, each) {
  const severity = each.severity === 'bad' ? 'Failed: ' : 'Waits: ';
  return h('li', {key: each.key},
    h('button', goes(`item ${changed(model, `attention:${each.key}`)}`, each.sequence, actions),
      icon(SHAPES[each.kind] ?? 'warning', each.severity),
      h('span', {class: 't1'}, h('span', {class: 'sr'}, severity), said(each.title)),
      h('span', {class: 'w'}, ago(model.as_of_us - time_us(each.at))),
      each.text === '' ? null : said(each.text, 't2')));
}
