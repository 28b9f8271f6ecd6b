/* Facts into the log, each once: see fact.h.
 *
 * The append itself finds out whether an id is stored, so that the usual fact, which is new, costs no look-up:
 * but for the end of a tool call, which may be stored as another end, and a moment. Only where it says that
 * the id is stored with other content, the stored event is read and compared. */
#include "intake/fact.h"

#include "base/clock.h"
#include "base/fail.h"
#include "intake/derived_id.h"
#include "intake/foreign.h"

#include <inttypes.h>
#include <stdio.h>

/* How far back an equal fact is looked for, in events: what two seconds of a busy workflow hold. */
#define MOMENT_EVENTS_MAX 2000

/* So many events that are older are passed on the way: what was told late stands among what is newer. */
#define MOMENT_OLDER_MAX 64

/* So many tellings of one key that all say something else are a mistake. */
#define ORDINAL_MAX 1000

static const char *const kind_words[] = {
#define KIND_WORD(name, word) word,
    JC_FACT_KIND_MAP(KIND_WORD)
#undef KIND_WORD
};

#define KIND_COUNT (sizeof kind_words / sizeof kind_words[0])

const char *jc_fact_kind_word(jc_fact_kind kind)
{
    return kind_words[kind];
}

jc_fact_kind jc_fact_kind_of(jc_str word)
{
    for (size_t i = 1; i < KIND_COUNT; i++) {
        if (jc_str_equal(word, jc_str_of(kind_words[i])))
            return (jc_fact_kind)i;
    }
    return JC_FACT_NONE;
}

jc_status jc_fact_id(jc_str session_id, jc_fact_kind kind, jc_str key, uint64_t ordinal,
                     jc_uuid *ret_id, jc_error *reterr)
{
    char number[24];
    (void)snprintf(number, sizeof number, "%" PRIu64, ordinal);
    jc_str parts[] = {session_id, jc_str_of(kind_words[kind]), key, jc_str_of(number)};
    return jc_derive_id(JC_URN_HOOK, parts, ordinal > 0 ? 4 : 3, ret_id, reterr);
}

jc_status jc_fact_find(jc_store *store, jc_uuid id, jc_event *ret_event, jc_error *reterr)
{
    char text[JC_UUID_TEXT_SIZE];
    jc_uuid_format(id, text);
    return jc_event_find(store, jc_str_of(text), ret_event, reterr);
}

static jc_status append_event(jc_store *store, const jc_event *event, const jc_expected *expected,
                              jc_fact_result *ret_result, jc_error *reterr)
{
    jc_append_result result;
    jc_unit unit = {.events = event,
                    .count = 1,
                    .expected = expected,
                    .expected_count = expected != NULL ? 1 : 0};
    jc_status status = jc_append(store, &unit, 1, &result, reterr);
    if (status == JC_OK)
        *ret_result = (jc_fact_result){.id = event->id,
                                       .position = result.position,
                                       .already_stored = result.already_stored > 0};
    return status;
}

static void already_stored(const jc_event *stored, jc_fact_result *ret_result)
{
    *ret_result =
        (jc_fact_result){.id = stored->id, .position = stored->position, .already_stored = true};
}

/* What a turn says: the one member that hooks and transcripts have in the same words. */
static jc_str said(yyjson_val *data)
{
    jc_str answer = jc_foreign_text(data, "last_assistant_message");
    return answer.bytes != NULL ? answer : jc_foreign_text(data, "prompt");
}

/* One from a hook and one from a transcript differ in all but what was said. */
static jc_status same_saying(const jc_event *stored, const jc_event *told, bool *ret_same,
                             jc_error *reterr)
{
    JC_AUTO(jc_json) stored_json = {0};
    JC_AUTO(jc_json) told_json = {0};
    yyjson_val *stored_data, *told_data;
    jc_status status = jc_json_read_loose(&stored_json, stored->data, &stored_data, reterr);
    if (status == JC_OK)
        status = jc_json_read_loose(&told_json, told->data, &told_data, reterr);
    if (status < 0)
        return status;
    bool same_source = (jc_foreign_get(stored_data, "hook_event_name") == NULL) ==
                       (jc_foreign_get(told_data, "hook_event_name") == NULL);
    jc_str stored_text = said(stored_data), told_text = said(told_data);
    *ret_same = !same_source && (stored_text.bytes == NULL || told_text.bytes == NULL ||
                                 jc_str_equal(stored_text, told_text));
    return JC_OK;
}

