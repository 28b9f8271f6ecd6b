// @ts-check
/* Numbers, times and texts as people read them. Times of day are UTC, as in the log, unless a name says otherwise. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The last millisecond of the year 9999, where the log's times end. */
const DATE_MS_MAX = 253402300799999;

/** Characters of an agent's text that a line shows at most. */
const LINE_LENGTH_MAX = 300;

/** Microseconds of UTC of an RFC 3339 time with 6 digits; NaN when it is none. @param {string} timestamp */
export function time_us(timestamp) {
  if (typeof timestamp !== 'string') return NaN;
  return Date.parse(timestamp.slice(0, 23) + 'Z') * 1000 + Number(timestamp.slice(23, 26));
}

/** "08:31:27", with `digits` of the fraction; "" when there is no time.
 * @param {number} us @param {0 | 3 | 6} [digits] */
export function clock(us, digits = 0) {
  const iso = iso_of(us);
  if (iso === '') return '';
  const fraction = iso.slice(20, 23) + String(Math.floor(us) - Math.floor(us / 1000) * 1000).padStart(3, '0');
  return iso.slice(11, 19) + (digits ? '.' + fraction.slice(0, digits) : '');
}

/** "2026-01-09". @param {number} us */
export function day(us) {
  return iso_of(us).slice(0, 10);
}

/** @param {number} us */
function iso_of(us) {
  const ms = Math.floor(us / 1000);
  return ms >= 0 && ms <= DATE_MS_MAX ? new Date(ms).toISOString() : '';
}

/** "479 ms", "4.2 s", "11 s", "5 m 32 s", "1 h 20 m", "3 d 4 h". @param {number} ms */
export function duration(ms) {
  if (!Number.isFinite(ms)) return '';
  const whole = Math.max(0, ms);
  if (whole < SECOND - 0.5) return `${Math.round(whole)} ms`;
  if (whole < 9950) return `${Number((whole / SECOND).toFixed(1))} s`;
  const seconds = Math.round(whole / SECOND);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return two(Math.floor(seconds / 60), 'm', seconds % 60, 's');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1440) return two(Math.floor(minutes / 60), 'h', minutes % 60, 'm');
  return two(Math.floor(minutes / 1440), 'd', Math.floor((minutes % 1440) / 60), 'h');
}

/** A refusal as a sentence of its own. @param {string} text */
export function sentence(text) {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** "now", "8 s ago", "19 min ago", "3 h 6 min ago", "1 d ago"; "in 2 h" when another clock is ahead.
 * @param {number} us since then */
export function ago(us) {
  const ms = us / 1000;
  if (!Number.isFinite(ms)) return '';
  if (ms < -MINUTE) return `in ${about(-ms)}`;
  return ms < 5 * SECOND ? 'now' : `${about(ms)} ago`;
}

/** @param {number} ms */
function about(ms) {
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < DAY) return two(Math.floor(ms / HOUR), 'h', Math.floor((ms % HOUR) / MINUTE), 'min');
  return `${Math.floor(ms / DAY)} d`;
}

/** @param {number} large @param {string} large_unit @param {number} small @param {string} small_unit */
function two(large, large_unit, small, small_unit) {
  return small > 0 ? `${large} ${large_unit} ${small} ${small_unit}` : `${large} ${large_unit}`;
}

/** "$2.92", "$0.0015", "$1,204.50", "−$0.33". @param {number} usd */
export function money(usd) {
  if (!Number.isFinite(usd)) return '';
  const size = Math.abs(usd);
  const digits = size > 0 && size < 0.01 ? 4 : 2;
  return `${usd < 0 ? '−' : ''}$${with_commas(size.toFixed(digits))}`;
}

/** "953", "9.5 k", "95 k", "1.96 M", "2.1 G". @param {number} number */
export function short_number(number) {
  if (!Number.isFinite(number)) return '';
  const size = Math.abs(number);
  if (size < 1000) return String(Number(number.toFixed(size < 10 ? 1 : 0)));
  if (size < 9950) return `${Number((number / 1e3).toFixed(1))} k`;
  if (size < 999500) return `${Math.round(number / 1e3)} k`;
  if (size < 999.5e6) return `${Number((number / 1e6).toFixed(size < 9.995e6 ? 2 : size < 99.95e6 ? 1 : 0))} M`;
  return `${with_commas(String(Number((number / 1e9).toFixed(1))))} G`;
}

/** "12,345". @param {number} number */
export function whole_number(number) {
  return Number.isFinite(number) ? with_commas(String(Math.round(number))) : '';
}

/** @param {string} digits */
const with_commas = (digits) => digits.replace(/^-?\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ','));

/** "1 note", "2 notes". @param {number} number @param {string} noun @param {string} [plural] */
export function counted(number, noun, plural = `${noun}s`) {
  return `${whole_number(number)} ${number === 1 ? noun : plural}`;
}

/* Sequences that colour or move on a terminal: those with parameters, those up to a terminator, and the short ones. */
const TERMINAL = new RegExp([
  '(?:\\u001b\\[|\\u009b)[0-?]*[ -/]*[@-~]',
  '\\u001b[\\]PX^_][^\\u0007\\u001b\\u009c]*(?:\\u0007|\\u001b\\\\|\\u009c)',
  '\\u001b[ -/]*[0-Z\\\\^-~]',
].join('|'), 'g');

/* Controls, and what turns the direction of a text or cannot be seen; line feed and tab are neither. */
const UNSEEN = new RegExp('[' +
  '\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u061c\\u200b\\u200e\\u200f\\u2028-\\u202e' +
  '\\u2060-\\u2064\\u2066-\\u206f\\ufeff\\u{e0000}-\\u{e007f}]', 'gu');

/**
 * A text as it may be shown: terminal sequences are left out; controls, characters that turn its direction and
 * characters that cannot be seen become escapes such as `\u202e`. Lines and tabs stay.
 * @param {string} text
 */
export function visible(text) {
  const plain = text.includes('\u001b') || text.includes('\u009b') ? text.replace(TERMINAL, '') : text;
  return plain.replaceAll('\r\n', '\n').replace(UNSEEN, escape_of);
}

/** @param {string} character */
function escape_of(character) {
  const code = /** @type {number} */ (character.codePointAt(0)).toString(16);
  return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
}

/** The beginning of a text, with an ellipsis when there is more; never half a character.
 * @param {string} text @param {number} length */
export function beginning(text, length) {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? length - 1 : length) + '…';
}

/**
 * Any value of an event's data as one short line: texts cut and made visible, numbers and truths as written,
 * "" for the rest.
 * @param {unknown} value @param {number} [length]
 */
export function line_of(value, length = LINE_LENGTH_MAX) {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return '';
  /* A line may begin behind white space, so a little more than it can hold is looked at, but never a megabyte. */
  const start = value.length > 16 * length ? value.slice(0, 16 * length) : value;
  const line = visible(start).replace(/\s+/g, ' ').trim();
  return beginning(line, length) + (start !== value && line.length <= length ? '…' : '');
}
