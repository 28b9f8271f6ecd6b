/* 100,000 events: the page is steered, searched, tells the past truly, and follows what comes without a long task. */
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {after, test} from 'node:test';
import {COUNT, big, head_is, hold, settled, steps, watched, workflow_id} from './big_page.mjs';
import {close_browser, open, until, well_behaved} from './page.mjs';

after(close_browser);

test('with 100,000 events no task takes 200 ms: to step, to play, to filter, to search', async (context) => {
  const {page, watch} = await watched(context, 'events');
  await watch('stepping', async () => {
    await hold(page, 'ArrowLeft', 80);
    await hold(page, 'ArrowRight', 40);
  });
  const point = () => page.evaluate(() => Number(document.querySelector('#app').dataset.point));
  await watch('playing', async () => {
    const from = await point();
    await page.keyboard.press(' ');
    await until(page, (wanted) => Number(document.querySelector('#app').dataset.point) > wanted, from + 5, 'nothing is played');
    await page.keyboard.press(' ');
    await settled(page);
  });
  await watch('filtering', async () => {
    for (const at of [0, 1, 2, 3, 3, 2, 1, 0]) await page.locator('.filters .chip').nth(at).click();
    await settled(page);
  });
  const told = page.locator('.ev-head .told');
  await watch('searching', async () => {
    await page.keyboard.press('/');
    await page.locator('#events-search:focus').waitFor();
    await page.keyboard.type('connection', {delay: 40});
    await told.filter({hasText: /^[\d,\s]+ of /}).waitFor();
    await page.keyboard.press('Escape');
    await told.filter({hasText: /^100.?000 events$/}).waitFor();
    /* The first one clears the words, the next one leaves the field. */
    await page.keyboard.press('Escape');
  });
  await page.keyboard.press('4');
  await watch('finding in notes', async () => {
    const box = page.getByRole('searchbox', {name: 'Find in notes'});
    await box.pressSequentially('login', {delay: 40});
    await page.locator('.note').first().waitFor();
    await settled(page);
  });
  well_behaved(page);
});

test('the state at a point of the past of 100,000 events is the one that jc state tells', async (context) => {
  const {project, server} = await big();
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

/** Calls of a tool with their ends, as `jc emit --batch` takes them. */
const calls = (count, name) => steps(count / 2, (at) => {
  const data = {session_id: 's-live', tool_name: at % 3 ? 'Read' : 'Bash', tool_use_id: `${name}-${at}`};
  return ['started', 'completed'].map((what) =>
    JSON.stringify({workflow_id, agent_id: 'coder', event_type: `agent.tool.${what}`, data}));
}).flat();

test('with 100,000 events no task takes 200 ms while events come: one by one, and 2,000 at once', async (context) => {
  const {project, page, watch} = await watched(context, 'events');
  let head = COUNT;
  const emit = (lines) => {
    execFileSync(process.env.JC_PROGRAM, ['-C', project.folder, 'emit', '--batch'], {input: `${lines.join('\n')}\n`});
    head += lines.length;
  };
  for (const [view, key] of Object.entries({events: '3', timeline: '2', overview: '1', notes: '4', trace: '5'})) {
    await page.keyboard.press(key);
    await settled(page);
    await watch(`events that come while ${view} is looked at`, async () => {
      for (let turn = 0; turn < 10; turn++) emit(calls(2, `one-${view}-${turn}`));
      await head_is(page, head);
      await settled(page);
    });
    await watch(`a burst while ${view} is looked at`, async () => {
      emit(calls(2000, `burst-${view}`));
      await head_is(page, head);
      await settled(page);
    });
  }

  assert.deepEqual(project.state(workflow_id, 'workflow').last_event.sequence, head);
  well_behaved(page);
});
