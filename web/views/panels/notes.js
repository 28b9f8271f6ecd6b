// @ts-check
/* Notes, the newest first: a few in the overview, as articles in the notes view. */
import {h} from '../../dom.js';
import {icon} from '../../icons.js';
import {clock, line_of, time_us} from '../../format.js';
import {category_icon, category_tone} from '../../kinds.js';
import {changed, goes, lines, nothing, panel, said, who} from './parts.js';

/** @typedef {import('../../model.js').Model} Model */
/** @typedef {import('../../model.js').Actions} Actions */

/** What the empty list says will come. */
export const NOTES_COME = 'Agents leave them with jc note add, or over MCP.';

const ITEMS_MAX = 12;
const CONTENT_LENGTH_MAX = 4000;
const TAGS_MAX = 12;

const ANSWER_ICON = icon('answered', 's');

/** The notes at the point, the oldest first. @param {Model} model @returns {any[]} */
export const notes_of = (model) => model.states?.notes?.notes ?? NONE;

/** @type {any[]} */
const NONE = [];

/** @param {Model} model @param {Actions} actions */
export function notes_panel(model, actions) {
  const list = notes_of(model);
  if (list.length === 0) return panel({title: 'Notes'}, nothing(model, 'notes', NOTES_COME));
  const more = h('button', {class: 'link', type: 'button', on: {click: () => actions.show('notes')}}, 'All notes');
  const newest = list.slice(-ITEMS_MAX).reverse();
  return panel({title: 'Notes', count: list.length, more},
    h('div', {class: 'pb'}, h('ul', null, newest.map((each) => note_item(model, actions, each)))));
}

/** @param {Model} model @param {Actions} actions @param {any} note */
function note_item(model, actions, note) {
  return h('li', {key: note.id},
    h('button', goes(`item ${changed(model, `note:${note.id}`)}`, note.sequence, actions),
      icon(category_icon(note.category), category_tone(note.category)),
      h('span', {class: 't1'}, h('span', {class: 'sr'}, `${note.category}: `), said(note.title)),
      h('span', {class: 'w'}, clock(time_us(note.created_at)).slice(0, 5)),
      note.content && note.content !== note.title ? said(note.content, 't2') : null));
}

/** Does the note ask for something that nobody has answered? @param {any} note */
export function is_open(note) {
  return (note.category === 'question' || note.category === 'blocker') && note.answered_at === undefined;
}

/**
 * A note with all that it says. `answer` is given when it can be answered.
 * @param {Model} model @param {Actions} actions @param {any} note @param {(() => void) | null} answer
 */
export function note_article(model, actions, note, answer) {
  const more = note.content && note.content !== note.title;
  return h('article', {key: note.id, class: `note ${changed(model, `note:${note.id}`)}`},
    icon(category_icon(note.category), category_tone(note.category)),
    h('div', {class: 'nbody'},
      h('h3', {class: 'said'}, line_of(note.title)),
      more ? h('p', {class: 'said lines'}, lines(note.content, CONTENT_LENGTH_MAX)) : null),
    answer ? h('button', {class: 'btn line', type: 'button', on: {click: answer}}, ANSWER_ICON, 'Answer') : null,
    note_meta(model, actions, note));
}

/** @param {Model} model @param {Actions} actions @param {any} note */
function note_meta(model, actions, note) {
  const tags = Array.isArray(note.tags) ? note.tags.slice(0, TAGS_MAX) : [];
  return h('div', {class: 'meta'},
    h('span', {class: category_tone(note.category)}, line_of(note.category, 40), standing(actions, note)),
    who(model, note.agent_id),
    h('button', goes('seqb', note.sequence, actions), `#${note.sequence}`),
    h('time', {class: 'num', datetime: note.created_at, title: note.created_at}, clock(time_us(note.created_at))),
    note.related_file ? said(note.related_file, 'mono') : null,
    note.related_feature ? said(note.related_feature) : null,
    tags.map((/** @type {unknown} */ each) => said(`#${line_of(each, 40)}`)));
}

/** @param {Actions} actions @param {any} note */
function standing(actions, note) {
  if (note.category !== 'question' && note.category !== 'blocker') return null;
  if (note.answered_at === undefined) return ', open';
  const words = `answered${note.answered_by ? ` by ${line_of(note.answered_by, 60)}` : ''}`;
  if (!(note.answered_sequence > 0)) return `, ${words}`;
  return [', ', h('button', goes('link said', note.answered_sequence, actions), words)];
}
