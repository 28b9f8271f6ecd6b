/* A client of the MCP server, for tests: asks it line by line and looks at what it answers. */
#ifndef JC_TEST_MCP_CLIENT_H
#define JC_TEST_MCP_CLIENT_H

#include "unit.h"

#include "base/buf.h"
#include "base/json.h"
#include "contract/events.h"
#include "mcp/mcp.h"

typedef struct jc_client {
    jc_store *store;
    jc_mcp *mcp;
    yyjson_doc *answer; /* the last one */
    yyjson_doc *tools;  /* as they are listed, once they were needed */
    jc_buf text;        /* of the last result of a tool */
    unsigned ids;
} jc_client;

/* cmocka's set-up and tear-down: a server over an empty log in memory, as *state. The first is before
 * initialize, the second has agreed upon 2025-11-25. */
int jc_client_open(void **state);
int jc_client_open_agreed(void **state);
int jc_client_close(void **state);

#define NEW_CLAIM(function)                                                                        \
    cmocka_unit_test_setup_teardown(function, jc_client_open, jc_client_close)
#define AGREED_CLAIM(function)                                                                     \
    cmocka_unit_test_setup_teardown(function, jc_client_open_agreed, jc_client_close)

/* Have a client of a store that is open already. */
void jc_client_init(jc_client *client, jc_store *store, const jc_mcp_options *options);
void jc_client_release(jc_client *client);

/* Send a line; the answer's tree, valid until the next call, or NULL when there was none. Fails unless
 * it is one line of JSON-RPC. */
yyjson_val *jc_client_ask(jc_client *client, const char *line);

/* Send a request of the older generation, with params as JSON (NULL: none); its result. Fails when that
 * is an error. */
yyjson_val *jc_client_request(jc_client *client, const char *method, const char *params);

/* The same of the modern generation; `params` are members, without braces ("" for none). */
yyjson_val *jc_client_modern(jc_client *client, const char *method, const char *params);

void jc_client_initialize(jc_client *client, const char *version);

/* Call a tool; its structured content. Fails when it failed, when its text says anything else, or when
 * it is not what the tool's output schema says. */
yyjson_val *jc_client_call(jc_client *client, const char *tool, const char *arguments);

/* Call a tool that must fail; what it says. */
const char *jc_client_failure(jc_client *client, const char *tool, const char *arguments);

/* The code of an error; fails when the answer is none. */
int jc_client_code(yyjson_val *answer);

/* The text, or the number, at a JSON pointer. They fail when there is none. */
const char *jc_text_at(yyjson_val *value, const char *pointer);
int64_t jc_number_at(yyjson_val *value, const char *pointer);
size_t jc_count_at(yyjson_val *value, const char *pointer);
bool jc_is_at(yyjson_val *value, const char *pointer);

/* Append an event to the client's log behind the server's back. */
void jc_client_emit(jc_client *client, const char *workflow_id, const char *event_type,
                    const char *agent_id, const char *data);

#endif
