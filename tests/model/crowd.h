/* A crowd of whole processes that do the same thing at one instant.
 *
 * Each member is a process that has its input and waits at a gate; opening the gate lets all of them become
 * the program. What is measured is the time from the gate's opening to a member's end, so it holds
 * the start of the program, and on a machine of few processors also the wait for one. */
#ifndef JC_TEST_CROWD_H
#define JC_TEST_CROWD_H

#include "contract/folder.h"

#include <stdint.h>
#include <sys/types.h>

#define JC_CROWD_MAX 128

typedef struct jc_crowd_member {
    pid_t pid;
    int64_t took_us;
    int code; /* of its exit, or 128 + the signal that ended it */
} jc_crowd_member;

typedef struct jc_crowd {
    char dir[JC_TEST_PATH_SIZE]; /* a folder for what members read and print */
    int gate[2];
    int count;
    jc_crowd_member members[JC_CROWD_MAX];
} jc_crowd;

/* An empty crowd, with a folder of its own. Ends the program when that fails, as do the others. Until it
 * runs, no other child may be started: it would hold the gate shut. */
void jc_crowd_init(jc_crowd *crowd);
void jc_crowd_release(jc_crowd *crowd);

/* One more member, behind the gate: it will run `arguments` (NULL-ended, the first is the program's path)
 * with `input` as its standard input. */
void jc_crowd_add(jc_crowd *crowd, const char *const arguments[], const char *input);

/* Open the gate and wait for everybody's end. */
void jc_crowd_run(jc_crowd *crowd);

/* How many bytes the members have printed, on either stream. */
int64_t jc_crowd_printed(const jc_crowd *crowd);

/* How many did not exit with 0. */
int jc_crowd_failed(const jc_crowd *crowd);

int64_t jc_crowd_median_us(const jc_crowd *crowd);
int64_t jc_crowd_worst_us(const jc_crowd *crowd);

#endif
