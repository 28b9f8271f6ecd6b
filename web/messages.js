// @ts-check
/* Messages as the page shows them: each once, from the mailboxes of both ends. */
import {time_us} from './format.js';

/**
 * @typedef {object} Message
 * @property {string} key        its correlation, or its id when it has none
 * @property {string} id
 * @property {number} sequence   of its sending
 * @property {string} from
 * @property {string} to
 * @property {string} type
 * @property {string} priority
 * @property {string} content
 * @property {number} sent_us    NaN when nobody said
 * @property {number} read_us    NaN until it is acknowledged
 * @property {number} done_us    NaN until what it asked for is done
 * @property {number} read_sequence
 * @property {number} done_sequence
 * @property {string} result     what came back
 * @property {boolean} failed    it came back without success
 * @property {boolean} awaited   an answer is waited for
 */

/** @type {WeakMap<object, Message[]>} */
const known = new WeakMap();

/** All messages of a mailbox, the newest first; the same array for the same state.
 * @param {any} mailbox @returns {Message[]} */
export function messages_of(mailbox) {
  const agents = mailbox?.agents;
  if (typeof agents !== 'object' || agents === null) return [];
  const before = known.get(mailbox);
  if (before) return before;
  /** @type {Map<string, any>} */
  const found = new Map();
  for (const name of Object.keys(agents)) {
    for (const place of ['inbox', 'outbox', 'conversation_history']) {
      for (const each of Array.isArray(agents[name]?.[place]) ? agents[name][place] : []) {
        const id = each?.id ?? each?.correlation_id;
        found.set(id, {...found.get(id), ...each});
      }
    }
  }
  const messages = [...found.values()].map(message_of).sort((a, b) => b.sequence - a.sequence);
  known.set(mailbox, messages);
  return messages;
}

/** @param {any} from @returns {Message} */
function message_of(from) {
  return {
    key: text(from.correlation_id) || text(from.id),
    id: text(from.id),
    sequence: Number(from.sequence) || 0,
    from: text(from.from_agent),
    to: text(from.to_agent),
    type: text(from.message_type),
    priority: text(from.priority),
    content: text(from.content),
    sent_us: time_us(from.sent_at ?? from.received_at),
    read_us: time_us(from.acknowledged_at),
    done_us: time_us(from.completed_at),
    read_sequence: Number(from.acknowledged_sequence) || 0,
    done_sequence: Number(from.completed_sequence) || 0,
    result: text(from.result),
    failed: from.success === false,
    awaited: from.awaiting_response === true,
  };
}

/** @param {unknown} value */
const text = (value) => (typeof value === 'string' ? value : '');

/** Where a message is on its way. @param {Message} message @returns {'answered' | 'read' | 'unread'} */
export function receipt_of(message) {
  if (!Number.isNaN(message.done_us)) return 'answered';
  return Number.isNaN(message.read_us) ? 'unread' : 'read';
}
