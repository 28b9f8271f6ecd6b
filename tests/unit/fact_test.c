/* Facts: which tellings are the same, and that each is stored once, live or through the spool. */
#include "workshop.h"

#include "base/clock.h"
#include "intake/fact.h"
#include "intake/hook.h"
#include "intake/spool.h"

#include <dirent.h>
#include <sys/wait.h>

#define IN_TURN "\"session_id\":\"s1\",\"prompt_id\":\"p1\""
#define NOON_US INT64_C(1767960000000000)

/* Take in a payload, as of a time (0: now); is it told for the first time? */
static bool is_new_at(workshop *shop, const char *payload, int64_t time_us)
{
    jc_hook_options options = {.received_us = time_us};
    jc_hook_result result;
    jc_error error;
    if (jc_intake_hook(shop->store, NULL, jc_str_of(payload), &options, &result, &error) < 0)
        fail_msg("%s", error.text);
    return !result.already_stored;
}

static bool is_new(workshop *shop, const char *payload)
{
    return is_new_at(shop, payload, 0);
}

static void spool(workshop *shop, const char *payload, int64_t time_us)
{
    jc_hook_options options = {.received_us = time_us};
    jc_error error;
    if (jc_hook_spool(shop->dir, NULL, jc_str_of(payload), &options, &error) < 0)
        fail_msg("%s", error.text);
}

static size_t take_up(workshop *shop, size_t count_max)
{
    jc_spool_result result;
    jc_error error;
    if (jc_spool_take_up(shop->store, count_max, &result, &error) < 0)
        fail_msg("%s", error.text);
    return result.taken;
}

static uint64_t count_events(workshop *shop)
{
    jc_store_info info;
    assert_int_equal(jc_store_info_read(shop->store, &info, NULL), JC_OK);
    return info.position;
}

static void a_tool_call_is_one_whatever_is_told_of_it(void **state)
{
    assert_true(
        is_new(*state, "{" IN_TURN ",\"hook_event_name\":\"PreToolUse\",\"tool_use_id\":\"u\"}"));
    assert_false(is_new(*state,
                        "{" IN_TURN ",\"hook_event_name\":\"PreToolUse\",\"tool_use_id\":\"u\","
                        "\"more\":1}"));
    assert_true(
        is_new(*state, "{" IN_TURN ",\"hook_event_name\":\"PreToolUse\",\"tool_use_id\":\"v\"}"));
    assert_true(
        is_new(*state, "{" IN_TURN ",\"hook_event_name\":\"PostToolUse\",\"tool_use_id\":\"u\"}"));
}

static void a_turn_that_stops_with_other_words_stops_again(void **state)
{
    static const char *const first = "{" IN_TURN ",\"hook_event_name\":\"Stop\","
                                     "\"last_assistant_message\":\"a\"}";
    static const char *const second = "{" IN_TURN ",\"hook_event_name\":\"Stop\","
                                      "\"last_assistant_message\":\"b\"}";
    assert_true(is_new(*state, first));
    assert_true(is_new(*state, second));
    assert_false(is_new(*state, first));
    assert_false(is_new(*state, second));
}

static void a_turn_that_stopped_often_is_not_looked_through_past_the_deadline(void **state)
{
    workshop *shop = *state;
    jc_fact_result result;
    jc_fact fact = {.event = {.workflow_id = JC_STR("s1"),
                              .event_type = JC_STR("turn.completed"),
                              .agent_id = JC_STR("main"),
                              .data = JC_STR("{\"last_assistant_message\":\"a\"}")},
                    .rule = JC_FACT_ORDINAL,
                    .kind = JC_FACT_TURN_COMPLETED,
                    .session_id = JC_STR("s1"),
                    .key = JC_STR("p1")};
    assert_int_equal(jc_fact_append(shop->store, &fact, 0, &result, NULL), JC_OK);
    fact.event.data = JC_STR("{\"last_assistant_message\":\"b\"}");
    assert_int_equal(jc_fact_append(shop->store, &fact, 0, &result, NULL), JC_EBUSY);
    assert_int_equal(count_events(shop), 1);
}

