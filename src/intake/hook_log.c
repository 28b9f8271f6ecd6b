/* .jc/hook.log: what went wrong while hooks were recorded, for whoever looks for it.
 *
 * One line a problem, written at once behind what is there, so that the lines of several processes do not
 * mix. A full log becomes hook.log.old, under a lock, so that of two writers only one moves it. */
#include "jc/hook.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/files.h"
#include "base/json.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#define LOG_SIZE_MAX ((uint64_t)1024 * 1024)
#define DETAIL_SIZE_MAX ((size_t)64 * 1024) /* so much of it is looked at, */
#define SHOWN_SIZE_MAX ((size_t)2048)       /* and so much is shown, once redacted */

/* Text for one line: what is no UTF-8 and what controls a terminal becomes '?'. */
static jc_status append_plain(jc_buf *line, jc_str text)
{
    jc_status status = JC_OK;
    for (size_t i = 0; status == JC_OK && i < text.size;) {
        jc_str rest = {text.bytes + i, text.size - i};
        size_t size = jc_utf8_size(rest);
        jc_str character = {rest.bytes, size};
        if (size == 0 || jc_utf8_has_control(character))
            status = jc_buf_append_char(line, *rest.bytes == '\n' ? ' ' : '?', NULL);
        else
            status = jc_buf_append_str(line, character, NULL);
        i += size > 0 ? size : 1;
    }
    return status;
}

static jc_status append_detail(jc_buf *line, jc_redactor *redactor, jc_str detail)
{
    size_t redacted = 0;
    jc_str shown = {detail.bytes, detail.size < DETAIL_SIZE_MAX ? detail.size : DETAIL_SIZE_MAX};
    jc_status status = jc_redact(redactor, shown, &shown, &redacted, NULL);
    bool is_cut = shown.size > SHOWN_SIZE_MAX || detail.size > DETAIL_SIZE_MAX;
    if (shown.size > SHOWN_SIZE_MAX)
        shown.size = SHOWN_SIZE_MAX;
    if (status == JC_OK)
        status = jc_buf_append_text(line, ": ", NULL);
    if (status == JC_OK)
        status = append_plain(line, shown);
    if (status == JC_OK && is_cut)
        status = jc_buf_append_format(line, NULL, " [... of %zu bytes]", detail.size);
    return status;
}

static jc_status make_line(const char *project_dir, jc_buf *line, const char *what, jc_str detail)
{
    char time[JC_TIME_TEXT_SIZE];
    jc_redactor *redactor = NULL;
    jc_time_format(jc_clock_now_us(), time);
    jc_status status = jc_buf_append_format(line, NULL, "%s ", time);
    if (status == JC_OK)
        status = append_plain(line, jc_str_of(what));
    /* The rules that are good hold, also where others are not. */
    if (status == JC_OK && detail.size > 0 && jc_redactor_new(project_dir, &redactor, NULL) < 0 &&
        redactor == NULL)
        status = JC_ENOMEM;
    if (status == JC_OK && detail.size > 0)
        status = append_detail(line, redactor, detail);
    jc_redactor_free(redactor);
    return status == JC_OK ? jc_buf_append_char(line, '\n', NULL) : status;
}

/* Move a full log aside, unless somebody does so now or has done so. */
static void move_aside(int fd, const char *path)
{
    char old[JC_PATH_SIZE_MAX + 8];
    jc_file_facts open_file, named;
    if (flock(fd, LOCK_EX | LOCK_NB) < 0)
        return;
    (void)snprintf(old, sizeof old, "%s.old", path);
    if (jc_file_look(fd, &open_file) && jc_path_look(path, &named) &&
        open_file.inode == named.inode && open_file.device == named.device)
        (void)rename(path, old);
    (void)flock(fd, LOCK_UN);
}

static int open_log(const char *path)
{
    return open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
}

/* Does the log end with this line, but for its time? What is wrong with the configuration is told by every
 * hook, and would push out the rest. */
static bool ends_with(int fd, uint64_t size, jc_str line)
{
    JC_AUTO(jc_buf) last = {0};
    size_t before = size > line.size ? 1 : 0; /* the newline of the line before */
    size_t time_size = JC_TIME_TEXT_SIZE - 1;
    if (size < line.size || line.size <= time_size ||
        jc_buf_reserve(&last, line.size + before, NULL) < 0)
        return false;
    off_t offset = (off_t)(size - line.size - before);
    if (pread(fd, last.bytes, line.size + before, offset) != (ssize_t)(line.size + before))
        return false;
    return (before == 0 || last.bytes[0] == '\n') &&
           memcmp(last.bytes + before + time_size, line.bytes + time_size, line.size - time_size) ==
               0;
}

void jc_hook_log(const char *project_dir, const char *what, jc_str detail)
{
    JC_AUTO(jc_buf) line = {0};
    char path[JC_PATH_SIZE_MAX];
    jc_file_facts facts;
    if (jc_path_join(project_dir, ".jc/hook.log", path, sizeof path, NULL) < 0 ||
        make_line(project_dir, &line, what, detail) < 0)
        return;
    int fd = open_log(path);
    if (fd < 0 || !jc_file_look(fd, &facts))
        facts = (jc_file_facts){0};
    if (facts.size > 0 && ends_with(fd, facts.size, jc_buf_str(&line))) {
        (void)close(fd);
        return;
    }
    if (facts.size + line.size > LOG_SIZE_MAX && facts.size > 0) {
        move_aside(fd, path);
        (void)close(fd);
        fd = open_log(path);
    }
    if (fd < 0)
        return;
    /* Nobody is left to be told when this fails. */
    ssize_t written = write(fd, line.bytes, line.size);
    (void)written;
    (void)close(fd);
}
