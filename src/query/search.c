/* Full-text search: the index follows the log, then it is asked, then each hit is read from the log and
 * looked at once more.
 *
 * Positions of hits are all that the index is believed; whether an event passes the filter and matches
 * is seen from the event itself, so an index that is damaged never makes a hit of another event. When
 * the cache cannot be used, the same is done with an index in memory. */
#include "base/clock.h"
#include "base/fail.h"
#include "cache/search_index.h"
#include "jc/query.h"
#include "projection/cached.h"
#include "query/document.h"
#include "query/expression.h"

#include <sqlite3.h>
#include <stdlib.h>

#define EXCERPT_WORDS 20
#define BATCH_EVENTS 2000
#define WRITER_TIMEOUT_US (INT64_C(5) * JC_US_PER_SECOND)
#define WRITER_NAP_US 5000

struct jc_search {
    jc_store *store;
    jc_cache *index;  /* the store's cache, or `memory` */
    jc_cache *memory; /* for excerpts, and for the index when there is no other */
    jc_buf expression;
    sqlite3_stmt *rows;
    jc_filter filter;
    jc_arena arena; /* owns the filter's texts */
    jc_document_reader reader;
    jc_buf excerpt;
    jc_cursor *cursor; /* of the hit handed out last */

    void (*progress)(void *context, uint64_t done, uint64_t total);
    void *progress_context;
};

void jc_search_free(jc_search *search)
{
    if (search == NULL)
        return;
    jc_cache_reset(search->rows);
    jc_cursor_close(search->cursor);
    jc_cache_close(search->memory);
    jc_document_reader_release(&search->reader);
    jc_buf_release(&search->excerpt);
    jc_buf_release(&search->expression);
    jc_arena_release(&search->arena);
    free(search);
}

/* The event at a position, borrowed from search->cursor; JC_END when there is none. */
static jc_status read_at(jc_search *search, uint64_t position, const jc_event **ret_event,
                         jc_error *reterr)
{
    jc_filter filter = {.from = position, .to = position};
    jc_cursor_close(search->cursor);
    search->cursor = NULL;
    jc_status status = jc_cursor_open(search->store, &filter, &search->cursor, reterr);
    return status == JC_OK ? jc_cursor_next(search->cursor, ret_event, reterr) : status;
}

/* How far the index is; when the log does not have that event, it is another's, and is emptied. */
static bool find_place(jc_search *search, uint64_t *ret_position)
{
    jc_hash hash;
    const jc_event *event = NULL;
    if (!jc_search_index_place(search->index, ret_position, &hash))
        return false;
    if (*ret_position == 0 || (read_at(search, *ret_position, &event, NULL) == JC_OK &&
                               memcmp(event->hash.bytes, hash.bytes, sizeof hash.bytes) == 0))
        return true;
    *ret_position = 0;
    return jc_search_index_clear(search->index);
}

/* Wait for others that write to the cache: they may be bringing the index up to date as well. */
static bool begin(jc_search *search)
{
    int64_t deadline_us = jc_clock_monotonic_us() + WRITER_TIMEOUT_US;
    while (!jc_cache_begin(search->index)) {
        if (!jc_cache_is_busy(search->index) || jc_clock_monotonic_us() > deadline_us)
            return false;
        jc_clock_sleep_us(WRITER_NAP_US);
    }
    return true;
}

/* What became of a batch. */
typedef enum batch {
    BATCH_FULL,
    BATCH_LAST,
    BATCH_UNUSABLE
} batch;

/* Inside a transaction: add the events behind `position`, so many at most. */
static jc_status add_events(jc_search *search, uint64_t position, batch *ret, jc_error *reterr)
{
    jc_filter filter = {.from = position + 1};
    jc_cursor *cursor = NULL;
    const jc_event *event = NULL;
    jc_document document;
    jc_hash hash = {0};
    size_t count = 0;
    jc_status status = jc_cursor_open(search->store, &filter, &cursor, reterr);
    *ret = BATCH_FULL;
    while (status == JC_OK && count < BATCH_EVENTS && *ret == BATCH_FULL) {
        status = jc_cursor_next(cursor, &event, reterr);
        if (status == JC_OK)
            status = jc_document_read(&search->reader, event, &document, reterr);
        if (status != JC_OK)
            break;
        if (!jc_search_index_add(search->index, event->position, &document))
            *ret = BATCH_UNUSABLE;
        position = event->position;
        hash = event->hash;
        count++;
    }
    jc_cursor_close(cursor);
    if (status < 0)
        return status;
    if (count > 0 && *ret == BATCH_FULL && !jc_search_index_move(search->index, position, &hash))
        *ret = BATCH_UNUSABLE;
    if (status == JC_END && *ret == BATCH_FULL)
        *ret = BATCH_LAST;
    return JC_OK;
}

