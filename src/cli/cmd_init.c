/* jc init: make .jc/ in a folder. */
#include "cli/commands.h"

#include <inttypes.h>
#include <stdio.h>

/* DIR counts from -C, when both are given. */
static int choose_folder(const jc_cli *cli, char ret_folder[JC_PATH_SIZE_MAX])
{
    const char *base = cli->directory != NULL ? cli->directory : ".";
    const char *given = cli->word_count > 0 ? cli->words[0] : "";
    if (cli->word_count > 0 && *given == '\0')
        return jc_cli_fail(cli, JC_EXIT_USAGE,
                           "the folder's name is empty: leave it out for this folder");
    int size;
    if (*given == '\0')
        size = snprintf(ret_folder, JC_PATH_SIZE_MAX, "%s", base);
    else if (*given == '/' || cli->directory == NULL)
        size = snprintf(ret_folder, JC_PATH_SIZE_MAX, "%s", given);
    else
        size = snprintf(ret_folder, JC_PATH_SIZE_MAX, "%s/%s", base, given);
    if (size >= JC_PATH_SIZE_MAX)
        return jc_cli_fail(cli, JC_EXIT_USAGE, "the path is too long: at most %d bytes",
                           JC_PATH_SIZE_MAX - 1);
    return 0;
}

static void print_json(const char *folder, const jc_project_made *made)
{
    printf("{\"project\":");
    jc_cli_print_json_text(jc_str_of(folder));
    printf(",\"made\":%s", made->log ? "true" : "false");
    if (made->ignored) {
        printf(",\"gitignore\":");
        jc_cli_print_json_text(jc_str_of(made->gitignore));
    }
    printf("}\n");
}

static jc_status count_one(void *context, jc_str workflow_id)
{
    uint64_t *count = context;
    (void)workflow_id;
    (*count)++;
    return JC_OK;
}

/* A log that was there must be one that can be used; beside a new one there may be the mirrors of one
 * that was lost. 0, or an exit code after a message. */
static int look_at_log(jc_cli *cli, const char *folder, bool made, uint64_t *ret_mirrors)
{
    jc_error error = {0};
    jc_options options = {.read_only = true};
    if (jc_open(folder, &options, &cli->store, &error) < 0)
        return jc_cli_fail_error(cli, &error);
    if (made && jc_mirror_list(cli->store, count_one, ret_mirrors, &error) < 0)
        jc_cli_warn(cli, "%s", error.text);
    return 0;
}

static int init(jc_cli *cli, const void *values)
{
    (void)values;
    char folder[JC_PATH_SIZE_MAX];
    int failed = choose_folder(cli, folder);
    if (failed != 0)
        return failed;

    jc_project_made made = {0};
    jc_error error = {0};
    if (jc_project_init(folder, &made, &error) < 0)
        return jc_cli_fail_error(cli, &error);
    cli->committed = true;
    uint64_t mirrors = 0;
    failed = look_at_log(cli, folder, made.log, &mirrors);
    if (failed != 0)
        return failed;
    if (mirrors > 0)
        jc_cli_warn(cli,
                    "agents/ holds the events of %" PRIu64 " workflow%s already: 'jc rebuild "
                    "--from-mirror' takes them back if jc wrote them, 'jc import' takes in others",
                    mirrors, mirrors == 1 ? "" : "s");
    if (made.network_file_system)
        jc_cli_warn(cli,
                    "'%s' lies on a network or user-space file system, where locks cannot be "
                    "relied on: use a local disk",
                    folder);
    if (cli->json) {
        print_json(folder, &made);
        return JC_EXIT_DONE;
    }
    printf(made.log ? "made %s/.jc/events.db\n"
                    : "%s/.jc/events.db is there already; nothing was changed\n",
           folder);
    if (made.ignored)
        printf("added .jc/ and the mirrors to %s\n", made.gitignore);
    return JC_EXIT_DONE;
}

const jc_command jc_cmd_init = {
    .synopsis = "[DIR]",
    .details = "Makes DIR/.jc/ with an empty log; default here. In a git work tree the log and\n"
               "the mirrors are added to .gitignore. Doing it again is harmless.",
    .examples = "jc init\n"
                "jc init ~/projects/shop",
    .words_min = 0,
    .words_max = 1,
    .run = init,
};
