/* The API's list of workflows, and what it keeps between requests. */
#include "api_client.h"

#include "base/clock.h"
#include "contract/events.h"

static int64_t seconds_ago(int64_t seconds)
{
    return (jc_clock_now_us() - API_START_US) / 1000000 - seconds;
}

static void there_may_be_none(void **state)
{
    api_client *in = *state;
    api_get(in, "/api/workflows");
    assert_answer(in, 200);
    assert_at(in, "/workflows", "[]");
    assert_at(in, "/position", "0");
    assert_at(in, "/epoch", "1");
}

static void the_one_heard_of_last_stands_first(void **state)
{
    api_client *in = *state;
    api_tell(in, 0, "b", NULL, "workflow.started", "{\"description\":\"second\"}");
    api_tell(in, 1, "a", NULL, "workflow.started", "{\"name\":\"first\"}");
    api_tell(in, 2, "c", NULL, "step.done", "{}");
    api_tell(in, 3, "b", NULL, "step.done", "{}");
    api_get(in, "/api/workflows");
    assert_int_equal(api_count(in, "/workflows"), 3);
    assert_at(in, "/workflows/0/workflow_id", "\"b\"");
    assert_at(in, "/workflows/0/name", "\"second\"");
    assert_at(in, "/workflows/0/events", "2");
    assert_at(in, "/workflows/0/last_position", "4");
    assert_at(in, "/workflows/1/workflow_id", "\"c\"");
    assert_at(in, "/workflows/1/name", "");
    assert_at(in, "/workflows/1/status", "");
    assert_at(in, "/workflows/2/name", "\"first\"");
    assert_at(in, "/position", "4");
}

static void a_row_says_where_the_workflow_stands(void **state)
{
    api_client *in = *state;
    api_tell(in, 0, "wf", NULL, "workflow.started", "{\"description\":\"sign in\"}");
    api_tell(in, 1, "wf", NULL, "workflow.phase_changed", "{\"to_phase\":\"building\"}");
    api_tell(in, 2, "wf", "coder", "feature.started", "{\"name\":\"a\"}");
    api_tell(in, 3, "wf", "coder", "feature.completed", "{\"name\":\"a\",\"cost_usd\":0.5}");
    api_tell(in, 4, "wf", "lead", "feature.failed", "{\"name\":\"b\",\"error\":\"no\"}");
    api_get(in, "/api/workflows");
    assert_at(in, "/workflows/0/status", "\"running\"");
    assert_at(in, "/workflows/0/phase", "\"building\"");
    assert_at(in, "/workflows/0/features", "[\"completed\",\"failed\"]");
    assert_at(in, "/workflows/0/features_completed", "1");
    assert_at(in, "/workflows/0/features_total", "2");
    assert_at(in, "/workflows/0/cost_usd", "0.5");
    assert_at(in, "/workflows/0/agents", "2");
    assert_at(in, "/workflows/0/agents_active", "[\"coder\",\"lead\"]");
    assert_at(in, "/workflows/0/attention", "{\"count\":1,\"severity\":\"bad\"}");
}

static void nobody_is_at_work_in_one_that_is_over(void **state)
{
    api_client *in = *state;
    api_tell(in, 0, "wf", "coder", "feature.started", "{\"name\":\"a\"}");
    api_tell(in, 1, "wf", "coder", "workflow.completed", "{}");
    api_get(in, "/api/workflows");
    assert_at(in, "/workflows/0/status", "\"completed\"");
    assert_at(in, "/workflows/0/agents", "1");
    assert_at(in, "/workflows/0/agents_active", "[]");
    assert_at(in, "/workflows/0/attention", "{\"count\":0}");
}

static void only_what_moved_is_read_again(void **state)
{
    api_client *in = *state;
    api_tell(in, 0, "a", NULL, "workflow.started", "{}");
    api_tell(in, 1, "b", NULL, "workflow.started", "{}");
    api_get(in, "/api/workflows");
    assert_at(in, "/workflows/0/workflow_id", "\"b\"");
    api_tell(in, 2, "a", NULL, "workflow.paused", "{\"reason\":\"r\"}");
    api_tell(in, 3, "0", NULL, "workflow.started", "{}");
    api_get(in, "/api/workflows");
    assert_at(in, "/workflows/0/workflow_id", "\"0\"");
    assert_at(in, "/workflows/1/status", "\"paused\"");
    assert_at(in, "/workflows/1/attention", "{\"count\":1,\"severity\":\"warn\"}");
    assert_at(in, "/workflows/2/status", "\"running\"");
}

