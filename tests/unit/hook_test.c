/* Hooks: what a payload means. */
#include "unit.h"

#include "base/clock.h"
#include "intake/hook.h"

#define SESSION "\"session_id\":\"s1\",\"cwd\":\"/home/u/app\""
#define IN_TURN SESSION ",\"prompt_id\":\"p1\""
#define IN_SUBAGENT IN_TURN ",\"agent_id\":\"sub1\",\"agent_type\":\"Plan\""

static int open_mapper(void **state)
{
    static jc_hook_mapper mapper;
    mapper = (jc_hook_mapper){0};
    *state = &mapper;
    return 0;
}

static int close_mapper(void **state)
{
    jc_hook_mapper_release(*state);
    return 0;
}

#define MAP_CLAIM(function) cmocka_unit_test_setup_teardown(function, open_mapper, close_mapper)

static jc_fact map_with(void **state, const char *payload, const jc_hook_options *options)
{
    jc_fact fact = {0};
    jc_error error;
    if (jc_hook_map(*state, NULL, jc_str_of(payload), options, &fact, &error) < 0)
        fail_msg("%s: %s", error.text, payload);
    return fact;
}

static jc_fact map(void **state, const char *payload)
{
    return map_with(state, payload, NULL);
}

/* The id of a fact of session s1, as text. */
static const char *id_text(jc_fact_kind kind, const char *key, uint64_t ordinal)
{
    static char text[JC_UUID_TEXT_SIZE];
    jc_uuid id;
    assert_int_equal(jc_fact_id(JC_STR("s1"), kind, jc_str_of(key), ordinal, &id, NULL), JC_OK);
    jc_uuid_format(id, text);
    return text;
}

