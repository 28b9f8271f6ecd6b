/* Which project a hook belongs to: see jc/hook.h. */
#include "intake/hook.h"

#include "base/fail.h"

#include <sys/stat.h>

/* Shorten a path to the nearest folder that is there: an agent may work in one that it has removed. */
static bool shorten_to_existing(char path[JC_PATH_SIZE_MAX])
{
    struct stat facts;
    while (stat(path, &facts) < 0 || !S_ISDIR(facts.st_mode)) {
        char *slash = strrchr(path, '/');
        if (slash == NULL || path[1] == '\0')
            return false;
        slash[slash == path ? 1 : 0] = '\0';
    }
    return true;
}

static bool find_from(jc_str dir, char ret_dir[JC_PATH_SIZE_MAX])
{
    char path[JC_PATH_SIZE_MAX];
    if (dir.size == 0 || dir.size >= sizeof path || *dir.bytes != '/' ||
        memchr(dir.bytes, '\0', dir.size) != NULL)
        return false;
    memcpy(path, dir.bytes, dir.size);
    path[dir.size] = '\0';
    return shorten_to_existing(path) && jc_project_find(path, ret_dir, NULL) == JC_OK;
}

/* A payload that breaks off says it at its head, where it says it. */
static jc_str find_cwd(jc_foreign *foreign, jc_buf *head, jc_str payload)
{
    yyjson_val *root = NULL;
    jc_status status = jc_foreign_read(foreign, payload, &root, NULL);
    if (status < 0)
        status = jc_hook_head(payload, head, NULL);
    if (status == JC_OK && root == NULL)
        status = jc_foreign_read(foreign, jc_buf_str(head), &root, NULL);
    return status == JC_OK ? jc_foreign_text(root, "cwd") : (jc_str){0};
}

jc_status jc_hook_project_find(jc_str payload, const char *working_dir, const char *other_dir,
                               char ret_dir[JC_PATH_SIZE_MAX], jc_error *reterr)
{
    JC_AUTO(jc_foreign) foreign = {0};
    JC_AUTO(jc_buf) head = {0};
    jc_str cwd = find_cwd(&foreign, &head, payload);
    if (find_from(cwd.bytes != NULL ? cwd : jc_str_of(working_dir), ret_dir))
        return JC_OK;
    if (find_from(jc_str_of(other_dir), ret_dir))
        return JC_OK;
    return jc_fail(reterr, JC_ENOTFOUND, "no .jc/ above the payload's folder");
}
