/* The check after a power cut: the log against the ledger, then the mirrors against the log.
 *
 * With durability `normal` the log may have lost acknowledged events, but only from its end: the
 * ledger forgets them first, and then everything must hold as ever. The mirrors of lost events are
 * ahead of the log then, and are healed. */
#include "sim/check.h"

#include "sim/workload.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is in the log, by the ledger's numbers. */
typedef struct contents {
    bool *present;
    uint64_t last; /* position */
    uint64_t heads[JC_SIM_WORKFLOWS];
} contents;

static jc_store *store_of(jc_sim *sim)
{
    return sim->stores[0];
}

/* A call that fails because the power is off proves nothing. */
static bool fail_call(jc_sim *sim, jc_claim claim, const char *what, const jc_error *error)
{
    if (jc_disk_is_off(sim->disk))
        return false;
    return jc_sim_fail(sim, claim, "%s: %s (%s)", what, jc_status_name(error->status), error->text);
}

static void note_damage(void *context, const jc_finding *finding)
{
    if (finding->damage)
        (void)jc_sim_fail(context, JC_CLAIM_INTACT, "%s: %s", finding->where, finding->what);
}

static bool check_intact(jc_sim *sim)
{
    jc_verify_result result = {0};
    jc_error error = {0};
    if (jc_verify(store_of(sim), NULL, 0, note_damage, sim, &result, &error) < 0)
        return fail_call(sim, JC_CLAIM_INTACT, "jc_verify", &error);
    if (result.damages > 0)
        return jc_sim_fail(sim, JC_CLAIM_INTACT, "%" PRIu64 " damages", result.damages);
    return true;
}

static bool same_content(const jc_event *stored, const jc_event *given)
{
    return jc_str_equal(stored->workflow_id, given->workflow_id) &&
           jc_str_equal(stored->event_type, given->event_type) &&
           jc_str_equal(stored->agent_id, given->agent_id) &&
           jc_str_equal(stored->correlation_id, given->correlation_id) &&
           jc_str_equal(stored->causation_id, given->causation_id) &&
           jc_str_equal(stored->data, given->data) &&
           (!given->has_timestamp || stored->timestamp_us == given->timestamp_us);
}

/* The next event of the log: dense, ours, unchanged, and seen for the first time. */
static bool take_stored(jc_sim *sim, contents *log, const jc_event *event)
{
    size_t number = 0;
    if (event->position != log->last + 1)
        return jc_sim_fail(sim, JC_CLAIM_DENSE, "position %" PRIu64 " follows %" PRIu64,
                           event->position, log->last);
    log->last = event->position;
    if (!jc_ledger_find(&sim->ledger, event->id, &number))
        return jc_sim_fail(sim, JC_CLAIM_KEPT, "position %" PRIu64 " holds an event nobody gave",
                           event->position);
    const jc_sim_event *given = &sim->ledger.events[number];
    if (event->sequence != log->heads[given->workflow] + 1)
        return jc_sim_fail(sim, JC_CLAIM_DENSE, "%s: sequence %" PRIu64 " follows %" PRIu64,
                           jc_sim_workflows[given->workflow], event->sequence,
                           log->heads[given->workflow]);
    log->heads[given->workflow] = event->sequence;
    if (log->present[number])
        return jc_sim_fail(sim, JC_CLAIM_KEPT, "event %zu is there twice", number);
    log->present[number] = true;
    if (!same_content(event, &given->event))
        return jc_sim_fail(sim, JC_CLAIM_KEPT, "event %zu is not as it was given", number);
    const jc_receipt *receipt = &given->receipt;
    if (given->stored &&
        (event->position != receipt->position || event->sequence != receipt->sequence ||
         event->timestamp_us != receipt->timestamp_us ||
         memcmp(&event->hash, &receipt->hash, sizeof event->hash) != 0))
        return jc_sim_fail(sim, JC_CLAIM_KEPT,
                           "event %zu is at position %" PRIu64 ", sequence %" PRIu64
                           ", its receipt said %" PRIu64 ", %" PRIu64,
                           number, event->position, event->sequence, receipt->position,
                           receipt->sequence);
    return true;
}

static bool read_log(jc_sim *sim, contents *log)
{
    jc_cursor *cursor = NULL;
    jc_error error = {0};
    jc_status status = jc_cursor_open(store_of(sim), NULL, &cursor, &error);
    const jc_event *event = NULL;
    bool good = true;
    while (good && status == JC_OK && (status = jc_cursor_next(cursor, &event, &error)) == JC_OK)
        good = take_stored(sim, log, event);
    jc_cursor_close(cursor);
    return status < 0 ? fail_call(sim, JC_CLAIM_INTACT, "reading", &error) : good;
}

