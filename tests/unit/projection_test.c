/* States folded from events: the runner, points in the past, and the built-in projections, on the
 * worked examples of event sourcing: features with retries, a rename, a completion taken back, notes,
 * and a shopping cart as an embedder's own projection. */
#include "unit.h"

#include "base/buf.h"
#include "contract/events.h"
#include "jc/projection.h"
#include "store/backend_memory.h"

#include <stdlib.h>

#define SECOND_US INT64_C(1000000)
#define START_US INT64_C(1767949200000000) /* 2026-01-09T09:00:00Z */

typedef struct story {
    jc_store *store;
    uint64_t number;
} story;

static int story_open(void **state)
{
    static story opened;
    opened = (story){.number = 1};
    *state = &opened;
    return jc_store_open_memory(NULL, &opened.store, NULL) == JC_OK ? 0 : -1;
}

static int story_close(void **state)
{
    story *opened = *state;
    jc_close(opened->store);
    return 0;
}

#define STORY_CLAIM(function) cmocka_unit_test_setup_teardown(function, story_open, story_close)

/* Append an event that happened so many seconds after nine o'clock. */
static void tell_at(story *in, int64_t seconds, const char *event_type, const char *data)
{
    jc_error error;
    jc_event event = jc_test_event(in->number++, "wf", event_type, data);
    event.has_timestamp = true;
    event.timestamp_us = START_US + seconds * SECOND_US;
    event.agent_id = JC_STR("coder");
    if (jc_test_append(in->store, &event, 1, NULL, &error) < 0)
        fail_msg("%s: %s", event_type, error.text);
}

/* The same, a minute after the one before. */
static void tell(story *in, const char *event_type, const char *data)
{
    tell_at(in, (int64_t)in->number * 60, event_type, data);
}

static jc_state *read_at(story *in, const char *projection, const jc_point *point)
{
    jc_state *state = NULL;
    jc_error error;
    if (jc_state_read(in->store, jc_projection_find(projection), JC_STR("wf"), point, &state,
                      &error) < 0)
        fail_msg("%s", error.text);
    return state;
}

/* Fail unless the state, as JSON, holds `piece`. */
static void assert_state_holds(story *in, const char *projection, const jc_point *point,
                               const char *piece)
{
    jc_state *state = read_at(in, projection, point);
    assert_holds(jc_state_json(state, NULL), piece);
    jc_state_free(state);
}

static void assert_state_is(story *in, const char *projection, const jc_point *point,
                            const char *wanted)
{
    jc_state *state = read_at(in, projection, point);
    assert_string_equal(jc_state_json(state, NULL), wanted);
    jc_state_free(state);
}

static jc_point at_sequence(uint64_t sequence)
{
    return (jc_point){.kind = JC_POINT_SEQUENCE, .number = sequence};
}

static jc_point at_time(int64_t seconds)
{
    return (jc_point){.kind = JC_POINT_TIME, .time_us = START_US + seconds * SECOND_US};
}

