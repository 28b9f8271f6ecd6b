/* Lines of a log as people read them:
 *
 *     2026-01-09 10:00:00  3m ago  fix-login  #12  feature.completed  coder  login form · 12s
 *
 * The time is local; its age is shown on a terminal only, where nobody keeps it. Everything that came
 * from an event passes jc_text_append_safe() before it is printed. */
#include "cli/render.h"

#include "base/clock.h"
#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>

#define SUMMARY_COLUMNS_MAX 200 /* where no terminal says how many there are */
#define NAME_COLUMNS_MAX 40
#define TYPE_COLUMNS_MAX 36
#define AGENT_COLUMNS_MAX 20
#define AGE_WIDTH 8

void jc_render_release(jc_render *render)
{
    jc_arena_release(&render->arena);
    jc_arena_release(&render->scratch);
    jc_json_release(&render->json);
}

static void grow(size_t *width, size_t columns)
{
    if (columns > *width)
        *width = columns;
}

/* A cell of at most `columns_max` columns, kept until the flush; widens the column. */
static jc_str keep_cell(jc_render *render, jc_str text, size_t columns_max, size_t *width)
{
    JC_AUTO(jc_buf) safe = {0};
    grow(width, jc_text_append_safe(&safe, text, columns_max));
    jc_str kept = jc_arena_copy(&render->arena, jc_buf_str(&safe));
    jc_cli_must(kept.bytes != NULL ? JC_OK : JC_ENOMEM);
    return kept;
}

static size_t digits_of(uint64_t number)
{
    size_t digits = 1;
    for (; number >= 10; number /= 10)
        digits++;
    return digits;
}

void jc_render_add(jc_render *render, const jc_event *event)
{
    JC_AUTO(jc_buf) summary = {0};
    size_t unused = 0;
    jc_summary_append(&render->json, &render->scratch, event, &summary);
    jc_row *row = &render->rows[render->count++];
    row->timestamp_us = event->timestamp_us;
    row->sequence = event->sequence;
    row->workflow_id =
        keep_cell(render, event->workflow_id, NAME_COLUMNS_MAX, &render->workflow_width);
    row->event_type = keep_cell(render, event->event_type, TYPE_COLUMNS_MAX, &render->type_width);
    row->agent_id = keep_cell(render, event->agent_id, AGENT_COLUMNS_MAX, &render->agent_width);
    row->summary = keep_cell(render, jc_buf_str(&summary), SUMMARY_COLUMNS_MAX, &unused);
    grow(&render->sequence_width, digits_of(event->sequence) + 1);
    if (render->count == JC_RENDER_ROWS_MAX)
        jc_render_flush(render);
}

/* A type says at a glance how things went. */
static jc_colour colour_of_type(jc_str event_type)
{
    static const struct {
        const char *part;
        jc_colour colour;
    } colours[] = {
        {"failed", JC_COLOUR_RED},          {"error", JC_COLOUR_RED},
        {"denied", JC_COLOUR_RED},          {"blocker", JC_COLOUR_RED},
        {"warning", JC_COLOUR_YELLOW},      {"reverted", JC_COLOUR_YELLOW},
        {"paused", JC_COLOUR_YELLOW},       {"passed", JC_COLOUR_GREEN},
        {"completed", JC_COLOUR_GREEN},     {"merged", JC_COLOUR_GREEN},
        {"agent.note.", JC_COLOUR_MAGENTA}, {"agent.message.", JC_COLOUR_BLUE},
        {"started", JC_COLOUR_CYAN},
    };
    for (size_t i = 0; i < sizeof colours / sizeof colours[0]; i++) {
        if (memmem(event_type.bytes, event_type.size, colours[i].part, strlen(colours[i].part)) !=
            NULL)
            return colours[i].colour;
    }
    return JC_COLOUR_BOLD;
}

