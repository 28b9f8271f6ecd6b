// @ts-check
/* The folds against what the projections in C come to (goldens), and what they promise the page. */

import assert from 'node:assert/strict';
import {test} from 'node:test';
import {FOLDS} from '../../../web/fold.js';
import {GOLDENS, golden_points} from '../goldens.mjs';
import {random_history} from '../histories.mjs';
import {NAMES} from '../twin.mjs';

/** @typedef {import('../twin.mjs').Name} Name */

/** As the wire has it: no -0, no undefined. @param {any} value */
function plain(value) {
  return JSON.parse(JSON.stringify(value));
}

/** @param {string} name */
function events_of(name) {
  return GOLDENS[name].lines().map((line) => JSON.parse(line));
}

/** @param {any} fold @param {any} state @param {any[]} events */
function apply_all(fold, state, events) {
  for (const event of events) fold.apply(state, event);
  return state;
}

for (const history of Object.keys(GOLDENS)) {
  const events = events_of(history);
  const points = golden_points(history);

  test(`the states of ${history} are those in C, at every point`, () => {
    for (const name of NAMES) {
      const state = FOLDS[name].init();
      let done = 0;
      for (const {sequence, states} of points) {
        apply_all(FOLDS[name], state, events.slice(done, sequence));
        done = sequence;
        assert.deepEqual(plain(FOLDS[name].json(state)), plain(states[name]), `${name} at #${sequence}`);
      }
    }
  });

  test(`a state in C of ${history} folds on to the same`, () => {
    const last = points[points.length - 1];
    for (const name of NAMES) {
      for (let from = 0; from < points.length; from += 3) {
        const {sequence, states} = points[from];
        const state = FOLDS[name].from_json(states[name], sequence);
        assert.deepEqual(plain(FOLDS[name].json(state)), plain(states[name]), `${name} read back at #${sequence}`);
        apply_all(FOLDS[name], state, events.slice(sequence, last.sequence));
        assert.deepEqual(plain(FOLDS[name].json(state)), plain(last.states[name]), `${name} from #${sequence} on`);
      }
    }
  });

  test(`events of ${history} that are told twice change nothing`, () => {
    for (const name of NAMES) {
      const state = FOLDS[name].init();
      for (let i = 0; i < events.length; i += 5) {
        apply_all(FOLDS[name], state, events.slice(0, i));
        const once = FOLDS[name].json(apply_all(FOLDS[name], FOLDS[name].init(), events.slice(0, i)));
        assert.deepEqual(FOLDS[name].json(state), once, `${name} at #${i}`);
      }
    }
  });
}

/* ---- What json() gives ---- */

test('what json() gave is never changed by later events', () => {
  const events = random_history(77, 300).map((line) => JSON.parse(line));
  for (const name of NAMES) {
    const state = FOLDS[name].init();
    const kept = events.map((event) => {
      FOLDS[name].apply(state, event);
      const json = FOLDS[name].json(state);
      return [json, JSON.stringify(json)];
    });
    for (const [json, text] of kept) assert.equal(JSON.stringify(json), text, name);
  }
});

test('a state does not change the JSON that it was made of', () => {
  const events = events_of('story');
  for (const name of NAMES) {
    const json = plain(FOLDS[name].json(apply_all(FOLDS[name], FOLDS[name].init(), events.slice(0, 40))));
    const text = JSON.stringify(json);
    FOLDS[name].json(apply_all(FOLDS[name], FOLDS[name].from_json(json, 40), events.slice(40)));
    assert.equal(JSON.stringify(json), text, name);
  }
});

/**
 * The things of a state that a page compares one by one, by a key.
 * @param {Name} name @param {any} json @returns {Map<string, any>}
 */
function things(name, json) {
  if (name === 'mailbox') {
    /** @type {Map<string, any>} */
    const messages = new Map();
    for (const [agent, boxes] of Object.entries(json.agents))
      for (const [box, list] of Object.entries(/** @type {Record<string, any[]>} */ (boxes)))
        for (const each of list) messages.set(`${agent}/${box}/${each.sequence}`, each);
    return messages;
  }
  const lists = {workflow: ['features', 'commits', 'worktrees'], agents: ['agents', 'sessions'], notes: ['notes'],
    timings: ['features'], timeline: ['spans']}[name];
  return new Map(lists.flatMap((list) => (json[list] ?? []).map((/** @type {any} */ each, /** @type {number} */ i) =>
    [`${list}/${i}`, each])));
}

