/* jc import --all: every session of this project that Claude Code and Codex wrote down on this machine. One
 * session that cannot be taken in does not stop the others. */
#include "cli/import.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct recording {
    char *path;
    jc_format format;
    uint64_t size;
} recording;

typedef struct import_all {
    jc_cli *cli;
    jc_import_options options;
    recording *recordings;
    size_t count;
    uint64_t total_size;
    uint64_t done_size; /* of the sessions before the one under way */
    jc_import_result sum;
    size_t failed;
} import_all;

static void import_all_release(import_all *in)
{
    for (size_t i = 0; i < in->count; i++)
        free(in->recordings[i].path);
    free(in->recordings);
}
JC_AUTO_DEFINE(import_all, import_all_release);

static jc_status show_progress(void *context, uint64_t done_size, uint64_t total_size)
{
    import_all *in = context;
    (void)total_size;
    jc_progress_show(&in->cli->progress, in->done_size + done_size, in->total_size);
    return jc_cli_import_interrupted() ? JC_END : JC_OK;
}

static jc_status keep(void *context, const jc_recording *found)
{
    import_all *in = context;
    recording *more = realloc(in->recordings, (in->count + 1) * sizeof *more);
    if (more == NULL)
        return JC_ENOMEM;
    in->recordings = more;
    char *path = strdup(found->path);
    if (path == NULL)
        return JC_ENOMEM;
    more[in->count++] = (recording){.path = path, .format = found->format, .size = found->size};
    in->total_size += found->size;
    return JC_OK;
}

static void add(jc_import_result *sum, const jc_import_result *result)
{
    sum->stored += result->stored;
    sum->already_stored += result->already_stored;
    sum->lines += result->lines;
    sum->files += result->files;
    sum->torn += result->torn;
    sum->too_long += result->too_long;
    if (result->position > sum->position)
        sum->position = result->position;
}

static void import_one(import_all *in, const recording *one)
{
    jc_import_result result = {0};
    jc_error error = {0};
    in->options.format = one->format;
    jc_status status = jc_import(in->cli->store, one->path, &in->options, &result, &error);
    add(&in->sum, &result);
    in->done_size += one->size;
    in->sum.interrupted = result.interrupted;
    in->cli->committed = in->cli->committed || result.stored > 0;
    if (status < 0) {
        in->failed++;
        jc_cli_warn(in->cli, "%s: %s; the others are taken in", one->path, error.text);
        return;
    }
    if (!in->cli->verbose)
        return;
    jc_progress_end(&in->cli->progress);
    (void)fprintf(stderr, "%s: %" PRIu64 " new, %" PRIu64 " already stored\n", one->path,
                  result.stored, result.already_stored);
}

static void print_json(const import_all *in)
{
    const jc_import_result *sum = &in->sum;
    printf("{\"sessions\":%zu,\"failed\":%zu,\"stored\":%" PRIu64 ",\"already_stored\":%" PRIu64
           ",\"lines\":%" PRIu64 ",\"files\":%" PRIu64 ",\"torn\":%" PRIu64 ",\"too_long\":%" PRIu64
           ",\"position\":%" PRIu64 ",\"interrupted\":%s}\n",
           in->count, in->failed, sum->stored, sum->already_stored, sum->lines, sum->files,
           sum->torn, sum->too_long, sum->position, sum->interrupted ? "true" : "false");
}

static void print_sum(const import_all *in)
{
    const jc_import_result *sum = &in->sum;
    if (in->cli->json) {
        print_json(in);
        return;
    }
    printf("imported %" PRIu64 " event%s", sum->stored, sum->stored == 1 ? "" : "s");
    if (sum->already_stored > 0)
        printf(", %" PRIu64 " already stored", sum->already_stored);
    printf(" (%zu session%s, %" PRIu64 " files, %" PRIu64 " lines", in->count,
           in->count == 1 ? "" : "s", sum->files, sum->lines);
    jc_cli_import_print_skipped(sum);
    printf(")\n");
}

static int list(const import_all *in)
{
    for (size_t i = 0; i < in->count; i++) {
        const recording *one = &in->recordings[i];
        if (!in->cli->json) {
            printf("%s\n", one->path);
            continue;
        }
        printf("{\"path\":");
        jc_cli_print_json_text(jc_str_of(one->path));
        printf(",\"format\":\"%s\",\"size\":%" PRIu64 "}\n", jc_format_name(one->format),
               one->size);
    }
    return JC_EXIT_DONE;
}

static int run(import_all *in)
{
    jc_progress_begin(&in->cli->progress, "importing");
    jc_cli_import_catch_signals();
    for (size_t i = 0; i < in->count && !jc_cli_import_interrupted(); i++)
        import_one(in, &in->recordings[i]);
    jc_progress_end(&in->cli->progress);
    if (jc_cli_import_interrupted())
        in->sum.interrupted = true;
    print_sum(in);
    if (in->sum.interrupted)
        return jc_cli_fail(in->cli, JC_EXIT_FAILED,
                           "interrupted: the same import again goes on from there");
    if (in->failed > 0)
        return jc_cli_fail(in->cli, JC_EXIT_FAILED,
                           "%zu of %zu sessions could not be taken in: see above", in->failed,
                           in->count);
    return JC_EXIT_DONE;
}

/* A folder that was named, else that of the variable, else the one in the home folder; NULL: there is none. */
static const char *find_folder(const char *given, const char *variable, const char *name,
                               char room[JC_PATH_SIZE_MAX])
{
    const char *value = given != NULL ? given : getenv(variable);
    const char *home = getenv("HOME");
    if (value != NULL && *value != '\0')
        return value;
    if (home == NULL || *home == '\0')
        return NULL;
    (void)snprintf(room, JC_PATH_SIZE_MAX, "%s/%s", home, name);
    return room;
}

int jc_cli_import_all(jc_cli *cli, const jc_cli_import *given)
{
    JC_AUTO(import_all) in = {.cli = cli};
    char claude[JC_PATH_SIZE_MAX];
    char codex[JC_PATH_SIZE_MAX];
    jc_error error = {0};
    jc_recording_folders folders = {.claude = find_folder(given->claude_dir, "CLAUDE_CONFIG_DIR",
                                                          ".claude", claude),
                                    .codex = find_folder(given->codex_dir, "CODEX_HOME", ".codex",
                                                         codex)};
    in.options = (jc_import_options){.workflow_id = jc_str_of(given->workflow),
                                     .progress = show_progress,
                                     .progress_context = &in};
    int failed = given->dry_run ? jc_cli_find_project(cli) : jc_cli_open(cli, false);
    if (failed != 0)
        return failed;
    jc_status status = jc_recordings_find(cli->project, &folders, keep, &in, &error);
    if (status == JC_ENOMEM)
        jc_cli_must(status);
    if (status < 0)
        return jc_cli_fail_error(cli, &error);
    if (in.count == 0 && !cli->json)
        return jc_cli_found_nothing(cli,
                                    "no agent's client has written down a session of this "
                                    "project: --claude-dir and --codex-dir say where else to look");
    return given->dry_run ? list(&in) : run(&in);
}
