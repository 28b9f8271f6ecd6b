/* Where Claude Code keeps the files of a session's subagents: see claude_folder.h. */
#include "intake/claude_folder.h"

#include "base/array.h"
#include "base/fail.h"
#include "base/files.h"
#include "jc/project.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define DEPTH_MAX 4
#define LOOK_LINES_MAX 50
#define META_SIZE_MAX ((size_t)1024 * 1024)

void jc_claude_paths_release(jc_claude_paths *paths)
{
    for (size_t i = 0; i < paths->count; i++)
        free(paths->paths[i].path);
    free(paths->paths);
    *paths = (jc_claude_paths){0};
}

static bool is_agent_file(const char *name)
{
    size_t size = strlen(name);
    return size > 12 && strncmp(name, "agent-", 6) == 0 && strcmp(name + size - 6, ".jsonl") == 0;
}

/* The first line's time, and which session the file belongs to (absent: it does not say). */
static void look_at(const char *path, int64_t *ret_us, jc_foreign *foreign, jc_str *ret_session)
{
    JC_AUTO(jc_lines) lines = {.fd = -1};
    jc_str text;
    bool torn = false;
    *ret_us = 0;
    *ret_session = (jc_str){0};
    if (jc_lines_open(&lines, path, false, NULL) < 0)
        return;
    lines.size_max = JC_TRANSCRIPT_LINE_SIZE_MAX;
    lines.pass_over = true;
    for (int i = 0; i < LOOK_LINES_MAX; i++) {
        yyjson_val *root = NULL;
        if (jc_lines_next(&lines, &text, &torn, NULL) != JC_OK)
            return;
        if (jc_claude_read_record(foreign, text, &root, &torn, NULL) != JC_OK ||
            !jc_transcript_time(jc_foreign_get(root, "timestamp"), ret_us))
            continue;
        *ret_session = jc_foreign_text(root, "sessionId");
        return;
    }
}

/* `session_id`: only a file of that session; absent: whichever it is. */
static jc_status add_path(jc_claude_paths *paths, const char *path, jc_str session_id,
                          jc_error *reterr)
{
    JC_AUTO(jc_foreign) foreign = {0};
    struct stat facts;
    jc_claude_path found = {0};
    jc_str named;
    if (stat(path, &facts) < 0 || !S_ISREG(facts.st_mode))
        return JC_OK;
    look_at(path, &found.first_us, &foreign, &named);
    if (session_id.bytes != NULL && !jc_str_equal(named, session_id))
        return JC_OK;
    jc_claude_path *grown =
        jc_array_grow(paths->paths, sizeof *grown, paths->count, &paths->capacity);
    if (grown == NULL)
        return jc_fail_memory(reterr);
    paths->paths = grown;
    found.path = strdup(path);
    found.size = (uint64_t)facts.st_size;
    if (found.path == NULL)
        return jc_fail_memory(reterr);
    grown[paths->count++] = found;
    return JC_OK;
}

static jc_status add_folder(jc_claude_paths *paths, const char *folder, jc_str session_id,
                            int depth, jc_error *reterr)
{
    DIR *entries = opendir(folder);
    jc_status status = JC_OK;
    if (entries == NULL)
        return JC_OK;
    for (struct dirent *entry = readdir(entries); status == JC_OK && entry != NULL;
         entry = readdir(entries)) {
        char path[JC_PATH_SIZE_MAX];
        if (entry->d_name[0] == '.' ||
            jc_path_join(folder, entry->d_name, path, sizeof path, NULL) < 0)
            continue;
        if (is_agent_file(entry->d_name))
            status = add_path(paths, path, session_id, reterr);
        else if (depth > 1 && entry->d_type != DT_REG)
            status = add_folder(paths, path, session_id, depth - 1, reterr);
    }
    (void)closedir(entries);
    return status;
}

static int compare(const void *a, const void *b)
{
    const jc_claude_path *one = a, *other = b;
    if (one->first_us != other->first_us)
        return one->first_us < other->first_us ? -1 : 1;
    return strcmp(one->path, other->path);
}

jc_status jc_claude_find_subagents(const char *session_path, jc_claude_paths *ret_paths,
                                   jc_error *reterr)
{
    char folder[JC_PATH_SIZE_MAX];
    jc_str name = jc_transcript_name(session_path);
    size_t size = (size_t)(name.bytes - session_path) + name.size;
    if (size >= sizeof folder || name.bytes < session_path ||
        name.bytes > session_path + strlen(session_path) ||
        is_agent_file(session_path + size - name.size))
        return JC_OK;
    memcpy(folder, session_path, size);
    folder[size] = '\0';
    jc_status status = add_folder(ret_paths, folder, (jc_str){0}, DEPTH_MAX, reterr);
    if (status < 0)
        return status;
    jc_path_folder(session_path, folder, sizeof folder);
    status = add_folder(ret_paths, folder, name, 1, reterr);
    if (ret_paths->count > 1)
        qsort(ret_paths->paths, ret_paths->count, sizeof *ret_paths->paths, compare);
    return status;
}

static jc_status keep_meta(jc_claude *claude, jc_str agent_id, yyjson_val *meta, jc_error *reterr)
{
    jc_claude_agent *agent = NULL;
    jc_status status = jc_claude_find_agent(claude, agent_id, &agent, reterr);
    if (status == JC_OK)
        status =
            jc_arena_keep(claude->arena, jc_foreign_text(meta, "agentType"), &agent->type, reterr);
    if (status == JC_OK)
        status = jc_arena_keep(claude->arena, jc_foreign_text(meta, "description"),
                               &agent->description, reterr);
    if (status == JC_OK)
        status =
            jc_arena_keep(claude->arena, jc_foreign_text(meta, "model"), &agent->model, reterr);
    if (status == JC_OK)
        status = jc_arena_keep(claude->arena, jc_foreign_text(meta, "toolUseId"),
                               &agent->parent_call, reterr);
    return status;
}

jc_status jc_claude_read_meta(jc_claude *claude, const char *path, jc_error *reterr)
{
    char meta_path[JC_PATH_SIZE_MAX];
    JC_AUTO(jc_buf) content = {0};
    JC_AUTO(jc_foreign) foreign = {0};
    yyjson_val *meta = NULL;
    jc_str name = jc_transcript_name(path);
    size_t size = strlen(path);
    if (!is_agent_file(name.bytes) || size + 5 >= sizeof meta_path)
        return JC_OK;
    /* ".jsonl" becomes ".meta.json". */
    (void)snprintf(meta_path, sizeof meta_path, "%.*s.meta.json", (int)(size - 6), path);
    jc_status status = jc_file_read(meta_path, META_SIZE_MAX, &content, reterr);
    if (status == JC_OK)
        status = jc_foreign_read(&foreign, jc_buf_str(&content), &meta, reterr);
    if (status < 0)
        return status == JC_ENOMEM ? status : JC_OK;
    return keep_meta(claude, (jc_str){name.bytes + 6, name.size - 6}, meta, reterr);
}
