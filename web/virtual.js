// @ts-check
/* A list of any number of rows of one height, of which only those in sight are elements.
 *
 * An element is a slot: when a row leaves at the top, its slot shows the one that comes at the bottom. The list
 * scrolls by itself to the row of the point when that moves from elsewhere, but leaves be whoever scrolls: while
 * the page is live or plays, whoever scrolled away is left there until they come back.
 *
 * Browsers do not make elements taller than some million pixels; a longer list is mapped onto that height.
 *
 * Where it is scrolled to is remembered, not read: a read between two changes makes the browser lay out the page
 * at once, and that would be most of a frame. So rows are drawn once a frame, for where the list will be. */
import {h, patch, widget} from './dom.js';

/** @typedef {import('./dom.js').Node_} Node_ */

const HEIGHT_MAX = 12_000_000;
const SPARE = 4; // rows beyond the edges
const QUIET_MS = 400; // after a person scrolled, nothing scrolls by itself

/**
 * Which rows are in sight.
 * @param {number} count @param {number} row its height @param {number} height that is in sight @param {number} scroll
 * @returns {{first: number, end: number, size: number, shift: number}} rows from `first` to before `end`; the height of
 *   all; a row stands at its index × row + shift
 */
export function window_of(count, row, height, scroll, most = HEIGHT_MAX) {
  const whole = count * row;
  const size = Math.min(whole, most);
  const top = Math.max(0, Math.min(scroll, size - height));
  const real = size < whole ? (top / Math.max(1, size - height)) * (whole - height) : top;
  const first = Math.max(0, Math.floor(real / row) - SPARE);
  return {first, end: Math.min(count, Math.ceil((real + height) / row) + SPARE), size, shift: top - real};
}

/** Where to scroll so that the top of sight is at `real` pixels of the whole list.
 * @param {number} real @param {number} count @param {number} row @param {number} height */
export function scroll_for(real, count, row, height, most = HEIGHT_MAX) {
  const whole = count * row;
  const wanted = Math.max(0, Math.min(real, whole - height));
  return whole <= most ? wanted : (wanted / (whole - height)) * (most - height);
}

/**
 * The top that brings a row into sight: the same when it is there; a little further when it is near; else the row
 * comes to a third of the height.
 * @param {number} index @param {number} top in pixels of the whole list @param {number} row @param {number} height
 */
export function top_for(index, top, row, height) {
  const at = index * row;
  const margin = Math.min(2 * row, Math.max(0, (height - row) / 2));
  if (at >= top && at + row <= top + height) return top;
  if (at < top && at > top - height) return at - margin;
  if (at >= top && at + row < top + 2 * height) return at + row + margin - height;
  return at - height / 3;
}

/** The row to go to from row `at`, or from between it and the next (`between`). null: the key is none of ours.
 * @param {string} key @param {number} at @param {boolean} between @param {number} count
 * @param {number} page rows of one */
export function row_for_key(key, at, between, count, page) {
  const steps = {ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page};
  if (count === 0) return null;
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  const step = Object.hasOwn(steps, key) ? steps[/** @type {keyof typeof steps} */ (key)] : 0;
  if (step === 0) return null;
  const from = between && step < 0 ? at + 1 : at;
  return Math.max(0, Math.min(count - 1, from + step));
}

/**
 * @typedef {object} ListProps
 * @property {string} [key]
 * @property {string} id
 * @property {string} css
 * @property {string} role        treegrid, tree or listbox
 * @property {string} label
 * @property {number} count
 * @property {number} columns     of a grid; 0: it is none
 * @property {number} current     row of the point, or the last before it
 * @property {boolean} between    the point is behind `current`, not in it
 * @property {unknown} moved      differs when the point moved: the list follows
 * @property {unknown} listed     differs when it is another list: it begins at the point
 * @property {boolean} follows    the point moves by itself (live, playing)
 * @property {(index: number) => Node_} render  a row; class and contents are the caller's
 * @property {(first: number, end: number) => void} [in_sight]
 * @property {(index: number, key: string) => void} go     to a row, by a key
 * @property {(event: KeyboardEvent) => boolean} [key_down]  true: it was taken
 * @property {Record<string, string>} [vars]
 */

/** Describe a list. @param {ListProps} props @returns {Node_} */
export function virtual_list(props) {
  return widget('div', make_list, props);
}