static void a_workflow_is_told_from_start_to_end(void **state)
{
    story *in = *state;
    tell_at(in, 0, "workflow.started", "{\"description\":\"users can log in\"}");
    tell_at(in, 10, "workflow.phase_changed",
            "{\"from_phase\":\"planning\",\"to_phase\":\"building\"}");
    tell_at(in, 20, "feature.planned", "{\"name\":\"auth\",\"description\":\"JWT\"}");
    tell_at(in, 30, "feature.started", "{\"name\":\"auth\"}");
    tell_at(in, 90, "feature.completed",
            "{\"name\":\"auth\",\"tests_passing\":true,\"duration_ms\":7,\"cost_usd\":0.25}");
    tell_at(in, 100, "workflow.completed", "{}");

    assert_state_is(
        in, "workflow", NULL,
        "{\"status\":\"completed\",\"phase\":\"building\",\"description\":\"users can log in\","
        "\"started_at\":\"2026-01-09T09:00:00.000000Z\","
        "\"completed_at\":\"2026-01-09T09:01:40.000000Z\","
        "\"status_since\":\"2026-01-09T09:01:40.000000Z\",\"status_sequence\":6,"
        "\"features\":[{\"name\":\"auth\",\"description\":\"JWT\",\"status\":\"completed\","
        "\"attempts\":1,\"started_at\":\"2026-01-09T09:00:30.000000Z\","
        "\"completed_at\":\"2026-01-09T09:01:30.000000Z\",\"duration_ms\":60000,"
        "\"tests_passing\":true,\"cost_usd\":0.25,"
        "\"status_since\":\"2026-01-09T09:01:30.000000Z\",\"status_sequence\":5}],"
        "\"features_total\":1,\"features_completed\":1,\"retries\":0,\"duration_ms\":100000,"
        "\"cost_usd\":0.25,\"commits\":[],\"worktrees\":[],"
        "\"last_event\":{\"sequence\":6,\"event_type\":\"workflow.completed\","
        "\"timestamp\":\"2026-01-09T09:01:40.000000Z\"}}");
}

static void both_vocabularies_mean_the_same(void **state)
{
    story *in = *state;
    tell(in, "phase.changed", "{\"to_phase\":\"building\"}");
    tell(in, "feature.started", "{\"feature_name\":\"auth\"}");
    tell(in, "feature.completed", "{\"name\":\"auth\"}");
    assert_state_holds(in, "workflow", NULL, "\"phase\":\"building\"");
    assert_state_holds(in, "workflow", NULL, "\"features_total\":1,\"features_completed\":1");
}

static void attempts_beyond_the_first_are_retries(void **state)
{
    story *in = *state;
    tell_at(in, 0, "feature.started", "{\"name\":\"a\"}");
    tell_at(in, 10, "feature.failed", "{\"name\":\"a\",\"error\":\"no link\",\"cost_usd\":0.5}");
    tell_at(in, 20, "feature.started", "{\"name\":\"a\"}");
    tell_at(in, 30, "feature.failed", "{\"name\":\"a\",\"error\":\"no test\"}");
    tell_at(in, 40, "feature.started", "{\"name\":\"a\"}");
    tell_at(in, 50, "feature.completed", "{\"name\":\"a\",\"cost_usd\":0.25}");
    tell_at(in, 60, "feature.completed", "{\"name\":\"b\"}");

    assert_state_holds(in, "workflow", NULL, "\"retries\":2");
    assert_state_holds(in, "workflow", NULL, "\"attempts\":3,\"started_at\":\"2026-01-09T09:00:00");
    assert_state_holds(in, "workflow", NULL, "\"duration_ms\":50000,\"cost_usd\":0.75,\"status_");
    jc_point failed = at_sequence(4);
    assert_state_holds(in, "workflow", &failed, "\"status\":\"failed\",\"attempts\":2");
    assert_state_holds(in, "workflow", &failed, "\"error\":\"no test\"");
    assert_state_holds(in, "workflow", NULL,
                       "{\"name\":\"b\",\"status\":\"completed\",\"attempts\":1,");
}

static void a_status_says_since_when_and_by_which_event(void **state)
{
    story *in = *state;
    tell_at(in, 0, "workflow.started", "{}");
    tell_at(in, 10, "feature.started", "{\"name\":\"a\"}");
    tell_at(in, 20, "feature.failed", "{\"name\":\"a\"}");
    tell_at(in, 30, "feature.renamed", "{\"name\":\"a\",\"new_name\":\"b\"}");
    tell_at(in, 40, "workflow.paused", "{\"reason\":\"which key?\"}");
    tell_at(in, 50, "workflow.phase_changed", "{\"to_phase\":\"p\"}");

    assert_state_holds(in, "workflow", NULL,
                       "\"pause_reason\":\"which key?\","
                       "\"status_since\":\"2026-01-09T09:00:40.000000Z\",\"status_sequence\":5,");
    assert_state_holds(in, "workflow", NULL,
                       "\"status_since\":\"2026-01-09T09:00:20.000000Z\",\"status_sequence\":3}]");
}

