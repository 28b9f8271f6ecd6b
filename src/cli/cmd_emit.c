/* jc emit: append one event. The id is made before the append, so that when the outcome is unknown
 * the person can repeat the command with --id and never store the event twice. */
#include "cli/emit.h"

#include "cli/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

int jc_emit_expect(const jc_cli *cli, const char *text, uint64_t *ret_sequence)
{
    uint64_t sequence = 0;
    *ret_sequence = 0;
    if (strcmp(text, "none") == 0)
        return 0;
    for (const char *c = text; *c != '\0'; c++) {
        if (*c < '0' || *c > '9' || sequence > (uint64_t)INT64_MAX / 10 - 1)
            return jc_cli_fail(
                cli, JC_EXIT_USAGE,
                "--expect '%s' is no sequence: write the workflow's last sequence, or none", text);
        sequence = sequence * 10 + (uint64_t)(*c - '0');
    }
    if (*text == '\0')
        return jc_cli_fail(cli, JC_EXIT_USAGE,
                           "--expect is empty: write the workflow's last sequence, or none");
    *ret_sequence = sequence;
    return 0;
}

/* Read until the end; -1 and errno, or the bytes read exceed `size_max`. */
static int read_all(int fd, size_t size_max, jc_buf *content)
{
    for (;;) {
        jc_cli_must(jc_buf_reserve(content, 64 * 1024, NULL));
        ssize_t count = read(fd, content->bytes + content->size, content->capacity - content->size);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return (int)count;
        content->size += (size_t)count;
        if (content->size > size_max) {
            errno = EFBIG;
            return -1;
        }
    }
}

int jc_emit_read(const jc_cli *cli, const char *path, size_t size_max, jc_buf *ret_content)
{
    bool standard = strcmp(path, "-") == 0;
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return jc_cli_fail(cli, errno == ENOENT ? JC_EXIT_NOT_FOUND : JC_EXIT_FAILED,
                           "cannot read '%s': %s: "
                           "check the path",
                           path, strerror(errno));
    int result = read_all(fd, size_max, ret_content);
    int error_number = errno;
    if (!standard)
        (void)close(fd);
    if (result == 0)
        return 0;
    const char *name = standard ? "standard input" : path;
    if (error_number == EFBIG)
        return jc_cli_fail(cli, JC_EXIT_USAGE, "%s holds more than %zu MiB: split it", name,
                           size_max / (1024 * 1024));
    return jc_cli_fail(cli, JC_EXIT_FAILED, "cannot read %s: %s: nothing was stored", name,
                       strerror(error_number));
}

int jc_emit_fail(const jc_cli *cli, const jc_error *error, const char *id)
{
    if (error->status != JC_EIO || id == NULL)
        return jc_cli_fail_error(cli, error);
    return jc_cli_fail(
        cli, JC_EXIT_FAILED,
        "%s; the outcome is unknown: repeat the command with --id %s until it succeeds",
        error->text, id);
}

/* The data: as given, from a file, or from standard input. */
static int read_data(const jc_cli *cli, const char *given, jc_buf *content, jc_str *ret_data)
{
    if (given == NULL)
        return 0;
    bool from_input = strcmp(given, "-") == 0;
    if (!from_input && *given != '@') {
        *ret_data = jc_str_of(given);
        return 0;
    }
    int failed = jc_emit_read(cli, from_input ? "-" : given + 1, JC_APPEND_SIZE_MAX, content);
    *ret_data = jc_buf_str(content);
    return failed;
}

static jc_str optional_text(const char *text)
{
    return text != NULL ? jc_str_of(text) : (jc_str){0};
}

static int fill_event(const jc_cli *cli, const jc_emit_options *options, jc_buf *content,
                      jc_event *event)
{
    jc_error error = {0};
    event->workflow_id = jc_str_of(cli->words[0]);
    event->event_type = jc_str_of(cli->words[1]);
    event->agent_id = optional_text(options->agent);
    event->correlation_id = optional_text(options->correlation);
    event->causation_id = optional_text(options->causation);
    if (options->id != NULL && jc_uuid_parse(jc_str_of(options->id), &event->id, &error) < 0)
        return jc_cli_fail(cli, JC_EXIT_USAGE, "--id: %s", error.text);
    if (options->timestamp != NULL) {
        int failed = jc_cli_time(cli, "--timestamp", options->timestamp, &event->timestamp_us);
        if (failed != 0)
            return failed;
        event->has_timestamp = true;
    }
    if (jc_event_prepare(event, &error) < 0)
        return jc_cli_fail_error(cli, &error);
    return read_data(cli, options->data, content, &event->data);
}

/* What jc_append() would refuse, and what only people want to hear of. */
static int check_event(const jc_cli *cli, const jc_emit_options *options, const jc_event *event)
{
    jc_error advice = {0};
    jc_error error = {0};
    if (jc_event_check(cli->store, event, options->strict, &advice, &error) < 0)
        return jc_cli_fail_error(cli, &error);
    if (advice.text[0] != '\0')
        jc_cli_warn(cli, "%s", advice.text);
    return 0;
}

