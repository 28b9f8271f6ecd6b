/* jc import: take in other people's records. The work is the library's; here are the progress bar,
 * Ctrl-C, and saying what is committed when it ends early. */
#include "cli/commands.h"
#include "cli/import.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* The one thing that a signal handler can touch. */
static volatile sig_atomic_t interrupted;

static void note_signal(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

/* Without SA_RESTART, so that a read from a terminal or a pipe ends; a second signal kills. What the
 * shell or nohup had ignored stays ignored. */
static void catch_signal(int signal_number)
{
    struct sigaction action = {.sa_handler = note_signal, .sa_flags = (int)SA_RESETHAND};
    struct sigaction before;
    (void)sigemptyset(&action.sa_mask);
    if (sigaction(signal_number, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
        (void)sigaction(signal_number, &action, NULL);
}

void jc_cli_import_catch_signals(void)
{
    catch_signal(SIGINT);
    catch_signal(SIGTERM);
    catch_signal(SIGHUP);
}

bool jc_cli_import_interrupted(void)
{
    return interrupted != 0;
}

static jc_status show_progress(void *context, uint64_t done_size, uint64_t total_size)
{
    jc_progress_show(context, done_size, total_size);
    return interrupted != 0 ? JC_END : JC_OK;
}

/* Of what agents recorded; other files are one, and have no lines that are skipped. */
static bool is_of_agents(jc_format format)
{
    return format == JC_FORMAT_CLAUDE_TRANSCRIPT || format == JC_FORMAT_CODEX_ROLLOUT ||
           format == JC_FORMAT_HOOKS;
}

static void print_json(const jc_import_result *result)
{
    printf("{\"format\":\"%s\",\"stored\":%" PRIu64 ",\"already_stored\":%" PRIu64
           ",\"lines\":%" PRIu64 ",",
           jc_format_name(result->format), result->stored, result->already_stored, result->lines);
    if (is_of_agents(result->format))
        printf("\"files\":%" PRIu64 ",\"torn\":%" PRIu64 ",\"too_long\":%" PRIu64 ",",
               result->files, result->torn, result->too_long);
    printf("\"position\":%" PRIu64 ",\"interrupted\":%s}\n", result->position,
           result->interrupted ? "true" : "false");
}

void jc_cli_import_print_skipped(const jc_import_result *result)
{
    if (result->torn > 0)
        printf(", %" PRIu64 " torn and skipped", result->torn);
    if (result->too_long > 0)
        printf(", %" PRIu64 " too long and skipped", result->too_long);
}

static void print_result(const jc_cli *cli, const jc_import_result *result)
{
    if (cli->json) {
        print_json(result);
        return;
    }
    printf("imported %" PRIu64 " event%s", result->stored, result->stored == 1 ? "" : "s");
    if (result->already_stored > 0)
        printf(", %" PRIu64 " already stored", result->already_stored);
    printf(" (%s, ", jc_format_name(result->format));
    if (result->files > 1)
        printf("%" PRIu64 " files, ", result->files);
    printf("%" PRIu64 " %s", result->lines,
           result->format == JC_FORMAT_JEAN_CLAUDE_DB ? "rows" : "lines");
    jc_cli_import_print_skipped(result);
    printf(")\n");
}

/* What was committed stays; repeating the import skips it. Where the same import would end the same
 * way, what stands in the file is to be put right first. */
static int end_early(const jc_cli *cli, const jc_import_result *result, int exit_code,
                     const char *why)
{
    bool can_go_on = exit_code == JC_EXIT_FAILED;
    if (result->stored == 0)
        return jc_cli_fail(cli, exit_code, "%s; nothing was stored", why);
    return jc_cli_fail(cli, exit_code, "%s; %" PRIu64 " event%s committed before: %s", why,
                       result->stored, result->stored == 1 ? " was" : "s were",
                       can_go_on ? "the same import again goes on from there"
                                 : "put that right and import again, what is stored is skipped");
}

static int run_import(jc_cli *cli, const char *path, const jc_import_options *options)
{
    jc_import_result result = {0};
    jc_error error = {0};
    jc_status status = jc_import(cli->store, path, options, &result, &error);
    jc_progress_end(&cli->progress);
    cli->committed = result.stored > 0;
    bool stopped = result.interrupted || (status < 0 && interrupted != 0 && status == JC_EIO);
    if (stopped) {
        result.interrupted = true;
        if (cli->json)
            print_result(cli, &result);
        return end_early(cli, &result, JC_EXIT_FAILED, "interrupted");
    }
    if (status < 0)
        return end_early(cli, &result, jc_cli_exit_code(status), error.text);
    print_result(cli, &result);
    return JC_EXIT_DONE;
}

/* Can it be read? 0, or an exit code after a message. */
static int check_file(const jc_cli *cli, const char *path)
{
    struct stat facts;
    if (strcmp(path, "-") == 0)
        return 0;
    if (access(path, R_OK) != 0)
        return jc_cli_fail(cli, errno == ENOENT ? JC_EXIT_NOT_FOUND : JC_EXIT_FAILED,
                           "cannot read '%s': %s: check the path", path, strerror(errno));
    if (stat(path, &facts) == 0 && S_ISDIR(facts.st_mode))
        return jc_cli_fail(cli, JC_EXIT_FAILED,
                           "'%s' is a folder: name a file in it; 'jc import --all' takes in every "
                           "session of this project that agents wrote down",
                           path);
    return 0;
}

static int import_file(jc_cli *cli, const char *path, const jc_cli_import *given)
{
    jc_import_options options = {.utc = given->utc,
                                 .workflow_id = jc_str_of(given->workflow),
                                 .progress = show_progress,
                                 .progress_context = &cli->progress};
    jc_error error = {0};
    if (given->format != NULL &&
        jc_format_parse(jc_str_of(given->format), &options.format, &error) < 0)
        return jc_cli_fail_error(cli, &error);
    int failed = check_file(cli, path);
    if (failed == 0)
        failed = jc_cli_open(cli, false);
    if (failed != 0)
        return failed;
    jc_progress_begin(&cli->progress, "importing");
    jc_cli_import_catch_signals();
    return run_import(cli, path, &options);
}

/* What goes with --all and what does not. 0, or an exit code after a message. */
static int check_options(const jc_cli *cli, const jc_cli_import *given)
{
    jc_error error = {0};
    if (given->workflow != NULL && jc_workflow_id_check(jc_str_of(given->workflow), &error) < 0)
        return jc_cli_fail_error(cli, &error);
    if (given->all && (cli->word_count > 0 || given->format != NULL || given->utc))
        return jc_cli_fail(cli, JC_EXIT_USAGE,
                           "--all finds its files itself: leave out FILE, --format and --utc");
    if (!given->all && (given->claude_dir != NULL || given->codex_dir != NULL || given->dry_run))
        return jc_cli_fail(cli, JC_EXIT_USAGE,
                           "--claude-dir, --codex-dir and --dry-run belong to --all: add it");
    if (!given->all && cli->word_count == 0)
        return jc_cli_fail(cli, JC_EXIT_USAGE, "FILE is missing: see 'jc import -h'");
    return 0;
}

static int import_events(jc_cli *cli, const void *values)
{
    const jc_cli_import *given = values;
    int failed = check_options(cli, given);
    if (failed != 0)
        return failed;
    return given->all ? jc_cli_import_all(cli, given) : import_file(cli, cli->words[0], given);
}

/* clang-format off */
static const jc_option import_command_options[] = {
    {"format", 0, JC_OPTION_TEXT, "F",
     "jsonl, mirror, jean-claude-db, claude-transcript, codex-rollout or hooks; default a guess",
     offsetof(jc_cli_import, format)},
    {"workflow", 'w', JC_OPTION_TEXT, "WORKFLOW",
     "the workflow of what names none; of what agents recorded, the one of its session otherwise",
     offsetof(jc_cli_import, workflow)},
    {"all", 0, JC_OPTION_FLAG, NULL,
     "every session of this project that Claude Code and Codex wrote down on this machine",
     offsetof(jc_cli_import, all)},
    {"claude-dir", 0, JC_OPTION_TEXT, "DIR", "of --all; default $CLAUDE_CONFIG_DIR, else ~/.claude",
     offsetof(jc_cli_import, claude_dir)},
    {"codex-dir", 0, JC_OPTION_TEXT, "DIR", "of --all; default $CODEX_HOME, else ~/.codex",
     offsetof(jc_cli_import, codex_dir)},
    {"dry-run", 0, JC_OPTION_FLAG, NULL, "of --all: list the files and take in nothing",
     offsetof(jc_cli_import, dry_run)},
    {"utc", 0, JC_OPTION_FLAG, NULL, "times without a zone are UTC, not local",
     offsetof(jc_cli_import, utc)},
    JC_OPTIONS_END,
};
/* clang-format on */

const jc_command jc_cmd_import = {
    .synopsis = "FILE|- [--format F] [-w WORKFLOW] [--utc]\n"
                "--all [-w WORKFLOW] [--claude-dir DIR] [--codex-dir DIR] [--dry-run]",
    .details = "Keeps ids, times and order, and commits every 1,000 events. Doing it again\n"
               "stores nothing twice. Ctrl-C ends it after what is committed.\n"
               "\n"
               "Sessions of agents come in with their subagents. What their hooks have recorded\n"
               "already stays as it is; lines that are torn are skipped and counted.",
    .examples = "jc import all.jsonl\n"
                "ssh build jc -C work export | jc import -\n"
                "jc import --all\n"
                "jc import ~/.claude/projects/-home-me-shop/SESSION.jsonl\n"
                "jc import old/.jc/events.db --format jean-claude-db --utc",
    .options = import_command_options,
    .words_min = 0,
    .words_max = 1,
    .run = import_events,
};
