/* One small request over a plain socket, with deadlines. */
#include "server/probe.h"

#include "server/address.h"

#include <netdb.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <yyjson.h>

#define ANSWER_SIZE_MAX 8192

static int connect_to(const char *host, int port)
{
    char name[256];
    char service[16];
    jc_str bare = jc_host_bare(host);
    struct timeval second = {.tv_sec = 1};
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    (void)snprintf(name, sizeof name, "%.*s", (int)bare.size, bare.bytes);
    (void)snprintf(service, sizeof service, "%d", port);
    if (getaddrinfo(name, service, &hints, &found) != 0)
        return -1;
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0) {
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof second);
        (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &second, sizeof second);
    }
    if (fd >= 0 && connect(fd, found->ai_addr, found->ai_addrlen) < 0) {
        (void)close(fd);
        fd = -1;
    }
    freeaddrinfo(found);
    return fd;
}

/* What is answered, with its headers, as text. */
static void ask(int fd, int port, char ret_answer[ANSWER_SIZE_MAX])
{
    char request[128];
    size_t size = 0;
    int length =
        snprintf(request, sizeof request,
                 "GET /healthz HTTP/1.1\r\nHost: localhost:%d\r\nConnection: close\r\n\r\n", port);
    ret_answer[0] = '\0';
    if (send(fd, request, (size_t)length, MSG_NOSIGNAL) != length)
        return;
    while (size < ANSWER_SIZE_MAX - 1) {
        ssize_t got = recv(fd, ret_answer + size, ANSWER_SIZE_MAX - 1 - size, 0);
        if (got <= 0)
            break;
        size += (size_t)got;
    }
    ret_answer[size] = '\0';
}

jc_probe jc_server_probe(const char *host, int port, jc_uuid store_id)
{
    char answer[ANSWER_SIZE_MAX];
    char wanted[JC_UUID_TEXT_SIZE];
    int fd = connect_to(host, port);
    if (fd < 0)
        return JC_PROBE_NONE;
    ask(fd, port, answer);
    (void)close(fd);
    const char *body = strstr(answer, "\r\n\r\n");
    if (body == NULL)
        return JC_PROBE_NONE;
    yyjson_doc *doc = yyjson_read(body + 4, strlen(body + 4), 0);
    yyjson_val *root = yyjson_doc_get_root(doc);
    yyjson_val *told = yyjson_obj_get(root, "store_id");
    jc_probe found = JC_PROBE_NONE;
    jc_uuid_format(store_id, wanted);
    if (yyjson_equals_str(told, wanted))
        found = JC_PROBE_SAME;
    else if (yyjson_is_str(told))
        found = JC_PROBE_OTHER;
    else if (yyjson_equals_str(yyjson_obj_get(root, "status"), "ok"))
        found = JC_PROBE_CLOSED;
    yyjson_doc_free(doc);
    return found;
}
