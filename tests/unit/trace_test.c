/* Traces: events that share a correlation id, as a tree by causation. */
#include "told.h"

#define DEEP 10000

/* Append an event of the trace "t"; its number is what others name as their cause. */
static void cause(told *in, int64_t seconds, const char *workflow_id, const char *causation_id)
{
    jc_event event = told_event(in, seconds, "a", "step.done", "{}");
    event.workflow_id = jc_str_of(workflow_id);
    event.correlation_id = JC_STR("t");
    event.causation_id = jc_str_of(causation_id);
    told_append(in, &event);
}

/* The id of the event that is told as that number, as text. */
static const char *id_of(uint64_t number)
{
    static char texts[8][JC_UUID_TEXT_SIZE];
    static size_t next = 0;
    char *text = texts[next++ % 8];
    jc_uuid_format(jc_test_id(number), text);
    return text;
}

static jc_trace *read_trace(told *in)
{
    jc_trace *trace = NULL;
    jc_error error;
    if (jc_trace_read(in->store, JC_STR("t"), NULL, 0, &trace, &error) < 0)
        fail_msg("%s", error.text);
    return trace;
}

/* Fail unless event `at` of the trace is the one told as `number`, at that depth. */
static void assert_place(const jc_trace *trace, size_t at, uint64_t number, size_t depth)
{
    jc_uuid id = jc_test_id(number);
    assert_true(at < trace->count);
    assert_memory_equal(trace->events[at].event.id.bytes, id.bytes, sizeof id.bytes);
    assert_int_equal(trace->events[at].depth, depth);
}

static void events_stand_below_their_cause_over_all_workflows(void **state)
{
    told *in = *state;
    cause(in, 0, "wf", NULL);
    cause(in, 10, "wf", id_of(1));
    cause(in, 20, "other", id_of(1));
    cause(in, 30, "third", id_of(2));
    tell(in, 40, "a", "step.done", "{}");
    jc_trace *trace = read_trace(in);

    assert_int_equal(trace->count, 4);
    assert_place(trace, 0, 1, 0);
    assert_place(trace, 1, 2, 1);
    assert_place(trace, 2, 4, 2);
    assert_place(trace, 3, 3, 1);
    assert_int_equal(trace->events[2].parent, 1);
    assert_int_equal(trace->events[3].parent, 0);
    assert_false(trace->events[1].last_of_kind);
    assert_true(trace->events[3].last_of_kind);
    assert_str(trace->events[2].event.workflow_id, "third");
    jc_trace_free(trace);
}

static void times_are_since_the_earliest_and_since_the_cause(void **state)
{
    told *in = *state;
    cause(in, 60, "wf", NULL);
    cause(in, 90, "wf", id_of(1));
    cause(in, 30, "wf", id_of(1));
    jc_trace *trace = read_trace(in);

    assert_int_equal(trace->duration_us, 60000000);
    assert_int_equal(trace->events[0].offset_us, 30000000);
    assert_int_equal(trace->events[1].since_cause_us, 30000000);
    assert_int_equal(trace->events[2].offset_us, 0);
    assert_int_equal(trace->events[2].since_cause_us, -30000000);
    jc_trace_free(trace);
}

static void one_workflow_can_be_asked_for(void **state)
{
    told *in = *state;
    jc_str only = JC_STR("other");
    jc_trace *trace = NULL;
    cause(in, 0, "wf", NULL);
    cause(in, 1, "other", id_of(1));
    assert_int_equal(jc_trace_read(in->store, JC_STR("t"), &only, 1, &trace, NULL), JC_OK);
    assert_int_equal(trace->count, 1);
    assert_int_equal(trace->events[0].cause, JC_CAUSE_OUTSIDE);
    jc_trace_free(trace);
}

static void an_unknown_correlation_is_not_found(void **state)
{
    told *in = *state;
    jc_trace *trace = NULL;
    jc_error error;
    cause(in, 0, "wf", NULL);
    assert_int_equal(jc_trace_read(in->store, JC_STR("nope"), NULL, 0, &trace, &error),
                     JC_ENOTFOUND);
    assert_holds(error.text, "'nope'");
    jc_trace_free(NULL);
}

