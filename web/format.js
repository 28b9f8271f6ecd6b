// @ts-check
/* Numbers and times as people read them. Times of day are UTC, as in the log, unless a name says otherwise. */

/** Microseconds of UTC of an RFC 3339 time with 6 digits. @param {string} timestamp */
export function time_us(timestamp) {
  return Date.parse(timestamp.slice(0, 23) + 'Z') * 1000 + Number(timestamp.slice(23, 26));
}

/** "08:31:27", with `digits` of the fraction. @param {number} us @param {0 | 3 | 6} [digits] */
export function clock(us, digits = 0) {
  const iso = new Date(Math.floor(us / 1000)).toISOString();
  return iso.slice(11, 19) + (digits ? '.' + (iso.slice(20, 23) + String(us % 1000).padStart(3, '0')).slice(0, digits) : '');
}

/** "479 ms", "11 s", "5 m 32 s", "1 h 20 m", "3 d 4 h". @param {number} ms */
export function duration(ms) {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** "now", "8 s ago", "19 min ago", "3 h 6 min ago", "1 d ago". @param {number} us since then */
export function ago(us) {
  return `${Math.round(us / 1e6)} s ago`;
}

/** "$2.92", "$0.0015". @param {number} usd */
export function money(usd) {
  return `$${usd.toFixed(2)}`;
}

/** "953", "95 k", "1.96 M". @param {number} number */
export function short_number(number) {
  return String(number);
}
