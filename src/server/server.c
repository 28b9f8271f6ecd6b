/* The parts put together, in the order in which they need each other: a socket that listens, evhttp upon it
 * with its connections watched, workers, live streams, upkeep.
 *
 * The end: nothing more is accepted, streams end, what workers have is answered; then, or when the time for
 * that is over, the loop ends. */
#include "server/server.h"

#include "base/clock.h"
#include "base/fail.h"
#include "server/address.h"
#include "server/http.h"
#include "server/upkeep.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/http.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define OWN_FILES                                                                                  \
    128 /* that the server needs beside its connections: seven stores, their mirrors */
#define ENDING_STEP_MS 20

struct jc_server {
    jc_server_options options;
    jc_server_limits limits;
    jc_address address;
    char machine[256];
    struct event_base *base;
    struct evhttp *evhttp;
    struct event *stop;
    struct event *tick; /* upkeep; at the end, whether all is answered */
    jc_upkeep *upkeep;
    bool upkeep_runs;
    int64_t ends_at_us; /* 0: it does not end yet */
    jc_http http;
};

/* libevent would write to stderr about what clients do. */
static void say_nothing(int severity, const char *message)
{
    (void)severity;
    (void)message;
}

static struct timeval timeval_of(int64_t ms)
{
    struct timeval time = {.tv_sec = (time_t)(ms / 1000),
                           .tv_usec = (suseconds_t)(ms % 1000 * 1000)};
    return time;
}

/* Every connection is a file: as many as the system lets us have. */
static void fit_limits(jc_server *server)
{
    struct rlimit files;
    size_t wanted = server->limits.connections_max + OWN_FILES;
    if (getrlimit(RLIMIT_NOFILE, &files) < 0 || files.rlim_cur >= wanted)
        return;
    files.rlim_cur = files.rlim_max < wanted ? files.rlim_max : wanted;
    (void)setrlimit(RLIMIT_NOFILE, &files);
    if (getrlimit(RLIMIT_NOFILE, &files) < 0 || files.rlim_cur >= wanted)
        return;
    server->limits.connections_max = files.rlim_cur > 2 * OWN_FILES
                                         ? (size_t)files.rlim_cur - OWN_FILES
                                         : (size_t)files.rlim_cur / 4;
}

static jc_status listen_somewhere(jc_server *server, jc_error *reterr)
{
    const jc_server_options *options = &server->options;
    int port = options->port == 0 ? JC_SERVER_PORT : options->port;
    if (port == JC_SERVER_PORT_ANY)
        port = 0;
    if (port < 0 || port > 65535)
        return jc_fail(reterr, JC_EINVAL, "%d is no port: 1 to 65535", port);
    const char *host = options->host != NULL ? options->host : JC_SERVER_HOST;
    jc_status status = jc_address_listen(host, port, &server->address, reterr);
    if (status == JC_OK && !server->address.loopback && options->token == NULL)
        return jc_fail(reterr, JC_EINVAL, "others can reach '%s': a token is needed", host);
    return status;
}

static void set_guard(jc_server *server)
{
    const jc_server_options *options = &server->options;
    if (gethostname(server->machine, sizeof server->machine - 1) < 0)
        server->machine[0] = '\0';
    server->http.guard = (jc_guard){
        .host = options->host != NULL ? jc_host_bare(options->host) : (jc_str){0},
        .wildcard = server->address.wildcard,
        .port = server->address.port,
        .machine = jc_str_of(server->machine),
        .token = jc_str_of(options->token),
    };
}

/* Headers up to four times the limit are read all the same, so that what is refused is told so. */
static jc_status start_http(jc_server *server, jc_error *reterr)
{
    struct timeval timeout = timeval_of(server->limits.request_ms);
    event_set_log_callback(say_nothing);
    server->base = event_base_new();
    server->evhttp = server->base != NULL ? evhttp_new(server->base) : NULL;
    if (server->evhttp == NULL)
        return jc_fail_memory(reterr);
    struct evhttp_bound_socket *bound =
        evhttp_accept_socket_with_handle(server->evhttp, server->address.fd);
    if (bound == NULL)
        return jc_fail_memory(reterr);
    server->address.fd = -1; /* evhttp's own now */
    evhttp_set_max_headers_size(server->evhttp, (ev_ssize_t)server->limits.header_size_max * 4);
    evhttp_set_max_body_size(server->evhttp, (ev_ssize_t)server->limits.body_size_max);
    evhttp_set_timeout_tv(server->evhttp, &timeout);
    evhttp_set_default_content_type(server->evhttp, NULL);
    evhttp_set_allowed_methods(server->evhttp, UINT16_MAX);
    (void)evhttp_set_flags(server->evhttp, EVHTTP_SERVER_LINGERING_CLOSE);
    evhttp_set_gencb(server->evhttp, jc_http_answer, &server->http);
    return jc_connections_new(server->base, server->evhttp, bound, &server->limits,
                              &server->http.connections, reterr);
}

