// @ts-check
/* The events that are loaded, in pages of 256. What was looked at longest ago goes when there are too many of
 * them, or when they are too large; a page is asked for once, however often it is wanted meanwhile. */

/** @typedef {import('./model.js').Event} Event */
/** @typedef {{events: (Event | undefined)[], count: number, size: number, used: number}} Page */

export const PAGE = 256;

/**
 * @typedef {object} Options
 * @property {(from: number, to: number) => Promise<{event: Event, size: number}[]>} load
 * @property {(id: string) => Promise<Event>} load_one
 * @property {() => void} on_change
 * @property {number} [pages_max]
 * @property {number} [size_max]   characters of events' lines
 * @property {number} [retry_ms]   how long a page that failed is left alone
 */

const LOADS_MAX = 3;
const STRAYS_MAX = 500;
const WAITING_MAX = 24;

/** @param {Options} options */
export function make_pages({load, load_one, on_change, pages_max = 200, size_max = 96e6, retry_ms = 2000}) {
  /** @type {Map<number, Page>} */
  const pages = new Map();
  /** @type {Map<string, number>} */
  const sequences = new Map();
  /** @type {Map<string, Event | null>} events found by id outside of the pages; null: asked for, or not to be had */
  const strays = new Map();
  const loading = new Set();
  const resting = new Set();
  /** @type {number[]} page numbers, the latest wish last */
  let waiting = [];
  let clock = 0;
  let size = 0;
  let closed = false;

  const self = {
    revision: 0,
    head: 0,

    /** @param {number} sequence @returns {Event | undefined} */
    get(sequence) {
      const page = pages.get(Math.floor((sequence - 1) / PAGE));
      if (!page) return undefined;
      page.used = ++clock;
      return page.events[(sequence - 1) % PAGE];
    },

    /** The event of that id, which may be one of another workflow. @param {string} id @returns {Event | undefined} */
    by_id(id) {
      const sequence = sequences.get(id);
      if (sequence !== undefined) return self.get(sequence);
      const stray = strays.get(id);
      if (stray === undefined) fetch_stray(id);
      return stray ?? undefined;
    },

    /** @param {Event} event @param {number} [length] of its line */
    put(event, length = 600) {
      const number = Math.floor((event.sequence - 1) / PAGE);
      let page = pages.get(number);
      if (!page) pages.set(number, (page = {events: new Array(PAGE), count: 0, size: 0, used: ++clock}));
      const at = (event.sequence - 1) % PAGE;
      if (page.events[at]) return;
      page.events[at] = event;
      page.count++;
      page.size += length;
      size += length;
      sequences.set(event.id, event.sequence);
      self.revision++;
      if (event.sequence > self.head) self.head = event.sequence;
      if (pages.size > pages_max || size > size_max) evict(number);
    },

    /** Load these, as far as they exist. @param {number} from @param {number} to */
    want(from, to) {
      const first = Math.floor((Math.max(1, from) - 1) / PAGE);
      const last = Math.floor((Math.min(self.head, to) - 1) / PAGE);
      for (let number = last; number >= first; number--) {
        if (complete(number) || loading.has(number) || resting.has(number)) continue;
        waiting = waiting.filter((other) => other !== number);
        waiting.push(number);
      }
      if (waiting.length > WAITING_MAX) waiting = waiting.slice(-WAITING_MAX);
      pump();
    },

    /** Are all of these here? @param {number} from @param {number} to */
    has(from, to) {
      for (let sequence = from; sequence <= to; sequence++) if (!self.get(sequence)) return false;
      return true;
    },

    loaded_size: () => size,

    close() {
      closed = true;
      waiting = [];
    },
  };

  /** @param {number} number */
  function complete(number) {
    return (pages.get(number)?.count ?? 0) >= Math.min(PAGE, self.head - number * PAGE);
  }

  function pump() {
    while (loading.size < LOADS_MAX && waiting.length > 0 && !closed) {
      const number = /** @type {number} */ (waiting.pop());
      if (!complete(number)) fetch_page(number);
    }
  }

  /** @param {number} number */
  async function fetch_page(number) {
    loading.add(number);
    try {
      const first = number * PAGE + 1;
      const found = await load(first, Math.min(self.head, first + PAGE - 1));
      if (closed) return;
      for (const {event, size: length} of found) self.put(event, length);
    } catch {
      /* The views want it again with their next frame; what the trouble is, the stream's state says. */
      resting.add(number);
      setTimeout(() => {
        resting.delete(number);
        if (!closed) on_change();
      }, retry_ms);
    } finally {
      loading.delete(number);
    }
    if (closed) return;
    on_change();
    pump();
  }

  /** @param {string} id */
  async function fetch_stray(id) {
    if (strays.size >= STRAYS_MAX) strays.delete(strays.keys().next().value ?? '');
    strays.set(id, null);
    try {
      const event = await load_one(id);
      if (closed) return;
      strays.set(id, event);
      self.revision++;
      on_change();
    } catch {
      /* It stays null: an id that is nowhere, as causes from outside of the log are. */
    }
  }

  /** @param {number} keep */
  function evict(keep) {
    while (pages.size > 1 && (pages.size > pages_max || size > size_max)) {
      let oldest = -1;
      let used = Infinity;
      for (const [number, page] of pages) {
        if (number !== keep && page.used < used) [oldest, used] = [number, page.used];
      }
      const page = /** @type {Page} */ (pages.get(oldest));
      for (const event of page.events) if (event) sequences.delete(event.id);
      size -= page.size;
      pages.delete(oldest);
    }
  }

  return self;
}