static void a_cause_may_be_written_in_other_ways(void **state)
{
    told *in = *state;
    char text[64] = "urn:uuid:";
    char upper[JC_UUID_TEXT_SIZE];
    char bare[JC_UUID_TEXT_SIZE] = "";
    cause(in, 0, "wf", NULL);
    (void)snprintf(text + 9, sizeof text - 9, "%s", id_of(1));
    size_t length = 0;
    for (size_t i = 0; i < JC_UUID_TEXT_SIZE; i++) {
        char c = id_of(1)[i];
        upper[i] = (char)(c >= 'a' && c <= 'f' ? c - 'a' + 'A' : c);
        if (c != '-')
            bare[length++] = c;
    }
    cause(in, 1, "wf", text);
    cause(in, 2, "wf", upper);
    cause(in, 3, "wf", bare);
    cause(in, 4, "wf", "the user");
    jc_trace *trace = read_trace(in);
    for (size_t i = 1; i < 4; i++)
        assert_place(trace, i, i + 1, 1);
    assert_place(trace, 4, 5, 0);
    assert_int_equal(trace->events[4].cause, JC_CAUSE_OUTSIDE);
    jc_trace_free(trace);
}

static void a_foreign_id_leads_to_the_event_that_was_imported_with_it(void **state)
{
    told *in = *state;
    jc_event event = told_event(in, 0, "a", "step.done", "{}");
    jc_uuid urls;
    assert_int_equal(jc_uuid_parse(JC_STR("6ba7b811-9dad-11d1-80b4-00c04fd430c8"), &urls, NULL),
                     JC_OK);
    event.id = jc_uuid_derive(jc_uuid_derive(urls, JC_STR("urn:jc:import")), JC_STR("evt-1"));
    event.correlation_id = JC_STR("t");
    told_append(in, &event);
    cause(in, 1, "wf", "evt-1");
    jc_trace *trace = read_trace(in);
    assert_place(trace, 1, 2, 1);
    jc_trace_free(trace);
}

static void circles_are_cut_at_their_earliest_event(void **state)
{
    told *in = *state;
    cause(in, 0, "wf", id_of(1)); /* itself */
    cause(in, 1, "wf", id_of(4));
    cause(in, 2, "wf", id_of(2));
    cause(in, 3, "wf", id_of(3));
    cause(in, 4, "wf", id_of(4)); /* hangs on the circle */
    jc_trace *trace = read_trace(in);

    assert_int_equal(trace->count, 5);
    assert_place(trace, 0, 1, 0);
    assert_int_equal(trace->events[0].cause, JC_CAUSE_CIRCLE);
    assert_place(trace, 1, 2, 0);
    assert_int_equal(trace->events[1].cause, JC_CAUSE_CIRCLE);
    assert_place(trace, 2, 3, 1);
    assert_place(trace, 3, 4, 2);
    assert_place(trace, 4, 5, 3);
    jc_trace_free(trace);
}

/* Both ways round: told in order, and each before its cause. */
static void a_deep_chain_is_laid_out_in_full(void **state)
{
    told *in = *state;
    static jc_event events[DEEP];
    static char causes[DEEP][JC_UUID_TEXT_SIZE];
    for (int backwards = 0; backwards < 2; backwards++) {
        uint64_t first = backwards != 0 ? 2 * DEEP : 1;
        in->number = first;
        for (uint64_t i = 0; i < DEEP; i++) {
            events[i] = told_event(in, (int64_t)i, "a", "step.done", "{}");
            events[i].correlation_id = backwards != 0 ? JC_STR("back") : JC_STR("t");
            jc_uuid_format(jc_test_id(first + i + (backwards != 0 ? 1 : (uint64_t)-1)), causes[i]);
            events[i].causation_id = jc_str_of(causes[i]);
        }
        assert_int_equal(jc_test_append(in->store, events, DEEP, NULL, NULL), JC_OK);
        jc_trace *trace = NULL;
        assert_int_equal(jc_trace_read(in->store, events[0].correlation_id, NULL, 0, &trace, NULL),
                         JC_OK);
        assert_int_equal(trace->count, DEEP);
        for (size_t i = 0; i < DEEP; i++)
            assert_place(trace, i, backwards != 0 ? first + DEEP - 1 - i : first + i, i);
        jc_trace_free(trace);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TOLD_CLAIM(events_stand_below_their_cause_over_all_workflows),
        TOLD_CLAIM(times_are_since_the_earliest_and_since_the_cause),
        TOLD_CLAIM(one_workflow_can_be_asked_for),
        TOLD_CLAIM(an_unknown_correlation_is_not_found),
        TOLD_CLAIM(a_cause_may_be_written_in_other_ways),
        TOLD_CLAIM(a_foreign_id_leads_to_the_event_that_was_imported_with_it),
        TOLD_CLAIM(circles_are_cut_at_their_earliest_event),
        TOLD_CLAIM(a_deep_chain_is_laid_out_in_full),
    };
    return cmocka_run_group_tests_name("trace", tests, NULL, NULL);
}
