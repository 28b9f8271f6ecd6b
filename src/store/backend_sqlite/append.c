/* Units into rows, in one transaction: queue, BEGIN IMMEDIATE, every unit under a savepoint, COMMIT,
 * one byte to .jc/wake.
 *
 * The insert itself finds an id that is stored already (its unique index refuses), so new events pay
 * nothing for idempotency. Heads are read once a workflow and then carried along. */
#include "store/backend_sqlite/sqlite.h"

#include "base/clock.h"
#include "base/fail.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/uuid.h"
#include "event/chain.h"
#include "event/event.h"

#include <assert.h>
#include <inttypes.h>

/* A head further ahead of the clock than this does not pull later events along. */
#define CLOCK_AHEAD_US_MAX (60 * JC_US_PER_SECOND)

/* The append under way. */
typedef struct appending {
    jc_sqlite *self;
    jc_map heads; /* workflow id to jc_head, as of the rows inserted so far */
    size_t stored;
    bool alone; /* there is only one unit */
} appending;

static int64_t now_us(const jc_sqlite *self)
{
    return self->options.now_us != NULL ? self->options.now_us(self->options.now_context)
                                        : jc_clock_now_us();
}

static jc_status head_of(appending *append, jc_str workflow_id, jc_head **ret_head,
                         jc_error *reterr)
{
    *ret_head = jc_map_get(&append->heads, workflow_id);
    if (*ret_head != NULL)
        return JC_OK;
    jc_head *head = jc_arena_get(&append->self->arena, sizeof *head);
    if (head == NULL)
        return jc_fail_memory(reterr);
    jc_status status = jc_sqlite_head(append->self, workflow_id, head, reterr);
    if (status < 0)
        return status;
    if (!jc_map_put(&append->heads, &append->self->arena, workflow_id, head))
        return jc_fail_memory(reterr);
    *ret_head = head;
    return JC_OK;
}

/* After a rollback the heads that were carried along are wrong: they are read again. */
static void forget_heads(appending *append)
{
    append->heads = (jc_map){0};
}

static int64_t timestamp_after(const jc_sqlite *self, const jc_head *head)
{
    int64_t now = now_us(self);
    if (now < JC_TIMESTAMP_US_MIN)
        now = JC_TIMESTAMP_US_MIN;
    bool ahead = head->sequence > 0 && head->timestamp_us > now;
    return ahead && head->timestamp_us - now <= CLOCK_AHEAD_US_MAX ? head->timestamp_us : now;
}

/* The columns of an event, ?1 to ?10. The texts must stay where they are until the step. */
typedef struct row_texts {
    char id[36];
    char time[JC_TIME_TEXT_SIZE];
    char hash[64];
} row_texts;

static void bind_event(sqlite3_stmt *stmt, const jc_event *event, row_texts *texts)
{
    jc_uuid_encode(event->id, texts->id);
    jc_time_format(event->timestamp_us, texts->time);
    jc_hex_encode(event->hash.bytes, sizeof event->hash.bytes, texts->hash);
    jc_sql_bind(stmt, 1, (jc_str){texts->id, sizeof texts->id});
    jc_sql_bind(stmt, 2, event->workflow_id);
    (void)sqlite3_bind_int64(stmt, 3, (int64_t)event->sequence);
    jc_sql_bind(stmt, 4, (jc_str){texts->time, JC_TIME_TEXT_SIZE - 1});
    jc_sql_bind(stmt, 5, event->event_type);
    jc_sql_bind(stmt, 6, event->agent_id);
    jc_sql_bind(stmt, 7, event->correlation_id);
    jc_sql_bind(stmt, 8, event->causation_id);
    jc_sql_bind(stmt, 9, event->data);
    jc_sql_bind(stmt, 10, (jc_str){texts->hash, sizeof texts->hash});
}

