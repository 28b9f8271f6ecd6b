/* Live streams: how long from a commit to each of 500 clients, against a bare epoll broadcaster in the same run.
 *
 *     this process ──jc_append──▶ the log ──wakes──▶ jc's server ──▶ 500 sockets of one client process
 *     this process ──jc_append──▶ the log
 *                  └──the frame through a socket──▶ the broadcaster ──▶ the same
 *
 * A time runs from when jc_append has returned to when the client has the event's last byte; a round's figure is the
 * p50, or the p99, over all events and clients. */
#include "bench.h"
#include "live_peers.h"

#include "server/live_frame.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define EVENTS_A_SECOND 200
#define WORKFLOW "live"

typedef struct live_side {
    jc_store *store;
    const char *project;
    bool is_jc;
    live_shared *shared;
    uint64_t number; /* of the last event */
    double p50[BENCH_ROUNDS_MAX];
    double p99[BENCH_ROUNDS_MAX];
    double cpu[BENCH_ROUNDS_MAX]; /* of the server, microseconds an event and client */
    double memory;                /* of the server, bytes a client */
} live_side;

static pid_t start_peer(void (*run)(live_peer *peer), live_peer *peer, int other_end)
{
    fflush(NULL);
    pid_t pid = fork();
    if (pid < 0)
        bench_die("cannot fork");
    if (pid > 0)
        return pid;
    close(other_end);
    run(peer);
    _exit(0);
}

static void end_peer(pid_t pid, struct rusage *ret_usage)
{
    int result = 0;
    if (wait4(pid, &result, 0, ret_usage) != pid || result != 0)
        bench_die("a process of the live stream failed");
}

/* Bytes that the process has written to and shares with nobody. */
static double private_memory(pid_t pid)
{
    char path[64];
    char line[256];
    double size = 0;
    snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof(line), file) != NULL)
        sscanf(line, "Private_Dirty: %lf", &size);
    if (file != NULL)
        fclose(file);
    return size * 1024;
}

static jc_live_frame *append_one(live_side *side, int64_t *ret_committed_ns)
{
    static jc_buf scratch;
    jc_error error;
    jc_append_result result;
    jc_receipt receipt;
    jc_event event = bench_event(WORKFLOW, side->number++, false);
    jc_unit unit = {.events = &event, .count = 1, .ret_receipts = &receipt};
    bench_must(jc_append(side->store, &unit, 1, &result, &error), &error, "append");
    *ret_committed_ns = live_now_ns();
    event.position = receipt.position;
    event.sequence = receipt.sequence;
    event.timestamp_us = receipt.timestamp_us;
    event.hash = receipt.hash;
    return side->is_jc ? NULL : jc_live_frame_log(&event, &scratch);
}

/* LIVE_EVENTS of them, evenly in time. */
static void write_events(live_side *side, int frames_fd)
{
    int64_t next_ns = live_now_ns();
    for (int i = 0; i < LIVE_EVENTS; i++) {
        int64_t committed_ns = 0;
        jc_live_frame *frame = append_one(side, &committed_ns);
        atomic_store(&side->shared->committed_ns[i], committed_ns);
        if (frame != NULL && send(frames_fd, frame->bytes, frame->size, MSG_NOSIGNAL) < 0)
            bench_die("the broadcaster is gone");
        jc_live_frame_drop(frame);
        next_ns += 1000000000 / EVENTS_A_SECOND;
        int64_t left_ns = next_ns - live_now_ns();
        if (left_ns > 0)
            usleep((useconds_t)(left_ns / 1000));
    }
}

static void wait_for(_Atomic int *count, int wanted)
{
    double end = bench_seconds() + 60;
    while (atomic_load(count) < wanted) {
        if (bench_seconds() > end)
            bench_die("the clients of the live stream do not get on");
        usleep(1000);
    }
}

