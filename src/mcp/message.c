/* JSON-RPC 2.0: a line into a tree, each request in it into an exchange, and that into an answer.
 *
 * A line that is no JSON is a parse error; what is no request is an invalid one, answered with its id
 * where it has a good one, else with null. Notifications and answers to nothing that was asked are
 * never answered. A lone half of a surrogate pair, which JSON does not have but texts that were cut
 * carelessly do, becomes U+FFFD, so that no note is lost for it. */
#include "mcp/server.h"

#include "base/fail.h"
#include "mcp/tools.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define BATCH_MAX 64

/* Three levels lie around a tool's arguments, and one around an event's data among them. */
#define DEPTH_MAX (JC_DATA_DEPTH_MAX + 8)

jc_status jc_mcp_new(jc_store *store, const jc_mcp_options *options, jc_mcp **ret_mcp,
                     jc_error *reterr)
{
    jc_mcp *mcp = calloc(1, sizeof *mcp);
    if (mcp == NULL)
        return jc_fail_memory(reterr);
    mcp->store = store;
    if (options != NULL)
        mcp->options = *options;
    jc_status status = jc_mcp_tools_load(mcp, reterr);
    if (status < 0) {
        jc_mcp_free(mcp);
        return status;
    }
    *ret_mcp = mcp;
    return JC_OK;
}

void jc_mcp_free(jc_mcp *mcp)
{
    if (mcp == NULL)
        return;
    jc_mcp_tools_unload(mcp);
    jc_json_release(&mcp->json);
    jc_arena_release(&mcp->arena);
    jc_buf_release(&mcp->answer);
    free(mcp);
}

void jc_mcp_refuse(jc_mcp_exchange *exchange, int code, const char *format, ...)
{
    if (exchange->code != 0)
        return;
    exchange->code = code;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(exchange->refusal, sizeof exchange->refusal, format, arguments);
    va_end(arguments);
}

/* ---- Answers ---- */

static yyjson_mut_val *error_of(jc_mcp_exchange *exchange)
{
    jc_mcp_json *out = &exchange->out;
    yyjson_mut_val *error = jc_mcp_object(out);
    jc_mcp_put(out, error, "code", yyjson_mut_int(out->doc, exchange->code));
    jc_mcp_put_word(out, error, "message", exchange->refusal);
    if (exchange->refusal_data != NULL)
        jc_mcp_put(out, error, "data", exchange->refusal_data);
    return error;
}

/* Put the answer behind what is in mcp->answer, with a comma between. */
static jc_status write_answer(jc_mcp_exchange *exchange, jc_error *reterr)
{
    jc_mcp_json *out = &exchange->out;
    jc_buf *answer = &exchange->mcp->answer;
    yyjson_mut_val *root = exchange->notification;
    if (root == NULL) {
        root = jc_mcp_object(out);
        jc_mcp_put_word(out, root, "jsonrpc", "2.0");
        jc_mcp_put(out, root, "id",
                   exchange->id != NULL ? jc_mcp_copy(out, exchange->id)
                                        : yyjson_mut_null(out->doc));
        if (exchange->code != 0)
            jc_mcp_put(out, root, "error", error_of(exchange));
        else
            jc_mcp_put(out, root, "result", exchange->result);
    }
    size_t before = answer->size;
    jc_status status = JC_OK;
    if (before > 0)
        status = jc_buf_append_char(answer, ',', reterr);
    if (status == JC_OK)
        status = jc_mcp_write(out, root, answer, reterr);
    if (status < 0)
        answer->size = before;
    return status;
}

static void begin_exchange(jc_mcp_exchange *exchange, jc_mcp *mcp)
{
    *exchange = (jc_mcp_exchange){.mcp = mcp};
    jc_mcp_json_init(&exchange->out);
    exchange->result = jc_mcp_object(&exchange->out);
}