static jc_status follow_batch(jc_search *search, uint64_t *position, batch *ret, jc_error *reterr)
{
    *ret = BATCH_UNUSABLE;
    if (!begin(search))
        return JC_OK;
    if (!find_place(search, position)) {
        jc_cache_rollback(search->index);
        return JC_OK;
    }
    jc_status status = add_events(search, *position, ret, reterr);
    if (status < 0 || *ret == BATCH_UNUSABLE)
        jc_cache_rollback(search->index);
    else if (!jc_cache_commit(search->index))
        *ret = BATCH_UNUSABLE;
    return status;
}

/* Is there nothing to add? Then nobody has to be waited for. */
static bool is_up_to_date(jc_search *search, uint64_t last)
{
    uint64_t position = 0;
    jc_hash hash;
    const jc_event *event = NULL;
    if (!jc_search_index_place(search->index, &position, &hash) || position != last)
        return false;
    return last == 0 || (read_at(search, position, &event, NULL) == JC_OK &&
                         memcmp(event->hash.bytes, hash.bytes, sizeof hash.bytes) == 0);
}

/* Bring the index up to the log's end. *ret_usable: it is. */
static jc_status follow(jc_search *search, bool *ret_usable, jc_error *reterr)
{
    jc_store_info info;
    uint64_t position = 0;
    batch result = BATCH_FULL;
    *ret_usable = false;
    if (search->index == NULL || !jc_search_index_ready(search->index))
        return JC_OK;
    jc_status status = jc_store_info_read(search->store, &info, reterr);
    if (status < 0)
        return status;
    if (is_up_to_date(search, info.position)) {
        *ret_usable = true;
        return JC_OK;
    }
    while (status == JC_OK && result == BATCH_FULL) {
        status = follow_batch(search, &position, &result, reterr);
        if (search->progress != NULL)
            search->progress(search->progress_context, position, info.position);
    }
    *ret_usable = result == BATCH_LAST;
    return status;
}

/* The index that is asked: the cache's, or one in memory. */
static jc_status choose_index(jc_search *search, jc_error *reterr)
{
    bool usable = false;
    search->memory = jc_cache_open_memory();
    if (search->memory == NULL)
        return jc_fail_memory(reterr);
    search->index = jc_store_cache(search->store);
    jc_status status = follow(search, &usable, reterr);
    if (status < 0 || usable)
        return status;
    search->index = search->memory;
    if (!jc_search_index_ready(search->index))
        return jc_fail(reterr, JC_EUNSUPPORTED,
                       "this SQLite (%s) has no full-text search: one with FTS5 is needed",
                       sqlite3_libversion());
    status = follow(search, &usable, reterr);
    return status == JC_OK && !usable ? jc_fail_memory(reterr) : status;
}

static jc_status copy_list(jc_arena *arena, const jc_str **list, size_t count, jc_error *reterr)
{
    jc_str *copy = jc_arena_get(arena, (count + 1) * sizeof *copy);
    if (copy == NULL)
        return jc_fail_memory(reterr);
    for (size_t i = 0; i < count; i++) {
        jc_status status = jc_arena_keep(arena, (*list)[i], &copy[i], reterr);
        if (status < 0)
            return status;
    }
    *list = copy;
    return JC_OK;
}

static jc_status copy_filter(jc_search *search, const jc_filter *filter, jc_error *reterr)
{
    if (filter == NULL)
        return JC_OK;
    jc_filter *copy = &search->filter;
    *copy = *filter;
    jc_status status = copy_list(&search->arena, &copy->workflow_ids, copy->workflow_count, reterr);
    if (status == JC_OK)
        status = copy_list(&search->arena, &copy->event_types, copy->event_type_count, reterr);
    if (status == JC_OK)
        status = jc_arena_keep(&search->arena, copy->agent_id, &copy->agent_id, reterr);
    if (status == JC_OK)
        status = jc_arena_keep(&search->arena, copy->correlation_id, &copy->correlation_id, reterr);
    return status;
}

