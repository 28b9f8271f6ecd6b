/* Reading: order, every filter and their combinations, compared with a plain reading of the same
 * rules; and cursors, which go on where they ended and hold no lock. */
#include "contract/fixture.h"

#include <stdlib.h>
#include <string.h>

enum {
    mixed_count = 108
};

static const char *const workflows[] = {"alpha", "beta", "gamma.2"};
static const char *const types[] = {"step.done", "deploy.step.done", "deploy.failed"};
static const char *const agents[] = {NULL, "coder", "tester"};
static const char *const correlations[] = {NULL, "call-1"};

/* The event that is stored at position `i` + 1: all combinations of the fields above come up, with
 * times that jump back and forth by the minute. */
static jc_event mixed_event(uint64_t i)
{
    jc_event event = jc_test_event(i + 1, workflows[i % 3], types[i / 3 % 3], "{}");
    event.agent_id = jc_str_of(agents[i / 9 % 3]);
    event.correlation_id = jc_str_of(correlations[i / 27 % 2]);
    event.has_timestamp = true;
    event.timestamp_us = JC_TEST_NOW_US + (int64_t)(i * 37 % mixed_count) * 60000000;
    return event;
}

static void fill_mixed(jc_fixture *fixture)
{
    jc_event events[mixed_count];
    for (uint64_t i = 0; i < mixed_count; i++)
        events[i] = mixed_event(i);
    assert_ok(fixture, jc_test_append(fixture->store, events, mixed_count, NULL, &fixture->error));
}

/* '*' stands for any text; nothing else is special in these tests. */
static bool glob_matches(const char *glob, size_t glob_size, const char *text, size_t size)
{
    if (glob_size == 0)
        return size == 0;
    if (*glob != '*')
        return size > 0 && *glob == *text &&
               glob_matches(glob + 1, glob_size - 1, text + 1, size - 1);
    for (size_t skip = 0; skip <= size; skip++)
        if (glob_matches(glob + 1, glob_size - 1, text + skip, size - skip))
            return true;
    return false;
}

static bool is_one_of(const jc_str texts[], size_t count, jc_str text, bool glob)
{
    for (size_t i = 0; i < count; i++)
        if (glob ? glob_matches(texts[i].bytes, texts[i].size, text.bytes, text.size)
                 : jc_str_equal(texts[i], text))
            return true;
    return count == 0;
}

/* The rules of jc_filter, in the plainest way. */
static bool filter_matches(const jc_filter *filter, const jc_event *event)
{
    uint64_t place = filter->workflow_count == 1 ? event->sequence : event->position;
    return is_one_of(filter->workflow_ids, filter->workflow_count, event->workflow_id, false) &&
           is_one_of(filter->event_types, filter->event_type_count, event->event_type, true) &&
           (filter->agent_id.bytes == NULL || jc_str_equal(filter->agent_id, event->agent_id)) &&
           (filter->correlation_id.bytes == NULL ||
            jc_str_equal(filter->correlation_id, event->correlation_id)) &&
           (!filter->has_since || event->timestamp_us >= filter->since_us) &&
           (!filter->has_until || event->timestamp_us <= filter->until_us) &&
           (filter->from == 0 || place >= filter->from) && (filter->to == 0 || place <= filter->to);
}

/* The positions that a filter gives, in order. */
static size_t read_positions(jc_fixture *fixture, const jc_filter *filter, uint64_t ret_positions[])
{
    jc_cursor *cursor = NULL;
    assert_ok(fixture, jc_cursor_open(fixture->store, filter, &cursor, &fixture->error));
    size_t count = 0;
    const jc_event *event = NULL;
    jc_status status;
    while ((status = jc_cursor_next(cursor, &event, &fixture->error)) == JC_OK &&
           count < mixed_count)
        ret_positions[count++] = event->position;
    assert_status(status, JC_END);
    jc_cursor_close(cursor);
    return count;
}

