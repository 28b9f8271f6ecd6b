/* A file of hook payloads, one a line: as they came, or with the time of each around it:
 *
 *     {"timestamp": "2026-01-09T09:00:00Z", "payload": {…}}        or "t_ns": nanoseconds since 1970
 *
 * A fact that has a key is told like one of a transcript. One that has none, a moment, is new unless an equal
 * one stands at its time; where no time is told, the n-th that is equal in this file is the n-th of any other
 * import. A session's start and a compaction are also known again when a transcript told
 * them. Facts of which there may be several of one key are appended one by one, because which of them it is
 * depends on what is stored. */
#include "intake/derived_id.h"
#include "intake/hook.h"
#include "intake/transcript.h"

#include "base/clock.h"
#include "base/fail.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define NS_PER_US 1000

typedef struct hooks_file {
    jc_telling *telling;
    jc_foreign foreign;
    jc_hook_mapper mapper;
    jc_map occurrences; /* digest of a moment without a time to how often it came */
} hooks_file;

static void hooks_file_release(hooks_file *in)
{
    jc_foreign_release(&in->foreign);
    jc_hook_mapper_release(&in->mapper);
}
JC_AUTO_DEFINE(hooks_file, hooks_file_release);

/* 0: it does not say when. */
static int64_t time_of(yyjson_val *root)
{
    yyjson_val *ns = jc_foreign_get(root, "t_ns");
    int64_t time_us = 0;
    if (yyjson_is_raw(ns)) {
        errno = 0;
        long long number = strtoll(yyjson_get_raw(ns), NULL, 10);
        return errno == 0 && number > 0 ? number / NS_PER_US : 0;
    }
    return jc_transcript_time(jc_foreign_get(root, "timestamp"), &time_us) ? time_us : 0;
}

static bool is_same(const jc_event *stored, const jc_event *told)
{
    return jc_str_equal(stored->data, told->data) && jc_str_equal(stored->agent_id, told->agent_id);
}

/* Is a moment stored: equal, and at its time? */
static jc_status find_moment(jc_store *store, const jc_event *told, bool *ret_found,
                             jc_error *reterr)
{
    jc_filter filter = {.workflow_ids = &told->workflow_id,
                        .workflow_count = 1,
                        .event_types = &told->event_type,
                        .event_type_count = 1,
                        .has_since = true,
                        .has_until = true,
                        .since_us = told->timestamp_us - JC_FACT_MOMENT_US,
                        .until_us = told->timestamp_us + JC_FACT_MOMENT_US};
    jc_cursor *cursor = NULL;
    *ret_found = false;
    jc_status status = jc_cursor_open(store, &filter, &cursor, reterr);
    while (status == JC_OK && !*ret_found) {
        const jc_event *stored = NULL;
        status = jc_cursor_next(cursor, &stored, reterr);
        if (status == JC_OK)
            *ret_found = is_same(stored, told);
    }
    jc_cursor_close(cursor);
    return status == JC_END ? JC_OK : status;
}

/* What a transcript tells without a hook's words: a session's start, and a compaction near this one. */
static jc_status find_in_transcript(hooks_file *in, const jc_fact *fact, yyjson_val *payload,
                                    bool *ret_found, jc_error *reterr)
{
    const jc_event *event = &fact->event;
    jc_str source = jc_foreign_text(payload, "source");
    bool is_start = jc_str_equal(event->event_type, JC_STR("session.started")) &&
                    (source.bytes == NULL || jc_str_equal(source, JC_STR("startup")));
    bool is_compaction = jc_str_equal(event->event_type, JC_STR("context.compacted"));
    jc_fact_result found = {0};
    jc_str session_id = fact->session_id;
    size_t count;
    jc_status status = JC_OK;
    if (is_start || is_compaction)
        status = jc_redact(in->telling->redactor, session_id, &session_id, &count, reterr);
    if (status == JC_OK && (is_start || is_compaction))
        status = jc_fact_look(in->telling->importing->store, event->workflow_id, session_id,
                              event->event_type, JC_TELLER_TRANSCRIPT,
                              is_start ? NULL : &event->timestamp_us, &found, reterr);
    *ret_found = found.already_stored;
    return status;
}

static jc_status append(hooks_file *in, const jc_fact *fact, jc_error *reterr)
{
    jc_importing *importing = in->telling->importing;
    jc_fact_result result;
    jc_status status = jc_fact_append(importing->store, fact,
                                      jc_clock_monotonic_us() + JC_BUSY_TIMEOUT_MS * INT64_C(1000),
                                      &result, reterr);
    if (status < 0)
        return status;
    if (result.already_stored)
        importing->result.already_stored++;
    else
        importing->result.stored++;
    importing->result.position = result.position;
    return JC_OK;
}

