/* A client of the MCP server: see mcp_client.h. */
#include "mcp_client.h"

#include "store/backend_memory.h"

#include <stdlib.h>

#define MODERN                                                                                     \
    "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\","                       \
    "\"io.modelcontextprotocol/clientCapabilities\":{}}"

void jc_client_init(jc_client *client, jc_store *store, const jc_mcp_options *options)
{
    jc_error error;
    *client = (jc_client){.store = store};
    if (jc_mcp_new(store, options, &client->mcp, &error) < 0)
        fail_msg("%s", error.text);
}

void jc_client_release(jc_client *client)
{
    yyjson_doc_free(client->answer);
    yyjson_doc_free(client->tools);
    jc_buf_release(&client->text);
    jc_mcp_free(client->mcp);
}

int jc_client_open(void **state)
{
    jc_store *store = NULL;
    jc_client *client = malloc(sizeof *client);
    if (client == NULL || jc_store_open_memory(NULL, &store, NULL) < 0)
        return -1;
    jc_client_init(client, store, NULL);
    *state = client;
    return 0;
}

int jc_client_open_agreed(void **state)
{
    int failed = jc_client_open(state);
    if (failed == 0)
        jc_client_initialize(*state, "2025-11-25");
    return failed;
}

int jc_client_close(void **state)
{
    jc_client *client = *state;
    jc_client_release(client);
    jc_close(client->store);
    free(client);
    return 0;
}

yyjson_val *jc_client_ask(jc_client *client, const char *line)
{
    jc_str answer;
    jc_error error;
    if (jc_mcp_answer(client->mcp, jc_str_of(line), &answer, &error) < 0)
        fail_msg("%s", error.text);
    yyjson_doc_free(client->answer);
    client->answer = NULL;
    if (answer.bytes == NULL)
        return NULL;
    assert_null(memchr(answer.bytes, '\n', answer.size));
    client->answer = yyjson_read(answer.bytes, answer.size, 0);
    if (client->answer == NULL)
        fail_msg("no JSON: %.*s", (int)answer.size, answer.bytes);
    yyjson_val *root = yyjson_doc_get_root(client->answer);
    if (yyjson_is_obj(root))
        assert_string_equal(jc_text_at(root, "/jsonrpc"), "2.0");
    return root;
}

static yyjson_val *result_of(yyjson_val *answer)
{
    yyjson_val *result = yyjson_obj_get(answer, "result");
    if (result == NULL)
        fail_msg("no result: %s", yyjson_val_write(answer, 0, NULL));
    return result;
}

yyjson_val *jc_client_request(jc_client *client, const char *method, const char *params)
{
    JC_AUTO(jc_buf) line = {0};
    assert_int_equal(jc_buf_append_format(&line, NULL,
                                          "{\"jsonrpc\":\"2.0\",\"id\":%u,\"method\":\"%s\"%s%s}%c",
                                          ++client->ids, method,
                                          params != NULL ? ",\"params\":" : "",
                                          params != NULL ? params : "", '\0'),
                     JC_OK);
    return result_of(jc_client_ask(client, line.bytes));
}

yyjson_val *jc_client_modern(jc_client *client, const char *method, const char *params)
{
    JC_AUTO(jc_buf) all = {0};
    assert_int_equal(jc_buf_append_format(&all, NULL, "{" MODERN "%s%s}%c",
                                          params[0] != '\0' ? "," : "", params, '\0'),
                     JC_OK);
    return jc_client_request(client, method, all.bytes);
}

void jc_client_initialize(jc_client *client, const char *version)
{
    char params[200];
    (void)snprintf(params, sizeof params,
                   "{\"protocolVersion\":\"%s\",\"capabilities\":{},"
                   "\"clientInfo\":{\"name\":\"test\",\"version\":\"1\"}}",
                   version);
    (void)jc_client_request(client, "initialize", params);
}

/* ---- Output schemas ---- */

static bool has_type(yyjson_val *value, yyjson_val *type)
{
    size_t i, count;
    yyjson_val *each;
    bool found = type == NULL || (yyjson_equals_str(type, "string") && yyjson_is_str(value)) ||
                 (yyjson_equals_str(type, "integer") && yyjson_is_int(value)) ||
                 (yyjson_equals_str(type, "boolean") && yyjson_is_bool(value)) ||
                 (yyjson_equals_str(type, "array") && yyjson_is_arr(value)) ||
                 (yyjson_equals_str(type, "object") && yyjson_is_obj(value));
    yyjson_arr_foreach(type, i, count, each) {
        found = found || has_type(value, each);
    }
    return found;
}

