/* What agents wrote is text: whatever it holds, nothing of it runs, loads, or plays tricks on the reader. */
import assert from 'node:assert/strict';
import {after, test} from 'node:test';
import {Project, close_browser, open, serve, until, well_behaved} from './page.mjs';

after(close_browser);

const MARKUP = '<script>window.hacked = 1</script><img src=x onerror="window.hacked = 2"><b>bold</b>';
const TERMINAL = '\u001b[31mred\u001b[0m \u001b]0;title\u0007 \u001b[2J';
const DIRECTION = 'safe\u202Egnp.exe\u202C \u2066isolated\u2069 \u200F right';
const NAMES = {__proto__: null, constructor: 'x', toString: 'y', hasOwnProperty: 'z'};

function history() {
  const workflow_id = 'hostile';
  const at = (minute) => `2026-10-06T08:${String(minute).padStart(2, '0')}:00.000000Z`;
  const call = {session_id: 's', tool_name: MARKUP, tool_use_id: 'u1', tool_input: {command: MARKUP, file_path: DIRECTION}};
  return [
    {workflow_id, timestamp: at(0), event_type: 'workflow.started', data: {description: `${MARKUP} ${DIRECTION}`}},
    {workflow_id, timestamp: at(1), event_type: 'session.started', agent_id: `<i>agent</i>${DIRECTION}`, data: {session_id: 's', model: MARKUP}},
    {workflow_id, timestamp: at(2), event_type: 'turn.started', agent_id: 'a', data: {session_id: 's', prompt: `${TERMINAL}${MARKUP}`}},
    {workflow_id, timestamp: at(3), event_type: 'feature.started', data: {name: MARKUP, description: DIRECTION}},
    {workflow_id, timestamp: at(4), event_type: 'feature.failed', data: {name: MARKUP, error: MARKUP + TERMINAL}},
    {workflow_id, timestamp: at(5), event_type: 'agent.note.question', data: {agent_id: MARKUP, title: MARKUP, content: `${TERMINAL}\n${DIRECTION}`, tags: [MARKUP]}, agent_id: 'a'},
    {workflow_id, timestamp: at(6), event_type: 'agent.message.sent', data: {from_agent: MARKUP, to_agent: '__proto__', content: MARKUP, priority: 'urgent'}, correlation_id: 'constructor'},
    {workflow_id, timestamp: at(7), event_type: 'agent.tool.started', agent_id: 'a', data: call, correlation_id: '__proto__'},
    {workflow_id, timestamp: at(8), event_type: 'agent.tool.completed', agent_id: 'a', data: {...call, tool_response: {stdout: TERMINAL + MARKUP, ...NAMES}, duration_ms: -5}, correlation_id: '__proto__'},
    {workflow_id, timestamp: at(9), event_type: 'agent.tool.completed', agent_id: 'a', data: {tool_name: 'Bash', tool_use_id: 'u2', tool_input: {command: 'cat big'}, tool_response: {stdout: 'x'.repeat(900_000)}}},
    {workflow_id, timestamp: at(10), event_type: 'agent.tool.completed', agent_id: 'a', data: {tool_name: 'Edit', tool_use_id: 'u3', tool_input: {file_path: 'a.html', old_string: MARKUP, new_string: `${MARKUP}\n${'line\n'.repeat(4000)}`}}},
    {workflow_id, timestamp: at(11), event_type: 'javascript.alert.clicked', agent_id: 'a', data: {href: 'javascript:window.hacked=3', url: '//elsewhere.example/x.png', deep: nested(60)}},
  ];
}

function nested(levels) {
  return levels === 0 ? MARKUP : {inside: nested(levels - 1)};
}

const VIEWS = ['overview', 'timeline', 'events', 'notes', 'trace'];

for (const view of VIEWS) {
  test(`in the ${view} hostile text stays text at every event`, async (context) => {
    const server = await serve(new Project(context, history()));
    const page = await open(context, server, `/?wf=hostile&view=${view}&at=12`);

    for (let point = 12; point >= 1; point--) {
      await until(page, (wanted) => document.querySelector('#app').dataset.point === String(wanted), point);
      await page.keyboard.press('ArrowLeft');
    }

    assert.equal(await page.evaluate(() => window.hacked), undefined);
    assert.equal(await page.locator('#app script, #app img, #app b > script, #app iframe, #app a[href^="javascript"]').count(), 0);
    well_behaved(page);
  });
}

test('markup is shown as it was written', async (context) => {
  const server = await serve(new Project(context, history()));
  const page = await open(context, server, '/?wf=hostile&view=notes');

  await page.locator('#view').getByText('<script>window.hacked = 1</script>').first().waitFor();
  well_behaved(page);
});

test('no control character, and none that turns the direction of text, reaches the reader as it is', async (context) => {
  const server = await serve(new Project(context, history()));
  for (const view of VIEWS) {
    const page = await open(context, server, `/?wf=hostile&view=${view}&at=9`);

    const text = await page.evaluate(() => document.body.innerText);

    assert.doesNotMatch(text, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u200e\u200f]/, view);
  }
});

test('an event of 900 KB opens without freezing the page', async (context) => {
  const server = await serve(new Project(context, history()));
  const page = await open(context, server, '/?wf=hostile&view=events&at=1');
  await page.evaluate(() => {
    window.longest = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => (window.longest = Math.max(window.longest, entry.duration)))).observe({type: 'longtask'});
  });

  for (let point = 2; point <= 12; point++) {
    await page.keyboard.press('ArrowRight');
    await until(page, (wanted) => document.querySelector('#app').dataset.point === String(wanted), point);
  }
  await page.waitForTimeout(300);

  assert.ok((await page.evaluate(() => window.longest)) < 200, `a task took ${await page.evaluate(() => window.longest)} ms`);
  well_behaved(page);
});
