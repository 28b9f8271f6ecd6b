/* The mirror: one JSONL file a workflow, agents/{workflow_id}/events.jsonl, for `tail -f`.
 *
 * It follows the log. jc_open() composes both, so that an append writes it; these calls are for
 * looking after it. */
#ifndef JC_MIRROR_H
#define JC_MIRROR_H

#include "jc/store.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum jc_mirror_state {
    JC_MIRROR_EQUAL = 0, /* byte for byte what the log says */
    JC_MIRROR_BEHIND,    /* a beginning of it, torn or not; or not there: it will catch up */
    JC_MIRROR_AHEAD,     /* all of it, and more: the log lost events, or was restored */
    JC_MIRROR_DIFFERENT, /* something else: edited, damaged, garbage */
    JC_MIRROR_UNREADABLE /* a folder, or the system refuses */
} jc_mirror_state;

typedef struct jc_mirror_report {
    jc_mirror_state state; /* as found */
    uint64_t sequence;     /* the last event that the mirror holds intact, from the start */
    uint64_t line;         /* of the first difference; 0 when there is none */
    bool written;          /* jc_mirror_heal() wrote to it */
    char text[512];        /* what differs, or why it is unreadable */
    char kept[4096];       /* where jc_mirror_heal() put the old file, else "" */
} jc_mirror_report;

/* Compare the whole mirror of a workflow with the log. */
JC_API JC_MUST_CHECK jc_status jc_mirror_check(jc_store *store, jc_str workflow_id,
                                               jc_mirror_report *ret_report, jc_error *reterr);

/* The same as findings: damage, and a note for one that is only behind. */
JC_API JC_MUST_CHECK jc_status jc_mirror_verify(jc_store *store, jc_str workflow_id,
                                                jc_report *report, void *context, jc_error *reterr);

/* Make the mirror what the log says: complete one that is behind, in place; write anew one that is
 * ahead or different, keeping the old as events.jsonl.damaged-TIME. Syncs it to the disk.
 * JC_EBUSY  another process holds the mirror. */
JC_API JC_MUST_CHECK jc_status jc_mirror_heal(jc_store *store, jc_str workflow_id,
                                              jc_mirror_report *ret_report, jc_error *reterr);

/* Call `each` for every folder in agents/ that has a mirror, sorted by name. */
JC_API JC_MUST_CHECK jc_status jc_mirror_list(jc_store *store,
                                              jc_status (*each)(void *context, jc_str workflow_id),
                                              void *context, jc_error *reterr);

/* Check a JSONL file by itself, without a log: every line's form, order and the hash chain. It may
 * hold several workflows, as `jc export` writes them, each from its first event on. */
JC_API JC_MUST_CHECK jc_status jc_mirror_verify_file(const char *path, jc_report *report,
                                                     void *context, jc_verify_result *ret_result,
                                                     jc_error *reterr);

typedef struct jc_rebuild_result {
    uint64_t events;
    uint64_t workflows;
    bool gaps;       /* the mirrors did not hold every position */
    char kept[4096]; /* where the old log was put, "" when there was none */
} jc_rebuild_result;

/* Make the log anew from the mirrors: the same ids, sequences, hashes and positions. The old log, if
 * any, is kept beside it. A torn last line is left out; anything else that is wrong in a mirror is
 * damage and stops it. With `renumber`, positions are given anew, in the old order.
 *
 * JC_ECORRUPT   a mirror is damaged, or two mirrors claim one position; reterr names file and line.
 * JC_ENOTFOUND  there are no mirrors. */
JC_API JC_MUST_CHECK jc_status jc_rebuild_from_mirrors(const char *project_dir, bool renumber,
                                                       jc_report *report, void *context,
                                                       jc_rebuild_result *ret_result,
                                                       jc_error *reterr);

#ifdef __cplusplus
}
#endif
#endif
