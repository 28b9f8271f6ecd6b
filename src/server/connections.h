/* The connections of the server: how many there may be, and how long each may take.
 *
 * evhttp has no limit of connections, and its time-out begins anew with every byte. So each connection's
 * bufferevent is made here and held on to: evhttp has given it up when its callbacks are gone. A sweep, a few
 * times a second, closes those and ends what takes too long. At the limit the listener rests, and new
 * connections wait in the system's queue.
 *
 *      idle ──first byte──▶ receiving ──whole──▶ answering ──taken──▶ idle
 *                                        └─────▶ stream (live.h looks after it) */
#ifndef JC_SERVER_CONNECTIONS_H
#define JC_SERVER_CONNECTIONS_H

#include "jc/status.h"
#include "server/limits.h"

#include <stdbool.h>

struct event_base;
struct evhttp;
struct evhttp_bound_socket;
struct evhttp_request;

typedef struct jc_connection jc_connection;
typedef struct jc_connections jc_connections;

/* Watch what `http` accepts from `bound`; `limits` is borrowed. The caller frees *ret_connections, behind
 * `http`. */
JC_MUST_CHECK jc_status jc_connections_new(struct event_base *base, struct evhttp *http,
                                           struct evhttp_bound_socket *bound,
                                           const jc_server_limits *limits,
                                           jc_connections **ret_connections, jc_error *reterr);

void jc_connections_free(jc_connections *connections);

/* A request has come in whole: from here on its connection is not read until it was answered. False: memory
 * was short when it came, so it is not watched, and must be answered at once. */
bool jc_connections_answer(jc_connections *connections, struct evhttp_request *request);

/* It became a stream. */
void jc_connections_stream(jc_connections *connections, struct evhttp_request *request);

/* May an answer of that size wait for its client, beside what waits for others? Small ones always may. */
bool jc_connections_have_room(const jc_connections *connections, size_t size);

/* Accept no more, and end those that nobody waits for. */
void jc_connections_end(jc_connections *connections);

/* Is an answer still on its way? */
bool jc_connections_busy(const jc_connections *connections);

/* How many there are. */
size_t jc_connections_count(const jc_connections *connections);

#endif
