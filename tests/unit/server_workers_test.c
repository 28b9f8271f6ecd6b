/* The threads behind the loop: everything asked is answered once, in the loop; too much is refused; the end
 * waits for nobody for long. */
#include "unit.h"

#include "base/clock.h"
#include "contract/folder.h"
#include "server/workers.h"

#include <event2/event.h>
#include <pthread.h>
#include <semaphore.h>
#include <sqlite3.h>
#include <stdlib.h>

typedef struct fixture {
    char folder[JC_TEST_PATH_SIZE];
    struct event_base *base;
    jc_workers *workers;
    int answered;
    int wanted;      /* the loop ends when so many were answered */
    int last_status; /* of a response; jobs have none */
    int first_status;
    pthread_t loop;
    bool elsewhere; /* something was called back in another thread than the loop's */
} fixture;

/* Not of a fixture: threads may outlive one. */
static sem_t entered; /* posted by a job that holds its thread */
static sem_t leave;   /* lets one such job end */
static jc_workers *volatile left_behind;

static int set_up(void **state)
{
    fixture *own = calloc(1, sizeof *own);
    jc_error error = {0};
    assert_non_null(own);
    jc_test_project_make(own->folder);
    own->base = event_base_new();
    own->loop = pthread_self();
    assert_int_equal(sem_init(&entered, 0, 0), 0);
    assert_int_equal(sem_init(&leave, 0, 0), 0);
    assert_int_equal(jc_workers_new(own->base, own->folder, &own->workers, &error), JC_OK);
    *state = own;
    return 0;
}

static int tear_down(void **state)
{
    fixture *own = *state;
    (void)jc_workers_free(own->workers);
    event_base_free(own->base);
    jc_test_folder_remove(own->folder);
    free(own);
    return 0;
}

static void done(void *context, jc_response *response)
{
    fixture *own = context;
    own->elsewhere = own->elsewhere || !pthread_equal(own->loop, pthread_self());
    if (response->status != 0)
        own->last_status = response->status;
    if (++own->answered == own->wanted)
        (void)event_base_loopbreak(own->base);
}

static void hold(void *context)
{
    (void)context;
    (void)sem_post(&entered);
    (void)sem_wait(&leave);
}

static void nothing(void *context)
{
    (void)context;
}

static void run_until(fixture *own, int answered)
{
    own->wanted = answered;
    if (own->answered < answered)
        (void)event_base_dispatch(own->base);
    assert_int_equal(own->answered, answered);
}

/* Keep every thread from other work. */
static void hold_all(fixture *own)
{
    jc_error error = {0};
    for (int i = 0; i < JC_WORKERS_COUNT; i++)
        assert_int_equal(jc_workers_run(own->workers, hold, done, own, &error), JC_OK);
    for (int i = 0; i < JC_WORKERS_COUNT; i++)
        (void)sem_wait(&entered);
}

static void let_go(void)
{
    for (int i = 0; i < JC_WORKERS_COUNT; i++)
        (void)sem_post(&leave);
}

static void a_request_is_answered_in_the_loop(void **state)
{
    fixture *own = *state;
    jc_error error = {0};
    jc_request request = {.method = JC_METHOD_GET, .path = JC_STR("/api/workflows")};
    assert_int_equal(jc_workers_ask(own->workers, &request, done, own, &error), JC_OK);
    run_until(own, 1);
    assert_int_equal(own->last_status, 200);
    assert_false(own->elsewhere);
}

static void a_request_is_copied(void **state)
{
    fixture *own = *state;
    jc_error error = {0};
    char path[] = "/api/workflows";
    jc_request request = {.method = JC_METHOD_GET, .path = jc_str_of(path)};
    hold_all(own);
    assert_int_equal(jc_workers_ask(own->workers, &request, done, own, &error), JC_OK);
    memset(path, 'x', strlen(path));
    let_go();
    run_until(own, JC_WORKERS_COUNT + 1);
    assert_int_equal(own->last_status, 200);
}

static void a_job_keeps_no_request_waiting_while_a_thread_is_free(void **state)
{
    fixture *own = *state;
    jc_error error = {0};
    jc_request request = {.method = JC_METHOD_GET, .path = JC_STR("/api/workflows")};
    assert_int_equal(jc_workers_run(own->workers, hold, done, own, &error), JC_OK);
    (void)sem_wait(&entered);
    assert_int_equal(jc_workers_ask(own->workers, &request, done, own, &error), JC_OK);
    run_until(own, 1);
    assert_int_equal(own->last_status, 200);
    (void)sem_post(&leave);
    run_until(own, 2);
}

/* A handle of the log, on another thread's side: it keeps the writers' lock until it is closed. */
static sqlite3 *lock_log(const fixture *own)
{
    sqlite3 *db = NULL;
    char path[JC_TEST_PATH_SIZE + 32];
    (void)snprintf(path, sizeof path, "%s/.jc/events.db", own->folder);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    return db;
}

static void done_locked(void *context, jc_response *response)
{
    fixture *own = context;
    own->first_status = own->first_status != 0 ? own->first_status : response->status;
    done(context, response);
}

