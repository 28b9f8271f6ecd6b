/* The spool: facts that could not reach the log in time, one file each, until somebody who appends takes
 * them up.
 *
 * A file is written beside its name, synced and renamed, so that whoever sees the name sees all of it. Its
 * name begins with its time, so that sorted by name the oldest come first. Taking up is appending and then
 * removing: as a fact is appended once, whoever tells it, several takers at once, or one that is killed
 * between the two, do no harm. */
#include "intake/spool.h"

#include "base/clock.h"
#include "base/fail.h"
#include "base/files.h"
#include "base/hash.h"
#include "intake/hook.h"
#include "store/store.h"

#include <dirent.h>
#include <fcntl.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define ENDING ".json"
#define NAME_SIZE 64   /* ours are shorter */
#define NAMES_MAX 4096 /* so many are read at a time, and the oldest of them taken up */
#define UNFINISHED_US (3600 * JC_US_PER_SECOND)
#define TRY_US (1 * JC_US_PER_SECOND) /* how long one fact is tried while others append */

static jc_status folder_of(const char *project_dir, char ret[JC_PATH_SIZE_MAX], jc_error *reterr)
{
    return jc_path_join(project_dir, ".jc/spool", ret, JC_PATH_SIZE_MAX, reterr);
}

/* Below .jc/, which must be there. */
static jc_status make_folder(const char *project_dir, const char *folder, jc_error *reterr)
{
    char above[JC_PATH_SIZE_MAX];
    if (mkdir(folder, 0700) < 0)
        return errno == EEXIST ? JC_OK : jc_fail_errno(reterr, errno, "cannot make %s", folder);
    jc_status status = jc_path_join(project_dir, ".jc", above, sizeof above, reterr);
    return status == JC_OK ? jc_folder_sync(above, reterr) : status;
}

/* 2026…: microseconds since 1970, and random digits, so that no two are the same. */
static jc_status name_file(const jc_fact *fact, char ret[NAME_SIZE], jc_error *reterr)
{
    jc_uuid id;
    char digits[8];
    jc_status status = jc_uuid_new(&id, reterr);
    if (status < 0)
        return status;
    jc_hex_encode(id.bytes + 12, 4, digits);
    (void)snprintf(ret, NAME_SIZE, "%018" PRId64 "-%.8s" ENDING, fact->event.timestamp_us, digits);
    return JC_OK;
}

static jc_status write_fact(const char *project_dir, const jc_fact *fact, jc_error *reterr)
{
    JC_AUTO(jc_buf) line = {0};
    char folder[JC_PATH_SIZE_MAX];
    char path[JC_PATH_SIZE_MAX];
    char name[NAME_SIZE];
    jc_status status = jc_spool_encode(fact, &line, reterr);
    if (status == JC_OK)
        status = folder_of(project_dir, folder, reterr);
    if (status == JC_OK)
        status = name_file(fact, name, reterr);
    if (status == JC_OK)
        status = jc_path_join(folder, name, path, sizeof path, reterr);
    if (status == JC_OK)
        status = make_folder(project_dir, folder, reterr);
    return status == JC_OK ? jc_file_replace(path, 0600, jc_buf_str(&line), reterr) : status;
}

jc_status jc_hook_spool(const char *project_dir, jc_redactor *redactor, jc_str payload,
                        const jc_hook_options *options, jc_error *reterr)
{
    JC_AUTO(jc_hook_mapper) mapper = {0};
    jc_hook_options timed = options != NULL ? *options : (jc_hook_options){0};
    jc_fact fact;
    if (timed.received_us <= 0)
        timed.received_us = jc_clock_now_us();
    jc_status status = jc_hook_map(&mapper, redactor, payload, &timed, &fact, reterr);
    return status == JC_OK ? write_fact(project_dir, &fact, reterr) : status;
}

typedef struct file_name {
    char text[NAME_SIZE];
} file_name;

static bool is_ours(const char *name)
{
    size_t size = strlen(name);
    return *name != '.' && size > sizeof ENDING - 1 && size < NAME_SIZE &&
           strcmp(name + size - (sizeof ENDING - 1), ENDING) == 0;
}

/* What a writer left who was killed in the middle of it. */
static void remove_unfinished(DIR *directory, const char *name)
{
    struct stat facts;
    if (strstr(name, ENDING ".new-") != NULL &&
        fstatat(dirfd(directory), name, &facts, AT_SYMLINK_NOFOLLOW) == 0 &&
        (int64_t)facts.st_mtime * JC_US_PER_SECOND < jc_clock_now_us() - UNFINISHED_US)
        (void)unlinkat(dirfd(directory), name, 0);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const file_name *)a)->text, ((const file_name *)b)->text);
}

/* The oldest first. *ret_names is the caller's to free. */
static jc_status list_names(DIR *directory, file_name **ret_names, size_t *ret_count,
                            jc_error *reterr)
{
    size_t count = 0;
    file_name *names = malloc(NAMES_MAX * sizeof *names);
    if (names == NULL)
        return jc_fail_memory(reterr);
    for (struct dirent *entry = readdir(directory); entry != NULL && count < NAMES_MAX;
         entry = readdir(directory)) {
        if (is_ours(entry->d_name))
            memcpy(names[count++].text, entry->d_name, strlen(entry->d_name) + 1);
        else
            remove_unfinished(directory, entry->d_name);
    }
    qsort(names, count, sizeof *names, compare_names);
    *ret_names = names;
    *ret_count = count;
    return JC_OK;
}

