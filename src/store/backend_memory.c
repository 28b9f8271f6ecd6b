/* The log in memory: every rule of the backend table in its plainest form, to hold the others
 * against. Events are an array in order of position; what is looked for is found by walking it. */
#include "store/backend_memory.h"

#include "base/array.h"
#include "base/clock.h"
#include "base/fail.h"
#include "event/chain.h"
#include "event/event.h"
#include "store/backend.h"
#include "store/store.h"

#include <inttypes.h>
#include <stdlib.h>

#define CLOCK_AHEAD_US_MAX (60 * JC_US_PER_SECOND)

typedef struct memory_log {
    jc_options options;
    jc_arena arena; /* the events' text; rolled back events leave theirs behind */
    jc_event *events;
    size_t count;
    size_t capacity;
    jc_buf scratch;
    jc_uuid store_id;
} memory_log;

static jc_status make_room(memory_log *log, jc_error *reterr)
{
    jc_event *events = jc_array_grow(log->events, sizeof *events, log->count, &log->capacity);
    if (events == NULL)
        return jc_fail_memory(reterr);
    log->events = events;
    return JC_OK;
}

static const jc_event *find_id(const memory_log *log, jc_uuid id)
{
    for (size_t i = 0; i < log->count; i++) {
        if (memcmp(&log->events[i].id, &id, sizeof id) == 0)
            return &log->events[i];
    }
    return NULL;
}

static jc_head head_of(const memory_log *log, jc_str workflow_id)
{
    for (size_t i = log->count; i > 0; i--) {
        const jc_event *event = &log->events[i - 1];
        if (jc_str_equal(event->workflow_id, workflow_id))
            return (jc_head){event->sequence, event->position, event->timestamp_us, event->hash};
    }
    return (jc_head){0};
}

static jc_receipt receipt_of(const jc_event *event, bool already_stored)
{
    return (jc_receipt){event->position, event->sequence, event->timestamp_us, event->hash,
                        already_stored};
}

static int64_t timestamp_after(const memory_log *log, const jc_head *head)
{
    int64_t now = log->options.now_us != NULL ? log->options.now_us(log->options.now_context)
                                              : jc_clock_now_us();
    if (now < JC_TIMESTAMP_US_MIN)
        now = JC_TIMESTAMP_US_MIN;
    if (head->sequence == 0 || head->timestamp_us <= now)
        return now;
    return head->timestamp_us - now <= CLOCK_AHEAD_US_MAX ? head->timestamp_us : now;
}

static jc_status add_event(memory_log *log, const jc_event *given, jc_receipt *receipt,
                           jc_error *reterr)
{
    const jc_event *stored = find_id(log, given->id);
    if (stored != NULL) {
        *receipt = receipt_of(stored, true);
        return jc_event_same(stored, given, reterr);
    }
    jc_event event;
    jc_head head = head_of(log, given->workflow_id);
    jc_status status = make_room(log, reterr);
    if (status == JC_OK)
        status = jc_event_copy(given, &log->arena, &event, reterr);
    if (status < 0)
        return status;
    event.position = log->count + 1;
    event.sequence = head.sequence + 1;
    if (!event.has_timestamp)
        event.timestamp_us = timestamp_after(log, &head);
    event.has_timestamp = true;
    status = jc_chain_hash(head.hash, &event, &log->scratch, &event.hash, reterr);
    if (status < 0)
        return status;
    log->events[log->count++] = event;
    *receipt = receipt_of(&event, false);
    return JC_OK;
}

static jc_status check_expected(const memory_log *log, const jc_unit *unit, jc_error *reterr)
{
    for (size_t i = 0; i < unit->expected_count; i++) {
        uint64_t at = head_of(log, unit->expected[i].workflow_id).sequence;
        if (at != unit->expected[i].sequence)
            return jc_fail(reterr, JC_ECONFLICT,
                           "workflow '%.*s' is at %" PRIu64 ", expected was %" PRIu64,
                           (int)unit->expected[i].workflow_id.size,
                           unit->expected[i].workflow_id.bytes, at, unit->expected[i].sequence);
    }
    return JC_OK;
}

/* How many of the unit's events are stored with the same content; JC_EREUSED with another. */
static jc_status count_stored(const memory_log *log, const jc_unit *unit, size_t *ret,
                              jc_error *reterr)
{
    *ret = 0;
    for (size_t i = 0; i < unit->count; i++) {
        const jc_event *stored = find_id(log, unit->events[i].id);
        jc_status status = stored != NULL ? jc_event_same(stored, &unit->events[i], reterr) : JC_OK;
        if (status < 0)
            return status;
        *ret += stored != NULL ? 1 : 0;
    }
    return JC_OK;
}

