// @ts-check
/* What differs between two texts, by lines.
 *
 * Equal lines at both ends are set aside. Between them, lines that both texts have exactly once are matched
 * where their order agrees (patience), and what lies between two of those is compared by Myers' algorithm. It
 * costs the square of the number of differences, so it has a limit: beyond it, a stretch counts as replaced.
 *
 *     diff_lines('a\nb', 'a\nc')  →  {added: 1, removed: 1, rows: [
 *       {sign: ' ', before: 1, after: 1, text: 'a'},
 *       {sign: '-', before: 2, after: 0, text: 'b'},
 *       {sign: '+', before: 0, after: 2, text: 'c'}]} */

/**
 * @typedef {{sign: ' ' | '+' | '-', before: number, after: number, text: string}} DiffRow
 * line numbers from 1; 0: not there
 */
/** @typedef {{rows: DiffRow[], added: number, removed: number}} Diff */
/** @typedef {{before: string[], after: string[], rows: DiffRow[]}} Work */

/** Lines of one side that are compared; longer texts are not. */
export const DIFF_LINES_MAX = 2000;

const DIFFERENCES_MAX = 600;

/** A text without lines has none; a last line without an end counts. @param {string} text */
export function lines_of(text) {
  if (text === '') return [];
  const lines = text.split('\n');
  if (lines[lines.length - 1] === '') lines.pop();
  return lines;
}

/** @param {string} before @param {string} after @returns {Diff | null} null: too long to be compared */
export function diff_lines(before, after) {
  const work = {before: lines_of(before), after: lines_of(after), rows: /** @type {DiffRow[]} */ ([])};
  if (work.before.length > DIFF_LINES_MAX || work.after.length > DIFF_LINES_MAX) return null;
  compare(work, 0, work.before.length, 0, work.after.length);
  return counted_diff(work.rows);
}

/** @param {DiffRow[]} rows @returns {Diff} */
function counted_diff(rows) {
  let added = 0;
  let removed = 0;
  for (const {sign} of rows) {
    if (sign === '+') added++;
    if (sign === '-') removed++;
  }
  return {rows, added, removed};
}

/** @param {Work} work @param {number} a @param {number} b */
function keep(work, a, b) {
  work.rows.push({sign: ' ', before: a + 1, after: b + 1, text: work.after[b]});
}

/** @param {Work} work @param {number} a @param {number} a_end @param {number} b @param {number} b_end */
function replace(work, a, a_end, b, b_end) {
  for (; a < a_end; a++) work.rows.push({sign: '-', before: a + 1, after: 0, text: work.before[a]});
  for (; b < b_end; b++) work.rows.push({sign: '+', before: 0, after: b + 1, text: work.after[b]});
}

/** @param {Work} work @param {number} a @param {number} a_end @param {number} b @param {number} b_end */
function compare(work, a, a_end, b, b_end) {
  const {before, after} = work;
  while (a < a_end && b < b_end && before[a] === after[b]) keep(work, a++, b++);
  let tail = 0;
  while (a_end - tail > a && b_end - tail > b && before[a_end - tail - 1] === after[b_end - tail - 1]) tail++;
  a_end -= tail;
  b_end -= tail;
  if (a === a_end || b === b_end) replace(work, a, a_end, b, b_end);
  else compare_between(work, a, a_end, b, b_end);
  for (let i = 0; i < tail; i++) keep(work, a_end + i, b_end + i);
}

/** @param {Work} work @param {number} a @param {number} a_end @param {number} b @param {number} b_end */
function compare_between(work, a, a_end, b, b_end) {
  const anchors = unique_matches(work, a, a_end, b, b_end);
  for (const [a_at, b_at] of anchors) {
    myers(work, a, a_at, b, b_at);
    keep(work, a_at, b_at);
    a = a_at + 1;
    b = b_at + 1;
  }
  myers(work, a, a_end, b, b_end);
}

/** Lines that both have once, in the longest order that both agree on. @param {Work} work @param {number} a
 * @param {number} a_end
 * @param {number} b @param {number} b_end @returns {[number, number][]} */
function unique_matches(work, a, a_end, b, b_end) {
  const in_before = places(work.before, a, a_end);
  const in_after = places(work.after, b, b_end);
  /** @type {[number, number][]} */
  const matches = [];
  for (const [text, at] of in_before) {
    const other = in_after.get(text);
    if (at !== -1 && other !== undefined && other !== -1) matches.push([at, other]);
  }
  return longest_rising(matches);
}

/**
 * Places of the lines that are there once; -1: more often. @param {string[]} lines @param {number} from
 * @param {number} end
 */
function places(lines, from, end) {
  /** @type {Map<string, number>} */
  const found = new Map();
  for (let at = from; at < end; at++) found.set(lines[at], found.has(lines[at]) ? -1 : at);
  return found;
}

/** The first numbers rise; keep the most pairs whose second numbers rise too. @param {[number, number][]} pairs */
function longest_rising(pairs) {
  /** @type {number[]} the pair that ends the best row of each length */
  const ends = [];
  /** @type {number[]} */
  const previous = [];
  pairs.forEach(([, b], index) => {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (pairs[ends[middle]][1] < b) low = middle + 1;
      else high = middle;
    }
    previous[index] = low > 0 ? ends[low - 1] : -1;
    ends[low] = index;
  });
  /** @type {[number, number][]} */
  const row = [];
  for (let at = ends.length > 0 ? ends[ends.length - 1] : -1; at !== -1; at = previous[at]) row.push(pairs[at]);
  return row.reverse();
}

