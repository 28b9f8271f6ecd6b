// @ts-check
/* The overview: the workflow at the point, at a glance. Each row leads to its event. */
import {h} from '../dom.js';
import {timeline_canvas} from './timeline_canvas.js';
import {agents} from './panels/agents.js';
import {attention} from './panels/attention.js';
import {features} from './panels/features.js';
import {log} from './panels/log.js';
import {messages_panel} from './panels/messages.js';
import {notes_panel} from './panels/notes.js';
import {nothing, panel} from './panels/parts.js';

/** @typedef {import('../model.js').Model} Model */
/** @typedef {import('../model.js').Actions} Actions */

/** @param {Model} model @param {Actions} actions */
export function overview(model, actions) {
  return h('div', {key: 'overview', class: 'oview'},
    timeline(model, actions),
    features(model, actions),
    agents(model, actions),
    h('div', {key: 'stack', class: 'stack'}, attention(model, actions), log(model, actions)),
    notes_panel(model, actions),
    messages_panel(model, actions));
}

/** @param {Model} model @param {Actions} actions */
function timeline(model, actions) {
  const more = h('button', {class: 'link', type: 'button', on: {click: () => actions.show('timeline')}}, 'Open');
  const body = model.columns.agent_names.length > 0
    ? h('div', {key: 'canvas', class: 'timebody'}, timeline_canvas(model, actions, {compact: true}))
    : nothing(model, 'agents', 'The lanes appear with the first event of an agent.');
  return panel({title: 'Timeline', css: 'timebox', more}, body);
}