/* Time alone makes a message unread: nothing moves, and the row stays as it was made. */
static void attention_comes_due_in_what_is_kept(void **state)
{
    api_client *in = *state;
    static const char message[] =
        "{\"from_agent\":\"lead\",\"to_agent\":\"coder\",\"content\":\"hi\"}";
    api_tell(in, seconds_ago(61), "old", "lead", "agent.message.sent", message);
    api_tell(in, seconds_ago(50), "new", "lead", "agent.message.sent", message);
    for (int i = 0; i < 2; i++) {
        api_get(in, "/api/workflows");
        assert_at(in, "/workflows/0/attention", "{\"count\":0}");
        assert_at(in, "/workflows/1/attention", "{\"count\":1,\"severity\":\"warn\"}");
    }
}

static void a_recorded_session_is_named_by_its_first_prompt(void **state)
{
    api_client *in = *state;
    api_tell(in, 0, "s1", "main", "session.started", "{\"session_id\":\"s1\"}");
    api_tell(in, 1, "s1", "main", "turn.started",
             "{\"session_id\":\"s1\",\"prompt\":\"<tick>\",\"human\":false}");
    api_get(in, "/api/workflows");
    assert_at(in, "/workflows/0/name", "");
    assert_at(in, "/workflows/0/status", "\"running\"");
    api_tell(in, 2, "s1", "main", "turn.started",
             "{\"session_id\":\"s1\",\"prompt\":\"  make\\n\\n it \\t fast \"}");
    api_tell(in, 3, "s1", "main", "turn.started",
             "{\"session_id\":\"s1\",\"prompt\":\"and small\"}");
    api_get(in, "/api/workflows");
    assert_at(in, "/workflows/0/name", "\"make it fast\"");
    api_tell(in, 4, "s1", "main", "session.ended", "{\"session_id\":\"s1\"}");
    api_get(in, "/api/workflows");
    assert_at(in, "/workflows/0/name", "\"make it fast\"");
    assert_at(in, "/workflows/0/status", "\"completed\"");
}

static void a_long_prompt_is_cut_between_characters(void **state)
{
    api_client *in = *state;
    char data[1024] = "{\"session_id\":\"s\",\"prompt\":\"";
    char wanted[1024] = "\"";
    for (int i = 0; i < 250; i++)
        (void)strcat(data, "\xc3\xa4");
    (void)strcat(data, "\"}");
    for (int i = 0; i < 200; i++)
        (void)strcat(wanted, "\xc3\xa4");
    (void)strcat(wanted, "…\"");
    api_tell(in, 0, "s", "main", "turn.started", data);
    api_get(in, "/api/workflows");
    assert_at(in, "/workflows/0/name", wanted);
}

static void spaces_of_a_long_prompt_are_counted(void **state)
{
    api_client *in = *state;
    char data[1024] = "{\"session_id\":\"s\",\"prompt\":\"";
    char wanted[1024] = "\"";
    for (int i = 0; i < 150; i++)
        (void)strcat(data, "a \\n");
    (void)strcat(data, "\"}");
    for (int i = 0; i < 100; i++)
        (void)strcat(wanted, i < 99 ? "a " : "a…\"");
    api_tell(in, 0, "s", "main", "turn.started", data);
    api_get(in, "/api/workflows");
    assert_at(in, "/workflows/0/name", wanted);
}

static void many_features_are_told_in_short(void **state)
{
    api_client *in = *state;
    for (int i = 0; i < 70; i++) {
        char data[64];
        (void)snprintf(data, sizeof data, "{\"name\":\"f%d\"}", i);
        api_tell(in, i, "wf", NULL, "feature.planned", data);
    }
    api_get(in, "/api/workflows");
    assert_int_equal(api_count(in, "/workflows/0/features"), 60);
    assert_at(in, "/workflows/0/features_total", "70");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        API_CLAIM(there_may_be_none),
        API_CLAIM(the_one_heard_of_last_stands_first),
        API_CLAIM(a_row_says_where_the_workflow_stands),
        API_CLAIM(nobody_is_at_work_in_one_that_is_over),
        API_CLAIM(only_what_moved_is_read_again),
        API_CLAIM(attention_comes_due_in_what_is_kept),
        API_CLAIM(a_recorded_session_is_named_by_its_first_prompt),
        API_CLAIM(a_long_prompt_is_cut_between_characters),
        API_CLAIM(spaces_of_a_long_prompt_are_counted),
        API_CLAIM(many_features_are_told_in_short),
    };
    return cmocka_run_group_tests_name("api_workflows", tests, NULL, NULL);
}
