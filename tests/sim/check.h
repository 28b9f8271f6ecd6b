/* What must hold after a power cut. */
#ifndef JC_SIM_CHECK_H
#define JC_SIM_CHECK_H

#include "sim/sim.h"

/* Compare the log, open as handle 0, with the ledger, and settle what is unknown. May run while the
 * power can go; then it ends early. false when it did not come to its end: a claim failed, or the
 * power is off. */
bool jc_check_log(jc_sim *sim);

/* The machine has started again: open the log with SQLite's own files, compare it with the ledger,
 * settle what is unknown, append one more event to each workflow, compare the mirrors, close. The
 * disk and the ledger are then as the log is. false when a claim failed. */
bool jc_check(jc_sim *sim);

#endif