/* Append text and as many spaces as bring it to `width` columns, and two to part it from the next. */
static void append_cell(jc_buf *line, jc_str text, size_t width, const char *colour,
                        const char *end)
{
    jc_cli_must(jc_buf_append_text(line, colour, NULL));
    size_t used = jc_text_append_safe(line, text, 0);
    jc_cli_must(jc_buf_append_text(line, end, NULL));
    for (size_t i = used; i < width + 2; i++)
        jc_cli_must(jc_buf_append_char(line, ' ', NULL));
}

static void append_time(const jc_render *render, jc_buf *line, const jc_row *row, int64_t now_us)
{
    const char *end = jc_term_colour(&render->term, JC_COLOUR_NONE);
    JC_AUTO(jc_buf) text = {0};
    jc_text_append_local(&text, row->timestamp_us);
    append_cell(line, jc_buf_str(&text), 19, jc_term_colour(&render->term, JC_COLOUR_DIM), end);
    if (!render->term.terminal)
        return;
    jc_buf_clear(&text);
    jc_text_append_age(&text, row->timestamp_us, now_us);
    append_cell(line, jc_buf_str(&text), AGE_WIDTH, jc_term_colour(&render->term, JC_COLOUR_DIM),
                end);
}

/* How many columns stand before the summary. */
static size_t columns_before_summary(const jc_render *render)
{
    size_t columns = 19 + 2 + render->sequence_width + 2 + render->type_width + 2;
    if (render->term.terminal)
        columns += AGE_WIDTH + 2;
    if (!render->one_workflow)
        columns += render->workflow_width + 2;
    if (render->agent_width > 0)
        columns += render->agent_width + 2;
    return columns;
}

static size_t summary_columns(const jc_render *render)
{
    if (render->term.width == 0)
        return SUMMARY_COLUMNS_MAX;
    size_t before = columns_before_summary(render);
    return before + 20 < render->term.width ? render->term.width - before : 20;
}

static void print_row(const jc_render *render, jc_buf *line, const jc_row *row, int64_t now_us)
{
    const jc_term *term = &render->term;
    const char *end = jc_term_colour(term, JC_COLOUR_NONE);
    char sequence[24];
    (void)snprintf(sequence, sizeof sequence, "#%" PRIu64, row->sequence);

    jc_buf_clear(line);
    append_time(render, line, row, now_us);
    if (!render->one_workflow)
        append_cell(line, row->workflow_id, render->workflow_width,
                    jc_term_colour(term, JC_COLOUR_BOLD), end);
    append_cell(line, jc_str_of(sequence), render->sequence_width,
                jc_term_colour(term, JC_COLOUR_DIM), end);
    append_cell(line, row->event_type, render->type_width,
                jc_term_colour(term, colour_of_type(row->event_type)), end);
    if (render->agent_width > 0)
        append_cell(line, row->agent_id, render->agent_width, jc_term_colour(term, JC_COLOUR_CYAN),
                    end);
    (void)jc_text_append_safe(line, row->summary, summary_columns(render));
    while (line->size > 0 && line->bytes[line->size - 1] == ' ')
        line->size--;
    jc_cli_must(jc_buf_append_char(line, '\n', NULL));
    (void)fwrite(line->bytes, 1, line->size, stdout);
}

void jc_render_flush(jc_render *render)
{
    JC_AUTO(jc_buf) line = {0};
    int64_t now_us = jc_clock_now_us();
    for (size_t i = 0; i < render->count; i++)
        print_row(render, &line, &render->rows[i], now_us);
    render->count = 0;
    jc_arena_reset(&render->arena);
}

static void print_field(const jc_term *term, const char *name, jc_str value)
{
    if (value.bytes == NULL)
        return;
    JC_AUTO(jc_buf) safe = {0};
    (void)jc_text_append_safe(&safe, value, 0);
    printf("%s%-15s%s %.*s\n", jc_term_colour(term, JC_COLOUR_DIM), name,
           jc_term_colour(term, JC_COLOUR_NONE), (int)safe.size,
           safe.bytes != NULL ? safe.bytes : "");
}

