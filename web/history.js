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
import {Live} from './live.js';
import {PAGE, Pages} from './pages.js';
import {breathe} from './slices.js';
import {Spans} from './spans.js';
import {fold_on, PROJECTIONS, resume_cursor, states_of, StateStore} from './states.js';

/** @typedef {import('./model.js').Event} Event */
/** @typedef {import('./model.js').States} States */
/** @typedef {{sequence: number, states: States}} Told */
/**
 * @typedef {object} Options
 * @property {import('./api.js').Api} api
 * @property {string} workflow_id
 * @property {number} after        a position: everything up to it is in what will be loaded
 * @property {() => void} on_change
 * @property {(head: any) => void} [on_head]      something happened in another workflow
 * @property {() => void} [on_replaced]           the log is another one: open it anew
 */

const WHOLE_MAX = 5000;
const WHOLE_SIZE_MAX = 48e6;
const WHOLE_PART = 1000;
const STEP = 200;
const SETTLE_MS = 200;
const RETRY_MS = 3000;
/* How many events are done between two looks at the clock. */
const STRIDE = 8;

export class History {
  columns = make_columns();
  spans = new Spans();
  /** @type {'loading' | 'ready' | 'missing' | 'failed'} */
  loading = 'loading';
  problem = '';
  /** Are all events here? */
  whole = false;
  /** @type {Promise<void>} resolved when all is loaded that will be without being wanted */
  loaded;

  #options;
  #abort = new AbortController();
  #states;
  /** @type {import('./states.js').Cursor | null} */
  #tip = null;
  /** @type {States | null} of the tip, once asked for */
  #tip_states = null;
  /** @type {any} the fold of the timeline */
  #timeline = null;
  /** @type {string[]} lines of the stream that wait for their frame */
  #lines = [];
  /** @type {Live | null} */
  #live = null;
  #healing = false;
  #looked_at = -1;
  /** @type {any} */
  #settle = null;

