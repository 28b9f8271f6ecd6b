/* jc: the program. This file holds the table of its commands and runs one of them:
 * options before the command (-C DIR), the command's own options (args.c), its `run`, then whatever
 * the output has to say, then the store is closed.
 *
 * SIGPIPE is ignored, so that a reader that went away shows as a failed write, which ends the command
 * quietly through its ordinary way out. */
#include "cli/cli.h"

#include "cli/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdalign.h>
#include <stdio.h>
#include <unistd.h>

const jc_command_entry jc_commands[] = {
    {"init", "make .jc/, the folder of a project", &jc_cmd_init},
    {"emit", "append an event, or a batch of them", &jc_cmd_emit},
    {"log", "print events in order, and follow them", &jc_cmd_log},
    {"show", "print one event in full", &jc_cmd_show},
    {"workflows", "list the workflows", &jc_cmd_workflows},
    {"status", "show how far a workflow and its features are", &jc_cmd_status},
    {"state", "print what a workflow's events come to, now or in the past", &jc_cmd_state},
    {"diff", "show what changed in a state, or where two workflows part", &jc_cmd_diff},
    {"search", "find events by words, the best match first", &jc_cmd_search},
    {"note", "take notes and read them: add, list, search, summary, context", &jc_cmd_note},
    {"message", "write to agents, and read what they wrote", &jc_cmd_message},
    {"hook", "record what a coding agent does", &jc_cmd_hook},
    {"mcp", "serve the log to an agent, by the Model Context Protocol", &jc_cmd_mcp},
    {"dashboard", "show everything in a browser, live and as it was", &jc_cmd_dashboard},
    {"timings", "show how long each feature took, and what was tried again", &jc_cmd_timings},
    {"trace", "show what belongs together, as a tree of causes", &jc_cmd_trace},
    {"types", "list the event types and what they need", &jc_cmd_types},
    {"export", "print events as JSON lines", &jc_cmd_export},
    {"import", "take in events from a file", &jc_cmd_import},
    {"verify", "check that nothing stored was changed", &jc_cmd_verify},
    {"head", "print the hash that stands for the whole record", &jc_cmd_head},
    {"mirror", "make the mirrors equal to the log", &jc_cmd_mirror},
    {"rebuild", "make the cache, or the log, anew", &jc_cmd_rebuild},
    {"backup", "copy the log while others write", &jc_cmd_backup},
    {"restore", "put a backup in place of the log", &jc_cmd_restore},
    {"doctor", "look for what is not right, and say what to do", &jc_cmd_doctor},
    {"completion", "print a completion script for a shell", &jc_cmd_completion},
    {"version", "print the version", &jc_cmd_version},
    {"help", "print this, or the help of a command", &jc_cmd_help},
    {0},
};

const jc_command_entry *jc_command_find(const jc_command_entry *table, const char *name)
{
    for (const jc_command_entry *entry = table; entry->name != NULL; entry++) {
        if (strcmp(entry->name, name) == 0)
            return entry;
    }
    return NULL;
}

/* With a standard stream closed, the next file opened would take its number, and a message would be
 * written into the log. The wrong direction on purpose: using it fails. */
static void occupy_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) == -1)
            (void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    }
}

/* Read what stands before the command. Returns how many arguments that was, or -1 after a message. */
static int read_leading_options(jc_cli *cli, int count, char **arguments)
{
    int at = 1;
    while (at < count && arguments[at][0] == '-') {
        const char *argument = arguments[at];
        if (strcmp(argument, "-C") == 0 && at + 1 < count) {
            cli->directory = arguments[at + 1];
            at += 2;
        } else if (strncmp(argument, "-C", 2) == 0 && argument[2] != '\0') {
            cli->directory = argument + 2;
            at++;
        } else if (strcmp(argument, "--json") == 0) {
            cli->json = true;
            at++;
        } else if (strcmp(argument, "-v") == 0 || strcmp(argument, "--verbose") == 0) {
            cli->verbose = true;
            at++;
        } else if (strcmp(argument, "-h") == 0 || strcmp(argument, "--help") == 0) {
            arguments[at] = "help";
            return at;
        } else if (strcmp(argument, "--version") == 0) {
            arguments[at] = "version";
            return at;
        } else {
            (void)jc_cli_fail(cli, JC_EXIT_USAGE, "unknown option '%s': see 'jc help'", argument);
            return -1;
        }
    }
    return at;
}

