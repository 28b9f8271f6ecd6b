// @ts-check
/* The last events up to the point, as they come in. */
import {h} from '../../dom.js';
import {icon} from '../../icons.js';
import {clock} from '../../format.js';
import {icon_of, is_error, is_over, summary_of, tone_of, tool_name_of} from '../../kinds.js';
import {dot, nothing, panel} from './parts.js';

/** @typedef {import('../../model.js').Model} Model */
/** @typedef {import('../../model.js').Actions} Actions */

const ROWS_MAX = 30;

/** @param {Model} model @param {Actions} actions */
export function log(model, actions) {
  const title = model.live && !is_over(model.workflows, model.workflow_id) ? 'Live log' : 'Log';
  const more = h('button', {class: 'link', type: 'button', on: {click: () => actions.show('events')}}, 'All events');
  const last = Math.min(model.point, model.columns.count);
  if (last === 0) {
    return panel({title, key: 'log', css: 'log'}, nothing(model, 'events', 'They show here as they come in.'));
  }
  const first = Math.max(1, last - ROWS_MAX + 1);
  const rows = [];
  for (let sequence = first; sequence <= last; sequence++) rows.push(log_row(model, actions, sequence));
  want_missing(model, actions, first, last);
  /* The outer box is turned upside down, so that it stays at its end, where the newest is, without a script. */
  return panel({title, key: 'log', css: 'log', more}, h('div', {class: 'pb tail'}, h('ol', null, rows)));
}

/** @param {Model} model @param {Actions} actions @param {number} first @param {number} last */
function want_missing(model, actions, first, last) {
  while (first <= last && model.events.get(first)) first++;
  while (last >= first && model.events.get(last)) last--;
  if (first <= last) actions.want(first, last);
}

/** @param {Model} model @param {Actions} actions @param {number} sequence */
function log_row(model, actions, sequence) {
  const {columns} = model;
  const event = model.events.get(sequence);
  const type = event?.event_type ?? columns.type_names[columns.types[sequence - 1]] ?? '';
  const agent = columns.agents[sequence - 1] >= 0 ? columns.agent_names[columns.agents[sequence - 1]] : undefined;
  const summary = event ? summary_of(event) : {strong: '', text: type};
  const place = !model.live && sequence === model.point ? 'cur' : '';
  const css = `lrow ${is_error(type) ? 'err' : ''} ${place}`;
  return h('li', {key: sequence},
    h('button', {class: css, type: 'button', title: type, on: {click: () => actions.go(sequence)}},
      h('span', {class: 'q mono'}, String(sequence)),
      h('span', {class: 'tm mono'}, clock(columns.times_us[sequence - 1])),
      dot(model, agent),
      icon(icon_of(type, event ? tool_name_of(event.data) : undefined), `s ${tone_of(type)}`),
      h('span', {class: 'cut said sm'}, summary.strong === '' ? null : h('b', {class: 'strong'}, summary.strong),
        summary.strong !== '' && summary.text !== '' ? ' ' : null, summary.text)));
}
