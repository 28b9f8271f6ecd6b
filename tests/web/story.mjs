/* The story that the page's tests and pictures tell: a morning in which agents teach a bookkeeping program to
 * read bank statements. One workflow is long (features, a retry, a question that waits for a person, messages,
 * notes, subagents, a permission, failures), four others are short and stand at different points.
 *
 *     node story.mjs > story.jsonl && jc import story.jsonl
 */
import {Recorder} from './recorder.mjs';

/** When the long workflow begins. */
export const BEGAN_AT = '2026-10-06T08:04:00Z';
export const WORKFLOW_ID = 'bank-import-4c1e';

const FEATURES = {
  'camt-parser': {
    description: 'read camt.053 statements, one entry at a time',
    files: ['src/camt/parser.ts', 'src/camt/entry.ts', 'test/camt.test.ts'],
    words: ['Ntry', 'parseXml', 'CdtDbtInd'],
    commit: 'Read camt.053 statements as a stream',
    cost_usd: 0.92,
  },
  'amount-type': {
    description: 'money as whole cents, never as a float',
    files: ['src/money/amount.ts', 'src/money/index.ts', 'test/amount.test.ts'],
    words: ['parseFloat', 'toFixed', 'amount:'],
    commit: 'Keep amounts as whole cents',
    cost_usd: 0.61,
  },
  'match-invoices': {
    description: 'find the invoice that a payment settles',
    files: ['src/match/matcher.ts', 'src/match/score.ts', 'test/match.test.ts'],
    words: ['invoiceNumber', 'similarity', 'bestMatch'],
    commit: 'Match payments by reference, then by amount and name',
    cost_usd: 1.37,
  },
  'duplicate-guard': {
    description: 'the same statement twice changes nothing',
    files: ['src/import/guard.ts', 'src/db/entries.sql', 'test/guard.test.ts'],
    words: ['entryRef', 'ON CONFLICT', 'hashOf'],
    commit: 'Import each entry once',
    cost_usd: 0.48,
  },
  'review-screen': {
    description: 'a person settles what could not be matched',
    files: ['src/web/review.tsx', 'src/web/list.tsx', 'test/review.test.ts'],
    words: ['useReview', 'Candidate', 'onSettle'],
    commit: 'Show what could not be matched',
    cost_usd: 0.77,
  },
};

const EDITS = {
  'src/camt/parser.ts': [
    '  const statement = parseXml(text)\n  return statement.Ntry.map(toEntry)',
    '  // A statement can hold a year: one entry at a time, never the whole tree.\n  for await (const node of nodes(stream, \'Ntry\')) {\n    yield toEntry(node)\n  }',
  ],
  'src/money/amount.ts': [
    'export type Amount = number\n\nexport const parse = (text: string) => parseFloat(text)',
    'export type Amount = { cents: bigint; currency: string }\n\nexport function parse(text: string, currency: string): Amount {\n  const [whole, part = \'\'] = text.split(\'.\')\n  return { cents: BigInt(whole + part.padEnd(2, \'0\')), currency }\n}',
  ],
  'src/match/matcher.ts': [
    '  const found = invoices.find((i) => i.amount === payment.amount)\n  return found ?? null',
    '  const byReference = invoices.filter((i) => payment.text.includes(i.number))\n  if (byReference.length > 0) return settle(payment, byReference)\n  return best(invoices, (i) => score(i, payment))',
  ],
  'src/import/guard.ts': [
    '  await db.insert(entries)',
    '  const fresh = entries.filter((e) => !known.has(hashOf(e)))\n  await db.insert(fresh)',
  ],
};

function testOutput(name, passed, failed) {
  const claims = ['reads an empty statement', 'keeps the order of entries', 'refuses a cut file', 'takes both signs',
    'keeps cents exact', 'rounds nothing', 'finds by reference', 'finds by name and amount', 'leaves the unknown alone',
    'settles two invoices at once', 'is idempotent', 'names the line that is wrong'];
  const lines = [`TAP version 13`, `# ${name}`];
  for (let at = 0; at < passed + failed; at++) lines.push(`${at < passed ? 'ok' : 'not ok'} ${at + 1} - ${claims[at % claims.length]}`);
  if (failed > 0) {
    lines.push('  ---', '  message: expected 2 invoices to be settled, got 1', '  at: test/match.test.ts:61:9', '  expected: 2', '  actual: 1', '  ...');
  }
  lines.push(`1..${passed + failed}`, `# pass ${passed}`, `# fail ${failed}`);
  return lines.join('\n');
}

