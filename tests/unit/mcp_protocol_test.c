/* The protocol of the MCP server: messages, both generations, and what each version gets. */
#include "mcp_client.h"

#include <stdlib.h>

static const char *const legacy_versions[] = {"2025-11-25", "2025-06-18", "2025-03-26",
                                              "2024-11-05", "2024-10-07"};
#define LEGACY_COUNT (sizeof legacy_versions / sizeof legacy_versions[0])

/* ---- Messages ---- */

static void what_is_no_request_is_answered_by_the_error_for_it(void **state)
{
    static const struct {
        const char *line;
        int code;
    } cases[] = {
        {"{", -32700},
        {"nonsense", -32700},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"", -32700},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"method\":\"ping\"}", -32700},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xff\"}", -32700},
        {"1", -32600},
        {"\"ping\"", -32600},
        {"null", -32600},
        {"{}", -32600},
        {"[]", -32600},
        {"[1]", -32600},
        {"{\"jsonrpc\":\"2.0\"}", -32600},
        {"{\"id\":1,\"method\":\"ping\"}", -32600},
        {"{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"}", -32600},
        {"{\"jsonrpc\":2.0,\"id\":1,\"method\":\"ping\"}", -32600},
        {"{\"jsonrpc\":\"2.0\",\"id\":1}", -32600},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":7}", -32600},
        {"{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"ping\"}", -32600},
        {"{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"ping\"}", -32600},
        {"{\"jsonrpc\":\"2.0\",\"id\":1e3,\"method\":\"ping\"}", -32600},
        {"{\"jsonrpc\":\"2.0\",\"id\":true,\"method\":\"ping\"}", -32600},
        {"{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"ping\"}", -32600},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":[1]}", -32600},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"nothing\"}", -32601},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"prompts/list\"}", -32601},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"logging/setLevel\",\"params\":{}}", -32601},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"resources/subscribe\"}", -32601},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"completion/complete\"}", -32601},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"server/discover\"}", -32601},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\"}", -32602},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\"}", -32602},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        yyjson_val *answer = jc_client_ask(*state, cases[i].line);
        if (answer == NULL || jc_client_code(answer) != cases[i].code)
            fail_msg("%s", cases[i].line);
    }
}

static void what_asks_for_nothing_is_never_answered(void **state)
{
    static const char *const lines[] = {
        "",
        " \t\r",
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}",
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":1}}",
        "{\"jsonrpc\":\"2.0\",\"method\":\"tools/call\",\"params\":{\"name\":\"timings\"}}",
        "{\"method\":\"nothing\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":1,\"message\":\"m\"}}",
        "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":1,\"message\":\"m\"}}",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        if (jc_client_ask(*state, lines[i]) != NULL)
            fail_msg("answered: %s", lines[i]);
    }
}

static void a_notification_does_nothing(void **state)
{
    jc_client *client = *state;
    (void)jc_client_ask(client, "{\"jsonrpc\":\"2.0\",\"method\":\"tools/call\",\"params\":{"
                                "\"name\":\"take_note\",\"arguments\":{\"title\":\"t\","
                                "\"workflow_id\":\"wf\"}}}");
    jc_head head;
    assert_int_equal(jc_head_read(client->store, JC_STR("wf"), &head, NULL), JC_OK);
    assert_int_equal(head.sequence, 0);
}

static void an_id_comes_back_as_it_was(void **state)
{
    static const char *const ids[] = {"0", "-5", "\"a \\\" b\"", "\"\"", "12345678901234567890123"};
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        char line[128];
        jc_str answer;
        char wanted[64];
        jc_client *client = *state;
        (void)snprintf(line, sizeof line, "{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":\"ping\"}",
                       ids[i]);
        (void)snprintf(wanted, sizeof wanted, "{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":{}}",
                       ids[i]);
        assert_int_equal(jc_mcp_answer(client->mcp, jc_str_of(line), &answer, NULL), JC_OK);
        assert_str(answer, wanted);
    }
}

