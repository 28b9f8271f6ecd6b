/* Where the server listens. */
#ifndef JC_SERVER_ADDRESS_H
#define JC_SERVER_ADDRESS_H

#include "jc/status.h"
#include "jc/str.h"

#include <stdbool.h>

typedef struct jc_address {
    int fd;   /* listens, does not block; the owner's to close */
    int port; /* that it got */
    bool loopback;
    bool wildcard; /* every address of this machine */
} jc_address;

/* Listen at a host's first address (brackets around one of IPv6 are good), at any free port when `port` is 0.
 * JC_EINVAL   the host is none, or not this machine's.
 * JC_EEXISTS  the port is in use.
 * JC_EREADONLY  the port is not for everybody (below 1024, say). */
JC_MUST_CHECK jc_status jc_address_listen(const char *host, int port, jc_address *ret_address,
                                          jc_error *reterr);

/* Is the host's first address one that only this machine can reach? */
bool jc_host_is_local(const char *host);

/* The host without the brackets that an address of IPv6 may have. */
jc_str jc_host_bare(const char *host);

#endif
