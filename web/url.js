// @ts-check
/* What a link says: the workflow, the view and the point, so that a colleague sees the very same. */

/** @typedef {import('./model.js').Model['view']} View */
/**
 * @typedef {object} Place
 * @property {string | null} workflow_id
 * @property {View} view
 * @property {number | null} at        null: live
 * @property {number | null} from      the pin to compare with
 * @property {import('./model.js').Filters} filters
 * @property {string | null} category
 * @property {string | null} trace
 * @property {'light' | 'dark' | null} theme  only when the link asks for one
 */

/** @type {View[]} */
export const VIEWS = ['overview', 'timeline', 'events', 'notes', 'trace'];

/** @returns {import('./model.js').Filters} */
export const no_filters = () => ({q: '', agents: [], kinds: [], types: [], correlation: null});

/** @param {string | null} text */
function sequence_of(text) {
  return text !== null && /^[0-9]{1,15}$/.test(text) ? Number(text) : null;
}

/** @param {string} search as in location.search @returns {Place} */
export function read_url(search) {
  const of = new URLSearchParams(search);
  const view = /** @type {View} */ (of.get('view'));
  const theme = of.get('theme');
  return {
    workflow_id: of.get('wf') || null,
    view: VIEWS.includes(view) ? view : 'overview',
    at: sequence_of(of.get('at')),
    from: sequence_of(of.get('from')),
    filters: {
      q: of.get('q') ?? '',
      agents: of.getAll('agent'),
      kinds: of.getAll('kind'),
      types: of.getAll('type'),
      correlation: of.get('correlation') || null,
    },
    category: of.get('category') || null,
    trace: of.get('trace') || null,
    theme: theme === 'light' || theme === 'dark' ? theme : null,
  };
}

/** What is as it is without being said is left out. @param {Place} place @returns {string} '' or '?…' */
export function write_url(place) {
  const to = new URLSearchParams();
  if (place.workflow_id !== null) to.set('wf', place.workflow_id);
  if (place.view !== 'overview') to.set('view', place.view);
  if (place.at !== null) to.set('at', String(place.at));
  if (place.from !== null) to.set('from', String(place.from));
  if (place.filters.q) to.set('q', place.filters.q);
  for (const agent of place.filters.agents) to.append('agent', agent);
  for (const kind of place.filters.kinds) to.append('kind', kind);
  for (const type of place.filters.types) to.append('type', type);
  if (place.filters.correlation !== null) to.set('correlation', place.filters.correlation);
  if (place.category !== null) to.set('category', place.category);
  if (place.trace !== null) to.set('trace', place.trace);
  if (place.theme !== null) to.set('theme', place.theme);
  const text = to.toString();
  return text && '?' + text;
}
