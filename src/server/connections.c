/* What evhttp answers by itself (a request that is none, or is too large) goes through here too: it is
 * replaced, before it is written, by a refusal like all others (docs/API.md, "Rules"). Bytes that come into
 * the output while no request is being answered are evhttp's own. */
#include "server/connections.h"

#include "base/clock.h"
#include "base/fail.h"
#include "server/reply.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <stdlib.h>
#include <sys/socket.h>

#define SWEEP_MS 200
#define STREAM_INPUT_MAX ((size_t)16 * 1024) /* bytes that a stream's client may send for nothing */
#define SMALL_REQUEST ((size_t)64 * 1024)    /* is never the one that is too much */
#define SMALL_ANSWER ((size_t)64 * 1024)     /* likewise */

typedef enum phase {
    IDLE,
    RECEIVING,
    ANSWERING,
    STREAM,
    CUT_OFF
} phase;

struct jc_connection {
    jc_connections *all;
    struct bufferevent *bufferevent; /* held */
    phase phase;
    int64_t since_us;    /* of the phase */
    size_t received;     /* bytes of the request, while it is being received */
    bool refused_itself; /* evhttp wrote an answer of its own */
};

struct jc_connections {
    const jc_server_limits *limits;
    struct event_base *base;
    struct evconnlistener *listener;
    struct event *sweep;
    struct event *replace; /* activated when evhttp wrote an answer of its own */
    jc_connection **items;
    size_t count;
    size_t receiving_size;
    bool ending;
};

static void enter(jc_connection *connection, phase next)
{
    if (connection->phase == RECEIVING)
        connection->all->receiving_size -= connection->received;
    connection->received = 0;
    connection->phase = next;
    connection->since_us = jc_clock_monotonic_us();
}

/* evhttp notices at once, and gives the connection up. */
static void cut(const jc_connection *connection)
{
    evutil_socket_t fd = bufferevent_getfd(connection->bufferevent);
    if (fd >= 0)
        (void)shutdown(fd, SHUT_RDWR);
}

static bool is_given_up(const jc_connection *connection)
{
    bufferevent_event_cb on_event = NULL;
    bufferevent_getcb(connection->bufferevent, NULL, NULL, &on_event, NULL);
    return on_event == NULL;
}

static void on_input(struct evbuffer *input, const struct evbuffer_cb_info *info, void *context)
{
    jc_connection *connection = context;
    jc_connections *all = connection->all;
    (void)input;
    if (info->n_added == 0)
        return;
    if (connection->phase == IDLE)
        enter(connection, RECEIVING);
    if (connection->phase != RECEIVING)
        return;
    connection->received += info->n_added;
    all->receiving_size += info->n_added;
    if (all->receiving_size > all->limits->receiving_size_max &&
        connection->received > SMALL_REQUEST) {
        enter(connection, CUT_OFF);
        cut(connection);
    }
}

static void on_output(struct evbuffer *output, const struct evbuffer_cb_info *info, void *context)
{
    jc_connection *connection = context;
    (void)output;
    if (info->n_added == 0 || connection->phase == ANSWERING || connection->phase == STREAM)
        return;
    connection->refused_itself = true;
    event_active(connection->all->replace, 0, 0);
}

/* Which of the codes of docs/API.md stands for what evhttp says? 0: it is no refusal. */
static int status_of_own(const jc_connection *connection, int said)
{
    const jc_server_limits *limits = connection->all->limits;
    if (said == 400 && connection->received > limits->header_size_max)
        return 431;
    if (said == HTTP_ENTITYTOOLARGE)
        return connection->received > SMALL_REQUEST ? 413 : 400;
    if (said == HTTP_NOTIMPLEMENTED)
        return 405;
    return said >= 400 ? 400 : 0;
}

