/* The methods, and how the versions of the protocol differ.
 *
 * A request that names its version in `_meta` is of the modern generation: it is answered by what it
 * says alone. Any other is of the older one, where `initialize` comes first and agrees upon a version.
 * Both may come in one process, so a client that probes with server/discover and falls back is served,
 * and so is one behind a gateway that mixes them. */
#include "mcp/server.h"

#include "mcp/tools.h"

#include <stdio.h>

#define META "io.modelcontextprotocol/"

/* Newest first. The first that is not modern is what a client gets that asks for one unknown here. */
static const jc_mcp_version versions[] = {
    {"2026-07-28", .modern = true, .annotations = true, .structured = true},
    {"2025-11-25", .annotations = true, .structured = true},
    {"2025-06-18", .annotations = true, .structured = true},
    {"2025-03-26", .annotations = true, .batches = true},
    {"2024-11-05"},
    {"2024-10-07"},
};

#define VERSION_COUNT (sizeof versions / sizeof versions[0])

/* For the model, which gets it before the first call. */
static const char instructions[] =
    "jc is the flight recorder of this project: an append-only log of what agents did, decided and "
    "learned, in workflows. Before you begin, read what others left: get_notes_summary or "
    "read_notes, "
    "and read_inbox for messages to you. While you work, use take_note for what the next agent "
    "must "
    "know (decisions, learnings, blockers, todos) and log_event for facts such as feature.started. "
    "To find out what happened use search, get_events and trace; get_state and diff_state tell how "
    "things stood at any moment. Long answers are cut: pass their next_cursor as `cursor`, with "
    "the "
    "same other arguments, to go on. Everything is kept; nothing can be changed or removed.";

static const jc_mcp_version *find_version(jc_str name, bool modern)
{
    for (size_t i = 0; i < VERSION_COUNT; i++) {
        if (versions[i].modern == modern && jc_str_equal(name, jc_str_of(versions[i].name)))
            return &versions[i];
    }
    return NULL;
}

static void add_versions(jc_mcp_exchange *exchange, yyjson_mut_val *list)
{
    for (size_t i = 0; i < VERSION_COUNT; i++)
        jc_mcp_add(&exchange->out, list, jc_mcp_text(&exchange->out, jc_str_of(versions[i].name)));
}

static yyjson_mut_val *server_info(jc_mcp_exchange *exchange)
{
    yyjson_mut_val *info = jc_mcp_object(&exchange->out);
    jc_mcp_put_word(&exchange->out, info, "name", "jc");
    if (exchange->version->structured)
        jc_mcp_put_word(&exchange->out, info, "title", "jc, the flight recorder");
    jc_mcp_put_word(&exchange->out, info, "version", jc_version());
    return info;
}

/* Neither list of ours is announced when it changes, and no resource can be subscribed to. */
static void put_capabilities(jc_mcp_exchange *exchange)
{
    yyjson_mut_val *capabilities =
        jc_mcp_put_object(&exchange->out, exchange->result, "capabilities");
    (void)jc_mcp_put_object(&exchange->out, capabilities, "tools");
    (void)jc_mcp_put_object(&exchange->out, capabilities, "resources");
}

void jc_mcp_put_freshness(jc_mcp_exchange *exchange, uint64_t fresh_ms)
{
    if (!exchange->version->modern)
        return;
    jc_mcp_put_number(&exchange->out, exchange->result, "ttlMs", fresh_ms);
    jc_mcp_put_word(&exchange->out, exchange->result, "cacheScope",
                    fresh_ms > 0 ? "public" : "private");
}

/* ---- Methods ---- */

static void discover(jc_mcp_exchange *exchange)
{
    add_versions(exchange, jc_mcp_put_list(&exchange->out, exchange->result, "supportedVersions"));
    put_capabilities(exchange);
    jc_mcp_put_word(&exchange->out, exchange->result, "instructions", instructions);
    jc_mcp_put_freshness(exchange, JC_MCP_FRESH_MS);
}

static void initialize(jc_mcp_exchange *exchange)
{
    jc_str asked = jc_json_text(exchange->params, "protocolVersion");
    if (asked.bytes == NULL) {
        jc_mcp_refuse(exchange, JC_MCP_INVALID_PARAMS,
                      "Invalid params: initialize needs a protocolVersion");
        return;
    }
    const jc_mcp_version *agreed = find_version(asked, false);
    if (agreed == NULL)
        agreed = &versions[1];
    exchange->mcp->agreed = agreed;
    exchange->version = agreed;
    jc_mcp_put_word(&exchange->out, exchange->result, "protocolVersion", agreed->name);
    put_capabilities(exchange);
    jc_mcp_put(&exchange->out, exchange->result, "serverInfo", server_info(exchange));
    jc_mcp_put_word(&exchange->out, exchange->result, "instructions", instructions);
}

static void ping(jc_mcp_exchange *exchange)
{
    (void)exchange;
}

/* The stream is opened, and nothing will ever come through it: none of what can be asked for is
 * offered here. It ends when the client cancels it, or with the process. */
