/* search: full text over all events. Pages follow the last hit that was given, so what is stored
 * meanwhile shifts nothing. */
#include "base/fail.h"
#include "mcp/event_json.h"
#include "mcp/page.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define FOUND_COUNT 20

static jc_status filter_of(const jc_mcp_call *call, jc_str *workflow_id, jc_filter *filter,
                           jc_error *reterr)
{
    filter->agent_id = jc_mcp_text_of(call, "agent_id");
    jc_status status = jc_mcp_workflows_of(call, true, workflow_id, reterr);
    filter->workflow_ids = workflow_id;
    filter->workflow_count = workflow_id->bytes != NULL ? 1 : 0;
    if (status == JC_OK)
        status = jc_mcp_texts_of(call, "event_type", &filter->event_types,
                                 &filter->event_type_count, reterr);
    if (status == JC_OK)
        status = jc_mcp_time_of(call, "since", &filter->since_us, &filter->has_since, reterr);
    if (status == JC_OK)
        status = jc_mcp_time_of(call, "until", &filter->until_us, &filter->has_until, reterr);
    return status;
}

/* Go on behind the hit at the cursor's position. */
static jc_status skip_given(const jc_mcp_call *call, jc_search *search, jc_error *reterr)
{
    char copy[32];
    jc_str place;
    jc_search_hit hit;
    jc_status status = jc_mcp_cursor_given(call, &place, reterr);
    if (status < 0 || place.bytes == NULL)
        return status;
    (void)snprintf(copy, sizeof copy, "%.*s", (int)place.size, place.bytes);
    uint64_t position = strtoull(copy, NULL, 10);
    while ((status = jc_search_next(search, &hit, reterr)) == JC_OK) {
        if (hit.event->position == position)
            return JC_OK;
    }
    return status == JC_END ? jc_mcp_bad_cursor(reterr) : status;
}

static jc_status put_hits(jc_mcp_call *call, jc_search *search, jc_error *reterr)
{
    jc_search_hit hit;
    uint64_t last = 0;
    bool with_data = jc_mcp_flag_of(call, "include_data", false);
    jc_mcp_page page = jc_mcp_page_begin(call, "events", FOUND_COUNT);
    jc_status status;
    while ((status = jc_search_next(search, &hit, reterr)) == JC_OK) {
        yyjson_mut_val *item = jc_mcp_event_item(call->out, hit.event, with_data);
        jc_mcp_put_excerpt(call->out, item, hit.excerpt);
        if (!jc_mcp_page_add(&page, item)) {
            jc_mcp_put_cursor(call, "%" PRIu64, last);
            break;
        }
        last = hit.event->position;
    }
    return status < 0 ? status : JC_OK;
}

jc_status jc_mcp_search(jc_mcp_call *call, jc_error *reterr)
{
    jc_str workflow_id = {0};
    jc_filter filter = {0};
    jc_search *search = NULL;
    jc_status status = filter_of(call, &workflow_id, &filter, reterr);
    if (status == JC_OK)
        status = jc_search_new(call->store, jc_mcp_text_of(call, "query"), &filter, NULL, NULL,
                               &search, reterr);
    if (status < 0)
        return status;
    jc_mcp_put_scope(call, workflow_id);
    status = skip_given(call, search, reterr);
    if (status == JC_OK)
        status = put_hits(call, search, reterr);
    jc_search_free(search);
    return status;
}
