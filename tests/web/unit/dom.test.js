import assert from 'node:assert/strict';
import {beforeEach, test} from 'node:test';

/* As much of a document as dom.js touches. */

class FakeNode {
  parent = null;
  childNodes = [];
  moves = 0;
  get firstChild() {
    return this.childNodes[0] ?? null;
  }
  get nextSibling() {
    const siblings = this.parent.childNodes;
    return siblings[siblings.indexOf(this) + 1] ?? null;
  }
  insertBefore(node, before) {
    if (node.parent) node.parent.childNodes.splice(node.parent.childNodes.indexOf(node), 1);
    if (node.parent === this) this.moves++;
    const at = before ? this.childNodes.indexOf(before) : this.childNodes.length;
    this.childNodes.splice(at, 0, node);
    node.parent = this;
  }
  removeChild(node) {
    this.childNodes.splice(this.childNodes.indexOf(node), 1);
    node.parent = null;
  }
}

class FakeText extends FakeNode {
  nodeType = 3;
  constructor(text) {
    super();
    this.nodeValue = text;
  }
}

class FakeElement extends FakeNode {
  nodeType = 1;
  attributes = {};
  listeners = {};
  classes = new Set();
  vars = {};
  constructor(tag, namespace = '') {
    super();
    this.tag = tag;
    this.namespace = namespace;
    this.style = {
      setProperty: (name, value) => (this.vars[name] = value),
      removeProperty: (name) => delete this.vars[name],
    };
    this.classList = {add: (name) => this.classes.add(name), remove: (name) => this.classes.delete(name)};
  }
  setAttribute(name, value) {
    this.attributes[name] = value;
  }
  removeAttribute(name) {
    delete this.attributes[name];
  }
  addEventListener(type, listener) {
    this.listeners[type] = listener;
  }
  removeEventListener(type) {
    delete this.listeners[type];
  }
  fire(type) {
    this.listeners[type]?.({type, target: this, currentTarget: this});
  }
}

globalThis.document = {
  createTextNode: (text) => new FakeText(text),
  createElement: (tag) => new FakeElement(tag),
  createElementNS: (namespace, tag) => new FakeElement(tag, namespace),
};

const {h, patch, show_fresh, widget} = await import('../../../web/dom.js');

let root;
beforeEach(() => {
  root = new FakeElement('div');
});

const keyed = (...keys) => keys.map((key) => h('li', {key}, String(key)));
const texts = () => root.childNodes.map((node) => node.firstChild?.nodeValue);

test('text becomes a text node, whatever it holds', () => {
  patch(root, [h('p', null, '<script>alert(1)</script>')]);
  assert.equal(root.firstChild.childNodes.length, 1);
  assert.equal(root.firstChild.firstChild.nodeValue, '<script>alert(1)</script>');
});

test('an element that fits is kept, and only what differs is set', () => {
  patch(root, [h('p', {class: 'a', title: 't'}, 'one')]);
  const first = root.firstChild;
  patch(root, [h('p', {class: 'b'}, 'two')]);
  assert.equal(root.firstChild, first);
  assert.deepEqual(first.attributes, {class: 'b'});
  assert.equal(first.firstChild.nodeValue, 'two');
});

test('true is an empty attribute; false, null and undefined are none', () => {
  patch(root, [h('p', {hidden: true, a: false, b: null, c: undefined, d: 0})]);
  assert.deepEqual(root.firstChild.attributes, {hidden: '', d: '0'});
});

test('keyed elements keep their element wherever they move', () => {
  patch(root, keyed(1, 2, 3));
  const [one, two, three] = root.childNodes;
  patch(root, keyed(3, 1, 2));
  assert.deepEqual(root.childNodes, [three, one, two]);
});

test('when the first of many goes, none of the others is moved', () => {
  patch(root, keyed(1, 2, 3, 4, 5));
  patch(root, keyed(2, 3, 4, 5, 6));
  assert.equal(root.moves, 0);
  assert.deepEqual(texts(), ['2', '3', '4', '5', '6']);
});

test('random orders come out as described', () => {
  let seed = 7;
  const random = (below) => (seed = (seed * 1103515245 + 12345) % 2147483648) % below;
  for (let round = 0; round < 300; round++) {
    const keys = Array.from({length: 12}, (_, key) => key).filter(() => random(3) > 0);
    for (let i = keys.length - 1; i > 0; i--) {
      const other = random(i + 1);
      [keys[i], keys[other]] = [keys[other], keys[i]];
    }
    patch(root, [h('b', null, 'head'), ...keyed(...keys), round % 2 ? h('i', null, 'foot') : null]);
    assert.deepEqual(texts(), ['head', ...keys.map(String), ...(round % 2 ? ['foot'] : [])]);
  }
});