/* Is it one of the events of the call whose outcome is unknown? */
static bool is_unknown(const jc_ledger *ledger, size_t number)
{
    for (size_t i = 0; ledger->unknown && i < ledger->call.event_count; i++) {
        if (ledger->call.numbers[i] == number)
            return true;
    }
    return false;
}

static bool check_kept(jc_sim *sim, const contents *log)
{
    for (size_t i = 0; i < sim->ledger.count; i++) {
        const jc_sim_event *event = &sim->ledger.events[i];
        if (event->stored && !log->present[i])
            return jc_sim_fail(sim, JC_CLAIM_KEPT,
                               "event %zu was acknowledged at position %" PRIu64 " and is gone", i,
                               event->receipt.position);
        if (!event->stored && log->present[i] && !is_unknown(&sim->ledger, i))
            return jc_sim_fail(sim, JC_CLAIM_KEPT, "event %zu was refused and is there", i);
    }
    return true;
}

static bool check_whole(jc_sim *sim, const contents *log)
{
    const jc_sim_call *call = &sim->ledger.call;
    for (size_t i = 0; sim->ledger.unknown && i < call->unit_count; i++) {
        const jc_sim_unit *unit = &call->units[i];
        size_t present = 0;
        size_t given = 0;
        for (size_t k = unit->first; k < unit->first + unit->count; k++) {
            bool stored_before = sim->ledger.events[call->numbers[k]].stored;
            given += !stored_before;
            present += !stored_before && log->present[call->numbers[k]];
        }
        if (present != 0 && present != given)
            return jc_sim_fail(sim, JC_CLAIM_WHOLE, "unit %zu: %zu of %zu events are there", i,
                               present, given);
    }
    return true;
}

/* What durability `normal` may lose is the end of the log. */
static void forget_lost(jc_sim *sim, const contents *log)
{
    if (sim->durability != JC_DURABILITY_NORMAL || log->last >= sim->ledger.position)
        return;
    sim->lost += sim->ledger.position - log->last;
    jc_ledger_forget_after(&sim->ledger, log->last);
}

static bool is_present(const contents *log, const jc_sim_call *call, const jc_sim_unit *unit)
{
    for (size_t k = unit->first; k < unit->first + unit->count; k++) {
        if (!log->present[call->numbers[k]])
            return false;
    }
    return true;
}

/* The ledger learns the places of the units that turned out to be stored; the repeated call then
 * finds them so. Where `expected` cannot hold any more, a conflict is the right answer. */
static bool settle(jc_sim *sim, const contents *log)
{
    if (!sim->ledger.unknown)
        return true;
    static jc_receipt receipts[JC_SIM_EVENTS_MAX];
    static jc_append_result results[JC_SIM_UNITS_MAX];
    const jc_sim_call *call = &sim->ledger.call;
    jc_error error = {0};
    jc_status status = jc_sim_append(sim, store_of(sim), call, results, receipts, &error);
    bool call_went = status == JC_OK || (call->unit_count == 1 && status == JC_ECONFLICT);
    if (!call_went)
        return fail_call(sim, JC_CLAIM_SETTLES, "the repeated append", &error);
    for (size_t i = 0; i < call->unit_count; i++) {
        const jc_sim_unit *unit = &call->units[i];
        bool was_there = is_present(log, call, unit);
        if (was_there && results[i].status != JC_OK)
            return fail_call(sim, JC_CLAIM_SETTLES, "the repeated append", &error);
        if (was_there)
            sim->unknown_there++;
        else
            sim->unknown_gone++;
        if (was_there && results[i].already_stored != unit->count)
            return jc_sim_fail(sim, JC_CLAIM_SETTLES, "unit %zu was there and is stored again", i);
    }
    /* Once more: now the ledger's own prediction holds, in every point. */
    for (size_t i = 0; i < call->unit_count; i++) {
        if (results[i].status == JC_OK)
            jc_ledger_acknowledge(&sim->ledger, call, &call->units[i],
                                  &receipts[call->units[i].first]);
    }
    sim->ledger.unknown = false;
    return jc_workload_give(sim, store_of(sim), call);
}

