/* One request after another: the guard, then who answers it. */
#ifndef JC_SERVER_HTTP_H
#define JC_SERVER_HTTP_H

#include "server/connections.h"
#include "server/guard.h"
#include "server/health.h"
#include "server/live.h"
#include "server/metrics.h"
#include "server/workers.h"

struct evhttp_request;

/* What requests are answered with; the server's own. */
typedef struct jc_http {
    jc_guard guard;
    const jc_server_limits *limits;
    jc_connections *connections;
    jc_workers *workers;
    jc_live *live;
    jc_health *health;
    jc_metrics *metrics;
    size_t pending; /* requests that a worker has */
    bool ending;
} jc_http;

/* evhttp's callback for every request; `context` is a jc_http. */
void jc_http_answer(struct evhttp_request *request, void *context);

/* One request that a worker has. The client may go away meanwhile: then there is no request any more. */
typedef struct jc_exchange {
    jc_http *http;
    struct evhttp_request *request; /* NULL: the client has gone */
    char route[JC_ROUTE_SIZE_MAX];
    int64_t began_us;
    bool limited;            /* /healthz, for one without the token */
    jc_health_report report; /* of those that look at the log's health */
} jc_exchange;

/* What /healthz and /metrics say, once the log was looked at. */
void jc_health_answer(jc_exchange *exchange, jc_response *response);
void jc_metrics_answer(jc_exchange *exchange, jc_response *response);

#endif
