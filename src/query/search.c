/* Full-text search: the index follows the log, then it is asked, then each hit is read from the log and
 * looked at once more.
 *
 * Positions of hits are all that the index is believed; whether an event passes the filter and matches
 * is seen from the event itself, so an index that is damaged never makes a hit of another event. When
 * the cache cannot be used, or turns out to be damaged while it is read, the same is done with an index
 * in memory, which goes on behind the hits that were given already.
 *
 * A search has a connection to the cache of its own, so any number of them live side by side. */
#include "base/array.h"
#include "base/clock.h"
#include "base/fail.h"
#include "base/hash.h"
#include "cache/search_index.h"
#include "jc/query.h"
#include "projection/cached.h"
#include "projection/snapshot.h"
#include "query/document.h"
#include "query/expression.h"

#include <sqlite3.h>
#include <stdlib.h>

#define EXCERPT_WORDS 20
#define BATCH_EVENTS 2000
#define WRITER_TIMEOUT_US (JC_US_PER_SECOND / 2)
#define WRITER_NAP_US 5000

struct jc_search {
    jc_store *store;
    jc_cache *cache;  /* its own connection; NULL: there is none */
    jc_cache *memory; /* for excerpts, and for the index when there is no other */
    jc_cache *index;  /* one of the two */
    jc_buf expression;
    sqlite3_stmt *rows;
    jc_filter filter;
    jc_arena arena; /* owns the filter's texts */
    jc_document_reader reader;
    jc_buf excerpt;
    jc_cursor *cursor; /* of the hit handed out last */
    uint64_t *given;   /* positions of the hits that were handed out */
    size_t given_count, given_capacity;
    bool resumed; /* in memory, so that some of its rows were given already */

    void (*progress)(void *context, uint64_t done, uint64_t total);
    void *progress_context;
};

