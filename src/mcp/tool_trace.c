/* trace: everything with one correlation id, as a tree of causes. */
#include "base/fail.h"
#include "mcp/event_json.h"
#include "mcp/page.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define EVENT_COUNT 100

/* Go on behind the event at the cursor's position. */
static jc_status find_start(const jc_mcp_call *call, const jc_trace *trace, size_t *ret_start,
                            jc_error *reterr)
{
    char copy[32];
    jc_str place;
    *ret_start = 0;
    jc_status status = jc_mcp_cursor_given(call, &place, reterr);
    if (status < 0 || place.bytes == NULL)
        return status;
    (void)snprintf(copy, sizeof copy, "%.*s", (int)place.size, place.bytes);
    uint64_t position = strtoull(copy, NULL, 10);
    for (size_t i = 0; i < trace->count; i++) {
        if (trace->events[i].event.position == position) {
            *ret_start = i + 1;
            return JC_OK;
        }
    }
    return jc_mcp_bad_cursor(reterr);
}

static yyjson_mut_val *item_of(jc_mcp_json *out, const jc_trace_event *each, bool with_data)
{
    yyjson_mut_val *item = jc_mcp_event_item(out, &each->event, with_data);
    jc_mcp_put_number(out, item, "depth", each->depth);
    jc_mcp_put_word(out, item, "cause", jc_cause_text(each->cause));
    jc_mcp_put(out, item, "offset_ms", yyjson_mut_sint(out->doc, each->offset_us / 1000));
    if (each->cause == JC_CAUSE_INSIDE)
        jc_mcp_put(out, item, "since_cause_ms",
                   yyjson_mut_sint(out->doc, each->since_cause_us / 1000));
    return item;
}

static jc_status put_trace(jc_mcp_call *call, const jc_trace *trace, jc_error *reterr)
{
    size_t at = 0;
    jc_mcp_json *out = call->out;
    bool with_data = jc_mcp_flag_of(call, "include_data", false);
    jc_status status = find_start(call, trace, &at, reterr);
    if (status < 0)
        return status;
    jc_mcp_put_text(out, call->result, "correlation_id", jc_mcp_text_of(call, "correlation_id"));
    jc_mcp_put_number(out, call->result, "total", trace->count);
    jc_mcp_put(out, call->result, "duration_ms",
               yyjson_mut_sint(out->doc, trace->duration_us / 1000));
    jc_mcp_page page = jc_mcp_page_begin(call, "events", EVENT_COUNT);
    while (at < trace->count && jc_mcp_page_add(&page, item_of(out, &trace->events[at], with_data)))
        at++;
    if (at < trace->count && at > 0)
        jc_mcp_put_cursor(call, "%" PRIu64, trace->events[at - 1].event.position);
    return JC_OK;
}

jc_status jc_mcp_trace(jc_mcp_call *call, jc_error *reterr)
{
    jc_trace *trace = NULL;
    jc_str workflow_id = jc_mcp_text_of(call, "workflow_id");
    jc_status status =
        jc_trace_read(call->store, jc_mcp_text_of(call, "correlation_id"), &workflow_id,
                      workflow_id.bytes != NULL ? 1 : 0, &trace, reterr);
    if (status < 0)
        return status;
    status = put_trace(call, trace, reterr);
    jc_trace_free(trace);
    return status;
}
