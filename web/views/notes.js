// @ts-check
/* Notes and messages: what agents and people told each other, up to the point. Both can be written here, as `person`.
 *
 * The list and its composer are one part with a state of its own: what was typed stays while events come in. */
import {h} from '../dom.js';
import {is_person} from '../hues.js';
import {icon} from '../icons.js';
import {line_of} from '../format.js';
import {CATEGORIES, category_icon, category_tone} from '../kinds.js';
import {messages_of} from '../messages.js';
import {note_finder} from '../note_finder.js';
import {slice_clock} from '../slices.js';
import {MESSAGES_COME, message_article} from './panels/messages.js';
import {NOTES_COME, is_open, note_article, notes_of} from './panels/notes.js';
import {empty, nothing, panel, said, stateful} from './panels/parts.js';

/** @typedef {import('../model.js').Model} Model */
/** @typedef {import('../model.js').Actions} Actions */

/** How many are shown at first, and how many more once the end comes near, or at a press of the button: few enough that
 * a point that moves fast can bring others with each frame. */
const STEP = 40;
const NEAR_PX = 600;
/** How many agents can be chosen from. */
const NAMES_MAX = 200;
/** How long notes are looked through in a frame. */
const FIND_MS = 6;

/** @param {Model} model @param {Actions} actions */
export function notes(model, actions) {
  return h('div', {key: 'notes', class: 'nv'},
    rail(model, actions),
    note_list({key: `notes ${model.workflow_id}`, model, actions}),
    message_list({key: `messages ${model.workflow_id}`, model, actions}));
}

/** @param {string} word */
const capital = (word) => word.slice(0, 1).toUpperCase() + word.slice(1);

/** @typedef {{counts: Map<string, number>, open: Map<string, number>}} Tally */

/** @type {WeakMap<object, Tally>} */
const tallies = new WeakMap();

/** How many notes a category has, and how many of them wait for an answer: of the categories that are known, then of
 * those of this workflow besides. The same for the same state, whose index of categories says most of it.
 * @param {any} notes @returns {Tally} */
function tally_of(notes) {
  const known = notes && tallies.get(notes);
  if (known) return known;
  /** @type {Tally} */
  const {counts, open} = {counts: new Map(CATEGORIES.map((each) => [each, 0])), open: new Map()};
  for (const [category, places] of Object.entries(notes?.by_category ?? {})) {
    counts.set(category, places.length);
    if (category === 'question' || category === 'blocker')
      open.set(category, places.filter((/** @type {number} */ place) => is_open(notes.notes[place])).length);
  }
  if (notes) tallies.set(notes, {counts, open});
  return {counts, open};
}

/** @param {Model} model @param {Actions} actions */
function rail(model, actions) {
  const {counts, open} = tally_of(model.states?.notes);
  return h('nav', {class: 'rail', 'aria-label': 'Categories'},
    rail_button(model, actions, null, notes_of(model).length, 'All notes', 'note', 'ink', 0),
    [...counts].map(([category, count]) =>
      rail_button(model, actions, category, count, capital(line_of(category, 40)), category_icon(category),
        category_tone(category), open.get(category) ?? 0)));
}

/** @param {Model} model @param {Actions} actions @param {string | null} category @param {number} count
 * @param {string} label @param {string} shape @param {string} tone @param {number} open */
function rail_button(model, actions, category, count, label, shape, tone, open) {
  const pressed = model.note_category === category;
  return h('button', {
    key: category ?? '',
    type: 'button',
    'aria-pressed': String(pressed),
    disabled: count === 0 && category !== null && !pressed,
    on: {click: () => actions.note_category(pressed ? null : category)},
  },
  icon(shape, tone), h('span', {class: 'cut'}, label),
  open > 0 ? h('span', {class: 'flag'}, `${open} open`) : null,
  h('span', {class: 'n'}, count > 0 ? String(count) : ''));
}

/**
 * What was typed stays while another view is looked at: a state a workflow. @template State @param {() => State} fresh
 * @returns {(props: {model: Model}) => State}
 */
function kept(fresh) {
  /** @type {Map<string | null, State>} */
  const states = new Map();
  return ({model: {workflow_id}}) => {
    const state = states.get(workflow_id) ?? fresh();
    states.set(workflow_id, state);
    return state;
  };
}

/** @typedef {{title: string, content: string, category: string, answers: any, find: string, shown: number,
 *   busy: boolean, finder: ReturnType<typeof note_finder>, goes_on: boolean}} NoteState */

/** @type {() => NoteState} */
const fresh_note = () =>
  ({...empty_note(), find: '', shown: STEP, busy: false, finder: note_finder(), goes_on: false});

