/* Everybody can use it: the rules of WCAG 2.2 A and AA that a machine can check, in every view, light and dark
 * and on a phone; and the keyboard alone. */
import assert from 'node:assert/strict';
import {after, test} from 'node:test';
import {readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {WORKFLOW_ID} from '../story.mjs';
import {Project, close_browser, open, serve, until, well_behaved} from './page.mjs';

after(close_browser);

const AXE = readFileSync(join(dirname(process.env.JC_DRIVER), '../axe-core/axe.min.js'), 'utf8');
const LEVELS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const SCREENS = [
  ['light', {}],
  ['dark', {colorScheme: 'dark'}],
  ['phone', {viewport: {width: 390, height: 844}, isMobile: true, hasTouch: true}],
];
const VIEWS = ['overview', 'timeline', 'events', 'notes', 'trace'];

/** Evaluated, not added as a script: the page's own policy stays as it is. */
async function faults_of(page) {
  await page.evaluate(AXE);
  return page.evaluate(async (levels) => {
    const {violations} = await window.axe.run(document, {runOnly: {type: 'tag', values: levels}});
    return violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(' ')}: ${node.failureSummary?.split('\n')[1]?.trim()}`));
  }, LEVELS);
}

for (const [name, options] of SCREENS) {
  for (const view of VIEWS) {
    test(`the ${view} keeps to WCAG AA (${name})`, async (context) => {
      const server = await serve(new Project(context));
      for (const point of ['', '&at=239']) {
        const page = await open(context, server, `/?wf=${WORKFLOW_ID}&view=${view}${point}`, options);

        assert.deepEqual(await faults_of(page), []);
        await page.context().close();
      }
    });
  }
}

test('the sheet of an event takes the focus on a phone, and gives it back to the list', async (context) => {
  const server = await serve(new Project(context));
  const page = await open(context, server, `/?wf=${WORKFLOW_ID}&view=events&at=239`, SCREENS[2][1]);
  const focused = () => page.evaluate(() => document.activeElement?.closest('.detail, .vl')?.className ?? '');

  await page.locator('.ev.cur').tap();
  await until(page, () => document.activeElement?.closest('.detail.open'), null, 'the sheet has no focus');
  await page.keyboard.press('Escape');
  await until(page, () => !document.querySelector('.detail.open'));

  assert.match(await focused(), /^vl/);
  well_behaved(page);
});

test('the keys of the deck stand in one row on phones of 390 and 360', async (context) => {
  const server = await serve(new Project(context));
  for (const width of [390, 360]) {
    const page = await open(context, server, `/?wf=${WORKFLOW_ID}&at=239`, {...SCREENS[2][1], viewport: {width, height: 740}});
    const middles = await page.locator('.deck-keys, .deck-row > .btn:visible').evaluateAll((all) => all.map((each) => {
      const {top, height} = each.getBoundingClientRect();
      return top + height / 2;
    }));

    assert.equal(middles.length, 3);
    assert.ok(Math.max(...middles) - Math.min(...middles) < 2, `${width}: ${middles}`);
    await page.context().close();
  }
});

test('the keyboard reaches every view, the timeline\'s spans, and help', async (context) => {
  const server = await serve(new Project(context));
  const page = await open(context, server, `/?wf=${WORKFLOW_ID}&at=200`);
  const selected = () => page.evaluate(() => document.querySelector('[role=tab][aria-selected=true]')?.textContent);

  for (const [key, name] of [['2', 'Timeline'], ['3', 'Events'], ['4', 'Notes'], ['5', 'Trace'], ['1', 'Overview']]) {
    await page.keyboard.press(key);
    await until(page, (wanted) => document.querySelector('[role=tab][aria-selected=true]')?.textContent?.startsWith(wanted), name);
  }
  assert.match((await selected()) ?? '', /^Overview/);
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  assert.deepEqual(await faults_of(page), []);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({state: 'hidden'});
  well_behaved(page);
});
