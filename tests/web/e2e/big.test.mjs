/* 100,000 events: the page opens, scrolls, zooms and scrubs without a long task. */
import assert from 'node:assert/strict';
import {after, test} from 'node:test';
import {COUNT, head_is, scrub, settled, steps, watched, wheel_over} from './big_page.mjs';
import {close_browser, well_behaved} from './page.mjs';
import {heap_mb} from './tasks.mjs';

after(close_browser);

/* About four times of what it is. */
const HEAP_MB = 300;

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
