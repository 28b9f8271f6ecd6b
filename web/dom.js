// @ts-check
/* Elements. The only file that makes any: from descriptions, which views return, and which are compared
 * with what is there, so that only what differs is touched.
 *
 *     patch(container, [h('li', {key: 7, class: 'note', on: {click: go}}, 'a title')])
 *
 * What agents wrote reaches the page through here alone, and only as text: a description's strings become
 * text nodes or attributes that cannot hold code. There is no way to give markup.
 *
 * A widget is an element with hands of its own (a canvas, a list of 100,000 rows): it is made once, told of
 * new properties, and told when it goes.
 *
 * While `show_fresh(true)` holds, a keyed element that joins others gets the class `fresh` until its animation
 * has ended: what came by the live stream fades in, what a move of the point brings does not. */

/** @typedef {{tag: string, props: Props, children: Child[], key: unknown, widget: Factory | null}} Node_ */
/** @typedef {Node_ | string | number | null | undefined | false} Child */
/** @typedef {Child | Child[]} Some */
/** @typedef {Some | (Some | Some[])[]} Children  nested, as views have them at hand */
/** @typedef {Record<string, any>} Props */
/** @typedef {(element: Element, props: Props) => {update(props: Props): void, destroy?(): void}} Factory */

const SVG = 'http://www.w3.org/2000/svg';
const SVG_TAGS = new Set(['svg', 'path', 'circle', 'line', 'rect', 'g', 'use', 'polyline']);

