/* Eight processes that append as fast as they can, against one: the throughput of all together, and
 * the longest that any of them waited for one append. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define WRITERS_MAX 8
#define SECONDS 2.0

typedef struct bench_tally {
    uint64_t appended;
    double worst; /* seconds */
} bench_tally;

typedef struct bench_side {
    char path[BENCH_PATH_SIZE];
    int writers;
    bool one_workflow;
    bench_tally *tallies; /* shared with the writers */
    int round;
    double worst[BENCH_ROUNDS_MAX];
} bench_side;

/* What a writer does until the time is over. It starts when all have opened the store: the parent
 * closes the pipe. */
static void write_events(bench_side *side, int index, int start_fd)
{
    jc_error error;
    jc_store *store = NULL;
    bench_must(jc_open(side->path, NULL, &store, &error), &error, "open");
    char workflow_id[32];
    snprintf(workflow_id, sizeof(workflow_id), "writer-%d", side->one_workflow ? 0 : index);
    char byte;
    if (read(start_fd, &byte, 1) != 0)
        bench_die("a writer lost its parent");

    double end = bench_seconds() + SECONDS;
    bench_tally *tally = &side->tallies[index];
    for (double now = bench_seconds(); now < end;) {
        bench_append(store, workflow_id, tally->appended++, 1, false);
        double after = bench_seconds();
        if (after - now > tally->worst)
            tally->worst = after - now;
        now = after;
    }
    jc_close(store);
}

static void start_writers(bench_side *side, pid_t *writers, const int start[2])
{
    for (int i = 0; i < side->writers; i++) {
        side->tallies[i] = (bench_tally){0};
        fflush(NULL);
        writers[i] = fork();
        if (writers[i] < 0)
            bench_die("cannot fork");
        if (writers[i] == 0) {
            close(start[1]);
            write_events(side, i, start[0]);
            _exit(0);
        }
    }
}

static double write_together(void *context)
{
    bench_side *side = context;
    int start[2];
    pid_t writers[WRITERS_MAX];
    if (pipe(start) != 0)
        bench_die("cannot make a pipe");
    start_writers(side, writers, start);
    close(start[0]);
    usleep(100000);
    close(start[1]);

    double sum = 0;
    double worst = 0;
    for (int i = 0; i < side->writers; i++) {
        int result = 0;
        if (waitpid(writers[i], &result, 0) != writers[i] || result != 0)
            bench_die("a writer failed");
        sum += (double)side->tallies[i].appended;
        worst = side->tallies[i].worst > worst ? side->tallies[i].worst : worst;
    }
    side->worst[side->round++ % BENCH_ROUNDS_MAX] = worst * 1e3;
    return sum / SECONDS;
}

static void compare_writers(const bench_options *options, bool one_workflow, bench_tally *tallies)
{
    const char *project = one_workflow ? "writers-one" : "writers-each";
    jc_close(bench_store(options->folder, project, false));
    bench_side many = {.writers = WRITERS_MAX, .one_workflow = one_workflow, .tallies = tallies};
    bench_side one = {.writers = 1, .one_workflow = one_workflow, .tallies = tallies};
    bench_path(many.path, options->folder, project);
    bench_path(one.path, options->folder, project);

    bench_row row = {.name =
                         one_workflow ? "8 writers, one workflow" : "8 writers, a workflow each",
                     .limit = "1 writer",
                     .unit = "/s",
                     .jc_side = write_together,
                     .jc_context = &many,
                     .limit_side = write_together,
                     .limit_context = &one,
                     .sense = BENCH_AT_LEAST,
                     .target = 0.65};
    bench_run(&row, options->rounds);

    double worst = 0;
    for (int i = 0; i < many.round; i++)
        worst = many.worst[i] > worst ? many.worst[i] : worst;
    row.name = "  worst wait of any append, any round";
    row.limit = "100 ms";
    row.unit = "ms";
    row.sense = BENCH_AT_MOST;
    row.target = 1.0;
    bench_print(&row, worst, 100, worst / 100);
}

void bench_writers(const bench_options *options)
{
    bench_heading("Writers at once, appends a second of all together (log and mirror)");
    size_t size = WRITERS_MAX * sizeof(bench_tally);
    bench_tally *tallies =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (tallies == MAP_FAILED)
        bench_die("no shared memory");
    compare_writers(options, false, tallies);
    compare_writers(options, true, tallies);
    munmap(tallies, size);
}