static double quantile_of(const live_shared *shared, double share, double *times)
{
    int count = 0;
    for (int i = 0; i < LIVE_CLIENTS; i++)
        for (int k = 0; k < LIVE_EVENTS; k++)
            times[count++] = (double)(shared->received_ns[i][k] - shared->committed_ns[k]) / 1e6;
    return bench_quantile(times, count, share);
}

static void note_round(live_side *side, int round, const struct rusage *usage)
{
    static double times[LIVE_CLIENTS * LIVE_EVENTS];
    side->p50[round] = quantile_of(side->shared, 0.5, times);
    side->p99[round] = quantile_of(side->shared, 0.99, times);
    double seconds = (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) +
                     (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1e6;
    side->cpu[round] = seconds * 1e6 / (LIVE_CLIENTS * LIVE_EVENTS);
}

static void run_round(live_side *side, int round)
{
    int frames[2];
    struct rusage usage;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, frames) != 0)
        bench_die("cannot make a socket pair");
    memset(side->shared, 0, sizeof(*side->shared));
    live_peer peer = {.shared = side->shared,
                      .project = side->project,
                      .frames_fd = frames[0],
                      .go_fd = frames[0]};
    pid_t server = start_peer(side->is_jc ? live_serve : live_broadcast, &peer, frames[1]);
    while (atomic_load(&side->shared->port) == 0)
        usleep(1000);
    double before = private_memory(server);
    pid_t clients = start_peer(live_listen, &peer, frames[1]);
    wait_for(&side->shared->listening, LIVE_CLIENTS);
    side->memory = (private_memory(server) - before) / LIVE_CLIENTS;
    write_events(side, frames[1]);
    wait_for(&side->shared->finished, LIVE_CLIENTS);
    end_peer(clients, &usage);
    close(frames[1]);
    end_peer(server, &usage);
    close(frames[0]);
    note_round(side, round, &usage);
}

static void print_row(const char *name, const char *unit, bench_sense sense, double *jc,
                      double *limit, int rounds)
{
    double ratios[BENCH_ROUNDS_MAX];
    for (int i = 0; i < rounds; i++)
        ratios[i] = jc[i] / limit[i];
    bench_row row = {.name = name,
                     .limit = "a bare epoll broadcaster",
                     .unit = unit,
                     .sense = sense,
                     .target = 1.6};
    bench_print(&row, bench_median(jc, rounds), bench_median(limit, rounds),
                bench_median(ratios, rounds));
}

void bench_live(const bench_options *options)
{
    char project[BENCH_PATH_SIZE];
    struct rlimit files;
    bench_heading("Live streams: from commit to client, 500 clients, 200 events a second");
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    bench_path(project, options->folder, "live");
    live_shared *shared =
        mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        bench_die("no shared memory");
    jc_store *store = bench_store(options->folder, "live", true);
    static live_side jc;
    static live_side limit;
    jc = (live_side){.store = store, .project = project, .is_jc = true, .shared = shared};
    limit = (live_side){.store = store, .shared = shared, .number = UINT64_C(1) << 32};
    run_round(&limit, 0);
    run_round(&jc, 0);
    for (int i = 0; i < options->rounds; i++) {
        run_round(&limit, i);
        run_round(&jc, i);
    }
    print_row("commit to client, p50", "ms", BENCH_FACT, jc.p50, limit.p50, options->rounds);
    print_row("commit to client, p99", "ms", BENCH_AT_MOST, jc.p99, limit.p99, options->rounds);
    print_row("processor time, an event and client", "us", BENCH_FACT, jc.cpu, limit.cpu,
              options->rounds);
    bench_row row = {.name = "memory of the server, KiB a client",
                     .limit = "a bare epoll broadcaster",
                     .unit = "",
                     .sense = BENCH_FACT};
    bench_print(&row, jc.memory / 1024, limit.memory / 1024,
                limit.memory > 0 ? jc.memory / limit.memory : 0);
    jc_close(store);
    munmap(shared, sizeof(*shared));
}
