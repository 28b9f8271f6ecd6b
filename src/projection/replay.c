/* Replay: the events of a workflow up to a point, streamed through `apply`. Nothing of the workflow is
 * kept but the state.
 *
 * It begins from the nearest snapshot (snapshot.c) and leaves snapshots behind. At a time, the events
 * are those with a timestamp at or before it, in order of sequence, also where timestamps go back and
 * forth. So the whole rest of the workflow would have to be looked at; the spans of the cache
 * (cache/spans.h) say which hundreds of events hold nothing that old, and those are not read. What they
 * do not cover yet is read, and covered from then on. */
#include "base/fail.h"
#include "cache/spans.h"
#include "projection/cached.h"
#include "projection/snapshot.h"
#include "projection/state.h"

#include <assert.h>
#include <inttypes.h>

/* A replay under way. */
typedef struct replay {
    jc_store *store;
    jc_str workflow_id;
    uint64_t sequence_max;
    const int64_t *time_us; /* NULL: up to sequence_max */
    jc_state *state;
    jc_replay_place place;
    jc_snapshots snapshots;

    /* At a time, with a cache. */
    jc_spans spans;
    jc_time_span span;   /* of the hundred events being read */
    jc_hash span_before; /* the hash of the event before it */
    bool spans_added;
} replay;

static void replay_release(replay *run)
{
    jc_spans_release(&run->spans);
    jc_snapshots_release(&run->snapshots);
    jc_state_free(run->state);
    run->state = NULL;
}
JC_AUTO_DEFINE(replay, replay_release);

/* Where a point lies: the last sequence that counts. */
static jc_status find_end(jc_store *store, jc_str workflow_id, const jc_point *point,
                          uint64_t *ret_sequence, jc_error *reterr)
{
    jc_head head;
    jc_status status = jc_head_read(store, workflow_id, &head, reterr);
    if (status < 0)
        return status;
    if (head.sequence == 0)
        return jc_fail(reterr, JC_ENOTFOUND, "there is no workflow '%.*s'", (int)workflow_id.size,
                       workflow_id.bytes);
    bool counts = point->kind == JC_POINT_SEQUENCE || point->kind == JC_POINT_BEFORE_HEAD;
    if (counts && point->number > head.sequence)
        return jc_fail(reterr, JC_ENOTFOUND,
                       point->kind == JC_POINT_SEQUENCE
                           ? "workflow '%.*s' has no event #%" PRIu64 ": it is at #%" PRIu64
                           : "workflow '%.*s' has no %" PRIu64 " events: it is at #%" PRIu64,
                       (int)workflow_id.size, workflow_id.bytes, point->number, head.sequence);
    *ret_sequence = head.sequence;
    if (point->kind == JC_POINT_SEQUENCE)
        *ret_sequence = point->number;
    if (point->kind == JC_POINT_BEFORE_HEAD)
        *ret_sequence = head.sequence - point->number;
    return JC_OK;
}

/* Note an event's time in the span that is being read, and keep the span when it is full. */
static void note_time(replay *run, const jc_event *event)
{
    size_t number = (size_t)((event->sequence - 1) / JC_SPAN_EVENTS);
    if (run->snapshots.cache == NULL || number != jc_spans_end(&run->spans))
        return;
    if (event->sequence % JC_SPAN_EVENTS == 1) {
        run->span = (jc_time_span){.least_us = INT64_MAX, .greatest_us = INT64_MIN};
        run->span_before = run->place.event_hash;
    }
    if (event->timestamp_us < run->span.least_us)
        run->span.least_us = event->timestamp_us;
    if (event->timestamp_us > run->span.greatest_us)
        run->span.greatest_us = event->timestamp_us;
    if (event->sequence % JC_SPAN_EVENTS == 0)
        run->spans_added =
            jc_spans_add(&run->spans, run->span, run->span_before, event->hash) || run->spans_added;
}