static bool same_content(const jc_event *stored, const jc_event *told)
{
    return jc_str_equal(stored->event_type, told->event_type) &&
           jc_str_equal(stored->data, told->data) && jc_str_equal(stored->agent_id, told->agent_id);
}

/* The store keeps what it found only until its next call: only here, between the two, is it borrowed. */
static jc_status meet_stored(jc_store *store, const jc_event *told, bool any, bool *ret_same,
                             jc_fact_result *ret_result, jc_error *reterr)
{
    jc_event stored;
    jc_status status = jc_fact_find(store, told->id, &stored, reterr);
    if (status < 0)
        return status;
    *ret_same = any || same_content(&stored, told);
    if (!*ret_same)
        status = same_saying(&stored, told, ret_same, reterr);
    if (*ret_same)
        already_stored(&stored, ret_result);
    return status;
}

/* The session that an event is of, and who told it: a hook's event names its hook. */
static jc_status read_origin(jc_json *json, jc_str data, jc_str *ret_session, jc_teller *ret_teller,
                             jc_error *reterr)
{
    yyjson_val *root = NULL;
    jc_status status = jc_json_read_loose(json, data, &root, reterr);
    if (status < 0)
        return status;
    *ret_session = jc_foreign_text(root, "session_id");
    *ret_teller =
        jc_foreign_get(root, "hook_event_name") != NULL ? JC_TELLER_HOOK : JC_TELLER_TRANSCRIPT;
    return JC_OK;
}

static jc_status is_told_by(jc_str data, jc_teller teller, bool *ret_is, jc_error *reterr)
{
    JC_AUTO(jc_json) json = {0};
    jc_str session;
    jc_teller told_by = teller;
    jc_status status = read_origin(&json, data, &session, &told_by, reterr);
    *ret_is = status == JC_OK && told_by == teller;
    return status;
}

jc_status jc_fact_look(jc_store *store, jc_str workflow_id, jc_str session_id, jc_str event_type,
                       jc_teller teller, const int64_t *near_us, jc_fact_result *ret_result,
                       jc_error *reterr)
{
    /* Not by workflow: those of the type are fewer, and have an index. */
    jc_filter filter = {.event_types = &event_type, .event_type_count = 1};
    jc_cursor *cursor = NULL;
    bool found = false;
    if (near_us != NULL) {
        filter.has_since = filter.has_until = true;
        filter.since_us = *near_us - JC_FACT_NEAR_US;
        filter.until_us = *near_us + JC_FACT_NEAR_US;
    }
    jc_status status = jc_cursor_open(store, &filter, &cursor, reterr);
    while (status == JC_OK && !found) {
        JC_AUTO(jc_json) json = {0};
        const jc_event *event = NULL;
        jc_str session;
        jc_teller told_by;
        status = jc_cursor_next(cursor, &event, reterr);
        if (status != JC_OK || !jc_str_equal(event->workflow_id, workflow_id))
            continue;
        status = read_origin(&json, event->data, &session, &told_by, reterr);
        found = status == JC_OK && jc_str_equal(session, session_id) &&
                (teller == JC_TELLER_ANY || teller == told_by);
        if (found)
            already_stored(event, ret_result);
    }
    jc_cursor_close(cursor);
    return status == JC_END ? JC_OK : status;
}

/* The other ends that a transcript may have told of a call. A hook that tells its completion, the usual one,
 * looks for a failure only: what was denied was not run. */
