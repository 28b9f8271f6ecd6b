/* Who did what: the projection `agents`, on what hooks and transcripts tell. */
#include "told.h"

#define USAGE(in, out) "\"usage\":{\"input_tokens\":" #in ",\"output_tokens\":" #out "}"

static void tool_calls_are_counted_by_agent_and_session(void **state)
{
    told *in = *state;
    tell(in, 0, "coder", "agent.tool.started",
         "{\"session_id\":\"s\",\"tool_name\":\"Bash\",\"tool_use_id\":\"u1\"}");
    tell(in, 5, "coder", "agent.tool.completed",
         "{\"session_id\":\"s\",\"tool_name\":\"Bash\",\"tool_use_id\":\"u1\",\"duration_ms\":1}");
    tell(in, 6, "coder", "agent.tool.started",
         "{\"session_id\":\"s\",\"tool_name\":\"Bash\",\"tool_use_id\":\"u2\"}");
    tell(in, 8, "coder", "agent.tool.failed",
         "{\"session_id\":\"s\",\"tool_name\":\"Bash\",\"tool_use_id\":\"u2\"}");
    const char *tools = "\"tools\":[{\"name\":\"Bash\",\"calls\":2,\"completed\":1,\"failed\":1,"
                        "\"duration_ms\":7000}]";
    jc_state *read = told_state(in, "agents");
    const char *first = strstr(jc_state_json(read, NULL), tools);
    assert_non_null(first);
    assert_non_null(strstr(first + 1, tools));
    jc_state_free(read);
    assert_told_lacks(in, "agents", "open_calls");
}

static void a_turn_that_the_machine_asked_for_is_counted_apart(void **state)
{
    told *in = *state;
    tell(in, 0, "main", "turn.started", "{\"session_id\":\"s\",\"human\":true}");
    tell(in, 1, "main", "turn.started", "{\"session_id\":\"s\"}");
    tell(in, 2, "main", "turn.started", "{\"session_id\":\"s\",\"human\":false}");
    assert_told_holds(in, "agents", "\"turns\":2,\"machine_turns\":1");
}

static void a_failed_turn_is_an_error_and_leaves_the_agent_idle(void **state)
{
    told *in = *state;
    tell(in, 0, "main", "turn.started", "{\"session_id\":\"s\"}");
    tell(in, 1, "main", "turn.failed", "{\"session_id\":\"s\",\"error\":\"rate_limit\"}");
    assert_told_holds(in, "agents", "\"errors\":1");
    assert_told_holds(in, "agents", "\"status\":\"idle\"");
}

static void start_call(told *in, int64_t at, const char *agent, const char *call)
{
    char data[200];
    (void)snprintf(data, sizeof data,
                   "{\"session_id\":\"s\",\"tool_name\":\"Agent\",\"tool_use_id\":\"%s\"}", call);
    tell(in, at, agent, "agent.tool.started", data);
}

static void end_call(told *in, int64_t at, const char *agent, const char *call,
                     const char *launched)
{
    char data[200];
    (void)snprintf(data, sizeof data,
                   "{\"session_id\":\"s\",\"tool_name\":\"Agent\",\"tool_use_id\":\"%s\","
                   "\"tool_response\":{\"agentId\":\"%s\"}}",
                   call, launched);
    tell(in, at, agent, "agent.tool.completed", data);
}

static void start_sub(told *in, int64_t at, const char *agent)
{
    char data[200];
    (void)snprintf(data, sizeof data,
                   "{\"session_id\":\"s\",\"agent_id\":\"%s\",\"agent_type\":\"Explore\"}", agent);
    tell(in, at, agent, "subagent.started", data);
}