static void print_number(const jc_term *term, const char *name, uint64_t value)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRIu64, value);
    print_field(term, name, jc_str_of(text));
}

static void break_line(jc_buf *out, size_t depth)
{
    jc_cli_must(jc_buf_append_char(out, '\n', NULL));
    for (size_t i = 0; i < depth; i++)
        jc_cli_must(jc_buf_append_text(out, "  ", NULL));
}

/* The size of the string or the scalar at the start of `text`, which is compact JSON. */
static size_t token_size(jc_str text)
{
    size_t size = 1;
    bool string = text.bytes[0] == '"';
    while (size < text.size) {
        char c = text.bytes[size];
        if (string && c == '\\')
            size++;
        else if (string && c == '"')
            return size + 1;
        else if (!string && (c == ',' || c == '}' || c == ']'))
            return size;
        size++;
    }
    return text.size;
}

/* Indent compact JSON without changing a byte of its strings and numbers, but for what a terminal
 * would act on. */
static void indent_json(jc_buf *out, jc_str json)
{
    size_t depth = 0;
    for (size_t i = 0; i < json.size;) {
        char c = json.bytes[i];
        bool opens = c == '{' || c == '[';
        bool closes = c == '}' || c == ']';
        if (!opens && !closes && c != ',' && c != ':') {
            jc_str token = {json.bytes + i, json.size - i};
            token.size = token_size(token);
            (void)jc_text_append_safe(out, token, 0);
            i += token.size;
            continue;
        }
        bool empty =
            opens && i + 1 < json.size && (json.bytes[i + 1] == '}' || json.bytes[i + 1] == ']');
        bool ends_empty = closes && (json.bytes[i - 1] == '{' || json.bytes[i - 1] == '[');
        if (opens)
            depth++;
        if (closes)
            depth--;
        if (closes && !ends_empty)
            break_line(out, depth);
        jc_cli_must(jc_buf_append_char(out, c, NULL));
        if (c == ':')
            jc_cli_must(jc_buf_append_char(out, ' ', NULL));
        if (c == ',' || (opens && !empty))
            break_line(out, depth);
        i++;
    }
}

static void print_time(const jc_term *term, int64_t time_us)
{
    char utc[JC_TIME_TEXT_SIZE];
    JC_AUTO(jc_buf) text = {0};
    jc_time_format(time_us, utc);
    jc_cli_must(jc_buf_append_format(&text, NULL, "%s", utc));
    if (term->terminal) {
        jc_cli_must(jc_buf_append_text(&text, " (", NULL));
        jc_text_append_age(&text, time_us, jc_clock_now_us());
        jc_cli_must(jc_buf_append_char(&text, ')', NULL));
    }
    print_field(term, "timestamp", jc_buf_str(&text));
}

void jc_render_full(const jc_term *term, const jc_event *event)
{
    char id[JC_UUID_TEXT_SIZE];
    char hash[JC_HASH_TEXT_SIZE];
    jc_uuid_format(event->id, id);
    jc_hash_format(event->hash, hash);
    print_number(term, "position", event->position);
    print_field(term, "id", jc_str_of(id));
    print_field(term, "workflow_id", event->workflow_id);
    print_number(term, "sequence", event->sequence);
    print_time(term, event->timestamp_us);
    print_field(term, "event_type", event->event_type);
    print_field(term, "agent_id", event->agent_id);
    print_field(term, "correlation_id", event->correlation_id);
    print_field(term, "causation_id", event->causation_id);
    print_field(term, "hash", jc_str_of(hash));

    JC_AUTO(jc_buf) data = {0};
    indent_json(&data, event->data);
    printf("%sdata%s\n%.*s\n", jc_term_colour(term, JC_COLOUR_DIM),
           jc_term_colour(term, JC_COLOUR_NONE), (int)data.size,
           data.bytes != NULL ? data.bytes : "");
}
