// @ts-check
/* The command lines that show in a terminal what the page shows, quoted for a POSIX shell, whatever the ids hold. */

/** Quote a word. What needs none stays as it is. @param {string} word */
export function quote(word) {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word) && !word.startsWith('=')) return word;
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** What a command takes as an argument, not as an option. @param {string} word */
function argument(word) {
  return word.startsWith('-') ? `-- ${quote(word)}` : quote(word);
}

/** One event, or several in a row. @param {string} workflow_id @param {number} from @param {number} [to] */
export function log_command(workflow_id, from, to = from) {
  return `jc log ${quote(workflow_id)} --from ${from} --to ${to} --json`;
}

/** @param {string} correlation_id */
export function trace_command(correlation_id) {
  return `jc trace ${argument(correlation_id)}`;
}

/** @param {string} workflow_id @param {number} sequence */
export function state_command(workflow_id, sequence) {
  return `jc state ${quote(workflow_id)} --at ${sequence}`;
}

/** @param {string} workflow_id @param {number} from @param {number} to */
export function diff_command(workflow_id, from, to) {
  return `jc diff ${quote(workflow_id)} ${from} ${to}`;
}
