/* The writers' queue: processes and threads that want to append line up here, first come, first
 * served, because SQLite's own waiting is unfair. It is a courtesy: whoever cannot or will not queue
 * is still kept apart by BEGIN IMMEDIATE.
 *
 * Ownership is a record lock of the open file description on `.jc/lock` (F_OFD_SETLK), which the
 * system takes back from the dead. Two locks make a turnstile: byte 1 is held while waiting to be
 * next, byte 0 while writing, so that a writer who just finished cannot push in again. Locks have no
 * time-out, so they are only ever tried; between tries a waiter sleeps on a futex word in the file,
 * which an owner who leaves wakes, and never longer than 20 ms, in case it died or was stopped.
 * What is in the file means nothing beyond that: garbage in it costs time, not safety. */
#ifndef JC_STORE_QUEUE_H
#define JC_STORE_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

struct jc_queue_words;

typedef struct jc_queue {
    char *path; /* of the lock file; NULL: there is no queue, everybody is on his own */
    struct jc_queue_words *words;
    int fd; /* -1 unless inside or waiting */
    bool inside;
    bool waited;          /* for this turn */
    unsigned quiet_turns; /* in a row without waiting */
} jc_queue;

/* Prepare to queue at the lock file `path`. Cannot fail: without the file there is no queue. The file
 * is opened anew for every turn, so that no child that a process forks meanwhile shares its locks
 * and keeps them when the parent dies. */
void jc_queue_open(jc_queue *queue, const char *path);
void jc_queue_close(jc_queue *queue);

/* Wait for the turn until `deadline_us` (monotonic). false: the time is over, or there is no queue. */
bool jc_queue_enter(jc_queue *queue, int64_t deadline_us);

/* Give the turn to the next. Harmless when not inside. */
void jc_queue_leave(jc_queue *queue);

#endif