/* Whoever calls it is not there to read that an option is unknown. */
static int run_unattended(jc_cli *cli, const jc_command_entry *entry, int count, char **arguments)
{
    cli->words = arguments;
    for (int i = 0; i < count; i++) {
        if (strcmp(arguments[i], "-h") == 0 || strcmp(arguments[i], "--help") == 0) {
            jc_help_print(cli->command, entry->summary, entry->command);
            return JC_EXIT_DONE;
        }
        if (strcmp(arguments[i], "-C") == 0 && i + 1 < count)
            cli->directory = arguments[++i];
        else
            cli->words[cli->word_count++] = arguments[i];
    }
    return entry->command->run(cli, NULL);
}

static int run_command(jc_cli *cli, const jc_command_entry *entry, int count, char **arguments)
{
    if (entry->command->unattended)
        return run_unattended(cli, entry, count, arguments);
    alignas(max_align_t) char options[JC_OPTIONS_SIZE_MAX] = {0};
    int failed = jc_args_parse(cli, entry->command, count, arguments, options);
    if (failed != 0)
        return failed;
    if (cli->help) {
        jc_help_print(cli->command, entry->summary, entry->command);
        return JC_EXIT_DONE;
    }
    return entry->command->run(cli, options);
}

/* `jc note add …`: the word behind the group says which command of it; `jc hook` alone runs the group's
 * own, where it has one. */
static int run_group(jc_cli *cli, const jc_command_entry *group, int count, char **arguments)
{
    static char name[64];
    const char *word = count > 0 ? arguments[0] : NULL;
    if (word != NULL && (strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0)) {
        jc_help_print(group->name, group->summary, group->command);
        return JC_EXIT_DONE;
    }
    if (group->command->run != NULL && (word == NULL || word[0] == '-'))
        return run_command(cli, group, count, arguments);
    if (word == NULL)
        return jc_cli_fail(cli, JC_EXIT_USAGE, "which command of it is not said: see 'jc %s -h'",
                           group->name);
    const jc_command_entry *entry = jc_command_find(group->command->group, word);
    if (entry == NULL && group->command->unattended)
        return run_command(cli, group, count, arguments);
    if (entry == NULL)
        return jc_cli_fail(cli, JC_EXIT_USAGE, "unknown command '%s': see 'jc %s -h'", word,
                           group->name);
    (void)snprintf(name, sizeof name, "%s %s", group->name, entry->name);
    cli->command = name;
    return run_command(cli, entry, count - 1, arguments + 1);
}

/* Write out the rest. A reader that went away is no failure; a full disk is one, unless something
 * was committed: then the caller must not take it for not done. */
static int finish_output(jc_cli *cli, int exit_code)
{
    if (jc_cli_flush(cli) || cli->output_errno == EPIPE)
        return exit_code;
    if (cli->committed) {
        jc_cli_warn(cli, "done and stored, but the output cannot be written: %s",
                    strerror(cli->output_errno));
        return exit_code;
    }
    return jc_cli_fail(cli, JC_EXIT_FAILED, "cannot write the output: %s",
                       strerror(cli->output_errno));
}

int main(int argc, char **argv)
{
    static jc_cli cli;
    occupy_standard_streams();
    (void)signal(SIGPIPE, SIG_IGN);

    int at = read_leading_options(&cli, argc, argv);
    if (at < 0)
        return JC_EXIT_USAGE;
    if (at >= argc)
        return jc_cli_fail(&cli, JC_EXIT_USAGE, "no command is given: 'jc help' lists them");
    const jc_command_entry *entry = jc_command_find(jc_commands, argv[at]);
    if (entry == NULL)
        return jc_cli_fail(&cli, JC_EXIT_USAGE, "unknown command '%s': 'jc help' lists them",
                           argv[at]);

    cli.command = entry->name;
    int exit_code = entry->command->group != NULL
                        ? run_group(&cli, entry, argc - at - 1, argv + at + 1)
                        : run_command(&cli, entry, argc - at - 1, argv + at + 1);
    jc_progress_end(&cli.progress);
    exit_code = finish_output(&cli, exit_code);
    jc_close(cli.store);
    return exit_code;
}
