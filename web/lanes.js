// @ts-check
/* The spans of the timeline in lanes: one an agent, below its parent's; in it its turns, and a track for each kind
 * of tools. Where every subagent has a name of its own, those of one parent come to share lanes: one that begins
 * takes a lane whose agents are done. A track is columns, ascending by start:
 *
 *     from, to   in folded time; to is Infinity while the span is open
 *     reach      the greatest `to` up to here, so that what is seen in a window is found by binary search
 *     bad        1: it failed
 *     span       its place in the model's list
 *
 * The model's list changes near its end, when events come: what is new it tells (spans.js), or is found by
 * comparing, and only the tails of the tracks are made anew. */
import {count_up_to} from './axis.js';
import {changes_since} from './spans.js';

/** @typedef {import('./model.js').Span} Span */

export const TOOL_TRACKS = ['search', 'edit', 'shell', 'task', 'other'];
/** So many subagents of one parent have a lane each, before they share. */
const OWN_LANES = 3;
/** How many turns of one agent at a time get a row each. */
const TURN_ROWS_MAX = 3;
/** So many spans are taken in between two looks at the clock. */
const STRIDE = 64;

/** @type {Record<string, string>} */
const TRACK_OF = {};
for (const [track, tools] of Object.entries({
  search: 'read glob grep ls list search find view notebookread webfetch websearch toolsearch ' +
    'read_file list_dir grep_files view_image',
  edit: 'edit write multiedit notebookedit apply_patch patch create str_replace write_file',
  shell: 'bash bashoutput killshell killbash shell exec exec_command local_shell terminal powershell write_stdin',
  task: 'task agent taskoutput subagent workflow',
}))
  for (const tool of tools.split(' ')) TRACK_OF[tool] = track;

/** The track of a tool. @param {string} name */
export function tool_track(name) {
  const short = name.toLowerCase();
  if (Object.hasOwn(TRACK_OF, short)) return TRACK_OF[short];
  const verb = /^mcp__.*__(read|get|list|search|find|query|fetch)/.exec(short);
  return verb ? 'search' : 'other';
}

export class Track {
  from = new Float64Array(0);
  to = new Float64Array(0);
  /** The latest end up to each. */
  reach = new Float64Array(0);
  bad = new Uint8Array(0);
  span = new Int32Array(0);
  row = new Uint8Array(0);

  /** @param {string} kind */
  constructor(kind) {
    this.kind = kind;
    this.count = 0;
    this.#allocate(16);
    /** Of turns that overlap: the row of each, and how many rows there are. */
    this.row_count = 1;
    this.is_laid_out = true;
  }

  /** @param {number} capacity */
  #allocate(capacity) {
    const {from, to, reach, bad, span, row, count} = this;
    this.from = new Float64Array(capacity);
    this.to = new Float64Array(capacity);
    this.reach = new Float64Array(capacity);
    this.bad = new Uint8Array(capacity);
    this.span = new Int32Array(capacity);
    this.row = new Uint8Array(capacity);
    if (count === 0) return;
    this.from.set(from);
    this.to.set(to);
    this.reach.set(reach);
    this.bad.set(bad);
    this.span.set(span);
    this.row.set(row);
  }

  /** @param {number} from @param {number} to @param {boolean} bad @param {number} span @returns {number} its place */
  push(from, to, bad, span) {
    if (this.count === this.from.length) this.#allocate(2 * this.count);
    const i = this.count++;
    this.from[i] = from;
    this.to[i] = to;
    this.reach[i] = i > 0 ? Math.max(this.reach[i - 1], to) : to;
    this.bad[i] = bad ? 1 : 0;
    this.span[i] = span;
    this.is_laid_out = false;
    return i;
  }

  /** @param {number} i @param {number} to @param {boolean} bad */
  change(i, to, bad) {
    this.to[i] = to;
    this.bad[i] = bad ? 1 : 0;
    for (let k = i; k < this.count; k++) {
      const reach = k > 0 ? Math.max(this.reach[k - 1], this.to[k]) : this.to[k];
      if (k > i && reach === this.reach[k]) break;
      this.reach[k] = reach;
    }
    this.is_laid_out = false;
  }

  /** Forget spans from a place in the model's list on. @param {number} span */
  cut(span) {
    while (this.count > 0 && this.span[this.count - 1] >= span) this.count--;
    this.is_laid_out = false;
  }

  /** The first that may be seen in a window, and the one behind the last. @param {number} from @param {number} to */
  range(from, to) {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.reach[middle] < from) low = middle + 1;
      else high = middle;
    }
    return {first: low, end: count_up_to(this.from, this.count, to)};
  }

  /** Give those that overlap rows of their own. */
  lay_out() {
    if (this.is_laid_out) return;
    this.is_laid_out = true;
    this.row_count = 1;
    const free_at = new Float64Array(TURN_ROWS_MAX).fill(-Infinity);
    for (let i = 0; i < this.count; i++) {
      let row = free_at.findIndex((at) => at <= this.from[i]);
      if (row < 0) row = free_at.indexOf(Math.min(...free_at));
      free_at[row] = Math.max(free_at[row], this.to[i]);
      this.row[i] = row;
      this.row_count = Math.max(this.row_count, row + 1);
    }
  }
}

