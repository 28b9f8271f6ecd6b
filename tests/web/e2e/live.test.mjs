/* What other processes append is on the page at once, and the page stays right when the server does not. */
import assert from 'node:assert/strict';
import {after, test} from 'node:test';
import {WORKFLOW_ID} from '../story.mjs';
import {Project, close_browser, open, serve, until, well_behaved} from './page.mjs';

after(close_browser);

const head_of = (page) => page.evaluate(() => Number(document.querySelector('#app').dataset.head));
const is_at = (page, head) => until(page, (wanted) => {
  const {head: at, point, live, connection} = document.querySelector('#app').dataset;
  return Number(at) === wanted && Number(point) === wanted && live === 'true' && connection === 'live';
}, head, `the page never came to #${head}`);

test('an event that another process appends is on the page within a second', async (context) => {
  const project = new Project(context);
  const server = await serve(project);
  const page = await open(context, server, `/?wf=${WORKFLOW_ID}`);
  const before = await head_of(page);

  project.emit(WORKFLOW_ID, 'agent.note.idea', {agent_id: 'builder', title: 'Seen at once', content: 'by whoever looks'});
  const began = Date.now();
  await page.getByText('Seen at once').first().waitFor({timeout: 1000});

  assert.ok(Date.now() - began < 1000);
  await is_at(page, before + 1);
  well_behaved(page);
});

test('a workflow that begins is in the sidebar', async (context) => {
  const project = new Project(context);
  const server = await serve(project);
  const page = await open(context, server, `/?wf=${WORKFLOW_ID}`);

  project.emit('brand-new', 'workflow.started', {description: 'Begun a moment ago'});

  await page.locator('#side').getByText('Begun a moment ago').waitFor({timeout: 5000});
  well_behaved(page);
});

test('a burst of 3,000 events is taken whole, and the page answers meanwhile', async (context) => {
  const project = new Project(context);
  const server = await serve(project);
  const page = await open(context, server, `/?wf=${WORKFLOW_ID}`);
  const before = await head_of(page);
  const lines = Array.from({length: 3000}, (_, at) => JSON.stringify({workflow_id: WORKFLOW_ID, event_type: 'agent.tool.completed', agent_id: 'builder', data: {tool_name: 'Read', tool_use_id: `burst-${at}`, tool_input: {file_path: `f${at}.ts`}}}));

  const {execFileSync} = await import('node:child_process');
  execFileSync(process.env.JC_PROGRAM, ['-C', project.folder, 'emit', '--batch'], {input: lines.join('\n') + '\n'});

  await is_at(page, before + 3000);
  well_behaved(page);
});

test('a page whose server was killed comes back and has missed nothing', async (context) => {
  const project = new Project(context);
  const first = await serve(project);
  const page = await open(context, first, `/?wf=${WORKFLOW_ID}`);
  const before = await head_of(page);

  first.child.kill('SIGKILL');
  await first.ended;
  await until(page, () => document.querySelector('#app').dataset.connection !== 'live', null, 'the page does not notice');
  project.emit(WORKFLOW_ID, 'agent.note.idea', {agent_id: 'builder', title: 'Written while nobody served', content: 'and kept'});
  await serve(project, '-p', String(first.port));

  await is_at(page, before + 1);
  await page.getByText('Written while nobody served').first().waitFor();
  well_behaved(page);
});

test('writers, and a server that is killed and started again and again, leave the page with every event', async (context) => {
  const project = new Project(context);
  let server = await serve(project);
  const page = await open(context, server, `/?wf=${WORKFLOW_ID}`);
  const before = await head_of(page);
  const {spawn} = await import('node:child_process');
  const {port} = server;

  let written = 0;
  for (let round = 0; round < 4; round++) {
    const writers = Array.from({length: 10}, (_, at) => new Promise((resolve) => {
      const words = ['-C', project.folder, 'emit', WORKFLOW_ID, 'agent.tool.completed', '-d', JSON.stringify({tool_name: 'Read', tool_use_id: `race-${round}-${at}`})];
      spawn(process.env.JC_PROGRAM, words, {stdio: 'ignore'}).once('exit', resolve);
    }));
    server.child.kill('SIGKILL');
    await server.ended;
    server = await serve(project, '-p', String(port));
    assert.deepEqual(await Promise.all(writers), Array(10).fill(0));
    written += 10;
  }

  await is_at(page, before + written);
  const rows = project.jc('log', WORKFLOW_ID, '--json').trim().split('\n').length;
  assert.equal(await head_of(page), rows);
  well_behaved(page);
});

