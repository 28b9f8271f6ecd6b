// @ts-check
/* The workflow that is shown: what is known of it, and how that grows.
 *
 *     load    outline → columns · states at the head → tip · timeline → spans      (at once)
 *             then the live stream, from a position before all of these: nothing is missed, and what
 *             comes twice is passed over by its sequence
 *     work    once a frame: lines that came → columns, pages, tip, spans, for some milliseconds
 *     states  at the head from the tip, which is folded on event by event; elsewhere from states.js
 *
 * Workflows of up to 5,000 events are loaded wholly in the background, so that every point is near. */

import {add_event, make_columns, outline_reader} from './columns.js';
import {FOLDS} from './fold.js';
import {open_live} from './live.js';
import {make_pages, PAGE} from './pages.js';
import {breathe} from './slices.js';
import {make_spans} from './spans.js';
import {fold_on, make_states, PROJECTIONS, resume_cursor, states_of} from './states.js';

/** @typedef {import('./model.js').Event} Event */
/** @typedef {import('./model.js').States} States */
/** @typedef {ReturnType<typeof open_history>} History */

const WHOLE_MAX = 5000;
const WHOLE_SIZE_MAX = 48e6;
const STEP = 200;
const SETTLE_MS = 200;
const RETRY_MS = 3000;

/**
 * @typedef {object} Options
 * @property {import('./api.js').Api} api
 * @property {string} workflow_id
 * @property {number} after        a position: everything up to it is in what will be loaded
 * @property {() => void} on_change
 * @property {(head: any) => void} [on_head]      something happened in another workflow
 * @property {() => void} [on_replaced]           the log is another one: open it anew
 */

