// @ts-check
/* Which notes of a list hold some words, or are of a category.
 *
 *     const finder = note_finder();
 *     const {count, is_done, newest} = finder.update('w', list, 'decision', 'log in', used_up);
 *     newest(40)  →  the last 40 of them, the newest first
 *
 * A note stands where it stands: later points have more of them behind it. So what was found holds at every point of
 * a workflow, and each note is looked into once for a question, however many frames there are. It begins with the
 * newest, as those are seen first, and may stop when the time is used up; the next call goes on. */

/** So many notes are looked into between two looks at the clock. */
const STRIDE = 32;
/** When more came at once, it begins again with the newest. */
const NEW_MAX = 2000;

/** @param {any} note @param {string | null} category @param {string[]} words in lower case */
function fits(note, category, words) {
  if (category !== null && note.category !== category) return false;
  if (words.length === 0) return true;
  const {title, content, agent_id, related_file, related_feature, tags} = note;
  const text = [title, content, agent_id, related_file, related_feature, tags].join('\n').toLowerCase();
  return words.every((word) => text.includes(word));
}

export function note_finder() {
  let question = '';
  /* Places from low to before high were looked at; what was found: behind the first look, and before it. */
  let low = 0;
  let high = 0;
  /** @type {number[]} ascending */
  let newer = [];
  /** @type {number[]} descending */
  let older = [];
  let last_id = '';

  /** @param {any[]} list @param {string} asked */
  function begin(list, asked) {
    const is_known = asked === question && list.length >= low && list.length - high <= NEW_MAX &&
      (high === 0 || list.length < high || list[high - 1].id === last_id);
    if (is_known) return;
    question = asked;
    low = high = list.length;
    newer = [];
    older = [];
  }

  /** How many of those that were found stand before a place. @param {number} end */
  function split(end) {
    let skipped = 0;
    while (skipped < older.length && older[skipped] >= end) skipped++;
    let count = newer.length;
    while (count > 0 && newer[count - 1] >= end) count--;
    return {skipped, count};
  }

  return {
    /**
     * @param {string | null} workflow_id @param {any[]} list @param {string | null} category @param {string} words
     * @param {() => boolean} used_up
     */
    update(workflow_id, list, category, words, used_up) {
      begin(list, JSON.stringify([workflow_id, category, words]));
      const each = words.toLowerCase().split(/\s+/).filter(Boolean);
      for (; high < list.length; high++) if (fits(list[high], category, each)) newer.push(high);
      last_id = list.length >= high ? list[high - 1]?.id : last_id;
      while (low > 0 && !(low % STRIDE === 0 && used_up())) {
        low--;
        if (fits(list[low], category, each)) older.push(low);
      }
      const {skipped, count} = split(list.length);
      return {
        count: count + older.length - skipped,
        is_done: low === 0,
        /** @param {number} most */
        newest: (most) => [...newer.slice(Math.max(0, count - most), count).reverse(),
          ...older.slice(skipped, skipped + most)].slice(0, most).map((place) => list[place]),
      };
    },
  };
}
