/* Prompts: which are a person's. */
#include "unit.h"

#include "intake/prompt.h"

static bool is_human(const char *source, const char *text)
{
    return jc_prompt_is_human(jc_str_of(source), jc_str_of(text));
}

static void what_somebody_wrote_is_human(void **state)
{
    (void)state;
    assert_true(is_human(NULL, "make a file"));
    assert_true(is_human("user", "make a file"));
    assert_true(is_human("sdk", "make a file"));
    assert_true(is_human(NULL, ""));
    assert_true(is_human(NULL, NULL));
}

static void a_command_that_somebody_typed_is_human(void **state)
{
    (void)state;
    assert_true(is_human(NULL, "<command-name>/review</command-name>"));
    assert_true(is_human(NULL, "/review"));
}

static void a_source_that_is_nobody_makes_it_the_machines(void **state)
{
    static const char *const sources[] = {"system", "loop_wakeup", "schedule_wakeup", "poll_event",
                                          "some_later_one"};
    (void)state;
    for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++)
        assert_false(is_human(sources[i], "go on"));
}

static void the_envelopes_of_clients_are_the_machines(void **state)
{
    static const char *const texts[] = {
        "<task-notification>\n<task-id>a1</task-id>",
        "\n  <task-notification>x</task-notification>",
        "<system-reminder>x</system-reminder>",
        "<local-command-stdout></local-command-stdout>",
        "<teammate-message teammate_id=\"a\">x",
        "<environment_context>\n<cwd>/x</cwd>",
        "[Request interrupted by user for tool use]",
        "This session is being continued from a previous conversation that ran out of context. x",
        "Stop hook feedback:\n- do more",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (is_human(NULL, texts[i]))
            fail_msg("taken for a person's: %s", texts[i]);
    }
}

static void an_envelope_further_inside_is_what_somebody_writes_about(void **state)
{
    (void)state;
    assert_true(is_human(NULL, "what is <task-notification>?"));
    assert_true(is_human(NULL, "<task-notifications> are what?"));
    assert_true(is_human(NULL, "<task-notification"));
    assert_true(is_human(NULL, "<div>fix this</div>"));
    assert_true(is_human(NULL, "<"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(what_somebody_wrote_is_human),
        CLAIM(a_command_that_somebody_typed_is_human),
        CLAIM(a_source_that_is_nobody_makes_it_the_machines),
        CLAIM(the_envelopes_of_clients_are_the_machines),
        CLAIM(an_envelope_further_inside_is_what_somebody_writes_about),
    };
    return cmocka_run_group_tests_name("prompt", tests, NULL, NULL);
}