static void the_same_key_in_another_session_is_another_fact(void **state)
{
    assert_true(
        is_new(*state,
               "{\"session_id\":\"a\",\"hook_event_name\":\"TaskCreated\",\"task_id\":\"1\"}"));
    assert_true(
        is_new(*state,
               "{\"session_id\":\"b\",\"hook_event_name\":\"TaskCreated\",\"task_id\":\"1\"}"));
}

static void an_equal_moment_is_the_same_for_two_seconds(void **state)
{
    static const char *const payload =
        "{\"session_id\":\"s\",\"hook_event_name\":\"Notification\"}";
    assert_true(is_new_at(*state, payload, NOON_US));
    assert_false(is_new_at(*state, payload, NOON_US + 2000000));
    assert_false(is_new_at(*state, payload, NOON_US - 2000000));
    assert_true(is_new_at(*state, payload, NOON_US + 2000001));
    assert_true(is_new_at(*state, payload, NOON_US + 60000000));
}

/* What comes out of the spool late stands, with its own time, among what is newer. */
static void an_equal_moment_is_found_behind_late_events(void **state)
{
    static const char *const payload =
        "{\"session_id\":\"s\",\"hook_event_name\":\"Notification\"}";
    assert_true(is_new_at(*state, payload, NOON_US));
    for (int i = 0; i < 20; i++) {
        char other[128];
        (void)snprintf(other, sizeof other, "{\"session_id\":\"s\",\"number\":%d}", i);
        assert_true(is_new_at(*state, other, NOON_US - 3600000000 + i));
    }
    assert_false(is_new_at(*state, payload, NOON_US + 1000000));
}

static void a_moment_that_says_something_else_is_another(void **state)
{
    assert_true(
        is_new(*state,
               "{\"session_id\":\"s\",\"hook_event_name\":\"Notification\",\"message\":\"a\"}"));
    assert_true(
        is_new(*state,
               "{\"session_id\":\"s\",\"hook_event_name\":\"Notification\",\"message\":\"b\"}"));
    assert_true(
        is_new(*state,
               "{\"session_id\":\"t\",\"hook_event_name\":\"Notification\",\"message\":\"b\"}"));
}

/* Both look, both find nothing, and only one may append. */
/* A fact of session s1 as a transcript tells it, at noon. */
static void tell_from_transcript(workshop *shop, const char *event_type, jc_fact_kind kind,
                                 const char *key)
{
    jc_fact_result result;
    jc_error error;
    jc_fact fact = {.event = {.workflow_id = JC_STR("s1"),
                              .event_type = jc_str_of(event_type),
                              .timestamp_us = NOON_US,
                              .has_timestamp = true,
                              .data = JC_STR("{\"session_id\":\"s1\",\"transcript_uuid\":\"l\"}")},
                    .rule = JC_FACT_ONE,
                    .kind = kind,
                    .session_id = JC_STR("s1"),
                    .key = jc_str_of(key)};
    if (jc_fact_append(shop->store, &fact, INT64_MAX, &result, &error) < 0)
        fail_msg("%s", error.text);
}

#define STARTS "{\"session_id\":\"s1\",\"hook_event_name\":\"SessionStart\",\"source\":\"startup\"}"
#define COMPACTS "{\"session_id\":\"s1\",\"hook_event_name\":\"PostCompact\",\"trigger\":\"auto\"}"

static void a_start_that_a_transcript_told_is_the_same_for_five_seconds(void **state)
{
    tell_from_transcript(*state, "session.started", JC_FACT_LINE, "l1");
    assert_false(is_new_at(*state, STARTS, NOON_US - 5000000));
    assert_false(is_new_at(*state, STARTS, NOON_US + 5000000));
    assert_true(is_new_at(*state, STARTS, NOON_US + 5000001));
}

static void a_start_of_another_session_is_another(void **state)
{
    tell_from_transcript(*state, "session.started", JC_FACT_LINE, "l1");
    jc_hook_options options = {.workflow_id = JC_STR("s1"), .received_us = NOON_US};
    jc_str payload = JC_STR("{\"session_id\":\"s2\",\"hook_event_name\":\"SessionStart\"}");
    jc_hook_result result;
    assert_int_equal(jc_intake_hook(((workshop *)*state)->store, NULL, payload, &options, &result,
                                    NULL),
                     JC_OK);
    assert_false(result.already_stored);
}