static void a_duration_that_is_told_counts_where_no_start_is_known(void **state)
{
    story *in = *state;
    tell(in, "feature.completed", "{\"name\":\"a\",\"duration_ms\":1234}");
    tell(in, "workflow.completed", "{\"duration_ms\":99,\"total_cost\":1.5}");
    assert_state_holds(in, "workflow", NULL, "\"duration_ms\":1234,\"status_since\"");
    assert_state_holds(in, "workflow", NULL, "\"duration_ms\":99,\"cost_usd\":1.5");
}

static void durations_and_costs_below_zero_are_as_if_not_told(void **state)
{
    story *in = *state;
    tell(in, "feature.completed", "{\"name\":\"a\",\"duration_ms\":-5,\"cost_usd\":-3}");
    tell(in, "feature.failed", "{\"name\":\"b\",\"cost_usd\":2}");
    tell(in, "feature.failed", "{\"name\":\"b\",\"cost_usd\":-1}");
    tell(in, "workflow.completed", "{\"duration_ms\":-5,\"total_cost\":-3}");
    assert_state_holds(in, "workflow", NULL,
                       "\"completed_at\":\"2026-01-09T09:01:00.000000Z\",\"status_since");
    assert_state_holds(in, "workflow", NULL,
                       "\"name\":\"b\",\"status\":\"failed\",\"attempts\":1,"
                       "\"cost_usd\":2.0,\"status_since");
    assert_state_holds(in, "workflow", NULL, "\"retries\":0,\"cost_usd\":2.0,\"commits\"");
}

static void a_clock_that_went_back_makes_no_negative_duration(void **state)
{
    story *in = *state;
    tell_at(in, 60, "feature.started", "{\"name\":\"a\"}");
    tell_at(in, 30, "feature.completed", "{\"name\":\"a\"}");
    assert_state_holds(in, "workflow", NULL, "\"duration_ms\":0,\"status_since");
}

static void a_renamed_feature_is_the_same_one(void **state)
{
    story *in = *state;
    tell(in, "feature.started", "{\"name\":\"auth\"}");
    tell(in, "feature.renamed", "{\"name\":\"auth\",\"new_name\":\"login\"}");
    tell(in, "feature.completed", "{\"name\":\"login\"}");
    tell(in, "feature.planned", "{\"name\":\"auth\"}");
    assert_state_holds(in, "workflow", NULL, "{\"name\":\"login\",\"status\":\"completed\"");
    assert_state_holds(in, "workflow", NULL, "{\"name\":\"auth\",\"status\":\"planned\"");
    assert_state_holds(in, "workflow", NULL, "\"features_total\":2,\"features_completed\":1");
}

static void a_completion_can_be_taken_back(void **state)
{
    story *in = *state;
    tell(in, "feature.started", "{\"name\":\"a\"}");
    tell(in, "feature.completed", "{\"name\":\"a\"}");
    tell(in, "feature.completion_reverted", "{\"name\":\"a\"}");
    assert_state_holds(in, "workflow", NULL, "\"status\":\"started\",\"attempts\":1");
    assert_state_holds(in, "workflow", NULL, "\"features_completed\":0");
}

static void a_feature_is_known_by_its_id_where_there_is_one(void **state)
{
    story *in = *state;
    tell(in, "feature.planned", "{\"name\":\"auth\"}");
    tell(in, "feature.started", "{\"feature_id\":\"f1\",\"name\":\"auth\"}");
    tell(in, "feature.completed", "{\"feature_id\":\"f1\"}");
    tell(in, "feature.planned", "{\"feature_id\":\"f2\",\"name\":\"auth\"}");
    assert_state_holds(
        in, "workflow", NULL,
        "{\"name\":\"auth\",\"feature_id\":\"f1\",\"name_shared\":true,\"status\":\"completed\"");
    assert_state_holds(in, "workflow", NULL,
                       "{\"name\":\"auth\",\"feature_id\":\"f2\",\"status\":\"planned\"");
    assert_state_holds(in, "workflow", NULL, "\"features_total\":2");
}

