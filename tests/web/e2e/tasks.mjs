/* How long the page kept a processor: what DevTools trace of its tasks. It is the time that the thread itself ran,
 * not the time that passed, so that a machine with other work to do fails no test. */

/** @typedef {{ms: number, passed_ms: number, what: string}} Task  `what` the task did most */

const CATEGORIES = ['toplevel', 'devtools.timeline', 'v8', '__metadata'];
const MAIN = 'CrRendererMain';

/** The longest task of a page while something is done. @returns {Promise<Task>} */
export async function longest_task(page, act) {
  const devtools = await page.context().newCDPSession(page);
  const events = [];
  devtools.on('Tracing.dataCollected', ({value}) => events.push(...value));
  const traceConfig = {includedCategories: CATEGORIES, excludedCategories: ['*']};
  await devtools.send('Tracing.start', {transferMode: 'ReportEvents', traceConfig});
  await act();
  const complete = new Promise((resolve) => devtools.once('Tracing.tracingComplete', resolve));
  await devtools.send('Tracing.end');
  await complete;
  await devtools.detach();
  return longest_of(events);
}

/** @returns {Task} */
function longest_of(events) {
  const thread_of = ({pid, tid}) => `${pid} ${tid}`;
  const mains = new Set(events.filter(({name, args}) => name === 'thread_name' && args.name === MAIN).map(thread_of));
  const done = events.filter((event) => mains.has(thread_of(event)) && event.tdur !== undefined);
  const tasks = done.filter(({name}) => name.endsWith('RunTask'));
  if (tasks.length === 0) throw new Error('the browser tells no times of tasks');
  const longest = tasks.reduce((most, task) => (task.tdur > most.tdur ? task : most));
  const within = done.filter((event) => thread_of(event) === thread_of(longest) && !event.name.endsWith('RunTask')
    && event.ts >= longest.ts && event.ts + event.dur <= longest.ts + longest.dur);
  const {name = 'nothing'} = within.reduce((most, event) => (event.tdur > (most.tdur ?? 0) ? event : most), {});
  return {ms: Math.round(longest.tdur / 1000), passed_ms: Math.round(longest.dur / 1000), what: name};
}

/** What the page holds of memory once it is tidied up, in MB. */
export async function heap_mb(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('HeapProfiler.collectGarbage');
  const {usedSize} = await devtools.send('Runtime.getHeapUsage');
  await devtools.detach();
  return Math.round(usedSize / 1e6);
}
