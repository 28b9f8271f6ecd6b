/* The workload: single events, batches, several units in a call, what is expected rightly and
 * wrongly, retries, reads, healing, closing and opening in the middle, one handle or two.
 *
 * Each answer is compared with the ledger's prediction at once. A call that fails because the power
 * went leaves its outcome unknown; so does JC_EIO alone. */
#include "sim/workload.h"

#include "sim/check.h"

#include <inttypes.h>
#include <string.h>

#define BATCH_MAX 40
#define LARGE_BATCH_MAX 200

static jc_sim_unit *add_unit(jc_sim_call *call)
{
    jc_sim_unit *unit = &call->units[call->unit_count++];
    *unit = (jc_sim_unit){.first = call->event_count};
    return unit;
}

static void add_event(jc_sim_call *call, jc_sim_unit *unit, size_t number)
{
    call->numbers[call->event_count++] = number;
    unit->count++;
}

static size_t any_workflow(jc_sim *sim)
{
    return (size_t)jc_random_below(&sim->random, JC_SIM_WORKFLOWS);
}

/* A unit of new events; sometimes one that was stored before stands among them. */
static void add_random_unit(jc_sim *sim, jc_sim_call *call, size_t event_count)
{
    jc_sim_unit *unit = add_unit(call);
    size_t workflow = any_workflow(sim);
    bool mixed = jc_random_chance(&sim->random, 30);
    if (event_count > 1 && sim->ledger.count > 0 && jc_random_chance(&sim->random, 15)) {
        size_t number = (size_t)jc_random_below(&sim->random, sim->ledger.count);
        if (sim->ledger.events[number].stored)
            add_event(call, unit, number);
    }
    while (unit->count < event_count)
        add_event(call, unit,
                  jc_ledger_event_new(&sim->ledger, mixed ? any_workflow(sim) : workflow));
    if (jc_random_chance(&sim->random, 30)) {
        unit->has_expected = true;
        unit->workflow = sim->ledger.events[call->numbers[unit->first]].workflow;
        unit->expected = sim->ledger.heads[unit->workflow];
        if (jc_random_chance(&sim->random, 20))
            unit->expected += 1 + jc_random_below(&sim->random, 3);
    }
}

/* Once more an event that was acknowledged long ago, or the last call, word for word. */
static void make_retry(jc_sim *sim, jc_sim_call *call)
{
    size_t number = (size_t)jc_random_below(&sim->ledger.random, sim->ledger.count);
    if (sim->ledger.call.event_count > 0 && jc_random_chance(&sim->random, 50)) {
        *call = sim->ledger.call;
    } else if (sim->ledger.count > 0 && sim->ledger.events[number].stored) {
        jc_sim_unit *unit = add_unit(call);
        add_event(call, unit, number);
    } else {
        add_random_unit(sim, call, 1);
    }
}

static bool fail_answer(jc_sim *sim, const char *what, const jc_error *error)
{
    return jc_sim_fail(sim, JC_CLAIM_ANSWERS, "%s: %s (%s)", what, jc_status_name(error->status),
                       error->text);
}

static bool compare_receipt(jc_sim *sim, size_t number, const jc_receipt *got,
                            const jc_receipt *wanted)
{
    bool same_place = got->position == wanted->position && got->sequence == wanted->sequence &&
                      got->already_stored == wanted->already_stored;
    bool same_content =
        !wanted->already_stored || (got->timestamp_us == wanted->timestamp_us &&
                                    memcmp(&got->hash, &wanted->hash, sizeof got->hash) == 0);
    if (same_place && same_content)
        return true;
    return jc_sim_fail(sim, JC_CLAIM_ANSWERS,
                       "event %zu: receipt says position %" PRIu64 ", sequence %" PRIu64
                       "%s; wanted %" PRIu64 ", %" PRIu64 "%s",
                       number, got->position, got->sequence, got->already_stored ? ", stored" : "",
                       wanted->position, wanted->sequence,
                       wanted->already_stored ? ", stored" : "");
}

/* The call came back with JC_OK, or with its only unit's own status. */
static bool take_results(jc_sim *sim, const jc_sim_call *call, const jc_append_result results[],
                         const jc_receipt receipts[])
{
    jc_status wanted[JC_SIM_UNITS_MAX];
    static jc_receipt wanted_receipts[JC_SIM_EVENTS_MAX];
    jc_ledger_predict(&sim->ledger, call, wanted, wanted_receipts);
    for (size_t i = 0; i < call->unit_count; i++) {
        const jc_sim_unit *unit = &call->units[i];
        if (results[i].status != wanted[i])
            return jc_sim_fail(sim, JC_CLAIM_ANSWERS, "unit %zu: %s instead of %s (%s)", i,
                               jc_status_name(results[i].status), jc_status_name(wanted[i]),
                               results[i].status < 0 ? results[i].error.text : "");
        for (size_t k = unit->first; wanted[i] == JC_OK && k < unit->first + unit->count; k++) {
            if (!compare_receipt(sim, call->numbers[k], &receipts[k], &wanted_receipts[k]))
                return false;
        }
        if (wanted[i] == JC_OK)
            jc_ledger_acknowledge(&sim->ledger, call, unit, &receipts[unit->first]);
    }
    return true;
}

/* Is this status the one that the call's only unit may have? */
static bool is_unit_answer(const jc_sim_call *call, jc_status status)
{
    return status == JC_OK ||
           (call->unit_count == 1 && (status == JC_ECONFLICT || status == JC_EREUSED));
}

