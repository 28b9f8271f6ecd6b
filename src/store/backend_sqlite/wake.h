/* Waking: a writer changes a byte of `.jc/wake` after each commit; a waiter watches the folder.
 *
 * A change of events.db-wal is watched too, for writers that do not know of the byte, but it is only
 * a hint: the commit is not visible yet when it fires, so the log is read again 1, 3, 10 and 30 ms
 * later. Whatever is missed is found by a look each second. */
#ifndef JC_STORE_WAKE_H
#define JC_STORE_WAKE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct jc_wake {
    char *folder;      /* the .jc folder */
    int write_fd;      /* of .jc/wake, -1 until first used */
    int64_t looked_us; /* when write_fd was last seen to be the file of that name */
    int watch_fd;      /* of the folder, -1 until first used */
    int timer_fd;      /* for looking again after a hint */
    int event_fd;      /* readable when one of the two is: what an event loop gets */
    int hint_step;     /* which look after a hint comes next */
} jc_wake;

/* `folder` is taken over (freed by close). Nothing is opened before it is needed. */
void jc_wake_init(jc_wake *wake, char *folder);
void jc_wake_close(jc_wake *wake);

/* After a commit: wake everybody. What fails here costs only time, so nothing is returned. */
void jc_wake_signal(jc_wake *wake);

/* The descriptor to wait on; -1 where there is none. */
int jc_wake_fd(jc_wake *wake);

/* Take what came in, so that the descriptor is quiet again; set the next look after a hint. */
void jc_wake_drain(jc_wake *wake);

/* Sleep until something may have happened, at most `timeout_ms`. */
void jc_wake_sleep(jc_wake *wake, int timeout_ms);

#endif
