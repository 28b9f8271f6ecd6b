/* The theme before the first paint: a script of its own that the page waits for, since modules come later.
 * store.js decides by the same rule: what the link asks for, what was chosen here, what the system prefers. */
(() => {
  const known = (/** @type {unknown} */ theme) => theme === 'light' || theme === 'dark';
  let kept = null;
  try {
    kept = localStorage.getItem('jc-theme');
  } catch {
    /* A browser that keeps nothing. */
  }
  const asked = new URLSearchParams(location.search).get('theme');
  const preferred = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  document.documentElement.dataset.theme = [asked, kept].find(known) ?? preferred;
})();
