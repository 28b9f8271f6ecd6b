/* Is a request beyond doubt: where it ends, and what it says of itself? What is not would be understood in one
 * way here, and in another by a proxy in front of us, or by a browser's rules. */
#ifndef JC_SERVER_FRAMING_H
#define JC_SERVER_FRAMING_H

#include <stddef.h>

struct evhttp_request;

/* 0: it is good. Else the status of its refusal, behind which nothing can be read for sure: 400; 431 when its line and
 * headers are larger than `header_size_max`. *ret_message says why. The request's version becomes one of
 * ours, for evhttp answers in whatever version it was asked in. */
int jc_framing_check(struct evhttp_request *request, size_t header_size_max,
                     const char **ret_message);

#endif
