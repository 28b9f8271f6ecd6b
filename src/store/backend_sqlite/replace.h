/* One log put in place of another: what a restore and a rebuild end with. */
#ifndef JC_STORE_REPLACE_H
#define JC_STORE_REPLACE_H

#include "jc/status.h"

#include <stddef.h>
#include <stdint.h>

/* A name in the project's .jc/ for a log that is being built by this process. */
JC_MUST_CHECK jc_status jc_log_incoming(const char *project_dir, char *ret, size_t ret_size,
                                        jc_error *reterr);

/* Remove a log that is not used any more, with whatever SQLite left beside it. */
void jc_log_remove(const char *path);

/* The last position of the log in the file `path`; -1 when there is none, or it cannot be read. */
int64_t jc_log_last_position(const char *path);

/* Make the log in the file `incoming`, which is on the same file system, the log at `path`, with an
 * epoch above those of both; `gaps` (0, 1, or -1 to leave it) is written into it. The log that was
 * there is kept beside it; ret_kept gets its path, "" when there was none. When `position` is not -1, the old log must still end
 * there: what was built from it would lack what came since. Writers are held off, and
 * those who have the old log open are refused their next append.
 * JC_EBUSY: a writer did not finish in time, or the old log went on; nothing was changed. */
JC_MUST_CHECK jc_status jc_log_replace(const char *path, const char *incoming, int gaps,
                                       int64_t position, char *ret_kept, size_t kept_size,
                                       jc_error *reterr);

#endif
