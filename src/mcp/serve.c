/* Lines in, lines out. Each is read whole before it is answered; one that is too long is refused when
 * that turns out, and skipped up to its end. The end of the input ends the server; what stands there
 * without a newline is a line too. */
#include "mcp/server.h"

#include "base/fail.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#define READ_SIZE ((size_t)64 * 1024)

typedef struct wire {
    jc_mcp *mcp;
    int in_fd;
    int out_fd;
    int stop_fd;
    jc_buf in;
    size_t looked; /* bytes of `in` that hold no newline */
    bool skipping; /* the rest of a line that was refused */
    bool ended;    /* nobody writes any more, nobody reads any more, or it is to stop */
} wire;

/* Wait until `fd` can be read or written, or the server is to stop. */
static jc_status wait_for(wire *of, int fd, short what, jc_error *reterr)
{
    struct pollfd both[] = {{.fd = of->stop_fd, .events = POLLIN}, {.fd = fd, .events = what}};
    for (;;) {
        int ready = poll(both, 2, -1);
        if (ready < 0 && errno != EINTR)
            return jc_fail_errno(reterr, errno, "cannot wait for the client");
        if (ready < 0)
            continue;
        if (what == POLLOUT && both[1].revents != 0)
            return JC_OK; /* what was done is told first */
        of->ended = of->ended || both[0].revents != 0;
        if (of->ended || both[1].revents != 0)
            return JC_OK;
    }
}

/* In pieces that a pipe takes whole when it takes anything, so that only poll() waits. */
static jc_status write_all(wire *of, const char *bytes, size_t size, jc_error *reterr)
{
    while (size > 0) {
        jc_status status = wait_for(of, of->out_fd, POLLOUT, reterr);
        if (status < 0 || of->ended)
            return status;
        ssize_t written = write(of->out_fd, bytes, size < PIPE_BUF ? size : PIPE_BUF);
        if (written < 0 && errno == EPIPE) {
            of->ended = true;
            return JC_OK;
        }
        if (written < 0 && errno != EINTR && errno != EAGAIN)
            return jc_fail_errno(reterr, errno, "cannot write to the client");
        bytes += written > 0 ? written : 0;
        size -= written > 0 ? (size_t)written : 0;
    }
    return JC_OK;
}

static jc_status say(wire *of, jc_str answer, jc_error *reterr)
{
    jc_status status = write_all(of, answer.bytes, answer.size, reterr);
    if (status == JC_OK && !of->ended)
        status = write_all(of, "\n", 1, reterr);
    return status;
}

static jc_status answer_line(wire *of, jc_str line, jc_error *reterr)
{
    jc_str answer;
    jc_status status = jc_mcp_answer(of->mcp, line, &answer, reterr);
    if (status == JC_ENOMEM)
        answer = JC_STR("{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32603,"
                        "\"message\":\"Internal error: out of memory\"}}");
    else if (status < 0)
        return status;
    return answer.bytes != NULL ? say(of, answer, reterr) : JC_OK;
}

static jc_status refuse_long_line(wire *of, jc_error *reterr)
{
    JC_AUTO(jc_buf) answer = {0};
    of->skipping = true;
    jc_status status = jc_buf_append_format(
        &answer, reterr,
        "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32600,\"message\":"
        "\"Invalid request: a message has at most %zu bytes\"}}",
        JC_MCP_LINE_SIZE_MAX);
    return status == JC_OK ? say(of, jc_buf_str(&answer), reterr) : status;
}

/* Answer the lines that are there, and keep what begins another. */
static jc_status answer_lines(wire *of, jc_error *reterr)
{
    size_t from = 0;
    jc_status status = JC_OK;
    while (status == JC_OK && !of->ended) {
        size_t begin = from > of->looked ? from : of->looked;
        char *end = memchr(of->in.bytes + begin, '\n', of->in.size - begin);
        if (end == NULL)
            break;
        jc_str line = {of->in.bytes + from, (size_t)(end - of->in.bytes) - from};
        from += line.size + 1;
        if (of->skipping)
            of->skipping = false;
        else
            status = answer_line(of, line, reterr);
    }
    jc_buf_consume(&of->in, from);
    of->looked = of->in.size;
    if (status < 0 || of->ended || of->in.size <= JC_MCP_LINE_SIZE_MAX)
        return status;
    if (!of->skipping)
        status = refuse_long_line(of, reterr);
    jc_buf_clear(&of->in);
    of->looked = 0;
    return status;
}

static jc_status read_some(wire *of, jc_error *reterr)
{
    jc_status status = wait_for(of, of->in_fd, POLLIN, reterr);
    if (status == JC_OK && !of->ended)
        status = jc_buf_reserve(&of->in, READ_SIZE, reterr);
    if (status < 0 || of->ended)
        return status;
    ssize_t size = read(of->in_fd, of->in.bytes + of->in.size, READ_SIZE);
    if (size < 0 && errno != EINTR && errno != EAGAIN)
        return jc_fail_errno(reterr, errno, "cannot read from the client");
    if (size > 0) {
        of->in.size += (size_t)size;
        return answer_lines(of, reterr);
    }
    if (size == 0) {
        if (of->in.size > 0 && !of->skipping)
            status = answer_line(of, jc_buf_str(&of->in), reterr);
        of->ended = true;
    }
    return status;
}

jc_status jc_mcp_serve(jc_mcp *mcp, int in_fd, int out_fd, int stop_fd, jc_error *reterr)
{
    wire of = {.mcp = mcp, .in_fd = in_fd, .out_fd = out_fd, .stop_fd = stop_fd};
    jc_status status = JC_OK;
    while (status == JC_OK && !of.ended)
        status = read_some(&of, reterr);
    jc_buf_release(&of.in);
    return status;
}