/* The stored event with this id, in the handle's page; JC_END when there is none. */
static jc_status look_up(jc_sqlite *self, jc_uuid id, const jc_event **ret_event, jc_error *reterr)
{
    char text[36];
    sqlite3_stmt *stmt = NULL;
    jc_status status = jc_page_clear(&self->page, JC_PAGE_FEW, reterr);
    if (status == JC_OK)
        status = jc_sqlite_statement(self, JC_SQL_SELECT_ID, &stmt, reterr);
    if (status < 0)
        return status;
    JC_AUTO(jc_stmt_use) use = stmt;
    jc_uuid_encode(id, text);
    jc_sql_bind(use, 1, (jc_str){text, sizeof text});
    int code = sqlite3_step(use);
    if (code == SQLITE_DONE)
        return JC_END;
    if (code != SQLITE_ROW)
        return jc_sqlite_fail(self->db, reterr, "the log");
    jc_event *event = &self->page.events[0];
    status = jc_row_read(use, &self->page.arena, event, reterr);
    if (status == JC_OK && event->sequence > event->position)
        status = jc_fail(reterr, JC_ECORRUPT,
                         "%.*s #%" PRIu64 ": a sequence cannot be above its position",
                         (int)event->workflow_id.size, event->workflow_id.bytes, event->sequence);
    *ret_event = event;
    return status;
}

static jc_receipt receipt_of(const jc_event *event, bool already_stored)
{
    return (jc_receipt){.position = event->position,
                        .sequence = event->sequence,
                        .timestamp_us = event->timestamp_us,
                        .hash = event->hash,
                        .already_stored = already_stored};
}

/* The insert was refused: is it because the event is stored? JC_EREUSED with other content. */
static jc_status accept_stored(appending *append, const jc_event *event, jc_receipt *receipt,
                               jc_error *reterr)
{
    const jc_event *stored = NULL;
    jc_status status = look_up(append->self, event->id, &stored, reterr);
    if (status == JC_END)
        return jc_fail(
            reterr, JC_ECORRUPT,
            "%.*s: its next sequence is taken, so its rows are not in order: run jc verify",
            (int)event->workflow_id.size, event->workflow_id.bytes);
    if (status == JC_OK)
        status = jc_event_same(stored, event, reterr);
    if (status == JC_OK)
        *receipt = receipt_of(stored, true);
    return status;
}

static jc_status insert_event(appending *append, const jc_event *given, jc_receipt *receipt,
                              jc_error *reterr)
{
    jc_sqlite *self = append->self;
    jc_head *head = NULL;
    sqlite3_stmt *stmt = NULL;
    jc_status status = head_of(append, given->workflow_id, &head, reterr);
    if (status == JC_OK)
        status = jc_sqlite_statement(self, JC_SQL_INSERT, &stmt, reterr);
    if (status < 0)
        return status;

    if (head->sequence > head->position || head->sequence >= INT64_MAX)
        return jc_fail(reterr, JC_ECORRUPT,
                       "%.*s #%" PRIu64 ": a sequence cannot be above its position: run "
                       "jc verify",
                       (int)given->workflow_id.size, given->workflow_id.bytes, head->sequence);
    jc_event event = *given;
    row_texts texts;
    event.sequence = head->sequence + 1;
    if (!event.has_timestamp)
        event.timestamp_us = timestamp_after(self, head);
    status = jc_chain_hash(head->hash, &event, &self->scratch, &event.hash, reterr);
    if (status < 0)
        return status;

    JC_AUTO(jc_stmt_use) use = stmt;
    bind_event(use, &event, &texts);
    int code = sqlite3_step(use);
    if ((code & 0xff) == SQLITE_CONSTRAINT)
        return accept_stored(append, given, receipt, reterr);
    if (code != SQLITE_DONE)
        return jc_sqlite_fail(self->db, reterr, "the log");

    event.position = (uint64_t)sqlite3_last_insert_rowid(self->db);
    *receipt = receipt_of(&event, false);
    *head = (jc_head){.sequence = event.sequence,
                      .position = event.position,
                      .timestamp_us = event.timestamp_us,
                      .hash = event.hash};
    return JC_OK;
}

static jc_status compare_expected(appending *append, const jc_unit *unit, jc_error *reterr)
{
    for (size_t i = 0; i < unit->expected_count; i++) {
        const jc_expected *expected = &unit->expected[i];
        jc_head *head = NULL;
        jc_status status = head_of(append, expected->workflow_id, &head, reterr);
        if (status < 0)
            return status;
        if (head->sequence != expected->sequence)
            return jc_fail(reterr, JC_ECONFLICT,
                           "workflow '%.*s' is at %" PRIu64 ", expected was %" PRIu64
                           ": read it again and decide anew",
                           (int)expected->workflow_id.size, expected->workflow_id.bytes,
                           head->sequence, expected->sequence);
    }
    return JC_OK;
}

/* A unit that says what it expects is stored as a whole or not at all. Is it, by an earlier call?
 * JC_OK: all of it. JC_ECONFLICT with `reason`: none, or some. */