/* Answer with an error alone; `id` may be NULL. */
static jc_status answer_error(jc_mcp *mcp, yyjson_val *id, int code, const char *detail,
                              jc_error *reterr)
{
    jc_mcp_exchange exchange;
    const char *what = code == JC_MCP_PARSE_ERROR      ? "Parse error"
                       : code == JC_MCP_INTERNAL_ERROR ? "Internal error"
                                                       : "Invalid request";
    begin_exchange(&exchange, mcp);
    exchange.id = id;
    jc_mcp_refuse(&exchange, code, "%s: %s", what, detail);
    jc_status status = write_answer(&exchange, reterr);
    jc_mcp_json_release(&exchange.out);
    return status;
}

/* ---- Requests ---- */

/* A good id is a string or a whole number. */
static bool is_id(yyjson_val *id)
{
    if (yyjson_is_str(id))
        return true;
    if (!yyjson_is_raw(id))
        return false;
    const char *digits = yyjson_get_raw(id);
    size_t size = yyjson_get_len(id);
    return memchr(digits, '.', size) == NULL && memchr(digits, 'e', size) == NULL &&
           memchr(digits, 'E', size) == NULL;
}

/* What is wrong with a message as a request; NULL: nothing. */
static const char *objection_to(yyjson_val *message, yyjson_val *id)
{
    yyjson_val *params = yyjson_obj_get(message, "params");
    if (!yyjson_is_obj(message))
        return "a message is an object";
    if (!yyjson_equals_str(yyjson_obj_get(message, "jsonrpc"), "2.0"))
        return "\"jsonrpc\" must be \"2.0\"";
    if (!yyjson_is_str(yyjson_obj_get(message, "method")))
        return "\"method\" must be a string";
    if (id != NULL && !is_id(id))
        return "\"id\" must be a string or a whole number";
    if (params != NULL && !yyjson_is_obj(params))
        return "\"params\" must be an object";
    return NULL;
}

/* Is it something that must not be answered: a notification, or somebody's answer? */
static bool needs_no_answer(yyjson_val *message)
{
    if (!yyjson_is_obj(message) || yyjson_obj_get(message, "id") != NULL)
        return yyjson_is_obj(message) && yyjson_obj_get(message, "method") == NULL &&
               (yyjson_obj_get(message, "result") != NULL ||
                yyjson_obj_get(message, "error") != NULL);
    return yyjson_is_str(yyjson_obj_get(message, "method")) ||
           yyjson_obj_get(message, "error") != NULL;
}

static jc_status answer_message(jc_mcp *mcp, yyjson_val *message, bool in_batch, jc_error *reterr)
{
    if (needs_no_answer(message))
        return JC_OK;
    yyjson_val *id = yyjson_obj_get(message, "id");
    const char *objection = objection_to(message, id);
    if (objection == NULL && in_batch &&
        yyjson_equals_str(yyjson_obj_get(message, "method"), "initialize"))
        objection = "initialize must stand alone";
    if (objection != NULL)
        return answer_error(mcp, is_id(id) ? id : NULL, JC_MCP_INVALID_REQUEST, objection, reterr);

    jc_mcp_exchange exchange;
    begin_exchange(&exchange, mcp);
    exchange.id = id;
    exchange.method = jc_json_text(message, "method");
    exchange.params = yyjson_obj_get(message, "params");
    jc_mcp_dispatch(&exchange);
    jc_status status = write_answer(&exchange, reterr);
    jc_mcp_json_release(&exchange.out);
    if (status == JC_ENOMEM)
        status = answer_error(mcp, id, JC_MCP_INTERNAL_ERROR, "out of memory", reterr);
    return status;
}

