// @ts-check
/* A trace as rows with bars: a beginning and its end are one row, and long waits are folded.
 *
 *     trace_rows(trace.events)     rows in tree order, each with its depth and its time
 *     visible_rows(rows, closed)   without what stands below closed rows
 *     quiet_axis(rows, end_us)     from times to shares of the width: 0 … 1
 *
 * Where nothing begins or ends for over 75 s, the stretch has a fixed small width and tells its true length. */

/** @typedef {import('./model.js').Event} Event */
/** @typedef {import('./model.js').Trace} Trace */

/** `end` is the event that ended it. `end_us` is null when it is still open. `size`: rows below it.
 * @typedef {{event: Event, end: Event | null, depth: number, start_us: number, end_us: number | null, size: number,
 * failed: boolean}} TraceRow */

/** @typedef {{from_us: number, to_us: number, left: number, width: number}} Gap */
/** @typedef {{at(us: number): number, gaps: Gap[], from_us: number, to_us: number}} Axis */

export const QUIET_US = 75e6;

/* A gap is as wide as this share of all that is not one. */
const GAP_SHARE = 0.04;
const GAPS_SHARE_MAX = 0.5;

/** @param {string} type @returns {string} */
const stem = (type) => type.slice(0, type.lastIndexOf('.'));

const BEGINS = /\.started$/;
const ENDS = /\.(completed|failed|ended)$/;
const IS_ERROR = /(^|\.)(failed|error|denied)$/;

/** Is `event` what ended what `start` began? @param {Event} start @param {Event} event */
function ends(start, event) {
  if (!BEGINS.test(start.event_type) || !ENDS.test(event.event_type)) return false;
  if (stem(start.event_type) !== stem(event.event_type) || event.causation_id !== start.id) return false;
  const [a, b] = [start.data?.tool_use_id, event.data?.tool_use_id];
  return a === undefined || b === undefined || a === b;
}

/**
 * @param {Trace['events']} events  in tree order; times count from an origin of their own
 * @param {(event: Event) => number} time_of  its time, in microseconds
 * @returns {TraceRow[]}
 */
export function trace_rows(events, time_of) {
  /** @type {TraceRow[]} */
  const rows = [];
  /** The row that each event is in. @type {number[]} */
  const row_at = [];
  /** Depths of events whose end stands for them move their children up. @type {number[]} */
  const depths = [];
  events.forEach(({event, parent}, at) => {
    const above = parent >= 0 ? rows[row_at[parent]] : null;
    if (above && above.end === null && ends(above.event, event)) {
      above.end = event;
      above.end_us = time_of(event);
      above.failed = IS_ERROR.test(event.event_type);
      row_at[at] = row_at[parent];
      depths[at] = depths[parent];
      return;
    }
    const depth = parent >= 0 ? depths[parent] + 1 : 0;
    const us = time_of(event);
    row_at[at] = rows.length;
    depths[at] = depth;
    const is_open = BEGINS.test(event.event_type);
    rows.push({event, end: null, depth, start_us: us, end_us: is_open ? null : us, size: 0,
      failed: IS_ERROR.test(event.event_type)});
  });
  count_below(rows);
  return rows;
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
