/* Which workflow the tools of the MCP server mean, and who acts, where a call does not say it. */
#include "mcp_client.h"

static void the_only_workflow_is_meant_where_none_is_named(void **state)
{
    jc_client_emit(*state, "alone", "x.started", NULL, "{}");
    yyjson_val *note = jc_client_call(*state, "take_note", "{\"title\":\"t\"}");
    assert_string_equal(jc_text_at(note, "/workflow_id"), "alone");
    assert_string_equal(jc_text_at(note, "/agent_id"), "main");
}

static void which_of_several_workflows_must_be_said(void **state)
{
    jc_client_emit(*state, "first", "x.started", NULL, "{}");
    jc_client_emit(*state, "second", "x.started", NULL, "{}");
    assert_holds(jc_client_failure(*state, "take_note", "{\"title\":\"t\"}"),
                 "say which of 2 workflows is meant: there are second, first");
    assert_holds(jc_client_failure(*state, "get_state", "{\"workflow_id\":\"third\"}"),
                 "there is no workflow 'third': there are second, first");
}

static void of_many_workflows_the_latest_are_named(void **state)
{
    for (int i = 0; i < 50; i++) {
        char id[16];
        (void)snprintf(id, sizeof id, "w%02d", (i * 7) % 50);
        jc_client_emit(*state, id, "x.started", NULL, "{}");
    }
    const char *text = jc_client_failure(*state, "get_events", "{}");
    assert_holds(text, "50 workflows is meant: there are w43, w36, w29");
    assert_holds(text, " and 30 others");
}

static void without_any_workflow_it_says_how_one_begins(void **state)
{
    assert_holds(jc_client_failure(*state, "get_state", "{}"), "there are no workflows yet");
    assert_holds(jc_client_failure(*state, "take_note", "{\"title\":\"t\"}"), "workflow_id");
    yyjson_val *note =
        jc_client_call(*state, "take_note", "{\"title\":\"t\",\"workflow_id\":\"new\"}");
    assert_int_equal(jc_number_at(note, "/sequence"), 1);
}

static void the_servers_own_workflow_and_agent_stand_in(void **state)
{
    jc_client own;
    jc_client *client = *state;
    jc_mcp_options options = {.workflow_id = JC_STR("mine"), .agent_id = JC_STR("coder")};
    jc_client_emit(client, "mine", "x.started", NULL, "{}");
    jc_client_emit(client, "other", "x.started", NULL, "{}");
    jc_client_init(&own, client->store, &options);
    jc_client_initialize(&own, "2025-11-25");
    yyjson_val *note = jc_client_call(&own, "take_note", "{\"title\":\"t\"}");
    assert_string_equal(jc_text_at(note, "/workflow_id"), "mine");
    assert_string_equal(jc_text_at(note, "/agent_id"), "coder");
    note = jc_client_call(&own, "take_note",
                          "{\"title\":\"t\",\"workflow_id\":\"other\",\"agent_id\":\"tester\"}");
    assert_string_equal(jc_text_at(note, "/workflow_id"), "other");
    assert_string_equal(jc_text_at(note, "/agent_id"), "tester");
    jc_client_release(&own);
}

/* A server that a session has started, over the client's log. */
static void open_in_session(jc_client *client, const char *workflow_id, jc_client *ret_own)
{
    jc_mcp_options options = {.session_workflow_id = JC_STR("session"),
                              .workflow_id = jc_str_of(workflow_id)};
    if (workflow_id[0] == '\0')
        options.workflow_id = (jc_str){0};
    jc_client_init(ret_own, client->store, &options);
    jc_client_initialize(ret_own, "2025-11-25");
}

static void a_session_writes_into_its_own_workflow_and_begins_it(void **state)
{
    jc_client own;
    jc_client_emit(*state, "first", "x.started", NULL, "{}");
    open_in_session(*state, "", &own);
    yyjson_val *note = jc_client_call(&own, "take_note", "{\"title\":\"t\"}");
    assert_string_equal(jc_text_at(note, "/workflow_id"), "session");
    assert_int_equal(jc_number_at(note, "/sequence"), 1);
    yyjson_val *event = jc_client_call(&own, "log_event", "{\"event_type\":\"x.done\"}");
    assert_string_equal(jc_text_at(event, "/workflow_id"), "session");
    jc_client_release(&own);
}

