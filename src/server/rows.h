/* What the list of workflows says of each, kept from one request to the next: only workflows that moved are
 * read again. */
#ifndef JC_SERVER_ROWS_H
#define JC_SERVER_ROWS_H

#include "base/buf.h"
#include "jc/jc.h"

#define JC_ROWS_MAX 10000 /* that are kept; the others are made anew each time */

/* A matter that needs a person, from then on. */
typedef struct jc_row_matter {
    int64_t due_us;
    bool bad;
} jc_row_matter;

typedef struct jc_row {
    char workflow_id[JC_WORKFLOW_ID_SIZE_MAX + 1];
    uint64_t last_position;
    jc_hash hash;
    bool made;   /* what follows is that of its last event */
    jc_buf json; /* the members of its object, but for "attention" */
    jc_buf name; /* of its first prompt, which stays; empty: none was found yet */
    jc_row_matter *matters;
    size_t matter_count;
} jc_row;

/* {0} is none. */
typedef struct jc_rows {
    jc_row *items; /* sorted by workflow id */
    size_t count;
} jc_rows;

void jc_rows_release(jc_rows *rows);

/* Let the rows be those of the workflows that there are, in that order: rows of workflows that have not moved
 * stay, others are not `made`. JC_ENOMEM: the rows are as they were. */
JC_MUST_CHECK jc_status jc_rows_match(jc_rows *rows, const jc_workflow_summary summaries[],
                                      size_t count, jc_error *reterr);

/* Make a row out of the workflow's states. A workflow that cannot be read gets a row that says only what the
 * summary does. JC_ENOMEM, JC_EIO … */
JC_MUST_CHECK jc_status jc_row_make(jc_row *row, jc_store *store,
                                    const jc_workflow_summary *summary, jc_error *reterr);

/* Forget what was made, but for the name of a prompt. */
void jc_row_clear(jc_row *row);

#endif
