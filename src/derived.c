/* What is derived from the log, as a whole: made anew, described, checked. It stands above all that
 * keeps something in the cache. */
#include "base/array.h"
#include "base/fail.h"
#include "base/files.h"
#include "base/hash.h"
#include "cache/search_index.h"
#include "cache/snapshots.h"
#include "jc/jc.h"
#include "projection/cached.h"
#include "projection/snapshot.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static bool count_rows(jc_cache *cache, jc_cache_info *info)
{
    static const char sql[] = "SELECT count(*),coalesce(sum(size),0) FROM snapshots";
    sqlite3_stmt *stmt = jc_cache_statement(cache, sql);
    bool good = jc_cache_step(cache, stmt) == SQLITE_ROW;
    if (good) {
        info->snapshots = (uint64_t)sqlite3_column_int64(stmt, 0);
        info->snapshot_bytes = (uint64_t)sqlite3_column_int64(stmt, 1);
    }
    jc_cache_reset(stmt);
    return good;
}

/* The cache, unless there is none yet: looking at it does not make one. */
static jc_cache *existing_cache(jc_store *store)
{
    char path[JC_PATH_SIZE_MAX];
    if (store->project_dir == NULL ||
        jc_path_join(store->project_dir, ".jc/cache.db", path, sizeof path, NULL) < 0 ||
        access(path, F_OK) < 0)
        return NULL;
    return jc_store_cache(store);
}

jc_status jc_cache_info_read(jc_store *store, jc_cache_info *ret_info, jc_error *reterr)
{
    (void)reterr;
    jc_hash hash;
    jc_cache *cache = existing_cache(store);
    *ret_info = (jc_cache_info){0};
    if (cache == NULL || !count_rows(cache, ret_info) ||
        !jc_search_index_place(cache, &ret_info->indexed, &hash)) {
        *ret_info = (jc_cache_info){0};
        return JC_OK;
    }
    ret_info->usable = true;
    return JC_OK;
}

/* The workflows of a store, since a listing must not use it. */
typedef struct workflow_list {
    jc_arena arena;
    jc_workflow_summary *items;
    size_t count, capacity;
} workflow_list;

static void workflow_list_release(workflow_list *list)
{
    free(list->items);
    jc_arena_release(&list->arena);
}
JC_AUTO_DEFINE(workflow_list, workflow_list_release);

static jc_status add_workflow(void *context, const jc_workflow_summary *summary)
{
    workflow_list *list = context;
    jc_workflow_summary *items =
        jc_array_grow(list->items, sizeof *items, list->count, &list->capacity);
    if (items == NULL)
        return JC_ENOMEM;
    list->items = items;
    items[list->count] = *summary;
    jc_status status =
        jc_arena_keep(&list->arena, summary->workflow_id, &items[list->count].workflow_id, NULL);
    if (status == JC_OK)
        list->count++;
    return status;
}

/* How far a rebuild is: every projection reads every event, and so does the index. */
typedef struct rebuild_progress {
    void (*tell)(void *context, uint64_t done, uint64_t total);
    void *context;
    uint64_t done, total;
} rebuild_progress;

static void index_progress(void *context, uint64_t done, uint64_t total)
{
    rebuild_progress *progress = context;
    (void)total;
    if (progress->tell != NULL)
        progress->tell(progress->context, progress->done + done, progress->total);
}

static jc_status rebuild_states(jc_store *store, const workflow_list *list,
                                rebuild_progress *progress, jc_error *reterr)
{
    size_t count = 0;
    const jc_projection *const *projections = jc_projection_list(&count);
    for (size_t i = 0; i < list->count; i++) {
        for (size_t each = 0; each < count; each++) {
            jc_state *state = NULL;
            jc_status status = jc_state_read(store, projections[each], list->items[i].workflow_id,
                                             NULL, &state, reterr);
            jc_state_free(state);
            if (status < 0)
                return status;
            progress->done += list->items[i].events;
            index_progress(progress, 0, 0);
        }
    }
    return JC_OK;
}

/* A search brings the index up to date; what it finds does not matter. */
static jc_status rebuild_index(jc_store *store, rebuild_progress *progress, jc_error *reterr)
{
    jc_search *search = NULL;
    jc_status status =
        jc_search_new(store, JC_STR("a"), NULL, index_progress, progress, &search, reterr);
    jc_search_free(search);
    return status == JC_EUNSUPPORTED ? JC_OK : status;
}

static jc_status empty_cache(jc_store *store, jc_error *reterr)
{
    jc_cache_close(store->cache);
    store->cache = NULL;
    store->cache_tried = false;
    if (store->project_dir == NULL)
        return jc_fail(reterr, JC_EUNSUPPORTED, "a store in memory has no cache");
    if (!jc_cache_drop(store->project_dir)) {
        char path[JC_PATH_SIZE_MAX];
        bool writable =
            jc_path_join(store->project_dir, ".jc/cache.db", path, sizeof path, NULL) == JC_OK &&
            access(path, W_OK) == 0;
        return jc_fail(reterr, writable ? JC_EBUSY : JC_EREADONLY,
                       writable ? "%s/.jc/cache.db is in use by others: try again"
                                : "%s/.jc/cache.db cannot be written",
                       store->project_dir);
    }
    if (jc_store_cache(store) == NULL)
        return jc_fail(reterr, JC_EREADONLY, "%s/.jc/cache.db cannot be written",
                       store->project_dir);
    return JC_OK;
}

