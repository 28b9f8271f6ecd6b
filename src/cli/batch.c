/* jc emit --batch: JSON lines from standard input, one unit, all or nothing.
 *
 * The whole input is read first (at most JC_APPEND_SIZE_MAX bytes), every line is checked and named
 * when it is bad, and only then is the log touched. `data` stays the bytes that were given: members
 * are found in yyjson's tree, which unescapes keys, and taken from the text beside it. */
#include "cli/emit.h"

#include "base/json.h"
#include "base/when.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Deeper than data may be, so that data gets its own message. */
#define LINE_DEPTH_MAX 256

/* One event and where it came from. */
typedef struct batch {
    jc_cli *cli;
    const jc_emit_options *options;
    jc_event *events;
    size_t *lines; /* the line of each event */
    size_t count;
    jc_json json;
    jc_arena arena;
} batch;

static void release(batch *all)
{
    free(all->events);
    free(all->lines);
    jc_json_release(&all->json);
    jc_arena_release(&all->arena);
}

static int bad_line(const batch *all, size_t line, const char *text)
{
    return jc_cli_fail(all->cli, JC_EXIT_USAGE, "line %zu: %s", line, text);
}

static jc_str kept(batch *all, jc_str text)
{
    jc_str copy = jc_arena_copy(&all->arena, text);
    jc_cli_must(copy.bytes != NULL ? JC_OK : JC_ENOMEM);
    return copy;
}

/* The fields that are texts. */
static jc_str *text_field(jc_event *event, jc_str key)
{
    if (jc_str_equal(key, JC_STR("workflow_id")))
        return &event->workflow_id;
    if (jc_str_equal(key, JC_STR("event_type")))
        return &event->event_type;
    if (jc_str_equal(key, JC_STR("agent_id")))
        return &event->agent_id;
    if (jc_str_equal(key, JC_STR("correlation_id")))
        return &event->correlation_id;
    if (jc_str_equal(key, JC_STR("causation_id")))
        return &event->causation_id;
    return NULL;
}

/* Stand in the lines of `jc export`; the append assigns them anew. */
static bool is_assigned(jc_str key)
{
    return jc_str_equal(key, JC_STR("position")) || jc_str_equal(key, JC_STR("sequence")) ||
           jc_str_equal(key, JC_STR("hash"));
}

static jc_status take_text(batch *all, jc_str key, yyjson_val *value, jc_event *event,
                           jc_error *reterr)
{
    jc_str text = {yyjson_get_str(value), yyjson_get_len(value)};
    jc_error detail = {0};
    jc_status status = JC_OK;
    if (jc_str_equal(key, JC_STR("id"))) {
        status = jc_uuid_parse(text, &event->id, &detail);
    } else if (jc_str_equal(key, JC_STR("timestamp"))) {
        status = jc_when_parse_record(text, &event->timestamp_us, &detail);
        event->has_timestamp = true;
    } else {
        *text_field(event, key) = kept(all, text);
    }
    if (status < 0)
        (void)snprintf(reterr->text, sizeof reterr->text, "%.*s: %.900s", (int)key.size, key.bytes,
                       detail.text);
    return status;
}

static jc_status take_member(batch *all, jc_str key, yyjson_val *value, jc_str raw, jc_event *event,
                             jc_error *reterr)
{
    if (is_assigned(key))
        return JC_OK;
    if (jc_str_equal(key, JC_STR("data"))) {
        event->data = raw;
        return JC_OK;
    }
    bool known = text_field(event, key) != NULL || jc_str_equal(key, JC_STR("id")) ||
                 jc_str_equal(key, JC_STR("timestamp"));
    int shown = (int)(key.size > 60 ? 60 : key.size);
    if (!known) {
        (void)snprintf(reterr->text, sizeof reterr->text,
                       "'%.*s' is no field of an event: put it into data", shown, key.bytes);
        return JC_EINVAL;
    }
    if (yyjson_is_null(value))
        return JC_OK;
    if (!yyjson_is_str(value)) {
        (void)snprintf(reterr->text, sizeof reterr->text, "%.*s: it must be a string", shown,
                       key.bytes);
        return JC_EINVAL;
    }
    return take_text(all, key, value, event, reterr);
}

