/* Power cuts, thousands of them: crash_test [--points N] [--jobs N] [--mode MODE] [--seed S [--point P]]
 *
 * A seed is a workload; a point is the number of the I/O call at which the power goes. A run takes
 * one to three lives: work, cut, perhaps check, work on from what is left, and so on; the last life
 * ends with a check. The modes are:
 *
 *     full          durability FULL on an honest disk: every claim holds
 *     normal        durability NORMAL: the same, but the last acknowledged events may be lost
 *     lying-log     syncs of the database and its write-ahead log are ignored  \
 *     off           SQLite runs with synchronous=OFF                            > must be found out
 *     lying-mirror  syncs of the mirrors are ignored                           /
 *
 * --points (or JC_SIM_POINTS) is for the mode full; the others take a share of it. With --seed, only
 * that seed runs; with --point too, only that run, and it tells what failed. */
#include "sim/check.h"
#include "sim/workload.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define POINTS_DEFAULT 2100
#define POINTS_A_SEED 30
#define STEPS 24
#define LIVES_MAX 3
#define RUN_SECONDS_MAX 30 /* a run takes milliseconds; one that hangs is ended, and told of */
#define JOBS_MAX 16

typedef struct crash_mode {
    const char *name;
    jc_durability durability;
    bool honest;
    const char *lies[2];
    bool synchronous_off;
    uint64_t share;        /* one of so many points of the mode full … */
    uint64_t points_min;   /* … but at least so many, or what must be found is not met */
    uint64_t heal_percent; /* of the steps: more, where syncs of the mirror matter */
} crash_mode;

static const crash_mode modes[] = {
    {"full", .honest = true, .share = 1, .heal_percent = 4},
    {"normal", JC_DURABILITY_NORMAL, .honest = true, .share = 6, .points_min = 60,
     .heal_percent = 4},
    {"lying-log", .lies = {"/events.db", "/events.db-wal"}, .share = 20, .points_min = 60,
     .heal_percent = 4},
    {"off", .synchronous_off = true, .share = 20, .points_min = 60, .heal_percent = 4},
    {"lying-mirror", .lies = {"/events.jsonl"}, .share = 10, .points_min = 210, .heal_percent = 25},
};
#define MODE_COUNT (sizeof modes / sizeof *modes)

/* What a job found; in memory that it shares with the parent, so that a crash loses nothing. */
typedef struct findings {
    uint64_t points; /* done */
    uint64_t seed;   /* under way */
    uint64_t point;
    uint64_t lost;
    uint64_t unknown_there;
    uint64_t unknown_gone;
    struct {
        uint64_t count;
        uint64_t seed, point; /* of the first */
        char text[JC_SIM_TEXT_SIZE];
    } failures[JC_CLAIM_COUNT];
} findings;

typedef struct arguments {
    uint64_t points;
    uint64_t jobs;
    const char *mode;
    bool has_seed, has_point;
    uint64_t seed, point;
    const char *program;
} arguments;

static void begin(jc_sim *sim, const crash_mode *mode, const char *folder, uint64_t seed)
{
    static const int checkpoints[] = {6, 20, 60, 1000};
    jc_sim_begin(sim, folder, seed);
    sim->durability = mode->durability;
    sim->honest = mode->honest;
    sim->heal_percent = mode->heal_percent;
    for (size_t i = 0; i < 2 && mode->lies[i] != NULL; i++)
        jc_disk_lie(sim->disk, mode->lies[i]);
    jc_random random = {.state = jc_random_mix(seed, 2)};
    const jc_sim_vfs_options options = {
        .synchronous_off = mode->synchronous_off,
        .checkpoint_frames = checkpoints[jc_random_below(&random, 4)],
        .cache_pages = jc_random_chance(&random, 50) ? 8 : 0,
    };
    jc_sim_vfs_use(sim->disk, &options);
}

