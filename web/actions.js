// @ts-check
/* What a person can do (model.js: Actions). Each changes the store, asks for a frame, and keeps the address true. */

import {next_milestone} from './columns.js';
import {play_on, speed_after} from './player.js';

/** @typedef {import('./model.js').Actions} Actions */

const TOAST_MS = 2200;
/* While time passes, what changed within so many events stays marked. */
const PLAYED = 6;

/** @param {import('./store.js').Store} store @param {{export_page: () => Promise<void>}} more @returns {Actions} */
export function make_actions(store, {export_page}) {
  const {world} = store;
  let serial = 0;
  /** @type {any} */
  let toast_timer = null;
  /** @type {any} */
  let play_timer = null;
  let left_ms = 0;

  /** @param {boolean} [push] */
  function changed(push = false) {
    store.put_url(push);
    world.request_frame();
  }

  /** @param {string} text */
  function toast(text) {
    store.toast = {text, serial: ++serial};
    clearTimeout(toast_timer);
    toast_timer = setTimeout(() => {
      store.toast = null;
      world.request_frame();
    }, TOAST_MS);
    world.request_frame();
  }

  function pause() {
    clearTimeout(play_timer);
    if (store.player.playing) store.player = {...store.player, playing: false};
  }

  /** @param {number} sequence */
  function move(sequence) {
    const head = store.head();
    store.at = sequence >= head ? null : Math.max(1, sequence);
  }

  /** @param {number} sequence @param {'begin' | 'move' | 'end'} [drag] */
  function go(sequence, drag) {
    pause();
    const before = store.point();
    if (drag === undefined && sequence === before) return;
    if (drag === undefined || drag === 'begin') store.since = before;
    if (drag !== 'end') move(sequence);
    changed();
  }

  function go_live() {
    pause();
    store.at = null;
    store.since = null;
    changed();
  }

  function tick(/** @type {number} */ then) {
    const history = store.history();
    if (!store.player.playing || !history) return;
    const now = performance.now();
    const from = {point: store.point(), left_ms};
    const to = play_on(history.columns, from, now - then, store.player.speed);
    left_ms = to.left_ms;
    if (to.ended) return go_live();
    if (to.point !== from.point) {
      store.since = Math.max(0, to.point - PLAYED);
      store.at = to.point;
      changed();
    }
    play_timer = setTimeout(() => tick(now), 16);
  }

  function play() {
    if (store.player.playing) {
      pause();
      return changed();
    }
    if (store.head() < 2) return;
    if (store.at === null) store.at = 1;
    left_ms = 0;
    store.player = {...store.player, playing: true};
    changed();
    tick(performance.now());
  }

  /** @param {string} workflow_id */
  function open(workflow_id) {
    store.sidebar_open = false;
    if (workflow_id === store.workflow_id && store.history()) return world.request_frame();
    pause();
    Object.assign(store, {workflow_id, at: null, since: null, compare: null, zoom: null, category: null});
    Object.assign(store, {correlation: null, detail_open: false});
    store.filters = {q: '', agents: [], kinds: [], types: [], correlation: null};
    store.open_history();
    changed(true);
  }

  /**
   * Post something; say what came of it.
   * @param {() => Promise<any>} post @param {string} done
   */
  async function write(post, done) {
    if (world.api.copied_at) return refuse('This is a copy of the page: nothing can be written here');
    if (store.at !== null) return refuse('You look at the past. Go live to write');
    try {
      await post();
      toast(done);
      return true;
    } catch (error) {
      return refuse(`Not written: ${/** @type {Error} */ (error).message}`);
    }
  }

  /** @param {string} text */
  function refuse(text) {
    toast(text);
    return false;
  }

  /** @param {string} text @param {string} what */
  async function copy(text, what) {
    try {
      await world.copy(text);
      toast(`${what} copied`);
    } catch {
      toast('The browser does not allow to copy');
    }
  }

  return {
    go,
    go_live,
    step: (count) => go(store.point() + count),
    milestone(direction) {
      const history = store.history();
      const found = history && next_milestone(history.columns, store.point(), direction);
      if (found) go(found);
      else if (direction > 0) go_live();
      else go(1);
    },
    play,
    next_speed() {
      store.player = {...store.player, speed: speed_after(store.player.speed)};
      world.request_frame();
    },
    show(view) {
      if (view === store.view) return;
      store.view = view;
      store.detail_open = false;
      changed(true);
    },
    open,
    filter(patch) {
      store.filters = {...store.filters, ...patch};
      changed();
    },
    compare_toggle() {
      const point = store.point();
      store.compare = store.compare === null ? point : null;
      toast(store.compare === null ? 'Compare ended' : `Comparing from #${point}: move the point`);
      changed();
    },
    show_trace(correlation) {
      store.correlation = correlation;
      store.view = 'trace';
      store.detail_open = false;
      changed(true);
    },
    zoom(window) {
      store.zoom = window;
      world.request_frame();
    },
    note_category(category) {
      store.category = category;
      changed();
    },
    want: (from, to) => store.history()?.pages.want(from, to),
    copy,
    copy_link: () => copy(world.link(), 'Link'),
    add_note: (note) => write(() => world.api.add_note({workflow_id: store.workflow_id, ...note}), 'Note added'),
    send_message: (message) => write(() => world.api.add_event(message_event(store.workflow_id, message)), 'Message sent'),
    verify() {
      const history = store.history();
      if (history) store.verifier.verify(history.workflow_id, history.columns.count);
    },
    async export_page() {
      try {
        await export_page();
      } catch (error) {
        toast(`Not exported: ${/** @type {Error} */ (error).message}`);
      }
    },
    theme_toggle() {
      store.theme = store.theme === 'dark' ? 'light' : 'dark';
      world.keep_theme(store.theme === world.default_theme() ? null : store.theme);
      changed();
    },
    detail(open_) {
      store.detail_open = open_;
      world.request_frame();
    },
    help(open_) {
      store.help_open = open_;
      world.request_frame();
    },
    sidebar(open_) {
      store.sidebar_open = open_;
      world.request_frame();
    },
    sidebar_search(text) {
      store.sidebar_filter = text;
      world.request_frame();
    },
    retry() {
      store.load_workflows();
      store.open_history();
      world.request_frame();
    },
    toast,
  };
}

/**
 * The event of a message from a person; what is said about it later carries the same correlation.
 * @param {string | null} workflow_id @param {{to_agent: string, content: string, priority?: string}} message
 */
function message_event(workflow_id, {to_agent, content, priority = 'normal'}) {
  const correlation_id = crypto.randomUUID();
  return {
    workflow_id,
    event_type: 'agent.message.sent',
    agent_id: 'person',
    correlation_id,
    data: {
      from_agent: 'person',
      to_agent,
      message_type: 'notification',
      priority,
      content,
      awaiting_response: false,
      correlation_id,
    },
  };
}
