/* The log in memory: the reference twin of the others, as plain as can be, for tests. */
#ifndef JC_STORE_BACKEND_MEMORY_H
#define JC_STORE_BACKEND_MEMORY_H

#include "jc/store.h"

/* A store without files, which is gone when it is closed. JC_ENOMEM. */
JC_MUST_CHECK jc_status jc_store_open_memory(const jc_options *options, jc_store **ret_store,
                                             jc_error *reterr);

#endif
