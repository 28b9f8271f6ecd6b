/* Memory that runs out when a test wants it to: of the library's own allocations, and of SQLite's.
 *
 * A program that uses this is linked with --wrap for malloc, calloc, realloc, free and strdup, so that
 * the calls of everything linked statically come here. SQLite's are told apart by its own table of
 * functions. Only calls between jc_memory_watch(true) and (false) are counted and fail. */
#ifndef JC_SIM_MEMORY_H
#define JC_SIM_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

typedef enum jc_memory_owner {
    JC_MEMORY_OURS,
    JC_MEMORY_SQLITE,
    JC_MEMORY_OWNERS
} jc_memory_owner;

/* Call it before SQLite is used at all. Ends the program when SQLite refuses. */
void jc_memory_init(void);

void jc_memory_watch(bool on);

/* Let the `at`-th allocation of this owner fail from now on, and with `all_later` every one behind it.
 * 0: none fails. */
void jc_memory_plan(jc_memory_owner owner, uint64_t at, bool all_later);

/* No more failures. What struck stays known until the next plan. */
void jc_memory_mend(void);

bool jc_memory_struck(void);

/* Watched allocations of this owner since the plan, and what is held right now, watched or not: blocks
 * of ours, bytes of SQLite's. */
uint64_t jc_memory_calls(jc_memory_owner owner);
int64_t jc_memory_held(jc_memory_owner owner);

#endif
