/* Threads that answer the API's requests, so that the loop never waits for the disk.
 *
 * Each has a jc_api of its own. The loop hands a request over and is called back, in the loop, with the
 * response. At most JC_WORKERS_WAITING_MAX requests wait; more are refused at once (503). */
#ifndef JC_SERVER_WORKERS_H
#define JC_SERVER_WORKERS_H

#include "server/api.h"

struct event_base;

#define JC_WORKERS_COUNT 3
#define JC_WORKERS_WAITING_MAX 256

typedef struct jc_workers jc_workers;

/* Called in the loop's thread; the response is the callee's for the call. */
typedef void jc_workers_done(void *context, jc_response *response);

JC_MUST_CHECK jc_status jc_workers_new(struct event_base *base, const char *project_dir,
                                       jc_workers **ret_workers, jc_error *reterr);

/* Ask; the request is copied. What is asked to be done regularly (taking up the spool, healing mirrors)
 * goes the same way, as jobs of the server's own. */
JC_MUST_CHECK jc_status jc_workers_ask(jc_workers *workers, const jc_request *request,
                                       jc_workers_done *done, void *context, jc_error *reterr);

/* Ends the threads, each behind what it is doing; what still waits is not answered. */
void jc_workers_free(jc_workers *workers);

#endif