static void the_call_that_started_an_agent_makes_its_caller_the_parent(void **state)
{
    told *in = *state;
    tell(in, 0, "main", "session.started", "{\"session_id\":\"s\"}");
    start_call(in, 1, "main", "u1");
    start_sub(in, 2, "one");
    end_call(in, 2, "main", "u1", "one");
    start_call(in, 3, "one", "u2");
    start_sub(in, 4, "two");
    assert_told_holds(
        in, "agents",
        "{\"agent_id\":\"two\",\"agent_type\":\"Explore\",\"parent_agent_id\":\"main\"");
    end_call(in, 5, "one", "u2", "two");
    assert_told_holds(
        in, "agents",
        "{\"agent_id\":\"one\",\"agent_type\":\"Explore\",\"parent_agent_id\":\"main\"");
    assert_told_holds(
        in, "agents",
        "{\"agent_id\":\"two\",\"agent_type\":\"Explore\",\"parent_agent_id\":\"one\"");
    assert_told_holds(in, "agents",
                      "\"events\":3,\"subagents\":1,\"tools\":[{\"name\":\"Agent\",\"calls\":1,"
                      "\"completed\":1,\"duration_ms\":1000}]");
}

static void a_call_that_came_back_before_its_agent_began_tells_the_parent_too(void **state)
{
    told *in = *state;
    tell(in, 0, "main", "session.started", "{\"session_id\":\"s\"}");
    start_sub(in, 1, "one");
    start_call(in, 2, "one", "u1");
    end_call(in, 3, "one", "u1", "two");
    start_sub(in, 4, "two");
    assert_told_holds(
        in, "agents",
        "\"agent_id\":\"two\",\"agent_type\":\"Explore\",\"parent_agent_id\":\"one\"");
}

static void no_agent_becomes_its_own_ancestor(void **state)
{
    told *in = *state;
    tell(in, 0, "main", "session.started", "{\"session_id\":\"s\"}");
    start_call(in, 1, "main", "u1");
    start_sub(in, 2, "one");
    end_call(in, 3, "main", "u1", "one");
    start_call(in, 4, "one", "u2");
    end_call(in, 5, "one", "u2", "main");
    assert_told_lacks(in, "agents", "{\"agent_id\":\"main\",\"parent_agent_id\"");
}

static void a_call_that_has_not_ended_is_open(void **state)
{
    told *in = *state;
    tell(in, 0, "coder", "agent.tool.started",
         "{\"session_id\":\"s\",\"tool_name\":\"Bash\",\"tool_use_id\":\"u1\"}");
    tell(in, 0, "coder", "agent.tool.started",
         "{\"session_id\":\"s\",\"tool_name\":\"Bash\",\"tool_use_id\":\"u1\"}");
    tell(in, 1, "tester", "agent.tool.started", "{\"tool\":\"Read\",\"tool_use_id\":\"u2\"}");
    assert_told_holds(
        in, "agents",
        "\"open_calls\":[{\"tool_use_id\":\"u1\",\"tool_name\":\"Bash\","
        "\"agent_id\":\"coder\",\"started_at\":\"" TOLD_TIME("00", "00") "\",\"sequence\":1}]");
    assert_told_holds(in, "agents", "\"tools\":[{\"name\":\"Bash\",\"calls\":1}]");
    assert_told_holds(in, "agents", "\"open_calls\":1,\"session_id\":\"s\"");
    assert_told_holds(in, "agents", "],\"open_calls\":[{\"tool_use_id\":\"u2\"");
}

static void the_end_of_a_session_abandons_its_calls(void **state)
{
    told *in = *state;
    tell(in, 0, "coder", "agent.tool.started",
         "{\"session_id\":\"s\",\"tool_name\":\"Bash\",\"tool_use_id\":\"u1\"}");
    tell(in, 0, "coder", "agent.tool.started",
         "{\"session_id\":\"t\",\"tool_name\":\"Bash\",\"tool_use_id\":\"u2\"}");
    tell(in, 9, "coder", "session.ended", "{\"session_id\":\"s\"}");
    assert_told_holds(in, "agents", "{\"name\":\"Bash\",\"calls\":2,\"abandoned\":1}");
    assert_told_lacks(in, "agents", "u1");
    assert_told_holds(in, "agents", "u2");
}