static jc_status take(replay *run, const jc_event *event, jc_error *reterr)
{
    bool applies = run->time_us == NULL || event->timestamp_us <= *run->time_us;
    if (run->time_us != NULL)
        note_time(run, event);
    if (!applies) {
        run->place.sequence = event->sequence;
        run->place.event_hash = event->hash;
        if (event->timestamp_us < run->place.excluded_us)
            run->place.excluded_us = event->timestamp_us;
        return JC_OK;
    }
    jc_status status = jc_state_apply(run->state, event, reterr);
    if (status < 0)
        return status;
    jc_replay_place_apply(&run->place, event);
    jc_snapshots_offer(&run->snapshots, run->state, &run->place);
    return JC_OK;
}

/* Read the events from..to. */
static jc_status read_range(replay *run, uint64_t from, uint64_t to, jc_error *reterr)
{
    jc_filter filter = {.workflow_ids = &run->workflow_id,
                        .workflow_count = 1,
                        .from = from,
                        .to = to};
    jc_cursor *cursor = NULL;
    const jc_event *event = NULL;
    /* Without a cache nobody wants to know the times of those that are too late. */
    if (run->time_us != NULL && run->snapshots.cache == NULL) {
        filter.has_until = true;
        filter.until_us = *run->time_us;
    }
    jc_status status = jc_cursor_open(run->store, &filter, &cursor, reterr);
    while (status == JC_OK) {
        status = jc_cursor_next(cursor, &event, reterr);
        if (status == JC_OK)
            status = take(run, event, reterr);
    }
    jc_cursor_close(cursor);
    return status == JC_END ? JC_OK : status;
}

/* Are these spans of this log? The hash of their last event says so for all of them. */
static jc_of_log spans_are_of_log(replay *run)
{
    if (run->spans.count == 0)
        return JC_OF_LOG_YES;
    return jc_event_is_of_log(run->store, run->workflow_id,
                              (uint64_t)jc_spans_end(&run->spans) * JC_SPAN_EVENTS,
                              &run->spans.rows[run->spans.count - 1].event_hash);
}

/* The spans that there are from number `first` on; those of another log go. */
static void get_spans(replay *run, size_t first)
{
    jc_cache *cache = run->snapshots.cache;
    jc_spans_release(&run->spans);
    jc_spans_get(cache, run->workflow_id, first, &run->spans);
    jc_of_log of_log = spans_are_of_log(run);
    if (of_log == JC_OF_LOG_YES)
        return;
    jc_spans_release(&run->spans);
    run->spans.first_row = first / JC_SPANS_ROW;
    if (of_log == JC_OF_LOG_NO && jc_cache_begin(cache)) {
        (void)jc_spans_remove(cache, run->workflow_id);
        (void)jc_cache_commit(cache);
    }
}

/* Only note the times of the events up to where the replay begins. */
static jc_status cover(replay *run, jc_error *reterr)
{
    jc_replay_place place = run->place;
    jc_filter filter = {.workflow_ids = &run->workflow_id,
                        .workflow_count = 1,
                        .from = (uint64_t)jc_spans_end(&run->spans) * JC_SPAN_EVENTS + 1,
                        .to = place.sequence};
    jc_cursor *cursor = NULL;
    const jc_event *event = NULL;
    run->place.event_hash =
        run->spans.count > 0 ? run->spans.rows[run->spans.count - 1].event_hash : (jc_hash){0};
    jc_status status = jc_cursor_open(run->store, &filter, &cursor, reterr);
    while (status == JC_OK) {
        status = jc_cursor_next(cursor, &event, reterr);
        if (status != JC_OK)
            break;
        note_time(run, event);
        run->place.event_hash = event->hash;
    }
    jc_cursor_close(cursor);
    run->place = place;
    return status == JC_END ? JC_OK : status;
}

/* Have the spans from where the replay begins on. */
static jc_status load_spans(replay *run, jc_error *reterr)
{
    size_t first = (size_t)(run->place.sequence / JC_SPAN_EVENTS);
    get_spans(run, first);
    if (jc_spans_end(&run->spans) >= first)
        return JC_OK;
    get_spans(run, 0);
    return jc_spans_end(&run->spans) < first ? cover(run, reterr) : JC_OK;
}