static void a_workflow_pauses_resumes_and_fails(void **state)
{
    story *in = *state;
    tell(in, "workflow.started", "{}");
    tell(in, "workflow.paused", "{\"reason\":\"which key?\"}");
    tell(in, "workflow.resumed", "{}");
    tell(in, "workflow.failed", "{\"error\":\"no credit\"}");
    jc_point paused = at_sequence(2);
    jc_point resumed = at_sequence(3);
    assert_state_holds(in, "workflow", &paused,
                       "\"status\":\"paused\",\"started_at\":\"2026-01-09T09:01:00.000000Z\","
                       "\"pause_reason\":\"which key?\"");
    assert_state_holds(in, "workflow", &resumed, "\"status\":\"running\"");
    assert_state_holds(in, "workflow", NULL, "\"status\":\"failed\"");
    assert_state_holds(in, "workflow", NULL, "\"error\":\"no credit\"");
}

static void tests_commits_and_work_trees_are_kept(void **state)
{
    story *in = *state;
    tell(in, "tests.started", "{}");
    tell(in, "tests.passed", "{\"count\":12}");
    tell(in, "commit.created", "{\"commit_sha\":\"abc\",\"message\":\"first\"}");
    tell(in, "commit.failed", "{}");
    tell(in, "worktree.created", "{\"path\":\"trees/a\",\"branch\":\"a\"}");
    tell(in, "worktree.merged", "{\"path\":\"trees/a\"}");
    assert_state_holds(in, "workflow", NULL, "\"tests\":{\"started\":1,\"passed\":1,\"failed\":0}");
    assert_state_holds(in, "workflow", NULL,
                       "\"commits\":[{\"commit_sha\":\"abc\",\"message\":\"first\"");
    assert_state_holds(in, "workflow", NULL, "\"commits_failed\":1");
    assert_state_holds(
        in, "workflow", NULL,
        "\"worktrees\":[{\"path\":\"trees/a\",\"branch\":\"a\",\"status\":\"merged\"");
}

static void notes_have_the_shape_that_others_read(void **state)
{
    story *in = *state;
    tell_at(in, 0, "agent.note.learning",
            "{\"agent_id\":\"coder-agent\",\"title\":\"Auth uses JWT tokens\","
            "\"content\":\"All "
            "routes\",\"tags\":[\"auth\",\"security\"],\"related_file\":\"auth.py\"}");
    tell_at(in, 1, "agent.note.blocker",
            "{\"title\":\"Waiting\",\"content\":\"no keys\",\"tags\":[\"auth\",\"auth\"]}");
    tell_at(in, 2, "feature.started", "{\"name\":\"not a note\"}");

    char id[2][JC_UUID_TEXT_SIZE];
    char wanted[1024];
    jc_uuid_format(jc_test_id(1), id[0]);
    jc_uuid_format(jc_test_id(2), id[1]);
    snprintf(wanted, sizeof wanted,
             "{\"notes\":[{\"id\":\"%s\",\"category\":\"learning\",\"agent_id\":\"coder\","
             "\"title\":\"Auth uses JWT tokens\",\"content\":\"All routes\","
             "\"tags\":[\"auth\",\"security\"],\"related_file\":\"auth.py\","
             "\"created_at\":\"2026-01-09T09:00:00.000000Z\",\"sequence\":1},"
             "{\"id\":\"%s\",\"category\":\"blocker\",\"agent_id\":\"coder\",\"title\":\"Waiting\","
             "\"content\":\"no keys\",\"tags\":[\"auth\",\"auth\"],"
             "\"created_at\":\"2026-01-09T09:00:01.000000Z\",\"sequence\":2}],"
             "\"by_category\":{\"learning\":[0],\"blocker\":[1]},\"by_agent\":{\"coder\":[0,1]},"
             "\"by_tag\":{\"auth\":[0,1],\"security\":[0]}}",
             id[0], id[1]);
    assert_state_is(in, "notes", NULL, wanted);
}

