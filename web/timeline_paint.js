// @ts-check
/* Draws what does not depend on the point: grid, gaps, lanes with turns and tools, waits, notes, errors, messages.
 * It is drawn again when the window, the data, the size or the theme change; not while the point moves
 * (timeline_point.js draws what does, over it).
 *
 * Only what the window shows is looked at, and what is narrower than a pixel is drawn together. */
import {axis_ticks, days_first, gap_label} from './axis.js';
import {colour_of_hue, diamond, fitted, rounded, set_font, vertical, width_of} from './canvas.js';
import {line_of} from './format.js';
import {tone_of} from './kinds.js';
import {RULER} from './lane_rows.js';
import {count_before} from './moments.js';

/** @typedef {import('./lanes.js').Track} Track */
/** @typedef {import('./lane_rows.js').AgentRow} AgentRow */
/**
 * What is drawn, and where.
 * @typedef {object} Scene
 * @property {CanvasRenderingContext2D} k
 * @property {number} width @property {number} height @property {number} gutter
 * @property {number} from  of the window, in folded time
 * @property {number} to
 * @property {number} scroll  pixels of the lanes above what is seen
 * @property {boolean} compact
 * @property {import('./lane_rows.js').Rows} rows
 * @property {import('./time_model.js').TimeModel} time
 * @property {import('./model.js').Model} model
 * @property {import('./canvas.js').Colours} colours
 */

/* Room at the right of the last event's place. */
const RIGHT = 6;
const NARROW = 2.5;

/**
 * The pixel of a folded time. @param {{width: number, gutter: number, from: number, to: number}} scene
 * @param {number} at
 */
export function x_of(scene, at) {
  return scene.gutter + ((at - scene.from) / (scene.to - scene.from)) * (scene.width - scene.gutter - RIGHT);
}

/**
 * The folded time of a pixel. @param {{width: number, gutter: number, from: number, to: number}} scene
 * @param {number} x
 */
export function at_of(scene, x) {
  return scene.from + ((x - scene.gutter) / (scene.width - scene.gutter - RIGHT)) * (scene.to - scene.from);
}

/** @param {Scene} scene */
export function is_small(scene) {
  return scene.gutter < 100;
}

/**
 * Draw only right of the gutter, and below the ruler when `below`. @param {Scene} scene @param {boolean} below
 * @param {() => void} draw
 */
export function within(scene, below, draw) {
  const {k} = scene;
  const top = below ? RULER : 0;
  k.save();
  k.beginPath();
  k.rect(scene.gutter, top, scene.width - scene.gutter, scene.height - top);
  k.clip();
  draw();
  k.restore();
}

/** Is any part of this seen? @param {Scene} scene @param {{y: number, h: number}} row */
export function is_seen(scene, row) {
  return row.y + row.h - scene.scroll > RULER - 6 && row.y - scene.scroll < scene.height;
}

/** Was someone waited for in a gap? @param {Scene} scene @param {import('./axis.js').Gap} gap */
function is_pause_of(scene, gap) {
  return scene.time.moments.pauses.some((pause) => pause.us <= gap.from_us + 3e6 && pause.to_us >= gap.to_us - 3e6);
}

/** @typedef {{text: string, x: number, end: number, colour: string, weight: number}} RulerText */

/** Everything that stays where it is while the point moves. @param {Scene} scene
 *  @returns {RulerText[]} what the ruler says, which makes way for the point */
export function paint_base(scene) {
  /** @type {RulerText[]} */
  const texts = [];
  within(scene, false, () => {
    paint_pauses(scene);
    paint_grid(scene, texts);
  });
  within(scene, true, () => {
    paint_separators(scene);
    for (const row of scene.rows.rows) if (row.kind === 'agent' && is_seen(scene, row)) paint_agent(scene, row);
    paint_messages(scene);
    paint_errors(scene);
    paint_notes(scene);
  });
  return texts;
}

