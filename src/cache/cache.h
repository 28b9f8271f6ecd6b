/* cache.db: what is derived from the log, so that it need not be derived again.
 *
 * It is never needed: it may be missing, damaged, locked or on a disk that cannot be written, and then
 * everything works without it. So nothing here fails: an answer is there, or it is not. What is read
 * from it is checked against its own digest and against the log, never trusted.
 *
 *     cache.c      open, close, drop, transactions      snapshots.c     saved states
 *     spans.c      times of every hundred events        search_index.c  full text */
#ifndef JC_CACHE_CACHE_H
#define JC_CACHE_CACHE_H

#include "jc/event.h"

#include <sqlite3.h>

typedef struct jc_cache jc_cache;

/* Open the cache of the project, and make it when it is not there. What is in it of another store is
 * thrown away. NULL: do without. Belongs to one thread at a time, and to this process. */
jc_cache *jc_cache_open(const char *project_dir, jc_uuid store_id);

/* One in memory, for this handle alone. NULL: memory is short. */
jc_cache *jc_cache_open_memory(void);

/* NULL is harmless. A cache that turned out to be damaged is emptied. */
void jc_cache_close(jc_cache *cache);

/* Empty the cache, whoever has it open: the next reader fills it again. false: it cannot be written,
 * or others are using it. A cache that is not there is empty. */
bool jc_cache_drop(const char *project_dir);

/* Begin to write. false: somebody else does, or it cannot be written; try another time. */
bool jc_cache_begin(jc_cache *cache);

/* Was it somebody else that kept the last call from its work? */
bool jc_cache_is_busy(const jc_cache *cache);

/* Make what was written since count. false: it does not. */
bool jc_cache_commit(jc_cache *cache);
void jc_cache_rollback(jc_cache *cache);

/* The statement of a text that lives as long as the program, prepared once. NULL: do without. */
sqlite3_stmt *jc_cache_statement(jc_cache *cache, const char *sql);

/* Step a statement. SQLITE_ROW, or SQLITE_DONE; anything else is no answer. */
int jc_cache_step(jc_cache *cache, sqlite3_stmt *stmt);

/* Step a statement that gives no rows, and reset it. */
bool jc_cache_run(jc_cache *cache, sqlite3_stmt *stmt);

/* Reset a statement and forget what was bound. NULL is harmless. */
void jc_cache_reset(sqlite3_stmt *stmt);

/* Something in it is not what was written there: it will be emptied when it is closed. */
void jc_cache_distrust(jc_cache *cache);

#endif