test('a log that was restored from a backup is read anew', async (context) => {
  const project = new Project(context);
  const server = await serve(project);
  project.jc('backup', `${project.folder}/kept.db`);
  project.emit(WORKFLOW_ID, 'agent.note.idea', {agent_id: 'builder', title: 'Not in the backup', content: 'so it goes'});
  const page = await open(context, server, `/?wf=${WORKFLOW_ID}`);
  const before = await head_of(page);
  await page.getByText('Not in the backup').first().waitFor();

  project.jc('restore', `${project.folder}/kept.db`);

  await is_at(page, before - 1);
  assert.equal(await page.getByText('Not in the backup').count(), 0);
});

test('a point that a restored log has no more is its last event', async (context) => {
  const project = new Project(context);
  const server = await serve(project);
  project.jc('backup', `${project.folder}/kept.db`);
  for (let at = 0; at < 5; at++) project.emit(WORKFLOW_ID, 'agent.note.idea', {agent_id: 'builder', title: `Later ${at}`, content: 'x'});
  const page = await open(context, server, `/?wf=${WORKFLOW_ID}&at=411`);

  project.jc('restore', `${project.folder}/kept.db`);

  await until(page, () => {
    const {head, point, states, live} = document.querySelector('#app').dataset;
    return [head, point, states].every((one) => one === '407') && live === 'false';
  }, null, 'the page does not come to the last event');
  await until(page, () => new URLSearchParams(location.search).get('at') === '407', null, 'the address is another');
  well_behaved(page);
});

test('time that passes goes on when the server comes back', async (context) => {
  const project = new Project(context);
  const first = await serve(project);
  const page = await open(context, first, `/?wf=${WORKFLOW_ID}&at=100`);
  const point = () => page.evaluate(() => Number(document.querySelector('#app').dataset.point));
  await page.keyboard.press('Space');

  first.child.kill('SIGKILL');
  await first.ended;
  await serve(project, '-p', String(first.port));
  await until(page, () => document.querySelector('#app').dataset.connection === 'live');

  const then = await point();
  await until(page, (before) => Number(document.querySelector('#app').dataset.point) > before, then, 'time stands still');
  assert.ok(then >= 100);
  well_behaved(page);
});

/** Have the page believe that nobody looks at it, or somebody does again. */
async function set_hidden(page, hidden) {
  await page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', {configurable: true, get: () => value});
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
}

/** How many streams the server feeds. */
async function streams_of(server) {
  const text = await (await fetch(`${server.url}metrics`)).text();
  return Number(/^jc_live_clients (\d+)$/m.exec(text)[1]);
}

const connection_is = (page, wanted) =>
  until(page, (name) => document.querySelector('#app').dataset.connection === name, wanted, `the stream was never ${wanted}`);

test('a page that nobody looks at lets go of its stream after a minute, and has missed nothing when it is shown again', async (context) => {
  const project = new Project(context);
  const server = await serve(project);
  const page = await open(context, server, `/?wf=${WORKFLOW_ID}`, {clock: '2026-06-01T10:00:00Z'});
  const before = await head_of(page);
  await connection_is(page, 'live');

  await set_hidden(page, true);
  await page.clock.fastForward(50_000);
  project.emit(WORKFLOW_ID, 'agent.note.idea', {agent_id: 'builder', title: 'Hidden for less than a minute', content: 'so it comes'});
  await until(page, (head) => Number(document.querySelector('#app').dataset.head) === head, before + 1, 'a hidden page does not follow');
  assert.equal(await streams_of(server), 1);

  await page.clock.fastForward(15_000);
  await connection_is(page, 'reconnecting');
  for (let tries = 0; tries < 100 && await streams_of(server) > 0; tries++) await page.waitForTimeout(20);
  assert.equal(await streams_of(server), 0);
  for (let at = 0; at < 5; at++) project.emit(WORKFLOW_ID, 'agent.note.idea', {agent_id: 'builder', title: `Behind its back ${at}`, content: 'so it waits'});
  assert.equal(await head_of(page), before + 1);

  await set_hidden(page, false);
  await is_at(page, before + 6);
  await page.getByText('Behind its back 4').first().waitFor();
  assert.equal(await streams_of(server), 1);
  well_behaved(page);
});
