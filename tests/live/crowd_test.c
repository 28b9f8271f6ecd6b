/* 500 clients of live streams at once: crowd_test [--seconds N] [--seed S]
 *
 * Three processes append, singly and in batches, to four workflows, while 500 clients read: on streams of one workflow
 * or of all, some with filters, some with heads; a quarter drop their connection at random, some read slowly, some not
 * at all. In the end everybody reads, and each must have seen every event of its stream once, in order, with the
 * log's bytes. So it must be when the server is killed with -9 and started again at the same port, and when the log
 * is replaced under it by a copy. And the server's memory stays within bounds.
 *
 * JC_LIVE_SECONDS asks for longer. */
#include "base/clock.h"
#include "contract/events.h"
#include "contract/folder.h"
#include "live/audience.h"
#include "live/host.h"
#include "model/child.h"

#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define CLIENTS 500
#define WRITERS 3
#define BATCH_MAX 20
#define IDLE_CLIENT_SIZE_MAX ((size_t)16 * 1024)
/* What may wait for all of them, and the server itself. On an idle machine a tenth of it is used. */
#define MEMORY_MAX (CLIENTS * JC_LIVE_QUEUED_MAX + (size_t)16 * 1024 * 1024)
#define FINISH_US (60 * JC_US_PER_SECOND)

typedef struct stage {
    char folder[JC_TEST_PATH_SIZE];
    jc_store *store;
    jc_host host;
    jc_audience audience;
    uint64_t seed;
    int64_t duration_us;
    _Atomic bool *stop; /* shared with the writers */
    pid_t writers[WRITERS];
    int writer; /* the number of the one that is being started */
    size_t memory_most;
    uint64_t queued_most;
} stage;

static int test_count;
static int failures;
static char trouble[600];

static void result(bool good, const char *claim)
{
    printf("%s %d - %s\n", good ? "ok" : "not ok", ++test_count, claim);
    if (!good) {
        printf("# %s\n", trouble);
        failures++;
    }
    (void)fflush(stdout);
    trouble[0] = '\0';
}

/* A sanitizer's own memory says nothing of ours. */
static void memory_result(size_t size, size_t size_max, const char *claim)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    printf("ok %d - %s # SKIP under a sanitizer (%zu of %zu bytes)\n", ++test_count, claim, size,
           size_max);
#else
    (void)snprintf(trouble, sizeof trouble, "%zu bytes, at most %zu", size, size_max);
    result(size <= size_max, claim);
#endif
}

static void die(const char *what, const jc_error *error)
{
    (void)fprintf(stderr, "%s: %s\n", what, error->text);
    exit(99);
}

/* ---- Writers ---- */

static void append_batch(jc_store *store, jc_random *random, char *data)
{
    jc_event events[BATCH_MAX];
    jc_error error = {0};
    size_t count = jc_random_chance(random, 80) ? 1 : 1 + jc_random_below(random, BATCH_MAX);
    size_t size = jc_random_chance(random, 2) ? 20000 : 20 + jc_random_below(random, 600);
    int at = sprintf(data, "{\"x\":\"");
    memset(data + at, 'x', size);
    (void)strcpy(data + at + size, "\"}");
    for (size_t i = 0; i < count; i++) {
        const char *workflow_id = jc_audience_workflows[jc_random_below(random, 4)];
        events[i] =
            jc_test_event(0, workflow_id,
                          jc_random_chance(random, 50) ? "odd.happened" : "even.happened", data);
        events[i].id = (jc_uuid){{0}};
        if (jc_event_prepare(&events[i], &error) < 0)
            die("prepare", &error);
    }
    if (jc_test_append(store, events, count, NULL, &error) < 0)
        die("append", &error);
}

static int write_on(void *context)
{
    stage *of = context;
    jc_store *store = NULL;
    jc_error error = {0};
    jc_random random = {.state = jc_random_mix(of->seed, (uint64_t)of->writer)};
    char *data = malloc(32768);
    if (data == NULL || jc_open(of->folder, NULL, &store, &error) < 0)
        die("open", &error);
    while (!atomic_load(of->stop)) {
        append_batch(store, &random, data);
        jc_clock_sleep_us((int64_t)jc_random_below(&random, 30000));
    }
    jc_close(store);
    free(data);
    return 0;
}

