/* One line of what matters in an event's data, chosen by its type.
 *
 * A row of the table holds the beginning of a type and up to five parts. A part is "before%paths":
 * the first path (separated by '|', dots lead into objects, and through arrays into each of their
 * elements, of which five are shown) that holds a text or a number is shown behind the text `before`.
 * Parts that hold nothing are left out, and so are those without a text before them that say what the
 * part before says; parts are parted by " · " unless they begin with a space. Fields that end in _ms are
 * shown as durations, in _usd as dollars. When nothing is found, the data itself is
 * shown, unless it is of a session: records of agents are long, and tell little at their beginning. */
#include "cli/render.h"

#include "cli/cli.h"

#include <stdlib.h>

#define PARTS_MAX 5
#define ELEMENTS_SHOWN_MAX 5
#define DATA_SHOWN_MAX 4096 /* bytes; a line never holds more */

typedef struct summary_rule {
    const char *type; /* its beginning; the first row that fits counts */
    const char *parts[PARTS_MAX];
} summary_rule;

#define FEATURE "%name|feature_name|feature_id"

/* clang-format off */
static const summary_rule summaries[] = {
    {"feature.renamed", {FEATURE, " → %new_name"}},
    {"feature.planned", {FEATURE, "%description"}},
    {"feature.", {FEATURE, "%error|reason", "%duration_ms", "%cost_usd"}},
    {"workflow.phase_changed", {"%from_phase", " → %to_phase", "%reason"}},
    {"phase.changed", {"%from_phase", " → %to_phase", "%reason"}},
    {"workflow.", {"%name|workflow_name|task|description|title", "%error|reason|message",
                   "%duration_ms",
                   "%cost_usd|total_cost_usd|total_cost"}},
    {"agent.note.", {"%title", "%content"}},
    {"agent.message.sent", {"%from_agent", " → %to_agent", "%subject", "%content"}},
    {"agent.message.", {"%from_agent", "%result|content"}},
    {"agent.response.received", {"%model", "in %usage.input_tokens", "out %usage.output_tokens"}},
    {"agent.response.displayed", {"%delta"}},
    {"agent.error", {"%error|message|reason"}},
    {"agent.tool_batch.", {"%tool_calls.tool_name"}},
    {"agent.tool", {"%tool_name|tool|name",
                    "%tool_input.command|tool_input.file_path|tool_input.path|tool_input.pattern|"
                    "tool_input.url|tool_input.description|command|file_path|path",
                    "%error", "%duration_ms"}},
    {"agent.test_result", {"%test_file|suite|name", "passed %passed", "failed %failed",
                           "%duration_ms"}},
    {"agent.notified", {"%title", "%message"}},
    {"agent.hook.received",
     {"%hook_event_name|hook_event",
      "%command_name|trigger|mcp_server_name|teammate_name|from_model|old_cwd|directory|tool_name|"
      "load_reason|event|source|name",
      " → %to_model|new_cwd",
      "%file_path|message|command_args|custom_instructions|team_name",
      "%action"}},
    {"tests.", {"%test_file|suite|feature", "%count", "failed %failed", "%duration_ms"}},
    {"commit.", {"%commit_sha|sha", "%message", "%error"}},
    {"worktree.", {"%path|worktree", "%branch", "%commit_sha", "%reason"}},
    {"permission.", {"%tool_name|tool", "%tool_input.command|tool_input.file_path", "%reason"}},
    {"session.", {"%model", "%source|reason", "%cwd|session_id"}},
    {"turn.started", {"%prompt|content|text"}},
    {"turn.failed", {"%error", "%error_details|last_assistant_message"}},
    {"turn.", {"%last_assistant_message|content|text|reason", "%duration_ms"}},
    {"subagent.", {"%agent_type|subagent_type|name", "%description|last_assistant_message|result"}},
    {"task.", {"%task_subject|subject|title|name|content"}},
    {"context.compacted", {"%trigger|reason"}},
};
/* clang-format on */

static const summary_rule *find_rule(jc_str event_type)
{
    for (size_t i = 0; i < sizeof summaries / sizeof summaries[0]; i++) {
        size_t size = strlen(summaries[i].type);
        if (event_type.size >= size && memcmp(event_type.bytes, summaries[i].type, size) == 0)
            return &summaries[i];
    }
    return NULL;
}

static bool path_ends(const char *path, size_t size, const char *ending)
{
    size_t length = strlen(ending);
    return size >= length && memcmp(path + size - length, ending, length) == 0;
}

/* Append a number as written, or as a duration or an amount when the field's name says so. */
static void append_number(jc_buf *buf, const char *path, size_t size, jc_str number)
{
    char text[32] = "";
    if (number.size < sizeof text)
        memcpy(text, number.bytes, number.size);
    double value = strtod(text, NULL);
    if (path_ends(path, size, "_ms") && *text != '\0' && value >= 0 && value < 1e15)
        jc_text_append_duration(buf, (int64_t)value);
    else if (path_ends(path, size, "_usd") && *text != '\0')
        jc_text_append_cost(buf, value);
    else
        jc_cli_must(jc_buf_append_str(buf, number, NULL));
}