static jc_status settle_expected(appending *append, const jc_unit *unit, jc_append_result *result,
                                 const jc_error *reason, jc_error *reterr)
{
    size_t stored_count = 0;
    for (size_t i = 0; i < unit->count; i++) {
        const jc_event *stored = NULL;
        jc_status status = look_up(append->self, unit->events[i].id, &stored, reterr);
        if (status == JC_OK)
            status = jc_event_same(stored, &unit->events[i], reterr);
        if (status < 0)
            return status;
        if (status == JC_END)
            continue;
        unit->ret_receipts[i] = receipt_of(stored, true);
        stored_count++;
    }
    if (stored_count > 0 && stored_count < unit->count)
        return jc_fail(reterr, JC_ECONFLICT,
                       "%zu of the unit's %zu events are stored already, the others are not: read "
                       "the workflow "
                       "again and decide anew",
                       stored_count, unit->count);
    if (stored_count == 0)
        return jc_fail(reterr, JC_ECONFLICT, "%s", reason->text);
    *result = (jc_append_result){.already_stored = stored_count,
                                 .position = unit->ret_receipts[unit->count - 1].position};
    return JC_OK;
}

static jc_status insert_unit(appending *append, const jc_unit *unit, jc_append_result *result,
                             jc_error *reterr)
{
    *result = (jc_append_result){0};
    for (size_t i = 0; i < unit->count; i++) {
        jc_receipt *receipt = &unit->ret_receipts[i];
        jc_status status = insert_event(append, &unit->events[i], receipt, reterr);
        if (status < 0)
            return status;
        if (receipt->already_stored)
            result->already_stored++;
        else
            result->stored++;
        result->position = receipt->position;
    }
    if (unit->expected_count > 0 && result->already_stored > 0 && result->stored > 0)
        return jc_fail(reterr, JC_ECONFLICT,
                       "%zu of the unit's %zu events are stored already, the others are not: read "
                       "the workflow "
                       "again and decide anew",
                       result->already_stored, unit->count);
    return JC_OK;
}

/* A unit's own failure, which leaves the others alone? */
static bool is_of_unit(jc_status status)
{
    return status == JC_ECONFLICT || status == JC_EREUSED;
}

static jc_status append_unit(appending *append, const jc_unit *unit, jc_append_result *result,
                             jc_error *reterr)
{
    jc_error reason;
    jc_status status = compare_expected(append, unit, &reason);
    if (status == JC_ECONFLICT)
        return settle_expected(append, unit, result, &reason, reterr);
    if (status < 0)
        return jc_fail(reterr, status, "%s", reason.text);

    /* A unit that is alone goes with the whole transaction; among others it has a savepoint. */
    if (append->alone)
        return insert_unit(append, unit, result, reterr);
    status = jc_sqlite_run(append->self, JC_SQL_SAVEPOINT, reterr);
    if (status < 0)
        return status;
    status = insert_unit(append, unit, result, reterr);
    if (status < 0) {
        jc_sqlite_undo(append->self, JC_SQL_ROLLBACK_UNIT);
        forget_heads(append);
    }
    jc_status released = jc_sqlite_run(append->self, JC_SQL_RELEASE, status < 0 ? NULL : reterr);
    return status < 0 ? status : released;
}

static jc_status append_units(appending *append, const jc_unit units[], size_t count,
                              jc_append_result ret_results[], jc_error *reterr)
{
    for (size_t i = 0; i < count; i++) {
        jc_error detail;
        jc_status status = append_unit(append, &units[i], &ret_results[i], &detail);
        if (status < 0 && !is_of_unit(status))
            return jc_fail(reterr, status, "%s", detail.text);
        if (status < 0)
            ret_results[i] = (jc_append_result){.status = status, .error = detail};
        append->stored += ret_results[i].stored;
    }
    return JC_OK;
}

/* The ways out are prepared before the way in: when memory is short they must still be there. */
static jc_status prepare_undo(jc_sqlite *self, jc_error *reterr)
{
    static const jc_sql undo[] = {JC_SQL_ROLLBACK, JC_SQL_ROLLBACK_UNIT, JC_SQL_RELEASE};
    jc_status status = JC_OK;
    for (size_t i = 0; status == JC_OK && i < sizeof undo / sizeof undo[0]; i++) {
        sqlite3_stmt *stmt = NULL;
        status = jc_sqlite_statement(self, undo[i], &stmt, reterr);
    }
    /* Should a rollback have failed all the same, the next append does it first. */
    if (status == JC_OK && !sqlite3_get_autocommit(self->db))
        status = jc_sqlite_run(self, JC_SQL_ROLLBACK, reterr);
    return status;
}

