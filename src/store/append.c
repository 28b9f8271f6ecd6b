/* Append, above the backend: every event of every unit is validated before anything is written, then
 * the backend stores the units, then the followers run. See "Follow one append" in
 * docs/ARCHITECTURE.md. */
#include "store/store.h"

#include "base/fail.h"
#include "base/map.h"

#include <assert.h>
#include <unistd.h>

static jc_status check_handle(jc_store *store, jc_error *reterr)
{
    if (store->owner != getpid())
        return jc_fail(reterr, JC_EINVAL,
                       "this handle belongs to another process; open one in the child");
    if (store->options.read_only)
        return jc_fail(reterr, JC_EREADONLY, "the log was opened read-only");
    if (store->poisoned)
        return jc_fail(reterr, JC_EIO,
                       "a write failed before and its outcome is unknown; reopen the log "
                       "and repeat the identical append");
    return JC_OK;
}

static jc_status check_counts(const jc_unit units[], size_t count, jc_error *reterr)
{
    if (count == 0 || count > JC_APPEND_MAX)
        return jc_fail(reterr, JC_EINVAL, "%zu units in one append; allowed: 1 to %d", count,
                       JC_APPEND_MAX);
    size_t events = 0;
    size_t size = 0;
    for (size_t i = 0; i < count; i++) {
        if (units[i].count == 0)
            return jc_fail(reterr, JC_EINVAL, "unit %zu has no events", i + 1);
        if (units[i].count > JC_APPEND_MAX)
            return jc_fail(reterr, JC_EINVAL, "%zu events in one append; allowed: %d",
                           units[i].count, JC_APPEND_MAX);
        events += units[i].count;
        for (size_t k = 0; k < units[i].count && events <= JC_APPEND_MAX; k++)
            size += units[i].events[k].data.size;
    }
    if (events > JC_APPEND_MAX)
        return jc_fail(reterr, JC_EINVAL, "%zu events in one append; allowed: %d", events,
                       JC_APPEND_MAX);
    if (size > JC_APPEND_SIZE_MAX)
        return jc_fail(reterr, JC_EINVAL, "%zu bytes of data in one append; allowed: %zu", size,
                       JC_APPEND_SIZE_MAX);
    return JC_OK;
}

/* Say whose rule was broken: the field comes from validation, the place is known here. */
static jc_status name_event(size_t index, size_t count, jc_status status, const jc_error *detail,
                            jc_error *reterr)
{
    if (status != JC_EINVAL || count == 1)
        return jc_fail(reterr, status, "%s", detail->text);
    return jc_fail(reterr, status, "event %zu of %zu: %s", index + 1, count, detail->text);
}

/* `seen` holds the ids of the unit so far; the valid events stay where they are. */
static jc_status refuse_repeated_id(jc_store *store, jc_map *seen, jc_event *event,
                                    jc_error *reterr)
{
    jc_str id = {(const char *)event->id.bytes, sizeof event->id.bytes};
    if (jc_map_get(seen, id) != NULL) {
        char text[JC_UUID_TEXT_SIZE];
        jc_uuid_format(event->id, text);
        return jc_fail(reterr, JC_EINVAL, "id: %s stands twice in one unit", text);
    }
    return jc_map_put(seen, &store->arena, id, event) ? JC_OK : jc_fail_memory(reterr);
}

static jc_status validate_events(jc_store *store, const jc_unit *unit, jc_event *valid,
                                 jc_error *reterr)
{
    jc_map seen = {0};
    for (size_t i = 0; i < unit->count; i++) {
        jc_error detail;
        jc_status status = jc_event_validate(&store->validator, &unit->events[i], &store->arena,
                                             &valid[i], &detail);
        if (status == JC_OK && unit->count > 1)
            status = refuse_repeated_id(store, &seen, &valid[i], &detail);
        if (status < 0)
            return name_event(i, unit->count, status, &detail, reterr);
    }
    return JC_OK;
}

static jc_status validate_expected(const jc_unit *unit, jc_error *reterr)
{
    if (unit->expected_count > JC_EXPECTED_MAX)
        return jc_fail(reterr, JC_EINVAL, "%zu expected places in one unit; allowed: %d",
                       unit->expected_count, JC_EXPECTED_MAX);
    for (size_t i = 0; i < unit->expected_count; i++) {
        jc_status status = jc_workflow_id_check(unit->expected[i].workflow_id, reterr);
        if (status < 0)
            return status;
        for (size_t k = 0; k < i; k++) {
            if (jc_str_equal(unit->expected[k].workflow_id, unit->expected[i].workflow_id))
                return jc_fail(reterr, JC_EINVAL, "two expected places for workflow '%.*s'",
                               (int)unit->expected[i].workflow_id.size,
                               unit->expected[i].workflow_id.bytes);
        }
    }
    return JC_OK;
}

/* The units with valid events and receipts, in the handle's arena. */
static jc_status validate_units(jc_store *store, const jc_unit units[], size_t count,
                                jc_unit **ret_valid, jc_error *reterr)
{
    jc_arena_reset(&store->arena);
    jc_unit *valid = jc_arena_get(&store->arena, count * sizeof *valid);
    if (valid == NULL)
        return jc_fail_memory(reterr);
    for (size_t i = 0; i < count; i++) {
        jc_event *events = jc_arena_get(&store->arena, units[i].count * sizeof *events);
        jc_receipt *receipts = jc_arena_get(&store->arena, units[i].count * sizeof *receipts);
        if (events == NULL || receipts == NULL)
            return jc_fail_memory(reterr);
        jc_status status = validate_events(store, &units[i], events, reterr);
        if (status == JC_OK)
            status = validate_expected(&units[i], reterr);
        if (status < 0)
            return status;
        valid[i] = units[i];
        valid[i].events = events;
        valid[i].ret_receipts = receipts;
    }
    *ret_valid = valid;
    return JC_OK;
}

static void hand_over_receipts(const jc_unit units[], const jc_unit valid[], size_t count,
                               const jc_append_result results[])
{
    for (size_t i = 0; i < count; i++) {
        if (results[i].status == JC_OK && units[i].ret_receipts != NULL)
            memcpy(units[i].ret_receipts, valid[i].ret_receipts,
                   units[i].count * sizeof(jc_receipt));
    }
}

static void run_followers(jc_store *store, const jc_unit units[], size_t count,
                          const jc_append_result results[])
{
    for (size_t i = 0; i < store->follower_count; i++)
        store->followers[i].after_append(store->followers[i].self, store, units, count, results);
}

jc_status jc_append(jc_store *store, const jc_unit units[], size_t count,
                    jc_append_result ret_results[], jc_error *reterr)
{
    jc_status status = check_handle(store, reterr);
    if (status == JC_OK)
        status = check_counts(units, count, reterr);
    if (status < 0)
        return status;

    jc_unit *valid = NULL;
    status = validate_units(store, units, count, &valid, reterr);
    if (status < 0)
        return status;

    status = jc_backend_append(store->backend, valid, count, ret_results, reterr);
    if (status == JC_EIO)
        store->poisoned = true;
    if (status < 0)
        return status;

    /* From here on the append is done, whatever else goes wrong. */
    hand_over_receipts(units, valid, count, ret_results);
    run_followers(store, valid, count, ret_results);
    if (count == 1 && ret_results[0].status < 0)
        return jc_fail(reterr, ret_results[0].status, "%s", ret_results[0].error.text);
    return JC_OK;
}