/* What the filter asks for, as far as the index can tell, so that it need not give every event. */
static jc_status narrow(jc_search *search, jc_error *reterr)
{
    const jc_filter *filter = &search->filter;
    jc_status status = JC_OK;
    if (filter->workflow_count == 1)
        status = jc_expression_narrow(&search->expression, "workflow", filter->workflow_ids[0],
                                      true, reterr);
    if (status == JC_OK && filter->event_type_count == 1) {
        jc_str type = filter->event_types[0];
        size_t literal = 0;
        while (literal < type.size && strchr("*?[", type.bytes[literal]) == NULL)
            literal++;
        status = jc_expression_narrow(&search->expression, "type", (jc_str){type.bytes, literal},
                                      literal == type.size, reterr);
    }
    if (status == JC_OK && filter->agent_id.bytes != NULL)
        status = jc_expression_narrow(&search->expression, "agent", filter->agent_id, true, reterr);
    return status;
}

jc_status jc_search_new(jc_store *store, jc_str text, const jc_filter *filter,
                        void (*progress)(void *context, uint64_t done, uint64_t total),
                        void *context, jc_search **ret_search, jc_error *reterr)
{
    jc_search *search = calloc(1, sizeof *search);
    if (search == NULL)
        return jc_fail_memory(reterr);
    search->store = store;
    search->progress = progress;
    search->progress_context = context;
    jc_status status = jc_expression_parse(text, &search->expression, reterr);
    if (status == JC_OK)
        status = copy_filter(search, filter, reterr);
    if (status == JC_OK)
        status = narrow(search, reterr);
    if (status == JC_OK)
        status = choose_index(search, reterr);
    if (status == JC_OK) {
        search->rows = jc_search_index_match(search->index, jc_buf_str(&search->expression));
        status = search->rows != NULL ? JC_OK : jc_fail_memory(reterr);
    }
    if (status < 0) {
        jc_search_free(search);
        return status;
    }
    *ret_search = search;
    return JC_OK;
}

static bool is_in(jc_str text, const jc_str list[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (jc_str_equal(text, list[i]))
            return true;
    }
    return count == 0;
}

/* SQLite's own matcher, as the log's filter uses it. */
static bool matches_type(jc_str event_type, const jc_filter *filter)
{
    char type[JC_EVENT_TYPE_SIZE_MAX + 1];
    if (filter->event_type_count == 0)
        return true;
    if (event_type.size >= sizeof type)
        return false;
    memcpy(type, event_type.bytes, event_type.size);
    type[event_type.size] = '\0';
    for (size_t i = 0; i < filter->event_type_count; i++) {
        if (sqlite3_strglob(filter->event_types[i].bytes, type) == 0)
            return true;
    }
    return false;
}

static bool passes(const jc_filter *filter, const jc_event *event)
{
    return is_in(event->workflow_id, filter->workflow_ids, filter->workflow_count) &&
           matches_type(event->event_type, filter) &&
           (filter->agent_id.bytes == NULL || jc_str_equal(filter->agent_id, event->agent_id)) &&
           (filter->correlation_id.bytes == NULL ||
            jc_str_equal(filter->correlation_id, event->correlation_id)) &&
           (!filter->has_since || event->timestamp_us >= filter->since_us) &&
           (!filter->has_until || event->timestamp_us <= filter->until_us);
}

jc_status jc_search_next(jc_search *search, jc_search_hit *ret_hit, jc_error *reterr)
{
    for (;;) {
        const jc_event *event = NULL;
        jc_document document;
        int code = jc_cache_step(search->index, search->rows);
        if (code == SQLITE_DONE)
            return JC_END;
        if (code != SQLITE_ROW)
            return jc_fail(reterr, JC_EIO, "the search index cannot be read on: repeat the search");
        double rank = sqlite3_column_double(search->rows, 1);
        jc_status status =
            read_at(search, (uint64_t)sqlite3_column_int64(search->rows, 0), &event, reterr);
        if (status == JC_END || (status == JC_OK && !passes(&search->filter, event)))
            continue;
        if (status == JC_OK)
            status = jc_document_read(&search->reader, event, &document, reterr);
        if (status < 0)
            return status;
        if (!jc_search_excerpt(search->memory, &document, jc_buf_str(&search->expression),
                               EXCERPT_WORDS, &search->excerpt))
            continue;
        *ret_hit =
            (jc_search_hit){.event = event, .rank = rank, .excerpt = jc_buf_str(&search->excerpt)};
        return JC_OK;
    }
}
