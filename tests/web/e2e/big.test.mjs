/* 100,000 events: the page opens, scrolls and travels through time without a long task. */
import assert from 'node:assert/strict';
import {after, test} from 'node:test';
import {big_history} from '../big_history.mjs';
import {Project, close_browser, open, serve, until, well_behaved} from './page.mjs';

after(close_browser);

const COUNT = 100_000;
const LONG_MS = 200;

/** The longest task of the page since the last call, in milliseconds. */
async function longest(page) {
  return page.evaluate(() => new Promise((resolve) => setTimeout(() => {
    const found = window.longest ?? 0;
    window.longest = 0;
    resolve(found);
  }, 300)));
}

async function watch(page) {
  await page.evaluate(() => {
    window.longest = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => (window.longest = Math.max(window.longest, entry.duration)))).observe({type: 'longtask'});
  });
}

const events = [...big_history(COUNT, 5)];
const {workflow_id} = events[0];

test('with 100,000 events the page scrolls and scrubs without a task over 200 ms', async (context) => {
  const project = new Project(context, events);
  const server = await serve(context, project);
  const page = await open(context, server, `/?wf=${workflow_id}&view=events`);
  await until(page, (count) => Number(document.querySelector('#app').dataset.head) === count, COUNT, 'the head never came');
  await watch(page);

  const list = await page.locator('#events-list').first().boundingBox();
  await page.mouse.move(list.x + list.width / 2, list.y + list.height / 2);
  for (let turn = 0; turn < 60; turn++) await page.mouse.wheel(0, turn % 2 ? 30_000 : -60_000);
  const scrolling = await longest(page);

  const slider = await page.locator('#deck [role=slider]').boundingBox();
  const y = slider.y + slider.height / 2;
  await page.mouse.move(slider.x + slider.width - 5, y);
  await page.mouse.down();
  for (let step = 0; step <= 120; step++) await page.mouse.move(slider.x + slider.width * (1 - step / 121) - 2, y);
  await page.mouse.up();
  const scrubbing = await longest(page);

  await page.keyboard.press('2');
  await page.waitForTimeout(500);
  const timeline = await longest(page);
  const canvas = await page.locator('#view canvas').first().boundingBox();
  await page.mouse.move(canvas.x + canvas.width / 2, canvas.y + canvas.height / 2);
  for (let turn = 0; turn < 30; turn++) await page.mouse.wheel(0, turn < 20 ? -240 : 240);
  const zooming = await longest(page);

  context.diagnostic(`longest tasks in ms: scrolling ${scrolling}, scrubbing ${scrubbing}, to the timeline ${timeline}, zooming ${zooming}`);
  for (const [what, ms] of Object.entries({scrolling, scrubbing, timeline, zooming})) assert.ok(ms < LONG_MS, `${what}: a task of ${ms} ms`);
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
