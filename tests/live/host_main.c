/* Serves a project's live streams: live_host SHARED-FD STOP-FD PORT HEARTBEAT-S STUCK-S PROJECT (see host.h). */
#include "live/host.h"

#include "jc/jc.h"

#include <event2/event.h>
#include <event2/http.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>

typedef struct serving {
    struct event_base *base;
    struct evhttp *http;
    jc_live *live;
    jc_host_shared *shared;
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
    (void)fd;
    (void)what;
    unsigned asked = atomic_load(&of->shared->asked);
    if (asked == atomic_load(&of->shared->answered))
        return;
    of->shared->stats = jc_live_stats_get(of->live);
    atomic_store(&of->shared->answered, asked);
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

static int listen_at(serving *of, int port)
{
    of->http = evhttp_new(of->base);
    struct evhttp_bound_socket *socket =
        evhttp_bind_socket_with_handle(of->http, "127.0.0.1", (uint16_t)port);
    if (socket == NULL)
        return -1;
    /* All of a crowd at once. */
    (void)listen(evhttp_bound_socket_get_fd(socket), 1024);
    evhttp_set_timeout(of->http, 30);
    evhttp_set_gencb(of->http, on_request, of);
    return port_of(socket);
}

static void serve(serving *of, int stop_fd)
{
    const struct timeval often = {.tv_usec = 5000};
    struct event *look = event_new(of->base, -1, EV_PERSIST, on_look, of);
    struct event *stop = event_new(of->base, stop_fd, EV_READ, on_stop, of->base);
    (void)event_add(look, &often);
    (void)event_add(stop, NULL);
    (void)event_base_dispatch(of->base);
    event_free(look);
    event_free(stop);
}

static jc_host_shared *map_shared(int fd)
{
    void *memory = mmap(NULL, sizeof(jc_host_shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED)
        exit(99);
    return memory;
}

int main(int argc, char **argv)
{
    serving of = {0};
    jc_error error = {0};
    if (argc != 7)
        return 2;
    (void)signal(SIGPIPE, SIG_IGN);
    of.shared = map_shared(atoi(argv[1]));
    of.base = event_base_new();
    int port = -1;
    if (jc_live_new(of.base, argv[6], &of.live, &error) < 0)
        (void)fprintf(stderr, "the host: %s\n", error.text);
    else
        port = listen_at(&of, atoi(argv[3]));
    atomic_store(&of.shared->port, port);
    if (port < 0)
        return 1;
    if (atoi(argv[4]) > 0)
        jc_live_set_times(of.live, atoi(argv[4]), atoi(argv[5]));
    serve(&of, atoi(argv[2]));
    jc_live_free(of.live);
    evhttp_free(of.http);
    event_base_free(of.base);
    return 0;
}
