/* Child processes of a test: writers that are stopped, killed, or run to their end. */
#ifndef JC_TEST_CHILD_H
#define JC_TEST_CHILD_H

#include <stddef.h>
#include <sys/types.h>

/* Run `run(context)` in a new process, which ends with what it returns, and dies with this one.
 * Assertions of cmocka must not be used in it. Ends the program when there can be no process. */
pid_t jc_child_start(int (*run)(void *context), void *context);

/* Wait for its end: what it returned, or 128 + the signal that ended it. */
int jc_child_wait(pid_t pid);

/* Stop it, and return once it stands still; let it go on; end it with -9 and wait for that. */
void jc_child_stop(pid_t pid);
void jc_child_continue(pid_t pid);
void jc_child_kill(pid_t pid);

/* Zeroed memory that this process shares with the children it will start. Never given back. */
void *jc_shared_memory(size_t size);

#endif
