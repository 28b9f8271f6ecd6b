/* Threads that answer the API's requests, so that the loop never waits for the disk.
 *
 * Each has a jc_api of its own. The loop hands a request over and is called back, in the loop, with the
 * response. At most JC_WORKERS_WAITING_MAX requests wait, of at most JC_WORKERS_WAITING_SIZE_MAX bytes
 * together; more are refused at once (503). What the server itself has to do beside (taking up the spool,
 * healing mirrors, looking after its health) goes the same way, as jobs.
 *
 * What may last (jc_request_kind) is answered one of a kind at a time: while the log is locked by others, or
 * checked as a whole, one thread is left for all that is short.
 *
 *      loop ──ask──▶ waiting ──▶ a thread: answer ──▶ done ──a byte──▶ loop: called back */
#ifndef JC_SERVER_WORKERS_H
#define JC_SERVER_WORKERS_H

#include "server/api.h"

struct event_base;

#define JC_WORKERS_COUNT 4 /* one for jobs, one for each kind that lasts, one for what is short */
#define JC_WORKERS_WAITING_MAX 256
#define JC_WORKERS_WAITING_SIZE_MAX ((size_t)64 * 1024 * 1024)
#define JC_WORKERS_ENDING_MS 250 /* for what the threads are doing when they are ended */

typedef struct jc_workers jc_workers;

/* Called in the loop's thread; the response is the callee's for the call, and what it takes out of it is its
 * own. */
typedef void jc_workers_done(void *context, jc_response *response);

JC_MUST_CHECK jc_status jc_workers_new(struct event_base *base, const char *project_dir,
                                       jc_workers **ret_workers, jc_error *reterr);

/* Ask; the request is copied. `done` is called once, whatever happens, unless this fails.
 * JC_EBUSY  too much waits already. */
JC_MUST_CHECK jc_status jc_workers_ask(jc_workers *workers, const jc_request *request,
                                       jc_workers_done *done, void *context, jc_error *reterr);

/* Have a thread call `job`, before all that waits, then the loop call `done`, which is given no response. One that
 * lasts keeps its thread from requests, so there should be one such at a time. Fails as jc_workers_ask() does. */
JC_MUST_CHECK jc_status jc_workers_run(jc_workers *workers, void (*job)(void *context),
                                       jc_workers_done *done, void *context, jc_error *reterr);

/* Ends the threads, each behind what it is doing; what still waits is answered with 503. False: one needs longer
 * than JC_WORKERS_ENDING_MS, and is left to the end of the process: what it works on must stay. */
bool jc_workers_free(jc_workers *workers);

#endif
