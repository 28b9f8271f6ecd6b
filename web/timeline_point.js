// @ts-check
/* Draws over the base what depends on the point: attempts at features with the status that they had, what was under
 * way, the veil over what came later, the range from pin A, the point itself; and the gutter. */
import {colour_of_hue, fitted, rounded, set_font, vertical, width_of} from './canvas.js';
import {duration, line_of} from './format.js';
import {RULER} from './lane_rows.js';
import {is_seen, is_small, overlap, paint_attempt, within, x_of} from './timeline_paint.js';

/** @typedef {import('./timeline_paint.js').Scene} Scene */
/** @typedef {import('./lane_rows.js').AgentRow} AgentRow */
/** @typedef {import('./lane_rows.js').FeatureRow} FeatureRow */
/** @typedef {import('./lanes.js').Track} Track */

/** @type {Record<string, string>} */
const STATUS_COLOURS =
  {completed: 'ok', failed: 'bad', started: 'run', planned: 'idle', abandoned: 'idle', reverted: 'idle'};

/** @param {Scene} scene @param {import('./timeline_paint.js').RulerText[]} texts of the ruler */
export function paint_point(scene, texts) {
  const {model, time} = scene;
  const at = time.point_at(model);
  within(scene, true, () => {
    for (const row of scene.rows.rows) {
      if (!is_seen(scene, row)) continue;
      if (row.kind === 'feature') paint_feature_row(scene, row, at);
      else paint_under_way(scene, row, at, false);
    }
    if (!model.live) veil(scene, at);
    for (const row of scene.rows.rows)
      if (row.kind === 'agent' && is_seen(scene, row)) paint_under_way(scene, row, at, true);
  });
  within(scene, false, () => {
    paint_range(scene, at);
    paint_ruler(scene, texts, paint_playhead(scene, at));
  });
  paint_gutter(scene);
}

/** @param {Scene} scene @param {number} at */
function veil(scene, at) {
  const {k} = scene;
  const x = Math.max(scene.gutter, x_of(scene, at));
  k.globalAlpha = 0.74;
  k.fillStyle = scene.colours.panel;
  if (x < scene.width) k.fillRect(x, RULER, scene.width - x, scene.height);
  k.globalAlpha = 1;
}

/** @param {Scene} scene @param {FeatureRow} row @param {number} at */
function paint_feature_row(scene, row, at) {
  const {track} = row;
  if (!track) return;
  const {first, end} = track.range(scene.from, scene.to);
  track.lay_out();
  const h = (row.h - 4) / track.row_count;
  let seen_to = -Infinity;
  for (let i = first; i < end; i++) {
    if (track.to[i] < scene.from) continue;
    const from = x_of(scene, track.from[i]);
    const to = x_of(scene, Math.min(track.to[i], scene.time.axis.length));
    /* Many within a pixel are one. */
    if (to - from < 1 && from < seen_to) continue;
    seen_to = from + 1;
    paint_feature(scene, row, i, at, row.y + 2 - scene.scroll + h * track.row[i], track.row_count > 1 ? h - 1 : h);
  }
}

/**
 * @param {Scene} scene @param {FeatureRow} row @param {number} i @param {number} at @param {number} y
 * @param {number} h
 */
