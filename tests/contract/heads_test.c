/* Questions about the store as a whole: heads, finding by id, the list of workflows, waiting. */
#include "contract/fixture.h"

#include "base/clock.h"
#include "base/hash.h"

#include <stdio.h>
#include <string.h>

static jc_head head_of(jc_fixture *fixture, const char *workflow_id)
{
    jc_head head = {0};
    assert_ok(fixture,
              jc_head_read(fixture->store, jc_str_of(workflow_id), &head, &fixture->error));
    return head;
}

static void an_unknown_workflow_has_a_head_with_sequence_zero(void **state)
{
    jc_fixture *fixture = *state;
    jc_fixture_fill(fixture, "alpha", 1, 2);

    assert_int_equal(head_of(fixture, "alph").sequence, 0);
    assert_int_equal(head_of(fixture, "alphaa").sequence, 0);
}

static void the_head_of_a_workflow_is_its_last_event(void **state)
{
    jc_fixture *fixture = *state;
    jc_fixture_fill(fixture, "alpha", 1, 3);
    jc_event event = jc_test_event(4, "alpha", "step.done", "{\"last\":true}");
    jc_receipt receipt = jc_fixture_append(fixture, &event);
    jc_fixture_fill(fixture, "beta", 5, 2);

    jc_head head = head_of(fixture, "alpha");
    assert_int_equal(head.sequence, 4);
    assert_int_equal(head.position, receipt.position);
    assert_int_equal(head.timestamp_us, receipt.timestamp_us);
    assert_memory_equal(&head.hash, &receipt.hash, sizeof head.hash);
}

static void the_store_knows_its_last_position_and_has_an_id(void **state)
{
    jc_fixture *fixture = *state;
    jc_store_info info = {0};
    assert_ok(fixture, jc_store_info_read(fixture->store, &info, &fixture->error));
    assert_int_equal(info.position, 0);
    assert_false(jc_uuid_is_nil(info.store_id));
    assert_false(info.gaps);
    assert_false(info.read_only);

    jc_fixture_fill(fixture, "alpha", 1, 3);
    assert_int_equal(jc_fixture_position(fixture), 3);
}

/* SHA-256 over the lines "workflow_id sequence hash\n". The workflows are given sorted. */
static jc_hash store_head_by_the_book(jc_fixture *fixture, const char *const workflows[], int count)
{
    jc_hasher hasher;
    jc_hasher_begin(&hasher);
    for (int i = 0; i < count; i++) {
        jc_head head = head_of(fixture, workflows[i]);
        char digits[JC_HASH_TEXT_SIZE];
        jc_hash_format(head.hash, digits);
        char line[256];
        int size = snprintf(line, sizeof line, "%s %llu %s\n", workflows[i],
                            (unsigned long long)head.sequence, digits);
        jc_hasher_add(&hasher, line, (size_t)size);
    }
    return jc_hasher_take(&hasher);
}

static void check_store_head(jc_fixture *fixture, uint64_t position, const jc_hash *wanted,
                             uint64_t wanted_position)
{
    jc_hash hash = {0};
    uint64_t at = UINT64_MAX;
    assert_ok(fixture, jc_store_head_read(fixture->store, position, &hash, &at, &fixture->error));
    assert_int_equal(at, wanted_position);
    assert_memory_equal(&hash, wanted, sizeof hash);
}

static void the_head_of_the_store_covers_every_workflow(void **state)
{
    jc_fixture *fixture = *state;
    const char *const sorted[] = {"A", "_x", "alpha", "alpha-1", "beta"};
    jc_hash wanted = store_head_by_the_book(fixture, sorted, 0);
    check_store_head(fixture, 0, &wanted, 0);

    for (int i = 4; i >= 0; i--)
        jc_fixture_fill(fixture, sorted[i], (uint64_t)i * 10 + 1, i + 1);

    wanted = store_head_by_the_book(fixture, sorted, 5);
    check_store_head(fixture, 0, &wanted, 15);
}

static void the_head_of_the_store_can_be_asked_for_the_past(void **state)
{
    jc_fixture *fixture = *state;
    jc_hash heads[9];
    for (uint64_t i = 1; i <= 8; i++) {
        jc_fixture_fill(fixture, i % 3 == 0 ? "beta" : "alpha", i, 1);
        uint64_t at = 0;
        assert_ok(fixture, jc_store_head_read(fixture->store, 0, &heads[i], &at, &fixture->error));
    }

    for (uint64_t i = 1; i <= 8; i++)
        check_store_head(fixture, i, &heads[i], i);
    jc_hash hash = {0};
    uint64_t at = 0;
    assert_status(jc_store_head_read(fixture->store, 9, &hash, &at, &fixture->error), JC_ENOTFOUND);
}

static jc_status find(jc_fixture *fixture, const char *prefix, jc_event *ret)
{
    return jc_event_find(fixture->store, jc_str_of(prefix), ret, &fixture->error);
}

static void an_event_is_found_by_its_id_or_a_beginning_of_it(void **state)
{
    jc_fixture *fixture = *state;
    jc_event wanted = jc_test_event(7, "alpha", "step.done", "{\"n\":7}");
    wanted.id = (jc_uuid){{0xab, 0xcd, 0xef, 0x01, 0x23, 0x45, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 1}};
    (void)jc_fixture_append(fixture, &wanted);
    jc_fixture_fill(fixture, "beta", 1, 3);
    const char *prefixes[] = {"abcd", "abcdef01", "abcdef01-", "abcdef01-2345-7",
                              "abcdef01-2345-7000-8000-000000000001"};

    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        jc_event event = {0};
        assert_ok(fixture, find(fixture, prefixes[i], &event));
        assert_memory_equal(&event.id, &wanted.id, sizeof event.id);
        assert_true(jc_str_equal(event.data, wanted.data));
        assert_int_equal(event.position, 1);
    }
}

