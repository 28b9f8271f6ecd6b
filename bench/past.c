/* Time travel and search: the state of a workflow with a hundred features now, at a random past
 * sequence and at a random past time, with a warm cache; what the first read costs; the memory of a
 * replay; and full-text search over notes. One event in a thousand is a minute early or late, and one is
 * from 2099. Figures are milliseconds, held against what somebody who drags through the past can feel. */
#include "bench.h"

#include "jc/projection.h"

#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

#define BATCH 10000
#define POINTS 2000
#define POINT_MS_MAX 5.0
#define START_US INT64_C(1767949200000000) /* 2026-01-09T09:00:00Z */
#define SECOND_US INT64_C(1000000)
#define NOTES UINT64_C(100000)
#define SEARCHES 50

extern char **environ;

static uint64_t draw(uint64_t *seed, uint64_t limit)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed % limit;
}

/* A second apart; one in a thousand is a minute off. */
static int64_t time_of(uint64_t number)
{
    uint64_t seed = number * UINT64_C(2654435761) + 1;
    int64_t time_us = START_US + (int64_t)number * SECOND_US;
    if (number == 5000)
        return INT64_C(4070908800000000);
    if (draw(&seed, 1000) == 0)
        time_us += (int64_t)draw(&seed, 120 * (uint64_t)SECOND_US) - 60 * SECOND_US;
    return time_us < 0 ? 0 : time_us;
}

/* Of ten events two are about one of a hundred features, the rest tool calls. */
static void fill(jc_store *store, const char *workflow_id, uint64_t total)
{
    static char room[BATCH][512];
    static jc_event events[BATCH];
    jc_error error;
    for (uint64_t done = 0; done < total; done += BATCH) {
        for (uint64_t i = 0; i < BATCH; i++) {
            uint64_t number = done + i;
            jc_event *event = &events[i];
            *event = bench_event(workflow_id, number, false);
            event->has_timestamp = true;
            event->timestamp_us = time_of(number);
            snprintf(room[i], sizeof(room[i]), "%.*s", (int)event->data.size, event->data.bytes);
            if (number % 10 == 3 || number % 10 == 7) {
                event->event_type =
                    number % 10 == 3 ? JC_STR("feature.started") : JC_STR("feature.completed");
                snprintf(room[i], sizeof(room[i]),
                         "{\"name\":\"feature %" PRIu64 "\",\"description\":\"one of a hundred\","
                         "\"tests_passing\":true,\"cost_usd\":0.0125}",
                         number / 10 % 100);
            }
            event->data = jc_str_of(room[i]);
        }
        jc_append_result result;
        jc_unit unit = {.events = events, .count = BATCH};
        bench_must(jc_append(store, &unit, 1, &result, &error), &error, "append");
    }
}

static double read_ms(jc_store *store, const char *workflow_id, const jc_point *point)
{
    jc_error error;
    jc_state *state = NULL;
    double start = bench_seconds();
    bench_must(jc_state_read(store, jc_projection_find("workflow"), jc_str_of(workflow_id), point,
                             &state, &error),
               &error, "state");
    if (jc_state_json(state, &error) == NULL)
        bench_die("%s", error.text);
    double ms = (bench_seconds() - start) * 1000;
    jc_state_free(state);
    return ms;
}

static int by_size(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;
    return left < right ? -1 : left > right;
}

/* Print median and 99th percentile of times. */
static void print_times(const char *what, uint64_t events, double *times, int count, double max_ms)
{
    char name[96];
    qsort(times, (size_t)count, sizeof(times[0]), by_size);
    double p99 = times[count * 99 / 100];
    snprintf(name, sizeof(name), "%s, %" PRIu64 "k events, p50", what, events / 1000);
    bench_row row = {.name = name, .limit = "-", .unit = "ms", .sense = BENCH_FACT};
    bench_print(&row, times[count / 2], max_ms, times[count / 2] / max_ms);
    snprintf(name, sizeof(name), "%s, %" PRIu64 "k events, p99", what, events / 1000);
    row.sense = BENCH_AT_MOST;
    row.target = 1.0;
    row.limit = "what is felt";
    bench_print(&row, p99, max_ms, p99 / max_ms);
}

