/* Resources: what the reading tools tell, under names that a client can pin to a conversation.
 *
 *     jc://workflows                   the workflows, the latest first
 *     jc://workflow/ID/state           as get_state tells it
 *     jc://workflow/ID/notes           as read_notes does, the newest first
 *     jc://workflow/ID/events          as get_events does, the newest first */
#include "base/fail.h"
#include "mcp/tools.h"

#include <stdio.h>
#include <stdlib.h>

#define WORKFLOWS_URI "jc://workflows"
#define PREFIX "jc://workflow/"
#define MIME_TYPE "application/json"
#define LIST_WORKFLOWS 100  /* in a page of resources/list */
#define SHOWN_WORKFLOWS 150 /* in jc://workflows */

/* What there is of every workflow; the tool is what reads it. */
typedef struct part {
    const char *name;
    const char *tool;
    const char *title;
    const char *description;
} part;

static const part parts[] = {
    {"state", "get_state", "State",
     "How the workflow stands: status, phase, features with attempts and durations, cost"},
    {"notes", "read_notes", "Notes", "The notes of the workflow's agents, newest first"},
    {"events", "get_events", "Events", "The newest events of the workflow, without their data"},
};

#define PART_COUNT (sizeof parts / sizeof parts[0])

/* ---- The workflows ---- */

typedef struct known {
    jc_workflow_summary *items; /* their ids are copies */
    size_t count;
    size_t capacity;
} known;

static void release_known(known *of)
{
    for (size_t i = 0; i < of->count; i++)
        free((void *)(uintptr_t)of->items[i].workflow_id.bytes);
    free(of->items);
}
JC_AUTO_DEFINE(known, release_known);

static jc_status know(void *context, const jc_workflow_summary *summary)
{
    known *of = context;
    if (of->count == of->capacity) {
        size_t capacity = of->capacity == 0 ? 16 : of->capacity * 2;
        jc_workflow_summary *items = realloc(of->items, capacity * sizeof *items);
        if (items == NULL)
            return JC_ENOMEM;
        of->items = items;
        of->capacity = capacity;
    }
    char *id = strndup(summary->workflow_id.bytes, summary->workflow_id.size);
    if (id == NULL)
        return JC_ENOMEM;
    of->items[of->count] = *summary;
    of->items[of->count++].workflow_id.bytes = id;
    return JC_OK;
}

static bool read_workflows(jc_mcp_exchange *exchange, known *of)
{
    jc_error error = {0};
    jc_status status = jc_mcp_store_ready(exchange->mcp, &error);
    if (status == JC_OK)
        status = jc_workflow_list(exchange->mcp->store, know, of, &error);
    if (status < 0)
        jc_mcp_refuse(exchange, JC_MCP_INTERNAL_ERROR, "Internal error: %s",
                      error.text[0] != '\0' ? error.text : jc_status_text(status));
    return status == JC_OK;
}

static int compare_latest(const void *a, const void *b)
{
    const jc_workflow_summary *left = a;
    const jc_workflow_summary *right = b;
    return (left->last_position < right->last_position) -
           (left->last_position > right->last_position);
}

/* ---- Listing ---- */

static void put_texts(jc_mcp_exchange *exchange, yyjson_mut_val *item, const char *name,
                      const char *title, const char *description)
{
    jc_mcp_json *out = &exchange->out;
    jc_mcp_put_word(out, item, "name", name);
    if (exchange->version->structured)
        jc_mcp_put_word(out, item, "title", title);
    jc_mcp_put_word(out, item, "description", description);
    jc_mcp_put_word(out, item, "mimeType", MIME_TYPE);
}

static void list_overview(jc_mcp_exchange *exchange, yyjson_mut_val *list)
{
    yyjson_mut_val *item = jc_mcp_object(&exchange->out);
    jc_mcp_put_word(&exchange->out, item, "uri", WORKFLOWS_URI);
    put_texts(exchange, item, "workflows", "Workflows",
              "The workflows of this project, the latest first, with how many events they have");
    jc_mcp_add(&exchange->out, list, item);
}

