// @ts-check
/* What is drawn in a timeline as things that one can point at, step between and read: spans, notes, errors, waits.
 *
 * The pointer finds them by place. The keyboard goes along lines, one a lane's turns, notes, errors, or tools of
 * a kind, in the order in which they stand. */
import {clock, duration, line_of} from './format.js';
import {is_over} from './kinds.js';
import {row_at} from './lane_rows.js';
import {count_before} from './moments.js';
import {at_of, recipient_of, x_of} from './timeline_paint.js';
import {attempt_of, lane_name} from './timeline_point.js';

/** @typedef {import('./timeline_paint.js').Scene} Scene */
/** @typedef {import('./lanes.js').Track} Track */
/** @typedef {import('./moments.js').Moment} Moment */
/** @typedef {import('./moments.js').Stretch} Stretch */
/** @typedef {import('./lane_rows.js').AgentRow} AgentRow */
/** @typedef {import('./lane_rows.js').FeatureRow} FeatureRow */
/**
 * @typedef {object} Item
 * @property {'span' | 'note' | 'error' | 'wait'} kind
 * @property {number} sequence
 * @property {number} from  in folded time
 * @property {number} to
 * @property {number} y     in the lanes, not on the screen
 * @property {number} h
 * @property {number} place of the span in the model's list, -1 for others
 * @property {Moment | Stretch | null} moment
 */
/** @typedef {{label: string, count: number, item(i: number): Item}} Line */

/* How far beside a thing one may point. */
const REACH = 4;

/** @param {Scene} scene @param {Track} track @param {number} i @param {number} y @param {number} h @returns {Item} */
function span_item(scene, track, i, y, h) {
  const place = track.span[i];
  return {
    kind: 'span', sequence: scene.time.lanes.spans[place].sequence, from: track.from[i], to: track.to[i], y, h, place,
    moment: null,
  };
}

/** @param {Scene} scene @param {'note' | 'error'} kind @param {Moment} moment @param {number} y @returns {Item} */
function moment_item(scene, kind, moment, y) {
  const at = scene.time.axis.fold(moment.us);
  return {kind, sequence: moment.sequence, from: at, to: at, y: y - 5, h: 10, place: -1, moment};
}

/** The one of a track at a pixel: that which covers it and began last, else the nearest. @param {Scene} scene
 *  @param {Track} track @param {number} x @param {number} row @returns {number} -1 none */
function place_in(scene, track, x, row) {
  const {first, end} = track.range(at_of(scene, x - REACH), at_of(scene, x + REACH));
  let best = -1;
  let best_distance = REACH;
  for (let i = first; i < end; i++) {
    if (row >= 0 && track.row[i] !== row) continue;
    const from = x_of(scene, track.from[i]);
    const to = x_of(scene, Math.min(track.to[i], scene.time.axis.length));
    const distance = x < from ? from - x : x > to ? x - to : 0;
    if (distance > best_distance) continue;
    best = i;
    best_distance = distance;
  }
  return best;
}

/**
 * The nearest moment of a lane at a pixel. @template {Moment | Stretch} T @param {Scene} scene @param {T[]} list
 * @param {AgentRow} row @param {number} x @returns {T | null}
 */
function moment_in(scene, list, row, x) {
  const end_us = scene.time.axis.unfold(at_of(scene, x + REACH + 1));
  /** @type {T | null} */
  let best = null;
  let best_distance = REACH + 1;
  const first = count_before(list, scene.time.axis.unfold(at_of(scene, x - REACH - 1)));
  for (let i = first; i < list.length && list[i].us <= end_us; i++) {
    const distance = Math.abs(x_of(scene, scene.time.axis.fold(list[i].us)) - x);
    if (distance > best_distance || scene.rows.by_agent.get(list[i].agent) !== row) continue;
    best = list[i];
    best_distance = distance;
  }
  return best;
}

/**
 * What is at a pixel of the canvas. @param {Scene} scene @param {number} x @param {number} y_seen
 * @returns {Item | null}
 */