static int print_result(jc_cli *cli, const jc_event *event, const jc_receipt *receipt,
                        const char *id)
{
    if (receipt->already_stored)
        (void)jc_cli_fail(cli, 0, "already stored: this is the first result");
    if (!cli->json) {
        printf("%.*s #%" PRIu64 " %.*s %s\n", (int)event->workflow_id.size,
               event->workflow_id.bytes, receipt->sequence, (int)event->event_type.size,
               event->event_type.bytes, id);
        return JC_EXIT_DONE;
    }
    jc_event stored = {0};
    jc_error error = {0};
    if (jc_event_find(cli->store, jc_str_of(id), &stored, &error) < 0)
        jc_cli_warn(cli, "stored as %s, but it cannot be read back: %s", id, error.text);
    else
        (void)jc_cli_print_line(cli, &stored);
    return JC_EXIT_DONE;
}

static int append_event(jc_cli *cli, const jc_emit_options *options, const jc_event *event)
{
    jc_error error = {0};
    jc_expected expected = {.workflow_id = event->workflow_id};
    if (options->expect != NULL) {
        int failed = jc_emit_expect(cli, options->expect, &expected.sequence);
        if (failed != 0)
            return failed;
    }
    jc_receipt receipt = {0};
    jc_append_result result = {0};
    jc_unit unit = {.events = event, .count = 1, .ret_receipts = &receipt};
    unit.expected = &expected;
    unit.expected_count = options->expect != NULL ? 1 : 0;
    char id[JC_UUID_TEXT_SIZE];
    jc_uuid_format(event->id, id);
    if (jc_append(cli->store, &unit, 1, &result, &error) < 0)
        return jc_emit_fail(cli, &error, id);
    cli->committed = true;
    return print_result(cli, event, &receipt, id);
}

static int emit(jc_cli *cli, const void *values)
{
    const jc_emit_options *options = values;
    if (options->batch)
        return jc_emit_batch(cli, options);
    if (cli->word_count != 2)
        return jc_cli_fail(cli, JC_EXIT_USAGE, "it takes a workflow and a type: see 'jc emit -h'");

    JC_AUTO(jc_buf) content = {0};
    jc_event event = {0};
    int failed = fill_event(cli, options, &content, &event);
    if (failed == 0)
        failed = jc_cli_open(cli, false);
    if (failed == 0)
        failed = check_event(cli, options, &event);
    return failed != 0 ? failed : append_event(cli, options, &event);
}

/* clang-format off */
static const jc_option emit_options[] = {
    {"data", 'd', JC_OPTION_TEXT, "JSON|@FILE|-", "the data, a JSON object; default {}",
     offsetof(jc_emit_options, data)},
    {"agent", 0, JC_OPTION_TEXT, "A", "who did it: agent_id", offsetof(jc_emit_options, agent)},
    {"correlation", 0, JC_OPTION_TEXT, "C", "what it belongs to: correlation_id",
     offsetof(jc_emit_options, correlation)},
    {"causation", 0, JC_OPTION_TEXT, "C", "what caused it: causation_id",
     offsetof(jc_emit_options, causation)},
    {"id", 0, JC_OPTION_TEXT, "UUID", "its id, for repeating safely; default a new one",
     offsetof(jc_emit_options, id)},
    {"timestamp", 0, JC_OPTION_TEXT, "TIME", "when it happened; default now",
     offsetof(jc_emit_options, timestamp)},
    {"expect", 0, JC_OPTION_TEXT, "N|none", "only if the workflow's last sequence is N",
     offsetof(jc_emit_options, expect)},
    {"strict", 0, JC_OPTION_FLAG, NULL, "refuse types that nobody declared",
     offsetof(jc_emit_options, strict)},
    {"batch", 0, JC_OPTION_FLAG, NULL, "read JSON lines from standard input, all or nothing",
     offsetof(jc_emit_options, batch)},
    JC_OPTIONS_END,
};
/* clang-format on */

const jc_command jc_cmd_emit = {
    .synopsis = "WORKFLOW TYPE [-d JSON|@FILE|-] [OPTION]...\n--batch [--expect N|none] [--strict]",
    .details = "Appends one event and prints WORKFLOW #SEQUENCE TYPE ID. An id that is stored\n"
               "already with the same content is a success. A line of a batch has at least\n"
               "workflow_id and event_type.",
    .examples = "jc emit fix-login workflow.started\n"
                "jc emit fix-login feature.completed -d '{\"name\":\"login form\"}' --agent coder\n"
                "jc emit fix-login tests.passed -d @results.json --expect 12\n"
                "jc export other | jc emit --batch",
    .options = emit_options,
    .words_min = 0,
    .words_max = 2,
    .run = emit,
};
