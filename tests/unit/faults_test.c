/* Faults that records of this kind are known for, each of them impossible here: snapshots counted
 * over all workflows, order by clocks, events twice, notes that change when they are read, and one
 * thing under two names. */
#include "history.h"
#include "told.h"
#include "workshop.h"

#define WORKFLOWS 3
#define EVENTS 350

static const char *const workflow_ids[WORKFLOWS] = {"alpha", "beta", "gamma"};

/* Append three histories, interleaved: batches of up to 130 events, each of all the workflows, which
 * pass the multiples of 100 of each somewhere in their middle. */
static void append_interleaved(jc_store *store)
{
    static jc_event events[WORKFLOWS * EVENTS];
    jc_history histories[WORKFLOWS];
    size_t taken[WORKFLOWS] = {0};
    size_t count = 0;
    uint64_t draw = 3;
    for (size_t i = 0; i < WORKFLOWS; i++)
        jc_history_make(&histories[i], 31 + i, EVENTS);
    while (count < WORKFLOWS * EVENTS) {
        size_t of = (size_t)jc_history_draw(&draw, WORKFLOWS);
        if (taken[of] == EVENTS)
            continue;
        jc_event *event = &events[count];
        *event = histories[of].events[taken[of]++];
        event->workflow_id = jc_str_of(workflow_ids[of]);
        event->id = jc_test_id(++count);
    }
    for (size_t from = 0; from < count;) {
        jc_error error;
        size_t batch = 1 + (size_t)jc_history_draw(&draw, 130);
        if (batch > count - from)
            batch = count - from;
        if (jc_test_append(store, events + from, batch, NULL, &error) < 0)
            fail_msg("%s", error.text);
        from += batch;
    }
    for (size_t i = 0; i < WORKFLOWS; i++)
        jc_history_release(&histories[i]);
}

/* Apply all the events of a workflow, one by one. */
static jc_state *fold(jc_store *store, const jc_projection *projection, jc_str workflow_id)
{
    jc_filter filter = {.workflow_ids = &workflow_id, .workflow_count = 1};
    jc_cursor *cursor = NULL;
    const jc_event *event = NULL;
    jc_state *state = NULL;
    assert_int_equal(jc_state_new(projection, &state, NULL), JC_OK);
    assert_int_equal(jc_cursor_open(store, &filter, &cursor, NULL), JC_OK);
    while (jc_cursor_next(cursor, &event, NULL) == JC_OK)
        assert_int_equal(jc_state_apply(state, event, NULL), JC_OK);
    jc_cursor_close(cursor);
    return state;
}

static void snapshots_are_of_one_workflow_and_of_its_own_sequence(void **state)
{
    workshop *shop = *state;
    size_t count = 0;
    const jc_projection *const *all = jc_projection_list(&count);
    append_interleaved(shop->store);
    /* The first reading leaves snapshots where the appends took none, the second begins from them. */
    for (size_t i = 0; i < 2 * WORKFLOWS * count; i++) {
        const jc_projection *projection = all[i / 2 % count];
        jc_str workflow_id = jc_str_of(workflow_ids[i / 2 / count]);
        jc_state *wanted = fold(shop->store, projection, workflow_id);
        jc_state *got = NULL;
        assert_int_equal(jc_state_read(shop->store, projection, workflow_id, NULL, &got, NULL),
                         JC_OK);
        assert_string_equal(jc_state_json(got, NULL), jc_state_json(wanted, NULL));
        jc_state_info info = jc_state_info_get(got);
        assert_int_equal(info.sequence, EVENTS);
        assert_int_equal(info.events, EVENTS);
        assert_int_equal(info.snapshot_sequence % 100, 0);
        assert_int_equal(info.snapshot_sequence + info.replayed, EVENTS);
        assert_true(i % 2 == 0 || info.snapshot_sequence > 0);
        jc_state_free(got);
        jc_state_free(wanted);
    }
}

