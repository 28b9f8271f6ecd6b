// @ts-check
/* The projection `notes`: agents' notes in the order in which they were taken, which of them share a category, an
 * agent or a tag, and what answered questions and blockers. The twin of src/projection/{notes,note}.c. */

import {add, data_of, list_in, put, text_in, text_of} from './values.js';

/** @typedef {import('./values.js').Event} Event */
/** @typedef {{places: Map<string, {places: number[], json: number[] | null}>, json: any}} Index */
/** @typedef {ReturnType<typeof init>} State */

const PREFIX = 'agent.note.';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** @returns {Index} */
function index_new() {
  return {places: new Map(), json: null};
}

function init() {
  return {
    /** The notes as JSON: a note that changes is another object. @type {any[]} */
    notes: [],
    by_category: index_new(),
    by_agent: index_new(),
    by_tag: index_new(),
    /** Places of the notes that wait for an answer, by their ids. @type {Map<string, number>} */
    open: new Map(),
    whole: /** @type {any} */ (null),
  };
}

/** @param {Index} index @param {string | undefined} name @param {number} place */
function add_to(index, name, place) {
  if (name === undefined) return;
  let list = index.places.get(name);
  if (list === undefined) index.places.set(name, list = {places: [], json: null});
  /* A tag that a note has twice lists it once. */
  if (list.places.at(-1) === place) return;
  list.places.push(place);
  list.json = index.json = null;
}

/** @param {State} state @param {any} note */
function add_note(state, note) {
  const place = state.notes.length;
  state.notes.push(note);
  add_to(state.by_category, note.category, place);
  add_to(state.by_agent, note.agent_id, place);
  for (const tag of note.tags) add_to(state.by_tag, tag, place);
  const asks = note.category === 'question' || note.category === 'blocker';
  if (asks && note.answered_at === undefined && !state.open.has(note.id)) state.open.set(note.id, place);
  state.whole = null;
}

/** @param {string} type */
function may_answer(type) {
  return (type.startsWith(PREFIX) && type.length > PREFIX.length) || type === 'workflow.resumed' ||
    (type.startsWith('agent.message.') && type.length > 'agent.message.'.length);
}

/** @param {State} state @param {Event} event */
function see_answer(state, event) {
  if (state.open.size === 0 || typeof event.causation_id !== 'string' || !may_answer(event.event_type)) return;
  const id = event.causation_id.toLowerCase();
  const place = UUID.test(id) ? state.open.get(id) : undefined;
  if (place === undefined) return;
  state.open.delete(id);
  state.notes[place] = add({...state.notes[place]}, {answered_at: event.timestamp, answered_sequence: event.sequence,
    answered_by: text_of(event.agent_id)});
  state.whole = null;
}

/** The category that a type names; undefined when it is no note. @param {string} type */
function category_of(type) {
  if (!type.startsWith(PREFIX)) return undefined;
  const category = type.slice(PREFIX.length);
  return category !== '' && !category.includes('.') ? category : undefined;
}

/** @param {State} state @param {Event} event */
function apply(state, event) {
  see_answer(state, event);
  const category = category_of(event.event_type);
  if (category === undefined) return;
  const data = data_of(event);
  const {id, timestamp, sequence} = event;
  add_note(state, add({}, {
    id, category, agent_id: text_of(event.agent_id), title: text_in(data, 'title'), content: text_in(data, 'content'),
    tags: list_in(data, 'tags').filter((tag) => text_of(tag) !== undefined),
    related_file: text_in(data, 'related_file'), related_feature: text_in(data, 'related_feature'),
    created_at: timestamp, sequence,
  }));
}

/** @param {Index} index */
function index_json(index) {
  if (index.json !== null) return index.json;
  index.json = {};
  for (const [name, list] of index.places) {
    list.json ??= [...list.places];
    put(index.json, name, list.json);
  }
  return index.json;
}

/** @param {State} state */
function json(state) {
  state.whole ??= {notes: [...state.notes], by_category: index_json(state.by_category),
    by_agent: index_json(state.by_agent), by_tag: index_json(state.by_tag)};
  return state.whole;
}

/** The indexes, and which notes are open, follow from the notes. @param {any} from @returns {State} */
function from_json(from) {
  const state = init();
  for (const note of list_in(from, 'notes')) add_note(state, note);
  for (const name of /** @type {const} */ (['by_category', 'by_agent', 'by_tag'])) keep_lists(state[name], from[name]);
  state.whole = from;
  return state;
}

/** Let what is unchanged stay the same objects. @param {Index} index @param {any} from */
function keep_lists(index, from) {
  index.json = from;
  for (const [name, list] of index.places) list.json = from[name];
}

export const notes = {name: 'notes', version: 2, init, apply, json, from_json};