static const jc_fact_kind *other_ends(jc_fact_kind kind)
{
    static const jc_fact_kind of_completed[] = {JC_FACT_TOOL_FAILED, JC_FACT_NONE};
    static const jc_fact_kind of_failed[] = {JC_FACT_TOOL_COMPLETED, JC_FACT_PERMISSION_DENIED,
                                             JC_FACT_NONE};
    static const jc_fact_kind of_denied[] = {JC_FACT_TOOL_FAILED, JC_FACT_NONE};
    static const jc_fact_kind none[] = {JC_FACT_NONE};
    switch (kind) {
    case JC_FACT_TOOL_COMPLETED:
        return of_completed;
    case JC_FACT_TOOL_FAILED:
        return of_failed;
    case JC_FACT_PERMISSION_DENIED:
        return of_denied;
    default:
        return none;
    }
}

/* Did a transcript tell another end of the call that a hook tells the end of? */
static jc_status find_other_end(jc_store *store, const jc_fact *fact, bool *ret_found,
                                jc_fact_result *ret_result, jc_error *reterr)
{
    bool by_hook = false;
    *ret_found = false;
    for (const jc_fact_kind *other = other_ends(fact->kind); *other != JC_FACT_NONE; other++) {
        jc_uuid id;
        jc_event stored;
        jc_status status = jc_fact_id(fact->session_id, *other, fact->key, 0, &id, reterr);
        if (status == JC_OK)
            status = jc_fact_find(store, id, &stored, reterr);
        if (status == JC_ENOTFOUND)
            continue;
        if (status == JC_OK)
            status = is_told_by(stored.data, JC_TELLER_TRANSCRIPT, ret_found, reterr);
        if (status == JC_OK && *ret_found)
            status = is_told_by(fact->event.data, JC_TELLER_HOOK, &by_hook, reterr);
        *ret_found = *ret_found && by_hook;
        if (*ret_found)
            already_stored(&stored, ret_result);
        if (status < 0 || *ret_found)
            return status;
    }
    return JC_OK;
}

static jc_status append_one(jc_store *store, const jc_fact *fact, jc_fact_result *ret_result,
                            jc_error *reterr)
{
    jc_event event = fact->event;
    bool same = false;
    jc_status status = find_other_end(store, fact, &same, ret_result, reterr);
    if (status < 0 || same)
        return status;
    status = jc_fact_id(fact->session_id, fact->kind, fact->key, 0, &event.id, reterr);
    if (status == JC_OK)
        status = append_event(store, &event, NULL, ret_result, reterr);
    return status == JC_EREUSED ? meet_stored(store, &event, true, &same, ret_result, reterr)
                                : status;
}

static jc_status append_ordinal(jc_store *store, const jc_fact *fact, int64_t deadline_us,
                                jc_fact_result *ret_result, jc_error *reterr)
{
    jc_event event = fact->event;
    for (uint64_t ordinal = 1; ordinal <= ORDINAL_MAX; ordinal++) {
        bool same = false;
        jc_status status =
            jc_fact_id(fact->session_id, fact->kind, fact->key, ordinal, &event.id, reterr);
        if (status == JC_OK)
            status = append_event(store, &event, NULL, ret_result, reterr);
        if (status != JC_EREUSED)
            return status;
        status = meet_stored(store, &event, false, &same, ret_result, reterr);
        if (status < 0 || same)
            return status;
        if (jc_clock_monotonic_us() >= deadline_us)
            return jc_fail(reterr, JC_EBUSY,
                           "there was no time to look at more than %" PRIu64 " of %s '%.*s'",
                           ordinal, kind_words[fact->kind],
                           (int)(fact->key.size > 60 ? 60 : fact->key.size), fact->key.bytes);
    }
    return jc_fail(reterr, JC_EINVAL, "%d events of %s '%.*s' are stored already, all different",
                   ORDINAL_MAX, kind_words[fact->kind],
                   (int)(fact->key.size > 60 ? 60 : fact->key.size), fact->key.bytes);
}

/* Is an equal event among the last of the workflow, up to two seconds before? *ret_head is where the
 * workflow was when it was looked at. */
