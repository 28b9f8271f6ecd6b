// @ts-check
/* Icons: one path each on a grid of 16, drawn with a stroke of 1.5. Status icons differ in shape, not only in colour:
 * a check in a ring, a cross in an octagon, an open turning ring, bars in a ring, an empty ring, a moon. */
import {h} from './dom.js';

const RING = 'M8 1.75a6.25 6.25 0 1 0 0 12.5 6.25 6.25 0 0 0 0-12.5z';
const SHIELD = 'M8 1.75l5.25 1.9v4.1c0 3.1-2.1 5.3-5.25 6.5-3.15-1.2-5.25-3.4-5.25-6.5v-4.1z';

/** @type {Record<string, string>} */
const PATHS = {
  /* statuses */
  completed: `${RING}M5.2 8.2l2 2 3.6-4.2`,
  failed: 'M5.4 1.75h5.2l3.65 3.65v5.2l-3.65 3.65H5.4L1.75 10.6V5.4zM6 6l4 4M10 6l-4 4',
  started: `${RING}M6.7 5.5v5L10.5 8z`,
  running: 'M8 1.75A6.25 6.25 0 0 1 14.25 8M8 14.25A6.25 6.25 0 0 1 1.75 8M8 7a1 1 0 1 0 0 2 1 1 0 0 0 0-2z',
  paused: `${RING}M6.4 5.75v4.5M9.6 5.75v4.5`,
  planned: RING,
  idle: 'M13.4 9.8A5.9 5.9 0 1 1 6.2 2.6a4.7 4.7 0 0 0 7.2 7.2z',

  /* notes and messages */
  warning: 'M8 2.1l6.4 11.3H1.6zM8 6.4v3.2M8 11.6v.01',
  question: `${RING}M6.2 6.4A1.85 1.85 0 1 1 8.9 8c-.6.3-.9.7-.9 1.3M8 11.5v.01`,
  blocker: `${RING}M4.75 8h6.5`,
  decision: 'M8 14.25V9.75M8 9.75L3.5 5.25v-3M8 9.75l4.5-4.5v-3M1.75 4L3.5 2.25 5.25 4M10.75 4l1.75-1.75L14.25 4',
  todo: 'M2.5 2.5h11v11h-11zM5.3 8.2l1.9 1.9 3.5-4.1',
  idea: 'M5.9 10.7A4.4 4.4 0 0 1 8 2.25a4.4 4.4 0 0 1 2.1 8.45v1.3H5.9zM6.4 14.25h3.2',
  reflection: 'M13.6 6.6A5.75 5.75 0 0 0 3.2 4.9M2.4 9.4a5.75 5.75 0 0 0 10.4 1.7M3 1.9v3h3M13 14.1v-3h-3',
  observation: 'M1.5 8S3.8 3.75 8 3.75 14.5 8 14.5 8 12.2 12.25 8 12.25 1.5 8 1.5 8z' +
    'M8 6.1a1.9 1.9 0 1 0 0 3.8 1.9 1.9 0 0 0 0-3.8z',
  learning: 'M8 4.2C6.6 3.2 4.6 2.9 2 2.9v9.4c2.6 0 4.6.3 6 1.3 1.4-1 3.4-1.3 6-1.3V2.9c-2.6 0-4.6.3-6 1.3zM8 4.2v9.4',
  context: 'M2.5 3.75h11M2.5 8h11M2.5 12.25H9',
  accomplishment: 'M3.5 14.25v-12M3.5 3h8.75L10 6l2.25 3H3.5',
  note: 'M3 2.25h10v7.5l-3.25 3.5H3zM13 9.75H9.75v3.5M5.75 5.5h4.5M5.75 8h2.25',
  message: 'M1.9 3.4h12.2v9.2H1.9zM2.2 3.9L8 8.6l5.8-4.7',
  read: 'M2 6.4l6-4.15 6 4.15v7.1H2zM2.2 6.8L8 10.6l5.8-3.8',
  answered: 'M6 3L2 7l4 4M2.3 7H9a5 5 0 0 1 5 5v1',
  send: 'M14 2L7.2 8.8M14 2L9.5 14l-2.3-5.2L2 6.5z',

  /* what agents do */
  tool: 'M13.7 4.3a3.6 3.6 0 0 1-4.8 4.5l-4.3 4.3a1.2 1.2 0 0 1-1.7-1.7l4.3-4.3a3.6 3.6 0 0 1 4.5-4.8L9.5 4.5l2 2z',
  shell: 'M2.75 4L6.5 8l-3.75 4M8 12.25h5.25',
  file: 'M3.5 1.75h5.75L12.5 5v9.25h-9zM9 2v3.25h3.25',
  edit: 'M10.6 2.6l2.8 2.8-7.8 7.8-3.35.55.55-3.35zM8.9 4.3l2.8 2.8',
  search: 'M7 2.25a4.75 4.75 0 1 0 0 9.5 4.75 4.75 0 0 0 0-9.5zM10.5 10.5L14 14',
  web: `${RING}M1.75 8h12.5M8 1.75c2 1.8 2.75 3.9 2.75 6.25S10 12.45 8 14.25C6 12.45 5.25 10.35 5.25 8S6 3.55 8 1.75z`,
  task: 'M3 2.25v6.5a2 2 0 0 0 2 2h4M9.25 8.25h4.5v5h-4.5z',
  turn: 'M2.25 2.75h11.5v8H8.5L5.25 13.5v-2.75h-3z',
  session: 'M1.75 3h12.5v10H1.75zM1.75 6.25h12.5M4 4.6v.01M6.25 4.6v.01',
  subagent: 'M4.5 2a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM4.5 6v3a2 2 0 0 0 2 2h3M11.5 9a2 2 0 1 0 0 4 2 2 0 0 0 0-4z',
  feature: 'M8 1.75L13.75 5v6L8 14.25 2.25 11V5zM2.5 5.1L8 8.25l5.5-3.15M8 8.25V14',
  test: 'M6 2h4M6.75 2v4.2L2.9 12.4A1.1 1.1 0 0 0 3.9 14h8.2a1.1 1.1 0 0 0 1-1.6L9.25 6.2V2M4.8 9.75h6.4',
  commit: 'M8 5.25a2.75 2.75 0 1 0 0 5.5 2.75 2.75 0 0 0 0-5.5zM1.25 8h4M10.75 8h4',
  permission: 'M10.4 2.2a3.4 3.4 0 1 0 0 6.8 3.4 3.4 0 0 0 0-6.8zM8 8l-5.5 5.5M4.75 11.25L6.5 13',
  branch: 'M4.5 2a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3zM4.5 11a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3z' +
    'M11.5 2a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3zM4.5 5v6M11.5 5c0 3.5-7 2-7 6',
  notified: 'M4 11.25V7a4 4 0 0 1 8 0v4.25M2.5 11.25h11M6.75 13.75h2.5',
  workflow: 'M2 3h4v3.5H2zM10 9.5h4V13h-4zM6 4.75h3.5a2.25 2.25 0 0 1 2.25 2.25v2.25',
  event: 'M8 5.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z',

  /* controls */
  play: 'M5 3v10l7.75-5z',
  pause: 'M5.5 3.25v9.5M10.5 3.25v9.5',
  first: 'M3.5 3.25v9.5M12.5 3.5L7 8l5.5 4.5z',
  last: 'M12.5 3.25v9.5M3.5 3.5L9 8l-5.5 4.5z',
  back: 'M10 3.5L5.5 8l4.5 4.5',
  forward: 'M6 3.5L10.5 8 6 12.5',
  link: 'M6.5 9.5l3-3M7.25 4.5l1.6-1.6a2.95 2.95 0 0 1 4.2 4.2l-1.6 1.6' +
    'M8.75 11.5l-1.6 1.6a2.95 2.95 0 0 1-4.2-4.2l1.6-1.6',
  export: 'M8 9.75V2M5 4.75l3-3 3 3M2.5 9.5v4h11v-4',
  theme: 'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM8 1v1.25M8 13.75V15M1 8h1.25M13.75 8H15M3.05 3.05l.9.9M12.05 12.05l.9.9' +
    'M3.05 12.95l.9-.9M12.05 3.95l.9-.9',
  keyboard: 'M1.5 4h13v8h-13zM4 6.75v.01M6.65 6.75v.01M9.3 6.75v.01M12 6.75v.01M5 9.5h6',
  close: 'M3.75 3.75l8.5 8.5M12.25 3.75l-8.5 8.5',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.25V2.5h-8v8h2.75',
  command: 'M2 2.75h12v10.5H2zM4.5 5.75L6.75 8 4.5 10.25M8.5 10.25h3',
  trace: 'M2 3.5h5M5 8h5.5M8.5 12.5H14',
  pin: 'M8 14.25S12.75 9.9 12.75 6.4a4.75 4.75 0 0 0-9.5 0C3.25 9.9 8 14.25 8 14.25z' +
    'M8 4.9a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3z',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  menu: 'M2.5 4.25h11M2.5 8h11M2.5 11.75h11',
  check: 'M3 8.5l3.25 3.25L13 4.75',
  verified: `${SHIELD}M5.6 7.9l1.7 1.7 3.1-3.5`,
  damaged: `${SHIELD}M6.2 6.2l3.6 3.6M9.8 6.2L6.2 9.8`,
  lock: 'M3.5 7.25h9v6.5h-9zM5.5 7V4.75a2.5 2.5 0 0 1 5 0V7',
  clock: `${RING}M8 4.5V8l2.5 1.75`,
  expand: 'M4 6l4 4 4-4',
  collapse: 'M4 10l4-4 4 4',
};

/**
 * @param {string} name  completed failed started running paused planned idle warning question blocker decision
 *   todo idea reflection observation learning context accomplishment note message read answered send tool shell file
 *   edit search web task turn session subagent feature test commit branch permission notified workflow event play
 *   pause first last back forward link export theme keyboard close copy command trace pin plus minus menu check
 *   verified damaged lock clock expand collapse
 * @param {string} [css] more classes
 */
export function icon(name, css = '') {
  const path = Object.hasOwn(PATHS, name) ? PATHS[name] : PATHS.event;
  return h('svg', {class: css ? `i ${css}` : 'i', viewBox: '0 0 16 16', 'aria-hidden': 'true'}, h('path', {d: path}));
}
