/* How long each feature took: attempts, waits, totals, and what runs. */
#include "told.h"

static jc_timings *read_timings(told *in, const jc_point *point)
{
    jc_timings *timings = NULL;
    jc_error error;
    if (jc_timings_read(in->store, JC_STR("wf"), point, &timings, &error) < 0)
        fail_msg("%s", error.text);
    return timings;
}

/* Two failures and a success, with waits, after being planned; beside it a quick one. */
static void tell_retries(told *in)
{
    tell(in, 0, "c", "feature.planned", "{\"name\":\"auth\"}");
    tell(in, 10, "c", "feature.started", "{\"name\":\"auth\"}");
    tell(in, 30, "c", "feature.failed", "{\"name\":\"auth\"}");
    tell(in, 35, "c", "feature.started", "{\"name\":\"auth\"}");
    tell(in, 36, "c", "feature.started", "{\"name\":\"cart\"}");
    tell(in, 40, "c", "feature.completed", "{\"name\":\"cart\"}");
    tell(in, 65, "c", "feature.failed", "{\"name\":\"auth\"}");
    tell(in, 80, "c", "feature.started", "{\"name\":\"auth\"}");
    tell(in, 90, "c", "feature.completed", "{\"name\":\"auth\"}");
}

static void each_attempt_has_its_duration_and_the_wait_before_it(void **state)
{
    told *in = *state;
    tell_retries(in);
    jc_timings *timings = read_timings(in, NULL);
    const jc_feature_timing *auth = &timings->features[0];

    assert_int_equal(auth->attempt_count, 3);
    assert_int_equal(auth->attempts[0].status, JC_ATTEMPT_FAILED);
    assert_int_equal(auth->attempts[0].duration_ms, 20000);
    assert_int_equal(auth->attempts[0].waited_ms, 10000);
    assert_int_equal(auth->attempts[1].duration_ms, 30000);
    assert_int_equal(auth->attempts[1].waited_ms, 5000);
    assert_int_equal(auth->attempts[2].status, JC_ATTEMPT_COMPLETED);
    assert_int_equal(auth->attempts[2].waited_ms, 15000);
    assert_int_equal(auth->duration_ms, 80000);
    assert_int_equal(auth->worked_ms, 60000);
    assert_int_equal(auth->waited_ms, 30000);
    jc_timings_free(timings);
}

static void totals_median_and_slowest_are_of_all_features(void **state)
{
    told *in = *state;
    tell_retries(in);
    tell(in, 100, "c", "feature.started", "{\"name\":\"pages\"}");
    jc_timings *timings = read_timings(in, NULL);

    assert_int_equal(timings->feature_count, 3);
    assert_int_equal(timings->by_status[JC_FEATURE_IS_COMPLETED], 2);
    assert_int_equal(timings->by_status[JC_FEATURE_IS_STARTED], 1);
    assert_int_equal(timings->attempts, 5);
    assert_int_equal(timings->retries, 2);
    assert_int_equal(timings->worked_ms, 64000);
    assert_int_equal(timings->waited_ms, 30000);
    assert_int_equal(timings->median_ms, 42000);
    assert_str(timings->slowest->name, "auth");
    assert_int_equal(timings->sequence, 10);
    jc_timings_free(timings);
}

static void what_runs_has_no_end_and_no_duration(void **state)
{
    told *in = *state;
    tell_retries(in);
    jc_point point = {.kind = JC_POINT_SEQUENCE, .number = 4};
    jc_timings *timings = read_timings(in, &point);
    const jc_feature_timing *auth = &timings->features[0];

    assert_int_equal(auth->status, JC_FEATURE_IS_STARTED);
    assert_int_equal(auth->attempts[1].status, JC_ATTEMPT_RUNNING);
    assert_int_equal(auth->attempts[1].ended_us, JC_UNKNOWN);
    assert_int_equal(auth->attempts[1].duration_ms, JC_UNKNOWN);
    assert_int_equal(auth->duration_ms, JC_UNKNOWN);
    assert_int_equal(timings->median_ms, JC_UNKNOWN);
    assert_null(timings->slowest);
    assert_int_equal(timings->as_of_us, TOLD_START_US + 35 * 1000000);
    jc_timings_free(timings);
}

static void a_renamed_feature_keeps_its_attempts(void **state)
{
    told *in = *state;
    tell(in, 0, "c", "feature.started", "{\"name\":\"auth\"}");
    tell(in, 10, "c", "feature.renamed", "{\"name\":\"auth\",\"new_name\":\"login\"}");
    tell(in, 20, "c", "feature.completed", "{\"name\":\"login\"}");
    jc_timings *timings = read_timings(in, NULL);

    assert_int_equal(timings->feature_count, 1);
    assert_str(timings->features[0].name, "login");
    assert_int_equal(timings->features[0].duration_ms, 20000);
    jc_timings_free(timings);
}

static void an_attempt_that_nobody_ended_ends_with_the_next(void **state)
{
    told *in = *state;
    tell(in, 0, "c", "feature.started", "{\"name\":\"a\"}");
    tell(in, 10, "c", "feature.started", "{\"name\":\"a\"}");
    jc_timings *timings = read_timings(in, NULL);

    assert_int_equal(timings->features[0].attempts[0].status, JC_ATTEMPT_ABANDONED);
    assert_int_equal(timings->features[0].attempts[0].duration_ms, 10000);
    assert_int_equal(timings->features[0].attempts[1].status, JC_ATTEMPT_RUNNING);
    jc_timings_free(timings);
}

