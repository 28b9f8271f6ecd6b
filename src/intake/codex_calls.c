/* Calls of tools in a rollout, and what came back of them: see codex.h. A call is remembered until then, so that
 * its end says what it was. */
#include "intake/codex.h"

#include "base/fail.h"

#include <stdlib.h>

static void free_call(jc_codex_call *each)
{
    jc_buf_release(&each->key);
    jc_buf_release(&each->name);
    jc_buf_release(&each->input);
    free(each);
}

void jc_codex_forget_calls(jc_codex *in)
{
    while (in->first_call != NULL) {
        jc_codex_call *each = in->first_call;
        in->first_call = each->next;
        free_call(each);
    }
}

static jc_status write_call(void *context, jc_data *data, jc_error *reterr)
{
    const jc_codex_line *line = context;
    jc_status status = jc_codex_write_about(line->in, data, reterr);
    if (status == JC_OK)
        status = jc_data_text(data, "tool_name", line->name, reterr);
    if (status == JC_OK)
        status = jc_data_value(data, "tool_input", line->input, reterr);
    if (status == JC_OK)
        status = jc_data_value(data, "tool_response", line->value, reterr);
    if (status == JC_OK)
        status = jc_data_text(data, "tool_use_id", line->id, reterr);
    if (status == JC_OK && line->value != NULL)
        status = jc_data_bool(data, "success", line->flag, reterr);
    return status;
}

/* A text that holds a JSON object as that object; anything else as it is. */
static yyjson_val *unwrap(jc_codex *in, yyjson_val *value)
{
    yyjson_val *root = NULL;
    jc_str text = {yyjson_get_str(value), yyjson_get_len(value)};
    if (!yyjson_is_str(value) || text.size == 0 || *text.bytes != '{' ||
        jc_json_read_loose(&in->json, text, &root, NULL) < 0)
        return value;
    return yyjson_is_obj(root) ? root : value;
}

static jc_status remember_call(jc_codex *in, const jc_codex_line *line, jc_error *reterr)
{
    if (jc_map_get(&in->calls, line->id) != NULL)
        return JC_OK;
    jc_codex_call *made = calloc(1, sizeof *made);
    if (made == NULL)
        return jc_fail_memory(reterr);
    jc_status status = jc_buf_append_str(&made->key, line->id, reterr);
    if (status == JC_OK)
        status = jc_buf_append_str(&made->name, line->name, reterr);
    if (status == JC_OK && line->input != NULL)
        status = jc_json_write_value(line->input, &made->input, reterr);
    if (status == JC_OK &&
        !jc_map_put(&in->calls, &in->telling->arena, jc_buf_str(&made->key), made))
        status = jc_fail_memory(reterr);
    if (status < 0) {
        free_call(made);
        return status;
    }
    made->next = in->first_call;
    if (made->next != NULL)
        made->next->before = made;
    in->first_call = made;
    return JC_OK;
}

static void forget_call(jc_codex *in, jc_codex_call *over)
{
    if (over->before != NULL)
        over->before->next = over->next;
    else
        in->first_call = over->next;
    if (over->next != NULL)
        over->next->before = over->before;
    (void)jc_map_remove(&in->calls, jc_buf_str(&over->key));
    free_call(over);
}

jc_status jc_codex_take_call(jc_codex_line *line, const char *input, jc_str name, jc_error *reterr)
{
    jc_codex *in = line->in;
    line->id = jc_foreign_text(line->payload, "call_id");
    line->name = name;
    if (line->id.bytes == NULL)
        return JC_OK;
    jc_status status = jc_codex_tell_prompt(line, reterr);
    line->input = unwrap(in, jc_foreign_get(line->payload, input));
    if (status == JC_OK)
        status = remember_call(in, line, reterr);
    jc_told told = jc_codex_told(line, "agent.tool.started", JC_FACT_TOOL_STARTED, line->id, 0);
    return status == JC_OK ? jc_tell(in->telling, &told, write_call, line, reterr) : status;
}

/* "Exit code: 1" or the like at the beginning of a text. */
static bool text_tells_failure(yyjson_val *output)
{
    static const char *const words[] = {"Exit code: ", "Process exited with code "};
    jc_str text = {yyjson_get_str(output), yyjson_get_len(output)};
    for (size_t i = 0; yyjson_is_str(output) && i < sizeof words / sizeof words[0]; i++) {
        size_t size = strlen(words[i]);
        if (text.size > size && memcmp(text.bytes, words[i], size) == 0)
            return text.bytes[size] != '0';
    }
    return false;
}

static bool tells_failure(yyjson_val *output)
{
    yyjson_val *success = jc_foreign_get(output, "success");
    yyjson_val *code = jc_foreign_get(jc_foreign_get(output, "metadata"), "exit_code");
    if (yyjson_is_bool(success))
        return !yyjson_get_bool(success);
    if (yyjson_is_raw(code))
        return !jc_str_equal((jc_str){yyjson_get_raw(code), yyjson_get_len(code)}, JC_STR("0"));
    return text_tells_failure(output);
}

jc_status jc_codex_take_output(jc_codex_line *line, jc_error *reterr)
{
    jc_codex *in = line->in;
    JC_AUTO(jc_json) input_json = {0};
    line->id = jc_foreign_text(line->payload, "call_id");
    jc_codex_call *open = line->id.bytes != NULL ? jc_map_get(&in->calls, line->id) : NULL;
    jc_status status = JC_OK;
    if (line->id.bytes == NULL)
        return JC_OK;
    if (open != NULL && open->input.size > 0)
        status = jc_json_read_loose(&input_json, jc_buf_str(&open->input), &line->input, reterr);
    if (status < 0)
        return status;
    line->name = open != NULL ? jc_buf_str(&open->name) : (jc_str){0};
    line->value = unwrap(in, jc_foreign_get(line->payload, "output"));
    line->flag = !tells_failure(line->value);
    jc_told told = jc_codex_told(line, "agent.tool.completed", JC_FACT_TOOL_COMPLETED, line->id, 0);
    status = jc_telling_id(in->telling, told.session_id, JC_FACT_TOOL_STARTED, line->id, 0,
                           &told.cause, reterr);
    if (status == JC_OK)
        status = jc_tell(in->telling, &told, write_call, line, reterr);
    if (open != NULL)
        forget_call(in, open);
    return status;
}
