// @ts-check
/* The live stream of a workflow. EventSource comes back by itself after most mishaps; where it gives up, this
 * tries again after 1, 2, 4 … 15 seconds, behind the last position that came. A page that nobody looks at lets
 * go of its stream after a minute, since a browser opens no more than six connections to a server. */

/** @typedef {'connecting' | 'live' | 'behind' | 'reconnecting' | 'failed'} Connection */
/**
 * @typedef {object} Options
 * @property {(after: number) => EventSource | null} open
 * @property {number} after
 * @property {(line: string) => void} on_log     an event's line, not yet parsed
 * @property {(head: any) => void} on_head
 * @property {() => void} on_replaced  what was sent before may be no more; the stream is closed
 * @property {() => void} on_state     `connection` or `position` changed
 * @property {{setTimeout(run: () => void, ms: number): any, clearTimeout(id: any): void}} [timers]
 */

const WAIT_FIRST_MS = 1000;
const WAIT_MAX_MS = 15000;
const HIDDEN_MS = 60000;
const FAILURES_SAID = 4;
/* EventSource.CLOSED */
const CLOSED = 2;

const PAGE_TIMERS = {
  setTimeout: (/** @type {() => void} */ run, /** @type {number} */ ms) => setTimeout(run, ms),
  clearTimeout: (/** @type {any} */ id) => clearTimeout(id),
};

export class Live {
  /** @type {Connection} */
  connection = 'connecting';
  /** Everything up to it has come. */
  position;

  #options;
  #timers;
  /** @type {EventSource | null} */
  #source = null;
  /** @type {string | null} of the log that this stream is about */
  #identity = null;
  #failures = 0;
  /** @type {any} */
  #retry = null;
  /** @type {any} */
  #leave = null;
  #closed = false;

  /** @param {Options} options */
  constructor(options) {
    this.#options = options;
    this.#timers = options.timers ?? PAGE_TIMERS;
    this.position = options.after;
    this.#connect();
  }

  /** Nobody looks, or somebody does again. @param {boolean} hidden */
  set_hidden(hidden) {
    this.#timers.clearTimeout(this.#leave);
    this.#leave = null;
    if (hidden) this.#leave = this.#timers.setTimeout(() => this.#let_go(), HIDDEN_MS);
    else if (!this.#source && this.#retry === null && !this.#closed) this.#connect();
  }

  close() {
    this.#closed = true;
    this.#timers.clearTimeout(this.#retry);
    this.#timers.clearTimeout(this.#leave);
    this.#source?.close();
    this.#source = null;
  }

  /** @param {Connection} connection */
  #say(connection) {
    if (this.connection === connection) return;
    this.connection = connection;
    this.#options.on_state();
  }

  #let_go() {
    this.#source?.close();
    this.#source = null;
    this.#timers.clearTimeout(this.#retry);
    this.#retry = null;
    this.#say('reconnecting');
  }

  #connect() {
    const {open, on_log, on_head} = this.#options;
    this.#retry = null;
    const source = open(this.position);
    this.#source = source;
    if (!source) return this.#say('live');
    /* What a source says after another took its place counts no more. */
    const on = (/** @type {string} */ type, /** @type {(message: any) => void} */ run) =>
      source.addEventListener(type, (message) => source === this.#source && run(message));
    on('open', () => this.#say('behind'));
    on('log', (message) => {
      this.#move_to(Number(message.lastEventId));
      on_log(message.data);
    });
    on('head', (message) => {
      this.#move_to(Number(message.lastEventId));
      on_head(JSON.parse(message.data));
    });
    on('ready', (message) => this.#ready(JSON.parse(message.data)));
    on('replaced', () => this.#replaced());
    on('error', () => this.#trouble(source));
  }

  /** @param {number} position */
  #move_to(position) {
    if (position > this.position) this.position = position;
  }

  /** @param {{store_id: string, epoch: number, position: number}} told */
  #ready(told) {
    const now = `${told.store_id} ${told.epoch}`;
    if (this.#identity !== null && this.#identity !== now) return this.#replaced();
    this.#identity = now;
    this.#failures = 0;
    this.#move_to(told.position);
    this.connection = 'live';
    this.#options.on_state();
  }

  #replaced() {
    this.close();
    this.#options.on_replaced();
  }

  /** @param {EventSource} source */
  #trouble(source) {
    this.#failures++;
    this.#say(this.#failures >= FAILURES_SAID ? 'failed' : 'reconnecting');
    if (source.readyState !== CLOSED) return;
    source.close();
    this.#source = null;
    this.#timers.clearTimeout(this.#retry);
    const wait_ms = Math.min(WAIT_MAX_MS, WAIT_FIRST_MS * 2 ** (this.#failures - 1));
    this.#retry = this.#timers.setTimeout(() => this.#connect(), wait_ms);
  }
}