/** @param {Scene} scene */
function paint_pauses(scene) {
  const {k, colours, time} = scene;
  for (const pause of time.moments.pauses) {
    const at = time.axis.fold(pause.us);
    const end = Number.isFinite(pause.to_us) ? time.axis.fold(pause.to_us) : time.axis.length;
    const from = Math.max(x_of(scene, at), scene.gutter);
    const to = Math.min(x_of(scene, end), scene.width);
    if (to < from) continue;
    k.fillStyle = colours['warn-w'];
    k.fillRect(from, RULER, Math.max(1, to - from), scene.height);
    if (to - from < 14 || time.axis.gaps(at, end).length > 0) continue;
    k.fillStyle = colours.warn;
    along_gap(scene, 'waiting for a person', (from + to) / 2);
  }
}

/** Gaps first, whose texts take room from the ruler's. @param {Scene} scene @param {RulerText[]} texts */
function paint_grid(scene, texts) {
  const {k, colours, time, width, gutter, from, to} = scene;
  const us_per_pixel = (to - from) / Math.max(1, width - gutter);
  let narrow_from = -Infinity;
  for (const gap of time.axis.gaps(from, to)) {
    const x = x_of(scene, gap.at);
    if (x_of(scene, gap.to) - x >= 5) paint_gap(scene, gap, texts);
    else if (x > narrow_from) {
      paint_narrow_gap(scene, gap);
      narrow_from = x + 12;
    }
  }
  set_font(k, colours, 11);
  const ticks = axis_ticks(time.axis, from, to, us_per_pixel * (is_small(scene) ? 64 : 84));
  for (const tick of days_first(ticks)) {
    const x = Math.round(x_of(scene, tick.at)) + 0.5;
    const text = {text: tick.label, x: x + 4, end: x + 4 + width_of(k, tick.label), colour: colours.ink3, weight: 400};
    if (texts.some((other) => overlap(text, other, 6))) continue;
    k.strokeStyle = tick.day ? colours.line2 : colours.line;
    vertical(k, x, 20, scene.height);
    if (x > gutter - 10 && text.end < width - 4) texts.push(text);
  }
  k.strokeStyle = colours.line;
  k.beginPath();
  k.moveTo(gutter, RULER - 0.5);
  k.lineTo(width, RULER - 0.5);
  k.stroke();
}

/** @param {{x: number, end: number}} one @param {{x: number, end: number}} other @param {number} apart */
export function overlap(one, other, apart) {
  return one.x < other.end + apart && one.end + apart > other.x;
}

/** @param {Scene} scene @param {import('./axis.js').Gap} gap @param {RulerText[]} texts */
function paint_gap(scene, gap, texts) {
  const {k, colours, height} = scene;
  const from = x_of(scene, gap.at);
  const to = x_of(scene, gap.to);
  const is_pause = is_pause_of(scene, gap);
  k.fillStyle = is_pause ? colours['warn-w'] : colours.sunk;
  k.fillRect(from, 0, to - from, height);
  k.strokeStyle = colours.line2;
  for (const x of [from, to]) torn_edge(k, x, height);
  set_font(k, colours, 11, 500);
  const label = gap_label(gap);
  const middle = (Math.max(from, scene.gutter) + Math.min(to, scene.width)) / 2;
  const half = width_of(k, label) / 2;
  const colour = is_pause ? colours.warn : colours.ink3;
  const text = {text: label, x: middle - half, end: middle + half, colour, weight: 500};
  if (texts.some((other) => overlap(text, other, 6))) return;
  texts.push(text);
  k.fillStyle = colour;
  if (to - from >= 14) along_gap(scene, is_pause ? 'waiting for a person' : 'no events', middle);
}

/** @param {Scene} scene @param {import('./axis.js').Gap} gap */
function paint_narrow_gap(scene, gap) {
  const {k, colours, height} = scene;
  k.strokeStyle = is_pause_of(scene, gap) ? colours.warn : colours.line2;
  k.setLineDash([2, 4]);
  vertical(k, Math.round(x_of(scene, (gap.at + gap.to) / 2)) + 0.5, RULER, height);
  k.setLineDash([]);
}

/** @param {CanvasRenderingContext2D} k @param {number} x @param {number} height */
function torn_edge(k, x, height) {
  k.beginPath();
  for (let y = 0, side = -2; y < height; y += 6, side = -side)
    if (y === 0) k.moveTo(x + side, y);
    else k.lineTo(x + side, y);
  k.stroke();
}