static jc_status answer_batch(jc_mcp *mcp, yyjson_val *batch, jc_error *reterr)
{
    size_t i, count;
    yyjson_val *message;
    if (mcp->agreed == NULL || !mcp->agreed->batches)
        return answer_error(mcp, NULL, JC_MCP_INVALID_REQUEST,
                            "one message a line: only protocol version 2025-03-26 has batches",
                            reterr);
    count = yyjson_arr_size(batch);
    if (count == 0 || count > BATCH_MAX)
        return answer_error(mcp, NULL, JC_MCP_INVALID_REQUEST, "a batch has 1 to 64 messages",
                            reterr);
    jc_status status = JC_OK;
    yyjson_arr_foreach(batch, i, count, message) {
        if (status == JC_OK)
            status = answer_message(mcp, message, true, reterr);
    }
    if (status < 0 || mcp->answer.size == 0)
        return status;
    /* The answers stand in a row already; only the brackets are missing. */
    status = jc_buf_append(&mcp->answer, "]]", 2, reterr);
    if (status == JC_OK) {
        memmove(mcp->answer.bytes + 1, mcp->answer.bytes, mcp->answer.size - 2);
        mcp->answer.bytes[0] = '[';
    }
    return status;
}

/* ---- Lines ---- */

/* Make every escape of a lone half one of U+FFFD, which is as long. */
static void mend_surrogates(char *text, size_t size)
{
    const jc_str whole = {text, size};
    for (size_t i = 0; i + 1 < size; i++) {
        if (text[i] != '\\')
            continue;
        int unit = jc_json_escaped_unit(whole, i);
        if (unit < 0xd800 || unit > 0xdfff) {
            i++;
            continue;
        }
        int other = unit < 0xdc00 ? jc_json_escaped_unit(whole, i + 6) : -1;
        if (other >= 0xdc00 && other <= 0xdfff)
            i += 11;
        else
            memcpy(text + i, "\\ufffd", 6);
    }
}

static jc_status read_line(jc_mcp *mcp, jc_str line, yyjson_val **ret_root, jc_error *reterr)
{
    const jc_json_limits limits = {.size_max = JC_MCP_LINE_SIZE_MAX, .depth_max = DEPTH_MAX};
    jc_str compact;
    jc_status status =
        jc_json_read(&mcp->json, line, limits, &mcp->arena, ret_root, &compact, reterr);
    if (status != JC_EINVAL)
        return status;
    jc_str copy = jc_arena_copy(&mcp->arena, line);
    if (copy.bytes == NULL)
        return jc_fail_memory(reterr);
    mend_surrogates((char *)(uintptr_t)copy.bytes, copy.size);
    return jc_json_read(&mcp->json, copy, limits, &mcp->arena, ret_root, &compact, reterr);
}

static jc_str without_white(jc_str line)
{
    const char *const white = " \t\r\n";
    while (line.size > 0 && strchr(white, line.bytes[line.size - 1]) != NULL &&
           line.bytes[line.size - 1] != '\0')
        line.size--;
    while (line.size > 0 && strchr(white, line.bytes[0]) != NULL && line.bytes[0] != '\0')
        line = (jc_str){line.bytes + 1, line.size - 1};
    return line;
}

jc_status jc_mcp_answer(jc_mcp *mcp, jc_str line, jc_str *ret_answer, jc_error *reterr)
{
    yyjson_val *root = NULL;
    jc_error error = {0};
    jc_arena_reset(&mcp->arena);
    jc_buf_clear(&mcp->answer);
    *ret_answer = (jc_str){0};
    line = without_white(line);
    if (line.size == 0)
        return JC_OK;
    jc_status status = read_line(mcp, line, &root, &error);
    if (status == JC_ENOMEM)
        return jc_fail_memory(reterr);
    if (status < 0)
        status = answer_error(mcp, NULL, JC_MCP_PARSE_ERROR, error.text, reterr);
    else if (yyjson_is_arr(root))
        status = answer_batch(mcp, root, reterr);
    else
        status = answer_message(mcp, root, false, reterr);
    if (status == JC_OK && mcp->answer.size > 0)
        *ret_answer = jc_buf_str(&mcp->answer);
    return status;
}
