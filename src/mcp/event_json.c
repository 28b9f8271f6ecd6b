/* Events and notes as items: see event_json.h.
 *
 * An event without its data says what it is about: up to three texts of its data, chosen by their
 * names, whatever its type. */
#include "mcp/event_json.h"

#include "jc/query.h"

#define PART_SIZE_MAX 120

/* Of each row, the first that is there. */
static const char *const telling[][9] = {
    {"/title", "/name", "/feature_name", "/feature_id", "/tool_name", "/hook_event_name",
     "/agent_type", "/from_agent", NULL},
    {"/to_phase", "/tool_input/command", "/tool_input/file_path", "/to_agent", "/prompt",
     "/message", "/description", "/content", NULL},
    {"/error", "/reason", "/result", "/status", NULL},
};

static jc_str first_text(yyjson_val *data, const char *const names[])
{
    for (size_t i = 0; names[i] != NULL; i++) {
        yyjson_val *value = yyjson_ptr_get(data, names[i]);
        if (yyjson_is_str(value) && yyjson_get_len(value) > 0)
            return (jc_str){yyjson_get_str(value), yyjson_get_len(value)};
    }
    return (jc_str){0};
}

static void put_summary(jc_mcp_json *out, yyjson_mut_val *item, jc_str data)
{
    JC_AUTO(jc_buf) text = {0};
    yyjson_doc *doc = yyjson_read(data.bytes, data.size, YYJSON_READ_NUMBER_AS_RAW);
    jc_status status = JC_OK;
    for (size_t i = 0; i < sizeof telling / sizeof telling[0]; i++) {
        jc_str part = first_text(yyjson_doc_get_root(doc), telling[i]);
        jc_str cut = jc_mcp_cut(part, PART_SIZE_MAX);
        if (part.bytes != NULL && status == JC_OK)
            status =
                jc_buf_append_format(&text, NULL, "%s%.*s%s", text.size > 0 ? " · " : "",
                                     (int)cut.size, cut.bytes, cut.size < part.size ? "…" : "");
    }
    yyjson_doc_free(doc);
    out->failed = out->failed || status < 0;
    if (text.size > 0)
        jc_mcp_put_text(out, item, "summary", jc_buf_str(&text));
}

yyjson_mut_val *jc_mcp_event_item(jc_mcp_json *out, const jc_event *event, bool with_data)
{
    yyjson_mut_val *item = jc_mcp_object(out);
    jc_mcp_put_uuid(out, item, "id", event->id);
    jc_mcp_put_text(out, item, "workflow_id", event->workflow_id);
    jc_mcp_put_number(out, item, "sequence", event->sequence);
    jc_mcp_put_number(out, item, "position", event->position);
    jc_mcp_put_time(out, item, "timestamp", event->timestamp_us);
    jc_mcp_put_text(out, item, "event_type", event->event_type);
    jc_mcp_put_text(out, item, "agent_id", event->agent_id);
    jc_mcp_put_text(out, item, "correlation_id", event->correlation_id);
    jc_mcp_put_text(out, item, "causation_id", event->causation_id);
    if (with_data)
        jc_mcp_put(out, item, "data", jc_mcp_parsed(out, event->data));
    else
        put_summary(out, item, event->data);
    return item;
}

yyjson_mut_val *jc_mcp_note_item(jc_mcp_json *out, const jc_note *note)
{
    yyjson_mut_val *item = jc_mcp_object(out);
    jc_mcp_put_uuid(out, item, "id", note->id);
    jc_mcp_put_text(out, item, "workflow_id", note->workflow_id);
    jc_mcp_put_number(out, item, "sequence", note->sequence);
    jc_mcp_put_time(out, item, "created_at", note->created_us);
    jc_mcp_put_text(out, item, "category", note->category);
    jc_mcp_put_text(out, item, "agent_id", note->agent_id);
    jc_mcp_put_text(out, item, "title", note->title);
    jc_mcp_put_text(out, item, "content", note->content);
    yyjson_mut_val *tags = jc_mcp_put_list(out, item, "tags");
    for (size_t i = 0; i < note->tag_count; i++)
        jc_mcp_add(out, tags, jc_mcp_text(out, note->tags[i]));
    jc_mcp_put_text(out, item, "related_file", note->related_file);
    jc_mcp_put_text(out, item, "related_feature", note->related_feature);
    if (!note->answered)
        return item;
    jc_mcp_put_time(out, item, "answered_at", note->answered_us);
    jc_mcp_put_number(out, item, "answered_sequence", note->answered_sequence);
    jc_mcp_put_text(out, item, "answered_by", note->answered_by);
    return item;
}

void jc_mcp_put_excerpt(jc_mcp_json *out, yyjson_mut_val *item, jc_str excerpt)
{
    JC_AUTO(jc_buf) text = {0};
    jc_status status = JC_OK;
    for (size_t i = 0; i < excerpt.size && status == JC_OK; i++) {
        char c = excerpt.bytes[i];
        if (c == JC_SEARCH_MARK_BEGIN || c == JC_SEARCH_MARK_END)
            status = jc_buf_append(&text, "**", 2, NULL);
        else
            status = jc_buf_append_char(&text, c, NULL);
    }
    out->failed = out->failed || status < 0;
    jc_mcp_put_text(out, item, "excerpt", jc_buf_str(&text));
}
