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

/** @param {Options} options */
export function open_live({open, after, on_log, on_head, on_replaced, on_state, timers = globalThis}) {
  /** @type {EventSource | null} */
  let source = null;
  /** @type {string | null} of the log that this stream is about */
  let identity = null;
  let failures = 0;
  /** @type {any} */
  let retry = null;
  /** @type {any} */
  let leave = null;
  let closed = false;

  const self = {
    /** @type {Connection} */
    connection: 'connecting',
    position: after,

    /** Nobody looks, or somebody does again. @param {boolean} hidden */
    set_hidden(hidden) {
      timers.clearTimeout(leave);
      leave = null;
      if (hidden) leave = timers.setTimeout(let_go, HIDDEN_MS);
      else if (!source && retry === null && !closed) connect();
    },

    close() {
      closed = true;
      timers.clearTimeout(retry);
      timers.clearTimeout(leave);
      source?.close();
      source = null;
    },
  };

  /** @param {Connection} connection */
  function say(connection) {
    if (self.connection === connection) return;
    self.connection = connection;
    on_state();
  }

  function let_go() {
    source?.close();
    source = null;
    timers.clearTimeout(retry);
    retry = null;
    say('reconnecting');
  }

  /** @param {MessageEvent} message */
  function take_position(message) {
    const position = Number(message.lastEventId);
    if (position > self.position) self.position = position;
  }

  function connect() {
    retry = null;
    const stream = open(self.position);
    source = stream;
    if (!stream) return say('live');
    stream.addEventListener('open', () => {
      if (stream === source) say('behind');
    });
    stream.addEventListener('log', (message) => {
      if (stream !== source) return;
      take_position(message);
      on_log(message.data);
    });
    stream.addEventListener('head', (message) => {
      if (stream !== source) return;
      take_position(message);
      on_head(JSON.parse(message.data));
    });
    stream.addEventListener('ready', (message) => stream === source && ready(JSON.parse(message.data)));
    stream.addEventListener('replaced', () => stream === source && replaced());
    stream.addEventListener('error', () => stream === source && trouble(stream));
  }

  /** @param {{store_id: string, epoch: number, position: number}} told */
  function ready(told) {
    const now = `${told.store_id} ${told.epoch}`;
    if (identity !== null && identity !== now) return replaced();
    identity = now;
    failures = 0;
    if (told.position > self.position) self.position = told.position;
    self.connection = 'live';
    on_state();
  }

  function replaced() {
    self.close();
    on_replaced();
  }

  /** @param {EventSource} stream */
  function trouble(stream) {
    failures++;
    say(failures >= FAILURES_SAID ? 'failed' : 'reconnecting');
    if (stream.readyState !== 2) return;
    stream.close();
    source = null;
    timers.clearTimeout(retry);
    retry = timers.setTimeout(connect, Math.min(WAIT_MAX_MS, WAIT_FIRST_MS * 2 ** (failures - 1)));
  }

  connect();
  return self;
}
