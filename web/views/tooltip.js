// @ts-check
/* The one tooltip of the page: a title and lines below it, near the pointer. Text only. */
import {h, patch} from '../dom.js';

const AWAY = 14;

/** @param {{title: string, text: string, facts: string}} words @param {number} x of the window @param {number} y */
export function show_tip(words, x, y) {
  const tip = document.getElementById('tip');
  if (!tip) return;
  patch(tip, [
    h('b', {key: 'title', class: 'said'}, words.title),
    words.text ? h('span', {key: 'text', class: 'said'}, words.text) : null,
    h('span', {key: 'facts', class: 'num'}, words.facts),
  ]);
  tip.classList.add('on');
  const {offsetWidth: width, offsetHeight: height} = tip;
  const left = Math.max(8, Math.min(x + AWAY, innerWidth - width - 8));
  const top = y + AWAY + height + 8 > innerHeight ? Math.max(8, y - height - AWAY) : y + AWAY;
  tip.style.setProperty('--x', `${Math.round(left)}px`);
  tip.style.setProperty('--y', `${Math.round(top)}px`);
}

export function hide_tip() {
  document.getElementById('tip')?.classList.remove('on');
}