static void measure_points(jc_store *store, const char *workflow_id, uint64_t events,
                           jc_point_kind kind, const char *what)
{
    static double times[POINTS];
    uint64_t seed = 88172645463325252u;
    /* The first points warm the cache. */
    for (int i = -200; i < POINTS; i++) {
        uint64_t number = draw(&seed, events);
        jc_point point = {.kind = kind};
        if (kind == JC_POINT_SEQUENCE)
            point.number = number;
        if (kind == JC_POINT_TIME)
            point.time_us = START_US + (int64_t)number * SECOND_US + (int64_t)draw(&seed, 1000000);
        double ms = read_ms(store, workflow_id, &point);
        if (i >= 0)
            times[i] = ms;
    }
    print_times(what, events, times, POINTS, POINT_MS_MAX);
}

static void measure_first_reads(jc_store *store, const char *workflow_id, uint64_t events)
{
    char name[96];
    jc_point now = {.kind = JC_POINT_HEAD};
    jc_point then = {.kind = JC_POINT_TIME,
                     .time_us = START_US + (int64_t)(events - 100) * SECOND_US};
    bench_row row = {.name = name, .limit = "-", .unit = "ms", .sense = BENCH_FACT};
    snprintf(name, sizeof(name), "the very first read, now, %" PRIu64 "k events", events / 1000);
    double cold = read_ms(store, workflow_id, &now);
    bench_print(&row, cold, cold, 1);
    snprintf(name, sizeof(name), "the first read at a time, %" PRIu64 "k events", events / 1000);
    double at_time = read_ms(store, workflow_id, &then);
    bench_print(&row, at_time, cold, at_time / cold);
}

/* The most memory that a running process had until now, in MiB; 0 when it has ended. Not ru_maxrss:
 * that counts what this process had when it made the other. */
static double memory_of(pid_t child)
{
    char path[64];
    char line[256];
    unsigned long kib = 0;
    snprintf(path, sizeof(path), "/proc/%ld/status", (long)child);
    FILE *status = fopen(path, "r");
    while (status != NULL && fgets(line, sizeof(line), status) != NULL) {
        if (sscanf(line, "VmHWM: %lu", &kib) == 1)
            break;
    }
    if (status != NULL)
        fclose(status);
    return (double)kib / 1024;
}

/* Run `jc state` to its end: milliseconds; with `ret_mib`, the most memory that it was seen with. */
static double run_state(const bench_options *options, const char *path, const char *workflow_id,
                        const char *at, double *ret_mib)
{
    pid_t child = 0;
    int status = 0;
    const struct timespec nap = {.tv_nsec = 500000};
    posix_spawn_file_actions_t actions;
    char *arguments[] = {(char *)(uintptr_t)options->jc,
                         "-C",
                         (char *)(uintptr_t)path,
                         "state",
                         (char *)(uintptr_t)workflow_id,
                         "--json",
                         "--at",
                         (char *)(uintptr_t)at,
                         NULL};
    if (posix_spawn_file_actions_init(&actions) != 0 ||
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0) != 0)
        bench_die("posix_spawn cannot be prepared");
    double start = bench_seconds();
    if (posix_spawn(&child, options->jc, &actions, NULL, arguments, environ) != 0)
        bench_die("%s cannot be run", options->jc);
    pid_t ended = 0;
    while (ret_mib != NULL && (ended = waitpid(child, &status, WNOHANG)) == 0) {
        double mib = memory_of(child);
        *ret_mib = mib > *ret_mib ? mib : *ret_mib;
        nanosleep(&nap, NULL);
    }
    if ((ended == 0 && waitpid(child, &status, 0) != child) || status != 0)
        bench_die("%s state failed", options->jc);
    double ms = (bench_seconds() - start) * 1000;
    posix_spawn_file_actions_destroy(&actions);
    return ms;
}

