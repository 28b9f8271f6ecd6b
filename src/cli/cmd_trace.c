/* jc trace: the events with one correlation id, as a tree by causation, with times. */
#include "cli/commands.h"
#include "cli/line.h"
#include "cli/render.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define BRANCHES_MAX 24 /* a deeper one is only told by its number */
#define OFFSET_COLUMNS 9
#define SUMMARY_COLUMNS 60
#define AGENT_COLUMNS_MAX 32

typedef struct trace_options {
    jc_list workflows;
} trace_options;

/* A trace on its way to the terminal. */
typedef struct drawing {
    jc_cli *cli;
    jc_term term;
    const jc_trace *trace;
    bool several_workflows;
    bool ended[BRANCHES_MAX]; /* at that depth, the last of its kind was drawn */
    jc_json json;
    jc_arena scratch;
} drawing;

/* ├─ and └─ for the event itself, │ for those above it that have more to come. */
static void add_branches(jc_buf *line, drawing *in, const jc_trace_event *each)
{
    size_t drawn = each->depth < BRANCHES_MAX ? each->depth : BRANCHES_MAX;
    if (each->depth < BRANCHES_MAX)
        in->ended[each->depth] = each->last_of_kind;
    if (each->depth == 0)
        return;
    jc_line_add(line, jc_term_colour(&in->term, JC_COLOUR_DIM));
    for (size_t depth = 1; depth < drawn; depth++)
        jc_line_add(line, in->ended[depth] ? "   " : "│  ");
    if (each->depth >= BRANCHES_MAX)
        jc_line_format(line, "[%zu deep] ", each->depth);
    jc_line_add(line, each->last_of_kind ? "└─ " : "├─ ");
    jc_line_add(line, jc_term_colour(&in->term, JC_COLOUR_NONE));
}

static void add_offset(jc_buf *line, const jc_trace_event *each)
{
    JC_AUTO(jc_buf) text = {0};
    jc_line_add(&text, "+");
    jc_text_append_duration(&text, each->offset_us / 1000);
    jc_line_column(line, jc_buf_str(&text), OFFSET_COLUMNS, 0);
}

static jc_colour colour_of(jc_str event_type)
{
    static const char failed[] = ".failed";
    const size_t size = sizeof failed - 1;
    bool is_failure = event_type.size > size &&
                      memcmp(event_type.bytes + event_type.size - size, failed, size) == 0;
    return is_failure ? JC_COLOUR_RED : JC_COLOUR_CYAN;
}

/* What is odd about its cause. */
static void add_cause(jc_buf *line, const drawing *in, const jc_trace_event *each)
{
    if (each->cause != JC_CAUSE_OUTSIDE && each->cause != JC_CAUSE_CIRCLE)
        return;
    jc_line_add(line, jc_term_colour(&in->term, JC_COLOUR_DIM));
    jc_line_add(line, each->cause == JC_CAUSE_OUTSIDE ? "  caused from outside by "
                                                      : "  caused in a circle by ");
    (void)jc_text_append_safe(line, each->event.causation_id, SUMMARY_COLUMNS);
    jc_line_add(line, jc_term_colour(&in->term, JC_COLOUR_NONE));
}

static void add_whereabouts(jc_buf *line, const drawing *in, const jc_event *event)
{
    jc_line_add(line, jc_term_colour(&in->term, JC_COLOUR_DIM));
    jc_line_add(line, "  ");
    if (in->several_workflows)
        (void)jc_text_append_safe(line, event->workflow_id, 0);
    jc_line_format(line, "%s#%" PRIu64, in->several_workflows ? " " : "", event->sequence);
    if (event->agent_id.bytes != NULL) {
        jc_line_add(line, "  ");
        (void)jc_text_append_safe(line, event->agent_id, AGENT_COLUMNS_MAX);
    }
    jc_line_add(line, jc_term_colour(&in->term, JC_COLOUR_NONE));
}

static void print_event(drawing *in, const jc_trace_event *each)
{
    JC_AUTO(jc_buf) line = {0};
    JC_AUTO(jc_buf) summary = {0};
    add_offset(&line, each);
    add_branches(&line, in, each);
    jc_line_add(&line, jc_term_colour(&in->term, colour_of(each->event.event_type)));
    (void)jc_text_append_safe(&line, each->event.event_type, 0);
    jc_line_add(&line, jc_term_colour(&in->term, JC_COLOUR_NONE));
    jc_summary_append(&in->json, &in->scratch, &each->event, &summary);
    if (summary.size > 0) {
        jc_line_add(&line, "  ");
        (void)jc_text_append_safe(&line, jc_buf_str(&summary), SUMMARY_COLUMNS);
    }
    if (each->cause == JC_CAUSE_INSIDE && each->since_cause_us >= 1000) {
        jc_line_add(&line, "  after ");
        jc_text_append_duration(&line, each->since_cause_us / 1000);
    }
    add_whereabouts(&line, in, &each->event);
    add_cause(&line, in, each);
    jc_line_print(&line);
}

