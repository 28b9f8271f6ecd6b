// @ts-check
/* What just happened, for two seconds. */

import {h} from '../dom.js';

/** @param {import('../model.js').Model} model */
export function toast(model) {
  return model.toast && h('p', {key: model.toast.serial, class: 'toast'}, model.toast.text);
}
