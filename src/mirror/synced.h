/* `.jc/mirror.sync`: how much of each mirror is known to be on the disk, and in which boot of the
 * machine that was said.
 *
 * A mirror is not synced at every append, so a power cut may lose or zero the end of it. Within one
 * boot the system shows every process what was written; after another boot, what lies beyond the
 * synced size must be compared with the log. Lines "BOOT SIZE WORKFLOW .\n", the last of a workflow
 * counts; lines that are not whole are passed over. It is as disposable as a cache: without it, more
 * is compared. */
#ifndef JC_MIRROR_SYNCED_H
#define JC_MIRROR_SYNCED_H

#include "base/files.h"
#include "base/map.h"
#include "jc/store.h"

typedef struct jc_synced {
    const jc_file_ops *ops;
    void *context;
    char *path;
    char boot[64];
    bool loaded;
    jc_arena arena;
    jc_map entries;                /* workflow id to entry */
    struct jc_synced_entry *first; /* all entries, the newest first */
} jc_synced;

/* Prepare {0} for a project's store. JC_ENOMEM. */
JC_MUST_CHECK jc_status jc_synced_init(jc_synced *synced, const jc_store *store, jc_error *reterr);
void jc_synced_release(jc_synced *synced);
JC_AUTO_DEFINE(jc_synced, jc_synced_release);

/* How many bytes of the mirror are on the disk for sure, and was it looked at in this boot? */
void jc_synced_get(jc_synced *synced, jc_str workflow_id, uint64_t *ret_size, bool *ret_this_boot);

/* Note that so many bytes are on the disk, in this boot. What fails here costs a comparison later. */
void jc_synced_put(jc_synced *synced, jc_str workflow_id, uint64_t size);

#endif