/** @param {Scene} scene @param {string} text @param {number} x */
function along_gap(scene, text, x) {
  const {k, height} = scene;
  k.save();
  k.translate(x, RULER + (height - RULER) / 2);
  k.rotate(-Math.PI / 2);
  set_font(k, scene.colours, 11);
  k.textAlign = 'center';
  k.fillText(fitted(k, text, height - RULER - 16), 0, 0);
  k.restore();
}

/** @param {Scene} scene */
function paint_separators(scene) {
  const {k, colours, rows, scroll} = scene;
  k.strokeStyle = colours.line;
  rows.rows.forEach((row, i) => {
    if (row.kind !== 'agent' || i === 0) return;
    const y = Math.round(row.y - scroll) - 2.5;
    k.beginPath();
    k.moveTo(scene.gutter, y);
    k.lineTo(scene.width, y);
    k.stroke();
  });
}

/** @param {Scene} scene @param {AgentRow} row */
function paint_agent(scene, row) {
  const {k, compact} = scene;
  const {lane} = row;
  const colour = colour_of_hue(scene.model.hues.get(lane.agent_id));
  const y = row.turn_y - scene.scroll;
  k.globalAlpha = 0.35;
  /* Through the middle, but not through the names of turns. */
  paint_track(scene, lane.sessions, compact ? y + row.turn_h / 2 - 0.5 : y + row.turn_h - 1, 1, colour, colour);
  k.globalAlpha = lane.turns.count > 0 ? 0.09 : 0.2;
  paint_track(scene, lane.stays, y, row.turn_h, colour, colour);
  paint_turns(scene, row, colour);
  if (!compact) {
    for (const {track, y: top, h} of row.tools) paint_tools(scene, track, top - scene.scroll, h, colour);
  } else {
    const h = lane.depth > 0 ? 6 : 9;
    for (const track of lane.tools.values()) paint_tools(scene, track, y + row.turn_h / 2 - h / 2, h, colour);
  }
  paint_waits(scene, row);
}

/** @param {Scene} scene @param {AgentRow} row @param {string} colour */
function paint_turns(scene, row, colour) {
  const {k} = scene;
  const {turns, stays} = row.lane;
  const h = row.turn_h / row.turn_rows;
  for (let i = 0; i < row.turn_rows; i++) {
    k.globalAlpha = 0.2;
    const y = row.turn_y - scene.scroll + i * h;
    const is_last = i + 1 === row.turn_rows;
    const which = row.turn_rows > 1 ? i : -1;
    paint_track(scene, turns, y, is_last ? h : h - 1, colour, scene.colours.bad, which);
  }
  k.globalAlpha = 1;
  if (scene.compact) return;
  paint_names(scene, turns, row.turn_y - scene.scroll, h, row.turn_rows > 1);
  if (turns.count === 0) paint_names(scene, stays, row.turn_y - scene.scroll, h, false);
}

/** @param {Scene} scene @param {Track} track @param {number} y @param {number} h @param {string} colour */
function paint_tools(scene, track, y, h, colour) {
  const {k, colours} = scene;
  /* A task lasts as long as what it started, which is seen in another lane. */
  k.globalAlpha = track.kind === 'task' ? 0.38 : 1;
  paint_track(scene, track, y, h, colour, colours.bad);
  k.globalAlpha = 1;
  paint_flags(scene, track, y);
}

/**
 * Bars of a track; `row` chooses those that were laid out into it, -1 all.
 * @param {Scene} scene @param {Track} track @param {number} y @param {number} h @param {string} colour
 * @param {string} bad_colour @param {number} [row]
 */
