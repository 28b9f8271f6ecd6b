/* The tools: the table of them, listing, and calling one. What a tool fails with becomes a result that
 * tells the model what to do; only what it cannot mend is an error of the protocol. */
#include "mcp/tools.h"

#include "base/fail.h"
#include "mcp/arguments.h"

#include <stdio.h>
#include <stdlib.h>

#define SPOOL_MAX 16 /* files that a call takes up */

/* X(name, writes): the definition is tools/NAME.json, the function jc_mcp_NAME(). In the order of the
 * listing. read_inbox writes when it is asked to, and then nothing that must come behind others. */
#define TOOL_MAP(X)                                                                                \
    X(take_note, true)                                                                             \
    X(read_notes, false)                                                                           \
    X(search_notes, false)                                                                         \
    X(get_notes_summary, false)                                                                    \
    X(log_event, true)                                                                             \
    X(get_events, false)                                                                           \
    X(get_state, false)                                                                            \
    X(diff_state, false)                                                                           \
    X(search, false)                                                                               \
    X(trace, false)                                                                                \
    X(send_message, true)                                                                          \
    X(read_inbox, false)                                                                           \
    X(complete_message, true)                                                                      \
    X(timings, false)

#define DECLARE(tool, writes) extern const char jc_mcp_tool_##tool[];
TOOL_MAP(DECLARE)
#undef DECLARE

static const jc_mcp_tool tools[] = {
#define ROW(tool, writes) {#tool, jc_mcp_tool_##tool, writes, jc_mcp_##tool},
    TOOL_MAP(ROW)
#undef ROW
};

#define TOOL_COUNT (sizeof tools / sizeof tools[0])

const jc_mcp_tool *jc_mcp_tool_find(jc_str name)
{
    for (size_t i = 0; i < TOOL_COUNT; i++) {
        if (jc_str_equal(name, jc_str_of(tools[i].name)))
            return &tools[i];
    }
    return NULL;
}

jc_status jc_mcp_tools_load(jc_mcp *mcp, jc_error *reterr)
{
    mcp->definitions = calloc(TOOL_COUNT, sizeof(yyjson_doc *));
    if (mcp->definitions == NULL)
        return jc_fail_memory(reterr);
    for (size_t i = 0; i < TOOL_COUNT; i++) {
        mcp->definitions[i] = yyjson_read(tools[i].definition, strlen(tools[i].definition), 0);
        if (mcp->definitions[i] == NULL)
            return jc_fail_memory(reterr);
    }
    return JC_OK;
}

void jc_mcp_tools_unload(jc_mcp *mcp)
{
    for (size_t i = 0; mcp->definitions != NULL && i < TOOL_COUNT; i++)
        yyjson_doc_free(mcp->definitions[i]);
    free(mcp->definitions);
    mcp->definitions = NULL;
}

/* ---- Listing ---- */

/* A version gets no more than it knows. */
static bool is_known_to(const jc_mcp_version *version, yyjson_val *name)
{
    if (yyjson_equals_str(name, "title") || yyjson_equals_str(name, "outputSchema"))
        return version->structured;
    return version->annotations || !yyjson_equals_str(name, "annotations");
}

static yyjson_mut_val *definition_of(jc_mcp_exchange *exchange, yyjson_val *definition)
{
    size_t i, count;
    yyjson_val *name, *value;
    jc_mcp_json *out = &exchange->out;
    yyjson_mut_val *item = jc_mcp_object(out);
    yyjson_obj_foreach(definition, i, count, name, value) {
        if (is_known_to(exchange->version, name) &&
            !yyjson_mut_obj_add(item, jc_mcp_copy(out, name), jc_mcp_copy(out, value)))
            out->failed = true;
    }
    return item;
}

void jc_mcp_tools_list(jc_mcp_exchange *exchange)
{
    if (yyjson_is_str(yyjson_obj_get(exchange->params, "cursor"))) {
        jc_mcp_refuse(exchange, JC_MCP_INVALID_PARAMS,
                      "Invalid params: unknown cursor; all tools are in one list");
        return;
    }
    yyjson_mut_val *list = jc_mcp_put_list(&exchange->out, exchange->result, "tools");
    for (size_t i = 0; i < TOOL_COUNT; i++)
        jc_mcp_add(&exchange->out, list,
                   definition_of(exchange, yyjson_doc_get_root(exchange->mcp->definitions[i])));
    jc_mcp_put_freshness(exchange, JC_MCP_FRESH_MS);
}

/* ---- Calling ---- */

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* So many lower-case hex digits, not all of them zeros. */
static bool is_hex(jc_str text, size_t from, size_t size)
{
    int sum = 0;
    for (size_t i = from; i < from + size; i++) {
        int value = hex_value(text.bytes[i]);
        if (value < 0)
            return false;
        sum += value;
    }
    return sum > 0;
}

/* The trace id of a traceparent (W3C Trace Context): VERSION-TRACE-PARENT-FLAGS. Absent: it is none. */
static jc_str trace_of(jc_str parent)
{
    const size_t size = 55;
    bool whole = parent.size == size || (parent.size > size && parent.bytes[size] == '-');
    if (!whole || parent.bytes[2] != '-' || parent.bytes[35] != '-' || parent.bytes[52] != '-')
        return (jc_str){0};
    int version = hex_value(parent.bytes[0]) * 16 + hex_value(parent.bytes[1]);
    bool hex = hex_value(parent.bytes[0]) >= 0 && hex_value(parent.bytes[1]) >= 0 &&
               hex_value(parent.bytes[53]) >= 0 && hex_value(parent.bytes[54]) >= 0;
    if (!hex || version == 255 || (version == 0 && parent.size != size))
        return (jc_str){0};
    if (!is_hex(parent, 3, 32) || !is_hex(parent, 36, 16))
        return (jc_str){0};
    return (jc_str){parent.bytes + 3, 32};
}

