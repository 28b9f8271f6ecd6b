/* The sessions of a project among all that agents' clients wrote down on this machine.
 *
 *     CLAUDE/projects/FOLDER/SESSION.jsonl       FOLDER is the working directory, with '-' for what is no
 *                                                letter or digit: many directories may have one name
 *     CODEX/sessions/YYYY/MM/DD/rollout-….jsonl
 *
 * What counts is the working directory that a session's file tells. Folders whose name cannot be of this
 * project are judged by one of their sessions: those of a linked worktree lie anywhere. */
#include "jc/intake.h"

#include "base/array.h"
#include "base/fail.h"
#include "base/files.h"
#include "intake/claude.h"
#include "jc/project.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define LOOK_LINES_MAX 100
#define CODEX_DEPTH 4

/* Names of folders are cut to so many bytes, and a digest follows. */
#define FOLDER_NAME_MAX 200

typedef struct found {
    char *path;
    char *cwd;
    jc_format format;
    uint64_t size;
    int64_t first_us;
    int64_t written_s;
} found;

typedef struct search {
    char project[JC_PATH_SIZE_MAX];
    char folder_name[JC_PATH_SIZE_MAX]; /* how the project's own folder is called */
    found *all;
    size_t count;
    size_t capacity;
    char *last_cwd; /* asked for last, and what the answer was */
    bool last_belongs;
} search;

static void search_release(search *in)
{
    for (size_t i = 0; i < in->count; i++) {
        free(in->all[i].path);
        free(in->all[i].cwd);
    }
    free(in->all);
    free(in->last_cwd);
}
JC_AUTO_DEFINE(search, search_release);

static void name_folder(const char *path, char *ret)
{
    size_t size = 0;
    for (; path[size] != '\0' && size < FOLDER_NAME_MAX; size++)
        ret[size] = isalnum((unsigned char)path[size]) != 0 ? path[size] : '-';
    ret[size] = '\0';
}

/* Shorten a path to the nearest folder above that is there. */
static void find_existing(char *path)
{
    struct stat facts;
    while (path[0] == '/' && path[1] != '\0' && stat(path, &facts) < 0) {
        char *slash = strrchr(path, '/');
        slash[slash == path ? 1 : 0] = '\0';
    }
}

/* Does a working directory lie in the project? */
static bool belongs(search *in, const char *cwd)
{
    char path[JC_PATH_SIZE_MAX];
    char project[JC_PATH_SIZE_MAX];
    if (in->last_cwd != NULL && strcmp(in->last_cwd, cwd) == 0)
        return in->last_belongs;
    if (cwd[0] != '/' || strlen(cwd) >= sizeof path)
        return false;
    (void)snprintf(path, sizeof path, "%s", cwd);
    find_existing(path);
    free(in->last_cwd);
    in->last_cwd = strdup(cwd);
    in->last_belongs =
        jc_project_find(path, project, NULL) == JC_OK && strcmp(project, in->project) == 0;
    return in->last_belongs;
}

/* Where and when a session began, by the first lines that say so. */
static void look_at(const char *path, char ret_cwd[JC_PATH_SIZE_MAX], int64_t *ret_us)
{
    JC_AUTO(jc_lines) lines = {.fd = -1};
    JC_AUTO(jc_foreign) foreign = {0};
    jc_str text;
    bool torn = false;
    *ret_us = 0;
    ret_cwd[0] = '\0';
    if (jc_lines_open(&lines, path, false, NULL) < 0)
        return;
    lines.size_max = JC_TRANSCRIPT_LINE_SIZE_MAX;
    lines.pass_over = true;
    for (int i = 0; i < LOOK_LINES_MAX && (ret_cwd[0] == '\0' || *ret_us == 0); i++) {
        yyjson_val *root = NULL;
        if (jc_lines_next(&lines, &text, &torn, NULL) != JC_OK)
            return;
        if (jc_claude_read_record(&foreign, text, &root, &torn, NULL) != JC_OK)
            continue;
        jc_str cwd = jc_foreign_text(root, "cwd");
        if (cwd.bytes == NULL)
            cwd = jc_foreign_text(jc_foreign_get(root, "payload"), "cwd");
        if (ret_cwd[0] == '\0' && cwd.size < JC_PATH_SIZE_MAX && cwd.bytes != NULL)
            (void)snprintf(ret_cwd, JC_PATH_SIZE_MAX, "%.*s", (int)cwd.size, cwd.bytes);
        if (*ret_us == 0)
            (void)jc_transcript_time(jc_foreign_get(root, "timestamp"), ret_us);
    }
}

static jc_status add(search *in, const char *path, const char *cwd, jc_format format,
                     int64_t first_us, jc_error *reterr)
{
    struct stat facts;
    if (stat(path, &facts) < 0)
        return JC_OK;
    found *all = jc_array_grow(in->all, sizeof *all, in->count, &in->capacity);
    if (all == NULL)
        return jc_fail_memory(reterr);
    in->all = all;
    found *made = &all[in->count++];
    *made = (found){.path = strdup(path),
                    .cwd = strdup(cwd),
                    .format = format,
                    .size = (uint64_t)facts.st_size,
                    .first_us = first_us,
                    .written_s = (int64_t)facts.st_mtime};
    return made->path != NULL && made->cwd != NULL ? JC_OK : jc_fail_memory(reterr);
}

