// @ts-check
/* Small parts that rows and details share: an agent, a type, an icon, a line that says what happened. */
import {h} from '../dom.js';
import {visible} from '../format.js';
import {HUE_NONE} from '../hues.js';
import {icon} from '../icons.js';
import {icon_of, summary_of, tone_of} from '../kinds.js';

/** @typedef {import('../model.js').Model} Model */
/** @typedef {import('../model.js').Event} LogEvent */

/**
 * An agent with its dot; a subagent's is a ring. @param {Model} model @param {string | undefined} agent_id
 * @param {string} [otherwise]
 */
export function agent_name(model, agent_id, otherwise = '') {
  const hue = model.hues.get(agent_id ?? '') ?? HUE_NONE;
  const dot = model.parent_of.has(agent_id ?? '') ? 'dot sub' : 'dot';
  const name = agent_id === undefined ? otherwise : visible(agent_id);
  return h('span', {class: 'who', title: name}, h('i', {class: dot, vars: {'--c': `var(${hue})`}}),
    h('span', {class: 'cut said'}, name));
}

/** `agent.tool.failed` with its verb stressed. @param {string} type */
export function type_name(type) {
  const verb = type.lastIndexOf('.') + 1;
  return h('span', {class: 'cut'}, type.slice(0, verb), h('b', null, type.slice(verb)));
}

/** @param {string} type @param {unknown} [tool_name] @param {string} [css] */
export function type_icon(type, tool_name, css = 's') {
  return icon(icon_of(type, typeof tool_name === 'string' ? tool_name : undefined), `${css} ${tone_of(type)}`);
}

/** What happened, in one line. @param {LogEvent} event */
export function summary(event) {
  const {strong, text} = summary_of(event);
  return [strong && h('b', null, strong), strong && text ? ' ' : '', text];
}

/** Is the page as narrow as a phone's? There the detail is a sheet. */
export const is_phone = () => matchMedia('(max-width: 760px)').matches;

/** The focus stays with the list, whose keys move the point. @param {Event} event */
export const keep_focus = (event) => event.preventDefault();

/** A text with what was found in it marked: between U+0001 and U+0002. @param {string} excerpt */
export function marked(excerpt) {
  return excerpt.split('\u0001').flatMap((piece, at) => {
    const end = at === 0 ? -1 : piece.indexOf('\u0002');
    if (end < 0) return [visible(piece)];
    return [h('mark', null, visible(piece.slice(0, end))), visible(piece.slice(end + 1))];
  });
}