static void replace_one(jc_connection *connection)
{
    char line[32] = "";
    struct evbuffer *output = bufferevent_get_output(connection->bufferevent);
    connection->refused_itself = false;
    if (is_given_up(connection))
        return;
    /* A bufferevent keeps others from the beginning of its output, even from reading it. */
    (void)evbuffer_unfreeze(output, 1);
    (void)evbuffer_copyout(output, line, sizeof line - 1);
    const char *said = strchr(line, ' '); /* "HTTP/1.1 400 …" */
    int status = said != NULL ? status_of_own(connection, atoi(said)) : 0;
    if (status != 0)
        (void)evbuffer_drain(output, evbuffer_get_length(output));
    (void)evbuffer_freeze(output, 1);
    if (status == 0)
        return;
    enter(connection, ANSWERING);
    jc_reply_raw(output, status);
}

static void on_replace(evutil_socket_t fd, short what, void *context)
{
    jc_connections *all = context;
    (void)fd;
    (void)what;
    for (size_t i = 0; i < all->count; i++) {
        if (all->items[i]->refused_itself)
            replace_one(all->items[i]);
    }
}

static void forget(jc_connections *all, size_t at)
{
    jc_connection *connection = all->items[at];
    enter(connection, IDLE);
    (void)evbuffer_remove_cb(bufferevent_get_input(connection->bufferevent), on_input, connection);
    (void)evbuffer_remove_cb(bufferevent_get_output(connection->bufferevent), on_output,
                             connection);
    (void)bufferevent_decref(connection->bufferevent);
    free(connection);
    all->items[at] = all->items[--all->count];
}

static bool is_too_slow(const jc_connection *connection, int64_t now_us)
{
    const jc_server_limits *limits = connection->all->limits;
    int64_t age_ms = (now_us - connection->since_us) / 1000;
    if (connection->phase == ANSWERING)
        return age_ms > limits->answer_ms;
    return connection->phase != STREAM && age_ms > limits->request_ms;
}

static void sweep(jc_connections *all)
{
    int64_t now_us = jc_clock_monotonic_us();
    for (size_t i = all->count; i > 0; i--) {
        if (is_given_up(all->items[i - 1]))
            forget(all, i - 1);
        else if (is_too_slow(all->items[i - 1], now_us))
            cut(all->items[i - 1]);
    }
    if (!all->ending && all->count < all->limits->connections_max)
        (void)evconnlistener_enable(all->listener);
}

static void on_sweep(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    sweep(context);
}

/* The system has no room for another file: the next sweep tries again. */
static void on_listener_error(struct evconnlistener *listener, void *context)
{
    (void)context;
    (void)evconnlistener_disable(listener);
}

/* What is posted is in the buffer as a whole before it is looked at. */
static void limit_input(const jc_connection *connection)
{
    const jc_server_limits *limits = connection->all->limits;
    bufferevent_setwatermark(connection->bufferevent, EV_READ, 0,
                             limits->body_size_max + 8 * limits->header_size_max);
}

static void watch(jc_connections *all, struct bufferevent *bufferevent)
{
    jc_connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL)
        return;
    *connection = (jc_connection){.all = all,
                                  .bufferevent = bufferevent,
                                  .phase = IDLE,
                                  .since_us = jc_clock_monotonic_us()};
    bufferevent_incref(bufferevent);
    limit_input(connection);
    (void)evbuffer_add_cb(bufferevent_get_input(bufferevent), on_input, connection);
    (void)evbuffer_add_cb(bufferevent_get_output(bufferevent), on_output, connection);
    all->items[all->count++] = connection;
}

/* evhttp has accepted a connection, and asks for its bufferevent. The socket is closed with that, and not by
 * evhttp: what is held may not have the number of a socket that is somebody else's by now. */
static struct bufferevent *make_bufferevent(struct event_base *base, void *context)
{
    jc_connections *all = context;
    struct bufferevent *bufferevent = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
    if (bufferevent != NULL && all->count < all->limits->connections_max)
        watch(all, bufferevent);
    if (all->count >= all->limits->connections_max)
        (void)evconnlistener_disable(all->listener);
    return bufferevent;
}

static jc_status start(jc_connections *all, jc_error *reterr)
{
    struct timeval period = {.tv_usec = SWEEP_MS * 1000};
    all->items = calloc(all->limits->connections_max, sizeof(jc_connection *));
    all->sweep = event_new(all->base, -1, EV_PERSIST, on_sweep, all);
    all->replace = event_new(all->base, -1, 0, on_replace, all);
    if (all->items == NULL || all->sweep == NULL || all->replace == NULL ||
        event_add(all->sweep, &period) < 0)
        return jc_fail_memory(reterr);
    return JC_OK;
}

