// @ts-check
/* All that the page holds, and the model that is made of it for a frame. What people do is in actions.js. */

import {attention_of} from './attention.js';
import {make_columns} from './columns.js';
import {assign_hues} from './hues.js';
import {make_finder, make_tracer, make_verifier} from './lookups.js';
import {marks_between} from './marks.js';
import {open_history} from './history.js';
import {open_live} from './live.js';
import {write_url} from './url.js';

/** @typedef {import('./model.js').Model} Model */
/** @typedef {import('./model.js').States} States */
/** @typedef {import('./model.js').Attention} Attention */
/** @typedef {ReturnType<typeof make_store>} Store */
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
const WORKFLOWS_MS = 30000;
const WORKFLOWS_SOON_MS = 1000;
const WORKFLOWS_AGAIN_MS = 4000;
const NO_MARKS = {keys: new Set(), summary: []};

const no_events = {revision: 0, get: () => undefined, by_id: () => undefined};
const no_columns = make_columns();
/** @type {Attention[]} */
const no_attention = [];

/** @param {World} world @param {import('./url.js').Place} place */
export function make_store(world, place) {
  const {api, request_frame} = world;
  /** @type {import('./history.js').History | null} */
  let history = null;
  /** @type {any} */
  let workflows_timer = null;
  let workflows_at = -Infinity;
  let workflows_asking = false;
  /** @type {ReturnType<typeof open_live> | null} of all workflows, while none is followed */
  let watch = null;
  let closed = false;

  const finder = make_finder(api, request_frame);
  const tracer = make_tracer(api, request_frame);
  const verifier = make_verifier(api, request_frame);

  const self = {
    world,
    finder,
    tracer,
    verifier,
    history: () => history,

    /* What a person has set; actions change it. */
    workflow_id: place.workflow_id,
    view: place.view,
    /** @type {number | null} the point; null: live */
    at: place.at,
    /** @type {number | null} */
    since: null,
    compare: place.from,
    filters: place.filters,
    category: place.category,
    correlation: place.trace,
    theme: place.theme ?? world.kept_theme() ?? world.default_theme(),
    player: {playing: false, speed: 8},
    /** @type {[number, number] | null} */
    zoom: null,
    detail_open: false,
    help_open: false,
    sidebar_open: false,
    sidebar_filter: '',
    /** @type {Model['toast']} */
    toast: null,

    /* What was heard. */
    /** @type {import('./model.js').Workflow[]} */
    workflows: [],
    workflows_state: /** @type {Model['workflows_state']} */ ('loading'),
    workflows_problem: '',
    workflows_position: 0,

    /** Events came by the stream in this frame, and the page shows them. */
    fresh: false,

    head: () => history?.columns.count ?? 0,
    point: () => (self.at === null ? self.head() : Math.min(self.at, self.head())),

    /** Take what has come, for some milliseconds. @returns {boolean} there is more */
    work() {
      if (!history) return false;
      const {added, more} = history.work(LIVE_BUDGET_MS);
      self.fresh = added > 0 && self.at === null;
      if (added > 0) refresh_soon();
      return more;
    },

    /** The list of workflows, and the first of them when none was named. */
    async load_workflows() {
      if (workflows_asking) return;
      workflows_asking = true;
      clearTimeout(workflows_timer);
      try {
        const answer = await api.workflows();
        self.workflows = answer.workflows;
        self.workflows_position = answer.position;
        self.workflows_state = 'ready';
        self.workflows_problem = '';
      } catch (error) {
        self.workflows_state = self.workflows.length ? 'ready' : 'failed';
        self.workflows_problem = /** @type {Error} */ (error).message;
      }
      workflows_asking = false;
      workflows_at = performance.now();
      const again_ms = self.workflows_problem ? WORKFLOWS_AGAIN_MS : WORKFLOWS_MS;
      if (!closed) workflows_timer = setTimeout(self.load_workflows, again_ms);
      if (self.workflow_id === null && self.workflows.length > 0) self.workflow_id = self.workflows[0].workflow_id;
      if (!self.workflows_problem) open_or_watch();
      request_frame();
    },

    /** Leave the workflow that is shown for the one that is named now, or read it anew. */
    open_history() {
      const position = Math.max(self.workflows_position, history?.position() ?? 0);
      leave();
      verifier.forget();
      if (self.workflow_id === null) return;
      const mine = (history = open_history({
        api,
        workflow_id: self.workflow_id,
        after: position,
        on_change: request_frame,
        on_head: refresh_soon,
        on_replaced: () => mine === history && read_anew(),
      }));
      mine.loaded.then(() => {
        if (mine !== history) return;
        if (mine.loading === 'ready') verifier.verify(mine.workflow_id, mine.columns.count);
        else if (mine.loading === 'missing') open_or_watch();
      });
      request_frame();
    },

    /** Put the place into the address. @param {boolean} [push] as a place of its own to come back to */
    put_url(push = false) {
      world.put_url(write_url(self.place()), push);
    },

    /** @returns {import('./url.js').Place} */
    place: () => ({
      workflow_id: self.workflow_id,
      view: self.view,
      at: self.at,
      from: self.compare,
      filters: self.filters,
      category: self.category,
      trace: self.view === 'trace' ? self.correlation : null,
      theme: self.theme === world.default_theme() ? null : self.theme,
    }),

    /** As a link says. @param {import('./url.js').Place} to */
    go_to(to) {
      const other = to.workflow_id !== self.workflow_id;
      Object.assign(self, {workflow_id: to.workflow_id, view: to.view, at: to.at, compare: to.from});
      Object.assign(self, {filters: to.filters, category: to.category, correlation: to.trace, since: null});
      self.theme = to.theme ?? world.kept_theme() ?? world.default_theme();
      if (self.workflow_id === null) self.workflow_id = self.workflows[0]?.workflow_id ?? null;
      if (other) self.open_history();
      request_frame();
    },

    close() {
      closed = true;
      clearTimeout(workflows_timer);
      leave();
    },

    /** Nobody looks, or somebody does again. @param {boolean} hidden */
    set_hidden(hidden) {
      history?.set_hidden(hidden);
      watch?.set_hidden(hidden);
      if (!hidden) self.load_workflows();
    },

    model,
  };

  function refresh_soon() {
    const wait = workflows_at + WORKFLOWS_SOON_MS - performance.now();
    clearTimeout(workflows_timer);
    workflows_timer = setTimeout(self.load_workflows, Math.max(0, wait));
  }

  function leave() {
    history?.close();
    watch?.close();
    history = null;
    watch = null;
    kept_states = null;
  }

  /* A workflow that the list has is read; while none is, the stream of all says when there may be one. */
  function open_or_watch() {
    if (closed) return;
    const listed = self.workflows.some((workflow) => workflow.workflow_id === self.workflow_id);
    const lost = !history || history.loading === 'failed' || (history.loading === 'missing' && listed);
    if (self.workflow_id !== null && lost) return self.open_history();
    if ((history && history.loading !== 'missing') || watch) return;
    watch = open_live({
      open: (after) => api.stream(null, after),
      after: self.workflows_position,
      on_log: refresh_soon,
      on_head: refresh_soon,
      on_replaced: read_anew,
      on_state: request_frame,
    });
  }

  /* The log was restored or rebuilt: positions may be lower than before. */
  async function read_anew() {
    leave();
    self.workflows_position = 0;
    self.since = null;
    await self.load_workflows();
  }

  /** @type {States | null} the last that were shown: they stay until the new ones are there */
  let kept_states = null;

  /** @param {number} sequence */
  function time_of(sequence) {
    return sequence > 0 && history ? history.columns.times_us[sequence - 1] : 0;
  }

  /* Small caches: a frame that changes nothing of these costs nothing. */
  const attention_cache = {point: make_cache(), other: make_cache()};
  const marks_cache = make_cache();
  const hues_cache = make_cache();

  /** @param {States | null} states @param {number} as_of_us @param {'point' | 'other'} hand @returns {Attention[]} */
  function attention(states, as_of_us, hand) {
    if (!states) return no_attention;
    const second = Math.floor(as_of_us / 1e6);
    return attention_cache[hand]([states, second], () => attention_of(states, as_of_us));
  }

  /** @param {number} point @param {States | null} states @param {Attention[]} attention_now */
  function marks(point, states, attention_now) {
    const since = self.compare ?? (self.at === null ? null : self.since);
    if (since === null || since === point || !states || !history) return {since, marks: NO_MARKS};
    const other = history.states_at(Math.min(since, history.columns.count), 'other');
    if (!other) return {since, marks: NO_MARKS};
    const attention_then = attention(other, time_of(since), 'other');
    const made = marks_cache([states, other, attention_now, attention_then], () =>
      since < point
        ? marks_between(other, states, attention_then, attention_now)
        : marks_between(states, other, attention_now, attention_then),
    );
    return {since, marks: made};
  }

  /** Hues and parents of all agents that the workflow has. */
  function families() {
    const names = history?.columns.agent_names ?? [];
    const agents = history?.head_states()?.agents?.agents;
    return hues_cache([agents, names.length, history], () => {
      const parent_of = new Map();
      for (const agent of agents ?? []) {
        if (agent.parent_agent_id !== undefined) parent_of.set(agent.agent_id, agent.parent_agent_id);
      }
      return {parent_of, hues: assign_hues(names, parent_of)};
    });
  }

  /** @param {number} point */
  function states_at(point) {
    if (!history || history.loading !== 'ready') return null;
    const states = history.states_at(point) ?? kept_states;
    kept_states = states;
    return states;
  }

  function trace() {
    if (self.view !== 'trace' || !history) return null;
    const names = history.columns.correlation_names;
    self.correlation ??= names[history.columns.correlations[self.point() - 1] ?? -1] ?? names[0] ?? null;
    tracer.show(history.workflow_id, self.correlation, history.columns.count);
    return tracer.trace;
  }

  /** @returns {Model} */
  function model() {
    const head = self.head();
    const point = self.point();
    const live = self.at === null;
    const as_of_us = live && !api.copied_at ? world.now_us() : time_of(point);
    const states = states_at(point);
    const attention_now = attention(states, as_of_us, 'point');
    const {since, marks: made_marks} = marks(point, states, attention_now);
    const trace_now = trace();
    finder.find(self.workflow_id, self.filters.q);
    history?.look_at(point);
    if (point > 0) history?.pages.want(point, point);
    return {
      workflow_id: self.workflow_id,
      view: self.view,
      theme: self.theme,
      workflows: self.workflows,
      workflows_state: self.workflows_state,
      workflows_problem: self.workflows_problem,
      sidebar_filter: self.sidebar_filter,
      copied_at: api.copied_at,
      connection: watch?.connection ?? history?.connection() ?? 'connecting',
      position: Math.max(self.workflows_position, history?.position() ?? 0, watch?.position ?? 0),
      verification: verifier.verification,
      loading: history?.loading ?? 'loading',
      problem: history?.problem ?? '',
      columns: history?.columns ?? no_columns,
      events: history?.pages ?? no_events,
      head,
      point,
      live,
      as_of_us,
      event: (point > 0 && history?.pages.get(point)) || null,
      states,
      attention: attention_now,
      spans: history?.spans.list ?? [],
      spans_revision: history?.spans.revision ?? 0,
      ...families(),
      since,
      compare: self.compare,
      marks: made_marks,
      filters: self.filters,
      search: finder.search,
      correlation: self.correlation,
      trace: trace_now,
      player: self.player,
      zoom: self.zoom,
      note_category: self.category,
      detail_open: self.detail_open,
      help_open: self.help_open,
      sidebar_open: self.sidebar_open,
      toast: self.toast,
    };
  }

  return self;
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