/* Take an event from a line. Keys come unescaped from the tree, values raw from the text: both list
 * the same members in the same order. */
static jc_status decode_line(batch *all, jc_str text, jc_event *event, jc_error *reterr)
{
    yyjson_val *root = NULL;
    jc_str compact = {0};
    jc_json_limits limits = {.size_max = JC_APPEND_SIZE_MAX, .depth_max = LINE_DEPTH_MAX};
    jc_status status = jc_json_read(&all->json, text, limits, &all->arena, &root, &compact, reterr);
    if (status < 0)
        return status;
    if (!yyjson_is_obj(root)) {
        (void)snprintf(reterr->text, sizeof reterr->text,
                       "not a JSON object: a line is {\"workflow_id\":…}");
        return JC_EINVAL;
    }
    size_t at = 0;
    jc_str raw_key = {0};
    jc_str raw = {0};
    size_t i, count;
    yyjson_val *key, *value;
    yyjson_obj_foreach(root, i, count, key, value) {
        if (!jc_json_next_member(compact, &at, &raw_key, &raw))
            break;
        jc_str name = {yyjson_get_str(key), yyjson_get_len(key)};
        status = take_member(all, name, value, raw, event, reterr);
        if (status < 0)
            return status;
    }
    return jc_event_prepare(event, reterr);
}

static int check_line(batch *all, const jc_event *event, size_t line)
{
    jc_error error = {0};
    jc_error advice = {0};
    if (event->workflow_id.bytes == NULL || event->event_type.bytes == NULL)
        return bad_line(all, line,
                        event->workflow_id.bytes == NULL ? "workflow_id: it is missing"
                                                         : "event_type: it is missing");
    if (jc_event_check(all->cli->store, event, all->options->strict, &advice, &error) < 0)
        return bad_line(all, line, error.text);
    if (advice.text[0] != '\0')
        jc_cli_warn(all->cli, "line %zu: %s", line, advice.text);
    return 0;
}

static bool is_blank(jc_str text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.bytes[i] != ' ' && text.bytes[i] != '\t' && text.bytes[i] != '\r')
            return false;
    }
    return true;
}

static int add_line(batch *all, jc_str text, size_t line)
{
    jc_error error = {0};
    if (is_blank(text))
        return 0;
    if (all->count == JC_APPEND_MAX)
        return jc_cli_fail(all->cli, JC_EXIT_USAGE,
                           "line %zu: more than %d events: use 'jc import', or split them", line,
                           JC_APPEND_MAX);
    jc_event *event = &all->events[all->count];
    if (decode_line(all, text, event, &error) < 0)
        return bad_line(all, line, error.text);
    all->lines[all->count++] = line;
    return check_line(all, event, line);
}

static int add_lines(batch *all, jc_str input)
{
    for (size_t line = 1; input.size > 0; line++) {
        const char *end = memchr(input.bytes, '\n', input.size);
        jc_str text = {input.bytes, end != NULL ? (size_t)(end - input.bytes) : input.size};
        int failed = add_line(all, text, line);
        if (failed != 0)
            return failed;
        size_t taken = text.size + (end != NULL ? 1 : 0);
        input = (jc_str){input.bytes + taken, input.size - taken};
    }
    return 0;
}

static int compare_ids(const void *a, const void *b, void *context)
{
    const batch *all = context;
    const size_t *left = a;
    const size_t *right = b;
    int order = memcmp(&all->events[*left].id, &all->events[*right].id, sizeof(jc_uuid));
    return order != 0 ? order : (*left > *right) - (*left < *right);
}

/* The append would refuse it too, but only here are the lines known. */
static int check_ids(batch *all)
{
    size_t *order = jc_arena_get(&all->arena, (all->count + 1) * sizeof *order);
    jc_cli_must(order != NULL ? JC_OK : JC_ENOMEM);
    for (size_t i = 0; i < all->count; i++)
        order[i] = i;
    qsort_r(order, all->count, sizeof *order, compare_ids, all);
    for (size_t i = 1; i < all->count; i++) {
        const jc_event *event = &all->events[order[i]];
        if (memcmp(&all->events[order[i - 1]].id, &event->id, sizeof(jc_uuid)) != 0)
            continue;
        char id[JC_UUID_TEXT_SIZE];
        jc_uuid_format(event->id, id);
        return jc_cli_fail(all->cli, JC_EXIT_USAGE,
                           "line %zu: id %s stands on line %zu already: ids are unique",
                           all->lines[order[i]], id, all->lines[order[i - 1]]);
    }
    return 0;
}

