/* What was given to the log, and what it answered: the model that a run is compared with.
 *
 * An event is known by its number, which its id carries. It is stored once an append acknowledged it,
 * with the receipt of that time. A call is one append of one to four units. At most one call has an
 * unknown outcome: it is repeated before anything else is given. */
#ifndef JC_SIM_LEDGER_H
#define JC_SIM_LEDGER_H

#include "sim/random.h"

#include "base/arena.h"
#include "jc/store.h"

#define JC_SIM_WORKFLOWS 4
#define JC_SIM_UNITS_MAX 4
#define JC_SIM_EVENTS_MAX 400 /* in a call */

typedef struct jc_sim_event {
    jc_event event; /* as given */
    size_t workflow;
    bool stored;
    jc_receipt receipt;
} jc_sim_event;

typedef struct jc_sim_unit {
    size_t first; /* of jc_sim_call.numbers */
    size_t count;
    bool has_expected;
    size_t workflow; /* of `expected` */
    uint64_t expected;
} jc_sim_unit;

typedef struct jc_sim_call {
    size_t numbers[JC_SIM_EVENTS_MAX]; /* the events of all units, in order */
    size_t event_count;
    jc_sim_unit units[JC_SIM_UNITS_MAX];
    size_t unit_count;
} jc_sim_call;

typedef struct jc_ledger {
    jc_arena arena;
    jc_random random; /* for what events look like */
    jc_sim_event *events;
    size_t count;
    size_t capacity;
    uint64_t heads[JC_SIM_WORKFLOWS]; /* the last acknowledged sequence of each workflow */
    uint64_t position;                /* the last acknowledged position */
    jc_sim_call call;                 /* the last one */
    bool unknown;                     /* its outcome is */
} jc_ledger;

extern const char *const jc_sim_workflows[JC_SIM_WORKFLOWS];

void jc_ledger_init(jc_ledger *ledger, uint64_t seed);
void jc_ledger_release(jc_ledger *ledger);

/* Make a new event and return its number. Ends the program when memory is short. */
size_t jc_ledger_event_new(jc_ledger *ledger, size_t workflow);

/* Which of our events is this? false: none of them. */
bool jc_ledger_find(const jc_ledger *ledger, jc_uuid id, size_t *ret_number);

/* What the call must answer, by all that was acknowledged: each unit's status, and each event's
 * receipt (without time and hash, which only the log knows for new ones). */
void jc_ledger_predict(const jc_ledger *ledger, const jc_sim_call *call,
                       jc_status ret_statuses[JC_SIM_UNITS_MAX],
                       jc_receipt ret_receipts[JC_SIM_EVENTS_MAX]);

/* Write down that a unit of the call was acknowledged, with the receipts of its events. */
void jc_ledger_acknowledge(jc_ledger *ledger, const jc_sim_call *call, const jc_sim_unit *unit,
                           const jc_receipt receipts[]);

/* Take back what a power cut with durability `normal` may take: what was acknowledged past `position`. */
void jc_ledger_forget_after(jc_ledger *ledger, uint64_t position);

#endif