static void a_compaction_that_a_transcript_told_is_the_same_for_five_seconds(void **state)
{
    tell_from_transcript(*state, "context.compacted", JC_FACT_LINE, "l1");
    assert_false(is_new_at(*state, COMPACTS, NOON_US + 4000000));
    assert_true(is_new_at(*state, COMPACTS, NOON_US + 6000000));
}

static void a_spooled_start_meets_the_one_of_a_transcript(void **state)
{
    spool(*state, STARTS, NOON_US + 1000000);
    tell_from_transcript(*state, "session.started", JC_FACT_LINE, "l1");
    assert_int_equal(take_up(*state, 0), 1);
    assert_int_equal(count_events(*state), 1);
}

#define CALL_ENDS(hook) "{" IN_TURN ",\"hook_event_name\":\"" hook "\",\"tool_use_id\":\"u\"}"

static void a_call_that_ended_otherwise_in_a_transcript_ends_once(void **state)
{
    tell_from_transcript(*state, "agent.tool.failed", JC_FACT_TOOL_FAILED, "u");
    assert_false(is_new(*state, CALL_ENDS("PostToolUse")));
    assert_false(is_new(*state, CALL_ENDS("PermissionDenied")));
}

static void a_call_that_was_denied_in_a_transcript_does_not_fail(void **state)
{
    tell_from_transcript(*state, "permission.denied", JC_FACT_PERMISSION_DENIED, "u");
    assert_false(is_new(*state, CALL_ENDS("PostToolUseFailure")));
}

static void a_call_that_hooks_tell_two_ends_of_has_both(void **state)
{
    assert_true(is_new(*state, CALL_ENDS("PermissionDenied")));
    assert_true(is_new(*state, CALL_ENDS("PostToolUseFailure")));
}

static void of_processes_at_one_instant_one_appends(void **state)
{
    workshop *shop = *state;
    pid_t children[4];
    for (int i = 0; i < 4; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] > 0)
            continue;
        jc_store *store = NULL;
        jc_hook_result result;
        bool good = jc_open(shop->dir, NULL, &store, NULL) == JC_OK;
        for (int n = 0; good && n < 25; n++) {
            char payload[128];
            jc_hook_options options = {.received_us = NOON_US + n};
            (void)snprintf(payload, sizeof payload, "{\"session_id\":\"s\",\"number\":%d}", n);
            good =
                jc_intake_hook(store, NULL, jc_str_of(payload), &options, &result, NULL) == JC_OK;
        }
        jc_close(store);
        _exit(good ? 0 : 1);
    }
    for (int i = 0; i < 4; i++) {
        int ended = 0;
        assert_int_equal(waitpid(children[i], &ended, 0), children[i]);
        assert_int_equal(ended, 0);
    }
    assert_int_equal(count_events(shop), 25);
}

static void ids_never_change(void **state)
{
    char text[JC_UUID_TEXT_SIZE];
    jc_uuid id;
    (void)state;
    assert_int_equal(jc_fact_id(JC_STR("s1"), JC_FACT_TOOL_STARTED, JC_STR("u1"), 0, &id, NULL),
                     JC_OK);
    jc_uuid_format(id, text);
    assert_string_equal(text, "a5a7aa80-2057-5496-9c39-ba55e17892e2");
    assert_int_equal(jc_fact_id(JC_STR("s1"), JC_FACT_TURN_STARTED, JC_STR("p1"), 1, &id, NULL),
                     JC_OK);
    jc_uuid_format(id, text);
    assert_string_equal(text, "728349fe-2942-5de8-8e00-21be7918e85a");
}