static void start_writers(stage *of)
{
    atomic_store(of->stop, false);
    for (of->writer = 0; of->writer < WRITERS; of->writer++)
        of->writers[of->writer] = jc_child_start(write_on, of);
}

static bool stop_writers(stage *of)
{
    bool good = true;
    atomic_store(of->stop, true);
    for (int i = 0; i < WRITERS; i++)
        good = jc_child_wait(of->writers[i]) == 0 && good;
    return good;
}

/* ---- The stage ---- */

/* An event to each workflow, which all streams of it show. */
static void append_to_all(jc_store *store, uint64_t ret_positions[JC_AUDIENCE_WORKFLOWS])
{
    jc_event events[JC_AUDIENCE_WORKFLOWS];
    jc_receipt receipts[JC_AUDIENCE_WORKFLOWS];
    jc_error error = {0};
    for (uint64_t i = 0; i < JC_AUDIENCE_WORKFLOWS; i++) {
        events[i] = jc_test_event(0, jc_audience_workflows[i], "odd.happened", "{}");
        events[i].id = (jc_uuid){{0}};
        if (jc_event_prepare(&events[i], &error) < 0)
            die("prepare", &error);
    }
    if (jc_test_append(store, events, JC_AUDIENCE_WORKFLOWS, receipts, &error) < 0)
        die("append", &error);
    for (size_t i = 0; ret_positions != NULL && i < JC_AUDIENCE_WORKFLOWS; i++)
        ret_positions[i] = receipts[i].position;
}

static void set_up(stage *of, uint64_t seed, int64_t duration_us)
{
    jc_error error = {0};
    *of = (stage){.seed = seed, .duration_us = duration_us};
    of->stop = jc_shared_memory(sizeof *of->stop);
    jc_test_project_make(of->folder);
    if (jc_open(of->folder, NULL, &of->store, &error) < 0)
        die("open", &error);
    append_to_all(of->store, NULL);
    of->host = (jc_host){.project = of->folder, .heartbeat_s = 1, .stuck_s = 3};
    jc_host_start(&of->host);
}

static void tear_down(stage *of)
{
    jc_audience_release(&of->audience);
    if (jc_host_stop(&of->host) != 0)
        exit(98);
    jc_close(of->store);
    jc_test_folder_remove(of->folder);
}

static void sample(stage *of)
{
    size_t memory = jc_host_memory(&of->host);
    uint64_t queued = jc_host_stats(&of->host).queued_bytes;
    of->memory_most = memory > of->memory_most ? memory : of->memory_most;
    of->queued_most = queued > of->queued_most ? queued : of->queued_most;
}

static void run(stage *of, int64_t duration_us)
{
    int64_t end_us = jc_clock_monotonic_us() + duration_us;
    while (jc_clock_monotonic_us() < end_us) {
        jc_audience_run(&of->audience, 100000);
        sample(of);
    }
}

static bool everybody_saw_everything(stage *of)
{
    uint64_t ends[JC_AUDIENCE_WORKFLOWS];
    append_to_all(of->store, ends);
    bool finished = jc_audience_finish(&of->audience, ends, FINISH_US);
    bool good = jc_audience_check(&of->audience, of->store, trouble, sizeof trouble);
    if (good && !finished)
        (void)snprintf(trouble, sizeof trouble, "not everybody was ready in time");
    printf("# %" PRIu64 " events, %" PRIu64 " received, %" PRIu64
           " streams opened; at most %" PRIu64 " KiB waited, %zu KiB of memory\n",
           ends[JC_AUDIENCE_WORKFLOWS - 1], of->audience.received, of->audience.opened,
           of->queued_most / 1024, of->memory_most / 1024);
    return good && finished;
}

/* ---- Claims ---- */

static void test_a_crowd(uint64_t seed, int64_t duration_us)
{
    stage of;
    set_up(&of, seed, duration_us);
    jc_audience_init(&of.audience, CLIENTS, of.host.port, seed, false);
    start_writers(&of);
    run(&of, duration_us);
    bool wrote = stop_writers(&of);
    result(everybody_saw_everything(&of) && wrote,
           "500 clients, however they read and drop, see every event once and in order");
    memory_result(of.memory_most, MEMORY_MAX, "the server's memory stays bounded");
    (void)snprintf(trouble, sizeof trouble, "%" PRIu64 " streams were opened", of.audience.opened);
    result(of.audience.opened > CLIENTS + CLIENTS / 10, "many of them came back");
    tear_down(&of);
}

