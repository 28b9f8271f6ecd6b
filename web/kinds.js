// @ts-check
/* What an event is to a reader: its kind, the shape and tone that show it, and the line that says what happened. */

/** Kinds, in the order of the filter chips. */
export const KINDS = ['workflow', 'features', 'tools', 'turns', 'notes', 'messages', 'tests', 'errors', 'other'];

/** The kind of an event type; 'errors' is a kind besides: see is_error. @param {string} type @returns {string} */
export function kind_of(type) {
  return type.startsWith('agent.note.') ? 'notes' : 'other';
}

/** Does an event of this type tell of something that went wrong? @param {string} type */
export function is_error(type) {
  return /(^|\.)(failed|error|denied)$/.test(type);
}

/** The name of the icon (icons.js) for an event. @param {string} type @param {string} [tool_name] @returns {string} */
export function icon_of(type, tool_name) {
  return tool_name ? 'tool' : type ? 'event' : 'event';
}

/** Its tone: 'ok' | 'bad' | 'warn' | 'run' | 'know' | 'ink'. @param {string} type @returns {string} */
export function tone_of(type) {
  return is_error(type) ? 'bad' : 'ink';
}

/**
 * What happened, in one line: `strong` is what it is about, `text` the rest. What agents wrote is cut, never interpreted.
 * @param {import('./model.js').Event} event @returns {{strong: string, text: string}}
 */
export function summary_of(event) {
  return {strong: '', text: event.event_type};
}