function paint_feature(scene, row, i, at, y, h) {
  const {k, colours, model, time} = scene;
  const track = /** @type {Track} */ (row.track);
  const span = time.lanes.spans[track.span[i]];
  if (!span) return;
  const is_planned = span.sequence > model.point;
  const is_open = !is_planned && track.to[i] > at;
  const status = is_planned ? 'planned' : is_open ? 'started' : span.status;
  const from = x_of(scene, track.from[i]);
  const to = x_of(scene, is_open ? at : Math.min(track.to[i], time.axis.length));
  const colour = colours[STATUS_COLOURS[status] ?? 'run'];
  paint_attempt(scene, from, to, y, h, colour);
  const left = Math.max(from, scene.gutter);
  const room = Math.min(to, scene.width) - left - 12;
  if (room < 14 || h < 12) return;
  const end_us = is_open ? time.axis.unfold(at) : (span.ended_us ?? time.axis.end_us);
  const took = is_planned ? '' : duration((end_us - span.started_us) / 1000);
  const number = attempt_of(time, model, span, track.span[i]);
  const is_odd = status === 'failed' || status === 'abandoned' || status === 'reverted';
  const told = [is_odd ? status : '', number > 1 ? `attempt ${number}` : ''];
  if (row.name === '') {
    feature_label(scene, left + 8, y + h / 2 + 0.5, room, line_of(span.name, 120),
      told.filter(Boolean).join(', ') || took, status, colour);
    return;
  }
  const word = status === 'planned' ? '' : status === 'started' ? 'running' : status;
  const words = [word, told[1]].filter(Boolean).join(', ');
  feature_label(scene, left + 8, y + h / 2 + 0.5, room, whole_one(scene, [`${words}  ${took}`, words, took], room), '',
    status, colour);
}

/** The first of some texts that fits as it is. @param {Scene} scene @param {string[]} texts @param {number} room */
function whole_one({k, colours}, texts, room) {
  set_font(k, colours, 11, 500);
  return texts.map((text) => text.trim()).find((text) => width_of(k, text) <= room) ?? '';
}

/** @param {Scene} scene @param {number} x @param {number} y @param {number} room @param {string} text
 *  @param {string} more @param {string} status @param {string} colour */
function feature_label(scene, x, y, room, text, more, status, colour) {
  const {k, colours} = scene;
  set_font(k, colours, 11, 500);
  k.fillStyle = status === 'planned' ? colours.ink3 : colours.ink;
  const shown = fitted(k, text, room);
  if (!shown) return;
  k.fillText(shown, x, y);
  const used = width_of(k, shown) + 7;
  set_font(k, colours, 11);
  if (!more || status === 'planned' || width_of(k, more) > room - used) return;
  k.fillStyle = status === 'failed' ? colour : colours.ink3;
  k.fillText(more, x + used, y);
}

/** Which attempt at its feature a span is. @param {import('./time_model.js').TimeModel} time
 *  @param {import('./model.js').Model} model @param {import('./model.js').Span} span @param {number} place */
export function attempt_of(time, model, span, place) {
  const row = time.lanes.features.get(span.name);
  return row ? row.span.subarray(0, row.count).indexOf(place) + 1 : 1;
}

/** @param {Scene} scene @param {AgentRow} row @param {number} at @param {boolean} outlined */
function paint_under_way(scene, row, at, outlined) {
  const {lane, turn_y, turn_h, turn_rows} = row;
  const colour = colour_of_hue(scene.model.hues.get(lane.agent_id));
  const y = turn_y - scene.scroll;
  if (outlined) {
    const h = turn_h / turn_rows;
    each_open(scene, lane.turns, at,
      (from, to, i) => outline(scene, from, to, y + (turn_rows > 1 ? lane.turns.row[i] : 0) * h, h, colour));
    if (lane.turns.count === 0)
      each_open(scene, lane.stays, at, (from, to) => outline(scene, from, to, y, turn_h, colour));
    return;
  }
  for (const {track, y: top, h} of row.tools) unfailed(scene, track, at, top - scene.scroll, h, colour);
}

/** What was under way at the point had not failed yet. @param {Scene} scene @param {Track} track @param {number} at
 *  @param {number} y @param {number} h @param {string} colour */
function unfailed(scene, track, at, y, h, colour) {
  const {k, colours} = scene;
  each_open(scene, track, at, (from, to, i) => {
    if (!track.bad[i]) return;
    k.fillStyle = colours.panel;
    k.fillRect(from - 4, y - 2, Math.max(2, to - from) + 4, h + 3);
    k.fillStyle = colour;
    rounded(k, from, y, Math.max(2, to - from), h, 2);
  });
}

