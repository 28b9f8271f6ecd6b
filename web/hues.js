// @ts-check
/* A colour for each agent: a hue a family, a lighter tint for its subagents, in the order in which they came up. */

const FAMILIES = 6;
const DEPTH_MAX = 64;
const PEOPLE = new Set(['person', 'human', 'user']);

export const HUE_NONE = '--agent-none';

/** Is it a person who stands behind this agent_id? @param {string} agent_id */
export const is_person = (agent_id) => PEOPLE.has(agent_id);

/**
 * CSS variable names by agent: `--agent-1` … `--agent-6`, `--agent-1-sub` … for subagents of that family,
 * `--agent-person` for people, `--agent-none` for events without an agent (see HUE_NONE).
 * @param {string[]} agent_names in the order of their first event
 * @param {Map<string, string>} parent_of an agent's parent
 * @returns {Map<string, string>}
 */
export function assign_hues(agent_names, parent_of) {
  /** @type {Map<string, number>} */
  const families = new Map();
  /** @type {Map<string, string>} */
  const hues = new Map();
  for (const name of agent_names) {
    const root = root_of(name, parent_of);
    if (is_person(root)) {
      hues.set(name, '--agent-person');
      continue;
    }
    if (!families.has(root)) families.set(root, (families.size % FAMILIES) + 1);
    hues.set(name, `--agent-${families.get(root)}${root === name ? '' : '-sub'}`);
  }
  return hues;
}

/** The eldest of an agent's line. In a ring of parents, which no sane log holds, each is its own.
 * @param {string} name @param {Map<string, string>} parent_of */
function root_of(name, parent_of) {
  let root = name;
  for (let depth = 0; depth < DEPTH_MAX; depth++) {
    const parent = parent_of.get(root);
    if (parent === undefined || parent === root) return root;
    root = parent;
  }
  return name;
}