export function item_at(scene, x, y_seen) {
  if (x < scene.gutter) return null;
  const y = y_seen + scene.scroll;
  const near = scene.rows.rows.find((row) => row.kind === 'agent' && Math.abs(y - row.turn_y) <= 6);
  const note = near?.kind === 'agent' ? moment_in(scene, scene.time.moments.notes, near, x) : null;
  if (note && near?.kind === 'agent') return moment_item(scene, 'note', note, near.turn_y);
  const message = message_at(scene, x, y);
  if (message) return message;
  const row = row_at(scene.rows, y);
  if (!row) return null;
  return row.kind === 'feature' ? feature_at(scene, row, x, y) : agent_item_at(scene, row, x, y);
}

/** @param {Scene} scene @param {number} x @param {number} y @returns {Item | null} */
function message_at(scene, x, y) {
  const {messages} = scene.time.lanes;
  const {first, end} = messages.range(at_of(scene, x - REACH), at_of(scene, x + REACH));
  for (let i = end - 1; i >= first; i--) {
    if (Math.abs(x_of(scene, messages.from[i]) - x) > REACH) continue;
    const box = message_box(scene, i);
    if (box && y >= box.y && y <= box.y + box.h)
      return {...span_item(scene, messages, i, box.y, box.h), to: messages.from[i]};
  }
  return null;
}

/** @param {Scene} scene @param {number} i @returns {{y: number, h: number} | null} */
function message_box(scene, i) {
  const span = scene.time.lanes.spans[scene.time.lanes.messages.span[i]];
  const from = scene.rows.by_agent.get(span.agent_id ?? '');
  const to = scene.rows.by_agent.get(recipient_of(span));
  if (!from || !to || from === to) return null;
  const top = from.y < to.y ? from : to;
  const bottom = from.y < to.y ? to : from;
  return {y: top.turn_y + top.turn_h, h: Math.max(4, bottom.turn_y - top.turn_y - top.turn_h)};
}

/** @param {Scene} scene @param {FeatureRow} row @param {number} x @param {number} y @returns {Item | null} */
function feature_at(scene, row, x, y) {
  if (!row.track) return null;
  const {row_count} = row.track;
  const h = (row.h - 4) / row_count;
  const which = Math.max(0, Math.min(row_count - 1, Math.floor((y - row.y - 2) / h)));
  const i = place_in(scene, row.track, x, row_count > 1 ? which : -1);
  return i < 0 ? null : span_item(scene, row.track, i, row.y + 2 + which * h, h);
}

/** @param {Scene} scene @param {AgentRow} row @param {number} x @param {number} y @returns {Item | null} */
function agent_item_at(scene, row, x, y) {
  const tool = scene.compact ? compact_tool_at(scene, row, x) : tool_at(scene, row, x, y);
  if (tool) return tool;
  const {moments} = scene.time;
  const error = y <= row.turn_y + row.turn_h + 4 ? moment_in(scene, moments.errors, row, x) : null;
  if (error) return moment_item(scene, 'error', error, row.turn_y + row.turn_h - 2);
  return turn_at(scene, row, x, y) ?? wait_at(scene, row, x);
}

/** @param {Scene} scene @param {AgentRow} row @param {number} x @param {number} y @returns {Item | null} */
function tool_at(scene, row, x, y) {
  const found = row.tools.find((tool) => y >= tool.y - 1 && y <= tool.y + tool.h + 1);
  const i = found ? place_in(scene, found.track, x, -1) : -1;
  return found && i >= 0 ? span_item(scene, found.track, i, found.y, found.h) : null;
}

/** @param {Scene} scene @param {AgentRow} row @param {number} x @returns {Item | null} */
function compact_tool_at(scene, row, x) {
  /** @type {Item | null} */
  let best = null;
  for (const track of row.lane.tools.values()) {
    const i = place_in(scene, track, x, -1);
    if (i < 0) continue;
    const item = span_item(scene, track, i, row.turn_y + row.turn_h / 2 - 5, 10);
    if (!best || item.to - item.from < best.to - best.from) best = item;
  }
  return best;
}

