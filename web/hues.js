// @ts-check
/* A colour for each agent: a hue a family, a lighter tint for its subagents, in the order in which they came up. */

/**
 * CSS variable names by agent: `--agent-1` … `--agent-6`, `--agent-1-sub` … for subagents of that family,
 * `--agent-person` for people, `--agent-none` for events without an agent (see HUE_NONE).
 * @param {string[]} agent_names in the order of their first event
 * @param {Map<string, string>} parent_of an agent's parent
 * @returns {Map<string, string>}
 */
export function assign_hues(agent_names, parent_of) {
  return new Map(agent_names.map((name, index) => [name, `--agent-${(index % 6) + 1}${parent_of.has(name) ? '-sub' : ''}`]));
}

export const HUE_NONE = '--agent-none';
