/* Waiting for the lock: everybody gets on, every wait has an end, and the dead and the stopped hold
 * nobody up beyond that.
 *
 * A writer that does nothing but append holds the lock most of the time, so stopping or killing it at
 * random moments meets it there soon; the tests go on until they did. What is measured is printed;
 * what is asserted leaves a busy machine three times the time. */
#include "contract/fixture.h"
#include "model/check_log.h"
#include "model/child.h"
#include "sim/random.h"

#include "base/clock.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    writers_max = 8,
    slack = 3,
    tries_max = 60
};

/* What one writer tells of itself while it runs. */
typedef struct writer_tally {
    _Atomic uint64_t stored;
    _Atomic uint64_t busy; /* calls that ended with JC_EBUSY */
    _Atomic int64_t worst_us;
    _Atomic int other; /* the status of any other failure */
} writer_tally;

/* Memory that all processes of a test share. */
typedef struct common_state {
    char dir[JC_TEST_PATH_SIZE];
    _Atomic bool stop;
    _Atomic int heir; /* pid of a child that inherited a handle */
    writer_tally tallies[writers_max];
} common_state;

typedef struct writer_task {
    common_state *shared;
    int number;
    int timeout_ms;
    bool leaves_heir; /* forks a child that keeps the handle, before writing */
    uint64_t first_number;
} writer_task;

static void append_and_tell(jc_store *store, const writer_task *writer, uint64_t at)
{
    writer_tally *tally = &writer->shared->tallies[writer->number];
    jc_error error;
    jc_event event = jc_test_event(writer->first_number + at, "shared", "step.done", "{}");
    int64_t start_us = jc_clock_monotonic_us();
    jc_status status = jc_test_append(store, &event, 1, NULL, &error);
    int64_t spent_us = jc_clock_monotonic_us() - start_us;

    if (spent_us > atomic_load(&tally->worst_us))
        atomic_store(&tally->worst_us, spent_us);
    if (status == JC_OK)
        atomic_fetch_add(&tally->stored, 1);
    else if (status == JC_EBUSY)
        atomic_fetch_add(&tally->busy, 1);
    else
        atomic_store(&tally->other, status);
}

/* Outlives its parent with whatever it inherited, until the test is over. */
static void be_heir(common_state *shared, pid_t test)
{
    while (!atomic_load(&shared->stop) && kill(test, 0) == 0)
        jc_clock_sleep_us(2000);
    _exit(0);
}

static int saturate(void *context)
{
    const writer_task *writer = context;
    const jc_options options = {.busy_timeout_ms = writer->timeout_ms};
    jc_store *store = NULL;
    jc_error error;
    pid_t test = getppid();
    if (jc_open(writer->shared->dir, &options, &store, &error) < 0) {
        fprintf(stderr, "# writer %d: %s\n", writer->number, error.text);
        return 1;
    }
    if (writer->leaves_heir) {
        append_and_tell(store, writer, 0);
        pid_t heir = fork();
        if (heir == 0)
            be_heir(writer->shared, test);
        atomic_store(&writer->shared->heir, heir);
    }
    for (uint64_t at = 1; !atomic_load(&writer->shared->stop); at++)
        append_and_tell(store, writer, at);
    jc_close(store);
    return 0;
}

static pid_t start_writer(writer_task *writer)
{
    static uint64_t next_first_number = 0;
    writer->first_number = next_first_number += 1000000;
    writer->shared->tallies[writer->number] = (writer_tally){0};
    return jc_child_start(saturate, writer);
}

static int set_up(void **state)
{
    common_state *shared = jc_shared_memory(sizeof *shared);
    jc_test_project_make(shared->dir);
    *state = shared;
    return 0;
}

static int tear_down(void **state)
{
    common_state *shared = *state;
    atomic_store(&shared->stop, true);
    jc_test_folder_remove(shared->dir);
    return 0;
}

/* Sleep until the condition holds; false when `limit_us` went by before. */
static bool wait_for(bool (*holds)(void *context), void *context, int64_t limit_us)
{
    int64_t end_us = jc_clock_monotonic_us() + limit_us;
    while (!holds(context)) {
        if (jc_clock_monotonic_us() > end_us)
            return false;
        jc_clock_sleep_us(1000);
    }
    return true;
}

static uint64_t stored_by(const common_state *shared, int number)
{
    return atomic_load(&shared->tallies[number].stored);
}

/* Writers that must get on, and where they were when looked at first. */
typedef struct watch_list {
    const common_state *shared;
    int first;
    int count;
    uint64_t stored[writers_max];
    uint64_t busy;
} watch_list;

