/* The project's folder: found, also from a linked git worktree, and made.
 *
 * A linked worktree has a file `.git` with the line "gitdir: DIR"; DIR/commondir names the common git
 * folder, which lies in the main work tree (gitrepository-layout). */
#include "jc/project.h"

#include "base/fail.h"
#include "base/file_system.h"
#include "base/files.h"
#include "store/backend_sqlite/schema.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char ignored_lines[] =
    "# jc: the record of agent workflows\n.jc/\nagents/*/events.jsonl*\n";

static bool is_folder(const char *dir, const char *name)
{
    char path[PATH_MAX];
    struct stat facts;
    return jc_path_join(dir, name, path, sizeof path, NULL) == JC_OK && stat(path, &facts) == 0 &&
           S_ISDIR(facts.st_mode);
}

/* The first line of a small file, without its end; false when there is none. */
static bool read_line(const char *path, char *ret, size_t size)
{
    JC_AUTO(jc_buf) content = {0};
    if (jc_file_read(path, PATH_MAX, &content, NULL) < 0 || content.size == 0 ||
        content.size >= size)
        return false;
    memcpy(ret, content.bytes, content.size);
    ret[content.size] = '\0';
    ret[strcspn(ret, "\r\n")] = '\0';
    return true;
}

/* `name` as seen from `dir`, unless it is absolute. */
static bool resolve(const char *dir, const char *name, char *ret)
{
    char joined[PATH_MAX];
    if (name[0] == '/')
        (void)snprintf(joined, sizeof joined, "%s", name);
    else if (jc_path_join(dir, name, joined, sizeof joined, NULL) < 0)
        return false;
    return realpath(joined, ret) != NULL;
}

/* The main work tree of the linked worktree whose folder is `dir`. */
static bool find_main_work_tree(const char *dir, char ret[PATH_MAX])
{
    char path[PATH_MAX];
    char line[PATH_MAX];
    char git_dir[PATH_MAX];
    if (jc_path_join(dir, ".git", path, sizeof path, NULL) < 0 ||
        !read_line(path, line, sizeof line) || strncmp(line, "gitdir: ", 8) != 0 ||
        !resolve(dir, line + 8, git_dir))
        return false;
    if (jc_path_join(git_dir, "commondir", path, sizeof path, NULL) < 0 ||
        !read_line(path, line, sizeof line) || !resolve(git_dir, line, ret))
        return false;
    char *slash = strrchr(ret, '/');
    if (slash == NULL || slash == ret)
        return false;
    *slash = '\0';
    return true;
}

static bool has_entry(const char *dir, const char *name)
{
    char path[PATH_MAX];
    return jc_path_join(dir, name, path, sizeof path, NULL) == JC_OK && access(path, F_OK) == 0;
}

/* Shorten `dir` to its parent; false at the root. */
static bool go_up(char dir[PATH_MAX])
{
    char *slash = strrchr(dir, '/');
    if (slash == NULL || dir[1] == '\0')
        return false;
    slash[slash == dir ? 1 : 0] = '\0';
    return true;
}

/* Upwards from `dir`, which is shortened on the way, to the first folder that holds .jc/. */
static bool find_project(char dir[PATH_MAX])
{
    while (!is_folder(dir, ".jc")) {
        if (!go_up(dir))
            return false;
    }
    return true;
}

/* The same, to the first folder that is a git work tree. */
static bool find_work_tree(char dir[PATH_MAX])
{
    while (!has_entry(dir, ".git")) {
        if (!go_up(dir))
            return false;
    }
    return true;
}

