/* jc rebuild: the log anew from the mirrors, when it is lost; or the cache anew from the log. */
#include "base/files.h"
#include "cli/commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

typedef struct rebuild_options {
    bool cache;
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

static void show_progress(void *context, uint64_t done, uint64_t total)
{
    jc_progress_show(context, done, total);
}

static int rebuild_cache(jc_cli *cli)
{
    jc_cache_info info;
    jc_error error = {0};
    int failed = jc_cli_open(cli, true);
    if (failed != 0)
        return failed;
    jc_progress_begin(&cli->progress, "rebuilding");
    jc_status status = jc_cache_rebuild(cli->store, show_progress, &cli->progress, &info, &error);
    jc_progress_end(&cli->progress);
    if (status < 0)
        return jc_cli_fail_error(cli, &error);
    if (cli->json)
        printf("{\"snapshots\":%" PRIu64 ",\"snapshot_bytes\":%" PRIu64 ",\"indexed\":%" PRIu64
               "}\n",
               info.snapshots, info.snapshot_bytes, info.indexed);
    else
        printf("rebuilt the cache: %" PRIu64 " snapshot%s, %" PRIu64 " events indexed\n",
               info.snapshots, info.snapshots == 1 ? "" : "s", info.indexed);
    return JC_EXIT_DONE;
}

static int rebuild_log(jc_cli *cli, const rebuild_options *options)
{
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

static int rebuild(jc_cli *cli, const void *values)
{
    const rebuild_options *options = values;
    if (options->cache == options->from_mirror || (options->cache && options->renumber))
        return jc_cli_fail(cli, JC_EXIT_USAGE,
                           "say what to rebuild: 'jc rebuild --cache', or "
                           "'jc rebuild --from-mirror [--renumber]'");
    return options->cache ? rebuild_cache(cli) : rebuild_log(cli, options);
}

/* clang-format off */
static const jc_option rebuild_command_options[] = {
    {"cache", 0, JC_OPTION_FLAG, NULL, "empty .jc/cache.db and derive everything anew",
     offsetof(rebuild_options, cache)},
    {"from-mirror", 0, JC_OPTION_FLAG, NULL, "make the log from agents/*/events.jsonl",
     offsetof(rebuild_options, from_mirror)},
    {"renumber", 0, JC_OPTION_FLAG, NULL, "give positions anew, in the old order",
     offsetof(rebuild_options, renumber)},
    JC_OPTIONS_END,
};
/* clang-format on */

const jc_command jc_cmd_rebuild = {
    .synopsis = "--cache\n--from-mirror [--renumber]",
    .details =
        "The cache holds snapshots and the search index: both can be made of the log at any\n"
        "time. The log is made of the mirrors when it is lost: ids, sequences, hashes and\n"
        "positions come out the same. A log that is there is kept beside the new one. A\n"
        "damaged mirror stops it.",
    .examples = "jc rebuild --cache\n"
                "jc rebuild --from-mirror",
    .options = rebuild_command_options,
    .words_min = 0,
    .words_max = 0,
    .run = rebuild,
};
