/* The mirror behind an append: after the commit, under the file's lock, bring it up to the log's head.
 *
 * What a handle wrote last it remembers (size and sequence), so that a lone writer only compares the
 * size and writes its line. When the file has another size, its tail is looked at (tail.c); when the
 * machine was restarted since it was last looked at, its unsynced part is compared in full. Nothing
 * here can fail the append: what goes wrong is one warning, and the next append tries again. */
#include "mirror/follower.h"

#include "base/fail.h"
#include "base/files.h"
#include "event/line.h"
#include "mirror/catch_up.h"
#include "mirror/file.h"
#include "mirror/synced.h"

#include <inttypes.h>
#include <stdlib.h>

#define OPEN_FILES_MAX 16
#define LOCK_TIMEOUT_MS 200
#define WRITE_SIZE ((size_t)256 * 1024)

/* An open mirror and what is known of it. */
typedef struct known_file {
    char workflow_id[JC_WORKFLOW_ID_SIZE_MAX + 1];
    jc_mirror_file file;
    jc_mirror_place place;
    uint64_t used; /* when it was used last, for choosing one to close */
    bool warned;   /* somebody was told already that it is not the log's */
} known_file;

typedef struct follower {
    known_file *files[OPEN_FILES_MAX]; /* each made when it is needed: most handles write one */
    size_t count;
    uint64_t uses;
    jc_synced synced;
    jc_buf bytes;
    jc_arena arena; /* of the unit under way */
} follower;

static void follower_close(void *self)
{
    follower *mirrors = self;
    for (size_t i = 0; i < mirrors->count; i++) {
        jc_mirror_file_close(&mirrors->files[i]->file);
        free(mirrors->files[i]);
    }
    jc_synced_release(&mirrors->synced);
    jc_buf_release(&mirrors->bytes);
    jc_arena_release(&mirrors->arena);
    free(mirrors);
}

/* An empty slot: a new one while there may be more, else that which was not used for longest. */
static known_file *empty_slot(follower *mirrors, jc_error *reterr)
{
    if (mirrors->count < OPEN_FILES_MAX) {
        known_file *made = calloc(1, sizeof *made);
        if (made == NULL) {
            (void)jc_fail_memory(reterr);
            return NULL;
        }
        made->file.fd = -1;
        mirrors->files[mirrors->count++] = made;
        return made;
    }
    known_file *oldest = mirrors->files[0];
    for (size_t i = 1; i < mirrors->count; i++) {
        if (mirrors->files[i]->used < oldest->used)
            oldest = mirrors->files[i];
    }
    jc_mirror_file_close(&oldest->file);
    *oldest = (known_file){.file = {.fd = -1}};
    return oldest;
}

/* The slot of a workflow. */
static known_file *slot_of(follower *mirrors, jc_store *store, jc_str workflow_id, jc_error *reterr)
{
    for (size_t i = 0; i < mirrors->count; i++) {
        if (jc_str_equal(jc_str_of(mirrors->files[i]->workflow_id), workflow_id))
            return mirrors->files[i];
    }
    jc_mirror_file file;
    if (jc_mirror_file_init(&file, store, workflow_id, reterr) < 0)
        return NULL;
    known_file *slot = empty_slot(mirrors, reterr);
    if (slot == NULL)
        return NULL;
    slot->file = file;
    memcpy(slot->workflow_id, workflow_id.bytes, workflow_id.size);
    return slot;
}

static jc_status flush(follower *mirrors, known_file *slot, uint64_t sequence, jc_error *reterr)
{
    jc_str bytes = jc_buf_str(&mirrors->bytes);
    if (bytes.size == 0)
        return JC_OK;
    jc_status status = jc_mirror_file_write(&slot->file, slot->place.size, bytes, reterr);
    if (status < 0) {
        slot->place.known = false;
        return status;
    }
    slot->place.size += bytes.size;
    slot->place.sequence = sequence;
    jc_buf_clear(&mirrors->bytes);
    return JC_OK;
}