/** A composer with nothing typed. */
const empty_note = () => ({title: '', content: '', category: 'context', answers: null});

const note_list = stateful('div', 'ncol', kept(fresh_note), (
  /** @type {{model: Model, actions: Actions}} */ {model, actions}, state, set) => {
  const all = notes_of(model);
  const {count, is_done, newest} = found_notes(model, all, state, set);
  const shown = newest(state.shown);
  const title = model.note_category === null ? 'Notes' : capital(line_of(model.note_category, 40));
  const find = all.length > 5 || state.find !== '' ? find_box(state, set) : null;
  const more = () => set({shown: state.shown + STEP});
  return [panel({title, key: 'notes', count: is_done ? count || '' : `${count} …`, more: find},
    all.length === 0 ? nothing(model, 'notes', NOTES_COME)
      : count === 0 ? is_done ? empty('No note matches', 'Try another word, or all categories.') : empty('Looking …')
        : h('div', {class: 'pb', on: {scroll: near_end(count > state.shown, more)}},
          shown.map((each) => article(model, actions, each, set)),
          more_button(count, state.shown, more)),
    note_composer(model, actions, state, set))];
});

/**
 * The notes that fit; when there are too many to look through in one frame, the next one goes on.
 * @param {Model} model @param {any[]} all @param {NoteState} state @param {(change: Partial<NoteState>) => void} set
 */
function found_notes(model, all, state, set) {
  if (model.note_category === null && state.find.trim() === '') {
    return {count: all.length, is_done: true, newest: (/** @type {number} */ most) => all.slice(-most).reverse()};
  }
  const {workflow_id, note_category} = model;
  const found = state.finder.update(workflow_id, all, note_category, state.find, slice_clock(FIND_MS));
  if (!found.is_done && !state.goes_on) {
    state.goes_on = true;
    requestAnimationFrame(() => set({goes_on: false}));
  }
  return found;
}

/** More is shown once the end is near. @param {boolean} is_more @param {() => void} more */
function near_end(is_more, more) {
  return (/** @type {Event} */ event) => {
    const {scrollHeight, scrollTop, clientHeight} = /** @type {Element} */ (event.currentTarget);
    if (is_more && scrollHeight - scrollTop - clientHeight < NEAR_PX) more();
  };
}

/** @param {NoteState} state @param {(change: Partial<NoteState>) => void} set */
function find_box(state, set) {
  return h('label', {class: 'find'}, icon('search', 's'),
    h('input', {
      type: 'search', placeholder: 'Find in notes', 'aria-label': 'Find in notes', dom: {value: state.find},
      on: {input: (/** @type {any} */ event) => set({find: event.target.value, shown: STEP})},
    }));
}

/** @param {Model} model @param {Actions} actions @param {any} note @param {(change: Partial<NoteState>) => void} set */
function article(model, actions, note, set) {
  const answer = is_open(note) && model.live ? () => {
    set({answers: note, category: 'decision'});
    document.getElementById('compose-title')?.focus();
  } : null;
  return note_article(model, actions, note, answer);
}

/** @param {number} count @param {number} shown @param {() => void} click */
function more_button(count, shown, click) {
  if (count <= shown) return null;
  return h('button', {key: 'more', class: 'btn more-rows', type: 'button', on: {click}},
    `Show ${Math.min(STEP, count - shown)} more of ${count - shown}`);
}

/** @param {Model} model @param {Actions} actions @param {NoteState} state
 * @param {(change: Partial<NoteState>) => void} set */
function note_composer(model, actions, state, set) {
  if (!model.live) return past(actions, 'You look at the past. Go live to write a note.');
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (state.title.trim() === '' || state.busy) return;
    set({busy: true});
    const stored = await actions.add_note({
      title: state.title.trim(), category: state.category,
      ...(state.content.trim() === '' ? {} : {content: state.content.trim()}),
      ...(state.answers ? {causation_id: state.answers.id} : {}),
    });
    set(stored ? {...empty_note(), busy: false} : {busy: false});
  };
  const typed = state.title !== '' || state.content !== '' || state.answers;
  const disabled = state.busy || state.title.trim() === '';
  const asks = state.answers ? 'Your answer' : 'Leave a note for the agents';
  return h('form', {key: 'composer', class: 'comp', 'aria-label': 'Leave a note', on: {submit}},
    state.answers ? answering(state, set) : null,
    h('div', {class: 'crow'},
      choice('Category', state.category, CATEGORIES, (category) => set({category})),
      text_field('Title', state.title, asks, (title) => set({title})),
      h('button', {class: 'btn solid', type: 'submit', disabled}, state.answers ? 'Answer' : 'Add note')),
    typed ? more_field(state, set) : null);
}

