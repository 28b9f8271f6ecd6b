/* Tools: the table of them, and what a call of one has at hand.
 *
 * Each tool has its definition in tools/NAME.json, embedded at build time: what the client gets, and
 * what its arguments are checked against before it runs. It says what is wrong by failing: that becomes
 * a result with isError, with advice on what to do. */
#ifndef JC_MCP_TOOLS_H
#define JC_MCP_TOOLS_H

#include "mcp/server.h"

typedef struct jc_mcp_call jc_mcp_call;

typedef struct jc_mcp_tool {
    const char *name;
    const char *definition;
    bool writes;
    jc_status (*run)(jc_mcp_call *call, jc_error *reterr);
} jc_mcp_tool;

struct jc_mcp_call {
    jc_mcp *mcp;
    jc_store *store;
    const jc_mcp_tool *tool;
    yyjson_val *arguments; /* an object that fits the tool's input schema, or NULL: none */
    jc_str correlation_id; /* of the trace that the caller is in; absent: none */
    jc_uuid id;            /* for the event that it appends: the same when it is tried again */
    size_t redacted;       /* secrets that were taken out of what it writes */

    jc_mcp_json *out;
    yyjson_mut_val *result; /* an object, which the tool fills */
};

JC_MUST_CHECK jc_status jc_mcp_tools_load(jc_mcp *mcp, jc_error *reterr);
void jc_mcp_tools_unload(jc_mcp *mcp);

/* NULL: there is no such tool. */
const jc_mcp_tool *jc_mcp_tool_find(jc_str name);

/* Run a tool into out->result. When the log was replaced, or the outcome of a write is unknown, the log
 * is opened again and the tool run once more. */
JC_MUST_CHECK jc_status jc_mcp_tool_run(jc_mcp_call *call, jc_error *reterr);

/* ---- One file a subject ---- */

jc_status jc_mcp_take_note(jc_mcp_call *call, jc_error *reterr);
jc_status jc_mcp_read_notes(jc_mcp_call *call, jc_error *reterr);
jc_status jc_mcp_search_notes(jc_mcp_call *call, jc_error *reterr);
jc_status jc_mcp_get_notes_summary(jc_mcp_call *call, jc_error *reterr);
jc_status jc_mcp_log_event(jc_mcp_call *call, jc_error *reterr);
jc_status jc_mcp_get_events(jc_mcp_call *call, jc_error *reterr);
jc_status jc_mcp_get_state(jc_mcp_call *call, jc_error *reterr);
jc_status jc_mcp_diff_state(jc_mcp_call *call, jc_error *reterr);
jc_status jc_mcp_search(jc_mcp_call *call, jc_error *reterr);
jc_status jc_mcp_trace(jc_mcp_call *call, jc_error *reterr);
jc_status jc_mcp_send_message(jc_mcp_call *call, jc_error *reterr);
jc_status jc_mcp_read_inbox(jc_mcp_call *call, jc_error *reterr);
jc_status jc_mcp_complete_message(jc_mcp_call *call, jc_error *reterr);
jc_status jc_mcp_timings(jc_mcp_call *call, jc_error *reterr);

#endif
