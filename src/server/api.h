/* The API's questions and answers, without HTTP's wire: what a handler is given, and what it gives. No
 * libevent and no socket here, so handlers are called by tests as they are by the workers.
 *
 *     jc_api *api = NULL;
 *     jc_api_new(project_dir, &api, &error);
 *     jc_request request = {.method = JC_METHOD_GET, .path = JC_STR("/api/workflows")};
 *     jc_response response = {0};
 *     jc_api_answer(api, &request, &response);
 *     jc_response_release(&response);
 *     jc_api_free(api);
 *
 * The table of routes (routes.c) is the table of contents: a method, a path with {names}, a handler. */
#ifndef JC_SERVER_API_H
#define JC_SERVER_API_H

#include "base/buf.h"
#include "jc/jc.h"

#define JC_REQUEST_BODY_SIZE_MAX ((size_t)8 * 1024 * 1024)
#define JC_REQUEST_PARAMETER_MAX 64 /* in one request */

typedef enum jc_method {
    JC_METHOD_GET = 1, /* and HEAD, whose body the server leaves out */
    JC_METHOD_POST
} jc_method;

/* A request. Its texts are as they came: percent-encoded path and query, borrowed for the call. */
typedef struct jc_request {
    jc_method method;
    jc_str path;         /* without the query */
    jc_str query;        /* what stands behind '?'; absent: nothing */
    jc_str content_type; /* absent: none was told */
    jc_str body;
} jc_request;

/* An answer, owned by whoever asked. */
typedef struct jc_response {
    int status;               /* of HTTP */
    const char *content_type; /* static text */
    jc_buf body;
    int retry_after_s; /* 0: nothing is said of it */
} jc_response;

void jc_response_release(jc_response *response);

/* What answers one request at a time: a store, and what is kept between requests to be quick. It belongs
 * to one thread at a time. */
typedef struct jc_api jc_api;

/* Open the project in a folder. The caller frees *ret_api. Fails as jc_open() does. */
JC_MUST_CHECK jc_status jc_api_new(const char *project_dir, jc_api **ret_api, jc_error *reterr);

void jc_api_free(jc_api *api);

/* Answer a request; whatever it holds, and whatever fails, *ret_response says so (docs/API.md, "Rules").
 * Logs that were replaced are opened again. */
void jc_api_answer(jc_api *api, const jc_request *request, jc_response *ret_response);

/* Is there such a path, and for which of the methods? As bits, 1U << method; 0: none. Pages and streams are not the API's. */
unsigned jc_api_methods(jc_str path);

/* How long may an answer need? Of what lasts, one of a kind is answered at a time, so that nothing short waits. */
typedef enum jc_request_kind {
    JC_REQUEST_SHORT,
    JC_REQUEST_WRITES, /* waits for other writers, for seconds */
    JC_REQUEST_CHECKS, /* reads the whole log */
    JC_REQUEST_KIND_COUNT
} jc_request_kind;

jc_request_kind jc_api_kind(jc_method method, jc_str path);

/* Write a refusal: {"error":{"code":…,"message":…}}. */
void jc_api_refuse(jc_response *response, int status, const char *code, jc_str message);

/* The same for what the library says: JC_EINVAL is 400 `invalid`, and so on. */
void jc_api_refuse_status(jc_response *response, jc_status status, jc_str message);

#endif