static int compare_ids(const void *a, const void *b)
{
    const jc_str *one = a;
    const jc_str *other = b;
    size_t size = one->size < other->size ? one->size : other->size;
    int order = memcmp(one->bytes, other->bytes, size);
    return order != 0 ? order : (one->size > other->size) - (one->size < other->size);
}

static size_t count_workflows(const jc_trace *trace)
{
    jc_str *ids = calloc(trace->count, sizeof *ids);
    jc_cli_must(ids != NULL ? JC_OK : JC_ENOMEM);
    for (size_t i = 0; i < trace->count; i++)
        ids[i] = trace->events[i].event.workflow_id;
    qsort(ids, trace->count, sizeof *ids, compare_ids);
    size_t count = 1;
    for (size_t i = 1; i < trace->count; i++)
        count += jc_str_equal(ids[i - 1], ids[i]) ? 0 : 1;
    free(ids);
    return count;
}

static void print_tree(drawing *in)
{
    JC_AUTO(jc_buf) line = {0};
    const jc_trace *trace = in->trace;
    size_t workflows = count_workflows(trace);
    in->several_workflows = workflows > 1;
    jc_line_format(&line, "%zu event%s", trace->count, trace->count == 1 ? "" : "s");
    if (in->several_workflows) {
        jc_line_format(&line, " of %zu workflows", workflows);
    } else {
        jc_line_add(&line, " of ");
        (void)jc_text_append_safe(&line, trace->events[0].event.workflow_id, 0);
    }
    jc_line_add(&line, " in ");
    jc_text_append_duration(&line, trace->duration_us / 1000);
    jc_line_add(&line, ", from ");
    jc_text_append_local(&line, trace->events[0].event.timestamp_us - trace->events[0].offset_us);
    jc_line_print(&line);
    for (size_t i = 0; i < trace->count && jc_cli_output_works(in->cli); i++)
        print_event(in, &trace->events[i]);
}

static void print_json(jc_cli *cli, const jc_trace *trace)
{
    for (size_t i = 0; i < trace->count && jc_cli_output_works(cli); i++) {
        jc_trace_event_write(&jc_cli_output, &trace->events[i]);
        (void)putchar('\n');
    }
}

static int trace_command(jc_cli *cli, const void *values)
{
    const trace_options *options = values;
    jc_error error = {0};
    jc_trace *trace = NULL;
    int failed = jc_cli_open(cli, true);
    if (failed != 0)
        return failed;
    if (jc_trace_read(cli->store, jc_str_of(cli->words[0]), options->workflows.items,
                      options->workflows.count, &trace, &error) < 0)
        return jc_cli_fail_error(cli, &error);
    if (cli->json) {
        print_json(cli, trace);
    } else {
        drawing in = {.cli = cli, .term = jc_term_of_output(), .trace = trace};
        print_tree(&in);
        jc_json_release(&in.json);
        jc_arena_release(&in.scratch);
    }
    jc_trace_free(trace);
    return JC_EXIT_DONE;
}

/* clang-format off */
static const jc_option trace_command_options[] = {
    {"workflow", 'w', JC_OPTION_LIST, "WORKFLOW", "only of this workflow; may be repeated",
     offsetof(trace_options, workflows)},
    JC_OPTIONS_END,
};
/* clang-format on */

const jc_command jc_cmd_trace = {
    .synopsis = "CORRELATION [-w WORKFLOW]...",
    .details =
        "Every event with that correlation id, of all workflows, each below the one whose id\n"
        "is its causation id, with the time since the earliest (+) and since its cause.\n"
        "--json: {\"depth\",\"offset_ms\",\"cause\",\"since_cause_ms\",\"event\"} a line.",
    .examples = "jc trace req-42\n"
                "jc trace req-42 -w fix-login\n"
                "jc trace req-42 --json | jq -r .event.event_type",
    .options = trace_command_options,
    .words_min = 1,
    .words_max = 1,
    .run = trace_command,
};