static void test_killed_servers(uint64_t seed, int64_t duration_us)
{
    stage of;
    set_up(&of, seed, duration_us);
    jc_audience_init(&of.audience, CLIENTS, of.host.port, seed, false);
    start_writers(&of);
    for (int i = 0; i < 3; i++) {
        run(&of, duration_us / 4);
        jc_host_kill(&of.host);
        jc_audience_run(&of.audience, 50000);
        jc_host_start(&of.host);
    }
    run(&of, duration_us / 4);
    bool wrote = stop_writers(&of);
    result(everybody_saw_everything(&of) && wrote,
           "nobody misses anything when the server is killed and started again");
    tear_down(&of);
}

static void test_a_replaced_log(uint64_t seed, int64_t duration_us)
{
    stage of;
    jc_error error = {0};
    char copy[JC_TEST_PATH_SIZE + 16];
    set_up(&of, seed, duration_us);
    (void)snprintf(copy, sizeof copy, "%s/copy.db", of.folder);
    jc_audience_init(&of.audience, CLIENTS, of.host.port, seed, false);
    start_writers(&of);
    run(&of, duration_us / 3);
    if (jc_backup(of.store, copy, NULL, NULL, &error) < 0)
        die("backup", &error);
    run(&of, duration_us / 3);
    bool wrote = stop_writers(&of);
    jc_close(of.store);
    if (jc_restore(of.folder, copy, NULL, 0, &error) < 0 ||
        jc_open(of.folder, NULL, &of.store, &error) < 0)
        die("restore", &error);
    /* All have been told once they are read to. */
    of.audience.everybody_reads = true;
    for (int i = 0; i < 200 && of.audience.replaced < CLIENTS; i++)
        jc_audience_run(&of.audience, 50000);
    (void)snprintf(trouble, sizeof trouble, "%" PRIu64 " were told", of.audience.replaced);
    result(of.audience.replaced >= CLIENTS, "everybody is told that the log was replaced");
    start_writers(&of);
    run(&of, duration_us / 3);
    wrote = stop_writers(&of) && wrote;
    result(everybody_saw_everything(&of) && wrote, "…and then sees what the new log holds");
    tear_down(&of);
}

static void test_idle_clients(void)
{
    stage of;
    set_up(&of, 1, 0);
    jc_audience_init(&of.audience, CLIENTS, of.host.port, 1, true);
    size_t before = jc_host_memory(&of.host);
    jc_audience_run(&of.audience, 200000);
    while (jc_host_stats(&of.host).clients < CLIENTS || jc_host_stats(&of.host).behind > 0)
        jc_audience_run(&of.audience, 20000);
    size_t each = (jc_host_memory(&of.host) - before) / CLIENTS;
    printf("# %zu bytes of memory a client\n", each);
    memory_result(each, IDLE_CLIENT_SIZE_MAX, "a client that waits costs little memory");
    tear_down(&of);
}

int main(int argc, char **argv)
{
    const char *asked = getenv("JC_LIVE_SECONDS");
    uint64_t seed = 1;
    double seconds = asked != NULL ? strtod(asked, NULL) : 2;
    struct rlimit files = {.rlim_cur = 4096, .rlim_max = 4096};
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--seed") == 0)
            seed = strtoull(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--seconds") == 0)
            seconds = strtod(argv[i + 1], NULL);
    }
    (void)setrlimit(RLIMIT_NOFILE, &files);
    (void)signal(SIGPIPE, SIG_IGN);
    printf("1..7\n# seed %" PRIu64 "\n", seed);
    int64_t duration_us = (int64_t)(seconds * 1e6);
    test_idle_clients();
    test_a_crowd(seed, duration_us);
    test_killed_servers(seed + 1, duration_us);
    test_a_replaced_log(seed + 2, duration_us);
    return failures > 0 ? 1 : 0;
}