static jc_status add_unit(memory_log *log, const jc_unit *unit, jc_append_result *result,
                          jc_error *reterr)
{
    size_t stored = 0;
    jc_status status = count_stored(log, unit, &stored, reterr);
    if (status == JC_OK && stored < unit->count)
        status = check_expected(log, unit, reterr);
    if (status == JC_OK && unit->expected_count > 0 && stored > 0 && stored < unit->count)
        status =
            jc_fail(reterr, JC_ECONFLICT, "%zu of the unit's events are stored already", stored);
    for (size_t i = 0; status == JC_OK && i < unit->count; i++)
        status = add_event(log, &unit->events[i], &unit->ret_receipts[i], reterr);
    if (status < 0)
        return status;
    *result = (jc_append_result){.stored = unit->count - stored,
                                 .already_stored = stored,
                                 .position = unit->ret_receipts[unit->count - 1].position};
    return JC_OK;
}

static jc_status memory_append(void *self, const jc_unit units[], size_t count,
                               jc_append_result ret_results[], jc_error *reterr)
{
    memory_log *log = self;
    size_t before = log->count;
    for (size_t i = 0; i < count; i++) {
        jc_error detail;
        size_t before_unit = log->count;
        jc_status status = add_unit(log, &units[i], &ret_results[i], &detail);
        if (status < 0)
            log->count = before_unit;
        if (status == JC_ECONFLICT || status == JC_EREUSED) {
            ret_results[i] = (jc_append_result){.status = status, .error = detail};
        } else if (status < 0) {
            log->count = before;
            return jc_fail(reterr, status, "%s", detail.text);
        }
    }
    return JC_OK;
}

static bool has_sequence(const memory_log *log, jc_str workflow_id, uint64_t sequence)
{
    for (size_t i = 0; i < log->count; i++) {
        if (log->events[i].sequence == sequence &&
            jc_str_equal(log->events[i].workflow_id, workflow_id))
            return true;
    }
    return false;
}

static jc_status restore_event(memory_log *log, const jc_event *event, jc_error *reterr)
{
    uint64_t last = log->count > 0 ? log->events[log->count - 1].position : 0;
    if (event->position <= last)
        return jc_fail(reterr, JC_EINVAL,
                       "position %" PRIu64 " is not beyond the log's last, %" PRIu64,
                       event->position, last);
    if (find_id(log, event->id) != NULL || has_sequence(log, event->workflow_id, event->sequence))
        return jc_fail(reterr, JC_EINVAL, "%.*s #%" PRIu64 ": it is stored already",
                       (int)event->workflow_id.size, event->workflow_id.bytes, event->sequence);
    jc_status status = make_room(log, reterr);
    if (status == JC_OK)
        status = jc_event_copy(event, &log->arena, &log->events[log->count], reterr);
    if (status == JC_OK)
        log->count++;
    return status;
}

static jc_status memory_restore(void *self, const jc_event events[], size_t count, jc_error *reterr)
{
    memory_log *log = self;
    size_t before = log->count;
    for (size_t i = 0; i < count; i++) {
        jc_status status = restore_event(log, &events[i], reterr);
        if (status < 0) {
            log->count = before;
            return status;
        }
    }
    return JC_OK;
}

typedef struct memory_cursor {
    memory_log *log;
    jc_filter filter;
} memory_cursor;

static jc_status memory_cursor_open(void *self, const jc_filter *filter, void **ret_cursor,
                                    jc_error *reterr)
{
    memory_cursor *cursor = calloc(1, sizeof *cursor);
    if (cursor == NULL)
        return jc_fail_memory(reterr);
    cursor->log = self;
    cursor->filter = *filter;
    *ret_cursor = cursor;
    return JC_OK;
}

/* Its globs end with a zero byte: whoever opened the cursor copied them so. */
static bool matches(const jc_filter *filter, const jc_event *event)
{
    uint64_t key = filter->workflow_count == 1 ? event->sequence : event->position;
    return jc_filter_passes(filter, event) && (filter->from == 0 || key >= filter->from) &&
           (filter->to == 0 || key <= filter->to);
}

static jc_status memory_cursor_page(void *context, uint64_t after, jc_page *page, jc_error *reterr)
{
    memory_cursor *cursor = context;
    const memory_log *log = cursor->log;
    bool by_sequence = cursor->filter.workflow_count == 1;
    jc_status status = jc_page_clear(page, JC_PAGE_EVENTS_MAX, reterr);
    for (size_t i = 0; status == JC_OK && i < log->count && page->count < page->capacity; i++) {
        const jc_event *event = &log->events[cursor->filter.reverse ? log->count - 1 - i : i];
        uint64_t key = by_sequence ? event->sequence : event->position;
        bool behind = cursor->filter.reverse ? after == 0 || key < after : key > after;
        if (!behind || !matches(&cursor->filter, event))
            continue;
        status = jc_event_copy(event, &page->arena, &page->events[page->count], reterr);
        page->last = key;
        page->count++;
    }
    return status;
}

static jc_status memory_find(void *self, jc_str prefix, jc_page *page, jc_error *reterr)
{
    memory_log *log = self;
    jc_status status = jc_page_clear(page, JC_PAGE_FEW, reterr);
    for (size_t i = 0; status == JC_OK && i < log->count && page->count < 2; i++) {
        char id[JC_UUID_TEXT_SIZE];
        jc_uuid_format(log->events[i].id, id);
        if (memcmp(id, prefix.bytes, prefix.size) == 0)
            status =
                jc_event_copy(&log->events[i], &page->arena, &page->events[page->count++], reterr);
    }
    return status;
}

