import assert from 'node:assert/strict';
import {test} from 'node:test';
import {note_finder} from '../../../web/note_finder.js';

const never = () => false;
const note = (place) => ({id: `id-${place}`, category: place % 3 === 0 ? 'decision' : 'idea', title: `Title ${place}`,
  content: place % 5 === 0 ? 'About the Log' : 'x', tags: place % 7 === 0 ? ['red', 'blue'] : []});
const notes = (count) => Array.from({length: count}, (_, place) => note(place));

/** The simple way. */
const simply = (list, category, words) => list.filter((each) => (category === null || each.category === category) &&
  words.every((word) => JSON.stringify(each).toLowerCase().includes(word))).toReversed().map(({id}) => id);

const ids = (found) => found.newest(1e6).map(({id}) => id);

test('what is found are the notes of the category that hold all words, the newest first', () => {
  const list = notes(300);
  const found = note_finder().update('w', list, 'decision', 'LOG  title', never);
  assert.deepEqual(ids(found), simply(list, 'decision', ['log', 'title']));
  assert.equal(found.count, ids(found).length);
});

test('words are found in tags too', () => {
  assert.equal(note_finder().update('w', notes(15), null, 'blue', never).count, 3);
});

test('a slice at a time comes to the same, and the newest come first', () => {
  const finder = note_finder();
  const list = notes(1000);
  let calls = 1;
  let found = finder.update('w', list, 'idea', 'log', () => true);
  for (; !found.is_done; calls++) {
    assert.deepEqual(ids(found), simply(list, 'idea', ['log']).slice(0, found.count));
    let looks = 0;
    found = finder.update('w', list, 'idea', 'log', () => looks++ > 0);
  }
  assert.ok(calls > 10);
  assert.deepEqual(ids(found), simply(list, 'idea', ['log']));
});

test('at every point, in any order, the same is found as if it were the first', () => {
  const finder = note_finder();
  for (const count of [500, 501, 40, 499, 0, 3, 900, 4000, 3999, 20]) {
    const list = notes(count);
    assert.deepEqual(ids(finder.update('w', list, 'decision', 'log', never)), simply(list, 'decision', ['log']), `${count}`);
  }
});

test('each note is looked into once for a question', () => {
  const list = notes(200);
  let reads = 0;
  for (const each of list) Object.defineProperty(each, 'category', {get: () => (reads++, 'idea')});
  const finder = note_finder();
  for (const count of [150, 151, 120, 200, 200]) finder.update('w', list.slice(0, count), 'idea', '', never);
  assert.equal(reads, 200);
});

test('another workflow, or other notes in the place of these, are another question', () => {
  const finder = note_finder();
  finder.update('w', notes(10), 'decision', '', never);
  const others = notes(10).map((each) => ({...each, id: `other ${each.id}`, category: 'idea'}));
  assert.equal(finder.update('w', others, 'decision', '', never).count, 0);
  assert.equal(finder.update('v', notes(10), 'decision', '', never).count, 4);
});