/** @param {Element} found @param {import('./dom.js').Props} begun */
function make_list(found, begun) {
  const element = /** @type {HTMLElement} */ (found);
  let props = /** @type {ListProps} */ (begun);
  let row = 28;
  let height = 0;
  let scroll = 0; // as it is, or was set from here
  let scrolled_at = -Infinity;
  let attached = true;
  let shown = false;
  let most_slots = 0;

  const real_top = () => scroll - window_of(props.count, row, height, scroll).shift;
  const is_current_in_sight = () => {
    const top = real_top();
    return props.current * row >= top - row && props.current * row <= top + height;
  };

  function draw() {
    const {first, end, size, shift} = window_of(props.count, row, height, scroll);
    /* Slots do not get fewer, or every row would change its own. */
    most_slots = Math.max(most_slots, end - first);
    const rows = [];
    for (let index = first; index < end; index++) rows.push(placed(index, index % most_slots, shift));
    rows.sort((a, b) => a.props.key - b.props.key);
    patch(element, [h('div', {class: 'vl-rows', role: 'presentation', vars: {'--size': `${size}px`}}, rows)]);
    const is_shown = props.current >= first && props.current < end && !props.between;
    set('aria-activedescendant', is_shown ? `${props.id}-${props.current}` : null);
    props.in_sight?.(Math.min(first, props.count), end);
  }

  /** @type {Record<string, string | null>} */
  const attributes = {};
  /** An attribute of the list; what is the same already costs nothing.
   * @param {string} name @param {string | null} value */
  function set(name, value) {
    if ((attributes[name] ?? null) === value) return;
    attributes[name] = value;
    if (value === null) element.removeAttribute(name);
    else element.setAttribute(name, value);
  }

  /** @param {number} index @param {number} slot @param {number} shift @returns {Node_} */
  function placed(index, slot, shift) {
    const node = props.render(index);
    const at = props.columns > 0 ? {'aria-rowindex': index + 2}
      : {'aria-posinset': index + 1, 'aria-setsize': props.count};
    const vars = {...node.props.vars, '--y': `${Math.round(index * row + shift)}px`};
    return {...node, key: slot, props: {...node.props, ...at, vars, key: slot, id: `${props.id}-${index}`}};
  }

  function measure() {
    const style = getComputedStyle(element);
    row = parseFloat(style.getPropertyValue('--row')) || 28;
    height = element.clientHeight;
  }

  /** Where to scroll by itself, in pixels of the whole list; null: nowhere. @param {ListProps} before */
  function followed(before) {
    if (props.count === 0) return null;
    const is_new = !shown || before.listed !== props.listed;
    shown = true;
    if (is_new || (props.follows && !before.follows)) attached = true;
    if (is_new) return props.current * row - height / 2 + row / 2;
    const is_moved = before.moved !== props.moved || (props.follows && before.count !== props.count);
    if (!is_moved || performance.now() - scrolled_at < QUIET_MS || (props.follows && !attached)) return null;
    return top_for(Math.max(0, props.current), real_top(), row, height);
  }

  /** @param {Record<string, string>} [vars_before] */
  function set_attributes(vars_before = {}) {
    set('class', `vl ${props.css}`);
    set('id', props.id);
    set('role', props.role);
    set('aria-label', props.label);
    if (props.columns > 0) {
      set('aria-rowcount', String(props.count + 1));
      set('aria-colcount', String(props.columns));
    }
    for (const name in props.vars) {
      if (props.vars[name] !== vars_before[name]) element.style.setProperty(name, props.vars[name]);
    }
  }

  element.addEventListener('scroll', () => {
    const now = element.scrollTop;
    /* What was set from here is drawn already. */
    if (Math.abs(now - scroll) <= 1) return;
    scroll = now;
    scrolled_at = performance.now();
    attached = is_current_in_sight();
    draw();
  }, {passive: true});

  element.addEventListener('keydown', (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target !== element) return;
    const page = Math.max(1, Math.floor(height / row) - 1);
    const to = event.shiftKey ? null : row_for_key(event.key, props.current, props.between, props.count, page);
    if (to !== null) {
      scrolled_at = -Infinity;
      attached = true;
      props.go(to, event.key);
    } else if (!props.key_down?.(event)) return;
    event.preventDefault();
    event.stopPropagation();
  });

  /** @param {ListProps} before */
  function draw_and_follow(before) {
    if (height === 0) return;
    const was = scroll;
    const top = followed(before);
    if (top !== null) scroll = Math.round(scroll_for(top, props.count, row, height));
    draw();
    if (scroll !== was) element.scrollTop = scroll;
  }

  element.tabIndex = 0;
  set_attributes();
  /* It is called too once the list is part of the page and has a height. */
  const resized = new ResizeObserver(() => {
    measure();
    draw_and_follow(props);
  });
  resized.observe(element);

  return {
    /** @param {import('./dom.js').Props} next */
    update(next) {
      const before = props;
      props = /** @type {ListProps} */ (next);
      set_attributes(before.vars);
      draw_and_follow(before);
    },
    destroy() {
      resized.disconnect();
    },
  };
}
