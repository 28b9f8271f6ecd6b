/* Appending: what an event is given inside the append, what `expected` means, and the hash chain. */
#include "contract/fixture.h"

#include "base/hash.h"

#include <string.h>

static void append_assigns_dense_sequences_from_one(void **state)
{
    jc_fixture *fixture = *state;

    for (uint64_t i = 1; i <= 20; i++) {
        jc_event event = jc_test_event(i, "alpha", "step.done", "{}");
        jc_receipt receipt = jc_fixture_append(fixture, &event);
        assert_int_equal(receipt.sequence, i);
        assert_false(receipt.already_stored);
    }
}

static void append_assigns_each_workflow_its_own_sequences(void **state)
{
    jc_fixture *fixture = *state;
    jc_fixture_fill(fixture, "alpha", 1, 3);

    jc_event event = jc_test_event(4, "beta", "step.done", "{}");
    assert_int_equal(jc_fixture_append(fixture, &event).sequence, 1);
}

static void append_assigns_dense_positions_over_all_workflows(void **state)
{
    jc_fixture *fixture = *state;
    const char *workflows[] = {"alpha", "beta", "alpha", "gamma", "beta", "alpha"};

    for (uint64_t i = 0; i < 6; i++) {
        jc_event event = jc_test_event(i + 1, workflows[i], "step.done", "{}");
        assert_int_equal(jc_fixture_append(fixture, &event).position, i + 1);
    }
}

static void a_unit_over_several_workflows_keeps_its_order(void **state)
{
    jc_fixture *fixture = *state;
    const jc_event events[] = {jc_test_event(1, "beta", "step.done", "{}"),
                               jc_test_event(2, "alpha", "step.done", "{}"),
                               jc_test_event(3, "beta", "step.done", "{}")};
    const uint64_t sequences[] = {1, 1, 2};

    jc_receipt receipts[3] = {0};
    assert_ok(fixture, jc_test_append(fixture->store, events, 3, receipts, &fixture->error));

    for (uint64_t i = 0; i < 3; i++) {
        assert_int_equal(receipts[i].position, i + 1);
        assert_int_equal(receipts[i].sequence, sequences[i]);
    }
}

static void append_tells_the_position_of_the_last_event_and_the_counts(void **state)
{
    jc_fixture *fixture = *state;
    jc_fixture_fill(fixture, "alpha", 1, 4);
    const jc_event events[] = {jc_test_event(5, "alpha", "step.done", "{}"),
                               jc_test_event(6, "beta", "step.done", "{}")};
    const jc_unit unit = {.events = events, .count = 2};

    jc_append_result result = {0};
    assert_ok(fixture, jc_append(fixture->store, &unit, 1, &result, &fixture->error));

    assert_status(result.status, JC_OK);
    assert_int_equal(result.stored, 2);
    assert_int_equal(result.already_stored, 0);
    assert_int_equal(result.position, 6);
}

static void append_ignores_what_the_caller_says_of_assigned_fields(void **state)
{
    jc_fixture *fixture = *state;
    jc_event event = jc_test_event(1, "alpha", "step.done", "{}");
    event.position = 77;
    event.sequence = 88;
    event.timestamp_us = 99; /* without has_timestamp it says nothing */
    memset(&event.hash, 0xee, sizeof event.hash);

    jc_receipt receipt = jc_fixture_append(fixture, &event);

    assert_int_equal(receipt.position, 1);
    assert_int_equal(receipt.sequence, 1);
    assert_int_equal(receipt.timestamp_us, JC_TEST_NOW_US);
    assert_memory_not_equal(&receipt.hash, &event.hash, sizeof event.hash);
}

static jc_status append_next_expecting(jc_fixture *fixture, uint64_t number, uint64_t expected)
{
    jc_event event = jc_test_event(number, "alpha", "step.done", "{}");
    return jc_test_append_expecting(fixture->store, &event, 1, expected, NULL, &fixture->error);
}

static void expecting_no_events_is_met_by_a_new_workflow(void **state)
{
    jc_fixture *fixture = *state;
    jc_fixture_fill(fixture, "beta", 1, 2);

    assert_ok(fixture, append_next_expecting(fixture, 3, 0));
}