/**
 * Those of a track that were open at the point, as far as it. @param {Scene} scene @param {Track} track
 * @param {number} at @param {(from: number, to: number, i: number) => void} draw
 */
function each_open(scene, track, at, draw) {
  if (at < scene.from) return;
  const {first, end} = track.range(at, at);
  for (let i = first; i < end; i++) {
    const is_over = track.to[i] <= at;
    if (is_over || scene.time.lanes.spans[track.span[i]].sequence > scene.model.point) continue;
    draw(Math.max(x_of(scene, track.from[i]), scene.gutter - 4), Math.min(x_of(scene, at), scene.width + 4), i);
  }
}

/**
 * @param {Scene} scene @param {number} from @param {number} to @param {number} y @param {number} h
 * @param {string} colour
 */
function outline(scene, from, to, y, h, colour) {
  const {k} = scene;
  k.strokeStyle = colour;
  k.beginPath();
  k.roundRect(from + 0.5, y + 0.5, Math.max(1, to - from - 1), h - 1, 3);
  k.stroke();
}

/** From pin A to the point. @param {Scene} scene @param {number} at */
function paint_range(scene, at) {
  const {k, colours, model, time} = scene;
  if (model.compare === null) return;
  const pin = x_of(scene, time.at(model, model.compare));
  const x = x_of(scene, at);
  k.globalAlpha = 0.07;
  k.fillStyle = colours.point;
  k.fillRect(Math.min(pin, x), RULER, Math.abs(x - pin), scene.height);
  k.globalAlpha = 1;
  k.strokeStyle = colours.point;
  k.setLineDash([3, 3]);
  vertical(k, Math.round(pin) + 0.5, 16, scene.height);
  k.setLineDash([]);
}

/**
 * @param {Scene} scene @param {number} at @returns {{x: number, end: number} | null} what its label takes of the
 *   ruler
 */
function paint_playhead(scene, at) {
  const {k, colours, model, gutter, width} = scene;
  const x = x_of(scene, at);
  k.strokeStyle = model.live ? colours.ink3 : colours.point;
  k.lineWidth = model.live ? 1 : 1.5;
  k.setLineDash(model.live ? [2, 3] : []);
  vertical(k, x, model.live ? RULER : 18, scene.height);
  k.setLineDash([]);
  k.lineWidth = 1;
  if (model.live || x < gutter - 1 || x > width) return null;
  set_font(k, colours, 11, 600);
  const label = `#${model.point}`;
  const w = width_of(k, label) + 10;
  const left = Math.max(gutter, Math.min(x - w / 2, width - w - 1));
  k.fillStyle = colours.point;
  rounded(k, left, 3, w, 17, 4);
  k.fillStyle = colours['point-ink'];
  k.fillText(label, left + 5, 12);
  return {x: left, end: left + w};
}

/**
 * @param {Scene} scene @param {import('./timeline_paint.js').RulerText[]} texts
 * @param {{x: number, end: number} | null} taken
 */
function paint_ruler(scene, texts, taken) {
  const {k, colours} = scene;
  for (const text of texts) {
    if (taken && overlap(text, taken, 3)) continue;
    set_font(k, colours, 11, text.weight);
    k.fillStyle = text.colour;
    k.fillText(text.text, text.x, 12);
  }
}

/**
 * A ring around what is selected, or the keyboard's place. @param {Scene} scene
 * @param {{from: number, to: number, y: number, h: number}} box folded times, pixels of the lanes
 * @param {string} colour @param {number} weight
 */