static uint64_t busy_calls(const watch_list *watch)
{
    uint64_t busy = 0;
    for (int i = 0; i < watch->count; i++)
        busy += atomic_load(&watch->shared->tallies[watch->first + i].busy);
    return busy;
}

static watch_list watch_writers(const common_state *shared, int first, int count)
{
    watch_list watch = {.shared = shared, .first = first, .count = count};
    for (int i = 0; i < count; i++)
        watch.stored[i] = stored_by(shared, first + i);
    watch.busy = busy_calls(&watch);
    return watch;
}

/* Two more each: the first may have been under way already. */
static bool all_got_on(void *context)
{
    const watch_list *watch = context;
    for (int i = 0; i < watch->count; i++)
        if (stored_by(watch->shared, watch->first + i) < watch->stored[i] + 2)
            return false;
    return true;
}

static bool got_on_or_gave_up(void *context)
{
    const watch_list *watch = context;
    return all_got_on(context) || busy_calls(watch) > watch->busy;
}

static int64_t worst_wait_us(const common_state *shared, int first, int count)
{
    int64_t worst_us = 0;
    for (int i = first; i < first + count; i++) {
        int64_t wait_us = atomic_load(&shared->tallies[i].worst_us);
        worst_us = wait_us > worst_us ? wait_us : worst_us;
    }
    return worst_us;
}

static void assert_no_other_failure(const common_state *shared)
{
    for (int i = 0; i < writers_max; i++)
        assert_status((jc_status)atomic_load(&shared->tallies[i].other), JC_OK);
}

/* The log is intact, and holds what was acknowledged and at most `unsure` events more. */
static void check_stored(common_state *shared, uint64_t acknowledged, uint64_t unsure)
{
    jc_error error = {0};
    jc_store *store = NULL;
    uint64_t events = 0;
    jc_assert_status(jc_open(shared->dir, NULL, &store, &error), JC_OK, error.text, __FILE__,
                     __LINE__);
    jc_assert_status(jc_check_log(store, &events, &error), JC_OK, error.text, __FILE__, __LINE__);
    jc_close(store);
    assert_in_range(events, acknowledged, acknowledged + unsure);
}

static void eight_saturating_writers_all_get_on(void **state)
{
    common_state *shared = *state;
    writer_task writers[writers_max];
    pid_t children[writers_max];
    for (int i = 0; i < writers_max; i++) {
        writers[i] = (writer_task){.shared = shared, .number = i};
        children[i] = start_writer(&writers[i]);
    }
    jc_clock_sleep_us(2 * JC_US_PER_SECOND);
    watch_list watch = watch_writers(shared, 0, writers_max);
    bool got_on = wait_for(all_got_on, &watch, JC_BUSY_TIMEOUT_MS * INT64_C(1000));
    atomic_store(&shared->stop, true);

    uint64_t least = UINT64_MAX;
    uint64_t most = 0;
    uint64_t total = 0;
    for (int i = 0; i < writers_max; i++) {
        assert_int_equal(jc_child_wait(children[i]), 0);
        uint64_t stored = stored_by(shared, i);
        least = stored < least ? stored : least;
        most = stored > most ? stored : most;
        total += stored;
    }
    printf("# 8 saturating writers: %llu events, %llu to %llu each, worst wait %lld us\n",
           (unsigned long long)total, (unsigned long long)least, (unsigned long long)most,
           (long long)worst_wait_us(shared, 0, writers_max));
    assert_true(got_on);
    assert_int_not_equal(least, 0);
    assert_int_equal(busy_calls(&watch), 0);
    assert_no_other_failure(shared);
    check_stored(shared, total, 0);
}

/* Stop the victim, and see whether the others get on or give up: true if it held them up. */
static bool stop_for_a_moment(common_state *shared, pid_t victim, int64_t limit_us)
{
    jc_child_stop(victim);
    watch_list watch = watch_writers(shared, 1, 2);
    bool ended = wait_for(got_on_or_gave_up, &watch, limit_us);
    bool held_up = busy_calls(&watch) > watch.busy;
    jc_child_continue(victim);
    assert_true(ended);
    return held_up;
}