static int check_expected(const batch *all, jc_expected *expected)
{
    if (all->options->expect == NULL || all->count == 0)
        return 0;
    expected->workflow_id = all->events[0].workflow_id;
    for (size_t i = 1; i < all->count; i++) {
        if (!jc_str_equal(all->events[i].workflow_id, expected->workflow_id))
            return jc_cli_fail(all->cli, JC_EXIT_USAGE,
                               "line %zu: --expect is for a batch of one workflow: split the batch",
                               all->lines[i]);
    }
    return jc_emit_expect(all->cli, all->options->expect, &expected->sequence);
}

/* A refusal names the id; say which line that is. */
static int fail_append(const batch *all, jc_error *error)
{
    for (size_t i = 0; error->status == JC_EREUSED && i < all->count; i++) {
        char id[JC_UUID_TEXT_SIZE];
        jc_uuid_format(all->events[i].id, id);
        if (strstr(error->text, id) != NULL)
            return jc_cli_fail(all->cli, JC_EXIT_CONFLICT, "line %zu: %s", all->lines[i],
                               error->text);
    }
    if (error->status == JC_EIO)
        return jc_cli_fail(
            all->cli, JC_EXIT_FAILED,
            "%s; the outcome is unknown: look with 'jc log' before repeating it, or give each line "
            "an id",
            error->text);
    return jc_cli_fail_error(all->cli, error);
}

static int append_batch(batch *all)
{
    jc_error error = {0};
    jc_expected expected = {0};
    int failed = check_expected(all, &expected);
    if (failed != 0)
        return failed;
    jc_append_result result = {0};
    jc_unit unit = {.events = all->events, .count = all->count};
    unit.expected = &expected;
    unit.expected_count = all->options->expect != NULL ? 1 : 0;
    if (all->count > 0 && jc_append(all->cli->store, &unit, 1, &result, &error) < 0)
        return fail_append(all, &error);
    all->cli->committed = true;

    if (all->cli->json) {
        printf("{\"stored\":%zu,\"already_stored\":%zu,\"position\":%" PRIu64 "}\n", result.stored,
               result.already_stored, result.position);
        return JC_EXIT_DONE;
    }
    printf("stored %zu event%s", result.stored, result.stored == 1 ? "" : "s");
    if (result.already_stored > 0)
        printf(", %zu already stored", result.already_stored);
    if (all->count > 0)
        printf(", up to position %" PRIu64, result.position);
    printf("\n");
    return JC_EXIT_DONE;
}

static int check_usage(const jc_cli *cli, const jc_emit_options *options)
{
    if (cli->word_count > 0)
        return jc_cli_fail(cli, JC_EXIT_USAGE,
                           "--batch takes no workflow and no type: each line has its own");
    if (options->data != NULL || options->agent != NULL || options->correlation != NULL ||
        options->causation != NULL || options->id != NULL || options->timestamp != NULL)
        return jc_cli_fail(
            cli, JC_EXIT_USAGE,
            "--batch goes with --expect and --strict only: each line has its own fields");
    return 0;
}

int jc_emit_batch(jc_cli *cli, const jc_emit_options *options)
{
    JC_AUTO(jc_buf) input = {0};
    int failed = check_usage(cli, options);
    if (failed == 0)
        failed = jc_emit_read(cli, "-", JC_APPEND_SIZE_MAX, &input);
    if (failed == 0)
        failed = jc_cli_open(cli, false);
    if (failed != 0)
        return failed;

    batch all = {.cli = cli, .options = options};
    all.events = calloc(JC_APPEND_MAX, sizeof *all.events);
    all.lines = calloc(JC_APPEND_MAX, sizeof *all.lines);
    jc_cli_must(all.events != NULL && all.lines != NULL ? JC_OK : JC_ENOMEM);
    failed = add_lines(&all, jc_buf_str(&input));
    if (failed == 0)
        failed = check_ids(&all);
    if (failed == 0)
        failed = append_batch(&all);
    release(&all);
    return failed;
}