/* The same by the plain rules, from a reading of everything. */
static size_t wanted_positions(jc_fixture *fixture, const jc_filter *filter,
                               uint64_t ret_positions[])
{
    const jc_filter everything = {.reverse = filter->reverse};
    jc_cursor *cursor = NULL;
    assert_ok(fixture, jc_cursor_open(fixture->store, &everything, &cursor, &fixture->error));
    size_t count = 0;
    const jc_event *event = NULL;
    while (jc_cursor_next(cursor, &event, &fixture->error) == JC_OK)
        if (filter_matches(filter, event))
            ret_positions[count++] = event->position;
    jc_cursor_close(cursor);
    return count;
}

/* Check the filter forwards and backwards; returns how many events it gives. */
static size_t check_filter(jc_fixture *fixture, jc_filter filter)
{
    size_t count = 0;
    for (int reverse = 0; reverse < 2; reverse++) {
        uint64_t got[mixed_count];
        uint64_t wanted[mixed_count];
        filter.reverse = reverse != 0;
        count = read_positions(fixture, &filter, got);
        assert_int_equal(count, wanted_positions(fixture, &filter, wanted));
        assert_memory_equal(got, wanted, count * sizeof *got);
    }
    return count;
}

static void everything_is_read_in_order_of_position(void **state)
{
    jc_fixture *fixture = *state;
    fill_mixed(fixture);
    uint64_t positions[mixed_count];
    jc_filter filter = {0};

    assert_int_equal(read_positions(fixture, &filter, positions), mixed_count);
    for (uint64_t i = 0; i < mixed_count; i++)
        assert_int_equal(positions[i], i + 1);

    filter.reverse = true;
    assert_int_equal(read_positions(fixture, &filter, positions), mixed_count);
    for (uint64_t i = 0; i < mixed_count; i++)
        assert_int_equal(positions[i], mixed_count - i);
}

static void an_empty_store_gives_nothing(void **state)
{
    jc_fixture *fixture = *state;
    uint64_t positions[mixed_count];
    jc_filter filter = {0};

    assert_int_equal(read_positions(fixture, &filter, positions), 0);
    filter.reverse = true;
    assert_int_equal(read_positions(fixture, &filter, positions), 0);
}

static void workflows_filter_by_any_of_the_names(void **state)
{
    jc_fixture *fixture = *state;
    fill_mixed(fixture);
    const jc_str names[] = {JC_STR("gamma.2"), JC_STR("unknown"), JC_STR("alpha")};

    assert_int_equal(check_filter(fixture, (jc_filter){.workflow_ids = names, .workflow_count = 1}),
                     mixed_count / 3);
    assert_int_equal(check_filter(fixture, (jc_filter){.workflow_ids = names, .workflow_count = 2}),
                     mixed_count / 3);
    assert_int_equal(check_filter(fixture, (jc_filter){.workflow_ids = names, .workflow_count = 3}),
                     mixed_count / 3 * 2);
    assert_int_equal(check_filter(fixture,
                                  (jc_filter){.workflow_ids = &names[1], .workflow_count = 1}),
                     0);
}

static void a_workflow_that_is_named_twice_is_read_once(void **state)
{
    jc_fixture *fixture = *state;
    fill_mixed(fixture);
    const jc_str names[] = {JC_STR("alpha"), JC_STR("alpha")};

    assert_int_equal(check_filter(fixture, (jc_filter){.workflow_ids = names, .workflow_count = 2}),
                     mixed_count / 3);
}

static void types_filter_by_any_of_the_globs(void **state)
{
    jc_fixture *fixture = *state;
    fill_mixed(fixture);
    const struct {
        jc_str globs[2];
        size_t count;
        size_t wanted;
    } cases[] = {{{JC_STR("step.done")}, 1, 36},
                 {{JC_STR("*")}, 1, 108},
                 {{JC_STR("*.done")}, 1, 72},
                 {{JC_STR("deploy.*")}, 1, 72},
                 {{JC_STR("*step*")}, 1, 72},
                 {{JC_STR("d*d")}, 1, 36},
                 {{JC_STR("step.done"), JC_STR("deploy.failed")}, 2, 72},
                 {{JC_STR("*.done"), JC_STR("step.*")}, 2, 72},
                 {{JC_STR("done")}, 1, 0},
                 {{JC_STR("STEP.DONE")}, 1, 0},
                 {{JC_STR("step_done")}, 1, 0},
                 {{JC_STR("step%")}, 1, 0}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const jc_filter filter = {.event_types = cases[i].globs,
                                  .event_type_count = cases[i].count};
        if (check_filter(fixture, filter) != cases[i].wanted)
            fail_msg("glob %.*s gave another count", (int)cases[i].globs[0].size,
                     cases[i].globs[0].bytes);
    }
}