/* Append the value when it is one that fits into a line; false when it is not. */
static bool append_value(jc_buf *buf, const char *path, size_t size, yyjson_val *value)
{
    if (yyjson_is_str(value) && yyjson_get_len(value) > 0) {
        jc_cli_must(jc_buf_append(buf, yyjson_get_str(value), yyjson_get_len(value), NULL));
        return true;
    }
    if (yyjson_is_raw(value)) {
        append_number(buf, path, size, (jc_str){yyjson_get_raw(value), yyjson_get_len(value)});
        return true;
    }
    return false;
}

static bool append_elements(jc_buf *buf, const char *path, size_t size, yyjson_val *array);

/* Append what is at a dotted path of `size` bytes; false when nothing is that fits into a line. */
static bool append_at(jc_buf *buf, const char *path, size_t size, yyjson_val *root)
{
    const char *dot;
    while ((dot = memchr(path, '.', size)) != NULL && yyjson_is_obj(root)) {
        size_t step = (size_t)(dot - path);
        root = yyjson_obj_getn(root, path, step);
        path += step + 1;
        size -= step + 1;
    }
    if (yyjson_is_obj(root))
        root = yyjson_obj_getn(root, path, size);
    else if (yyjson_is_arr(root))
        return append_elements(buf, path, size, root);
    else
        return false;
    return append_value(buf, path, size, root);
}

/* What is at the path in each element that is an object: "Bash, Read, …". */
static bool append_elements(jc_buf *buf, const char *path, size_t size, yyjson_val *array)
{
    size_t i, count, shown = 0;
    yyjson_val *each;
    yyjson_arr_foreach(array, i, count, each) {
        size_t start = buf->size;
        if (!yyjson_is_obj(each))
            continue;
        if (shown > 0)
            jc_cli_must(jc_buf_append_text(buf, ", ", NULL));
        if (shown == ELEMENTS_SHOWN_MAX) {
            jc_cli_must(jc_buf_append_text(buf, "…", NULL));
            break;
        }
        if (append_at(buf, path, size, each))
            shown++;
        else
            buf->size = start;
    }
    return shown > 0;
}

/* Where the text of a part begins and ends in the line. */
typedef struct shown_part {
    size_t start;
    size_t end;
} shown_part;

static bool says_the_same(const jc_buf *buf, shown_part before, shown_part part)
{
    size_t size = part.end - part.start;
    return before.end - before.start == size &&
           memcmp(buf->bytes + before.start, buf->bytes + part.start, size) == 0;
}

/* `last` is the part that was shown before this one, and is this one if it is shown. */
static void append_part(jc_buf *buf, const char *part, yyjson_val *data, shown_part *last)
{
    const char *path = strchr(part, '%') + 1;
    size_t before = (size_t)(path - part) - 1;
    size_t start = buf->size;
    if (start > 0 && *part != ' ')
        jc_cli_must(jc_buf_append_text(buf, " · ", NULL));
    size_t skipped = start == 0 && *part == ' ' ? 1 : 0;
    jc_cli_must(jc_buf_append(buf, part + skipped, before - skipped, NULL));
    if (before > 0 && part[before - 1] != ' ')
        jc_cli_must(jc_buf_append_char(buf, ' ', NULL));

    shown_part shown = {.start = buf->size};
    for (size_t size = strcspn(path, "|"); size > 0; size = strcspn(path, "|")) {
        if (append_at(buf, path, size, data))
            break;
        path += size + (path[size] == '|' ? 1 : 0);
    }
    shown.end = buf->size;
    if (shown.end == shown.start || (before == 0 && says_the_same(buf, *last, shown)))
        buf->size = start;
    else
        *last = shown;
}

void jc_summary_append(jc_json *json, jc_arena *scratch, const jc_event *event, jc_buf *buf)
{
    const summary_rule *rule = find_rule(event->event_type);
    yyjson_val *data = NULL;
    jc_str unused = {0};
    jc_json_limits limits = {.size_max = JC_DATA_SIZE_MAX, .depth_max = JC_DATA_DEPTH_MAX};
    jc_arena_reset(scratch);
    if (rule != NULL &&
        jc_json_read(json, event->data, limits, scratch, &data, &unused, NULL) == JC_OK) {
        shown_part last = {0};
        for (size_t i = 0; i < PARTS_MAX && rule->parts[i] != NULL; i++)
            append_part(buf, rule->parts[i], data, &last);
    }
    bool is_record = data != NULL && jc_json_text(data, "session_id").bytes != NULL;
    if (buf->size > 0 || event->data.size <= 2 || is_record)
        return;
    size_t size = event->data.size < DATA_SHOWN_MAX ? event->data.size : DATA_SHOWN_MAX;
    jc_cli_must(jc_buf_append(buf, event->data.bytes, size, NULL));
}
