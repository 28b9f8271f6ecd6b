import assert from 'node:assert/strict';
import {test} from 'node:test';
import {no_filters, read_url, write_url} from '../../../web/url.js';

const plain = {
  workflow_id: null, view: 'overview', at: null, from: null, filters: no_filters(), category: null, trace: null,
  theme: null,
};

test('an address without parameters is the overview, live', () => {
  assert.deepEqual(read_url(''), plain);
});

test('what is as it is without being said is not in the address', () => {
  assert.equal(write_url(plain), '');
});

test('a place comes back as it was, odd characters and repeated parameters too', () => {
  const place = {
    workflow_id: 'a/b ?&=#é\n',
    view: 'trace',
    at: 0,
    from: 12,
    filters: {q: 'x & y', agents: ['a', 'b,c'], kinds: ['tools', 'errors'], types: ['agent.*'], correlation: 'c 1'},
    category: 'question',
    trace: 'corr/1',
    theme: 'dark',
  };
  assert.deepEqual(read_url(write_url(place)), place);
});

test('a view, point or theme that does not exist is as if it were not there', () => {
  assert.deepEqual(read_url('?view=__proto__&at=-1&from=1e9&theme=pink'), plain);
});
