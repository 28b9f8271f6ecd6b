/* Reading a payload: see hook_input.h. Nobody is waited for without end: a writer that says nothing for
 * SILENCE_MS has said it all, one that has said a whole object for SETTLED_MS too, and one that never stops is
 * left after REST_MS. */
#include "cli/hook_input.h"

#include "base/clock.h"
#include "base/json.h"
#include "jc/hook.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#define SETTLED_MS 50
#define SILENCE_MS 2000
#define REST_MS 2000
#define READ_SIZE ((size_t)64 * 1024)

static bool is_whole(jc_str text)
{
    JC_AUTO(jc_json) json = {0};
    yyjson_val *root = NULL;
    while (text.size > 0 && strchr(" \t\r\n", text.bytes[text.size - 1]) != NULL)
        text.size--;
    /* What does not end like an object need not be read to say that it is none. */
    return text.size > 0 && text.bytes[text.size - 1] == '}' &&
           jc_json_read_loose(&json, text, &root, NULL) == JC_OK && yyjson_is_obj(root);
}

static bool is_ready(int fd, int timeout_ms)
{
    struct pollfd input = {.fd = fd, .events = POLLIN};
    int ready;
    do
        ready = poll(&input, 1, timeout_ms);
    while (ready < 0 && errno == EINTR);
    return ready > 0;
}

static bool has_more(int fd, const jc_buf *payload)
{
    if (is_ready(fd, SETTLED_MS))
        return true;
    return !is_whole(jc_buf_str(payload)) && is_ready(fd, SILENCE_MS - SETTLED_MS);
}

static ssize_t read_some(int fd, char *bytes, size_t size)
{
    ssize_t count;
    do
        count = read(fd, bytes, size);
    while (count < 0 && errno == EINTR);
    return count;
}

static uint64_t count_rest(int fd)
{
    char passed[READ_SIZE];
    uint64_t size = 0;
    int64_t deadline_us = jc_clock_monotonic_us() + (int64_t)REST_MS * 1000;
    while (jc_clock_monotonic_us() < deadline_us && is_ready(fd, REST_MS)) {
        ssize_t count = read_some(fd, passed, sizeof passed);
        if (count <= 0)
            break;
        size += (uint64_t)count;
    }
    return size;
}

jc_status jc_hook_input_read(int fd, jc_buf *payload, uint64_t *ret_size, jc_error *reterr)
{
    while (payload->size < JC_HOOK_PAYLOAD_SIZE_MAX && has_more(fd, payload)) {
        size_t room = JC_HOOK_PAYLOAD_SIZE_MAX - payload->size;
        size_t asked = room < READ_SIZE ? room : READ_SIZE;
        jc_status status = jc_buf_reserve(payload, asked, reterr);
        if (status < 0)
            return status;
        ssize_t count = read_some(fd, payload->bytes + payload->size, asked);
        if (count <= 0)
            break;
        payload->size += (size_t)count;
    }
    *ret_size = payload->size;
    if (payload->size == JC_HOOK_PAYLOAD_SIZE_MAX)
        *ret_size += count_rest(fd);
    return JC_OK;
}
