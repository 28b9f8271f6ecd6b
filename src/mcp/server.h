/* The server inside: what a request needs on its way to its answer.
 *
 *     serve.c      lines in, lines out
 *     message.c    JSON-RPC 2.0: one message, or a batch of them, into answers
 *     protocol.c   the methods, and how the versions of the protocol differ
 *     tools.c      the table of tools: listing and calling them
 *     resources.c  the table of resources: listing and reading them
 *     store.c      the log, opened again when it was replaced */
#ifndef JC_MCP_SERVER_H
#define JC_MCP_SERVER_H

#include "base/arena.h"
#include "base/json.h"
#include "mcp/json.h"
#include "mcp/mcp.h"

/* What a version of the protocol has. */
typedef struct jc_mcp_version {
    const char *name;
    bool modern;      /* stateless: version and capabilities come with every request */
    bool batches;     /* several messages in one line */
    bool annotations; /* of tools: whether they write, and so on */
    bool structured;  /* titles, output schemas and structured content */
} jc_mcp_version;

enum {
    JC_MCP_PARSE_ERROR = -32700,
    JC_MCP_INVALID_REQUEST = -32600,
    JC_MCP_METHOD_NOT_FOUND = -32601,
    JC_MCP_INVALID_PARAMS = -32602,
    JC_MCP_INTERNAL_ERROR = -32603,
    JC_MCP_RESOURCE_NOT_FOUND = -32002, /* until 2025-11-25; then JC_MCP_INVALID_PARAMS */
    JC_MCP_UNSUPPORTED_VERSION = -32022
};

struct jc_mcp {
    jc_store *store; /* NULL: opening it again failed */
    jc_mcp_options options;
    const jc_mcp_version *agreed; /* by initialize; NULL: none yet */
    yyjson_doc **definitions;     /* of the tools, in the order of their table */

    jc_json json; /* the line under way, as a tree */
    jc_arena arena;
    jc_buf answer;
};

/* One request, and what is answered. */
typedef struct jc_mcp_exchange {
    jc_mcp *mcp;
    const jc_mcp_version *version;
    yyjson_val *id; /* NULL: a notification, which is never answered */
    jc_str method;
    yyjson_val *params; /* an object, or NULL */

    jc_mcp_json out;
    yyjson_mut_val *result; /* an object that the method fills */

    int code; /* not 0: refused, and so: */
    char refusal[JC_ERROR_SIZE_MAX];
    yyjson_mut_val *refusal_data; /* or NULL */

    yyjson_mut_val *notification; /* sent in place of an answer, or NULL */
} jc_mcp_exchange;

/* Answer with an error. The first refusal counts. */
JC_PRINTF(3, 4)
void jc_mcp_refuse(jc_mcp_exchange *exchange, int code, const char *format, ...);

/* Find the version that the request is to be answered by, and the method, and let it fill the result. */
void jc_mcp_dispatch(jc_mcp_exchange *exchange);

/* Freshness of a list or of something read, for versions that want to know. 0: look again each time. */
#define JC_MCP_FRESH_MS 3600000
void jc_mcp_put_freshness(jc_mcp_exchange *exchange, uint64_t fresh_ms);

/* ---- Methods ---- */

void jc_mcp_tools_list(jc_mcp_exchange *exchange);
void jc_mcp_tools_call(jc_mcp_exchange *exchange);
void jc_mcp_resources_list(jc_mcp_exchange *exchange);
void jc_mcp_resource_templates_list(jc_mcp_exchange *exchange);
void jc_mcp_resources_read(jc_mcp_exchange *exchange);

/* ---- The log ---- */

/* See to it that mcp->store is open and is the log of that name. */
JC_MUST_CHECK jc_status jc_mcp_store_ready(jc_mcp *mcp, jc_error *reterr);

/* Open it again. */
JC_MUST_CHECK jc_status jc_mcp_store_reopen(jc_mcp *mcp, jc_error *reterr);

#endif