static void expecting_no_events_is_refused_by_a_workflow_that_has_some(void **state)
{
    jc_fixture *fixture = *state;
    jc_fixture_fill(fixture, "alpha", 1, 1);

    assert_status(append_next_expecting(fixture, 2, 0), JC_ECONFLICT);
    assert_int_equal(jc_fixture_position(fixture), 1);
}

static void expecting_the_head_is_met(void **state)
{
    jc_fixture *fixture = *state;
    jc_fixture_fill(fixture, "alpha", 1, 5);

    assert_ok(fixture, append_next_expecting(fixture, 6, 5));
}

static void append_refuses_a_stale_expected_sequence(void **state)
{
    jc_fixture *fixture = *state;
    jc_fixture_fill(fixture, "alpha", 1, 5);

    assert_status(append_next_expecting(fixture, 6, 4), JC_ECONFLICT);
    assert_int_equal(jc_fixture_position(fixture), 5);
}

static void append_refuses_an_expected_sequence_beyond_the_head(void **state)
{
    jc_fixture *fixture = *state;
    jc_fixture_fill(fixture, "alpha", 1, 5);

    assert_status(append_next_expecting(fixture, 6, 6), JC_ECONFLICT);
    assert_status(append_next_expecting(fixture, 6, UINT64_MAX), JC_ECONFLICT);
    assert_int_equal(jc_fixture_position(fixture), 5);
}

static void a_conflict_names_the_workflow_and_where_it_is(void **state)
{
    jc_fixture *fixture = *state;
    jc_fixture_fill(fixture, "alpha", 1, 37);

    assert_status(append_next_expecting(fixture, 99, 4), JC_ECONFLICT);

    assert_non_null(strstr(fixture->error.text, "alpha"));
    assert_non_null(strstr(fixture->error.text, "37"));
}

/* One event each for alpha and beta, which have one event, with the two expectations. */
static jc_status append_to_both(jc_fixture *fixture, uint64_t alpha, uint64_t beta)
{
    const jc_event events[] = {jc_test_event(10, "alpha", "step.done", "{}"),
                               jc_test_event(11, "beta", "step.done", "{}")};
    const jc_expected expected[] = {{JC_STR("alpha"), alpha}, {JC_STR("beta"), beta}};
    const jc_unit unit = {.events = events, .count = 2, .expected = expected, .expected_count = 2};
    jc_append_result result = {0};
    return jc_append(fixture->store, &unit, 1, &result, &fixture->error);
}

static void every_expected_of_a_unit_must_hold(void **state)
{
    jc_fixture *fixture = *state;
    jc_fixture_fill(fixture, "alpha", 1, 1);
    jc_fixture_fill(fixture, "beta", 2, 1);

    assert_status(append_to_both(fixture, 1, 0), JC_ECONFLICT);
    assert_status(append_to_both(fixture, 0, 1), JC_ECONFLICT);
    assert_int_equal(jc_fixture_position(fixture), 2);
    assert_ok(fixture, append_to_both(fixture, 1, 1));
}

static void expected_is_compared_before_the_unit_and_not_within_it(void **state)
{
    jc_fixture *fixture = *state;
    const jc_event events[] = {jc_test_event(1, "alpha", "step.done", "{}"),
                               jc_test_event(2, "alpha", "step.done", "{}")};

    assert_ok(fixture,
              jc_test_append_expecting(fixture->store, events, 2, 0, NULL, &fixture->error));
}

static void two_expected_for_one_workflow_are_bad_input(void **state)
{
    jc_fixture *fixture = *state;
    jc_event event = jc_test_event(1, "alpha", "step.done", "{}");
    const jc_expected expected[] = {{JC_STR("alpha"), 0}, {JC_STR("alpha"), 0}};
    const jc_unit unit = {.events = &event, .count = 1, .expected = expected, .expected_count = 2};

    jc_append_result result = {0};
    assert_status(jc_append(fixture->store, &unit, 1, &result, &fixture->error), JC_EINVAL);
    assert_int_equal(jc_fixture_position(fixture), 0);
}

/* The hash that docs/FORMAT.md wants: SHA-256 of the previous hash in hex, then the line's bytes from
 * "id" up to "data":, in braces, with the hash of the data in the place of the data. */