static void order_is_by_sequence_though_clocks_tie_or_step_back(void **state)
{
    static const int64_t seconds[] = {600, 600, 600, 300, 300};
    static const char *const types[] = {"feature.started", "feature.failed", "feature.started",
                                        "feature.completed", "feature.completion_reverted"};
    told *in = *state;
    jc_event events[5];
    for (size_t i = 0; i < 5; i++)
        events[i] = told_event(in, seconds[i], NULL, types[i], "{\"name\":\"auth\"}");
    assert_int_equal(jc_test_append(in->store, events, 5, NULL, NULL), JC_OK);

    jc_str id = JC_STR("wf");
    jc_filter filter = {.workflow_ids = &id,
                        .workflow_count = 1,
                        .has_since = true,
                        .since_us = TOLD_START_US};
    jc_cursor *cursor = NULL;
    const jc_event *event = NULL;
    assert_int_equal(jc_cursor_open(in->store, &filter, &cursor, NULL), JC_OK);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(jc_cursor_next(cursor, &event, NULL), JC_OK);
        assert_str(event->event_type, types[i]);
        assert_int_equal(event->sequence, i + 1);
    }
    jc_cursor_close(cursor);
    assert_told_holds(in, "workflow", "{\"name\":\"auth\",\"status\":\"started\",\"attempts\":2");
    assert_told_holds(in, "workflow",
                      "\"sequence\":5,\"event_type\":\"feature.completion_reverted");
}

static void an_append_that_is_repeated_is_one_event(void **state)
{
    told *in = *state;
    jc_receipt first;
    jc_receipt second;
    jc_event event = told_event(in, 60, "coder", "feature.completed", "{\"name\":\"auth\"}");
    assert_int_equal(jc_test_append(in->store, &event, 1, &first, NULL), JC_OK);
    assert_int_equal(jc_test_append(in->store, &event, 1, &second, NULL), JC_OK);
    assert_false(first.already_stored);
    assert_true(second.already_stored);
    assert_int_equal(second.sequence, first.sequence);

    /* The id says which event it is, so it cannot be another one; and who expects another head is told. */
    event.data = JC_STR("{\"name\":\"login\"}");
    assert_int_equal(jc_test_append(in->store, &event, 1, NULL, NULL), JC_EREUSED);
    event = told_event(in, 61, "coder", "feature.completed", "{\"name\":\"login\"}");
    assert_int_equal(jc_test_append_expecting(in->store, &event, 1, 0, NULL, NULL), JC_ECONFLICT);
    assert_told_holds(in, "workflow", "\"features_total\":1,\"features_completed\":1");
    assert_told_holds(in, "workflow", "\"last_event\":{\"sequence\":1,");
}

static int64_t clock_us;

static int64_t read_clock(void *context)
{
    (void)context;
    return clock_us;
}

static void notes_are_the_same_whenever_they_are_read(void **state)
{
    (void)state;
    jc_options options = {.now_us = read_clock};
    jc_store *store = NULL;
    jc_note_receipt receipt;
    jc_notes notes = {0};
    jc_note_draft draft = {.category = JC_STR("learning"),
                           .agent_id = JC_STR("coder"),
                           .title = JC_STR("Auth uses JWT tokens")};
    clock_us = TOLD_START_US;
    assert_int_equal(jc_store_open_memory(&options, &store, NULL), JC_OK);
    assert_int_equal(jc_note_add(store, JC_STR("wf"), &draft, &receipt, NULL), JC_OK);
    assert_int_equal(receipt.event.timestamp_us, TOLD_START_US);
    jc_state *now = fold(store, jc_projection_find("notes"), JC_STR("wf"));
    clock_us += INT64_C(1000000) * 86400 * 365 * 70;
    jc_state *later = fold(store, jc_projection_find("notes"), JC_STR("wf"));
    assert_string_equal(jc_state_json(later, NULL), jc_state_json(now, NULL));
    assert_holds(jc_state_json(later, NULL), "\"created_at\":\"" TOLD_TIME("00", "00") "\"");
    jc_state_free(now);
    jc_state_free(later);

    assert_int_equal(jc_notes_read(store, JC_STR("wf"), NULL, NULL, &notes, NULL), JC_OK);
    assert_int_equal(notes.count, 1);
    assert_memory_equal(&notes.items[0].id, &receipt.id, sizeof receipt.id);
    assert_int_equal(notes.items[0].created_us, TOLD_START_US);
    jc_notes_release(&notes);
    jc_close(store);
}

