// @ts-check
/* An answer to a question or a blocker, beside it: a note that names it as its cause. */
import {h} from '../dom.js';

/** @typedef {import('../model.js').Event} Event */
/** @typedef {import('../model.js').Model} Model */
/** @typedef {import('../model.js').Actions} Actions */

/* What was typed and not sent, by question: sending leads the page to the head, and may fail. */
/** @type {Map<string, string>} */
const drafts = new Map();

/** @param {Event} event */
export function is_answerable(event) {
  return /^agent\.note\.(question|blocker)$/.test(event.event_type);
}

/** @param {Event} event @param {Model} model @param {Actions} actions @param {() => void} done */
export function answer_form(event, model, actions, done) {
  /** @param {SubmitEvent} submitted */
  async function send(submitted) {
    submitted.preventDefault();
    const form = /** @type {HTMLFormElement} */ (submitted.currentTarget);
    const field = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem('answer'));
    const text = field.value.trim();
    if (text === '') return field.focus();
    /* What is written stands at the head, so that is where the page goes. */
    if (!model.live) actions.go_live();
    const [title, ...rest] = text.split('\n');
    const content = rest.join('\n').trim();
    const note = {title: title.slice(0, 200), content: content || text, category: 'decision', causation_id: event.id};
    if (!(await actions.add_note(note))) return undefined;
    drafts.delete(event.id);
    return done();
  }
  /** @param {any} input */
  const typed = (input) => drafts.set(event.id, input.target.value);
  return h('form', {class: 'answer', key: 'answer', on: {submit: send}},
    h('textarea', {class: 'field', name: 'answer', rows: 3, 'aria-label': 'Answer',
      placeholder: 'Answer, as a decision of a person', dom: {value: drafts.get(event.id) ?? ''}, on: {input: typed}}),
    h('div', {class: 'acts'}, h('button', {class: 'btn solid', type: 'submit'}, 'Send answer'),
      h('button', {class: 'btn', type: 'button', on: {click: done}}, 'Cancel'),
      !model.live && h('span', {class: 'cap'}, 'It is written now, at the head')));
}