/* A file that nobody can read stays, under a name that nobody takes up. */
static void put_aside(const jc_store *store, const char *path, const char *name,
                      const jc_error *error)
{
    char aside[JC_PATH_SIZE_MAX + 8];
    char what[JC_ERROR_SIZE_MAX + 2 * NAME_SIZE];
    (void)snprintf(aside, sizeof aside, "%s.bad", path);
    (void)snprintf(what, sizeof what, "the spooled %s cannot be taken up: %s", name, error->text);
    if (rename(path, aside) == 0)
        jc_hook_log(store->project_dir, what, (jc_str){0});
}

/* Is it the file's own fault, so that trying again is no use? */
static bool is_bad(jc_status status)
{
    return status == JC_EINVAL || status == JC_EREUSED;
}

/* JC_END: it is not there any more, or put aside. *ret_unread: it cannot be read, which says nothing of the
 * other files. */
static jc_status take_up_file(jc_store *store, jc_spool_reader *reader, const char *folder,
                              const char *name, bool *ret_unread, jc_error *reterr)
{
    JC_AUTO(jc_buf) content = {0};
    char path[JC_PATH_SIZE_MAX];
    jc_error error = {0};
    jc_fact fact;
    jc_fact_result result;
    jc_status status = jc_path_join(folder, name, path, sizeof path, &error);
    if (status == JC_OK)
        status = jc_file_read(path, JC_SPOOL_SIZE_MAX, &content, &error);
    if (status == JC_ENOTFOUND)
        return JC_END;
    *ret_unread = status < 0;
    if (status == JC_OK)
        status = jc_spool_decode(reader, jc_buf_str(&content), &fact, &error);
    if (status == JC_OK)
        status = jc_fact_append(store, &fact, jc_clock_monotonic_us() + TRY_US, &result, &error);
    if (is_bad(status)) {
        put_aside(store, path, name, &error);
        return JC_END;
    }
    if (status < 0)
        return jc_fail(reterr, status, "%s", error.text);
    if (unlink(path) < 0 && errno != ENOENT)
        return jc_fail_errno(reterr, errno, "cannot remove %s", path);
    return JC_OK;
}

static jc_status take_up_names(jc_store *store, const char *folder, const file_name names[],
                               size_t count, jc_spool_result *result, jc_error *reterr)
{
    JC_AUTO(jc_spool_reader) reader = {0};
    jc_status passed_over = JC_OK;
    for (size_t i = 0; i < count; i++) {
        bool unread = false;
        jc_status status = take_up_file(store, &reader, folder, names[i].text, &unread, reterr);
        if (status < 0 && !unread)
            return status;
        if (status < 0)
            passed_over = status;
        result->taken += status == JC_OK ? 1 : 0;
    }
    return passed_over;
}

/* As many as are read at a time; *ret_more: there may be more. */
static jc_status take_up_some(jc_store *store, const char *folder, size_t count_max,
                              jc_spool_result *result, bool *ret_more, jc_error *reterr)
{
    file_name *names = NULL;
    size_t count = 0;
    DIR *directory = opendir(folder);
    *ret_more = false;
    if (directory == NULL)
        return errno == ENOENT ? JC_OK : jc_fail_errno(reterr, errno, "cannot read %s", folder);
    jc_status status = list_names(directory, &names, &count, reterr);
    (void)closedir(directory);
    if (status < 0)
        return status;
    size_t taken = count_max > 0 && count > count_max ? count_max : count;
    status = take_up_names(store, folder, names, taken, result, reterr);
    free(names);
    *ret_more = count == NAMES_MAX;
    return status;
}

jc_status jc_spool_take_up(jc_store *store, size_t count_max, jc_spool_result *ret_result,
                           jc_error *reterr)
{
    jc_spool_result result = {0};
    char folder[JC_PATH_SIZE_MAX];
    bool more = store->project_dir != NULL;
    jc_status status = more ? folder_of(store->project_dir, folder, reterr) : JC_OK;
    while (status == JC_OK && more) {
        size_t before = result.taken;
        status = take_up_some(store, folder, count_max, &result, &more, reterr);
        more = more && count_max == 0 && result.taken > before;
    }
    /* Without a spool, which is the usual, nothing is counted. */
    if (result.taken > 0 || status < 0)
        result.left = jc_spool_count(store->project_dir);
    *ret_result = result;
    return status;
}

size_t jc_spool_count(const char *project_dir)
{
    char folder[JC_PATH_SIZE_MAX];
    size_t count = 0;
    DIR *directory = folder_of(project_dir, folder, NULL) == JC_OK ? opendir(folder) : NULL;
    if (directory == NULL)
        return 0;
    for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory))
        count += is_ours(entry->d_name) ? 1 : 0;
    (void)closedir(directory);
    return count;
}
