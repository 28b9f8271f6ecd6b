/* One JSON line into an event. Members are looked at as yyjson understood them; data is taken by its
 * bytes, so that no number and no escape is written anew. */
#include "base/clock.h"
#include "base/fail.h"
#include "base/when.h"
#include "intake/batch.h"

/* A line holds an event's data and a little around it, one level deeper. */
#define LINE_LIMITS                                                                                \
    ((jc_json_limits){.size_max = JC_DATA_SIZE_MAX + 8192, .depth_max = JC_DATA_DEPTH_MAX + 1})

typedef enum member {
    WORKFLOW_ID,
    EVENT_TYPE,
    ID,
    TIMESTAMP,
    DATA,
    AGENT_ID,
    CORRELATION_ID,
    CAUSATION_ID,
    POSITION,
    SEQUENCE,
    HASH,
    MEMBER_COUNT
} member;

static const char *const names[MEMBER_COUNT] = {[WORKFLOW_ID] = "workflow_id",
                                                [EVENT_TYPE] = "event_type",
                                                [ID] = "id",
                                                [TIMESTAMP] = "timestamp",
                                                [DATA] = "data",
                                                [AGENT_ID] = "agent_id",
                                                [CORRELATION_ID] = "correlation_id",
                                                [CAUSATION_ID] = "causation_id",
                                                [POSITION] = "position",
                                                [SEQUENCE] = "sequence",
                                                [HASH] = "hash"};

static member member_of(yyjson_val *key)
{
    for (int i = 0; i < MEMBER_COUNT; i++) {
        if (yyjson_equals_str(key, names[i]))
            return (member)i;
    }
    return MEMBER_COUNT;
}

jc_status jc_intake_time(jc_str text, bool utc, int64_t *ret_us, jc_error *reterr)
{
    int64_t as_if_utc = 0;
    jc_str zone = {0};
    jc_status status = jc_time_parse_local(text, &as_if_utc, &zone, reterr);
    if (status < 0)
        return status;
    if (zone.size > 0)
        return jc_time_parse(text, ret_us, reterr);
    if (!utc)
        return jc_when_parse_record(text, ret_us, reterr);
    if (as_if_utc < JC_TIMESTAMP_US_MIN || as_if_utc > JC_TIMESTAMP_US_MAX)
        return jc_fail(reterr, JC_EINVAL, "the time '%.*s' lies outside the years 1970 to 9999",
                       (int)text.size, text.bytes);
    *ret_us = as_if_utc;
    return JC_OK;
}

static jc_status take_text(member which, yyjson_val *value, jc_arena *arena, jc_str *ret,
                           jc_error *reterr)
{
    if (yyjson_is_null(value) && which != WORKFLOW_ID && which != EVENT_TYPE)
        return JC_OK;
    if (!yyjson_is_str(value))
        return jc_fail(reterr, JC_EINVAL, "%s: it must be a string", names[which]);
    *ret = jc_arena_copy(arena, (jc_str){yyjson_get_str(value), yyjson_get_len(value)});
    return ret->bytes != NULL ? JC_OK : jc_fail_memory(reterr);
}

static jc_status take_id(yyjson_val *value, const jc_line_rules *rules, jc_arena *arena,
                         jc_event *event, jc_line_extra *extra, jc_error *reterr)
{
    jc_error detail;
    /* Foreign systems count their events: a number is taken by its digits. */
    jc_status status = JC_OK;
    extra->id_is_number = yyjson_is_raw(value) && rules->foreign_ids;
    if (extra->id_is_number)
        extra->id_text =
            jc_arena_copy(arena, (jc_str){yyjson_get_raw(value), yyjson_get_len(value)});
    else
        status = take_text(ID, value, arena, &extra->id_text, reterr);
    if (status < 0 || extra->id_text.bytes == NULL)
        return status;
    extra->has_id = jc_uuid_parse(extra->id_text, &event->id, &detail) == JC_OK;
    if (!extra->has_id && !rules->foreign_ids)
        return jc_fail(reterr, JC_EINVAL, "id: %s", detail.text);
    return JC_OK;
}

