/* Lines into the MCP server, over a small log in memory: whatever they hold, each is answered by one line
 * of JSON-RPC or by nothing, and the log stays sound.
 *
 * The input is the lines, with newlines between. The first decides which generation is spoken when it is
 * empty: then nothing is agreed upon. */
#include "base/json.h"
#include "fuzz.h"
#include "mcp/mcp.h"
#include "store/backend_memory.h"

#define LINES_MAX 40

static void append(jc_store *store, const char *workflow_id, const char *type, const char *data)
{
    jc_error error;
    jc_append_result result;
    jc_event event = {.workflow_id = jc_str_of(workflow_id),
                      .event_type = jc_str_of(type),
                      .agent_id = JC_STR("coder"),
                      .data = jc_str_of(data)};
    FUZZ_MUST(jc_event_prepare(&event, &error) == JC_OK);
    jc_unit unit = {.events = &event, .count = 1};
    FUZZ_MUST(jc_append(store, &unit, 1, &result, &error) == JC_OK);
}

static jc_store *small_log(void)
{
    jc_store *store = NULL;
    FUZZ_MUST(jc_store_open_memory(NULL, &store, NULL) == JC_OK);
    append(store, "wf", "feature.started", "{\"name\":\"login\",\"correlation_id\":\"c\"}");
    append(store, "wf", "agent.note.idea",
           "{\"title\":\"t\",\"content\":\"needle\",\"tags\":[\"x\"]}");
    append(store, "wf", "agent.message.sent",
           "{\"from_agent\":\"lead\",\"to_agent\":\"coder\",\"content\":\"hello\"}");
    append(store, "wf", "feature.completed", "{\"name\":\"login\"}");
    append(store, "b", "feature.started", "{\"name\":\"login\"}");
    return store;
}

/* What a client relies on. */
static void check_message(yyjson_val *message)
{
    FUZZ_MUST(yyjson_is_obj(message));
    FUZZ_MUST(yyjson_equals_str(yyjson_obj_get(message, "jsonrpc"), "2.0"));
    yyjson_val *error = yyjson_obj_get(message, "error");
    if (error != NULL) {
        FUZZ_MUST(yyjson_is_int(yyjson_obj_get(error, "code")));
        FUZZ_MUST(yyjson_is_str(yyjson_obj_get(error, "message")));
        FUZZ_MUST(yyjson_get_sint(yyjson_obj_get(error, "code")) != -32603);
    } else if (yyjson_obj_get(message, "method") == NULL) {
        FUZZ_MUST(yyjson_is_obj(yyjson_obj_get(message, "result")));
        FUZZ_MUST(yyjson_obj_get(message, "id") != NULL);
    }
}

static void check_answer(jc_str answer)
{
    size_t i, count;
    yyjson_val *each;
    FUZZ_MUST(memchr(answer.bytes, '\n', answer.size) == NULL);
    FUZZ_MUST(jc_utf8_valid(answer));
    yyjson_doc *doc = yyjson_read(answer.bytes, answer.size, YYJSON_READ_NUMBER_AS_RAW);
    if (doc == NULL)
        fprintf(stderr, "no JSON: %.*s\n", (int)answer.size, answer.bytes);
    FUZZ_MUST(doc != NULL);
    yyjson_doc_free(doc);
    doc = yyjson_read(answer.bytes, answer.size, YYJSON_READ_BIGNUM_AS_RAW);
    yyjson_val *root = yyjson_doc_get_root(doc);
    if (!yyjson_is_arr(root))
        check_message(root);
    yyjson_arr_foreach(root, i, count, each) {
        check_message(each);
    }
    yyjson_doc_free(doc);
}

static void answer_line(jc_mcp *mcp, jc_str line)
{
    jc_str answer;
    jc_error error;
    FUZZ_MUST(jc_mcp_answer(mcp, line, &answer, &error) == JC_OK);
    if (answer.bytes != NULL)
        check_answer(answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    jc_str rest = fuzz_input(bytes, size);
    jc_store *store = small_log();
    jc_mcp *mcp = NULL;
    jc_verify_result result = {0};
    FUZZ_MUST(jc_mcp_new(store, NULL, &mcp, NULL) == JC_OK);
    if (size == 0 || rest.bytes[0] != '\n')
        answer_line(mcp,
                    JC_STR("{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{"
                           "\"protocolVersion\":\"2025-03-26\"}}"));
    for (int i = 0; i < LINES_MAX && rest.size > 0; i++) {
        const char *end = memchr(rest.bytes, '\n', rest.size);
        size_t line = end != NULL ? (size_t)(end - rest.bytes) : rest.size;
        answer_line(mcp, (jc_str){rest.bytes, line});
        line += end != NULL ? 1 : 0;
        rest = (jc_str){rest.bytes + line, rest.size - line};
    }
    jc_mcp_free(mcp);
    FUZZ_MUST(jc_verify(store, NULL, 0, NULL, NULL, &result, NULL) == JC_OK);
    FUZZ_MUST(result.damages == 0);
    jc_close(store);
    return 0;
}
