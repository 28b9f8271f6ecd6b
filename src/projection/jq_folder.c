/* The project's own projections: the files .jc/projections/NAME.jq. */
#include "base/array.h"
#include "base/fail.h"
#include "base/files.h"
#include "jc/project.h"
#include "projection/jq.h"
#include "store/store.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define FOLDER ".jc/projections"
#define NAME_LENGTH_MAX 63

static bool is_name(jc_str name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
    if (name.size == 0 || name.size > NAME_LENGTH_MAX || strchr(letters, name.bytes[0]) == NULL)
        return false;
    for (size_t i = 0; i < name.size; i++) {
        if (strchr("abcdefghijklmnopqrstuvwxyz0123456789_-", name.bytes[i]) == NULL)
            return false;
    }
    return true;
}

static jc_status read_program(const jc_store *store, const char *name, const char *file,
                              jc_buf *text, jc_error *reterr)
{
    char path[JC_PATH_SIZE_MAX];
    jc_file_facts facts;
    if (store->project_dir == NULL)
        return jc_fail(reterr, JC_ENOTFOUND, "a store without files has no projection '%s'", name);
    jc_status status = jc_path_join(store->project_dir, file, path, sizeof path, reterr);
    if (status < 0)
        return status;
    if (!jc_path_look(path, &facts))
        return jc_fail_errno(reterr, errno, "no projection '%s': cannot read %s", name, file);
    /* Opening a pipe would wait for somebody to write to it. */
    if (!facts.is_regular)
        return jc_fail(reterr, JC_EINVAL, "%s is no file", file);
    return jc_file_read(path, JC_JQ_TEXT_SIZE_MAX, text, reterr);
}

jc_status jc_projection_load(jc_store *store, const char *name, jc_projection **ret_projection,
                             jc_error *reterr)
{
    JC_AUTO(jc_buf) text = {0};
    char file[sizeof FOLDER + NAME_LENGTH_MAX + 8];
    if (!is_name(jc_str_of(name)))
        return jc_fail(reterr, JC_EINVAL,
                       "'%.80s' is no name of a projection: a-z, 0-9, _ and -, a letter first, at "
                       "most %d",
                       name, NAME_LENGTH_MAX);
    if (jc_projection_find(name) != NULL)
        return jc_fail(reterr, JC_EINVAL, "projection %s is built in, and cannot be another", name);
    (void)snprintf(file, sizeof file, FOLDER "/%s.jq", name);
    jc_status status = read_program(store, name, file, &text, reterr);
    if (status < 0)
        return status;
    return jc_jq_projection_make(name, file, jc_buf_str(&text), &jc_jq_limits_default,
                                 ret_projection, reterr);
}

typedef struct name_list {
    char (*names)[NAME_LENGTH_MAX + 1];
    size_t count;
    size_t capacity;
} name_list;

/* Take in a file of the folder when it is a projection. */
static jc_status add_file(name_list *list, const char *file, jc_error *reterr)
{
    jc_str name = jc_str_of(file);
    if (name.size < 3 || strcmp(file + name.size - 3, ".jq") != 0)
        return JC_OK;
    name.size -= 3;
    if (!is_name(name))
        return JC_OK;
    void *names = jc_array_grow(list->names, sizeof *list->names, list->count, &list->capacity);
    if (names == NULL)
        return jc_fail_memory(reterr);
    list->names = names;
    char *added = list->names[list->count];
    memcpy(added, name.bytes, name.size);
    added[name.size] = '\0';
    list->count += jc_projection_find(added) == NULL;
    return JC_OK;
}

static jc_status read_folder(const char *path, name_list *list, jc_error *reterr)
{
    DIR *folder = opendir(path);
    if (folder == NULL)
        return errno == ENOENT ? JC_OK : jc_fail_errno(reterr, errno, "cannot read %s", path);
    jc_status status = JC_OK;
    const struct dirent *entry;
    while (status == JC_OK && (entry = readdir(folder)) != NULL)
        status = add_file(list, entry->d_name, reterr);
    (void)closedir(folder);
    return status;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(a, b);
}

jc_status jc_projection_custom_list(jc_store *store, void (*each)(void *context, const char *name),
                                    void *context, jc_error *reterr)
{
    char path[JC_PATH_SIZE_MAX];
    name_list list = {0};
    if (store->project_dir == NULL)
        return JC_OK;
    jc_status status = jc_path_join(store->project_dir, FOLDER, path, sizeof path, reterr);
    if (status == JC_OK)
        status = read_folder(path, &list, reterr);
    if (status == JC_OK && list.count > 0)
        qsort(list.names, list.count, sizeof *list.names, compare_names);
    for (size_t i = 0; status == JC_OK && i < list.count; i++)
        each(context, list.names[i]);
    free(list.names);
    return status;
}