static bool ends_in_jsonl(const char *name)
{
    size_t size = strlen(name);
    return size > 6 && strcmp(name + size - 6, ".jsonl") == 0;
}

/* A session's own file; those of subagents come with their session. */
static bool is_session(const char *name)
{
    return ends_in_jsonl(name) && strncmp(name, "agent-", 6) != 0;
}

static bool is_rollout(const char *name)
{
    return ends_in_jsonl(name) && strncmp(name, "rollout-", 8) == 0;
}

/* `may_be`: the folder's name may be of this project; else its first session decides for all. */
static jc_status search_claude_folder(search *in, const char *folder, bool may_be, jc_error *reterr)
{
    DIR *entries = opendir(folder);
    jc_status status = JC_OK;
    if (entries == NULL)
        return JC_OK;
    for (struct dirent *entry = readdir(entries); status == JC_OK && entry != NULL;
         entry = readdir(entries)) {
        char path[JC_PATH_SIZE_MAX];
        char cwd[JC_PATH_SIZE_MAX];
        int64_t first_us = 0;
        if (!is_session(entry->d_name) ||
            jc_path_join(folder, entry->d_name, path, sizeof path, NULL) < 0)
            continue;
        look_at(path, cwd, &first_us);
        if (belongs(in, cwd))
            status = add(in, path, cwd, JC_FORMAT_CLAUDE_TRANSCRIPT, first_us, reterr);
        else if (!may_be && cwd[0] != '\0')
            break;
        may_be = may_be || cwd[0] != '\0';
    }
    (void)closedir(entries);
    return status;
}

static jc_status search_claude(search *in, const char *claude, jc_error *reterr)
{
    char projects[JC_PATH_SIZE_MAX];
    jc_status status = jc_path_join(claude, "projects", projects, sizeof projects, reterr);
    DIR *entries = status == JC_OK ? opendir(projects) : NULL;
    size_t size = strlen(in->folder_name);
    if (entries == NULL)
        return status;
    for (struct dirent *entry = readdir(entries); status == JC_OK && entry != NULL;
         entry = readdir(entries)) {
        char folder[JC_PATH_SIZE_MAX];
        if (entry->d_name[0] == '.' ||
            jc_path_join(projects, entry->d_name, folder, sizeof folder, NULL) < 0)
            continue;
        status = search_claude_folder(in, folder,
                                      strncmp(entry->d_name, in->folder_name, size) == 0, reterr);
    }
    (void)closedir(entries);
    return status;
}

static jc_status search_codex(search *in, const char *folder, int depth, jc_error *reterr)
{
    DIR *entries = opendir(folder);
    jc_status status = JC_OK;
    if (entries == NULL)
        return JC_OK;
    for (struct dirent *entry = readdir(entries); status == JC_OK && entry != NULL;
         entry = readdir(entries)) {
        char path[JC_PATH_SIZE_MAX];
        char cwd[JC_PATH_SIZE_MAX];
        int64_t first_us = 0;
        if (entry->d_name[0] == '.' ||
            jc_path_join(folder, entry->d_name, path, sizeof path, NULL) < 0)
            continue;
        if (!is_rollout(entry->d_name)) {
            status = depth > 1 && entry->d_type != DT_REG
                         ? search_codex(in, path, depth - 1, reterr)
                         : JC_OK;
            continue;
        }
        look_at(path, cwd, &first_us);
        if (belongs(in, cwd))
            status = add(in, path, cwd, JC_FORMAT_CODEX_ROLLOUT, first_us, reterr);
    }
    (void)closedir(entries);
    return status;
}

/* A session that was copied from another begins like it, and was written later. */
static int compare(const void *a, const void *b)
{
    const found *one = a, *other = b;
    if (one->first_us != other->first_us)
        return one->first_us < other->first_us ? -1 : 1;
    if (one->written_s != other->written_s)
        return one->written_s < other->written_s ? -1 : 1;
    return strcmp(one->path, other->path);
}

static jc_status search_all(search *in, const jc_recording_folders *folders, jc_error *reterr)
{
    char sessions[JC_PATH_SIZE_MAX];
    jc_status status = JC_OK;
    if (folders->claude != NULL)
        status = search_claude(in, folders->claude, reterr);
    if (status == JC_OK && folders->codex != NULL) {
        status = jc_path_join(folders->codex, "sessions", sessions, sizeof sessions, reterr);
        if (status == JC_OK)
            status = search_codex(in, sessions, CODEX_DEPTH, reterr);
    }
    if (in->count > 1)
        qsort(in->all, in->count, sizeof *in->all, compare);
    return status;
}

jc_status jc_recordings_find(const char *project_dir, const jc_recording_folders *folders,
                             jc_status (*each)(void *context, const jc_recording *recording),
                             void *context, jc_error *reterr)
{
    JC_AUTO(search) in = {0};
    jc_status status = jc_project_find(project_dir, in.project, reterr);
    if (status < 0)
        return status;
    name_folder(in.project, in.folder_name);
    status = search_all(&in, folders, reterr);
    for (size_t i = 0; status == JC_OK && i < in.count; i++) {
        jc_recording recording = {.path = in.all[i].path,
                                  .format = in.all[i].format,
                                  .size = in.all[i].size,
                                  .first_us = in.all[i].first_us,
                                  .cwd = in.all[i].cwd};
        status = each(context, &recording);
    }
    return status;
}