static void agent_and_correlation_filter_exactly(void **state)
{
    jc_fixture *fixture = *state;
    fill_mixed(fixture);

    assert_int_not_equal(check_filter(fixture, (jc_filter){.agent_id = JC_STR("coder")}), 0);
    assert_int_not_equal(check_filter(fixture, (jc_filter){.correlation_id = JC_STR("call-1")}), 0);
    assert_int_equal(check_filter(fixture, (jc_filter){.agent_id = JC_STR("code")}), 0);
    assert_int_equal(check_filter(fixture, (jc_filter){.agent_id = JC_STR("Coder")}), 0);
    assert_int_equal(check_filter(fixture, (jc_filter){.correlation_id = JC_STR("call-*")}), 0);
}

static void since_and_until_are_inclusive(void **state)
{
    jc_fixture *fixture = *state;
    fill_mixed(fixture);
    const int64_t minute = 60000000;
    jc_filter filter = {.has_since = true, .since_us = JC_TEST_NOW_US + 10 * minute};

    assert_int_equal(check_filter(fixture, filter), mixed_count - 10);
    filter.has_until = true;
    filter.until_us = JC_TEST_NOW_US + 20 * minute;
    assert_int_equal(check_filter(fixture, filter), 11);
    filter.until_us = filter.since_us;
    assert_int_equal(check_filter(fixture, filter), 1);
    filter.since_us += 1;
    filter.until_us += minute - 1;
    assert_int_equal(check_filter(fixture, filter), 0);
    filter.has_since = false;
    assert_int_equal(check_filter(fixture, filter), 11);
}

static void from_and_to_are_positions_unless_one_workflow_is_named(void **state)
{
    jc_fixture *fixture = *state;
    fill_mixed(fixture);
    const jc_str names[] = {JC_STR("alpha"), JC_STR("beta")};
    jc_filter filter = {.from = 10, .to = 33};

    assert_int_equal(check_filter(fixture, filter), 24);
    filter.workflow_ids = names;
    filter.workflow_count = 2;
    assert_int_equal(check_filter(fixture, filter), 16);
    filter.workflow_count = 1;
    assert_int_equal(check_filter(fixture, filter), 24);
    filter.to = 0;
    assert_int_equal(check_filter(fixture, filter), mixed_count / 3 - 9);
    filter.from = mixed_count;
    assert_int_equal(check_filter(fixture, filter), 0);
}

/* One of the values of a field for each digit of `number`. */
static jc_filter combined_filter(unsigned number, const jc_str names[], const jc_str globs[])
{
    jc_filter filter = {0};
    filter.workflow_ids = names;
    filter.workflow_count = number % 3;
    number /= 3;
    filter.event_types = globs;
    filter.event_type_count = number % 3;
    number /= 3;
    filter.agent_id = jc_str_of(agents[number % 3]);
    number /= 3;
    filter.correlation_id = jc_str_of(correlations[number % 2]);
    number /= 2;
    filter.has_since = number % 2 != 0;
    filter.since_us = JC_TEST_NOW_US + INT64_C(20) * 60000000;
    filter.from = number / 2 % 2 != 0 ? 5 : 0;
    filter.to = number / 4 % 2 != 0 ? 33 : 0;
    return filter;
}

static void filters_combine_so_that_all_must_hold(void **state)
{
    jc_fixture *fixture = *state;
    fill_mixed(fixture);
    const jc_str names[] = {JC_STR("beta"), JC_STR("gamma.2")};
    const jc_str globs[] = {JC_STR("deploy.*"), JC_STR("step.done")};

    size_t total = 0;
    for (unsigned number = 0; number < 3 * 3 * 3 * 2 * 8; number++)
        total += check_filter(fixture, combined_filter(number, names, globs));
    assert_int_not_equal(total, 0);
}

