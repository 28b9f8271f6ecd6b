// @ts-check
/* What folds read from events, and how it goes into a state: texts, numbers and lists of `data`, times, sizes in
 * bytes. The twin of src/projection/{payload,maybe,actor}.c: what is absent there is undefined here.
 *
 * Times are kept as they are on the wire, RFC 3339 with six digits and a Z: such texts sort by time, and are exact
 * in every year that there is. `data` is whatever an agent wrote; nothing here throws on it. */

/** @typedef {import('../model.js').Event} Event */
/** @typedef {Record<string, any>} Data */
/** @typedef {string | undefined} Text */

const TIME_LENGTH = '2026-01-09T09:30:00.123456Z'.length;
const ID_SIZE_MAX = 256;
const WHOLE_MAX = 9e15;

/** @type {Data} */
const NONE = Object.freeze({});

/** An event's data; nothing when it has none. @param {Event} event @returns {Data} */
export function data_of(event) {
  const data = event.data;
  return typeof data === 'object' && data !== null && !Array.isArray(data) ? data : NONE;
}

/** May an event be folded: does it say what it is, its place and its time? @param {any} event */
export function is_event(event) {
  return typeof event === 'object' && event !== null && Number.isSafeInteger(event.sequence) &&
    typeof event.event_type === 'string' && typeof event.timestamp === 'string' &&
    event.timestamp.length === TIME_LENGTH;
}

/** A text that is not empty, else undefined. @param {any} value @returns {Text} */
export function text_of(value) {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The first text that is not empty under these names. @param {Data} data @param {...string} names @returns {Text} */
export function text_in(data, ...names) {
  for (const name of names) {
    const value = data[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}

/** The first true or false. @param {Data} data @param {string} name @returns {boolean | undefined} */
export function flag_in(data, name) {
  return typeof data[name] === 'boolean' ? data[name] : undefined;
}

/** The first number, when it can be a duration or a cost. @param {Data} data @param {...string} names */
export function amount_in(data, ...names) {
  for (const name of names) {
    const value = data[name];
    if (Number.isFinite(value)) return value >= 0 ? value + 0 : undefined;
  }
  return undefined;
}

/** A list; empty when it is none. @param {Data} data @param {string} name @returns {any[]} */
export function list_in(data, name) {
  return Array.isArray(data[name]) ? data[name] : [];
}

/** What an object has under a name; undefined for what is no object. @param {any} value @param {string} name */
export function member(value, name) {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value[name] : undefined;
}

/** A number in whole units; undefined when it is none that fits. @param {any} number */
export function whole(number) {
  return Number.isFinite(number) && Math.abs(number) <= WHOLE_MAX ? Math.trunc(number) + 0 : undefined;
}

/* ---- Times ---- */

/** @param {string} text @param {number} from @param {number} count */
function digits(text, from, count) {
  let number = 0;
  for (let i = from; i < from + count; i++) number = number * 10 + text.charCodeAt(i) - 48;
  return number;
}

/** @param {string} time */
function ms_of(time) {
  return Date.UTC(digits(time, 0, 4), digits(time, 5, 2) - 1, digits(time, 8, 2), digits(time, 11, 2),
    digits(time, 14, 2), digits(time, 17, 2), digits(time, 20, 3));
}

/** Microseconds between two times. @param {string} start @param {string} end */
export function us_between(start, end) {
  return (ms_of(end) - ms_of(start)) * 1000 + digits(end, 23, 3) - digits(start, 23, 3);
}

/** Whole milliseconds from a start, never negative; undefined without one. @param {Text} start @param {string} end */
export function duration_between(start, end) {
  if (start === undefined) return undefined;
  if (end <= start) return 0;
  return ms_of(end) - ms_of(start) - (digits(end, 23, 3) < digits(start, 23, 3) ? 1 : 0);
}

/** @param {bigint} us @returns {string} */
function time_of(us) {
  const text = new Date(Number(us / 1000n)).toISOString();
  return `${text.slice(0, -1)}${String(us % 1000n).padStart(3, '0')}Z`;
}

/**
 * When something began whose end alone is known: so long before it as data says in duration_ms; undefined when
 * that says nothing that can be.
 * @param {Data} data @param {string} end @returns {Text}
 */
export function start_told(data, end) {
  const told = amount_in(data, 'duration_ms');
  if (told === undefined) return undefined;
  const end_us = BigInt(ms_of(end)) * 1000n + BigInt(digits(end, 23, 3));
  if (told * 1000 > Number(end_us)) return undefined;
  const start_us = end_us - BigInt(Math.trunc(told * 1000));
  return start_us >= 0n ? time_of(start_us) : undefined;
}

/* ---- Bytes of UTF-8 ---- */

/** @param {number} code  of a character */
function size_of_code(code) {
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

/**
 * The beginning of a text, of at most so many bytes, not cut within a character.
 * @param {string} text @param {number} max
 */
export function cut(text, max) {
  if (text.length * 3 <= max) return text;
  let size = 0;
  for (let i = 0; i < text.length;) {
    const code = /** @type {number} */ (text.codePointAt(i));
    size += size_of_code(code);
    if (size > max) return text.slice(0, i);
    i += code > 0xffff ? 2 : 1;
  }
  return text;
}

/** Can it be an id: not too long, and without control characters? @param {string} text */
export function is_id(text) {
  return text !== '' && cut(text, ID_SIZE_MAX) === text && !/[\u0000-\u001f\u007f-\u009f]/.test(text);
}

/* ---- Who acts ---- */

/** What a tool call is known by until it ends. @param {Data} data @param {Event} event @returns {string} */
export function call_key(data, event) {
  return text_in(data, 'tool_use_id') ?? `${text_of(event.agent_id) ?? ''}/${tool_in(data)}`;
}

/** @param {Data} data @returns {string} */
export function tool_in(data) {
  return text_in(data, 'tool_name', 'tool', 'name') ?? 'tool';
}

/** Whom a tool call started, by what came back of it. @param {Data} data */
export function launched_by(data) {
  return text_of(member(data.tool_response, 'agentId'));
}

/**
 * Whom subagent.started and .completed speak of, and who started it; never the same.
 * @param {Data} data @param {Event} event
 */
export function subagent_of(data, event) {
  const own = text_of(event.agent_id);
  let parent_id = text_in(data, 'parent_agent_id');
  const id = text_in(data, 'agent_id', 'subagent_id') ?? (parent_id !== undefined ? own : undefined);
  parent_id ??= own;
  return {id, type: text_in(data, 'agent_type', 'subagent_type'), parent_id: parent_id !== id ? parent_id : undefined};
}

/* ---- Into a state ---- */

/**
 * Set a member under a name that is data.
 * @param {Record<string, any>} object @param {string} name @param {any} value
 */
export function put(object, name, value) {
  if (name === '__proto__')
    Object.defineProperty(object, name, {value, enumerable: true, configurable: true, writable: true});
  else object[name] = value;
}

/**
 * Set members that are there: not undefined, nor an empty text.
 * @param {Record<string, any>} object @param {Record<string, any>} members
 */
export function add(object, members) {
  for (const name in members) {
    const value = members[name];
    if (value !== undefined && value !== '') object[name] = value;
  }
  return object;
}

/**
 * Things in order, each as JSON: made once, and again only when one changed.
 * @template T
 * @typedef {{items: T[], json: any[] | null}} Listed
 */

/** @template T @param {Listed<T>} listed @param {(item: T) => any} json_of @returns {any[]} */
export function list_json(listed, json_of) {
  listed.json ??= listed.items.map(json_of);
  return listed.json;
}