static void an_id_that_is_not_stored_is_not_found(void **state)
{
    jc_fixture *fixture = *state;
    jc_fixture_fill(fixture, "alpha", 1, 1);

    jc_event event = {0};
    assert_status(find(fixture, "ffff", &event), JC_ENOTFOUND);
    assert_status(find(fixture, "019ba100-0000-7000-8000-000000000009", &event), JC_ENOTFOUND);
}

static void a_beginning_of_several_ids_is_bad_input(void **state)
{
    jc_fixture *fixture = *state;
    jc_fixture_fill(fixture, "alpha", 1, 2);

    jc_event event = {0};
    assert_status(find(fixture, "019ba100", &event), JC_EINVAL);
    assert_ok(fixture, find(fixture, "019ba100-0000-7000-8000-000000000002", &event));
    assert_int_equal(event.sequence, 2);
}

static void what_is_no_beginning_of_an_id_is_bad_input(void **state)
{
    jc_fixture *fixture = *state;
    jc_fixture_fill(fixture, "alpha", 1, 1);
    const char *prefixes[] = {"",          "0",
                              "019",       "zzzz",
                              "019*",      "019?",
                              "019%",      "019_",
                              "019ba100_", "019ba100-0000-7000-8000-0000000000011"};

    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        jc_event event = {0};
        jc_status status = find(fixture, prefixes[i], &event);
        if (status != JC_EINVAL)
            fail_msg("'%s' gave %s", prefixes[i], jc_status_name(status));
    }
}

typedef struct listing {
    char text[1024];
    int stop_after;
} listing;

static jc_status list_one(void *context, const jc_workflow_summary *summary)
{
    listing *list = context;
    size_t used = strlen(list->text);
    snprintf(list->text + used, sizeof list->text - used, "%.*s %llu %llu %lld %lld\n",
             (int)summary->workflow_id.size, summary->workflow_id.bytes,
             (unsigned long long)summary->events, (unsigned long long)summary->last_position,
             (long long)(summary->first_us - JC_TEST_NOW_US),
             (long long)(summary->last_us - JC_TEST_NOW_US));
    return --list->stop_after == 0 ? JC_EIO : JC_OK;
}

static void workflows_are_listed_sorted_with_their_counts_and_times(void **state)
{
    jc_fixture *fixture = *state;
    jc_fixture_fill(fixture, "beta", 1, 2);
    fixture->now_us += 10;
    jc_fixture_fill(fixture, "alpha", 3, 1);
    jc_fixture_fill(fixture, "Zeta", 4, 1);
    fixture->now_us += 10;
    jc_fixture_fill(fixture, "beta", 5, 1);
    jc_fixture_fill(fixture, "alpha-2", 6, 1);

    listing list = {0};
    assert_ok(fixture, jc_workflow_list(fixture->store, list_one, &list, &fixture->error));
    assert_string_equal(list.text, "Zeta 1 4 10 10\n"
                                   "alpha 1 3 10 10\n"
                                   "alpha-2 1 6 20 20\n"
                                   "beta 3 5 0 20\n");
}

static void a_listing_ends_when_the_caller_says_so(void **state)
{
    jc_fixture *fixture = *state;
    jc_fixture_fill(fixture, "alpha", 1, 1);
    jc_fixture_fill(fixture, "beta", 2, 1);

    listing list = {.stop_after = 1};
    assert_status(jc_workflow_list(fixture->store, list_one, &list, &fixture->error), JC_EIO);
    assert_string_equal(list.text, "alpha 1 1 0 0\n");
}

static void waiting_ends_at_once_when_there_is_something(void **state)
{
    jc_fixture *fixture = *state;
    jc_fixture_fill(fixture, "alpha", 1, 3);

    uint64_t position = 0;
    assert_ok(fixture, jc_wait(fixture->store, 1, 60000, &position, &fixture->error));
    assert_int_equal(position, 3);
    assert_ok(fixture, jc_wait(fixture->store, 0, 0, &position, &fixture->error));
    assert_int_equal(position, 3);
}

static void waiting_ends_when_the_time_is_over(void **state)
{
    jc_fixture *fixture = *state;
    jc_fixture_fill(fixture, "alpha", 1, 3);

    uint64_t position = 0;
    int64_t start_us = jc_clock_monotonic_us();
    assert_status(jc_wait(fixture->store, 3, 30, &position, &fixture->error), JC_END);
    assert_true(jc_clock_monotonic_us() - start_us >= 29000);
    assert_status(jc_wait(fixture->store, 3, 0, &position, &fixture->error), JC_END);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        JC_CASE(an_unknown_workflow_has_a_head_with_sequence_zero),
        JC_CASE(the_head_of_a_workflow_is_its_last_event),
        JC_CASE(the_store_knows_its_last_position_and_has_an_id),
        JC_CASE(the_head_of_the_store_covers_every_workflow),
        JC_CASE(the_head_of_the_store_can_be_asked_for_the_past),
        JC_CASE(an_event_is_found_by_its_id_or_a_beginning_of_it),
        JC_CASE(an_id_that_is_not_stored_is_not_found),
        JC_CASE(a_beginning_of_several_ids_is_bad_input),
        JC_CASE(what_is_no_beginning_of_an_id_is_bad_input),
        JC_CASE(workflows_are_listed_sorted_with_their_counts_and_times),
        JC_CASE(a_listing_ends_when_the_caller_says_so),
        JC_CASE(waiting_ends_at_once_when_there_is_something),
        JC_CASE(waiting_ends_when_the_time_is_over),
    };
    return jc_contract_run("heads", tests, sizeof tests / sizeof *tests);
}
