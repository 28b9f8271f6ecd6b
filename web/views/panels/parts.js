// @ts-check
/* What panels are put together from: frame, empty state, an agent's name, rows that lead to events, and parts that have
 * a state of their own. */
import {h, patch, widget} from '../../dom.js';
import {icon} from '../../icons.js';
import {HUE_NONE} from '../../hues.js';
import {beginning, line_of, visible} from '../../format.js';

/** @typedef {import('../../dom.js').Child} Child */
/** @typedef {import('../../model.js').Model} Model */

/**
 * A panel: a section with a head. `more` stands at the head's right end.
 * @param {{title: string, count?: string | number, more?: Child | Child[], css?: string, key?: string}} head
 * @param {...(Child | Child[])} body
 */
export function panel(head, ...body) {
  return h('section', {key: head.key ?? head.title, class: `panel ${head.css ?? ''}`, 'aria-label': head.title},
    h('div', {class: 'ph'},
      h('h2', null, head.title),
      head.count === undefined || head.count === '' ? null : h('span', {class: 'n'}, String(head.count)),
      h('span', {class: 'grow'}),
      head.more ?? null),
    ...body);
}

/** What a panel says while it has nothing to show.
 * @param {string} what @param {string} [then] @param {string} [shape] */
export function empty(what, then = '', shape = '') {
  return h('div', {key: 'empty', class: 'empty'},
    shape === '' ? null : icon(shape), h('b', null, what), then === '' ? null : h('span', null, then));
}

/** The words of an empty panel: while states are on their way, at a point of the past, and live.
 * @param {Model} model @param {string} what @param {string} then what will come */
export function nothing(model, what, then) {
  if (!model.states) return empty('Reading the log …');
  return model.live ? empty(`No ${what} yet`, then) : empty(`No ${what} at this point`, 'There may be some later.');
}

/** An agent's dot in its hue: a ring for a subagent. @param {Model} model @param {string | undefined} agent_id */
export function dot(model, agent_id) {
  const hue = agent_id === undefined ? HUE_NONE : model.hues.get(agent_id) ?? HUE_NONE;
  const css = agent_id !== undefined && model.parent_of.has(agent_id) ? 'dot sub' : 'dot';
  return h('span', {class: css, vars: {'--c': `var(${hue})`}, 'aria-hidden': 'true'});
}

/** @param {Model} model @param {string | undefined} agent_id */
export function who(model, agent_id) {
  const name = h('span', {class: 'cut said'}, agent_id ? line_of(agent_id, 80) : 'nobody');
  return h('span', {class: 'who'}, dot(model, agent_id), name);
}

/** Text of an agent in a line of its own: cut, visible, isolated. @param {unknown} value @param {string} [css] */
export const said = (value, css = '') => h('span', {class: `said ${css}`}, line_of(value));

/** Text of an agent with its line breaks, up to `length` characters. @param {string} value @param {number} length */
export function lines(value, length) {
  return visible(beginning(value, length));
}

/** A class when the row is among those that changed. @param {Model} model @param {string} key */
export const changed = (model, key) => (model.marks.keys.has(key) ? 'chg' : '');

/** A row that goes to an event. @param {string} css @param {number} sequence of it; 0: nobody knows
 * @param {import('../../model.js').Actions} actions */
export function goes(css, sequence, actions) {
  return sequence > 0 ? leads(css, () => sequence, actions) : {class: css, type: 'button', disabled: true};
}

/** The same, when the event is looked for only at a click.
 * @param {string} css @param {() => number} sequence_of 0: none
 * @param {import('../../model.js').Actions} actions */
export function leads(css, sequence_of, actions) {
  const click = () => {
    const sequence = sequence_of();
    if (sequence > 0) actions.go(sequence);
  };
  return {class: css, type: 'button', on: {click}};
}

/**
 * A part with a state of its own, such as what was typed or how much is shown: `render(props, state, set)` describes
 * its children, `set(change)` changes the state and shows it. The state lives as long as the part's place in the page,
 * unless `initial` gives one that it keeps.
 * @template {Record<string, any>} Props
 * @template {Record<string, any>} State
 * @param {string} tag @param {string} css @param {(props: Props) => State} initial
 * @param {(props: Props, state: State, set: (patch: Partial<State>) => void) => Child[]} render
 * @returns {(props: Props & {key?: unknown}) => import('../../dom.js').Node_}
 */
export function stateful(tag, css, initial, render) {
  /** @type {import('../../dom.js').Factory} */
  const factory = (element, first) => {
    let props = /** @type {Props} */ (first);
    const state = initial(props);
    element.setAttribute('class', css);
    const show = () => patch(element, render(props, state, set));
    /** @param {Partial<State>} change */
    const set = (change) => {
      Object.assign(state, change);
      show();
    };
    show();
    return {
      update(next) {
        props = /** @type {Props} */ (next);
        show();
      },
    };
  };
  return (props) => widget(tag, factory, props);
}
