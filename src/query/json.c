/* JSON as jc's own tools write it: see jc/json.h. Everything is put together of pieces, so that nothing here
 * needs memory. */
#include "jc/json.h"

#include "base/json.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

/* Of a line without its data: fixed members, and five ids whose every byte is escaped. */
#define HEAD_SIZE_MAX 4096
#define HASH_SIZE (sizeof ",\"hash\":\"\"}" - 1 + 64)

static void put(const jc_sink *sink, jc_str piece)
{
    if (piece.size > 0)
        sink->put(sink->context, piece);
}

static void put_literal(const jc_sink *sink, const char *text)
{
    put(sink, jc_str_of(text));
}

/* Of short pieces only. */
JC_PRINTF(2, 3)
static void put_format(const jc_sink *sink, const char *format, ...)
{
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    put_literal(sink, text);
}

void jc_text_write(const jc_sink *sink, jc_str text)
{
    size_t from = 0;
    put_literal(sink, "\"");
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.bytes[i];
        if (c != '"' && c != '\\' && c >= 0x20 && c != 0x7f)
            continue;
        put(sink, (jc_str){text.bytes + from, i - from});
        put_format(sink, c == '"' || c == '\\' ? "\\%c" : "\\u%04x", c);
        from = i + 1;
    }
    put(sink, (jc_str){text.bytes + from, text.size - from});
    put_literal(sink, "\"");
}

/* A member behind others; nothing when the text is absent. */
static void put_text(const jc_sink *sink, const char *name, jc_str text)
{
    if (text.bytes == NULL)
        return;
    put_format(sink, ",\"%s\":", name);
    jc_text_write(sink, text);
}

static void put_time(const jc_sink *sink, const char *name, int64_t time_us)
{
    char text[JC_TIME_TEXT_SIZE];
    if (time_us == JC_UNKNOWN)
        return;
    jc_time_format(time_us, text);
    put_format(sink, ",\"%s\":\"%s\"", name, text);
}

static void put_duration(const jc_sink *sink, const char *name, int64_t duration_ms)
{
    if (duration_ms != JC_UNKNOWN)
        put_format(sink, ",\"%s\":%" PRId64, name, duration_ms);
}

static void put_json(const jc_sink *sink, const char *name, jc_str json)
{
    if (json.bytes == NULL)
        return;
    put_format(sink, ",\"%s\":", name);
    put(sink, json);
}

/* The line of an event without data has the same bytes around the place of the data. */
void jc_event_write(const jc_sink *sink, const jc_event *event)
{
    char around[HEAD_SIZE_MAX];
    jc_event bare = *event;
    bare.data = JC_STR("");
    size_t size = jc_event_format(&bare, around, sizeof around);
    size_t head = size - HASH_SIZE;
    put(sink, (jc_str){around, head});
    put(sink, event->data);
    put(sink, (jc_str){around + head, HASH_SIZE});
}

/* ---- States ---- */

jc_status jc_state_write(const jc_sink *sink, jc_str workflow_id, jc_state *state, jc_error *reterr)
{
    jc_state_info info = jc_state_info_get(state);
    const char *json = jc_state_json(state, reterr);
    if (json == NULL)
        return reterr != NULL && reterr->status < 0 ? reterr->status : JC_ENOMEM;
    put_literal(sink, "{\"workflow_id\":");
    jc_text_write(sink, workflow_id);
    put_format(sink, ",\"projection\":\"%s\",\"version\":%" PRIu32, info.projection->name,
               info.projection->version);
    if (info.projection->revision != NULL)
        put_format(sink, ",\"revision\":\"%s\"", info.projection->revision);
    put_format(sink, ",\"sequence\":%" PRIu64 ",\"events\":%" PRIu64, info.sequence, info.events);
    put_time(sink, "timestamp", info.has_timestamp ? info.timestamp_us : JC_UNKNOWN);
    put_json(sink, "state", jc_str_of(json));
    put_literal(sink, "}");
    return JC_OK;
}

/* A count of the state's own. */
static uint64_t count_of(jc_str value)
{
    uint64_t count = 0;
    for (size_t i = 0; i < value.size && value.bytes[i] >= '0' && value.bytes[i] <= '9'; i++)
        count = count * 10 + (uint64_t)(value.bytes[i] - '0');
    return count;
}