bool jc_workload_try(jc_sim *sim, jc_store *store, const jc_sim_call *call, jc_status *ret_status,
                     jc_error *reterr)
{
    static jc_receipt receipts[JC_SIM_EVENTS_MAX];
    jc_append_result results[JC_SIM_UNITS_MAX];
    if (&sim->ledger.call != call)
        sim->ledger.call = *call;
    *ret_status = jc_sim_append(sim, store, call, results, receipts, reterr);
    sim->ledger.unknown = *ret_status == JC_EIO;
    return !is_unit_answer(call, *ret_status) || take_results(sim, call, results, receipts);
}

bool jc_workload_give(jc_sim *sim, jc_store *store, const jc_sim_call *call)
{
    jc_status status;
    jc_error error = {0};
    if (!jc_workload_try(sim, store, call, &status, &error))
        return false;
    if (is_unit_answer(call, status))
        return true;
    if (!jc_disk_is_off(sim->disk) || status != JC_EIO)
        return fail_answer(sim, "an append", &error);

    /* The handle must go on saying so until it is opened anew. */
    if (!jc_workload_try(sim, store, call, &status, &error))
        return false;
    return status == JC_EIO || fail_answer(sim, "an append after one that failed", &error);
}

static bool go_on(const jc_sim *sim)
{
    return !sim->failed && !jc_disk_is_off(sim->disk);
}

static void open_handle(jc_sim *sim, size_t i)
{
    jc_error error = {0};
    if (jc_sim_open(sim, i, JC_SIM_VFS_NAME, &error) < 0 && !jc_disk_is_off(sim->disk))
        (void)jc_sim_fail(sim, JC_CLAIM_OPENS, "jc_open: %s (%s)", jc_status_name(error.status),
                          error.text);
}

static void close_handle(jc_sim *sim, size_t i)
{
    jc_close(sim->stores[i]);
    sim->stores[i] = NULL;
}

static void append(jc_sim *sim, jc_store *store)
{
    static jc_sim_call call;
    call.event_count = 0;
    call.unit_count = 0;
    uint64_t kind = jc_random_below(&sim->random, 100);
    size_t batch = jc_random_chance(&sim->random, 8) ? LARGE_BATCH_MAX : BATCH_MAX;
    if (kind < 60) {
        add_random_unit(sim, &call, 1);
    } else if (kind < 75) {
        add_random_unit(sim, &call, 2 + (size_t)jc_random_below(&sim->random, batch - 2));
    } else if (kind < 88) {
        uint64_t unit_count = 2 + jc_random_below(&sim->random, JC_SIM_UNITS_MAX - 1);
        for (uint64_t i = 0; i < unit_count; i++)
            add_random_unit(sim, &call, 1 + (size_t)jc_random_below(&sim->random, 4));
    } else {
        make_retry(sim, &call);
    }
    (void)jc_workload_give(sim, store, &call);
}

static void heal(jc_sim *sim, jc_store *store)
{
    jc_mirror_report report;
    jc_error error = {0};
    const char *workflow = jc_sim_workflows[any_workflow(sim)];
    if (jc_mirror_heal(store, jc_str_of(workflow), &report, &error) < 0 &&
        !jc_disk_is_off(sim->disk))
        (void)fail_answer(sim, "jc_mirror_heal", &error);
}

/* Reading gives exactly what was acknowledged, in order. */
static void read_all(jc_sim *sim, jc_store *store)
{
    jc_cursor *cursor = NULL;
    jc_error error = {0};
    jc_status status = jc_cursor_open(store, NULL, &cursor, &error);
    const jc_event *event = NULL;
    uint64_t position = 0;
    while (status == JC_OK && (status = jc_cursor_next(cursor, &event, &error)) == JC_OK) {
        if (event->position != ++position)
            (void)jc_sim_fail(sim, JC_CLAIM_DENSE, "position %" PRIu64 " comes after %" PRIu64,
                              event->position, position - 1);
    }
    jc_cursor_close(cursor);
    if (jc_disk_is_off(sim->disk))
        return;
    if (status < 0)
        (void)fail_answer(sim, "reading", &error);
    else if (position != sim->ledger.position)
        (void)jc_sim_fail(sim, JC_CLAIM_KEPT,
                          "%" PRIu64 " events are read, %" PRIu64 " were stored", position,
                          sim->ledger.position);
}

static void step(jc_sim *sim)
{
    size_t i = sim->stores[1] != NULL ? (size_t)jc_random_below(&sim->random, 2) : 0;
    uint64_t kind = jc_random_below(&sim->random, 100);
    if (jc_random_chance(&sim->random, sim->heal_percent)) {
        heal(sim, sim->stores[i]);
    } else if (kind < 84) {
        append(sim, sim->stores[i]);
    } else if (kind < 91) {
        close_handle(sim, i);
        open_handle(sim, i);
    } else if (kind < 96) {
        read_all(sim, sim->stores[i]);
    } else if (sim->stores[1] == NULL) {
        open_handle(sim, 1);
    } else {
        close_handle(sim, 1);
    }
}

bool jc_workload_run(jc_sim *sim, size_t steps)
{
    open_handle(sim, 0);
    if (go_on(sim))
        (void)jc_check_log(sim); /* a cut may lie behind us */
    /* Of two handles, the one that made the write-ahead log need not be the first to write to it. */
    if (go_on(sim) && jc_random_chance(&sim->random, 30))
        open_handle(sim, 1);
    for (size_t i = 0; i < steps && go_on(sim); i++)
        step(sim);
    jc_sim_close_all(sim);
    return !sim->failed;
}