void jc_search_free(jc_search *search)
{
    if (search == NULL)
        return;
    jc_cache_reset(search->rows);
    jc_cursor_close(search->cursor);
    jc_cache_close(search->cache);
    jc_cache_close(search->memory);
    free(search->given);
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

/* Is the event at a position the one of that hash? */
static jc_of_log is_of_log(jc_search *search, uint64_t position, const jc_hash *hash)
{
    const jc_event *event = NULL;
    jc_status status = read_at(search, position, &event, NULL);
    if (status < 0)
        return JC_OF_LOG_UNKNOWN;
    return status == JC_OK && jc_hash_equal(&event->hash, hash) ? JC_OF_LOG_YES : JC_OF_LOG_NO;
}

/* How far the index is; when the log does not have that event, it is another's, and is emptied. */
static bool find_place(jc_search *search, uint64_t *ret_position)
{
    jc_hash hash;
    if (!jc_search_index_place(search->index, ret_position, &hash))
        return false;
    jc_of_log of_log = *ret_position > 0 ? is_of_log(search, *ret_position, &hash) : JC_OF_LOG_YES;
    if (of_log != JC_OF_LOG_NO)
        return of_log == JC_OF_LOG_YES;
    *ret_position = 0;
    return jc_search_index_clear(search->index);
}

/* Wait for others that write to the cache: as long as the index moves on, they are bringing it up to
 * date as well. */
static bool begin(jc_search *search)
{
    uint64_t moved_to = 0;
    int64_t deadline_us = jc_clock_monotonic_us() + WRITER_TIMEOUT_US;
    while (!jc_cache_begin(search->index)) {
        uint64_t position = 0;
        jc_hash hash;
        if (!jc_cache_is_busy(search->index) || jc_clock_monotonic_us() > deadline_us)
            return false;
        if (jc_search_index_place(search->index, &position, &hash) && position > moved_to) {
            moved_to = position;
            deadline_us = jc_clock_monotonic_us() + WRITER_TIMEOUT_US;
        }
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
    if (!jc_search_index_place(search->index, &position, &hash) || position != last)
        return false;
    return last == 0 || is_of_log(search, position, &hash) == JC_OF_LOG_YES;
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

/* Ask the index in memory, which is made of the whole log. */
static jc_status use_memory(jc_search *search, jc_error *reterr)
{
    bool usable = false;
    search->index = search->memory;
    if (!jc_search_index_ready(search->index))
        return jc_fail(reterr, JC_EUNSUPPORTED,
                       "this SQLite (%s) has no full-text search: one with FTS5 is needed",
                       sqlite3_libversion());
    jc_status status = follow(search, &usable, reterr);
    if (status == JC_OK && usable)
        search->rows = jc_search_index_match(search->index, jc_buf_str(&search->expression));
    return status == JC_OK && search->rows == NULL ? jc_fail_memory(reterr) : status;
}

/* The index that is asked: the cache's, or one in memory. */
static jc_status choose_index(jc_search *search, jc_error *reterr)
{
    bool usable = false;
    search->memory = jc_cache_open_memory();
    if (search->memory == NULL)
        return jc_fail_memory(reterr);
    search->cache = jc_store_cache_connect(search->store);
    search->index = search->cache;
    jc_status status = follow(search, &usable, reterr);
    if (status < 0)
        return status;
    if (usable)
        search->rows = jc_search_index_match(search->index, jc_buf_str(&search->expression));
    return search->rows != NULL ? JC_OK : use_memory(search, reterr);
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
    if (status < 0) {
        jc_search_free(search);
        return status;
    }
    *ret_search = search;
    return JC_OK;
}

static bool was_given(const jc_search *search, uint64_t position)
{
    for (size_t i = 0; i < search->given_count; i++) {
        if (search->given[i] == position)
            return true;
    }
    return false;
}

static jc_status remember(jc_search *search, uint64_t position, jc_error *reterr)
{
    uint64_t *given =
        jc_array_grow(search->given, sizeof *given, search->given_count, &search->given_capacity);
    if (given == NULL)
        return jc_fail_memory(reterr);
    search->given = given;
    given[search->given_count++] = position;
    return JC_OK;
}

/* The next row of the index. When the cache cannot be read on, the rest comes from memory. */
static jc_status next_row(jc_search *search, uint64_t *ret_position, double *ret_rank,
                          jc_error *reterr)
{
    int code = jc_cache_step(search->index, search->rows);
    if (code != SQLITE_ROW && code != SQLITE_DONE && search->index == search->cache) {
        jc_cache_distrust(search->cache);
        jc_cache_reset(search->rows);
        search->rows = NULL;
        search->resumed = true;
        jc_status status = use_memory(search, reterr);
        if (status < 0)
            return status;
        code = jc_cache_step(search->index, search->rows);
    }
    if (code == SQLITE_DONE)
        return JC_END;
    if (code != SQLITE_ROW)
        return jc_fail_memory(reterr);
    *ret_position = (uint64_t)sqlite3_column_int64(search->rows, 0);
    *ret_rank = sqlite3_column_double(search->rows, 1);
    return JC_OK;
}

/* Is the event at a position a hit? JC_END: it is not. */
static jc_status look_at(jc_search *search, uint64_t position, jc_search_hit *ret_hit,
                         jc_error *reterr)
{
    const jc_event *event = NULL;
    jc_document document;
    jc_status status = read_at(search, position, &event, reterr);
    if (status != JC_OK || !jc_filter_passes(&search->filter, event))
        return status < 0 ? status : JC_END;
    status = jc_document_read(&search->reader, event, &document, reterr);
    if (status == JC_OK)
        status = jc_search_excerpt(search->memory, &document, jc_buf_str(&search->expression),
                                   EXCERPT_WORDS, &search->excerpt, reterr);
    ret_hit->event = event;
    ret_hit->excerpt = jc_buf_str(&search->excerpt);
    return status;
}

jc_status jc_search_next(jc_search *search, jc_search_hit *ret_hit, jc_error *reterr)
{
    for (;;) {
        jc_search_hit hit = {0};
        uint64_t position = 0;
        jc_status status = next_row(search, &position, &hit.rank, reterr);
        if (status != JC_OK)
            return status;
        if (search->resumed && was_given(search, position))
            continue;
        status = look_at(search, position, &hit, reterr);
        if (status == JC_END)
            continue;
        if (status == JC_OK)
            status = remember(search, position, reterr);
        if (status == JC_OK)
            *ret_hit = hit;
        return status;
    }
}
