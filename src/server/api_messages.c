/* GET /api/messages/{workflow}: the mailboxes of one agent, or of all. */
#include "base/fail.h"
#include "base/json.h"
#include "server/routes.h"

#include <stdlib.h>

/* Keys stand in the state as its writer escaped them, so they are compared in the tree. */
static jc_status put_agent(jc_call *call, jc_str state, jc_str agent, jc_error *reterr)
{
    JC_AUTO(jc_buf) boxes = {0};
    jc_status status = JC_OK;
    yyjson_doc *doc = yyjson_read(state.bytes, state.size, YYJSON_READ_NUMBER_AS_RAW);
    if (doc == NULL)
        return jc_fail_memory(reterr);
    yyjson_val *agents = yyjson_obj_get(yyjson_doc_get_root(doc), "agents");
    yyjson_val *value = yyjson_obj_getn(agents, agent.bytes, agent.size);
    jc_put(&call->out, "{\"agents\":{");
    if (value != NULL)
        status = jc_json_write_value(value, &boxes, reterr);
    yyjson_doc_free(doc);
    if (boxes.size > 0) {
        jc_put_text(&call->out, agent);
        jc_put(&call->out, ":");
        jc_put_str(&call->out, jc_buf_str(&boxes));
    }
    jc_put(&call->out, "}}");
    return status;
}

jc_status jc_api_messages(jc_call *call, jc_error *reterr)
{
    jc_state *state = NULL;
    jc_point point;
    bool given;
    jc_str agent = jc_query_text(&call->query, "agent");
    jc_status status = jc_call_point(call, "at", &point, &given, reterr);
    if (status == JC_OK)
        status = jc_state_read(call->store, jc_projection_find("mailbox"), call->name, &point,
                               &state, reterr);
    if (status < 0)
        return status;
    const char *json = jc_state_json(state, reterr);
    if (json == NULL)
        status = JC_ENOMEM;
    else if (agent.bytes != NULL)
        status = put_agent(call, jc_str_of(json), agent, reterr);
    else
        jc_put(&call->out, json);
    jc_state_free(state);
    return status;
}
