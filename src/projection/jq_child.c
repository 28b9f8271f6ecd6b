/* The parent's side of a process that runs a program in jq.
 *
 * The process is a fork without an exec, so what it does is a function of this library
 * (jq_serve.h). Its parent may have threads, locks and handlers of signals, none of which may reach
 * it: signals are blocked around the fork, and the first thing that it does is to let go of all it
 * has. It takes no notice of anything but its socket, and ends when that is closed.
 *
 * There is no signal on the parent's death (PR_SET_PDEATHSIG): it comes when the thread ends that
 * forked, and a state may be handed to another. A process that loops when its parent dies is ended by
 * its limit of processor time. */
#include "projection/jq_child.h"

#include "base/clock.h"
#include "base/fail.h"
#include "projection/jq_serve.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

const jc_jq_limits jc_jq_limits_default = {.timeout_ms = JC_JQ_TIMEOUT_MS,
                                           .memory_size_max = JC_JQ_MEMORY_SIZE_MAX};

/* End the process and take its status: true when there was one to take. Somebody who waits for every
 * child of this process may have been quicker; then the number may be another process's by now. */
static bool end_process(jc_jq_child *child, int *ret_status)
{
    pid_t ended = waitpid(child->pid, ret_status, WNOHANG);
    if (ended == 0) {
        (void)kill(child->pid, SIGKILL);
        do
            ended = waitpid(child->pid, ret_status, 0);
        while (ended < 0 && errno == EINTR);
    }
    return ended == child->pid;
}

static bool end_child(jc_jq_child *child, int *ret_status)
{
    if (child->fd < 0)
        return false;
    (void)close(child->fd);
    child->fd = -1;
    return end_process(child, ret_status);
}

void jc_jq_child_release(jc_jq_child *child)
{
    int status = 0;
    (void)end_child(child, &status);
    jc_buf_release(&child->request);
    jc_buf_release(&child->input);
}

static jc_status fail_too_long(jc_jq_child *child, int timeout_ms, jc_error *reterr)
{
    int status = 0;
    (void)end_child(child, &status);
    return jc_fail(reterr, JC_EINVAL, "it took longer than %g s, and was ended: does it loop?",
                   timeout_ms / 1000.0);
}

/* A process closes its socket a moment before it can be waited for. Killed in between, it would not
 * say what it died of. */
static void let_end(const jc_jq_child *child)
{
    for (int tries = 0; tries < 1000; tries++) {
        siginfo_t seen = {0};
        int result = waitid(P_PID, (id_t)child->pid, &seen, WEXITED | WNOHANG | WNOWAIT);
        if (result == 0 ? seen.si_pid != 0 : errno != EINTR)
            return;
        jc_clock_sleep_us(1000);
    }
}

/* The socket is closed at the other end: say why. */
static jc_status fail_ended(jc_jq_child *child, jc_error *reterr)
{
    int status = 0;
    let_end(child);
    if (!end_child(child, &status))
        return jc_fail(reterr, JC_EIO, "the process that ran jq has ended");
    if (WIFEXITED(status) && WEXITSTATUS(status) == JC_JQ_EXIT_MEMORY)
        return jc_fail(reterr, JC_EINVAL, "it needs more memory than %zu MiB",
                       child->limits.memory_size_max >> 20);
    int number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    if (number == SIGXCPU)
        return jc_fail(reterr, JC_EINVAL,
                       "it took longer than %g s of processor time: does it loop?",
                       child->limits.timeout_ms / 1000.0);
    if (number == SIGSEGV || number == SIGBUS || number == SIGABRT)
        return jc_fail(reterr, JC_EINVAL,
                       "libjq broke down over it (signal %d): too deep, or too much memory",
                       number);
    if (number != 0)
        return jc_fail(reterr, JC_EIO, "the process that ran jq was ended by signal %d", number);
    return jc_fail(reterr, JC_EIO, "the process that ran jq ended with %d", WEXITSTATUS(status));
}