  /** @param {Options} options */
  constructor(options) {
    const {api, workflow_id, on_change} = options;
    const {signal} = this.#abort;
    this.#options = options;
    this.workflow_id = workflow_id;
    this.pages = new Pages({
      load: (from, to) => api.events(workflow_id, from, to, signal),
      load_one: (id) => api.event(id),
      on_change,
    });
    this.#states = new StateStore({
      get: (sequence) => this.pages.get(sequence),
      ask: async (sequence) => (await api.state(workflow_id, PROJECTIONS, sequence, signal)).states,
      on_change,
    });
    this.loaded = this.#load();
  }

  get connection() {
    return this.#live?.connection ?? 'connecting';
  }

  get position() {
    return this.#live?.position ?? this.#options.after;
  }

  /**
   * The states behind an event; null: on their way.
   * @param {number} sequence @param {import('./states.js').Hand} [hand]
   */
  states_at(sequence, hand = 'point') {
    if (this.#tip && sequence === this.#tip.sequence) return this.head_states;
    if (sequence >= this.columns.count) return null;
    return this.#states.at(sequence, hand);
  }

  /** The states at the head, as far as it is folded. */
  get head_states() {
    if (this.#tip) this.#tip_states ??= states_of(this.#tip);
    return this.#tip_states;
  }

  /** The point is here: have what is around it ready, once it rests. @param {number} sequence */
  look_at(sequence) {
    if (sequence === this.#looked_at) return;
    this.#looked_at = sequence;
    clearTimeout(this.#settle);
    this.#settle = setTimeout(() => {
      this.pages.want(sequence - PAGE, sequence + PAGE);
      if (!this.whole && sequence < this.columns.count) this.#states.prepare(sequence);
    }, SETTLE_MS);
  }

  /**
   * Take what the stream has told, for some milliseconds.
   * @param {number} budget_ms @returns {{added: number, more: boolean}}
   */
  work(budget_ms) {
    const end = performance.now() + budget_ms;
    const before = this.columns.count;
    const lines = this.#lines;
    let at = 0;
    while (at < lines.length && (at % STRIDE !== 0 || performance.now() < end)) this.#take_line(lines[at++]);
    this.#lines = lines.slice(at);
    const done = this.#catch_up(end);
    return {added: this.columns.count - before, more: this.#lines.length > 0 || !done};
  }

  /** @param {boolean} hidden */
  set_hidden(hidden) {
    this.#live?.set_hidden(hidden);
  }

  close() {
    this.#abort.abort();
    clearTimeout(this.#settle);
    this.pages.close();
    this.#states.close();
    this.#live?.close();
  }

  /* ---- What comes live ---- */

  #follow() {
    const {api, workflow_id, after, on_change, on_head = () => {}, on_replaced = () => {}} = this.#options;
    this.#live = new Live({
      open: (position) => api.stream(workflow_id, position),
      after,
      on_log: (line) => {
        this.#lines.push(line);
        on_change();
      },
      on_head,
      on_replaced,
      on_state: on_change,
    });
  }

  /** @param {string} line */
  #take_line(line) {
    /** @type {Event} */
    const event = JSON.parse(line);
    if (event.sequence <= this.columns.count) return;
    this.pages.put(event, line.length);
    if (!add_event(this.columns, event)) this.#heal();
  }

  /** Events are missing before one that came: the outline has them. */
  async #heal() {
    if (this.#healing) return;
    this.#healing = true;
    const {columns, pages} = this;
    const {api, workflow_id, on_change} = this.#options;
    try {
      await api.outline(workflow_id, columns.count, outline_reader(columns), this.#abort.signal);
      pages.head = Math.max(pages.head, columns.count);
      for (let next = pages.get(columns.count + 1); next; next = pages.get(columns.count + 1)) {
        add_event(columns, next);
      }
    } catch {
      /* The next event that comes tries again. */
    } finally {
      this.#healing = false;
    }
    on_change();
  }

  /** Fold the tip and the timeline on, as far as events are here. @param {number} end @returns {boolean} done */
  #catch_up(end) {
    const tip = this.#tip;
    const timeline = this.#timeline;
    if (!tip || !timeline) return true;
    const {count} = this.columns;
    const next = () => Math.min(tip.sequence, timeline.sequence) + 1;
    for (let sequence = next(); sequence <= count; sequence = next()) {
      const event = this.pages.get(sequence);
      if (!event) {
        this.pages.want(sequence, Math.min(count, sequence + 4 * PAGE));
        break;
      }
      this.#fold(tip, timeline, event);
      if (sequence % STRIDE === 0 && performance.now() > end) break;
    }
    for (const index of FOLDS.timeline.changed(timeline)) {
      this.spans.take(index, FOLDS.timeline.span(timeline, index));
    }
    return next() > count || !this.pages.get(next());
  }

  /** @param {import('./states.js').Cursor} tip @param {any} timeline @param {Event} event */
  #fold(tip, timeline, event) {
    if (event.sequence > tip.sequence) {
      fold_on(tip, event);
      this.#tip_states = null;
      if (event.sequence % STEP === 0 && this.head_states) this.#states.take(event.sequence, this.head_states);
    }
    FOLDS.timeline.apply(timeline, event);
    timeline.sequence = Math.max(timeline.sequence, event.sequence);
  }

  /* ---- Loading ---- */

  async #load() {
    try {
      const tip_told = this.#load_tip();
      await Promise.all([this.#load_outline(), tip_told, this.#load_timeline(tip_told)]);
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      const {status, message} = /** @type {import('./api.js').Refusal} */ (error);
      /* 400: no workflow can have that name. */
      this.loading = status === 404 || status === 400 ? 'missing' : 'failed';
      this.problem = message;
      this.#options.on_change();
      return;
    }
    if (this.#abort.signal.aborted) return;
    this.loading = this.columns.count > 0 ? 'ready' : 'missing';
    if (this.loading === 'ready') this.#follow();
    this.#options.on_change();
    await this.#load_whole();
  }

  async #load_outline() {
    const {api, workflow_id, on_change} = this.#options;
    const read = outline_reader(this.columns);
    /** @param {any} block */
    const take = (block) => {
      read(block);
      this.pages.head = this.columns.count;
      on_change();
    };
    await api.outline(workflow_id, 0, take, this.#abort.signal);
  }

  /** @param {string[]} projections @param {number | null} at @returns {Promise<Told>} */
  #ask_state(projections, at) {
    const {api, workflow_id} = this.#options;
    return api.state(workflow_id, projections, at, this.#abort.signal);
  }

  async #load_tip() {
    const told = await this.#ask_state(PROJECTIONS, null);
    this.#tip = resume_cursor(told.sequence, told.states);
    this.#states.take(told.sequence, told.states);
    return told;
  }

  /** @param {Promise<Told>} tip_told */
  async #load_timeline(tip_told) {
    const {api, workflow_id} = this.#options;
    const reader = FOLDS.timeline.reader();
    /** @type {any} */
    let head = null;
    /* Line by line, as they come: all spans of a long history at once would keep the page from answering. */
    await api.timeline(workflow_id, (line) => {
      if (!head) return (head = line);
      this.spans.read(line);
      return reader.span(line);
    }, this.#abort.signal);
    if (!head) return;
    this.spans.sort();
    await breathe();
    /* Its lines are the spans; the features' names, which the fold goes on with, are those of the workflow then. */
    let told = await tip_told;
    if (told.sequence !== head.sequence) told = await this.#ask_state(['workflow'], head.sequence);
    this.#timeline = Object.assign(reader.end(told.states.workflow.features), {sequence: head.sequence});
  }

  /** All events of a small workflow, and checkpoints along them. */
  async #load_whole() {
    const {columns, pages} = this;
    const {signal} = this.#abort;
    let from = 1;
    while (from <= columns.count && columns.count <= WHOLE_MAX && pages.size <= WHOLE_SIZE_MAX && !signal.aborted) {
      from = await this.#load_part(from, Math.min(from + WHOLE_PART - 1, columns.count));
      this.#options.on_change();
      await breathe();
    }
    if (signal.aborted || from <= columns.count) return;
    this.whole = true;
    await this.#states.warm(columns.count);
    this.#options.on_change();
  }

  /** @param {number} from @param {number} to @returns {Promise<number>} where to go on */
  async #load_part(from, to) {
    if (this.pages.has(from, to)) return to + 1;
    const {api, workflow_id} = this.#options;
    try {
      for (const {event, size} of await api.events(workflow_id, from, to, this.#abort.signal)) {
        this.pages.put(event, size);
      }
      return to + 1;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      return from;
    }
  }
}
