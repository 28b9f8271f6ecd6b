/* Comparing a mirror with the log, in bounded memory: the log is read page by page, each event's line
 * is held against the file's next bytes. */
#include "mirror/compare.h"

#include "base/fail.h"
#include "event/line.h"
#include "store/store.h"

#include <inttypes.h>
#include <stdio.h>

#define READ_SIZE ((size_t)256 * 1024)

/* The comparison under way. */
typedef struct comparing {
    const jc_mirror_file *file;
    jc_buf line;     /* what the log says, with its newline */
    jc_buf window;   /* a piece of the file */
    uint64_t start;  /* where the window begins in the file */
    uint64_t offset; /* how far the file has been compared */
    jc_mirror_comparison result;
} comparing;

static void release(comparing *compare)
{
    jc_buf_release(&compare->line);
    jc_buf_release(&compare->window);
}

/* The file's bytes from the offset on, at least `size` of them unless the file ends. */
static jc_status look_at(comparing *compare, size_t size, jc_str *ret, jc_error *reterr)
{
    uint64_t end = compare->start + compare->window.size;
    if (compare->offset < compare->start || compare->offset + size > end) {
        size_t wanted = size > READ_SIZE ? size : READ_SIZE;
        compare->start = compare->offset;
        jc_status status =
            jc_mirror_file_read(compare->file, compare->offset, wanted, &compare->window, reterr);
        if (status < 0)
            return status;
    }
    size_t skip = (size_t)(compare->offset - compare->start);
    size_t left = compare->window.size - skip;
    *ret = (jc_str){compare->window.bytes + skip, left < size ? left : size};
    return JC_OK;
}

static bool differs_by_zeros(jc_str expected, jc_str found)
{
    for (size_t i = 0; i < found.size; i++) {
        if (found.bytes[i] != expected.bytes[i] && found.bytes[i] != '\0')
            return false;
    }
    return true;
}

/* Hold one line against the file. */
static jc_status compare_line(comparing *compare, const jc_event *event, jc_error *reterr)
{
    jc_mirror_comparison *result = &compare->result;
    jc_str expected = jc_buf_str(&compare->line);
    jc_str found = {0};
    jc_status status = look_at(compare, expected.size, &found, reterr);
    if (status < 0)
        return status;
    compare->offset += found.size;
    bool same = found.size == 0 || memcmp(found.bytes, expected.bytes, found.size) == 0;
    if (same && found.size == expected.size && result->state == JC_MIRROR_EQUAL) {
        result->sequence = event->sequence;
        result->size = compare->offset;
        return JC_OK;
    }
    if (!same && result->state == JC_MIRROR_EQUAL) {
        result->state = JC_MIRROR_DIFFERENT;
        result->only_zeros = true;
        (void)snprintf(result->text, sizeof result->text,
                       "it is not what the log says of #%" PRIu64, event->sequence);
    }
    if (!same)
        result->only_zeros = result->only_zeros && differs_by_zeros(expected, found);
    else if (found.size < expected.size && result->state == JC_MIRROR_EQUAL)
        result->state = JC_MIRROR_BEHIND;
    return JC_OK;
}

/* Once it is clear what the file is, the rest of the log need not be read. */
static bool is_decided(const comparing *compare)
{
    return compare->result.state == JC_MIRROR_BEHIND ||
           (compare->result.state == JC_MIRROR_DIFFERENT &&
            (!compare->result.only_zeros || compare->offset >= compare->result.file_size));
}

static jc_status compare_events(comparing *compare, jc_store *store, jc_str workflow_id,
                                jc_error *reterr)
{
    jc_cursor *cursor = NULL;
    jc_filter filter = {.workflow_ids = &workflow_id,
                        .workflow_count = 1,
                        .from = compare->result.sequence + 1};
    jc_status status = jc_cursor_open(store, &filter, &cursor, reterr);
    while (status == JC_OK && !is_decided(compare)) {
        const jc_event *event = NULL;
        status = jc_cursor_next(cursor, &event, reterr);
        if (status != JC_OK)
            break;
        jc_buf_clear(&compare->line);
        status = jc_line_encode(event, &compare->line, reterr);
        if (status == JC_OK)
            status = jc_buf_append_char(&compare->line, '\n', reterr);
        if (status == JC_OK)
            status = compare_line(compare, event, reterr);
    }
    jc_cursor_close(cursor);
    return status < 0 ? status : JC_OK;
}

/* The log is at its end and the file is not: is what follows an event that the log should have, or
 * just bytes? */
static jc_status look_beyond(comparing *compare, jc_str workflow_id, jc_error *reterr)
{
    jc_mirror_comparison *result = &compare->result;
    jc_str found = {0};
    JC_AUTO(jc_arena) arena = {0};
    jc_event event = {0};
    jc_status status = look_at(compare, READ_SIZE, &found, reterr);
    if (status < 0)
        return status;
    const char *newline = memchr(found.bytes, '\n', found.size);
    jc_str line = {found.bytes, newline != NULL ? (size_t)(newline - found.bytes) : found.size};
    bool is_event = newline != NULL && jc_line_decode(line, &arena, &event, NULL) == JC_OK &&
                    jc_str_equal(event.workflow_id, workflow_id);
    result->state = is_event ? JC_MIRROR_AHEAD : JC_MIRROR_DIFFERENT;
    (void)snprintf(result->text, sizeof result->text,
                   is_event ? "it holds events that the log does not have, from #%" PRIu64 " on"
                            : "behind #%" PRIu64 " it holds bytes that are no event",
                   is_event ? event.sequence : result->sequence);
    return JC_OK;
}

jc_status jc_mirror_compare(const jc_mirror_file *file, jc_store *store, jc_str workflow_id,
                            uint64_t trusted_sequence, uint64_t trusted_size,
                            jc_mirror_comparison *ret, jc_error *reterr)
{
    comparing compare = {.file = file, .offset = trusted_size};
    compare.result.sequence = trusted_sequence;
    compare.result.size = trusted_size;
    jc_status status = jc_mirror_file_size(file, &compare.result.file_size, reterr);
    if (status == JC_OK)
        status = compare_events(&compare, store, workflow_id, reterr);
    if (status == JC_OK && compare.result.state == JC_MIRROR_EQUAL &&
        compare.offset < compare.result.file_size)
        status = look_beyond(&compare, workflow_id, reterr);
    /* What lies behind the log's end is nobody's zeros to put right. */
    if (compare.result.state == JC_MIRROR_DIFFERENT && compare.offset < compare.result.file_size)
        compare.result.only_zeros = false;
    if (compare.result.state == JC_MIRROR_DIFFERENT && compare.result.only_zeros)
        (void)snprintf(compare.result.text, sizeof compare.result.text,
                       "from #%" PRIu64 " on it holds zeros, as a power cut leaves them",
                       compare.result.sequence + 1);
    release(&compare);
    if (status == JC_OK)
        *ret = compare.result;
    return status;
}