static void the_spool_is_taken_up_oldest_first_and_with_its_times(void **state)
{
    workshop *shop = *state;
    spool(shop, "{\"session_id\":\"s\",\"number\":2}", NOON_US + 2);
    spool(shop, "{\"session_id\":\"s\",\"number\":1}", NOON_US + 1);
    assert_int_equal(jc_spool_count(shop->dir), 2);
    assert_int_equal(take_up(shop, 0), 2);
    assert_int_equal(jc_spool_count(shop->dir), 0);
    jc_cursor *cursor = NULL;
    const jc_event *event = NULL;
    assert_int_equal(jc_cursor_open(shop->store, &(jc_filter){0}, &cursor, NULL), JC_OK);
    for (int i = 1; i <= 2; i++) {
        assert_int_equal(jc_cursor_next(cursor, &event, NULL), JC_OK);
        assert_int_equal(event->timestamp_us, NOON_US + i);
    }
    jc_cursor_close(cursor);
}

static void no_more_of_the_spool_is_taken_up_than_is_asked_for(void **state)
{
    workshop *shop = *state;
    for (int i = 0; i < 5; i++)
        spool(shop, "{\"session_id\":\"s\"}", NOON_US + i * INT64_C(3000000));
    assert_int_equal(take_up(shop, 2), 2);
    assert_int_equal(jc_spool_count(shop->dir), 3);
    assert_int_equal(take_up(shop, 0), 3);
    assert_int_equal(count_events(shop), 5);
}

static void what_is_spooled_and_told_live_is_one(void **state)
{
    static const char *const call =
        "{" IN_TURN ",\"hook_event_name\":\"PreToolUse\",\"tool_use_id\":\"u\"}";
    static const char *const stop = "{" IN_TURN ",\"hook_event_name\":\"Stop\"}";
    static const char *const moment = "{" IN_TURN ",\"hook_event_name\":\"Notification\"}";
    workshop *shop = *state;
    int64_t now_us = jc_clock_now_us();
    assert_true(is_new(shop, call) && is_new(shop, stop) && is_new(shop, moment));
    spool(shop, call, now_us);
    spool(shop, stop, now_us);
    spool(shop, moment, now_us);
    assert_int_equal(take_up(shop, 0), 3);
    assert_int_equal(count_events(shop), 3);
}

/* A project whose own rule takes e-mail addresses for secrets. */
static jc_redactor *email_rules(workshop *shop)
{
    char path[2 * JC_TEST_PATH_SIZE];
    jc_redactor *redactor = NULL;
    (void)snprintf(path, sizeof path, "%s/.jc/config.json", shop->dir);
    workshop_write(path, JC_STR("{\"redaction\":{\"rules\":[{\"kind\":\"email\","
                                "\"pattern\":\"[a-z]+@[a-z.]+\"}]}}"));
    assert_int_equal(jc_redactor_new(shop->dir, &redactor, NULL), JC_OK);
    return redactor;
}

#define SECRET_CALL                                                                                \
    "{\"session_id\":\"ann@shop.test\",\"prompt_id\":\"bob@shop.test\",\"agent_id\":"              \
    "\"eve@shop.test\",\"hook_event_name\":\"PreToolUse\",\"tool_use_id\":\"ida@shop.test\"}"

static void a_secret_in_a_name_or_a_key_is_in_no_line_of_the_spool(void **state)
{
    JC_AUTO(jc_hook_mapper) mapper = {0};
    JC_AUTO(jc_buf) line = {0};
    jc_redactor *redactor = email_rules(*state);
    jc_fact fact;
    assert_int_equal(jc_hook_map(&mapper, redactor, JC_STR(SECRET_CALL), NULL, &fact, NULL), JC_OK);
    assert_int_equal(jc_spool_encode(&fact, &line, NULL), JC_OK);
    jc_redactor_free(redactor);
    assert_null(memmem(line.bytes, line.size, "shop.test", 9));
    assert_int_equal(fact.key.size, 64);
    assert_int_equal(jc_workflow_id_check(fact.event.workflow_id, NULL), JC_OK);
    assert_int_equal(memcmp(fact.event.agent_id.bytes, "_redacted-email--", 17), 0);
    assert_int_equal(memcmp(fact.event.correlation_id.bytes, "_redacted-email--", 17), 0);
}

