/* A fact as a line of JSON and back: see spool.h. The event is written as `jc emit --batch` takes it. */
#include "intake/spool.h"

#include "base/fail.h"
#include "intake/batch.h"

static const char *const rule_words[] = {
    [JC_FACT_MOMENT] = "moment", [JC_FACT_ONE] = "one", [JC_FACT_ORDINAL] = "ordinal"};

#define RULE_COUNT (sizeof rule_words / sizeof rule_words[0])

/* `before` is what stands before the value: ',"name":'. Absent text is left out. */
static jc_status add_text(jc_buf *line, const char *before, jc_str text, jc_error *reterr)
{
    if (text.bytes == NULL)
        return JC_OK;
    jc_status status = jc_buf_append_text(line, before, reterr);
    return status == JC_OK ? jc_json_write_text(line, text, reterr) : status;
}

static jc_status add_event(jc_buf *line, const jc_event *event, jc_error *reterr)
{
    char id[JC_UUID_TEXT_SIZE];
    char time[JC_TIME_TEXT_SIZE];
    jc_uuid_format(event->id, id);
    jc_time_format(event->timestamp_us, time);
    jc_status status = add_text(line, ",\"event\":{\"workflow_id\":", event->workflow_id, reterr);
    if (status == JC_OK && !jc_uuid_is_nil(event->id))
        status = add_text(line, ",\"id\":", jc_str_of(id), reterr);
    if (status == JC_OK)
        status = add_text(line, ",\"timestamp\":", jc_str_of(time), reterr);
    if (status == JC_OK)
        status = add_text(line, ",\"event_type\":", event->event_type, reterr);
    if (status == JC_OK)
        status = add_text(line, ",\"agent_id\":", event->agent_id, reterr);
    if (status == JC_OK)
        status = add_text(line, ",\"correlation_id\":", event->correlation_id, reterr);
    if (status == JC_OK)
        status = add_text(line, ",\"causation_id\":", event->causation_id, reterr);
    if (status == JC_OK)
        status = jc_buf_append_text(line, ",\"data\":", reterr);
    if (status == JC_OK)
        status = jc_buf_append_str(line, event->data, reterr);
    return status == JC_OK ? jc_buf_append_text(line, "}}\n", reterr) : status;
}

jc_status jc_spool_encode(const jc_fact *fact, jc_buf *line, jc_error *reterr)
{
    jc_status status = add_text(line, "{\"rule\":", jc_str_of(rule_words[fact->rule]), reterr);
    if (status == JC_OK && fact->rule != JC_FACT_MOMENT)
        status = add_text(line, ",\"kind\":", jc_str_of(jc_fact_kind_word(fact->kind)), reterr);
    if (status == JC_OK && fact->rule != JC_FACT_MOMENT)
        status = add_text(line, ",\"session_id\":", fact->session_id, reterr);
    if (status == JC_OK && fact->rule != JC_FACT_MOMENT)
        status = add_text(line, ",\"key\":", fact->key, reterr);
    return status == JC_OK ? add_event(line, &fact->event, reterr) : status;
}

void jc_spool_reader_release(jc_spool_reader *reader)
{
    jc_json_release(&reader->json);
    jc_json_release(&reader->event_json);
    jc_arena_release(&reader->arena);
}

static jc_status take_rule(yyjson_val *root, jc_fact_rule *ret, jc_error *reterr)
{
    jc_str word = jc_json_text(root, "rule");
    for (size_t i = 0; i < RULE_COUNT; i++) {
        if (jc_str_equal(word, jc_str_of(rule_words[i]))) {
            *ret = (jc_fact_rule)i;
            return JC_OK;
        }
    }
    return jc_fail(reterr, JC_EINVAL, "rule: it is none of moment, one, ordinal");
}

static jc_status take_identity(yyjson_val *root, jc_fact *fact, jc_error *reterr)
{
    jc_status status = take_rule(root, &fact->rule, reterr);
    if (status < 0 || fact->rule == JC_FACT_MOMENT)
        return status;
    fact->kind = jc_fact_kind_of(jc_json_text(root, "kind"));
    fact->session_id = jc_json_text(root, "session_id");
    fact->key = jc_json_text(root, "key");
    if (fact->kind == JC_FACT_NONE || fact->session_id.bytes == NULL || fact->key.size == 0)
        return jc_fail(reterr, JC_EINVAL, "kind, session_id or key: one is missing, or unknown");
    return JC_OK;
}

/* The bytes of the member `event`. */
static jc_str event_text(jc_str line)
{
    jc_str key, value;
    for (size_t at = 0; jc_json_next_member(line, &at, &key, &value);) {
        if (jc_str_equal(key, JC_STR("\"event\"")))
            return value;
    }
    return (jc_str){0};
}

jc_status jc_spool_decode(jc_spool_reader *reader, jc_str line, jc_fact *ret_fact, jc_error *reterr)
{
    static const jc_json_limits limits = {.size_max = JC_SPOOL_SIZE_MAX,
                                          .depth_max = JC_DATA_DEPTH_MAX + 2};
    static const jc_line_rules rules = {0};
    yyjson_val *root = NULL;
    jc_str text = {0};
    jc_line_extra extra;
    jc_fact fact = {0};
    jc_arena_reset(&reader->arena);
    jc_status status =
        jc_json_read(&reader->json, line, limits, &reader->arena, &root, &text, reterr);
    if (status == JC_OK && !yyjson_is_obj(root))
        status = jc_fail(reterr, JC_EINVAL, "it is no JSON object");
    if (status == JC_OK)
        status = take_identity(root, &fact, reterr);
    if (status < 0)
        return status;
    text = event_text(text);
    if (text.bytes == NULL)
        return jc_fail(reterr, JC_EINVAL, "event: it is missing");
    status = jc_intake_line(&reader->event_json, text, &rules, &reader->arena, &fact.event, &extra,
                            reterr);
    if (status == JC_OK && (!fact.event.has_timestamp || fact.event.data.bytes == NULL))
        status = jc_fail(reterr, JC_EINVAL, "event: it has no timestamp, or no data");
    if (status == JC_OK && fact.rule == JC_FACT_MOMENT && !extra.has_id)
        status = jc_fail(reterr, JC_EINVAL, "event: a moment needs an id");
    if (status == JC_OK)
        *ret_fact = fact;
    return status;
}
