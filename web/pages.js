// @ts-check
/* The events that are loaded, in pages of 256. What was looked at longest ago goes when there are too many of
 * them, or when they are too large; a page is asked for once, however often it is wanted meanwhile. */

/** @typedef {import('./model.js').Event} Event */
/** @typedef {{events: (Event | undefined)[], count: number, size: number, used: number}} Page */
/**
 * @typedef {object} Options
 * @property {(from: number, to: number) => Promise<{event: Event, size: number}[]>} load
 * @property {(id: string) => Promise<Event>} load_one
 * @property {() => void} on_change
 * @property {number} [pages_max]
 * @property {number} [size_max]   characters of events' lines
 * @property {number} [retry_ms]   how long a page that failed is left alone
 */

export const PAGE = 256;

const LOADS_MAX = 3;
const STRAYS_MAX = 500;
const WAITING_MAX = 24;

/** @param {number} sequence */
const page_of = (sequence) => Math.floor((sequence - 1) / PAGE);

export class Pages {
  /** Rises whenever events came. */
  revision = 0;
  /** The last event that there is, loaded or not. */
  head = 0;

  #options;
  /** @type {Map<number, Page>} */
  #pages = new Map();
  /** @type {Map<string, number>} */
  #sequences = new Map();
  /** @type {Map<string, Event | null>} events found by id outside of the pages; null: asked for, or not to be had */
  #strays = new Map();
  /** @type {Set<number>} */
  #loading = new Set();
  /** @type {Set<number>} those that failed a moment ago */
  #resting = new Set();
  /** @type {number[]} page numbers, the latest wish last */
  #waiting = [];
  #clock = 0;
  #size = 0;
  #closed = false;

  /** @param {Options} options */
  constructor(options) {
    this.#options = {pages_max: 200, size_max: 96e6, retry_ms: 2000, ...options};
  }

  /** @param {number} sequence @returns {Event | undefined} */
  get(sequence) {
    const page = this.#pages.get(page_of(sequence));
    if (!page) return undefined;
    page.used = ++this.#clock;
    return page.events[(sequence - 1) % PAGE];
  }

  /** The event of that id, which may be one of another workflow. @param {string} id @returns {Event | undefined} */
  by_id(id) {
    const sequence = this.#sequences.get(id);
    if (sequence !== undefined) return this.get(sequence);
    const stray = this.#strays.get(id);
    if (stray === undefined) this.#load_stray(id);
    return stray ?? undefined;
  }

  /** Are all of these here? @param {number} from @param {number} to */
  has(from, to) {
    for (let sequence = from; sequence <= to; sequence++) if (!this.get(sequence)) return false;
    return true;
  }

  /** Characters of the events that are loaded. */
  get size() {
    return this.#size;
  }

  /** @param {Event} event @param {number} [length] of its line */
  put(event, length = 600) {
    const number = page_of(event.sequence);
    let page = this.#pages.get(number);
    if (!page) {
      page = {events: new Array(PAGE), count: 0, size: 0, used: ++this.#clock};
      this.#pages.set(number, page);
    }
    const at = (event.sequence - 1) % PAGE;
    if (page.events[at]) return;
    page.events[at] = event;
    page.count++;
    page.size += length;
    this.#size += length;
    this.#sequences.set(event.id, event.sequence);
    this.revision++;
    if (event.sequence > this.head) this.head = event.sequence;
    this.#evict(number);
  }

  /** Load these, as far as they exist. @param {number} from @param {number} to */
  want(from, to) {
    const first = page_of(Math.max(1, from));
    for (let number = page_of(Math.min(this.head, to)); number >= first; number--) {
      if (this.#is_complete(number) || this.#loading.has(number) || this.#resting.has(number)) continue;
      this.#waiting = this.#waiting.filter((other) => other !== number);
      this.#waiting.push(number);
    }
    if (this.#waiting.length > WAITING_MAX) this.#waiting = this.#waiting.slice(-WAITING_MAX);
    this.#load_waiting();
  }

  close() {
    this.#closed = true;
    this.#waiting = [];
  }

  /** @param {number} number */
  #is_complete(number) {
    return (this.#pages.get(number)?.count ?? 0) >= Math.min(PAGE, this.head - number * PAGE);
  }

  #load_waiting() {
    while (this.#loading.size < LOADS_MAX && this.#waiting.length > 0 && !this.#closed) {
      const number = /** @type {number} */ (this.#waiting.pop());
      if (!this.#is_complete(number)) this.#load(number);
    }
  }

  /** @param {number} number */
  async #load(number) {
    this.#loading.add(number);
    try {
      const first = number * PAGE + 1;
      const found = await this.#options.load(first, Math.min(this.head, first + PAGE - 1));
      if (this.#closed) return;
      for (const {event, size} of found) this.put(event, size);
    } catch {
      this.#rest(number);
    } finally {
      this.#loading.delete(number);
    }
    if (this.#closed) return;
    this.#options.on_change();
    this.#load_waiting();
  }

  /* The views want it again with their next frame; what the trouble is, the stream's state says. */
  /** @param {number} number */
  #rest(number) {
    this.#resting.add(number);
    setTimeout(() => {
      this.#resting.delete(number);
      if (!this.#closed) this.#options.on_change();
    }, this.#options.retry_ms);
  }

  /** @param {string} id */
  async #load_stray(id) {
    if (this.#strays.size >= STRAYS_MAX) this.#strays.delete(this.#strays.keys().next().value ?? '');
    this.#strays.set(id, null);
    try {
      const event = await this.#options.load_one(id);
      if (this.#closed) return;
      this.#strays.set(id, event);
      this.revision++;
      this.#options.on_change();
    } catch {
      /* It stays null: an id that is nowhere, as causes from outside of the log are. */
    }
  }

  /** @param {number} keep the number of a page that stays */
  #evict(keep) {
    const {pages_max, size_max} = this.#options;
    while (this.#pages.size > 1 && (this.#pages.size > pages_max || this.#size > size_max)) {
      let oldest = -1;
      let used = Infinity;
      for (const [number, page] of this.#pages) {
        if (number !== keep && page.used < used) [oldest, used] = [number, page.used];
      }
      const page = /** @type {Page} */ (this.#pages.get(oldest));
      for (const event of page.events) if (event) this.#sequences.delete(event.id);
      this.#size -= page.size;
      this.#pages.delete(oldest);
    }
  }
}
