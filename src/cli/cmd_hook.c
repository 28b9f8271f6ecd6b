/* jc hook: take in what an agent tells of itself, one JSON object on standard input.
 *
 * An agent waits for its hooks, and reads what they print and how they end. So this prints nothing and ends
 * with 0 whatever happens, and is done with the log within HOOK_TIMEOUT_MS: what does not reach it by then
 * goes to .jc/spool/, from where the next command that appends takes it up. What went wrong is in
 * .jc/hook.log. Of the environment, only the names of the project, the workflow and the agent are looked at;
 * nothing of it is recorded. */
#include "cli/commands.h"
#include "cli/hook_input.h"

#include "base/buf.h"
#include "base/clock.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define HOOK_TIMEOUT_MS 100
#define TAKE_UP_COUNT 8 /* files of the spool at a time */

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && *value != '\0' ? value : NULL;
}

/* Which project is meant; false: none is, so that there is nothing to do and nobody to tell. */
static bool find_project(jc_cli *cli, jc_str payload)
{
    const char *given = cli->directory != NULL ? cli->directory : variable("JC_DIR");
    if (given != NULL) {
        (void)snprintf(cli->project, sizeof cli->project, "%s", given);
        return strlen(given) < sizeof cli->project;
    }
    char working[JC_PATH_SIZE_MAX];
    return jc_hook_project_find(payload, getcwd(working, sizeof working),
                                variable("CLAUDE_PROJECT_DIR"), cli->project, NULL) == JC_OK;
}

static void log_error(const jc_cli *cli, const jc_error *error, jc_str payload)
{
    jc_hook_log(cli->project, error->text[0] != '\0' ? error->text : jc_status_text(error->status),
                payload);
}

static void log_warning(void *context, const char *text)
{
    const jc_cli *cli = context;
    jc_hook_log(cli->project, text, (jc_str){0});
}

static jc_status append(jc_cli *cli, jc_redactor *redactor, jc_str payload,
                        const jc_hook_options *hook, jc_error *reterr)
{
    jc_options options = {.busy_timeout_ms = HOOK_TIMEOUT_MS,
                          .warn = log_warning,
                          .warn_context = cli};
    jc_hook_result result;
    jc_status status = jc_open(cli->project, &options, &cli->store, reterr);
    if (status == JC_OK)
        status = jc_intake_hook(cli->store, redactor, payload, hook, &result, reterr);
    return status;
}

/* What others, or this project's earlier hooks, had to leave: as much as there is time for. */
static void take_up(const jc_cli *cli, int64_t deadline_us)
{
    jc_spool_result result = {.left = 1};
    jc_error error = {0};
    jc_status status = JC_OK;
    while (status == JC_OK && result.left > 0 && jc_clock_monotonic_us() < deadline_us) {
        status = jc_spool_take_up(cli->store, TAKE_UP_COUNT, &result, &error);
        if (result.taken == 0)
            break;
    }
    if (status < 0 && status != JC_EBUSY)
        log_error(cli, &error, (jc_str){0});
}

static void keep_for_later(const jc_cli *cli, jc_redactor *redactor, jc_str payload,
                           const jc_hook_options *hook, const jc_error *why)
{
    jc_error error = {0};
    jc_status status = jc_hook_spool(cli->project, redactor, payload, hook, &error);
    /* To wait in the spool because others write is no problem to tell of. */
    if (why->status != JC_EBUSY)
        log_error(cli, why, (jc_str){0});
    if (status < 0)
        log_error(cli, &error, payload);
}

/* `size` is that of the payload, of which only the head may be there. */
static void record(jc_cli *cli, jc_str payload, uint64_t size)
{
    int64_t deadline_us = jc_clock_monotonic_us() + (int64_t)HOOK_TIMEOUT_MS * 1000;
    jc_hook_options hook = {.workflow_id = jc_str_of(variable("JC_WORKFLOW")),
                            .agent_id = jc_str_of(variable("JC_AGENT")),
                            .timeout_ms = HOOK_TIMEOUT_MS,
                            .size = size};
    int64_t received_us = jc_clock_now_us();
    jc_redactor *redactor = NULL;
    jc_error error = {0};
    if (jc_redactor_new(cli->project, &redactor, &error) < 0)
        log_error(cli, &error, (jc_str){0});
    /* Without redaction nothing is recorded. */
    if (redactor == NULL)
        return;
    jc_status status = append(cli, redactor, payload, &hook, &error);
    hook.received_us = received_us;
    if (status == JC_OK)
        take_up(cli, deadline_us);
    else if (status == JC_EINVAL)
        log_error(cli, &error, payload);
    else
        keep_for_later(cli, redactor, payload, &hook, &error);
    jc_redactor_free(redactor);
}

/* An agent that ends tells so to all that it started, hooks that still run among them. What they bring is
 * recorded all the same: it takes no longer than HOOK_TIMEOUT_MS. */
static void ignore_signals(void)
{
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        (void)signal(signals[i], SIG_IGN);
}

static int hook(jc_cli *cli, const void *values)
{
    JC_AUTO(jc_buf) payload = {0};
    uint64_t size = 0;
    jc_error error = {0};
    (void)values;
    if (isatty(STDIN_FILENO) != 0)
        return jc_cli_fail(cli, cli->word_count > 0 ? JC_EXIT_USAGE : JC_EXIT_DONE,
                           "it is called by agents, which give it JSON on standard input: see "
                           "'jc hook -h'");
    ignore_signals();
    jc_status status = jc_hook_input_read(STDIN_FILENO, &payload, &size, &error);
    if (!find_project(cli, jc_buf_str(&payload)))
        return JC_EXIT_DONE;
    if (cli->word_count > 0)
        jc_hook_log(cli->project, "jc hook was called with what it does not know",
                    jc_str_of(cli->words[0]));
    if (status < 0)
        log_error(cli, &error, (jc_str){0});
    else
        record(cli, jc_buf_str(&payload), size);
    return JC_EXIT_DONE;
}

static const jc_command_entry hook_commands[] = {
    {"install", "have a coding agent call jc hook at every event", &jc_cmd_hook_install},
    {"uninstall", "take that back", &jc_cmd_hook_uninstall},
    {0},
};

const jc_command jc_cmd_hook = {
    .synopsis = "",
    .details =
        "Agents call it: it reads one hook's payload, a JSON object, from standard input\n"
        "and appends what it means. It prints nothing, ends with 0 whatever happens, and\n"
        "does nothing where there is no .jc/. What cannot reach the log in time waits in\n"
        ".jc/spool/ for the next command that appends; what went wrong is in .jc/hook.log.\n"
        "\n"
        "The project is -C DIR, $JC_DIR, or found upwards from the payload's cwd (the working\n"
        "directory, when it names none), then from $CLAUDE_PROJECT_DIR. The workflow is\n"
        "$JC_WORKFLOW, else the session; the agent is the payload's subagent, else $JC_AGENT,\n"
        "else main.",
    .examples = "jc hook install --dry-run\n"
                "JC_WORKFLOW=fix-login JC_AGENT=coder claude\n"
                "jc hook <payload.json",
    .unattended = true,
    .words_max = JC_WORDS_ANY,
    .run = hook,
    .group = hook_commands,
};