static void each_hook_has_its_type(void **state)
{
    static const char *const pairs[][2] = {
        {"SessionStart", "session.started"},
        {"Setup", "agent.hook.received"},
        {"UserPromptSubmit", "turn.started"},
        {"UserPromptExpansion", "agent.hook.received"},
        {"PreToolUse", "agent.tool.started"},
        {"PermissionRequest", "permission.requested"},
        {"PermissionDenied", "permission.denied"},
        {"PostToolUse", "agent.tool.completed"},
        {"PostToolUseFailure", "agent.tool.failed"},
        {"PostToolBatch", "agent.tool_batch.completed"},
        {"Notification", "agent.notified"},
        {"MessageDisplay", "agent.response.displayed"},
        {"SubagentStart", "subagent.started"},
        {"SubagentStop", "subagent.completed"},
        {"Stop", "turn.completed"},
        {"StopFailure", "turn.failed"},
        {"PreCompact", "agent.hook.received"},
        {"PostCompact", "context.compacted"},
        {"PreModelSwitch", "agent.hook.received"},
        {"PostModelSwitch", "agent.hook.received"},
        {"TaskCreated", "task.created"},
        {"TaskCompleted", "task.completed"},
        {"TeammateIdle", "agent.hook.received"},
        {"ConfigChange", "agent.hook.received"},
        {"CwdChanged", "agent.hook.received"},
        {"DirectoryAdded", "agent.hook.received"},
        {"FileChanged", "agent.hook.received"},
        {"WorktreeCreate", "worktree.created"},
        {"WorktreeRemove", "worktree.deleted"},
        {"InstructionsLoaded", "agent.hook.received"},
        {"Elicitation", "agent.hook.received"},
        {"ElicitationResult", "agent.hook.received"},
        {"SessionEnd", "session.ended"},
        {"SomethingOfNextYear", "agent.hook.received"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        char payload[256];
        (void)snprintf(payload, sizeof payload, "{" SESSION ",\"hook_event_name\":\"%s\"}",
                       pairs[i][0]);
        assert_str(map(state, payload).event.event_type, pairs[i][1]);
    }
}

static void the_data_is_the_payload_member_for_member(void **state)
{
    jc_fact fact =
        map(state, "{\"session_id\":\"s1\", \"hook_event_name\":\"Notification\",\n"
                   "\"big\":12345678901234567890.10,\"message\":\"h\\u00e9\",\"n\":null}");
    assert_str(fact.event.data, "{\"session_id\":\"s1\",\"hook_event_name\":\"Notification\","
                                "\"big\":12345678901234567890.10,\"message\":\"h\xc3\xa9\","
                                "\"n\":null}");
}

static void of_a_head_what_is_whole_is_kept_and_its_text(void **state)
{
    jc_hook_options options = {.size = 70000000};
    jc_fact fact =
        map_with(state, "{\"session_id\":\"s1\",\"hook_event_name\":\"Stop\",\"a\":{\"b\":1,\"c",
                 &options);
    assert_str(fact.event.event_type, "agent.hook.received");
    assert_str(fact.event.workflow_id, "s1");
    assert_str(fact.event.data,
               "{\"session_id\":\"s1\",\"hook_event_name\":\"Stop\",\"payload_head\":"
               "\"{\\\"session_id\\\":\\\"s1\\\",\\\"hook_event_name\\\":\\\"Stop\\\",\\\"a\\\":"
               "{\\\"b\\\":1,\\\"c\",\"payload_size\":70000000,\"mended\":[\"size\"]}");
}

static void a_head_without_a_whole_member_is_kept(void **state)
{
    jc_hook_options options = {.size = 70000000};
    assert_str(map_with(state, "{\"session_id\":\"s", &options).event.workflow_id,
               JC_HOOK_NO_SESSION);
}

static void the_head_of_what_is_no_object_is_refused(void **state)
{
    jc_hook_options options = {.size = 70000000};
    jc_fact fact;
    assert_int_equal(jc_hook_map(*state, NULL, JC_STR("xxxx"), &options, &fact, NULL), JC_EINVAL);
}

static void a_turn_is_known_by_its_prompt(void **state)
{
    jc_fact fact =
        map(state, "{" IN_TURN ",\"hook_event_name\":\"UserPromptSubmit\",\"prompt\":\"do\"}");
    assert_int_equal(fact.rule, JC_FACT_ORDINAL);
    assert_int_equal(fact.kind, JC_FACT_TURN_STARTED);
    assert_str(fact.session_id, "s1");
    assert_str(fact.key, "p1");
    assert_str(fact.event.correlation_id, "p1");
    assert_null(fact.event.causation_id.bytes);
}

static void without_what_makes_its_key_a_fact_is_a_moment(void **state)
{
    static const char *const payloads[] = {
        "{" SESSION ",\"hook_event_name\":\"UserPromptSubmit\",\"prompt\":\"do\"}",
        "{" SESSION ",\"hook_event_name\":\"PreToolUse\",\"tool_name\":\"Bash\"}",
        "{" SESSION ",\"hook_event_name\":\"PostToolBatch\",\"tool_calls\":[]}",
        "{" SESSION ",\"hook_event_name\":\"PostToolBatch\",\"tool_calls\":[{\"tool_use_id\":"
        "\"a\"},{}]}",
        "{" SESSION ",\"hook_event_name\":\"MessageDisplay\",\"message_id\":\"m\"}",
        "{\"hook_event_name\":\"PreToolUse\",\"tool_use_id\":\"u1\"}",
    };
    for (size_t i = 0; i < sizeof payloads / sizeof payloads[0]; i++) {
        jc_fact fact = map(state, payloads[i]);
        assert_int_equal(fact.rule, JC_FACT_MOMENT);
        assert_false(jc_uuid_is_nil(fact.event.id));
    }
}

static void a_batch_is_known_by_its_calls(void **state)
{
    jc_fact fact = map(state, "{" IN_TURN ",\"hook_event_name\":\"PostToolBatch\",\"tool_calls\":["
                              "{\"tool_use_id\":\"u1\"},{\"tool_use_id\":\"u2\"}]}");
    assert_int_equal(fact.rule, JC_FACT_ONE);
    assert_str(fact.key, "u1,u2");
}

static void a_piece_of_text_is_known_by_its_message_and_index(void **state)
{
    jc_fact fact = map(state, "{" SESSION ",\"hook_event_name\":\"MessageDisplay\",\"turn_id\":"
                              "\"t1\",\"message_id\":\"m1\",\"index\":12,\"delta\":\"x\"}");
    assert_int_equal(fact.rule, JC_FACT_ONE);
    assert_int_equal(fact.kind, JC_FACT_TEXT_SHOWN);
    assert_str(fact.key, "m1,12");
}

static void the_end_of_a_call_is_caused_by_its_start(void **state)
{
    static const char *const hooks[] = {"PostToolUse", "PostToolUseFailure", "PermissionDenied"};
    for (size_t i = 0; i < 3; i++) {
        char payload[256];
        (void)snprintf(payload, sizeof payload,
                       "{" IN_SUBAGENT ",\"hook_event_name\":\"%s\",\"tool_use_id\":\"u1\"}",
                       hooks[i]);
        assert_str(map(state, payload).event.causation_id, id_text(JC_FACT_TOOL_STARTED, "u1", 0));
    }
}

static void a_call_is_caused_by_the_subagent_or_the_turn(void **state)
{
    jc_fact fact =
        map(state, "{" IN_TURN ",\"hook_event_name\":\"PreToolUse\",\"tool_use_id\":\"u1\"}");
    assert_str(fact.event.causation_id, id_text(JC_FACT_TURN_STARTED, "p1", 1));
    fact =
        map(state, "{" IN_SUBAGENT ",\"hook_event_name\":\"PreToolUse\",\"tool_use_id\":\"u1\"}");
    assert_str(fact.event.causation_id, id_text(JC_FACT_SUBAGENT_STARTED, "sub1", 1));
}

static void a_subagent_is_caused_by_the_turn_and_ends_by_its_start(void **state)
{
    jc_fact fact = map(state, "{" IN_SUBAGENT ",\"hook_event_name\":\"SubagentStart\"}");
    assert_str(fact.event.causation_id, id_text(JC_FACT_TURN_STARTED, "p1", 1));
    assert_str(fact.event.agent_id, "sub1");
    fact = map(state, "{" IN_SUBAGENT ",\"hook_event_name\":\"SubagentStop\"}");
    assert_str(fact.event.causation_id, id_text(JC_FACT_SUBAGENT_STARTED, "sub1", 1));
    assert_str(fact.event.agent_id, "sub1");
}

static void the_agent_is_the_subagent_else_the_one_given_else_main(void **state)
{
    jc_hook_options options = {.agent_id = JC_STR("coder")};
    assert_str(map_with(state, "{" IN_SUBAGENT "}", &options).event.agent_id, "sub1");
    assert_str(map_with(state, "{" IN_TURN "}", &options).event.agent_id, "coder");
    assert_str(map(state, "{" IN_TURN "}").event.agent_id, "main");
}

static void an_agents_name_that_is_no_good_is_mended(void **state)
{
    jc_fact fact = map(state, "{" SESSION ",\"agent_id\":\"a\\u0000b\"}");
    assert_str(fact.event.agent_id, "a-b-"
                                    "59b271ae");
}

static void the_workflow_is_the_one_given_else_the_session(void **state)
{
    jc_hook_options options = {.workflow_id = JC_STR("fix-login")};
    assert_str(map_with(state, "{" SESSION "}", &options).event.workflow_id, "fix-login");
    assert_str(map(state, "{" SESSION "}").event.workflow_id, "s1");
    assert_str(map(state, "{\"session_id\":17}").event.workflow_id, "17");
    assert_str(map(state, "{}").event.workflow_id, "unknown-session");
}

/* A session must not name a folder elsewhere, and two sessions must not meet. */
static void others_name_a_sessions_workflow_as_hooks_do(void **state)
{
    static const char *const sessions[] = {"s1", "../a b", "-"};
    char id[JC_WORKFLOW_ID_SIZE_MAX + 1];
    for (size_t i = 0; i < sizeof sessions / sizeof sessions[0]; i++) {
        char payload[64];
        (void)snprintf(payload, sizeof payload, "{\"session_id\":\"%s\"}", sessions[i]);
        assert_int_equal(jc_hook_workflow_id(NULL, jc_str_of(sessions[i]), id, NULL), JC_OK);
        assert_str(map(state, payload).event.workflow_id, id);
    }
}

static void a_session_that_cannot_name_a_workflow_is_mended(void **state)
{
    char other[300] = "{\"session_id\":\"";
    jc_str first = map(state, "{\"session_id\":\"../a b\"}").event.workflow_id;
    assert_int_equal(jc_workflow_id_check(first, NULL), JC_OK);
    assert_int_equal(memcmp(first.bytes, "_.-a-b-", 7), 0);
    char kept[64];
    (void)snprintf(kept, sizeof kept, "%.*s", (int)first.size, first.bytes);
    jc_str second = map(state, "{\"session_id\":\"../a/b\"}").event.workflow_id;
    assert_int_not_equal(memcmp(kept, second.bytes, second.size), 0);
    memset(other + strlen(other), 'x', 200);
    (void)strcat(other, "\"}");
    jc_str third = map(state, other).event.workflow_id;
    assert_int_equal(third.size, JC_WORKFLOW_ID_SIZE_MAX);
    assert_int_equal(jc_workflow_id_check(third, NULL), JC_OK);
}

static void a_prompt_says_whether_a_person_wrote_it(void **state)
{
    jc_str data = map(state, "{" IN_TURN ",\"hook_event_name\":\"UserPromptSubmit\",\"prompt\":"
                             "\"do\"}")
                      .event.data;
    assert_holds(data.bytes, ",\"prompt\":\"do\",\"human\":true}");
    data = map(state, "{" IN_TURN ",\"hook_event_name\":\"UserPromptSubmit\",\"prompt\":"
                      "\"<task-notification>\"}")
               .event.data;
    assert_holds(data.bytes, "\"human\":false}");
    data = map(state, "{" IN_TURN ",\"hook_event_name\":\"UserPromptSubmit\",\"prompt\":\"do\","
                      "\"source\":\"loop_wakeup\"}")
               .event.data;
    assert_holds(data.bytes, "\"human\":false}");
}

static void the_end_of_a_call_says_whether_it_succeeded(void **state)
{
    static const char *const pairs[][2] = {
        {"{" IN_TURN ",\"hook_event_name\":\"PostToolUse\",\"tool_response\":\"x\"}",
         ",\"success\":true}"},
        {"{" IN_TURN ",\"hook_event_name\":\"PostToolUse\",\"tool_response\":{\"success\":false}}",
         "},\"success\":false}"},
        {"{" IN_TURN ",\"hook_event_name\":\"PostToolUseFailure\",\"error\":\"x\"}",
         ",\"success\":false}"},
        {"{" SESSION ",\"turn_id\":\"t\",\"hook_event_name\":\"PostToolUse\",\"tool_response\":"
         "{\"metadata\":{\"exit_code\":3}}}",
         "}},\"success\":false}"},
        {"{" SESSION ",\"turn_id\":\"t\",\"hook_event_name\":\"PostToolUse\",\"tool_response\":"
         "{\"exit_code\":0}}",
         "},\"success\":true}"},
        {"{" SESSION
         ",\"turn_id\":\"t\",\"hook_event_name\":\"PostToolUse\",\"tool_response\":\"x\"}",
         "\"tool_response\":\"x\"}"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        JC_AUTO(jc_buf) data = {0};
        assert_int_equal(jc_buf_append_str(&data, map(state, pairs[i][0]).event.data, NULL), JC_OK);
        assert_int_equal(jc_buf_append_char(&data, '\0', NULL), JC_OK);
        assert_holds(data.bytes, pairs[i][1]);
    }
}

static void what_the_payload_says_itself_is_not_added(void **state)
{
    jc_fact fact = map(state, "{\"hook_event_name\":\"PostToolUse\",\"success\":false}");
    assert_str(fact.event.data, "{\"hook_event_name\":\"PostToolUse\",\"success\":false}");
}

static void a_work_tree_has_one_name_from_beginning_to_end(void **state)
{
    jc_fact fact = map(state, "{\"hook_event_name\":\"WorktreeCreate\",\"name\":\"auth\"}");
    assert_str(fact.event.data,
               "{\"hook_event_name\":\"WorktreeCreate\",\"name\":\"auth\",\"worktree\":\"auth\"}");
    fact = map(state, "{\"hook_event_name\":\"WorktreeRemove\",\"worktree_path\":\"/a/auth/\"}");
    assert_str(fact.event.data, "{\"hook_event_name\":\"WorktreeRemove\",\"worktree_path\":"
                                "\"/a/auth/\",\"worktree\":\"auth\"}");
}

static void codex_is_known_by_its_turn(void **state)
{
    jc_fact fact = map(state, "{" SESSION ",\"turn_id\":\"t1\",\"model\":\"m\",\"hook_event_name\":"
                              "\"PreToolUse\",\"tool_use_id\":\"u1\"}");
    assert_str(fact.event.event_type, "agent.tool.started");
    assert_str(fact.event.correlation_id, "t1");
    assert_str(fact.event.causation_id, id_text(JC_FACT_TURN_STARTED, "t1", 1));
    fact = map(state, "{" SESSION ",\"turn_id\":\"t1\",\"hook_event_name\":\"UserPromptSubmit\","
                      "\"prompt\":\"x\"}");
    assert_int_equal(fact.kind, JC_FACT_TURN_STARTED);
    assert_str(fact.key, "t1");
}

static void a_time_is_carried_only_when_one_is_given(void **state)
{
    jc_hook_options options = {.received_us = 1767949200000000};
    assert_false(map(state, "{" SESSION "}").event.has_timestamp);
    jc_fact fact = map_with(state, "{" SESSION "}", &options);
    assert_true(fact.event.has_timestamp);
    assert_int_equal(fact.event.timestamp_us, options.received_us);
}

static void an_id_that_is_no_good_belongs_to_nothing(void **state)
{
    jc_fact fact = map(state, "{" SESSION ",\"prompt_id\":\"a\\nb\",\"hook_event_name\":\"Stop\"}");
    assert_null(fact.event.correlation_id.bytes);
    assert_str(fact.key, "a\nb");
}

static void what_is_no_object_is_refused(void **state)
{
    static const char *const texts[] = {"", " ", "[]", "\"x\"", "{", "{\"a\":}", "no", "{} {}"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        jc_fact fact;
        assert_int_equal(jc_hook_map(*state, NULL, jc_str_of(texts[i]), NULL, &fact, NULL),
                         JC_EINVAL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MAP_CLAIM(each_hook_has_its_type),
        MAP_CLAIM(the_data_is_the_payload_member_for_member),
        MAP_CLAIM(of_a_head_what_is_whole_is_kept_and_its_text),
        MAP_CLAIM(a_head_without_a_whole_member_is_kept),
        MAP_CLAIM(the_head_of_what_is_no_object_is_refused),
        MAP_CLAIM(a_turn_is_known_by_its_prompt),
        MAP_CLAIM(without_what_makes_its_key_a_fact_is_a_moment),
        MAP_CLAIM(a_batch_is_known_by_its_calls),
        MAP_CLAIM(a_piece_of_text_is_known_by_its_message_and_index),
        MAP_CLAIM(the_end_of_a_call_is_caused_by_its_start),
        MAP_CLAIM(a_call_is_caused_by_the_subagent_or_the_turn),
        MAP_CLAIM(a_subagent_is_caused_by_the_turn_and_ends_by_its_start),
        MAP_CLAIM(the_agent_is_the_subagent_else_the_one_given_else_main),
        MAP_CLAIM(an_agents_name_that_is_no_good_is_mended),
        MAP_CLAIM(the_workflow_is_the_one_given_else_the_session),
        MAP_CLAIM(others_name_a_sessions_workflow_as_hooks_do),
        MAP_CLAIM(a_session_that_cannot_name_a_workflow_is_mended),
        MAP_CLAIM(a_prompt_says_whether_a_person_wrote_it),
        MAP_CLAIM(the_end_of_a_call_says_whether_it_succeeded),
        MAP_CLAIM(what_the_payload_says_itself_is_not_added),
        MAP_CLAIM(a_work_tree_has_one_name_from_beginning_to_end),
        MAP_CLAIM(codex_is_known_by_its_turn),
        MAP_CLAIM(a_time_is_carried_only_when_one_is_given),
        MAP_CLAIM(an_id_that_is_no_good_belongs_to_nothing),
        MAP_CLAIM(what_is_no_object_is_refused),
    };
    return cmocka_run_group_tests_name("hook", tests, NULL, NULL);
}
