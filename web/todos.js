// @ts-check
/* The list of things to do that an agent keeps with a tool: what there is of it in a call. Pure; data can hold
 * anything, so each member is looked at before it is believed. */

/** @typedef {{text: string, status: 'completed' | 'running' | 'planned'}} Todo */

const TODOS_MAX = 100;

/** @type {Record<string, Todo['status']>} as agents call them */
const STATUSES = {completed: 'completed', done: 'completed', in_progress: 'running', active: 'running'};

/** @param {any} value @param {string[]} members */
const first_of = (value, members) => members.map((member) => value?.[member]).find(Boolean);

/** The list that a call of a tool wrote; empty when it wrote none. @param {any} data @returns {Todo[]} */
export function todos_of(data) {
  const list = first_of(data?.tool_input ?? data?.input, ['todos', 'plan']) ?? data?.tool_response?.newTodos;
  if (!Array.isArray(list)) return [];
  return list.slice(0, TODOS_MAX).map(todo_of).filter((todo) => todo !== null);
}

/** @param {any} item @returns {Todo | null} */
function todo_of(item) {
  const text = first_of(item, ['content', 'step', 'subject', 'title', 'text']);
  if (typeof text !== 'string') return null;
  const status = typeof item.status === 'string' && Object.hasOwn(STATUSES, item.status) ? STATUSES[item.status] : 'planned';
  return {text, status};
}

/** "2 of 5 done" @param {Todo[]} todos */
export function todos_done(todos) {
  return `${todos.filter((todo) => todo.status === 'completed').length} of ${todos.length} done`;
}

/** "2 of 5 done · Write the tests": how far it is, and what is done now. "" when there is no list. @param {any} data */
export function todos_line(data) {
  const todos = todos_of(data);
  if (todos.length === 0) return '';
  const now = todos.find((todo) => todo.status === 'running');
  return now ? `${todos_done(todos)} · ${now.text}` : todos_done(todos);
}
