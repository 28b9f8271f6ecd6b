/* See host.h. The numbers are shown through shared memory: whoever wants them asks by counting up, and the host
 * answers in its loop. */
#include "live/host.h"

#include "base/clock.h"
#include "jc/jc.h"
#include "model/child.h"

#include <event2/event.h>
#include <event2/http.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* The sanitizer's, where there is one. */
__attribute__((weak)) int __lsan_do_recoverable_leak_check(void);

struct jc_host_shared {
    _Atomic int port; /* -1: it failed */
    _Atomic unsigned asked;
    _Atomic unsigned answered;
    jc_live_stats stats;
};

typedef struct serving {
    jc_host *host;
    struct event_base *base;
    jc_live *live;
} serving;

static void on_request(struct evhttp_request *request, void *context)
{
    serving *of = context;
    const char *path = evhttp_uri_get_path(evhttp_request_get_evhttp_uri(request));
    if (jc_live_is_stream(jc_str_of(path)))
        jc_live_attach(of->live, request);
    else
        evhttp_send_error(request, HTTP_NOTFOUND, NULL);
}

static void on_look(evutil_socket_t fd, short what, void *context)
{
    serving *of = context;
    jc_host_shared *shared = of->host->shared;
    (void)fd;
    (void)what;
    if (atomic_load(&shared->asked) == atomic_load(&shared->answered))
        return;
    shared->stats = jc_live_stats_get(of->live);
    atomic_store(&shared->answered, atomic_load(&shared->asked));
}

static void on_stop(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    (void)event_base_loopbreak(context);
}

static int port_of(struct evhttp_bound_socket *socket)
{
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    if (getsockname(evhttp_bound_socket_get_fd(socket), (struct sockaddr *)&address, &size) < 0)
        return -1;
    return ntohs(address.sin_port);
}

static bool listen_at(serving *of, struct evhttp *http)
{
    struct evhttp_bound_socket *socket =
        evhttp_bind_socket_with_handle(http, "127.0.0.1", (uint16_t)of->host->port);
    if (socket == NULL)
        return false;
    /* All of a crowd at once. */
    (void)listen(evhttp_bound_socket_get_fd(socket), 1024);
    evhttp_set_timeout(http, 30);
    evhttp_set_gencb(http, on_request, of);
    atomic_store(&of->host->shared->port, port_of(socket));
    return true;
}

static void serve(serving *of)
{
    const struct timeval often = {.tv_usec = 5000};
    struct event *look = event_new(of->base, -1, EV_PERSIST, on_look, of);
    struct event *stop = event_new(of->base, of->host->stop[0], EV_READ, on_stop, of->base);
    (void)event_add(look, &often);
    (void)event_add(stop, NULL);
    (void)event_base_dispatch(of->base);
    event_free(look);
    event_free(stop);
}

static int run(void *context)
{
    serving of = {.host = context};
    jc_error error = {0};
    (void)signal(SIGPIPE, SIG_IGN);
    (void)close(of.host->stop[1]);
    of.base = event_base_new();
    struct evhttp *http = evhttp_new(of.base);
    if (jc_live_new(of.base, of.host->project, &of.live, &error) < 0 || !listen_at(&of, http)) {
        (void)fprintf(stderr, "the host: %s\n", error.text);
        atomic_store(&of.host->shared->port, -1);
        return 1;
    }
    if (of.host->heartbeat_s > 0)
        jc_live_set_times(of.live, of.host->heartbeat_s, of.host->stuck_s);
    serve(&of);
    jc_live_free(of.live);
    evhttp_free(http);
    event_base_free(of.base);
    return __lsan_do_recoverable_leak_check != NULL ? __lsan_do_recoverable_leak_check() : 0;
}

void jc_host_start(jc_host *host)
{
    if (host->shared == NULL)
        host->shared = jc_shared_memory(sizeof *host->shared);
    atomic_store(&host->shared->port, 0);
    if (pipe(host->stop) < 0) {
        perror("pipe");
        exit(99);
    }
    host->pid = jc_child_start(run, host);
    (void)close(host->stop[0]);
    while (atomic_load(&host->shared->port) == 0)
        jc_clock_sleep_us(1000);
    if (atomic_load(&host->shared->port) < 0)
        exit(99);
    host->port = atomic_load(&host->shared->port);
}

int jc_host_stop(jc_host *host)
{
    (void)close(host->stop[1]);
    int result = jc_child_wait(host->pid);
    (void)munmap(host->shared, sizeof *host->shared);
    host->shared = NULL;
    return result;
}

void jc_host_kill(jc_host *host)
{
    jc_child_kill(host->pid);
    (void)close(host->stop[1]);
}

jc_live_stats jc_host_stats(jc_host *host)
{
    unsigned asked = atomic_fetch_add(&host->shared->asked, 1) + 1;
    while (atomic_load(&host->shared->answered) != asked)
        jc_clock_sleep_us(1000);
    return host->shared->stats;
}

size_t jc_host_memory(const jc_host *host)
{
    char path[64];
    unsigned long long pages = 0;
    unsigned long long shared = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/statm", (int)host->pid);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return 0;
    if (fscanf(file, "%*u %llu %llu", &pages, &shared) != 2)
        pages = shared = 0;
    (void)fclose(file);
    return (size_t)(pages - shared) * (size_t)sysconf(_SC_PAGESIZE);
}
