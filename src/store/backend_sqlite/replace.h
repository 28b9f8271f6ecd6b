/* One log put in place of another: what a restore and a rebuild end with. */
#ifndef JC_STORE_REPLACE_H
#define JC_STORE_REPLACE_H

#include "jc/status.h"

#include <stddef.h>
#include <stdint.h>

/* Make the log in the file `incoming`, which is on the same file system, the log at `path`, with an
 * epoch above those of both; `gaps` (0, 1, or -1 to leave it) is written into it. The log that was
 * there is kept beside it; ret_kept gets its path, "" when there was none. Writers are held off, and
 * those who have the old log open are refused their next append.
 * JC_EBUSY: a writer did not finish in time; nothing was changed. */
JC_MUST_CHECK jc_status jc_log_replace(const char *path, const char *incoming, int gaps, char *ret_kept,
                                       size_t kept_size, jc_error *reterr);

#endif
