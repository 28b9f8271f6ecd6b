/* Memory that runs out: the Nth allocation, for every N, of ours and of SQLite's. And the steady state
 * of an append, in which nothing of ours is allocated. */
#include "sim/memory.h"
#include "sim/script.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define WARM_UP 100
#define STEADY 1000

static int test_count;
static int failure_count;
static char under_way[200]; /* for a crash to be told of */

static void result(bool good, const char *claim, const char *detail)
{
    printf("%s %d - %s%s\n", good ? "ok" : "not ok", ++test_count, claim, detail);
    failure_count += !good;
}

static void plan_ours_once(jc_sim *sim, uint64_t at)
{
    (void)sim;
    jc_memory_plan(JC_MEMORY_OURS, at, false);
}

static void plan_ours_all(jc_sim *sim, uint64_t at)
{
    (void)sim;
    jc_memory_plan(JC_MEMORY_OURS, at, true);
}

static void plan_sqlite_once(jc_sim *sim, uint64_t at)
{
    (void)sim;
    jc_memory_plan(JC_MEMORY_SQLITE, at, false);
}

static void plan_sqlite_all(jc_sim *sim, uint64_t at)
{
    (void)sim;
    jc_memory_plan(JC_MEMORY_SQLITE, at, true);
}

static void resume(jc_sim *sim)
{
    (void)sim;
    snprintf(under_way, sizeof under_way, "# died after %" PRIu64 " and %" PRIu64 " allocations\n",
             jc_memory_calls(JC_MEMORY_OURS), jc_memory_calls(JC_MEMORY_SQLITE));
    jc_memory_watch(true);
}

static void pause_watch(jc_sim *sim)
{
    (void)sim;
    jc_memory_watch(false);
}

static void repair(jc_sim *sim)
{
    (void)sim;
    jc_memory_mend();
}

static bool struck(const jc_sim *sim)
{
    (void)sim;
    return jc_memory_struck();
}

#define FAULT(text, planned)                                                                       \
    {                                                                                              \
        .what = (text), .plan = (planned), .resume = resume, .pause = pause_watch,                 \
        .repair = repair, .struck = struck                                                         \
    }

static const jc_fault faults[] = {
    FAULT("the Nth allocation of ours fails", plan_ours_once),
    FAULT("every allocation of ours from the Nth on fails", plan_ours_all),
    FAULT("the Nth allocation of SQLite fails", plan_sqlite_once),
    FAULT("every allocation of SQLite from the Nth on fails", plan_sqlite_all),
};

static int64_t held_before[JC_MEMORY_OWNERS];

static void use_real_disk(jc_sim *sim)
{
    sim->plain = true;
}

static void compare_held(jc_sim *sim)
{
    for (int owner = 0; owner < JC_MEMORY_OWNERS; owner++) {
        int64_t left = jc_memory_held((jc_memory_owner)owner) - held_before[owner];
        if (left != 0)
            (void)jc_sim_fail(sim, JC_CLAIM_ANSWERS, "%" PRId64 " %s are held after the end", left,
                              owner == JC_MEMORY_OURS ? "blocks of ours" : "bytes of SQLite");
    }
}

static void test_fault(const jc_fault *fault, const char *folder)
{
    static jc_sim sim;
    jc_sweep sweep;
    bool good = jc_sweep_run(&sim, fault, folder, use_real_disk, compare_held, &sweep);
    if (!good)
        printf("# at N = %" PRIu64 " not: %s: %s\n", sweep.occasions, jc_claim_texts[sim.claim],
               sim.text);
    else
        printf("# N from 1 to %" PRIu64 ": %" PRIu64 " appends wrote nothing, %" PRIu64
               " were unknown, %" PRIu64 " failures were made good unseen\n",
               sweep.occasions, sweep.nothing_written, sweep.unknown, sweep.unseen);
    result(good && sweep.occasions > 0, fault->what,
           ": all or nothing, the handle answers properly, nothing leaks");
}

static bool append_some(jc_store *store, int count)
{
    for (int i = 0; i < count; i++) {
        jc_event event = {.workflow_id = JC_STR("steady"),
                          .event_type = JC_STR("agent.tool_use"),
                          .agent_id = JC_STR("coder-agent"),
                          .data = JC_STR("{ \"tool\": \"bash\", \"ok\": true }")};
        jc_append_result done;
        jc_error error = {0};
        const jc_unit unit = {.events = &event, .count = 1};
        if (jc_event_prepare(&event, &error) < 0 || jc_append(store, &unit, 1, &done, &error) < 0) {
            printf("# %s\n", error.text);
            return false;
        }
    }
    return true;
}

static void test_steady_state(const char *folder)
{
    static jc_sim sim;
    jc_error error = {0};
    jc_sim_begin(&sim, folder, 1);
    sim.plain = true;
    sim.without_cache = true;
    jc_memory_plan(JC_MEMORY_OURS, 0, false);
    bool good = jc_sim_open(&sim, 0, NULL, &error) == JC_OK && append_some(sim.stores[0], WARM_UP);
    jc_memory_watch(true);
    good = good && append_some(sim.stores[0], STEADY);
    jc_memory_watch(false);
    uint64_t calls = jc_memory_calls(JC_MEMORY_OURS);
    printf("# %" PRIu64 " allocations of ours, %" PRIu64 " of SQLite\n", calls,
           jc_memory_calls(JC_MEMORY_SQLITE));
    result(good && calls == 0 && jc_memory_calls(JC_MEMORY_SQLITE) > 0,
           "a thousand appends, log and mirror, allocate nothing of ours", "");
    jc_sim_end(&sim);
}

/* Whoever handled the signal before us (a sanitizer, the system) gets it next. */
static struct sigaction handler_before[2];
static const int deadly[2] = {SIGABRT, SIGSEGV};

static void tell(int signal_number)
{
    (void)!write(STDOUT_FILENO, under_way, strlen(under_way));
    for (size_t i = 0; i < 2; i++) {
        if (deadly[i] == signal_number)
            (void)sigaction(signal_number, &handler_before[i], NULL);
    }
}

static void tell_of_death(void)
{
    struct sigaction action = {.sa_handler = tell};
    for (size_t i = 0; i < 2; i++)
        (void)sigaction(deadly[i], &action, &handler_before[i]);
}

/* Which sweeps: "ours" or "sqlite", or all without an argument. */
int main(int count, char **words)
{
    char folder[JC_SIM_PATH_SIZE];
    tell_of_death();
    setvbuf(stdout, NULL, _IOLBF, 0);
    jc_memory_init();
    jc_sim_folder_make(folder);
    test_steady_state(folder); /* first: what SQLite and the C library keep for ever is held now */
    for (int owner = 0; owner < JC_MEMORY_OWNERS; owner++)
        held_before[owner] = jc_memory_held((jc_memory_owner)owner);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        bool of_ours = i < 2;
        if (count < 2 || of_ours == (strcmp(words[1], "ours") == 0))
            test_fault(&faults[i], folder);
    }
    jc_sim_folder_remove(folder);
    printf("1..%d\n", test_count);
    return failure_count > 0;
}
