// @ts-check
/* The page: the world around the store, and a frame whenever something changed.
 *
 *     what came, what a person did → store → request_frame → model → descriptions → patch */

import {make_actions} from './actions.js';
import {http_api} from './api.js';
import {copy_api} from './copy_api.js';
import {h, patch, show_fresh} from './dom.js';
import {export_page} from './export.js';
import {clock, whole_number} from './format.js';
import {act_of} from './keys.js';
import {Store} from './store.js';
import {read_url} from './url.js';
import {header, title_of} from './views/header.js';
import {help} from './views/help.js';
import {shell} from './views/shell.js';
import {sidebar} from './views/sidebar.js';
import {toast} from './views/toast.js';
import {transport} from './views/transport.js';

/** @typedef {import('./model.js').Model} Model */

const THEME_KEY = 'jc-theme';
const REPLACE_MS = 250;
const HIDDEN_FRAME_MS = 250;
const IDLE_TICKS = 20;

/** @param {string} id */
const part = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const parts = {
  app: part('app'),
  side: part('side'),
  main: part('main'),
  head: part('head'),
  view: part('view'),
  deck: part('deck'),
  dialogs: part('dialogs'),
  toast: part('toast'),
  say: part('say'),
  file: part('file'),
};
const prefers_dark = matchMedia('(prefers-color-scheme: dark)');

/* ---- The world ---- */

let frame_asked = false;
function request_frame() {
  if (frame_asked) return;
  frame_asked = true;
  if (document.hidden) setTimeout(frame, HIDDEN_FRAME_MS);
  else requestAnimationFrame(frame);
}

/** @returns {'light' | 'dark' | null} */
function kept_theme() {
  try {
    const kept = localStorage.getItem(THEME_KEY);
    return kept === 'light' || kept === 'dark' ? kept : null;
  } catch {
    return null;
  }
}

/** @param {'light' | 'dark' | null} theme */
function keep_theme(theme) {
  try {
    if (theme === null) localStorage.removeItem(THEME_KEY);
    else localStorage.setItem(THEME_KEY, theme);
  } catch {
    /* A browser that keeps nothing: the theme holds for this page. */
  }
}

/** @type {string | null} */
let url_waits = null;
/** @type {any} */
let url_timer = null;

/* Browsers refuse an address that changes too often, as it would under a hand that drags. */
/** @param {string} search @param {boolean} push */
function put_url(search, push) {
  /* What waits is of the place that is left: back leads to it as it was. */
  if (push) flush_url(false);
  url_waits = search;
  if (push) {
    flush_url(true);
    return;
  }
  url_timer ??= setTimeout(() => flush_url(false), REPLACE_MS);
}

/** @param {boolean} push */
function flush_url(push) {
  clearTimeout(url_timer);
  url_timer = null;
  if (url_waits === null || url_waits === location.search) return;
  const address = location.pathname + url_waits;
  if (push) history.pushState(null, '', address);
  else history.replaceState(null, '', address);
}

/** @param {string} text */
async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  /* Pages of other hosts without TLS have no clipboard, but may answer the event. */
  const answer = (/** @type {ClipboardEvent} */ event) => {
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
  };
  document.addEventListener('copy', answer, {once: true});
  const done = document.execCommand('copy');
  document.removeEventListener('copy', answer);
  if (!done) throw new Error('not copied');
}

/** @param {string} name @param {string} text */
function save_file(name, text) {
  const address = URL.createObjectURL(new Blob([text], {type: 'text/html'}));
  patch(parts.file, [h('a', {key: address, href: address, download: name})]);
  /** @type {HTMLElement} */ (parts.file.firstChild).click();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}

const copied = document.getElementById('copy');
/** @type {import('./store.js').World} */
const world = {
  api: copied ? copy_api(JSON.parse(copied.textContent ?? '')) : http_api(),
  now_us: () => Date.now() * 1000,
  default_theme: () => (prefers_dark.matches ? 'dark' : 'light'),
  kept_theme,
  keep_theme,
  put_url,
  link() {
    flush_url(false);
    return location.href;
  },
  copy,
  request_frame,
  save_file,
};

const store = new Store(world, read_url(location.search));
const actions = make_actions(store, {
  async export_page() {
    const styles = [...document.querySelectorAll('link[rel="stylesheet"]')];
    const made = await export_page(store, styles.map((link) => link.getAttribute('href') ?? ''));
    save_file(made.name, made.text);
    const held = made.events < store.head ? `The first ${whole_number(made.events)} events are` : 'All events are';
    actions.toast(`${held} in ${made.name}`);
  },
});

/* ---- A frame ---- */

/** @type {Model} */
let model = store.model();
let say_step = false;
let focus_search = false;

function frame() {
  frame_asked = false;
  const more = store.work();
  const before = model;
  model = store.model();
  show_fresh(store.fresh);
  draw(model, before);
  show_fresh(false);
  if (more) request_frame();
}

/** @param {Model} now @param {Model} before */
function draw(now, before) {
  document.documentElement.dataset.theme = now.theme;
  const title = title_of(now);
  document.title = title ? `${title} · jc` : 'jc · flight recorder';
  const ready = now.workflow_id !== null && now.columns.count > 0;
  parts.app.classList.toggle('past', ready && !now.live);
  parts.app.classList.toggle('stale', now.stale);
  parts.app.classList.toggle('drawer', now.sidebar_open);
  parts.view.className = `view-${now.view}`;
  parts.view.setAttribute('aria-labelledby', `tab-${now.view}`);
  parts.view.setAttribute('aria-busy', String(now.stale));
  patch(parts.side, sidebar(now, actions, world.now_us()));
  patch(parts.head, header(now, actions));
  patch(parts.view, [shell(now, actions)]);
  patch(parts.deck, [ready ? transport(now, actions) : null]);
  draw_dialogs(now);
  patch(parts.toast, [toast(now)]);
  tell_outside(now);
  after(now, before);
}