/** Work on a feature, a letter a call: Read, Find, List, Edit, Write, Test, fail a test (X), run a Command. */
function work(agent, name, letters) {
  const {files, words} = FEATURES[name];
  const {recorder} = agent;
  const source = files[0];
  const test = files[files.length - 1];
  const about = name.split('-')[0];
  for (const letter of letters) {
    if (letter === 'R') {
      const lines = Math.round(recorder.between(30, 220));
      agent.tool('Read', {file_path: recorder.pick(files)}, `${lines} lines`);
    } else if (letter === 'F') {
      const pattern = recorder.pick(words);
      agent.tool('Grep', {pattern, path: 'src'}, files.map((file, at) => `${file}:${18 + 21 * at}: ${pattern}`).join('\n'));
    } else if (letter === 'L') {
      agent.tool('Glob', {pattern: 'src/**/*.ts'}, files.join('\n'));
    } else if (letter === 'E') {
      const [old_string, new_string] = EDITS[source] ?? ['export {}', `export function ${about}() {\n  return true\n}`];
      agent.tool('Edit', {file_path: source, old_string, new_string}, '1 replacement');
    } else if (letter === 'W') {
      const content = `import { test } from 'node:test'\n\ntest('${about}: refuses a cut file', async () => {\n  await rejects(read(cut))\n})\n`;
      agent.tool('Write', {file_path: test, content}, 'written');
    } else if (letter === 'C') {
      agent.tool('Bash', {command: recorder.pick(['npx tsc --noEmit', 'npm run lint', 'git diff --stat'])},
        ' src | 3 files changed, 58 insertions(+), 11 deletions(-)', {takes: recorder.between(3, 9)});
    } else {
      const failed = letter === 'X' ? 2 : 0;
      agent.put('tests.started', {test_file: test, feature: name});
      agent.tool('Bash', {command: `node --test ${test}`}, testOutput(test, 12 - failed, failed),
        {takes: recorder.between(6, 21), fails: failed > 0 ? `exit code 1: ${failed} of 12 tests failed` : undefined});
      agent.put(failed > 0 ? 'tests.failed' : 'tests.passed', {test_file: test, feature: name, count: 12,
        ...(failed > 0 ? {failures: ['settles two invoices at once', 'finds by name and amount']} : {})});
    }
  }
  return agent;
}

function begin(builder, name, cause) {
  builder.about(name).wait(3);
  const started = builder.put('feature.started', {name}, cause ?? builder.opened);
  builder.cause = started;
  return started;
}

function complete(builder, name, started) {
  builder.wait(2);
  const sha = Math.floor(builder.recorder.random() * 0xfffffff).toString(16).padStart(7, '0');
  builder.put('commit.created', {commit_sha: sha, message: FEATURES[name].commit, files: FEATURES[name].files}, started);
  builder.wait(1);
  builder.put('feature.completed', {name, tests_passing: true, cost_usd: FEATURES[name].cost_usd}, started);
  builder.cause = builder.opened;
}

