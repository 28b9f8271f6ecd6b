/* Setting a run up, and what its parts share. */
#include "sim/sim.h"

#include <errno.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define START_US INT64_C(1767952800000000) /* 2026-01-09T10:00:00Z */

const char *const jc_claim_texts[JC_CLAIM_COUNT] = {
#define JC_CLAIM_TEXT(name, text) text,
    JC_CLAIM_MAP(JC_CLAIM_TEXT)
#undef JC_CLAIM_TEXT
};

static void give_up(const char *what, const char *detail)
{
    fprintf(stderr, "the simulation: %s: %s\n", what, detail);
    exit(99);
}

void jc_sim_folder_make(char ret_path[JC_SIM_PATH_SIZE])
{
    const char *places[] = {"/dev/shm", getenv("TMPDIR"), "/tmp"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (places[i] == NULL || strlen(places[i]) > JC_SIM_PATH_SIZE / 2)
            continue;
        snprintf(ret_path, JC_SIM_PATH_SIZE, "%s/jc-sim-XXXXXX", places[i]);
        if (mkdtemp(ret_path) != NULL)
            return;
    }
    give_up("no place for files", strerror(errno));
}

static int remove_one(const char *path, const struct stat *facts, int type, struct FTW *walk)
{
    (void)facts;
    (void)type;
    return walk->level > 0 ? remove(path) : 0;
}

static void empty_folder(const char *path)
{
    if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
        give_up("a folder cannot be emptied", path);
}

void jc_sim_folder_remove(const char *path)
{
    empty_folder(path);
    (void)rmdir(path);
}

void jc_sim_begin(jc_sim *sim, const char *folder, uint64_t seed)
{
    memset(sim, 0, sizeof *sim);
    snprintf(sim->folder, sizeof sim->folder, "%s", folder);
    sim->random.state = seed;
    sim->now_us = START_US;
    sim->honest = true;
    jc_ledger_init(&sim->ledger, jc_random_mix(seed, 1));
    empty_folder(folder);
    jc_project_made made;
    jc_error error;
    if (jc_project_init(folder, &made, &error) < 0)
        give_up("no project", error.text);
    sim->disk = jc_disk_new(folder);
    sim->files.disk = sim->disk;
}

void jc_sim_end(jc_sim *sim)
{
    jc_sim_close_all(sim);
    jc_disk_free(sim->disk);
    jc_ledger_release(&sim->ledger);
}

static void keep_warning(void *context, const char *text)
{
    jc_sim *sim = context;
    snprintf(sim->warning, sizeof sim->warning, "%s", text);
}

/* Time goes on, mostly. */
static int64_t tell_time(void *context)
{
    jc_sim *sim = context;
    sim->now_us += jc_random_chance(&sim->random, 10)
                       ? -(int64_t)jc_random_below(&sim->random, 5000000)
                       : (int64_t)jc_random_below(&sim->random, 1000000);
    return sim->now_us;
}

jc_status jc_sim_open(jc_sim *sim, size_t i, const char *vfs, jc_error *reterr)
{
    const jc_options options = {.durability = sim->durability,
                                .without_cache = sim->without_cache,
                                .warn = keep_warning,
                                .warn_context = sim,
                                .now_us = tell_time,
                                .now_context = sim,
                                .sqlite_vfs = sim->plain ? NULL : vfs,
                                .file_ops = sim->plain ? NULL : &jc_sim_file_ops,
                                .file_context = &sim->files};
    return jc_open(sim->folder, &options, &sim->stores[i], reterr);
}

void jc_sim_close_all(jc_sim *sim)
{
    for (size_t i = 0; i < JC_SIM_HANDLES; i++) {
        jc_close(sim->stores[i]);
        sim->stores[i] = NULL;
    }
}

jc_status jc_sim_append(jc_sim *sim, jc_store *store, const jc_sim_call *call,
                        jc_append_result ret_results[JC_SIM_UNITS_MAX],
                        jc_receipt ret_receipts[JC_SIM_EVENTS_MAX], jc_error *reterr)
{
    static jc_event events[JC_SIM_EVENTS_MAX];
    jc_unit units[JC_SIM_UNITS_MAX];
    jc_expected expected[JC_SIM_UNITS_MAX];
    for (size_t i = 0; i < call->event_count; i++)
        events[i] = sim->ledger.events[call->numbers[i]].event;
    for (size_t i = 0; i < call->unit_count; i++) {
        const jc_sim_unit *unit = &call->units[i];
        expected[i] = (jc_expected){jc_str_of(jc_sim_workflows[unit->workflow]), unit->expected};
        units[i] = (jc_unit){.events = &events[unit->first],
                             .count = unit->count,
                             .expected = &expected[i],
                             .expected_count = unit->has_expected ? 1 : 0,
                             .ret_receipts = &ret_receipts[unit->first]};
    }
    return jc_append(store, units, call->unit_count, ret_results, reterr);
}

bool jc_sim_fail(jc_sim *sim, jc_claim claim, const char *format, ...)
{
    if (sim->failed)
        return false;
    sim->failed = true;
    sim->claim = claim;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sim->text, sizeof sim->text, format, arguments);
    va_end(arguments);
    return false;
}
