/* What clients may ask of the server, in one place; docs/API.md names the numbers. */
#ifndef JC_SERVER_LIMITS_H
#define JC_SERVER_LIMITS_H

#include <stddef.h>
#include <stdint.h>

typedef struct jc_server_limits {
    size_t connections_max;
    size_t header_size_max;    /* bytes of a request's line and headers */
    size_t body_size_max;      /* bytes of what is posted */
    size_t receiving_size_max; /* bytes of requests that are not whole yet, of all connections */
    size_t answering_size_max; /* bytes of answers that clients have not taken yet, likewise */
    int64_t request_ms; /* a request, from its first byte to its last; also a silent connection */
    int64_t answer_ms;  /* until a client has taken its answer */
    int64_t upkeep_ms;  /* between looks at what must be taken up */
    int64_t ending_ms;  /* for what is under way when the server ends */
} jc_server_limits;

#define JC_SERVER_LIMITS                                                                           \
    ((jc_server_limits){.connections_max = 1024,                                                   \
                        .header_size_max = (size_t)16 * 1024,                                      \
                        .body_size_max = (size_t)8 * 1024 * 1024,                                  \
                        .receiving_size_max = (size_t)128 * 1024 * 1024,                           \
                        .answering_size_max = (size_t)256 * 1024 * 1024,                           \
                        .request_ms = 30000,                                                       \
                        .answer_ms = 300000,                                                       \
                        .upkeep_ms = 2000,                                                         \
                        .ending_ms = 600})

#endif