static jc_status take_time(yyjson_val *value, const jc_line_rules *rules, jc_event *event,
                           jc_error *reterr)
{
    jc_error detail;
    if (yyjson_is_null(value))
        return JC_OK;
    if (!yyjson_is_str(value))
        return jc_fail(reterr, JC_EINVAL, "timestamp: it must be a string");
    jc_str text = {yyjson_get_str(value), yyjson_get_len(value)};
    jc_status status = rules->local_times
                           ? jc_intake_time(text, rules->utc, &event->timestamp_us, &detail)
                           : jc_time_parse(text, &event->timestamp_us, &detail);
    event->has_timestamp = status == JC_OK;
    return status < 0 ? jc_fail(reterr, status, "timestamp: %s", detail.text) : JC_OK;
}

static jc_status take_member(member which, yyjson_val *value, jc_str raw,
                             const jc_line_rules *rules, jc_arena *arena, jc_event *event,
                             jc_line_extra *extra, jc_error *reterr)
{
    switch (which) {
    case WORKFLOW_ID:
        return take_text(which, value, arena, &event->workflow_id, reterr);
    case EVENT_TYPE:
        return take_text(which, value, arena, &event->event_type, reterr);
    case AGENT_ID:
        return take_text(which, value, arena, &event->agent_id, reterr);
    case CORRELATION_ID:
        return take_text(which, value, arena, &event->correlation_id, reterr);
    case CAUSATION_ID:
        return take_text(which, value, arena, &event->causation_id, reterr);
    case ID:
        return take_id(value, rules, arena, event, extra, reterr);
    case TIMESTAMP:
        return take_time(value, rules, event, reterr);
    case DATA:
        event->data = jc_arena_copy(arena, raw);
        return event->data.bytes != NULL ? JC_OK : jc_fail_memory(reterr);
    default:
        return JC_OK;
    }
}

/* The tree gives each member's meaning, the walk over the bytes its text; both in the same order. */
static jc_status take_members(yyjson_val *root, jc_str text, const jc_line_rules *rules,
                              jc_arena *arena, jc_event *event, jc_line_extra *extra,
                              jc_error *reterr)
{
    size_t i, count, at = 0;
    yyjson_val *key, *value;
    yyjson_obj_foreach(root, i, count, key, value) {
        jc_str raw_key, raw_value;
        if (!jc_json_next_member(text, &at, &raw_key, &raw_value))
            return jc_fail(reterr, JC_EINVAL, "not JSON");
        member which = member_of(key);
        if (which == MEMBER_COUNT)
            return jc_fail(reterr, JC_EINVAL,
                           "an event has no member %.*s; what belongs to it goes into data",
                           (int)(raw_key.size > 60 ? 60 : raw_key.size), raw_key.bytes);
        jc_status status = take_member(which, value, raw_value, rules, arena, event, extra, reterr);
        if (status < 0)
            return status;
    }
    return JC_OK;
}

jc_status jc_intake_line(jc_json *json, jc_str line, const jc_line_rules *rules, jc_arena *arena,
                         jc_event *ret_event, jc_line_extra *ret_extra, jc_error *reterr)
{
    yyjson_val *root = NULL;
    jc_str compact = {0};
    jc_event event = {0};
    jc_line_extra extra = {0};
    jc_status status = jc_json_read(json, line, LINE_LIMITS, arena, &root, &compact, reterr);
    if (status < 0)
        return status;
    if (!yyjson_is_obj(root))
        return jc_fail(reterr, JC_EINVAL, "it must be a JSON object, {…}");
    status = take_members(root, compact, rules, arena, &event, &extra, reterr);
    if (status < 0)
        return status;
    if (event.workflow_id.bytes == NULL)
        event.workflow_id = rules->workflow_id;
    if (event.workflow_id.bytes == NULL)
        return jc_fail(reterr, JC_EINVAL, "workflow_id: it is missing");
    if (event.event_type.bytes == NULL)
        return jc_fail(reterr, JC_EINVAL, "event_type: it is missing");
    *ret_event = event;
    *ret_extra = extra;
    return JC_OK;
}
