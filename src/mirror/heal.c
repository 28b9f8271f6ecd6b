/* Healing a mirror: completed in place when it is a beginning of what the log says, else written anew
 * beside it and renamed over it, with the old file kept. */
#include "base/fail.h"
#include "mirror/catch_up.h"
#include "mirror/compare.h"
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOCK_TIMEOUT_MS 5000

static jc_status write_all(jc_mirror_file *file, jc_store *store, jc_str workflow_id,
                           jc_mirror_place *place, jc_error *reterr)
{
    *place = (jc_mirror_place){0};
    jc_status status = jc_mirror_file_cut(file, 0, reterr);
    if (status == JC_OK)
        status = jc_mirror_catch_up(file, store, workflow_id, 0, place, reterr);
    if (status == JC_OK)
        status = jc_mirror_file_sync(file, reterr);
    return status;
}

static jc_status sync_folder_of(const jc_mirror_file *file, jc_error *reterr)
{
    char folder[JC_PATH_SIZE_MAX];
    jc_path_folder(file->path, folder, sizeof folder);
    if (file->ops->sync_folder(file->context, folder) < 0)
        return jc_fail_errno(reterr, errno, "cannot sync %s", folder);
    return JC_OK;
}

/* The old file keeps its lock and its bytes under another name; the new one gets the old name only
 * when it is whole and synced. Appends that wait for the lock find another inode and start over. */
static jc_status write_anew(const jc_mirror_file *old, jc_store *store, jc_str workflow_id,
                            jc_mirror_report *report, jc_mirror_place *place, jc_error *reterr)
{
    JC_AUTO(jc_mirror_file) beside = {.fd = -1};
    jc_status status = jc_mirror_file_init(&beside, store, workflow_id, reterr);
    if (status < 0)
        return status;
    size_t length = strlen(beside.path);
    if (length + 32 > sizeof beside.path)
        return jc_fail(reterr, JC_EINVAL, "the path of the mirror %s is too long", old->path);
    (void)snprintf(beside.path + length, sizeof beside.path - length, ".new-%ld", (long)getpid());
    status = jc_mirror_file_open(&beside, reterr);
    if (status == JC_OK)
        status = write_all(&beside, store, workflow_id, place, reterr);
    if (status == JC_OK) {
        jc_path_keep(old->path, "damaged", report->kept, sizeof report->kept);
        /* A second name first, so that the path is never without a file; where there are no links, the
         * name moves. */
        bool kept = link(old->path, report->kept) == 0 ||
                    old->ops->rename(old->context, old->path, report->kept) == 0;
        if (!kept || old->ops->rename(old->context, beside.path, old->path) < 0)
            status = jc_fail_errno(reterr, errno, "cannot rename the mirror %s", old->path);
    }
    if (status < 0)
        (void)unlink(beside.path);
    return status == JC_OK ? sync_folder_of(old, reterr) : status;
}

/* A workflow that the log does not have: its mirror is only put aside. */
static jc_status put_aside(const jc_mirror_file *file, jc_mirror_report *report, jc_error *reterr)
{
    jc_path_keep(file->path, "damaged", report->kept, sizeof report->kept);
    if (file->ops->rename(file->context, file->path, report->kept) < 0)
        return jc_fail_errno(reterr, errno, "cannot rename the mirror %s", file->path);
    report->written = true;
    return sync_folder_of(file, reterr);
}

static jc_status heal_locked(jc_mirror_file *file, jc_store *store, jc_str workflow_id,
                             jc_mirror_report *report, jc_mirror_place *place, jc_error *reterr)
{
    jc_mirror_comparison found;
    jc_head head;
    jc_status status = jc_mirror_compare(file, store, workflow_id, 0, 0, &found, reterr);
    if (status == JC_OK)
        status = jc_head_read(store, workflow_id, &head, reterr);
    if (status < 0)
        return status;
    report->state = found.state;
    report->sequence = found.sequence;
    report->line = found.state == JC_MIRROR_EQUAL ? 0 : found.sequence + 1;
    (void)snprintf(report->text, sizeof report->text, "%s", found.text);
    *place = (jc_mirror_place){.sequence = found.sequence, .size = found.size};
    if (found.state == JC_MIRROR_EQUAL)
        return jc_mirror_file_sync(file, reterr);

    report->written = true;
    bool beginning = found.state == JC_MIRROR_BEHIND || found.only_zeros;
    if (!beginning && head.sequence == 0)
        return put_aside(file, report, reterr);
    if (!beginning)
        return write_anew(file, store, workflow_id, report, place, reterr);
    status = jc_mirror_catch_up(file, store, workflow_id, 0, place, reterr);
    if (status == JC_OK && found.file_size > place->size)
        status = jc_mirror_file_cut(file, place->size, reterr);
    return status == JC_OK ? jc_mirror_file_sync(file, reterr) : status;
}

/* Something that is not a file stands in the way, a folder say: it is put aside. */
static jc_status clear_the_way(jc_mirror_file *file, jc_mirror_report *report, jc_error *reterr)
{
    struct stat facts;
    if (stat(file->path, &facts) < 0 || S_ISREG(facts.st_mode))
        return JC_OK;
    report->state = JC_MIRROR_UNREADABLE;
    (void)snprintf(report->text, sizeof report->text, "it was not a file");
    return put_aside(file, report, reterr);
}

jc_status jc_mirror_heal(jc_store *store, jc_str workflow_id, jc_mirror_report *ret_report,
                         jc_error *reterr)
{
    JC_AUTO(jc_mirror_file) file = {.fd = -1};
    JC_AUTO(jc_synced) synced = {0};
    jc_mirror_report report = {0};
    jc_mirror_place place = {0};
    bool fresh = false;
    jc_status status = jc_workflow_id_check(workflow_id, reterr);
    if (status == JC_OK)
        status = jc_mirror_file_init(&file, store, workflow_id, reterr);
    if (status == JC_OK)
        status = jc_synced_init(&synced, store, reterr);
    if (status == JC_OK)
        status = clear_the_way(&file, &report, reterr);
    if (status == JC_OK)
        status = jc_mirror_file_lock(&file, LOCK_TIMEOUT_MS, &fresh, reterr);
    jc_mirror_report obstacle = report;
    if (status == JC_OK)
        status = heal_locked(&file, store, workflow_id, &report, &place, reterr);
    if (status < 0)
        return status;
    if (obstacle.state == JC_MIRROR_UNREADABLE) {
        obstacle.sequence = report.sequence;
        report = obstacle;
    }
    if (place.size > 0)
        jc_synced_put(&synced, workflow_id, place.size);
    *ret_report = report;
    return JC_OK;
}