static void a_denied_call_is_neither_open_nor_failed(void **state)
{
    told *in = *state;
    tell(in, 0, "coder", "agent.tool.started",
         "{\"session_id\":\"s\",\"tool_name\":\"Bash\",\"tool_use_id\":\"u1\"}");
    tell(in, 1, "coder", "permission.requested", "{\"session_id\":\"s\",\"tool_name\":\"Bash\"}");
    assert_told_holds(in, "agents", "\"agent_id\":\"coder\",\"status\":\"waiting\"");
    tell(in, 2, "coder", "permission.denied",
         "{\"session_id\":\"s\",\"tool_name\":\"Bash\",\"tool_use_id\":\"u1\"}");
    assert_told_holds(in, "agents", "\"agent_id\":\"coder\",\"status\":\"active\"");
    assert_told_holds(in, "agents", "\"calls\":1,\"denied\":1,\"duration_ms\":2000}");
    assert_told_holds(in, "agents", "\"permissions_requested\":1,\"permissions_denied\":1");
    assert_told_lacks(in, "agents", "open_calls");
}

static void who_waits_says_for_what_and_since_when(void **state)
{
    told *in = *state;
    tell(in, 0, "coder", "session.started", "{\"session_id\":\"s\"}");
    tell(in, 1, "coder", "agent.notified",
         "{\"session_id\":\"s\",\"notification_type\":\"permission_prompt\"}");
    assert_told_holds(in, "agents",
                      "\"waiting_since\":\"" TOLD_TIME("00", "01") "\",\"waiting_sequence\":2,");
    tell(in, 2, "coder", "permission.requested", "{\"session_id\":\"s\",\"tool_name\":\"Bash\"}");
    tell(in, 3, "coder", "permission.requested", "{\"session_id\":\"s\",\"tool_name\":\"Edit\"}");
    assert_told_holds(in, "agents",
                      "\"waiting_for\":\"Bash\",\"waiting_since\":\"" TOLD_TIME(
                          "00", "01") "\",\"waiting_sequence\":2,");
}

static void who_waits_says_what_the_user_was_told_first(void **state)
{
    told *in = *state;
    tell(in, 0, "coder", "agent.notified",
         "{\"notification_type\":\"agent_needs_input\",\"message\":\"Which branch?\"}");
    tell(in, 1, "coder", "agent.notified",
         "{\"notification_type\":\"agent_needs_input\",\"message\":\"Still here?\"}");
    assert_told_holds(in, "agents",
                      "\"status\":\"waiting\",\"waiting_message\":\"Which branch?\","
                      "\"waiting_since\":\"" TOLD_TIME("00", "00") "\"");
    tell(in, 2, "coder", "turn.started", "{}");
    tell(in, 3, "coder", "permission.requested", "{\"tool_name\":\"Bash\"}");
    assert_told_lacks(in, "agents", "waiting_message");
}

static void a_wait_that_is_over_is_told_no_more(void **state)
{
    told *in = *state;
    tell(in, 0, "coder", "permission.requested", "{\"tool_name\":\"Bash\"}");
    tell(in, 1, "coder", "agent.tool.completed", "{\"tool_name\":\"Bash\"}");
    assert_told_lacks(in, "agents", "waiting");
    tell(in, 2, "coder", "permission.requested", "{\"tool_name\":\"Edit\"}");
    assert_told_holds(in, "agents",
                      "\"waiting_for\":\"Edit\",\"waiting_since\":\"" TOLD_TIME(
                          "00", "02") "\",\"waiting_sequence\":3");
}

static void a_call_that_nobody_started_counts_and_lasts_as_long_as_is_told(void **state)
{
    told *in = *state;
    tell(in, 10, "coder", "agent.tool_use", "{\"tool\":\"edit_file\",\"duration_ms\":1500}");
    tell(in, 11, "coder", "agent.tool_use", "{\"tool\":\"edit_file\",\"success\":false}");
    tell(in, 12, "coder", "agent.tool.completed", "{\"name\":\"edit_file\"}");
    assert_told_holds(in, "agents",
                      "{\"name\":\"edit_file\",\"calls\":3,\"completed\":2,\"failed\":1,"
                      "\"duration_ms\":1500}");
}

static void calls_without_an_id_are_told_apart_by_agent_and_tool(void **state)
{
    told *in = *state;
    tell(in, 0, "coder", "agent.tool.started", "{\"tool\":\"grep\"}");
    tell(in, 1, "tester", "agent.tool.started", "{\"tool\":\"grep\"}");
    tell(in, 4, "coder", "agent.tool.completed", "{\"tool\":\"grep\"}");
    assert_told_holds(in, "agents",
                      "{\"name\":\"grep\",\"calls\":1,\"completed\":1,\"duration_ms\":4000}");
    assert_told_holds(in, "agents", "\"tool_use_id\":\"tester/grep\"");
}

