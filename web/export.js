// @ts-check
/* A copy of the page in one file that opens from a disk: the events as JSON, the styles, and the page's modules
 * put together as one script, since a browser loads no modules from files.
 *
 * A module becomes a function that is called once and gives its exports; what it imports comes from those before:
 *
 *     import {h, patch as put} from './dom.js';      const {h, patch: put} = loaded['/dom.js'];
 *     export function add() {…}                      function add() {…}  …  return {add}; */

const EVENTS_MAX = 20000;
const PART = 1000;

const IMPORT = /^import\s+(?:\{([^}]*)\}\s+from\s+)?'([^']+)';[ \t]*$/gm;
const EXPORT_FROM = /^export\s+\{([^}]*)\}\s+from\s+'([^']+)';[ \t]*$/gm;
const EXPORT_LIST = /^export\s+\{([^}]*)\};[ \t]*$/gm;
const EXPORT_NAME = /^export\s+((?:async\s+)?function\*?|const|class)\s+([A-Za-z_$][\w$]*)/gm;

const POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:";

/** "a, b as c" as pairs. @param {string} list @returns {[string, string][]} */
function names_of(list) {
  return list.split(',').map((part) => part.trim()).filter(Boolean).map((part) => {
    const [name, as = name] = part.split(/\s+as\s+/);
    return [name, as];
  });
}

/** @param {string} from @param {string} address */
const resolve = (from, address) => new URL(address, `http://page${from}`).pathname;

/**
 * A module as the body of a function, and the paths of those that it needs.
 * @param {string} path @param {string} source @returns {{body: string, needs: string[]}}
 */
export function rewrite_module(path, source) {
  /** @type {string[]} */
  const needs = [];
  /** @type {string[]} */
  const exported = [];
  const need = (/** @type {string} */ address) => {
    const at = resolve(path, address);
    if (!needs.includes(at)) needs.push(at);
    return `loaded[${JSON.stringify(at)}]`;
  };
  const body = source
    .replace(IMPORT, (_, list, address) => {
      const from = need(address);
      return list ? `const {${names_of(list).map(([name, as]) => `${name}: ${as}`).join(', ')}} = ${from};` : '';
    })
    .replace(EXPORT_FROM, (_, list, address) => {
      const from = need(address);
      for (const [name, as] of names_of(list)) exported.push(`${as}: ${from}.${name}`);
      return '';
    })
    .replace(EXPORT_LIST, (_, list) => {
      for (const [name, as] of names_of(list)) exported.push(`${as}: ${name}`);
      return '';
    })
    .replace(EXPORT_NAME, (_, kind, name) => {
      exported.push(name);
      return `${kind} ${name}`;
    });
  const left = /^(import|export)\b.*$/m.exec(body);
  if (left) throw new Error(`${path}: cannot be put into a copy: ${left[0]}`);
  return {body: `${body}\nreturn {${exported.join(', ')}};`, needs};
}

/**
 * All modules from one on as one script, each after those that it needs.
 * @param {string} main @param {(path: string) => Promise<string>} source_of
 */
export async function bundle(main, source_of) {
  /** @type {Map<string, string | null>} */
  const done = new Map();
  /** @type {string[]} */
  const parts = [];
  /** @param {string} path */
  async function add(path) {
    if (done.has(path)) {
      if (done.get(path) === null) throw new Error(`${path} needs itself`);
      return;
    }
    done.set(path, null);
    const {body, needs} = rewrite_module(path, await source_of(path));
    for (const other of needs) await add(other);
    done.set(path, body);
    parts.push(`loaded[${JSON.stringify(path)}] = (() => {\n${body}\n})();`);
  }
  await add(main);
  return `'use strict';\n(() => {\nconst loaded = {};\n${parts.join('\n')}\n})();`;
}

/** Text that ends no script element. @param {string} script */
const in_script = (script) => script.replace(/<\/(script)/gi, '<\\/$1').replace(/<!--/g, '<\\!--');

/** JSON that ends no script element. @param {any} value */
const json_in_script = (value) => JSON.stringify(value).replace(/</g, '\\u003c');

/**
 * @param {string} page      the page's HTML
 * @param {{styles: string[], script: string, copy: any}} parts
 */
export function assemble(page, {styles, script, copy}) {
  const policy = `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`;
  const head = page
    .replace(/^<link rel="(stylesheet|icon)".*\n/gm, '')
    .replace(/^<script .*\bsrc=.*\n/gm, '');
  const style = `<style>\n${styles.join('\n').replace(/<\//g, '<\\/')}\n</style>`;
  const data = `<script type="application/json" id="copy">${json_in_script(copy)}</script>`;
  /* Functions, so that no "$&" in what agents wrote means anything. */
  return head
    .replace('</head>', () => `${policy}\n${style}\n</head>`)
    .replace('</body>', () => `${data}\n<script>${in_script(script)}</script>\n</body>`);
}

/** @param {import('./api.js').Api} api @param {string} workflow_id @param {number} head */
async function all_events(api, workflow_id, head) {
  const events = [];
  const last = Math.min(head, EVENTS_MAX);
  for (let from = 1; from <= last; from += PART) {
    for (const {event} of await api.events(workflow_id, from, Math.min(last, from + PART - 1))) events.push(event);
  }
  return events;
}

/**
 * @param {import('./store.js').Store} store @param {string[]} style_paths
 * @returns {Promise<{name: string, text: string, events: number}>}
 */
export async function export_page(store, style_paths) {
  const {api} = store.world;
  const {history} = store;
  if (!history) throw new Error('no workflow is shown');
  const {workflow_id} = history;
  const workflow = store.directory.workflows.find((one) => one.workflow_id === workflow_id);
  const events = await all_events(api, workflow_id, history.columns.count);
  const styles = [];
  for (const path of style_paths) styles.push(await api.source(path));
  const script = await bundle('/main.js', (path) => api.source(path));
  const copy = {made_at: new Date().toISOString().replace('Z', '000Z'), workflow, events};
  const text = assemble(await api.source('/'), {styles, script, copy});
  return {name: `jc-${workflow_id.replace(/[^\w.-]+/g, '_').slice(0, 80)}.html`, text, events: events.length};
}