/** @param {Options} options */
export function open_history({api, workflow_id, after, on_change, on_head = () => {}, on_replaced = () => {}}) {
  const abort = new AbortController();
  const columns = make_columns();
  const spans = make_spans();
  const pages = make_pages({
    load: (from, to) => api.events(workflow_id, from, to, abort.signal),
    load_one: (id) => api.event(id),
    on_change,
  });
  const states = make_states({
    get: (sequence) => pages.get(sequence),
    ask: async (sequence) => (await api.state(workflow_id, PROJECTIONS, sequence, abort.signal)).states,
    on_change,
  });
  /** @type {import('./states.js').Cursor | null} */
  let tip = null;
  /** @type {States | null} of the tip, once asked for */
  let tip_states = null;
  /** @type {any} the fold of the timeline */
  let timeline = null;
  /** @type {string[]} lines of the stream that wait for their frame */
  let lines = [];
  /** @type {ReturnType<typeof open_live> | null} */
  let live = null;
  let healing = false;
  let looked_at = -1;
  /** @type {any} */
  let settle = null;

  const self = {
    workflow_id,
    columns,
    pages,
    spans,
    /** @type {'loading' | 'ready' | 'missing' | 'failed'} */
    loading: 'loading',
    problem: '',
    whole: false,
    /** @type {Promise<void>} */
    loaded: Promise.resolve(),
    connection: () => live?.connection ?? 'connecting',
    position: () => live?.position ?? after,
    states_problem: () => states.problem,

    /**
     * The states behind an event; null: on their way.
     * @param {number} sequence @param {'point' | 'other'} [hand]
     */
    states_at(sequence, hand = 'point') {
      if (tip && sequence === tip.sequence) return (tip_states ??= states_of(tip));
      if (sequence >= columns.count) return null;
      return states.at(sequence, hand);
    },

    /** The states at the head, as far as they are known. */
    head_states: () => tip && (tip_states ??= states_of(tip)),

    /** The point is here: have what is around it ready, once it rests. @param {number} sequence */
    look_at(sequence) {
      if (sequence === looked_at) return;
      looked_at = sequence;
      clearTimeout(settle);
      settle = setTimeout(() => {
        pages.want(sequence - PAGE, sequence + PAGE);
        if (!self.whole && sequence < columns.count) states.prepare(sequence);
      }, SETTLE_MS);
    },

    /**
     * Take what the stream has told, for some milliseconds.
     * @param {number} budget_ms @returns {{added: number, more: boolean}}
     */
    work(budget_ms) {
      const end = performance.now() + budget_ms;
      const before = columns.count;
      let at = 0;
      while (at < lines.length && (at % 8 !== 0 || performance.now() < end)) take_line(lines[at++]);
      lines = at < lines.length ? lines.slice(at) : [];
      const done = catch_up(end);
      return {added: columns.count - before, more: lines.length > 0 || !done};
    },

    /** @param {boolean} hidden */
    set_hidden: (hidden) => live?.set_hidden(hidden),

    close() {
      abort.abort();
      clearTimeout(settle);
      pages.close();
      states.close();
      live?.close();
    },
  };

  /** @param {string} line */
  function take_line(line) {
    /** @type {Event} */
    const event = JSON.parse(line);
    if (event.sequence <= columns.count) return;
    pages.put(event, line.length);
    if (!add_event(columns, event)) heal();
  }

  /** Events are missing before one that came: the outline has them. */
  async function heal() {
    if (healing) return;
    healing = true;
    try {
      await api.outline(workflow_id, columns.count, outline_reader(columns), abort.signal);
      pages.head = Math.max(pages.head, columns.count);
      for (let next = pages.get(columns.count + 1); next; next = pages.get(columns.count + 1)) add_event(columns, next);
    } catch {
      /* The next event that comes tries again. */
    } finally {
      healing = false;
    }
    on_change();
  }

  /** Fold the tip and the timeline on, as far as events are here. @param {number} end @returns {boolean} done */
  function catch_up(end) {
    if (!tip || !timeline) return true;
    while (Math.min(tip.sequence, timeline.sequence) < columns.count) {
      const next = Math.min(tip.sequence, timeline.sequence) + 1;
      const event = pages.get(next);
      if (!event) {
        pages.want(next, Math.min(columns.count, next + 4 * PAGE));
        break;
      }
      if (tip.sequence < next) {
        fold_on(tip, event);
        tip_states = null;
        if (next % STEP === 0) states.take(next, (tip_states = states_of(tip)));
      }
      FOLDS.timeline.apply(timeline, event);
      timeline.sequence = Math.max(timeline.sequence, next);
      if (next % 8 === 0 && performance.now() > end) break;
    }
    for (const index of FOLDS.timeline.changed(timeline)) spans.take(index, FOLDS.timeline.span(timeline, index));
    return Math.min(tip.sequence, timeline.sequence) >= columns.count || !pages.get(tip.sequence + 1);
  }

  async function load_outline() {
    const read = outline_reader(columns);
    /** @param {any} block */
    const take = (block) => {
      read(block);
      pages.head = columns.count;
      on_change();
    };
    await api.outline(workflow_id, 0, take, abort.signal);
  }

  /** @returns {Promise<{sequence: number, states: States}>} */
  async function load_tip() {
    const told = await api.state(workflow_id, PROJECTIONS, null, abort.signal);
    tip = resume_cursor(told.sequence, told.states);
    states.take(told.sequence, told.states);
    return told;
  }

  /** @param {Promise<{sequence: number, states: States}>} tip_told */
  async function load_timeline(tip_told) {
    /** @type {any[]} */
    const all = [];
    /** @type {any} */
    let head = null;
    await api.timeline(workflow_id, (line) => (head ? all.push(line) : (head = line)), abort.signal);
    if (!head) return;
    spans.fill(all);
    await breathe();
    /* Its lines are the spans; the features' names, which the fold goes on with, are those of the workflow then. */
    let told = await tip_told;
    if (told.sequence !== head.sequence) told = await api.state(workflow_id, ['workflow'], head.sequence, abort.signal);
    const json = {spans: all, features: told.states.workflow.features};
    timeline = FOLDS.timeline.from_json(json, head.sequence);
  }

  async function load() {
    try {
      const tip_told = load_tip();
      await Promise.all([load_outline(), tip_told, load_timeline(tip_told)]);
    } catch (error) {
      if (abort.signal.aborted) return;
      const {status, message} = /** @type {import('./api.js').Refusal} */ (error);
      self.loading = status === 404 ? 'missing' : 'failed';
      self.problem = message;
      on_change();
      return;
    }
    self.loading = columns.count > 0 ? 'ready' : 'missing';
    if (self.loading === 'ready') follow();
    on_change();
    await load_whole();
  }

  function follow() {
    live = open_live({
      open: (position) => api.stream(workflow_id, position),
      after,
      on_log(line) {
        lines.push(line);
        on_change();
      },
      on_head,
      on_replaced,
      on_state: on_change,
    });
  }

  /** All events of a small workflow, and checkpoints along them. */
  async function load_whole() {
    let from = 1;
    while (from <= columns.count && columns.count <= WHOLE_MAX && pages.loaded_size() <= WHOLE_SIZE_MAX) {
      if (abort.signal.aborted) return;
      const to = Math.min(from + 999, columns.count);
      try {
        if (!pages.has(from, to)) {
          for (const {event, size} of await api.events(workflow_id, from, to, abort.signal)) pages.put(event, size);
        }
        from = to + 1;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
      on_change();
      await breathe();
    }
    if (abort.signal.aborted || from <= columns.count) return;
    self.whole = true;
    await states.warm(columns.count);
    on_change();
  }

  self.loaded = load();
  return self;
}