/** What is shown, for whoever looks from outside: data-… of #app. @param {Model} now */
function tell_outside(now) {
  const settled = now.workflow_id === null ? now.workflows_state !== 'loading' : now.loading !== 'loading' && (now.states !== null || now.loading !== 'ready');
  const told = {
    ready: settled, workflow: now.workflow_id ?? '', view: now.view, head: now.head, point: now.point, live: now.live,
    connection: now.connection, states: now.states?.workflow?.last_event?.sequence ?? 0,
  };
  for (const [name, value] of Object.entries(told)) {
    if (parts.app.dataset[name] !== String(value)) parts.app.dataset[name] = String(value);
  }
}

/** @param {Model} now */
function draw_dialogs(now) {
  const open = /** @type {HTMLDialogElement | null} */ (parts.dialogs.querySelector('dialog'));
  if (open?.open && !now.help_open) open.close();
  patch(parts.dialogs, [help(now, actions)]);
  const dialog = /** @type {HTMLDialogElement | null} */ (parts.dialogs.querySelector('dialog'));
  if (dialog && !dialog.open) dialog.showModal();
}

/**
 * What the description of a page does not say: where it is scrolled to, and what has the focus.
 * @param {Model} now @param {Model} before
 */
function after(now, before) {
  if (now.view !== before.view || now.workflow_id !== before.workflow_id) parts.view.scrollTop = 0;
  if (now.sidebar_open !== before.sidebar_open) focus_drawer(now.sidebar_open);
  if (now.detail_open !== before.detail_open) focus_sheet(now.detail_open);
  if (focus_search) {
    focus_search = false;
    search_field()?.focus();
  }
  if (say_step) {
    say_step = false;
    const words = now.live ? `live, event ${now.point}` : `as of event ${now.point}, ${clock(now.as_of_us)}`;
    patch(parts.say, [now.marks.summary.length ? `${words}: ${now.marks.summary.join(', ')}` : words]);
  }
}

const search_field = () => /** @type {HTMLInputElement | null} */ (parts.view.querySelector('input[type="search"]'));

/** @param {boolean} open */
function focus_drawer(open) {
  parts.main.inert = open;
  const {side, head} = parts;
  const current = side.querySelector('.wf[aria-current]') ?? side.querySelector('button');
  const target = open ? current : head.querySelector('button');
  /** @type {HTMLElement | null} */ (target)?.focus();
}

/** @type {Element | null} what had the focus before the sheet was opened */
let before_sheet = null;

/** Into the sheet with an event's detail, and back to the list. @param {boolean} open */
function focus_sheet(open) {
  const sheet = parts.view.querySelector('.panel.detail');
  const has_focus = sheet?.contains(document.activeElement) || document.activeElement === document.body;
  if (!open && !has_focus) return;
  const list = before_sheet?.isConnected ? before_sheet : parts.view.querySelector('.vl');
  if (open) before_sheet = document.activeElement;
  const target = open ? sheet?.querySelector('.ph button') : list;
  /** @type {HTMLElement | null | undefined} */ (target)?.focus({preventScroll: true});
}

/* ---- What comes from outside ---- */

const page = {
  focus_search() {
    const field = model.view === 'events' ? search_field() : null;
    if (field) return field.focus();
    focus_search = true;
    actions.show('events');
    request_frame();
  },
  /** Keys for the canvas, which knows how wide time is. @param {number} factor */
  zoom(factor) {
    parts.view.dispatchEvent(new CustomEvent('jc-zoom', {detail: factor}));
  },
};

/** Out of a field; a search is over then. @param {KeyboardEvent} event @param {HTMLElement} target */
function leave_field(event, target) {
  if (target.matches('input[type="search"]')) {
    event.preventDefault();
    /** @type {HTMLInputElement} */ (target).value = '';
    target.dispatchEvent(new Event('input', {bubbles: true}));
  }
  target.blur();
}

addEventListener('keydown', (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if (event.key === 'Escape' && target.matches('input, textarea')) return leave_field(event, target);
  if (event.defaultPrevented || model.help_open) return;
  const found = act_of(event);
  if (!found) return;
  event.preventDefault();
  say_step = found.step;
  found.act(actions, model, page);
});

addEventListener('popstate', () => {
  url_waits = null;
  store.go_to(read_url(location.search));
});

document.addEventListener('visibilitychange', () => {
  store.set_hidden(document.hidden);
  request_frame();
});

prefers_dark.addEventListener('change', () => {
  if (kept_theme() === null) store.theme = world.default_theme();
  request_frame();
});

part('scrim').addEventListener('click', () => actions.sidebar(false));
addEventListener('resize', request_frame);

/* "8 s ago" grows by itself, quickly while something runs. */
let ticks = 0;
setInterval(() => {
  if (document.hidden) return;
  const runs = model.live && model.states?.workflow?.status !== 'completed';
  if (runs || ++ticks % IDLE_TICKS === 0) request_frame();
}, 1000);

store.directory.load();
request_frame();
