/* Many writers at once, processes and threads: nobody's event is lost, doubled or out of order, and
 * the mirrors come out as the log's lines.
 *
 * The threads' part is the one to run under the thread sanitizer: a handle each, nothing shared. */
#include "contract/fixture.h"
#include "model/check_log.h"
#include "model/child.h"

#include "base/clock.h"
#include "base/fail.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum {
    writer_count = 8,
    events_each = 1000,
    unit_events_max = 4,
    workflows_max = 16,
    optimist_count = 4,
    optimist_events = 100,
    patience_s = 60
};

typedef struct writer_task {
    const char *dir;
    int number;
    int workflows; /* over how many the events are spread */
    char text[256];
    jc_error error;
} writer_task;

/* What a writer says as its `at`th event, written into the two buffers. */
static jc_event writer_event(const writer_task *writer, int at, char workflow[16], char data[64])
{
    snprintf(workflow, 16, "wf-%02d", (writer->number + at) % writer->workflows);
    snprintf(data, 64, "{\"writer\":%d,\"at\":%d}", writer->number, at);
    uint64_t number = (uint64_t)writer->number * 1000000 + (uint64_t)at;
    return jc_test_event(number, workflow, "step.done", data);
}

/* Whoever finds the queue full for 5 s tries again, but not for ever. */
static jc_status append_patiently(jc_store *store, const jc_event events[], size_t count,
                                  jc_receipt ret_receipts[], jc_error *reterr)
{
    int64_t give_up_us = jc_clock_monotonic_us() + patience_s * JC_US_PER_SECOND;
    jc_status status;
    do
        status = jc_test_append(store, events, count, ret_receipts, reterr);
    while (status == JC_EBUSY && jc_clock_monotonic_us() < give_up_us);
    return status;
}

/* One unit; every seventh is sent twice, as after a lost answer, and must get the same receipts. */
static jc_status write_unit(jc_store *store, const writer_task *writer, int first, int count,
                            jc_error *reterr)
{
    jc_event events[unit_events_max];
    jc_receipt receipts[unit_events_max];
    jc_receipt again[unit_events_max];
    char workflows[unit_events_max][16];
    char data[unit_events_max][64];
    for (int i = 0; i < count; i++)
        events[i] = writer_event(writer, first + i, workflows[i], data[i]);

    jc_status status = append_patiently(store, events, (size_t)count, receipts, reterr);
    if (status < 0 || first % 7 != 0)
        return status;
    status = append_patiently(store, events, (size_t)count, again, reterr);
    for (int i = 0; status == JC_OK && i < count; i++)
        if (again[i].position != receipts[i].position || !again[i].already_stored)
            return jc_fail(reterr, JC_ECORRUPT, "event %d got another receipt when sent again",
                           first + i);
    return status;
}

static void keep_warning(void *context, const char *text)
{
    writer_task *writer = context;
    snprintf(writer->text, sizeof writer->text, "%s", text);
}

static jc_status write_all(writer_task *writer)
{
    /* What is checked here is order, not durability. */
    const jc_options options = {.durability = JC_DURABILITY_NORMAL,
                                .warn = keep_warning,
                                .warn_context = writer};
    jc_store *store = NULL;
    jc_status status = jc_open(writer->dir, &options, &store, &writer->error);
    for (int at = 0, count; status == JC_OK && at < events_each; at += count) {
        count = 1 + at % unit_events_max;
        count = count < events_each - at ? count : events_each - at;
        status = write_unit(store, writer, at, count, &writer->error);
    }
    jc_close(store);
    return status;
}

static int run_writer(void *context)
{
    writer_task *writer = context;
    jc_status status = write_all(writer);
    if (status < 0)
        fprintf(stderr, "# writer %d: %s\n", writer->number, writer->error.text);
    if (writer->text[0] != '\0')
        fprintf(stderr, "# writer %d was warned: %s\n", writer->number, writer->text);
    return status < 0 ? 1 : 0;
}

static void *run_writer_thread(void *context)
{
    return run_writer(context) == 0 ? NULL : context;
}

/* Every writer's events are there once, in the order of writing within each workflow. */
static void check_writers(jc_store *store)
{
    static bool seen[writer_count][events_each];
    int last[writer_count][workflows_max];
    memset(seen, 0, sizeof seen);
    memset(last, -1, sizeof last);
    jc_error error;
    jc_cursor *cursor = NULL;
    const jc_filter everything = {0};
    assert_status(jc_cursor_open(store, &everything, &cursor, &error), JC_OK);
    const jc_event *event = NULL;
    while (jc_cursor_next(cursor, &event, &error) == JC_OK) {
        int number;
        int at;
        int workflow;
        char text[128];
        snprintf(text, sizeof text, "%.*s %.*s", (int)event->workflow_id.size,
                 event->workflow_id.bytes, (int)event->data.size, event->data.bytes);
        assert_int_equal(sscanf(text, "wf-%d {\"writer\":%d,\"at\":%d}", &workflow, &number, &at),
                         3);
        assert_in_range(number, 0, writer_count - 1);
        assert_in_range(at, 0, events_each - 1);
        assert_in_range(workflow, 0, workflows_max - 1);
        assert_false(seen[number][at]);
        seen[number][at] = true;
        assert_true(last[number][workflow] < at);
        last[number][workflow] = at;
    }
    jc_cursor_close(cursor);
}