static jc_status memory_at(void *self, jc_str workflow_id, uint64_t sequence, jc_page *page,
                           jc_error *reterr)
{
    memory_log *log = self;
    jc_status status = jc_page_clear(page, JC_PAGE_FEW, reterr);
    for (size_t i = 0; status == JC_OK && i < log->count && page->count == 0; i++) {
        const jc_event *event = &log->events[i];
        if (event->sequence == sequence && jc_str_equal(event->workflow_id, workflow_id))
            status = jc_event_copy(event, &page->arena, &page->events[page->count++], reterr);
    }
    return status;
}

static jc_status memory_head(void *self, jc_str workflow_id, jc_head *ret_head, jc_error *reterr)
{
    (void)reterr;
    *ret_head = head_of(self, workflow_id);
    return JC_OK;
}

static uint64_t last_position(const memory_log *log)
{
    return log->count > 0 ? log->events[log->count - 1].position : 0;
}

static jc_status memory_info(void *self, jc_store_info *ret_info, jc_error *reterr)
{
    (void)reterr;
    memory_log *log = self;
    *ret_info = (jc_store_info){.store_id = log->store_id,
                                .epoch = 1,
                                .format = 1,
                                .position = last_position(log)};
    return JC_OK;
}

static int compare_ids(const void *a, const void *b)
{
    const jc_event *const *left = a;
    const jc_event *const *right = b;
    jc_str l = (*left)->workflow_id;
    jc_str r = (*right)->workflow_id;
    int order = memcmp(l.bytes, r.bytes, l.size < r.size ? l.size : r.size);
    return order != 0 ? order : (l.size > r.size) - (l.size < r.size);
}

static jc_status
memory_workflows(void *self, jc_status (*each)(void *context, const jc_workflow_summary *summary),
                 void *context, jc_error *reterr)
{
    memory_log *log = self;
    const jc_event **firsts = calloc(log->count + 1, sizeof *firsts);
    if (firsts == NULL)
        return jc_fail_memory(reterr);
    size_t count = 0;
    for (size_t i = 0; i < log->count; i++) {
        if (log->events[i].sequence == 1)
            firsts[count++] = &log->events[i];
    }
    qsort(firsts, count, sizeof *firsts, compare_ids);
    jc_status status = JC_OK;
    for (size_t i = 0; status == JC_OK && i < count; i++) {
        jc_head head = head_of(log, firsts[i]->workflow_id);
        jc_workflow_summary summary = {.workflow_id = firsts[i]->workflow_id,
                                       .events = head.sequence,
                                       .last_position = head.position,
                                       .first_us = firsts[i]->timestamp_us,
                                       .last_us = head.timestamp_us,
                                       .hash = head.hash};
        status = each(context, &summary);
    }
    free(firsts);
    return status;
}

/* Nobody else can write to it, so waiting is only looking and, in vain, sleeping. */
static jc_status memory_wait(void *self, uint64_t position, int timeout_ms, uint64_t *ret_position,
                             jc_error *reterr)
{
    (void)reterr;
    if (last_position(self) > position) {
        *ret_position = last_position(self);
        return JC_OK;
    }
    jc_clock_sleep_us((int64_t)timeout_ms * 1000);
    return JC_END;
}

static int memory_wait_fd(void *self)
{
    (void)self;
    return -1;
}

static jc_status memory_check(void *self, jc_report *report, void *context, jc_error *reterr)
{
    (void)self, (void)report, (void)context, (void)reterr;
    return JC_OK;
}

static jc_status memory_backup(void *self, const char *path,
                               void (*progress)(void *, uint64_t, uint64_t), void *context,
                               jc_error *reterr)
{
    (void)self, (void)progress, (void)context;
    return jc_fail(reterr, JC_EUNSUPPORTED, "a log in memory has no copy in %s", path);
}

static void memory_close(void *self)
{
    memory_log *log = self;
    jc_arena_release(&log->arena);
    jc_buf_release(&log->scratch);
    free(log->events);
    free(log);
}

static const jc_backend_ops memory_ops = {
    .version = JC_BACKEND_VERSION,
    .name = "memory",
    .append = memory_append,
    .restore = memory_restore,
    .cursor_open = memory_cursor_open,
    .cursor_page = memory_cursor_page,
    .cursor_close = free,
    .find = memory_find,
    .at = memory_at,
    .head = memory_head,
    .info = memory_info,
    .workflows = memory_workflows,
    .wait = memory_wait,
    .wait_fd = memory_wait_fd,
    .check = memory_check,
    .backup = memory_backup,
    .close = memory_close,
};

jc_status jc_store_open_memory(const jc_options *options, jc_store **ret_store, jc_error *reterr)
{
    memory_log *log = calloc(1, sizeof *log);
    if (log == NULL)
        return jc_fail_memory(reterr);
    if (options != NULL)
        log->options = *options;
    jc_status status = jc_uuid_new(&log->store_id, reterr);
    if (status < 0) {
        memory_close(log);
        return status;
    }
    return jc_store_new((jc_backend){.ops = &memory_ops, .self = log}, options, NULL, ret_store,
                        reterr);
}