static void a_stopped_writer_holds_nobody_up_beyond_the_deadline(void **state)
{
    enum {
        timeout_ms = 500,
        wanted_hits = 3
    };
    const int64_t limit_us = timeout_ms * INT64_C(1000) * slack;
    common_state *shared = *state;
    jc_random random = {.state = 1};
    writer_task writers[3];
    pid_t children[3];
    for (int i = 0; i < 3; i++) {
        writers[i] =
            (writer_task){.shared = shared, .number = i, .timeout_ms = i == 0 ? 0 : timeout_ms};
        children[i] = start_writer(&writers[i]);
    }

    int hits = 0;
    for (int i = 0; i < tries_max && hits < wanted_hits; i++) {
        jc_clock_sleep_us((int64_t)jc_random_below(&random, 20000));
        hits += stop_for_a_moment(shared, children[0], limit_us);
    }
    watch_list watch = watch_writers(shared, 0, 3);
    bool all_well = wait_for(all_got_on, &watch, JC_BUSY_TIMEOUT_MS * INT64_C(1000));
    atomic_store(&shared->stop, true);
    for (int i = 0; i < 3; i++)
        assert_int_equal(jc_child_wait(children[i]), 0);

    int64_t worst_us = worst_wait_us(shared, 1, 2);
    printf("# stopped %d times while it held the others up: deadline %d ms, worst call %lld us\n",
           hits, timeout_ms, (long long)worst_us);
    assert_int_not_equal(hits, 0);
    assert_true(all_well);
    assert_in_range(worst_us, 1, limit_us);
    assert_no_other_failure(shared);
    check_stored(shared, stored_by(shared, 0) + stored_by(shared, 1) + stored_by(shared, 2), 0);
}

static bool has_begun(void *context)
{
    const writer_tally *tally = context;
    return atomic_load(&tally->stored) >= 3;
}

/* Start a victim as writer 0, let it write, and end it with -9 at a random moment. */
static uint64_t kill_a_writer(writer_task *victim, jc_random *random)
{
    pid_t child = start_writer(victim);
    writer_tally *tally = &victim->shared->tallies[victim->number];
    bool begun = wait_for(has_begun, tally, JC_BUSY_TIMEOUT_MS * INT64_C(1000) * slack);
    jc_clock_sleep_us((int64_t)jc_random_below(random, 5000));
    jc_child_kill(child);
    assert_true(begun);
    return atomic_load(&tally->stored);
}

static void a_killed_writer_holds_nobody_up(void **state)
{
    enum {
        rounds = 20
    };
    const int64_t limit_us = JC_BUSY_TIMEOUT_MS * INT64_C(1000) / 2;
    common_state *shared = *state;
    jc_random random = {.state = 2};
    writer_task writers[3];
    pid_t children[3] = {0};
    for (int i = 0; i < 3; i++) {
        writers[i] = (writer_task){.shared = shared, .number = i};
        if (i > 0)
            children[i] = start_writer(&writers[i]);
    }

    uint64_t acknowledged = 0;
    bool got_on = true;
    for (int i = 0; i < rounds; i++) {
        acknowledged += kill_a_writer(&writers[0], &random);
        watch_list watch = watch_writers(shared, 1, 2);
        got_on = wait_for(all_got_on, &watch, limit_us) && got_on;
    }
    atomic_store(&shared->stop, true);
    for (int i = 1; i < 3; i++)
        assert_int_equal(jc_child_wait(children[i]), 0);

    printf("# killed %d writers: worst wait of the others %lld us\n", rounds,
           (long long)worst_wait_us(shared, 1, 2));
    assert_true(got_on);
    assert_in_range(worst_wait_us(shared, 1, 2), 1, limit_us);
    assert_int_equal(atomic_load(&shared->tallies[1].busy) + atomic_load(&shared->tallies[2].busy),
                     0);
    assert_no_other_failure(shared);
    acknowledged += stored_by(shared, 1) + stored_by(shared, 2);
    check_stored(shared, acknowledged, rounds);
}

