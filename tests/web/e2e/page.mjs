/* What the tests in a browser stand on: a project with the story in it, the program's own server, and pages
 * that note what no page may do (errors on the console, requests that leave the machine). Everything that is
 * started is ended behind the test, by its own id. */
import assert from 'node:assert/strict';
import {execFileSync, spawn} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {story} from '../story.mjs';

const {chromium} = await import(process.env.JC_DRIVER);
const program = process.env.JC_PROGRAM;
/* Long enough for a machine that is busy: what comes at all comes long before. */
const WAIT_MS = 30_000;

/** A project in a new folder. @param {object[]} events that it begins with */
export class Project {
  constructor(context, events = story()) {
    this.folder = mkdtempSync(join(tmpdir(), 'jc-page-'));
    /** @type {{child: import('node:child_process').ChildProcess, ended: Promise<any>}[]} that serve it */
    this.servers = [];
    context.after(() => this.#remove());
    this.jc('init');
    if (events.length > 0) {
      const file = join(this.folder, 'events.jsonl');
      writeFileSync(file, events.map((event) => JSON.stringify(event) + '\n').join(''));
      this.jc('import', file);
    }
  }

  /** First whoever may still write here: hooks behind a test run in the order in which they were asked for. */
  async #remove() {
    for (const {child} of this.servers) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await Promise.all(this.servers.map((server) => server.ended));
    rmSync(this.folder, {recursive: true, force: true, maxRetries: 5});
  }

  /** Run the program here. @returns what it printed */
  jc(...words) {
    return execFileSync(program, ['-C', this.folder, ...words], {encoding: 'utf8', maxBuffer: 1 << 28});
  }

  emit(workflow_id, event_type, data, ...words) {
    return JSON.parse(this.jc('emit', workflow_id, event_type, '-d', JSON.stringify(data), '--json', ...words));
  }

  state(workflow_id, projection, at) {
    return JSON.parse(this.jc('state', workflow_id, '-p', projection, '--json', ...(at === undefined ? [] : ['--at', String(at)]))).state;
  }
}

/** `jc dashboard` for a project, on a port of its own. */
export async function serve(project, ...words) {
  const child = spawn(program, ['-C', project.folder, 'dashboard', '--no-browser', '--json', '-p', '0', ...words], {stdio: ['ignore', 'pipe', 'pipe']});
  const server = {child, url: '', port: 0, ended: new Promise((resolve) => child.once('exit', resolve))};
  project.servers.push(server);
  let printed = '';
  let said = '';
  child.stderr.on('data', (bytes) => (said += bytes));
  await new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
    child.stdout.on('data', (bytes) => {
      printed += bytes;
      if (printed.includes('\n')) resolve(undefined);
    });
  });
  const told = JSON.parse(printed.split('\n')[0]);
  server.told = told;
  server.url = told.url.replace(/\/\?.*$/, '/');
  server.port = told.port;
  return server;
}

let shared;

/** The browser, one for all tests of a file. */
async function browser() {
  shared ??= await chromium.launch({executablePath: process.env.JC_BROWSER, args: ['--no-sandbox', '--disable-gpu', '--force-color-profile=srgb', '--font-render-hinting=none']});
  return shared;
}

export async function close_browser() {
  await shared?.close();
  shared = undefined;
}

/**
 * Open a page at a path of the server. What it may not do is noted in `page.faults`, which must be empty in
 * the end: see well_behaved.
 */
export async function open(context, server, path = '/', options = {}) {
  const made = await (await browser()).newContext({viewport: {width: 1440, height: 900}, reducedMotion: 'reduce', ...options});
  context.after(() => made.close());
  const page = await made.newPage();
  const faults = [];
  page.faults = faults;
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE|net::ERR_/.test(message.text())) faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (!['data:', 'blob:'].includes(url.protocol) && url.hostname !== '127.0.0.1') faults.push(`left the machine: ${request.url()}`);
  });
  if (options.clock) await page.clock.install({time: new Date(options.clock)});
  await page.goto(new URL(path, server.url).href);
  await page.waitForSelector('#app[data-ready="true"]', {timeout: WAIT_MS});
  return page;
}

export function well_behaved(page) {
  assert.deepEqual(page.faults, []);
}

/** Wait until a function of the page gives true. */
export async function until(page, test, argument, what = 'it never became true') {
  await page.waitForFunction(test, argument, {timeout: WAIT_MS, polling: 30}).catch((error) => {
    throw new Error(`${what}: ${error.message}`);
  });
}