/* Three blocks of one answer, each with the usage of the whole; the last is right. */
static void the_usage_of_a_message_counts_once_and_the_last_wins(void **state)
{
    told *in = *state;
    tell(in, 0, "coder", "agent.response.received",
         "{\"session_id\":\"s\",\"message_id\":\"m1\",\"model\":\"opus\",\"cost_usd\":0.1," USAGE(
             100, 1) "}");
    tell(in, 0, "coder", "agent.response.received",
         "{\"session_id\":\"s\",\"message_id\":\"m1\",\"cost_usd\":0.1," USAGE(100, 1) "}");
    tell(in, 1, "sub1", "agent.response.received",
         "{\"session_id\":\"s\",\"message_id\":\"m2\",\"cost_usd\":0.2," USAGE(10, 5) "}");
    tell(in, 2, "coder", "agent.response.received",
         "{\"session_id\":\"s\",\"message_id\":\"m1\",\"cost_usd\":0.3," USAGE(100, 40) "}");
    assert_told_holds(in, "agents",
                      "\"events\":3,\"responses\":1,\"tokens\":{\"input\":100,\"output\":40},"
                      "\"cost_usd\":0.3");
    assert_told_holds(in, "agents",
                      "\"events\":4,\"responses\":2,\"tokens\":{\"input\":110,\"output\":45},"
                      "\"cost_usd\":0.5");
    assert_told_holds(in, "agents", "\"model\":\"opus\"");
}

static void the_same_message_id_in_another_session_is_another_message(void **state)
{
    told *in = *state;
    tell(in, 0, "coder", "agent.response.received",
         "{\"session_id\":\"s\",\"message_id\":\"m1\"," USAGE(1, 2) "}");
    tell(in, 0, "coder", "agent.response.received",
         "{\"session_id\":\"t\",\"message_id\":\"m1\"," USAGE(3, 4) "}");
    tell(in, 0, "coder", "agent.response.received", "{\"session_id\":\"t\"," USAGE(5, 6) "}");
    tell(in, 0, "coder", "agent.response.received", "{\"session_id\":\"t\"," USAGE(5, 6) "}");
    assert_told_holds(in, "agents", "\"responses\":4,\"tokens\":{\"input\":14,\"output\":18}");
}

static void all_four_kinds_of_tokens_are_summed_and_nonsense_is_none(void **state)
{
    told *in = *state;
    tell(in, 0, "coder", "agent.response.received",
         "{\"message_id\":\"m1\",\"usage\":{\"input_tokens\":1,\"output_tokens\":2,"
         "\"cache_read_input_tokens\":3,\"cache_creation_input_tokens\":4}}");
    tell(in, 0, "coder", "agent.response.received",
         "{\"message_id\":\"m2\",\"usage\":{\"input_tokens\":-1,\"output_tokens\":1e300,"
         "\"cache_read_input_tokens\":\"x\"},\"cost_usd\":1e300}");
    tell(in, 0, "coder", "agent.response.received", "{\"message_id\":\"m3\",\"usage\":[]}");
    assert_told_holds(in, "agents",
                      "\"responses\":3,\"tokens\":{\"input\":1,\"output\":2,\"cache_read\":3,"
                      "\"cache_creation\":4}");
    assert_told_lacks(in, "agents", "\"cost_usd\"");
}

/* Together they are more than two million, which a sum is never. */
static void what_names_no_session_adds_to_no_sum_of_costs(void **state)
{
    told *in = *state;
    tell(in, 0, "coder", "agent.response.received", "{\"message_id\":\"m1\",\"cost_usd\":1999999}");
    tell(in, 1, "lead", "agent.response.received", "{\"message_id\":\"m2\",\"cost_usd\":3}");
    assert_told_holds(in, "agents", "\"cost_usd\":1999999");
    assert_told_holds(in, "agents", "\"cost_usd\":3");
    assert_told_lacks(in, "agents", "session_cost_usd");
}