/**
 * @typedef {{span: Span, name: string, started_us: number, ended_us: number | null, status: string,
 *   track: Track | null, place: number, row: Track | null, row_place: number}} Known  as it was taken in
 */

/**
 * @typedef {object} Lane
 * @property {string} agent_id     of the first of its agents; '' for what no agent did
 * @property {string[]} agents
 * @property {number} depth
 * @property {Track} turns
 * @property {Track} sessions
 * @property {Track} stays         of a subagent: from its start to its end
 * @property {Map<string, Track>} tools  by TOOL_TRACKS
 */

export class Lanes {
  constructor() {
    /** @type {Map<string, Lane>} */
    this.by_agent = new Map();
    /** @type {Lane[]} parents before their children */
    this.agents = [];
    /** @type {Map<string, Track>} attempts by the feature's name, in the order of their first */
    this.features = new Map();
    this.attempts = new Track('feature');
    this.messages = new Track('message');
    /** @type {Map<number, number>} place of the span that an event began */
    this.by_sequence = new Map();
    /** @type {readonly Span[]} the model's, which tracks refer to, by their start whatever comes */
    this.spans = [];
    /** @type {readonly Span[] | null} */
    this.list = null;
    this.revision = 0;
    /** There are spans that are not taken in yet. */
    this.is_behind = false;
    this.spans_revision = -1;
    this.axis_revision = -1;
    this.agent_count = -1;
    /** @type {Map<string, string>} */
    this.parent_of = new Map();
    /** @type {Map<string, Lane[]>} by the parent */
    this.below = new Map();
    /** @type {Known[]} of each span of the list */
    this.known = [];
    /** So many spans of the list are in the axis. */
    this.included = 0;
  }

  /**
   * Take in what changed. @param {import('./model.js').Model} model @param {import('./axis.js').Axis} axis
   * @param {() => boolean} [used_up] the time for new spans is over: the next call goes on; see `is_behind`
   */
  update(model, axis, used_up = () => false) {
    const names = model.columns.agent_names;
    const same_agents = !this.is_behind && names.length === this.agent_count && model.parent_of === this.parent_of;
    const is_moved = axis.revision !== this.axis_revision;
    if (!is_moved && same_agents && model.spans_revision === this.spans_revision && model.spans === this.list) return;
    const agents_before = this.by_agent.size;
    this.parent_of = model.parent_of;
    this.#see_changes(model, axis);
    for (; this.included < this.spans.length; this.included++) include(axis, this.spans[this.included]);
    if (axis.revision !== this.axis_revision) this.#cut(0);
    /* One that ends where no event is moves what lies behind. */
    do {
      this.axis_revision = axis.revision;
      this.#take(axis, used_up);
      if (axis.revision !== this.axis_revision) this.#cut(0);
    } while (axis.revision !== this.axis_revision);
    /* A subagent has a lane from its first span on. */
    for (const name of names) if (!model.parent_of.has(name)) this.#lane(name, Infinity);
    if (!same_agents || this.by_agent.size !== agents_before) this.#order(names);
    this.list = model.spans;
    this.spans_revision = model.spans_revision;
    this.agent_count = names.length;
    this.is_behind = this.known.length < this.spans.length;
    this.revision++;
  }

