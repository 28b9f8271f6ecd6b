/* The types that the page's modules say they have (JSDoc) hold. TypeScript looks, if it is installed
 * (tools/packages.sh browser). */
import assert from 'node:assert/strict';
import {existsSync} from 'node:fs';
import {test} from 'node:test';
import {fileURLToPath} from 'node:url';

const ROOT = new URL('../../../', import.meta.url);
const COMPILER = new URL('build-npm/web/node_modules/typescript/lib/typescript.js', ROOT);
const skip = existsSync(COMPILER) ? false : 'TypeScript is not there: tools/packages.sh browser';

test('the page\'s types hold', {skip}, async () => {
  const {default: ts} = await import(COMPILER.href);
  const options = {
    noEmit: true, allowJs: true, checkJs: true, strict: true, types: [], target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ES2022, lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  };
  const roots = ['web/main.js', 'web/theme.js'].map((path) => fileURLToPath(new URL(path, ROOT)));
  const found = ts.getPreEmitDiagnostics(ts.createProgram(roots, options));
  const host = {getCurrentDirectory: () => fileURLToPath(ROOT), getCanonicalFileName: (name) => name, getNewLine: () => '\n'};
  assert.equal(ts.formatDiagnostics(found, host), '');
});
