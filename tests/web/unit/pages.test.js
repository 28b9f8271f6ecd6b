import assert from 'node:assert/strict';
import {test} from 'node:test';
import {PAGE, Pages} from '../../../web/pages.js';

const event = (sequence) => ({sequence, id: `id-${sequence}`, data: {}});
const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

function fixture(more = {}) {
  const asked = [];
  const changes = {count: 0};
  const pages = new Pages({
    async load(from, to) {
      asked.push([from, to]);
      await null;
      return Array.from({length: to - from + 1}, (_, i) => ({event: event(from + i), size: 100}));
    },
    async load_one(id) {
      asked.push(id);
      if (id === 'gone') throw new Error('not found');
      return {sequence: 9, id, workflow_id: 'other'};
    },
    on_change: () => changes.count++,
    ...more,
  });
  pages.head = 10000;
  return {pages, asked, changes};
}

test('a page is asked for once, however often it is wanted', async () => {
  const {pages, asked} = fixture();
  pages.want(5, 9);
  pages.want(1, 200);
  await settle();
  pages.want(1, PAGE);
  assert.deepEqual(asked, [[1, PAGE]]);
  assert.equal(pages.get(7).id, 'id-7');
});

test('the revision rises when events came, and a change is told', async () => {
  const {pages, changes} = fixture();
  const before = pages.revision;
  pages.want(1, 1);
  await settle();
  assert.ok(pages.revision > before);
  assert.ok(changes.count > 0);
});

test('nothing behind the head is asked for', async () => {
  const {pages, asked} = fixture();
  pages.head = 300;
  pages.want(290, 9999);
  await settle();
  assert.deepEqual(asked, [[PAGE + 1, 300]]);
});

test('a page with live events only is completed', async () => {
  const {pages, asked} = fixture();
  pages.head = 10;
  pages.put(event(11));
  assert.equal(pages.get(5), undefined);
  pages.want(5, 5);
  await settle();
  assert.deepEqual(asked, [[1, 11]]);
  assert.equal(pages.get(5).id, 'id-5');
  assert.equal(pages.has(1, 11), true);
});

test('the page that was used longest ago goes first', async () => {
  const {pages} = fixture({pages_max: 2});
  pages.put(event(1));
  pages.put(event(PAGE + 1));
  pages.get(1);
  pages.put(event(2 * PAGE + 1));
  assert.equal(pages.get(PAGE + 1), undefined);
  assert.equal(pages.get(1).id, 'id-1');
});

test('large events push pages out before their number does', () => {
  const {pages} = fixture({size_max: 1000});
  pages.put(event(1), 900);
  pages.put(event(PAGE + 1), 900);
  assert.equal(pages.get(1), undefined);
  assert.equal(pages.size, 900);
});

test('events are found by id, as long as their page is there', () => {
  const {pages} = fixture({pages_max: 1});
  pages.put(event(1));
  assert.equal(pages.by_id('id-1').sequence, 1);
  pages.put(event(PAGE + 1));
  assert.equal(pages.by_id(`id-${PAGE + 1}`).sequence, PAGE + 1);
  assert.equal(pages.by_id('id-1'), undefined);
});

test('an id that is not loaded is looked up once, and is there later', async () => {
  const {pages, asked, changes} = fixture();
  assert.equal(pages.by_id('far'), undefined);
  assert.equal(pages.by_id('far'), undefined);
  await settle();
  assert.deepEqual(asked, ['far']);
  assert.equal(pages.by_id('far').workflow_id, 'other');
  assert.equal(changes.count, 1);
});

test('an id that is nowhere is not asked for again', async () => {
  const {pages, asked} = fixture();
  pages.by_id('gone');
  await settle();
  pages.by_id('gone');
  assert.deepEqual(asked, ['gone']);
});

test('what was wanted last is loaded first, a few at a time', async () => {
  const {pages, asked} = fixture();
  pages.want(1, 10 * PAGE);
  pages.want(20 * PAGE + 1, 20 * PAGE + 1);
  await settle();
  assert.equal(asked.length, 11);
  assert.ok(asked.findIndex(([from]) => from === 20 * PAGE + 1) <= 3);
});

test('a page that failed rests, then may be wanted again', async () => {
  let fails = true;
  const {pages, changes} = fixture({
    retry_ms: 10,
    async load(from) {
      if (fails) throw new Error('no');
      return [{event: event(from), size: 1}];
    },
  });
  pages.want(1, 1);
  await settle();
  const before = changes.count;
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(changes.count, before + 1);
  fails = false;
  pages.want(1, 1);
  await settle();
  assert.equal(pages.get(1).id, 'id-1');
});
