import {test} from 'node:test';
import assert from 'node:assert/strict';
import {fit} from '../../../web/views/workers.js';

const NAMES = [40, 50, 60, 40];
const DOINGS = [100, 80, 90, 100];

test('with room for all, each agent is shown with what it does', () => {
  assert.deepEqual(fit(NAMES, DOINGS, 20, 1000), {count: 4, with_doing: true});
});

test('what agents do is left out before a name is', () => {
  assert.deepEqual(fit(NAMES, DOINGS, 20, 300), {count: 4, with_doing: false});
});

test('where the names do not fit, the rest is a number that fits', () => {
  assert.deepEqual(fit(NAMES, DOINGS, 20, 200), {count: 2, with_doing: false});
});

test('one agent is always shown', () => {
  assert.deepEqual(fit(NAMES, DOINGS, 20, 10), {count: 1, with_doing: false});
});

test('of forty agents a few are shown, however much room there is', () => {
  assert.deepEqual(fit(Array(40).fill(1), Array(40).fill(1), 20, 1e6), {count: 8, with_doing: false});
});
