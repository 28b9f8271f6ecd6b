/* The handle: made, asked and closed. Appending is in append.c, reading in read.c, checking in
 * verify.c. */
#include "store/store.h"

#include "base/fail.h"
#include "base/hash.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

jc_status jc_store_new(jc_backend backend, const jc_options *options, const char *project_dir,
                       jc_store **ret_store, jc_error *reterr)
{
    jc_store *store = calloc(1, sizeof *store);
    if (store == NULL) {
        backend.ops->close(backend.self);
        return jc_fail_memory(reterr);
    }
    store->backend = backend;
    store->owner = getpid();
    if (options != NULL)
        store->options = *options;
    store->validator.types = &store->types;
    if (project_dir != NULL && (store->project_dir = strdup(project_dir)) == NULL) {
        jc_close(store);
        return jc_fail_memory(reterr);
    }
    *ret_store = store;
    return JC_OK;
}

void jc_store_add_follower(jc_store *store, jc_follower follower)
{
    assert(store->follower_count < JC_FOLLOWERS_MAX);
    store->followers[store->follower_count++] = follower;
}

void jc_close(jc_store *store)
{
    if (store == NULL)
        return;
    for (size_t i = store->follower_count; i > 0; i--)
        store->followers[i - 1].close(store->followers[i - 1].self);
    if (store->cache != NULL)
        store->cache_close(store->cache);
    store->backend.ops->close(store->backend.self);
    jc_page_release(&store->found);
    jc_arena_release(&store->arena);
    jc_validator_release(&store->validator);
    jc_types_release(&store->types);
    free(store->project_dir);
    free(store);
}

void jc_store_warn(jc_store *store, const char *format, ...)
{
    if (store->options.warn == NULL)
        return;
    char text[JC_ERROR_SIZE_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    store->options.warn(store->options.warn_context, text);
}

jc_status jc_store_restore_events(jc_store *store, const jc_event events[], size_t count,
                                  jc_error *reterr)
{
    return jc_backend_restore(store->backend, events, count, reterr);
}

jc_status jc_store_at(jc_store *store, jc_str workflow_id, uint64_t sequence, jc_page *page,
                      const jc_event **ret_event, jc_error *reterr)
{
    jc_status status =
        store->backend.ops->at(store->backend.self, workflow_id, sequence, page, reterr);
    if (status < 0)
        return status;
    if (page->count == 0)
        return JC_END;
    *ret_event = &page->events[0];
    return JC_OK;
}

jc_status jc_head_read(jc_store *store, jc_str workflow_id, jc_head *ret_head, jc_error *reterr)
{
    jc_status status = jc_workflow_id_check(workflow_id, reterr);
    if (status < 0)
        return status;
    return store->backend.ops->head(store->backend.self, workflow_id, ret_head, reterr);
}

jc_status jc_store_info_read(jc_store *store, jc_store_info *ret_info, jc_error *reterr)
{
    return store->backend.ops->info(store->backend.self, ret_info, reterr);
}

jc_status jc_workflow_list(jc_store *store,
                           jc_status (*each)(void *context, const jc_workflow_summary *summary),
                           void *context, jc_error *reterr)
{
    return store->backend.ops->workflows(store->backend.self, each, context, reterr);
}

jc_status jc_wait(jc_store *store, uint64_t position, int timeout_ms, uint64_t *ret_position,
                  jc_error *reterr)
{
    return store->backend.ops->wait(store->backend.self, position, timeout_ms, ret_position,
                                    reterr);
}

int jc_wait_fd(jc_store *store)
{
    return store->backend.ops->wait_fd(store->backend.self);
}

jc_status jc_backup(jc_store *store, const char *path,
                    void (*progress)(void *context, uint64_t done, uint64_t total), void *context,
                    jc_error *reterr)
{
    return store->backend.ops->backup(store->backend.self, path, progress, context, reterr);
}

void jc_type_list(jc_store *store, void (*each)(void *context, const jc_type_info *info),
                  void *context)
{
    jc_types_each(&store->types, each, context);
}

jc_status jc_event_check(jc_store *store, const jc_event *event, bool strict, jc_error *ret_advice,
                         jc_error *reterr)
{
    jc_event valid;
    jc_arena_reset(&store->arena);
    store->validator.strict = strict;
    jc_status status = jc_event_validate(&store->validator, event, &store->arena, &valid, reterr);
    store->validator.strict = false;
    if (status == JC_OK && ret_advice != NULL)
        jc_types_advise(event->event_type, ret_advice);
    return status;
}

static bool is_id_prefix(jc_str prefix)
{
    for (size_t i = 0; i < prefix.size; i++) {
        char c = prefix.bytes[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '-'))
            return false;
    }
    return prefix.size >= 4 && prefix.size <= 36;
}