/** @param {NoteState} state @param {(change: Partial<NoteState>) => void} set */
function more_field(state, set) {
  return h('textarea', {
    key: 'content', class: 'field', rows: '2', maxlength: '20000',
    'aria-label': 'Content', placeholder: 'More, if one line is not enough', dom: {value: state.content},
    on: {input: (/** @type {any} */ event) => set({content: event.target.value})},
  });
}

/** @param {string} label @param {string} value @param {string} placeholder @param {(value: string) => void} typed */
function text_field(label, value, placeholder, typed) {
  const input = (/** @type {any} */ event) => typed(event.target.value);
  return h('input', {
    id: `compose-${label.toLowerCase()}`, class: 'field grow', maxlength: '2000', autocomplete: 'off',
    'aria-label': label, placeholder, dom: {value}, on: {input},
  });
}

/** @param {NoteState} state @param {(change: Partial<NoteState>) => void} set */
function answering(state, set) {
  const click = () => set({answers: null, category: 'context'});
  return h('div', {key: 'answering', class: 'answering'}, icon('answered', 's'), h('span', {class: 'dim'}, 'Answers'),
    said(state.answers.title, 'cut strong'), h('span', {class: 'grow'}),
    h('button', {class: 'btn sq', type: 'button', 'aria-label': 'Do not answer', on: {click}}, icon('close', 's')));
}

/** In place of a composer, at a point of the past. @param {Actions} actions @param {string} why */
function past(actions, why) {
  return h('div', {key: 'past', class: 'comp past-row'}, icon('lock', 's'), h('span', {class: 'grow'}, why),
    h('button', {class: 'btn line', type: 'button', on: {click: actions.go_live}}, 'Back to live'));
}

const PRIORITIES = ['normal', 'urgent', 'high', 'low'];

/** @typedef {{to: string, content: string, priority: string, shown: number, busy: boolean}} MessageState */

/** @type {() => MessageState} */
const fresh_message = () => ({to: '', content: '', priority: 'normal', shown: STEP, busy: false});

const message_list = stateful('div', 'ncol', kept(fresh_message), (
  /** @type {{model: Model, actions: Actions}} */ {model, actions}, state, set) => {
  const all = messages_of(model.states?.mailbox);
  const more = () => set({shown: state.shown + STEP});
  return [panel({title: 'Messages', key: 'messages', count: all.length || ''},
    all.length === 0 ? nothing(model, 'messages', MESSAGES_COME)
      : h('div', {class: 'pb', on: {scroll: near_end(all.length > state.shown, more)}},
        all.slice(0, state.shown).map((each) => message_article(model, actions, each)),
        more_button(all.length, state.shown, more)),
    message_composer(model, actions, state, set))];
});

/** @param {Model} model @param {Actions} actions @param {MessageState} state
 * @param {(change: Partial<MessageState>) => void} set */
function message_composer(model, actions, state, set) {
  const known = (model.states?.agents?.agents ?? []).map((/** @type {any} */ each) => each.agent_id);
  const names = known.filter((/** @type {string} */ each) => !is_person(each)).slice(0, NAMES_MAX);
  if (!model.live) return past(actions, 'Go live to send a message.');
  if (names.length === 0) return null;
  const to = names.includes(state.to) ? state.to : names[0];
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (state.content.trim() === '' || state.busy) return;
    set({busy: true});
    const sent = await actions.send_message({to_agent: to, content: state.content.trim(), priority: state.priority});
    set(sent ? {content: '', priority: 'normal', busy: false} : {busy: false});
  };
  const disabled = state.busy || state.content.trim() === '';
  return h('form', {key: 'composer', class: 'comp', 'aria-label': 'Send a message', on: {submit}},
    h('div', {class: 'crow'},
      choice('To', to, names, (value) => set({to: value}), true),
      choice('Priority', state.priority, PRIORITIES, (value) => set({priority: value}), true)),
    h('div', {class: 'crow'},
      text_field('Message', state.content, `Write to ${line_of(to, 40)}`, (content) => set({content})),
      h('button', {class: 'btn solid', type: 'submit', disabled}, icon('send', 's'), 'Send')));
}

/** @param {string} label @param {string} value @param {string[]} names @param {(value: string) => void} choose
 * @param {boolean} [labelled] shown, too */
function choice(label, value, names, choose, labelled = false) {
  const change = (/** @type {any} */ event) => choose(event.target.value);
  const select = h('select', {class: 'field', 'aria-label': label, dom: {value}, on: {change}},
    names.map((each) => h('option', {key: each, value: each, selected: each === value}, line_of(each, 80))));
  return labelled ? h('label', {class: 'choice'}, h('span', {class: 'cap'}, label), select) : select;
}
