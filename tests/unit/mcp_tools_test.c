/* The tools of the MCP server: what each does, and what it says to what it cannot do. */
#include "mcp_client.h"

#include <stdlib.h>

#define UUID "0199a000-0000-7000-8000-00000000000"

static const char *const names[] = {"take_note",        "read_notes",
                                    "search_notes",     "get_notes_summary",
                                    "log_event",        "get_events",
                                    "get_state",        "diff_state",
                                    "search",           "trace",
                                    "send_message",     "read_inbox",
                                    "complete_message", "timings"};
#define TOOL_COUNT (sizeof names / sizeof names[0])

/* ---- Definitions ---- */

static void every_tool_is_listed_with_all_that_a_client_needs(void **state)
{
    yyjson_val *list = jc_client_request(*state, "tools/list", NULL);
    assert_int_equal(jc_count_at(list, "/tools"), TOOL_COUNT);
    for (size_t i = 0; i < TOOL_COUNT; i++) {
        yyjson_val *tool = yyjson_arr_get(yyjson_obj_get(list, "tools"), i);
        assert_string_equal(jc_text_at(tool, "/name"), names[i]);
        assert_true(strlen(jc_text_at(tool, "/title")) > 0);
        assert_true(strlen(jc_text_at(tool, "/description")) > 80);
        assert_string_equal(jc_text_at(tool, "/inputSchema/type"), "object");
        assert_string_equal(jc_text_at(tool, "/outputSchema/type"), "object");
        assert_true(jc_is_at(tool, "/annotations/readOnlyHint"));
    }
}

static void every_argument_is_described_and_what_is_required_is_there(void **state)
{
    yyjson_val *list = jc_client_request(*state, "tools/list", NULL);
    size_t i, count, k, arguments;
    yyjson_val *tool, *name, *rule;
    yyjson_arr_foreach(yyjson_obj_get(list, "tools"), i, count, tool) {
        yyjson_val *schema = yyjson_obj_get(tool, "inputSchema");
        yyjson_val *properties = yyjson_obj_get(schema, "properties");
        yyjson_obj_foreach(properties, k, arguments, name, rule) {
            if (!jc_is_at(rule, "/description") || !jc_is_at(rule, "/type"))
                fail_msg("%s.%s", jc_text_at(tool, "/name"), yyjson_get_str(name));
        }
        yyjson_arr_foreach(yyjson_obj_get(schema, "required"), k, arguments, name) {
            assert_non_null(yyjson_obj_get(properties, yyjson_get_str(name)));
        }
    }
}

static void only_tools_that_write_say_so(void **state)
{
    static const char *const writers[] = {"take_note", "log_event", "send_message", "read_inbox",
                                          "complete_message"};
    yyjson_val *list = jc_client_request(*state, "tools/list", NULL);
    size_t i, count;
    yyjson_val *tool;
    yyjson_arr_foreach(yyjson_obj_get(list, "tools"), i, count, tool) {
        bool writes = false;
        for (size_t k = 0; k < sizeof writers / sizeof writers[0]; k++)
            writes = writes || strcmp(jc_text_at(tool, "/name"), writers[k]) == 0;
        yyjson_val *hint = yyjson_ptr_get(tool, "/annotations/readOnlyHint");
        assert_int_equal(yyjson_get_bool(hint), !writes);
        if (writes)
            assert_true(yyjson_is_false(yyjson_ptr_get(tool, "/annotations/destructiveHint")));
    }
}

static void an_unknown_tool_is_an_error_of_the_protocol(void **state)
{
    static const char *const params[] = {"{\"name\":\"nothing\"}", "{\"name\":7}", "{}",
                                         "{\"name\":\"take_note\\u0000\"}"};
    for (size_t i = 0; i < sizeof params / sizeof params[0]; i++) {
        char line[200];
        (void)snprintf(line, sizeof line,
                       "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":%s}",
                       params[i]);
        assert_int_equal(jc_client_code(jc_client_ask(*state, line)), -32602);
    }
}

/* ---- Arguments ---- */