/* How many I/O calls the workload makes; it must also be right without a cut. */
static uint64_t count_calls(jc_sim *sim, const crash_mode *mode, const char *folder, uint64_t seed)
{
    begin(sim, mode, folder, seed);
    jc_disk_plan(sim->disk, JC_DISK_SOUND, 0);
    bool good = jc_workload_run(sim, STEPS);
    uint64_t calls = jc_disk_calls(sim->disk);
    if (good)
        (void)jc_check(sim);
    jc_sim_end(sim);
    return calls;
}

static void run_lives(jc_sim *sim, uint64_t seed, uint64_t point)
{
    jc_random random = {.state = jc_random_mix(seed, point)};
    uint64_t lives = 1 + jc_random_below(&random, LIVES_MAX);
    for (uint64_t life = 1; life <= lives; life++) {
        jc_disk_plan(sim->disk, JC_DISK_POWER_CUT, point);
        if (!jc_workload_run(sim, STEPS))
            return;
        jc_disk_power_cut(sim->disk, jc_random_next(&random));
        sim->files.boot++;
        bool check_now = life == lives || jc_random_chance(&random, 50);
        if (check_now && !jc_check(sim))
            return;
        point = 1 + jc_random_below(&random, 80); /* early: in the middle of recovering */
    }
}

static void run_point(jc_sim *sim, const crash_mode *mode, const char *folder, uint64_t seed,
                      uint64_t point)
{
    (void)alarm(RUN_SECONDS_MAX);
    begin(sim, mode, folder, seed);
    run_lives(sim, seed, point);
    jc_sim_end(sim);
    (void)alarm(0);
}

static void note(findings *found, const jc_sim *sim)
{
    found->points++;
    found->lost += sim->lost;
    found->unknown_there += sim->unknown_there;
    found->unknown_gone += sim->unknown_gone;
    if (!sim->failed)
        return;
    if (found->failures[sim->claim].count++ > 0)
        return;
    found->failures[sim->claim].seed = found->seed;
    found->failures[sim->claim].point = found->point;
    memcpy(found->failures[sim->claim].text, sim->text, sizeof sim->text);
}

static void run_seed(const crash_mode *mode, const char *folder, uint64_t seed, uint64_t points,
                     findings *found)
{
    static jc_sim sim;
    found->seed = seed;
    found->point = 0;
    uint64_t calls = count_calls(&sim, mode, folder, seed);
    if (sim.failed) {
        note(found, &sim);
        return;
    }
    jc_random random = {.state = jc_random_mix(seed, 3)};
    for (uint64_t i = 0; i < points; i++) {
        /* One in each stretch of the workload, so that no part of it is spared. */
        uint64_t from = calls * i / points;
        uint64_t to = calls * (i + 1) / points;
        found->point = 1 + from + jc_random_below(&random, to > from ? to - from : 1);
        run_point(&sim, mode, folder, seed, found->point);
        note(found, &sim);
    }
}

static void run_job(const crash_mode *mode, const arguments *given, uint64_t points, uint64_t job,
                    const char *folder, findings *found)
{
    uint64_t seeds = given->has_seed ? 1 : (points + POINTS_A_SEED - 1) / POINTS_A_SEED;
    uint64_t points_a_seed = given->has_seed ? points : POINTS_A_SEED;
    for (uint64_t i = job; i < seeds; i += given->jobs)
        run_seed(mode, folder, given->seed + i, points_a_seed, found);
}

static void start_jobs(const crash_mode *mode, const arguments *given, uint64_t points,
                       char folders[][JC_SIM_PATH_SIZE], findings *found, pid_t *pids)
{
    fflush(stdout);
    for (uint64_t job = 0; job < given->jobs; job++) {
        jc_sim_folder_make(folders[job]);
        pids[job] = fork();
        if (pids[job] < 0) {
            perror("fork");
            exit(99);
        }
        if (pids[job] == 0) {
            run_job(mode, given, points, job, folders[job], &found[job]);
            _exit(0);
        }
    }
}

