/* The script: open, append one event, a batch, one with `expected`, two units at once, a retry, heal a
 * mirror, read, close, open, append, close. When a call fails, what failed is repaired, and the call
 * is made again the way its status asks for:
 *
 *     JC_EFULL, JC_ENOMEM   nothing was written: the same call on the same handle goes through
 *     JC_EIO                unknown: the handle keeps refusing and says "reopen"; a new handle settles
 */
#include "sim/script.h"

#include "sim/check.h"
#include "sim/workload.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CALLS 6
#define DENSE 100 /* up to this N, JC_SIM_EVERY leaves nothing out */
#define BATCH 10

/* The run under way. */
typedef struct script {
    jc_sim *sim;
    const jc_fault *fault;
    jc_sweep *sweep;
    bool told; /* somebody was told of a failure */
} script;

static void resume(const script *run)
{
    if (run->fault->resume != NULL)
        run->fault->resume(run->sim);
}

static void pause_fault(const script *run)
{
    if (run->fault->pause != NULL)
        run->fault->pause(run->sim);
}

static bool fail_call(const script *run, const char *what, const jc_error *error)
{
    return jc_sim_fail(run->sim, JC_CLAIM_ANSWERS, "%s: %s (%s)", what,
                       jc_status_name(error->status), error->text);
}

static void add_unit(jc_sim *sim, jc_sim_call *call, size_t workflow, size_t count)
{
    jc_sim_unit *unit = &call->units[call->unit_count++];
    *unit = (jc_sim_unit){.first = call->event_count, .count = count, .workflow = workflow};
    for (size_t i = 0; i < count; i++)
        call->numbers[call->event_count++] =
            jc_ledger_event_new(&sim->ledger, (workflow + i) % JC_SIM_WORKFLOWS);
}

static void make_call(jc_sim *sim, size_t number, jc_sim_call *call)
{
    call->event_count = 0;
    call->unit_count = 0;
    switch (number) {
    case 1:
        add_unit(sim, call, 0, BATCH);
        break;
    case 2:
        add_unit(sim, call, 0, 1);
        call->units[0].has_expected = true;
        call->units[0].expected = sim->ledger.heads[0];
        break;
    case 3:
        add_unit(sim, call, 0, 2);
        add_unit(sim, call, 1, 1);
        break;
    case 4:
        *call = sim->ledger.call;
        break;
    default:
        add_unit(sim, call, number % JC_SIM_WORKFLOWS, 1);
        break;
    }
}

static bool open_handle(script *run)
{
    jc_error error = {0};
    resume(run);
    jc_status status = jc_sim_open(run->sim, 0, JC_SIM_VFS_NAME, &error);
    pause_fault(run);
    if (status == JC_OK)
        return true;
    if (!run->fault->struck(run->sim) ||
        (status != JC_EIO && status != JC_ENOMEM && status != JC_EFULL))
        return fail_call(run, "jc_open", &error);
    run->told = true;
    run->fault->repair(run->sim);
    return jc_sim_open(run->sim, 0, JC_SIM_VFS_NAME, &error) == JC_OK ||
           fail_call(run, "jc_open, once all is well again", &error);
}

static void close_handle(script *run)
{
    resume(run);
    jc_close(run->sim->stores[0]);
    pause_fault(run);
    run->sim->stores[0] = NULL;
}

/* Nothing was written: so the same handle must take the same call. */
static bool repeat_on_handle(script *run, const jc_sim_call *call)
{
    jc_error error = {0};
    jc_status status;
    run->sweep->nothing_written++;
    if (!jc_workload_try(run->sim, run->sim->stores[0], call, &status, &error))
        return false;
    return status == JC_OK || fail_call(run, "the same append on the same handle", &error);
}

/* Unknown: the handle must say so until it is opened anew; then the log tells. */
static bool reopen_and_settle(script *run, const jc_sim_call *call)
{
    jc_error error = {0};
    jc_status status;
    run->sweep->unknown++;
    if (!jc_workload_try(run->sim, run->sim->stores[0], call, &status, &error))
        return false;
    if (status != JC_EIO || strstr(error.text, "reopen") == NULL)
        return fail_call(run, "an append after one whose outcome is unknown", &error);
    close_handle(run);
    return open_handle(run) && jc_check_log(run->sim);
}