/* Without features, a workflow is all or nothing. */
static unsigned percent_of(jc_str state)
{
    uint64_t completed = 0;
    uint64_t total = 0;
    bool is_completed = false;
    size_t at = 0;
    jc_str key, value;
    while (jc_json_next_member(state, &at, &key, &value)) {
        if (jc_str_equal(key, JC_STR("\"features_completed\"")))
            completed = count_of(value);
        else if (jc_str_equal(key, JC_STR("\"features_total\"")))
            total = count_of(value);
        else if (jc_str_equal(key, JC_STR("\"status\"")))
            is_completed = jc_str_equal(value, JC_STR("\"completed\""));
    }
    if (total == 0)
        return is_completed ? 100 : 0;
    return (unsigned)(completed * 100 / total);
}

jc_status jc_status_write(const jc_sink *sink, jc_str workflow_id, jc_state *state,
                          jc_error *reterr)
{
    const char *json = jc_state_json(state, reterr);
    if (json == NULL)
        return reterr != NULL && reterr->status < 0 ? reterr->status : JC_ENOMEM;
    put_literal(sink, "{\"workflow_id\":");
    jc_text_write(sink, workflow_id);
    put_format(sink, ",\"sequence\":%" PRIu64 ",\"progress_percentage\":%u",
               jc_state_info_get(state).sequence, percent_of(jc_str_of(json)));
    put_json(sink, "state", jc_str_of(json));
    put_literal(sink, "}");
    return JC_OK;
}

void jc_change_write(const jc_sink *sink, const jc_change *change)
{
    static const char *const kinds[] = {"added", "removed", "changed"};
    put_format(sink, "{\"kind\":\"%s\"", kinds[change->kind]);
    put_text(sink, "path", change->path);
    put_text(sink, "pointer", change->pointer);
    put_json(sink, "before", change->before);
    put_json(sink, "after", change->after);
    put_literal(sink, "}");
}

static void put_event(const jc_sink *sink, const char *name, const jc_event *event)
{
    if (event->sequence == 0)
        return;
    put_format(sink, ",\"%s\":", name);
    jc_event_write(sink, event);
}

void jc_parting_write(const jc_sink *sink, const jc_parting *parting)
{
    put_format(sink, "{\"sequence\":%" PRIu64 ",\"differs\":\"%s\"", parting->sequence,
               parting->differs);
    put_event(sink, "first", &parting->first);
    put_event(sink, "second", &parting->second);
    put_literal(sink, "}");
}

/* ---- Questions ---- */

void jc_trace_event_write(const jc_sink *sink, const jc_trace_event *each)
{
    put_format(sink, "{\"depth\":%zu,\"offset_ms\":%" PRId64 ",\"cause\":\"%s\"", each->depth,
               each->offset_us / 1000, jc_cause_text(each->cause));
    if (each->cause == JC_CAUSE_INSIDE)
        put_format(sink, ",\"since_cause_ms\":%" PRId64, each->since_cause_us / 1000);
    put_event(sink, "event", &each->event);
    put_literal(sink, "}");
}

/* Names stand in front, so that a comma follows them. */
static void put_name(const jc_sink *sink, const char *name, jc_str text)
{
    if (text.bytes == NULL)
        return;
    put_format(sink, "\"%s\":", name);
    jc_text_write(sink, text);
    put_literal(sink, ",");
}

static void put_attempt(const jc_sink *sink, const jc_attempt *attempt, size_t number)
{
    put_format(sink, "%s{\"attempt\":%zu,\"status\":\"%s\"", number > 1 ? "," : "", number,
               jc_attempt_status_text(attempt->status));
    put_time(sink, "started_at", attempt->started_us);
    put_time(sink, "ended_at", attempt->ended_us);
    put_duration(sink, "duration_ms", attempt->duration_ms);
    put_duration(sink, "waited_ms", attempt->waited_ms);
    put_literal(sink, "}");
}