/** The long workflow. It ends in the middle: a feature is under way, a question is open, a message unread. */
export function bank_import(began_at = BEGAN_AT) {
  const recorder = new Recorder(WORKFLOW_ID, began_at, 11);
  const of_workflow = (seconds, type, data, cause) => recorder.put(seconds, type, data, {cause, correlation_id: 'workflow'});
  const started = of_workflow(0, 'workflow.started', {description: 'Read bank statements into the books'});
  of_workflow(0.2, 'worktree.created', {path: '../books-bank-import', branch: 'bank-import', base_commit: '5be01d2'}, started);
  of_workflow(0.4, 'workflow.phase_changed', {to_phase: 'planning'}, started);

  const builder = recorder.agent('builder', {at: 3, model: 'claude-opus-5'}).about('planning').session();
  builder.turn('Plan the import of bank statements (camt.053). Split it into features that can be tested alone.');
  builder.subagent('scout', 'Where do amounts and invoices live today? List files and callers.', (scout) => {
    work(scout, 'amount-type', 'LRFRF');
    work(scout, 'match-invoices', 'RFR');
    scout.note('observation', 'Amounts are floats in 14 places', 'src/money/index.ts hands out numbers; totals are off by a cent above 1 million.', {file: 'src/money/index.ts', tags: ['money']});
    work(scout, 'camt-parser', 'LFRR');
    return 'Amounts: src/money (14 callers). Invoices: src/match, src/db. Nothing reads XML yet.';
  });
  builder.note('context', 'Statements come from three banks', 'Two send camt.053.001.08, one still .02. Both must be read; samples are in fixtures/.', {tags: ['banks'], feature: 'camt-parser'});
  builder.note('decision', 'Amounts become whole cents first', 'Matching compares amounts, so floats would follow us everywhere.', {tags: ['money'], feature: 'amount-type'});
  for (const [name, {description}] of Object.entries(FEATURES)) builder.wait(1).put('feature.planned', {name, description}, started);
  builder.end('Five features planned, in the order in which they depend on each other.');
  of_workflow(builder.at + 1, 'workflow.phase_changed', {from_phase: 'planning', to_phase: 'implementing'}, started);

  let feature = begin(builder, 'camt-parser');
  builder.turn('Implement camt-parser.');
  work(builder, 'camt-parser', 'RFRREWC').end('The parser reads a statement as a stream.');
  builder.turn('Run the tests and mend what breaks.');
  work(builder, 'camt-parser', 'TRFET');
  builder.note('learning', 'fast-xml-parser drops empty elements', 'An empty <Ustrd/> is a reference of its own in .02; preserve it with alwaysCreateTextNode.', {tags: ['xml'], file: 'src/camt/parser.ts'});
  builder.end('All twelve pass.');
  complete(builder, 'camt-parser', feature);
  const asked = builder.send('reviewer', 'camt-parser is ready: please look at the streaming and at what a cut file does.', {message_type: 'help_request', awaiting_response: true});

  const reviewer = recorder.agent('reviewer', {at: builder.at + 3, model: 'claude-sonnet-5'}).about('camt-parser').session();
  reviewer.read(asked).turn('Review camt-parser: memory, cut files, both versions.', asked);
  work(reviewer, 'camt-parser', 'RRFR');
  reviewer.subagent('tester', 'Read the largest fixture 5 times and watch the memory.', (tester) => {
    work(tester, 'camt-parser', 'TTCTT');
    return 'Peak 41 MB for a statement of 180 MB.';
  });
  reviewer.note('warning', 'A cut file ends without an error', 'The last entry is dropped in silence when the closing tag is missing.', {file: 'src/camt/parser.ts', tags: ['review'], feature: 'camt-parser'});
  reviewer.answer(asked, 'Streaming is right. One finding: a cut file must be refused.').end('One finding.');

  feature = begin(builder, 'amount-type');
  builder.turn('Implement amount-type; change all callers.');
  work(builder, 'amount-type', 'RRFREFREC');
  builder.tool('Bash', {command: 'npm run migrate -- --to 031_cents'}, '031_cents: 48,112 rows in 1.9 s', {asks: 34, takes: 4});
  work(builder, 'amount-type', 'RE').end('Amounts are cents; the table is migrated.');
  builder.turn('Refuse a cut statement, as the review asks.');
  work(builder, 'camt-parser', 'REWT').end('A cut statement is refused, with the entry that was last whole.');
  builder.turn('Run everything.');
  work(builder, 'amount-type', 'CTFET');
  builder.note('todo', 'Drop the old float column', 'After the next release; reports still read it.', {tags: ['later'], feature: 'amount-type'});
  builder.end('Green.');
  complete(builder, 'amount-type', feature);

  reviewer.at = builder.at - 120;
  reviewer.about('amount-type').turn('Review amount-type while it is written.');
  work(reviewer, 'amount-type', 'RRFRRF');
  const urgent = reviewer.send('builder', 'Reports round halves to even, invoices away from zero: please use one rule for both.', {priority: 'urgent', message_type: 'task_assignment', awaiting_response: true});
  reviewer.end('One urgent finding sent.');

  feature = begin(builder, 'match-invoices');
  builder.turn('Implement match-invoices.');
  builder.read(urgent);
  work(builder, 'match-invoices', 'RFRRE');
  builder.answer(urgent, 'Both round half to even now; test/amount.test.ts covers it.');
  work(builder, 'match-invoices', 'RWFEC').end('First version: equal amounts.');
  builder.turn('Run the tests.');
  work(builder, 'match-invoices', 'XRFEX');
  builder.put('agent.error', {error: '2 of 12 tests failed twice with the same assertion', tool_name: 'Bash'});
  builder.note('reflection', 'I compared amounts before references', 'A payment that settles two invoices has no equal amount. The test says so; I read it too late.', {tags: ['process'], feature: 'match-invoices'});
  builder.wait(2).put('feature.failed', {name: 'match-invoices', error: 'a payment may settle several invoices; equal amounts cannot find that'}, feature);
  const question = builder.note('question', 'May one payment settle several invoices of one customer?', 'Then references go first and the rest is split. Otherwise such payments stay for a person.', {tags: ['product'], feature: 'match-invoices'});
  builder.end('Stopped: I need a decision.');
  const paused = of_workflow(builder.at + 2, 'workflow.paused', {reason: 'builder asks: may one payment settle several invoices?', waiting_for_response: true}, question);
  const resumed = of_workflow(builder.at + 2 + 41 * 60, 'workflow.resumed',
    {user_decision: {decision_type: 'answer', message: 'Yes, if all references are named. Never guess a split.'}, waiting_for_response: false}, question);
  void paused;

  builder.at += 41 * 60 + 5;
  feature = begin(builder, 'match-invoices', resumed);
  builder.turn('Decision: several invoices when all references are named. Never guess. Try again.', resumed);
  work(builder, 'match-invoices', 'RRFE');
  builder.note('decision', 'References first, amounts only alone', 'All named invoices are settled when their sum is the payment. Otherwise the payment stays for a person.', {tags: ['matching'], feature: 'match-invoices'});
  work(builder, 'match-invoices', 'EFRWEC').end('Rewritten: references, then amount and name.');
  builder.turn('Run everything.');
  work(builder, 'match-invoices', 'TCRFT');
  builder.note('learning', 'Umlauts come decomposed from one bank', 'Names are compared after NFC; otherwise “Müller” is two customers.', {tags: ['banks', 'unicode'], file: 'src/match/score.ts', feature: 'match-invoices'});
  builder.end('Twelve of twelve.');
  const again = builder.send('reviewer', 'match-invoices, second attempt: please try to make it guess.', {message_type: 'help_request', awaiting_response: true});
  complete(builder, 'match-invoices', feature);
  builder.wait(1).put('context.compacted', {trigger: 'auto', session_id: builder.session_id});

  reviewer.at = builder.at - 3;
  reviewer.about('match-invoices').read(again).turn('Try to make match-invoices guess.', again);
  reviewer.subagent('tester', 'Make 400 payments at random and look for splits that nobody named.', (tester) => {
    work(tester, 'match-invoices', 'WTTCT');
    tester.note('observation', 'No guess in 400 payments', '391 settled by reference, 9 left for a person; none split without names.', {tags: ['evidence'], feature: 'match-invoices'});
    return 'No guess in 400 payments.';
  });
  work(reviewer, 'match-invoices', 'RFRF');
  reviewer.answer(again, 'I could not make it guess. Approved.');
  reviewer.note('accomplishment', 'Matching never guesses', 'References, sums and names agree, or a person decides.', {tags: ['matching'], feature: 'match-invoices'});
  reviewer.end('Approved.');

  feature = begin(builder, 'duplicate-guard');
  builder.turn('Implement duplicate-guard.');
  builder.subagent('scout', 'What identifies an entry at each bank? Compare the fixtures.', (scout) => {
    work(scout, 'duplicate-guard', 'LRFRRFRF');
    scout.note('observation', 'One bank reuses its entry references', 'AcctSvcrRef starts again every year; it needs the booking date besides.', {tags: ['banks'], feature: 'duplicate-guard'});
    return 'AcctSvcrRef and booking date together are unique in all fixtures.';
  });
  work(builder, 'duplicate-guard', 'RREFRE').end('Entries are known by reference and date.');
  builder.note('question', 'What if a bank sends a correction under the same reference?', 'I continue with “the first one stays, the second is shown” until told otherwise.', {tags: ['product'], feature: 'duplicate-guard'});
  builder.turn('Write the tests, run them.');
  work(builder, 'duplicate-guard', 'WTRF').end('Ten of twelve so far.');
  builder.send('reviewer', 'duplicate-guard is close: start with src/import/guard.ts.', {message_type: 'status_update'});
  builder.turn('Make the last two pass.');
  work(builder, 'duplicate-guard', 'RFRE');
  builder.begin_tool('Bash', {command: 'node --test test/guard.test.ts'});

  reviewer.at = builder.at - 95;
  reviewer.about('upkeep').turn('Check the notes for contradictions.');
  work(reviewer, 'amount-type', 'RFR');
  reviewer.note('idea', 'One page of examples a bank', 'Reviewers could see at a glance what each bank sends.', {tags: ['docs']});
  work(reviewer, 'camt-parser', 'RF');
  return recorder.finish();
}

