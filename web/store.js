// @ts-check
/* All that the page holds, and the model that is made of it for a frame. What people do is in actions.js. */

import {attention_of} from './attention.js';
import {make_columns} from './columns.js';
import {assign_hues} from './hues.js';
import {Directory, Finder, Tracer, Verifier} from './lookups.js';
import {NO_MARKS, marks_between} from './marks.js';
import {History} from './history.js';
import {Live} from './live.js';
import {write_url} from './url.js';

/** @typedef {import('./model.js').Model} Model */
/** @typedef {import('./model.js').States} States */
/** @typedef {import('./model.js').Attention} Attention */
/**
 * What the store needs of the world around it.
 * @typedef {object} World
 * @property {import('./api.js').Api} api
 * @property {() => number} now_us
 * @property {() => 'light' | 'dark'} default_theme   what the person's system prefers
 * @property {() => 'light' | 'dark' | null} kept_theme
 * @property {(theme: 'light' | 'dark' | null) => void} keep_theme
 * @property {(search: string, push: boolean) => void} put_url
 * @property {() => string} link
 * @property {(text: string) => Promise<void>} copy
 * @property {() => void} request_frame
 * @property {(name: string, text: string) => void} save_file
 */

const LIVE_BUDGET_MS = 8;

const no_events = {revision: 0, get: () => undefined, by_id: () => undefined};
const no_columns = make_columns();
/** @type {import('./model.js').Span[]} */
const no_spans = [];
/** @type {Attention[]} */
const no_attention = [];

export class Store {
  /* What a person has set; actions change it. */
  /** @type {string | null} */
  workflow_id;
  /** @type {Model['view']} */
  view;
  /** @type {number | null} the point; null: live */
  at;
  /** @type {number | null} what changed since is marked */
  since = null;
  /** @type {number | null} */
  compare;
  /** @type {Model['filters']} */
  filters;
  /** @type {string | null} */
  category;
  /** @type {string | null} */
  correlation;
  /** @type {'light' | 'dark'} */
  theme;
  player = {playing: false, speed: 8};
  /** @type {[number, number] | null} */
  zoom = null;
  detail_open = false;
  help_open = false;
  sidebar_open = false;
  sidebar_filter = '';
  /** @type {Model['toast']} */
  toast = null;

  /** @type {History | null} the workflow that is shown */
  history = null;
  /** Events came by the stream in this frame, and the page shows them. */
  fresh = false;

  /** @type {Live | null} the stream of all workflows, while none is followed */
  #watch = null;
  /** @type {States | null} the last that were shown: they stay until the new ones are there */
  #kept_states = null;
  #stale = false;
  #closed = false;

  /* Small caches: a frame that changes nothing of these costs nothing. */
  #attention_cache = {point: make_cache(), other: make_cache()};
  #marks_cache = make_cache();
  #hues_cache = make_cache();

