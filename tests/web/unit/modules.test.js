/* The modules of the page as a whole: what they give is used, and what they take is there. */
import assert from 'node:assert/strict';
import {readFileSync, readdirSync} from 'node:fs';
import {test} from 'node:test';

const ROOT = new URL('../../../', import.meta.url);

/** Paths below the root, and what stands there. @param {string} folder */
const sources_in = (folder) => new Map(readdirSync(new URL(folder, ROOT), {recursive: true})
  .map(String).filter((name) => /\.m?js$/.test(name))
  .map((name) => [`${folder}${name}`, readFileSync(new URL(`${folder}${name}`, ROOT), 'utf8')]));

const page = sources_in('web/');
const tests = sources_in('tests/web/');

/** "path name" of everything that a module imports, as a value or as a type. @param {string} path @param {string} text */
function imports_of(path, text) {
  const at = (/** @type {string} */ address) => new URL(address, `file:///${path}`).pathname.slice(1);
  const values = [...text.matchAll(/^import\s+\{([^}]*)\}\s+from\s+'(\.[^']+)'/gm)].flatMap(([, list, address]) =>
    list.split(',').map((one) => one.trim().split(/\s+as\s+/)[0]).filter(Boolean).map((name) => `${at(address)} ${name}`));
  const types = [...text.matchAll(/import\('(\.[^']+)'\)\.(\w+)/g)].map(([, address, name]) => `${at(address)} ${name}`);
  return [...values, ...types];
}

/** @param {string} path @param {string} text */
const exports_of = (path, text) =>
  [...text.matchAll(/^export\s+(?:async\s+)?(?:function\*?|const|class)\s+([\w$]+)/gm)].map(([, name]) => `${path} ${name}`);

test('what a module exports is imported somewhere', () => {
  const used = new Set([...page, ...tests].flatMap(([path, text]) => imports_of(path, text)));
  const idle = [...page].flatMap(([path, text]) => exports_of(path, text)).filter((name) => !used.has(name));
  assert.deepEqual(idle, []);
});

test('what a module imports is exported there', () => {
  const given = new Set([...page].flatMap(([path, text]) => exports_of(path, text)));
  const values = [...page].flatMap(([path, text]) => imports_of(path, text.replace(/import\('[^']+'\)/g, '')));
  assert.deepEqual(values.filter((name) => !given.has(name)), []);
});
