// @ts-check
/* A trace as rows with bars: a beginning and its end are one row, and long waits are folded.
 *
 *     trace_rows(events, time_of)  rows in tree order, each with its depth and its time
 *     visible_rows(rows, closed)   without what stands below closed rows
 *     quiet_axis(rows, end_us)     from times to shares of the width: 0 … 1
 *
 * Where nothing begins or ends for over 75 s, the stretch has a fixed small width and tells its true length. */

/** @typedef {import('./model.js').Event} Event */
/** @typedef {import('./model.js').Trace} Trace */

/** `end` is the event that ended it, when that has no row of its own. `end_us` is null while it is open. `size`: rows
 * below it.
 * @typedef {{event: Event, end: Event | null, depth: number, start_us: number, end_us: number | null, size: number,
 * failed: boolean}} TraceRow */

/**
 * What is known beyond the trace: when something ended whose end is not in it, and whether a workflow is over, so
 * that nothing in it is open any more.
 * @typedef {{ended_us(event: Event): number | null, is_over(event: Event): boolean}} Known
 */

/** @typedef {{from_us: number, to_us: number, left: number, width: number}} Gap */
/** @typedef {{at(us: number): number, gaps: Gap[], from_us: number, to_us: number}} Axis */

export const QUIET_US = 75e6;

/* A gap is as wide as this share of all that is not one. */
const GAP_SHARE = 0.04;
const GAPS_SHARE_MAX = 0.5;

/** @type {Known} */
const NOTHING = {ended_us: () => null, is_over: () => false};

/** @param {string} type @returns {string} */
const stem = (type) => type.slice(0, type.lastIndexOf('.'));

const BEGINS = /\.started$/;
const ENDS = /\.(completed|failed|ended|passed)$/;
const IS_ERROR = /(^|\.)(failed|error|denied)$/;
/** What has an end: of anything else that is started nobody says when it is over. */
const HAVE_ENDS = new Set(['agent.tool', 'feature', 'session', 'subagent', 'tests', 'turn', 'workflow']);

/** @param {Event} event */
const has_end = ({event_type}) => BEGINS.test(event_type) && HAVE_ENDS.has(stem(event_type));

/** Does `event`, which names its cause, end what `start` began? @param {Event} start @param {Event} event */
function ends(start, event) {
  if (stem(start.event_type) !== stem(event.event_type)) return false;
  const [a, b] = [start.data?.tool_use_id, event.data?.tool_use_id];
  return a === undefined || b === undefined || a === b;
}

/**
 * What a beginning and an end are about, where the end need not name the beginning as its cause.
 * @param {Event} event
 */
function subject(event) {
  const {workflow_id, event_type, data} = event;
  const kind = stem(event_type);
  const about = kind === 'tests' ? data?.test_file ?? data?.feature : kind === 'session' ? data?.session_id : undefined;
  return about === undefined ? null : JSON.stringify([workflow_id, kind, about]);
}

/**
 * Which event began what each event ended, as indexes; −1: none.
 * @param {Trace['events']} events @param {(event: Event) => number} time_of @returns {Int32Array}
 */
function beginnings(events, time_of) {
  const found = new Int32Array(events.length).fill(-1);
  const times = Float64Array.from(events, ({event}) => time_of(event));
  const order = Array.from(events, (_, at) => at)
    .sort((a, b) => times[a] - times[b] || events[a].event.sequence - events[b].event.sequence);
  /** Beginnings that have no end yet, by the event's id and by the subject. @type {Map<string, number>} */
  const open = new Map();
  for (const at of order) {
    const {event} = events[at];
    const about = subject(event);
    if (BEGINS.test(event.event_type)) {
      open.set(event.id, at);
      if (about) open.set(about, at);
    } else if (ENDS.test(event.event_type)) {
      const caused = open.get(event.causation_id ?? '') ?? -1;
      const start = caused >= 0 && ends(events[caused].event, event) ? caused : about ? open.get(about) ?? -1 : -1;
      if (start < 0) continue;
      found[at] = start;
      open.delete(events[start].event.id);
      if (about && open.get(about) === start) open.delete(about);
    }
  }
  return found;
}

/**
 * @param {Trace['events']} events  in tree order; times count from an origin of their own
 * @param {(event: Event) => number} time_of  its time, in microseconds
 * @param {Known} [known]
 * @returns {TraceRow[]}
 */
export function trace_rows(events, time_of, known = NOTHING) {
  /** @type {TraceRow[]} */
  const rows = [];
  /** The row that each event is in. @type {number[]} */
  const row_at = [];
  /** Depths of events whose end stands for them move their children up. @type {number[]} */
  const depths = [];
  const begun = beginnings(events, time_of);
  events.forEach(({event, parent}, at) => {
    if (begun[at] >= 0 && begun[at] === parent) {
      row_at[at] = row_at[parent];
      depths[at] = depths[parent];
      return;
    }
    depths[at] = parent >= 0 ? depths[parent] + 1 : 0;
    /* An end that stands elsewhere in the tree has a row only when others hang from it. */
    if (begun[at] >= 0 && events[at + 1]?.parent !== at) return;
    row_at[at] = rows.length;
    const us = time_of(event);
    rows.push({event, end: null, depth: depths[at], start_us: us, end_us: has_end(event) ? null : us, size: 0,
      failed: IS_ERROR.test(event.event_type)});
  });
  begun.forEach((start, at) => {
    if (start < 0) return;
    const row = rows[row_at[start]];
    const {event} = events[at];
    row.end_us = Math.max(row.start_us, time_of(event));
    row.failed = IS_ERROR.test(event.event_type);
    if (row_at[at] === undefined || row_at[at] === row_at[start]) row.end = event;
  });
  count_below(rows);
  close_rows(rows, known);
  return rows;
}

