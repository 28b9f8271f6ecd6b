/* Reading a workflow of 100,000 events through a cursor, against raw SQLite stepping the same rows of
 * the same file and fetching every column. */
#include "bench.h"

#include <stdio.h>

#define EVENTS UINT64_C(100000)

typedef struct bench_side {
    jc_store *store;
    bench_raw *raw;
    const char *workflow_id; /* NULL: all workflows, by position */
    uint64_t expected;
} bench_side;

static double read_with_jc(void *context)
{
    bench_side *side = context;
    jc_error error;
    jc_str id = jc_str_of(side->workflow_id);
    jc_filter filter = {.workflow_ids = &id, .workflow_count = 1};
    jc_cursor *cursor = NULL;
    const jc_event *event = NULL;
    uint64_t count = 0;

    double start = bench_seconds();
    bench_must(jc_cursor_open(side->store, &filter, &cursor, &error), &error, "cursor");
    jc_status status;
    while ((status = jc_cursor_next(cursor, &event, &error)) == JC_OK)
        count++;
    bench_must(status, &error, "read");
    jc_cursor_close(cursor);
    double seconds = bench_seconds() - start;
    if (count != side->expected)
        bench_die("the cursor gave %zu events, not %zu", (size_t)count, (size_t)side->expected);
    return (double)count / seconds;
}

static double read_raw(void *context)
{
    bench_side *side = context;
    double start = bench_seconds();
    uint64_t count = bench_raw_read(side->raw, side->workflow_id);
    double seconds = bench_seconds() - start;
    if (count != side->expected)
        bench_die("SQLite gave %zu rows, not %zu", (size_t)count, (size_t)side->expected);
    return (double)count / seconds;
}

static void compare_reads(const bench_options *options, const char *project,
                          const char *workflow_id, const char *title, bench_sense sense)
{
    char path[BENCH_PATH_SIZE];
    bench_path(path, options->folder, project);
    jc_error error;
    jc_store *store = NULL;
    bench_must(jc_open(path, &(jc_options){.without_mirror = true}, &store, &error), &error,
               "open");
    bench_raw raw;
    bench_raw_open(&raw, options->folder, project);

    bench_side jc = {.store = store, .workflow_id = workflow_id, .expected = EVENTS};
    bench_side limit = {.raw = &raw, .workflow_id = workflow_id, .expected = EVENTS};
    bench_row row = {.name = title,
                     .limit = "raw SQLite, the same rows",
                     .unit = "/s",
                     .jc_side = read_with_jc,
                     .jc_context = &jc,
                     .limit_side = read_raw,
                     .limit_context = &limit,
                     .sense = sense,
                     .target = 0.8};
    bench_run(&row, options->rounds);
    bench_raw_close(&raw);
    jc_close(store);
}

/* Ten workflows that grew at the same time, so that the rows of each lie apart. */
static void fill_interleaved(jc_store *store)
{
    for (uint64_t number = 0; number < EVENTS; number += 10)
        for (char digit = '0'; digit <= '9'; digit++) {
            char workflow_id[] = "mixed-?";
            workflow_id[6] = digit;
            bench_append(store, workflow_id, number, 10, false);
        }
}

void bench_reads(const bench_options *options)
{
    bench_heading("Reading 100,000 events of one workflow, events a second");
    jc_store *store = bench_store(options->folder, "read", true);
    bench_fill(store, "long", EVENTS, false);
    jc_close(store);
    compare_reads(options, "read", "long", "read a workflow, its rows side by side",
                  BENCH_AT_LEAST);

    store = bench_store(options->folder, "read-mixed", true);
    fill_interleaved(store);
    jc_close(store);
    compare_reads(options, "read-mixed", "mixed-3", "read one of ten that grew together",
                  BENCH_FACT);
}

void bench_read_page_sizes(const bench_options *options, const int *sizes, size_t count)
{
    bench_heading("Page sizes, reading 100,000 events, events a second");
    jc_store *store = bench_store(options->folder, "read-pages", true);
    bench_fill(store, "long", EVENTS, false);
    jc_close(store);
    for (size_t i = 0; i < count; i++) {
        char title[64];
        snprintf(title, sizeof(title), "read a workflow, pages of %d bytes", sizes[i]);
        bench_page_size(options->folder, "read-pages", sizes[i]);
        compare_reads(options, "read-pages", "long", title, BENCH_FACT);
    }
}
