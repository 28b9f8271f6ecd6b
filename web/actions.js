// @ts-check
/* What a person can do (model.js: Actions). Each changes the store, asks for a frame, and keeps the address true. */

import {next_milestone} from './columns.js';
import {play_on, speed_after} from './player.js';
import {no_filters} from './url.js';

/** @typedef {import('./model.js').Actions} Actions */
/** @typedef {import('./store.js').Store} Store */
/** @typedef {ReturnType<typeof make_base>} Base */

const TOAST_MS = 2200;
const PLAY_MS = 16;
/* While time passes, what changed within so many events stays marked. */
const PLAYED = 6;

/** @param {Store} store @param {{export_page: () => Promise<void>}} more @returns {Actions} */
export function make_actions(store, {export_page}) {
  const base = make_base(store);
  const point = point_actions(store, base);
  return {
    ...point,
    ...place_actions(store, base, point.pause),
    ...part_actions(store),
    ...write_actions(store, base),
    ...copy_actions(store, base),
    verify() {
      const {history} = store;
      if (history) store.verifier.verify(history.workflow_id, history.columns.count);
    },
    async export_page() {
      try {
        await export_page();
      } catch (error) {
        base.toast(`Not exported: ${/** @type {Error} */ (error).message}`);
      }
    },
    toast: base.toast,
  };
}

/** What the others are made with. @param {Store} store */
function make_base(store) {
  const {request_frame} = store.world;
  let serial = 0;
  /** @type {any} */
  let timer = null;

  return {
    /** @param {boolean} [push] */
    changed(push = false) {
      store.put_url(push);
      request_frame();
    },
    /** @param {string} text */
    toast(text) {
      store.toast = {text, serial: ++serial};
      clearTimeout(timer);
      timer = setTimeout(() => {
        store.toast = null;
        request_frame();
      }, TOAST_MS);
      request_frame();
    },
  };
}

/** Moving the point. @param {Store} store @param {Base} base */
function point_actions(store, {changed, toast}) {
  const player = make_player(store, changed);

  /** @param {number} sequence @param {'begin' | 'move' | 'end'} [drag] */
  function go(sequence, drag) {
    const before = store.point;
    if (store.player.playing) store.world.request_frame();
    player.pause();
    if (drag === undefined && sequence === before) return;
    if (drag === undefined || drag === 'begin') store.since = before;
    if (drag !== 'end') store.at = sequence >= store.head ? null : Math.max(1, sequence);
    changed();
  }

  function go_live() {
    player.pause();
    store.at = null;
    store.since = null;
    changed();
  }

  return {
    ...player,
    go,
    go_live,
    /** @param {number} count */
    step: (count) => go(store.point + count),
    /** @param {-1 | 1} direction */
    milestone(direction) {
      const {history, point} = store;
      const found = history && next_milestone(history.columns, point, direction);
      if (found) go(found);
      else if (direction > 0) go_live();
      else go(1);
    },
    compare_toggle() {
      const {point} = store;
      store.compare = store.compare === null ? point : null;
      toast(store.compare === null ? 'Compare ended' : `Comparing from #${point}: move the point`);
      changed();
    },
  };
}

/** Letting time pass. @param {Store} store @param {() => void} changed */
function make_player(store, changed) {
  /** @type {any} */
  let timer = null;
  let left_ms = 0;

  function pause() {
    clearTimeout(timer);
    if (store.player.playing) store.player = {...store.player, playing: false};
  }

  /** @param {number} then */
  function tick(then) {
    if (!store.player.playing) return;
    const now = performance.now();
    /* While the log is read anew, time stands still. */
    if (store.history?.loading !== 'ready') {
      timer = setTimeout(() => tick(performance.now()), PLAY_MS);
      return;
    }
    const from = {point: store.point, left_ms};
    const to = play_on(store.history.columns, from, now - then, store.player.speed);
    left_ms = to.left_ms;
    if (to.ended) {
      pause();
      store.at = null;
      store.since = null;
      return changed();
    }
    if (to.point !== from.point) {
      store.since = Math.max(0, to.point - PLAYED);
      store.at = to.point;
      changed();
    }
    timer = setTimeout(() => tick(now), PLAY_MS);
  }

  function play() {
    clearTimeout(timer);
    if (store.player.playing) {
      pause();
      return changed();
    }
    if (store.head < 2) return;
    store.at ??= 1;
    left_ms = 0;
    store.player = {...store.player, playing: true};
    changed();
    tick(performance.now());
  }

  return {
    pause,
    play,
    next_speed() {
      store.player = {...store.player, speed: speed_after(store.player.speed)};
      store.world.request_frame();
    },
  };
}