static jc_status begin(jc_sqlite *self, jc_error *reterr)
{
    int timeout_ms = jc_sqlite_timeout_ms(self);
    int64_t now = jc_clock_monotonic_us();
    jc_sqlite_set_deadline(self);
    jc_arena_reset(&self->arena);
    jc_status status = prepare_undo(self, reterr);
    if (status < 0)
        return status;
    /* Half of the time is for queueing; whoever blocks the queue longer is not worth waiting for. */
    (void)jc_queue_enter(&self->queue, now + (int64_t)timeout_ms * 500);
    status = jc_sqlite_run(self, JC_SQL_BEGIN, reterr);
    if (status == JC_OK) {
        status = jc_sqlite_check_current(self, reterr);
        if (status < 0)
            jc_sqlite_undo(self, JC_SQL_ROLLBACK);
    }
    if (status == JC_EBUSY)
        status = jc_fail(reterr, JC_EBUSY,
                         "other writers kept the log for more than %d ms; nothing was "
                         "written: try again",
                         timeout_ms);
    return status;
}

static jc_status commit(jc_sqlite *self, jc_error *reterr)
{
    self->vfs.gather = self->gathers;
    jc_status status = jc_sqlite_run(self, JC_SQL_COMMIT, reterr);
    self->vfs.gather = false;
    if (status == JC_OK) {
        jc_wake_signal(&self->wake);
        return JC_OK;
    }
    /* A commit that failed on input or output may be in the file all the same, whatever the reason. */
    if ((sqlite3_errcode(self->db) & 0xff) == SQLITE_IOERR)
        status = JC_EIO;
    jc_sqlite_undo(self, JC_SQL_ROLLBACK);
    return status;
}

jc_status jc_sqlite_append(void *context, const jc_unit units[], size_t count,
                           jc_append_result ret_results[], jc_error *reterr)
{
    appending append = {.self = context, .alone = count == 1};
    if (append.self->read_only)
        return jc_fail(reterr, JC_EREADONLY, "%s cannot be written", append.self->path);
    jc_status status = begin(append.self, reterr);
    if (status == JC_OK) {
        status = append_units(&append, units, count, ret_results, reterr);
        if (status < 0)
            jc_sqlite_undo(append.self, JC_SQL_ROLLBACK);
        else
            status = append.stored > 0 ? commit(append.self, reterr)
                                       : jc_sqlite_run(append.self, JC_SQL_ROLLBACK, reterr);
    }
    jc_queue_leave(&append.self->queue);
    return status;
}

/* The log goes on where it ends: a replica or a rebuild that lost its place is told so. */
static jc_status check_beyond(jc_sqlite *self, uint64_t position, jc_error *reterr)
{
    uint64_t last = 0;
    jc_status status = jc_sqlite_last_position(self, &last, reterr);
    if (status == JC_OK && position <= last)
        return jc_fail(reterr, JC_EINVAL,
                       "position %" PRIu64 " is not beyond the log's last, %" PRIu64, position,
                       last);
    return status;
}

jc_status jc_sqlite_restore(void *context, const jc_event events[], size_t count, jc_error *reterr)
{
    jc_sqlite *self = context;
    sqlite3_stmt *stmt = NULL;
    jc_status status = begin(self, reterr);
    if (status < 0) {
        jc_queue_leave(&self->queue);
        return status;
    }
    status = check_beyond(self, events[0].position, reterr);
    if (status == JC_OK)
        status = jc_sqlite_statement(self, JC_SQL_RESTORE, &stmt, reterr);
    for (size_t i = 0; status == JC_OK && i < count; i++) {
        row_texts texts;
        JC_AUTO(jc_stmt_use) use = stmt;
        bind_event(use, &events[i], &texts);
        (void)sqlite3_bind_int64(use, 11, (int64_t)events[i].position);
        if (sqlite3_step(use) != SQLITE_DONE)
            status =
                jc_sqlite_fail(self->db, reterr, "%.*s #%" PRIu64, (int)events[i].workflow_id.size,
                               events[i].workflow_id.bytes, events[i].sequence);
    }
    if (status == JC_OK)
        status = commit(self, reterr);
    else
        jc_sqlite_undo(self, JC_SQL_ROLLBACK);
    jc_queue_leave(&self->queue);
    return status;
}