static void a_session_knows_only_its_last_messages_again(void **state)
{
    told *in = *state;
    char data[200];
    for (int i = 0; i < 200; i++) {
        (void)snprintf(data, sizeof data,
                       "{\"session_id\":\"s\",\"message_id\":\"m%d\"," USAGE(1, 1) "}", i);
        tell(in, i, "coder", "agent.response.received", data);
    }
    assert_told_holds(in, "agents", "\"message_id\":\"m199\"");
    assert_told_holds(in, "agents", "\"message_id\":\"m168\"");
    assert_told_lacks(in, "agents", "\"message_id\":\"m167\"");
    tell(in, 201, "coder", "session.ended", "{\"session_id\":\"s\"}");
    assert_told_lacks(in, "agents", "message_id");
    assert_told_holds(in, "agents", "\"input\":200");
}

static void a_subagent_has_its_parent(void **state)
{
    told *in = *state;
    tell(in, 0, "lead", "session.started", "{\"session_id\":\"s\",\"model\":\"opus\"}");
    tell(in, 1, "lead", "subagent.started",
         "{\"session_id\":\"s\",\"agent_id\":\"sub1\",\"agent_type\":\"Explore\"}");
    tell(in, 2, NULL, "subagent.started",
         "{\"session_id\":\"s\",\"agent_id\":\"sub2\",\"agent_type\":\"Plan\"}");
    tell(in, 3, NULL, "subagent.started",
         "{\"session_id\":\"s\",\"agent_id\":\"sub3\",\"parent_agent_id\":\"sub1\"}");
    tell(in, 4, NULL, "subagent.completed", "{\"session_id\":\"s\",\"agent_id\":\"sub1\"}");
    assert_told_holds(in, "agents",
                      "{\"agent_id\":\"sub1\",\"agent_type\":\"Explore\","
                      "\"parent_agent_id\":\"lead\",\"status\":\"ended\"");
    assert_told_holds(in, "agents",
                      "{\"agent_id\":\"sub2\",\"agent_type\":\"Plan\",\"parent_agent_id\":\"lead\","
                      "\"status\":\"active\"");
    assert_told_holds(in, "agents", "{\"agent_id\":\"sub3\",\"parent_agent_id\":\"sub1\"");
    assert_told_holds(in, "agents", "\"agent_id\":\"lead\",\"model\":\"opus\"");
    assert_told_lacks(in, "agents", "\"agent_id\":\"lead\",\"agent_type\"");
}

static void what_comes_in_late_does_not_revive(void **state)
{
    told *in = *state;
    tell(in, 0, "coder", "turn.started", "{\"session_id\":\"s\"}");
    assert_told_holds(in, "agents", "\"status\":\"active\"");
    tell(in, 1, "coder", "turn.completed", "{\"session_id\":\"s\"}");
    assert_told_holds(in, "agents", "\"status\":\"idle\"");
    tell(in, 2, "coder", "session.ended", "{\"session_id\":\"s\"}");
    tell(in, 2, "coder", "agent.tool.completed", "{\"session_id\":\"s\",\"tool_name\":\"Bash\"}");
    assert_told_lacks(in, "agents", "\"status\":\"active\"");
    tell(in, 3, "coder", "agent.tool.started", "{\"session_id\":\"t\",\"tool_name\":\"Bash\"}");
    assert_told_holds(in, "agents", "\"agent_id\":\"coder\",\"status\":\"active\"");
    assert_told_holds(in, "agents",
                      "\"session_id\":\"s\",\"agent_id\":\"coder\",\"status\":\"ended\"");
    assert_told_holds(in, "agents", "\"sessions\":[\"s\",\"t\"]");
}

static void a_call_whose_start_comes_in_behind_its_end_is_one(void **state)
{
    told *in = *state;
    tell(in, 0, "coder", "turn.started", "{\"session_id\":\"s\"}");
    end_call(in, 1, "coder", "u1", "one");
    assert_told_holds(in, "agents", "\"unstarted\":[{\"key\":\"u1\"");
    tell(in, 2, "coder", "turn.completed", "{\"session_id\":\"s\"}");
    start_call(in, 2, "coder", "u1");
    assert_told_holds(in, "agents", "\"tools\":[{\"name\":\"Agent\",\"calls\":1,\"completed\":1}]");
    assert_told_lacks(in, "agents", "open_calls");
    assert_told_lacks(in, "agents", "unstarted");
    assert_told_lacks(in, "agents", "\"status\":\"active\"");
}