  /** @param {World} world @param {import('./url.js').Place} place */
  constructor(world, place) {
    const {api, request_frame} = world;
    this.world = world;
    this.finder = new Finder(api, request_frame);
    this.tracer = new Tracer(api, request_frame);
    this.verifier = new Verifier(api, request_frame);
    this.directory = new Directory(api, () => this.#listed());
    this.workflow_id = place.workflow_id;
    this.view = place.view;
    this.at = place.at;
    this.compare = place.from;
    this.filters = place.filters;
    this.category = place.category;
    this.correlation = place.trace;
    this.theme = this.#theme_of(place);
  }

  get head() {
    return this.history?.columns.count ?? 0;
  }

  get point() {
    return this.at === null ? this.head : Math.min(this.at, this.head);
  }

  get position() {
    return Math.max(this.directory.position, this.history?.position ?? 0, this.#watch?.position ?? 0);
  }

  /** Take what has come, for some milliseconds. @returns {boolean} there is more */
  work() {
    const {added, more} = this.history?.work(LIVE_BUDGET_MS) ?? {added: 0, more: false};
    this.fresh = added > 0 && this.at === null;
    if (added > 0) this.directory.load_soon();
    if (this.history?.loading === 'ready') this.#stay_within();
    return more;
  }

  /** Nobody looks, or somebody does again. @param {boolean} hidden */
  set_hidden(hidden) {
    this.history?.set_hidden(hidden);
    this.#watch?.set_hidden(hidden);
    if (!hidden) this.directory.load();
  }

  /** Leave the workflow that is shown for the one that is named now, or read it anew. */
  open() {
    const {position} = this;
    this.#leave();
    this.verifier.forget();
    if (this.workflow_id === null) return;
    const mine = new History({
      api: this.world.api,
      workflow_id: this.workflow_id,
      after: position,
      on_change: this.world.request_frame,
      on_head: () => this.directory.load_soon(),
      on_replaced: () => mine === this.history && this.#read_anew(),
    });
    this.history = mine;
    mine.loaded.then(() => {
      if (mine !== this.history) return;
      if (mine.loading === 'ready') this.verifier.verify(mine.workflow_id, mine.columns.count);
      else if (mine.loading === 'missing') this.#open_or_watch();
    });
    this.world.request_frame();
  }

  /** As a link says; one that names no workflow means the one that is shown. @param {import('./url.js').Place} to */
  go_to(to) {
    const other = to.workflow_id !== null && to.workflow_id !== this.workflow_id;
    if (other) Object.assign(this, {workflow_id: to.workflow_id, zoom: null});
    this.player = {...this.player, playing: false};
    this.view = to.view;
    this.at = to.at;
    this.since = null;
    this.compare = to.from;
    this.filters = to.filters;
    this.category = to.category;
    this.correlation = to.trace;
    this.theme = this.#theme_of(to);
    if (other) this.open();
    this.world.request_frame();
  }

  /** Put the place into the address. @param {boolean} [push] as a place of its own to come back to */
  put_url(push = false) {
    this.world.put_url(write_url({
      workflow_id: this.workflow_id,
      view: this.view,
      at: this.at,
      from: this.compare,
      filters: this.filters,
      category: this.category,
      trace: this.view === 'trace' ? this.correlation : null,
      theme: this.theme === this.world.default_theme() ? null : this.theme,
    }), push);
  }

  close() {
    this.#closed = true;
    this.directory.close();
    this.#leave();
  }

  /** What is shown now. @returns {Model} */
  model() {
    const {history, point} = this;
    const live = this.at === null;
    const as_of_us = live && !this.world.api.copied_at ? this.world.now_us() : this.#time_of(point);
    const states = this.#states_at(point);
    const attention = this.#attention(states, as_of_us, 'point');
    const trace = this.#trace();
    this.finder.find(this.workflow_id, this.filters.q, this.head);
    history?.look_at(point);
    if (point > 0) history?.pages.want(point, point);
    return {
      ...this.#model_of_page(),
      loading: history?.loading ?? (this.directory.state === 'failed' ? 'failed' : 'loading'),
      problem: history?.problem ?? this.directory.problem,
      columns: history?.columns ?? no_columns,
      events: history?.pages ?? no_events,
      spans: history?.spans.list ?? no_spans,
      spans_revision: history?.spans.revision ?? 0,
      ...this.#families(),
      head: this.head,
      point,
      live,
      as_of_us,
      event: (point > 0 && history?.pages.get(point)) || null,
      states,
      stale: this.#stale,
      attention,
      ...this.#marks(point, states, attention),
      correlation: this.correlation,
      trace,
    };
  }

  /** What a link names may be behind the last event: then it is that one, and stays there when more come. */
  #stay_within() {
    const {at, compare, head} = this;
    if ((at ?? 0) <= head && (compare ?? 0) <= head) return;
    if (at !== null) this.at = Math.min(at, head);
    if (compare !== null) this.compare = Math.min(compare, head);
    this.put_url();
  }

  /* What does not depend on the history. */
  #model_of_page() {
    const {directory, history} = this;
    return {
      workflow_id: this.workflow_id,
      view: this.view,
      theme: this.theme,
      workflows: directory.workflows,
      workflows_state: directory.state,
      workflows_problem: directory.problem,
      sidebar_filter: this.sidebar_filter,
      copied_at: this.world.api.copied_at,
      connection: this.#connection(),
      position: this.position,
      verification: this.verifier.verification,
      compare: this.compare,
      filters: this.filters,
      search: this.finder.search,
      player: this.player,
      zoom: this.zoom,
      note_category: this.category,
      detail_open: this.detail_open,
      help_open: this.help_open,
      sidebar_open: this.sidebar_open,
      toast: this.toast,
    };
  }

  /** @returns {Model['connection']} */
  #connection() {
    if (this.#watch) return this.#watch.connection;
    if (!this.history) return this.directory.state === 'failed' ? 'failed' : 'connecting';
    return this.history.loading === 'failed' ? 'failed' : this.history.connection;
  }