static void do_upkeep(void *context)
{
    jc_server *server = context;
    jc_upkeep_do(server->upkeep);
}

static void upkeep_done(void *context, jc_response *response)
{
    jc_server *server = context;
    (void)response;
    server->upkeep_runs = false;
}

static void begin_end(jc_server *server)
{
    struct timeval step = timeval_of(ENDING_STEP_MS);
    server->ends_at_us = jc_clock_monotonic_us() + server->limits.ending_ms * 1000;
    server->http.ending = true;
    jc_connections_end(server->http.connections);
    jc_live_free(server->http.live);
    server->http.live = NULL;
    (void)event_add(server->tick, &step);
}

static void on_stop(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    begin_end(context);
}

static void on_tick(evutil_socket_t fd, short what, void *context)
{
    jc_server *server = context;
    (void)fd;
    (void)what;
    if (server->ends_at_us != 0) {
        bool answered = server->http.pending == 0 && !jc_connections_busy(server->http.connections);
        if (answered || jc_clock_monotonic_us() >= server->ends_at_us)
            (void)event_base_loopbreak(server->base);
    } else if (!server->upkeep_runs) {
        server->upkeep_runs =
            jc_workers_run(server->http.workers, do_upkeep, upkeep_done, server, NULL) == JC_OK;
    }
}

static jc_status start_events(jc_server *server, jc_error *reterr)
{
    struct timeval period = timeval_of(server->limits.upkeep_ms);
    server->tick = event_new(server->base, -1, EV_PERSIST, on_tick, server);
    if (server->tick == NULL || event_add(server->tick, &period) < 0)
        return jc_fail_memory(reterr);
    event_active(server->tick, EV_TIMEOUT, 0);
    if (server->options.stop_fd <= 0)
        return JC_OK;
    server->stop = event_new(server->base, server->options.stop_fd, EV_READ, on_stop, server);
    if (server->stop == NULL || event_add(server->stop, NULL) < 0)
        return jc_fail_memory(reterr);
    return JC_OK;
}

static jc_status start_project(jc_server *server, jc_error *reterr)
{
    const jc_server_options *options = &server->options;
    server->http.limits = &server->limits;
    server->http.metrics = jc_metrics_new();
    server->http.health = jc_health_new(options->project_dir);
    server->upkeep = jc_upkeep_new(options->project_dir, options->warn, options->warn_context);
    if (server->http.metrics == NULL || server->http.health == NULL || server->upkeep == NULL)
        return jc_fail_memory(reterr);
    jc_status status =
        jc_workers_new(server->base, options->project_dir, &server->http.workers, reterr);
    if (status == JC_OK)
        status = jc_live_new(server->base, options->project_dir, &server->http.live, reterr);
    return status;
}

jc_status jc_server_new(const jc_server_options *options, jc_server **ret_server, jc_error *reterr)
{
    jc_server *server = calloc(1, sizeof *server);
    if (server == NULL)
        return jc_fail_memory(reterr);
    server->options = *options;
    server->limits = options->limits != NULL ? *options->limits : JC_SERVER_LIMITS;
    server->address.fd = -1;
    fit_limits(server);
    jc_status status = listen_somewhere(server, reterr);
    if (status == JC_OK)
        status = start_http(server, reterr);
    if (status == JC_OK)
        status = start_project(server, reterr);
    if (status == JC_OK)
        status = start_events(server, reterr);
    if (status < 0) {
        jc_server_free(server);
        return status;
    }
    set_guard(server);
    *ret_server = server;
    return JC_OK;
}

bool jc_server_is_loopback(const char *host)
{
    return jc_host_is_local(host);
}

int jc_server_port(const jc_server *server)
{
    return server->address.port;
}

jc_status jc_server_run(jc_server *server, jc_error *reterr)
{
    if (event_base_dispatch(server->base) < 0)
        return jc_fail(reterr, JC_EIO, "the loop of events failed");
    return JC_OK;
}

void jc_server_free(jc_server *server)
{
    if (server == NULL)
        return;
    jc_live_free(server->http.live);
    bool idle = jc_workers_free(server->http.workers);
    if (server->evhttp != NULL)
        evhttp_free(server->evhttp);
    jc_connections_free(server->http.connections);
    if (server->tick != NULL)
        event_free(server->tick);
    if (server->stop != NULL)
        event_free(server->stop);
    if (server->base != NULL)
        event_base_free(server->base);
    if (server->address.fd >= 0)
        (void)close(server->address.fd);
    if (!idle)
        return;
    jc_upkeep_free(server->upkeep);
    jc_health_free(server->http.health);
    jc_metrics_free(server->http.metrics);
    free(server);
}