  /** Keep what holds of the spans that are known. @param {import('./model.js').Model} model
   * @param {import('./axis.js').Axis} axis */
  #see_changes({spans}, axis) {
    const is_continued = this.spans === spans && this.list === spans;
    const changes = is_continued ? changes_since(spans, this.spans_revision) : null;
    this.spans = spans;
    if (!changes) return this.#compare(axis);
    this.#cut(Math.min(changes.from, this.known.length));
    for (const span of changes.spans) {
      const place = spans.lastIndexOf(span);
      if (place < this.known.length && !this.#is_kept(place, axis)) this.#cut(place);
    }
  }

  /** The simple way, for a list that does not tell its changes. @param {import('./axis.js').Axis} axis */
  #compare(axis) {
    const shared = Math.min(this.spans.length, this.known.length);
    let same = 0;
    while (same < shared && this.#is_kept(same, axis)) same++;
    if (same < this.known.length) this.#cut(same);
  }

  /** Is it the same span still, which may have ended? @param {number} i @param {import('./axis.js').Axis} axis */
  #is_kept(i, axis) {
    const span = this.spans[i];
    const was = this.known[i];
    if (was.span !== span || was.name !== span.name || !Object.is(was.started_us, span.started_us)) return false;
    if (was.ended_us !== span.ended_us || was.status !== span.status) this.#change(i, axis);
    return true;
  }

  /** @param {import('./axis.js').Axis} axis @param {() => boolean} used_up */
  #take(axis, used_up) {
    const {spans, known} = this;
    for (let i = known.length; i < spans.length; i++) {
      const is_in_order = i === 0 || start_of(spans[i - 1]) <= start_of(spans[i]);
      if (!is_in_order) return this.#take_sorted(axis);
      this.#add(i, axis);
      if (i % STRIDE === 0 && used_up()) break;
    }
    for (const [name, row] of this.features) if (row.count === 0) this.features.delete(name);
  }

  /** @param {import('./axis.js').Axis} axis */
  #take_sorted(axis) {
    this.#cut(0);
    this.spans = sorted(this.spans);
    this.#take(axis, () => false);
  }

  /** Forget the spans from a place on. @param {number} place */
  #cut(place) {
    /** @type {Set<Track>} */
    const tracks = new Set();
    for (const {track, row, span} of this.known.slice(place)) {
      if (track) tracks.add(track);
      if (row) tracks.add(row);
      this.by_sequence.delete(span.sequence);
    }
    for (const track of tracks) track.cut(place);
    this.known.length = place;
    this.included = Math.min(this.included, place);
  }

  /** @param {number} i @param {import('./axis.js').Axis} axis */
  #change(i, axis) {
    const span = this.spans[i];
    const was = this.known[i];
    include(axis, span);
    const to = end_of(span, axis);
    was.track?.change(was.place, to, is_bad(span));
    was.row?.change(was.row_place, to, is_bad(span));
    was.ended_us = span.ended_us;
    was.status = span.status;
  }

  /** @param {number} i @param {import('./axis.js').Axis} axis */
  #add(i, axis) {
    const span = this.spans[i];
    include(axis, span);
    const from_us = start_of(span);
    const from = axis.fold(from_us);
    const track = Number.isFinite(from_us) ? this.#track(span, from) : null;
    const row = track && span.kind === 'feature' ? this.#feature(span.name) : null;
    const to = end_of(span, axis);
    this.known.push({
      span, name: span.name, started_us: span.started_us, ended_us: span.ended_us, status: span.status,
      track, place: track ? track.push(from, to, is_bad(span), i) : -1,
      row, row_place: row ? row.push(from, to, is_bad(span), i) : -1,
    });
    this.by_sequence.set(span.sequence, i);
  }

  /** @param {string} name */
  #feature(name) {
    let track = this.features.get(name);
    if (!track) this.features.set(name, track = new Track('feature row'));
    return track;
  }

  /** @param {Span} span @param {number} from @returns {Track | null} */
  #track(span, from) {
    if (span.kind === 'feature') return this.attempts;
    if (span.kind === 'message') return this.messages;
    if (span.kind === 'workflow' || span.kind === 'phase') return null;
    const lane = this.#lane(span.agent_id ?? '', from);
    if (span.kind === 'turn') return lane.turns;
    if (span.kind === 'session') return lane.sessions;
    if (span.kind !== 'tool') return lane.stays;
    const kind = tool_track(span.name);
    let track = lane.tools.get(kind);
    if (!track) lane.tools.set(kind, track = new Track(kind));
    return track;
  }

  /** @param {string} agent_id @param {number} from when it begins @returns {Lane} */
  #lane(agent_id, from) {
    const known = this.by_agent.get(agent_id);
    if (known) return known;
    const parent = this.parent_of.get(agent_id);
    const siblings = parent === undefined ? undefined : this.below.get(parent);
    const shared = siblings && siblings.length >= OWN_LANES ? siblings.find((lane) => is_done(lane, from)) : undefined;
    const lane = shared ?? new_lane(agent_id);
    if (shared) shared.agents.push(agent_id);
    else if (siblings) siblings.push(lane);
    else if (parent !== undefined) this.below.set(parent, [lane]);
    this.by_agent.set(agent_id, lane);
    return lane;
  }

  /** Children below their parents, otherwise as they came up. @param {string[]} names */
  #order(names) {
    const all = new Set([...names, ...this.by_agent.keys()].map((name) => this.by_agent.get(name)));
    /** @type {Map<Lane, Lane[]>} */
    const children = new Map();
    /** @type {Lane[]} */
    const roots = [];
    for (const lane of all) {
      if (!lane) continue;
      const parent = this.by_agent.get(this.parent_of.get(lane.agent_id) ?? lane.agent_id);
      if (!parent || parent === lane) roots.push(lane);
      else if (children.has(parent)) children.get(parent)?.push(lane);
      else children.set(parent, [lane]);
    }
    this.agents = [];
    /** @type {Set<Lane>} */
    const seen = new Set();
    /* Behind the roots those who are each other's parents. */
    for (const lane of [...roots, ...all]) if (lane) this.#place(lane, children, seen);
  }

  /** A lane and those below it. @param {Lane} root @param {Map<Lane, Lane[]>} children @param {Set<Lane>} seen */
  #place(root, children, seen) {
    /** @type {[Lane, number][]} */
    const open = [[root, 0]];
    for (let next = open.pop(); next; next = open.pop()) {
      const [lane, depth] = next;
      if (seen.has(lane)) continue;
      seen.add(lane);
      lane.depth = depth;
      this.agents.push(lane);
      for (const child of [...(children.get(lane) ?? [])].reverse()) open.push([child, depth + 1]);
    }
  }
}