static void a_session_knows_only_its_last_ends_without_a_start(void **state)
{
    told *in = *state;
    char call[20];
    for (int i = 0; i < 40; i++) {
        (void)snprintf(call, sizeof call, "u%d", i);
        end_call(in, i, "coder", call, "one");
    }
    assert_told_holds(in, "agents", "\"unstarted\":[{\"key\":\"u8\"");
    assert_told_holds(in, "agents", "{\"key\":\"u39\"");
    assert_told_lacks(in, "agents", "{\"key\":\"u7\"");
}

static void end_sub(told *in, int64_t at, const char *agent)
{
    char data[200];
    (void)snprintf(data, sizeof data, "{\"session_id\":\"s\",\"agent_id\":\"%s\"}", agent);
    tell(in, at, agent, "subagent.completed", data);
}

static void a_subagent_whose_start_comes_in_behind_its_end_has_ended(void **state)
{
    told *in = *state;
    end_sub(in, 1, "one");
    start_sub(in, 2, "one");
    assert_told_holds(in, "agents", "\"agent_type\":\"Explore\",\"status\":\"ended\"");
}

static void a_subagent_that_starts_again_is_active_again(void **state)
{
    told *in = *state;
    end_sub(in, 1, "one");
    start_sub(in, 10, "one");
    assert_told_holds(in, "agents", "\"status\":\"active\"");
    end_sub(in, 11, "one");
    start_sub(in, 12, "one");
    assert_told_holds(in, "agents", "\"agent_type\":\"Explore\",\"status\":\"active\"");
}

static void a_turn_whose_start_comes_in_behind_its_end_is_over(void **state)
{
    told *in = *state;
    tell(in, 1, "main", "turn.completed", "{\"session_id\":\"s\",\"prompt_id\":\"p\"}");
    tell(in, 2, "main", "turn.started", "{\"session_id\":\"s\",\"prompt_id\":\"p\"}");
    assert_told_holds(in, "agents", "\"turns\":1");
    assert_told_lacks(in, "agents", "\"status\":\"active\"");
    tell(in, 3, "main", "turn.started", "{\"session_id\":\"s\",\"prompt_id\":\"q\"}");
    assert_told_holds(in, "agents", "\"agent_id\":\"main\",\"status\":\"active\"");
}

static void what_was_earlier_than_an_end_does_not_revive(void **state)
{
    told *in = *state;
    tell(in, 20, "main", "turn.started", "{\"session_id\":\"s\",\"prompt_id\":\"p\"}");
    tell(in, 30, "main", "session.ended", "{\"session_id\":\"s\"}");
    tell(in, 10, "main", "turn.started", "{\"session_id\":\"s\",\"prompt_id\":\"o\"}");
    tell(in, 5, "main", "session.started", "{\"session_id\":\"s\"}");
    assert_told_lacks(in, "agents", "\"status\":\"active\"");
    assert_told_holds(in, "agents", "\"ended_at\":\"" TOLD_TIME("00", "30") "\"");
    assert_told_holds(in, "agents", "\"started_at\":\"" TOLD_TIME("00", "05") "\"");
}

static void what_was_earlier_than_a_start_does_not_end(void **state)
{
    told *in = *state;
    tell(in, 20, "main", "session.started", "{\"session_id\":\"s\",\"source\":\"resume\"}");
    start_call(in, 21, "main", "u1");
    tell(in, 10, "main", "session.ended", "{\"session_id\":\"s\"}");
    tell(in, 9, "main", "turn.completed", "{\"session_id\":\"s\"}");
    assert_told_holds(in, "agents", "\"agent_id\":\"main\",\"status\":\"active\"");
    assert_told_holds(in, "agents", "open_calls");
    assert_told_lacks(in, "agents", "ended_at");
}

static void the_last_words_of_a_turn_do_not_begin_another(void **state)
{
    told *in = *state;
    tell(in, 0, "main", "turn.completed", "{\"session_id\":\"s\"}");
    tell(in, 1, "main", "agent.response.displayed", "{\"session_id\":\"s\",\"delta\":\"x\"}");
    assert_told_holds(in, "agents", "\"agent_id\":\"main\",\"status\":\"idle\"");
}