static void listen_to_nothing(jc_mcp_exchange *exchange)
{
    jc_mcp_json *out = &exchange->out;
    yyjson_mut_val *root = jc_mcp_object(out);
    jc_mcp_put_word(out, root, "jsonrpc", "2.0");
    jc_mcp_put_word(out, root, "method", "notifications/subscriptions/acknowledged");
    yyjson_mut_val *params = jc_mcp_put_object(out, root, "params");
    jc_mcp_put(out, jc_mcp_put_object(out, params, "_meta"), META "subscriptionId",
               jc_mcp_copy(out, exchange->id));
    (void)jc_mcp_put_object(out, params, "notifications");
    exchange->notification = root;
}

typedef enum generation {
    BOTH,
    LEGACY,
    MODERN
} generation;

typedef struct method {
    const char *name;
    generation of;
    void (*run)(jc_mcp_exchange *exchange);
} method;

static const method methods[] = {
    {"server/discover", MODERN, discover},
    {"subscriptions/listen", MODERN, listen_to_nothing},
    {"initialize", LEGACY, initialize},
    {"ping", LEGACY, ping},
    {"tools/list", BOTH, jc_mcp_tools_list},
    {"tools/call", BOTH, jc_mcp_tools_call},
    {"resources/list", BOTH, jc_mcp_resources_list},
    {"resources/templates/list", BOTH, jc_mcp_resource_templates_list},
    {"resources/read", BOTH, jc_mcp_resources_read},
};

static const method *find_method(jc_str name, bool modern)
{
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        const method *each = &methods[i];
        if (jc_str_equal(name, jc_str_of(each->name)))
            return each->of == BOTH || (each->of == MODERN) == modern ? each : NULL;
    }
    return NULL;
}

/* ---- Which version ---- */

static void refuse_version(jc_mcp_exchange *exchange, jc_str asked)
{
    jc_mcp_json *out = &exchange->out;
    jc_str shown = jc_mcp_cut(asked, 64);
    yyjson_mut_val *data = jc_mcp_object(out);
    add_versions(exchange, jc_mcp_put_list(out, data, "supported"));
    jc_mcp_put_text(out, data, "requested", asked);
    exchange->refusal_data = data;
    jc_mcp_refuse(exchange, JC_MCP_UNSUPPORTED_VERSION, "Unsupported protocol version%s",
                  find_version(shown, false) != NULL ? ": it begins with initialize" : "");
}

/* A request of the modern generation must say what it speaks and what its client can do. */
static void choose_modern(jc_mcp_exchange *exchange, yyjson_val *meta)
{
    jc_str asked = jc_json_text(meta, META "protocolVersion");
    exchange->version = &versions[0];
    if (asked.bytes == NULL) {
        jc_mcp_refuse(exchange, JC_MCP_INVALID_PARAMS,
                      "Invalid params: _meta[\"" META "protocolVersion\"] must be a string");
        return;
    }
    exchange->version = find_version(asked, true);
    if (exchange->version == NULL)
        refuse_version(exchange, asked);
    else if (!yyjson_is_obj(yyjson_obj_get(meta, META "clientCapabilities")))
        jc_mcp_refuse(exchange, JC_MCP_INVALID_PARAMS,
                      "Invalid params: _meta[\"" META "clientCapabilities\"] must be an object");
}

static bool needs_no_agreement(jc_str name)
{
    return jc_str_equal(name, JC_STR("initialize")) || jc_str_equal(name, JC_STR("ping"));
}

static void choose_version(jc_mcp_exchange *exchange)
{
    yyjson_val *meta = yyjson_obj_get(exchange->params, "_meta");
    if (yyjson_obj_get(meta, META "protocolVersion") != NULL) {
        choose_modern(exchange, meta);
        return;
    }
    exchange->version = exchange->mcp->agreed;
    if (exchange->version != NULL)
        return;
    exchange->version = &versions[1];
    if (needs_no_agreement(exchange->method))
        return;
    jc_mcp_refuse(exchange, JC_MCP_INVALID_PARAMS,
                  "Invalid params: a request names its version in _meta[\"" META
                  "protocolVersion\"] (%s), or comes after initialize (%s and before)",
                  versions[0].name, versions[1].name);
}

static void put_server(jc_mcp_exchange *exchange)
{
    jc_mcp_json *out = &exchange->out;
    jc_mcp_put_word(out, exchange->result, "resultType", "complete");
    jc_mcp_put(out, jc_mcp_put_object(out, exchange->result, "_meta"), META "serverInfo",
               server_info(exchange));
}

void jc_mcp_dispatch(jc_mcp_exchange *exchange)
{
    choose_version(exchange);
    if (exchange->code != 0)
        return;
    const method *found = find_method(exchange->method, exchange->version->modern);
    if (found == NULL) {
        jc_str shown = jc_mcp_cut(exchange->method, 64);
        jc_mcp_refuse(exchange, JC_MCP_METHOD_NOT_FOUND, "Method not found: %.*s", (int)shown.size,
                      shown.bytes);
        return;
    }
    if (exchange->version->modern)
        put_server(exchange);
    found->run(exchange);
}