/** Which workflow, and which view of it. @param {Store} store @param {Base} base @param {() => void} pause */
function place_actions(store, {changed}, pause) {
  return {
    /** @param {import('./model.js').Model['view']} view */
    show(view) {
      if (view === store.view) return;
      store.view = view;
      store.detail_open = false;
      changed(true);
    },
    /** @param {string} workflow_id */
    open(workflow_id) {
      store.sidebar_open = false;
      if (workflow_id === store.workflow_id && store.history) return store.world.request_frame();
      pause();
      Object.assign(store, {workflow_id, at: null, since: null, compare: null, zoom: null, category: null});
      Object.assign(store, {correlation: null, detail_open: false, filters: no_filters()});
      store.open();
      changed(true);
    },
    /** @param {Partial<import('./model.js').Filters>} patch */
    filter(patch) {
      store.filters = {...store.filters, ...patch};
      changed();
    },
    /** @param {string} correlation */
    show_trace(correlation) {
      store.correlation = correlation;
      store.view = 'trace';
      store.detail_open = false;
      changed(true);
    },
    /** @param {string | null} category */
    note_category(category) {
      store.category = category;
      changed();
    },
    theme_toggle() {
      store.theme = store.theme === 'dark' ? 'light' : 'dark';
      store.world.keep_theme(store.theme === store.world.default_theme() ? null : store.theme);
      changed();
    },
    retry() {
      store.open();
      store.directory.load();
    },
  };
}

/** What is open, and what is zoomed: not in the address. @param {Store} store */
function part_actions(store) {
  /** @param {Partial<Store>} patch */
  const set = (patch) => {
    Object.assign(store, patch);
    store.world.request_frame();
  };
  return {
    /** @param {[number, number] | null} zoom */
    zoom: (zoom) => set({zoom}),
    /** @param {boolean} detail_open */
    detail: (detail_open) => set({detail_open}),
    /** @param {boolean} help_open */
    help: (help_open) => set({help_open}),
    /** @param {boolean} sidebar_open */
    sidebar: (sidebar_open) => set({sidebar_open}),
    /** @param {string} sidebar_filter */
    sidebar_search: (sidebar_filter) => set({sidebar_filter}),
    /** @param {number} from @param {number} to */
    want: (from, to) => store.history?.pages.want(from, to),
  };
}

/** What becomes an event. @param {Store} store @param {Base} base */
function write_actions(store, {toast}) {
  const {api} = store.world;

  /** @param {string} text */
  function refuse(text) {
    toast(text);
    return false;
  }

  /** Post something; say what came of it. @param {() => Promise<any>} post @param {string} done */
  async function write(post, done) {
    if (api.copied_at) return refuse('This is a copy of the page: nothing can be written here');
    if (store.at !== null) return refuse('You look at the past. Go live to write');
    try {
      await post();
      toast(done);
      return true;
    } catch (error) {
      return refuse(`Not written: ${/** @type {Error} */ (error).message}`);
    }
  }

  return {
    /** @type {Actions['add_note']} */
    add_note: (note) => write(() => api.add_note({workflow_id: store.workflow_id, ...note}), 'Note added'),
    /** @type {Actions['send_message']} */
    send_message: (message) =>
      write(() => api.add_event(message_event(store.workflow_id, message)), 'Message sent'),
  };
}

/**
 * The event of a message from a person; what is said about it later carries the same correlation.
 * @param {string | null} workflow_id @param {{to_agent: string, content: string, priority?: string}} message
 */
function message_event(workflow_id, {to_agent, content, priority = 'normal'}) {
  const correlation_id = new_id();
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

/** A random id; crypto.randomUUID is missing from pages of other hosts without TLS. */
function new_id() {
  const bytes = [...crypto.getRandomValues(new Uint8Array(16))];
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const version = `4${hex.slice(13, 16)}`;
  const variant = `8${hex.slice(17, 20)}`;
  return [hex.slice(0, 8), hex.slice(8, 12), version, variant, hex.slice(20)].join('-');
}

/** @param {Store} store @param {Base} base */
function copy_actions(store, {toast}) {
  /** @param {string} text @param {string} what */
  async function copy(text, what) {
    try {
      await store.world.copy(text);
      toast(`${what} copied`);
    } catch {
      toast('The browser does not allow to copy');
    }
  }
  return {copy, copy_link: () => copy(store.world.link(), 'Link')};
}
