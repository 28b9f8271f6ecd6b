/* Two stores in lock step: the log in SQLite, and its twin in memory. Every call is made on both,
 * and every answer must be the same.
 *
 * Calls return false at the first difference, and `difference` says what it is. */
#ifndef JC_TEST_TWINS_H
#define JC_TEST_TWINS_H

#include "contract/events.h"
#include "contract/folder.h"
#include "model/requests.h"

#include "store/backend_fault.h"

enum {
    JC_TWINS_CURSORS = 3
};

typedef struct jc_twins {
    char dir[JC_TEST_PATH_SIZE];
    int64_t now_us; /* the clock of both */
    jc_store *real; /* SQLite, with `fault` in front of it */
    jc_store *twin; /* in memory */
    jc_fault fault;
    struct {
        jc_cursor *real;
        jc_cursor *twin;
    } cursors[JC_TWINS_CURSORS]; /* pairs that are kept open between calls */
    uint64_t warnings;
    char difference[2048];
    jc_error error;
} jc_twins;

bool jc_twins_open(jc_twins *twins);
void jc_twins_close(jc_twins *twins);

/* Close the real store and open it again, from what is on the disk. The kept cursors are closed. */
bool jc_twins_reopen(jc_twins *twins);

/* The two halves of that, for what happens between. */
void jc_twins_close_real(jc_twins *twins);
bool jc_twins_open_real(jc_twins *twins);

/* Append to both and compare all that comes back. */
bool jc_twins_append(jc_twins *twins, jc_request *request);

/* Whatever became of a request in a crash of the real store, it was all or nothing: bring the twin to
 * the same place, then repeat the request on both. `ret_stored`: the crash came after the commit. */
bool jc_twins_settle(jc_twins *twins, jc_request *request, bool *ret_stored);

/* Read what the filter gives. NULL is everything. */
bool jc_twins_read(jc_twins *twins, const jc_filter *filter);

/* Open the kept cursors `at` anew, or read up to `count` events on with them. */
bool jc_twins_cursor_open(jc_twins *twins, size_t at, const jc_filter *filter);
bool jc_twins_cursor_read(jc_twins *twins, size_t at, size_t count);

/* Heads of all workflows, of the store now and at `position`, the list of workflows, and waiting. */
bool jc_twins_ask(jc_twins *twins, uint64_t position);

/* Find by a beginning of an id. */
bool jc_twins_find(jc_twins *twins, jc_str prefix);

/* The log is intact, and every mirror is at most behind and then heals to the log's lines. */
bool jc_twins_check(jc_twins *twins);

#endif