function paint_track(scene, track, y, h, colour, bad_colour, row = -1) {
  const {first, end} = track.range(scene.from, scene.to);
  if (first >= end) return;
  const good = new Path2D();
  const bad = new Path2D();
  const scale = (scene.width - scene.gutter - RIGHT) / (scene.to - scene.from);
  const left = scene.gutter - scene.from * scale;
  const last = scene.time.axis.length;
  let run_from = 0;
  let run_to = -Infinity;
  let run_bad = 0;
  const flush = () => {
    if (run_to > -Infinity) bar(run_bad ? bad : good, scene, run_from, run_to, y, h);
  };
  for (let i = first; i < end; i++) {
    if (track.to[i] < scene.from || (row >= 0 && track.row[i] !== row)) continue;
    const from = left + track.from[i] * scale;
    const to = Math.max(from + 1.5, left + Math.min(track.to[i], last) * scale);
    const is_narrow = to - from < NARROW;
    if (is_narrow && track.bad[i] === run_bad && from < run_to + 0.5) {
      run_to = Math.max(run_to, to);
      continue;
    }
    flush();
    run_from = from;
    run_to = to;
    run_bad = track.bad[i];
  }
  flush();
  const {k} = scene;
  k.fillStyle = colour;
  k.fill(good);
  k.fillStyle = bad_colour;
  k.fill(bad);
}

/**
 * @param {Path2D} path @param {Scene} scene @param {number} from @param {number} to @param {number} y
 * @param {number} h
 */
function bar(path, scene, from, to, y, h) {
  const left = Math.max(from, scene.gutter - 8);
  const right = Math.min(to, scene.width + 8);
  const w = right - left;
  /* A hair between neighbours. */
  if (w >= 4) path.roundRect(left, y, w - 0.75, h, Math.min(h > 12 ? 3 : 2, w / 2));
  else path.rect(left, y, w, h);
}

/**
 * Errors have a shape besides their colour: a notch at the beginning. @param {Scene} scene @param {Track} track
 * @param {number} y
 */
function paint_flags(scene, track, y) {
  const {first, end} = track.range(scene.from, scene.to);
  const {k} = scene;
  let free_from = -Infinity;
  k.fillStyle = scene.colours.bad;
  k.beginPath();
  for (let i = first; i < end; i++) {
    if (!track.bad[i]) continue;
    const x = x_of(scene, track.from[i]);
    if (x < free_from) continue;
    notch(k, x, y - 1);
    free_from = x + 3;
  }
  k.fill();
}

/** @param {CanvasRenderingContext2D} k @param {number} x @param {number} y */
function notch(k, x, y) {
  k.moveTo(x - 3.5, y);
  k.lineTo(x + 3.5, y);
  k.lineTo(x, y + 5);
  k.closePath();
}

/** @param {Scene} scene @param {Track} track @param {number} y @param {number} h @param {boolean} by_row */
function paint_names(scene, track, y, h, by_row) {
  const {k, colours, time} = scene;
  const {first, end} = track.range(scene.from, scene.to);
  set_font(k, colours, 11, 500);
  k.fillStyle = colours.ink;
  for (let i = first; i < end; i++) {
    const to = Math.min(x_of(scene, Math.min(track.to[i], scene.time.axis.length)), scene.width);
    const from = Math.max(x_of(scene, track.from[i]), scene.gutter);
    if (to - from < 26) continue;
    const text = fitted(k, line_of(time.lanes.spans[track.span[i]]?.name ?? '', 120), to - from - 11);
    if (text) k.fillText(text, from + 6, y + h * ((by_row ? track.row[i] : 0) + 0.5) + 0.5);
  }
}

/** @param {Scene} scene @param {AgentRow} row */
function paint_waits(scene, row) {
  const {k, time, colours} = scene;
  const {waits} = time.moments;
  k.fillStyle = colours.warn;
  k.globalAlpha = 0.28;
  const last_us = time.axis.unfold(scene.to);
  for (let i = 0; i < waits.length && waits[i].us < last_us; i++) {
    const wait = waits[i];
    if (scene.rows.by_agent.get(wait.agent) !== row) continue;
    const from = x_of(scene, time.axis.fold(wait.us));
    const to = x_of(scene, Number.isFinite(wait.to_us) ? time.axis.fold(wait.to_us) : time.axis.length);
    if (to >= scene.gutter) k.fillRect(from, row.y - scene.scroll, Math.max(1.5, to - from), row.h - 4);
  }
  k.globalAlpha = 1;
}

