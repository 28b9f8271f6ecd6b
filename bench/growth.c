/* What an append costs in a log of a million events (five with --full), against one of ten thousand,
 * with ids that rise in time (UUIDv7) and ids that are scattered (UUIDv5, as imports make them). */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>

#define SMALL UINT64_C(10000)
#define APPENDS 500 /* a round */

typedef struct bench_side {
    jc_store *store;
    uint64_t number;
    bool derived;
} bench_side;

/* Microseconds an append. */
static double append_some(void *context)
{
    bench_side *side = context;
    double start = bench_seconds();
    for (int i = 0; i < APPENDS; i++)
        bench_append(side->store, "grown", side->number++, 1, side->derived);
    return (bench_seconds() - start) / APPENDS * 1e6;
}

/* The same, as far as the processor is concerned: a unit of 1000, so that the sync is 1/1000. */
static double append_batch(void *context)
{
    bench_side *side = context;
    double start = bench_seconds();
    bench_append(side->store, "grown", side->number, 1000, side->derived);
    side->number += 1000;
    return (bench_seconds() - start) / 1000 * 1e6;
}

static void compare_growth(const bench_options *options, uint64_t large, bool derived)
{
    const char *version = derived ? "v5" : "v7";
    char name[64];
    const size_t millions = (size_t)(large / 1000000);
    snprintf(name, sizeof(name), "grown-%s-beside-%zu", version, millions);
    bench_side small = {.store = bench_store(options->folder, name, true),
                        .number = SMALL,
                        .derived = derived};
    bench_fill(small.store, "grown", SMALL, derived);
    snprintf(name, sizeof(name), "grown-%s-%zu", version, millions);
    bench_side grown = {.store = bench_store(options->folder, name, true),
                        .number = large,
                        .derived = derived};
    double start = bench_seconds();
    bench_fill(grown.store, "grown", large, derived);
    double fill = bench_seconds() - start;

    char title[64];
    bench_row row = {.name = title,
                     .limit = "at 10 k events",
                     .unit = "us",
                     .jc_side = append_some,
                     .jc_context = &grown,
                     .limit_side = append_some,
                     .limit_context = &small,
                     .sense = derived ? BENCH_FACT : BENCH_AT_MOST,
                     .target = 1.3};
    snprintf(title, sizeof(title), "append at %zu M events, ids %s", millions, version);
    bench_run(&row, options->rounds);
    row.jc_side = row.limit_side = append_batch;
    row.sense = BENCH_FACT;
    snprintf(title, sizeof(title), "the same, 1000 a call, ids %s", version);
    bench_run(&row, options->rounds);
    printf("# filled with %zu events in %.1f s, 10,000 a call: %.0f k/s\n", (size_t)large, fill,
           (double)large / fill / 1e3);
    jc_close(small.store);
    jc_close(grown.store);
}

void bench_growth(const bench_options *options)
{
    bench_heading("Growth, microseconds an event");
    compare_growth(options, 1000000, false);
    compare_growth(options, 1000000, true);
    if (options->full) {
        compare_growth(options, 5000000, false);
        compare_growth(options, 5000000, true);
    }
}
