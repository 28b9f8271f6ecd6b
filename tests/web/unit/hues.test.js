import assert from 'node:assert/strict';
import {test} from 'node:test';
import {assign_hues} from '../../../web/hues.js';

/** @param {string[]} names @param {[string, string][]} [parents] */
const hues = (names, parents = []) => Object.fromEntries(assign_hues(names, new Map(parents)));

test('families take hues in the order in which they came up', () => {
  assert.deepEqual(hues(['coder', 'reviewer']), {coder: '--agent-1', reviewer: '--agent-2'});
});

test('a subagent has the lighter tint of its family, at any depth', () => {
  assert.deepEqual(hues(['coder', 'explorer', 'digger'], [['explorer', 'coder'], ['digger', 'explorer']]),
    {coder: '--agent-1', explorer: '--agent-1-sub', digger: '--agent-1-sub'});
});

test('a subagent that came up before its parent is of its family', () => {
  assert.deepEqual(hues(['other', 'explorer', 'coder'], [['explorer', 'coder']]),
    {other: '--agent-1', explorer: '--agent-2-sub', coder: '--agent-2'});
});

test('subagents of one that was never seen are one family', () => {
  assert.deepEqual(hues(['a', 'b'], [['a', 'lead'], ['b', 'lead']]), {a: '--agent-1-sub', b: '--agent-1-sub'});
});

test('people have a colour of their own and use up none', () => {
  assert.deepEqual(hues(['person', 'coder']), {person: '--agent-person', coder: '--agent-1'});
});

test('the seventh family begins anew', () => {
  assert.equal(hues(['a', 'b', 'c', 'd', 'e', 'f', 'g']).g, '--agent-1');
});

test('parents in a ring end nowhere, and are families of their own', () => {
  assert.deepEqual(hues(['a', 'b'], [['a', 'b'], ['b', 'a']]), {a: '--agent-1', b: '--agent-2'});
});

test('names of built-in properties are names', () => {
  assert.equal(assign_hues(['__proto__', 'constructor'], new Map()).get('constructor'), '--agent-2');
});
