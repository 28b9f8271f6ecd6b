/* What must hold of a log and its mirrors when all writers have ended, whatever they did. */
#ifndef JC_TEST_CHECK_LOG_H
#define JC_TEST_CHECK_LOG_H

#include "jc/store.h"

/* Read the whole log and check it: positions and sequences dense, every event read once, what
 * jc_verify says. JC_ECORRUPT: reterr says what is wrong first. */
jc_status jc_check_log(jc_store *store, uint64_t *ret_events, jc_error *reterr);

/* Check that every mirror in `project_dir` is byte for byte the log's lines. */
jc_status jc_check_mirrors(jc_store *store, const char *project_dir, jc_error *reterr);

#endif
