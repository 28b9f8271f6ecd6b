import assert from 'node:assert/strict';
import {test} from 'node:test';
import {act_of, HELP} from '../../../web/keys.js';

/** What a key calls. */
function press(key, more = {}, model = {}) {
  const calls = [];
  const record = (name) => (...rest) => calls.push([name, ...rest]);
  const actions = new Proxy({}, {get: (_, name) => record(name)});
  const page = {focus_search: record('focus_search'), zoom: record('zoom_by')};
  act_of({key, ...more})?.act(actions, {workflows: [], columns: {correlations: []}, compare: null, ...model}, page);
  return calls;
}
const element = (selector, inside = null) => ({
  matches: (list) => list.split(',').some((one) => one.trim() === selector),
  closest: (list) => (inside && list.includes(inside) ? {} : null),
});

test('arrows step one event, with shift ten', () => {
  assert.deepEqual(press('ArrowLeft'), [['step', -1]]);
  assert.deepEqual(press('ArrowRight', {shiftKey: true}), [['step', 10]]);
});

test('digits show the five views', () => {
  assert.deepEqual(['1', '2', '3', '4', '5'].flatMap((key) => press(key)).map(([, view]) => view),
    ['overview', 'timeline', 'events', 'notes', 'trace']);
});

test('every key of the help does something', () => {
  const names = {Space: ' ', '←': 'ArrowLeft', '→': 'ArrowRight', '⇧': null, Esc: 'Escape'};
  for (const [, rows] of HELP) {
    for (const [what, keys] of rows) {
      for (const key of keys) {
        const name = key in names ? names[key] : key;
        if (name !== null) assert.ok(act_of({key: name}), `${what}: ${key}`);
      }
    }
  }
});

test('keys are text in a field, and a command of the browser with control', () => {
  assert.equal(act_of({key: 's', target: element('input')}), null);
  assert.equal(act_of({key: 'l', ctrlKey: true}), null);
  assert.equal(act_of({key: 'c', metaKey: true}), null);
});

test('space on a button presses it', () => {
  assert.equal(act_of({key: ' ', target: element('button')}), null);
  assert.notEqual(act_of({key: ' ', target: element('main')}), null);
});

test('parts that take arrows themselves keep them', () => {
  assert.equal(act_of({key: 'ArrowLeft', target: element('div', '[data-keys]')}), null);
  assert.notEqual(act_of({key: 's', target: element('div', '[data-keys]')}), null);
});

test('escape closes the nearest thing first', () => {
  assert.deepEqual(press('Escape', {}, {sidebar_open: true, compare: 3}), [['sidebar', false]]);
  assert.deepEqual(press('Escape', {}, {detail_open: true, compare: 3}), [['detail', false]]);
  assert.deepEqual(press('Escape', {}, {compare: 3}), [['compare_toggle']]);
  assert.deepEqual(press('Escape'), []);
});

test('j and k go along the list and stop at its ends', () => {
  const model = {workflow_id: 'b', workflows: ['a', 'b', 'c'].map((workflow_id) => ({workflow_id}))};
  assert.deepEqual(press('j', {}, model), [['open', 'c']]);
  assert.deepEqual(press('k', {}, model), [['open', 'a']]);
  assert.deepEqual(press('j', {}, {...model, workflow_id: 'c'}), []);
});

test('names of objects are no keys', () => {
  assert.equal(act_of({key: 'constructor'}), null);
});

test('milestones are stepped along on keyboards that type brackets with Alt or AltGr; other keys with Alt are not ours',
  () => {
    assert.deepEqual(press('[', {altKey: true}), [['milestone', -1]]);
    assert.deepEqual(press(']', {altKey: true, ctrlKey: true}), [['milestone', 1]]);
    assert.deepEqual([press('[', {ctrlKey: true}), press('l', {altKey: true})], [[], []]);
  });

test('a key that is held plays once, and steps on and on', () => {
  assert.deepEqual([press(' ', {repeat: true}), press('t', {repeat: true})], [[], []]);
  assert.deepEqual(press('ArrowLeft', {repeat: true}), [['step', -1]]);
});