/** @param {Name} name @param {any} before @param {any} after @param {string} where */
function assert_shared(name, before, after, where) {
  const known = things(name, before);
  for (const [key, thing] of things(name, after)) {
    if (JSON.stringify(known.get(key)) === JSON.stringify(thing))
      assert.equal(known.get(key), thing, `${where} ${key}`);
  }
}

test('a message or a note that did not change is the same object', () => {
  const events = events_of('story');
  for (const name of /** @type {Name[]} */ (['mailbox', 'notes'])) {
    const state = FOLDS[name].init();
    let before = FOLDS[name].json(state);
    for (const event of events) {
      FOLDS[name].apply(state, event);
      const after = FOLDS[name].json(state);
      assert_shared(name, before, after, `${name} #${event.sequence}`);
      before = after;
    }
  }
});

test('what an event does not speak of is the same object', () => {
  const events = events_of('story');
  const other = {...events[0], sequence: events.length + 1, event_type: 'feature.started', agent_id: 'somebody',
    data: {name: 'something else'}};
  for (const name of NAMES) {
    const state = apply_all(FOLDS[name], FOLDS[name].init(), events);
    const before = FOLDS[name].json(state);
    FOLDS[name].apply(state, other);
    assert_shared(name, before, FOLDS[name].json(state), name);
  }
});

test('a state that goes on from JSON shares what did not change with it', () => {
  const events = events_of('story');
  for (const name of NAMES) {
    const before = plain(FOLDS[name].json(apply_all(FOLDS[name], FOLDS[name].init(), events)));
    const state = FOLDS[name].from_json(before, events.length);
    FOLDS[name].apply(state, {...events[0], sequence: events.length + 1, event_type: 'feature.started',
      agent_id: 'somebody', data: {name: 'something else'}});
    assert_shared(name, before, FOLDS[name].json(state), name);
  }
});

/* ---- Anything may come ---- */

const ODD = [undefined, null, true, 0, -1, 1e400, NaN, '', 'x', '__proto__', [], ['x'], {}, {length: 3},
  {__proto__: null}, JSON.parse('{"__proto__":{"title":"polluted"},"constructor":7}')];

test('no event makes a fold throw', () => {
  const types = [...ODD, ...new Set(events_of('story').map((event) => event.event_type))];
  for (const name of NAMES) {
    const state = FOLDS[name].init();
    let sequence = 0;
    for (const event_type of types) {
      for (const odd of ODD) {
        const fields = Object.fromEntries(['name', 'title', 'tags', 'usage', 'tool_response', 'from_agent', 'to_agent',
          'content', 'cost_usd', 'duration_ms', 'session_id', 'turn_id', 'tool_use_id'].map((field) => [field, odd]));
        for (const data of [odd, fields]) {
          sequence++;
          FOLDS[name].apply(state, /** @type {any} */ ({sequence, timestamp: '2026-01-09T09:00:00.000000Z', event_type,
            data, agent_id: odd, correlation_id: odd, causation_id: odd, id: odd, workflow_id: odd}));
        }
      }
      JSON.stringify(FOLDS[name].json(state));
    }
    for (const odd of ODD) FOLDS[name].apply(state, /** @type {any} */ (odd));
    assert.equal(state.sequence, sequence, name);
  }
  assert.equal(/** @type {any} */ ({}).title, undefined);
});

test('an event without a time or a sequence is passed over', () => {
  for (const name of NAMES) {
    const state = FOLDS[name].init();
    const empty = JSON.stringify(FOLDS[name].json(state));
    for (const odd of [{sequence: '1'}, {sequence: 1.5}, {sequence: 1}, {sequence: 1, timestamp: 'yesterday'}])
      FOLDS[name].apply(state, /** @type {any} */ ({event_type: 'workflow.started', data: {}, ...odd}));
    assert.equal(JSON.stringify(FOLDS[name].json(state)), empty, name);
  }
});
