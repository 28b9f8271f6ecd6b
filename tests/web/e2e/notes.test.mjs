/* A person leaves notes, answers and messages, and agents find them in the log. */
import assert from 'node:assert/strict';
import {after, test} from 'node:test';
import {WORKFLOW_ID} from '../story.mjs';
import {Project, close_browser, open, serve, until, well_behaved} from './page.mjs';

after(close_browser);

const last = (project) => JSON.parse(project.jc('log', WORKFLOW_ID, '-n', '1', '--json'));
const head_is = (page, head) => until(page, (wanted) => document.querySelector('#app').dataset.head === String(wanted), head, `the head never came to #${head}`);

test('a note that a person leaves is an event of theirs', async (context) => {
  const project = new Project(context);
  const server = await serve(project);
  const page = await open(context, server, `/?wf=${WORKFLOW_ID}&view=notes`);
  const composer = page.getByRole('form', {name: 'Leave a note'});

  await composer.getByRole('textbox').first().fill('Look at the third bank first');
  await composer.getByRole('button', {name: 'Add note'}).click();

  await head_is(page, 408);
  await page.locator('article', {hasText: 'Look at the third bank first'}).waitFor();
  const {event_type, agent_id, data} = last(project);
  assert.match(event_type, /^agent\.note\./);
  assert.deepEqual([agent_id, data.title], ['person', 'Look at the third bank first']);
  well_behaved(page);
});

test('an answer names the question as its cause, and the question is open no more', async (context) => {
  const project = new Project(context);
  const server = await serve(project);
  const page = await open(context, server, `/?wf=${WORKFLOW_ID}&view=notes`);
  const question = page.locator('article', {hasText: 'What if a bank sends a correction'});
  const asked = JSON.parse(project.jc('log', WORKFLOW_ID, '--grep', 'What if a bank sends a correction', '--json').split('\n')[0]);

  await question.getByRole('button', {name: 'Answer'}).click();
  const composer = page.getByRole('form', {name: 'Leave a note'});
  await composer.getByRole('textbox').first().fill('Show both, a person decides');
  await composer.getByRole('button', {name: 'Answer', exact: true}).click();

  await head_is(page, 408);
  assert.equal(last(project).causation_id, asked.id);
  await question.getByText('answered').waitFor();
  await page.keyboard.press('1');
  const attention = page.locator('#view section', {hasText: 'Needs attention'});
  assert.equal(await attention.getByText('What if a bank sends a correction').count(), 0);
  well_behaved(page);
});

test('a message goes to an agent', async (context) => {
  const project = new Project(context);
  const server = await serve(project);
  const page = await open(context, server, `/?wf=${WORKFLOW_ID}&view=notes`);
  const composer = page.getByRole('form', {name: 'Send a message'});

  await composer.getByRole('textbox').last().fill('Please stop after duplicate-guard');
  await composer.getByRole('button', {name: 'Send'}).click();

  await head_is(page, 408);
  const {event_type, data} = last(project);
  assert.deepEqual([event_type, data.from_agent, data.content], ['agent.message.sent', 'person', 'Please stop after duplicate-guard']);
  assert.match(project.jc('message', 'inbox', '-a', data.to_agent, '-w', WORKFLOW_ID), /Please stop after duplicate-guard/);
  well_behaved(page);
});

test('in the past nothing can be written, and the page says why', async (context) => {
  const server = await serve(new Project(context));
  const page = await open(context, server, `/?wf=${WORKFLOW_ID}&view=notes&at=300`);

  await page.getByText('You look at the past').first().waitFor();

  assert.equal(await page.getByRole('form').count(), 0);
  well_behaved(page);
});

test('a note that is refused because the log is busy stays in the composer, and can be sent again', async (context) => {
  const project = new Project(context);
  const server = await serve(project);
  const page = await open(context, server, `/?wf=${WORKFLOW_ID}&view=notes`);
  const composer = page.getByRole('form', {name: 'Leave a note'});
  const title = composer.getByRole('textbox').first();
  const busy = {error: {code: 'busy', message: 'the log is busy'}};
  await page.route('**/api/notes', (route) => route.fulfill({status: 503, json: busy}));

  await title.fill('Not to be lost');
  await composer.getByRole('button', {name: 'Add note'}).click();
  await page.locator('#toast').getByText('Not written: the log is busy').waitFor();

  assert.equal(await title.inputValue(), 'Not to be lost');
  await page.unroute('**/api/notes');
  await composer.getByRole('button', {name: 'Add note'}).click();
  await head_is(page, 408);
  assert.equal(last(project).data.title, 'Not to be lost');
  assert.equal(await title.inputValue(), '');
});

test('what was typed stays while another view, or another workflow, is looked at', async (context) => {
  const server = await serve(new Project(context));
  const page = await open(context, server, `/?wf=${WORKFLOW_ID}&view=notes`);
  const title = () => page.getByRole('form', {name: 'Leave a note'}).getByRole('textbox').first();
  await title().fill('Half a thought');
  await page.keyboard.press('Escape');

  await page.keyboard.press('3');
  await page.keyboard.press('4');
  assert.equal(await title().inputValue(), 'Half a thought');
  await page.keyboard.press('j');
  await until(page, (id) => document.querySelector('#app').dataset.workflow !== id, WORKFLOW_ID);
  assert.equal(await title().inputValue(), '');
  await page.keyboard.press('k');
  await until(page, (id) => document.querySelector('#app').dataset.workflow === id, WORKFLOW_ID);
  assert.equal(await title().inputValue(), 'Half a thought');
  well_behaved(page);
});