/* The events that are covered by spans: of those, the hundreds in which something is old enough. */
static jc_status read_covered(replay *run, uint64_t *ret_behind, jc_error *reterr)
{
    size_t number = (size_t)(run->place.sequence / JC_SPAN_EVENTS);
    size_t end = jc_spans_end(&run->spans);
    if (end > run->sequence_max / JC_SPAN_EVENTS)
        end = (size_t)(run->sequence_max / JC_SPAN_EVENTS);
    while (number < end) {
        size_t first = number;
        while (number < end && jc_spans_at(&run->spans, number).least_us <= *run->time_us)
            number++;
        if (number > first) {
            jc_status status = read_range(run, (uint64_t)first * JC_SPAN_EVENTS + 1,
                                          (uint64_t)number * JC_SPAN_EVENTS, reterr);
            if (status < 0)
                return status;
        }
        for (; number < end && jc_spans_at(&run->spans, number).least_us > *run->time_us;
             number++) {
            if (jc_spans_at(&run->spans, number).least_us < run->place.excluded_us)
                run->place.excluded_us = jc_spans_at(&run->spans, number).least_us;
        }
    }
    if (run->place.sequence < (uint64_t)end * JC_SPAN_EVENTS)
        run->place.sequence = (uint64_t)end * JC_SPAN_EVENTS;
    if (end > 0 && end == jc_spans_end(&run->spans) && run->spans.count > 0)
        run->place.event_hash = run->spans.rows[run->spans.count - 1].event_hash;
    *ret_behind = run->place.sequence;
    return JC_OK;
}

static void save_spans(replay *run)
{
    jc_cache *cache = run->snapshots.cache;
    if (!run->spans_added || !jc_cache_begin(cache))
        return;
    if (jc_spans_put(cache, run->workflow_id, &run->spans))
        (void)jc_cache_commit(cache);
    else
        jc_cache_rollback(cache);
}

static jc_status replay_at_time(replay *run, jc_error *reterr)
{
    uint64_t behind = run->place.sequence;
    jc_status status = JC_OK;
    if (run->snapshots.cache != NULL)
        status = load_spans(run, reterr);
    if (status == JC_OK && run->snapshots.cache != NULL)
        status = read_covered(run, &behind, reterr);
    if (status == JC_OK && behind < run->sequence_max)
        status = read_range(run, behind + 1, run->sequence_max, reterr);
    if (status == JC_OK)
        save_spans(run);
    return status;
}

static jc_status replay_run(replay *run, jc_error *reterr)
{
    jc_status status = JC_OK;
    run->place = jc_replay_place_start();
    status = jc_snapshots_load(&run->snapshots, run->sequence_max, run->time_us, &run->state,
                               &run->place, reterr);
    if (status == JC_OK && run->state == NULL)
        status = jc_state_new(run->snapshots.projection, &run->state, reterr);
    if (status < 0)
        return status;
    if (run->time_us != NULL)
        status = replay_at_time(run, reterr);
    else if (run->place.sequence < run->sequence_max)
        status = read_range(run, run->place.sequence + 1, run->sequence_max, reterr);
    if (status == JC_OK)
        jc_snapshots_flush(&run->snapshots);
    return status;
}

jc_status jc_state_read(jc_store *store, const jc_projection *projection, jc_str workflow_id,
                        const jc_point *point, jc_state **ret_state, jc_error *reterr)
{
    static const jc_point now = {.kind = JC_POINT_HEAD};
    JC_AUTO(replay) run = {.store = store, .workflow_id = workflow_id};
    if (point == NULL)
        point = &now;
    if (point->kind == JC_POINT_TIME)
        run.time_us = &point->time_us;
    jc_status status = jc_workflow_id_check(workflow_id, reterr);
    if (status == JC_OK)
        status = find_end(store, workflow_id, point, &run.sequence_max, reterr);
    if (status == JC_OK && projection == NULL)
        status = jc_fail(reterr, JC_EINVAL, "there is no such projection");
    if (status < 0)
        return status;
    jc_snapshots_init(&run.snapshots, store, projection, workflow_id);
    status = replay_run(&run, reterr);
    if (status < 0)
        return status;
    *ret_state = run.state;
    run.state = NULL;
    return JC_OK;
}
