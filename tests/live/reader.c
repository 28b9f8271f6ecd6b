/* See reader.h. */
#include "live/reader.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define WAIT_US (10 * JC_US_PER_SECOND)
#define READ_SIZE ((size_t)64 * 1024)

static void must(jc_status status)
{
    if (status < 0)
        abort();
}

int jc_reader_connect(int port, int buffer_size)
{
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_port = htons((uint16_t)port),
                                        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (buffer_size > 0)
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer_size, sizeof buffer_size);
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) < 0 ||
        fcntl(fd, F_SETFL, O_NONBLOCK) < 0) {
        (void)close(fd);
        return -1;
    }
    return fd;
}

bool jc_reader_ask(jc_reader *reader, int port, int buffer_size, const char *request)
{
    size_t size = strlen(request);
    *reader = (jc_reader){.fd = jc_reader_connect(port, buffer_size)};
    return reader->fd >= 0 && send(reader->fd, request, size, MSG_NOSIGNAL) == (ssize_t)size;
}

bool jc_reader_open(jc_reader *reader, int port, const char *path, const char *more)
{
    char request[4096];
    (void)snprintf(request, sizeof request,
                   "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n%s\r\n",
                   path, more != NULL ? more : "");
    return jc_reader_ask(reader, port, 0, request);
}

void jc_reader_close(jc_reader *reader)
{
    if (reader->fd >= 0)
        (void)close(reader->fd);
    jc_buf_release(&reader->raw);
    jc_buf_release(&reader->text);
    *reader = (jc_reader){.fd = -1};
}

static void read_headers(jc_reader *reader)
{
    const char *end =
        reader->raw.size > 0 ? memmem(reader->raw.bytes, reader->raw.size, "\r\n\r\n", 4) : NULL;
    if (end == NULL)
        return;
    size_t size = (size_t)(end - reader->raw.bytes) + 4;
    (void)snprintf(reader->headers, sizeof reader->headers, "%.*s", (int)size, reader->raw.bytes);
    if (sscanf(reader->headers, "HTTP/1.%*d %d", &reader->status) != 1)
        reader->trouble = "no status line";
    reader->chunked = strstr(reader->headers, "Transfer-Encoding: chunked") != NULL;
    reader->in_body = true;
    reader->raw_at = size;
}

/* One chunk into the text; false: it is not whole yet, or there is none. */
static bool read_chunk(jc_reader *reader)
{
    const char *at = reader->raw.bytes + reader->raw_at;
    size_t left = reader->raw.size - reader->raw_at;
    const char *end = left > 0 ? memmem(at, left, "\r\n", 2) : NULL;
    if (end == NULL)
        return false;
    char *digits_end = NULL;
    size_t size = strtoul(at, &digits_end, 16);
    if (digits_end != end || digits_end == at)
        reader->trouble = "the size of a chunk is no number";
    size_t before = (size_t)(end - at) + 2;
    if (reader->trouble != NULL || left < before + size + 2)
        return false;
    if (memcmp(at + before + size, "\r\n", 2) != 0)
        reader->trouble = "a chunk is longer than its size";
    must(jc_buf_append(&reader->text, at + before, size, NULL));
    reader->raw_at += before + size + 2;
    if (size == 0)
        reader->ended = true;
    return size > 0;
}

static void take_apart(jc_reader *reader)
{
    if (!reader->in_body)
        read_headers(reader);
    if (!reader->in_body)
        return;
    if (reader->chunked) {
        while (read_chunk(reader))
            continue;
    } else {
        must(jc_buf_append(&reader->text, reader->raw.bytes + reader->raw_at,
                           reader->raw.size - reader->raw_at, NULL));
        reader->raw_at = reader->raw.size;
    }
    jc_buf_consume(&reader->raw, reader->raw_at);
    reader->raw_at = 0;
}

bool jc_reader_read(jc_reader *reader, size_t size_max)
{
    jc_buf_consume(&reader->text, reader->text_at);
    reader->text_at = 0;
    while (!reader->ended && size_max > 0) {
        size_t wanted = size_max < READ_SIZE ? size_max : READ_SIZE;
        must(jc_buf_reserve(&reader->raw, wanted, NULL));
        ssize_t size = recv(reader->fd, reader->raw.bytes + reader->raw.size, wanted, 0);
        if (size < 0 && (errno == EAGAIN || errno == EINTR))
            break;
        if (size <= 0) {
            reader->cut = reader->chunked || !reader->in_body;
            reader->ended = true;
            break;
        }
        reader->raw.size += (size_t)size;
        size_max -= (size_t)size;
        take_apart(reader);
    }
    return !reader->ended;
}

static void read_field(jc_reader *reader, jc_said *message, jc_str name, jc_str value)
{
    if (jc_str_equal(name, JC_STR("event"))) {
        message->event = value;
    } else if (jc_str_equal(name, JC_STR("data")) && message->data.bytes == NULL) {
        message->data = value;
    } else if (jc_str_equal(name, JC_STR("id"))) {
        message->has_id = true;
        message->id = strtoull(value.bytes, NULL, 10);
    } else if (name.size > 0) {
        reader->trouble = "a field that a message does not have";
    }
}

static void read_line(jc_reader *reader, jc_said *message, jc_str line)
{
    const char *colon = memchr(line.bytes, ':', line.size);
    if (colon == NULL) {
        reader->trouble = "a line without a colon";
        return;
    }
    size_t size = (size_t)(colon - line.bytes);
    jc_str value = {colon + 1, line.size - size - 1};
    if (value.size > 0 && value.bytes[0] == ' ')
        value = (jc_str){value.bytes + 1, value.size - 1};
    read_field(reader, message, (jc_str){line.bytes, size}, value);
}

bool jc_reader_take(jc_reader *reader, jc_said *ret_said)
{
    const char *at = reader->text.bytes + reader->text_at;
    size_t left = reader->text.size - reader->text_at;
    const char *end = left > 0 ? memmem(at, left, "\n\n", 2) : NULL;
    if (end == NULL || reader->trouble != NULL)
        return false;
    *ret_said = (jc_said){0};
    reader->text_at += (size_t)(end - at) + 2;
    while (at < end) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at) + 1);
        read_line(reader, ret_said, (jc_str){at, (size_t)(line_end - at)});
        at = line_end + 1;
    }
    return reader->trouble == NULL;
}

/* Wait for bytes; false: none came in time. */
static bool wait_for_bytes(const jc_reader *reader, int64_t end_us)
{
    struct pollfd interest = {.fd = reader->fd, .events = POLLIN};
    int64_t left_ms = (end_us - jc_clock_monotonic_us()) / 1000;
    return left_ms > 0 && poll(&interest, 1, (int)left_ms) > 0;
}

bool jc_reader_next(jc_reader *reader, jc_said *ret_said)
{
    int64_t end_us = jc_clock_monotonic_us() + WAIT_US;
    while (!jc_reader_take(reader, ret_said)) {
        if (reader->ended || reader->trouble != NULL || !wait_for_bytes(reader, end_us))
            return false;
        (void)jc_reader_read(reader, READ_SIZE);
    }
    return true;
}

jc_str jc_reader_rest(jc_reader *reader)
{
    int64_t end_us = jc_clock_monotonic_us() + WAIT_US;
    while (jc_reader_read(reader, READ_SIZE) && wait_for_bytes(reader, end_us))
        continue;
    return jc_buf_str(&reader->text);
}
