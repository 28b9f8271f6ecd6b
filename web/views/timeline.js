// @ts-check
/* The view of the timeline: the big canvas, and below it the event at the point. */
import {h} from '../dom.js';
import {icon} from '../icons.js';
import {zoom_by} from '../time_model.js';
import {event_detail} from './detail.js';
import {timeline_canvas} from './timeline_canvas.js';

/** @typedef {import('../model.js').Model} Model */
/** @typedef {import('../model.js').Actions} Actions */

/** @param {Model} model @param {Actions} actions */
export function timeline(model, actions) {
  const is_empty = !has_lanes(model);
  return h('div', {key: 'timeline', class: 'time-view'},
    h('section', {key: 'lanes', class: 'panel', 'aria-label': 'Timeline'},
      h('div', {key: 'head', class: 'ph'},
        h('h2', {}, 'Timeline'),
        h('span', {class: 'cap not-s hint'},
          'Drag to pan, wheel to zoom, click an event to go there. Quiet stretches are folded.'),
        h('span', {class: 'grow'}),
        zoom_button('plus', 'Zoom in  +', () => actions.zoom(zoom_by(model, 0.5)), is_empty),
        zoom_button('minus', 'Zoom out  −', () => actions.zoom(zoom_by(model, 2)), is_empty || model.zoom === null),
        h('button', {
          type: 'button', class: 'btn', title: 'Show all  0', disabled: model.zoom === null,
          on: {click: () => actions.zoom(null)},
        }, 'Fit')),
      is_empty ? waiting() : timeline_canvas(model, actions, {compact: false})),
    h('section', {key: 'event', class: 'panel not-s', 'aria-label': 'Event at the point'},
      h('div', {class: 'pb'}, event_detail(model, actions, {wide: true}))));
}

/** @param {Model} model */
function has_lanes(model) {
  const {count, agent_names} = model.columns;
  return count > 0 && (agent_names.length > 0 || model.spans.some((span) => span.kind === 'feature'));
}

/** @param {string} name @param {string} title @param {() => void} act @param {boolean} disabled */
function zoom_button(name, title, act, disabled) {
  const label = title.replace(/ {2}.*/, '');
  return h('button', {key: name, type: 'button', class: 'btn sq', title, 'aria-label': label, disabled,
    on: {click: act}}, icon(name, 's'));
}

function waiting() {
  return h('div', {key: 'empty', class: 'empty'}, icon('event'), h('b', {}, 'Waiting for the first agent'),
    h('span', {}, 'The lanes appear with its first event.'));
}