static void an_error_has_the_id_where_that_is_good(void **state)
{
    yyjson_val *answer = jc_client_ask(*state, "{\"jsonrpc\":\"1\",\"id\":7,\"method\":\"ping\"}");
    assert_int_equal(jc_number_at(answer, "/id"), 7);
    answer = jc_client_ask(*state, "{\"jsonrpc\":\"2.0\",\"id\":[],\"method\":\"ping\"}");
    assert_true(yyjson_is_null(yyjson_obj_get(answer, "id")));
    answer = jc_client_ask(*state, "{\"jsonrpc\":");
    assert_true(yyjson_is_null(yyjson_obj_get(answer, "id")));
}

static void white_space_around_a_message_does_not_matter(void **state)
{
    yyjson_val *answer =
        jc_client_ask(*state, "  { \"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"ping\" }\t\r");
    assert_true(jc_is_at(answer, "/result"));
}

static void a_lone_half_of_a_surrogate_pair_is_mended(void **state)
{
    jc_client *client = *state;
    (void)jc_client_call(client, "take_note",
                         "{\"workflow_id\":\"wf\",\"title\":\"a\\ud83d\",\"content\":"
                         "\"\\udc00b\\\\ud800 \\ud83d\\ude00 \\ud83d\\ud83d\\ude00\"}");
    yyjson_val *notes = jc_client_call(client, "read_notes", "{}");
    assert_string_equal(jc_text_at(notes, "/notes/0/title"), "a\xef\xbf\xbd");
    assert_string_equal(jc_text_at(notes, "/notes/0/content"),
                        "\xef\xbf\xbd"
                        "b\\ud800 \xf0\x9f\x98\x80 \xef\xbf\xbd\xf0\x9f\x98\x80");
}

static void what_is_nested_too_deep_is_refused(void **state)
{
    JC_AUTO(jc_buf) line = {0};
    for (int i = 0; i < 100000; i++)
        assert_int_equal(jc_buf_append_char(&line, '[', NULL), JC_OK);
    assert_int_equal(jc_buf_append_char(&line, '\0', NULL), JC_OK);
    assert_int_equal(jc_client_code(jc_client_ask(*state, line.bytes)), -32700);
}

/* ---- Batches ---- */

static void a_batch_is_answered_by_a_batch_in_2025_03_26(void **state)
{
    jc_client *client = *state;
    jc_client_initialize(client, "2025-03-26");
    yyjson_val *answers =
        jc_client_ask(client,
                      "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"},"
                      "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"},"
                      "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"nothing\"},7,"
                      "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"initialize\",\"params\":{}}]");
    assert_int_equal(yyjson_arr_size(answers), 4);
    assert_int_equal(jc_number_at(answers, "/0/id"), 1);
    assert_true(jc_is_at(answers, "/0/result"));
    assert_int_equal(jc_number_at(answers, "/1/error/code"), -32601);
    assert_int_equal(jc_number_at(answers, "/2/error/code"), -32600);
    assert_int_equal(jc_number_at(answers, "/3/error/code"), -32600);
}

static void a_batch_of_notifications_is_not_answered(void **state)
{
    jc_client_initialize(*state, "2025-03-26");
    assert_null(jc_client_ask(*state, "[{\"jsonrpc\":\"2.0\",\"method\":\"a\"},"
                                      "{\"jsonrpc\":\"2.0\",\"method\":\"b\"}]"));
}

static void a_batch_of_none_or_too_many_is_refused(void **state)
{
    JC_AUTO(jc_buf) line = {0};
    jc_client_initialize(*state, "2025-03-26");
    assert_int_equal(jc_client_code(jc_client_ask(*state, "[]")), -32600);
    for (int i = 0; i < 65; i++)
        assert_int_equal(jc_buf_append_format(
                             &line, NULL, "%c{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"ping\"}",
                             i == 0 ? '[' : ',', i),
                         JC_OK);
    assert_int_equal(jc_buf_append(&line, "]", 2, NULL), JC_OK);
    assert_int_equal(jc_client_code(jc_client_ask(*state, line.bytes)), -32600);
}

