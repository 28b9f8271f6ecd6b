/* Durable appends: one event a call, in batches, with and without the mirror; against raw SQLite and
 * against the disk. */
#include "bench.h"

#include <stdio.h>

/* One side: a store of jc or a raw one, and how much a round appends. */
typedef struct bench_side {
    jc_store *store;
    bench_raw *raw;
    const char *folder;
    const char *workflow_id;
    size_t batch;
    size_t round_size; /* events a round */
    uint64_t number;
} bench_side;

static double append_with_jc(void *context)
{
    bench_side *side = context;
    double start = bench_seconds();
    for (size_t done = 0; done < side->round_size; done += side->batch) {
        bench_append(side->store, side->workflow_id, side->number, side->batch, false);
        side->number += side->batch;
    }
    return (double)side->round_size / (bench_seconds() - start);
}

static double append_raw(void *context)
{
    bench_side *side = context;
    double start = bench_seconds();
    for (size_t done = 0; done < side->round_size; done += side->batch)
        bench_raw_append(side->raw, side->workflow_id, side->batch);
    return (double)side->round_size / (bench_seconds() - start);
}

static double overwrite_disk(void *context)
{
    bench_side *side = context;
    return bench_disk_overwrite(side->folder, (int)side->round_size);
}

static void compare_batches(const bench_options *options, jc_store *store, bench_raw *raw,
                            size_t batch, size_t round_size, const char *name)
{
    bench_side jc = {.store = store, .workflow_id = name, .batch = batch, .round_size = round_size};
    bench_side limit = {.raw = raw, .workflow_id = name, .batch = batch, .round_size = round_size};
    char title[64];
    snprintf(title, sizeof(title),
             batch == 1 ? "append, one event a call" : "append, %zu events a call", batch);
    bench_row row = {.name = title,
                     .limit = "raw SQLite, the same rows",
                     .unit = "/s",
                     .jc_side = append_with_jc,
                     .jc_context = &jc,
                     .limit_side = append_raw,
                     .limit_context = &limit,
                     .sense = BENCH_AT_LEAST,
                     .target = batch == 1 ? 0.85 : 0.65};
    bench_run(&row, options->rounds);
}

static void compare_with_disk(const bench_options *options, jc_store *store, bench_raw *raw)
{
    bench_side jc = {.store = store, .workflow_id = "disk", .batch = 1, .round_size = 1000};
    bench_side limit = {.folder = options->folder, .round_size = 1000};
    bench_row row = {.name = "append, one event a call (stretch)",
                     .limit = "4 KB in place + fdatasync",
                     .unit = "/s",
                     .jc_side = append_with_jc,
                     .jc_context = &jc,
                     .limit_side = overwrite_disk,
                     .limit_context = &limit,
                     .sense = BENCH_AT_LEAST,
                     .target = 0.85};
    bench_run(&row, options->rounds);

    bench_side sqlite = {.raw = raw, .workflow_id = "disk", .batch = 1, .round_size = 1000};
    row.name = "raw SQLite, one row a call, in jc's place";
    row.jc_side = append_raw;
    row.jc_context = &sqlite;
    row.sense = BENCH_FACT;
    bench_run(&row, options->rounds);
}

static void compare_mirror(const bench_options *options, jc_store *alone)
{
    jc_store *both = bench_store(options->folder, "dual", false);
    bench_side jc = {.store = both, .workflow_id = "dual", .batch = 1, .round_size = 1000};
    bench_side limit = {.store = alone, .workflow_id = "dual", .batch = 1, .round_size = 1000};
    bench_row row = {.name = "append to log and mirror",
                     .limit = "append to the log alone",
                     .unit = "/s",
                     .jc_side = append_with_jc,
                     .jc_context = &jc,
                     .limit_side = append_with_jc,
                     .limit_context = &limit,
                     .sense = BENCH_AT_LEAST,
                     .target = 0.9};
    bench_run(&row, options->rounds);

    jc.batch = limit.batch = 1000;
    jc.round_size = limit.round_size = 20000;
    row.name = "append to log and mirror, 1000 a call";
    row.sense = BENCH_FACT;
    bench_run(&row, options->rounds);
    jc_close(both);
}