  /** @param {import('./url.js').Place} place */
  #theme_of(place) {
    return place.theme ?? this.world.kept_theme() ?? this.world.default_theme();
  }

  /* ---- Which workflow ---- */

  /** The list of workflows came, or could not be had. */
  #listed() {
    if (this.workflow_id === null && this.directory.workflows.length > 0) {
      this.workflow_id = this.directory.workflows[0].workflow_id;
      this.put_url();
    }
    if (!this.directory.problem) this.#open_or_watch();
    this.world.request_frame();
  }

  /** A workflow that the list has is read; while none is, the stream of all says when there may be one. */
  #open_or_watch() {
    if (this.#closed) return;
    const {history} = this;
    const listed = this.directory.has(this.workflow_id);
    const lost = !history || history.loading === 'failed' || (history.loading === 'missing' && listed);
    if (this.workflow_id !== null && lost) return this.open();
    if ((history && history.loading !== 'missing') || this.#watch) return;
    const nudge = () => this.directory.load_soon();
    this.#watch = new Live({
      open: (after) => this.world.api.stream(null, after),
      after: this.directory.position,
      on_log: nudge,
      on_head: nudge,
      on_replaced: () => this.#read_anew(),
      on_state: this.world.request_frame,
    });
  }

  #leave() {
    this.history?.close();
    this.#watch?.close();
    this.history = null;
    this.#watch = null;
    this.#kept_states = null;
    this.#stale = false;
  }

  /* The log was restored or rebuilt: positions may be lower than before. */
  #read_anew() {
    this.#leave();
    this.since = null;
    this.directory.position = 0;
    this.directory.load();
  }

  /* ---- What is known at a point ---- */

  /** @param {number} sequence */
  #time_of(sequence) {
    return sequence > 0 && this.history ? this.history.columns.times_us[sequence - 1] : 0;
  }

  /** @param {number} point */
  #states_at(point) {
    if (!this.history || this.history.loading !== 'ready') return null;
    const states = this.history.states_at(point);
    this.#stale = states === null;
    this.#kept_states = states ?? this.#kept_states;
    return this.#kept_states;
  }

  /** @param {States | null} states @param {number} as_of_us @param {'point' | 'other'} hand @returns {Attention[]} */
  #attention(states, as_of_us, hand) {
    if (!states) return no_attention;
    const second = Math.floor(as_of_us / 1e6);
    return this.#attention_cache[hand]([states, second], () => attention_of(states, as_of_us));
  }

  /** @param {number} point @param {States | null} states @param {Attention[]} attention */
  #marks(point, states, attention) {
    const since = this.compare ?? (this.at === null ? null : this.since);
    if (since === null || since === point || !states || !this.history) return {since, marks: NO_MARKS};
    const other = this.history.states_at(Math.min(since, this.head), 'other');
    if (!other) return {since, marks: NO_MARKS};
    const attention_then = this.#attention(other, this.#time_of(Math.min(since, this.head)), 'other');
    const marks = this.#marks_cache([states, other, attention, attention_then], () =>
      since < point
        ? marks_between(other, states, attention_then, attention)
        : marks_between(states, other, attention, attention_then),
    );
    return {since, marks};
  }

  /** Hues and parents of all agents that the workflow has. */
  #families() {
    const names = this.history?.columns.agent_names ?? [];
    const agents = this.history?.head_states?.agents?.agents;
    return this.#hues_cache([agents, names.length, this.history], () => {
      const parent_of = new Map();
      for (const agent of agents ?? []) {
        if (agent.parent_agent_id !== undefined) parent_of.set(agent.agent_id, agent.parent_agent_id);
      }
      return {parent_of, hues: assign_hues(names, parent_of)};
    });
  }

  /** The trace that its view shows: of the point's correlation, unless one was chosen. */
  #trace() {
    if (this.view !== 'trace' || !this.history) return null;
    const {columns, workflow_id} = this.history;
    if (this.correlation === null && this.history.loading === 'ready') {
      const names = columns.correlation_names;
      this.correlation = names[columns.correlations[this.point - 1] ?? -1] ?? names[0] ?? null;
      if (this.correlation !== null) this.put_url();
    }
    this.tracer.show(workflow_id, this.correlation, columns.count);
    return this.tracer.trace;
  }
}

/** A function that makes a value again only when one of the things that it is made of is another one. */
function make_cache() {
  /** @type {any[]} */
  let from = [];
  /** @type {any} */
  let value;
  return (/** @type {any[]} */ now, /** @type {() => any} */ make) => {
    if (value === undefined || now.some((one, index) => one !== from[index])) {
      value = make();
      from = now;
    }
    return value;
  };
}