static void other_versions_have_no_batches(void **state)
{
    const char *batch = "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}]";
    assert_int_equal(jc_client_code(jc_client_ask(*state, batch)), -32600);
    for (size_t i = 0; i < LEGACY_COUNT; i++) {
        if (strcmp(legacy_versions[i], "2025-03-26") == 0)
            continue;
        jc_client_initialize(*state, legacy_versions[i]);
        assert_int_equal(jc_client_code(jc_client_ask(*state, batch)), -32600);
    }
}

/* ---- The older generation ---- */

static void initialize_agrees_upon_the_version_that_is_asked_for(void **state)
{
    for (size_t i = 0; i < LEGACY_COUNT; i++) {
        char params[64];
        (void)snprintf(params, sizeof params, "{\"protocolVersion\":\"%s\"}", legacy_versions[i]);
        yyjson_val *result = jc_client_request(*state, "initialize", params);
        assert_string_equal(jc_text_at(result, "/protocolVersion"), legacy_versions[i]);
        assert_string_equal(jc_text_at(result, "/serverInfo/name"), "jc");
        assert_string_equal(jc_text_at(result, "/serverInfo/version"), jc_version());
        assert_int_equal(jc_count_at(result, "/capabilities/tools"), 0);
        assert_int_equal(jc_count_at(result, "/capabilities/resources"), 0);
        assert_true(strlen(jc_text_at(result, "/instructions")) > 100);
        assert_false(jc_is_at(result, "/resultType"));
    }
}

static void initialize_offers_its_newest_where_it_does_not_know_the_version(void **state)
{
    static const char *const unknown[] = {"1999-01-01", "2026-07-28", "3000-01-01", "", "x"};
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        char params[64];
        (void)snprintf(params, sizeof params, "{\"protocolVersion\":\"%s\"}", unknown[i]);
        yyjson_val *result = jc_client_request(*state, "initialize", params);
        assert_string_equal(jc_text_at(result, "/protocolVersion"), "2025-11-25");
    }
}

static void nothing_but_ping_comes_before_initialize(void **state)
{
    yyjson_val *answer =
        jc_client_ask(*state, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}");
    assert_true(jc_is_at(answer, "/result"));
    answer = jc_client_ask(*state, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}");
    assert_int_equal(jc_client_code(answer), -32602);
    assert_holds(jc_text_at(answer, "/error/message"), "initialize");
}

static void a_version_gets_what_it_knows_of_a_tool(void **state)
{
    for (size_t i = 0; i < LEGACY_COUNT; i++) {
        jc_client_initialize(*state, legacy_versions[i]);
        yyjson_val *list = jc_client_request(*state, "tools/list", NULL);
        assert_true(jc_is_at(list, "/tools/0/inputSchema"));
        assert_int_equal(jc_is_at(list, "/tools/0/title"), i < 2);
        assert_int_equal(jc_is_at(list, "/tools/0/outputSchema"), i < 2);
        assert_int_equal(jc_is_at(list, "/tools/0/annotations"), i < 3);
        assert_false(jc_is_at(list, "/ttlMs"));
    }
}

static void structured_content_begins_with_2025_06_18(void **state)
{
    jc_client *client = *state;
    jc_client_emit(client, "wf", "x.started", NULL, "{}");
    for (size_t i = 0; i < LEGACY_COUNT; i++) {
        jc_client_initialize(client, legacy_versions[i]);
        yyjson_val *result =
            jc_client_request(client, "tools/call", "{\"name\":\"read_notes\",\"arguments\":{}}");
        assert_int_equal(jc_is_at(result, "/structuredContent"), i < 2);
        assert_string_equal(jc_text_at(result, "/content/0/text"),
                            "{\"workflow_id\":\"wf\",\"total\":0,\"notes\":[]}");
    }
}

