/* Validation: everything that must hold before an event is stored, in the order in which a person
 * would want to hear of it: whose event, which type, when, by whom, and the data with its rule. */
#include "event/event.h"

#include "base/fail.h"

void jc_validator_release(jc_validator *validator)
{
    jc_json_release(&validator->json);
}

static jc_status check_id(const jc_event *event, jc_error *reterr)
{
    if (jc_uuid_is_nil(event->id))
        return jc_fail(reterr, JC_EINVAL, "id: it has none; jc_event_prepare() gives it one");
    return JC_OK;
}

static jc_status check_timestamp(const jc_event *event, jc_error *reterr)
{
    if (!event->has_timestamp ||
        (event->timestamp_us >= JC_TIMESTAMP_US_MIN && event->timestamp_us <= JC_TIMESTAMP_US_MAX))
        return JC_OK;
    return jc_fail(reterr, JC_EINVAL, "timestamp: it lies outside the years 1970 to 9999");
}

static jc_status check_agent_id(const char *field, jc_str text, jc_error *reterr)
{
    if (text.bytes == NULL || jc_agent_id_valid(text))
        return JC_OK;
    return jc_fail(reterr, JC_EINVAL,
                   "%s: it must be 1 to %d bytes of UTF-8 without control characters", field,
                   JC_AGENT_ID_SIZE_MAX);
}

/* The seed puts these ids into data. There they stay; the copy on the event is what is indexed. */
static jc_status lift(yyjson_val *data, const char *name, jc_arena *arena, jc_str *field,
                      jc_error *reterr)
{
    if (field->bytes != NULL)
        return JC_OK;
    jc_str text = jc_json_text(data, name);
    if (text.bytes == NULL || !jc_agent_id_valid(text))
        return JC_OK;
    *field = jc_arena_copy(arena, text);
    return field->bytes != NULL ? JC_OK : jc_fail_memory(reterr);
}

/* What is wrong with data is said of the type, since its rule is what was broken. */
static jc_status fail_of_type(const jc_event *event, jc_status status, const char *text,
                              jc_error *reterr)
{
    return jc_fail(reterr, status, "%.*s: %s", (int)event->event_type.size, event->event_type.bytes,
                   text);
}

static jc_status check_data(jc_validator *validator, jc_event *event, jc_arena *arena,
                            yyjson_val **ret_data, jc_error *reterr)
{
    jc_error detail = {0};
    if (event->data.bytes == NULL)
        event->data = JC_STR("{}");
    jc_status status = jc_json_read(&validator->json, event->data, JC_DATA_LIMITS, arena, ret_data,
                                    &event->data, &detail);
    if (status < 0)
        return jc_fail(reterr, status, "data: %s", detail.text);
    if (!yyjson_is_obj(*ret_data))
        return jc_fail(reterr, JC_EINVAL, "data: it must be a JSON object, {…}");
    return JC_OK;
}

static jc_status check_rule(const jc_validator *validator, yyjson_val *data, const jc_event *event,
                            jc_error *reterr)
{
    bool known = false;
    const char *rule = jc_types_rule(validator->types, event->event_type, &known);
    if (validator->strict && !known)
        return jc_fail(reterr, JC_EINVAL,
                       "event_type: it is neither built in nor declared in .jc/config.json");
    return jc_rule_check(rule, data, event, reterr);
}

static jc_status check_names(const jc_event *event, jc_error *reterr)
{
    jc_status status = check_id(event, reterr);
    if (status == JC_OK)
        status = jc_workflow_id_check(event->workflow_id, reterr);
    if (status == JC_OK)
        status = jc_event_type_check(event->event_type, reterr);
    if (status == JC_OK)
        status = check_timestamp(event, reterr);
    if (status == JC_OK)
        status = check_agent_id("agent_id", event->agent_id, reterr);
    if (status == JC_OK)
        status = check_agent_id("correlation_id", event->correlation_id, reterr);
    if (status == JC_OK)
        status = check_agent_id("causation_id", event->causation_id, reterr);
    return status;
}

jc_status jc_event_validate(jc_validator *validator, const jc_event *event, jc_arena *arena,
                            jc_event *ret_valid, jc_error *reterr)
{
    jc_status status = check_names(event, reterr);
    if (status < 0)
        return status;

    jc_event valid = *event;
    yyjson_val *data = NULL;
    jc_error detail;
    status = check_data(validator, &valid, arena, &data, &detail);
    if (status == JC_OK)
        status = lift(data, "agent_id", arena, &valid.agent_id, &detail);
    if (status == JC_OK)
        status = lift(data, "correlation_id", arena, &valid.correlation_id, &detail);
    if (status == JC_OK)
        status = lift(data, "causation_id", arena, &valid.causation_id, &detail);
    if (status == JC_OK)
        status = check_rule(validator, data, &valid, &detail);
    if (status < 0)
        return fail_of_type(event, status, detail.text, reterr);
    *ret_valid = valid;
    return JC_OK;
}
