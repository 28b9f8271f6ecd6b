/* Inside intake: an import under way, and what its formats hand to it. */
#ifndef JC_INTAKE_IMPORT_H
#define JC_INTAKE_IMPORT_H

#include "base/map.h"
#include "intake/batch.h"
#include "store/chain_check.h"
#include "store/store.h"

/* An import commits after so many events, or so many bytes of data. */
#define JC_IMPORT_COMMIT_EVENTS 1000
#define JC_IMPORT_COMMIT_SIZE ((size_t)16 * 1024 * 1024)

/* What an event of a mirror line is held against when it comes out. */
typedef struct jc_import_claim {
    uint64_t sequence;
    jc_hash hash;
    uint64_t line;
    bool checked; /* its workflow was empty before: it must come out the same */
} jc_import_claim;

typedef struct jc_importing {
    jc_store *store;
    const jc_import_options *options;
    jc_import_result result;
    jc_json json;
    jc_arena arena; /* the events that wait for the commit */
    jc_event events[JC_IMPORT_COMMIT_EVENTS];
    jc_import_claim claims[JC_IMPORT_COMMIT_EVENTS];
    jc_receipt receipts[JC_IMPORT_COMMIT_EVENTS];
    uint64_t lines[JC_IMPORT_COMMIT_EVENTS]; /* where each stood: a line's number, or a row's */
    size_t waiting;
    size_t waiting_size;
    bool
        told; /* these are facts that others may have told: a stored id is taken in, whatever it says */
    uint64_t line;       /* under way, from 1: of the file, or the row */
    jc_arena seen_arena; /* for the life of the import */
    jc_map occurrences;  /* derived id of workflow and bytes to how often it came */
    jc_map workflows;    /* workflow id to whether it was empty before */
    jc_chain_check chain;
    uint64_t done_size;
    uint64_t total_size;
} jc_importing;

/* Take one event, which has an id and whose text lies in `importing->arena`. Commits when it is time.
 * JC_END: the caller's progress function wants to stop. */
JC_MUST_CHECK jc_status jc_import_take(jc_importing *importing, const jc_event *event,
                                       const jc_import_claim *claim, jc_error *reterr);

/* The same for a fact of an agent (`told`), whose text is copied: an id that is stored, or waits, counts
 * as taken in. JC_EINVAL: the event breaks a rule; nothing was taken. */
JC_MUST_CHECK jc_status jc_import_tell(jc_importing *importing, const jc_event *event,
                                       jc_error *reterr);

/* Commit what waits. JC_END as above. */
JC_MUST_CHECK jc_status jc_import_commit(jc_importing *importing, jc_error *reterr);

/* Tell the caller how far it is. JC_END: it wants to stop. */
JC_MUST_CHECK jc_status jc_import_tell_progress(const jc_importing *importing);

/* What is bad ends the import, after the good before it is stored: returns `status`, or what failed in
 * storing. */
JC_MUST_CHECK jc_status jc_import_stop_at(jc_importing *importing, jc_status status,
                                          jc_error *reterr);

/* The formats. */
JC_MUST_CHECK jc_status jc_import_lines(jc_importing *importing, const char *path,
                                        jc_error *reterr);
JC_MUST_CHECK jc_status jc_import_jean_claude_db(jc_importing *importing, const char *path,
                                                 jc_error *reterr);

/* Is the file an SQLite database, by its first bytes? */
bool jc_import_is_database(const char *path);

#endif
