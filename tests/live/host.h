/* A process that serves a project's live streams and nothing else (host_main.c), for tests that talk to it, kill it,
 * and look at its memory. It is a program of its own, so that its memory is. */
#ifndef JC_TEST_LIVE_HOST_H
#define JC_TEST_LIVE_HOST_H

#include "server/live.h"

#include <stdatomic.h>
#include <sys/types.h>

/* What both sides see. Whoever wants the numbers counts `asked` up; the host writes them and answers. */
typedef struct jc_host_shared {
    _Atomic int port; /* 0: not yet; -1: it failed */
    _Atomic unsigned asked;
    _Atomic unsigned answered;
    jc_live_stats stats;
} jc_host_shared;

typedef struct jc_host {
    pid_t pid;
    int port;
    int stop_fd; /* a pipe's, whose end ends the host */
    int shared_fd;
    jc_host_shared *shared;
    const char *project;
    int heartbeat_s; /* 0: as usual */
    int stuck_s;
    size_t memory; /* that it had when it started */
} jc_host;

/* Start it at host->port (0: any that is free, which is put there), and return once it listens. Ends the
 * program when that fails. */
void jc_host_start(jc_host *host);

/* End it properly. What it returned: 0, or something else when it failed or lost memory. */
int jc_host_stop(jc_host *host);

/* End it with -9. */
void jc_host_kill(jc_host *host);

/* As they are at some moment of this call. */
jc_live_stats jc_host_stats(jc_host *host);

/* Bytes of memory that it has more than when it started. */
size_t jc_host_memory(const jc_host *host);

#endif
