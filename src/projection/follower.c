/* Snapshots behind an append: when it passed a multiple of a hundred events of a workflow, and few
 * events must be replayed for it, the built-in projections are saved there. When more must be, the next
 * reader does it: an append is never held up by a long replay. */
#include "projection/follower.h"

#include "base/map.h"
#include "jc/projection.h"
#include "projection/cached.h"
#include "projection/snapshot.h"

#define REPLAYED_MAX 200

static void save(jc_store *store, const jc_projection *projection, jc_str workflow_id,
                 uint64_t sequence)
{
    jc_snapshots snapshots;
    jc_cache *cache = jc_store_cache(store);
    if (cache == NULL || projection->read_json == NULL)
        return;
    jc_snapshots_init(&snapshots, store, projection, workflow_id);
    if (sequence - jc_snapshot_last(cache, &snapshots.key, sequence) > REPLAYED_MAX)
        return;
    jc_error error;
    jc_state *state = NULL;
    jc_point point = {.kind = JC_POINT_SEQUENCE, .number = sequence};
    if (jc_state_read(store, projection, workflow_id, &point, &state, &error) < 0)
        jc_store_warn(store, "no snapshot is taken: %s; the log has the event", error.text);
    jc_state_free(state);
}

/* The first sequence that the unit gave a workflow whose last one in it stands at `last`. */
static uint64_t first_sequence(const jc_unit *unit, size_t last)
{
    uint64_t first = unit->ret_receipts[last].sequence;
    for (size_t i = 0; i < last; i++) {
        const jc_receipt *receipt = &unit->ret_receipts[i];
        if (!receipt->already_stored && receipt->sequence < first &&
            jc_str_equal(unit->events[i].workflow_id, unit->events[last].workflow_id))
            return receipt->sequence;
    }
    return first;
}

/* The last events of each workflow, seen from behind. */
static void follow_unit(jc_store *store, const jc_unit *unit)
{
    size_t count = 0;
    const jc_projection *const *projections = jc_projection_list(&count);
    JC_AUTO(jc_arena) arena = {0};
    jc_map seen = {0};
    for (size_t i = unit->count; i > 0; i--) {
        jc_str workflow_id = unit->events[i - 1].workflow_id;
        uint64_t last = unit->ret_receipts[i - 1].sequence;
        uint64_t multiple = last - last % JC_SNAPSHOT_EVENTS;
        if (unit->ret_receipts[i - 1].already_stored || jc_map_get(&seen, workflow_id) != NULL)
            continue;
        if (multiple > 0 && multiple >= first_sequence(unit, i - 1)) {
            for (size_t each = 0; each < count; each++)
                save(store, projections[each], workflow_id, multiple);
        }
        if (i > 1 && !jc_map_put(&seen, &arena, workflow_id, &seen))
            return;
    }
}

static void after_append(void *self, jc_store *store, const jc_unit units[], size_t count,
                         const jc_append_result results[])
{
    (void)self;
    for (size_t i = 0; i < count; i++) {
        if (results[i].status == JC_OK && results[i].stored > 0)
            follow_unit(store, &units[i]);
    }
}

static void close_nothing(void *self)
{
    (void)self;
}

void jc_snapshots_follow(jc_store *store)
{
    jc_store_add_follower(store,
                          (jc_follower){.after_append = after_append, .close = close_nothing});
}