void bench_appends(const bench_options *options)
{
    bench_heading("Durable appends (WAL, synchronous=FULL), a second");
    jc_store *store = bench_store(options->folder, "append", true);
    bench_raw raw;
    bench_raw_make(&raw, options->folder, "append-raw");

    compare_batches(options, store, &raw, 1, 1000, "single");
    compare_with_disk(options, store, &raw);
    compare_batches(options, store, &raw, 100, 10000, "batch-100");
    compare_batches(options, store, &raw, 1000, 30000, "batch-1000");
    compare_mirror(options, store);
    bench_raw_close(&raw);
    jc_close(store);
}

/* Page size NUMBER against 4096, the default of SQLite, both raw; and raw against the disk. */
static void compare_page_size(const bench_options *options, bench_raw *usual, int page_size)
{
    char name[32];
    char title[64];
    snprintf(name, sizeof(name), "page-%d", page_size);
    bench_raw raw;
    bench_raw_make(&raw, options->folder, name);
    bench_raw_close(&raw);
    bench_page_size(options->folder, name, page_size);
    bench_raw_open(&raw, options->folder, name);

    bench_side other = {.raw = &raw, .workflow_id = "pages", .batch = 1, .round_size = 1000};
    bench_side base = {.raw = usual, .workflow_id = "pages", .batch = 1, .round_size = 1000};
    bench_row row = {.name = title,
                     .limit = "raw, pages of 4096 bytes",
                     .unit = "/s",
                     .jc_side = append_raw,
                     .jc_context = &other,
                     .limit_side = append_raw,
                     .limit_context = &base,
                     .sense = BENCH_FACT};
    snprintf(title, sizeof(title), "raw append, pages of %d bytes", page_size);
    bench_run(&row, options->rounds);

    bench_side disk = {.folder = options->folder, .round_size = 1000};
    row.limit_side = overwrite_disk;
    row.limit_context = &disk;
    row.limit = "4 KB in place + fdatasync";
    bench_run(&row, options->rounds);

    other.batch = base.batch = 1000;
    other.round_size = base.round_size = 20000;
    snprintf(title, sizeof(title), "raw append, %d, 1000 rows a call", page_size);
    row.limit = "raw, pages of 4096 bytes";
    row.limit_side = append_raw;
    row.limit_context = &base;
    bench_run(&row, options->rounds);
    bench_raw_close(&raw);
}

/* The same for jc: appends and reads of a log with that page size. */
static void compare_page_size_of_jc(const bench_options *options, jc_store *usual, int page_size)
{
    char name[32];
    char path[BENCH_PATH_SIZE];
    char title[64];
    snprintf(name, sizeof(name), "jc-page-%d", page_size);
    jc_close(bench_store(options->folder, name, true));
    bench_page_size(options->folder, name, page_size);
    bench_path(path, options->folder, name);
    jc_error error;
    jc_store *store = NULL;
    jc_options open_options = {.without_mirror = true};
    bench_must(jc_open(path, &open_options, &store, &error), &error, "open");

    bench_side other = {.store = store, .workflow_id = "pages", .batch = 1, .round_size = 1000};
    bench_side base = {.store = usual, .workflow_id = "pages", .batch = 1, .round_size = 1000};
    bench_row row = {.name = title,
                     .limit = "jc, its own page size",
                     .unit = "/s",
                     .jc_side = append_with_jc,
                     .jc_context = &other,
                     .limit_side = append_with_jc,
                     .limit_context = &base,
                     .sense = BENCH_FACT};
    snprintf(title, sizeof(title), "jc append, pages of %d bytes", page_size);
    bench_run(&row, options->rounds);
    jc_close(store);
}

void bench_page_sizes(const bench_options *options)
{
    static const int sizes[] = {1024, 2048, 4096, 8192};

    bench_heading("Page sizes, appends a second");
    bench_raw usual;
    bench_raw_make(&usual, options->folder, "page-usual");
    bench_raw_close(&usual);
    bench_page_size(options->folder, "page-usual", 4096);
    bench_raw_open(&usual, options->folder, "page-usual");
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        compare_page_size(options, &usual, sizes[i]);
    bench_raw_close(&usual);

    jc_store *store = bench_store(options->folder, "jc-page-usual", true);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        compare_page_size_of_jc(options, store, sizes[i]);
    jc_close(store);
    bench_read_page_sizes(options, sizes, sizeof(sizes) / sizeof(sizes[0]));
}