static void agents_with_secrets_in_their_names_stay_two(void **state)
{
    JC_AUTO(jc_hook_mapper) mapper = {0};
    char first[JC_WORKFLOW_ID_SIZE_MAX + 1] = "";
    jc_redactor *redactor = email_rules(*state);
    jc_hook_options options = {.agent_id = JC_STR("ann@shop.test")};
    jc_fact fact;
    assert_int_equal(jc_hook_map(&mapper, redactor, JC_STR("{}"), &options, &fact, NULL), JC_OK);
    memcpy(first, fact.event.agent_id.bytes, fact.event.agent_id.size);
    options.agent_id = JC_STR("bob@shop.test");
    assert_int_equal(jc_hook_map(&mapper, redactor, JC_STR("{}"), &options, &fact, NULL), JC_OK);
    assert_false(jc_str_equal(fact.event.agent_id, jc_str_of(first)));
    jc_redactor_free(redactor);
}

static void a_key_with_a_secret_is_one_live_and_through_the_spool(void **state)
{
    workshop *shop = *state;
    jc_redactor *redactor = email_rules(shop);
    jc_hook_result result;
    jc_str payload = JC_STR(SECRET_CALL);
    assert_int_equal(jc_intake_hook(shop->store, redactor, payload, NULL, &result, NULL), JC_OK);
    assert_int_equal(jc_hook_spool(shop->dir, redactor, payload, NULL, NULL), JC_OK);
    jc_redactor_free(redactor);
    assert_int_equal(take_up(shop, 0), 1);
    assert_int_equal(count_events(shop), 1);
}

/* As after a power cut that took the removal of the file, but not the append. */
static void a_file_that_comes_back_changes_nothing(void **state)
{
    workshop *shop = *state;
    JC_AUTO(jc_buf) line = {0};
    char folder[JC_TEST_PATH_SIZE + 16];
    char path[2 * JC_TEST_PATH_SIZE];
    spool(shop, "{\"session_id\":\"s\",\"hook_event_name\":\"Notification\"}", NOON_US);
    (void)snprintf(folder, sizeof folder, "%s/.jc/spool", shop->dir);
    DIR *directory = opendir(folder);
    assert_non_null(directory);
    struct dirent *entry = readdir(directory);
    while (entry != NULL && entry->d_name[0] == '.')
        entry = readdir(directory);
    assert_non_null(entry);
    (void)snprintf(path, sizeof path, "%s/%.64s", folder, entry->d_name);
    (void)closedir(directory);
    workshop_read(path, &line);
    assert_int_equal(take_up(shop, 0), 1);
    /* So much later that nobody looks so far back. */
    for (int i = 0; i < 100; i++) {
        char other[128];
        (void)snprintf(other, sizeof other, "{\"session_id\":\"s\",\"number\":%d}", i);
        assert_true(is_new_at(shop, other, NOON_US - 3600000000 + i));
    }
    workshop_write(path, jc_buf_str(&line));
    assert_int_equal(take_up(shop, 0), 1);
    assert_int_equal(count_events(shop), 101);
}

static void a_line_of_the_spool_reads_as_it_was_written(void **state)
{
    static const char *const payloads[] = {
        "{" IN_TURN ",\"hook_event_name\":\"PreToolUse\",\"tool_use_id\":\"u\\\"\\u0001\"}",
        "{" IN_TURN ",\"hook_event_name\":\"Stop\"}", "{}", "{\"session_id\":\"s\",\"a\":1.50}"};
    (void)state;
    for (size_t i = 0; i < sizeof payloads / sizeof payloads[0]; i++) {
        JC_AUTO(jc_hook_mapper) mapper = {0};
        JC_AUTO(jc_spool_reader) reader = {0};
        JC_AUTO(jc_buf) line = {0};
        JC_AUTO(jc_buf) again = {0};
        jc_hook_options options = {.received_us = NOON_US};
        jc_fact fact, read;
        jc_error error;
        assert_int_equal(jc_hook_map(&mapper, NULL, jc_str_of(payloads[i]), &options, &fact, NULL),
                         JC_OK);
        assert_int_equal(jc_spool_encode(&fact, &line, NULL), JC_OK);
        if (jc_spool_decode(&reader, jc_buf_str(&line), &read, &error) < 0)
            fail_msg("%s", error.text);
        assert_int_equal(jc_spool_encode(&read, &again, NULL), JC_OK);
        assert_int_equal(again.size, line.size);
        assert_memory_equal(again.bytes, line.bytes, line.size);
    }
}

