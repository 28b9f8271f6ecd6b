/* The dashboard's API over HTTP: events by the page, against a file of the page of the same size from the same
 * server, which only copies bytes. Some connections are kept alive and each has one request under way. */
#include "bench.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS 20000
#define REQUESTS 3000 /* of each side a round */
#define CONNECTIONS_MAX 8
#define WORKFLOW "api"
#define ASSET "/views/events.js"
#define HEAD_SIZE 4096

typedef struct connection {
    int fd;
    char head[HEAD_SIZE]; /* what has come of the answer's head */
    size_t head_size;
    bool in_body;
    uint64_t body_left;
} connection;

typedef struct api_side {
    int port;
    int connections;
    char request[512];
    uint64_t number; /* of the next page of events */
    uint64_t limit;  /* events in a page; 0: a file is asked for */
} api_side;

static int connect_to(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int one = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
        bench_die("cannot connect to the server on port %d", port);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    return fd;
}

/* Every request asks for another page, so that nothing is gained by remembering answers. */
static void format_request(api_side *side)
{
    char path[256] = ASSET;
    if (side->limit > 0) {
        side->number = side->number + side->limit > EVENTS ? 1 : side->number;
        snprintf(path, sizeof(path), "/api/events/" WORKFLOW "?from=%" PRIu64 "&limit=%" PRIu64,
                 side->number, side->limit);
        side->number += side->limit;
    }
    snprintf(side->request, sizeof(side->request), "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n",
             path, side->port);
}

static void ask(api_side *side, connection *of)
{
    format_request(side);
    size_t size = strlen(side->request);
    if (send(of->fd, side->request, size, MSG_NOSIGNAL) != (ssize_t)size)
        bench_die("the server does not take requests");
    of->head_size = 0;
    of->in_body = false;
}

/* Read the head's end and the body's size, once both are there. */
static void look_at_head(connection *of)
{
    of->head[of->head_size] = '\0';
    char *end = strstr(of->head, "\r\n\r\n");
    if (end == NULL)
        return;
    const char *length = strcasestr(of->head, "\r\nContent-Length:");
    if (strncmp(of->head, "HTTP/1.1 200 ", 13) != 0 || length == NULL)
        bench_die("the server answered %.200s", of->head);
    size_t came = of->head_size - (size_t)(end + 4 - of->head);
    of->in_body = true;
    of->body_left = strtoull(length + strlen("\r\nContent-Length:"), NULL, 10) - came;
}

/* Take what has come; true when the answer is whole. */
static bool take(connection *of)
{
    static char sink[1 << 16];
    char *into = of->in_body ? sink : of->head + of->head_size;
    size_t room = of->in_body ? sizeof(sink) : HEAD_SIZE - 1 - of->head_size;
    ssize_t size = recv(of->fd, into, room, 0);
    if (size <= 0)
        bench_die("the server closed a connection");
    if (of->in_body) {
        of->body_left -= (uint64_t)size;
    } else {
        of->head_size += (size_t)size;
        look_at_head(of);
    }
    return of->in_body && of->body_left == 0;
}

static double requests_a_second(void *context)
{
    api_side *side = context;
    connection all[CONNECTIONS_MAX];
    struct pollfd polls[CONNECTIONS_MAX];
    int asked = 0;
    int answered = 0;
    for (int i = 0; i < side->connections; i++) {
        all[i].fd = connect_to(side->port);
        polls[i] = (struct pollfd){.fd = all[i].fd, .events = POLLIN};
    }
    double start = bench_seconds();
    for (; asked < side->connections; asked++)
        ask(side, &all[asked]);
    while (answered < REQUESTS) {
        if (poll(polls, (nfds_t)side->connections, 10000) <= 0)
            bench_die("the server does not answer");
        for (int i = 0; i < side->connections; i++) {
            if ((polls[i].revents & POLLIN) == 0 || !take(&all[i]))
                continue;
            answered++;
            if (asked++ < REQUESTS)
                ask(side, &all[i]);
        }
    }
    double seconds = bench_seconds() - start;
    for (int i = 0; i < side->connections; i++)
        close(all[i].fd);
    return REQUESTS / seconds;
}

/* The size of the body that one request gives. */
static uint64_t size_of_answer(api_side *side)
{
    connection one = {.fd = connect_to(side->port)};
    ask(side, &one);
    while (!one.in_body)
        (void)take(&one);
    const char *length = strcasestr(one.head, "\r\nContent-Length:");
    close(one.fd);
    return strtoull(length + strlen("\r\nContent-Length:"), NULL, 10);
}

/* As many events a page as are about as large as the file. */
static void make_equal(api_side *events, uint64_t size)
{
    events->limit = 100;
    uint64_t of_hundred = size_of_answer(events);
    events->limit = size * 100 / of_hundred;
    if (events->limit < 1 || events->limit > 1000)
        bench_die("a file of %" PRIu64 " bytes has no equal among pages of events", size);
    events->number = 1;
}

static int start_server(bench_talk *talk, const bench_options *options, const char *project)
{
    char *arguments[] = {(char *)(uintptr_t)options->jc,
                         "-C",
                         (char *)(uintptr_t)project,
                         "dashboard",
                         "--no-browser",
                         "--json",
                         "-p",
                         "0",
                         NULL};
    char told[512] = "";
    bench_talk_open(talk, arguments);
    if (fgets(told, sizeof(told), talk->from) == NULL)
        bench_die("the server did not start");
    const char *port = strstr(told, "\"port\":");
    if (port == NULL)
        bench_die("the server said %s", told);
    return (int)strtol(port + strlen("\"port\":"), NULL, 10);
}

void bench_api(const bench_options *options)
{
    bench_heading("The API over HTTP, requests a second");
    if (!bench_has_command(options, "dashboard")) {
        bench_print_absent("jc dashboard", "this program has no such command");
        return;
    }
    char project[BENCH_PATH_SIZE];
    bench_talk server;
    bench_path(project, options->folder, "api");
    jc_store *store = bench_store(options->folder, "api", true);
    bench_fill(store, WORKFLOW, EVENTS, false);
    jc_close(store);
    int port = start_server(&server, options, project);
    api_side events = {.port = port, .connections = 1, .number = 1, .limit = 1};
    api_side file = {.port = port, .connections = 1};
    make_equal(&events, size_of_answer(&file));
    char name[2][96];
    bench_row row = {.limit = "a file of that size",
                     .unit = "1/s",
                     .jc_side = requests_a_second,
                     .jc_context = &events,
                     .limit_side = requests_a_second,
                     .limit_context = &file,
                     .sense = BENCH_FACT};
    for (int i = 0; i < 2; i++) {
        events.connections = file.connections = i == 0 ? 1 : CONNECTIONS_MAX;
        snprintf(name[i], sizeof(name[i]), "/api/events, %" PRIu64 " events, %d connection%s",
                 events.limit, events.connections, i == 0 ? "" : "s");
        row.name = name[i];
        (void)bench_run(&row, options->rounds);
    }
    kill(server.pid, SIGTERM);
    bench_talk_close(&server);
}
