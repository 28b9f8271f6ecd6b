/* Who listens at a port already? */
#ifndef JC_SERVER_PROBE_H
#define JC_SERVER_PROBE_H

#include "jc/jc.h"

typedef enum jc_probe {
    JC_PROBE_NONE,  /* nobody that answers as a dashboard does */
    JC_PROBE_SAME,  /* a dashboard of that store */
    JC_PROBE_OTHER, /* a dashboard of another store */
    JC_PROBE_CLOSED /* a dashboard that tells its store only to who has its token */
} jc_probe;

/* Ask its /healthz; waits for at most a second or two. */
jc_probe jc_server_probe(const char *host, int port, jc_uuid store_id);

#endif
