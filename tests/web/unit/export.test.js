import assert from 'node:assert/strict';
import {test} from 'node:test';
import {assemble, bundle, rewrite_module} from '../../../web/export.js';

/** Run a bundle of these sources, and give what they put into `out`. */
async function run(sources) {
  const script = await bundle('/main.js', async (path) => sources[path]);
  const out = [];
  new Function('out', script)(out);
  return out;
}

test('modules find each other, renamed and from folders', async () => {
  const out = await run({
    '/main.js': "import {add, TWO as two} from './lib/sum.js';\nimport './side.js';\nout.push(add(1, two));",
    '/lib/sum.js': `import {
  one,
} from '../one.js';
export const TWO = one + 1;
export function add(a, b) {
  return a + b;
}`,
    '/one.js': 'const one = 1;\nexport {one};\nexport {};',
    '/side.js': "out.push('side');",
  });
  assert.deepEqual(out, ['side', 3]);
});

test('a module that two need runs once', async () => {
  const out = await run({
    '/main.js': "import {a} from './a.js';\nimport {b} from './b.js';\nout.push(a === b);",
    '/a.js': "export {it as a} from './it.js';",
    '/b.js': "import {it} from './it.js';\nexport {it as b};",
    '/it.js': "export const it = {};\nout.push('ran');",
  });
  assert.deepEqual(out, ['ran', true]);
});

test('functions of all kinds and classes are exported', async () => {
  const out = await run({
    '/main.js': "import {f, g, h, C} from './all.js';\nout.push(typeof f, typeof g, typeof h, typeof C);",
    '/all.js': 'export function f() {}\nexport async function g() {}\nexport function* h() {}\nexport class C {}',
  });
  assert.deepEqual(out, ['function', 'function', 'function', 'function']);
});

test('what cannot be put together is refused by name', async () => {
  assert.throws(() => rewrite_module('/x.js', 'export let x = 1;'), /\/x\.js: cannot be put into a copy: export let x/);
  assert.throws(() => rewrite_module('/x.js', "import * as all from './y.js';"), /cannot be put into a copy/);
  const ring = {'/main.js': "import {a} from './a.js';", '/a.js': "import {b} from './main.js';"};
  await assert.rejects(bundle('/main.js', async (path) => ring[path]), /needs itself/);
});

const PAGE = `<head>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/a.css">
<script type="module" src="/main.js"></script>
</head>
<body>
</body>`;

test('what agents wrote ends no script, and no replacement pattern means anything', () => {
  const copy = {events: [{data: '</script><script>alert(1)</script> <!-- $& $` $1'}]};
  const page = assemble(PAGE, {styles: ['b{}'], script: "'</script>'", copy});
  const data = /<script type="application\/json" id="copy">(.*)<\/script>\n<script>/.exec(page)[1];
  assert.deepEqual(JSON.parse(data), copy);
  assert.equal(page.match(/<\/script>/g).length, 2);
});

test('a copy takes nothing from elsewhere', () => {
  const page = assemble(PAGE, {styles: ['b{}'], script: '1', copy: {}});
  assert.doesNotMatch(page, /<link|src=|href=/);
  assert.match(page, /default-src 'none'/);
});