/* The same story twice, each time in a log of its own: the names that one half of the programs uses,
 * and those of the other. */
static void tell_in_words(told *in, bool other)
{
    static const char *const data[][2] = {
        {"{\"name\":\"auth\"}", "{\"feature_name\":\"auth\"}"},
        {"{\"from_phase\":\"planning\",\"to_phase\":\"building\"}",
         "{\"to_phase\":\"building\",\"from_phase\":\"planning\"}"},
    };
    tell(in, 0, "coder", "workflow.started", "{}");
    tell(in, 10, "coder", other ? "phase.changed" : "workflow.phase_changed", data[1][other]);
    tell(in, 20, "coder", "feature.planned", data[0][other]);
    tell(in, 30, "coder", "feature.started", data[0][other]);
    tell(in, 40, "coder", "feature.failed", data[0][other]);
    tell(in, 50, "coder", "feature.started", data[0][other]);
    tell(in, 90, "coder", "feature.completed", data[0][other]);
}

static void both_names_of_a_thing_come_to_the_same_states(void **state)
{
    told *in = *state;
    told other = {.number = 1};
    size_t count = 0;
    const jc_projection *const *all = jc_projection_list(&count);
    assert_int_equal(jc_store_open_memory(NULL, &other.store, NULL), JC_OK);
    tell_in_words(in, false);
    tell_in_words(&other, true);
    for (size_t i = 0; i < count; i++) {
        jc_state *one = fold(in->store, all[i], JC_STR("wf"));
        jc_state *two = fold(other.store, all[i], JC_STR("wf"));
        assert_string_equal(jc_state_json(one, NULL), jc_state_json(two, NULL));
        jc_state_free(one);
        jc_state_free(two);
    }
    assert_told_holds(in, "workflow", "\"phase\":\"building\"");
    assert_told_holds(in, "workflow", "\"retries\":1");
    jc_close(other.store);
}

/* Three levels in one half of the programs, four in the other. */
static void every_priority_of_a_message_is_one_of_four(void **state)
{
    static const struct {
        const char *name;
        bool is_one;
    } priorities[] = {{"urgent", true}, {"high", true},    {"normal", true},
                      {"low", true},    {"medium", false}, {"URGENT", false}};
    told *in = *state;
    for (size_t i = 0; i < sizeof priorities / sizeof priorities[0]; i++) {
        char data[128];
        (void)snprintf(data, sizeof data,
                       "{\"from_agent\":\"a\",\"to_agent\":\"b\",\"content\":\"c\","
                       "\"priority\":\"%s\"}",
                       priorities[i].name);
        jc_event event = told_event(in, (int64_t)i, "a", "agent.message.sent", data);
        assert_int_equal(jc_test_append(in->store, &event, 1, NULL, NULL),
                         priorities[i].is_one ? JC_OK : JC_EINVAL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORKSHOP_CLAIM(snapshots_are_of_one_workflow_and_of_its_own_sequence),
        TOLD_CLAIM(order_is_by_sequence_though_clocks_tie_or_step_back),
        TOLD_CLAIM(an_append_that_is_repeated_is_one_event),
        CLAIM(notes_are_the_same_whenever_they_are_read),
        TOLD_CLAIM(both_names_of_a_thing_come_to_the_same_states),
        TOLD_CLAIM(every_priority_of_a_message_is_one_of_four),
    };
    return cmocka_run_group_tests_name("faults", tests, NULL, NULL);
}