static void while_the_log_is_locked_questions_are_answered(void **state)
{
    fixture *own = *state;
    jc_error error = {0};
    jc_request note = {.method = JC_METHOD_POST,
                       .path = JC_STR("/api/notes"),
                       .content_type = JC_STR("application/json"),
                       .body = JC_STR("{\"workflow_id\":\"w\",\"title\":\"t\"}")};
    jc_request question = {.method = JC_METHOD_GET, .path = JC_STR("/api/workflows")};
    sqlite3 *lock = lock_log(own);
    for (int i = 0; i < JC_WORKERS_COUNT; i++)
        assert_int_equal(jc_workers_ask(own->workers, &note, done_locked, own, &error), JC_OK);
    assert_int_equal(jc_workers_ask(own->workers, &question, done_locked, own, &error), JC_OK);
    run_until(own, 1);
    assert_int_equal(own->first_status, 200);
    (void)sqlite3_close(lock);
    run_until(own, JC_WORKERS_COUNT + 1);
    assert_int_equal(own->last_status, 201);
}

static void a_write_behind_others_waits_no_longer_than_one(void **state)
{
    fixture *own = *state;
    jc_error error = {0};
    jc_request note = {.method = JC_METHOD_POST,
                       .path = JC_STR("/api/notes"),
                       .content_type = JC_STR("application/json"),
                       .body = JC_STR("{\"workflow_id\":\"w\",\"title\":\"t\"}")};
    sqlite3 *lock = lock_log(own);
    int64_t began_us = jc_clock_monotonic_us();
    for (int i = 0; i < 8; i++)
        assert_int_equal(jc_workers_ask(own->workers, &note, done, own, &error), JC_OK);
    run_until(own, 8);
    assert_int_equal(own->last_status, 503);
    assert_in_range(jc_clock_monotonic_us() - began_us, 0, 3 * JC_BUSY_TIMEOUT_MS * INT64_C(1000));
    (void)sqlite3_close(lock);
}

static void a_job_goes_before_requests_that_wait(void **state)
{
    fixture *own = *state;
    jc_error error = {0};
    jc_request question = {.method = JC_METHOD_GET, .path = JC_STR("/api/workflows")};
    hold_all(own);
    assert_int_equal(jc_workers_ask(own->workers, &question, done, own, &error), JC_OK);
    assert_int_equal(jc_workers_run(own->workers, hold, done, own, &error), JC_OK);
    (void)sem_post(&leave);
    (void)sem_wait(&entered);
    run_until(own, 1);
    assert_int_equal(own->last_status, 0);
    let_go();
    run_until(own, JC_WORKERS_COUNT + 2);
    assert_int_equal(own->last_status, 200);
}

static void too_many_that_wait_are_refused_at_once(void **state)
{
    fixture *own = *state;
    jc_error error = {0};
    hold_all(own);
    for (int i = 0; i < JC_WORKERS_WAITING_MAX; i++)
        assert_int_equal(jc_workers_run(own->workers, nothing, done, own, &error), JC_OK);
    assert_int_equal(jc_workers_run(own->workers, nothing, done, own, &error), JC_EBUSY);
    assert_holds(error.text, "too much");
    let_go();
    run_until(own, JC_WORKERS_COUNT + JC_WORKERS_WAITING_MAX);
    assert_int_equal(jc_workers_run(own->workers, nothing, done, own, &error), JC_OK);
    run_until(own, JC_WORKERS_COUNT + JC_WORKERS_WAITING_MAX + 1);
}

static void too_many_bytes_that_wait_are_refused_at_once(void **state)
{
    fixture *own = *state;
    jc_error error = {0};
    size_t size = JC_REQUEST_BODY_SIZE_MAX;
    int fitting = (int)(JC_WORKERS_WAITING_SIZE_MAX / size) - 1;
    char *body = calloc(1, size);
    jc_request request = {.method = JC_METHOD_POST,
                          .path = JC_STR("/api/events"),
                          .content_type = JC_STR("application/json"),
                          .body = {body, size}};
    assert_non_null(body);
    hold_all(own);
    for (int i = 0; i < fitting; i++)
        assert_int_equal(jc_workers_ask(own->workers, &request, done, own, &error), JC_OK);
    assert_int_equal(jc_workers_ask(own->workers, &request, done, own, &error), JC_EBUSY);
    free(body);
    let_go();
    run_until(own, JC_WORKERS_COUNT + fitting);
}

static void the_end_refuses_what_waits_and_leaves_behind_what_lasts(void **state)
{
    fixture *own = *state;
    jc_error error = {0};
    jc_request request = {.method = JC_METHOD_GET, .path = JC_STR("/api/workflows")};
    hold_all(own);
    assert_int_equal(jc_workers_ask(own->workers, &request, done, own, &error), JC_OK);
    left_behind = own->workers;
    own->workers = NULL;
    assert_false(jc_workers_free(left_behind));
    assert_int_equal(own->answered, 1);
    assert_int_equal(own->last_status, 503);
    let_go();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_request_is_answered_in_the_loop, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_request_is_copied, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_job_keeps_no_request_waiting_while_a_thread_is_free,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(while_the_log_is_locked_questions_are_answered, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_write_behind_others_waits_no_longer_than_one, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_job_goes_before_requests_that_wait, set_up, tear_down),
        cmocka_unit_test_setup_teardown(too_many_that_wait_are_refused_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(too_many_bytes_that_wait_are_refused_at_once, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_end_refuses_what_waits_and_leaves_behind_what_lasts,
                                        set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
