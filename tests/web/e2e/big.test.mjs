/* 100,000 events: the page opens, scrolls, travels through time and follows what comes without a long task. */
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {after, test} from 'node:test';
import {big_history} from '../big_history.mjs';
import {Project, close_browser, open, serve, until, well_behaved} from './page.mjs';
import {heap_mb, longest_task} from './tasks.mjs';

after(close_browser);

const COUNT = 100_000;
const LONG_MS = 200;
const HEAP_MB = 400;

const events = [...big_history(COUNT, 5)];
const {workflow_id} = events[0];
const head_is = (page, count) =>
  until(page, (wanted) => Number(document.querySelector('#app').dataset.head) === wanted, count, 'the head never came');

/** The page with all of it, and a way to do something while its tasks are watched. */
async function watched(context, view) {
  const project = new Project(context, events);
  const server = await serve(context, project);
  const page = await open(context, server, `/?wf=${workflow_id}&view=${view}`);
  await head_is(page, COUNT);
  const watch = async (what, act) => {
    const {ms, passed_ms, what: most} = await longest_task(page, act);
    context.diagnostic(`${what}: the longest task took ${ms} ms of a processor (${passed_ms} ms passed; ${most})`);
    assert.ok(ms < LONG_MS, `${what}: a task of ${ms} ms, mostly ${most}`);
  };
  return {project, page, watch};
}

/** What was asked for has come, and is drawn. */
async function settled(page) {
  await until(page, () => {
    const {states, point} = document.querySelector('#app').dataset;
    return states === point;
  }, null, 'the states never came');
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
}

async function scrub(page) {
  const slider = await page.locator('#deck [role=slider]').boundingBox();
  const y = slider.y + slider.height / 2;
  await page.mouse.move(slider.x + slider.width - 5, y);
  await page.mouse.down();
  for (let step = 0; step <= 60; step++) await page.mouse.move(slider.x + slider.width * (1 - step / 61) - 2, y);
  await page.mouse.up();
  await settled(page);
}

async function wheel_over(page, selector, turns) {
  const box = await page.locator(selector).first().boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  for (const by of turns) await page.mouse.wheel(0, by);
  await settled(page);
}

async function hold(page, key, times) {
  for (let turn = 0; turn < times; turn++) await page.keyboard.down(key);
  await page.keyboard.up(key);
  await settled(page);
}

const steps = (count, of) => Array.from({length: count}, (_, turn) => of(turn));

test('with 100,000 events no task takes 200 ms: to load, to scroll, to zoom', async (context) => {
  const {page, watch} = await watched(context, 'events');
  await watch('loading', async () => {
    await page.reload();
    await head_is(page, COUNT);
    await settled(page);
  });
  await watch('scrolling', () => wheel_over(page, '#events-list', steps(60, (turn) => (turn % 2 ? 30_000 : -60_000))));
  await page.keyboard.press('2');
  await page.locator('.tl.full').waitFor();
  await watch('zooming', () => wheel_over(page, '#view canvas', steps(30, (turn) => (turn < 20 ? -240 : 240))));
  well_behaved(page);
});

test('with 100,000 events no task takes 200 ms: to scrub in each view', async (context) => {
  const {page, watch} = await watched(context, 'overview');
  for (const [view, key] of Object.entries({events: '3', timeline: '2', notes: '4', overview: '1', trace: '5'})) {
    await watch(`to ${view}`, async () => {
      await page.keyboard.press(key);
      await settled(page);
    });
    await watch(`scrubbing in ${view}`, () => scrub(page));
  }

  const mb = await heap_mb(page);
  context.diagnostic(`the page holds ${mb} MB`);
  assert.ok(mb < HEAP_MB, `${mb} MB`);
  well_behaved(page);
});

test('with 100,000 events no task takes 200 ms: to step, to play, to filter, to search', async (context) => {
  const {page, watch} = await watched(context, 'events');
  await watch('stepping', async () => {
    await hold(page, 'ArrowLeft', 80);
    await hold(page, 'ArrowRight', 40);
  });
  const point = () => page.evaluate(() => Number(document.querySelector('#app').dataset.point));
  await watch('playing', async () => {
    const from = await point();
    await page.keyboard.press(' ');
    await until(page, (wanted) => Number(document.querySelector('#app').dataset.point) > wanted, from + 5, 'nothing is played');
    await page.keyboard.press(' ');
    await settled(page);
  });
  await watch('filtering', async () => {
    for (const at of [0, 1, 2, 3, 3, 2, 1, 0]) await page.locator('.filters .chip').nth(at).click();
    await settled(page);
  });
  const told = page.locator('.ev-head .told');
  await watch('searching', async () => {
    await page.keyboard.press('/');
    await page.locator('#events-search:focus').waitFor();
    await page.keyboard.type('connection', {delay: 40});
    await told.filter({hasText: /^[\d,\s]+ of /}).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await told.filter({hasText: /^100.?000 events$/}).waitFor();
  });
  await page.keyboard.press('4');
  await watch('finding in notes', async () => {
    const box = page.getByRole('searchbox', {name: 'Find in notes'});
    await box.pressSequentially('login', {delay: 40});
    await page.locator('.note').first().waitFor();
    await settled(page);
  });
  well_behaved(page);
});

/** Calls of a tool with their ends, as `jc emit --batch` takes them. */
const calls = (count, name) => steps(count / 2, (at) => {
  const data = {session_id: 's-live', tool_name: at % 3 ? 'Read' : 'Bash', tool_use_id: `${name}-${at}`};
  return ['started', 'completed'].map((what) =>
    JSON.stringify({workflow_id, agent_id: 'coder', event_type: `agent.tool.${what}`, data}));
}).flat();

test('with 100,000 events no task takes 200 ms while events come: one by one, and 2,000 at once', async (context) => {
  const {project, page, watch} = await watched(context, 'events');
  let head = COUNT;
  const emit = (lines) => {
    execFileSync(process.env.JC_PROGRAM, ['-C', project.folder, 'emit', '--batch'], {input: `${lines.join('\n')}\n`});
    head += lines.length;
  };
  for (const [view, key] of Object.entries({events: '3', timeline: '2', overview: '1', notes: '4', trace: '5'})) {
    await page.keyboard.press(key);
    await settled(page);
    await watch(`events that come while ${view} is looked at`, async () => {
      for (let turn = 0; turn < 10; turn++) emit(calls(2, `one-${view}-${turn}`));
      await head_is(page, head);
      await settled(page);
    });
    await watch(`a burst while ${view} is looked at`, async () => {
      emit(calls(2000, `burst-${view}`));
      await head_is(page, head);
      await settled(page);
    });
  }

  assert.deepEqual(project.state(workflow_id, 'workflow').last_event.sequence, head);
  well_behaved(page);
});

test('the state at a point of the past of 100,000 events is the one that jc state tells', async (context) => {
  const project = new Project(context, events);
  const server = await serve(context, project);
  const page = await open(context, server, `/?wf=${workflow_id}`);
  for (const point of [77_777, 31, 50_001]) {
    await page.goto(`${server.url}?wf=${workflow_id}&at=${point}`);
    await until(page, (wanted) => document.querySelector('#app').dataset.states === String(wanted), point, `the states never came to #${point}`);

    const shown = await page.locator('#head').innerText();
    const {features_completed, features_total} = project.state(workflow_id, 'workflow', point);

    assert.ok(shown.includes(`${features_completed}/${features_total}`), `#${point}: ${shown}`);
  }
  well_behaved(page);
});