static void a_line_that_is_none_is_refused(void **state)
{
#define EVENT                                                                                      \
    "\"event\":{\"workflow_id\":\"w\",\"timestamp\":\"2026-01-09T12:00:00Z\",\"event_type\":\"a."  \
    "b\",\"data\":{}"
    static const char *const lines[] = {
        "",
        "[]",
        "{}",
        "{\"rule\":\"none\"," EVENT "}}",
        "{\"rule\":\"moment\"}",
        "{\"rule\":\"moment\"," EVENT "}}",
        "{\"rule\":\"one\"," EVENT "}}",
        "{\"rule\":\"one\",\"kind\":\"x\",\"session_id\":\"s\",\"key\":\"k\"," EVENT "}}",
        "{\"rule\":\"one\",\"kind\":\"tool.started\",\"session_id\":\"s\",\"key\":\"k\",\"event\":{"
        "\"workflow_id\":\"w\",\"event_type\":\"a.b\",\"data\":{}}}",
        "{\"rule\":\"one\",\"kind\":\"tool.started\",\"session_id\":\"s\",\"key\":\"k\",\"event\":"
        "1}"};
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        JC_AUTO(jc_spool_reader) reader = {0};
        jc_fact fact;
        assert_int_equal(jc_spool_decode(&reader, jc_str_of(lines[i]), &fact, NULL), JC_EINVAL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORKSHOP_CLAIM(a_tool_call_is_one_whatever_is_told_of_it),
        WORKSHOP_CLAIM(a_turn_that_stops_with_other_words_stops_again),
        WORKSHOP_CLAIM(a_turn_that_stopped_often_is_not_looked_through_past_the_deadline),
        WORKSHOP_CLAIM(the_same_key_in_another_session_is_another_fact),
        WORKSHOP_CLAIM(an_equal_moment_is_the_same_for_two_seconds),
        WORKSHOP_CLAIM(an_equal_moment_is_found_behind_late_events),
        WORKSHOP_CLAIM(a_moment_that_says_something_else_is_another),
        WORKSHOP_CLAIM(a_start_that_a_transcript_told_is_the_same_for_five_seconds),
        WORKSHOP_CLAIM(a_start_of_another_session_is_another),
        WORKSHOP_CLAIM(a_compaction_that_a_transcript_told_is_the_same_for_five_seconds),
        WORKSHOP_CLAIM(a_spooled_start_meets_the_one_of_a_transcript),
        WORKSHOP_CLAIM(a_call_that_ended_otherwise_in_a_transcript_ends_once),
        WORKSHOP_CLAIM(a_call_that_was_denied_in_a_transcript_does_not_fail),
        WORKSHOP_CLAIM(a_call_that_hooks_tell_two_ends_of_has_both),
        WORKSHOP_CLAIM(of_processes_at_one_instant_one_appends),
        CLAIM(ids_never_change),
        WORKSHOP_CLAIM(the_spool_is_taken_up_oldest_first_and_with_its_times),
        WORKSHOP_CLAIM(no_more_of_the_spool_is_taken_up_than_is_asked_for),
        WORKSHOP_CLAIM(what_is_spooled_and_told_live_is_one),
        WORKSHOP_CLAIM(a_secret_in_a_name_or_a_key_is_in_no_line_of_the_spool),
        WORKSHOP_CLAIM(agents_with_secrets_in_their_names_stay_two),
        WORKSHOP_CLAIM(a_key_with_a_secret_is_one_live_and_through_the_spool),
        WORKSHOP_CLAIM(a_file_that_comes_back_changes_nothing),
        CLAIM(a_line_of_the_spool_reads_as_it_was_written),
        CLAIM(a_line_that_is_none_is_refused),
    };
    return cmocka_run_group_tests_name("fact", tests, NULL, NULL);
}