static void a_bad_argument_is_named_with_what_it_must_be(void **state)
{
    static const struct {
        const char *tool;
        const char *arguments;
        const char *complaint;
    } cases[] = {
        {"take_note", "[]", "must be an object"},
        {"take_note", "\"x\"", "must be an object"},
        {"take_note", "{}", "title: it must be given"},
        {"take_note", "{\"title\":null}", "title: it must be given"},
        {"take_note", "{\"title\":\"\"}", "title: it must be given"},
        {"take_note", "{\"title\":7}", "title: it must be string, not 7"},
        {"take_note", "{\"titel\":\"x\"}",
         "there is no argument 'titel': there are title, content"},
        {"take_note", "{\"title\":\"t\",\"tags\":{}}", "tags: it must be array or string, not {}"},
        {"take_note", "{\"title\":\"t\",\"tags\":[7]}", "tags: it must be string, not 7"},
        {"read_notes", "{\"limit\":0}", "limit: it must be from 1 to 1000, not 0"},
        {"read_notes", "{\"limit\":1001}", "limit: it must be from 1 to 1000, not 1001"},
        {"read_notes", "{\"limit\":-1}", "limit: it must be from 1 to 1000, not -1"},
        {"read_notes", "{\"limit\":1.5}", "limit: it must be integer, not 1.5"},
        {"read_notes", "{\"limit\":99999999999999999999}", "limit: it must be integer"},
        {"read_notes", "{\"limit\":\"many\"}", "limit: it must be integer, not \"many\""},
        {"read_notes", "{\"order\":\"up\"}", "order: it must be one of newest, oldest"},
        {"read_notes", "{\"all_workflows\":\"yes\"}", "all_workflows: it must be boolean"},
        {"read_notes", "{\"max_characters\":10}", "max_characters: it must be from 2000 to"},
        {"log_event", "{\"event_type\":\"a.b\",\"data\":\"{}\"}", "data: it must be object"},
        {"log_event", "{\"event_type\":\"a.b\",\"expected_sequence\":-1}", "at least 0, not -1"},
        {"send_message", "{\"to_agent\":\"a\",\"content\":\"c\",\"priority\":\"asap\"}",
         "priority: it must be one of urgent, high, normal, low, not \"asap\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_holds(jc_client_failure(*state, cases[i].tool, cases[i].arguments),
                     cases[i].complaint);
}

static void numbers_and_truth_values_may_stand_as_text_and_null_is_nothing(void **state)
{
    jc_client *client = *state;
    jc_client_emit(client, "wf", "agent.note.idea", "a", "{\"title\":\"x\",\"content\":\"c\"}");
    jc_client_emit(client, "wf", "agent.note.idea", "a", "{\"title\":\"y\",\"content\":\"c\"}");
    yyjson_val *notes = jc_client_call(client, "read_notes",
                                       "{\"limit\":\"1\",\"category\":null,\"agent_id\":\"\","
                                       "\"all_workflows\":\"true\"}");
    assert_int_equal(jc_count_at(notes, "/notes"), 1);
    assert_false(jc_is_at(notes, "/workflow_id"));
}

static void a_bad_workflow_id_is_refused_by_every_tool_that_takes_one(void **state)
{
    static const char *const needs[TOOL_COUNT] = {[0] = "\"title\":\"t\",",
                                                  [2] = "\"query\":\"q\",",
                                                  [4] = "\"event_type\":\"a.b\",",
                                                  [7] = "\"from\":1,",
                                                  [8] = "\"query\":\"q\",",
                                                  [9] = "\"correlation_id\":\"c\",",
                                                  [10] = "\"to_agent\":\"a\",\"content\":\"c\",",
                                                  [12] = "\"correlation_id\":\"c\","};
    for (size_t i = 0; i < TOOL_COUNT; i++) {
        char arguments[200];
        (void)snprintf(arguments, sizeof arguments, "{%s\"workflow_id\":\"../x\"}",
                       needs[i] != NULL ? needs[i] : "");
        assert_holds(jc_client_failure(*state, names[i], arguments), "../x");
    }
}

/* ---- The trace of the caller ---- */

static const char *correlation_with(jc_client *client, const char *traceparent)
{
    static char found[64];
    JC_AUTO(jc_buf) params = {0};
    assert_int_equal(jc_buf_append_format(&params, NULL,
                                          "{\"name\":\"take_note\",\"arguments\":{\"title\":\"t\","
                                          "\"workflow_id\":\"wf\"},\"_meta\":{\"traceparent\":"
                                          "\"%s\"}}%c",
                                          traceparent, '\0'),
                     JC_OK);
    (void)jc_client_request(client, "tools/call", params.bytes);
    yyjson_val *events = jc_client_call(client, "get_events", "{\"limit\":1}");
    (void)snprintf(found, sizeof found, "%s",
                   jc_is_at(events, "/events/0/correlation_id")
                       ? jc_text_at(events, "/events/0/correlation_id")
                       : "none");
    return found;
}

#define TRACE "0af7651916cd43dd8448eb211c80319c"

static void the_trace_of_the_caller_becomes_the_correlation_id(void **state)
{
    static const char *const good[] = {"00-" TRACE "-00f067aa0ba902b7-01",
                                       "01-" TRACE "-00f067aa0ba902b7-00-more"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_string_equal(correlation_with(*state, good[i]), TRACE);
}

static void a_trace_that_is_none_is_ignored(void **state)
{
    static const char *const bad[] = {
        "",
        "00",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-" TRACE "-0000000000000000-01",
        "ff-" TRACE "-00f067aa0ba902b7-01",
        "0x-" TRACE "-00f067aa0ba902b7-01",
        "00-0AF7651916CD43DD8448EB211C80319C-00f067aa0ba902b7-01",
        "00-" TRACE "-00f067aa0ba902b7-0",
        "00-" TRACE "-00f067aa0ba902b7-01-more",
        "00-" TRACE "-00f067aa0ba902b7-011",
        "00 " TRACE " 00f067aa0ba902b7 01",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_string_equal(correlation_with(*state, bad[i]), "none");
}

/* ---- Notes ---- */

static void a_note_is_read_as_it_was_taken(void **state)
{
    jc_client *client = *state;
    (void)jc_client_call(client, "take_note",
                         "{\"workflow_id\":\"wf\",\"title\":\" JWT \",\"content\":\"All routes\","
                         "\"category\":\"learning\",\"tags\":[\"auth\",\" api \",\"\"],"
                         "\"related_file\":\"a.c\",\"related_feature\":\"login\","
                         "\"agent_id\":\"coder\"}");
    yyjson_val *notes = jc_client_call(client, "read_notes", "{}");
    assert_int_equal(jc_number_at(notes, "/total"), 1);
    assert_string_equal(jc_text_at(notes, "/notes/0/title"), "JWT");
    assert_string_equal(jc_text_at(notes, "/notes/0/content"), "All routes");
    assert_string_equal(jc_text_at(notes, "/notes/0/category"), "learning");
    assert_string_equal(jc_text_at(notes, "/notes/0/agent_id"), "coder");
    assert_string_equal(jc_text_at(notes, "/notes/0/related_file"), "a.c");
    assert_string_equal(jc_text_at(notes, "/notes/0/related_feature"), "login");
    assert_int_equal(jc_count_at(notes, "/notes/0/tags"), 2);
    assert_string_equal(jc_text_at(notes, "/notes/0/tags/1"), "api");
}

static void a_note_answers_a_question_in_its_workflow(void **state)
{
    char arguments[160];
    char noted_at[JC_TIME_TEXT_SIZE];
    jc_client *client = *state;
    yyjson_val *asked =
        jc_client_call(client, "take_note",
                       "{\"workflow_id\":\"asked\",\"title\":\"Which key?\",\"category\":"
                       "\"question\",\"agent_id\":\"coder\"}");
    (void)snprintf(arguments, sizeof arguments,
                   "{\"title\":\"The new one\",\"agent_id\":\"lead\",\"answers\":\"%s\"}",
                   jc_text_at(asked, "/id"));
    (void)jc_client_call(client, "take_note", "{\"workflow_id\":\"other\",\"title\":\"t\"}");
    yyjson_val *answer = jc_client_call(client, "take_note", arguments);
    assert_string_equal(jc_text_at(answer, "/workflow_id"), "asked");
    (void)snprintf(noted_at, sizeof noted_at, "%s", jc_text_at(answer, "/created_at"));
    yyjson_val *notes =
        jc_client_call(client, "read_notes", "{\"all_workflows\":true,\"category\":\"question\"}");
    assert_int_equal(jc_number_at(notes, "/notes/0/answered_sequence"), 2);
    assert_string_equal(jc_text_at(notes, "/notes/0/answered_by"), "lead");
    assert_string_equal(jc_text_at(notes, "/notes/0/answered_at"), noted_at);
}

static void only_what_asks_can_be_answered(void **state)
{
    char arguments[160];
    yyjson_val *idea =
        jc_client_call(*state, "take_note",
                       "{\"workflow_id\":\"wf\",\"title\":\"t\",\"category\":\"idea\"}");
    (void)snprintf(arguments, sizeof arguments, "{\"title\":\"yes\",\"answers\":\"%s\"}",
                   jc_text_at(idea, "/id"));
    assert_holds(jc_client_failure(*state, "take_note", arguments),
                 "only a question or a blocker can be answered");
    assert_holds(jc_client_failure(*state, "take_note", "{\"title\":\"yes\",\"answers\":\"0000\"}"),
                 "answers: no event has an id that starts with '0000'");
}

static void every_category_can_be_noted_and_others_are_refused(void **state)
{
    static const char *const categories[] = {
#define CATEGORY(name, category, importance, what) category,
        JC_NOTE_CATEGORY_MAP(CATEGORY)
#undef CATEGORY
    };
    for (size_t i = 0; i < sizeof categories / sizeof categories[0]; i++) {
        char arguments[128];
        (void)snprintf(arguments, sizeof arguments,
                       "{\"workflow_id\":\"wf\",\"title\":\"t\",\"category\":\"%s\"}",
                       categories[i]);
        yyjson_val *note = jc_client_call(*state, "take_note", arguments);
        assert_string_equal(jc_text_at(note, "/category"), categories[i]);
    }
    assert_holds(jc_client_failure(*state, "take_note",
                                   "{\"workflow_id\":\"wf\",\"title\":\"t\",\"category\":\"x\"}"),
                 "accomplishment, blocker");
}

static void take_three_notes(jc_client *client)
{
    jc_client_emit(client, "wf", "agent.note.idea", "a",
                   "{\"title\":\"one\",\"content\":\"apple pie\",\"tags\":[\"x\"]}");
    jc_client_emit(client, "wf", "agent.note.blocker", "b",
                   "{\"title\":\"two\",\"content\":\"apple tree\",\"related_file\":\"f.c\"}");
    jc_client_emit(client, "other", "agent.note.idea", "a",
                   "{\"title\":\"three\",\"content\":\"pear\",\"related_feature\":\"login\"}");
}

static void notes_are_read_by_every_filter(void **state)
{
    static const struct {
        const char *arguments;
        size_t count;
        const char *first;
    } cases[] = {
        {"{\"workflow_id\":\"wf\"}", 2, "two"},
        {"{\"workflow_id\":\"wf\",\"order\":\"oldest\"}", 2, "one"},
        {"{\"all_workflows\":true}", 3, "three"},
        {"{\"all_workflows\":true,\"category\":\"idea\"}", 2, "three"},
        {"{\"all_workflows\":true,\"agent_id\":\"b\"}", 1, "two"},
        {"{\"all_workflows\":true,\"tag\":\"x\"}", 1, "one"},
        {"{\"all_workflows\":true,\"related_file\":\"f.c\"}", 1, "two"},
        {"{\"all_workflows\":true,\"related_feature\":\"login\"}", 1, "three"},
        {"{\"workflow_id\":\"wf\",\"at\":1}", 1, "one"},
        {"{\"workflow_id\":\"wf\",\"at\":\"-1\"}", 1, "one"},
        {"{\"workflow_id\":\"wf\",\"at\":-1}", 1, "one"},
    };
    take_three_notes(*state);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        yyjson_val *notes = jc_client_call(*state, "read_notes", cases[i].arguments);
        assert_int_equal(jc_count_at(notes, "/notes"), cases[i].count);
        assert_string_equal(jc_text_at(notes, "/notes/0/title"), cases[i].first);
    }
}

static void notes_of_the_past_are_asked_for_rightly(void **state)
{
    take_three_notes(*state);
    assert_holds(jc_client_failure(*state, "read_notes", "{\"workflow_id\":\"wf\",\"at\":9}"), "9");
    assert_holds(jc_client_failure(*state, "read_notes",
                                   "{\"workflow_id\":\"wf\",\"at\":\"soon\"}"),
                 "at: ");
    assert_holds(jc_client_failure(*state, "read_notes", "{\"all_workflows\":true,\"at\":1}"),
                 "one workflow's");
    assert_holds(jc_client_failure(*state, "read_notes",
                                   "{\"all_workflows\":true,\"workflow_id\":\"wf\"}"),
                 "exclude each other");
}

static void notes_are_found_by_their_words_in_all_workflows(void **state)
{
    take_three_notes(*state);
    yyjson_val *notes = jc_client_call(*state, "search_notes", "{\"query\":\"apple\"}");
    assert_int_equal(jc_count_at(notes, "/notes"), 2);
    assert_holds(jc_text_at(notes, "/notes/0/excerpt"), "**apple**");
    notes = jc_client_call(*state, "search_notes", "{\"query\":\"pear\"}");
    assert_string_equal(jc_text_at(notes, "/notes/0/workflow_id"), "other");
    notes = jc_client_call(*state, "search_notes", "{\"query\":\"pear\",\"workflow_id\":\"wf\"}");
    assert_int_equal(jc_count_at(notes, "/notes"), 0);
    assert_holds(jc_client_failure(*state, "search_notes", "{\"query\":\"...\"}"), "word");
}

static void the_summary_has_the_most_important_first(void **state)
{
    take_three_notes(*state);
    yyjson_val *summary = jc_client_call(*state, "get_notes_summary", "{\"all_workflows\":true}");
    assert_int_equal(jc_number_at(summary, "/total"), 3);
    assert_string_equal(jc_text_at(summary, "/categories/0/category"), "blocker");
    assert_string_equal(jc_text_at(summary, "/categories/0/latest/0/title"), "two");
    assert_int_equal(jc_number_at(summary, "/categories/1/count"), 2);
    assert_string_equal(jc_text_at(summary, "/agents/0/agent_id"), "a");
    assert_holds(jc_client_failure(*state, "get_notes_summary", "{\"workflow_id\":\"nope\"}"),
                 "there is no workflow 'nope': there are other, wf");
}

/* ---- Events ---- */

static void an_event_is_logged_with_all_that_is_said(void **state)
{
    yyjson_val *event = jc_client_call(
        *state, "log_event",
        "{\"workflow_id\":\"wf\",\"event_type\":\"feature.started\",\"data\":{\"name\":\"login\","
        "\"n\":12345678901234567890.5},\"agent_id\":\"coder\",\"correlation_id\":\"c-1\","
        "\"causation_id\":\"k\",\"id\":\"" UUID "1\",\"timestamp\":\"2026-01-09T09:30:00Z\","
        "\"expected_sequence\":0}");
    assert_string_equal(jc_text_at(event, "/id"), UUID "1");
    assert_string_equal(jc_text_at(event, "/timestamp"), "2026-01-09T09:30:00.000000Z");
    assert_false(yyjson_get_bool(yyjson_obj_get(event, "already_stored")));
    jc_client *client = *state;
    jc_event stored;
    assert_int_equal(jc_event_find(client->store, JC_STR(UUID "1"), &stored, NULL), JC_OK);
    assert_str(stored.agent_id, "coder");
    assert_str(stored.correlation_id, "c-1");
    assert_str(stored.causation_id, "k");
    assert_str(stored.data, "{\"name\":\"login\",\"n\":12345678901234567890.5}");
}

static void an_event_logged_again_with_its_id_is_stored_once_in_any_trace(void **state)
{
    jc_client *client = *state;
    const char *const traces[] = {TRACE, "11112222333344445555666677778888"};
    for (size_t i = 0; i < 2; i++) {
        char params[400];
        (void)snprintf(params, sizeof params,
                       "{\"name\":\"log_event\",\"arguments\":{\"workflow_id\":\"wf\","
                       "\"event_type\":\"a.done\",\"id\":\"" UUID "1\"},\"_meta\":{"
                       "\"traceparent\":\"00-%s-00f067aa0ba902b7-01\"}}",
                       traces[i]);
        yyjson_val *result = jc_client_request(client, "tools/call", params);
        assert_int_equal(yyjson_get_bool(
                             yyjson_ptr_get(result, "/structuredContent/already_stored")),
                         i == 1);
        assert_int_equal(jc_number_at(result, "/structuredContent/sequence"), 1);
    }
}

static void an_event_that_cannot_be_is_refused_with_what_to_do(void **state)
{
    static const struct {
        const char *arguments;
        const char *complaint;
    } cases[] = {
        {"{\"event_type\":\"nodots\"}", "nodots"},
        {"{\"event_type\":\"feature.started\"}", "name"},
        {"{\"event_type\":\"a.done\",\"id\":\"7\"}", "id: "},
        {"{\"event_type\":\"a.done\",\"timestamp\":\"soon\"}", "timestamp: "},
        {"{\"event_type\":\"a.done\",\"expected_sequence\":7}", "read how things stand now"},
        {"{\"event_type\":\"b.done\",\"id\":\"" UUID "1\"}", "leave out id"},
    };
    jc_client_emit(*state, "wf", "x.started", NULL, "{}");
    (void)jc_client_call(*state, "log_event", "{\"event_type\":\"a.done\",\"id\":\"" UUID "1\"}");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_holds(jc_client_failure(*state, "log_event", cases[i].arguments),
                     cases[i].complaint);
}

static void a_type_that_is_no_past_tense_is_stored_with_advice(void **state)
{
    yyjson_val *event = jc_client_call(*state, "log_event",
                                       "{\"workflow_id\":\"wf\",\"event_type\":\"deploy.start\"}");
    assert_true(strlen(jc_text_at(event, "/advice")) > 0);
}

static void tell_a_story(jc_client *client)
{
    jc_client_emit(client, "wf", "workflow.started", "lead", "{}");
    jc_client_emit(client, "wf", "feature.started", "coder", "{\"name\":\"login\"}");
    jc_client_emit(client, "wf", "feature.failed", "coder",
                   "{\"name\":\"login\",\"error\":\"no route\",\"correlation_id\":\"c-1\"}");
    jc_client_emit(client, "wf", "feature.started", "coder", "{\"name\":\"login\"}");
    jc_client_emit(client, "wf", "feature.completed", "coder", "{\"name\":\"login\"}");
    jc_client_emit(client, "other", "workflow.started", "lead", "{}");
}

static void events_are_read_by_every_filter(void **state)
{
    static const struct {
        const char *arguments;
        size_t count;
        int first; /* position */
    } cases[] = {
        {"{\"workflow_id\":\"wf\"}", 5, 5},
        {"{\"workflow_id\":\"wf\",\"order\":\"oldest\"}", 5, 1},
        {"{\"all_workflows\":true}", 6, 6},
        {"{\"all_workflows\":true,\"event_type\":\"workflow.*\"}", 2, 6},
        {"{\"workflow_id\":\"wf\",\"event_type\":[\"*.failed\",\"*.completed\"]}", 2, 5},
        {"{\"workflow_id\":\"wf\",\"event_type\":\"*.failed, *.completed\"}", 2, 5},
        {"{\"workflow_id\":\"wf\",\"agent_id\":\"lead\"}", 1, 1},
        {"{\"workflow_id\":\"wf\",\"correlation_id\":\"c-1\"}", 1, 3},
        {"{\"workflow_id\":\"wf\",\"from\":2,\"to\":3}", 2, 3},
        {"{\"workflow_id\":\"wf\",\"text\":\"NO ROUTE\"}", 1, 3},
        {"{\"workflow_id\":\"wf\",\"where\":\"data.error=no route\"}", 1, 3},
        {"{\"workflow_id\":\"wf\",\"where\":[\"data.name=login\",\"event_type=feature.failed\"]}",
         1, 3},
        {"{\"workflow_id\":\"wf\",\"since\":\"1h ago\",\"limit\":2}", 2, 5},
        {"{\"workflow_id\":\"wf\",\"until\":\"2020-01-01\"}", 0, 0},
    };
    tell_a_story(*state);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        yyjson_val *events = jc_client_call(*state, "get_events", cases[i].arguments);
        assert_int_equal(jc_count_at(events, "/events"), cases[i].count);
        if (cases[i].count > 0)
            assert_int_equal(jc_number_at(events, "/events/0/position"), cases[i].first);
    }
}

static void an_event_has_its_data_when_that_is_wanted(void **state)
{
    tell_a_story(*state);
    const char *few = "{\"workflow_id\":\"wf\",\"event_type\":\"feature.failed\"}";
    yyjson_val *events = jc_client_call(*state, "get_events", few);
    assert_false(jc_is_at(events, "/events/0/data"));
    assert_string_equal(jc_text_at(events, "/events/0/summary"), "login · no route");
    events = jc_client_call(
        *state, "get_events",
        "{\"workflow_id\":\"wf\",\"event_type\":\"feature.failed\",\"include_data\":true}");
    assert_string_equal(jc_text_at(events, "/events/0/data/error"), "no route");
}

static void one_event_is_read_by_its_id_in_full(void **state)
{
    (void)jc_client_call(*state, "log_event",
                         "{\"workflow_id\":\"wf\",\"event_type\":\"a.done\",\"data\":{\"k\":1},"
                         "\"id\":\"" UUID "1\"}");
    yyjson_val *events = jc_client_call(*state, "get_events", "{\"id\":\"0199a000-\"}");
    assert_int_equal(jc_number_at(events, "/events/0/data/k"), 1);
    assert_holds(jc_client_failure(*state, "get_events", "{\"id\":\"ffff\"}"), "ffff");
}

static void events_that_cannot_be_read_are_refused(void **state)
{
    tell_a_story(*state);
    static const struct {
        const char *arguments;
        const char *complaint;
    } cases[] = {
        {"{\"workflow_id\":\"nope\"}", "there is no workflow 'nope': there are other, wf"},
        {"{\"workflow_id\":\"wf\",\"since\":\"soon\"}", "since: "},
        {"{\"workflow_id\":\"wf\",\"from\":5,\"to\":2}", "from"},
        {"{\"workflow_id\":\"wf\",\"where\":\"nonsense\"}", "nonsense"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_holds(jc_client_failure(*state, "get_events", cases[i].arguments),
                     cases[i].complaint);
}

/* ---- States ---- */

static void a_state_is_told_at_any_point(void **state)
{
    static const struct {
        const char *arguments;
        const char *status;
        int sequence;
    } cases[] = {
        {"{\"workflow_id\":\"wf\"}", "completed", 5},
        {"{\"workflow_id\":\"wf\",\"at\":3}", "failed", 3},
        {"{\"workflow_id\":\"wf\",\"at\":\"2\"}", "started", 2},
        {"{\"workflow_id\":\"wf\",\"at\":-2}", "failed", 3},
        {"{\"workflow_id\":\"wf\",\"at\":\"now\"}", "completed", 5},
    };
    tell_a_story(*state);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        yyjson_val *told = jc_client_call(*state, "get_state", cases[i].arguments);
        assert_string_equal(jc_text_at(told, "/state/features/0/status"), cases[i].status);
        assert_int_equal(jc_number_at(told, "/sequence"), cases[i].sequence);
        assert_string_equal(jc_text_at(told, "/projection"), "workflow");
    }
}

static void a_part_of_a_state_is_told_by_its_pointer(void **state)
{
    tell_a_story(*state);
    yyjson_val *told =
        jc_client_call(*state, "get_state",
                       "{\"workflow_id\":\"wf\",\"pointer\":\"/features/0/attempts\"}");
    assert_int_equal(jc_number_at(told, "/state"), 2);
    told =
        jc_client_call(*state, "get_state", "{\"workflow_id\":\"wf\",\"projection\":\"timings\"}");
    assert_true(jc_is_at(told, "/state"));
}

static void a_state_that_is_not_there_is_refused(void **state)
{
    static const struct {
        const char *arguments;
        const char *complaint;
    } cases[] = {
        {"{\"workflow_id\":\"nope\"}", "there is no workflow 'nope': there are"},
        {"{\"workflow_id\":\"wf\",\"at\":6}", "6"},
        {"{\"workflow_id\":\"wf\",\"at\":-6}", "6"},
        {"{\"workflow_id\":\"wf\",\"at\":\"someday\"}", "at: "},
        {"{\"workflow_id\":\"wf\",\"projection\":\"nope\"}", "there are workflow"},
        {"{\"workflow_id\":\"wf\",\"pointer\":\"/nope\"}", "pointer: there is nothing at '/nope'"},
        {"{\"workflow_id\":\"wf\",\"pointer\":\"nope\"}", "pointer: there is nothing at 'nope'"},
    };
    tell_a_story(*state);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_holds(jc_client_failure(*state, "get_state", cases[i].arguments),
                     cases[i].complaint);
}

static void a_difference_names_what_changed(void **state)
{
    tell_a_story(*state);
    yyjson_val *told =
        jc_client_call(*state, "diff_state", "{\"workflow_id\":\"wf\",\"from\":2,\"to\":3}");
    assert_int_equal(jc_number_at(told, "/from_sequence"), 2);
    assert_int_equal(jc_number_at(told, "/to_sequence"), 3);
    assert_string_equal(jc_text_at(told, "/changes/0/path"), "features[login].status");
    assert_string_equal(jc_text_at(told, "/changes/0/before"), "started");
    assert_string_equal(jc_text_at(told, "/changes/0/after"), "failed");
    told = jc_client_call(*state, "diff_state", "{\"workflow_id\":\"wf\",\"from\":-1}");
    assert_int_equal(jc_number_at(told, "/to_sequence"), 5);
}

static void two_workflows_part_at_their_first_difference(void **state)
{
    tell_a_story(*state);
    yyjson_val *told = jc_client_call(*state, "diff_state",
                                      "{\"workflow_id\":\"wf\",\"other_workflow_id\":\"other\"}");
    assert_int_equal(jc_number_at(told, "/parting/sequence"), 2);
    assert_string_equal(jc_text_at(told, "/parting/first/event_type"), "feature.started");
    assert_false(jc_is_at(told, "/parting/second"));
    told = jc_client_call(*state, "diff_state",
                          "{\"workflow_id\":\"wf\",\"other_workflow_id\":\"wf\"}");
    assert_true(yyjson_get_bool(yyjson_ptr_get(told, "/parting/same")));
}

static void a_difference_of_nothing_is_refused(void **state)
{
    tell_a_story(*state);
    assert_holds(jc_client_failure(*state, "diff_state", "{\"workflow_id\":\"wf\"}"),
                 "from: say since when");
    assert_holds(jc_client_failure(*state, "diff_state",
                                   "{\"workflow_id\":\"wf\",\"other_workflow_id\":\"nope\"}"),
                 "there is no workflow 'nope'");
    assert_holds(jc_client_failure(*state, "diff_state", "{\"workflow_id\":\"wf\",\"from\":99}"),
                 "99");
}

static void timings_tell_each_attempt(void **state)
{
    tell_a_story(*state);
    yyjson_val *told = jc_client_call(*state, "timings", "{\"workflow_id\":\"wf\"}");
    assert_string_equal(jc_text_at(told, "/features/0/name"), "login");
    assert_string_equal(jc_text_at(told, "/features/0/attempts/0/status"), "failed");
    assert_string_equal(jc_text_at(told, "/features/0/attempts/1/status"), "completed");
    assert_int_equal(jc_number_at(told, "/summary/retries"), 1);
    assert_string_equal(jc_text_at(told, "/summary/slowest"), "login");
    told = jc_client_call(*state, "timings", "{\"workflow_id\":\"wf\",\"at\":2}");
    assert_int_equal(jc_number_at(told, "/summary/started"), 1);
    assert_holds(jc_client_failure(*state, "timings", "{\"workflow_id\":\"nope\"}"), "nope");
}

/* ---- Searching and tracing ---- */

static void events_are_found_by_their_words(void **state)
{
    tell_a_story(*state);
    yyjson_val *found = jc_client_call(*state, "search", "{\"query\":\"route\"}");
    assert_int_equal(jc_count_at(found, "/events"), 1);
    assert_int_equal(jc_number_at(found, "/events/0/sequence"), 3);
    assert_holds(jc_text_at(found, "/events/0/excerpt"), "**route**");
    found = jc_client_call(*state, "search",
                           "{\"query\":\"login\",\"event_type\":\"*.completed\","
                           "\"workflow_id\":\"wf\",\"include_data\":true}");
    assert_string_equal(jc_text_at(found, "/events/0/data/name"), "login");
    assert_holds(jc_client_failure(*state, "search", "{\"query\":\"--\"}"), "word");
    assert_holds(jc_client_failure(*state, "search", "{}"), "query: it must be given");
}

static void a_trace_is_a_tree_over_all_workflows(void **state)
{
    (void)jc_client_call(*state, "log_event",
                         "{\"workflow_id\":\"a\",\"event_type\":\"x.asked\",\"id\":\"" UUID "1\","
                         "\"correlation_id\":\"c\"}");
    (void)jc_client_call(*state, "log_event",
                         "{\"workflow_id\":\"b\",\"event_type\":\"x.answered\","
                         "\"causation_id\":\"" UUID "1\",\"correlation_id\":\"c\"}");
    yyjson_val *trace = jc_client_call(*state, "trace", "{\"correlation_id\":\"c\"}");
    assert_int_equal(jc_number_at(trace, "/total"), 2);
    assert_int_equal(jc_number_at(trace, "/events/1/depth"), 1);
    assert_string_equal(jc_text_at(trace, "/events/1/cause"), "inside");
    assert_string_equal(jc_text_at(trace, "/events/1/workflow_id"), "b");
    trace = jc_client_call(*state, "trace", "{\"correlation_id\":\"c\",\"workflow_id\":\"a\"}");
    assert_int_equal(jc_number_at(trace, "/total"), 1);
    assert_holds(jc_client_failure(*state, "trace", "{\"correlation_id\":\"d\"}"), "d");
}

/* ---- Messages ---- */

static const char *send(jc_client *client, const char *arguments)
{
    static char id[64];
    yyjson_val *sent = jc_client_call(client, "send_message", arguments);
    (void)snprintf(id, sizeof id, "%s", jc_text_at(sent, "/correlation_id"));
    return id;
}

static void a_message_is_sent_read_acknowledged_and_completed(void **state)
{
    char arguments[200];
    jc_client *client = *state;
    const char *id = send(client, "{\"workflow_id\":\"wf\",\"agent_id\":\"lead\","
                                  "\"to_agent\":\"coder\",\"content\":\"please review\","
                                  "\"priority\":\"high\",\"awaiting_response\":true}");
    yyjson_val *inbox =
        jc_client_call(client, "read_inbox", "{\"agent_id\":\"coder\",\"acknowledge\":true}");
    assert_int_equal(jc_number_at(inbox, "/unread"), 1);
    assert_int_equal(jc_number_at(inbox, "/acknowledged"), 1);
    assert_string_equal(jc_text_at(inbox, "/messages/0/content"), "please review");
    assert_string_equal(jc_text_at(inbox, "/messages/0/priority"), "high");
    inbox = jc_client_call(client, "read_inbox", "{\"agent_id\":\"coder\",\"unread_only\":true}");
    assert_int_equal(jc_count_at(inbox, "/messages"), 0);
    (void)snprintf(arguments, sizeof arguments,
                   "{\"agent_id\":\"coder\",\"correlation_id\":\"%s\",\"result\":\"fine\"}", id);
    yyjson_val *done = jc_client_call(client, "complete_message", arguments);
    assert_int_equal(jc_number_at(done, "/completed"), 1);
    inbox = jc_client_call(client, "read_inbox", "{\"agent_id\":\"coder\"}");
    assert_int_equal(jc_number_at(inbox, "/total"), 0);
    inbox =
        jc_client_call(client, "read_inbox", "{\"agent_id\":\"coder\",\"include_completed\":true}");
    assert_string_equal(jc_text_at(inbox, "/messages/0/result"), "fine");
    assert_holds(jc_client_failure(client, "complete_message", arguments),
                 "read how things stand now");
}

static void reading_an_inbox_writes_nothing_unless_asked(void **state)
{
    jc_client *client = *state;
    (void)send(client, "{\"workflow_id\":\"wf\",\"to_agent\":\"coder\",\"content\":\"c\"}");
    (void)jc_client_call(client, "read_inbox", "{\"agent_id\":\"coder\"}");
    jc_head head;
    assert_int_equal(jc_head_read(client->store, JC_STR("wf"), &head, NULL), JC_OK);
    assert_int_equal(head.sequence, 1);
}

static void the_most_urgent_message_comes_first(void **state)
{
    jc_client *client = *state;
    (void)send(client, "{\"workflow_id\":\"wf\",\"to_agent\":\"b\",\"content\":\"1\","
                       "\"priority\":\"low\"}");
    (void)send(client, "{\"workflow_id\":\"wf\",\"to_agent\":\"b\",\"content\":\"2\","
                       "\"priority\":\"urgent\"}");
    (void)send(client, "{\"workflow_id\":\"wf\",\"to_agent\":\"b\",\"content\":\"3\"}");
    yyjson_val *inbox = jc_client_call(client, "read_inbox", "{\"agent_id\":\"b\"}");
    assert_string_equal(jc_text_at(inbox, "/messages/0/content"), "2");
    assert_string_equal(jc_text_at(inbox, "/messages/2/content"), "1");
    inbox = jc_client_call(client, "read_inbox", "{\"agent_id\":\"b\",\"priority\":\"normal\"}");
    assert_int_equal(jc_count_at(inbox, "/messages"), 2);
}

static void a_reply_joins_the_thread(void **state)
{
    char arguments[300];
    jc_client *client = *state;
    const char *id = send(client, "{\"workflow_id\":\"wf\",\"agent_id\":\"lead\","
                                  "\"to_agent\":\"coder\",\"content\":\"?\"}");
    (void)snprintf(arguments, sizeof arguments,
                   "{\"agent_id\":\"coder\",\"to_agent\":\"lead\",\"content\":\"!\","
                   "\"reply_to\":\"%s\"}",
                   id);
    yyjson_val *reply = jc_client_call(client, "send_message", arguments);
    assert_string_equal(jc_text_at(reply, "/correlation_id"), id);
}

static void messages_that_cannot_be_are_refused(void **state)
{
    jc_client_emit(*state, "wf", "x.started", NULL, "{}");
    assert_holds(jc_client_failure(*state, "send_message", "{\"content\":\"c\"}"),
                 "to_agent: it must be given");
    assert_holds(jc_client_failure(*state, "send_message",
                                   "{\"to_agent\":\"a\",\"content\":\"c\",\"reply_to\":\"z\"}"),
                 "z");
    assert_holds(jc_client_failure(*state, "complete_message", "{\"correlation_id\":\"z\"}"), "z");
    assert_holds(jc_client_failure(*state, "read_inbox", "{\"workflow_id\":\"nope\"}"), "nope");
}

/* ---- Secrets ---- */

#define SECRET                                                                                     \
    "ghp_"                                                                                         \
    "16C7e42F292c6912E7710c838347Ae178B4a"

static void each_writing_tool_takes_secrets_out_and_counts_them(void **state)
{
    static const struct {
        const char *tool;
        const char *arguments;
        int count;
    } cases[] = {
        {"take_note",
         "{\"workflow_id\":\"wf\",\"title\":\"use " SECRET "\",\"content\":\"again " SECRET
         "\",\"tags\":[\"x\",\"" SECRET "\"]}",
         3},
        {"log_event",
         "{\"workflow_id\":\"wf\",\"event_type\":\"a.done\",\"data\":{\"deep\":[{\"text\":"
         "\"with " SECRET "\"}]}}",
         1},
        {"send_message",
         "{\"workflow_id\":\"wf\",\"agent_id\":\"a\",\"to_agent\":\"b\",\"content\":\"take " SECRET
         "\"}",
         1},
    };
    jc_client own;
    jc_client *client = *state;
    jc_mcp_options options = {0};
    assert_int_equal(jc_redactor_new(NULL, &options.redactor, NULL), JC_OK);
    jc_client_init(&own, client->store, &options);
    jc_client_initialize(&own, "2025-11-25");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        yyjson_val *told = jc_client_call(&own, cases[i].tool, cases[i].arguments);
        assert_int_equal(jc_number_at(told, "/redacted"), cases[i].count);
        (void)jc_client_call(&own, "get_events", "{\"limit\":1,\"include_data\":true}");
        assert_null(strstr(own.text.bytes, SECRET));
        assert_holds(own.text.bytes, "[redacted:");
    }
    jc_client_release(&own);
    jc_redactor_free(options.redactor);
}

static void a_result_of_a_message_is_written_without_its_secrets(void **state)
{
    char arguments[300];
    jc_client own;
    jc_client *client = *state;
    jc_mcp_options options = {0};
    const char *id = send(client, "{\"workflow_id\":\"wf\",\"agent_id\":\"a\",\"to_agent\":\"b\","
                                  "\"content\":\"c\"}");
    assert_int_equal(jc_redactor_new(NULL, &options.redactor, NULL), JC_OK);
    jc_client_init(&own, client->store, &options);
    jc_client_initialize(&own, "2025-11-25");
    (void)snprintf(arguments, sizeof arguments,
                   "{\"agent_id\":\"b\",\"correlation_id\":\"%s\",\"result\":\"it is " SECRET "\"}",
                   id);
    yyjson_val *told = jc_client_call(&own, "complete_message", arguments);
    assert_int_equal(jc_number_at(told, "/redacted"), 1);
    (void)jc_client_call(&own, "get_events", "{\"limit\":1,\"include_data\":true}");
    assert_null(strstr(own.text.bytes, SECRET));
    jc_client_release(&own);
    jc_redactor_free(options.redactor);
}

int main(void)
{
    const struct CMUnitTest claims[] = {
        AGREED_CLAIM(every_tool_is_listed_with_all_that_a_client_needs),
        AGREED_CLAIM(every_argument_is_described_and_what_is_required_is_there),
        AGREED_CLAIM(only_tools_that_write_say_so),
        AGREED_CLAIM(an_unknown_tool_is_an_error_of_the_protocol),
        AGREED_CLAIM(a_bad_argument_is_named_with_what_it_must_be),
        AGREED_CLAIM(numbers_and_truth_values_may_stand_as_text_and_null_is_nothing),
        AGREED_CLAIM(a_bad_workflow_id_is_refused_by_every_tool_that_takes_one),
        AGREED_CLAIM(the_trace_of_the_caller_becomes_the_correlation_id),
        AGREED_CLAIM(a_trace_that_is_none_is_ignored),
        AGREED_CLAIM(a_note_is_read_as_it_was_taken),
        AGREED_CLAIM(a_note_answers_a_question_in_its_workflow),
        AGREED_CLAIM(only_what_asks_can_be_answered),
        AGREED_CLAIM(every_category_can_be_noted_and_others_are_refused),
        AGREED_CLAIM(notes_are_read_by_every_filter),
        AGREED_CLAIM(notes_of_the_past_are_asked_for_rightly),
        AGREED_CLAIM(notes_are_found_by_their_words_in_all_workflows),
        AGREED_CLAIM(the_summary_has_the_most_important_first),
        AGREED_CLAIM(an_event_is_logged_with_all_that_is_said),
        AGREED_CLAIM(an_event_logged_again_with_its_id_is_stored_once_in_any_trace),
        AGREED_CLAIM(an_event_that_cannot_be_is_refused_with_what_to_do),
        AGREED_CLAIM(a_type_that_is_no_past_tense_is_stored_with_advice),
        AGREED_CLAIM(events_are_read_by_every_filter),
        AGREED_CLAIM(an_event_has_its_data_when_that_is_wanted),
        AGREED_CLAIM(one_event_is_read_by_its_id_in_full),
        AGREED_CLAIM(events_that_cannot_be_read_are_refused),
        AGREED_CLAIM(a_state_is_told_at_any_point),
        AGREED_CLAIM(a_part_of_a_state_is_told_by_its_pointer),
        AGREED_CLAIM(a_state_that_is_not_there_is_refused),
        AGREED_CLAIM(a_difference_names_what_changed),
        AGREED_CLAIM(two_workflows_part_at_their_first_difference),
        AGREED_CLAIM(a_difference_of_nothing_is_refused),
        AGREED_CLAIM(timings_tell_each_attempt),
        AGREED_CLAIM(events_are_found_by_their_words),
        AGREED_CLAIM(a_trace_is_a_tree_over_all_workflows),
        AGREED_CLAIM(a_message_is_sent_read_acknowledged_and_completed),
        AGREED_CLAIM(reading_an_inbox_writes_nothing_unless_asked),
        AGREED_CLAIM(the_most_urgent_message_comes_first),
        AGREED_CLAIM(a_reply_joins_the_thread),
        AGREED_CLAIM(messages_that_cannot_be_are_refused),
        AGREED_CLAIM(each_writing_tool_takes_secrets_out_and_counts_them),
        AGREED_CLAIM(a_result_of_a_message_is_written_without_its_secrets),
    };
    return cmocka_run_group_tests(claims, NULL, NULL);
}