/** @param {Scene} scene @param {AgentRow} row @param {number} x @param {number} y @returns {Item | null} */
function turn_at(scene, row, x, y) {
  if (y < row.turn_y || y > row.turn_y + row.turn_h) return null;
  const h = row.turn_h / row.turn_rows;
  const which = Math.min(row.turn_rows - 1, Math.floor((y - row.turn_y) / h));
  for (const track of [row.lane.turns, row.lane.stays, row.lane.sessions]) {
    const is_turns = track === row.lane.turns && row.turn_rows > 1;
    const i = place_in(scene, track, x, is_turns ? which : -1);
    if (i >= 0) return span_item(scene, track, i, row.turn_y + (is_turns ? which * h : 0), is_turns ? h : row.turn_h);
  }
  return null;
}

/** @param {Scene} scene @param {AgentRow} row @param {number} x @returns {Item | null} */
function wait_at(scene, row, x) {
  const us = scene.time.axis.unfold(at_of(scene, x));
  /** @param {Stretch} one */
  const is_here = (one) => one.us <= us && us <= one.to_us && scene.rows.by_agent.get(one.agent) === row;
  const wait = scene.time.moments.waits.find(is_here);
  if (!wait) return null;
  const to = Number.isFinite(wait.to_us) ? scene.time.axis.fold(wait.to_us) : Infinity;
  const from = scene.time.axis.fold(wait.us);
  return {kind: 'wait', sequence: wait.sequence, from, to, y: row.y, h: row.h - 4, place: -1, moment: wait};
}

/** The lines that the keyboard goes along. @param {Scene} scene @returns {Line[]} */
export function lines_of(scene) {
  /** @type {Line[]} */
  const lines = [];
  /** @param {string} label @param {Track} track @param {number} y @param {number} h @param {number} [rows] */
  const put = (label, track, y, h, rows = 1) => {
    const each = h / rows;
    /** @param {number} i */
    const item = (i) => span_item(scene, track, i, y + (rows > 1 ? track.row[i] : 0) * each, each);
    if (track.count > 0) lines.push({label, count: track.count, item});
  };
  for (const row of scene.rows.rows) {
    if (row.kind === 'feature') {
      const label = row.name ? `Feature ${line_of(row.name, 80)}` : 'Features';
      if (row.track) put(label, row.track, row.y + 2, row.h - 4, row.track.row_count);
      continue;
    }
    const agent = lane_name(row.lane);
    put(`${agent}, turns`, row.lane.turns, row.turn_y, row.turn_h, row.turn_rows);
    if (row.lane.turns.count === 0) put(`${agent}, stays`, row.lane.stays, row.turn_y, row.turn_h);
    put_moments(scene, lines, row, agent);
    const tools = scene.compact
      ? [...row.lane.tools.values()].map((track) => ({track, y: row.turn_y, h: row.turn_h}))
      : row.tools;
    for (const {track, y, h} of tools) put(`${agent}, ${track.kind}`, track, y, h);
  }
  return lines;
}

/** @param {Scene} scene @param {Line[]} lines @param {AgentRow} row @param {string} agent */
function put_moments(scene, lines, row, agent) {
  /** @param {Moment} one */
  const is_own = (one) => scene.rows.by_agent.get(one.agent) === row;
  const notes = scene.time.moments.notes.filter(is_own);
  const errors = scene.time.moments.errors.filter(is_own);
  if (notes.length > 0)
    lines.push({label: `${agent}, notes`, count: notes.length,
      item: (i) => moment_item(scene, 'note', notes[i], row.turn_y)});
  if (errors.length > 0)
    lines.push({label: `${agent}, errors`, count: errors.length,
      item: (i) => moment_item(scene, 'error', errors[i], row.turn_y + row.turn_h - 2)});
}

/** The one of a line that begins nearest to a folded time. @param {Line} line @param {number} at */
export function nearest_in(line, at) {
  let low = 0;
  let high = line.count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (line.item(middle).from < at) low = middle + 1;
    else high = middle;
  }
  if (low === line.count) return low - 1;
  return low > 0 && at - line.item(low - 1).from < line.item(low).from - at ? low - 1 : low;
}