jc_status jc_connections_new(struct event_base *base, struct evhttp *http,
                             struct evhttp_bound_socket *bound, const jc_server_limits *limits,
                             jc_connections **ret_connections, jc_error *reterr)
{
    jc_connections *all = calloc(1, sizeof *all);
    if (all == NULL)
        return jc_fail_memory(reterr);
    all->limits = limits;
    all->base = base;
    all->listener = evhttp_bound_socket_get_listener(bound);
    jc_status status = start(all, reterr);
    if (status < 0) {
        jc_connections_free(all);
        return status;
    }
    evconnlistener_set_error_cb(all->listener, on_listener_error);
    evhttp_set_bevcb(http, make_bufferevent, all);
    *ret_connections = all;
    return JC_OK;
}

void jc_connections_free(jc_connections *all)
{
    if (all == NULL)
        return;
    while (all->count > 0)
        forget(all, all->count - 1);
    if (all->sweep != NULL)
        event_free(all->sweep);
    if (all->replace != NULL)
        event_free(all->replace);
    free(all->items);
    free(all);
}

static jc_connection *find(const jc_connections *all, struct evhttp_request *request)
{
    struct evhttp_connection *connection = evhttp_request_get_connection(request);
    if (connection == NULL)
        return NULL;
    struct bufferevent *wanted = evhttp_connection_get_bufferevent(connection);
    for (size_t i = 0; i < all->count; i++) {
        if (all->items[i]->bufferevent == wanted)
            return all->items[i];
    }
    return NULL;
}

/* The client has its answer, and may send the next request. */
static void on_taken(struct evhttp_request *request, void *context)
{
    jc_connections *all = context;
    jc_connection *connection = find(all, request);
    if (connection == NULL)
        return;
    enter(connection, IDLE);
    if (all->ending)
        cut(connection);
}

void jc_connections_answer(jc_connections *all, struct evhttp_request *request)
{
    jc_connection *connection = find(all, request);
    if (connection == NULL)
        return;
    enter(connection, ANSWERING);
    limit_input(connection);
    /* evhttp ends the process when bytes come in while it waits for an answer. */
    (void)bufferevent_disable(connection->bufferevent, EV_READ);
    evhttp_request_set_on_complete_cb(request, on_taken, all);
}

void jc_connections_stream(jc_connections *all, struct evhttp_request *request)
{
    jc_connection *connection = find(all, request);
    if (connection == NULL)
        return;
    enter(connection, STREAM);
    /* Read, because that is how it is noticed that a client has gone. */
    bufferevent_setwatermark(connection->bufferevent, EV_READ, 0, STREAM_INPUT_MAX);
    (void)bufferevent_enable(connection->bufferevent, EV_READ);
}

static size_t waiting_size(const jc_connection *connection)
{
    if (is_given_up(connection))
        return 0;
    return evbuffer_get_length(bufferevent_get_output(connection->bufferevent));
}

bool jc_connections_have_room(const jc_connections *all, size_t size)
{
    size_t waiting = 0;
    if (size <= SMALL_ANSWER)
        return true;
    for (size_t i = 0; i < all->count; i++)
        waiting += all->items[i]->phase == STREAM ? 0 : waiting_size(all->items[i]);
    return waiting <= all->limits->answering_size_max &&
           size <= all->limits->answering_size_max - waiting;
}

void jc_connections_end(jc_connections *all)
{
    all->ending = true;
    (void)evconnlistener_disable(all->listener);
    for (size_t i = 0; i < all->count; i++) {
        if (all->items[i]->phase == IDLE || all->items[i]->phase == RECEIVING)
            cut(all->items[i]);
    }
}

bool jc_connections_busy(const jc_connections *all)
{
    for (size_t i = 0; i < all->count; i++) {
        if (waiting_size(all->items[i]) > 0)
            return true;
    }
    return false;
}

size_t jc_connections_count(const jc_connections *all)
{
    return all->count;
}
