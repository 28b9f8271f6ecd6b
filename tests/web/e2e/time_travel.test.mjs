/* Whatever point the page stands at, it shows what `jc state --at` says of it. */
import assert from 'node:assert/strict';
import {after, test} from 'node:test';
import {WORKFLOW_ID} from '../story.mjs';
import {Project, close_browser, open, serve, until, well_behaved} from './page.mjs';

after(close_browser);

const stands_at = (page, point) => until(page, (wanted) => {
  const {point: at, states} = document.querySelector('#app').dataset;
  return at === String(wanted) && states === String(wanted);
}, point, `the page does not stand at #${point}`);

/** What the overview shows, row by row. */
const shown = (page) => page.evaluate(() => {
  const texts = (selector, of) => [...document.querySelectorAll(selector)].map(of);
  const text = (element) => element?.textContent ?? '';
  return {
    progress: text(document.querySelector('#head')).match(/Progress(\d+\/\d+)/)?.[1],
    features: texts('.frow', (row) => ({
      name: text(row.querySelector('.fname .strong')),
      status: text(row.querySelector('.fname .sr')).replace(/: $/, ''),
      attempts: Number(text(row.querySelector('.att .num')) || 0),
    })),
    agents: texts('.arow .nm .strong', text),
    notes: Number(text(document.querySelector('#tab-notes .n'))),
  };
});

function told(project, point) {
  const workflow = project.state(WORKFLOW_ID, 'workflow', point);
  const agents = project.state(WORKFLOW_ID, 'agents', point).agents;
  return {
    progress: workflow.features_total > 0 ? `${workflow.features_completed}/${workflow.features_total}` : undefined,
    features: workflow.features.map(({name, status, attempts}) => ({name, status, attempts})),
    agents: agents.map((agent) => agent.agent_id).sort(),
    notes: project.state(WORKFLOW_ID, 'notes', point).notes.length,
  };
}

async function compare(page, project, point) {
  await stands_at(page, point);
  const seen = await shown(page);
  assert.deepEqual({...seen, agents: seen.agents.sort()}, told(project, point), `at #${point}`);
}

test('stepping back through the story shows each state as jc state tells it', async (context) => {
  const project = new Project(context);
  const server = await serve(project);
  const page = await open(context, server, `/?wf=${WORKFLOW_ID}&at=260`);

  for (let point = 260; point > 240; point--) {
    await compare(page, project, point);
    await page.keyboard.press('ArrowLeft');
  }
  well_behaved(page);
});

test('points all over the story are right, in any order', async (context) => {
  const project = new Project(context);
  const server = await serve(project);
  const page = await open(context, server, `/?wf=${WORKFLOW_ID}`);
  const slider = page.locator('#deck [role=slider]');

  for (const share of [0.9, 0.1, 0.5, 0.02, 0.75, 0.33, 0.6]) {
    const box = await slider.boundingBox();
    const before = await page.evaluate(() => document.querySelector('#app').dataset.point);
    await page.mouse.click(box.x + 180 + (box.width - 190) * share, box.y + box.height / 2);
    await until(page, (moved_from) => document.querySelector('#app').dataset.point !== moved_from, before);
    const point = await page.evaluate(() => Number(document.querySelector('#app').dataset.point));
    await compare(page, project, point);
  }
  well_behaved(page);
});

test('dragging the scrubber moves the point, and what changed since stays marked', async (context) => {
  const project = new Project(context);
  const server = await serve(project);
  const page = await open(context, server, `/?wf=${WORKFLOW_ID}&at=150`);
  await stands_at(page, 150);
  const box = await page.locator('#deck [role=slider]').boundingBox();
  const y = box.y + box.height / 2;
  const at = (await page.locator('#deck [role=slider]').getAttribute('aria-valuenow')) ?? '';
  assert.equal(at, '150');

  await page.mouse.move(box.x + box.width * 0.5, y);
  await page.mouse.down();
  for (let step = 1; step <= 20; step++) await page.mouse.move(box.x + box.width * (0.5 + step / 50), y);
  await page.mouse.up();

  const {point, live} = await page.evaluate(() => ({...document.querySelector('#app').dataset}));
  assert.ok(Number(point) > 150 && live === 'false', point);
  await stands_at(page, Number(point));
  assert.ok((await page.locator('#view .chg').count()) > 0, 'nothing is marked');
  await page.keyboard.press('End');
  await until(page, () => document.querySelector('#app').dataset.live === 'true');
  well_behaved(page);
});

test('a click on a feature, a note, and an event goes to where it happened', async (context) => {
  const project = new Project(context);
  const server = await serve(project);
  const page = await open(context, server, `/?wf=${WORKFLOW_ID}`);
  const point = () => page.evaluate(() => Number(document.querySelector('#app').dataset.point));
  const completed = JSON.parse(project.jc('log', WORKFLOW_ID, '--type', 'feature.completed', '--json').split('\n')[0]);

  await page.locator('.frow', {hasText: completed.data.name}).first().click();
  await until(page, (wanted) => document.querySelector('#app').dataset.point === String(wanted), completed.sequence);
  await page.keyboard.press('l');
  await page.keyboard.press('4');
  await page.locator('article', {hasText: 'Amounts become whole cents first'}).getByRole('button', {name: /^#\d+/}).click();
  const noted = JSON.parse(project.jc('log', WORKFLOW_ID, '--grep', 'Amounts become whole cents first', '--json').split('\n')[0]);

  await until(page, (wanted) => document.querySelector('#app').dataset.point === String(wanted), noted.sequence);
  assert.equal(await point(), noted.sequence);
  well_behaved(page);
});

test('playing passes time, and ends live', async (context) => {
  const server = await serve(new Project(context));
  const page = await open(context, server, `/?wf=${WORKFLOW_ID}&at=395`);
  for (let press = 0; press < 2; press++) await page.keyboard.press('s');

  await page.keyboard.press('Space');

  await until(page, () => document.querySelector('#app').dataset.live === 'true', null, 'playing does not come to the end');
  well_behaved(page);
});

test('what comes while one looks at the past leaves the past alone', async (context) => {
  const project = new Project(context);
  const server = await serve(project);
  const page = await open(context, server, `/?wf=${WORKFLOW_ID}&at=200`);
  await stands_at(page, 200);
  const before = await shown(page);

  project.emit(WORKFLOW_ID, 'feature.planned', {name: 'added-later'});
  await until(page, () => document.querySelector('#app').dataset.head === '408');

  assert.deepEqual(await shown(page), before);
  await page.keyboard.press('End');
  await page.locator('.frow', {hasText: 'added-later'}).waitFor();
  well_behaved(page);
});
