/* See live_peers.h. */
#include "live_peers.h"

#include "bench.h"
#include "server/live.h"

#include <event2/event.h>
#include <event2/http.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HELLO "hello\n\n"
#define REQUEST "GET /api/stream?last=0 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"

int64_t live_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* A socket that listens at any free port of the loopback, which is told. */
static int listen_anywhere(live_shared *shared)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) != 0 ||
        listen(fd, LIVE_CLIENTS) != 0 || getsockname(fd, (struct sockaddr *)&address, &size) != 0)
        bench_die("cannot listen");
    atomic_store(&shared->port, ntohs(address.sin_port));
    return fd;
}

/* ---- jc ---- */

static void on_request(struct evhttp_request *request, void *live)
{
    jc_live_attach(live, request);
}

static void on_end(evutil_socket_t fd, short what, void *base)
{
    (void)fd;
    (void)what;
    event_base_loopbreak(base);
}

void live_serve(live_peer *peer)
{
    jc_error error;
    jc_live *live = NULL;
    struct event_base *base = event_base_new();
    struct evhttp *http = evhttp_new(base);
    struct event *end = event_new(base, peer->go_fd, EV_READ, on_end, base);
    signal(SIGPIPE, SIG_IGN);
    bench_must(jc_live_new(base, peer->project, &live, &error), &error, "jc_live_new");
    int fd = listen_anywhere(peer->shared);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    if (evhttp_accept_socket(http, fd) != 0)
        bench_die("cannot accept");
    evhttp_set_gencb(http, on_request, live);
    event_add(end, NULL);
    event_base_dispatch(base);
    jc_live_free(live);
    event_free(end);
    evhttp_free(http);
    event_base_free(base);
}

/* ---- The limit ---- */

static void accept_all(int listener, int fds[LIVE_CLIENTS])
{
    const int yes = 1;
    for (int i = 0; i < LIVE_CLIENTS; i++) {
        fds[i] = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fds[i] < 0)
            bench_die("cannot accept");
        setsockopt(fds[i], IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
        send(fds[i], HELLO, sizeof(HELLO) - 1, MSG_NOSIGNAL);
    }
}

static void watch(int poll_fd, int fd)
{
    struct epoll_event interest = {.events = EPOLLIN, .data.fd = fd};
    if (epoll_ctl(poll_fd, EPOLL_CTL_ADD, fd, &interest) != 0)
        bench_die("epoll_ctl failed");
}

void live_broadcast(live_peer *peer)
{
    int fds[LIVE_CLIENTS];
    char frame[LIVE_FRAME_SIZE_MAX];
    accept_all(listen_anywhere(peer->shared), fds);
    int poll_fd = epoll_create1(EPOLL_CLOEXEC);
    watch(poll_fd, peer->frames_fd);
    for (;;) {
        struct epoll_event event;
        if (epoll_wait(poll_fd, &event, 1, -1) < 1)
            continue;
        ssize_t size = recv(peer->frames_fd, frame, sizeof(frame), 0);
        if (size <= 0)
            return;
        for (int i = 0; i < LIVE_CLIENTS; i++)
            if (send(fds[i], frame, (size_t)size, MSG_NOSIGNAL) != size)
                bench_die("a client did not take a frame");
    }
}

/* ---- The clients ---- */

typedef struct listener {
    int fd;
    int messages; /* the first is the server's greeting */
    char last;    /* byte that was read */
} listener;

static void connect_client(listener *client, int port, int poll_fd)
{
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_port = htons((uint16_t)port),
                                        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct epoll_event interest = {.events = EPOLLIN, .data.ptr = client};
    client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (client->fd < 0 ||
        connect(client->fd, (const struct sockaddr *)&address, sizeof(address)) != 0 ||
        send(client->fd, REQUEST, sizeof(REQUEST) - 1, MSG_NOSIGNAL) < 0 ||
        fcntl(client->fd, F_SETFL, O_NONBLOCK) != 0 ||
        epoll_ctl(poll_fd, EPOLL_CTL_ADD, client->fd, &interest) != 0)
        bench_die("a client cannot connect");
}

static void end_message(live_shared *shared, listener *client, int number, int64_t now_ns)
{
    int message = client->messages++;
    if (message == 0)
        atomic_fetch_add(&shared->listening, 1);
    else if (message <= LIVE_EVENTS)
        shared->received_ns[number][message - 1] = now_ns;
    if (message == LIVE_EVENTS)
        atomic_fetch_add(&shared->finished, 1);
}

/* A message ends with an empty line. */
static void read_client(live_shared *shared, listener *client, int number)
{
    char bytes[16384];
    ssize_t size = recv(client->fd, bytes, sizeof(bytes), 0);
    int64_t now_ns = live_now_ns();
    if (size == 0)
        bench_die("a stream ended");
    if (size < 0)
        return;
    if (bytes[0] == '\n' && client->last == '\n')
        end_message(shared, client, number, now_ns);
    const char *end = bytes + size;
    for (const char *at = bytes; (at = memmem(at, (size_t)(end - at), "\n\n", 2)) != NULL; at += 2)
        end_message(shared, client, number, now_ns);
    client->last = bytes[size - 1];
}

void live_listen(live_peer *peer)
{
    static listener clients[LIVE_CLIENTS];
    struct epoll_event events[64];
    int poll_fd = epoll_create1(EPOLL_CLOEXEC);
    while (atomic_load(&peer->shared->port) == 0)
        usleep(1000);
    for (int i = 0; i < LIVE_CLIENTS; i++)
        connect_client(&clients[i], atomic_load(&peer->shared->port), poll_fd);
    while (atomic_load(&peer->shared->finished) < LIVE_CLIENTS) {
        int count = epoll_wait(poll_fd, events, 64, -1);
        for (int i = 0; i < count; i++) {
            listener *ready = events[i].data.ptr;
            read_client(peer->shared, ready, (int)(ready - clients));
        }
    }
}