/** What is to be said of an item: a title, and what stands below it. @param {Scene} scene @param {Item} item
 *  @returns {{title: string, text: string, agent: string, facts: string[]}} */
export function words_of(scene, item) {
  const {model, time} = scene;
  if (item.kind === 'span') return words_of_span(scene, item);
  const moment = /** @type {Moment | Stretch} */ (item.moment);
  const agent = line_of(moment.agent, 60);
  const facts = [clock(moment.us), `#${item.sequence}`];
  if (item.kind === 'wait') {
    const to_us = 'to_us' in moment && Number.isFinite(moment.to_us) ? moment.to_us : time.axis.end_us;
    return {title: 'Waiting for a permission', text: duration((to_us - moment.us) / 1000), agent, facts};
  }
  const data = model.events.get(item.sequence)?.data ?? {};
  const what = 'what' in moment ? moment.what : '';
  if (item.kind === 'note') return {title: line_of(data.title, 120) || what, text: what, agent, facts};
  return {title: what, text: line_of(data.error ?? data.message ?? data.reason, 160), agent, facts};
}

/** @param {Scene} scene @param {Item} item */
function words_of_span(scene, item) {
  const {model, time} = scene;
  const span = time.lanes.spans[item.place];
  const attempt = span.kind === 'feature' ? attempt_of(time, model, span, item.place) : 1;
  const data = model.events.get(item.sequence)?.data ?? {};
  const input = data.tool_input ?? data.input ?? {};
  const about = input?.file_path ?? input?.path ?? input?.command ?? input?.pattern ?? input?.description;
  const detail = line_of(about ?? data.content, 160);
  const open = is_over(model.workflows, model.workflow_id) ? '' : 'open';
  const took = span.ended_us === null ? open : duration((span.ended_us - span.started_us) / 1000);
  const status = span.ended_us === null && span.status === 'open' ? '' : span.status;
  const title = line_of(span.name, 120) || span.kind;
  return {
    title: attempt > 1 ? `${title}, attempt ${attempt}` : title,
    text: detail,
    agent: line_of(span.agent_id, 60),
    facts: [took, status, clock(span.started_us), `#${span.sequence}`].filter(Boolean),
  };
}

/** The span that the point stands at: the one that its event began, else one of its agent that ended then.
 *  @param {Scene} scene @returns {Item | null} */
export function item_at_point(scene) {
  const {model, time} = scene;
  const place = time.lanes.by_sequence.get(model.point);
  const at = time.at(model, model.point);
  for (const row of scene.rows.rows) {
    /** @type {[Track | null, number, number, number][]} */
    const tracks = row.kind === 'feature'
      ? [[row.track, row.y + 2, row.h - 4, row.track?.row_count ?? 1]]
      : [...row.tools.map((tool) => /** @type {[Track, number, number, number]} */ ([tool.track, tool.y, tool.h, 1])),
        [row.lane.turns, row.turn_y, row.turn_h, row.turn_rows]];
    for (const [track, y, h, rows] of tracks) {
      const i = track ? begun_or_ended(scene, track, at, place, row) : -1;
      if (track && i >= 0) return span_item(scene, track, i, y + (rows > 1 ? track.row[i] : 0) * (h / rows), h / rows);
    }
  }
  return null;
}

/** @param {Scene} scene @param {Track} track @param {number} at @param {number | undefined} place
 *  @param {AgentRow | FeatureRow} row @returns {number} */
function begun_or_ended(scene, track, at, place, row) {
  const {first, end} = track.range(at, at);
  const {columns, point} = scene.model;
  const agent = columns.agent_names[columns.agents[point - 1]] ?? '';
  for (let i = end - 1; i >= first; i--) {
    if (track.span[i] === place) return i;
    if (place === undefined && track.to[i] === at && (row.kind === 'feature' || row.lane.agents.includes(agent)))
      return i;
  }
  return -1;
}