static jc_status tell_one(hooks_file *in, jc_fact *fact, jc_error *reterr)
{
    jc_status status =
        jc_fact_id(fact->session_id, fact->kind, fact->key, 0, &fact->event.id, reterr);
    return status == JC_OK ? jc_import_tell(in->telling->importing, &fact->event, reterr) : status;
}

/* How often this came, this time included. */
static jc_status count_occurrence(hooks_file *in, jc_uuid content, uint64_t *ret_count,
                                  jc_error *reterr)
{
    jc_arena *arena = &in->telling->arena;
    jc_str bytes = {(const char *)content.bytes, sizeof content.bytes};
    uint64_t *count = jc_map_get(&in->occurrences, bytes);
    if (count == NULL) {
        jc_str kept = jc_arena_copy(arena, bytes);
        count = jc_arena_get(arena, sizeof *count);
        if (kept.bytes == NULL || count == NULL ||
            !jc_map_put(&in->occurrences, arena, kept, count))
            return jc_fail_memory(reterr);
        *count = 0;
    }
    *ret_count = ++*count;
    return JC_OK;
}

static jc_status tell_timeless(hooks_file *in, jc_fact *fact, jc_error *reterr)
{
    char number[24];
    uint64_t count = 0;
    jc_uuid content;
    jc_str parts[] = {fact->event.workflow_id, fact->event.event_type, fact->event.data, {0}};
    jc_status status = jc_derive_id(JC_URN_IMPORT, parts, 3, &content, reterr);
    if (status == JC_OK)
        status = count_occurrence(in, content, &count, reterr);
    if (status < 0)
        return status;
    (void)snprintf(number, sizeof number, "%" PRIu64, count);
    parts[3] = jc_str_of(number);
    status = jc_derive_id(JC_URN_IMPORT, parts, 4, &fact->event.id, reterr);
    return status == JC_OK ? jc_import_tell(in->telling->importing, &fact->event, reterr) : status;
}

static jc_status take_fact(hooks_file *in, jc_fact *fact, yyjson_val *payload, jc_error *reterr)
{
    jc_importing *importing = in->telling->importing;
    bool found = false;
    if (fact->rule == JC_FACT_ONE)
        return tell_one(in, fact, reterr);
    if (fact->rule == JC_FACT_MOMENT && !fact->event.has_timestamp)
        return tell_timeless(in, fact, reterr);
    jc_status status = jc_import_commit(importing, reterr);
    if (status == JC_OK && fact->rule == JC_FACT_MOMENT)
        status = find_in_transcript(in, fact, payload, &found, reterr);
    if (status == JC_OK && !found && fact->rule == JC_FACT_MOMENT)
        status = find_moment(importing->store, &fact->event, &found, reterr);
    if (status != JC_OK)
        return status;
    if (found) {
        importing->result.already_stored++;
        return JC_OK;
    }
    return append(in, fact, reterr);
}

static jc_status take_line(hooks_file *in, yyjson_val *root, jc_error *reterr)
{
    jc_telling *telling = in->telling;
    yyjson_val *payload = jc_foreign_get(root, "payload");
    jc_hook_options options = {.workflow_id = telling->importing->options->workflow_id};
    jc_error detail;
    jc_fact fact;
    if (yyjson_is_obj(payload))
        options.received_us = time_of(root);
    else
        payload = root;
    jc_str session_id = jc_foreign_text(payload, "session_id");
    jc_status status = JC_OK;
    if (options.workflow_id.bytes == NULL && session_id.bytes != NULL)
        status = jc_telling_workflow(telling, session_id, &options.workflow_id, &detail);
    if (status == JC_OK)
        status = jc_hook_map_object(&in->mapper, telling->redactor, payload, in->foreign.mended,
                                    &options, &fact, &detail);
    if (status == JC_OK)
        status = take_fact(in, &fact, payload, &detail);
    if (status == JC_EINVAL) {
        telling->importing->result.torn++;
        return JC_OK;
    }
    return status < 0 ? jc_fail(reterr, status, "%s", detail.text) : status;
}

jc_status jc_import_hooks(jc_telling *telling, jc_lines *lines, jc_error *reterr)
{
    JC_AUTO(hooks_file) in = {.telling = telling};
    yyjson_val *root = NULL;
    telling->importing->result.files++;
    jc_status status = jc_transcript_next(telling->importing, lines, &in.foreign, &root, reterr);
    while (status == JC_OK && root != NULL) {
        status = take_line(&in, root, reterr);
        if (status == JC_OK)
            status = jc_transcript_next(telling->importing, lines, &in.foreign, &root, reterr);
    }
    return status;
}
