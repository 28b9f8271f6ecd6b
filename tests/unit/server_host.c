/* Sockets with deadlines, so that a test that fails does not hang. */
#include "server_host.h"

#include "base/clock.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static void give_up(const char *what)
{
    perror(what);
    exit(99);
}

void jc_test_host_make(jc_test_host *host)
{
    *host = (jc_test_host){.limits = JC_SERVER_LIMITS};
    (void)signal(SIGPIPE, SIG_IGN);
    jc_test_project_make(host->folder);
}

static void keep_warning(void *context, const char *text)
{
    jc_test_host *host = context;
    (void)snprintf(host->warning, sizeof host->warning, "%s", text);
}

static void *serve(void *context)
{
    jc_test_host *host = context;
    jc_error error = {0};
    if (jc_server_run(host->server, &error) < 0)
        give_up(error.text);
    return NULL;
}

void jc_test_host_start(jc_test_host *host)
{
    jc_error error = {0};
    if (pipe(host->stop) < 0)
        give_up("pipe");
    jc_server_options options = {.project_dir = host->folder,
                                 .port = JC_SERVER_PORT_ANY,
                                 .token = host->token,
                                 .stop_fd = host->stop[0],
                                 .limits = &host->limits,
                                 .warn = keep_warning,
                                 .warn_context = host};
    if (jc_server_new(&options, &host->server, &error) < 0)
        give_up(error.text);
    host->port = jc_server_port(host->server);
    if (pthread_create(&host->thread, NULL, serve, host) != 0)
        give_up("pthread_create");
}

int64_t jc_test_host_stop(jc_test_host *host)
{
    int64_t began_us = jc_clock_monotonic_us();
    if (write(host->stop[1], "", 1) != 1)
        give_up("write");
    (void)pthread_join(host->thread, NULL);
    jc_server_free(host->server);
    host->server = NULL;
    (void)close(host->stop[0]);
    (void)close(host->stop[1]);
    return (jc_clock_monotonic_us() - began_us) / 1000;
}

void jc_test_host_remove(jc_test_host *host)
{
    if (host->server != NULL)
        (void)jc_test_host_stop(host);
    jc_test_folder_remove(host->folder);
}

int jc_test_connect(const jc_test_host *host)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)host->port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval patience = {.tv_sec = 10};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        give_up("socket");
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        (void)close(fd);
        return -1;
    }
    return fd;
}

bool jc_test_send(int fd, jc_str bytes)
{
    while (bytes.size > 0) {
        ssize_t sent = send(fd, bytes.bytes, bytes.size, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes = (jc_str){bytes.bytes + sent, bytes.size - (size_t)sent};
    }
    return true;
}

static bool holds(jc_buf *answer, const char *text)
{
    return text != NULL && answer->size > 0 && strstr(answer->bytes, text) != NULL;
}

bool jc_test_read_until(int fd, const char *text, jc_buf *answer)
{
    char piece[65536];
    while (!holds(answer, text)) {
        ssize_t got = recv(fd, piece, sizeof piece, 0);
        if (got <= 0)
            return text == NULL && got == 0;
        if (jc_buf_append(answer, piece, (size_t)got, NULL) < 0 ||
            jc_buf_append_char(answer, '\0', NULL) < 0)
            give_up("memory");
        answer->size--;
    }
    return true;
}

bool jc_test_closed_within(int fd, int ms)
{
    char piece[4096];
    int64_t until_us = jc_clock_monotonic_us() + ms * INT64_C(1000);
    for (;;) {
        int64_t left_ms = (until_us - jc_clock_monotonic_us()) / 1000;
        struct pollfd one = {.fd = fd, .events = POLLIN};
        if (left_ms <= 0 || poll(&one, 1, (int)left_ms) <= 0)
            return false;
        if (recv(fd, piece, sizeof piece, 0) <= 0)
            return true;
    }
}

void jc_test_ask(const jc_test_host *host, const char *line, const char *headers, jc_str body,
                 jc_buf *ret_answer)
{
    JC_AUTO(jc_buf) request = {0};
    int fd = jc_test_connect(host);
    if (fd < 0 ||
        jc_buf_append_format(&request, NULL,
                             "%s HTTP/1.1\r\nHost: localhost:%d\r\nConnection: close\r\n%s", line,
                             host->port, headers) < 0)
        give_up("ask");
    if (body.bytes != NULL &&
        jc_buf_append_format(&request, NULL, "Content-Length: %zu\r\n", body.size) < 0)
        give_up("memory");
    if (jc_buf_append_text(&request, "\r\n", NULL) < 0 ||
        jc_buf_append_str(&request, body, NULL) < 0)
        give_up("memory");
    (void)jc_test_send(fd, jc_buf_str(&request));
    (void)jc_test_read_until(fd, NULL, ret_answer);
    if (ret_answer->bytes == NULL && jc_buf_append(ret_answer, "", 1, NULL) < 0)
        give_up("memory");
    (void)close(fd);
}

int jc_test_status(const jc_buf *answer)
{
    int status = 0;
    if (answer->bytes == NULL || sscanf(answer->bytes, "HTTP/1.1 %d", &status) != 1)
        return 0;
    return status;
}

jc_str jc_test_header(const jc_buf *answer, const char *name)
{
    size_t size = strlen(name);
    const char *end = strstr(answer->bytes, "\r\n\r\n");
    for (const char *at = strstr(answer->bytes, "\r\n"); at != NULL && at < end;
         at = strstr(at + 2, "\r\n")) {
        if (strncasecmp(at + 2, name, size) == 0 && at[2 + size] == ':') {
            const char *value = at + 2 + size + 2;
            return (jc_str){value, (size_t)(strstr(value, "\r\n") - value)};
        }
    }
    return (jc_str){0};
}