static void a_filter_that_can_match_nothing_is_bad_input(void **state)
{
    jc_fixture *fixture = *state;
    const jc_str bad = JC_STR("../x");
    const jc_filter backwards = {.from = 5, .to = 4};
    const jc_filter misnamed = {.workflow_ids = &bad, .workflow_count = 1};

    jc_cursor *cursor = NULL;
    assert_status(jc_cursor_open(fixture->store, &backwards, &cursor, &fixture->error), JC_EINVAL);
    assert_status(jc_cursor_open(fixture->store, &misnamed, &cursor, &fixture->error), JC_EINVAL);
    assert_null(cursor);
}

static jc_cursor *open_cursor(jc_fixture *fixture, jc_filter filter)
{
    jc_cursor *cursor = NULL;
    assert_ok(fixture, jc_cursor_open(fixture->store, &filter, &cursor, &fixture->error));
    return cursor;
}

/* Read on to JC_END and return how many came. */
static int read_on(jc_fixture *fixture, jc_cursor *cursor)
{
    int count = 0;
    const jc_event *event = NULL;
    jc_status status;
    while ((status = jc_cursor_next(cursor, &event, &fixture->error)) == JC_OK)
        count++;
    assert_status(status, JC_END);
    return count;
}

static void a_cursor_goes_on_after_its_end(void **state)
{
    jc_fixture *fixture = *state;
    const jc_str alpha = JC_STR("alpha");
    jc_cursor *all = open_cursor(fixture, (jc_filter){0});
    jc_cursor *one = open_cursor(fixture, (jc_filter){.workflow_ids = &alpha, .workflow_count = 1});

    for (uint64_t round = 0; round < 3; round++) {
        assert_int_equal(read_on(fixture, all), round == 0 ? 0 : 5);
        assert_int_equal(read_on(fixture, one), round == 0 ? 0 : 2);
        jc_fixture_fill(fixture, "alpha", round * 5 + 1, 2);
        jc_fixture_fill(fixture, "beta", round * 5 + 3, 3);
    }
    jc_cursor_close(all);
    jc_cursor_close(one);
}

static void a_cursor_with_an_upper_bound_does_not_go_beyond_it(void **state)
{
    jc_fixture *fixture = *state;
    jc_fixture_fill(fixture, "alpha", 1, 3);
    jc_cursor *cursor = open_cursor(fixture, (jc_filter){.from = 2, .to = 4});

    assert_int_equal(read_on(fixture, cursor), 2);
    jc_fixture_fill(fixture, "alpha", 10, 3);
    assert_int_equal(read_on(fixture, cursor), 1);
    jc_cursor_close(cursor);
}

static void a_cursor_that_reads_newest_first_ends_for_good(void **state)
{
    jc_fixture *fixture = *state;
    jc_fixture_fill(fixture, "alpha", 1, 3);
    jc_cursor *cursor = open_cursor(fixture, (jc_filter){.reverse = true});

    assert_int_equal(read_on(fixture, cursor), 3);
    jc_fixture_fill(fixture, "alpha", 10, 3);
    assert_int_equal(read_on(fixture, cursor), 0);
    jc_cursor_close(cursor);
}

static void the_filter_is_copied(void **state)
{
    jc_fixture *fixture = *state;
    fill_mixed(fixture);
    char name[] = "alpha";
    char glob[] = "deploy.*";
    char agent[] = "coder";
    jc_str name_text = jc_str_of(name);
    jc_str glob_text = jc_str_of(glob);
    jc_filter filter = {.workflow_ids = &name_text,
                        .workflow_count = 1,
                        .event_types = &glob_text,
                        .event_type_count = 1,
                        .agent_id = jc_str_of(agent)};
    int wanted = (int)check_filter(fixture, filter);

    jc_cursor *cursor = open_cursor(fixture, filter);
    memset(name, 'x', sizeof name - 1);
    memset(glob, 'x', sizeof glob - 1);
    memset(agent, 'x', sizeof agent - 1);
    name_text = glob_text = (jc_str){0};

    assert_int_not_equal(wanted, 0);
    assert_int_equal(read_on(fixture, cursor), wanted);
    jc_cursor_close(cursor);
}