static void what_the_server_is_for_comes_before_the_session(void **state)
{
    jc_client own;
    jc_client_emit(*state, "session", "x.started", NULL, "{}");
    jc_client_emit(*state, "mine", "x.started", NULL, "{}");
    open_in_session(*state, "mine", &own);
    yyjson_val *note = jc_client_call(&own, "take_note", "{\"title\":\"t\"}");
    assert_string_equal(jc_text_at(note, "/workflow_id"), "mine");
    yyjson_val *notes = jc_client_call(&own, "read_notes", "{}");
    assert_string_equal(jc_text_at(notes, "/workflow_id"), "mine");
    jc_client_release(&own);
}

static void a_session_reads_its_own_workflow_among_several(void **state)
{
    jc_client own;
    jc_client_emit(*state, "session", "workflow.started", NULL, "{}");
    jc_client_emit(*state, "other", "workflow.started", NULL, "{}");
    open_in_session(*state, "", &own);
    yyjson_val *told = jc_client_call(&own, "get_state", "{}");
    assert_string_equal(jc_text_at(told, "/workflow_id"), "session");
    told = jc_client_call(&own, "read_inbox", "{}");
    assert_string_equal(jc_text_at(told, "/workflow_id"), "session");
    jc_client_release(&own);
}

static void a_session_that_has_not_begun_hides_no_workflow(void **state)
{
    jc_client own;
    jc_client_emit(*state, "first", "workflow.started", NULL, "{}");
    open_in_session(*state, "", &own);
    yyjson_val *told = jc_client_call(&own, "get_state", "{}");
    assert_string_equal(jc_text_at(told, "/workflow_id"), "first");
    told = jc_client_call(&own, "send_message", "{\"to_agent\":\"a\",\"content\":\"c\"}");
    assert_string_equal(jc_text_at(told, "/workflow_id"), "first");
    jc_client_emit(*state, "second", "workflow.started", NULL, "{}");
    assert_holds(jc_client_failure(&own, "get_state", "{}"),
                 "say which of 2 workflows is meant: there are second, first");
    jc_client_release(&own);
}

static void a_session_reads_the_notes_of_earlier_sessions(void **state)
{
    static const char *const tools[][2] = {
        {"read_notes", "{}"},
        {"search_notes", "{\"query\":\"learnt\"}"},
        {"search", "{\"query\":\"learnt\"}"},
        {"get_notes_summary", "{}"},
    };
    jc_client own;
    jc_client_emit(*state, "earlier", "agent.note.idea", "a",
                   "{\"title\":\"learnt\",\"content\":\"c\"}");
    jc_client_emit(*state, "session", "session.started", NULL, "{}");
    open_in_session(*state, "", &own);
    for (size_t i = 0; i < sizeof tools / sizeof tools[0]; i++) {
        yyjson_val *told = jc_client_call(&own, tools[i][0], tools[i][1]);
        assert_false(jc_is_at(told, "/workflow_id"));
        assert_true(yyjson_get_bool(yyjson_obj_get(told, "all_workflows")));
        assert_holds(own.text.bytes, "learnt");
    }
    jc_client_release(&own);
}

static void notes_at_a_sequence_are_those_of_the_sessions_workflow(void **state)
{
    jc_client own;
    jc_client_emit(*state, "earlier", "session.started", NULL, "{}");
    jc_client_emit(*state, "session", "session.started", NULL, "{}");
    open_in_session(*state, "", &own);
    yyjson_val *notes = jc_client_call(&own, "read_notes", "{\"at\":1}");
    assert_string_equal(jc_text_at(notes, "/workflow_id"), "session");
    jc_client_release(&own);
}

int main(void)
{
    const struct CMUnitTest claims[] = {
        AGREED_CLAIM(the_only_workflow_is_meant_where_none_is_named),
        AGREED_CLAIM(which_of_several_workflows_must_be_said),
        AGREED_CLAIM(of_many_workflows_the_latest_are_named),
        AGREED_CLAIM(without_any_workflow_it_says_how_one_begins),
        AGREED_CLAIM(the_servers_own_workflow_and_agent_stand_in),
        AGREED_CLAIM(a_session_writes_into_its_own_workflow_and_begins_it),
        AGREED_CLAIM(what_the_server_is_for_comes_before_the_session),
        AGREED_CLAIM(a_session_reads_its_own_workflow_among_several),
        AGREED_CLAIM(a_session_that_has_not_begun_hides_no_workflow),
        AGREED_CLAIM(a_session_reads_the_notes_of_earlier_sessions),
        AGREED_CLAIM(notes_at_a_sequence_are_those_of_the_sessions_workflow),
    };
    return cmocka_run_group_tests(claims, NULL, NULL);
}
