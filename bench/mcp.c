/* The server of the Model Context Protocol, talked to through pipes: a note taken and notes searched, from
 * the request's first byte to the answer's last, against the same calls of the library in this process.
 * The figures are milliseconds of single calls. */
#include "bench.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define CALLS 60 /* of each side a round */
#define NOTES 10000
#define HITS 10

#define WORKFLOW "notes"
#define WORDS "area \"7\"" /* in one note of fifty */
#define CONTENT                                                                                    \
    "All routes check the token in one place, so a new route needs nothing of its own; see the "   \
    "middleware. Tests that were slow because of it are in the suite behind the others."

typedef struct mcp_side {
    bench_talk talk;
    jc_store *store;
    uint64_t number;
} mcp_side;

/* Ask, and insist on a result that is no error of the tool. */
static double ask(mcp_side *side, const char *request)
{
    double start = bench_seconds();
    const char *answer = bench_talk_ask(&side->talk, request);
    double milliseconds = (bench_seconds() - start) * 1e3;
    if (strstr(answer, "\"result\":") == NULL || strstr(answer, "\"isError\":true") != NULL)
        bench_die("the server answered %.300s", answer);
    return milliseconds;
}

static double take_note_by_mcp(void *context)
{
    mcp_side *side = context;
    char request[1024];
    uint64_t number = side->number++;
    snprintf(request, sizeof(request),
             "{\"jsonrpc\":\"2.0\",\"id\":%" PRIu64
             ",\"method\":\"tools/call\",\"params\":{\"name\":"
             "\"take_note\",\"arguments\":{\"workflow_id\":\"" WORKFLOW "\",\"agent_id\":\"coder\","
             "\"category\":\"learning\",\"title\":\"What was learnt, number %" PRIu64
             "\",\"content\":\"" CONTENT "\",\"tags\":[\"auth\",\"middleware\"]}}}",
             number, number);
    return ask(side, request);
}

static double take_note_here(void *context)
{
    mcp_side *side = context;
    char title[64];
    jc_error error;
    const jc_str tags[] = {JC_STR("auth"), JC_STR("middleware")};
    jc_note_draft draft = {.category = JC_STR("learning"),
                           .agent_id = JC_STR("coder"),
                           .content = JC_STR(CONTENT),
                           .tags = tags,
                           .tag_count = 2};
    snprintf(title, sizeof(title), "What was learnt, number %" PRIu64, side->number++);
    draft.title = jc_str_of(title);
    double start = bench_seconds();
    bench_must(jc_note_add(side->store, JC_STR(WORKFLOW), &draft, NULL, &error), &error, "note");
    return (bench_seconds() - start) * 1e3;
}

static double search_by_mcp(void *context)
{
    mcp_side *side = context;
    char request[512];
    snprintf(request, sizeof(request),
             "{\"jsonrpc\":\"2.0\",\"id\":%" PRIu64
             ",\"method\":\"tools/call\",\"params\":{\"name\":"
             "\"search_notes\",\"arguments\":{\"workflow_id\":\"" WORKFLOW
             "\",\"query\":\"area \\\"7\\\"\",\"limit\":%d}}}",
             side->number++, HITS);
    return ask(side, request);
}

static double search_here(void *context)
{
    mcp_side *side = context;
    jc_error error;
    jc_notes notes = {0};
    jc_note_filter filter = {.limit = HITS};
    double start = bench_seconds();
    bench_must(jc_notes_search(side->store, JC_STR(WORDS), JC_STR(WORKFLOW), &filter, NULL, NULL,
                               &notes, &error),
               &error, "search");
    double milliseconds = (bench_seconds() - start) * 1e3;
    if (notes.count != HITS)
        bench_die("the search found %zu notes", notes.count);
    jc_notes_release(&notes);
    return milliseconds;
}

/* Start the server in a project and shake hands as clients up to 2025-11-25 do. */
static void start_server(mcp_side *side, const bench_options *options, const char *name)
{
    char path[BENCH_PATH_SIZE];
    bench_path(path, options->folder, name);
    char *arguments[] = {(char *)(uintptr_t)options->jc, "-C", path, "mcp", NULL};
    *side = (mcp_side){.number = 1};
    bench_talk_open(&side->talk, arguments);
    (void)ask(side, "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{"
                    "\"protocolVersion\":\"2025-11-25\",\"capabilities\":{},\"clientInfo\":{"
                    "\"name\":\"bench\",\"version\":\"1\"}}}");
    fputs("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n", side->talk.to);
}

static jc_store *make_notes(const bench_options *options, const char *name)
{
    jc_store *store = bench_store(options->folder, name, false);
    bench_fill_notes(store, WORKFLOW, NOTES);
    return store;
}

void bench_mcp(const bench_options *options)
{
    bench_heading("MCP over pipes, milliseconds a call");
    if (!bench_has_command(options, "mcp")) {
        bench_print_absent("jc mcp", "this program has no such command");
        return;
    }
    mcp_side server;
    mcp_side here = {.store = make_notes(options, "mcp-here")};
    jc_close(make_notes(options, "mcp"));
    start_server(&server, options, "mcp");
    bench_row row = {.name = "search_notes among 10,000",
                     .limit = "jc_notes_search() here",
                     .unit = "ms",
                     .jc_side = search_by_mcp,
                     .jc_context = &server,
                     .limit_side = search_here,
                     .limit_context = &here,
                     .sense = BENCH_FACT};
    bench_run_times(&row, options->rounds, CALLS);

    row.name = "take_note, durable";
    row.limit = "jc_note_add() here";
    row.jc_side = take_note_by_mcp;
    row.limit_side = take_note_here;
    bench_run_times(&row, options->rounds, CALLS);
    bench_talk_close(&server.talk);
    jc_close(here.store);
}
