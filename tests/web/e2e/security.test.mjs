/* What a browser holds the page to, and what other sites' pages cannot do to the server. */
import assert from 'node:assert/strict';
import {after, test} from 'node:test';
import {createServer} from 'node:http';
import {WORKFLOW_ID} from '../story.mjs';
import {Project, close_browser, open, serve, well_behaved} from './page.mjs';

after(close_browser);

test('a script that found its way into the page would not run', async (context) => {
  const server = await serve(new Project(context));
  const page = await open(context, server, `/?wf=${WORKFLOW_ID}`);

  const ran = await page.evaluate(() => new Promise((resolve) => {
    document.addEventListener('securitypolicyviolation', () => resolve(false), {once: true});
    const script = document.createElement('script');
    script.textContent = 'window.it_ran = true';
    document.body.append(script);
    setTimeout(() => resolve(window.it_ran === true), 500);
  }));

  assert.equal(ran, false);
  assert.equal(await page.evaluate(() => window.it_ran), undefined);
});

test('a page of another site can neither read nor write', async (context) => {
  const project = new Project(context);
  const server = await serve(project);
  const site = createServer((request, response) => response.writeHead(200, {'Content-Type': 'text/html'}).end('<p>elsewhere</p>'));
  await new Promise((resolve) => site.listen(0, '127.0.0.1', resolve));
  context.after(() => site.close());
  const page = await open(context, server, '/');
  await page.goto(`http://127.0.0.1:${site.address().port}/`);
  const before = project.jc('log', WORKFLOW_ID, '--json').length;

  const results = await page.evaluate(async (url) => {
    const attempt = (path, options) => fetch(url + path, options).then((answer) => answer.type === 'opaque' ? 'opaque' : answer.status, () => 'refused');
    const body = JSON.stringify({workflow_id: 'x', event_type: 'agent.note.idea', data: {agent_id: 'x', title: 'x', content: 'x'}});
    return [await attempt('api/workflows', {}), await attempt('api/workflows', {mode: 'no-cors'}),
      await attempt('api/events', {method: 'POST', mode: 'no-cors', body}),
      await attempt('api/events', {method: 'POST', headers: {'Content-Type': 'application/json'}, body})];
  }, server.url);

  assert.equal(results[0], 'refused');
  assert.equal(results[3], 'refused');
  assert.equal(project.jc('log', WORKFLOW_ID, '--json').length, before);
  assert.ok(!project.jc('workflows', '--json').includes('"x"'));
});

test('a server that others can reach shows nothing without its token', async (context) => {
  const project = new Project(context);
  const server = await serve(project, '--host', '0.0.0.0');
  const token = server.told.url.match(/token=([^&]+)/)?.[1];
  assert.ok(token, server.told.url);
  const local = `http://127.0.0.1:${server.port}/`;

  const without = await fetch(local + 'api/workflows');
  const wrong = await fetch(local + 'api/workflows', {headers: {Authorization: 'Bearer ' + 'A'.repeat(token.length)}});
  const right = await fetch(local + 'api/workflows', {headers: {Authorization: `Bearer ${token}`}});

  assert.deepEqual([without.status, wrong.status, right.status], [401, 401, 200]);
});

test('the token in the address becomes a cookie and leaves the address', async (context) => {
  const project = new Project(context);
  const server = await serve(project, '--host', '0.0.0.0');
  const token = server.told.url.match(/token=([^&]+)/)[1];
  server.url = `http://127.0.0.1:${server.port}/`;

  const page = await open(context, server, `/?wf=${WORKFLOW_ID}&token=${token}`);

  assert.ok(!page.url().includes('token'));
  assert.ok(page.url().includes(WORKFLOW_ID));
  const [cookie] = await page.context().cookies();
  assert.equal(cookie.httpOnly, true);
  assert.equal(cookie.sameSite, 'Strict');
  well_behaved(page);
});
