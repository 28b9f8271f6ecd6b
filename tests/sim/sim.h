/* One run of the simulation: a project on a disk of its own, handles on its log, the ledger, and the
 * first claim that did not hold.
 *
 *     jc_sim_begin ── jc_workload_run ── power cut ── jc_check ──┐
 *                          ^─────── another life ────────────────┘   … jc_sim_end
 */
#ifndef JC_SIM_SIM_H
#define JC_SIM_SIM_H

#include "sim/disk.h"
#include "sim/ledger.h"
#include "sim/sim_files.h"
#include "sim/sim_vfs.h"

#include "jc/jc.h"

#define JC_SIM_HANDLES 2
#define JC_SIM_PATH_SIZE 256
#define JC_SIM_TEXT_SIZE 900

/* What a run claims, in the words of the test's output. */
#define JC_CLAIM_MAP(X)                                                                            \
    X(JC_CLAIM_ANSWERS, "while the power is on, every call answers as the model says")             \
    X(JC_CLAIM_OPENS, "the log opens after a power cut")                                           \
    X(JC_CLAIM_INTACT, "jc_verify finds no damage after a power cut")                              \
    X(JC_CLAIM_KEPT, "acknowledged events are there, once, as their receipts said")                \
    X(JC_CLAIM_DENSE, "positions and sequences have no gaps")                                      \
    X(JC_CLAIM_WHOLE, "a unit whose outcome is unknown is there as a whole or not at all")         \
    X(JC_CLAIM_SETTLES, "repeating the identical append settles what is unknown")                  \
    X(JC_CLAIM_MIRRORS, "one more append, and each mirror is byte for byte what the log says")     \
    X(JC_CLAIM_SEEN, "no mirror changes below what was synced, so tail -f has nothing to un-see")

typedef enum jc_claim {
#define JC_CLAIM_ENUM(name, text) name,
    JC_CLAIM_MAP(JC_CLAIM_ENUM)
#undef JC_CLAIM_ENUM
    JC_CLAIM_COUNT
} jc_claim;

extern const char *const jc_claim_texts[JC_CLAIM_COUNT];

typedef struct jc_sim {
    char folder[JC_SIM_PATH_SIZE]; /* of the project */
    jc_durability durability;
    bool plain;            /* the real disk: SQLite's own files, the system's calls */
    bool without_cache;    /* no snapshots behind appends */
    bool honest;           /* no lies about syncs, no weakened SQLite: all claims hold */
    uint64_t heal_percent; /* how many steps of the workload heal a mirror */
    jc_disk *disk;
    jc_sim_files files;
    jc_ledger ledger;
    jc_random random; /* for what the workload does */
    int64_t now_us;
    jc_store *stores[JC_SIM_HANDLES];
    bool failed;
    jc_claim claim; /* of the failure */
    char text[JC_SIM_TEXT_SIZE];
    char warning[JC_SIM_TEXT_SIZE]; /* the log's last one */
    uint64_t lost; /* acknowledged events that a cut took, with durability `normal` */
    uint64_t unknown_there, unknown_gone; /* units whose outcome was unknown, and what it was */
} jc_sim;

/* Where simulations put their files: a new folder in /dev/shm, or in $TMPDIR, or in /tmp. Ends the
 * program when there is none. */
void jc_sim_folder_make(char ret_path[JC_SIM_PATH_SIZE]);
void jc_sim_folder_remove(const char *path);

/* A new project in `folder` (emptied first), and a run of this seed on it. */
void jc_sim_begin(jc_sim *sim, const char *folder, uint64_t seed);
void jc_sim_end(jc_sim *sim);

/* Open handle `i` on the simulated disk (`vfs`: JC_SIM_VFS_NAME, or NULL for SQLite's files past the
 * disk). */
jc_status jc_sim_open(jc_sim *sim, size_t i, const char *vfs, jc_error *reterr);
void jc_sim_close_all(jc_sim *sim);

/* Append a call's units. `ret_receipts` has room for its events. As jc_append(). */
jc_status jc_sim_append(jc_sim *sim, jc_store *store, const jc_sim_call *call,
                        jc_append_result ret_results[JC_SIM_UNITS_MAX],
                        jc_receipt ret_receipts[JC_SIM_EVENTS_MAX], jc_error *reterr);

/* Note that a claim does not hold; the first one counts. Returns false. */
JC_PRINTF(3, 4)
bool jc_sim_fail(jc_sim *sim, jc_claim claim, const char *format, ...);

#endif
