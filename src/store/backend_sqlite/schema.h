/* The file events.db: made, recognised, brought up to date. */
#ifndef JC_STORE_SCHEMA_H
#define JC_STORE_SCHEMA_H

#include "jc/status.h"

#include <sqlite3.h>
#include <stdbool.h>

/* Make a log at `path`, which must not exist; `vfs` may be NULL. The file is complete and synced when
 * it gets its name, also when two do it at once: JC_EEXISTS then says that another was first. */
JC_MUST_CHECK jc_status jc_schema_create(const char *path, jc_error *reterr);

/* Is this a log of jc, of a version that we know? Older ones are migrated in one transaction, unless
 * `read_only`. JC_ECORRUPT, JC_ENEWER, JC_EBUSY. */
JC_MUST_CHECK jc_status jc_schema_check(sqlite3 *db, const char *path, bool read_only,
                                        jc_error *reterr);

#endif
