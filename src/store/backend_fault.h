/* A backend that wraps another and fails on demand, for tests of what stands above. */
#ifndef JC_STORE_BACKEND_FAULT_H
#define JC_STORE_BACKEND_FAULT_H

#include "jc/store.h"

typedef enum jc_fault_kind {
    JC_FAULT_BEFORE, /* nothing was done */
    JC_FAULT_AFTER   /* it was done, but the answer is lost: the outcome is unknown to the caller */
} jc_fault_kind;

/* What fails next. The test owns it and changes it between calls. */
typedef struct jc_fault {
    uint64_t calls;   /* counted: appends, restores and page reads */
    uint64_t fail_at; /* the call that fails, counted from 1; 0: none */
    jc_fault_kind kind;
    jc_status status; /* what it fails with */
} jc_fault;

/* Put the fault between a store and its backend. The store is changed in place. JC_ENOMEM. */
JC_MUST_CHECK jc_status jc_store_add_fault(jc_store *store, jc_fault *fault, jc_error *reterr);

#endif
