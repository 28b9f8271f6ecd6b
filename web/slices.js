// @ts-check
/* Long work in slices, so that the page answers between them. */

/** As long as one slice may take: well below the 50 ms from which on people notice. */
const SLICE_MS = 10;

/** Let the page do what waits. @returns {Promise<void>} */
export function breathe() {
  const scheduler = /** @type {any} */ (globalThis).scheduler;
  return scheduler?.yield ? scheduler.yield() : new Promise((resolve) => setTimeout(resolve));
}

/**
 * A function that says whether the slice that began now, or at the last `true`, is used up.
 * @param {number} [slice_ms] @returns {() => boolean}
 */
export function slice_clock(slice_ms = SLICE_MS) {
  let end = performance.now() + slice_ms;
  return () => {
    const now = performance.now();
    if (now < end) return false;
    end = now + slice_ms;
    return true;
  };
}