static void the_past_is_reached_by_sequence_distance_and_time(void **state)
{
    story *in = *state;
    for (int i = 1; i <= 5; i++) {
        char data[64];
        snprintf(data, sizeof data, "{\"name\":\"f%d\"}", i);
        tell_at(in, i * 60, "feature.planned", data);
    }
    const struct {
        jc_point point;
        uint64_t events;
    } cases[] = {
        {{.kind = JC_POINT_HEAD}, 5},
        {at_sequence(0), 0},
        {at_sequence(3), 3},
        {{.kind = JC_POINT_BEFORE_HEAD, .number = 1}, 4},
        {{.kind = JC_POINT_BEFORE_HEAD, .number = 5}, 0},
        {at_time(0), 0},
        {at_time(120), 2},
        {at_time(179), 2},
        {at_time(9999), 5},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        jc_state *found = read_at(in, "workflow", &cases[i].point);
        assert_int_equal(jc_state_info_get(found).events, cases[i].events);
        assert_int_equal(jc_state_info_get(found).has_timestamp, cases[i].events > 0);
        jc_state_free(found);
    }
}

/* The specification's definition: events at or before the time, in order of sequence. */
static void a_time_takes_events_that_came_out_of_order_by_their_own_time(void **state)
{
    story *in = *state;
    tell_at(in, 100, "feature.planned", "{\"name\":\"late\"}");
    tell_at(in, 10, "feature.planned", "{\"name\":\"early\"}");
    tell_at(in, 2000000000, "feature.planned", "{\"name\":\"from the future\"}");
    tell_at(in, 50, "feature.planned", "{\"name\":\"between\"}");
    jc_point then = at_time(60);
    jc_state *found = read_at(in, "workflow", &then);
    assert_int_equal(jc_state_info_get(found).events, 2);
    assert_int_equal(jc_state_info_get(found).sequence, 4);
    assert_holds(jc_state_json(found, NULL), "\"features\":[{\"name\":\"early\"");
    jc_state_free(found);
}

static void a_point_beyond_the_head_is_not_found(void **state)
{
    story *in = *state;
    tell(in, "workflow.started", "{}");
    const jc_point points[] = {at_sequence(2), {.kind = JC_POINT_BEFORE_HEAD, .number = 2}};
    for (size_t i = 0; i < 2; i++) {
        jc_state *none = NULL;
        jc_error error;
        assert_int_equal(jc_state_read(in->store, jc_projection_find("workflow"), JC_STR("wf"),
                                       &points[i], &none, &error),
                         JC_ENOTFOUND);
        assert_holds(error.text, "it is at #1");
        assert_null(none);
    }
    jc_state *none = NULL;
    assert_int_equal(jc_state_read(in->store, jc_projection_find("workflow"), JC_STR("other"), NULL,
                                   &none, NULL),
                     JC_ENOTFOUND);
}