/* Attributes that name something to fetch or to run: never from a description. */
const FORBIDDEN = /^(on|srcdoc$|style$|formaction$)/i;
const ADDRESS = /^(href|src|xlink:href|action)$/i;
/* Addresses of this page's own: none that a text of an agent's could turn into code or into a request elsewhere. */
const OWN_ADDRESS = /^(\/(?!\/)|[#?]|blob:|data:image\/(png|svg\+xml);)/;

let fresh = false;

/** @param {boolean} on */
export function show_fresh(on) {
  fresh = on;
}

/**
 * Describe an element. `props`: `key` (of a child among its siblings), `class`, `on` (an object of listeners),
 * `vars` (CSS custom properties, set through the CSSOM), `dom` (properties such as value, checked, scrollTop),
 * anything else an attribute: true is an empty one, false, null and undefined are none.
 * @param {string} tag @param {Props | null} [props] @param {...Children} children @returns {Node_}
 */
export function h(tag, props, ...children) {
  return {tag, props: props ?? {}, children: /** @type {Child[]} */ (children.flat(3)), key: props?.key, widget: null};
}

/**
 * Describe a widget: `factory` makes it when it is first shown.
 * @param {string} tag @param {Factory} factory @param {Props} props @returns {Node_}
 */
export function widget(tag, factory, props) {
  return {tag, props, children: [], key: props.key, widget: factory};
}

/* What is known of an element is kept with it: maps with weak keys for thousands of elements would make the browser
 * stand still for tens of milliseconds whenever it tidies up. */
const MADE_FROM = Symbol('made from');
const WIDGET = Symbol('widget');
const LISTENERS = Symbol('listeners');
/**
 * @typedef {Node & {[MADE_FROM]?: Node_, [WIDGET]?: ReturnType<Factory>,
 *   [LISTENERS]?: Record<string, (event: Event) => void>}} Made
 */

/** @param {Event} event */
function dispatch(event) {
  /** @type {Made} */ (event.currentTarget)[LISTENERS]?.[event.type]?.(event);
}

/** @param {Child} child @returns {child is Node_} */
const isElement = (child) => typeof child === 'object' && child !== null;

/** @param {Element} element @param {Props} before @param {Props} after */
function setProps(element, before, after) {
  for (const name in before) if (!(name in after)) setProp(element, name, before[name], undefined);
  for (const name in after) if (before[name] !== after[name]) setProp(element, name, before[name], after[name]);
}

/** @param {Element} element @param {string} name @param {any} before @param {any} value */
function setProp(element, name, before, value) {
  if (name === 'key') return;
  if (name === 'on') return setListeners(element, before ?? {}, value ?? {});
  if (name === 'vars') return setVars(/** @type {HTMLElement} */ (element), before ?? {}, value ?? {});
  if (name === 'dom') {
    const target = /** @type {any} */ (element);
    for (const of in value ?? {}) if (target[of] !== value[of]) target[of] = value[of];
    return;
  }
  if (FORBIDDEN.test(name)) throw new Error(`an attribute that no description may set: ${name}`);
  if (ADDRESS.test(name) && value && !OWN_ADDRESS.test(String(value))) {
    throw new Error(`not an address of this page: ${value}`);
  }
  if (value === undefined || value === null || value === false) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? '' : String(value));
}

/** @param {Element} element @param {Record<string, any>} before @param {Record<string, any>} after */
function setListeners(element, before, after) {
  /** @type {Made} */ (element)[LISTENERS] = after;
  for (const type in before) if (!after[type]) element.removeEventListener(type, dispatch);
  for (const type in after) if (!before[type] && after[type]) element.addEventListener(type, dispatch);
}

/** @param {HTMLElement} element @param {Record<string, any>} before @param {Record<string, any>} after */
function setVars(element, before, after) {
  for (const name in before) if (!(name in after)) element.style.removeProperty(name);
  for (const name in after) if (before[name] !== after[name]) element.style.setProperty(name, String(after[name]));
}

/** @param {Child} child @returns {Node} */
function make(child) {
  if (!isElement(child)) return document.createTextNode(String(child));
  const {tag} = child;
  const element = SVG_TAGS.has(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag);
  /** @type {Made} */ (element)[MADE_FROM] = child;
  if (child.widget) {
    /** @type {Made} */ (element)[WIDGET] = child.widget(element, child.props);
    return element;
  }
  setProps(element, {}, child.props);
  patch(element, child.children);
  return element;
}

/** Tell the widgets in a tree that goes. @param {Node} node */
function forget(node) {
  /** @type {Made} */ (node)[WIDGET]?.destroy?.();
  for (const child of node.childNodes) forget(child);
}

/** @param {Node} node @param {Child} child */
function fits(node, child) {
  if (!isElement(child)) return node.nodeType === 3;
  const made = /** @type {Made} */ (node)[MADE_FROM];
  return made !== undefined && made.tag === child.tag && made.key === child.key && made.widget === child.widget;
}

/** @param {Node} node @param {Child} child */
function update(node, child) {
  if (!isElement(child)) {
    const text = String(child);
    if (node.nodeValue !== text) node.nodeValue = text;
    return;
  }
  const made = /** @type {Node_} */ (/** @type {Made} */ (node)[MADE_FROM]);
  if (made === child) return;
  /** @type {Made} */ (node)[MADE_FROM] = child;
  if (child.widget) {
    /** @type {Made} */ (node)[WIDGET]?.update(child.props);
    return;
  }
  setProps(/** @type {Element} */ (node), made.props, child.props);
  patch(/** @type {Element} */ (node), child.children);
}

/** @param {Node} node */
function fade_in(node) {
  const element = /** @type {Element} */ (node);
  element.classList.add('fresh');
  const end = (/** @type {Event} */ event) => {
    if (event.target !== element) return;
    element.classList.remove('fresh');
    element.removeEventListener('animationend', end);
  };
  element.addEventListener('animationend', end);
}

/** @param {Element} container @param {Node} node */
function drop(container, node) {
  forget(node);
  container.removeChild(node);
}

/**
 * Make the children of an element what the descriptions say. Keyed ones keep their element wherever they
 * move; a description that is the very object of the last time is not looked into.
 * @param {Element} container @param {Child[]} children
 */
export function patch(container, children) {
  const wanted = children.filter((child) => child !== null && child !== undefined && child !== false && child !== '');
  const keys = new Set();
  for (const child of wanted) if (isElement(child) && child.key !== undefined) keys.add(child.key);
  /* Those that go are taken out first: then those that stay need not be moved, and keep focus and scroll. */
  /** @type {Map<unknown, Node>} */
  const keyed = new Map();
  for (let node = container.firstChild; node; ) {
    const next = node.nextSibling;
    const key = /** @type {Made} */ (node)[MADE_FROM]?.key;
    if (key !== undefined && !keys.has(key)) drop(container, node);
    else if (key !== undefined) keyed.set(key, node);
    node = next;
  }
  const joins = fresh && keyed.size > 0;
  let at = container.firstChild;
  for (const child of wanted) {
    const key = isElement(child) ? child.key : undefined;
    let node = key !== undefined ? keyed.get(key) : at;
    if (node && fits(node, child)) {
      update(node, child);
      if (node === at) at = node.nextSibling;
      else container.insertBefore(node, at);
    } else {
      node = make(child);
      container.insertBefore(node, at);
      if (joins && key !== undefined) fade_in(node);
    }
    if (key !== undefined) keyed.delete(key);
  }
  while (at) {
    const next = at.nextSibling;
    drop(container, at);
    at = next;
  }
}