static void check_result(const char *dir, uint64_t wanted)
{
    jc_error error = {0};
    jc_store *store = NULL;
    uint64_t events = 0;
    jc_assert_status(jc_open(dir, NULL, &store, &error), JC_OK, error.text, __FILE__, __LINE__);
    jc_assert_status(jc_check_log(store, &events, &error), JC_OK, error.text, __FILE__, __LINE__);
    assert_int_equal(events, wanted);
    jc_assert_status(jc_check_mirrors(store, dir, &error), JC_OK, error.text, __FILE__, __LINE__);
    if (wanted == writer_count * events_each)
        check_writers(store);
    jc_close(store);
}

static int set_up(void **state)
{
    static char dir[JC_TEST_PATH_SIZE];
    jc_test_project_make(dir);
    *state = dir;
    return 0;
}

static int tear_down(void **state)
{
    jc_test_folder_remove(*state);
    return 0;
}

static void run_processes(const char *dir, int workflows)
{
    writer_task writers[writer_count];
    pid_t children[writer_count];
    for (int i = 0; i < writer_count; i++) {
        writers[i] = (writer_task){.dir = dir, .number = i, .workflows = workflows};
        children[i] = jc_child_start(run_writer, &writers[i]);
    }
    int failed = 0;
    for (int i = 0; i < writer_count; i++)
        failed += jc_child_wait(children[i]) != 0;
    assert_int_equal(failed, 0);
    check_result(dir, writer_count * events_each);
}

static void eight_processes_write_one_workflow(void **state)
{
    run_processes(*state, 1);
}

static void eight_processes_write_many_workflows(void **state)
{
    run_processes(*state, workflows_max);
}

static void run_threads(const char *dir, int workflows)
{
    writer_task writers[writer_count];
    pthread_t threads[writer_count];
    for (int i = 0; i < writer_count; i++) {
        writers[i] = (writer_task){.dir = dir, .number = i, .workflows = workflows};
        assert_int_equal(pthread_create(&threads[i], NULL, run_writer_thread, &writers[i]), 0);
    }
    int failed = 0;
    for (int i = 0; i < writer_count; i++) {
        void *result = NULL;
        assert_int_equal(pthread_join(threads[i], &result), 0);
        failed += result != NULL;
    }
    assert_int_equal(failed, 0);
    check_result(dir, writer_count * events_each);
}

static void eight_threads_write_one_workflow_with_a_handle_each(void **state)
{
    run_threads(*state, 1);
}

static void eight_threads_write_many_workflows_with_a_handle_each(void **state)
{
    run_threads(*state, workflows_max);
}

/* Read the head, write what follows from it, and start over when somebody was quicker. */
static jc_status count_up(jc_store *store, int number, int at, jc_error *reterr)
{
    int64_t give_up_us = jc_clock_monotonic_us() + patience_s * JC_US_PER_SECOND;
    jc_status status;
    do {
        jc_head head = {0};
        status = jc_head_read(store, JC_STR("counter"), &head, reterr);
        if (status < 0)
            return status;
        char data[64];
        snprintf(data, sizeof data, "{\"count\":%llu}", (unsigned long long)head.sequence + 1);
        jc_event event =
            jc_test_event((uint64_t)(number * 1000 + at + 1), "counter", "step.done", data);
        status = jc_test_append_expecting(store, &event, 1, head.sequence, NULL, reterr);
    } while ((status == JC_ECONFLICT || status == JC_EBUSY) &&
             jc_clock_monotonic_us() < give_up_us);
    return status;
}

static int run_optimist(void *context)
{
    writer_task *writer = context;
    const jc_options options = {.durability = JC_DURABILITY_NORMAL};
    jc_store *store = NULL;
    jc_status status = jc_open(writer->dir, &options, &store, &writer->error);
    for (int at = 0; status == JC_OK && at < optimist_events; at++)
        status = count_up(store, writer->number, at, &writer->error);
    jc_close(store);
    if (status < 0)
        fprintf(stderr, "# writer %d: %s\n", writer->number, writer->error.text);
    return status < 0 ? 1 : 0;
}

static void no_update_is_lost_by_writers_who_say_what_they_expect(void **state)
{
    writer_task writers[optimist_count];
    pid_t children[optimist_count];
    for (int i = 0; i < optimist_count; i++) {
        writers[i] = (writer_task){.dir = *state, .number = i};
        children[i] = jc_child_start(run_optimist, &writers[i]);
    }
    for (int i = 0; i < optimist_count; i++)
        assert_int_equal(jc_child_wait(children[i]), 0);
    check_result(*state, optimist_count * optimist_events);

    jc_error error;
    jc_store *store = NULL;
    jc_cursor *cursor = NULL;
    const jc_filter everything = {0};
    assert_status(jc_open(*state, NULL, &store, &error), JC_OK);
    assert_status(jc_cursor_open(store, &everything, &cursor, &error), JC_OK);
    const jc_event *event = NULL;
    while (jc_cursor_next(cursor, &event, &error) == JC_OK) {
        char data[64];
        snprintf(data, sizeof data, "{\"count\":%llu}", (unsigned long long)event->sequence);
        assert_true(jc_str_equal(event->data, jc_str_of(data)));
    }
    jc_cursor_close(cursor);
    jc_close(store);
}

#define WRITERS_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WRITERS_TEST(eight_processes_write_one_workflow),
        WRITERS_TEST(eight_processes_write_many_workflows),
        WRITERS_TEST(eight_threads_write_one_workflow_with_a_handle_each),
        WRITERS_TEST(eight_threads_write_many_workflows_with_a_handle_each),
        WRITERS_TEST(no_update_is_lost_by_writers_who_say_what_they_expect),
    };
    return cmocka_run_group_tests_name("writers", tests, NULL, NULL);
}