test('another tag or key is another element', () => {
  patch(root, [h('p', {key: 1})]);
  const first = root.firstChild;
  patch(root, [h('b', {key: 1})]);
  assert.notEqual(root.firstChild, first);
  assert.equal(root.childNodes.length, 1);
});

test('a description that is the same object is not looked into', () => {
  const same = h('p', null, 'one');
  patch(root, [same]);
  root.firstChild.firstChild.nodeValue = 'touched';
  patch(root, [same]);
  assert.equal(root.firstChild.firstChild.nodeValue, 'touched');
});

test('the listener of the last description is called', () => {
  const calls = [];
  patch(root, [h('button', {on: {click: () => calls.push('first')}})]);
  patch(root, [h('button', {on: {click: () => calls.push('second')}})]);
  root.firstChild.fire('click');
  assert.deepEqual(calls, ['second']);
});

test('a listener that is no longer described is taken off', () => {
  patch(root, [h('button', {on: {click: () => assert.fail()}})]);
  patch(root, [h('button', null)]);
  assert.deepEqual(root.firstChild.listeners, {});
});

test('custom properties are set and removed through the style object', () => {
  patch(root, [h('i', {vars: {'--c': 'red', '--d': 1}})]);
  assert.deepEqual(root.firstChild.vars, {'--c': 'red', '--d': '1'});
  patch(root, [h('i', {vars: {'--c': 'blue'}})]);
  assert.deepEqual(root.firstChild.vars, {'--c': 'blue'});
});

test('a property is written only when the element has another value', () => {
  patch(root, [h('input', {dom: {value: 'a'}})]);
  root.firstChild.value = 'typed';
  patch(root, [h('input', {dom: {value: 'a'}})]);
  assert.equal(root.firstChild.value, 'a');
});

test('attributes that run or fetch are refused', () => {
  for (const name of ['onclick', 'ONLOAD', 'style', 'srcdoc', 'formaction']) {
    assert.throws(() => patch(root, [h('p', {[name]: 'x'})]), /no description may set/, name);
  }
});

test('addresses of elsewhere, and those that hold code, are refused', () => {
  const code = ['javascript:alert(1)', ' javascript:x', 'data:text/html,x'];
  const elsewhere = [...code, '//evil.example', 'https://evil.example'];
  for (const href of elsewhere) {
    assert.throws(() => patch(root, [h('a', {href})]), /not an address/, href);
  }
});

test('addresses of the page itself are set', () => {
  for (const href of ['/', '/a?b', '#x', '?wf=a', 'blob:http://x/1']) {
    patch(root, [h('a', {key: href, href})]);
    assert.equal(root.firstChild.attributes.href, href);
  }
});

test('SVG has its namespace', () => {
  patch(root, [h('svg', null, h('path', {d: 'M0 0'}))]);
  assert.match(root.firstChild.firstChild.namespace, /svg/);
});

test('a widget is made once, told of new properties, and told when it goes with its parent', () => {
  const said = [];
  const factory = (element, props) => {
    said.push(['made', props.n]);
    return {update: (next) => said.push(['update', next.n]), destroy: () => said.push(['gone'])};
  };
  const view = (n) => h('div', {key: 'in'}, widget('canvas', factory, {n}));
  patch(root, [view(1)]);
  patch(root, [view(2)]);
  patch(root, []);
  assert.deepEqual(said, [['made', 1], ['update', 2], ['gone']]);
});

test('what joins others while freshness is shown fades in once', () => {
  patch(root, keyed(1, 2));
  show_fresh(true);
  patch(root, keyed(1, 2, 3));
  show_fresh(false);
  assert.deepEqual(root.childNodes.map((node) => node.classes.has('fresh')), [false, false, true]);
  root.childNodes[2].fire('animationend');
  assert.equal(root.childNodes[2].classes.has('fresh'), false);
});

test('nothing fades in when a list is made, or when the point moves', () => {
  show_fresh(true);
  patch(root, keyed(1, 2));
  show_fresh(false);
  patch(root, keyed(1, 2, 3));
  assert.ok(root.childNodes.every((node) => !node.classes.has('fresh')));
});