static jc_hash hash_by_the_book(jc_hash previous, const jc_event *event)
{
    char line[4096];
    size_t size = jc_event_format(event, line, sizeof line - 1);
    assert_in_range(size, 1, sizeof line - 1);
    line[size] = '\0';
    const char *start = strstr(line, "\"id\":");
    const char *data = strstr(line, "\"data\":");
    assert_true(start != NULL && data != NULL);

    char digits[JC_HASH_TEXT_SIZE];
    jc_hasher hasher;
    jc_hasher_begin(&hasher);
    jc_hash_format(previous, digits);
    jc_hasher_add(&hasher, digits, 64);
    jc_hasher_add(&hasher, "{", 1);
    jc_hasher_add(&hasher, start, (size_t)(data - start));
    jc_hasher_add(&hasher, "\"data_hash\":\"", 13);
    jc_hash_format(jc_hash_of(event->data), digits);
    jc_hasher_add(&hasher, digits, 64);
    jc_hasher_add(&hasher, "\"}", 2);
    return jc_hasher_take(&hasher);
}

static void every_hash_follows_from_the_previous_hash_and_the_event(void **state)
{
    jc_fixture *fixture = *state;
    for (uint64_t i = 1; i <= 5; i++) {
        jc_event event = jc_test_event(i, "alpha", "step.done", "{\"step\": [1, \"zwei\"]}");
        event.agent_id = i % 2 == 0 ? JC_STR("agent \"7\"") : (jc_str){0};
        event.correlation_id = i % 3 == 0 ? JC_STR("back\\slash") : (jc_str){0};
        event.causation_id = JC_STR("Ursache \xc3\xa4");
        (void)jc_fixture_append(fixture, &event);
    }
    jc_cursor *cursor = NULL;
    const jc_filter everything = {0};
    assert_ok(fixture, jc_cursor_open(fixture->store, &everything, &cursor, &fixture->error));

    jc_hash previous = {0};
    const jc_event *event = NULL;
    for (int i = 0; i < 5; i++) {
        assert_ok(fixture, jc_cursor_next(cursor, &event, &fixture->error));
        previous = hash_by_the_book(previous, event);
        assert_memory_equal(&event->hash, &previous, sizeof previous);
    }
    jc_cursor_close(cursor);
}

static void print_finding(void *context, const jc_finding *finding)
{
    (void)context;
    print_message("# %s: %s\n", finding->where, finding->what);
}

static void verify_finds_nothing_wrong_with_what_append_wrote(void **state)
{
    jc_fixture *fixture = *state;
    jc_fixture_fill(fixture, "alpha", 1, 7);
    jc_fixture_fill(fixture, "beta", 8, 3);

    jc_verify_result result = {0};
    assert_ok(fixture,
              jc_verify(fixture->store, NULL, 0, print_finding, NULL, &result, &fixture->error));
    assert_int_equal(result.events, 10);
    assert_int_equal(result.workflows, 2);
    assert_int_equal(result.damages, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        JC_CASE(append_assigns_dense_sequences_from_one),
        JC_CASE(append_assigns_each_workflow_its_own_sequences),
        JC_CASE(append_assigns_dense_positions_over_all_workflows),
        JC_CASE(a_unit_over_several_workflows_keeps_its_order),
        JC_CASE(append_tells_the_position_of_the_last_event_and_the_counts),
        JC_CASE(append_ignores_what_the_caller_says_of_assigned_fields),
        JC_CASE(expecting_no_events_is_met_by_a_new_workflow),
        JC_CASE(expecting_no_events_is_refused_by_a_workflow_that_has_some),
        JC_CASE(expecting_the_head_is_met),
        JC_CASE(append_refuses_a_stale_expected_sequence),
        JC_CASE(append_refuses_an_expected_sequence_beyond_the_head),
        JC_CASE(a_conflict_names_the_workflow_and_where_it_is),
        JC_CASE(every_expected_of_a_unit_must_hold),
        JC_CASE(expected_is_compared_before_the_unit_and_not_within_it),
        JC_CASE(two_expected_for_one_workflow_are_bad_input),
        JC_CASE(every_hash_follows_from_the_previous_hash_and_the_event),
        JC_CASE(verify_finds_nothing_wrong_with_what_append_wrote),
    };
    return jc_contract_run("append", tests, sizeof tests / sizeof *tests);
}
