/* What commands share at run time: messages, the project and its store, printing. */
#include "cli/cli.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/when.h"
#include "cli/term.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SPOOL_FILES_MAX 64 /* taken up by one command; the next goes on */

void jc_cli_must(jc_status status)
{
    if (status >= 0)
        return;
    (void)fputs("jc: out of memory: close something and try again\n", stderr);
    exit(JC_EXIT_FAILED);
}

/* One write, so that the lines of several processes do not mix. */
static void write_message(const jc_cli *cli, const char *kind, const char *text)
{
    JC_AUTO(jc_buf) line = {0};
    if (cli->progress.drawn)
        jc_cli_must(jc_buf_append_text(&line, JC_PROGRESS_CLEAR, NULL));
    jc_cli_must(jc_buf_append_text(&line, "jc", NULL));
    if (cli->command != NULL)
        jc_cli_must(jc_buf_append_format(&line, NULL, " %s", cli->command));
    jc_cli_must(jc_buf_append_format(&line, NULL, ": %s", kind));
    (void)jc_text_append_safe(&line, jc_str_of(text), 0);
    jc_cli_must(jc_buf_append_char(&line, '\n', NULL));
    (void)fwrite(line.bytes, 1, line.size, stderr);
}

int jc_cli_fail(const jc_cli *cli, int exit_code, const char *format, ...)
{
    char text[2 * JC_ERROR_SIZE_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    write_message(cli, "", text);
    return exit_code;
}

void jc_cli_warn(const jc_cli *cli, const char *format, ...)
{
    char text[2 * JC_ERROR_SIZE_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    write_message(cli, "warning: ", text);
}

int jc_cli_found_nothing(const jc_cli *cli, const char *text)
{
    if (!cli->json)
        write_message(cli, "", text);
    return JC_EXIT_DONE;
}

int jc_cli_exit_code(jc_status status)
{
    switch (status) {
    case JC_OK:
    case JC_END:
        return JC_EXIT_DONE;
    case JC_EINVAL:
        return JC_EXIT_USAGE;
    case JC_ECONFLICT:
    case JC_EREUSED:
        return JC_EXIT_CONFLICT;
    case JC_ENOTFOUND:
        return JC_EXIT_NOT_FOUND;
    case JC_ECORRUPT:
        return JC_EXIT_INTEGRITY;
    default:
        return JC_EXIT_FAILED;
    }
}

/* What to do about an error, where the sentence of the library leaves it open. */
static const char *advice_for(jc_status status, const char *text)
{
    static const char no_workflow[] = "there is no workflow '";
    switch (status) {
    case JC_ENOTFOUND:
        /* It may as well be another thing that is not there: only the sentence tells. */
        return strncmp(text, no_workflow, sizeof no_workflow - 1) == 0
                   ? ": 'jc workflows' lists them"
                   : "";
    case JC_EBUSY:
        return ": try again";
    case JC_EFULL:
        return ": make room and try again";
    case JC_ECORRUPT:
        return ": see 'jc doctor'";
    default:
        return "";
    }
}

int jc_cli_fail_error(const jc_cli *cli, const jc_error *error)
{
    const char *text = error->text[0] != '\0' ? error->text : jc_status_text(error->status);
    const char *advice = strchr(text, ';') == NULL ? advice_for(error->status, text) : "";
    return jc_cli_fail(cli, jc_cli_exit_code(error->status), "%s%s", text, advice);
}

int jc_cli_find_project(jc_cli *cli)
{
    const char *given = cli->directory;
    if (given == NULL) {
        given = getenv("JC_DIR");
        if (given != NULL && *given == '\0')
            given = NULL;
    }
    if (given != NULL) {
        if (strlen(given) >= sizeof cli->project)
            return jc_cli_fail(cli, JC_EXIT_USAGE,
                               "the path of the project is too long: at most %zu bytes",
                               sizeof cli->project - 1);
        memcpy(cli->project, given, strlen(given) + 1);
        return 0;
    }
    jc_error error = {0};
    jc_status status = jc_project_find(".", cli->project, &error);
    if (status == JC_ENOTFOUND)
        return jc_cli_fail(cli, JC_EXIT_NOT_FOUND,
                           "no .jc/ here or in any folder above: run 'jc init'");
    return status < 0 ? jc_cli_fail_error(cli, &error) : 0;
}

static void warn_from_library(void *context, const char *text)
{
    jc_cli_warn(context, "%s", text);
}

/* What hooks had to leave in the spool happened before what this command appends. */
static void take_up_spool(jc_cli *cli)
{
    jc_spool_result result;
    jc_error error = {0};
    jc_status status = jc_spool_take_up(cli->store, SPOOL_FILES_MAX, &result, &error);
    /* That others write is said by the command's own append, if it meets them too. */
    if (status < 0 && status != JC_EBUSY)
        jc_cli_warn(cli, "hooks wait in .jc/spool/: %s", error.text);
}

static jc_status open_log(jc_cli *cli, bool read_only, jc_error *reterr)
{
    jc_options options = {.read_only = read_only, .warn = warn_from_library, .warn_context = cli};
    return jc_open(cli->project, &options, &cli->store, reterr);
}

int jc_cli_open(jc_cli *cli, bool read_only)
{
    int failed = jc_cli_find_project(cli);
    if (failed != 0)
        return failed;
    jc_error error = {0};
    if (open_log(cli, read_only, &error) < 0)
        return jc_cli_fail_error(cli, &error);
    if (!read_only)
        take_up_spool(cli);
    return 0;
}

jc_status jc_cli_reopen(jc_cli *cli, jc_error *reterr)
{
    jc_close(cli->store);
    cli->store = NULL;
    return open_log(cli, false, reterr);
}

int jc_cli_time(const jc_cli *cli, const char *option, const char *text, int64_t *ret_us)
{
    jc_error error = {0};
    if (jc_when_parse(jc_str_of(text), jc_clock_now_us(), ret_us, &error) < 0)
        return jc_cli_fail(cli, JC_EXIT_USAGE, "%s: %s", option, error.text);
    if (cli->verbose) {
        char shown[JC_TIME_TEXT_SIZE];
        jc_time_format(*ret_us, shown);
        (void)fprintf(stderr, "jc %s: %s '%s' is %s\n", cli->command, option, text, shown);
    }
    return 0;
}

bool jc_cli_output_works(jc_cli *cli)
{
    if (!cli->output_failed && ferror(stdout) != 0) {
        cli->output_failed = true;
        cli->output_errno = errno;
    }
    return !cli->output_failed;
}

bool jc_cli_flush(jc_cli *cli)
{
    if (fflush(stdout) != 0 && !cli->output_failed) {
        cli->output_failed = true;
        cli->output_errno = errno;
    }
    return jc_cli_output_works(cli);
}

bool jc_cli_print_line(jc_cli *cli, const jc_event *event)
{
    char small[4096];
    size_t size = jc_event_format(event, small, sizeof small);
    if (size <= sizeof small) {
        (void)fwrite(small, 1, size, stdout);
    } else {
        JC_AUTO(jc_buf) large = {0};
        jc_cli_must(jc_buf_reserve(&large, size, NULL));
        (void)fwrite(large.bytes, 1, jc_event_format(event, large.bytes, size), stdout);
    }
    (void)putchar('\n');
    return jc_cli_output_works(cli);
}

static void print_piece(void *context, jc_str piece)
{
    (void)context;
    (void)fwrite(piece.bytes, 1, piece.size, stdout);
}

const jc_sink jc_cli_output = {.put = print_piece};

void jc_cli_print_json_text(jc_str text)
{
    jc_text_write(&jc_cli_output, text);
}