/* The log's events, each given again to a state that has them, and then the whole of them. */
static void applying_an_event_again_changes_nothing(void **state)
{
    story *in = *state;
    tell(in, "workflow.started", "{}");
    tell(in, "feature.started", "{\"name\":\"a\"}");
    tell(in, "feature.failed", "{\"name\":\"a\",\"cost_usd\":1}");
    tell(in, "agent.note.idea", "{\"title\":\"t\",\"content\":\"c\",\"tags\":[\"x\"]}");
    tell(in, "tests.passed", "{}");
    size_t count = 0;
    const jc_projection *const *all = jc_projection_list(&count);
    for (size_t i = 0; i < count; i++) {
        jc_state *once = read_at(in, all[i]->name, NULL);
        jc_state *often = NULL;
        assert_int_equal(jc_state_new(all[i], &often, NULL), JC_OK);
        for (int round = 0; round < 2; round++) {
            jc_cursor *cursor = NULL;
            const jc_event *event = NULL;
            assert_int_equal(jc_cursor_open(in->store, NULL, &cursor, NULL), JC_OK);
            while (jc_cursor_next(cursor, &event, NULL) == JC_OK) {
                assert_int_equal(jc_state_apply(often, event, NULL), JC_OK);
                assert_int_equal(jc_state_apply(often, event, NULL), JC_OK);
            }
            jc_cursor_close(cursor);
        }
        assert_string_equal(jc_state_json(often, NULL), jc_state_json(once, NULL));
        assert_int_equal(jc_state_info_get(often).events, jc_state_info_get(once).events);
        jc_state_free(once);
        jc_state_free(often);
    }
}

/* An embedder's own projection: the shopping cart. */
typedef struct cart {
    int laptops;
    int mice;
    int changes_of_mind; /* things that were taken out again */
} cart;

static jc_status cart_apply(void *context, const jc_event *event, jc_error *reterr)
{
    cart *state = context;
    int *items = jc_str_equal(event->data, JC_STR("{\"product\":\"laptop\"}")) ? &state->laptops
                                                                               : &state->mice;
    (void)reterr;
    if (jc_str_equal(event->event_type, JC_STR("cart.item_added")))
        ++*items;
    if (jc_str_equal(event->event_type, JC_STR("cart.item_removed"))) {
        --*items;
        state->changes_of_mind++;
    }
    return JC_OK;
}

static jc_status cart_write_json(const void *context, jc_output *output, jc_error *reterr)
{
    const cart *state = context;
    char text[128];
    snprintf(text, sizeof text, "{\"laptops\":%d,\"mice\":%d,\"changes_of_mind\":%d}",
             state->laptops, state->mice, state->changes_of_mind);
    return jc_output_add(output, jc_str_of(text), reterr);
}

static const jc_projection cart_projection = {.name = "cart",
                                              .version = 1,
                                              .state_size = sizeof(cart),
                                              .apply = cart_apply,
                                              .write_json = cart_write_json};

static void an_embedders_projection_is_read_like_the_others(void **state)
{
    story *in = *state;
    tell_at(in, 0, "cart.item_added", "{\"product\":\"laptop\"}");
    tell_at(in, 300, "cart.item_removed", "{\"product\":\"laptop\"}");
    tell_at(in, 600, "cart.item_added", "{\"product\":\"laptop\"}");
    tell_at(in, 900, "cart.item_added", "{\"product\":\"mouse\"}");
    tell_at(in, 901, "cart.item_added", "{\"product\":\"mouse\"}");
    jc_state *now = NULL;
    jc_state *then = NULL;
    jc_point ten_past = at_time(7 * 60);
    assert_int_equal(jc_state_read(in->store, &cart_projection, JC_STR("wf"), NULL, &now, NULL),
                     JC_OK);
    assert_int_equal(jc_state_read(in->store, &cart_projection, JC_STR("wf"), &ten_past, &then,
                                   NULL),
                     JC_OK);
    assert_string_equal(jc_state_json(now, NULL),
                        "{\"laptops\":1,\"mice\":2,\"changes_of_mind\":1}");
    assert_string_equal(jc_state_json(then, NULL),
                        "{\"laptops\":0,\"mice\":0,\"changes_of_mind\":1}");
    assert_int_equal(((const cart *)jc_state_get(now))->mice, 2);
    jc_state_free(now);
    jc_state_free(then);
}