/** @param {string} agent_id @returns {Lane} */
function new_lane(agent_id) {
  return {
    agent_id, agents: [agent_id], depth: 0, turns: new Track('turn'), sessions: new Track('session'),
    stays: new Track('subagent'), tools: new Map(),
  };
}

/** Did everything in a lane end before a time? @param {Lane} lane @param {number} at */
function is_done(lane, at) {
  return [lane.turns, lane.sessions, lane.stays, ...lane.tools.values()]
    .every((track) => track.count === 0 || track.reach[track.count - 1] < at);
}

/** Of some only the end is known. @param {Span} span */
function start_of(span) {
  return Number.isFinite(span.started_us) ? span.started_us : (span.ended_us ?? NaN);
}

/** Without those of which no time is known. @param {readonly Span[]} spans */
function sorted(spans) {
  const known = spans.filter((span) => Number.isFinite(start_of(span)));
  return known.sort((a, b) => start_of(a) - start_of(b) || a.sequence - b.sequence);
}

/** @param {Span} span @param {import('./axis.js').Axis} axis */
function end_of(span, axis) {
  if (span.ended_us === null || span.ended_us === undefined) return Infinity;
  return axis.fold(Math.max(span.ended_us, start_of(span)));
}

/** @param {import('./axis.js').Axis} axis @param {Span} span */
function include(axis, span) {
  axis.include(start_of(span));
  if (span.ended_us !== null && span.ended_us !== undefined) axis.include(span.ended_us);
}

/** @param {Span} span */
function is_bad(span) {
  return span.status === 'failed' || span.status === 'denied';
}