static void list_workflow(jc_mcp_exchange *exchange, yyjson_mut_val *list,
                          const jc_workflow_summary *workflow)
{
    char text[sizeof PREFIX + JC_WORKFLOW_ID_SIZE_MAX + 32];
    jc_mcp_json *out = &exchange->out;
    for (size_t i = 0; i < PART_COUNT; i++) {
        yyjson_mut_val *item = jc_mcp_object(out);
        const char *id = workflow->workflow_id.bytes;
        (void)snprintf(text, sizeof text, PREFIX "%s/%s", id, parts[i].name);
        jc_mcp_put_word(out, item, "uri", text);
        (void)snprintf(text, sizeof text, "%s %s", id, parts[i].name);
        put_texts(exchange, item, text, text, parts[i].description);
        if (exchange->version->structured)
            jc_mcp_put_time(out, jc_mcp_put_object(out, item, "annotations"), "lastModified",
                            workflow->last_us);
        jc_mcp_add(out, list, item);
    }
}

/* Where the page behind a cursor (NULL: none) begins; false: it is none of this list's. A cursor is the id
 * of the last workflow of its page: they are sorted, so what begins meanwhile shifts nothing, and none ever
 * goes away while the log is the same. */
static bool find_page(const known *of, yyjson_val *cursor, size_t *ret_at)
{
    *ret_at = 0;
    if (cursor == NULL)
        return true;
    jc_str id = {yyjson_get_str(cursor), yyjson_get_len(cursor)};
    for (size_t i = 0; id.bytes != NULL && i < of->count; i++) {
        if (jc_str_equal(of->items[i].workflow_id, id)) {
            *ret_at = i + 1;
            return true;
        }
    }
    return false;
}

void jc_mcp_resources_list(jc_mcp_exchange *exchange)
{
    JC_AUTO(known) workflows = {0};
    size_t at = 0;
    size_t count = 0;
    yyjson_val *cursor = yyjson_obj_get(exchange->params, "cursor");
    if (yyjson_is_null(cursor))
        cursor = NULL;
    if (!read_workflows(exchange, &workflows))
        return;
    if (!find_page(&workflows, cursor, &at)) {
        jc_mcp_refuse(exchange, JC_MCP_INVALID_PARAMS,
                      "Invalid params: unknown cursor; leave it out to begin anew");
        return;
    }
    yyjson_mut_val *list = jc_mcp_put_list(&exchange->out, exchange->result, "resources");
    if (cursor == NULL)
        list_overview(exchange, list);
    for (; at < workflows.count && count < LIST_WORKFLOWS; at++, count++)
        list_workflow(exchange, list, &workflows.items[at]);
    if (at < workflows.count)
        jc_mcp_put_text(&exchange->out, exchange->result, "nextCursor",
                        workflows.items[at - 1].workflow_id);
    jc_mcp_put_freshness(exchange, 0);
}

void jc_mcp_resource_templates_list(jc_mcp_exchange *exchange)
{
    char uri[64];
    jc_mcp_json *out = &exchange->out;
    if (yyjson_is_str(yyjson_obj_get(exchange->params, "cursor"))) {
        jc_mcp_refuse(exchange, JC_MCP_INVALID_PARAMS,
                      "Invalid params: unknown cursor; all templates are in one list");
        return;
    }
    yyjson_mut_val *list = jc_mcp_put_list(out, exchange->result, "resourceTemplates");
    for (size_t i = 0; i < PART_COUNT; i++) {
        yyjson_mut_val *item = jc_mcp_object(out);
        (void)snprintf(uri, sizeof uri, PREFIX "{workflow_id}/%s", parts[i].name);
        jc_mcp_put_word(out, item, "uriTemplate", uri);
        put_texts(exchange, item, parts[i].name, parts[i].title, parts[i].description);
        jc_mcp_add(out, list, item);
    }
    jc_mcp_put_freshness(exchange, JC_MCP_FRESH_MS);
}

/* ---- Reading ---- */

static void put_contents(jc_mcp_exchange *exchange, jc_str uri, yyjson_mut_val *value)
{
    JC_AUTO(jc_buf) text = {0};
    jc_mcp_json *out = &exchange->out;
    yyjson_mut_val *item = jc_mcp_object(out);
    if (jc_mcp_write(out, value, &text, NULL) < 0)
        out->failed = true;
    jc_mcp_put_text(out, item, "uri", uri);
    jc_mcp_put_word(out, item, "mimeType", MIME_TYPE);
    jc_mcp_put_text(out, item, "text", jc_buf_str(&text));
    jc_mcp_add(out, jc_mcp_put_list(out, exchange->result, "contents"), item);
    jc_mcp_put_freshness(exchange, 0);
}

