/* The event itself: its id, its names, copies and comparison. Rules about data are in validate.c. */
#include "event/event.h"

#include "base/fail.h"

jc_status jc_event_prepare(jc_event *event, jc_error *reterr)
{
    if (!jc_uuid_is_nil(event->id))
        return JC_OK;
    return jc_uuid_new(&event->id, reterr);
}

static bool is_alphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* A piece of a bad name that is safe to show: it may be long, or hold anything. */
static jc_str shown(jc_str text, char buffer[JC_WORKFLOW_ID_SIZE_MAX + 1])
{
    size_t size = text.size < 60 ? text.size : 60;
    for (size_t i = 0; i < size; i++)
        buffer[i] = text.bytes[i] >= 0x20 && text.bytes[i] < 0x7f ? text.bytes[i] : '?';
    return (jc_str){buffer, size};
}

jc_status jc_workflow_id_check(jc_str workflow_id, jc_error *reterr)
{
    char buffer[JC_WORKFLOW_ID_SIZE_MAX + 1];
    jc_str name = shown(workflow_id, buffer);
    if (workflow_id.size == 0)
        return jc_fail(reterr, JC_EINVAL,
                       "workflow_id: it is empty; give 1 to %d of A-Z a-z 0-9 . _ -",
                       JC_WORKFLOW_ID_SIZE_MAX);
    if (workflow_id.size > JC_WORKFLOW_ID_SIZE_MAX)
        return jc_fail(reterr, JC_EINVAL,
                       "workflow_id: '%.*s…' has %zu bytes, at most %d are allowed", (int)name.size,
                       name.bytes, workflow_id.size, JC_WORKFLOW_ID_SIZE_MAX);
    if (workflow_id.bytes[0] == '.' || workflow_id.bytes[0] == '-')
        return jc_fail(reterr, JC_EINVAL,
                       "workflow_id: '%.*s' starts with '%c', which is not allowed", (int)name.size,
                       name.bytes, workflow_id.bytes[0]);
    for (size_t i = 0; i < workflow_id.size; i++) {
        char c = workflow_id.bytes[i];
        if (!is_alphanumeric(c) && c != '.' && c != '_' && c != '-')
            return jc_fail(
                reterr, JC_EINVAL,
                "workflow_id: '%.*s' has a character that is not one of A-Z a-z 0-9 . _ -",
                (int)name.size, name.bytes);
    }
    return JC_OK;
}

jc_status jc_event_type_check(jc_str event_type, jc_error *reterr)
{
    char buffer[JC_WORKFLOW_ID_SIZE_MAX + 1];
    jc_str name = shown(event_type, buffer);
    if (event_type.size > JC_EVENT_TYPE_SIZE_MAX)
        return jc_fail(reterr, JC_EINVAL,
                       "event_type: '%.*s…' has %zu bytes, at most %d are allowed", (int)name.size,
                       name.bytes, event_type.size, JC_EVENT_TYPE_SIZE_MAX);
    size_t segments = 1;
    size_t segment_size = 0;
    bool shaped = event_type.size > 0;
    for (size_t i = 0; i < event_type.size; i++) {
        char c = event_type.bytes[i];
        if (c == '.') {
            shaped = shaped && segment_size > 0;
            segments++;
            segment_size = 0;
            continue;
        }
        shaped = shaped && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_');
        segment_size++;
    }
    if (!shaped || segment_size == 0 || segments < 2 || segments > JC_EVENT_TYPE_SEGMENTS_MAX)
        return jc_fail(
            reterr, JC_EINVAL,
            "event_type: '%.*s' is not 2 to %d segments of a-z 0-9 _ with dots between, such as "
            "feature.completed",
            (int)name.size, name.bytes, JC_EVENT_TYPE_SEGMENTS_MAX);
    return JC_OK;
}

bool jc_agent_id_valid(jc_str text)
{
    return text.size >= 1 && text.size <= JC_AGENT_ID_SIZE_MAX && jc_utf8_valid(text) &&
           !jc_utf8_has_control(text);
}

jc_status jc_event_same(const jc_event *stored, const jc_event *given, jc_error *reterr)
{
    const char *field = NULL;
    if (!jc_str_equal(stored->workflow_id, given->workflow_id))
        field = "workflow_id";
    else if (!jc_str_equal(stored->event_type, given->event_type))
        field = "event_type";
    else if (!jc_str_equal(stored->agent_id, given->agent_id))
        field = "agent_id";
    else if (!jc_str_equal(stored->correlation_id, given->correlation_id))
        field = "correlation_id";
    else if (!jc_str_equal(stored->causation_id, given->causation_id))
        field = "causation_id";
    else if (!jc_str_equal(stored->data, given->data))
        field = "data";
    else if (given->has_timestamp && stored->timestamp_us != given->timestamp_us)
        field = "timestamp";
    if (field == NULL)
        return JC_OK;
    char id[JC_UUID_TEXT_SIZE];
    jc_uuid_format(given->id, id);
    return jc_fail(reterr, JC_EREUSED, "id %s is stored already, in '%.*s', with another %s", id,
                   (int)stored->workflow_id.size, stored->workflow_id.bytes, field);
}

static bool copy_text(jc_str *text, jc_arena *arena)
{
    if (text->bytes == NULL)
        return true;
    *text = jc_arena_copy(arena, *text);
    return text->bytes != NULL;
}

jc_status jc_event_copy(const jc_event *event, jc_arena *arena, jc_event *ret_copy,
                        jc_error *reterr)
{
    jc_event copy = *event;
    if (!copy_text(&copy.workflow_id, arena) || !copy_text(&copy.event_type, arena) ||
        !copy_text(&copy.agent_id, arena) || !copy_text(&copy.correlation_id, arena) ||
        !copy_text(&copy.causation_id, arena) || !copy_text(&copy.data, arena))
        return jc_fail_memory(reterr);
    *ret_copy = copy;
    return JC_OK;
}
