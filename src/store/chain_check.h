/* Checking events one after the other: density of sequences and the hash chain, of any number of
 * workflows at once. What verifies the log and what verifies a file both use it. */
#ifndef JC_STORE_CHAIN_CHECK_H
#define JC_STORE_CHAIN_CHECK_H

#include "base/json.h"
#include "base/map.h"
#include "jc/store.h"

/* {0} is ready. */
typedef struct jc_chain_check {
    jc_arena arena;
    jc_map workflows;
    jc_buf scratch;
    jc_json json;
    jc_arena json_arena;
    uint64_t workflow_count;
} jc_chain_check;

void jc_chain_check_release(jc_chain_check *check);
JC_AUTO_DEFINE(jc_chain_check, jc_chain_check_release);

/* Look at the next event. JC_OK: it is as it must be. JC_ECORRUPT: reterr says what differs, without
 * naming the place; the check goes on behind it, taking what is stored for given. JC_ENOMEM. */
JC_MUST_CHECK jc_status jc_chain_check_event(jc_chain_check *check, const jc_event *event,
                                             jc_error *reterr);

#endif
