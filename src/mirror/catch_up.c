/* Where a mirror stands, and bringing it up to the log: see catch_up.h. The end of the file is read
 * by tail.c. */
#include "mirror/catch_up.h"

#include "base/fail.h"
#include "event/line.h"
#include "mirror/compare.h"
#include "mirror/tail.h"
#include "store/store.h"

#include <inttypes.h>

#define WRITE_SIZE ((size_t)256 * 1024)

/* Overwrite everything behind the last intact line with what the log says. Only called when each
 * byte that differs is a zero that a power cut left, so a reader who follows the file misses nothing. */
static jc_status put_zeros_right(jc_mirror_file *file, jc_store *store, jc_str workflow_id,
                                 const jc_mirror_comparison *found, jc_mirror_place *place,
                                 jc_error *reterr)
{
    *place = (jc_mirror_place){.sequence = found->sequence, .size = found->size};
    return jc_mirror_catch_up(file, store, workflow_id, 0, place, reterr);
}

/* The first look after another boot. */
static jc_status check_after_boot(jc_mirror_file *file, jc_store *store, jc_str workflow_id,
                                  uint64_t synced_size, jc_mirror_place *place, jc_error *reterr)
{
    jc_mirror_comparison found;
    jc_mirror_place synced = {0};
    jc_status status = jc_mirror_place_at(file, store, workflow_id, synced_size, &synced, reterr);
    if (status == JC_OK)
        status = jc_mirror_compare(file, store, workflow_id, synced.sequence, synced.size, &found,
                                   reterr);
    if (status == JC_OK && found.state == JC_MIRROR_DIFFERENT && found.only_zeros)
        status = put_zeros_right(file, store, workflow_id, &found, place, reterr);
    else if (status == JC_OK &&
             (found.state == JC_MIRROR_DIFFERENT || found.state == JC_MIRROR_AHEAD))
        status = jc_fail(reterr, JC_ECORRUPT,
                         "the mirror %s is left alone: %s; jc mirror writes it anew", file->path,
                         found.text);
    if (status < 0)
        return status;
    return jc_mirror_read_tail(file, store, workflow_id, place, reterr);
}

jc_status jc_mirror_find_place(jc_mirror_file *file, jc_store *store, jc_str workflow_id,
                               jc_synced *synced, jc_mirror_place *place, jc_error *reterr)
{
    jc_status status = JC_OK;
    uint64_t size = file->size;
    if (place->known && place->size == size)
        return JC_OK;

    uint64_t synced_size = 0;
    bool this_boot = false;
    place->known = false;
    jc_synced_get(synced, workflow_id, &synced_size, &this_boot);
    if (this_boot || size == 0)
        status = jc_mirror_read_tail(file, store, workflow_id, place, reterr);
    else
        status = check_after_boot(file, store, workflow_id, synced_size, place, reterr);
    if (status < 0)
        return status;
    place->synced_size = synced_size <= size ? synced_size : 0;
    place->known = true;
    if (this_boot)
        return JC_OK;

    /* From now on this boot answers for the file: what is in it, is on the disk or will be seen. */
    if (size > 0) {
        status = jc_mirror_file_sync(file, reterr);
        place->synced_size = place->size;
    }
    if (status == JC_OK)
        jc_synced_put(synced, workflow_id, place->synced_size);
    return status;
}

static jc_status write_lines(jc_mirror_file *file, jc_buf *lines, uint64_t sequence,
                             jc_mirror_place *place, jc_error *reterr)
{
    jc_status status = jc_mirror_file_write(file, place->size, jc_buf_str(lines), reterr);
    if (status < 0) {
        place->known = false;
        return status;
    }
    place->size += lines->size;
    place->sequence = sequence;
    jc_buf_clear(lines);
    return JC_OK;
}

static jc_status write_events(jc_mirror_file *file, jc_cursor *cursor, size_t size_max,
                              jc_mirror_place *place, jc_error *reterr)
{
    JC_AUTO(jc_buf) lines = {0};
    uint64_t sequence = place->sequence;
    size_t written = 0;
    for (;;) {
        const jc_event *event = NULL;
        jc_status status = size_max > 0 && written + lines.size >= size_max
                               ? JC_END
                               : jc_cursor_next(cursor, &event, reterr);
        if (status == JC_OK) {
            status = jc_line_encode(event, &lines, reterr);
            sequence = event->sequence;
        }
        if (status == JC_OK)
            status = jc_buf_append_char(&lines, '\n', reterr);
        if (status < 0)
            return status;
        if (lines.size >= WRITE_SIZE || (status == JC_END && lines.size > 0)) {
            written += lines.size;
            jc_status written_status = write_lines(file, &lines, sequence, place, reterr);
            if (written_status < 0)
                return written_status;
        }
        if (status == JC_END)
            return JC_OK;
    }
}

jc_status jc_mirror_catch_up(jc_mirror_file *file, jc_store *store, jc_str workflow_id,
                             size_t size_max, jc_mirror_place *place, jc_error *reterr)
{
    jc_cursor *cursor = NULL;
    jc_filter filter = {.workflow_ids = &workflow_id,
                        .workflow_count = 1,
                        .from = place->sequence + 1};
    jc_status status = jc_cursor_open(store, &filter, &cursor, reterr);
    if (status == JC_OK)
        status = write_events(file, cursor, size_max, place, reterr);
    jc_cursor_close(cursor);
    return status;
}

jc_status jc_mirror_sync_now_and_then(jc_mirror_file *file, jc_str workflow_id, jc_synced *synced,
                                      jc_mirror_place *place, jc_error *reterr)
{
    if (place->size - place->synced_size < JC_MIRROR_UNSYNCED_MAX)
        return JC_OK;
    jc_status status = jc_mirror_file_sync(file, reterr);
    if (status < 0)
        return status;
    place->synced_size = place->size;
    jc_synced_put(synced, workflow_id, place->size);
    return JC_OK;
}
