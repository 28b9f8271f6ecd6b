/* Snapshots behind an append: when it passed a multiple of a hundred events of a workflow, and few
 * events must be replayed for it, the built-in projections are saved there. When more must be, or the
 * state is large, the next reader does it: an append is never held up for long. Besides `workflow`,
 * which every look at a project reads, they are those that somebody has read before. */
#include "projection/follower.h"

#include "base/map.h"
#include "jc/projection.h"
#include "projection/cached.h"
#include "projection/registry.h"
#include "projection/snapshot.h"

#include <assert.h>

#define REPLAYED_MAX 200
#define RESTORED_SIZE_MAX (64 * 1024) /* a larger state is the next reader's */
#define PROJECTIONS_MAX 16

/* The projections that are saved together: the events are read once, and all is written in one
 * transaction. */
typedef struct saving {
    jc_snapshots snapshots;
    jc_state *state;
    jc_replay_place place;
} saving;

/* Where a snapshot is due. */
typedef struct due {
    jc_store *store;
    const jc_unit *unit; /* that was appended */
    jc_str workflow_id;
    uint64_t sequence; /* the multiple that was passed */
    uint64_t first;    /* of the unit's events of the workflow */
} due;

/* Begin to save a projection, when few events must be replayed for it. */
static jc_status begin(saving *one, const due *what, const jc_projection *projection,
                       jc_error *reterr)
{
    jc_snapshots_init(&one->snapshots, what->store, projection, what->workflow_id);
    one->place = jc_replay_place_start();
    uint64_t size = 0;
    uint64_t last =
        jc_snapshot_last(what->store->cache, &one->snapshots.key, what->sequence, &size);
    bool wanted = last > 0 || projection == &jc_projection_workflow;
    if (projection->read_json == NULL || !wanted || what->sequence - last > REPLAYED_MAX ||
        size > RESTORED_SIZE_MAX)
        return JC_OK;
    jc_status status =
        jc_snapshots_load(&one->snapshots, what->sequence, NULL, &one->state, &one->place, reterr);
    if (status == JC_OK && one->state == NULL)
        status = jc_state_new(projection, &one->state, reterr);
    return status;
}

static jc_status take(saving *all, size_t count, const jc_event *event, jc_error *reterr)
{
    for (size_t i = 0; i < count; i++) {
        if (all[i].state == NULL || event->sequence <= all[i].place.sequence)
            continue;
        jc_status status = jc_state_apply(all[i].state, event, reterr);
        if (status < 0)
            return status;
        jc_replay_place_apply(&all[i].place, event);
        jc_snapshots_offer(&all[i].snapshots, all[i].state, &all[i].place);
    }
    return JC_OK;
}

/* The unit's own events, when they are all that is lacking: no need to read them back. */
static jc_status replay_unit(saving *all, size_t count, const jc_unit *unit, jc_str workflow_id,
                             uint64_t sequence, jc_error *reterr)
{
    jc_status status = JC_OK;
    for (size_t i = 0; i < unit->count && status == JC_OK; i++) {
        const jc_receipt *receipt = &unit->ret_receipts[i];
        if (receipt->already_stored || receipt->sequence > sequence ||
            !jc_str_equal(unit->events[i].workflow_id, workflow_id))
            continue;
        jc_event event = jc_event_as_stored(&unit->events[i], receipt);
        status = take(all, count, &event, reterr);
    }
    return status;
}

static jc_status replay_log(saving *all, size_t count, jc_store *store, const jc_filter *filter,
                            jc_error *reterr)
{
    jc_cursor *cursor = NULL;
    const jc_event *event = NULL;
    jc_status status = jc_cursor_open(store, filter, &cursor, reterr);
    while (status == JC_OK) {
        status = jc_cursor_next(cursor, &event, reterr);
        if (status == JC_OK)
            status = take(all, count, event, reterr);
    }
    jc_cursor_close(cursor);
    return status == JC_END ? JC_OK : status;
}

/* Apply what the one that is furthest behind lacks. */
static jc_status replay(saving *all, size_t count, const due *from, jc_error *reterr)
{
    jc_filter filter = {.workflow_ids = &from->workflow_id,
                        .workflow_count = 1,
                        .from = from->sequence + 1,
                        .to = from->sequence};
    for (size_t i = 0; i < count; i++) {
        if (all[i].state != NULL && all[i].place.sequence + 1 < filter.from)
            filter.from = all[i].place.sequence + 1;
    }
    if (filter.from > from->sequence)
        return JC_OK;
    return filter.from >= from->first
               ? replay_unit(all, count, from->unit, from->workflow_id, from->sequence, reterr)
               : replay_log(all, count, from->store, &filter, reterr);
}

static void write_all(saving *all, size_t count, jc_cache *cache)
{
    bool good = true;
    bool any = false;
    for (size_t i = 0; i < count; i++)
        any = any || all[i].snapshots.waiting_count > 0;
    if (!any || !jc_cache_begin(cache))
        return;
    for (size_t i = 0; good && i < count; i++)
        good = jc_snapshots_write(&all[i].snapshots);
    if (good)
        (void)jc_cache_commit(cache);
    else
        jc_cache_rollback(cache);
}

static void save(const due *what)
{
    saving all[PROJECTIONS_MAX] = {0};
    jc_error error;
    jc_status status = JC_OK;
    size_t count = 0;
    const jc_projection *const *projections = jc_projection_list(&count);
    assert(count <= PROJECTIONS_MAX);
    if (jc_store_cache(what->store) == NULL)
        return;
    for (size_t i = 0; i < count && status == JC_OK; i++)
        status = begin(&all[i], what, projections[i], &error);
    if (status == JC_OK)
        status = replay(all, count, what, &error);
    if (status == JC_OK)
        write_all(all, count, what->store->cache);
    else
        jc_store_warn(what->store, "no snapshot is taken: %s; the log has the event", error.text);
    for (size_t i = 0; i < count; i++) {
        jc_state_free(all[i].state);
        jc_snapshots_release(&all[i].snapshots);
    }
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
    JC_AUTO(jc_arena) arena = {0};
    jc_map seen = {0};
    for (size_t i = unit->count; i > 0; i--) {
        jc_str workflow_id = unit->events[i - 1].workflow_id;
        uint64_t last = unit->ret_receipts[i - 1].sequence;
        uint64_t multiple = last - last % JC_SNAPSHOT_EVENTS;
        if (unit->ret_receipts[i - 1].already_stored || jc_map_get(&seen, workflow_id) != NULL)
            continue;
        due what = {.store = store,
                    .unit = unit,
                    .workflow_id = workflow_id,
                    .sequence = multiple,
                    .first = first_sequence(unit, i - 1)};
        if (multiple > 0 && multiple >= what.first)
            save(&what);
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
