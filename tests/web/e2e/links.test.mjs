/* The address says what is shown, so that it can be sent to a colleague. */
import assert from 'node:assert/strict';
import {after, test} from 'node:test';
import {WORKFLOW_ID} from '../story.mjs';
import {Project, close_browser, open, serve, until, well_behaved} from './page.mjs';

after(close_browser);

const at_point = (page, point) => until(page, (wanted) => document.querySelector('#app').dataset.point === String(wanted), point, `the point is not #${point}`);

test('a deep link shows that workflow at that point in that view', async (context) => {
  const server = await serve(new Project(context));
  const page = await open(context, server, `/?wf=${WORKFLOW_ID}&view=events&at=120`);

  await at_point(page, 120);

  assert.equal(await page.getByRole('tab', {name: /Events/}).getAttribute('aria-selected'), 'true');
  assert.equal(await page.evaluate(() => document.querySelector('#app').dataset.live), 'false');
  await page.locator('#deck').getByText('as of').waitFor();
  well_behaved(page);
});

test('what a person does goes into the address, and the address brings it back', async (context) => {
  const server = await serve(new Project(context));
  const page = await open(context, server, `/?wf=${WORKFLOW_ID}&at=200`);

  await page.keyboard.press('ArrowLeft');
  await at_point(page, 199);
  await page.keyboard.press('3');
  await until(page, () => new URLSearchParams(location.search).get('view') === 'events' && new URLSearchParams(location.search).get('at') === '199');
  const other = await open(context, server, new URL(page.url()).search);

  await at_point(other, 199);
  assert.equal(await other.getByRole('tab', {name: /Events/}).getAttribute('aria-selected'), 'true');
  well_behaved(page);
  well_behaved(other);
});

test('back and forward go through what was looked at', async (context) => {
  const server = await serve(new Project(context));
  const page = await open(context, server, `/?wf=${WORKFLOW_ID}`);
  await page.keyboard.press('3');
  await until(page, () => location.search.includes('view=events'));
  await page.keyboard.press('5');
  await until(page, () => location.search.includes('view=trace'));

  await page.goBack();

  await until(page, () => document.querySelector('[role=tab][aria-selected=true]')?.textContent?.includes('Events'), null, 'back does not show the events');
  well_behaved(page);
});

test('a point that does not exist is answered by the nearest that does', async (context) => {
  const server = await serve(new Project(context));
  const page = await open(context, server, `/?wf=${WORKFLOW_ID}&at=99999`);

  const {head, point} = await page.evaluate(() => ({...document.querySelector('#app').dataset}));

  assert.equal(point, head);
  well_behaved(page);
});

test('a workflow that does not exist is said to be none', async (context) => {
  const server = await serve(new Project(context));
  const page = await open(context, server, '/?wf=never-heard-of');

  await page.getByText('There is no such workflow').waitFor();
  assert.deepEqual(page.faults.filter((fault) => !fault.includes('404')), []);
});

test('a link without a workflow names the one that it showed, and back stays there', async (context) => {
  const project = new Project(context);
  const server = await serve(project);
  const page = await open(context, server, '/');
  const shown = await page.evaluate(() => document.querySelector('#app').dataset.workflow);
  await until(page, (id) => new URLSearchParams(location.search).get('wf') === id, shown, 'the address does not name it');
  await page.keyboard.press('3');
  project.emit('newer', 'workflow.started', {description: 'Heard of last'});
  await page.locator('#side').getByText('Heard of last').waitFor();

  await page.goBack();

  await until(page, () => document.querySelector('#app').dataset.view === 'overview');
  assert.equal(await page.evaluate(() => document.querySelector('#app').dataset.workflow), shown);
  well_behaved(page);
});

test('what a link filters by and nobody knows can be seen, and taken off', async (context) => {
  const server = await serve(new Project(context));
  const page = await open(context, server, `/?wf=${WORKFLOW_ID}&view=events&agent=ghost&kind=odd`);
  const filters = page.getByRole('group', {name: 'Filters'});

  await filters.getByRole('button', {name: 'Agent ghost'}).click();
  await filters.getByRole('button', {name: 'Kind odd'}).click();

  await page.locator('#view').getByText('407 events').first().waitFor();
  well_behaved(page);
});