static void what_was_seen_first_and_last_is_so_by_time(void **state)
{
    told *in = *state;
    tell(in, 20, "coder", "agent.tool_use", "{\"session_id\":\"s\",\"tool\":\"t\"}");
    tell(in, 30, "coder", "agent.tool_use", "{\"session_id\":\"s\",\"tool\":\"t\"}");
    tell(in, 10, "coder", "agent.tool_use", "{\"session_id\":\"s\",\"tool\":\"t\"}");
    const char *seen =
        "\"first_seen\":\"" TOLD_TIME("00",
                                      "10") "\",\"last_seen\":\"" TOLD_TIME("00",
                                                                            "30") "\",\"events\":3";
    jc_state *read = told_state(in, "agents");
    const char *first = strstr(jc_state_json(read, NULL), seen);
    assert_non_null(first);
    assert_non_null(strstr(first + 1, seen));
    jc_state_free(read);
}

static void an_event_without_agent_is_of_whose_session_it_is(void **state)
{
    told *in = *state;
    tell(in, 0, "lead", "session.started", "{\"session_id\":\"s\"}");
    tell(in, 1, NULL, "agent.tool.started", "{\"session_id\":\"s\",\"tool_name\":\"Bash\"}");
    tell(in, 2, NULL, "agent.tool.started", "{\"session_id\":\"t\",\"tool_name\":\"Bash\"}");
    assert_told_holds(
        in, "agents",
        "\"agent_id\":\"lead\",\"status\":\"active\",\"status_since\":\"" TOLD_TIME(
            "00", "00") "\",\"first_seen\":\"" TOLD_TIME("00", "00") "\","
                                                                     "\"last_seen\":\"" TOLD_TIME(
                                                                         "00",
                                                                         "01") "\",\"events\":2,");
    assert_told_holds(in, "agents", "{\"session_id\":\"t\",\"status\":\"active\"");
}

static void notes_messages_errors_and_costs_are_counted(void **state)
{
    told *in = *state;
    tell(in, 0, "coder", "agent.note.learning", "{\"title\":\"t\",\"content\":\"c\"}");
    tell(in, 0, "coder", "agent.note.blocker", "{\"title\":\"t\",\"content\":\"c\"}");
    tell(in, 0, NULL, "agent.message.sent",
         "{\"from_agent\":\"coder\",\"to_agent\":\"user\",\"content\":\"c\"}");
    tell(in, 0, "coder", "agent.error", "{}");
    tell(in, 0, "coder", "feature.completed", "{\"name\":\"a\",\"cost_usd\":1.25}");
    tell(in, 0, "coder", "feature.started", "{\"name\":\"a\"}");
    tell(in, 0, NULL, "workflow.paused", "{}");
    assert_told_holds(in, "agents",
                      "\"events\":6,\"errors\":1,\"notes\":2,\"messages_sent\":1,"
                      "\"feature_cost_usd\":1.25}");
    assert_told_holds(in, "agents", "{\"agent_id\":\"user\",\"messages_received\":1}");
}

/* Finished calls leave nothing behind: a hundred thousand of them make the state no larger. */
static void finished_calls_are_not_kept(void **state)
{
    jc_error error;
    jc_state *agents = NULL;
    size_t sizes[2] = {0};
    char data[100];
    (void)state;
    assert_int_equal(jc_state_new(jc_projection_find("agents"), &agents, &error), JC_OK);
    for (uint64_t i = 1; i <= 200000; i++) {
        bool starts = i % 2 == 1;
        (void)snprintf(data, sizeof data,
                       "{\"session_id\":\"s\",\"tool\":\"t\",\"tool_use_id\":\"u%d\"}",
                       (int)((i + 1) / 2));
        jc_event event = {.workflow_id = JC_STR("wf"),
                          .sequence = i,
                          .event_type = starts ? JC_STR("agent.tool.started")
                                               : JC_STR("agent.tool.completed"),
                          .agent_id = JC_STR("coder"),
                          .data = jc_str_of(data)};
        assert_int_equal(jc_state_apply(agents, &event, &error), JC_OK);
        if (i == 1000 || i == 200000)
            sizes[i / 200000] = strlen(jc_state_json(agents, &error));
    }
    assert_true(sizes[1] < sizes[0] + 20);
    jc_state_free(agents);
}

