/* The end of a mirror: its last whole line, and what a dying writer may have left behind it.
 *
 * A torn line is completed and not cut, because `tail -f` would print a line twice that was cut and
 * written again. */
#include "mirror/tail.h"

#include "base/fail.h"
#include "base/lines.h"
#include "event/line.h"
#include "store/store.h"

#include <inttypes.h>

#define LOOK_SIZE ((size_t)4 * 1024)

/* The file's end: its last whole line and the bytes behind that. */
typedef struct tail {
    jc_buf bytes;
    jc_str line; /* absent when the file has no whole line */
    jc_str torn;
    uint64_t line_end; /* in the file */
} tail;

static void find_lines(tail *end, uint64_t size)
{
    const char *bytes = end->bytes.bytes;
    size_t last = end->bytes.size;
    while (last > 0 && bytes[last - 1] != '\n')
        last--;
    end->torn = (jc_str){bytes + last, end->bytes.size - last};
    end->line_end = size - end->torn.size;
    end->line = (jc_str){0};
    if (last == 0)
        return;
    size_t first = last - 1;
    while (first > 0 && bytes[first - 1] != '\n')
        first--;
    end->line = (jc_str){bytes + first, last - 1 - first};
}

/* Read from the end until the last whole line is there, or the whole file. */
static jc_status read_end(const jc_mirror_file *file, uint64_t size, tail *end, jc_error *reterr)
{
    for (size_t look = LOOK_SIZE;; look *= 8) {
        uint64_t start = size > look ? size - look : 0;
        jc_status status =
            jc_mirror_file_read(file, start, (size_t)(size - start), &end->bytes, reterr);
        if (status < 0)
            return status;
        find_lines(end, size);
        bool whole = start == 0 || (end->line.bytes != NULL && end->line.bytes > end->bytes.bytes);
        if (whole)
            return JC_OK;
        if (look > 4 * JC_LINE_SIZE_MAX)
            return jc_fail(reterr, JC_ECORRUPT,
                           "the mirror %s has no line end in its last %zu bytes", file->path, look);
    }
}

static jc_status not_the_logs(const jc_mirror_file *file, const char *why, jc_error *reterr)
{
    return jc_fail(reterr, JC_ECORRUPT, "the mirror %s is left alone: %s; jc mirror writes it anew",
                   file->path, why);
}

/* The last line's sequence, if the line is what the log says. */
static jc_status check_line(const jc_mirror_file *file, jc_store *store, jc_str workflow_id,
                            jc_str line, uint64_t *ret_sequence, jc_error *reterr)
{
    JC_AUTO(jc_arena) arena = {0};
    JC_AUTO(jc_page) page = {0};
    JC_AUTO(jc_buf) expected = {0};
    jc_event event;
    const jc_event *stored = NULL;
    jc_status status = jc_line_decode(line, &arena, &event, reterr);
    if (status == JC_ENOMEM)
        return status;
    if (status < 0)
        return not_the_logs(file, "its last line is not an event", reterr);
    status = jc_store_at(store, workflow_id, event.sequence, &page, &stored, reterr);
    if (status < 0)
        return status;
    if (status == JC_END)
        return not_the_logs(file, "it is ahead of the log", reterr);
    status = jc_line_encode(stored, &expected, reterr);
    if (status < 0)
        return status;
    if (!jc_str_equal(jc_buf_str(&expected), line))
        return not_the_logs(file, "its last line is not the log's", reterr);
    *ret_sequence = event.sequence;
    return JC_OK;
}

/* Bytes without a newline, from a writer that died: the beginning of the next line, or rubbish. */
static jc_status mend_torn(jc_mirror_file *file, jc_store *store, jc_str workflow_id, jc_str torn,
                           jc_mirror_place *place, jc_error *reterr)
{
    JC_AUTO(jc_page) page = {0};
    JC_AUTO(jc_buf) expected = {0};
    const jc_event *next = NULL;
    jc_status status = jc_store_at(store, workflow_id, place->sequence + 1, &page, &next, reterr);
    if (status == JC_OK)
        status = jc_line_encode(next, &expected, reterr);
    if (status == JC_OK)
        status = jc_buf_append_char(&expected, '\n', reterr);
    if (status < 0)
        return status;
    bool is_beginning = status == JC_OK && torn.size < expected.size &&
                        memcmp(torn.bytes, expected.bytes, torn.size) == 0;
    if (!is_beginning) {
        status = jc_mirror_file_cut(file, place->size, reterr);
        if (status == JC_OK)
            jc_store_warn(store,
                          "the mirror %s ended with %zu bytes that are not the log's, without a "
                          "line end: they were cut",
                          file->path, torn.size);
        return status;
    }

    jc_str rest = {expected.bytes + torn.size, expected.size - torn.size};
    status = jc_mirror_file_write(file, place->size + torn.size, rest, reterr);
    if (status < 0)
        return status;
    place->size += expected.size;
    place->sequence++;
    return JC_OK;
}

jc_status jc_mirror_read_tail(jc_mirror_file *file, jc_store *store, jc_str workflow_id,
                              jc_mirror_place *place, jc_error *reterr)
{
    uint64_t size = 0;
    tail end = {0};
    jc_mirror_place found = {0};
    jc_status status = jc_mirror_file_size(file, &size, reterr);
    if (status == JC_OK && size > 0)
        status = read_end(file, size, &end, reterr);
    found.size = end.line_end;
    if (status == JC_OK && end.line.bytes != NULL)
        status = check_line(file, store, workflow_id, end.line, &found.sequence, reterr);
    if (status == JC_OK && end.torn.size > 0)
        status = mend_torn(file, store, workflow_id, end.torn, &found, reterr);
    jc_buf_release(&end.bytes);
    if (status < 0)
        return status;
    *place = found;
    return JC_OK;
}

jc_status jc_mirror_place_at(jc_mirror_file *file, jc_store *store, jc_str workflow_id,
                             uint64_t size, jc_mirror_place *ret_place, jc_error *reterr)
{
    uint64_t file_size = 0;
    uint64_t sequence = 0;
    tail end = {0};
    *ret_place = (jc_mirror_place){0};
    jc_status status = jc_mirror_file_size(file, &file_size, reterr);
    if (status < 0 || size == 0 || size > file_size)
        return status;
    status = read_end(file, size, &end, reterr);
    bool whole = status == JC_OK && end.torn.size == 0 && end.line.bytes != NULL;
    if (whole)
        status = check_line(file, store, workflow_id, end.line, &sequence, reterr);
    if (whole && status == JC_OK)
        *ret_place = (jc_mirror_place){.sequence = sequence, .size = size};
    jc_buf_release(&end.bytes);
    return status == JC_ECORRUPT ? JC_OK : status;
}
