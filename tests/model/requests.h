/* Random appends for the model check: good and bad events, retries, ids used again with other
 * content, sets of units, true and false expectations.
 *
 * An event is fully determined by the seed and its number, so that sending a number again is a
 * retry, without keeping what was sent. */
#ifndef JC_TEST_REQUESTS_H
#define JC_TEST_REQUESTS_H

#include "jc/store.h"
#include "sim/random.h"

enum {
    JC_REQUEST_UNITS_MAX = 4,
    JC_REQUEST_EVENTS_MAX = 6,
    JC_REQUEST_EXPECTED_MAX = 3,
    JC_REQUEST_WORKFLOWS = 5
};

extern const char *const jc_request_workflows[JC_REQUEST_WORKFLOWS];

typedef struct jc_request {
    size_t count;
    jc_unit units[JC_REQUEST_UNITS_MAX];
    jc_event events[JC_REQUEST_UNITS_MAX][JC_REQUEST_EVENTS_MAX];
    jc_expected expected[JC_REQUEST_UNITS_MAX][JC_REQUEST_EXPECTED_MAX];
    char data[JC_REQUEST_UNITS_MAX][JC_REQUEST_EVENTS_MAX][256];
    jc_receipt receipts[JC_REQUEST_UNITS_MAX][JC_REQUEST_EVENTS_MAX];
    jc_append_result results[JC_REQUEST_UNITS_MAX];
} jc_request;

/* What a request is made from. */
typedef struct jc_request_source {
    uint64_t seed;
    uint64_t numbers_used;                    /* event numbers from 1 on */
    uint64_t sequences[JC_REQUEST_WORKFLOWS]; /* where the workflows are */
} jc_request_source;

/* The id of an event by its number. */
jc_uuid jc_request_id(uint64_t seed, uint64_t number);

void jc_request_make(jc_request *request, jc_request_source *source, jc_random *random);

/* A random filter; its lists point into `ret_names` and `ret_globs`. It may be a bad one. */
jc_filter jc_request_filter(jc_random *random, jc_str ret_names[3], jc_str ret_globs[2]);

#endif