/* Wait until the socket is ready for `events`; false: the deadline has passed. */
static bool wait_for(const jc_jq_child *child, short events, int64_t deadline_us)
{
    for (;;) {
        struct pollfd ready = {.fd = child->fd, .events = events};
        int64_t left_us = deadline_us - jc_clock_monotonic_us();
        if (left_us < 0)
            left_us = 0;
        int count = poll(&ready, 1, (int)((left_us + 999) / 1000));
        if (count > 0)
            return true;
        if (count == 0 && left_us == 0)
            return false;
        if (count < 0 && errno != EINTR && errno != EAGAIN)
            return false;
    }
}

static int64_t deadline_in(int timeout_ms)
{
    return jc_clock_monotonic_us() + (int64_t)timeout_ms * 1000;
}

jc_status jc_jq_child_begin(jc_jq_child *child, jc_jq_request kind, jc_error *reterr)
{
    jc_jq_frame frame = {.kind = kind};
    if (child->fd < 0)
        return jc_fail(reterr, JC_EINVAL, "the process that ran jq has ended after an error");
    jc_buf_clear(&child->request);
    return jc_buf_append(&child->request, &frame, sizeof frame, reterr);
}

jc_status jc_jq_child_send(jc_jq_child *child, jc_error *reterr)
{
    size_t size = child->request.size - sizeof(jc_jq_frame);
    if (size > JC_JQ_JSON_SIZE_MAX)
        return jc_fail(reterr, JC_EINVAL, "%zu bytes of JSON; jq is given at most %zu", size,
                       JC_JQ_JSON_SIZE_MAX);
    uint32_t frame_size = (uint32_t)size;
    memcpy(child->request.bytes + offsetof(jc_jq_frame, size), &frame_size, sizeof frame_size);
    int64_t deadline_us = deadline_in(child->limits.timeout_ms);
    for (size_t at = 0; at < child->request.size;) {
        ssize_t sent = send(child->fd, child->request.bytes + at, child->request.size - at,
                            MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0)
            at += (size_t)sent;
        else if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) {
            if (!wait_for(child, POLLOUT, deadline_us))
                return fail_too_long(child, child->limits.timeout_ms, reterr);
        } else if (errno != EINTR)
            return fail_ended(child, reterr);
    }
    return JC_OK;
}

/* Have at least `size` bytes of input that are not used up. */
static jc_status receive(jc_jq_child *child, size_t size, int timeout_ms, jc_error *reterr)
{
    jc_buf *input = &child->input;
    int64_t deadline_us = deadline_in(timeout_ms);
    if (child->input_at == input->size) {
        jc_buf_clear(input);
        child->input_at = 0;
    }
    while (input->size - child->input_at < size) {
        size_t missing = size - (input->size - child->input_at);
        jc_status status = jc_buf_reserve(input, missing > 4096 ? missing : 4096, reterr);
        if (status < 0)
            return status;
        if (!wait_for(child, POLLIN, deadline_us))
            return fail_too_long(child, timeout_ms, reterr);
        ssize_t count = recv(child->fd, input->bytes + input->size, input->capacity - input->size,
                             MSG_DONTWAIT);
        if (count > 0)
            input->size += (size_t)count;
        else if (count == 0 || (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK))
            return fail_ended(child, reterr);
    }
    return JC_OK;
}

/* The next answer, whatever it is. */
static jc_status take_answer(jc_jq_child *child, int timeout_ms, jc_jq_answer *ret_kind,
                             jc_str *ret_body, jc_error *reterr)
{
    jc_jq_frame frame;
    jc_status status = receive(child, sizeof frame, timeout_ms, reterr);
    if (status < 0)
        return status;
    memcpy(&frame, child->input.bytes + child->input_at, sizeof frame);
    if (frame.size > JC_JQ_JSON_SIZE_MAX)
        return jc_fail(reterr, JC_EIO, "the process that runs jq answers with nonsense");
    status = receive(child, sizeof frame + frame.size, timeout_ms, reterr);
    if (status < 0)
        return status;
    *ret_body = (jc_str){child->input.bytes + child->input_at + sizeof frame, frame.size};
    *ret_kind = (jc_jq_answer)frame.kind;
    child->input_at += sizeof frame + frame.size;
    return JC_OK;
}