static bool give(script *run, const jc_sim_call *call)
{
    jc_error error = {0};
    jc_status status;
    resume(run);
    bool good = jc_workload_try(run->sim, run->sim->stores[0], call, &status, &error);
    pause_fault(run);
    if (!good || status == JC_OK)
        return good;
    if (!run->fault->struck(run->sim))
        return fail_call(run, "an append", &error);
    run->told = true;
    run->fault->repair(run->sim);
    if (status == JC_EFULL || status == JC_ENOMEM)
        return repeat_on_handle(run, call);
    return status == JC_EIO ? reopen_and_settle(run, call) : fail_call(run, "an append", &error);
}

static jc_status heal(script *run, jc_error *reterr)
{
    jc_mirror_report report;
    return jc_mirror_heal(run->sim->stores[0], jc_str_of(jc_sim_workflows[0]), &report, reterr);
}

static jc_status read_all(script *run, jc_error *reterr)
{
    jc_cursor *cursor = NULL;
    const jc_event *event = NULL;
    uint64_t position = 0;
    jc_status status = jc_cursor_open(run->sim->stores[0], NULL, &cursor, reterr);
    while (status == JC_OK && (status = jc_cursor_next(cursor, &event, reterr)) == JC_OK)
        position++;
    jc_cursor_close(cursor);
    if (status == JC_END && position != run->sim->ledger.position)
        (void)jc_sim_fail(run->sim, JC_CLAIM_KEPT, "%" PRIu64 " events are read of %" PRIu64,
                          position, run->sim->ledger.position);
    return status;
}

/* A call that writes no events: it may fail when something does, and goes through afterwards. */
static bool do_twice(script *run, const char *what, jc_status (*call)(script *, jc_error *))
{
    jc_error error = {0};
    resume(run);
    jc_status status = call(run, &error);
    pause_fault(run);
    if (status >= 0)
        return !run->sim->failed;
    if (!run->fault->struck(run->sim))
        return fail_call(run, what, &error);
    run->told = true;
    run->fault->repair(run->sim);
    return call(run, &error) >= 0 ? !run->sim->failed : fail_call(run, what, &error);
}

static bool run_script(script *run)
{
    static jc_sim_call call;
    if (!open_handle(run))
        return false;
    for (size_t i = 0; i < CALLS; i++) {
        make_call(run->sim, i, &call);
        if (!give(run, &call))
            return false;
        if (i == 3) {
            if (!do_twice(run, "jc_mirror_heal", heal) || !do_twice(run, "reading", read_all))
                return false;
            close_handle(run);
            if (!open_handle(run))
                return false;
        }
    }
    close_handle(run);
    return true;
}

static bool run_at(script *run, const char *folder, uint64_t at, void (*before)(jc_sim *sim),
                   void (*after)(jc_sim *sim), bool *ret_struck)
{
    jc_sim *sim = run->sim;
    run->told = false;
    jc_sim_begin(sim, folder, 1);
    if (before != NULL)
        before(sim);
    run->fault->plan(sim, at);
    bool good = run_script(run);
    *ret_struck = run->fault->struck(sim);
    if (*ret_struck && !run->told)
        run->sweep->unseen++;
    run->fault->repair(sim);
    good = good && jc_check(sim);
    jc_sim_end(sim);
    if (good && after != NULL)
        after(sim);
    return !sim->failed;
}

bool jc_sweep_run(jc_sim *sim, const jc_fault *fault, const char *folder,
                  void (*before)(jc_sim *sim), void (*after)(jc_sim *sim), jc_sweep *ret_sweep)
{
    script run = {.sim = sim, .fault = fault, .sweep = ret_sweep};
    const char *given = getenv("JC_SIM_EVERY");
    const uint64_t every = given != NULL && atoi(given) > 0 ? (uint64_t)atoi(given) : 1;
    *ret_sweep = (jc_sweep){0};
    bool struck = true;
    while (struck) {
        ret_sweep->occasions += 1 + (ret_sweep->occasions > DENSE ? every - 1 : 0);
        if (!run_at(&run, folder, ret_sweep->occasions, before, after, &struck))
            return false;
    }
    ret_sweep->occasions -=
        ret_sweep->occasions > DENSE ? every : 1; /* the last run had no failure */
    return true;
}
