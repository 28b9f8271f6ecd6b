// @ts-check
/* What the timeline's fold tells a chart, and how quick it is. */

import assert from 'node:assert/strict';
import {test} from 'node:test';
import {FOLDS} from '../../../web/fold.js';
import {random_history, time_of} from '../histories.mjs';

const {timeline} = FOLDS;

/** Calls of tools, one behind the other. @param {number} count  of events @returns {any[]} */
function calls(count) {
  return Array.from({length: count}, (_, i) => ({
    sequence: i + 1, id: '', workflow_id: 'wf', timestamp: time_of(1767949200e6 + i * 1000), agent_id: `a${i % 7}`,
    event_type: i % 2 === 0 ? 'agent.tool.started' : 'agent.tool.completed',
    data: {session_id: 's', tool_name: 'Bash', tool_use_id: `u${i >> 1}`},
  }));
}

/** The least milliseconds that a piece of work takes, of five. @param {() => void} work */
function least_ms(work) {
  let least = Infinity;
  for (let i = 0; i < 5; i++) {
    /* Of a processor's time, as the machine may have other work. */
    const began = process.cpuUsage();
    work();
    const {user, system} = process.cpuUsage(began);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

test('changed() names the spans that differ since it was asked, and span() gives them', () => {
  const state = timeline.init();
  /** @type {any[]} */
  const shown = [];
  for (const [i, line] of random_history(31, 600).entries()) {
    timeline.apply(state, JSON.parse(line));
    if (i % 3 === 1) continue;
    for (const place of timeline.changed(state)) shown[place] = timeline.span(state, place);
    assert.deepEqual(shown, timeline.json(state).spans);
  }
  assert.ok(shown.length > 30, `${shown.length} spans`);
});

test('nothing has changed when nothing was applied, nor in a state that was read', () => {
  const state = timeline.init();
  for (const event of calls(10)) timeline.apply(state, event);
  assert.deepEqual(timeline.changed(state), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(timeline.changed(state), []);
  assert.deepEqual(timeline.changed(timeline.from_json(timeline.json(state), 10)), []);
});

test('the features of the projection workflow serve as the names of the attempts', () => {
  const whole = {timeline: timeline.init(), workflow: FOLDS.workflow.init()};
  const events = random_history(10, 300).map((line) => JSON.parse(line));
  for (const event of events.slice(0, 150)) {
    timeline.apply(whole.timeline, event);
    FOLDS.workflow.apply(whole.workflow, event);
  }
  const {features} = FOLDS.workflow.json(whole.workflow);
  const resumed = timeline.from_json({spans: timeline.json(whole.timeline).spans, features}, 150);
  for (const event of events.slice(150)) {
    timeline.apply(whole.timeline, event);
    timeline.apply(resumed, event);
  }
  assert.ok(features.length > 3);
  assert.deepEqual(timeline.json(resumed), timeline.json(whole.timeline));
});

test('a rename changes all attempts at the feature, and no other span', () => {
  const state = timeline.init();
  const told = [['feature.started', {name: 'a'}], ['feature.started', {name: 'b'}], ['feature.started', {name: 'a'}],
    ['feature.renamed', {name: 'a', new_name: 'c'}]];
  told.forEach(([event_type, data], i) => {
    if (i === 3) timeline.changed(state);
    timeline.apply(state, /** @type {any} */ ({...calls(4)[i], event_type, data}));
  });
  const places = timeline.changed(state);
  assert.deepEqual(places.map((place) => timeline.span(state, place).name), ['c', 'c']);
});

test('100,000 events are folded within a second', () => {
  const events = calls(100000);
  const ms = least_ms(() => {
    const state = timeline.init();
    for (const event of events) timeline.apply(state, event);
    assert.equal(timeline.json(state).spans.length, 50001);
  });
  assert.ok(ms < 1000, `${ms} ms`);
});

test('an event costs as little behind 50,000 spans as behind none', () => {
  const events = calls(101000);
  const state = timeline.from_json(timeline.json(events.slice(0, 100000).reduce((made, event) => {
    timeline.apply(made, event);
    return made;
  }, timeline.init())), 100000);
  const began = performance.now();
  for (const event of events.slice(100000)) {
    timeline.apply(state, event);
    for (const place of timeline.changed(state)) timeline.span(state, place);
  }
  const us = (performance.now() - began) * 1000 / 1000;
  assert.ok(us < 100, `${us} µs an event`);
});