/* The unit's own events, when they are just what the mirror lacks: no need to read them back. */
static jc_status write_unit(follower *mirrors, known_file *slot, const jc_unit *unit,
                            jc_error *reterr)
{
    jc_str workflow_id = jc_str_of(slot->workflow_id);
    uint64_t sequence = slot->place.sequence;
    jc_buf_clear(&mirrors->bytes);
    for (size_t i = 0; i < unit->count; i++) {
        if (unit->ret_receipts[i].sequence != sequence + 1 ||
            !jc_str_equal(unit->events[i].workflow_id, workflow_id))
            continue;
        jc_event event = jc_event_as_stored(&unit->events[i], &unit->ret_receipts[i]);
        jc_status status = jc_line_encode(&event, &mirrors->bytes, reterr);
        if (status == JC_OK)
            status = jc_buf_append_char(&mirrors->bytes, '\n', reterr);
        sequence++;
        if (status == JC_OK && mirrors->bytes.size >= WRITE_SIZE)
            status = flush(mirrors, slot, sequence, reterr);
        if (status < 0)
            return status;
    }
    return flush(mirrors, slot, sequence, reterr);
}

/* With the lock held. */
static jc_status follow_locked(follower *mirrors, known_file *slot, jc_store *store,
                               const jc_unit *unit, jc_error *reterr)
{
    jc_str workflow_id = jc_str_of(slot->workflow_id);
    jc_head head;
    jc_status status = jc_mirror_find_place(&slot->file, store, workflow_id, &mirrors->synced,
                                            &slot->place, reterr);
    if (status == JC_OK)
        status = write_unit(mirrors, slot, unit, reterr);
    /* The head is read again before leaving: others may have committed while they waited for us. */
    if (status == JC_OK)
        status = jc_head_read(store, workflow_id, &head, reterr);
    if (status == JC_OK && head.sequence > slot->place.sequence)
        status = jc_mirror_catch_up(&slot->file, store, workflow_id, JC_MIRROR_BACKLOG_MAX,
                                    &slot->place, reterr);
    if (status == JC_OK)
        status = jc_mirror_sync_now_and_then(&slot->file, workflow_id, &mirrors->synced,
                                             &slot->place, reterr);
    if (status == JC_OK && head.sequence > slot->place.sequence)
        status = jc_fail(reterr, JC_EBUSY,
                         "the mirror %s is %" PRIu64
                         " events behind and catches up a piece at each append; "
                         "jc mirror does it at once",
                         slot->file.path, head.sequence - slot->place.sequence);
    return status;
}

static void follow_workflow(follower *mirrors, jc_store *store, const jc_unit *unit,
                            jc_str workflow_id)
{
    jc_error error;
    bool fresh = false;
    known_file *slot = slot_of(mirrors, store, workflow_id, &error);
    if (slot == NULL) {
        jc_store_warn(store, "%s; the log has the event", error.text);
        return;
    }
    slot->used = ++mirrors->uses;
    jc_status status = jc_mirror_file_lock(&slot->file, LOCK_TIMEOUT_MS, &fresh, &error);
    if (status == JC_OK) {
        if (fresh)
            slot->place = (jc_mirror_place){0};
        status = follow_locked(mirrors, slot, store, unit, &error);
        jc_mirror_file_unlock(&slot->file);
    }
    if (status < 0 && !slot->warned)
        jc_store_warn(store, "%s; the log has the event", error.text);
    slot->warned = status < 0;
}

/* Each workflow of a unit once, however its events are mixed. */
static void follow_unit(follower *mirrors, jc_store *store, const jc_unit *unit)
{
    jc_map seen = {0};
    jc_arena_reset(&mirrors->arena);
    for (size_t i = 0; i < unit->count; i++) {
        jc_str workflow_id = unit->events[i].workflow_id;
        if (jc_map_get(&seen, workflow_id) != NULL)
            continue;
        follow_workflow(mirrors, store, unit, workflow_id);
        /* When memory is short a workflow may be looked at twice, which does no harm. */
        if (unit->count > 1)
            (void)jc_map_put(&seen, &mirrors->arena, workflow_id, mirrors);
    }
}

static void follower_after_append(void *self, jc_store *store, const jc_unit units[], size_t count,
                                  const jc_append_result results[])
{
    for (size_t i = 0; i < count; i++) {
        if (results[i].status == JC_OK)
            follow_unit(self, store, &units[i]);
    }
}

jc_status jc_mirror_follow(jc_store *store, jc_error *reterr)
{
    follower *mirrors = calloc(1, sizeof *mirrors);
    if (mirrors == NULL)
        return jc_fail_memory(reterr);
    jc_status status = jc_synced_init(&mirrors->synced, store, reterr);
    if (status < 0) {
        follower_close(mirrors);
        return status;
    }
    jc_store_add_follower(store, (jc_follower){.self = mirrors,
                                               .after_append = follower_after_append,
                                               .close = follower_close});
    return JC_OK;
}