/* What hooks could not append in time comes first. That others keep the log is waited for once. */
static jc_status take_up_spool(jc_mcp_call *call, jc_error *reterr)
{
    jc_spool_result result;
    if (!call->tool->writes)
        return JC_OK;
    return jc_spool_take_up(call->store, SPOOL_MAX, &result, reterr) == JC_EBUSY ? JC_EBUSY : JC_OK;
}

static jc_status run_once(jc_mcp_call *call, jc_error *reterr)
{
    call->store = call->mcp->store;
    call->redacted = 0;
    jc_status status = take_up_spool(call, reterr);
    return status == JC_OK ? call->tool->run(call, reterr) : status;
}

jc_status jc_mcp_tool_run(jc_mcp_call *call, jc_error *reterr)
{
    yyjson_val *definition =
        yyjson_doc_get_root(call->mcp->definitions[(size_t)(call->tool - tools)]);
    jc_status status =
        jc_mcp_arguments_check(yyjson_obj_get(definition, "inputSchema"), call->arguments, reterr);
    if (status == JC_OK)
        status = jc_uuid_new(&call->id, reterr);
    if (status == JC_OK)
        status = jc_mcp_store_ready(call->mcp, reterr);
    if (status < 0)
        return status;
    status = run_once(call, reterr);
    if (status != JC_ESTALE && status != JC_EIO)
        return status;
    if (jc_mcp_store_reopen(call->mcp, NULL) < 0)
        return status;
    (void)yyjson_mut_obj_clear(call->result);
    return run_once(call, reterr);
}

/* What to do about an error, where its sentence leaves it open. */
static const char *advice_for(jc_status status, const char *text)
{
    static const char no_workflow[] = "there is no workflow '";
    switch (status) {
    case JC_ENOTFOUND:
        return strncmp(text, no_workflow, sizeof no_workflow - 1) == 0 ? "" : NULL;
    case JC_EBUSY:
        return ": nothing was written: call again in a second";
    case JC_ECONFLICT:
        return ": read how things stand now, and decide anew";
    case JC_EREUSED:
        return ": leave out id, and it is stored as another event";
    case JC_EFULL:
        return ": nothing was written: ask the user to make room on the disk";
    case JC_EREADONLY:
        return ": nothing was written: ask the user for permission to write to .jc/";
    case JC_ECORRUPT:
        return ": ask the user to run 'jc doctor'";
    case JC_EIO:
    case JC_ESTALE:
        return ": call again; if that does not help, ask the user to run 'jc doctor'";
    default:
        return NULL;
    }
}

static void put_content(jc_mcp_exchange *exchange, jc_str text, bool is_error)
{
    jc_mcp_json *out = &exchange->out;
    yyjson_mut_val *content = jc_mcp_object(out);
    jc_mcp_put_word(out, content, "type", "text");
    jc_mcp_put_text(out, content, "text", text);
    jc_mcp_add(out, jc_mcp_put_list(out, exchange->result, "content"), content);
    jc_mcp_put_bool(out, exchange->result, "isError", is_error);
}

static void put_failure(jc_mcp_exchange *exchange, jc_status status, const jc_error *error)
{
    jc_error told = {0};
    const char *text = error->text[0] != '\0' ? error->text : jc_status_text(status);
    const char *advice = strchr(text, ';') == NULL ? advice_for(status, text) : NULL;
    (void)jc_fail(&told, status, "%s%s", text, advice != NULL ? advice : "");
    if (status == JC_ENOTFOUND && advice != NULL)
        jc_mcp_name_workflows(exchange->mcp->store, &told);
    put_content(exchange, jc_str_of(told.text), true);
}

/* The structured result, and the same as text, which is all that older versions know. */
static void put_success(jc_mcp_exchange *exchange, yyjson_mut_val *result)
{
    JC_AUTO(jc_buf) text = {0};
    if (jc_mcp_write(&exchange->out, result, &text, NULL) < 0) {
        exchange->out.failed = true;
        return;
    }
    put_content(exchange, jc_buf_str(&text), false);
    if (exchange->version->structured)
        jc_mcp_put(&exchange->out, exchange->result, "structuredContent", result);
}

void jc_mcp_tools_call(jc_mcp_exchange *exchange)
{
    jc_error error = {0};
    jc_str name = jc_json_text(exchange->params, "name");
    yyjson_val *arguments = yyjson_obj_get(exchange->params, "arguments");
    jc_mcp_call call = {.mcp = exchange->mcp,
                        .tool = name.bytes != NULL ? jc_mcp_tool_find(name) : NULL,
                        .arguments = yyjson_is_null(arguments) ? NULL : arguments,
                        .out = &exchange->out,
                        .result = jc_mcp_object(&exchange->out)};
    if (call.tool == NULL) {
        jc_str shown = jc_mcp_cut(name, 128);
        jc_mcp_refuse(exchange, JC_MCP_INVALID_PARAMS, "Unknown tool: %.*s", (int)shown.size,
                      shown.bytes != NULL ? shown.bytes : "params.name must be a string");
        return;
    }
    call.correlation_id =
        trace_of(jc_json_text(yyjson_obj_get(exchange->params, "_meta"), "traceparent"));
    jc_status status = jc_mcp_tool_run(&call, &error);
    if (status < 0)
        put_failure(exchange, status, &error);
    else
        put_success(exchange, call.result);
}