/**
 * What was begun ends when it is known to have ended. Else it is open; or, in a workflow that is over, it ends with
 * the last of what stands below it. @param {TraceRow[]} rows @param {Known} known
 */
function close_rows(rows, known) {
  const latest = new Float64Array(rows.length);
  for (let at = rows.length - 1; at >= 0; at--) {
    const row = rows[at];
    latest[at] = row.end_us ?? row.start_us;
    for (let child = at + 1; child <= at + row.size; child += rows[child].size + 1) {
      latest[at] = Math.max(latest[at], latest[child]);
    }
    if (row.end_us === null) row.end_us = known.ended_us(row.event) ?? (known.is_over(row.event) ? latest[at] : null);
  }
}

/** @param {TraceRow[]} rows in tree order */
function count_below(rows) {
  /** @type {number[]} rows that may still get children */
  const path = [];
  rows.forEach((row, at) => {
    while (path.length > 0 && rows[path[path.length - 1]].depth >= row.depth) close(rows, path, at);
    path.push(at);
  });
  while (path.length > 0) close(rows, path, rows.length);
}

/** @param {TraceRow[]} rows @param {number[]} path @param {number} end */
function close(rows, path, end) {
  const at = /** @type {number} */ (path.pop());
  rows[at].size = end - at - 1;
}

/** Which rows are to be seen, as indexes. @param {TraceRow[]} rows @param {Set<string>} closed ids of events */
export function visible_rows(rows, closed) {
  const seen = [];
  for (let at = 0; at < rows.length; at++) {
    seen.push(at);
    if (closed.has(rows[at].event.id)) at += rows[at].size;
  }
  return seen;
}

/**
 * The row of the point, or of the last event before it (`between`). When it stands below a closed row, that one.
 * @param {TraceRow[]} rows @param {number[]} seen @param {{point: number, workflow_id: string | null}} model
 */
export function current_row(rows, seen, {point, workflow_id}) {
  let found = -1;
  let nearest = 0;
  rows.forEach(({event, end}, at) => {
    if (event.workflow_id !== workflow_id) return;
    const sequence = end && end.sequence <= point ? Math.max(event.sequence, end.sequence) : event.sequence;
    if (sequence > point || sequence <= nearest) return;
    nearest = sequence;
    found = at;
  });
  let index = -1;
  /* Hidden rows follow the row that hides them. */
  for (let low = 0, high = seen.length; low < high;) {
    const middle = (low + high) >> 1;
    if (seen[middle] <= found) low = (index = middle) + 1;
    else high = middle;
  }
  return {index, between: nearest !== point};
}

/**
 * @param {TraceRow[]} rows @param {number} now_us  where open rows end
 * @returns {Axis}
 */
export function quiet_axis(rows, now_us) {
  const moments = Float64Array.from(rows.flatMap((row) =>
    [row.start_us, row.end_us ?? Math.max(row.start_us, now_us)])).sort();
  const gaps = [];
  let quiet = 0;
  for (let at = 1; at < moments.length; at++) {
    const length = moments[at] - moments[at - 1];
    if (length <= QUIET_US) continue;
    gaps.push({from_us: moments[at - 1], to_us: moments[at]});
    quiet += length;
  }
  const from_us = moments[0] ?? 0;
  const to_us = moments[moments.length - 1] ?? 0;
  return mapped(gaps, from_us, to_us, to_us - from_us - quiet);
}

/**
 * @param {{from_us: number, to_us: number}[]} gaps @param {number} from_us @param {number} to_us
 * @param {number} busy_us @returns {Axis}
 */
function mapped(gaps, from_us, to_us, busy_us) {
  const share = Math.min(GAP_SHARE, gaps.length > 0 ? GAPS_SHARE_MAX / gaps.length : 0);
  const width = busy_us > 0 ? share : gaps.length > 0 ? 1 / gaps.length : 0;
  const busy_width = 1 - width * gaps.length;
  const scale = busy_us > 0 ? busy_width / busy_us : 0;
  /** @type {Gap[]} */
  const placed = [];
  let folded = 0;
  for (const gap of gaps) {
    const left = (gap.from_us - from_us - folded) * scale + placed.length * width;
    placed.push({...gap, left, width});
    folded += gap.to_us - gap.from_us;
  }
  return {at: (us) => place(us), gaps: placed, from_us, to_us};

  /** @param {number} us */
  function place(us) {
    let low = 0;
    let high = placed.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (placed[middle].from_us < us) low = middle + 1;
      else high = middle;
    }
    const gap = placed[low - 1];
    if (!gap) return clamp((us - from_us) * scale);
    if (us < gap.to_us) return gap.left + (gap.width * (us - gap.from_us)) / (gap.to_us - gap.from_us);
    return clamp(gap.left + gap.width + (us - gap.to_us) * scale);
  }
}

/** @param {number} share */
const clamp = (share) => Math.max(0, Math.min(1, share));
