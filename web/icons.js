// @ts-check
/* Icons: one path each on a grid of 16, drawn with a stroke of 1.5. Status icons differ in shape, not only in colour. */
import {h} from './dom.js';

/** @type {Record<string, string>} */
const PATHS = {event: 'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6z'};

/**
 * @param {string} name  completed failed started running paused planned idle warning question blocker decision todo idea
 *   reflection observation learning context accomplishment note message read answered tool shell file edit search web task
 *   turn session subagent feature test commit permission workflow event play pause first last back forward link export
 *   theme keyboard close copy command trace pin plus minus menu check verified damaged lock expand collapse
 * @param {string} [css] more classes
 */
export function icon(name, css = '') {
  return h('svg', {class: `i ${css}`, viewBox: '0 0 16 16', 'aria-hidden': 'true'}, h('path', {d: PATHS[name] ?? PATHS.event}));
}