/* ---- The modern generation ---- */

static void discover_tells_what_there_is(void **state)
{
    yyjson_val *result = jc_client_modern(*state, "server/discover", "");
    assert_string_equal(jc_text_at(result, "/supportedVersions/0"), "2026-07-28");
    assert_int_equal(jc_count_at(result, "/supportedVersions"), 1 + LEGACY_COUNT);
    assert_int_equal(jc_count_at(result, "/capabilities/tools"), 0);
    assert_int_equal(jc_count_at(result, "/capabilities/resources"), 0);
    assert_true(strlen(jc_text_at(result, "/instructions")) > 100);
    assert_string_equal(jc_text_at(result, "/cacheScope"), "public");
}

static void every_result_is_complete_and_names_the_server(void **state)
{
    static const struct {
        const char *method;
        const char *params;
    } cases[] = {
        {"server/discover", ""},
        {"tools/list", ""},
        {"tools/call", "\"name\":\"read_notes\",\"arguments\":{}"},
        {"resources/list", ""},
        {"resources/templates/list", ""},
        {"resources/read", "\"uri\":\"jc://workflows\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        yyjson_val *result = jc_client_modern(*state, cases[i].method, cases[i].params);
        assert_string_equal(jc_text_at(result, "/resultType"), "complete");
        assert_string_equal(jc_text_at(result, "/_meta/io.modelcontextprotocol~1serverInfo/name"),
                            "jc");
        if (strcmp(cases[i].method, "tools/call") == 0)
            continue;
        assert_true(jc_number_at(result, "/ttlMs") >= 0);
        assert_true(strlen(jc_text_at(result, "/cacheScope")) > 0);
    }
}

static void what_is_read_is_stale_at_once_and_private(void **state)
{
    yyjson_val *result = jc_client_modern(*state, "resources/read", "\"uri\":\"jc://workflows\"");
    assert_int_equal(jc_number_at(result, "/ttlMs"), 0);
    assert_string_equal(jc_text_at(result, "/cacheScope"), "private");
}

static yyjson_val *ask_with_meta(jc_client *client, const char *method, const char *meta)
{
    JC_AUTO(jc_buf) line = {0};
    assert_int_equal(jc_buf_append_format(&line, NULL,
                                          "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\","
                                          "\"params\":{\"_meta\":{%s}}}%c",
                                          method, meta, '\0'),
                     JC_OK);
    return jc_client_ask(client, line.bytes);
}

#define VERSION "\"io.modelcontextprotocol/protocolVersion\":"
#define CAPABILITIES "\"io.modelcontextprotocol/clientCapabilities\":"

static void another_version_is_refused_with_those_there_are(void **state)
{
    static const char *const unknown[] = {"1900-01-01", "2099-01-01", "2025-11-25"};
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        char meta[160];
        (void)snprintf(meta, sizeof meta, VERSION "\"%s\"," CAPABILITIES "{}", unknown[i]);
        yyjson_val *answer = ask_with_meta(*state, "tools/list", meta);
        assert_int_equal(jc_client_code(answer), -32022);
        assert_string_equal(jc_text_at(answer, "/error/data/requested"), unknown[i]);
        assert_string_equal(jc_text_at(answer, "/error/data/supported/0"), "2026-07-28");
    }
}

static void a_request_without_what_it_must_say_is_refused(void **state)
{
    static const char *const metas[] = {
        VERSION "\"2026-07-28\"",
        VERSION "\"2026-07-28\"," CAPABILITIES "[]",
        VERSION "7," CAPABILITIES "{}",
        VERSION "null," CAPABILITIES "{}",
        CAPABILITIES "{}",
        "",
    };
    for (size_t i = 0; i < sizeof metas / sizeof metas[0]; i++)
        assert_int_equal(jc_client_code(ask_with_meta(*state, "server/discover", metas[i])),
                         -32602);
}

