/* Restoring: a copy is taken in, checked in full, and only then put in the log's place. */
#include "base/fail.h"
#include "base/files.h"
#include "jc/project.h"
#include "store/backend_sqlite/replace.h"
#include "store/backend_sqlite/sqlite.h"
#include "store/store.h"

#include <stdio.h>
#include <unistd.h>

/* The first damage in the copy, for the message. */
static void keep_first(void *context, const jc_finding *finding)
{
    jc_error *first = context;
    if (finding->damage && first->text[0] == '\0')
        (void)snprintf(first->text, sizeof first->text, "%s: %s", finding->where, finding->what);
}

static jc_status open_log(const char *path, bool read_only, jc_store **ret_store, jc_error *reterr)
{
    jc_options options = {.read_only = read_only};
    jc_backend backend;
    if (access(path, F_OK) < 0)
        return jc_fail(reterr, JC_ENOTFOUND, "there is no file %s", path);
    jc_status status = jc_sqlite_open(path, &options, &backend, reterr);
    return status == JC_OK ? jc_store_new(backend, &options, NULL, ret_store, reterr) : status;
}

/* Copy the file next to the log, through SQLite, so that a write-ahead log of its own comes along. */
static jc_status take_copy(const char *path, const char *incoming, jc_error *reterr)
{
    jc_store *source = NULL;
    jc_status status = open_log(path, true, &source, reterr);
    if (status < 0)
        return status;
    jc_log_remove(incoming);
    status = jc_backup(source, incoming, NULL, NULL, reterr);
    jc_close(source);
    return status;
}

static jc_status check_copy(const char *path, const char *incoming, jc_error *reterr)
{
    jc_store *copy = NULL;
    jc_error first = {0};
    jc_verify_result result;
    jc_status status = open_log(incoming, false, &copy, reterr);
    if (status == JC_OK)
        status = jc_verify(copy, NULL, 0, keep_first, &first, &result, reterr);
    jc_close(copy);
    if (status == JC_OK && result.damages > 0)
        status = jc_fail(reterr, JC_ECORRUPT, "%s is damaged and was not restored: %s", path,
                         first.text);
    return status;
}

jc_status jc_restore(const char *project_dir, const char *path, char *ret_kept, size_t kept_size,
                     jc_error *reterr)
{
    char log[JC_PATH_SIZE_MAX];
    char incoming[JC_PATH_SIZE_MAX];
    jc_status status = jc_path_join(project_dir, ".jc/events.db", log, sizeof log, reterr);
    if (status == JC_OK)
        status = jc_log_incoming(project_dir, incoming, sizeof incoming, reterr);
    if (status < 0)
        return status;
    status = take_copy(path, incoming, reterr);
    if (status == JC_OK)
        status = check_copy(path, incoming, reterr);
    if (status == JC_OK)
        status = jc_log_replace(log, incoming, -1, -1, ret_kept, kept_size, reterr);
    if (status < 0)
        jc_log_remove(incoming);
    return status;
}
