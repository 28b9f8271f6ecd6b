/* What a request asks of a stream: the path, the parameters and Last-Event-ID, read and checked. */
#ifndef JC_SERVER_LIVE_REQUEST_H
#define JC_SERVER_LIVE_REQUEST_H

#include "base/auto.h"
#include "jc/jc.h"

struct evhttp_request;

typedef struct jc_live_wish {
    void *texts; /* owns them; a stream is kept for hours, so it holds no more than it must */
    jc_str workflow_id; /* absent: all workflows */
    bool heads;         /* of other workflows too, in short */
    bool is_filtered;
    jc_filter filter; /* of types and of an agent; the globs end with a zero byte */
    bool has_after;
    uint64_t after;
    uint64_t last;    /* without `after`: so many before the head */
    jc_uuid store_id; /* of which `after` is a position; nil: not told */
    bool has_epoch;
    uint64_t epoch;
} jc_live_wish;

void jc_live_wish_release(jc_live_wish *wish);
JC_AUTO_DEFINE(jc_live_wish, jc_live_wish_release);

/* JC_EINVAL  a parameter, or Last-Event-ID, is no good; reterr names it.
 * JC_ENOMEM  */
JC_MUST_CHECK jc_status jc_live_wish_read(struct evhttp_request *request, jc_live_wish *ret_wish,
                                          jc_error *reterr);

#endif