jc_status jc_cache_rebuild(jc_store *store,
                           void (*progress)(void *context, uint64_t done, uint64_t total),
                           void *context, jc_cache_info *ret_info, jc_error *reterr)
{
    JC_AUTO(workflow_list) list = {0};
    rebuild_progress told = {.tell = progress, .context = context};
    size_t count = 0;
    (void)jc_projection_list(&count);
    jc_status status = jc_workflow_list(store, add_workflow, &list, reterr);
    for (size_t i = 0; i < list.count; i++)
        told.total += list.items[i].events * (count + 1);
    if (status == JC_OK)
        status = empty_cache(store, reterr);
    if (status == JC_OK)
        status = rebuild_states(store, &list, &told, reterr);
    if (status == JC_OK)
        status = rebuild_index(store, &told, reterr);
    return status == JC_OK ? jc_cache_info_read(store, ret_info, reterr) : status;
}

/* What a snapshot of the projection under check says. */
typedef struct claim {
    uint64_t sequence;
    jc_hash event_hash;
    jc_hash state_hash;
} claim;

typedef struct check {
    jc_store *store;
    jc_str workflow_id;
    jc_report *report;
    void *context;
    uint64_t checked;

    const jc_projection *projection;
    char version[JC_VERSION_TEXT_SIZE];
    claim *claims; /* by sequence */
    size_t count, capacity;
    bool short_of_memory;
} check;

static void tell(const check *all, bool damage, uint64_t sequence, const char *what)
{
    char where[JC_WORKFLOW_ID_SIZE_MAX + 64];
    char text[JC_ERROR_SIZE_MAX];
    (void)snprintf(where, sizeof where, "%.*s #%" PRIu64, (int)all->workflow_id.size,
                   all->workflow_id.bytes, sequence);
    (void)snprintf(text, sizeof text, "the snapshot of %s %s", all->projection->name, what);
    jc_finding finding = {.damage = damage, .where = where, .what = text};
    all->report(all->context, &finding);
}

/* Keep the snapshots of the projection under check that leave nothing out. */
static bool keep_claim(void *context, const jc_snapshot_key *key, const jc_snapshot *snapshot)
{
    check *all = context;
    if (!jc_str_equal(key->projection, jc_str_of(all->projection->name)) ||
        !jc_str_equal(key->version, jc_str_of(all->version)))
        return true;
    all->checked++;
    if (snapshot->state.size == 0) {
        tell(all, false, snapshot->sequence, "is damaged; it is not used, and will be made anew");
        return true;
    }
    if (snapshot->excluded_us != JC_EXCLUDED_NONE)
        return true;
    claim *claims = jc_array_grow(all->claims, sizeof *claims, all->count, &all->capacity);
    all->short_of_memory = claims == NULL;
    if (claims == NULL)
        return false;
    all->claims = claims;
    claims[all->count++] = (claim){.sequence = snapshot->sequence,
                                   .event_hash = snapshot->event_hash,
                                   .state_hash = jc_hash_of(snapshot->state)};
    return true;
}

static jc_status compare_claim(check *all, const claim *said, const jc_event *event,
                               jc_state *state, jc_error *reterr)
{
    if (!jc_hash_equal(&said->event_hash, &event->hash)) {
        tell(all, false, said->sequence, "is of another past; it is not used");
        return JC_OK;
    }
    const char *json = jc_state_json(state, reterr);
    if (json == NULL)
        return JC_ENOMEM;
    jc_hash hash = jc_hash_of(jc_str_of(json));
    if (!jc_hash_equal(&hash, &said->state_hash))
        tell(all, true, said->sequence,
             "is not what the events come to: 'jc rebuild --cache' makes it anew");
    return JC_OK;
}

/* Replay the workflow, and look at the state wherever a snapshot was taken. */
static jc_status compare_claims(check *all, jc_state *state, jc_error *reterr)
{
    jc_filter filter = {.workflow_ids = &all->workflow_id, .workflow_count = 1};
    jc_cursor *cursor = NULL;
    const jc_event *event = NULL;
    size_t next = 0;
    jc_status status = jc_cursor_open(all->store, &filter, &cursor, reterr);
    while (status == JC_OK && next < all->count) {
        status = jc_cursor_next(cursor, &event, reterr);
        if (status == JC_OK)
            status = jc_state_apply(state, event, reterr);
        while (status == JC_OK && next < all->count && all->claims[next].sequence < event->sequence)
            next++;
        for (;
             status == JC_OK && next < all->count && all->claims[next].sequence == event->sequence;
             next++)
            status = compare_claim(all, &all->claims[next], event, state, reterr);
    }
    jc_cursor_close(cursor);
    return status == JC_END ? JC_OK : status;
}

static jc_status check_projection(check *all, jc_cache *cache, jc_error *reterr)
{
    jc_state *state = NULL;
    all->count = 0;
    jc_projection_version_format(all->projection, all->version);
    (void)jc_snapshot_list(cache, all->workflow_id, keep_claim, all);
    if (all->short_of_memory)
        return jc_fail_memory(reterr);
    if (all->count == 0)
        return JC_OK;
    jc_status status = jc_state_new(all->projection, &state, reterr);
    if (status == JC_OK)
        status = compare_claims(all, state, reterr);
    jc_state_free(state);
    return status;
}

jc_status jc_cache_check(jc_store *store, jc_str workflow_id, jc_report *report, void *context,
                         uint64_t *ret_checked, jc_error *reterr)
{
    check all = {.store = store, .workflow_id = workflow_id, .report = report, .context = context};
    size_t count = 0;
    const jc_projection *const *projections = jc_projection_list(&count);
    jc_cache *cache = existing_cache(store);
    jc_status status = JC_OK;
    for (size_t i = 0; cache != NULL && status == JC_OK && i < count; i++) {
        all.projection = projections[i];
        status = check_projection(&all, cache, reterr);
    }
    free(all.claims);
    if (status == JC_OK)
        *ret_checked = all.checked;
    return status;
}
