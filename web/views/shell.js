// @ts-check
/* The middle of the page: the view that was chosen, or why there is none. */

import {h} from '../dom.js';
import {sentence, visible} from '../format.js';
import {icon} from '../icons.js';
import {events} from './events.js';
import {notes} from './notes.js';
import {overview} from './overview.js';
import {timeline} from './timeline.js';
import {trace} from './trace.js';

/** @typedef {import('../model.js').Model} Model */
/** @typedef {import('../model.js').Actions} Actions */

/** @type {Record<Model['view'], (model: Model, actions: Actions) => any>} */
const SHOW = {overview, timeline, events, notes, trace};

const EMIT = `jc emit fix-login workflow.started --data '{"description": "Fix the login"}'`;

/** @param {string} shape @param {string} title @param {...any} more */
function instead(shape, title, ...more) {
  return h('div', {class: 'instead', key: title}, icon(shape), h('h2', null, title), ...more);
}

/** @param {Actions} actions */
const again = (actions) => h('button', {class: 'btn solid', on: {click: actions.retry}}, 'Try again');

/** @param {Model} model @param {Actions} actions */
function begin(model, actions) {
  if (model.workflows_state === 'loading') return instead('workflow', 'Reading the log');
  if (model.workflows_state === 'failed') {
    return instead('damaged', 'The workflows could not be read',
      h('p', null, sentence(model.workflows_problem)), again(actions));
  }
  const command = (/** @type {string} */ text) => h('li', null,
    h('code', {class: 'mono'}, text),
    h('button', {class: 'btn sq', 'aria-label': `Copy ${text}`, on: {click: () => actions.copy(text, 'Command')}},
      icon('copy', 's')));
  return instead('workflow', 'Nothing recorded yet',
    h('p', null, 'Workflows appear here with their first event. Record every session of your agent:'),
    h('ul', {class: 'commands'}, command('jc hook install')),
    h('p', null, 'or begin one yourself:'),
    h('ul', {class: 'commands'}, command(EMIT)));
}

/** @param {Model} model @param {Actions} actions */
export function shell(model, actions) {
  if (model.workflow_id === null) return begin(model, actions);
  switch (model.loading) {
    case 'loading':
      if (model.columns.count > 0) return SHOW[model.view](model, actions);
      return h('div', {class: 'instead wait', key: 'wait'}, h('p', null, 'Reading the workflow'));
    case 'missing':
      return instead('question', 'There is no such workflow',
        h('p', null, 'The log holds no event of ', h('code', {class: 'mono said'}, visible(model.workflow_id)), '.'),
        model.workflows.length ? h('button', {
          class: 'btn solid',
          on: {click: () => actions.open(model.workflows[0].workflow_id)},
        }, 'Show the latest workflow') : null);
    case 'failed':
      return instead('damaged', 'The workflow could not be read',
        h('p', {class: 'said'}, sentence(model.problem)), again(actions));
    default:
      return SHOW[model.view](model, actions);
  }
}
