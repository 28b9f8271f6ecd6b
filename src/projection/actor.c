/* Who acts in an event: see actor.h. */
#include "projection/actor.h"

#include "projection/maybe.h"

jc_subagent jc_subagent_of(const jc_payload *payload, const jc_event *event)
{
    jc_subagent sub = {.id = jc_payload_text(payload, "agent_id|subagent_id"),
                       .type = jc_payload_text(payload, "agent_type|subagent_type"),
                       .parent_id = jc_payload_text(payload, "parent_agent_id")};
    /* With the parent in data, the event's agent is the subagent itself. */
    if (sub.id.bytes == NULL && sub.parent_id.bytes != NULL)
        sub.id = event->agent_id;
    if (sub.parent_id.bytes == NULL)
        sub.parent_id = event->agent_id;
    if (jc_str_equal(sub.id, sub.parent_id))
        sub.parent_id = (jc_str){0};
    return sub;
}

jc_str jc_launched_by(const jc_payload *payload)
{
    yyjson_val *id = yyjson_obj_get(yyjson_obj_get(payload->root, "tool_response"), "agentId");
    if (!yyjson_is_str(id) || yyjson_get_len(id) == 0)
        return (jc_str){0};
    return (jc_str){yyjson_get_str(id), yyjson_get_len(id)};
}

jc_str jc_session_of(const jc_payload *payload)
{
    return jc_payload_text(payload, "session_id");
}

jc_str jc_tool_of(const jc_payload *payload)
{
    jc_str name = jc_payload_text(payload, "tool_name|tool|name");
    return name.bytes != NULL ? name : JC_STR("tool");
}

jc_status jc_call_key(const jc_payload *payload, const jc_event *event, jc_buf *room,
                      jc_str *ret_key, jc_error *reterr)
{
    jc_str id = jc_payload_text(payload, "tool_use_id");
    if (id.bytes != NULL) {
        *ret_key = id;
        return JC_OK;
    }
    jc_str agent = event->agent_id.bytes != NULL ? event->agent_id : JC_STR("");
    jc_status status = jc_text_set(room, agent, reterr);
    if (status == JC_OK)
        status = jc_buf_append_char(room, '/', reterr);
    if (status == JC_OK)
        status = jc_buf_append_str(room, jc_tool_of(payload), reterr);
    *ret_key = jc_buf_str(room);
    return status;
}

bool jc_type_begins(jc_str event_type, const char *prefix)
{
    size_t size = strlen(prefix);
    return event_type.size > size && memcmp(event_type.bytes, prefix, size) == 0;
}