/* What an answer means; the text of a failure is the message. */
static jc_status understand(jc_jq_answer kind, jc_str body, jc_error *reterr)
{
    switch (kind) {
    case JC_JQ_DONE:
        return JC_END;
    case JC_JQ_JSON:
        return JC_OK;
    case JC_JQ_FAILED:
    case JC_JQ_UNWRITABLE:
        return jc_fail(reterr, JC_EINVAL, "%.*s", (int)body.size, body.bytes);
    case JC_JQ_CORRUPT:
        return jc_fail(reterr, JC_ECORRUPT, "%.*s", (int)body.size, body.bytes);
    case JC_JQ_MISSING:
        return jc_fail(reterr, JC_EUNSUPPORTED, "%.*s", (int)body.size, body.bytes);
    }
    return jc_fail(reterr, JC_EIO, "the process that runs jq answers with nonsense");
}

static jc_status answer_within(jc_jq_child *child, int timeout_ms, jc_str *ret_json,
                               jc_error *reterr)
{
    jc_jq_answer kind = JC_JQ_FAILED;
    jc_str body = JC_STR("");
    jc_status status = take_answer(child, timeout_ms, &kind, &body, reterr);
    if (status == JC_OK)
        status = understand(kind, body, reterr);
    if (status < 0 && kind != JC_JQ_CORRUPT && kind != JC_JQ_UNWRITABLE) {
        int ended = 0;
        (void)end_child(child, &ended);
    }
    if (status == JC_OK)
        *ret_json = body;
    return status;
}

jc_status jc_jq_child_answer(jc_jq_child *child, jc_str *ret_json, jc_error *reterr)
{
    return answer_within(child, child->limits.timeout_ms, ret_json, reterr);
}

jc_status jc_jq_child_do(jc_jq_child *child, jc_jq_request kind, jc_str body, jc_error *reterr)
{
    jc_str none = {0};
    jc_status status = jc_jq_child_begin(child, kind, reterr);
    if (status == JC_OK)
        status = jc_buf_append_str(&child->request, body, reterr);
    if (status == JC_OK)
        status = jc_jq_child_send(child, reterr);
    if (status == JC_OK)
        status = jc_jq_child_answer(child, &none, reterr);
    return status == JC_END ? JC_OK : status;
}

/* A pair of connected sockets that no program started from here inherits. */
static bool make_sockets(int ret_fds[2])
{
#ifdef SOCK_CLOEXEC
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ret_fds) == 0;
#else
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ret_fds) < 0)
        return false;
    for (int i = 0; i < 2; i++) {
        (void)fcntl(ret_fds[i], F_SETFD, FD_CLOEXEC);
#ifdef SO_NOSIGPIPE
        int yes = 1;
        (void)setsockopt(ret_fds[i], SOL_SOCKET, SO_NOSIGPIPE, &yes, sizeof yes);
#endif
    }
    return true;
#endif
}

/* Fork; the child serves and does not come back. The number of the process, or -1 and errno. */
static pid_t fork_server(int fd, const jc_jq_program *program, const jc_jq_limits *limits)
{
    sigset_t all;
    sigset_t before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t pid = fork();
    if (pid == 0)
        jc_jq_serve(fd, program, limits);
    int error_number = errno;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = error_number;
    return pid;
}

jc_status jc_jq_child_start(const jc_jq_program *program, const jc_jq_limits *limits,
                            jc_jq_child *ret_child, jc_error *reterr)
{
    int fds[2];
    if (!make_sockets(fds))
        return jc_fail_errno(reterr, errno, "cannot make a socket for jq");
    pid_t pid = fork_server(fds[1], program, limits);
    int error_number = errno;
    (void)close(fds[1]);
    if (pid < 0) {
        (void)close(fds[0]);
        return jc_fail_errno(reterr, error_number, "cannot start a process for jq");
    }
    jc_jq_child child = {.pid = pid, .fd = fds[0], .limits = *limits};
    jc_str none = {0};
    jc_status status = answer_within(&child, JC_JQ_START_TIMEOUT_MS, &none, reterr);
    if (status < 0) {
        jc_jq_child_release(&child);
        return status;
    }
    *ret_child = child;
    return JC_OK;
}
