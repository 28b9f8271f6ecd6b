/* A page with 100,000 events, and what is done to it. The project and its server are made once a file of tests. */
import assert from 'node:assert/strict';
import {after} from 'node:test';
import {big_history} from '../big_history.mjs';
import {Project, open, serve, until} from './page.mjs';
import {longest_task} from './tasks.mjs';

export const COUNT = 100_000;
/* No task of the page may take longer. Of a processor's time, so that it holds on a machine that is busy, too. */
const LONG_MS = 200;

const events = big_history(COUNT, 5);
export const {workflow_id} = events[0];

/** @type {Promise<{project: Project, server: any}> | null} */
let made = null;
/* They last as long as the file, not as the test that asks first. */
const endings = [];
const file = {after: (end) => endings.unshift(end)};
after(async () => {
  for (const end of endings) await end();
});

export function big() {
  made ??= (async () => {
    const project = new Project(file, events);
    return {project, server: await serve(project)};
  })();
  return made;
}

export const head_is = (page, count) =>
  until(page, (wanted) => Number(document.querySelector('#app').dataset.head) === wanted, count, 'the head never came');

/** The page with all of it, and a way to do something while its tasks are watched. */
export async function watched(context, view) {
  const {project, server} = await big();
  const page = await open(context, server, `/?wf=${workflow_id}&view=${view}`);
  await head_is(page, COUNT);
  const watch = async (what, act) => {
    const {ms, passed_ms, what: most} = await longest_task(page, act);
    context.diagnostic(`${what}: the longest task took ${ms} ms of a processor (${passed_ms} ms passed; ${most})`);
    assert.ok(ms < LONG_MS, `${what}: a task of ${ms} ms, mostly ${most}`);
  };
  return {project, page, watch};
}

/** Wait until what was asked for has come, and is drawn. */
export async function settled(page) {
  await until(page, () => {
    const {states, point} = document.querySelector('#app').dataset;
    return states === point;
  }, null, 'the states never came');
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
}

export async function scrub(page) {
  const slider = await page.locator('#deck [role=slider]').boundingBox();
  const y = slider.y + slider.height / 2;
  await page.mouse.move(slider.x + slider.width - 5, y);
  await page.mouse.down();
  for (let step = 0; step <= 60; step++) await page.mouse.move(slider.x + slider.width * (1 - step / 61) - 2, y);
  await page.mouse.up();
  await settled(page);
}

export async function wheel_over(page, selector, turns) {
  const box = await page.locator(selector).first().boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  for (const by of turns) await page.mouse.wheel(0, by);
  await settled(page);
}

export async function hold(page, key, times) {
  for (let turn = 0; turn < times; turn++) await page.keyboard.down(key);
  await page.keyboard.up(key);
  await settled(page);
}

export const steps = (count, of) => Array.from({length: count}, (_, turn) => of(turn));
