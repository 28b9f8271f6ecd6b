// @ts-check
/* What adds up over an agent's events, or a session's: counts, tools, tokens, cost. The twin of
 * src/projection/tally.c. Dollars are whole billionths, so that what was added can be taken away again exactly.
 *
 * Counts are exact up to 2^53, as all numbers are here; C's go on to 2^64. */

import {add, amount_in, list_in, member, whole} from './values.js';

const COUNTS = ['events', 'turns', 'machine_turns', 'responses', 'errors', 'notes', 'messages_sent',
  'messages_received', 'subagents', 'compactions', 'permissions_requested', 'permissions_denied'];
const TOOL_COUNTS = ['calls', 'completed', 'failed', 'denied', 'abandoned', 'duration_ms'];
const TOKEN_COUNTS = ['input', 'output', 'cache_read', 'cache_creation'];

const NANO = 1e9;
const NANO_USD_MAX = 2e15;

/** @typedef {Record<string, any>} Data */
/** @typedef {{input: number, output: number, cache_read: number, cache_creation: number}} Tokens */
/** @typedef {{name: string, json: any} & Record<string, any>} Tool */
/** @typedef {{nano: number | undefined}} Cost  undefined: none was told */
/** @typedef {{first_seen?: string, last_seen?: string, counts: Record<string, number>, tokens: Tokens, cost: Cost,
 *   feature_cost: Cost, tools: Map<string, Tool>}} Tally */

/** @param {string[]} names @returns {Record<string, number>} */
function zeros(names) {
  return Object.fromEntries(names.map((name) => [name, 0]));
}

/**
 * Those of the counts that are not 0.
 * @param {string[]} names @param {Record<string, number>} counts @param {any} object
 */
function write_counts(names, counts, object) {
  for (const name of names) if (counts[name] > 0) object[name] = counts[name];
  return object;
}

/** @param {string[]} names @param {Record<string, number>} counts @param {any} from */
function read_counts(names, counts, from) {
  for (const name of names) counts[name] = member(from, name) ?? 0;
}

/** @returns {Tally} */
export function tally_new() {
  return {counts: zeros(COUNTS), tokens: tokens_new(), cost: {nano: undefined}, feature_cost: {nano: undefined},
    tools: new Map()};
}

/** The tally of a tool, which is about to change. @param {Tally} tally @param {string} name @returns {Tool} */
export function tally_tool(tally, name) {
  let tool = tally.tools.get(name);
  if (tool === undefined) tally.tools.set(name, tool = /** @type {Tool} */ ({name, ...zeros(TOOL_COUNTS), json: null}));
  tool.json = null;
  return tool;
}

/** @param {Tally} tally @param {string} time */
export function tally_see(tally, time) {
  if (tally.first_seen === undefined || time < tally.first_seen) tally.first_seen = time;
  if (tally.last_seen === undefined || time > tally.last_seen) tally.last_seen = time;
}

/** @returns {Tokens} */
function tokens_new() {
  return {input: 0, output: 0, cache_read: 0, cache_creation: 0};
}

/** @param {any} usage @param {string} name */
function tokens_under(usage, name) {
  return Math.max(whole(member(usage, name)) ?? 0, 0);
}

/** What a response used. @param {Data} data @returns {Tokens} */
export function tokens_of({usage}) {
  return {input: tokens_under(usage, 'input_tokens'), output: tokens_under(usage, 'output_tokens'),
    cache_read: tokens_under(usage, 'cache_read_input_tokens'),
    cache_creation: tokens_under(usage, 'cache_creation_input_tokens')};
}

/** @param {Tokens} sum @param {Tokens} more @param {1 | -1} sign */
export function tokens_add(sum, more, sign) {
  sum.input += sign * more.input;
  sum.output += sign * more.output;
  sum.cache_read += sign * more.cache_read;
  sum.cache_creation += sign * more.cache_creation;
}

/** Dollars in billionths; undefined when they make no sense. @param {number | undefined} usd */
function nano_of(usd) {
  if (usd === undefined || !(Math.abs(usd) * NANO <= NANO_USD_MAX)) return undefined;
  return Math.trunc(usd * NANO + (usd < 0 ? -0.5 : 0.5)) + 0;
}

/** @param {Data} data */
export function cost_of(data) {
  return nano_of(amount_in(data, 'cost_usd'));
}

/**
 * Add to a sum; what would make it more than two million dollars is not. Returns what was added.
 * @param {Cost} sum @param {number | undefined} nano @returns {number | undefined}
 */
export function cost_add(sum, nano) {
  if (nano === undefined || Math.abs((sum.nano ?? 0) + nano) > NANO_USD_MAX) return undefined;
  sum.nano = (sum.nano ?? 0) + nano;
  return nano;
}

/** @param {Cost} sum @param {number | undefined} nano */
export function cost_subtract(sum, nano) {
  if (nano !== undefined) sum.nano = (sum.nano ?? 0) - nano;
}

/** @param {number | undefined} nano */
export function usd_of(nano) {
  return nano === undefined ? undefined : nano / NANO;
}

/** @param {any} usd */
export function nano_read(usd) {
  return Number.isFinite(usd) ? nano_of(usd) : undefined;
}

/** @param {Tokens} tokens */
export function tokens_json(tokens) {
  return write_counts(TOKEN_COUNTS, tokens, {});
}

/** @param {any} from @returns {Tokens} */
export function tokens_read(from) {
  const tokens = tokens_new();
  read_counts(TOKEN_COUNTS, tokens, from);
  return tokens;
}

/** @param {Tool} tool */
function tool_json(tool) {
  tool.json ??= write_counts(TOOL_COUNTS, tool, {name: tool.name});
  return tool.json;
}

/** @param {Tally} tally @param {Record<string, any>} object */
export function tally_write(tally, object) {
  add(object, {first_seen: tally.first_seen, last_seen: tally.last_seen});
  write_counts(COUNTS, tally.counts, object);
  return add(object, {
    tokens: tally.counts.responses > 0 ? tokens_json(tally.tokens) : undefined,
    cost_usd: usd_of(tally.cost.nano),
    feature_cost_usd: usd_of(tally.feature_cost.nano),
    tools: tally.tools.size > 0 ? Array.from(tally.tools.values(), tool_json) : undefined,
  });
}

/** @param {any} from @returns {Tally} */
export function tally_read(from) {
  const tally = tally_new();
  tally.first_seen = from.first_seen;
  tally.last_seen = from.last_seen;
  read_counts(COUNTS, tally.counts, from);
  tally.tokens = tokens_read(from.tokens);
  tally.cost.nano = nano_read(from.cost_usd);
  tally.feature_cost.nano = nano_read(from.feature_cost_usd);
  for (const object of list_in(from, 'tools')) {
    const tool = tally_tool(tally, object.name);
    read_counts(TOOL_COUNTS, tool, object);
    tool.json = object;
  }
  return tally;
}
