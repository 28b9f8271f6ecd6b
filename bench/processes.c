/* Whole processes: `jc emit` against the `sqlite3` program doing one durable insert, from start to
 * exit, alone and while another process holds the store open; and `jc note list` against `sqlite3`
 * selecting the same rows. The figure is milliseconds a run. */
#include "bench.h"

#include <inttypes.h>
#include <stdio.h>

#define RUNS 60 /* processes a round */
#define LIST_RUNS 10

typedef struct bench_side {
    const bench_options *options;
    char path[BENCH_PATH_SIZE]; /* project, or database file */
    uint64_t number;
} bench_side;

static double emit_with_jc(void *context)
{
    bench_side *side = context;
    double times[RUNS];
    for (int i = 0; i < RUNS; i++) {
        jc_event event = bench_event("process", side->number++, false);
        char data[512];
        snprintf(data, sizeof(data), "%.*s", (int)event.data.size, event.data.bytes);
        char *arguments[] = {(char *)(uintptr_t)side->options->jc,
                             "-C",
                             side->path,
                             "emit",
                             "process",
                             "agent.tool.completed",
                             "--agent",
                             "coder",
                             "-d",
                             data,
                             NULL};
        times[i] = bench_process(arguments, NULL, NULL);
    }
    return bench_median(times, RUNS);
}

static double insert_with_sqlite3(void *context)
{
    bench_side *side = context;
    double times[RUNS];
    for (int i = 0; i < RUNS; i++) {
        jc_event event = bench_event("process", ++side->number, false);
        char id[JC_UUID_TEXT_SIZE];
        char sql[1024];
        jc_uuid_format(event.id, id);
        snprintf(
            sql, sizeof(sql),
            "PRAGMA synchronous = FULL; INSERT INTO events VALUES (%" PRIu64
            ", '%s', 'process', %" PRIu64
            ", '2026-01-09T10:00:00.000000Z', 'agent.tool.completed', 'coder', NULL, NULL,"
            " '%.*s', NULL, '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08')",
            side->number, id, side->number, (int)event.data.size, event.data.bytes);
        char *arguments[] = {"sqlite3", "-batch", side->path, sql, NULL};
        times[i] = bench_process(arguments, NULL, NULL);
    }
    return bench_median(times, RUNS);
}

static double list_with_jc(void *context)
{
    bench_side *side = context;
    double times[LIST_RUNS];
    char *arguments[] = {(char *)(uintptr_t)side->options->jc,
                         "-C",
                         side->path,
                         "note",
                         "list",
                         "-w",
                         "notes",
                         "--json",
                         NULL};
    for (int i = 0; i < LIST_RUNS; i++)
        times[i] = bench_process(arguments, NULL, NULL);
    return bench_median(times, LIST_RUNS);
}

static double list_with_sqlite3(void *context)
{
    bench_side *side = context;
    double times[LIST_RUNS];
    char *arguments[] = {"sqlite3", "-batch", side->path,
                         "SELECT id, sequence, timestamp, event_type, agent_id, data FROM events "
                         "WHERE workflow_id = 'notes' AND event_type GLOB 'agent.note.*' "
                         "ORDER BY sequence DESC",
                         NULL};
    for (int i = 0; i < LIST_RUNS; i++)
        times[i] = bench_process(arguments, NULL, NULL);
    return bench_median(times, LIST_RUNS);
}

static void bench_note_list(const bench_options *options)
{
    bench_side jc = {.options = options};
    bench_side limit = {.options = options};
    bench_path(jc.path, options->folder, "process-notes");
    bench_path(limit.path, options->folder, "process-notes/.jc/events.db");
    jc_store *store = bench_store(options->folder, "process-notes", true);
    bench_fill_notes(store, "notes", 10000);
    jc_close(store);
    bench_row row = {.name = "jc note list, 10,000 notes",
                     .limit = "sqlite3 selecting the rows",
                     .unit = "ms",
                     .jc_side = list_with_jc,
                     .jc_context = &jc,
                     .limit_side = list_with_sqlite3,
                     .limit_context = &limit,
                     .sense = BENCH_FACT};
    bench_run(&row, options->rounds);
}

void bench_processes(const bench_options *options)
{
    bench_heading("Whole processes, milliseconds from start to exit");
    bench_side jc = {.options = options};
    bench_side limit = {.options = options};
    bench_path(jc.path, options->folder, "process");
    bench_path(limit.path, options->folder, "process-raw/.jc/events.db");
    jc_close(bench_store(options->folder, "process", false));
    bench_raw raw;
    bench_raw_make(&raw, options->folder, "process-raw");
    bench_raw_close(&raw);

    bench_row row = {.name = "jc emit",
                     .limit = "sqlite3, one durable insert",
                     .unit = "ms",
                     .jc_side = emit_with_jc,
                     .jc_context = &jc,
                     .limit_side = insert_with_sqlite3,
                     .limit_context = &limit,
                     .sense = BENCH_AT_MOST,
                     .target = 1.0};
    bench_run(&row, options->rounds);

    /* This process is the holder: it has both logs open and does nothing with them. */
    jc_error error;
    jc_store *holder = NULL;
    bench_must(jc_open(jc.path, NULL, &holder, &error), &error, "open");
    bench_raw_open(&raw, options->folder, "process-raw");
    row.name = "jc emit, the store held open by another";
    row.limit = "sqlite3, its database held open";
    row.target = 0.7;
    bench_run(&row, options->rounds);
    bench_raw_close(&raw);
    jc_close(holder);
    bench_note_list(options);
}