/** Who a message is to: a span of kind message is called "FROM → TO". @param {import('./model.js').Span} span */
export function recipient_of(span) {
  const arrow = span.name.indexOf(' → ', span.agent_id?.length ?? 0);
  return arrow < 0 ? '' : span.name.slice(arrow + 3);
}

/** @param {Scene} scene */
function paint_messages(scene) {
  const {k, colours, time, rows, scroll} = scene;
  const {messages} = time.lanes;
  const {first, end} = messages.range(scene.from, scene.to);
  let before = -Infinity;
  k.strokeStyle = k.fillStyle = colours.ink2;
  for (let i = first; i < end; i++) {
    const x = Math.round(x_of(scene, messages.from[i])) + 0.5;
    const span = time.lanes.spans[messages.span[i]];
    if (!span || x < scene.gutter || x === before) continue;
    const from = rows.by_agent.get(span.agent_id ?? '');
    const to = rows.by_agent.get(recipient_of(span));
    if (!from || !to || from === to) continue;
    before = x;
    const is_down = to.y > from.y;
    const start = (is_down ? from.turn_y + from.turn_h : from.turn_y) - scroll;
    const tip = (is_down ? to.turn_y - 1 : to.turn_y + to.turn_h + 1) - scroll;
    vertical(k, x, start, tip);
    arrow_head(k, x, tip, is_down ? -5 : 5);
  }
}

/** @param {CanvasRenderingContext2D} k @param {number} x @param {number} y @param {number} back */
function arrow_head(k, x, y, back) {
  k.beginPath();
  k.moveTo(x - 3, y + back);
  k.lineTo(x + 3, y + back);
  k.lineTo(x, y);
  k.fill();
}

/**
 * Moments in the window that have a lane, leaving out those that would lie on another.
 * @param {Scene} scene @param {import('./moments.js').Moment[]} moments @param {number} apart
 * @param {(x: number, row: AgentRow, moment: import('./moments.js').Moment) => void} draw
 */
function each_moment(scene, moments, apart, draw) {
  const {time, rows} = scene;
  const end_us = time.axis.unfold(scene.to);
  /** @type {Map<AgentRow, number>} */
  const free_from = new Map();
  const first = count_before(moments, time.axis.unfold(scene.from));
  for (let i = first; i < moments.length && moments[i].us <= end_us; i++) {
    const row = rows.by_agent.get(moments[i].agent);
    if (!row || !is_seen(scene, row)) continue;
    const x = x_of(scene, time.axis.fold(moments[i].us));
    if (x < (free_from.get(row) ?? -Infinity)) continue;
    free_from.set(row, x + apart);
    draw(x, row, moments[i]);
  }
}

/** @param {Scene} scene */
function paint_notes(scene) {
  const {k, colours, scroll} = scene;
  k.strokeStyle = colours.panel;
  k.lineWidth = 1.5;
  each_moment(scene, scene.time.moments.notes, 3, (x, row, note) => {
    k.fillStyle = colours[tone_of(`agent.note.${note.what}`)] ?? colours.ink;
    diamond(k, x, row.turn_y + 0.5 - scroll, 4.5);
    k.stroke();
    k.fill();
  });
  k.lineWidth = 1;
}

/** @param {Scene} scene */
function paint_errors(scene) {
  const {k, colours, scroll} = scene;
  k.fillStyle = colours.bad;
  k.beginPath();
  each_moment(scene, scene.time.moments.errors, 4,
    (x, row) => notch(k, x, row.turn_y + row.turn_h / row.turn_rows - 5 - scroll));
  k.fill();
}

/** A lighter bar and its edge: an attempt at a feature. @param {Scene} scene @param {number} from @param {number} to
 *  @param {number} y @param {number} h @param {string} colour */
export function paint_attempt(scene, from, to, y, h, colour) {
  const {k} = scene;
  k.fillStyle = colour;
  k.globalAlpha = 0.15;
  rounded(k, from, y, Math.max(2, to - from), h, 3);
  k.globalAlpha = 1;
  rounded(k, from, y, 3, h, 1);
}