/* Fail unless the value is what the schema says, with nothing that the schema does not know. */
static void check_value(yyjson_val *value, yyjson_val *schema, const char *where)
{
    size_t i, count;
    yyjson_val *name, *member;
    yyjson_val *properties = yyjson_obj_get(schema, "properties");
    if (!has_type(value, yyjson_obj_get(schema, "type")))
        fail_msg("%s has the wrong type: %s", where, yyjson_val_write(value, 0, NULL));
    yyjson_arr_foreach(yyjson_obj_get(schema, "required"), i, count, name) {
        if (yyjson_obj_get(value, yyjson_get_str(name)) == NULL)
            fail_msg("%s lacks %s", where, yyjson_get_str(name));
    }
    if (yyjson_is_obj(value) && properties != NULL) {
        yyjson_obj_foreach(value, i, count, name, member) {
            yyjson_val *rule = yyjson_obj_get(properties, yyjson_get_str(name));
            if (rule == NULL)
                fail_msg("%s has %s, which its schema does not know", where, yyjson_get_str(name));
            check_value(member, rule, yyjson_get_str(name));
        }
    }
    if (yyjson_obj_get(schema, "items") == NULL)
        return;
    yyjson_arr_foreach(value, i, count, member) {
        check_value(member, yyjson_obj_get(schema, "items"), where);
    }
}

/* The tools as a client of the newest version gets them. */
static void learn_tools(jc_client *client)
{
    if (client->tools == NULL) {
        (void)jc_client_modern(client, "tools/list", "");
        client->tools = client->answer;
        client->answer = NULL;
    }
}

static void check_output(jc_client *client, const char *tool, yyjson_val *content)
{
    size_t i, count;
    yyjson_val *each;
    yyjson_val *tools = yyjson_ptr_get(yyjson_doc_get_root(client->tools), "/result/tools");
    yyjson_arr_foreach(tools, i, count, each) {
        if (yyjson_equals_str(yyjson_obj_get(each, "name"), tool))
            check_value(content, yyjson_obj_get(each, "outputSchema"), tool);
    }
}

/* ---- Calls ---- */

static yyjson_val *call(jc_client *client, const char *tool, const char *arguments)
{
    JC_AUTO(jc_buf) params = {0};
    assert_int_equal(jc_buf_append_format(&params, NULL, "{\"name\":\"%s\",\"arguments\":%s}%c",
                                          tool, arguments, '\0'),
                     JC_OK);
    yyjson_val *result = jc_client_request(client, "tools/call", params.bytes);
    jc_buf_clear(&client->text);
    assert_int_equal(jc_buf_append_format(&client->text, NULL, "%s%c",
                                          jc_text_at(result, "/content/0/text"), '\0'),
                     JC_OK);
    client->text.size--;
    return result;
}

yyjson_val *jc_client_call(jc_client *client, const char *tool, const char *arguments)
{
    learn_tools(client);
    yyjson_val *result = call(client, tool, arguments);
    if (yyjson_get_bool(yyjson_obj_get(result, "isError")))
        fail_msg("%s failed: %s", tool, client->text.bytes);
    yyjson_val *content = yyjson_obj_get(result, "structuredContent");
    check_output(client, tool, content);
    char *text = yyjson_val_write(content, 0, NULL);
    assert_string_equal(text, client->text.bytes);
    free(text);
    return content;
}

const char *jc_client_failure(jc_client *client, const char *tool, const char *arguments)
{
    yyjson_val *result = call(client, tool, arguments);
    if (!yyjson_get_bool(yyjson_obj_get(result, "isError")))
        fail_msg("%s did not fail: %s", tool, client->text.bytes);
    assert_null(yyjson_obj_get(result, "structuredContent"));
    return client->text.bytes;
}

int jc_client_code(yyjson_val *answer)
{
    assert_null(yyjson_obj_get(answer, "result"));
    assert_true(strlen(jc_text_at(answer, "/error/message")) > 0);
    return (int)jc_number_at(answer, "/error/code");
}

static yyjson_val *value_at(yyjson_val *value, const char *pointer)
{
    yyjson_val *found = yyjson_ptr_get(value, pointer);
    if (found == NULL)
        fail_msg("nothing at %s in %s", pointer, yyjson_val_write(value, 0, NULL));
    return found;
}

const char *jc_text_at(yyjson_val *value, const char *pointer)
{
    yyjson_val *found = value_at(value, pointer);
    assert_true(yyjson_is_str(found));
    return yyjson_get_str(found);
}

int64_t jc_number_at(yyjson_val *value, const char *pointer)
{
    yyjson_val *found = value_at(value, pointer);
    assert_true(yyjson_is_int(found));
    return yyjson_get_sint(found);
}

size_t jc_count_at(yyjson_val *value, const char *pointer)
{
    yyjson_val *found = value_at(value, pointer);
    assert_true(yyjson_is_ctn(found));
    return yyjson_get_len(found);
}

bool jc_is_at(yyjson_val *value, const char *pointer)
{
    return yyjson_ptr_get(value, pointer) != NULL;
}

void jc_client_emit(jc_client *client, const char *workflow_id, const char *event_type,
                    const char *agent_id, const char *data)
{
    jc_error error;
    jc_event event = jc_test_event(0, workflow_id, event_type, data);
    event.id = (jc_uuid){{0}};
    event.agent_id = jc_str_of(agent_id);
    if (jc_event_prepare(&event, &error) < 0 ||
        jc_test_append(client->store, &event, 1, NULL, &error) < 0)
        fail_msg("%s", error.text);
}
