// @ts-check
/* Messages between agents with their receipts: a few in the overview, all with their trail in the notes view. */
import {h} from '../../dom.js';
import {icon} from '../../icons.js';
import {clock, duration} from '../../format.js';
import {messages_of, receipt_of} from '../../messages.js';
import {changed, goes, lines, nothing, panel, said, who} from './parts.js';

/** @typedef {import('../../model.js').Model} Model */
/** @typedef {import('../../model.js').Actions} Actions */
/** @typedef {import('../../messages.js').Message} Message */

/** What the empty list says will come. */
export const MESSAGES_COME = 'Agents send them with jc message send, or over MCP.';

const ITEMS_MAX = 12;
const CONTENT_LENGTH_MAX = 4000;
const UNREAD_US = 60e6;

/** @type {Record<string, [string, string]>} */
const RECEIPTS = {unread: ['message', 'warn'], read: ['read', 'dim'], answered: ['completed', 'ok']};

/** @param {Model} model @param {Actions} actions */
export function messages_panel(model, actions) {
  const list = messages_of(model.states?.mailbox);
  if (list.length === 0) return panel({title: 'Messages'}, nothing(model, 'messages', MESSAGES_COME));
  return panel({title: 'Messages', count: list.length},
    h('div', {class: 'pb'}, h('ul', null, list.slice(0, ITEMS_MAX).map((each) => message_item(model, actions, each)))));
}

/** @param {Model} model @param {Actions} actions @param {Message} message */
function message_item(model, actions, message) {
  const [shape, tone] = RECEIPTS[receipt_of(message)];
  return h('li', {key: message.id},
    h('button', goes(`item ${changed(model, `message:${message.key}`)}`, message.sequence, actions),
      icon('message', 'dim'),
      ends(model, message),
      h('span', {class: `rcpt ${tone}`}, icon(shape, 's'), receipt_of(message)),
      said(message.content, 't2')));
}

/** @param {Model} model @param {Message} message */
function ends(model, message) {
  const to = h('span', {class: 'dim'}, 'to');
  return h('span', {class: 'ends strong'}, who(model, message.from), to, who(model, message.to));
}

/** A message with its answer and its trail. @param {Model} model @param {Actions} actions @param {Message} message */
export function message_article(model, actions, message) {
  const urgent = message.priority === 'urgent' || message.priority === 'high';
  return h('article', {key: message.id, class: `msg ${changed(model, `message:${message.key}`)}`},
    h('div', {class: 'hd'},
      ends(model, message), h('span', {class: 'grow'}),
      urgent ? h('span', {class: `flag ${message.priority === 'urgent' ? 'bad' : ''}`}, message.priority) : null,
      h('button', goes('seqb', message.sequence, actions), `#${message.sequence}`)),
    h('p', {class: 'said lines'}, lines(message.content, CONTENT_LENGTH_MAX)),
    message.result === '' ? null : h('p', {class: 'reply said lines'}, lines(message.result, CONTENT_LENGTH_MAX)),
    trail(model, actions, message));
}

/** Sent, read, answered: each with its time and its event.
 * @param {Model} model @param {Actions} actions @param {Message} message */
function trail(model, actions, message) {
  const {sent_us, read_us, done_us, read_sequence, done_sequence} = message;
  const steps = [step(actions, 'message', 'sent', sent_us, message.sequence)];
  if (!Number.isNaN(read_us)) steps.push(step(actions, 'read', 'read', read_us, read_sequence));
  else if (receipt_of(message) === 'unread') steps.push(unread(model.as_of_us - sent_us));
  if (!Number.isNaN(done_us)) {
    const [shape, word, tone] = message.failed ? ['failed', 'failed', 'bad'] : ['completed', 'answered', 'ok'];
    steps.push(step(actions, shape, word, done_us, done_sequence, tone));
  }
  return h('div', {class: 'trail'}, steps);
}

/** @param {number} since_us */
function unread(since_us) {
  const words = `unread for ${duration(since_us / 1000)}`;
  return h('span', {class: since_us > UNREAD_US ? 'warn' : ''}, icon('clock', 's'), words);
}

/** @param {Actions} actions @param {string} shape @param {string} word @param {number} us @param {number} sequence
 * @param {string} [tone] */
function step(actions, shape, word, us, sequence, tone = '') {
  return h('button', goes(`tstep ${tone}`, sequence, actions), icon(shape, 's'), `${word} ${clock(us)}`);
}