static void read_overview(jc_mcp_exchange *exchange, jc_str uri)
{
    JC_AUTO(known) workflows = {0};
    jc_mcp_json *out = &exchange->out;
    if (!read_workflows(exchange, &workflows))
        return;
    yyjson_mut_val *value = jc_mcp_object(out);
    yyjson_mut_val *list = jc_mcp_put_list(out, value, "workflows");
    if (workflows.count > 0)
        qsort(workflows.items, workflows.count, sizeof *workflows.items, compare_latest);
    for (size_t i = 0; i < workflows.count && i < SHOWN_WORKFLOWS; i++) {
        const jc_workflow_summary *each = &workflows.items[i];
        yyjson_mut_val *item = jc_mcp_object(out);
        jc_mcp_put_text(out, item, "workflow_id", each->workflow_id);
        jc_mcp_put_number(out, item, "events", each->events);
        jc_mcp_put_time(out, item, "first_at", each->first_us);
        jc_mcp_put_time(out, item, "last_at", each->last_us);
        jc_mcp_add(out, list, item);
    }
    jc_mcp_put_number(out, value, "total", workflows.count);
    put_contents(exchange, uri, value);
}

static void refuse_uri(jc_mcp_exchange *exchange, jc_str uri)
{
    jc_str shown = jc_mcp_cut(uri, 300);
    exchange->refusal_data = jc_mcp_object(&exchange->out);
    jc_mcp_put_text(&exchange->out, exchange->refusal_data, "uri", uri);
    jc_mcp_refuse(exchange,
                  exchange->version->modern ? JC_MCP_INVALID_PARAMS : JC_MCP_RESOURCE_NOT_FOUND,
                  "Resource not found: %.*s", (int)shown.size, shown.bytes);
}

/* "jc://workflow/ID/PART" taken apart; NULL: it is none. */
static const part *part_of(jc_str uri, jc_str *ret_workflow_id)
{
    const size_t prefix = sizeof PREFIX - 1;
    if (uri.size < prefix || memcmp(uri.bytes, PREFIX, prefix) != 0)
        return NULL;
    jc_str rest = {uri.bytes + prefix, uri.size - prefix};
    const char *slash = rest.size > 0 ? memchr(rest.bytes, '/', rest.size) : NULL;
    if (slash == NULL)
        return NULL;
    *ret_workflow_id = (jc_str){rest.bytes, (size_t)(slash - rest.bytes)};
    jc_str name = {slash + 1, rest.size - ret_workflow_id->size - 1};
    for (size_t i = 0; i < PART_COUNT; i++) {
        if (jc_str_equal(name, jc_str_of(parts[i].name)))
            return &parts[i];
    }
    return NULL;
}

/* Let the part's tool read the workflow. */
static void read_part(jc_mcp_exchange *exchange, jc_str uri, const part *of, jc_str workflow_id)
{
    char text[JC_WORKFLOW_ID_SIZE_MAX + 32];
    jc_error error = {0};
    if (jc_workflow_id_check(workflow_id, &error) < 0) {
        refuse_uri(exchange, uri);
        return;
    }
    int size = snprintf(text, sizeof text, "{\"workflow_id\":\"%.*s\"}", (int)workflow_id.size,
                        workflow_id.bytes);
    yyjson_doc *arguments = yyjson_read(text, (size_t)size, 0);
    jc_mcp_call call = {.mcp = exchange->mcp,
                        .tool = jc_mcp_tool_find(jc_str_of(of->tool)),
                        .arguments = yyjson_doc_get_root(arguments),
                        .out = &exchange->out,
                        .result = jc_mcp_object(&exchange->out)};
    jc_status status = jc_mcp_tool_run(&call, &error);
    yyjson_doc_free(arguments);
    if (status == JC_OK)
        put_contents(exchange, uri, call.result);
    else if (status == JC_ENOTFOUND)
        refuse_uri(exchange, uri);
    else
        jc_mcp_refuse(exchange, JC_MCP_INTERNAL_ERROR, "Internal error: %s", error.text);
}

void jc_mcp_resources_read(jc_mcp_exchange *exchange)
{
    jc_str workflow_id;
    jc_str uri = jc_json_text(exchange->params, "uri");
    if (uri.bytes == NULL) {
        jc_mcp_refuse(exchange, JC_MCP_INVALID_PARAMS, "Invalid params: uri must be a string");
        return;
    }
    const part *of = part_of(uri, &workflow_id);
    if (jc_str_equal(uri, JC_STR(WORKFLOWS_URI)))
        read_overview(exchange, uri);
    else if (of != NULL)
        read_part(exchange, uri, of, workflow_id);
    else
        refuse_uri(exchange, uri);
}
