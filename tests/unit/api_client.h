/* The API asked without a server, over a project in a temporary folder: answers are taken apart by JSON
 * pointers (RFC 6901). */
#ifndef JC_TEST_API_CLIENT_H
#define JC_TEST_API_CLIENT_H

#include "unit.h"

#include "contract/folder.h"
#include "server/api.h"

#include <yyjson.h>

#define API_START_US INT64_C(1767949200000000) /* 2026-01-09T09:00:00Z */

typedef struct api_client {
    char dir[JC_TEST_PATH_SIZE];
    jc_store *store; /* the test's own handle */
    jc_api *api;
    uint64_t number; /* of the next event */
    jc_response response;
    yyjson_doc *doc; /* of its body; NULL: it is no JSON */
} api_client;

int api_open(void **state);
int api_close(void **state);

#define API_CLAIM(function) cmocka_unit_test_setup_teardown(function, api_open, api_close)

/* Append an event, so many seconds after nine o'clock; `agent` and `correlation` may be NULL. Its id is
 * jc_test_id() of its number. */
void api_tell(api_client *in, int64_t seconds, const char *workflow_id, const char *agent,
              const char *event_type, const char *data);

/* Append `count` events "step.done" to a workflow, a second apart, by two agents in turn. */
void api_tell_steps(api_client *in, const char *workflow_id, size_t count);

/* GET a path with its query; the answer is looked at until the next. */
void api_get(api_client *in, const char *target);

/* POST a body as JSON. */
void api_post(api_client *in, const char *target, const char *body);

/* Fail unless the last answer has that status. */
void assert_answer(const api_client *in, int status);

/* Fail unless it was refused so, with a message that holds `piece`. */
void assert_refusal(const api_client *in, int status, const char *code, const char *piece);

/* Fail unless the value at the pointer is this JSON; "" : there is none. */
void assert_at(const api_client *in, const char *pointer, const char *json);

/* How many elements the list there has. */
size_t api_count(const api_client *in, const char *pointer);

/* Fail unless the body holds, or lacks, `piece`. */
void assert_body(const api_client *in, bool holds, const char *piece);

#endif