/* Wait for the jobs; false when one did not end by itself. */
static bool end_jobs(const crash_mode *mode, const arguments *given,
                     char folders[][JC_SIM_PATH_SIZE], const findings *found, const pid_t *pids)
{
    bool good = true;
    for (uint64_t job = 0; job < given->jobs; job++) {
        int result = 0;
        if (waitpid(pids[job], &result, 0) < 0 || result != 0) {
            good = false;
            printf("# the run died (status %d): %s --mode %s --seed %" PRIu64 " --point %" PRIu64
                   "\n",
                   result, given->program, mode->name, found[job].seed, found[job].point);
        }
        jc_sim_folder_remove(folders[job]);
    }
    return good;
}

static void merge(findings *sum, const findings *found, uint64_t jobs)
{
    for (uint64_t job = 0; job < jobs; job++) {
        sum->points += found[job].points;
        sum->lost += found[job].lost;
        sum->unknown_there += found[job].unknown_there;
        sum->unknown_gone += found[job].unknown_gone;
        for (size_t claim = 0; claim < JC_CLAIM_COUNT; claim++) {
            uint64_t count = sum->failures[claim].count;
            if (count == 0)
                sum->failures[claim] = found[job].failures[claim];
            else
                sum->failures[claim].count = count + found[job].failures[claim].count;
        }
    }
}

static bool run_mode(const crash_mode *mode, const arguments *given, uint64_t points, findings *sum)
{
    char folders[JOBS_MAX][JC_SIM_PATH_SIZE];
    pid_t pids[JOBS_MAX];
    size_t size = JOBS_MAX * sizeof(findings);
    findings *found = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (found == MAP_FAILED) {
        perror("mmap");
        exit(99);
    }
    start_jobs(mode, given, points, folders, found, pids);
    bool good = end_jobs(mode, given, folders, found, pids);
    memset(sum, 0, sizeof *sum);
    merge(sum, found, given->jobs);
    munmap(found, size);
    return good;
}

static int test_count;
static int failure_count;

static void result(bool good, const char *mode, const char *claim)
{
    printf("%s %d - %s: %s\n", good ? "ok" : "not ok", ++test_count, mode, claim);
    failure_count += !good;
}

static void report_failure(const crash_mode *mode, const arguments *given, const findings *sum,
                           size_t claim)
{
    printf("# %" PRIu64 " of %" PRIu64 " runs; the first, seed %" PRIu64 " point %" PRIu64 ": %s\n",
           sum->failures[claim].count, sum->points, sum->failures[claim].seed,
           sum->failures[claim].point, sum->failures[claim].text);
    printf("# replay: %s --mode %s --seed %" PRIu64 " --point %" PRIu64 "\n", given->program,
           mode->name, sum->failures[claim].seed, sum->failures[claim].point);
}

static void report_honest(const crash_mode *mode, const arguments *given, const findings *sum)
{
    for (size_t claim = 0; claim < JC_CLAIM_COUNT; claim++) {
        if (claim == JC_CLAIM_SEEN && mode->durability != JC_DURABILITY_FULL)
            continue; /* a log that lost its end may have its mirror rewritten */
        result(sum->failures[claim].count == 0, mode->name, jc_claim_texts[claim]);
        if (sum->failures[claim].count > 0)
            report_failure(mode, given, sum, claim);
    }
    if (mode->durability == JC_DURABILITY_FULL)
        result(sum->unknown_there > 0 && sum->unknown_gone > 0, mode->name,
               "appends cut short were found stored in some runs and not stored in others");
    else
        result(sum->lost > 0, mode->name, "some acknowledged events are lost, only the last ones");
}

