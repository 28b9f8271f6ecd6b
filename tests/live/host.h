/* A process that serves a project's live streams and nothing else, for tests that talk to it, kill it, and look at
 * its memory. */
#ifndef JC_TEST_LIVE_HOST_H
#define JC_TEST_LIVE_HOST_H

#include "server/live.h"

#include <sys/types.h>

typedef struct jc_host_shared jc_host_shared;

typedef struct jc_host {
    pid_t pid;
    int port;
    int stop[2]; /* a pipe whose end ends it */
    jc_host_shared *shared;
    const char *project;
    int heartbeat_s; /* 0: as usual */
    int stuck_s;
} jc_host;

/* Start it at host->port (0: any that is free, which is put there), and return once it listens. Ends the
 * program when that fails. */
void jc_host_start(jc_host *host);

/* End it properly. What it returned: 0, or something else when it failed or lost memory. */
int jc_host_stop(jc_host *host);

/* End it with -9. */
void jc_host_kill(jc_host *host);

/* As they were a moment ago; at least once since the call before this one. */
jc_live_stats jc_host_stats(jc_host *host);

/* Bytes of memory that it has of its own. */
size_t jc_host_memory(const jc_host *host);

#endif