bool jc_check_log(jc_sim *sim)
{
    contents log = {.present = calloc(sim->ledger.count + 1, sizeof *log.present)};
    if (log.present == NULL)
        abort();
    bool good = read_log(sim, &log);
    if (good)
        forget_lost(sim, &log);
    good = good && check_kept(sim, &log) && check_whole(sim, &log) && settle(sim, &log);
    free(log.present);
    return good;
}

static bool append_one_more(jc_sim *sim, size_t workflow)
{
    jc_sim_call call = {.numbers = {jc_ledger_event_new(&sim->ledger, workflow)},
                        .event_count = 1,
                        .units = {{.count = 1}},
                        .unit_count = 1};
    return jc_workload_give(sim, store_of(sim), &call);
}

/* The lines that the log has for the workflow. */
static bool wanted_lines(jc_sim *sim, jc_str workflow_id, jc_buf *lines)
{
    static char line[64 * 1024];
    const jc_filter filter = {.workflow_ids = &workflow_id, .workflow_count = 1};
    jc_cursor *cursor = NULL;
    jc_error error = {0};
    jc_status status = jc_cursor_open(store_of(sim), &filter, &cursor, &error);
    const jc_event *event = NULL;
    while (status == JC_OK && (status = jc_cursor_next(cursor, &event, &error)) == JC_OK) {
        size_t size = jc_event_format(event, line, sizeof line - 1);
        line[size++] = '\n';
        if (jc_buf_append(lines, line, size, &error) < 0)
            abort();
    }
    jc_cursor_close(cursor);
    return status >= 0 || fail_call(sim, JC_CLAIM_INTACT, "reading", &error);
}

static bool check_mirror(jc_sim *sim, size_t workflow)
{
    JC_AUTO(jc_buf) wanted = {0};
    JC_AUTO(jc_buf) found = {0};
    const char *name = jc_sim_workflows[workflow];
    const jc_str workflow_id = {name, strlen(name)};
    char path[JC_SIM_PATH_SIZE + 200];
    snprintf(path, sizeof path, "%s/agents/%s/events.jsonl", sim->folder, name);
    if (!wanted_lines(sim, workflow_id, &wanted))
        return false;
    jc_error error = {0};
    if (jc_file_read(path, SIZE_MAX / 2, &found, &error) < 0)
        return fail_call(sim, JC_CLAIM_MIRRORS, path, &error);
    if (jc_str_equal(jc_buf_str(&found), jc_buf_str(&wanted)))
        return true;
    size_t at = 0;
    while (at < found.size && at < wanted.size && found.bytes[at] == wanted.bytes[at])
        at++;
    return jc_sim_fail(sim, JC_CLAIM_MIRRORS,
                       "%s: %zu bytes instead of %zu, different from byte %zu on%s%s", name,
                       found.size, wanted.size, at, sim->warning[0] != '\0' ? "; warned: " : "",
                       sim->warning);
}

static bool check_mirrors(jc_sim *sim)
{
    for (size_t i = 0; i < JC_SIM_WORKFLOWS; i++) {
        sim->warning[0] = '\0';
        if (!append_one_more(sim, i))
            return false;
        jc_mirror_report report;
        jc_error error = {0};
        if (sim->durability == JC_DURABILITY_NORMAL &&
            jc_mirror_heal(store_of(sim), jc_str_of(jc_sim_workflows[i]), &report, &error) < 0)
            return fail_call(sim, JC_CLAIM_MIRRORS, "jc_mirror_heal", &error);
        if (!check_mirror(sim, i))
            return false;
    }
    return true;
}

static bool check_seen(jc_sim *sim)
{
    uint64_t unseen = jc_disk_unseen(sim->disk, "/events.jsonl");
    if (sim->durability != JC_DURABILITY_FULL || !sim->honest || unseen == 0)
        return true;
    return jc_sim_fail(sim, JC_CLAIM_SEEN, "%" PRIu64 " changes below a synced length", unseen);
}

bool jc_check(jc_sim *sim)
{
    jc_error error = {0};
    bool good = true;
    sim->warning[0] = '\0';
    if (jc_sim_open(sim, 0, NULL, &error) < 0)
        good = fail_call(sim, JC_CLAIM_OPENS, "jc_open", &error);
    good = good && check_intact(sim) && jc_check_log(sim) && check_mirrors(sim) &&
           check_intact(sim) && check_seen(sim);
    jc_sim_close_all(sim);
    jc_disk_adopt(sim->disk);
    return good;
}
