/* A fixed piece of work during which something fails: the sweep over every N, for I/O calls
 * (fail_test.c) and for memory (memory_test.c). */
#ifndef JC_SIM_SCRIPT_H
#define JC_SIM_SCRIPT_H

#include "sim/sim.h"

/* What fails, and how to make it. */
typedef struct jc_fault {
    const char *what;                       /* "the Nth I/O call fails with EIO" */
    void (*plan)(jc_sim *sim, uint64_t at); /* let it happen at the `at`-th occasion from now */
    void (*resume)(jc_sim *sim);            /* occasions count from here … (may be NULL) */
    void (*pause)(jc_sim *sim);             /* … to here: around each call of the library */
    void (*repair)(jc_sim *sim);            /* it is over: from now on all is well */
    bool (*struck)(const jc_sim *sim);
} jc_fault;

/* What was seen in a sweep. */
typedef struct jc_sweep {
    uint64_t occasions;       /* how many N there were */
    uint64_t nothing_written; /* appends that said so, and went through on the same handle later */
    uint64_t unknown;         /* appends that said JC_EIO, and the handle then said "reopen" */
    uint64_t unseen;          /* failures that no caller was told of: the mirror caught up later */
} jc_sweep;

/* Run the script in `folder` with the fault at 1, 2, 3 … until it passes without (JC_SIM_EVERY=K in the
 * environment: in steps of K, for runs that are slow under an analyser). After each failure
 * the handle must answer properly, and at the end of each run every claim must hold. `before` and
 * `after` (may be NULL) are called at the start of each run and when all of it is closed and freed;
 * the latter may fail a claim. false: `sim`
 * says which claim failed; ret_sweep->occasions is then the N. */
bool jc_sweep_run(jc_sim *sim, const jc_fault *fault, const char *folder,
                  void (*before)(jc_sim *sim), void (*after)(jc_sim *sim), jc_sweep *ret_sweep);

#endif