jc_status jc_project_find(const char *start_dir, char ret_dir[JC_PATH_SIZE_MAX], jc_error *reterr)
{
    char start[PATH_MAX];
    char dir[PATH_MAX];
    if (realpath(start_dir, start) == NULL)
        return jc_fail(reterr, JC_ENOTFOUND, "there is no folder %s", start_dir);
    memcpy(dir, start, sizeof dir);
    bool found = find_project(dir);
    if (!found && find_work_tree(start))
        found = find_main_work_tree(start, dir) && find_project(dir);
    if (!found)
        return jc_fail(reterr, JC_ENOTFOUND, "no .jc/ in %s or above it", start_dir);
    (void)snprintf(ret_dir, JC_PATH_SIZE_MAX, "%s", dir);
    return JC_OK;
}

static bool has_line(jc_str content, const char *line)
{
    size_t length = strlen(line);
    for (size_t at = 0; at < content.size;) {
        const char *end = memchr(content.bytes + at, '\n', content.size - at);
        size_t size = end != NULL ? (size_t)(end - content.bytes) - at : content.size - at;
        if (size == length && memcmp(content.bytes + at, line, length) == 0)
            return true;
        at += size + 1;
    }
    return false;
}

/* Only what is not ignored yet is added; a file without a closing newline gets one. */
static jc_status add_ignored_lines(const char *gitignore, bool *ret_added, jc_error *reterr)
{
    JC_AUTO(jc_buf) content = {0};
    struct stat facts;
    mode_t mode = stat(gitignore, &facts) == 0 ? facts.st_mode & 0777 : 0644;
    jc_status status = jc_file_read(gitignore, (size_t)16 << 20, &content, reterr);
    if (status < 0 && status != JC_ENOTFOUND)
        return status;
    if (has_line(jc_buf_str(&content), ".jc/"))
        return JC_OK;
    status = JC_OK;
    if (content.size > 0 && content.bytes[content.size - 1] != '\n')
        status = jc_buf_append_char(&content, '\n', reterr);
    if (status == JC_OK)
        status = jc_buf_append_text(&content, ignored_lines, reterr);
    if (status == JC_OK)
        status = jc_file_replace(gitignore, mode, jc_buf_str(&content), reterr);
    *ret_added = status == JC_OK;
    return status;
}

static jc_status ignore_in_git(const char *project_dir, jc_project_made *made, jc_error *reterr)
{
    char dir[PATH_MAX];
    (void)snprintf(dir, sizeof dir, "%s", project_dir);
    if (!find_work_tree(dir))
        return JC_OK;
    jc_status status =
        jc_path_join(project_dir, ".gitignore", made->gitignore, sizeof made->gitignore, reterr);
    return status == JC_OK ? add_ignored_lines(made->gitignore, &made->ignored, reterr) : status;
}

static jc_status make_log(const char *project_dir, jc_project_made *made, jc_error *reterr)
{
    char folder[PATH_MAX];
    char log[PATH_MAX];
    jc_status status = jc_path_join(project_dir, ".jc", folder, sizeof folder, reterr);
    if (status == JC_OK)
        status = jc_path_join(folder, "events.db", log, sizeof log, reterr);
    if (status == JC_OK)
        status = jc_folder_make(folder, 0700, reterr);
    if (status < 0)
        return status;
    const jc_file_system *file_system = jc_file_system_of(folder);
    made->network_file_system = file_system != NULL && file_system->network;
    if (access(log, F_OK) == 0)
        return JC_OK;
    status = jc_schema_create(log, reterr);
    if (status == JC_EEXISTS)
        return JC_OK;
    made->log = status == JC_OK;
    return status == JC_OK ? jc_folder_sync(project_dir, reterr) : status;
}

jc_status jc_project_init(const char *project_dir, jc_project_made *ret_made, jc_error *reterr)
{
    char dir[PATH_MAX];
    jc_project_made made = {0};
    if (realpath(project_dir, dir) == NULL)
        return jc_fail_errno(reterr, errno, "the folder %s", project_dir);
    jc_status status = make_log(dir, &made, reterr);
    if (status == JC_OK)
        status = ignore_in_git(dir, &made, reterr);
    if (status == JC_OK)
        *ret_made = made;
    return status;
}
