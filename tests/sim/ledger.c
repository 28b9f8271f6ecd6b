/* The model of the log: events made up from a seed, what was acknowledged, and what must come next. */
#include "sim/ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Data of so many bytes at most; now and then an event is a large one. */
#define SMALL_MAX 300
#define LARGE_MAX 12000

const char *const jc_sim_workflows[JC_SIM_WORKFLOWS] = {"fix-login", "add_search", "Docs.2", "z"};

static const char *const types[] = {"workflow.started", "agent.tool_use", "tests.passed",
                                    "deploy.step.finished", "agent.error"};

static void *have(void *memory)
{
    if (memory == NULL) {
        fprintf(stderr, "the simulation: out of memory\n");
        exit(99);
    }
    return memory;
}

void jc_ledger_init(jc_ledger *ledger, uint64_t seed)
{
    memset(ledger, 0, sizeof *ledger);
    ledger->random.state = seed;
}

void jc_ledger_release(jc_ledger *ledger)
{
    jc_arena_release(&ledger->arena);
    free(ledger->events);
    ledger->events = NULL;
}

/* The last four bytes hold the number, the others are random with the marks of a UUIDv7. */
static jc_uuid id_of(jc_ledger *ledger, size_t number)
{
    jc_uuid id;
    for (size_t i = 0; i < sizeof id.bytes; i++)
        id.bytes[i] = (uint8_t)jc_random_next(&ledger->random);
    id.bytes[6] = (uint8_t)((id.bytes[6] & 0x0f) | 0x70);
    id.bytes[8] = (uint8_t)((id.bytes[8] & 0x3f) | 0x80);
    for (size_t i = 0; i < 4; i++)
        id.bytes[12 + i] = (uint8_t)(number >> (24 - 8 * i));
    return id;
}

static jc_str data_of(jc_ledger *ledger, size_t number)
{
    size_t most = jc_random_chance(&ledger->random, 3) ? LARGE_MAX : SMALL_MAX;
    size_t length = (size_t)jc_random_below(&ledger->random, most);
    char *text = have(jc_arena_get(&ledger->arena, length + 64));
    int start = snprintf(text, 64, "{\"n\":%zu,\"text\":\"", number);
    char letter = (char)('a' + jc_random_below(&ledger->random, 26));
    memset(text + start, letter, length);
    memcpy(text + start + length, "\"}", 2);
    return (jc_str){text, (size_t)start + length + 2};
}

static jc_str maybe(jc_ledger *ledger, const char *text)
{
    return jc_str_of(jc_random_chance(&ledger->random, 40) ? text : NULL);
}

size_t jc_ledger_event_new(jc_ledger *ledger, size_t workflow)
{
    if (ledger->count == ledger->capacity) {
        ledger->capacity = ledger->capacity == 0 ? 256 : ledger->capacity * 2;
        ledger->events = have(realloc(ledger->events, ledger->capacity * sizeof *ledger->events));
    }
    size_t number = ledger->count++;
    jc_random *random = &ledger->random;
    size_t type_count = sizeof types / sizeof *types;
    jc_event event = {
        .id = id_of(ledger, number),
        .workflow_id = jc_str_of(jc_sim_workflows[workflow]),
        .event_type = jc_str_of(types[jc_random_below(random, type_count)]),
        .has_timestamp = jc_random_chance(random, 30),
        .timestamp_us = INT64_C(1767952800000000) + (int64_t)jc_random_below(random, 1000000000),
        .agent_id = maybe(ledger, "coder-agent"),
        .correlation_id = maybe(ledger, "req \"7\""),
        .data = data_of(ledger, number),
    };
    ledger->events[number] = (jc_sim_event){.event = event, .workflow = workflow};
    return number;
}

bool jc_ledger_find(const jc_ledger *ledger, jc_uuid id, size_t *ret_number)
{
    size_t number = 0;
    for (size_t i = 0; i < 4; i++)
        number = number << 8 | id.bytes[12 + i];
    if (number >= ledger->count ||
        memcmp(ledger->events[number].event.id.bytes, id.bytes, sizeof id.bytes) != 0)
        return false;
    *ret_number = number;
    return true;
}

static size_t count_stored(const jc_ledger *ledger, const jc_sim_call *call,
                           const jc_sim_unit *unit)
{
    size_t stored = 0;
    for (size_t i = 0; i < unit->count; i++)
        stored += ledger->events[call->numbers[unit->first + i]].stored;
    return stored;
}

static jc_status predict_unit(const jc_ledger *ledger, const jc_sim_call *call,
                              const jc_sim_unit *unit, const uint64_t heads[])
{
    size_t stored = count_stored(ledger, call, unit);
    if (!unit->has_expected || stored == unit->count)
        return JC_OK;
    return stored > 0 || heads[unit->workflow] != unit->expected ? JC_ECONFLICT : JC_OK;
}

void jc_ledger_predict(const jc_ledger *ledger, const jc_sim_call *call,
                       jc_status ret_statuses[JC_SIM_UNITS_MAX],
                       jc_receipt ret_receipts[JC_SIM_EVENTS_MAX])
{
    uint64_t heads[JC_SIM_WORKFLOWS];
    memcpy(heads, ledger->heads, sizeof heads);
    uint64_t position = ledger->position;
    for (size_t i = 0; i < call->unit_count; i++) {
        const jc_sim_unit *unit = &call->units[i];
        ret_statuses[i] = predict_unit(ledger, call, unit, heads);
        for (size_t k = unit->first; ret_statuses[i] == JC_OK && k < unit->first + unit->count;
             k++) {
            const jc_sim_event *event = &ledger->events[call->numbers[k]];
            if (event->stored) {
                ret_receipts[k] = event->receipt;
                ret_receipts[k].already_stored = true;
            } else {
                ret_receipts[k] =
                    (jc_receipt){.position = ++position, .sequence = ++heads[event->workflow]};
            }
        }
    }
}

void jc_ledger_acknowledge(jc_ledger *ledger, const jc_sim_call *call, const jc_sim_unit *unit,
                           const jc_receipt receipts[])
{
    for (size_t i = 0; i < unit->count; i++) {
        jc_sim_event *event = &ledger->events[call->numbers[unit->first + i]];
        event->stored = true;
        event->receipt = receipts[i];
        event->receipt.already_stored = false;
        if (receipts[i].sequence > ledger->heads[event->workflow])
            ledger->heads[event->workflow] = receipts[i].sequence;
        if (receipts[i].position > ledger->position)
            ledger->position = receipts[i].position;
    }
}

void jc_ledger_forget_after(jc_ledger *ledger, uint64_t position)
{
    memset(ledger->heads, 0, sizeof ledger->heads);
    ledger->position = 0;
    for (size_t i = 0; i < ledger->count; i++) {
        jc_sim_event *event = &ledger->events[i];
        event->stored = event->stored && event->receipt.position <= position;
        if (!event->stored)
            continue;
        if (event->receipt.sequence > ledger->heads[event->workflow])
            ledger->heads[event->workflow] = event->receipt.sequence;
        if (event->receipt.position > ledger->position)
            ledger->position = event->receipt.position;
    }
}
