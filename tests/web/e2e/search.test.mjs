/* Searching, filtering, one event in full, and what can be copied. */
import assert from 'node:assert/strict';
import {after, test} from 'node:test';
import {WORKFLOW_ID} from '../story.mjs';
import {Project, close_browser, open, serve, until, well_behaved} from './page.mjs';

after(close_browser);

const counted = (page, text) => page.locator('#view').getByText(text).first().waitFor({timeout: 5000});
const of_log = (project, ...words) => project.jc('log', WORKFLOW_ID, '--json', ...words).trim().split('\n').filter(Boolean).length;

test('words are found in all events, as jc search finds them', async (context) => {
  const project = new Project(context);
  const server = await serve(project);
  const page = await open(context, server, `/?wf=${WORKFLOW_ID}&view=events`);
  const hits = project.jc('search', 'umlauts', '-w', WORKFLOW_ID, '--json').trim().split('\n').length;

  await page.keyboard.press('/');
  await until(page, () => document.activeElement?.id === 'events-search');
  await page.keyboard.type('umlauts');

  await counted(page, `${hits} of 407`);
  await until(page, () => new URLSearchParams(location.search).get('q') === 'umlauts', null, 'the words are not in the address');
  well_behaved(page);
});

test('Escape ends a search and leaves its field', async (context) => {
  const server = await serve(new Project(context));
  const page = await open(context, server, `/?wf=${WORKFLOW_ID}&view=events&q=umlauts`);
  await page.keyboard.press('/');
  await until(page, () => document.activeElement?.id === 'events-search');

  await page.keyboard.press('Escape');

  await counted(page, '407 events');
  assert.deepEqual(await page.evaluate(() => [document.activeElement.tagName, document.querySelector('#events-search').value]), ['BODY', '']);
  well_behaved(page);
});

test('filters narrow the list, count, and stand in the address', async (context) => {
  const project = new Project(context);
  const server = await serve(project);
  const page = await open(context, server, `/?wf=${WORKFLOW_ID}&view=events`);
  const of_tester = of_log(project, '--agent', 'tester');

  await page.getByRole('group', {name: 'Filters'}).getByRole('button', {name: 'tester'}).click();

  await counted(page, `${of_tester} of 407`);
  await until(page, () => new URLSearchParams(location.search).get('agent') === 'tester');
  const other = await open(context, server, new URL(page.url()).search);
  await counted(other, `${of_tester} of 407`);
  await other.getByRole('group', {name: 'Filters'}).getByRole('button', {name: /^Notes/}).click();
  await counted(other, `${of_log(project, '--agent', 'tester', '--type', 'agent.note.*')} of 407`);
  well_behaved(page);
  well_behaved(other);
});

test('an edit is shown as what it changed, a command with what it printed', async (context) => {
  const project = new Project(context);
  const server = await serve(project);
  const edit = JSON.parse(project.jc('log', WORKFLOW_ID, '--type', 'agent.tool.completed', '--where', 'data.tool_name=Edit', '-n', '1', '--json'));
  const bash = JSON.parse(project.jc('log', WORKFLOW_ID, '--type', 'agent.tool.completed', '--where', 'data.tool_name=Bash', '--grep', '# pass 12', '-n', '1', '--json'));

  const page = await open(context, server, `/?wf=${WORKFLOW_ID}&view=events&at=${edit.sequence}`);
  const detail = page.getByRole('region', {name: 'Event', exact: true});
  await detail.getByText('const fresh = entries.filter').first().waitFor();
  await detail.getByText('await db.insert(entries)').first().waitFor();
  await page.goto(`${server.url}?wf=${WORKFLOW_ID}&view=events&at=${bash.sequence}`);

  await detail.getByText('TAP version 13').first().waitFor();
  assert.equal(await detail.getByText('# pass 12').count(), 0, 'long output is folded');
  await detail.getByRole('button', {name: /^Show \d+ more lines/}).click();
  await detail.getByText('# pass 12').first().waitFor();
  well_behaved(page);
});

test('an event is copied as its line, and as the command that prints it', async (context) => {
  const project = new Project(context);
  const server = await serve(project);
  const page = await open(context, server, `/?wf=${WORKFLOW_ID}&view=events&at=100`, {permissions: ['clipboard-read', 'clipboard-write']});
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  const line = JSON.parse(project.jc('log', WORKFLOW_ID, '--from', '100', '--to', '100', '--json'));

  await page.getByRole('button', {name: 'JSON', exact: true}).click();
  await until(page, () => navigator.clipboard.readText().then((text) => text.startsWith('{')));
  assert.deepEqual(JSON.parse(await copied()), line);
  await page.getByRole('button', {name: 'jc command', exact: true}).click();
  await until(page, () => navigator.clipboard.readText().then((text) => text.startsWith('jc ')));

  const {execFileSync} = await import('node:child_process');
  const command = (await copied()).replace(/^jc /, '"$JC_PROGRAM" ');
  assert.deepEqual(JSON.parse(execFileSync('sh', ['-c', command], {cwd: project.folder, encoding: 'utf8'})), line);
  well_behaved(page);
});

test('a trace shows the tree that jc trace prints', async (context) => {
  const project = new Project(context);
  const server = await serve(project);
  const page = await open(context, server, `/?wf=${WORKFLOW_ID}&view=trace&trace=planning`);
  const count = project.jc('trace', 'planning', '-w', WORKFLOW_ID, '--json').trim().split('\n').length;

  await page.getByText(new RegExp(`^${count} events`)).first().waitFor();

  assert.ok((await page.getByRole('treeitem').count()) > 5);
  await page.getByRole('treeitem').nth(2).click();
  await until(page, () => document.querySelector('#app').dataset.live === 'false');
  well_behaved(page);
});

test('what no agent did, and one type, can be listed alone', async (context) => {
  const project = new Project(context);
  const server = await serve(project);
  const page = await open(context, server, `/?wf=${WORKFLOW_ID}&view=events`);
  const lines = project.jc('log', WORKFLOW_ID, '--json').trim().split('\n').map((line) => JSON.parse(line));
  const nobody = lines.filter((event) => event.agent_id === undefined).length;

  await page.getByRole('group', {name: 'Filters'}).getByRole('button', {name: 'No agent'}).click();
  await counted(page, `${nobody} of 407`);
  await page.getByRole('group', {name: 'Filters'}).getByRole('button', {name: 'No agent'}).click();
  const last = lines[lines.length - 1].event_type;
  await page.locator('.detail').getByTitle(`Only events of ${last}`).click();

  await counted(page, `${of_log(project, '--type', last)} of 407`);
  well_behaved(page);
});

test('the command that tells the state at the point, or what differs, can be copied', async (context) => {
  const server = await serve(new Project(context));
  const page = await open(context, server, `/?wf=${WORKFLOW_ID}&at=120`, {permissions: ['clipboard-read', 'clipboard-write']});
  const copied = async () => {
    await page.getByRole('button', {name: 'Copy as a jc command'}).click();
    await page.locator('#toast').getByText('Command copied').waitFor();
    return page.evaluate(() => navigator.clipboard.readText());
  };

  assert.equal(await copied(), `jc state ${WORKFLOW_ID} --at 120`);
  await page.keyboard.press('c');
  await page.keyboard.press('ArrowLeft');
  assert.equal(await copied(), `jc diff ${WORKFLOW_ID} 120 119`);
  well_behaved(page);
});