/** A short workflow: features in turn; `stop` says where and how it ends. */
function short_workflow(workflow_id, description, began_at, seed, names, stop = {}) {
  const recorder = new Recorder(workflow_id, began_at, seed);
  const started = recorder.put(0, 'workflow.started', {description}, {correlation_id: 'workflow'});
  recorder.put(0.3, 'workflow.phase_changed', {to_phase: 'implementing'}, {cause: started});
  const agent = recorder.agent('builder', {at: 3, model: 'claude-sonnet-5'}).session();
  for (const name of names) agent.wait(1).put('feature.planned', {name}, started);
  const models = Object.keys(FEATURES);
  for (const [at, name] of names.entries()) {
    const feature = begin(agent, name);
    agent.turn(`Implement ${name}.`);
    work(agent, models[at % models.length], ['RFRET', 'RRECT', 'LREWT'][at % 3]);
    if (stop.at === at) {
      if (stop.question) {
        const asked = agent.note('question', stop.question, 'Both can be done; the description does not say.', {feature: name});
        agent.end('Waiting for an answer.');
        recorder.put(agent.at + 1, 'workflow.paused', {reason: stop.question, waiting_for_response: true}, {cause: asked});
      } else if (stop.error) {
        work(agent, 'match-invoices', 'X');
        agent.end('Stopped.');
        agent.put('feature.failed', {name, error: stop.error}, feature);
        recorder.put(agent.at + 1, 'workflow.failed', {error: `${name} failed: ${stop.error}`, phase: 'implementing'}, {cause: feature});
      }
      return recorder.finish();
    }
    agent.end('Done.').wait(1).put('feature.completed', {name, tests_passing: true, cost_usd: 0.21}, feature);
  }
  recorder.put(agent.at + 2, 'workflow.completed', {}, {cause: started});
  return recorder.finish();
}