/** @param {Work} work @param {number} a @param {number} a_end @param {number} b @param {number} b_end */
function myers(work, a, a_end, b, b_end) {
  if (a === a_end || b === b_end) return replace(work, a, a_end, b, b_end);
  const trail = furthest_paths(work, a, a_end, b, b_end);
  if (trail === null) return replace(work, a, a_end, b, b_end);
  /** @type {[number, number][]} */
  const kept = [];
  let x = a_end - a;
  let y = b_end - b;
  for (let d = trail.length - 1; d >= 0; d--) {
    const reach = trail[d];
    const k = x - y;
    const down = k === -d || (k !== d && at_diagonal(reach, d, k - 1) < at_diagonal(reach, d, k + 1));
    const from_k = down ? k + 1 : k - 1;
    const from_x = d === 0 ? 0 : at_diagonal(reach, d, from_k);
    const from_y = d === 0 ? 0 : from_x - from_k;
    while (x > from_x && y > from_y) kept.push([a + --x, b + --y]);
    x = from_x;
    y = from_y;
  }
  for (const [a_at, b_at] of kept.reverse()) {
    replace(work, a, a_at, b, b_at);
    keep(work, a_at, b_at);
    a = a_at + 1;
    b = b_at + 1;
  }
  return replace(work, a, a_end, b, b_end);
}

/**
 * How far was got on a diagonal before the step with `d` differences. @param {Int32Array} reach @param {number} d
 * @param {number} k
 */
const at_diagonal = (reach, d, k) => reach[k + d];

/** For each number of differences, how far each diagonal was reached before it; null: too many.
 * @param {Work} work @param {number} a @param {number} a_end @param {number} b @param {number} b_end
 * @returns {Int32Array[] | null} */
function furthest_paths(work, a, a_end, b, b_end) {
  const width = a_end - a;
  const height = b_end - b;
  const most = Math.min(width + height, DIFFERENCES_MAX);
  const reach = new Int32Array(2 * most + 3);
  const middle = most + 1;
  /** @type {Int32Array[]} */
  const trail = [];
  for (let d = 0; d <= most; d++) {
    trail.push(reach.slice(middle - d, middle + d + 1));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && reach[middle + k - 1] < reach[middle + k + 1]);
      let x = down ? reach[middle + k + 1] : reach[middle + k - 1] + 1;
      let y = x - k;
      while (x < width && y < height && work.before[a + x] === work.after[b + y]) {
        x++;
        y++;
      }
      reach[middle + k] = x;
      if (x >= width && y >= height) return trail;
    }
  }
  return null;
}

/** The rows of hunks in the shape that diff tools give: {oldStart, newStart, lines: [' same', '-gone', '+new']}.
 * @param {unknown} hunks @returns {Diff | null} null: it is not of that shape */
export function diff_of_hunks(hunks) {
  if (!Array.isArray(hunks) || hunks.length === 0) return null;
  /** @type {DiffRow[]} */
  const rows = [];
  for (const hunk of hunks) {
    if (!Number.isInteger(hunk?.oldStart) || !Number.isInteger(hunk.newStart)
      || !Array.isArray(hunk.lines)) return null;
    if (rows.length + hunk.lines.length > 2 * DIFF_LINES_MAX) return null;
    if (!add_hunk(rows, hunk)) return null;
  }
  return counted_diff(rows);
}

/** @param {DiffRow[]} rows @param {{oldStart: number, newStart: number, lines: unknown[]}} hunk */
function add_hunk(rows, hunk) {
  let before = hunk.oldStart;
  let after = hunk.newStart;
  for (const line of hunk.lines) {
    if (typeof line !== 'string') return false;
    const text = line.slice(1);
    if (line[0] === '+') rows.push({sign: '+', before: 0, after: after++, text});
    else if (line[0] === '-') rows.push({sign: '-', before: before++, after: 0, text});
    else if (line[0] === ' ') rows.push({sign: ' ', before: before++, after: after++, text});
    else if (line[0] !== '\\') return false;
  }
  return true;
}

/**
 * Parts to show: rows near a difference, and stretches that are folded.
 * @param {DiffRow[]} rows @param {number} [around] equal lines that stay beside a difference
 * @returns {{folded: boolean, rows: DiffRow[]}[]}
 */
export function fold_context(rows, around = 3) {
  const near = new Uint8Array(rows.length);
  rows.forEach((row, at) => {
    if (row.sign !== ' ') near.fill(1, Math.max(0, at - around), at + around + 1);
  });
  /** @type {{folded: boolean, rows: DiffRow[]}[]} */
  const parts = [];
  for (let at = 0; at < rows.length;) {
    let end = at + 1;
    while (end < rows.length && near[end] === near[at]) end++;
    /* A fold takes a line itself, so one that hides a single line is no gain. */
    parts.push({folded: near[at] === 0 && end - at > 1, rows: rows.slice(at, end)});
    at = end;
  }
  return parts;
}