static void a_completion_that_was_taken_back_is_no_completion(void **state)
{
    told *in = *state;
    tell(in, 0, "c", "feature.started", "{\"name\":\"a\"}");
    tell(in, 10, "c", "feature.completed", "{\"name\":\"a\"}");
    tell(in, 20, "c", "feature.completion_reverted", "{\"name\":\"a\"}");
    tell(in, 30, "c", "feature.started", "{\"name\":\"a\"}");
    jc_timings *timings = read_timings(in, NULL);

    assert_int_equal(timings->features[0].status, JC_FEATURE_IS_STARTED);
    assert_int_equal(timings->features[0].attempts[0].status, JC_ATTEMPT_REVERTED);
    assert_int_equal(timings->features[0].attempts[0].duration_ms, 10000);
    assert_int_equal(timings->features[0].attempts[1].waited_ms, 20000);
    jc_timings_free(timings);
}

static void a_duration_that_is_told_counts_where_no_start_is_known(void **state)
{
    told *in = *state;
    tell(in, 100, "c", "feature.completed", "{\"name\":\"a\",\"duration_ms\":40000}");
    tell(in, 100, "c", "feature.completed", "{\"name\":\"b\"}");
    tell(in, 100, "c", "feature.completed", "{\"name\":\"c\",\"duration_ms\":-1}");
    tell(in, 100, "c", "feature.completed", "{\"name\":\"d\",\"duration_ms\":1e300}");
    tell(in, 110, "c", "feature.started", "{\"name\":\"e\"}");
    tell(in, 120, "c", "feature.completed", "{\"name\":\"e\",\"duration_ms\":5}");
    jc_timings *timings = read_timings(in, NULL);

    assert_int_equal(timings->features[0].duration_ms, 40000);
    assert_int_equal(timings->features[0].started_us, TOLD_START_US + 60 * 1000000);
    for (size_t i = 1; i < 4; i++)
        assert_int_equal(timings->features[i].duration_ms, JC_UNKNOWN);
    assert_int_equal(timings->features[4].duration_ms, 10000);
    jc_timings_free(timings);
}

static void a_clock_that_went_back_makes_no_negative_time(void **state)
{
    told *in = *state;
    tell(in, 100, "c", "feature.planned", "{\"name\":\"a\"}");
    tell(in, 50, "c", "feature.started", "{\"name\":\"a\"}");
    tell(in, 40, "c", "feature.failed", "{\"name\":\"a\"}");
    tell(in, 30, "c", "feature.started", "{\"name\":\"a\"}");
    jc_timings *timings = read_timings(in, NULL);

    assert_int_equal(timings->features[0].attempts[0].duration_ms, 0);
    assert_int_equal(timings->features[0].attempts[0].waited_ms, 0);
    assert_int_equal(timings->features[0].attempts[1].waited_ms, 0);
    jc_timings_free(timings);
}

static void attempts_and_retries_are_as_many_as_the_workflow_counts(void **state)
{
    told *in = *state;
    tell_retries(in);
    tell(in, 100, "c", "feature.failed", "{\"name\":\"auth\"}");
    tell(in, 100, "c", "feature.completed", "{\"feature_id\":\"f9\"}");
    tell(in, 101, "c", "feature.started", "{\"feature_id\":\"f9\"}");
    jc_timings *timings = read_timings(in, NULL);

    assert_int_equal(timings->retries, 3);
    assert_told_holds(in, "workflow", "\"retries\":3");
    assert_int_equal(timings->features[0].attempt_count, 3);
    assert_told_holds(in, "timings",
                      "\"status\":\"failed\",\"planned_at\":\"" TOLD_TIME("00", "00"));
    jc_timings_free(timings);
}

static void a_workflow_that_is_not_there_has_no_timings(void **state)
{
    told *in = *state;
    jc_timings *timings = NULL;
    jc_error error;
    assert_int_equal(jc_timings_read(in->store, JC_STR("wf"), NULL, &timings, &error),
                     JC_ENOTFOUND);
    tell(in, 0, NULL, "workflow.started", "{}");
    jc_point beyond = {.kind = JC_POINT_SEQUENCE, .number = 2};
    assert_int_equal(jc_timings_read(in->store, JC_STR("wf"), &beyond, &timings, &error),
                     JC_ENOTFOUND);
    timings = read_timings(in, NULL);
    assert_int_equal(timings->feature_count, 0);
    jc_timings_free(timings);
    jc_timings_free(NULL);
}

static void what_is_no_saved_state_is_refused(void **state)
{
    (void)state;
    assert_refused("timings", "{\"features\":[{}]}");
    assert_refused("timings", "{\"features\":[7]}");
    assert_refused("timings",
                   "{\"features\":[{\"name\":\"a\",\"status\":\"started\",\"attempts\":[{}]}]}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TOLD_CLAIM(each_attempt_has_its_duration_and_the_wait_before_it),
        TOLD_CLAIM(totals_median_and_slowest_are_of_all_features),
        TOLD_CLAIM(what_runs_has_no_end_and_no_duration),
        TOLD_CLAIM(a_renamed_feature_keeps_its_attempts),
        TOLD_CLAIM(an_attempt_that_nobody_ended_ends_with_the_next),
        TOLD_CLAIM(a_completion_that_was_taken_back_is_no_completion),
        TOLD_CLAIM(a_duration_that_is_told_counts_where_no_start_is_known),
        TOLD_CLAIM(a_clock_that_went_back_makes_no_negative_time),
        TOLD_CLAIM(attempts_and_retries_are_as_many_as_the_workflow_counts),
        TOLD_CLAIM(a_workflow_that_is_not_there_has_no_timings),
        CLAIM(what_is_no_saved_state_is_refused),
    };
    return cmocka_run_group_tests_name("timings", tests, NULL, NULL);
}
