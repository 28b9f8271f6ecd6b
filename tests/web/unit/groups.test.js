import {test} from 'node:test';
import assert from 'node:assert/strict';
import {grouping} from '../../../web/groups.js';
import {pairing} from '../../../web/pairs.js';

/* A story is written as words: "r+" begins a Read of agent a, "r-" ends it, "R+" is agent b's; b is Bash, "b!" fails;
 * anything else is a note. */
const TOOLS = {r: 'Read', b: 'Bash'};
const SUFFIXES = {'+': 'agent.tool.started', '-': 'agent.tool.completed', '!': 'agent.tool.failed'};

function story(words) {
  const types = [];
  const agents = [];
  const spans = [];
  words.split(' ').forEach((word, at) => {
    const tool = TOOLS[word[0].toLowerCase()];
    const agent = word[0] === word[0].toUpperCase() ? 'b' : 'a';
    const type = tool ? SUFFIXES[word[1]] : 'agent.note.idea';
    types.push(type);
    agents.push(agent);
    if (word[1] === '+') spans.push({kind: 'tool', name: tool, agent_id: agent, started_us: at, ended_us: null,
      sequence: at + 1});
    else if (tool) {
      const span = spans.find((each) => each.name === tool && each.agent_id === agent && each.ended_us === null);
      if (span) span.ended_us = at;
    }
  });
  const type_names = [...Object.values(SUFFIXES), 'agent.note.idea'];
  const columns = {
    count: types.length, times_us: Float64Array.from(types, (_, at) => at), type_names,
    types: Int32Array.from(types, (type) => type_names.indexOf(type)), agent_names: ['a', 'b'],
    agents: Int32Array.from(agents, (agent) => 'ab'.indexOf(agent)), correlations: new Int32Array(types.length),
      correlation_names: ['c'],
  };
  return {columns, spans};
}

function groups_of({columns, spans}, as_groups = true, sequences =
  Int32Array.from({length: columns.count}, (_, at) => at + 1)) {
  const pairs = pairing();
  pairs.update(columns, spans, 1);
  const groups = grouping();
  groups.update({sequences, count: sequences.length, generation: 1}, columns, pairs, as_groups);
  return groups;
}

const sizes = (groups) =>
  Array.from({length: groups.count}, (_, at) => groups.row(at)).map(({first, last}) => last - first + 1);

test('the beginning and the end of a call are one row', () => {
  assert.deepEqual(sizes(groups_of(story('n r+ r- n'))), [1, 2, 1]);
});

test('calls of the same tool that follow each other are one row', () => {
  assert.deepEqual(sizes(groups_of(story('r+ r- r+ r- r+ r- n'))), [6, 1]);
});

test('calls that run at once are one row too', () => {
  assert.deepEqual(sizes(groups_of(story('r+ r+ r- r- n'))), [4, 1]);
});

test('another tool begins another row', () => {
  assert.deepEqual(sizes(groups_of(story('r+ r- b+ b- r+ r-'))), [2, 2, 2]);
});

test('another agent begins another row', () => {
  assert.deepEqual(sizes(groups_of(story('r+ r- R+ R-'))), [2, 2]);
});

test('what stands between parts a group', () => {
  assert.deepEqual(sizes(groups_of(story('r+ n r-'))), [1, 1, 1]);
});

test('a call that fails at once stands alone', () => {
  assert.deepEqual(sizes(groups_of(story('b+ b- b+ b! b+ b-'))), [2, 2, 2]);
});

test('what a filter hides parts nothing', () => {
  assert.deepEqual(sizes(groups_of(story('r+ n r- n'), true, Int32Array.of(1, 3))), [2]);
});

test('ungrouped, each event has a row', () => {
  assert.deepEqual(sizes(groups_of(story('r+ r- n'), false)), [1, 1, 1]);
});

test('an open group is followed by its members', () => {
  const groups = groups_of(story('n r+ r- n'));
  groups.toggle(2);
  assert.deepEqual(sizes(groups), [1, 2, 1, 1, 1]);
  assert.deepEqual(groups.row(3), {first: 2, last: 2, level: 2, open: false});
});

test('a group that is closed again has one row', () => {
  const groups = groups_of(story('n r+ r- n'));
  groups.toggle(2);
  groups.toggle(2);
  assert.equal(groups.count, 3);
});

test('an event is found in the row of its group, and in its own when that is open', () => {
  const groups = groups_of(story('n r+ r- n r+ r-'));
  assert.deepEqual([0, 1, 2, 3, 5].map((place) => groups.row_of(place)), [0, 1, 1, 2, 3]);
  groups.toggle(2);
  assert.deepEqual([0, 1, 2, 3, 5].map((place) => groups.row_of(place)), [0, 2, 3, 4, 5]);
});

test('before the first event there is no row', () => {
  assert.equal(groups_of(story('n')).row_of(-1), -1);
});

test('events that come one by one give the same groups as all at once', () => {
  const whole = story('n r+ r- r+ r- b+ b! n R+ r+ R- r- r+ r- b+ b- b+ b-');
  const pairs = pairing();
  const groups = grouping();
  for (let count = 1; count <= whole.columns.count; count++) {
    const columns = {...whole.columns, count};
    const spans = whole.spans.filter(({sequence}) => sequence <= count)
      .map((span) => ({...span, ended_us: span.ended_us !== null && span.ended_us < count ? span.ended_us : null}));
    pairs.update(columns, spans, count);
    const sequences = Int32Array.from({length: count}, (_, at) => at + 1);
    groups.update({sequences, count, generation: 1}, columns, pairs, true);
  }
  assert.deepEqual(sizes(groups), sizes(groups_of(whole)));
});