void jc_feature_timing_write(const jc_sink *sink, const jc_feature_timing *feature)
{
    put_literal(sink, "{");
    put_name(sink, "name", feature->name);
    put_name(sink, "feature_id", feature->feature_id);
    put_format(sink, "\"status\":\"%s\"", jc_feature_state_text(feature->status));
    put_time(sink, "planned_at", feature->planned_us);
    put_time(sink, "started_at", feature->started_us);
    put_time(sink, "ended_at", feature->ended_us);
    put_duration(sink, "duration_ms", feature->duration_ms);
    put_duration(sink, "worked_ms", feature->worked_ms);
    put_duration(sink, "waited_ms", feature->waited_ms);
    put_literal(sink, ",\"attempts\":[");
    for (size_t i = 0; i < feature->attempt_count; i++)
        put_attempt(sink, &feature->attempts[i], i + 1);
    put_literal(sink, "]}");
}

void jc_timings_summary_write(const jc_sink *sink, jc_str workflow_id, const jc_timings *timings)
{
    const jc_feature_timing *slowest = timings->slowest;
    put_literal(sink, "{");
    put_name(sink, "workflow_id", workflow_id);
    put_format(sink, "\"sequence\":%" PRIu64 ",\"features\":%zu", timings->sequence,
               timings->feature_count);
    for (size_t i = 0; i < JC_FEATURE_STATE_COUNT; i++)
        put_format(sink, ",\"%s\":%zu", jc_feature_state_text((jc_feature_state)i),
                   timings->by_status[i]);
    put_format(sink, ",\"attempts\":%zu,\"retries\":%zu", timings->attempts, timings->retries);
    put_duration(sink, "worked_ms", timings->worked_ms);
    put_duration(sink, "waited_ms", timings->waited_ms);
    put_duration(sink, "median_ms", timings->median_ms);
    if (slowest != NULL) {
        put_text(sink, "slowest",
                 slowest->name.bytes != NULL ? slowest->name : slowest->feature_id);
        put_duration(sink, "slowest_ms", slowest->duration_ms);
    }
    put_literal(sink, "}");
}

void jc_attention_write(const jc_sink *sink, const jc_attention *attention)
{
    put_literal(sink, "{\"key\":");
    jc_text_write(sink, attention->key);
    put_format(sink, ",\"kind\":\"%s\",\"severity\":\"%s\",\"sequence\":%" PRIu64,
               jc_attention_kind_text(attention->kind), attention->bad ? "bad" : "warn",
               attention->sequence);
    put_time(sink, "at", attention->at_us);
    put_text(sink, "agent_id", attention->agent_id);
    put_text(sink, "title", attention->title);
    put_text(sink, "text", attention->text);
    put_literal(sink, "}");
}

/* ---- Notes and findings ---- */

void jc_note_write(const jc_sink *sink, const jc_note *note)
{
    char id[JC_UUID_TEXT_SIZE];
    jc_uuid_format(note->id, id);
    put_literal(sink, "{\"workflow_id\":");
    jc_text_write(sink, note->workflow_id);
    put_format(sink, ",\"id\":\"%s\"", id);
    put_text(sink, "category", note->category);
    put_text(sink, "agent_id", note->agent_id);
    put_text(sink, "title", note->title);
    put_text(sink, "content", note->content);
    put_literal(sink, ",\"tags\":[");
    for (size_t i = 0; i < note->tag_count; i++) {
        put_literal(sink, i > 0 ? "," : "");
        jc_text_write(sink, note->tags[i]);
    }
    put_literal(sink, "]");
    put_text(sink, "related_file", note->related_file);
    put_text(sink, "related_feature", note->related_feature);
    put_time(sink, "created_at", note->created_us);
    put_format(sink, ",\"sequence\":%" PRIu64, note->sequence);
    if (note->answered) {
        put_time(sink, "answered_at", note->answered_us);
        put_format(sink, ",\"answered_sequence\":%" PRIu64, note->answered_sequence);
        put_text(sink, "answered_by", note->answered_by);
    }
    put_literal(sink, "}");
}

void jc_finding_write(const jc_sink *sink, const jc_finding *finding)
{
    put_format(sink, "{\"damage\":%s", finding->damage ? "true" : "false");
    put_text(sink, "where", jc_str_of(finding->where));
    put_text(sink, "what", jc_str_of(finding->what));
    put_literal(sink, "}");
}
