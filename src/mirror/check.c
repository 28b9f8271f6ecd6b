/* Looking at mirrors: one compared in full, all of them listed. */
#include "base/fail.h"
#include "mirror/compare.h"
#include "mirror/list.h"
#include "store/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define LOOKS_MAX 5 /* a file that grows while it is compared is looked at again */

/* Open for reading only: a check changes nothing, and makes no file. JC_END: there is none. */
static jc_status open_to_look(jc_mirror_file *file, jc_mirror_report *report)
{
    struct stat facts;
    file->fd = file->ops->open(file->context, file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
    if (file->fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return JC_END;
    if (file->fd >= 0 && fstat(file->fd, &facts) == 0 && S_ISREG(facts.st_mode))
        return JC_OK;
    report->state = JC_MIRROR_UNREADABLE;
    (void)snprintf(report->text, sizeof report->text, "%s",
                   file->fd >= 0 ? "it is not a file" : strerror(errno));
    return JC_EIO;
}

/* The number of the line that holds the first difference: each event is one line. */
static void describe(const jc_mirror_comparison *found, jc_mirror_report *report)
{
    report->state = found->state;
    report->sequence = found->sequence;
    report->line = found->state == JC_MIRROR_EQUAL ? 0 : found->sequence + 1;
    (void)snprintf(report->text, sizeof report->text, "%s", found->text);
    if (found->state == JC_MIRROR_BEHIND)
        (void)snprintf(report->text, sizeof report->text, "it ends at #%" PRIu64, found->sequence);
}

static jc_status look(jc_store *store, jc_mirror_file *file, jc_str workflow_id,
                      jc_mirror_report *report, jc_error *reterr)
{
    for (int i = 0;; i++) {
        jc_mirror_comparison found;
        jc_status status = jc_mirror_compare(file, store, workflow_id, 0, 0, &found, reterr);
        if (status < 0)
            return status;
        describe(&found, report);
        /* Ahead, or unlike at the end, may only mean that somebody appended since the log was read. */
        bool settled =
            found.state == JC_MIRROR_EQUAL || found.state == JC_MIRROR_BEHIND || i >= LOOKS_MAX;
        if (settled)
            return JC_OK;
    }
}

jc_status jc_mirror_check(jc_store *store, jc_str workflow_id, jc_mirror_report *ret_report,
                          jc_error *reterr)
{
    JC_AUTO(jc_mirror_file) file = {.fd = -1};
    jc_mirror_report report = {0};
    jc_status status = jc_workflow_id_check(workflow_id, reterr);
    if (status == JC_OK)
        status = jc_mirror_file_init(&file, store, workflow_id, reterr);
    if (status < 0)
        return status;
    status = open_to_look(&file, &report);
    if (status == JC_OK)
        status = look(store, &file, workflow_id, &report, reterr);
    else if (status == JC_END) {
        jc_head head;
        status = jc_head_read(store, workflow_id, &head, reterr);
        report.state = status == JC_OK && head.sequence > 0 ? JC_MIRROR_BEHIND : JC_MIRROR_EQUAL;
        (void)snprintf(report.text, sizeof report.text, "it is not there");
    } else {
        status = JC_OK;
    }
    if (status == JC_OK)
        *ret_report = report;
    return status;
}

static void tell(jc_str workflow_id, const jc_mirror_report *mirror, jc_report *report,
                 void *context)
{
    char where[JC_WORKFLOW_ID_SIZE_MAX + 32];
    char what[sizeof mirror->text + 64];
    (void)snprintf(where, sizeof where, "%.*s #%" PRIu64, (int)workflow_id.size, workflow_id.bytes,
                   mirror->sequence + 1);
    jc_finding finding = {.damage = mirror->state != JC_MIRROR_BEHIND,
                          .where = where,
                          .what = what};
    switch (mirror->state) {
    case JC_MIRROR_EQUAL:
        return;
    case JC_MIRROR_BEHIND:
        (void)snprintf(what, sizeof what, "the mirror is behind the log; it will catch up");
        break;
    case JC_MIRROR_AHEAD:
        (void)snprintf(what, sizeof what, "the mirror goes on where the log ends: %s",
                       mirror->text);
        break;
    case JC_MIRROR_DIFFERENT:
        (void)snprintf(what, sizeof what, "the mirror differs in line %" PRIu64 ": %s",
                       mirror->line, mirror->text);
        break;
    case JC_MIRROR_UNREADABLE:
        (void)snprintf(what, sizeof what, "the mirror cannot be read: %s", mirror->text);
        break;
    }
    report(context, &finding);
}

jc_status jc_mirror_verify(jc_store *store, jc_str workflow_id, jc_report *report, void *context,
                           jc_error *reterr)
{
    jc_mirror_report mirror = {0};
    jc_status status = jc_mirror_check(store, workflow_id, &mirror, reterr);
    if (status == JC_OK)
        tell(workflow_id, &mirror, report, context);
    return status;
}

static int is_mirror_folder(const struct dirent *entry)
{
    return jc_workflow_id_check(jc_str_of(entry->d_name), NULL) == JC_OK;
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool has_mirror(const char *project_dir, jc_str workflow_id)
{
    char path[JC_PATH_SIZE_MAX];
    struct stat facts;
    return jc_mirror_path(project_dir, workflow_id, "events.jsonl", path, NULL) == JC_OK &&
           stat(path, &facts) == 0;
}

jc_status jc_mirror_list_folders(const char *project_dir,
                                 jc_status (*each)(void *context, jc_str workflow_id),
                                 void *context, jc_error *reterr)
{
    char path[JC_PATH_SIZE_MAX];
    struct dirent **entries = NULL;
    jc_status status = jc_path_join(project_dir, "agents", path, sizeof path, reterr);
    if (status < 0)
        return status;
    int count = scandir(path, &entries, is_mirror_folder, by_bytes);
    if (count < 0)
        return errno == ENOENT ? JC_OK : jc_fail_errno(reterr, errno, "cannot read %s", path);
    for (int i = 0; i < count; i++) {
        jc_str workflow_id = jc_str_of(entries[i]->d_name);
        if (status == JC_OK && has_mirror(project_dir, workflow_id))
            status = each(context, workflow_id);
        free(entries[i]);
    }
    free(entries);
    return status;
}

jc_status jc_mirror_list(jc_store *store, jc_status (*each)(void *context, jc_str workflow_id),
                         void *context, jc_error *reterr)
{
    return jc_mirror_list_folders(store->project_dir, each, context, reterr);
}
