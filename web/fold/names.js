// @ts-check
/* Which feature an event speaks of: the twin of src/projection/feature_names.c.
 *
 * A feature is known by its feature_id where events give one, else by its name; an id that comes up later joins the
 * feature of that name, unless another id has it. A feature that is renamed leaves its old name free for another.
 * Features have places, 0, 1, 2 …, in the order in which they came up. */

import {text_in} from './values.js';

/** @typedef {{place: number, id?: string, name?: string}} Name */
/** @typedef {{items: Name[], by_id: Map<string, Name>, by_name: Map<string, Name>}} Names */

/** @returns {Names} */
export function names_new() {
  return {items: [], by_id: new Map(), by_name: new Map()};
}

/** @param {Names} names */
function add_item(names) {
  const item = {place: names.items.length};
  names.items.push(item);
  return /** @type {Name} */ (item);
}

/**
 * Let a name mean a feature from now on. `touch` is told the feature that it meant before.
 * @param {Names} names @param {Name} item @param {string} name @param {(place: number) => void} touch
 */
function give_name(names, item, name, touch) {
  if (item.name !== undefined && names.by_name.get(item.name) === item) names.by_name.delete(item.name);
  const before = names.by_name.get(name);
  names.by_name.set(name, item);
  item.name = name;
  if (before !== undefined) touch(before.place);
}

/** @param {Names} names @param {Name} item @param {string} id */
function give_id(names, item, id) {
  names.by_id.set(id, item);
  item.id = id;
}

/**
 * The place of the feature that an event's data speaks of, which may be a new one, the last; -1 when it names none.
 * `touch` is told the places of those whose name or id this changed.
 * @param {Names} names @param {Record<string, any>} data @param {(place: number) => void} touch @returns {number}
 */
export function names_find(names, data, touch) {
  const id = text_in(data, 'feature_id');
  const name = text_in(data, 'name', 'feature_name');
  if (id === undefined && name === undefined) return -1;
  let item = id !== undefined ? names.by_id.get(id) : undefined;
  if (item === undefined && name !== undefined) {
    const named = names.by_name.get(name);
    if (named !== undefined && (id === undefined || named.id === undefined)) item = named;
  }
  item ??= add_item(names);
  if (id !== undefined && item.id === undefined) {
    give_id(names, item, id);
    touch(item.place);
  }
  if (name !== undefined && item.name === undefined) {
    give_name(names, item, name, touch);
    touch(item.place);
  }
  return item.place;
}

/**
 * Take feature.renamed in.
 * @param {Names} names @param {number} place @param {Record<string, any>} data @param {(place: number) => void} touch
 */
export function names_change(names, place, data, touch) {
  const name = text_in(data, 'new_name');
  if (name === undefined) return;
  give_name(names, names.items[place], name, touch);
  touch(place);
}

/** What a feature is called: its name, else its id. @param {Names} names @param {number} place */
export function names_label(names, place) {
  return names.items[place].name ?? names.items[place].id;
}

/**
 * Its members name, feature_id and name_shared.
 * @param {Names} names @param {number} place @param {Record<string, any>} object
 */
export function names_write(names, place, object) {
  const {id, name} = names.items[place];
  if (name !== undefined) object.name = name;
  if (id !== undefined) object.feature_id = id;
  if (name !== undefined && names.by_name.get(name) !== names.items[place]) object.name_shared = true;
}

/** Read them back: a feature behind the others. @param {Names} names @param {Record<string, any>} object */
export function names_read(names, object) {
  const item = add_item(names);
  const id = text_in(object, 'feature_id');
  const name = text_in(object, 'name');
  if (id !== undefined) give_id(names, item, id);
  if (name !== undefined && object.name_shared !== true) names.by_name.set(name, item);
  item.name = name;
}
