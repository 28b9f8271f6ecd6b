/* What is counted, for /metrics: requests and how long they took, by route and status. In the loop's
 * thread only. A route is its pattern, never the path that somebody asked for, so there are few. */
#ifndef JC_SERVER_METRICS_H
#define JC_SERVER_METRICS_H

#include "base/buf.h"

#define JC_ROUTE_SIZE_MAX 64

typedef struct jc_metrics jc_metrics;

/* NULL: no memory. */
jc_metrics *jc_metrics_new(void);
void jc_metrics_free(jc_metrics *metrics);

/* The pattern of a path: "/api/state/{name}"; "other" for what there is not. */
void jc_route_of(jc_str path, char ret_route[JC_ROUTE_SIZE_MAX]);

void jc_metrics_count(jc_metrics *metrics, const char *route, int status, int64_t duration_us);

/* Write them as Prometheus reads them (version 0.0.4). */
JC_MUST_CHECK jc_status jc_metrics_write(const jc_metrics *metrics, jc_buf *buf, jc_error *reterr);

/* One number of another kind, with its description; `kind` is "gauge" or "counter". */
JC_MUST_CHECK jc_status jc_metrics_write_number(jc_buf *buf, const char *name, const char *kind,
                                                const char *help, uint64_t value, jc_error *reterr);

#endif
