// @ts-check
/* The keyboard, in a dialog. */

import {h} from '../dom.js';
import {icon} from '../icons.js';
import {HELP} from '../keys.js';

/** @param {import('../model.js').Model} model @param {import('../model.js').Actions} actions */
export function help(model, actions) {
  if (!model.help_open) return null;
  const close = () => actions.help(false);
  const outside = (/** @type {Event} */ event) => event.target === event.currentTarget && close();
  return h('dialog', {key: 'help', 'aria-labelledby': 'help-title', on: {close, click: outside}},
    h('div', {class: 'help'},
      h('div', {class: 'help-head'},
        h('h2', {id: 'help-title'}, 'Keyboard'),
        h('button', {class: 'btn sq', 'aria-label': 'Close', on: {click: close}}, icon('close'))),
      h('div', {class: 'help-groups'}, HELP.map(([title, rows]) => h('section', null,
        h('h3', null, title),
        h('ul', null, rows.map(([what, keys]) => h('li', null,
          h('span', null, what),
          h('span', {class: 'keys'}, keys.map((key) => h('kbd', null, key)))))))))));
}