export function paint_ring(scene, box, colour, weight) {
  const {k, time} = scene;
  within(scene, true, () => {
    const from = Math.max(x_of(scene, box.from), scene.gutter - 6) - 2;
    const to = Math.min(x_of(scene, Math.min(box.to, time.axis.length)), scene.width + 6) + 2;
    k.strokeStyle = colour;
    k.lineWidth = weight;
    k.beginPath();
    k.roundRect(from, box.y - scene.scroll - 2, Math.max(5, to - from), box.h + 4, 4);
    k.stroke();
    k.lineWidth = 1;
  });
}

/** @param {Scene} scene */
function paint_gutter(scene) {
  const {k, colours, gutter, height} = scene;
  k.save();
  k.beginPath();
  k.rect(0, RULER, gutter, height);
  k.clip();
  for (const row of scene.rows.rows) {
    if (!is_seen(scene, row)) continue;
    if (row.kind === 'agent') paint_agent_label(scene, row);
    else {
      set_font(k, colours, is_small(scene) ? 10.5 : 12, row.name ? 450 : 500);
      k.fillStyle = row.name ? colours.ink : colours.ink3;
      const left = is_small(scene) ? 8 : 12;
      k.fillText(fitted(k, row.name ? line_of(row.name, 120) : 'Features', gutter - left - 8), left,
        row.y + row.h / 2 + 0.5 - scene.scroll);
    }
  }
  k.restore();
  set_font(k, colours, 11);
  k.fillStyle = colours.ink3;
  if (!is_small(scene)) k.fillText('UTC', 12, 12);
  paint_thumb(scene);
}

/** @param {import('./lanes.js').Lane} lane */
export function lane_name(lane) {
  return lane.agents.length > 1 ? `${lane.agents.length} subagents` : line_of(lane.agent_id, 120) || 'no agent';
}

/** @param {Scene} scene @param {AgentRow} row */
function paint_agent_label(scene, row) {
  const {k, colours, gutter, model} = scene;
  const small = is_small(scene);
  const depth = Math.min(row.lane.depth, small ? 1 : 4);
  const left = (small ? 8 : 12) + depth * (small ? 10 : 14);
  const y = row.turn_y + Math.min(row.turn_h, 24) / 2 - scene.scroll;
  const colour = colour_of_hue(model.hues.get(row.lane.agent_id));
  if (depth > 0 && !small) {
    k.strokeStyle = colours.line2;
    k.beginPath();
    k.moveTo(left - 9.5, row.turn_y - 4 - scene.scroll);
    k.lineTo(left - 9.5, y);
    k.lineTo(left - 3, y);
    k.stroke();
  }
  k.beginPath();
  k.arc(left + 4, y, depth > 0 ? 3 : 4, 0, 7);
  k.fillStyle = k.strokeStyle = colour;
  k.lineWidth = 2;
  if (depth > 0) k.stroke();
  else k.fill();
  k.lineWidth = 1;
  set_font(k, colours, small ? 11 : 12, 550);
  k.fillStyle = colours.ink;
  const is_labelled = row.tools.length > 0 && !small;
  k.fillText(fitted(k, lane_name(row.lane), gutter - left - (is_labelled ? 24 : 18)), left + 14, y + 0.5);
  paint_track_labels(scene, row);
}

/** @param {Scene} scene @param {AgentRow} row */
function paint_track_labels(scene, row) {
  const {k, colours, gutter} = scene;
  set_font(k, colours, 10.5);
  k.fillStyle = colours.ink3;
  k.textAlign = 'right';
  for (const {track, y, h} of row.tools) k.fillText(track.kind, gutter - 10, y + h / 2 - scene.scroll);
  k.textAlign = 'left';
}

/** How far the lanes are scrolled, when there are more than fit. @param {Scene} scene */
function paint_thumb(scene) {
  const {k, colours, rows, height, scroll, width} = scene;
  const room = height - RULER;
  const whole = rows.height - RULER;
  if (whole <= room + 1) return;
  k.fillStyle = colours.line2;
  rounded(k, width - 5, RULER + (scroll / whole) * room, 3, Math.max(24, (room / whole) * room), 1.5);
}