/* `count` more events, in units of 500, with ids from `first_number` on. */
static void append_bulk(jc_fixture *fixture, uint64_t first_number, size_t count)
{
    jc_event events[500];
    for (size_t done = 0; done < count; done += 500) {
        for (size_t i = 0; i < 500; i++)
            events[i] = jc_test_event(first_number + done + i, workflows[i % 3], "step.done", "{}");
        assert_ok(fixture, jc_test_append(fixture->store, events, 500, NULL, &fixture->error));
    }
}

static void a_long_reading_misses_nothing_while_others_append(void **state)
{
    jc_fixture *fixture = *state;
    append_bulk(fixture, 1, 2500);
    jc_cursor *cursor = open_cursor(fixture, (jc_filter){0});

    const jc_event *event = NULL;
    for (uint64_t i = 1; i <= 4500; i++) {
        if (i == 700 || i == 1001 || i == 2500 || i == 2999)
            append_bulk(fixture, i * 10000, 500);
        assert_ok(fixture, jc_cursor_next(cursor, &event, &fixture->error));
        assert_int_equal(event->position, i);
    }
    assert_int_equal(read_on(fixture, cursor), 0);
    jc_cursor_close(cursor);
}

static void a_long_reading_backwards_is_not_disturbed_by_appends(void **state)
{
    jc_fixture *fixture = *state;
    append_bulk(fixture, 1, 2500);
    const jc_str alpha = JC_STR("alpha");
    jc_cursor *cursor =
        open_cursor(fixture,
                    (jc_filter){.workflow_ids = &alpha, .workflow_count = 1, .reverse = true});
    jc_head head = {0};
    assert_ok(fixture, jc_head_read(fixture->store, alpha, &head, &fixture->error));

    const jc_event *event = NULL;
    for (uint64_t left = head.sequence; left > 0; left--) {
        assert_ok(fixture, jc_cursor_next(cursor, &event, &fixture->error));
        assert_int_equal(event->sequence, left);
        if (left == 500)
            append_bulk(fixture, 900000, 1000);
    }
    assert_int_equal(read_on(fixture, cursor), 0);
    jc_cursor_close(cursor);
}

static void cursors_do_not_disturb_each_other(void **state)
{
    jc_fixture *fixture = *state;
    fill_mixed(fixture);
    jc_cursor *forwards = open_cursor(fixture, (jc_filter){0});
    jc_cursor *backwards = open_cursor(fixture, (jc_filter){.reverse = true});

    for (uint64_t i = 1; i <= mixed_count; i++) {
        const jc_event *first = NULL;
        const jc_event *second = NULL;
        assert_ok(fixture, jc_cursor_next(forwards, &first, &fixture->error));
        assert_ok(fixture, jc_cursor_next(backwards, &second, &fixture->error));
        assert_int_equal(first->position, i);
        assert_int_equal(second->position, mixed_count + 1 - i);
    }
    jc_cursor_close(backwards);
    jc_cursor_close(forwards);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        JC_CASE(everything_is_read_in_order_of_position),
        JC_CASE(an_empty_store_gives_nothing),
        JC_CASE(workflows_filter_by_any_of_the_names),
        JC_CASE(a_workflow_that_is_named_twice_is_read_once),
        JC_CASE(types_filter_by_any_of_the_globs),
        JC_CASE(agent_and_correlation_filter_exactly),
        JC_CASE(since_and_until_are_inclusive),
        JC_CASE(from_and_to_are_positions_unless_one_workflow_is_named),
        JC_CASE(filters_combine_so_that_all_must_hold),
        JC_CASE(a_filter_that_can_match_nothing_is_bad_input),
        JC_CASE(a_cursor_goes_on_after_its_end),
        JC_CASE(a_cursor_with_an_upper_bound_does_not_go_beyond_it),
        JC_CASE(a_cursor_that_reads_newest_first_ends_for_good),
        JC_CASE(the_filter_is_copied),
        JC_CASE(a_long_reading_misses_nothing_while_others_append),
        JC_CASE(a_long_reading_backwards_is_not_disturbed_by_appends),
        JC_CASE(cursors_do_not_disturb_each_other),
    };
    return jc_contract_run("read", tests, sizeof tests / sizeof *tests);
}
