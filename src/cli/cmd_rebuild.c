/* jc rebuild --from-mirror: the log anew from the mirrors, when it is lost. */
#include "base/files.h"
#include "cli/commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

typedef struct rebuild_options {
    bool from_mirror;
    bool renumber;
} rebuild_options;

static void report(void *context, const jc_finding *finding)
{
    const jc_cli *cli = context;
    if (finding->damage)
        (void)jc_cli_fail(cli, 0, "%s: %s", finding->where, finding->what);
    else
        jc_cli_warn(cli, "%s: %s", finding->where, finding->what);
}

static bool is_folder(const char *dir, const char *name)
{
    char path[2 * JC_PATH_SIZE_MAX];
    struct stat facts;
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    return stat(path, &facts) == 0 && S_ISDIR(facts.st_mode);
}

/* When .jc/ itself is gone, mirrors are reason enough to take a folder for the project. */
static int find_project(jc_cli *cli)
{
    char folder[JC_PATH_SIZE_MAX];
    char path[2 * JC_PATH_SIZE_MAX];
    const char *given = getenv("JC_DIR");
    bool told = cli->directory != NULL || (given != NULL && *given != '\0');
    if (!told && jc_project_find(".", folder, NULL) == JC_ENOTFOUND && is_folder(".", "agents"))
        cli->directory = ".";
    int failed = jc_cli_find_project(cli);
    if (failed != 0)
        return failed;
    if (is_folder(cli->project, ".jc"))
        return 0;
    if (!is_folder(cli->project, "agents"))
        return jc_cli_fail(cli, JC_EXIT_NOT_FOUND, "no .jc/ and no agents/ in '%s': run 'jc init'",
                           cli->project);
    jc_error error = {0};
    (void)snprintf(path, sizeof path, "%s/.jc", cli->project);
    return jc_folder_make(path, 0700, &error) < 0 ? jc_cli_fail_error(cli, &error) : 0;
}

static void print_json(const jc_rebuild_result *result)
{
    printf("{\"events\":%" PRIu64 ",\"workflows\":%" PRIu64 ",\"gaps\":%s", result->events,
           result->workflows, result->gaps ? "true" : "false");
    if (result->kept[0] != '\0') {
        printf(",\"kept\":");
        jc_cli_print_json_text(jc_str_of(result->kept));
    }
    printf("}\n");
}

static int rebuild(jc_cli *cli, const void *values)
{
    const rebuild_options *options = values;
    if (!options->from_mirror)
        return jc_cli_fail(cli, JC_EXIT_USAGE, "what from is not said: 'jc rebuild --from-mirror'");
    int failed = find_project(cli);
    if (failed != 0)
        return failed;
    jc_rebuild_result result = {0};
    jc_error error = {0};
    if (jc_rebuild_from_mirrors(cli->project, options->renumber, report, cli, &result, &error) < 0)
        return jc_cli_fail_error(cli, &error);
    cli->committed = true;
    if (cli->json) {
        print_json(&result);
        return JC_EXIT_DONE;
    }
    printf("rebuilt %" PRIu64 " event%s in %" PRIu64 " workflow%s\n", result.events,
           result.events == 1 ? "" : "s", result.workflows, result.workflows == 1 ? "" : "s");
    if (result.kept[0] != '\0')
        printf("the old log is kept as %s\n", result.kept);
    if (result.gaps)
        jc_cli_warn(
            cli,
            "the mirrors do not hold every position: events of other workflows may be missing; "
            "--renumber closes the gaps");
    if (options->renumber)
        jc_cli_warn(cli, "the mirrors still have the old positions: 'jc mirror' writes them anew");
    return JC_EXIT_DONE;
}

/* clang-format off */
static const jc_option rebuild_command_options[] = {
    {"from-mirror", 0, JC_OPTION_FLAG, NULL, "make the log from agents/*/events.jsonl",
     offsetof(rebuild_options, from_mirror)},
    {"renumber", 0, JC_OPTION_FLAG, NULL, "give positions anew, in the old order",
     offsetof(rebuild_options, renumber)},
    JC_OPTIONS_END,
};
/* clang-format on */

const jc_command jc_cmd_rebuild = {
    .synopsis = "--from-mirror [--renumber]",
    .details = "Ids, sequences, hashes and positions come out the same. A log that is there is\n"
               "kept beside the new one. A damaged mirror stops it.",
    .examples = "jc rebuild --from-mirror",
    .options = rebuild_command_options,
    .words_min = 0,
    .words_max = 0,
    .run = rebuild,
};
