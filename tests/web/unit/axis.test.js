import assert from 'node:assert/strict';
import {test} from 'node:test';
import {Axis, axis_of, axis_ticks, nice_step} from '../../../web/axis.js';

const SECOND = 1e6;
const MINUTE = 60e6;
const HOUR = 3600e6;
const NOON = Date.UTC(2026, 10, 27, 12) * 1000;

/** Events every second of so many minutes, at each of the starts (in minutes after noon). */
function bursts(minutes, ...starts) {
  return starts.flatMap((start) =>
    Array.from({length: minutes * 60 + 1}, (_, i) => NOON + start * MINUTE + i * SECOND));
}

/** A small generator, so that a failure can be had again. */
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

test('time without quiet stretches is not folded', () => {
  const axis = axis_of(bursts(10, 0));

  assert.equal(axis.length, 10 * MINUTE);
  assert.equal(axis.gap_at.length, 0);
});

test('a stretch of exactly 75 s is not folded', () => {
  const axis = axis_of([NOON, NOON + 75 * SECOND]);

  assert.equal(axis.length, 75 * SECOND);
});

test('a stretch of over 75 s is folded into one gap of fixed width', () => {
  const axis = axis_of([NOON, NOON + 76 * SECOND]);

  assert.equal(axis.length, axis.gap_us);
  assert.equal(axis.gap_at.length, 1);
});

test('gaps of all lengths have the same width, and tell their true length', () => {
  const axis = axis_of(bursts(10, 0, 70, 1500));

  const [first, second] = axis.gaps(0, axis.length);
  assert.equal(first.to - first.at, second.to - second.at);
  assert.equal(first.to_us - first.from_us, 60 * MINUTE);
  assert.equal(second.to_us - second.from_us, 1420 * MINUTE);
});

test('all gaps together take no more than a third of the rest', () => {
  const axis = axis_of(bursts(1, ...Array.from({length: 60}, (_, i) => i * 30)));

  assert.ok(axis.gap_us * axis.gap_at.length <= (60 * MINUTE) / 3 + 1);
});

test('what folding would hardly shorten is left as it is', () => {
  const axis = axis_of([...bursts(300, 0), ...bursts(300, 302)]);

  assert.ok(axis.gap_us > 2 * MINUTE);
  assert.equal(axis.gap_at.length, 0);
});

test('unfold is the inverse of fold, within gaps too', () => {
  const axis = axis_of(bursts(3, 0, 50, 51, 400));

  for (let us = axis.start_us; us <= axis.end_us; us += 7.3 * SECOND)
    assert.ok(Math.abs(axis.unfold(axis.fold(us)) - us) < 100, `at ${us}`);
});

test('fold never goes back', () => {
  const axis = axis_of(bursts(2, 0, 30, 33, 90));

  let before = -1;
  for (let us = axis.start_us; us <= axis.end_us; us += 3 * SECOND) {
    assert.ok(axis.fold(us) > before);
    before = axis.fold(us);
  }
});

test('an axis that grew event by event equals one made at once', () => {
  const times = bursts(4, 0, 20, 90, 91);
  const grown = new Axis();
  for (let i = 1; i <= times.length; i++) grown.take(times, i);

  const whole = axis_of(times);
  assert.deepEqual([grown.gap_at, grown.gap_from, grown.gap_to], [whole.gap_at, whole.gap_from, whole.gap_to]);
  assert.equal(grown.length, whole.length);
});

test('the order in which events come in does not matter', () => {
  const times = bursts(1, 0, 20, 90, 200);
  const next = random(7);
  for (let round = 0; round < 20; round++) {
    const mixed = [...times].sort(() => next() - 0.5);

    const axis = axis_of(mixed);

    const whole = axis_of(times);
    assert.deepEqual([axis.gap_at, axis.gap_from], [whole.gap_at, whole.gap_from], `round ${round}`);
    assert.equal(axis.start_us, whole.start_us);
  }
});

test('a late event splits the gap it falls into', () => {
  const axis = axis_of(bursts(5, 0, 60));
  axis.include(NOON + 30 * MINUTE);

  assert.deepEqual(axis.gap_from, [NOON + 5 * MINUTE, NOON + 30 * MINUTE]);
});

test('growing at the end leaves what lies before where it is', () => {
  const times = bursts(20, 0, 60);
  const axis = axis_of(times);
  const revision = axis.revision;
  const at = axis.fold(NOON + 61 * MINUTE);
  axis.include(axis.end_us + 10 * SECOND);

  assert.equal(axis.revision, revision);
  assert.equal(axis.fold(NOON + 61 * MINUTE), at);
});

test('the nearest event is found on both sides', () => {
  const axis = axis_of([NOON, NOON + 10 * SECOND, NOON + 20 * SECOND]);

  assert.equal(axis.nearest(-5), 1);
  assert.equal(axis.nearest(4 * SECOND), 1);
  assert.equal(axis.nearest(6 * SECOND), 2);
  assert.equal(axis.nearest(99 * SECOND), 3);
});

