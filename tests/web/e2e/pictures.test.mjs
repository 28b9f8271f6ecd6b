/* The main views as pictures, light and dark and on a phone, for people to look at: docs/pictures/. The clock
 * stands still, so that the same page gives the same picture. */
import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import assert from 'node:assert/strict';
import {after, test} from 'node:test';
import {statSync} from 'node:fs';
import {WORKFLOW_ID} from '../story.mjs';
import {Project, close_browser, open, serve, well_behaved} from './page.mjs';

after(close_browser);

const folder = process.env.JC_PICTURES;
const NOW = '2026-10-06T09:06:10Z';
const PHONE = {viewport: {width: 390, height: 844}, deviceScaleFactor: 2, isMobile: true, hasTouch: true};
const PICTURES = [
  ['overview-light', '', {}],
  ['overview-dark', '', {colorScheme: 'dark'}],
  ['overview-past-light', '&at=255', {}],
  ['timeline-light', '&view=timeline&at=240', {}],
  ['timeline-dark', '&view=timeline', {colorScheme: 'dark'}],
  ['events-light', '&view=events&at=239', {}],
  ['events-dark', '&view=events&at=239', {colorScheme: 'dark'}],
  ['search-light', '&view=events&q=umlauts', {}],
  ['notes-light', '&view=notes', {}],
  ['notes-compare-dark', '&view=notes&at=330&from=220', {colorScheme: 'dark'}],
  ['trace-light', '&view=trace&trace=match-invoices&at=239', {}],
  ['trace-dark', '&view=trace&trace=match-invoices&at=239', {colorScheme: 'dark'}],
  ['phone-overview', '', PHONE],
  ['phone-events', '&view=events&at=239', PHONE],
];

test('every view has its picture', {skip: folder ? false : 'JC_PICTURES names no folder'}, async (context) => {
  const server = await serve(new Project(context));
  mkdirSync(folder, {recursive: true});
  for (const [name, query, options] of PICTURES) {
    const page = await open(context, server, `/?wf=${WORKFLOW_ID}${query}`, {...options, clock: NOW});
    await page.clock.runFor(1500);
    await page.waitForTimeout(400);
    await page.screenshot({path: join(folder, `${name}.png`)});

    assert.ok(statSync(join(folder, `${name}.png`)).size > 20_000, name);
    well_behaved(page);
    await page.context().close();
  }
});