jc_status jc_event_find(jc_store *store, jc_str prefix, jc_event *ret_event, jc_error *reterr)
{
    if (!is_id_prefix(prefix))
        return jc_fail(reterr, JC_EINVAL,
                       "'%.*s' is not the beginning of an id: 4 or more of 0-9 a-f and -",
                       (int)(prefix.size > 60 ? 60 : prefix.size), prefix.bytes);
    jc_status status = store->backend.ops->find(store->backend.self, prefix, &store->found, reterr);
    if (status < 0)
        return status;
    if (store->found.count == 0)
        return jc_fail(reterr, JC_ENOTFOUND, "no event has an id that starts with '%.*s'",
                       (int)prefix.size, prefix.bytes);
    if (store->found.count > 1)
        return jc_fail(reterr, JC_EINVAL,
                       "several events have an id that starts with '%.*s'; give more of it",
                       (int)prefix.size, prefix.bytes);
    *ret_event = store->found.events[0];
    return JC_OK;
}

/* One line of the store's head. */
static void add_head(jc_hasher *hasher, jc_str workflow_id, uint64_t sequence, jc_hash hash)
{
    char text[JC_WORKFLOW_ID_SIZE_MAX + JC_HASH_TEXT_SIZE + 32];
    char hex[JC_HASH_TEXT_SIZE];
    jc_hash_format(hash, hex);
    int size = snprintf(text, sizeof text, "%.*s %" PRIu64 " %s\n", (int)workflow_id.size,
                        workflow_id.bytes, sequence, hex);
    assert(size > 0 && (size_t)size < sizeof text);
    jc_hasher_add(hasher, text, (size_t)size);
}

/* The store's head in the making: workflows come sorted; those that went on beyond `position` are
 * noted, and their head at that time is read afterwards. */
typedef struct store_head {
    uint64_t position; /* 0: no bound */
    uint64_t last;
    jc_arena arena;
    struct head_line {
        jc_str workflow_id;
        uint64_t sequence; /* 0: to be looked up */
        jc_hash hash;
        struct head_line *next;
    } * first, **end;
    bool no_memory;
} store_head;

static jc_status note_head(void *context, const jc_workflow_summary *summary)
{
    store_head *heads = context;
    struct head_line *line = jc_arena_get(&heads->arena, sizeof *line);
    if (line == NULL)
        return JC_ENOMEM;
    *line = (struct head_line){.workflow_id = jc_arena_copy(&heads->arena, summary->workflow_id),
                               .hash = summary->hash};
    if (line->workflow_id.bytes == NULL)
        return JC_ENOMEM;
    if (heads->position == 0 || summary->last_position <= heads->position)
        line->sequence = summary->events;
    if (summary->last_position > heads->last)
        heads->last = summary->last_position;
    *heads->end = line;
    heads->end = &line->next;
    return JC_OK;
}

/* The last event of a workflow at or before a position: read backwards until there. */
static jc_status look_up_head(jc_store *store, uint64_t position, struct head_line *line,
                              jc_error *reterr)
{
    jc_cursor *cursor = NULL;
    jc_filter filter = {.workflow_ids = &line->workflow_id, .workflow_count = 1, .reverse = true};
    jc_status status = jc_cursor_open(store, &filter, &cursor, reterr);
    const jc_event *event = NULL;
    while (status == JC_OK) {
        status = jc_cursor_next(cursor, &event, reterr);
        if (status == JC_OK && event->position <= position) {
            line->sequence = event->sequence;
            line->hash = event->hash;
            break;
        }
    }
    jc_cursor_close(cursor);
    return status < 0 ? status : JC_OK;
}

static jc_status hash_heads(jc_store *store, store_head *heads, jc_hash *ret_hash, jc_error *reterr)
{
    jc_hasher hasher;
    jc_hasher_begin(&hasher);
    for (struct head_line *line = heads->first; line != NULL; line = line->next) {
        jc_status status =
            line->sequence == 0 ? look_up_head(store, heads->position, line, reterr) : JC_OK;
        if (status < 0)
            return status;
        if (line->sequence > 0)
            add_head(&hasher, line->workflow_id, line->sequence, line->hash);
    }
    *ret_hash = jc_hasher_take(&hasher);
    return JC_OK;
}

jc_status jc_store_head_read(jc_store *store, uint64_t position, jc_hash *ret_hash,
                             uint64_t *ret_position, jc_error *reterr)
{
    store_head heads = {.position = position};
    heads.end = &heads.first;
    jc_status status = jc_workflow_list(store, note_head, &heads, reterr);
    if (status == JC_ENOMEM)
        status = jc_fail_memory(reterr);
    if (status == JC_OK && heads.last < position)
        status =
            jc_fail(reterr, JC_ENOTFOUND, "the log ends at position %" PRIu64 ", before %" PRIu64,
                    heads.last, position);
    if (status == JC_OK)
        status = hash_heads(store, &heads, ret_hash, reterr);
    if (status == JC_OK)
        *ret_position = position > 0 ? position : heads.last;
    jc_arena_release(&heads.arena);
    return status;
}