/** A session that nobody gave a workflow: what hooks record of a coding agent. */
function bare_session(workflow_id, began_at, seed) {
  const recorder = new Recorder(workflow_id, began_at, seed);
  const agent = recorder.agent('main', {at: 0, model: 'claude-opus-5'}).session();
  agent.turn('Why does the nightly job take an hour since Tuesday?');
  work(agent, 'duplicate-guard', 'RFRC').end('A missing index; the fix is in 032_entries_ref.');
  agent.turn('Add the index and measure again.');
  work(agent, 'duplicate-guard', 'EC');
  return recorder.finish();
}

/** All workflows, in the order in which they would have been recorded. */
export function story() {
  return [
    ...short_workflow('strings-55d0', 'Extract strings for translation', '2026-10-05T07:10:00Z', 21, ['scan', 'extract', 'wire', 'check']),
    ...short_workflow('ci-flaky-0be4', 'Find and mend flaky CI tests', '2026-10-06T05:55:00Z', 22, ['collect', 'mend', 'guard'], {at: 1, error: 'timeout after 3 tries'}),
    ...short_workflow('billing-2c9d', 'Monthly billing export as CSV', '2026-10-06T09:02:00Z', 23, ['csv-writer', 'totals', 'mail'], {at: 1, question: 'Which time zone closes the month?'}),
    ...bare_session('5d0c7a52-3f6e-4e0b-9a51-0c1f6a7d2b11', '2026-10-06T09:04:40Z', 24),
    ...bank_import(),
  ];
}

if (import.meta.url === `file://${process.argv[1]}`) {
  for (const event of story()) process.stdout.write(JSON.stringify(event) + '\n');
}