static jc_status find_equal(jc_store *store, const jc_event *told, int64_t told_us,
                            uint64_t *ret_head, bool *ret_found, jc_fact_result *ret_result,
                            jc_error *reterr)
{
    jc_filter filter = {.workflow_ids = &told->workflow_id, .workflow_count = 1, .reverse = true};
    jc_cursor *cursor = NULL;
    jc_head head;
    int older = 0;
    *ret_found = false;
    jc_status status = jc_head_read(store, told->workflow_id, &head, reterr);
    *ret_head = status == JC_OK ? head.sequence : 0;
    if (status < 0 || head.sequence == 0)
        return status;
    filter.to = head.sequence;
    status = jc_cursor_open(store, &filter, &cursor, reterr);
    for (int i = 0; status == JC_OK && i < MOMENT_EVENTS_MAX; i++) {
        const jc_event *stored = NULL;
        status = jc_cursor_next(cursor, &stored, reterr);
        if (status != JC_OK)
            break;
        if (stored->timestamp_us < told_us - JC_FACT_MOMENT_US && ++older > MOMENT_OLDER_MAX)
            break;
        int64_t apart_us = told_us - stored->timestamp_us;
        if (apart_us <= JC_FACT_MOMENT_US && apart_us >= -JC_FACT_MOMENT_US &&
            same_content(stored, told)) {
            *ret_found = true;
            already_stored(stored, ret_result);
            break;
        }
    }
    jc_cursor_close(cursor);
    return status == JC_END ? JC_OK : status;
}

/* Did a transcript tell what a hook tells here, a session's start or a compaction? */
static jc_status find_in_transcript(jc_store *store, const jc_event *told, int64_t told_us,
                                    bool *ret_found, jc_fact_result *ret_result, jc_error *reterr)
{
    JC_AUTO(jc_json) json = {0};
    jc_str session;
    jc_teller teller;
    jc_fact_result found = {0};
    *ret_found = false;
    if (!jc_str_equal(told->event_type, JC_STR("session.started")) &&
        !jc_str_equal(told->event_type, JC_STR("context.compacted")))
        return JC_OK;
    jc_status status = read_origin(&json, told->data, &session, &teller, reterr);
    if (status == JC_OK && teller == JC_TELLER_HOOK && session.bytes != NULL)
        status = jc_fact_look(store, told->workflow_id, session, told->event_type,
                              JC_TELLER_TRANSCRIPT, &told_us, &found, reterr);
    *ret_found = status == JC_OK && found.already_stored;
    if (*ret_found)
        *ret_result = found;
    return status;
}

/* The look-up holds as long as nobody else appends to the workflow; else it is repeated. */
static jc_status append_moment(jc_store *store, const jc_fact *fact, int64_t deadline_us,
                               jc_fact_result *ret_result, jc_error *reterr)
{
    const jc_event *event = &fact->event;
    int64_t told_us = event->has_timestamp ? event->timestamp_us : jc_clock_now_us();
    for (;;) {
        jc_expected expected = {.workflow_id = event->workflow_id};
        bool found = false;
        jc_status status =
            find_equal(store, event, told_us, &expected.sequence, &found, ret_result, reterr);
        if (status == JC_OK && !found)
            status = find_in_transcript(store, event, told_us, &found, ret_result, reterr);
        if (status < 0 || found)
            return status;
        status = append_event(store, event, &expected, ret_result, reterr);
        /* Its id was given to it alone: what is stored under it is this very fact, told before. */
        if (status == JC_EREUSED)
            return meet_stored(store, event, true, &found, ret_result, reterr);
        if (status != JC_ECONFLICT)
            return status;
        if (jc_clock_monotonic_us() >= deadline_us)
            return jc_fail(reterr, JC_EBUSY,
                           "others append to workflow '%.*s' faster than this can look",
                           (int)event->workflow_id.size, event->workflow_id.bytes);
    }
}

jc_status jc_fact_append(jc_store *store, const jc_fact *fact, int64_t deadline_us,
                         jc_fact_result *ret_result, jc_error *reterr)
{
    switch (fact->rule) {
    case JC_FACT_ONE:
        return append_one(store, fact, ret_result, reterr);
    case JC_FACT_ORDINAL:
        return append_ordinal(store, fact, deadline_us, ret_result, reterr);
    case JC_FACT_MOMENT:
        break;
    }
    return append_moment(store, fact, deadline_us, ret_result, reterr);
}