/* A client that is not ours: takes the write lock, says so, and keeps it until told to stop. */
static int hold_write_lock(void *context)
{
    common_state *shared = context;
    char path[JC_TEST_PATH_SIZE + 32];
    snprintf(path, sizeof path, "%s/.jc/events.db", shared->dir);
    sqlite3 *db = NULL;
    if (sqlite3_open(path, &db) != SQLITE_OK ||
        sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
        return 1;
    atomic_store(&shared->tallies[0].stored, 1);
    while (!atomic_load(&shared->stop))
        jc_clock_sleep_us(1000);
    return sqlite3_close(db) == SQLITE_OK ? 0 : 1;
}

static bool is_held(void *context)
{
    const common_state *shared = context;
    return stored_by(shared, 0) == 1;
}

static void a_deadline_is_kept_while_another_client_holds_the_lock(void **state)
{
    enum {
        timeout_ms = 100,
        times = 5
    };
    common_state *shared = *state;
    pid_t holder = jc_child_start(hold_write_lock, shared);
    assert_true(wait_for(is_held, shared, 10 * JC_US_PER_SECOND));
    const jc_options options = {.busy_timeout_ms = timeout_ms};
    jc_store *store = NULL;
    jc_error error = {0};
    jc_event event = jc_test_event(1, "alpha", "step.done", "{}");
    assert_status(jc_open(shared->dir, &options, &store, &error), JC_OK);

    int64_t least_us = INT64_MAX;
    int64_t worst_us = 0;
    for (int i = 0; i < times; i++) {
        int64_t start_us = jc_clock_monotonic_us();
        jc_status status = jc_test_append(store, &event, 1, NULL, &error);
        int64_t spent_us = jc_clock_monotonic_us() - start_us;
        least_us = spent_us < least_us ? spent_us : least_us;
        worst_us = spent_us > worst_us ? spent_us : worst_us;
        assert_status(status, JC_EBUSY);
    }
    atomic_store(&shared->stop, true);
    assert_int_equal(jc_child_wait(holder), 0);
    jc_assert_status(jc_test_append(store, &event, 1, NULL, &error), JC_OK, error.text, __FILE__,
                     __LINE__);
    jc_close(store);

    printf("# lock held by another client: deadline %d ms, waits of %lld to %lld us\n", timeout_ms,
           (long long)least_us, (long long)worst_us);
    assert_in_range(least_us, timeout_ms * 900, timeout_ms * 1000 * slack);
    assert_in_range(worst_us, timeout_ms * 900, timeout_ms * 1000 * slack);
    check_stored(shared, 1, 0);
}

/* Kill a writer that left an heir, and append at once; returns how long that took. */
static int64_t append_after_inheritance(writer_task *victim, jc_random *random, uint64_t number,
                                        uint64_t *acknowledged)
{
    *acknowledged += kill_a_writer(victim, random);
    jc_store *store = NULL;
    jc_error error = {0};
    jc_event event = jc_test_event(number, "beta", "step.done", "{}");
    int64_t start_us = jc_clock_monotonic_us();
    jc_assert_status(jc_open(victim->shared->dir, NULL, &store, &error), JC_OK, error.text,
                     __FILE__, __LINE__);
    jc_status status = jc_test_append(store, &event, 1, NULL, &error);
    int64_t spent_us = jc_clock_monotonic_us() - start_us;
    jc_close(store);
    (void)kill(atomic_load(&victim->shared->heir), SIGKILL);
    jc_assert_status(status, JC_OK, error.text, __FILE__, __LINE__);
    return spent_us;
}

static void a_forked_child_keeps_no_lock_of_its_dead_parent(void **state)
{
    enum {
        rounds = 12
    };
    const int64_t limit_us = JC_BUSY_TIMEOUT_MS * INT64_C(1000) / 2;
    common_state *shared = *state;
    jc_random random = {.state = 3};
    writer_task victim = {.shared = shared, .leaves_heir = true};

    uint64_t acknowledged = rounds;
    int64_t worst_us = 0;
    for (uint64_t i = 1; i <= rounds && worst_us <= limit_us; i++) {
        int64_t spent_us = append_after_inheritance(&victim, &random, i, &acknowledged);
        worst_us = spent_us > worst_us ? spent_us : worst_us;
    }
    printf("# after the death of a writer whose child inherited its handle: worst wait %lld us\n",
           (long long)worst_us);
    assert_in_range(worst_us, 1, limit_us);
    check_stored(shared, acknowledged, rounds);
}

static void a_handle_is_refused_in_a_forked_child(void **state)
{
    common_state *shared = *state;
    jc_store *store = NULL;
    jc_error error = {0};
    assert_status(jc_open(shared->dir, NULL, &store, &error), JC_OK);
    jc_event event = jc_test_event(1, "alpha", "step.done", "{}");

    (void)fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        _exit(jc_test_append(store, &event, 1, NULL, NULL) == JC_EINVAL ? 0 : 1);
    assert_int_equal(jc_child_wait(child), 0);
    assert_status(jc_test_append(store, &event, 1, NULL, &error), JC_OK);
    jc_close(store);
}

#define WAITING_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WAITING_TEST(eight_saturating_writers_all_get_on),
        WAITING_TEST(a_stopped_writer_holds_nobody_up_beyond_the_deadline),
        WAITING_TEST(a_killed_writer_holds_nobody_up),
        WAITING_TEST(a_deadline_is_kept_while_another_client_holds_the_lock),
        WAITING_TEST(a_forked_child_keeps_no_lock_of_its_dead_parent),
        WAITING_TEST(a_handle_is_refused_in_a_forked_child),
    };
    return cmocka_run_group_tests_name("waiting", tests, NULL, NULL);
}
