/* Reading a JSONL file line by line: see lines.h. */
#include "base/lines.h"

#include "base/fail.h"
#include "base/files.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_SIZE ((size_t)32 * 1024)

jc_status jc_lines_open(jc_lines *lines, const char *path, bool keep_closed, jc_error *reterr)
{
    bool is_stream = strcmp(path, "-") == 0;
    *lines = (jc_lines){.fd = is_stream ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
                                        : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK),
                        .keep_closed = keep_closed && !is_stream,
                        .is_stream = is_stream};
    struct stat facts;
    if (lines->fd < 0)
        return jc_fail_errno(reterr, errno, "cannot open %s", path);
    if (!is_stream && (fstat(lines->fd, &facts) < 0 || !S_ISREG(facts.st_mode))) {
        jc_lines_close(lines);
        return jc_fail(reterr, JC_EIO, "%s is not a file", path);
    }
    lines->path = strdup(path);
    if (lines->path == NULL) {
        jc_lines_close(lines);
        return jc_fail_memory(reterr);
    }
    if (lines->keep_closed) {
        (void)close(lines->fd);
        lines->fd = -1;
    }
    return JC_OK;
}

void jc_lines_close(jc_lines *lines)
{
    /* An empty value was never opened. */
    if (lines->path != NULL || lines->fd > 0) {
        if (lines->fd >= 0)
            (void)close(lines->fd);
    }
    free(lines->path);
    jc_buf_release(&lines->buf);
    *lines = (jc_lines){.fd = -1};
}

/* A stream gives what it has; a signal may end the wait for it. */
static jc_status read_stream(jc_lines *lines, size_t wanted, jc_error *reterr)
{
    ssize_t count = read(lines->fd, lines->buf.bytes + lines->buf.size, wanted);
    lines->interrupted = count < 0 && errno == EINTR;
    if (lines->interrupted)
        return JC_END;
    if (count < 0)
        return jc_fail_errno(reterr, errno, "cannot read standard input");
    lines->buf.size += (size_t)count;
    lines->offset += (uint64_t)count;
    lines->at_end = count == 0;
    return JC_OK;
}

static jc_status read_file(jc_lines *lines, size_t wanted, jc_error *reterr)
{
    int fd = lines->fd >= 0 ? lines->fd : open(lines->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return jc_fail_errno(reterr, errno, "cannot open %s", lines->path);
    ssize_t count =
        jc_file_read_all(&jc_file_ops_system, NULL, fd, lines->buf.bytes + lines->buf.size, wanted,
                         (off_t)lines->offset);
    int error_number = errno;
    if (lines->fd < 0)
        (void)close(fd);
    if (count < 0)
        return jc_fail_errno(reterr, error_number, "cannot read %s", lines->path);
    lines->buf.size += (size_t)count;
    lines->offset += (uint64_t)count;
    lines->at_end = (size_t)count < wanted;
    return JC_OK;
}

/* Read more behind what is there; the end of the file sets at_end. */
static jc_status read_more(jc_lines *lines, jc_error *reterr)
{
    jc_buf_consume(&lines->buf, lines->taken);
    lines->taken = 0;
    size_t wanted = lines->buf.size > READ_SIZE ? lines->buf.size : READ_SIZE;
    jc_status status = jc_buf_reserve(&lines->buf, wanted, reterr);
    if (status < 0)
        return status;
    return lines->is_stream ? read_stream(lines, wanted, reterr) : read_file(lines, wanted, reterr);
}

/* Is there a whole line, or the file's last one, behind what is taken? */
static bool find_line(jc_lines *lines, size_t searched, jc_str *ret_line, bool *ret_torn)
{
    const char *start = lines->buf.bytes != NULL ? lines->buf.bytes + lines->taken : "";
    size_t left = lines->buf.size - lines->taken;
    const char *newline = left > searched ? memchr(start + searched, '\n', left - searched) : NULL;
    if (newline == NULL && (!lines->at_end || left == 0))
        return false;
    *ret_torn = newline == NULL;
    *ret_line = (jc_str){start, newline != NULL ? (size_t)(newline - start) : left};
    lines->taken += ret_line->size + (newline != NULL ? 1 : 0);
    lines->number++;
    return true;
}

/* The line under way is too long: forget what is there of it, and of what comes up to its end. */
static jc_status pass_over(jc_lines *lines, jc_error *reterr)
{
    jc_status status = JC_OK;
    jc_str rest;
    bool torn = false;
    lines->passed_over++;
    while (status == JC_OK && !find_line(lines, 0, &rest, &torn)) {
        if (lines->at_end)
            return JC_OK;
        lines->taken = lines->buf.size;
        status = read_more(lines, reterr);
    }
    return status;
}

jc_status jc_lines_next(jc_lines *lines, jc_str *ret_line, bool *ret_torn, jc_error *reterr)
{
    const size_t size_max = lines->size_max > 0 ? lines->size_max : JC_LINE_SIZE_MAX;
    size_t searched = 0;
    for (;;) {
        if (find_line(lines, searched, ret_line, ret_torn)) {
            if (ret_line->size <= size_max || !lines->pass_over)
                return JC_OK;
            lines->passed_over++;
            searched = 0;
            continue;
        }
        if (lines->at_end)
            return JC_END;
        size_t left = lines->buf.size - lines->taken;
        jc_status status = JC_OK;
        if (left > size_max && !lines->pass_over)
            return jc_fail(reterr, JC_EINVAL, "%s: line %" PRIu64 " is longer than %zu bytes",
                           lines->path, lines->number + 1, size_max);
        if (left > size_max)
            status = pass_over(lines, reterr);
        searched = left > size_max ? 0 : left;
        if (status == JC_OK && searched == left)
            status = read_more(lines, reterr);
        if (status != JC_OK)
            return status;
    }
}

void jc_lines_put_back(jc_lines *lines, jc_str line, bool torn)
{
    lines->taken -= line.size + (torn ? 0 : 1);
    lines->number--;
}