test('within a gap the nearest event is that of the nearer side as it is drawn', () => {
  const axis = axis_of(bursts(10, 0, 100));
  const [gap] = axis.gaps(0, axis.length);

  assert.equal(axis.nearest(gap.at + axis.gap_us * 0.4), 601);
  assert.equal(axis.nearest(gap.at + axis.gap_us * 0.6), 602);
});

test('of events at one time the last is the nearest', () => {
  const axis = axis_of([NOON, NOON, NOON + SECOND, NOON + SECOND, NOON + 9 * SECOND]);

  assert.equal(axis.nearest(0), 2);
  assert.equal(axis.nearest(0.9 * SECOND), 4);
});

test('events out of order are found by their time', () => {
  const next = random(3);
  const times = Array.from({length: 500}, () => NOON + Math.floor(next() * 60) * SECOND);
  const axis = new Axis();
  for (let i = 0; i <= 500; i += 1 + Math.floor(next() * 90)) axis.take(times, i);
  axis.take(times, 500);

  for (const us of times) assert.equal(times[axis.nearest(axis.fold(us)) - 1], us);
  assert.equal(new Set(axis.sorted.subarray(0, 500)).size, 500);
});

test('an axis without events has no length and no event', () => {
  const axis = new Axis();

  assert.equal(axis.length, 0);
  assert.equal(axis.nearest(0), 0);
  assert.deepEqual(axis_ticks(axis, 0, 0, SECOND), []);
});

test('a time that is none changes nothing', () => {
  const axis = axis_of(bursts(1, 0));
  axis.include(NaN);
  axis.include(Infinity);

  assert.equal(axis.length, MINUTE);
});

test('steps are such as people count in', () => {
  assert.equal(nice_step(7 * SECOND), 10 * SECOND);
  assert.equal(nice_step(3 * MINUTE), 5 * MINUTE);
  assert.equal(nice_step(25 * HOUR), 48 * HOUR);
});

test('ticks stand at round times', () => {
  const axis = axis_of(bursts(12, 1));

  assert.deepEqual(axis_ticks(axis, 0, axis.length, 4 * MINUTE).map((tick) => tick.label), ['12:05', '12:10']);
});

test('ticks tell seconds when they are closer than a minute', () => {
  const axis = axis_of(bursts(1, 0));

  assert.deepEqual(axis_ticks(axis, 10 * SECOND, 50 * SECOND, 12 * SECOND).map((tick) => tick.label),
    ['12:00:15', '12:00:30', '12:00:45']);
});

test('no tick stands within a gap', () => {
  const axis = axis_of(bursts(10, 0, 70));
  const [gap] = axis.gaps(0, axis.length);

  for (const tick of axis_ticks(axis, 0, axis.length, MINUTE)) assert.ok(tick.at <= gap.at || tick.at >= gap.to);
});

test('a short stretch between gaps has a tick where it begins', () => {
  const axis = axis_of(bursts(2, 1, 61, 121));

  const labels = axis_ticks(axis, 0, axis.length, 30 * MINUTE).map((tick) => tick.label);

  assert.deepEqual(labels, ['13:01', '14:01']);
});

test('the day is told when it changes', () => {
  const axis = axis_of(bursts(9, 1, 24 * 60 + 1));

  const labels = axis_ticks(axis, 0, axis.length, 5 * MINUTE).map((tick) => tick.label);

  assert.deepEqual(labels, ['27 Nov 12:05', '28 Nov 12:05']);
});

test('midnight is told by its day', () => {
  const axis = axis_of(bursts(20, 710));

  const labels = axis_ticks(axis, 0, axis.length, 5 * MINUTE).map((tick) => tick.label);

  assert.deepEqual(labels, ['27 Nov 23:50', '23:55', '28 Nov', '00:05']);
});

test('growing by one event among 100,000 takes no rebuild', () => {
  const times = Float64Array.from({length: 100_001}, (_, i) => NOON + i * SECOND);
  const axis = axis_of(times, 100_000);
  const {revision, sorted} = axis;
  axis.take(times, 100_001);

  assert.equal(axis.revision, revision);
  assert.equal(axis.nearest(axis.length), 100_001);
  assert.ok(axis.sorted === sorted || axis.sorted.length >= 2 * sorted.length);
});

test('ticks tell the year when there are several', () => {
  const axis = axis_of([Date.UTC(2024, 0, 1) * 1000, Date.UTC(2026, 4, 5) * 1000, Date.UTC(2026, 4, 5, 0, 1) * 1000]);
  const labels = axis_ticks(axis, 0, axis.length, MINUTE).map((tick) => tick.label);
  assert.deepEqual(labels, ['5 May 2026']);
});

test('ticks of a workflow of some milliseconds tell these apart', () => {
  const start_us = Date.UTC(2026, 0, 1, 12) * 1000;
  const axis = axis_of([start_us, start_us + 10e3]);
  const labels = axis_ticks(axis, 0, axis.length, 4000).map((tick) => tick.label);
  assert.deepEqual(labels, ['12:00:00.000', '12:00:00.005']);
});
