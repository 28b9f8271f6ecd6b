/* Answers onto the wire: every one with the headers that keep a browser from more than showing it. */
#ifndef JC_SERVER_REPLY_H
#define JC_SERVER_REPLY_H

#include "server/api.h"
#include "server/assets.h"

struct evbuffer;
struct evhttp_request;

/* The headers of every answer; each is there once, however often this is called. */
void jc_reply_secure(struct evhttp_request *request);

/* Answer; the body is taken out of the response. */
void jc_reply_send(struct evhttp_request *request, jc_response *response);

void jc_reply_refuse(struct evhttp_request *request, int status, const char *code,
                     const char *message);

/* The same, and which methods are good: "GET, HEAD". */
void jc_reply_refuse_method(struct evhttp_request *request, const char *allowed);

/* An embedded file, or 304 when the client has it. */
void jc_reply_asset(struct evhttp_request *request, const jc_asset *asset);

/* The page's address holds its token: keep it as a cookie of that name, and go on to the address without it.
 * `query` is what is left of the query. */
void jc_reply_cookie(struct evhttp_request *request, const char *name, jc_str token, jc_str query);

/* Have the browser load the same address anew, by itself. */
void jc_reply_again(struct evhttp_request *request);

/* A refusal as bytes, for requests that are no good as HTTP: 400, 405, 413 or 431. */
void jc_reply_raw(struct evbuffer *output, int status);

#endif