static jc_status fail_at_second(void *context, const jc_event *event, jc_error *reterr)
{
    (void)context;
    if (event->sequence < 2)
        return JC_OK;
    if (reterr != NULL)
        snprintf(reterr->text, sizeof reterr->text, "no more");
    return JC_EINVAL;
}

static void a_projection_that_fails_is_named_with_the_event(void **state)
{
    story *in = *state;
    static const jc_projection failing = {.name = "failing",
                                          .version = 1,
                                          .state_size = 1,
                                          .apply = fail_at_second,
                                          .write_json = cart_write_json};
    jc_state *none = NULL;
    jc_error error;
    tell(in, "a.happened", "{}");
    tell(in, "a.happened", "{}");
    assert_int_equal(jc_state_read(in->store, &failing, JC_STR("wf"), NULL, &none, &error),
                     JC_EINVAL);
    assert_string_equal(error.text, "projection failing: wf #2: no more");
    assert_null(none);
}

static void numbers_that_json_does_not_have_are_left_out(void **state)
{
    story *in = *state;
    tell(in, "feature.completed", "{\"name\":\"b\",\"cost_usd\":1.5e308}");
    tell(in, "feature.completed", "{\"name\":\"a\",\"cost_usd\":1e308}");
    tell(in, "feature.completed", "{\"name\":\"a\",\"cost_usd\":1e308,\"duration_ms\":1e300}");
    assert_state_holds(in, "workflow", NULL,
                       "\"name\":\"a\",\"status\":\"completed\",\"attempts\":1,\"completed_at\"");
    assert_state_holds(in, "workflow", NULL, "\"cost_usd\":1e308,\"status_since");
    assert_state_holds(in, "workflow", NULL, "\"retries\":0,\"commits\"");
    jc_state *found = read_at(in, "workflow", NULL);
    assert_null(strstr(jc_state_json(found, NULL), "duration_ms"));
    jc_state_free(found);
}

static void a_projection_that_was_not_found_is_refused(void **state)
{
    story *in = *state;
    jc_state *none = NULL;
    tell(in, "a.happened", "{}");
    assert_int_equal(jc_state_read(in->store, jc_projection_find("nonsense"), JC_STR("wf"), NULL,
                                   &none, NULL),
                     JC_EINVAL);
    assert_null(none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY_CLAIM(a_workflow_is_told_from_start_to_end),
        STORY_CLAIM(both_vocabularies_mean_the_same),
        STORY_CLAIM(attempts_beyond_the_first_are_retries),
        STORY_CLAIM(a_status_says_since_when_and_by_which_event),
        STORY_CLAIM(a_duration_that_is_told_counts_where_no_start_is_known),
        STORY_CLAIM(durations_and_costs_below_zero_are_as_if_not_told),
        STORY_CLAIM(a_clock_that_went_back_makes_no_negative_duration),
        STORY_CLAIM(a_renamed_feature_is_the_same_one),
        STORY_CLAIM(a_completion_can_be_taken_back),
        STORY_CLAIM(a_feature_is_known_by_its_id_where_there_is_one),
        STORY_CLAIM(a_workflow_pauses_resumes_and_fails),
        STORY_CLAIM(tests_commits_and_work_trees_are_kept),
        STORY_CLAIM(notes_have_the_shape_that_others_read),
        STORY_CLAIM(the_past_is_reached_by_sequence_distance_and_time),
        STORY_CLAIM(a_time_takes_events_that_came_out_of_order_by_their_own_time),
        STORY_CLAIM(a_point_beyond_the_head_is_not_found),
        STORY_CLAIM(applying_an_event_again_changes_nothing),
        STORY_CLAIM(an_embedders_projection_is_read_like_the_others),
        STORY_CLAIM(a_projection_that_fails_is_named_with_the_event),
        STORY_CLAIM(numbers_that_json_does_not_have_are_left_out),
        STORY_CLAIM(a_projection_that_was_not_found_is_refused),
    };
    return cmocka_run_group_tests_name("projection", tests, NULL, NULL);
}
