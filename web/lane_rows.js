// @ts-check
/* Where the lanes of a timeline lie, from top to bottom:
 *
 *     ruler
 *     features      a row each; when compact, or when there are many, as few rows as they need
 *     agents        a row of turns (more when turns overlap), and when full a track for each kind of tools
 *
 * Heights are pixels. When there is more room than is needed, full rows grow into it; when there is a little less,
 * those of features and turns shrink into it, but not the tracks of tools, whose names would touch; beyond that
 * the lanes scroll. */
import {TOOL_TRACKS} from './lanes.js';

/** @typedef {import('./lanes.js').Lane} Lane */
/** @typedef {import('./lanes.js').Track} Track */
/** @typedef {{track: Track, y: number, h: number}} ToolRow */
/** @typedef {{kind: 'feature', name: string, track: Track | null, y: number, h: number}} FeatureRow
 *   one attempt after another; name is '' in the row of all features */
/** @typedef {{kind: 'agent', lane: Lane, y: number, h: number, turn_y: number, turn_h: number, turn_rows: number,
 *   tools: ToolRow[]}} AgentRow */
/** @typedef {{rows: (FeatureRow | AgentRow)[], by_agent: Map<string, AgentRow>, height: number}} Rows */

export const RULER = 24;
/* With more features than this the agents would be out of sight. */
const FEATURE_ROWS_MAX = 12;
const GROWTH_MAX = 1.75;
const SHRINK_MAX = 0.86;

/**
 * @param {import('./lanes.js').Lanes} lanes @param {string[]} planned names of features that no attempt is known of
 * @param {boolean} compact @param {number} room what there is
 * @returns {Rows}
 */
export function rows_of(lanes, planned, compact, room) {
  const needed = place(lanes, planned, compact, 1);
  if (compact) return needed;
  const has_features = lanes.features.size + planned.length > 0;
  const fixed = RULER + 4 + (has_features ? 8 : 0) + 13 * lanes.agents.length;
  const tracks = room < needed.height ? tracks_height(needed) : 0;
  const scale = (room - fixed - tracks) / Math.max(1, needed.height - fixed - tracks);
  return scale < SHRINK_MAX ? needed : place(lanes, planned, compact, Math.min(GROWTH_MAX, scale));
}

/** @param {Rows} rows */
function tracks_height({rows}) {
  return rows.reduce((sum, row) => sum + (row.kind === 'agent' ? 12 * row.tools.length : 0), 0);
}

/**
 * @param {import('./lanes.js').Lanes} lanes @param {string[]} planned @param {boolean} compact @param {number} scale
 * @returns {Rows}
 */
function place(lanes, planned, compact, scale) {
  /** @type {Rows} */
  const made = {rows: [], by_agent: new Map(), height: RULER};
  const is_packed = compact || lanes.features.size + planned.length > FEATURE_ROWS_MAX;
  if (is_packed) place_packed_features(made, lanes, planned, compact ? 1 : scale);
  else place_features(made, lanes, planned, scale);
  for (const lane of lanes.agents) {
    const row = compact ? compact_row(lane, made.height) : full_row(lane, made.height, scale);
    made.rows.push(row);
    for (const agent of lane.agents) made.by_agent.set(agent, row);
    made.height = row.y + row.h;
  }
  made.height += 4;
  return made;
}

/** @param {Rows} made @param {import('./lanes.js').Lanes} lanes @param {string[]} planned @param {number} scale */
function place_packed_features(made, lanes, planned, scale) {
  if (lanes.features.size + planned.length === 0) return;
  lanes.attempts.lay_out();
  const h = Math.floor((lanes.attempts.row_count === 1 ? 20 : 4 + 15 * lanes.attempts.row_count) * scale);
  made.rows.push({kind: 'feature', name: '', track: lanes.attempts, y: made.height, h});
  made.height += h + 6;
}

/** @param {Rows} made @param {import('./lanes.js').Lanes} lanes @param {string[]} planned @param {number} scale */
function place_features(made, lanes, planned, scale) {
  const names = [...lanes.features.keys(), ...planned];
  for (const name of names) {
    const h = Math.floor(18 * scale);
    made.rows.push({kind: 'feature', name, track: lanes.features.get(name) ?? null, y: made.height, h});
    made.height += h;
  }
  if (names.length > 0) made.height += 8;
}

/** @param {Lane} lane @param {number} y @returns {AgentRow} */
function compact_row(lane, y) {
  const is_sub = lane.depth > 0;
  const turn_h = is_sub ? 16 : 22;
  return {kind: 'agent', lane, y, h: turn_h + (is_sub ? 6 : 9), turn_y: y + 3, turn_h, turn_rows: 1, tools: []};
}

/** @param {Lane} lane @param {number} y @param {number} scale @returns {AgentRow} */
function full_row(lane, y, scale) {
  lane.turns.lay_out();
  const turn_rows = lane.turns.row_count;
  const one = turn_rows > 1 ? 13 : lane.depth > 0 ? 15 : 18;
  const turn_h = Math.floor(one * scale) * turn_rows;
  /** @type {ToolRow[]} */
  const tools = [];
  let below = y + 3 + turn_h + 3;
  for (const kind of TOOL_TRACKS) {
    const track = lane.tools.get(kind);
    if (!track || track.count === 0) continue;
    tools.push({track, y: below, h: Math.floor(10 * Math.max(1, scale))});
    below += Math.floor(12 * Math.max(1, scale));
  }
  return {kind: 'agent', lane, y, h: below + 7 - y, turn_y: y + 3, turn_h, turn_rows, tools};
}

/** The row at a height, or the next above it that begins there. @param {Rows} rows @param {number} y */
export function row_at(rows, y) {
  return rows.rows.find((row) => y >= row.y && y < row.y + row.h);
}
