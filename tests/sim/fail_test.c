/* I/O that fails without a power cut: the Nth call, for every N. */
#include "sim/script.h"

#include <inttypes.h>
#include <stdio.h>

static void plan_error(jc_sim *sim, uint64_t at)
{
    jc_disk_plan(sim->disk, JC_DISK_ERROR, at);
}

static void plan_broken(jc_sim *sim, uint64_t at)
{
    jc_disk_plan(sim->disk, JC_DISK_BROKEN, at);
}

static void plan_full(jc_sim *sim, uint64_t at)
{
    jc_disk_plan(sim->disk, JC_DISK_FULL, at);
}

static void plan_full_at_sync(jc_sim *sim, uint64_t at)
{
    jc_disk_plan(sim->disk, JC_DISK_FULL_AT_SYNC, at);
}

/* What struck stays known until the next plan. */
static void repair(jc_sim *sim)
{
    jc_disk_mend(sim->disk);
}

static bool struck(const jc_sim *sim)
{
    return jc_disk_struck(sim->disk);
}

static const jc_fault faults[] = {
    {.what = "the Nth write, sync, open, truncate, rename or removal fails once",
     .plan = plan_error,
     .repair = repair,
     .struck = struck},
    {.what = "from the Nth on, all of them fail until the disk is repaired",
     .plan = plan_broken,
     .repair = repair,
     .struck = struck},
    {.what = "from the Nth on, the disk is full until there is room",
     .plan = plan_full,
     .repair = repair,
     .struck = struck},
    {.what = "from the Nth on, the disk is full, which only syncs are told of",
     .plan = plan_full_at_sync,
     .repair = repair,
     .struck = struck},
};
#define FAULT_COUNT (sizeof faults / sizeof *faults)

static int test_count;
static int failure_count;

static void result(bool good, const char *claim, const char *detail)
{
    printf("%s %d - %s%s\n", good ? "ok" : "not ok", ++test_count, claim, detail);
    failure_count += !good;
}

static void use_disk(jc_sim *sim)
{
    /* Few frames, so that checkpoints are among the calls that fail. */
    const jc_sim_vfs_options options = {.checkpoint_frames = 30};
    jc_sim_vfs_use(sim->disk, &options);
}

static void test_fault(const jc_fault *fault, const char *folder, jc_sweep *ret_sweep)
{
    static jc_sim sim;
    bool good = jc_sweep_run(&sim, fault, folder, use_disk, NULL, ret_sweep);
    if (!good)
        printf("# at N = %" PRIu64 " not: %s: %s\n", ret_sweep->occasions,
               jc_claim_texts[sim.claim], sim.text);
    else
        printf("# N from 1 to %" PRIu64 ": %" PRIu64 " appends wrote nothing, %" PRIu64
               " were unknown, %" PRIu64 " failures were made good unseen\n",
               ret_sweep->occasions, ret_sweep->nothing_written, ret_sweep->unknown,
               ret_sweep->unseen);
    result(good, fault->what,
           ": all or nothing, the handle answers properly, log and mirrors agree in the end");
}

int main(void)
{
    char folder[JC_SIM_PATH_SIZE];
    jc_sweep sweeps[FAULT_COUNT];
    jc_sim_folder_make(folder);
    for (size_t i = 0; i < FAULT_COUNT; i++)
        test_fault(&faults[i], folder, &sweeps[i]);
    result(sweeps[0].unknown > 0 && sweeps[1].unknown > 0,
           "an append whose sync failed says JC_EIO, and its handle says reopen from then on", "");
    result(sweeps[2].nothing_written > 0,
           "an append on a full disk says JC_EFULL, and goes through on the same handle later", "");
    result(sweeps[3].unknown > 0 && sweeps[3].nothing_written == 0,
           "an append whose sync finds the disk full says JC_EIO: it may be stored", "");
    result(sweeps[0].unseen > 0, "a failure behind the commit does not fail the append", "");
    jc_sim_folder_remove(folder);
    printf("1..%d\n", test_count);
    return failure_count > 0;
}