/* The whole program: its memory over a replay from the first event on, and its time with a cache. */
static void measure_program(const bench_options *options, const char *name, uint64_t events)
{
    char path[BENCH_PATH_SIZE];
    char cache[BENCH_PATH_SIZE];
    char title[96];
    double mib = 0;
    double times[15];
    if (options->jc == NULL)
        return;
    bench_path(path, options->folder, name);
    bench_path(cache, path, ".jc/cache.db");
    (void)remove(cache);
    (void)run_state(options, path, "past", "-0", &mib);
    for (int i = 0; i < 15; i++)
        times[i] = run_state(options, path, "past", "-0", NULL);
    bench_row row = {
        .name = title, .limit = "16 MiB", .unit = "MiB", .sense = BENCH_AT_MOST, .target = 1.0};
    snprintf(title, sizeof(title), "memory of jc replaying %" PRIu64 "k events", events / 1000);
    bench_print(&row, mib, 16, mib / 16);
    row = (bench_row){.name = title, .limit = "-", .unit = "ms", .sense = BENCH_FACT};
    snprintf(title, sizeof(title), "jc state, whole process, %" PRIu64 "k events", events / 1000);
    double median = bench_median(times, 15);
    bench_print(&row, median, median, 1);
}

static void measure_size(const bench_options *options, uint64_t events)
{
    char name[32];
    snprintf(name, sizeof(name), "past-%" PRIu64, events);
    jc_store *store = bench_store(options->folder, name, true);
    fill(store, "past", events);
    measure_first_reads(store, "past", events);
    measure_points(store, "past", events, JC_POINT_HEAD, "the state now");
    measure_points(store, "past", events, JC_POINT_SEQUENCE, "at a sequence");
    measure_points(store, "past", events, JC_POINT_TIME, "at a time");
    jc_close(store);
    measure_program(options, name, events);
}

static double search_ms(jc_store *store, const char *text, int hits)
{
    jc_error error;
    jc_search *search = NULL;
    jc_search_hit hit;
    double start = bench_seconds();
    bench_must(jc_search_new(store, jc_str_of(text), NULL, NULL, NULL, &search, &error), &error,
               "search");
    for (int i = 0; i < hits && jc_search_next(search, &hit, &error) == JC_OK; i++)
        ;
    jc_search_free(search);
    return (bench_seconds() - start) * 1000;
}

/* One event of each search is new, so that the index has something to follow. */
static void measure_searches(jc_store *store, const char *what, const char *text)
{
    double times[SEARCHES];
    char name[96];
    bench_row row = {.name = name, .limit = "-", .unit = "ms", .sense = BENCH_FACT};
    for (int i = 0; i < SEARCHES; i++) {
        bench_append(store, "others", (uint64_t)i, 1, false);
        times[i] = search_ms(store, text, 20);
    }
    double median = bench_median(times, SEARCHES);
    snprintf(name, sizeof(name), "search 100k notes: %s", what);
    bench_print(&row, median, median, 1);
}

static void measure_search(const bench_options *options)
{
    bench_row row = {.name = "index 100,000 notes",
                     .limit = "replaying them",
                     .unit = "ms",
                     .sense = BENCH_FACT};
    jc_error error;
    jc_state *state = NULL;
    jc_store *store = bench_store(options->folder, "search", true);
    bench_fill_notes(store, "notes", NOTES);
    double start = bench_seconds();
    bench_must(jc_state_read(store, jc_projection_find("notes"), JC_STR("notes"), NULL, &state,
                             &error),
               &error, "replay");
    double replay = (bench_seconds() - start) * 1000;
    jc_state_free(state);
    double first = search_ms(store, "middleware", 1);
    bench_print(&row, first, replay, first / replay);
    measure_searches(store, "one note has the word", "77777");
    measure_searches(store, "one in fifty has it", "area \"7\"");
    measure_searches(store, "every note has it", "middleware");
    measure_searches(store, "a phrase in every note", "\"check the token\"");
    jc_close(store);
}

void bench_past(const bench_options *options)
{
    bench_heading("Time travel with a warm cache, and search; milliseconds");
    measure_size(options, 10000);
    measure_size(options, 100000);
    if (options->full)
        measure_size(options, 1000000);
    measure_search(options);
}