static void the_modern_generation_has_neither_initialize_nor_ping(void **state)
{
    const char *meta = VERSION "\"2026-07-28\"," CAPABILITIES "{}";
    assert_int_equal(jc_client_code(ask_with_meta(*state, "initialize", meta)), -32601);
    assert_int_equal(jc_client_code(ask_with_meta(*state, "ping", meta)), -32601);
    assert_int_equal(jc_client_code(ask_with_meta(*state, "logging/setLevel", meta)), -32601);
}

static void both_generations_are_served_by_one_process(void **state)
{
    (void)jc_client_modern(*state, "server/discover", "");
    jc_client_initialize(*state, "2024-11-05");
    yyjson_val *result = jc_client_modern(*state, "tools/list", "");
    assert_true(jc_is_at(result, "/tools/0/outputSchema"));
    result = jc_client_request(*state, "tools/list", NULL);
    assert_false(jc_is_at(result, "/tools/0/outputSchema"));
}

static void who_listens_is_told_that_nothing_will_come(void **state)
{
    yyjson_val *answer = jc_client_ask(
        *state, "{\"jsonrpc\":\"2.0\",\"id\":\"l1\",\"method\":\"subscriptions/listen\",\"params\":"
                "{\"_meta\":{" VERSION "\"2026-07-28\"," CAPABILITIES "{}},"
                "\"notifications\":{\"toolsListChanged\":true}}}");
    assert_false(jc_is_at(answer, "/id"));
    assert_string_equal(jc_text_at(answer, "/method"), "notifications/subscriptions/acknowledged");
    assert_string_equal(jc_text_at(answer, "/params/_meta/io.modelcontextprotocol~1subscriptionId"),
                        "l1");
    assert_int_equal(jc_count_at(answer, "/params/notifications"), 0);
}

int main(void)
{
    const struct CMUnitTest claims[] = {
        NEW_CLAIM(what_asks_for_nothing_is_never_answered),
        AGREED_CLAIM(what_is_no_request_is_answered_by_the_error_for_it),
        AGREED_CLAIM(a_notification_does_nothing),
        NEW_CLAIM(an_id_comes_back_as_it_was),
        NEW_CLAIM(an_error_has_the_id_where_that_is_good),
        NEW_CLAIM(white_space_around_a_message_does_not_matter),
        AGREED_CLAIM(a_lone_half_of_a_surrogate_pair_is_mended),
        NEW_CLAIM(what_is_nested_too_deep_is_refused),
        NEW_CLAIM(a_batch_is_answered_by_a_batch_in_2025_03_26),
        NEW_CLAIM(a_batch_of_notifications_is_not_answered),
        NEW_CLAIM(a_batch_of_none_or_too_many_is_refused),
        NEW_CLAIM(other_versions_have_no_batches),
        NEW_CLAIM(initialize_agrees_upon_the_version_that_is_asked_for),
        NEW_CLAIM(initialize_offers_its_newest_where_it_does_not_know_the_version),
        NEW_CLAIM(nothing_but_ping_comes_before_initialize),
        NEW_CLAIM(a_version_gets_what_it_knows_of_a_tool),
        NEW_CLAIM(structured_content_begins_with_2025_06_18),
        NEW_CLAIM(discover_tells_what_there_is),
        NEW_CLAIM(every_result_is_complete_and_names_the_server),
        NEW_CLAIM(what_is_read_is_stale_at_once_and_private),
        NEW_CLAIM(another_version_is_refused_with_those_there_are),
        NEW_CLAIM(a_request_without_what_it_must_say_is_refused),
        NEW_CLAIM(the_modern_generation_has_neither_initialize_nor_ping),
        NEW_CLAIM(both_generations_are_served_by_one_process),
        NEW_CLAIM(who_listens_is_told_that_nothing_will_come),
    };
    return cmocka_run_group_tests(claims, NULL, NULL);
}
