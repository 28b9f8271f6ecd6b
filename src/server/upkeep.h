/* What a running server does for the project beside answering: it takes up what hooks left in the spool, and
 * completes mirrors that have fallen behind. Both are jobs for a worker's thread, one at a time. */
#ifndef JC_SERVER_UPKEEP_H
#define JC_SERVER_UPKEEP_H

#include "jc/jc.h"

typedef struct jc_upkeep jc_upkeep;

/* The folder's name is borrowed; `warn` is called from the thread that does the work. NULL: no memory. */
jc_upkeep *jc_upkeep_new(const char *project_dir, void (*warn)(void *context, const char *text),
                         void *warn_context);
void jc_upkeep_free(jc_upkeep *upkeep);

/* Do what is due, for at most about a tenth of a second, or for as long as one mirror needs. */
void jc_upkeep_do(jc_upkeep *upkeep);

#endif