static void what_is_no_saved_state_is_refused(void **state)
{
    static const char *const texts[] = {
        "{\"agents\":[{}]}",
        "{\"agents\":[7]}",
        "{\"agents\":[{\"agent_id\":\"a\",\"status\":\"odd\"}]}",
        "{\"agents\":[{\"agent_id\":\"a\",\"sessions\":[1]}]}",
        "{\"agents\":[{\"agent_id\":\"a\",\"tools\":[{\"calls\":1}]}]}",
        "{\"sessions\":[{\"status\":\"idle\"}]}",
        "{\"open_calls\":[{\"tool_use_id\":\"u\"}]}",
        "{\"unstarted\":[{\"key\":\"u\"}]}",
        ("{\"open_calls\":[{\"tool_use_id\":\"u\",\"tool_name\":\"t\"},"
         "{\"tool_use_id\":\"u\",\"tool_name\":\"t\"}]}"),
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_refused("agents", texts[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TOLD_CLAIM(tool_calls_are_counted_by_agent_and_session),
        TOLD_CLAIM(a_turn_that_the_machine_asked_for_is_counted_apart),
        TOLD_CLAIM(a_failed_turn_is_an_error_and_leaves_the_agent_idle),
        TOLD_CLAIM(the_call_that_started_an_agent_makes_its_caller_the_parent),
        TOLD_CLAIM(a_call_that_came_back_before_its_agent_began_tells_the_parent_too),
        TOLD_CLAIM(no_agent_becomes_its_own_ancestor),
        TOLD_CLAIM(a_call_that_has_not_ended_is_open),
        TOLD_CLAIM(the_end_of_a_session_abandons_its_calls),
        TOLD_CLAIM(a_denied_call_is_neither_open_nor_failed),
        TOLD_CLAIM(who_waits_says_for_what_and_since_when),
        TOLD_CLAIM(who_waits_says_what_the_user_was_told_first),
        TOLD_CLAIM(a_wait_that_is_over_is_told_no_more),
        TOLD_CLAIM(a_call_that_nobody_started_counts_and_lasts_as_long_as_is_told),
        TOLD_CLAIM(calls_without_an_id_are_told_apart_by_agent_and_tool),
        TOLD_CLAIM(the_usage_of_a_message_counts_once_and_the_last_wins),
        TOLD_CLAIM(the_same_message_id_in_another_session_is_another_message),
        TOLD_CLAIM(all_four_kinds_of_tokens_are_summed_and_nonsense_is_none),
        TOLD_CLAIM(what_names_no_session_adds_to_no_sum_of_costs),
        TOLD_CLAIM(a_session_knows_only_its_last_messages_again),
        TOLD_CLAIM(a_subagent_has_its_parent),
        TOLD_CLAIM(what_comes_in_late_does_not_revive),
        TOLD_CLAIM(a_call_whose_start_comes_in_behind_its_end_is_one),
        TOLD_CLAIM(a_session_knows_only_its_last_ends_without_a_start),
        TOLD_CLAIM(a_subagent_whose_start_comes_in_behind_its_end_has_ended),
        TOLD_CLAIM(a_subagent_that_starts_again_is_active_again),
        TOLD_CLAIM(a_turn_whose_start_comes_in_behind_its_end_is_over),
        TOLD_CLAIM(what_was_earlier_than_an_end_does_not_revive),
        TOLD_CLAIM(what_was_earlier_than_a_start_does_not_end),
        TOLD_CLAIM(the_last_words_of_a_turn_do_not_begin_another),
        TOLD_CLAIM(what_was_seen_first_and_last_is_so_by_time),
        TOLD_CLAIM(an_event_without_agent_is_of_whose_session_it_is),
        TOLD_CLAIM(notes_messages_errors_and_costs_are_counted),
        CLAIM(finished_calls_are_not_kept),
        CLAIM(what_is_no_saved_state_is_refused),
    };
    return cmocka_run_group_tests_name("agents", tests, NULL, NULL);
}