static void report_dishonest(const crash_mode *mode, const findings *sum)
{
    uint64_t found = 0;
    for (size_t claim = 0; claim < JC_CLAIM_COUNT; claim++) {
        found += sum->failures[claim].count;
        if (sum->failures[claim].count > 0)
            printf("# %" PRIu64 " times not: %s\n", sum->failures[claim].count,
                   jc_claim_texts[claim]);
    }
    printf("# damage in %" PRIu64 " of %" PRIu64 " runs\n", found, sum->points);
    result(found > 0, mode->name, "the check finds the damage that this does");
}

static void test_mode(const crash_mode *mode, const arguments *given)
{
    static findings sum;
    uint64_t points = given->points / mode->share;
    if (points < mode->points_min)
        points = mode->points_min;
    bool ended = run_mode(mode, given, points, &sum);
    printf("# %s: %" PRIu64 " power cuts, seeds from %" PRIu64 "; of the units in flight %" PRIu64
           " were there, %" PRIu64 " were not; %" PRIu64 " acknowledged events lost\n",
           mode->name, sum.points, given->seed, sum.unknown_there, sum.unknown_gone, sum.lost);
    result(ended && sum.points >= points, mode->name, "every run comes to its end");
    if (mode->honest)
        report_honest(mode, given, &sum);
    else
        report_dishonest(mode, &sum);
}

static int replay(const crash_mode *mode, const arguments *given)
{
    static jc_sim sim;
    char folder[JC_SIM_PATH_SIZE];
    jc_sim_folder_make(folder);
    if (given->point == 0)
        (void)count_calls(&sim, mode, folder, given->seed);
    else
        run_point(&sim, mode, folder, given->seed, given->point);
    printf("1..1\n");
    if (sim.failed)
        printf("# %s\n", sim.text);
    result(!sim.failed, mode->name, sim.failed ? jc_claim_texts[sim.claim] : "all claims hold");
    if (sim.failed)
        printf("# the files are left in %s\n", folder);
    else
        jc_sim_folder_remove(folder);
    return failure_count;
}

static int usage(void)
{
    fprintf(stderr, "usage: crash_test [--points N] [--jobs N] [--mode full|normal|lying-log|off|"
                    "lying-mirror] [--seed S [--point P]]\n");
    return 2;
}

static bool read_arguments(int count, char **words, arguments *ret)
{
    const char *points = getenv("JC_SIM_POINTS");
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    ret->program = words[0];
    ret->points = points != NULL ? strtoull(points, NULL, 10) : POINTS_DEFAULT;
    ret->jobs = processors < 1 ? 1 : processors > 4 ? 4 : (uint64_t)processors;
    ret->seed = 1;
    for (int i = 1; i + 1 < count; i += 2) {
        uint64_t number = strtoull(words[i + 1], NULL, 10);
        if (strcmp(words[i], "--points") == 0)
            ret->points = number;
        else if (strcmp(words[i], "--jobs") == 0)
            ret->jobs = number;
        else if (strcmp(words[i], "--mode") == 0)
            ret->mode = words[i + 1];
        else if (strcmp(words[i], "--seed") == 0)
            ret->seed = number, ret->has_seed = true;
        else if (strcmp(words[i], "--point") == 0)
            ret->point = number, ret->has_point = true;
        else
            return false;
    }
    return count % 2 == 1 && ret->points > 0 && ret->jobs > 0 && ret->jobs <= JOBS_MAX;
}

int main(int count, char **words)
{
    arguments given = {0};
    if (!read_arguments(count, words, &given))
        return usage();
    bool known = false;
    for (size_t i = 0; i < MODE_COUNT; i++) {
        const crash_mode *mode = &modes[i];
        if (given.mode != NULL && strcmp(given.mode, mode->name) != 0)
            continue;
        known = true;
        if (given.has_point)
            return replay(mode, &given) > 0;
        test_mode(mode, &given);
    }
    if (!known)
        return usage();
    printf("1..%d\n", test_count);
    return failure_count > 0;
}
