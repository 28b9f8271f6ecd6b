/* What a run does to the log: random calls, made from the run's seed. */
#ifndef JC_SIM_WORKLOAD_H
#define JC_SIM_WORKLOAD_H

#include "sim/sim.h"

/* Open the log on the simulated disk, compare it with the ledger, settle what is unknown, take
 * `steps` steps and close. Ends early once the power is off or a claim failed; false for the latter. */
bool jc_workload_run(jc_sim *sim, size_t steps);

/* Append a call. What it answers is compared with the ledger's prediction, which is then brought up to
 * date; a status that is no unit's own answer is left to the caller. false when a claim failed. */
bool jc_workload_try(jc_sim *sim, jc_store *store, const jc_sim_call *call, jc_status *ret_status,
                     jc_error *reterr);

/* The same, where nothing but a power cut may make it fail. */
bool jc_workload_give(jc_sim *sim, jc_store *store, const jc_sim_call *call);

#endif
